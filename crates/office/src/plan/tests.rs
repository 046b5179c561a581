//! Plans on the record and over the API, on SQLite and on PostgreSQL.

use alignment::Instant;
use facts::access::NewUser;
use serde_json::{Value, json};

use super::{PlanParams, body::PlanBody, saved};
use crate::{
    Actor, Clock, Office,
    access::{Role, Scope, tokens},
    web::serve,
};

const NOW: &str = "2026-03-02T09:00:00Z";

pub(super) struct World {
    pub(super) office: Office,
    pub(super) address: String,
    token: String,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

pub(super) async fn world() -> World {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = NOW.parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let mut tx = office.facts().write().await.unwrap();
    let new = NewUser { name: "Lea", email: "lea@example.com", side: "marketing", role: "marketing", password_hash: None };
    let user = facts::access::invite_user(&mut tx, &new, None, now.0).await.unwrap();
    tx.commit().await.unwrap();
    let actor = Actor { user: Some(alignment::ids::UserId(user)), name: "Lea".into(), role: Role::Marketing, scopes: None };
    let token = tokens::create(&office, &actor, "test", &[Scope::Read, Scope::Write]).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/api/v1", listener.local_addr().unwrap());
    tokio::spawn(serve(office.clone(), listener, std::future::pending()));
    World { office, address, token, _database: database, _home: home }
}

impl World {
    pub(super) async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = reqwest::Client::new().request(method.parse().unwrap(), format!("{}{path}", self.address)).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { request.header("content-type", "application/json").body(body.to_string()) };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
    }
}

#[tokio::test]
async fn plans_are_saved_changed_removed_and_put_back() {
    let world = world().await;
    let body = json!({"customers": 10, "by": "2026-12-31", "sql_rate": 0.4, "territories": [{"region": "Iberia", "share": 1.0}]});
    // method, path, body | status, where in the answer, what is there
    for (method, path, body, status, pointer, expected) in [
        ("GET", "/plans", Value::Null, 200, "/items", json!([])),
        ("POST", "/plans", json!({"name": "Autumn", "body": body}), 201, "/edits", json!(1)),
        ("POST", "/plans", json!({"name": " ", "body": {}}), 422, "/code", json!("refused")),
        ("POST", "/plans", json!({"name": "x", "body": {"customers": 1, "revenue_minor": 5}}), 422, "/code", json!("refused")),
        ("POST", "/plans", json!({"name": "x", "body": {"mql_rate": 30}}), 422, "/code", json!("refused")),
        ("POST", "/plans", json!({"name": "x", "body": {"territories": [{"region": "a", "share": 0.5}]}}), 422, "/code", json!("refused")),
        ("POST", "/plans", json!({"name": "x", "body": {"by": "soon"}}), 422, "/code", json!("refused")),
        (
            "POST",
            "/plans",
            json!({"name": "x", "body": {"territories": [{"region": "a".repeat(201), "share": 1.0}]}}),
            422,
            "/code",
            json!("refused"),
        ),
        ("GET", "/plans/1", Value::Null, 200, "/body/sql_rate", json!(0.4)),
        ("GET", "/plans/1", Value::Null, 200, "/body/currency", json!("EUR")),
        ("PUT", "/plans/1", json!({"name": "Autumn", "edits": 1, "body": {"customers": 12}}), 200, "/edits", json!(2)),
        ("PUT", "/plans/1", json!({"name": "Autumn", "edits": 1, "body": {"customers": 14}}), 409, "/code", json!("conflict")),
        ("PUT", "/plans/1", json!({"name": "Autumn", "edits": 2, "body": {"customers": 12}}), 200, "/edits", json!(2)),
        ("GET", "/plans?limit=1", Value::Null, 200, "/items/0/body/customers", json!(12)),
        ("DELETE", "/plans/1", Value::Null, 200, "/removed_at", json!(NOW)),
        ("GET", "/plans/1", Value::Null, 404, "/code", json!("not_found")),
        ("GET", "/plans", Value::Null, 200, "/items", json!([])),
        ("PUT", "/plans/1", json!({"name": "Autumn", "edits": 2, "body": {}}), 404, "/code", json!("not_found")),
        ("DELETE", "/plans/1/removal", Value::Null, 200, "/removed_at", Value::Null),
        ("GET", "/plans/1", Value::Null, 200, "/author_name", json!("Lea")),
        ("GET", "/plans/9", Value::Null, 404, "/code", json!("not_found")),
    ] {
        let (found, answer) = world.ask(method, path, body).await;
        assert_eq!(found, status, "{method} {path}: {answer}");
        assert_eq!(answer.pointer(pointer), Some(&expected), "{method} {path}: {answer}");
    }
    let mut record = world.office.facts().read().await.unwrap();
    let changes = facts::changes::of(record.conn(), &facts::schema::PLANS, 1, 20).await.unwrap();
    assert!(changes.iter().any(|change| change.field == "body") && changes.iter().any(|change| change.field == "removed_at"));
}

#[tokio::test]
async fn a_saved_plan_keeps_its_currency_and_outlives_its_date() {
    let world = world().await;
    let lines = json!([{"month": "2026-04", "source": "web", "amount_minor": 500_000}]);
    for body in [
        json!({"revenue_minor": 10_000_000, "currency": "USD", "by": "2026-12-31"}),
        json!({"customers": 3, "by": "2026-01-31"}),
        json!({"customers": 3, "by": "2026-12-31", "spend": lines}),
    ] {
        let (status, saved) = world.ask("POST", "/plans", json!({"name": "Kept", "body": body})).await;
        assert_eq!(status, 201, "{saved}");
    }
    let (_, own) = world.ask("GET", "/reports/plan?plan=1", Value::Null).await;
    assert_eq!((&own["currency"], &own["target_revenue_minor"]), (&json!("USD"), &json!(10_000_000)), "{own}");
    let (status, other) = world.ask("GET", "/reports/plan?plan=1&currency=EUR", Value::Null).await;
    assert!(status == 422 && other["detail"].as_str().is_some_and(|words| words.contains("are in USD")), "{other}");
    let (status, past) = world.ask("GET", "/reports/plan?plan=2", Value::Null).await;
    assert!(status == 200 && past["words"].to_string().contains("saved for 2026-01-31"), "{past}");
    let (status, moved) = world.ask("GET", "/reports/plan?plan=2&by=2026-11-30", Value::Null).await;
    assert!(status == 200 && !moved["words"].to_string().contains("saved for"), "{moved}");
    // A form sends its sliders, moved or not: a spend that was not touched leaves the lines.
    let read =
        |own: PlanParams| own.over(Some(serde_json::from_value(json!({"spend": lines})).unwrap()), alignment::Currency::EUR).unwrap();
    let said = |text: &str| Some(text.to_owned());
    assert_eq!(read(PlanParams { spend: said("700"), sliders: said("1"), ..PlanParams::default() }).spend.len(), 1);
    assert_eq!(read(PlanParams { spend: said("700"), ..PlanParams::default() }).spend.len(), 0);
}

#[tokio::test]
async fn a_save_is_taken_back() {
    let world = world().await;
    world.ask("POST", "/plans", json!({"name": "Autumn", "body": {"customers": 10}})).await;
    world.ask("PUT", "/plans/1", json!({"name": "Winter", "edits": 1, "body": {"customers": 12}})).await;
    let actor = Actor::command_line();
    for (edits, name, customers) in [(2, "Autumn", 10), (3, "Winter", 12)] {
        assert!(saved::take_back(&world.office, &actor, 1, edits - 1).await.is_err(), "somebody saved it since");
        saved::take_back(&world.office, &actor, 1, edits).await.unwrap();
        let (_, plan) = world.ask("GET", "/plans/1", Value::Null).await;
        assert_eq!((&plan["name"], &plan["body"]["customers"]), (&json!(name), &json!(customers)), "{plan}");
    }
}

#[tokio::test]
async fn every_face_keeps_a_plan_by_the_same_verbs_and_tells_those_who_listen() {
    let world = world().await;
    let (office, actor) = (&world.office, Actor::command_line());
    let mut news = office.listen();
    let mut told = async || matches!(news.recv().await.unwrap(), crate::office::News::Record { tables } if tables == ["plans"]);
    let body = PlanBody { customers: Some(5), ..PlanBody::default() };
    let kept = saved::keep(office, &actor, "Autumn", &body, None).await.unwrap();
    let (id, edits) = (kept.plan.id, kept.plan.edits);
    assert!(kept.has_changed && told().await);
    assert!(!saved::keep(office, &actor, "Autumn", &body, Some((id, edits))).await.unwrap().has_changed && told().await);
    assert!(saved::remove(office, &actor, id).await.unwrap().removed_at.is_some() && told().await);
    assert!(saved::keep(office, &actor, "Autumn", &body, Some((id, edits))).await.is_err(), "it is not in the list");
    assert!(saved::put_back(office, &actor, id).await.unwrap().removed_at.is_none() && told().await);
    assert!(saved::remove(office, &actor, 9).await.is_err() && saved::put_back(office, &actor, 9).await.is_err());
}

#[tokio::test]
async fn an_empty_record_says_what_it_can_not_tell() {
    let world = world().await;
    let (status, plan) = world.ask("GET", "/reports/plan?customers=10&by=2026-12-31", Value::Null).await;
    assert_eq!(status, 200, "{plan}");
    for (pointer, expected) in [
        ("/target_customers", json!(10)),
        ("/as_of", json!(NOW)),
        ("/columns/1/probability", json!(0.8)),
        ("/columns/1/needs/0/total", Value::Null),
        ("/pace/chance", Value::Null),
        ("/in_hand/customers", Value::Null),
        ("/base", Value::Null),
        ("/team/marketers", json!(1)),
    ] {
        assert_eq!(plan.pointer(pointer), Some(&expected), "{pointer}: {plan}");
    }
    assert!(plan["words"].to_string().contains("say a rate to plan with"), "{plan}");
    // With rates said, it can.
    let told = "lead_rate=50%25&mql_rate=0.5&sal_rate=0.5&sql_rate=0.5";
    let (_, plan) = world.ask("GET", &format!("/reports/plan?customers=10&by=2026-12-31&{told}"), Value::Null).await;
    assert!(plan.pointer("/columns/1/needs/0/total").and_then(Value::as_f64).is_some_and(|leads| leads > 20.0), "{plan}");
    for (query, part) in [
        ("by=2026-03-01", "by"),
        ("by=2031-01-01", "by"),
        ("by=soon", "by"),
        ("customers=0", "customers"),
        ("customers=2.5", "`2.5` is no whole number; write 2 or 3"),
        ("customers=5&revenue=7", "leave the other out"),
        ("probability=80", "0.8 or 80%"),
        ("revenue=1e15", "from 0 to 1,000,000,000,000"),
        ("aim=fame", "write customers or revenue"),
        ("reps=many", "reps"),
        ("plan=7", "plan"),
    ] {
        let (status, answer) = world.ask("GET", &format!("/reports/plan?{query}"), Value::Null).await;
        assert!(matches!(status, 404 | 422) && answer["detail"].as_str().is_some_and(|words| words.contains(part)), "{query}: {answer}");
    }
}

#[test]
fn an_address_says_a_plan_to_the_cent() {
    let body = PlanBody { revenue_minor: Some(100_050), sql_rate: Some(0.305), ..PlanBody::default() };
    let said = PlanParams::of(&body, alignment::Currency::EUR);
    assert_eq!(said.address("/plan", &[]), "/plan?revenue=1000.50&sql_rate=0.305");
    let read = said.over(None, alignment::Currency::EUR).unwrap();
    assert_eq!((read.revenue_minor, read.sql_rate), (Some(100_050), Some(0.305)));
    // The other aim takes nothing of this one's amount.
    let aims = PlanParams { aim: Some("customers".into()), ..said.clone() };
    let read = aims.over(Some(body.clone()), alignment::Currency::EUR).unwrap();
    assert_eq!((read.customers, read.revenue_minor), (None, None));
    let of_before = PlanParams { aim: Some("customers".into()), amount: Some("7".into()), ..PlanParams::default() };
    assert_eq!(of_before.over(Some(body), alignment::Currency::EUR).unwrap().customers, Some(7));
}

/// What a browser sends where nobody moved anything.
fn untouched(found: &super::Planned) -> PlanParams {
    let value = |name: &str| found.sliders.iter().find(|slider| slider.name == name).map(|slider| slider.value.to_string());
    PlanParams {
        aim: Some("revenue".into()),
        revenue: found.answer.target_revenue_minor.map(|minor| super::lines::amount_of(minor, found.answer.currency)),
        by: Some(super::report::last_day(found)),
        probability: Some("0.8".into()),
        lead_rate: value("lead_rate"),
        mql_rate: value("mql_rate"),
        sal_rate: value("sal_rate"),
        sql_rate: value("sql_rate"),
        deal_size: value("deal_size"),
        spend: value("spend"),
        cycle_factor: value("cycle_factor"),
        reps: value("reps"),
        mqls_per_rep: value("mqls_per_rep"),
        sliders: Some("1".into()),
        ..PlanParams::default()
    }
}

#[tokio::test]
async fn the_sample_company_has_a_plan() {
    let world = world().await;
    let ends_at = "2026-03-01T00:00:00Z".parse().unwrap();
    let progress = crate::imports::no_progress();
    crate::sample_company::load(&world.office, &Actor::command_line(), sample::SEED, ends_at, 0.05, progress).await.unwrap();
    let question = crate::question::QuestionParams::default();
    let ask = async |own: &PlanParams| super::planned(&world.office, &question, own).await.unwrap();
    let own = ask(&PlanParams::default()).await;
    assert!(own.answer.target_revenue_minor.is_some() && own.origin == super::target::Origin::Missing);
    let form = untouched(&own);
    let same = ask(&form).await;
    assert!(same.base.is_none() && same.answer.deal_size == own.answer.deal_size, "nothing was moved: {:?}", same.body);
    assert_eq!(super::trying::address_of(&same, &question, &form), "/plan", "and nothing is pinned");
    let moved = ask(&PlanParams { sql_rate: Some("0.9".into()), aim: Some("customers".into()), ..form }).await;
    assert_eq!(super::trying::address_of(&moved, &question, &PlanParams::default()), "/plan?sql_rate=0.9&aim=customers");
    assert_eq!(moved.origin, super::target::Origin::LastDays, "the other aim has its own amount");
    let (_, plan) = world.ask("GET", "/reports/plan?customers=5&by=2026-12-31", Value::Null).await;
    let needed = |place: usize, stage: usize| plan["columns"][place]["needs"][stage]["total"].as_f64().unwrap();
    for stage in 0..4 {
        assert!(needed(0, stage) <= needed(1, stage) && needed(1, stage) <= needed(2, stage), "{plan}");
    }
    let cells: i64 = plan["cells"].as_array().unwrap().iter().map(|cell| cell["leads"].as_i64().unwrap()).sum();
    assert_eq!(cells as f64, needed(1, 0), "the months and sources add up to what is needed");
    assert!(plan["pacing"]["quarters"].as_array().is_some_and(|quarters| quarters.len() == 4), "{}", plan["pacing"]);
    // Saved, it is the same plan; with a better rate, less is needed than without.
    let (_, saved) =
        world.ask("POST", "/plans", json!({"name": "Five", "body": {"customers": 5, "by": "2026-12-31", "sql_rate": 0.6}})).await;
    let (_, better) = world.ask("GET", &format!("/reports/plan?plan={}", saved["id"]), Value::Null).await;
    assert_eq!(better["base"]["columns"][1]["needs"][3], plan["columns"][1]["needs"][3]);
    assert!(better["columns"][1]["needs"][3]["total"].as_f64() < plan["columns"][1]["needs"][3]["total"].as_f64());
    assert_eq!(
        saved::body(&facts::plans::one(&mut world.office.facts().reader().await.unwrap(), 1).await.unwrap()).unwrap().sql_rate,
        Some(0.6)
    );
    // What was saved between the steps of a slider or beyond its ends stays, while another one is moved.
    let odd = json!({"name": "Odd", "body": {"customers": 5, "by": "2026-12-31", "cycle_factor": 2.03, "lead_rate": 0.0003, "reps": 99.5}});
    let (_, saved) = world.ask("POST", "/plans", odd).await;
    let plan = Some(saved["id"].to_string());
    let shown = ask(&PlanParams { plan: plan.clone(), ..PlanParams::default() }).await;
    let factor = shown.sliders.iter().find(|slider| slider.name == "cycle_factor").unwrap();
    assert_eq!((factor.value, factor.max, factor.shown.as_str()), (2.05, 2.05, "× 2.03"));
    let moved = ask(&PlanParams { plan, sql_rate: Some("0.9".into()), aim: None, revenue: None, ..untouched(&shown) }).await.body;
    assert_eq!((moved.sql_rate, moved.cycle_factor, moved.lead_rate, moved.reps), (Some(0.9), Some(2.03), Some(0.0003), Some(99.5)));
    assert_eq!(PlanBody::default().changes(), insight::plan::Changes::default());
}
