//! A rule that looks at the stages of a lead is asked once for each kind of leads, and each lead only adds to a count: a rule asked a million
//! times takes most of its time to guess wrongly which way it will go.

use alignment::{Instant, lifecycle::Stage};

use super::{
    Context,
    definition::{Aging, Observe},
};
use crate::view::LeadFacts;

/// What a rule says of each kind, by [`Kinds`](crate::view::Kinds).
pub(super) struct ByKind {
    kinds: Vec<KindSaid>,
    /// Of a conversion: from which stage to which.
    steps: Option<(Stage, Stage)>,
    aging: Aging,
    /// Instants that leads count at.
    pub whens: [bool; WHENS],
}

#[derive(Clone, Copy)]
pub(super) struct KindSaid {
    /// Which of its instants the lead counts at: one of a stage, [`BEGINS`] or [`NOWHEN`].
    pub when: u8,
    /// By age: still young, converted in time, later or not.
    codes: [u8; 3],
}

pub(super) const BEGINS: u8 = Stage::COUNT as u8;
/// The lead does not belong to the number.
pub(super) const NOWHEN: u8 = BEGINS + 1;
pub(super) const WHENS: usize = NOWHEN as usize + 1;

impl ByKind {
    /// `None`: the rule looks at more than stages.
    pub fn of(context: &Context, observe: Observe) -> Option<ByKind> {
        let aging = Aging::of(context);
        let steps = match observe {
            Observe::Each(_) | Observe::Own(_) => return None,
            Observe::Converting(from, to) => Some((from, to)),
            Observe::Entering(_) | Observe::Stood(_) => None,
        };
        let kinds: Vec<KindSaid> = context.view.kinds().all.iter().map(|facts| KindSaid::of(facts, observe, steps, aging)).collect();
        let mut whens = [false; WHENS];
        kinds.iter().for_each(|said| whens[said.when as usize] = true);
        Some(ByKind { kinds, steps, aging, whens })
    }

    pub fn said(&self, kind: u32) -> &KindSaid {
        &self.kinds[kind as usize]
    }

    #[inline]
    pub fn code(&self, said: &KindSaid, facts: &LeadFacts) -> usize {
        let age = self.steps.map_or(0, |(from, to)| self.age(facts.recorded(from), facts.recorded(to)));
        usize::from(said.codes[age])
    }

    /// The place in a kind's codes.
    #[inline]
    fn age(&self, from: Instant, to: Instant) -> usize {
        let late = 1 + usize::from(!self.aging.is_in_time(from, to));
        if self.aging.is_young(from) { 0 } else { late }
    }
}

impl KindSaid {
    fn of(facts: &LeadFacts, observe: Observe, steps: Option<(Stage, Stage)>, aging: Aging) -> KindSaid {
        let nothing = KindSaid { when: NOWHEN, codes: [0; 3] };
        let Some(observation) = observe.of_stages(facts, aging) else { return nothing };
        let at = observation.at;
        debug_assert!((0..Stage::COUNT as i64).contains(&at.0), "a rule of stages counts a lead at the instant of a stage");
        let when = if facts.begins() == Some(at) { BEGINS } else { at.0 as u8 };
        let Some((from, to)) = steps else { return KindSaid { when, codes: [observation.code() as u8; 3] } };
        let code = |as_of: Instant, end: i64| {
            let facts = facts.entering(from, Instant(0)).entering(to, Instant(end));
            observe.of_stages(&facts, Aging { as_of, ..aging }).map_or(0, |observation| observation.code() as u8)
        };
        let codes = [code(Instant(aging.horizon_micros - 1), 0), code(Instant::MAX, 0), code(Instant::MAX, aging.horizon_micros + 1)];
        KindSaid { when, codes }
    }
}

#[cfg(test)]
mod tests {
    use alignment::lifecycle::StageSet;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        history::History,
        kpi,
        question::Question,
        rows::{Delta, LeadRow, TransitionRow},
        testing::*,
    };

    fn any_transition() -> impl Strategy<Value = TransitionRow> {
        (1..9_i64, 0..10_usize, prop::option::of(0..200_i32), 0..200_i32).prop_map(|(lead, stage, at, recorded)| TransitionRow {
            at: at.map(|at| day(f64::from(at))),
            ..entered(0, lead, Stage::ALL[stage], f64::from(recorded))
        })
    }

    fn history_of(transitions: Vec<TransitionRow>, recorded: &[u16]) -> History {
        let lead = |(id, recorded): (i64, &u16)| LeadRow { stages_recorded: StageSet(recorded & StageSet::ALL.0), ..lead(id, "", 1.0) };
        let transitions = (1..).zip(transitions).map(|(id, row)| TransitionRow { id, ..row }).collect();
        history(Delta { leads: (1..9).zip(recorded).map(lead).collect(), transitions, ..Delta::default() })
    }

    proptest! {
        /// For every number that is asked by kind, each lead counts as its rule says, at the instant that it says.
        #[test]
        fn a_kind_says_what_the_rule_says_of_each_lead(
            transitions in prop::collection::vec(any_transition(), 0..40), recorded in prop::collection::vec(any::<u16>(), 8), as_of in 0..250_i32,
        ) {
            let history = history_of(transitions, &recorded);
            let question = Question { as_of: day(f64::from(as_of)), known_at: Instant::MAX, ..question() };
            let context = Context::of(&history, &question);
            for kpi in kpi::ALL {
                let Some(by_kind) = ByKind::of(&context, kpi.observe) else { continue };
                for (row, facts) in context.view.leads.iter().enumerate() {
                    let said = by_kind.said(context.view.kinds().of_leads[row]);
                    let at = match said.when {
                        NOWHEN => None,
                        BEGINS => facts.begins(),
                        stage => facts.from(Stage::ALL[usize::from(stage)]),
                    };
                    let found = at.map(|at| (at, by_kind.code(said, facts)));
                    let expected = kpi.observe.row(&context, row).map(|observation| (observation.at, observation.code()));
                    prop_assert_eq!(found, expected, "{}: {:?}", kpi.key, facts);
                }
            }
        }
    }
}
