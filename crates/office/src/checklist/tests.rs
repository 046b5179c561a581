//! The checklist on an empty record, and over the API beside the ledger.

use alignment::Instant;
use facts::access::NewUser;

use crate::{
    Actor, Clock, Office,
    access::{Role, Scope, tokens},
    web::serve,
};

#[tokio::test]
async fn programs_read_the_checklist_and_the_ledger() {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let mut tx = office.facts().write().await.unwrap();
    let new = NewUser { name: "Lea", email: "lea@example.com", side: "marketing", role: "leader", password_hash: None };
    let user = facts::access::invite_user(&mut tx, &new, None, now.0).await.unwrap();
    tx.commit().await.unwrap();
    let actor = Actor { user: Some(alignment::ids::UserId(user)), name: "Lea".into(), role: Role::Leader, scopes: None };
    let token = tokens::create(&office, &actor, "test", &[Scope::Read, Scope::Write]).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/api/v1", listener.local_addr().unwrap());
    tokio::spawn(serve(office, listener, std::future::pending()));
    let client = reqwest::Client::new();
    // method, path, body | status, where in the answer, what is there
    for (method, path, body, status, pointer, expected) in [
        ("GET", "/checklist", "", 200, "/points/0/standing", "\"not_yet\""),
        ("GET", "/promises", "", 200, "/period", "\"2026-03\""),
        ("GET", "/promises?period=2026-01", "", 200, "/lines/0/value", "null"),
        ("GET", "/promises?period=soon", "", 422, "/code", "\"refused\""),
        ("GET", "/promises/2026-03/review_time/rows", "", 200, "/items", "[]"),
        ("GET", "/promises/2026-03/nothing/rows", "", 422, "/code", "\"refused\""),
        ("POST", "/promises/waivers", r#"{"promise":"volume","period":"2026-03","reason":"New team"}"#, 201, "/user_name", "\"Lea\""),
        ("GET", "/promises/2026-03/waivers", "", 200, "/items/0/reason", "\"New team\""),
        ("DELETE", "/promises/waivers/1", "", 200, "/revoked_at", "\"2026-03-02T09:00:00Z\""),
        ("POST", "/promises/2026-02/closings", r#"{"side":"sales"}"#, 201, "/closings/0/who", "\"Lea\""),
        ("POST", "/promises/2026-02/closings", r#"{"side":"marketing"}"#, 403, "/code", "\"forbidden\""),
        ("POST", "/promises/2026-03/closings", r#"{"side":"sales"}"#, 409, "/code", "\"conflict\""),
        ("POST", "/feedback-reviews", r#"{"note":"Looked"}"#, 201, "/note", "\"Looked\""),
        ("GET", "/feedback-reviews", "", 200, "/items/0/user_name", "\"Lea\""),
    ] {
        let request = client.request(method.parse().unwrap(), format!("{address}{path}")).bearer_auth(&token);
        let request = if body.is_empty() { request } else { request.header("content-type", "application/json").body(body) };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(answer.pointer(pointer).map(ToString::to_string).as_deref(), Some(expected), "{method} {path}: {answer}");
    }
}
