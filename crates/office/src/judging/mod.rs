//! Judging: touches make leads, and leads MQLs, by the Agreement in force when they happened.
//!
//! The rule is [`alignment::lifecycle::passes`]; here it gets what the record knows of people, and what it decides is written down, in
//! the transaction that brought the touches. New MQLs are routed and their clocks started with it.

mod known;
mod written;

use alignment::{
    Instant,
    agreement::{Agreement, Criterion, Version},
    instant::MICROS_PER_DAY,
    judging::Judge,
    lifecycle::{
        Stage,
        passes::{self, Judging},
    },
};
use facts::{WriteTx, changes::Author};
use rustc_hash::FxHashMap;

use crate::{agreement::Versions, clocks, imports::Aftermath, routing};
pub use known::Known;

/// People judged at one time: bounds memory, also where an import touches everybody.
const PEOPLE_PER_ROUND: usize = 2_000;

/// New touches, by person: the instant of the earliest.
pub type Arrived = FxHashMap<i64, Instant>;

/// Judges the people whose touches have arrived, places what became an MQL, and starts its clocks. Gives the leads that were opened or moved.
pub async fn touches_arrived(tx: &mut WriteTx, author: &Author, versions: &Versions, arrived: &Arrived) -> anyhow::Result<Vec<i64>> {
    let judged = judge(tx, author, versions, arrived, None).await?;
    routing::route(tx, author, versions, &judged.new_mqls).await?;
    clocks::sync(tx, author, versions, &judged.leads).await?;
    Ok(judged.leads)
}

/// The same for all that an import brought, whose leads may have been decided elsewhere. What comes of it goes with the import's undo.
pub async fn import_arrived(
    tx: &mut WriteTx,
    author: &Author,
    versions: &Versions,
    aftermath: &Aftermath,
    import_id: i64,
) -> anyhow::Result<()> {
    let Judged { mut leads, .. } = judge(tx, author, versions, &aftermath.arrived, Some(import_id)).await?;
    leads.extend(&aftermath.leads);
    let attempted: Vec<i64> = aftermath.attempted.iter().copied().collect();
    leads.extend(facts::judging::passes(tx.conn(), &attempted).await?.into_iter().map(|pass| pass.id));
    leads.sort_unstable();
    leads.dedup();
    // All at once and in time order, those that criteria made and those that the import tells of: limits hold over both.
    let unplaced = facts::judging::unplaced(tx.conn(), &leads).await?;
    let unplaced: Vec<_> = unplaced.into_iter().map(|(lead, at)| (lead, Instant(at))).collect();
    routing::route_imported(tx, author, versions, &unplaced, Some(import_id)).await?;
    clocks::sync_import(tx, author, versions, &leads, Some(import_id)).await
}

/// What judging came to.
struct Judged {
    /// Opened or moved.
    leads: Vec<i64>,
    new_mqls: Vec<(i64, Instant)>,
}

async fn judge(
    tx: &mut WriteTx,
    author: &Author,
    versions: &Versions,
    arrived: &Arrived,
    import_id: Option<i64>,
) -> anyhow::Result<Judged> {
    let Some(earliest) = arrived.values().min().copied().filter(|_| has_criteria(versions)) else {
        return Ok(Judged { leads: Vec::new(), new_mqls: Vec::new() });
    };
    let judges = judges(versions, earliest);
    let ready: Vec<Judging> =
        judges.iter().map(|(version, judge)| Judging { number: version.number, effective_at: version.effective_at, judge }).collect();
    let lookback_micros = judges.iter().map(|(version, _)| lookback_micros(&version.agreement)).max().unwrap_or(0);
    let mut people: Vec<i64> = arrived.keys().copied().collect();
    people.sort_unstable();
    let mut moved = Vec::new();
    for people in people.chunks(PEOPLE_PER_ROUND) {
        facts::judging::hold_people(tx, people).await?;
        let from = people.iter().filter_map(|person| arrived.get(person)).min().copied().unwrap_or(Instant::MAX);
        let known = Known::load(tx.conn(), people, from.plus_micros(-lookback_micros), versions.at(from).agreement.currency).await?;
        let mut round = written::Round::default();
        for person in known.people() {
            let from = arrived.get(&person.fields.id).copied().unwrap_or(Instant::MAX);
            let decisions = passes::judge(&ready, person, &person.touches(&known), &person.passes, from);
            round.take(person, decisions);
        }
        moved.extend(round.write(tx, author, import_id).await?);
    }
    let new_mqls = moved.iter().filter(|moved| moved.stage == Stage::Mql).map(|moved| (moved.lead, moved.at)).collect();
    let mut leads: Vec<i64> = moved.into_iter().map(|moved| moved.lead).collect();
    leads.sort_unstable();
    leads.dedup();
    Ok(Judged { leads, new_mqls })
}

/// Whether any version that judges from `from` on has criteria: without, nothing needs to be known.
pub fn has_criteria(versions: &Versions) -> bool {
    versions.iter().any(|version| version.agreement.stages.iter().any(|clause| clause.criteria.is_some()))
}

/// Of the versions that judge what happened at `from` and after.
fn judges(versions: &Versions, from: Instant) -> Vec<(&Version, Judge)> {
    let first = versions.at(from);
    let in_force = versions.iter().filter(|version| version.number == first.number || version.effective_at > from);
    in_force.map(|version| (version, Judge::compile(&version.agreement))).collect()
}

/// How far back touches can matter; what has lost all but a millionth of its points no longer does.
fn lookback_micros(agreement: &Agreement) -> i64 {
    const EVER_MICROS: i64 = i64::MAX / 4;
    fn of(criterion: &Criterion, scores_days: f64) -> f64 {
        match criterion {
            Criterion::All(parts) | Criterion::Any(parts) | Criterion::None(parts) => {
                parts.iter().map(|part| of(part, scores_days)).fold(0.0, f64::max)
            }
            Criterion::Field(_) => 0.0,
            Criterion::Score(_) => scores_days,
            Criterion::Activity(test) => test.within_days.map_or(f64::INFINITY, f64::from),
        }
    }
    const HALF_LIVES: f64 = 20.0;
    let scores_days = agreement.scoring.engagement.iter().map(|rule| rule.half_life_days * HALF_LIVES).fold(0.0, f64::max);
    let criteria = agreement.stages.iter().filter_map(|clause| clause.criteria.as_ref());
    let days = criteria.chain(agreement.product_lines.iter().map(|line| &line.when)).map(|criterion| of(criterion, scores_days));
    let days = days.fold(0.0, f64::max);
    if days.is_finite() { (days * MICROS_PER_DAY as f64) as i64 } else { EVER_MICROS }
}
