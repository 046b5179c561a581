//! Whether to go on, to stop, and what may be said.

use alignment::{Instant, instant::MICROS_PER_DAY};
use serde::Serialize;

use super::{
    Base, Compared, Design, Outcome, VersionSeen,
    power::{ALPHA, POWER, leads_for_means, leads_for_rates},
    sequential::{AlwaysValid, always_valid},
};

/// Where the experiment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has not begun, or one version has no leads.
    NothingYet,
    /// Fewer than [`LEADS_MIN`] leads in a version, or fewer than [`HITS_MIN`] hits in both together.
    TooFew,
    BIsBetter,
    AIsBetter,
    /// A change worth finding can be ruled out.
    NoChangeWorthFinding,
    GoOn,
    /// It has ended without an answer.
    EndedOpen,
}

pub const LEADS_MIN: u64 = 30;
pub const HITS_MIN: u64 = 10;

/// The leads' ages may differ by this much of the larger one before we warn.
const AGE_GAP_MAX: f64 = 0.2;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    pub standing: Standing,
    pub outcome: Outcome,
    /// In the unit of the number: the step that is worth finding, fixed before the experiment began. `None`: of revenue, where no leads
    /// before it say what one brings.
    pub step: Option<f64>,
    /// What the step is a part of.
    pub step_base: Option<Base>,
    /// Leads that each version needs, if one looks once and only then.
    pub leads_planned: Option<u64>,
    /// The smaller of the two.
    pub leads_so_far: u64,
    /// At the pace so far, until the planned number is there.
    pub days_left: Option<f64>,
    /// What may be said at this look, however many there were and will be.
    pub always_valid: Option<AlwaysValid>,
    /// One version's leads have had clearly more time than the other's.
    pub ages_differ: bool,
}

pub(super) fn advice(design: &Design, base: Option<Base>, decides: &Compared, as_of: Instant, versions: [&VersionSeen; 2]) -> Advice {
    // The test that may be looked at again and again holds only where what it looks for does not move with what it sees.
    let step = base.map(|base| base.value * design.worth_finding).filter(|step| *step > 0.0);
    let planned = step.and_then(|step| planned(decides, step));
    let so_far = decides.a.n.min(decides.b.n);
    let valid = match (decides.difference, decides.variance, step) {
        (Some(difference), Some(variance), Some(step)) => always_valid(difference.value, variance, step),
        _ => None,
    };
    let has_ended = design.ends_at.is_some_and(|ends_at| ends_at <= as_of);
    let days = as_of.min(design.ends_at.unwrap_or(as_of)).0.saturating_sub(design.starts_at.0) as f64 / MICROS_PER_DAY as f64;
    let days_left = planned.filter(|planned| *planned > so_far && so_far > 0 && days > 0.0 && !has_ended);
    Advice {
        standing: standing(decides, valid, step, has_ended),
        outcome: decides.outcome,
        step,
        step_base: base,
        leads_planned: planned,
        leads_so_far: so_far,
        days_left: days_left.map(|planned| (planned - so_far) as f64 / (so_far as f64 / days)),
        always_valid: valid,
        ages_differ: ages_differ(versions),
    }
}

fn planned(decides: &Compared, step: f64) -> Option<u64> {
    let leads = match decides.outcome {
        Outcome::Revenue => leads_for_means(decides.deviation?, step, ALPHA, POWER),
        // Where A is so high that the step up would pass 100%, the step down is as large.
        _ => decides.a.value.and_then(|from| {
            let to = if from + step <= 1.0 { from + step } else { from - step };
            leads_for_rates(from, to, ALPHA, POWER)
        }),
    }?;
    Some(leads.ceil() as u64)
}

fn standing(decides: &Compared, valid: Option<AlwaysValid>, step: Option<f64>, has_ended: bool) -> Standing {
    if decides.a.n == 0 || decides.b.n == 0 {
        return Standing::NothingYet;
    }
    let open = if has_ended { Standing::EndedOpen } else { Standing::GoOn };
    if decides.a.n.min(decides.b.n) < LEADS_MIN || decides.a.hits + decides.b.hits < HITS_MIN {
        return if has_ended { Standing::EndedOpen } else { Standing::TooFew };
    }
    match (valid, step) {
        (Some(valid), _) if valid.interval.0 > 0.0 => Standing::BIsBetter,
        (Some(valid), _) if valid.interval.1 < 0.0 => Standing::AIsBetter,
        (Some(valid), Some(step)) if valid.interval.0 > -step && valid.interval.1 < step => Standing::NoChangeWorthFinding,
        _ => open,
    }
}

fn ages_differ([a, b]: [&VersionSeen; 2]) -> bool {
    a.age_days.zip(b.age_days).is_some_and(|(a, b)| (a - b).abs() > AGE_GAP_MAX * a.max(b))
}
