//! The instants that are judged at: when a pass became a lead, and when it became an MQL.

use alignment::{Instant, lifecycle::Stage};

use crate::{history::History, view::LeadFacts};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landmark {
    /// Row of `History::leads`.
    pub lead_row: usize,
    /// Id of the person.
    pub person: i64,
    /// Lead or MQL.
    pub stage: Stage,
    pub at: Instant,
    /// By when we knew, where it was written down as it happened. `None`: it was brought in later, and nobody can say.
    pub known_at: Option<Instant>,
}

/// What is written down within so many days counts as written down as it happened.
pub(crate) const LIVE_DAYS: i64 = 1;

impl Landmark {
    /// The newest of one pass, as of an instant; `None` where nobody wrote one down.
    pub fn latest(history: &History, lead_row: usize, as_of: Instant, known_at: Instant) -> Option<Landmark> {
        let facts = LeadFacts::of(history, lead_row, as_of, known_at);
        facts.is_known().then(|| landmarks(history, lead_row, &facts).last()).flatten()
    }

    /// When its outcome is known, reached early or not.
    pub fn ends(&self, horizon_days: u32) -> Instant {
        self.at.plus_days(i64::from(horizon_days))
    }

    /// What is recorded later does not count.
    pub fn recorded_until(&self) -> Instant {
        self.known_at.unwrap_or(Instant(i64::MAX))
    }

    /// The instant at which fields are looked at.
    pub fn fields_at(&self) -> Instant {
        self.known_at.unwrap_or(self.at)
    }

    fn of(history: &History, lead_row: usize, stage: Stage, at: Instant, recorded_at: Instant) -> Landmark {
        let is_live = recorded_at <= at.plus_days(LIVE_DAYS);
        let person = history.leads.person.values()[lead_row];
        Landmark { lead_row, person, stage, at, known_at: is_live.then_some(recorded_at.max(at)) }
    }
}

/// Of one pass, in the order of time. A pass that began as an MQL has one.
pub fn landmarks(history: &History, lead_row: usize, facts: &LeadFacts) -> impl Iterator<Item = Landmark> + use<> {
    let as_lead = facts.at(Stage::Lead).map(|at| Landmark::of(history, lead_row, Stage::Lead, at, history.leads.recorded_at.get(lead_row)));
    let as_mql = facts.at(Stage::Mql).map(|at| Landmark::of(history, lead_row, Stage::Mql, at, recorded_at(history, lead_row, at)));
    let as_lead = as_lead.filter(|lead| as_mql.is_none_or(|mql| lead.at < mql.at));
    as_lead.into_iter().chain(as_mql)
}

fn recorded_at(history: &History, lead_row: usize, at: Instant) -> Instant {
    let transitions = &history.transitions;
    let rows = history.transition_rows(history.leads.ids()[lead_row]);
    let of_mql = rows.filter(|row| transitions.stage.get(*row) == Stage::Mql && transitions.at.get(*row) == Some(at));
    of_mql.map(|row| transitions.recorded_at.get(row)).min().unwrap_or(Instant(i64::MAX))
}

/// What became of a landmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Reached,
    NotReached,
    /// The horizon is not over yet.
    Young,
    /// It had reached the outcome before, or where it comes from writes it down nowhere.
    NotAsked,
}

pub fn outcome(facts: &LeadFacts, landmark: &Landmark, outcome: Stage, horizon_days: u32, as_of: Instant) -> Outcome {
    let ends = landmark.ends(horizon_days);
    match facts.from(outcome) {
        Some(reached) if reached <= landmark.at => Outcome::NotAsked,
        _ if !facts.source_records(outcome) => Outcome::NotAsked,
        // One that reached it early is left out as well: else young months would be made of successes alone.
        _ if ends > as_of => Outcome::Young,
        Some(reached) if reached <= ends => Outcome::Reached,
        _ => Outcome::NotReached,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rows::{Delta, LeadRow},
        testing::{day, entered, history, lead, person},
        view::View,
    };

    /// Of a source that does not write SQLs down, the few that are known all the same would be successes without failures.
    #[test]
    fn where_the_outcome_is_not_written_down_nothing_is_learned() {
        let recorded = alignment::lifecycle::StageSet::of(&[Stage::Lead]);
        let mut delta = Delta { people: vec![person(1, None), person(2, None)], ..Delta::default() };
        delta.leads = vec![LeadRow { stages_recorded: recorded, ..lead(1, "fair", 0.0) }, lead(2, "web", 0.0)];
        delta.transitions = vec![entered(1, 1, Stage::Sql, 5.0), entered(2, 2, Stage::Sql, 5.0)];
        let history = history(delta);
        let view = View::at(&history, day(100.0), day(100.0));
        let of = |row: usize| {
            let first = landmarks(&history, row, &view.leads[row]).next().unwrap();
            outcome(&view.leads[row], &first, Stage::Sql, 60, day(100.0))
        };
        assert_eq!((of(0), of(1)), (Outcome::NotAsked, Outcome::Reached));
    }
}
