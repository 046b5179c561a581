//! The points that the Agreement gives at a landmark, to compare with: fit and engagement, by the same judge as the desk's.

use alignment::{
    Instant,
    agreement::Agreement,
    judging::{Judge, Signal, Traits},
    lifecycle::Stage,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::landmark::Landmark;
use crate::{
    backtest::Subjects,
    history::{Held, History, Named},
    view::View,
};

/// Total points at each landmark. Fields count as they are now, which can only favour the points.
pub fn points(view: &View, agreement: &Agreement, landmarks: &[Landmark]) -> Vec<f64> {
    let judge = Judge::compile(agreement);
    let subjects = Subjects::of(view, agreement.currency);
    let ends = ends_by_person(view);
    let of = |landmark: &Landmark| {
        let Some(person_row) = view.history.people.find(landmark.person) else { return 0.0 };
        let subject = subjects.get(person_row);
        let mut walk = judge.walk(&subject);
        // Evidence starts anew when a pass ends, as it does for the judging of live leads.
        let since = ends.get(&landmark.person).into_iter().flatten().filter(|end| **end < landmark.at).max().copied();
        for row in touches_of(view.history, landmark) {
            let at = view.history.touches.at.get(row);
            if since.is_none_or(|since| at > since) {
                walk.observe(&Signal { at, marks: judge.marks(&traits(view.history, row)) });
            }
        }
        walk.score(landmark.at).total()
    };
    landmarks.par_iter().map(of).collect()
}

fn touches_of<'a>(history: &'a History, landmark: &Landmark) -> impl Iterator<Item = usize> + 'a {
    let group = history.groups().of(history.leads.company.values()[landmark.lead_row], landmark.person);
    let (person, at, recorded_until) = (landmark.person, landmark.at, landmark.recorded_until());
    let touches = &history.touches;
    let rows = history.journeys().rows_of(group).take_while(move |row| touches.at.get(*row) <= at);
    rows.filter(move |row| touches.person.values()[*row] == person && touches.recorded_at.get(*row) <= recorded_until)
}

fn traits(history: &History, row: usize) -> Traits<'_> {
    let touches = &history.touches;
    let campaign = touches.campaign.get(row).and_then(|id| name(&history.campaigns, id));
    let content = touches.content.get(row).and_then(|id| history.content.find(id));
    Traits {
        kind: touches.kind.get(row),
        channel: touches.channel.get(row),
        source: touches.source.get(row),
        campaign,
        content: content.and_then(|row| history.content.name.get(row)),
        content_kind: content.and_then(|row| history.content.group.get(row)),
    }
}

fn name(named: &Held<Named>, id: i64) -> Option<&str> {
    named.name.get(named.find(id)?)
}

fn ends_by_person(view: &View) -> FxHashMap<i64, Vec<Instant>> {
    const WAYS_OUT: [Stage; 4] = [Stage::Customer, Stage::Rejected, Stage::Recycled, Stage::Lost];
    let mut ends: FxHashMap<i64, Vec<Instant>> = FxHashMap::default();
    for (row, facts) in view.leads.iter().enumerate() {
        let of_lead = WAYS_OUT.iter().filter_map(|stage| facts.from(*stage));
        of_lead.for_each(|end| ends.entry(view.history.leads.person.values()[row]).or_default().push(end));
    }
    ends
}
