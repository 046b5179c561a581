//! The same history, brought in at once and lived through event by event, comes to the same passes, clocks and promises.

use std::collections::BTreeMap;

use alignment::{
    Instant,
    agreement::{EscalationAction, EscalationStep},
    instant::MICROS_PER_DAY,
    intake::{DealIntake, IntakeRow, LeadIntake, Noun, Record},
    lifecycle::Stage,
    promise::Month,
};
use office::{Actor, Clock, Office, agreement, clocks, imports, promises};
use sample::SampleCompany;

const ENDS_AT: &str = "2026-06-30T17:00:00Z";
const SCALE: f64 = 0.01;

struct Place {
    office: Office,
    clock: Clock,
    _home: tempfile::TempDir,
    _database: cast::TestDatabase,
}

impl Place {
    fn moves_to(&self, at: Instant) {
        self.clock.tick_micros(at.0 - self.clock.now().0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_equals_live() {
    let company = sample::generate(sample::SEED, ENDS_AT.parse().unwrap(), SCALE);
    let at_once = place(&company, company.starts_at).await;
    at_once.moves_to(company.ends_at);
    bring(&at_once.office, company.batches().map(|(noun, rows)| (noun, rows.to_vec())).collect()).await;
    let lived = place(&company, company.starts_at).await;
    live_through(&lived, &company).await;
    for place in [&at_once, &lived] {
        while clocks::tick(&place.office).await.unwrap() > 0 {}
    }
    let (at_once, lived) = (Outcome::of(&at_once, &company).await, Outcome::of(&lived, &company).await);
    assert!(at_once.passes.iter().any(|pass| pass.contains("made by the Agreement")), "the criteria made MQLs");
    assert!(at_once.clocks.len() > 50, "{} clocks ran", at_once.clocks.len());
    same("passes", &at_once.passes, &lived.passes);
    same("clocks", &at_once.clocks, &lived.clocks);
    same("promises", &at_once.promises, &lived.promises);
}

/// An office with the sample's Agreement, criteria included, in force since ever.
async fn place(company: &SampleCompany, now: Instant) -> Place {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let clock = Clock::set_to(now);
    let office = Office::open(home.path(), Some(&database.url), clock.clone()).await.unwrap();
    let mut text = company.agreement.propose();
    // Who works on a lead is told by the history here, and not by who was free at the time.
    text.routing = Default::default();
    text.escalation.steps = vec![EscalationStep { after_minutes: 0, action: EscalationAction::Escalate }];
    agreement::replace_first(&office, &text).await.unwrap();
    Place { office, clock, _home: home, _database: database }
}

async fn bring(office: &Office, batches: Vec<(Noun, Vec<IntakeRow>)>) {
    let batches = batches.into_iter().map(|(noun, rows)| (noun.key().to_owned(), rows));
    let report = imports::run_batches(office, &Actor::command_line(), "sample", batches, imports::no_progress()).await.unwrap();
    assert_eq!(report.rejected, 0, "{:?}", report.rejections);
}

/// Who and what there is first; then everything that happened, each on its own, with the clock at its instant.
async fn live_through(place: &Place, company: &SampleCompany) {
    let (mut standing, mut events) = (Vec::new(), Vec::new());
    for (noun, rows) in company.batches() {
        match noun {
            Noun::Lead | Noun::Touch | Noun::Deal | Noun::DealLine | Noun::Activity => events.extend(rows.iter().flat_map(moments)),
            _ => standing.push((noun, rows)),
        }
    }
    bring(&place.office, standing).await;
    // At one instant a touch comes first: what it leads to can't have been before it.
    events.sort_by_key(|(at, row)| (*at, row.subject.noun() != Noun::Touch, row.subject.noun()));
    let mut lines = Vec::new();
    for (at, row) in events {
        if at == Instant::MIN {
            lines.push(row);
            continue;
        }
        place.moves_to(at);
        bring(&place.office, vec![(row.subject.noun(), vec![row])]).await;
    }
    place.moves_to(company.ends_at);
    bring(&place.office, vec![(Noun::DealLine, lines)]).await;
}

/// A record as the events that made it: a lead and a deal by their stages.
fn moments(row: &IntakeRow) -> Vec<(Instant, IntakeRow)> {
    let with = |subject: Record| IntakeRow { subject, ..row.clone() };
    match &row.subject {
        Record::Lead(lead) => lead
            .stages
            .iter()
            .map(|entry| {
                let at = entry.at.expect("the sample knows when");
                (at, with(Record::Lead(LeadIntake { stages: vec![entry.clone()], ..lead.clone() })))
            })
            .collect(),
        Record::Deal(deal) => deal
            .stages
            .iter()
            .map(|entry| {
                let at = entry.at.expect("the sample knows when");
                let reason = deal.reason.clone().filter(|_| entry.stage.is_closed());
                (at, with(Record::Deal(DealIntake { stages: vec![entry.clone()], reason, ..deal.clone() })))
            })
            .collect(),
        Record::Touch(touch) => vec![(touch.at, row.clone())],
        Record::Activity(activity) => vec![(activity.at, row.clone())],
        _ => vec![(Instant::MIN, row.clone())],
    }
}

/// What came of a history, in words that name nothing by an id.
struct Outcome {
    passes: Vec<String>,
    clocks: Vec<String>,
    promises: Vec<String>,
}

impl Outcome {
    async fn of(place: &Place, company: &SampleCompany) -> Outcome {
        let mut record = place.office.facts().read().await.unwrap();
        let people: Vec<i64> = (1..=company.count(Noun::Person) as i64).collect();
        let leads = facts::judging::passes(record.conn(), &people).await.unwrap();
        let ids: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
        let mut entered: BTreeMap<i64, BTreeMap<Stage, i64>> = BTreeMap::new();
        for entry in facts::judging::entries(record.conn(), &ids).await.unwrap() {
            let (stage, at) = (Stage::parse(&entry.stage).unwrap(), entry.at.unwrap());
            let first = entered.entry(entry.lead_id).or_default().entry(stage).or_insert(at);
            *first = at.min(*first);
        }
        let by_agreement = facts::judging::leads_made_mql(record.conn(), &ids).await.unwrap();
        let (mut passes, mut named) = (Vec::new(), BTreeMap::new());
        for lead in &leads {
            let stages = entered.get(&lead.id).into_iter().flatten().map(|(stage, at)| format!("{} {}", stage.key(), Instant(*at)));
            let made = if by_agreement.contains(&lead.id) { ", made by the Agreement" } else { "" };
            let name = format!("person {} from {}", lead.person_id, Instant(lead.opened_at));
            passes.push(format!("{name}: {}{made}", stages.collect::<Vec<_>>().join(", ")));
            named.insert(lead.id, name);
        }
        let clocks = facts::clocks::of_leads(record.conn(), &ids).await.unwrap();
        let at = |micros: Option<i64>| micros.map_or_else(|| "-".to_owned(), |micros| Instant(micros).to_string());
        let words = |clock: &facts::clocks::ClockRow| {
            let (outcome, done) = (clock.outcome.as_deref().unwrap_or("runs"), clock.done);
            let (due, ended, breached) = (Instant(clock.due_at), at(clock.ended_at), at(clock.breached_at));
            let started = Instant(clock.started_at);
            format!("{}: {} {started} due {due} ended {ended} {outcome} breached {breached} done {done}", named[&clock.lead_id], clock.kind)
        };
        let mut clocks: Vec<String> = clocks.iter().map(words).collect();
        clocks.sort();
        passes.sort();
        Outcome { passes, clocks, promises: promises_of(place, company).await }
    }
}

async fn promises_of(place: &Place, company: &SampleCompany) -> Vec<String> {
    let zone = place.office.agreement().await.unwrap().agreement.time_zone();
    let mut months = Vec::new();
    let mut at = company.starts_at;
    while at < company.ends_at {
        let month = Month::of(at, &zone);
        let ledger = promises::ledger(&place.office, month, company.ends_at).await.unwrap();
        months.push(serde_json::to_string(&ledger).unwrap());
        at = Instant(at.0 + 31 * MICROS_PER_DAY);
    }
    months
}

fn same(what: &str, at_once: &[String], lived: &[String]) {
    let differing: Vec<_> = at_once.iter().filter(|line| !lived.contains(line)).map(|line| format!("- {line}")).collect();
    let other: Vec<_> = lived.iter().filter(|line| !at_once.contains(line)).map(|line| format!("+ {line}")).collect();
    let shown: Vec<_> = differing.iter().take(8).chain(other.iter().take(8)).cloned().collect();
    assert!(differing.is_empty() && other.is_empty(), "{what}: {} and {} differ:\n{}", differing.len(), other.len(), shown.join("\n"));
}
