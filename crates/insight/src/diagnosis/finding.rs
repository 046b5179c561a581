//! What was found: looks that chance alone hardly explains, the strongest first, without those that only repeat a stronger one.

use alignment::Instant;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{
    looks::{About, Comparison, Look, Segment, Subject, Survey, What},
    material::{Cell, Seen, Shape},
    significance::adjusted,
    split::Split,
    worth::{Values, Worth},
};
use crate::{
    engine::{Kpi, Label, percentile},
    question::Period,
};

/// The share of false findings among findings that is accepted, and so the chance of any where there is nothing to find.
pub const LEVEL: f64 = 0.05;
/// Findings of one number in one period.
const CHOSEN_MAX: usize = 20;
/// Looks of one number in one period that are tried, the strongest first: each takes a walk over its rows.
const TRIED_MAX: usize = 200;
/// A finding that shows less than this without the rows of a stronger one only repeats it.
const REPEATS_ABOVE: f64 = 0.01;

#[derive(Clone)]
pub struct Finding {
    pub kpi: &'static Kpi,
    pub found: Found,
    pub what: What,
    /// `None`: the whole number, everywhere.
    pub segment: Option<Named>,
    /// The segment before, at the same age; where it stands out, all others.
    pub against: Side,
    pub now: Side,
    /// What of the number's change the segment's own change explains, in the unit of the number.
    pub part: Option<f64>,
    pub worth: Option<Worth>,
    /// Findings of a digest with the same number here are of one segment.
    pub topic: usize,
    pub ln_p: f64,
    /// After adjusting over everything that was looked at.
    pub p_adjusted: f64,
    /// Weaker findings of the same number that say nothing once these rows are left out.
    pub repeats: Vec<Named>,
    /// Of rejections in the segment, the reason given most often: how often, and of how many.
    pub reason: Option<(Label, u64, u64)>,
}

/// How it was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    Moved {
        before: Period,
        now: Period,
        before_as_of: Instant,
    },
    StandsOut {
        period: Period,
    },
    /// Pieces of content that nobody used.
    NeverUsed {
        period: Period,
    },
}

/// A segment by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub split: Split,
    pub label: Option<String>,
    pub id: Option<i64>,
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Side {
    pub n: u64,
    /// For rates and counts.
    pub hits: Option<u64>,
    /// The rate, the median, the average amount, the count.
    pub value: Option<f64>,
}

impl Finding {
    pub fn p(&self) -> f64 {
        self.ln_p.exp()
    }
}

/// All findings among the looks; `others_ln_p` are looks of another kind that are adjusted for together with them, whose adjusted
/// p-values come back in their order.
pub fn findings(survey: &Survey, looks: &[Look], others_ln_p: &[f64], values: &Values) -> (Vec<Finding>, Vec<f64>) {
    let ln_ps: Vec<f64> = looks.iter().map(|look| look.ln_p).chain(others_ln_p.iter().copied()).collect();
    let adjusted = adjusted(&ln_ps);
    let mut by_subject: FxHashMap<usize, Vec<(&Look, f64)>> = FxHashMap::default();
    for (look, p) in looks.iter().zip(&adjusted).filter(|(_, p)| **p <= LEVEL) {
        by_subject.entry(look.subject).or_default().push((look, *p));
    }
    let mut found = Vec::new();
    for (subject, mut kept) in by_subject {
        kept.sort_by(|a, b| a.0.ln_p.total_cmp(&b.0.ln_p));
        found.extend(distinct(survey, &survey.subjects[subject], &kept, values));
    }
    found.sort_by(|a, b| {
        let name = |finding: &Finding| (finding.kpi.key, finding.segment.as_ref().map(|named| (named.split.key(), named.label.clone())));
        a.ln_p.total_cmp(&b.ln_p).then_with(|| name(a).cmp(&name(b)))
    });
    (found, adjusted[looks.len()..].to_vec())
}

/// A finding with its rows.
struct Chosen {
    finding: Finding,
    members: Vec<bool>,
}

/// The findings of one number, each without those that repeat it.
fn distinct(survey: &Survey, subject: &Subject, kept: &[(&Look, f64)], values: &Values) -> Vec<Finding> {
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut of_whole: Vec<Finding> = Vec::new();
    let mut covered = vec![false; subject.material.seen.len()];
    for (look, p_adjusted) in kept.iter().take(TRIED_MAX) {
        if chosen.len() >= CHOSEN_MAX {
            break;
        }
        let Some(segment) = look.segment else {
            let everything = vec![true; covered.len()];
            of_whole.extend(finding(survey, subject, look, *p_adjusted, values, &everything));
            continue;
        };
        let members = survey.members(subject, segment);
        let is_reason = subject.splits[segment.split] == Split::Reason;
        let repeats = !is_reason && !chosen.is_empty() && survey.without(subject, segment, &members, &covered) > REPEATS_ABOVE.ln();
        if repeats {
            // It repeats the one with which it shares the most rows.
            let shared = |other: &Chosen| other.members.iter().zip(&members).filter(|(theirs, ours)| **theirs && **ours).count();
            if let Some(index) = (0..chosen.len()).max_by_key(|index| (shared(&chosen[*index]), std::cmp::Reverse(*index))) {
                chosen[index].finding.repeats.push(named(survey, subject, segment));
            }
            continue;
        }
        let Some(finding) = finding(survey, subject, look, *p_adjusted, values, &members) else { continue };
        // What is new or gone did not move: somebody began it or ended it, and knows.
        let is_new_or_gone = look.what == What::Share && [finding.against, finding.now].iter().any(|side| side.hits == Some(0));
        if !is_new_or_gone {
            covered.iter_mut().zip(&members).for_each(|(covered, member)| *covered |= member);
            chosen.push(Chosen { finding, members });
        }
    }
    of_whole.into_iter().chain(chosen.into_iter().map(|chosen| chosen.finding)).collect()
}

fn named(survey: &Survey, subject: &Subject, segment: Segment) -> Named {
    let split = &subject.splits[segment.split];
    let label = &survey.labels(subject, split)[segment.place as usize];
    Named { split: split.clone(), label: label.name.clone(), id: label.id }
}

fn finding(survey: &Survey, subject: &Subject, look: &Look, p_adjusted: f64, values: &Values, members: &[bool]) -> Option<Finding> {
    let whole = subject.whole(None);
    let rows = || subject.material.seen.iter().zip(members);
    let mut cells = [Cell::default(); 2];
    rows().filter(|(_, is_member)| **is_member).for_each(|(seen, _)| cells[usize::from(seen.is_now)].add(subject.material.shape, seen));
    let is_reason = look.segment.is_some_and(|segment| subject.splits[segment.split] == Split::Reason);
    if is_reason {
        cells
            .iter_mut()
            .zip(whole)
            .for_each(|(cell, whole)| (cell.n, cell.rows, cell.sums.below) = (whole.n, whole.rows, whole.sums.below));
    }
    let shape = subject.material.shape;
    let (found, against, against_side) = match subject.about {
        About::Moved(Comparison { before, now, before_as_of, .. }) => {
            let side = side(subject, cells[0], rows().filter(|(seen, is_member)| !seen.is_now && **is_member));
            (Found::Moved { before, now, before_as_of }, cells[0], side)
        }
        About::StandsOut(period) => {
            let others = cells[1].out_of(whole[1]);
            (Found::StandsOut { period }, others, side(subject, others, rows().filter(|(_, is_member)| !**is_member)))
        }
    };
    let part = matches!(subject.about, About::Moved(_)).then(|| part(shape, cells, whole, is_reason)).flatten();
    let expected = expected(subject, look.what, cells, whole);
    Some(Finding {
        kpi: subject.material.kpi,
        found,
        what: look.what,
        segment: look.segment.map(|segment| named(survey, subject, segment)),
        against: against_side,
        now: side(subject, cells[1], rows().filter(|(seen, is_member)| seen.is_now && **is_member)),
        part,
        worth: values.of_difference(subject.material.kpi, shape, look.what, against, cells[1], expected),
        topic: 0,
        ln_p: look.ln_p,
        p_adjusted,
        repeats: Vec::new(),
        reason: main_reason(survey, subject, members),
    })
}

/// What of the number's change comes of the segment's own.
fn part(shape: Shape, cells: [Cell; 2], whole: [Cell; 2], is_reason: bool) -> Option<f64> {
    match shape {
        Shape::Count => Some(cells[1].hits as f64 - cells[0].hits as f64),
        Shape::Sum => None,
        _ if is_reason => Some(cells[1].sums.value()? - cells[0].sums.value()?),
        _ => {
            let weight = |period: usize| cells[period].sums.below / whole[period].sums.below;
            Some((cells[1].sums.value()? - cells[0].sums.value()?) * (weight(0) + weight(1)) / 2.0)
        }
    }
}

/// How many a count would have had, had the segment kept its share, or the whole its pace.
fn expected(subject: &Subject, what: What, cells: [Cell; 2], whole: [Cell; 2]) -> f64 {
    let About::Moved(comparison) = subject.about else { return 0.0 };
    match what {
        What::Share if whole[0].hits > 0 => cells[0].hits as f64 / whole[0].hits as f64 * whole[1].hits as f64,
        What::Total => {
            let days = |period, as_of| super::periods::days_so_far(period, as_of);
            let before = days(comparison.before, comparison.before_as_of);
            if before > 0.0 { cells[0].hits as f64 * days(comparison.now, comparison.as_of) / before } else { 0.0 }
        }
        _ => 0.0,
    }
}

fn side<'a>(subject: &Subject, cell: Cell, rows: impl Iterator<Item = (&'a Seen, &'a bool)>) -> Side {
    let value = match subject.material.shape {
        Shape::Count => Some(cell.hits as f64),
        Shape::Average if subject.material.has_median() => {
            let mut values: Vec<f64> = rows.map(|(seen, _)| seen.value).collect();
            values.sort_unstable_by(f64::total_cmp);
            (!values.is_empty()).then(|| percentile(&values, 0.5))
        }
        _ => cell.sums.value(),
    };
    let counts_hits = matches!(subject.material.shape, Shape::Rate | Shape::Count | Shape::MoneyShare);
    Side { n: cell.n, hits: counts_hits.then_some(cell.hits), value }
}

/// Of the rejections among an acceptance's rows, the reason given most often.
fn main_reason(survey: &Survey, subject: &Subject, members: &[bool]) -> Option<(Label, u64, u64)> {
    if subject.material.kpi.key != "mql_to_sal_rate" {
        return None;
    }
    let cuts = &survey.cuts[subject.lens[1]];
    let places = cuts.places(&Split::Reason, subject.material.table)?;
    let mut counts: FxHashMap<u32, u64> = FxHashMap::default();
    let rejected = subject.material.seen.iter().zip(members).filter(|(seen, is_member)| seen.is_now && seen.hits == 0 && **is_member);
    rejected.for_each(|(seen, _)| *counts.entry(places[seen.row as usize]).or_default() += 1);
    let all: u64 = counts.values().sum();
    let (place, count) = counts.into_iter().max_by_key(|(place, count)| (*count, std::cmp::Reverse(*place)))?;
    Some((cuts.labels(&Split::Reason)[place as usize].clone(), count, all))
}
