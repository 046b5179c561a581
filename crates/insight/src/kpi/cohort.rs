//! Leads by the stage they entered: what counts and rates of the funnel are made of.

use alignment::lifecycle::Stage;

use crate::{
    cohort::{Interval, converted_within},
    engine::{Aging, Beside, Context, Observation},
    view::LeadFacts,
};

pub fn known<'a>(context: &'a Context, row: usize) -> Option<&'a LeadFacts> {
    Some(&context.view.leads[row]).filter(|facts| facts.is_known())
}

/// A lead that entered a stage, at the instant it counts from.
pub fn entering(facts: &LeadFacts, stage: Stage) -> Option<Observation> {
    if let Some(at) = facts.from(stage).filter(|_| facts.counts_in(stage)) {
        return Some(Observation::hit(at));
    }
    let at = facts.begins()?;
    Some(if facts.records(stage) { Observation::able(at) } else { Observation::unrecorded(at) })
}

/// A lead of the cohort that entered `from`, and whether it has reached `to` since.
pub fn converting(facts: &LeadFacts, from: Stage, to: Stage, aging: Aging) -> Option<Observation> {
    let observation = entering(facts, from)?;
    if !facts.counts_in(from) {
        let is_able = facts.records(from) && facts.records(to);
        return Some(if is_able { observation } else { Observation::unrecorded(observation.at) });
    }
    if !facts.records(to) {
        return Some(Observation::unrecorded(observation.at));
    }
    let reached = facts.has_reached(to);
    let is_young = aging.is_young(observation.at);
    // Whether it got there in time can be told if both instants are known, or if it never got there.
    let in_time = match (facts.at(from), facts.at(to)) {
        (Some(start), Some(end)) => Some(aging.is_in_time(start, end)),
        _ => (!reached).then_some(false),
    };
    Some(Observation { within_horizon: in_time.filter(|_| !is_young), is_young, ..Observation::rate(observation.at, reached) })
}

/// The share that gets there within the horizon, with those who have not had their time yet counted for as long as they are known, and
/// those who left as competing exits (Aalen-Johansen). `None` where nobody of the cohort is old enough to tell.
pub fn corrected(context: &Context, from: Stage, to: Stage) -> Beside {
    let horizon_days = context.question.settings.horizon_days;
    let estimate = converted_within(context, from, to, context.question.period, horizon_days);
    let interval = estimate.and_then(|estimate| estimate.interval(Interval::LogLog));
    vec![
        ("corrected", estimate.map(|estimate| estimate.rate)),
        ("corrected_low", interval.map(|(low, _)| low)),
        ("corrected_high", interval.map(|(_, high)| high)),
        ("horizon_days", Some(f64::from(horizon_days))),
    ]
}

/// What sales decided on an MQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    NotHandedOver,
    /// Its source writes down no MQL, or no acceptance.
    NotRecorded,
    Accepted,
    Rejected,
    Undecided,
}

pub fn decision(facts: &LeadFacts) -> Decision {
    if !facts.records(Stage::Mql) || !facts.records(Stage::Sal) {
        return Decision::NotRecorded;
    }
    if !facts.has_reached(Stage::Mql) {
        return Decision::NotHandedOver;
    }
    match (facts.has_reached(Stage::Sal), facts.has_entered(Stage::Rejected)) {
        (true, _) => Decision::Accepted,
        (_, true) => Decision::Rejected,
        _ => Decision::Undecided,
    }
}
