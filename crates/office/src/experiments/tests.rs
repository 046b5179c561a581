//! Experiments over the API: written down, looked at, ended, removed and taken back.

use alignment::Instant;
use facts::{access::NewUser, bulk::Value, changes, schema};

use super::api::{Change, changed};

use crate::{
    Actor, Clock, Office,
    access::{Role, Scope, tokens},
    web::serve,
};

async fn token(office: &Office, name: &str, role: Role, key: &str) -> String {
    let mut tx = office.facts().write().await.unwrap();
    let email = format!("{name}@example.com");
    let new = NewUser { name, email: &email, side: "marketing", role: key, password_hash: None };
    let user = facts::access::invite_user(&mut tx, &new, None, office.clock().now().0).await.unwrap();
    tx.commit().await.unwrap();
    let actor = Actor { user: Some(alignment::ids::UserId(user)), name: name.into(), role, scopes: None };
    tokens::create(office, &actor, "test", &[Scope::Read, Scope::Write]).await.unwrap()
}

/// Two guides, one of which has yet to bring a lead.
async fn guides(office: &Office) {
    let mut tx = office.facts().write().await.unwrap();
    let author = changes::Author { actor: None, now: office.clock().now().0, agreement_version: None };
    for title in ["Old guide", "New guide"] {
        let values = [("title", Value::Text(title.into())), ("kind", Value::Text("guide".into()))];
        changes::add(&mut tx, &author, &schema::CONTENT, author.now, &values).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn going_on_is_taken_back_to_the_end_that_was_there() {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to("2026-03-02T09:00:00Z".parse().unwrap())).await.unwrap();
    guides(&office).await;
    let fields = super::ExperimentFields {
        name: "Shorter form".into(),
        dimension: "content".into(),
        a: "1".into(),
        b: "New guide".into(),
        starts_at: Some("2026-01-05".into()),
        ends_at: Some("2026-02-01".into()),
        ..Default::default()
    };
    let new = super::checked(&office, fields).await.unwrap();
    let actor = Actor::command_line();
    let author = crate::api::write::author(&office, &actor).await.unwrap();
    let mut tx = office.facts().write().await.unwrap();
    let id = facts::experiments::add(&mut tx, &author, &new).await.unwrap();
    tx.commit().await.unwrap();
    let reopened = changed(&office, &actor, id, Change::Reopen).await.unwrap();
    assert_eq!((reopened.experiment.ends_at, reopened.ended_at), (None, new.ends_at.map(Instant)));
    let ended = changed(&office, &actor, id, Change::End(reopened.ended_at)).await.unwrap().experiment;
    assert_eq!(ended.ends_at, new.ends_at.map(|at| Instant(at).to_string()));
}

#[tokio::test]
async fn an_experiment_is_written_down_ended_removed_and_put_back() {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let tokens = [token(&office, "mia", Role::Marketing, "marketing").await, token(&office, "sam", Role::Sales, "sales").await];
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/api/v1", listener.local_addr().unwrap());
    guides(&office).await;
    let last_event = facts::events::last_id(&mut office.facts().reader().await.unwrap()).await.unwrap();
    tokio::spawn(serve(office.clone(), listener, std::future::pending()));
    let client = reqwest::Client::new();
    let good = r#"{"name":"Shorter form","dimension":"content","a":"Old guide","b":"New guide","starts_at":"2026-02-01"}"#;
    // who, method, path, body | status, where in the answer, what is there
    for (who, method, path, body, status, pointer, expected) in [
        (0, "GET", "/experiments", "", 200, "/items", "[]"),
        (0, "POST", "/experiments", good, 201, "/number", "\"sql_rate\""),
        (0, "POST", "/experiments", r#"{"name":"x","dimension":"owner","a":"1","b":"2"}"#, 422, "/code", "\"refused\""),
        (0, "POST", "/experiments", r#"{"name":"x","colour":"red"}"#, 422, "/code", "\"refused\""),
        (
            0,
            "POST",
            "/experiments",
            r#"{"name":"x","dimension":"content","a":"Old guide","b":"New gide"}"#,
            422,
            "/detail",
            r#""b: content `New gide` is not on record; nearest are `New guide`; write the name or id of one that is""#,
        ),
        (0, "GET", "/experiments?limit=1", "", 200, "/items/0/author_name", "\"mia\""),
        (0, "GET", "/experiments/1", "", 200, "/advice/standing", "\"nothing_yet\""),
        (0, "GET", "/experiments/1", "", 200, "/outcomes/1/a/value", "null"),
        (0, "GET", "/experiments/1/rows?version=b&number=revenue_per_lead", "", 200, "/total", "0"),
        (0, "GET", "/experiments/1/rows?version=c", "", 422, "/code", "\"refused\""),
        (0, "GET", "/experiments/9", "", 404, "/code", "\"not_found\""),
        (1, "POST", "/experiments/1/end", "{}", 422, "/code", "\"refused\""),
        (0, "POST", "/experiments/1/end", r#"{"ends_at":"2026-01-01"}"#, 422, "/code", "\"refused\""),
        (0, "POST", "/experiments/1/end", "{}", 201, "/ends_at", "\"2026-03-02T09:00:00Z\""),
        (0, "POST", "/experiments/1/end", "{}", 201, "/ends_at", "\"2026-03-02T09:00:00Z\""),
        (0, "DELETE", "/experiments/1/end", "", 200, "/ends_at", "null"),
        (0, "POST", "/experiments/1/end", r#"{"ends_at":"2026-06-01"}"#, 201, "/ends_at", "\"2026-06-01T00:00:00Z\""),
        (0, "POST", "/experiments/1/end", "{}", 201, "/ends_at", "\"2026-03-02T09:00:00Z\""),
        (0, "DELETE", "/experiments/1/end", "", 200, "/ends_at", "\"2026-06-01T00:00:00Z\""),
        (0, "DELETE", "/experiments/1", "", 200, "/removed_at", "\"2026-03-02T09:00:00Z\""),
        (0, "GET", "/experiments", "", 200, "/items", "[]"),
        (0, "POST", "/experiments/1/restoration", "", 201, "/removed_at", "null"),
        (0, "GET", "/experiments", "", 200, "/items/0/id", "1"),
    ] {
        let request = client.request(method.parse().unwrap(), format!("{address}{path}")).bearer_auth(&tokens[who]);
        let request = if body.is_empty() { request } else { request.header("content-type", "application/json").body(body) };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(answer.pointer(pointer).map(ToString::to_string).as_deref(), Some(expected), "{method} {path}: {answer}");
    }
    // Added, ended, gone on, its end planned, ended, gone on, removed, put back: each is an event, and what changed nothing is none.
    let events = facts::events::last_id(&mut office.facts().reader().await.unwrap()).await.unwrap();
    assert_eq!(events - last_event, 8);
}
