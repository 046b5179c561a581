//! Deals as a plan sees them: how those of each stage end and when, which are open, what a signed one is worth.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::DealStage};

use super::{
    calendar::{self, Month},
    lags::Lag,
    record,
    season::Season,
};
use crate::{
    cohort::{Outcome, Spell},
    engine::{Amount, Context},
    rows::Table,
};

pub const OPEN_STAGES: [DealStage; 3] = [DealStage::Discovery, DealStage::Proposal, DealStage::Negotiation];
const YEAR_DAYS: i64 = 365;
/// With fewer signed in a year, all that were ever signed tell what a deal is worth.
const SIZES_MIN: usize = 10;

pub struct Deals {
    /// By open stage.
    pub stages: Vec<DealStep>,
    pub open: Vec<OpenDeal>,
    /// Amounts of signed deals, in minor units, smallest first.
    pub sizes_minor: Vec<f64>,
    /// When, and for how much in the question's currency; in order of time.
    pub signed: Vec<(Instant, f64)>,
    /// How busy the calendar months are with signatures.
    pub season: Season,
    /// Whether each lead has a deal that is open or was lost: it is counted here and not among the open passes.
    pub has_deal: Vec<bool>,
}

/// Deals that got to a stage, from then to their end.
#[derive(Clone, Debug)]
pub struct DealStep {
    pub closed: u64,
    pub won: u64,
    pub lag: Lag,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenDeal {
    /// Place in [`OPEN_STAGES`].
    pub stage: usize,
    pub age_days: f64,
    /// `None`: not recorded, or in another currency.
    pub amount_minor: Option<f64>,
}

pub fn read(context: &Context, whole: &[Month]) -> Deals {
    let (today, to_come_from) = record::day(context);
    let mut spells = vec![Vec::new(); OPEN_STAGES.len()];
    let mut tallies = [(0, 0); OPEN_STAGES.len()];
    let (mut open, mut signed) = (Vec::new(), Vec::new());
    let mut has_deal = vec![false; context.view.leads.len()];
    for row in 0..context.view.deals.len() {
        let Some(state) = context.view.deals[row].filter(|_| context.keeps(Table::Deals, row)) else { continue };
        let is_open = context.is_open(row);
        if let Some((at, _)) = context.won(row) {
            if let Amount::Minor(minor) = context.deal_amount(row) {
                signed.push((at, minor as f64));
            }
        } else if let Some(lead) = context.view.lead_of_deal(row).filter(|_| is_open || state.is_lost()) {
            has_deal[lead] = true;
        }
        let entered = entered(context, row);
        for (stage, at) in entered.iter().enumerate() {
            let Some(at) = at else { continue };
            let (end, outcome) = match (state.is_won(), state.is_lost()) {
                (true, _) => (state.at, Outcome::Converted),
                (_, true) => (state.at, Outcome::Left),
                _ => (Some(today), Outcome::Open),
            };
            let is_closed = outcome != Outcome::Open;
            tallies[stage] = (tallies[stage].0 + u64::from(is_closed), tallies[stage].1 + u64::from(state.is_won()));
            let (end, outcome) = record::by_day(today, end, outcome);
            spells[stage].extend(end.map(|end| Spell { age_days: end.days_since(*at).max(0.0), outcome }));
        }
        if is_open {
            let stage = state.stage.and_then(|stage| OPEN_STAGES.iter().position(|known| *known == stage)).unwrap_or(0);
            let since = entered[stage].or(state.at).unwrap_or(state.counts_from);
            let amount_minor = if let Amount::Minor(minor) = context.deal_amount(row) { Some(minor as f64) } else { None };
            open.push(OpenDeal { stage, age_days: to_come_from.days_since(since).max(0.0), amount_minor });
        }
    }
    signed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let step = |(spells, (closed, won))| DealStep { closed, won, lag: Lag::of(spells) };
    Deals {
        stages: spells.into_iter().zip(tallies).map(step).collect(),
        sizes_minor: sizes(&signed, today),
        season: season(signed.iter().map(|(at, _)| *at), whole),
        open,
        signed,
        has_deal,
    }
}

/// When a deal entered each open stage; a deal begins in discovery.
fn entered(context: &Context, deal_row: usize) -> [Option<Instant>; 3] {
    let history = context.history;
    let transitions = &history.deal_transitions;
    let mut entered = [None; 3];
    for row in history.deal_transition_rows(history.deals.ids()[deal_row]) {
        let place = OPEN_STAGES.iter().position(|stage| *stage == transitions.stage.get(row));
        let at = transitions.at.get(row).filter(|at| context.view.counts(*at, transitions.recorded_at.get(row)));
        if let (Some(place), Some(at)) = (place, at) {
            entered[place] = Some(entered[place].map_or(at, |known: Instant| known.min(at)));
        }
    }
    entered[0] = entered[0].or(history.deals.opened_at.get(deal_row).filter(|at| *at <= context.view.as_of));
    entered
}

fn sizes(signed: &[(Instant, f64)], today: Instant) -> Vec<f64> {
    let since = today.plus_micros(-YEAR_DAYS * MICROS_PER_DAY);
    let of = |from: Instant| signed.iter().filter(move |(at, minor)| *at >= from && *minor > 0.0).map(|(_, minor)| *minor);
    let mut sizes: Vec<f64> = of(since).collect();
    if sizes.len() < SIZES_MIN {
        sizes = of(Instant::MIN).collect();
    }
    sizes.sort_by(f64::total_cmp);
    sizes
}

/// How busy the calendar months are with signatures.
pub fn season(signed: impl Iterator<Item = Instant>, whole: &[Month]) -> Season {
    let mut counts = vec![0.0; whole.len()];
    signed.filter_map(|at| calendar::place(whole, at)).for_each(|place| counts[place] += 1.0);
    Season::of(&counts, whole.first().map_or(0, |month| month.index))
}
