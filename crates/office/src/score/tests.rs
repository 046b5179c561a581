//! A version learned from a real record, of either engine; asked by verb, over the API and on pages.

use alignment::{Instant, ids::UserId, lifecycle::StageSet};
use facts::{
    WriteTx,
    access::NewUser,
    bulk::Value,
    changes::{self, Author},
    schema,
};
use insight::{
    rows::Table,
    score::{Landmark, company_at},
};

use super::{Standing, State, Wanted, field_log, learn, notices, of_lead, report, save, standing, versions};
use crate::{
    Actor, Clock, Office,
    access::{Role, Scope, tokens},
    web::{AppError, serve},
};

const LEADS: i64 = 420;
const NOW: &str = "2026-12-01T09:00:00Z";

/// The first lead comes here, the next ones a day and a half apart: the parts must be a horizon of 90 days from each other.
fn opened(id: i64) -> Instant {
    "2025-01-01T08:00:00Z".parse::<Instant>().unwrap().plus_micros(id * 129_600_000_000)
}

/// Directors become SQLs far more often; the rest is chance that depends on the number alone.
fn is_director(id: i64) -> bool {
    id * 7919 % 100 < 40
}

fn wins(id: i64) -> bool {
    id * 104_729 % 97 < if is_director(id) { 60 } else { 12 }
}

struct World {
    office: Office,
    actor: Actor,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

async fn empty() -> World {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let clock = Clock::set_to(NOW.parse().unwrap());
    let office = Office::open(home.path(), Some(&database.url), clock).await.unwrap();
    let mut tx = office.facts().write().await.unwrap();
    let new = NewUser { name: "Lea", email: "lea@example.com", side: "marketing", role: "leader", password_hash: None };
    let user = facts::access::invite_user(&mut tx, &new, None, 0).await.unwrap();
    tx.commit().await.unwrap();
    let actor = Actor { user: Some(UserId(user)), name: "Lea".into(), role: Role::Leader, scopes: None };
    World { office, actor, _database: database, _home: home }
}

fn author_at(at: Instant) -> Author {
    Author { actor: None, now: at.0, agreement_version: Some(1) }
}

/// 420 leads, each written down as it came.
async fn world() -> World {
    let world = empty().await;
    let mut tx = world.office.facts().write().await.unwrap();
    for id in 1..=LEADS {
        add_lead(&mut tx, id).await;
    }
    tx.commit().await.unwrap();
    world
}

async fn add_lead(tx: &mut WriteTx, id: i64) {
    let (at, text) = (opened(id), |text: &str| Value::Text(text.into()));
    let author = author_at(at);
    let title = if is_director(id) { "Director of IT" } else { "IT analyst" };
    let person = [("email", text(&format!("p{id}@example.com"))), ("job_title", text(title))];
    assert_eq!(changes::add(tx, &author, &schema::PEOPLE, at.0, &person).await.unwrap(), id);
    let lead = [
        ("person_id", Value::Int(id)),
        ("source", text(if id % 2 == 0 { "web" } else { "event" })),
        ("opened_at", Value::Int(at.0)),
        ("stage", text(if wins(id) { "sql" } else { "lead" })),
        ("stages_recorded", Value::Int(i64::from(StageSet::ALL.0))),
    ];
    assert_eq!(changes::add(tx, &author, &schema::LEADS, at.0, &lead).await.unwrap(), id);
    if wins(id) {
        let later = at.plus_days(20);
        let moved =
            [("lead_id", Value::Int(id)), ("stage", text("sql")), ("at", Value::Int(later.0)), ("agreement_version", Value::Int(1))];
        changes::add(tx, &author_at(later), &schema::TRANSITIONS, later.0, &moved).await.unwrap();
    }
}

async fn train(world: &World) -> Result<i64, AppError> {
    let fresh = learn(&world.office, &Wanted::default()).await?;
    let mut tx = world.office.facts().write().await?;
    let number = save(&mut tx, &author_at(NOW.parse().unwrap()), &fresh).await?;
    tx.commit().await?;
    Ok(number)
}

fn probability(answer: &super::LeadAnswer) -> f64 {
    answer.score.as_ref().unwrap().explained.probability
}

#[tokio::test]
async fn a_version_is_learned_kept_and_asked_of_leads() {
    let world = world().await;
    let open: Vec<i64> = (1..=LEADS).filter(|id| !wins(*id)).collect();
    assert_eq!(of_lead(&world.office, open[0]).await.unwrap().state, State::NoVersion);
    assert_eq!(train(&world).await.unwrap(), 1);
    assert_eq!(train(&world).await.unwrap(), 2);
    let kept = versions(&world.office).await.unwrap();
    assert_eq!(kept.iter().map(|version| version.number).collect::<Vec<_>>(), [2, 1]);
    let newest = standing(&world.office).await.unwrap().unwrap();
    assert_eq!((newest.head.number, newest.head.withheld.as_deref()), (2, None));
    let director = open.iter().copied().find(|id| is_director(*id)).unwrap();
    let analyst = open.iter().copied().find(|id| !is_director(*id)).unwrap();
    let answer = of_lead(&world.office, director).await.unwrap();
    assert_eq!(answer.state, State::Shown);
    assert!(probability(&answer) > 0.4);
    assert!(answer.score.as_ref().unwrap().explained.contributions.iter().any(|part| part.words == "Job title has “director”"));
    let before = probability(&of_lead(&world.office, analyst).await.unwrap());
    assert!(before < 0.3);
    let won = (1..=LEADS).find(|id| wins(*id)).unwrap();
    assert_eq!(of_lead(&world.office, won).await.unwrap().state, State::Reached);
    // A title that is filled in later was not known when the lead came.
    let mut tx = world.office.facts().write().await.unwrap();
    let title = vec![("job_title", Value::Text("Director of IT".into()))];
    changes::set(&mut tx, &author_at(NOW.parse().unwrap()), &schema::PEOPLE, "person", analyst, title).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(probability(&of_lead(&world.office, analyst).await.unwrap()), before);
    assert!(matches!(of_lead(&world.office, 99_999).await, Err(AppError::NotFound(_))));
    let shown = report::score(&world.office).await.unwrap();
    assert!(shown.heading.starts_with("Version 2: the probability to become an SQL within") && shown.heading.contains("Shown on leads"));
    let text: String = shown.sheets.iter().map(|sheet| sheet.to_text()).collect();
    assert!(text.contains("points of the Agreement") && text.contains("Job title has “director”"), "{text}");
    // This Agreement has no rules for points.
    assert!(text.contains(report::NO_POINTS) && shown.heading.contains(report::NO_POINTS), "{text}");
    assert_eq!(shown.json["figures"]["points"], serde_json::Value::Null);
    let figures = newest.report;
    assert!(figures.learned.to.plus_days(90) < figures.calibrated.from && figures.calibrated.to.plus_days(90) < figures.judged.from);
    assert!(text.contains(&format!("{} were purged", figures.purged.total())) && figures.purged.total() == 120, "{text}");
}

/// Titles that were written when the SQL came are seen as they stood, so that there is nothing to learn from them.
#[tokio::test]
async fn fields_written_after_the_outcome_are_seen_as_they_stood() {
    let world = world().await;
    let mut tx = world.office.facts().write().await.unwrap();
    for id in (1..=LEADS).filter(|id| wins(*id)) {
        let at = author_at(opened(id).plus_days(21));
        let country = vec![("country", Value::Text("Portugal".into()))];
        changes::set(&mut tx, &at, &schema::PEOPLE, "person", id, country).await.unwrap();
    }
    tx.commit().await.unwrap();
    train(&world).await.unwrap();
    let newest = standing(&world.office).await.unwrap().unwrap();
    assert_eq!(newest.report.left_out, []);
    assert!(newest.model.encoder.features.iter().all(|feature| feature.key != "company.country"), "nobody had a country by then");
}

/// A company of which much is changed after a lead of it came, and which the lead has left since.
#[tokio::test]
async fn a_lead_is_seen_as_it_stood_however_much_was_changed_since() {
    let World { office, _database, _home, .. } = empty().await;
    let (at, text) = (opened(1), |text: &str| Value::Text(text.into()));
    let mut tx = office.facts().write().await.unwrap();
    let mut companies = Vec::new();
    for name in ["Then", "Now"] {
        let fields = [("name", text(name)), ("industry", text("Software"))];
        companies.push(changes::add(&mut tx, &author_at(at), &schema::COMPANIES, at.0, &fields).await.unwrap());
    }
    let [then, now] = companies[..] else { panic!("{companies:?}") };
    let person = [("email", text("p@example.com")), ("company_id", Value::Int(then))];
    let person = changes::add(&mut tx, &author_at(at), &schema::PEOPLE, at.0, &person).await.unwrap();
    let lead = [("person_id", Value::Int(person)), ("company_id", Value::Int(then)), ("opened_at", Value::Int(at.0))];
    let stages = [("stage", text("lead")), ("stages_recorded", Value::Int(i64::from(StageSet::ALL.0)))];
    let lead: Vec<_> = lead.into_iter().chain(stages).collect();
    let lead = changes::add(&mut tx, &author_at(at), &schema::LEADS, at.0, &lead).await.unwrap();
    let later = |minutes: i64| author_at(at.plus_days(1).plus_micros(minutes * 60_000_000));
    for minute in 0..1_100 {
        let region = vec![("region", text(if minute % 2 == 0 { "North" } else { "South" }))];
        changes::set(&mut tx, &later(minute), &schema::COMPANIES, "company", then, region).await.unwrap();
    }
    for (minute, industry) in [(1_101, "Retail"), (1_102, "Food")] {
        changes::set(&mut tx, &later(minute), &schema::COMPANIES, "company", then, vec![("industry", text(industry))]).await.unwrap();
    }
    let moved = || vec![("company_id", Value::Int(now))];
    changes::set(&mut tx, &later(1_103), &schema::PEOPLE, "person", person, moved()).await.unwrap();
    changes::set(&mut tx, &later(1_103), &schema::LEADS, "lead", lead, moved()).await.unwrap();
    tx.commit().await.unwrap();
    let history = office.history().await.unwrap();
    let asked_at = NOW.parse().unwrap();
    let landmark = Landmark::latest(&history, history.leads.find(lead).unwrap(), asked_at, asked_at).unwrap();
    let log = field_log::of_landmark(&office, &history, &landmark).await.unwrap();
    assert_eq!(company_at(&history, &log, &landmark), Some(then));
    let of_company = |field: &str, now: &'static str| log.at(Table::Companies, then, field, Some(now), landmark.at).map(str::to_owned);
    assert_eq!((of_company("industry", "Food").as_deref(), of_company("region", "South")), (Some("Software"), None));
}

#[tokio::test]
async fn an_old_version_and_a_worse_one_say_so() {
    let world = world().await;
    train(&world).await.unwrap();
    let mut newest = standing(&world.office).await.unwrap().unwrap();
    let now: Instant = NOW.parse().unwrap();
    assert!(notices(&newest, None, now)[0].contains(report::NO_POINTS));
    newest.report.points = Some(newest.report.naive_bayes.clone());
    assert_eq!(notices(&newest, None, now), Vec::<String>::new());
    assert!(notices(&newest, None, now.plus_days(91))[0].contains("91 days ago"));
    let low = insight::score::Estimate { value: 0.4, low: 0.3, high: newest.report.score.auc.low - 0.01 };
    let since = insight::score::Since { rows: 300, hits: 40, auc: low, log_loss: low };
    assert!(notices(&newest, Some(&since), now)[0].contains("300 leads"));
    let Standing { head, .. } = newest;
    assert_eq!(head.as_of, now.0);
}

#[tokio::test]
async fn one_version_is_learned_at_a_time() {
    let world = world().await;
    let first = learn(&world.office, &Wanted::default()).await.unwrap();
    let Err(AppError::Conflict(words)) = learn(&world.office, &Wanted::default()).await else { panic!("both learned") };
    assert!(words.contains("being trained"), "{words}");
    drop(first);
    assert!(learn(&world.office, &Wanted::default()).await.is_ok());
}

#[tokio::test]
async fn programs_train_and_read_the_score() {
    let world = world().await;
    let token = tokens::create(&world.office, &world.actor, "test", &[Scope::Read, Scope::Write]).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/api/v1", listener.local_addr().unwrap());
    tokio::spawn(serve(world.office.clone(), listener, std::future::pending()));
    let open = (1..=LEADS).find(|id| !wins(*id)).unwrap();
    let of_lead = format!("/leads/{open}/score");
    // method, path, body | status, where in the answer, what is there
    for (method, path, body, status, pointer, expected) in [
        ("GET", "/score", "", 200, "/version", "null"),
        ("GET", of_lead.as_str(), "", 200, "/state", "\"no_version\""),
        ("POST", "/score/versions", r#"{"outcome":"won"}"#, 422, "/code", "\"refused\""),
        ("POST", "/score/versions", r#"{"horizon_days":900}"#, 422, "/code", "\"refused\""),
        ("POST", "/score/versions", r#"{"outcome":"customer"}"#, 409, "/code", "\"conflict\""),
        ("POST", "/score/versions", r#"{"horizon_days":60}"#, 201, "/number", "1"),
        ("GET", "/score", "", 200, "/figures/horizon_days", "60"),
        ("GET", "/score", "", 200, "/versions/0/withheld", "null"),
        ("GET", of_lead.as_str(), "", 200, "/state", "\"shown\""),
        ("GET", of_lead.as_str(), "", 200, "/judged_as", "\"lead\""),
        ("GET", "/leads/99999/score", "", 404, "/code", "\"not_found\""),
    ] {
        let request = reqwest::Client::new().request(method.parse().unwrap(), format!("{address}{path}")).bearer_auth(&token);
        let request = if body.is_empty() { request } else { request.header("content-type", "application/json").body(body) };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path} {body}");
        let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(answer.pointer(pointer).map(ToString::to_string).as_deref(), Some(expected), "{method} {path}: {answer}");
    }
}

#[tokio::test]
async fn an_empty_record_has_too_little() {
    let world = empty().await;
    let words = train(&world).await.unwrap_err().to_string();
    assert!(words.contains("too little to learn from") && words.contains("It needs at least 50 leads that reached SQL"), "{words}");
    assert_eq!(standing(&world.office).await.unwrap().map(|_| ()), None);
}
