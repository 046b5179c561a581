//! The backtest: what a draft of the Agreement would have done to the leads that there were, beside what the Agreement in force did.
//!
//! Both are replayed over the same touches, each person's in time order, so that nothing counts that came later than the instant judged
//! at. What became of whom is taken from the record. What this assumes stands in `docs/criteria.md`.

mod chance;
mod fields;
mod load;
mod marks;
mod outcome;
mod owners;
mod people;
mod replay;
mod result;
mod reviews;
mod spans;
#[cfg(test)]
mod tests;
mod wins;

use alignment::{Instant, agreement::Agreement, judging::Judge, lifecycle::Stage};
use rustc_hash::FxHashSet;

pub use fields::Subjects;
pub use result::*;

use crate::{history::History, question::Period, view::View};
use outcome::Outcomes;
use people::{Ends, TouchesByPerson};
use replay::{Mql, Side};
use spans::Spans;

/// Replays both over the history up to `as_of`. MQLs of the period count; those before it only keep passes open.
pub fn run(history: &History, in_force: &Agreement, draft: &Agreement, period: Period, as_of: Instant) -> Backtest {
    let view = View::at(history, as_of, Instant(i64::MAX));
    let touches = TouchesByPerson::of(history);
    let spans = Spans::of(&view, &touches, in_force, period);
    let agreements = [in_force, draft];
    let mqls = all_mqls(&view, &touches, agreements);
    let outcomes = Outcomes::of(&view, in_force, &mqls);
    let chosen: Vec<Vec<usize>> =
        mqls.iter().map(|mqls| (0..mqls.len()).filter(|index| spans.period.contains(mqls[*index].at)).collect()).collect();
    let moves = Moves::of(&mqls, &chosen);
    let outcome = |side: usize, chosen: &[usize]| outcomes.of_set(&mqls[side], side, chosen);
    let moving = |side: usize, chosen: &[usize]| Moving {
        people: people_in(&mqls[side], chosen),
        first: first_of(history, &mqls[side], chosen),
        outcome: outcome(side, chosen),
    };
    let replayed = |side: usize| {
        let chosen: Vec<Mql> = chosen[side].iter().map(|index| mqls[side][*index]).collect();
        let owners = owners::assign(&view, agreements[side], &chosen);
        Replayed {
            basis: basis(agreements[side]),
            outcome: outcome(side, &moves.chosen[side]),
            load: load::of(history, &spans, &chosen, &owners),
            reviews: reviews::simulate(&view, agreements[side], &spans, &chosen, &owners),
        }
    };
    let (of_force, of_draft) = rayon::join(|| replayed(0), || replayed(1));
    Backtest {
        from: spans.period.from,
        to: spans.period.to,
        as_of,
        currency: in_force.currency,
        horizon_days: in_force.maturity.horizon_days,
        months: spans.months(&mqls, &chosen),
        in_force: of_force,
        draft: of_draft,
        entering: moving(1, &moves.entering),
        leaving: moving(0, &moves.leaving),
        staying: staying(&mqls, &moves, outcome(1, &moves.staying[1])),
        not_judged: fields::not_judged(draft),
    }
}

fn basis(agreement: &Agreement) -> Basis {
    if agreement.clause(Stage::Mql).is_some_and(|clause| clause.criteria.is_some()) { Basis::Criteria } else { Basis::Recorded }
}

/// The MQLs of both, by person and instant: those that the criteria make or, where there are no criteria, the recorded ones.
fn all_mqls(view: &View, touches: &TouchesByPerson, agreements: [&Agreement; 2]) -> [Vec<Mql>; 2] {
    let judges = agreements.map(|agreement| (basis(agreement) == Basis::Criteria).then(|| Judge::compile(agreement)));
    let sides = [0, 1].map(|side| judges[side].as_ref().map(|judge| Side::of(view, judge, agreements[side].currency)));
    let ends = Ends::of(view);
    let [first, second] = replay::replay(view, touches, &ends, &sides);
    let recorded = || replay::recorded(view);
    [if sides[0].is_some() { first } else { recorded() }, if sides[1].is_some() { second } else { recorded() }]
}

/// Who is an MQL of both in the period, and who of one alone.
struct Moves {
    /// MQLs of the period of each side.
    chosen: [Vec<usize>; 2],
    entering: Vec<usize>,
    leaving: Vec<usize>,
    staying: [Vec<usize>; 2],
}

impl Moves {
    fn of(mqls: &[Vec<Mql>; 2], chosen: &[Vec<usize>]) -> Moves {
        let people = |side: usize| chosen[side].iter().map(|index| mqls[side][*index].person).collect::<FxHashSet<u32>>();
        let (before, after) = (people(0), people(1));
        let part = |side: usize, other: &FxHashSet<u32>| chosen[side].iter().partition(|index| other.contains(&mqls[side][**index].person));
        let (stay_before, leaving) = part(0, &after);
        let (stay_after, entering) = part(1, &before);
        Moves { chosen: [chosen[0].clone(), chosen[1].clone()], entering, leaving, staying: [stay_before, stay_after] }
    }
}

/// MQLs stand by person, so that a person's are neighbours.
fn people_in(mqls: &[Mql], chosen: &[usize]) -> u64 {
    let mut people: Vec<u32> = chosen.iter().map(|index| mqls[*index].person).collect();
    people.dedup();
    people.len() as u64
}

/// The first of each person, in the order of time.
fn first_of(history: &History, mqls: &[Mql], chosen: &[usize]) -> Vec<Moved> {
    let mut firsts: Vec<Mql> = chosen.iter().map(|index| mqls[*index]).collect();
    firsts.dedup_by_key(|mql| mql.person);
    firsts.sort_by_key(|mql| (mql.at, mql.person));
    firsts.truncate(LISTED_MAX);
    firsts.into_iter().map(|mql| Moved { person: history.people.ids()[mql.person as usize], at: mql.at }).collect()
}

fn staying(mqls: &[Vec<Mql>; 2], moves: &Moves, outcome: Outcome) -> Staying {
    let firsts = |side: usize| {
        let mut firsts: Vec<Mql> = moves.staying[side].iter().map(|index| mqls[side][*index]).collect();
        firsts.dedup_by_key(|mql| mql.person);
        firsts
    };
    let mut shifts: Vec<f64> = firsts(0).iter().zip(firsts(1)).map(|(before, after)| after.at.days_since(before.at)).collect();
    shifts.sort_by(f64::total_cmp);
    Staying {
        people: shifts.len() as u64,
        earlier: shifts.iter().filter(|days| **days < 0.0).count() as u64,
        later: shifts.iter().filter(|days| **days > 0.0).count() as u64,
        median_shift_days: shifts.get(shifts.len() / 2).copied(),
        outcome,
    }
}
