//! Tags of touches over the API: kept, told again, and limited.

use alignment::{Instant, touch::TAG_KEYS_MAX};
use facts::access::NewUser;
use serde_json::{Value, json};

use crate::{
    Actor, Clock, Office,
    access::{Role, Scope, tokens},
    history::HistoryKeeper,
    web::serve,
};

async fn token(office: &Office) -> String {
    let mut tx = office.facts().write().await.unwrap();
    let new = NewUser { name: "mia", email: "mia@example.com", side: "marketing", role: "marketing", password_hash: None };
    let user = facts::access::invite_user(&mut tx, &new, None, office.clock().now().0).await.unwrap();
    tx.commit().await.unwrap();
    let actor = Actor { user: Some(alignment::ids::UserId(user)), name: "mia".into(), role: Role::Marketing, scopes: None };
    tokens::create(office, &actor, "test", &[Scope::Read, Scope::Write]).await.unwrap()
}

#[tokio::test]
async fn tags_are_kept_told_again_and_limited() {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let token = token(&office).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/api/v1", listener.local_addr().unwrap());
    tokio::spawn(serve(office.clone(), listener, std::future::pending()));
    let client = reqwest::Client::new();
    let send = async |path: &str, body: Option<Value>| {
        let request = match &body {
            None => client.get(format!("{address}{path}")),
            Some(body) => client.post(format!("{address}{path}")).header("content-type", "application/json").body(body.to_string()),
        };
        let answer = request.bearer_auth(&token).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap())
    };
    let (status, person) = send("/people", Some(json!({ "name": "Ana", "email": "ana@example.com" }))).await;
    assert_eq!(status, 201, "{person}");
    let touch = |on: u32, tags: Value| json!({ "person_id": person["id"], "kind": "form", "at": format!("2026-02-{on:02}T10:00:00Z"), "tags": tags });
    let many: serde_json::Map<String, Value> = (0..17).map(|key| (format!("k{key}"), json!("v"))).collect();
    let keys = |from: usize| (from..from + 16).map(|key| (format!("key_{key}"), json!("v"))).collect::<serde_json::Map<_, _>>();
    // touches | status, and what the answer says
    for (touches, status, said) in [
        (vec![touch(1, json!({ "utm_term": " crm ", "creative": "" }))], 201, "\"created\":1"),
        // Tags don't make it another touch, and touches are never overwritten.
        (vec![touch(1, json!({ "utm_term": "erp" }))], 201, "\"known\":1"),
        (vec![touch(2, json!(many))], 422, "touches[0].tags: 17 are more"),
        (vec![touch(2, json!({ "utm term": "x" }))], 422, "`utm term` is no key"),
        (vec![touch(2, json!({ "a": "x".repeat(201) }))], 422, "201 characters"),
        (vec![touch(3, json!(keys(0))), touch(4, json!(keys(16))), touch(5, json!(keys(32)))], 201, "\"created\":3"),
        // 49 keys so far: the last of these touches brings one too many, and nothing is taken.
        (vec![touch(6, json!(keys(48)))], 422, "more than the 64"),
        (vec![touch(7, json!(keys(32)))], 201, "\"created\":1"),
    ] {
        let (answered, answer) = send("/touches", Some(json!({ "touches": touches }))).await;
        assert!(answered == status && answer.to_string().contains(said), "{touches:?}: {answer}");
    }
    assert_eq!(send("/touches/1", None).await.1["tags"], json!({ "utm_term": "crm" }));
    let (_, list) = send("/touches?limit=2", None).await;
    assert_eq!(list["items"][0]["tags"]["key_32"], "v");
    let history = office.history().await.unwrap();
    assert_eq!(history.touches.tags.field("utm_term").unwrap().get(0), Some("crm"));
    assert_eq!(history.touches.tags.keys().count(), 49);
    assert!(history.touches.tags.keys().count() <= TAG_KEYS_MAX);
    let rebuilt = HistoryKeeper::rebuild(office.facts()).await.unwrap();
    assert_eq!(insight::history::differences(&history, &rebuilt), Vec::<String>::new());
    let (status, answer) = send("/reports/journeys?by=tag:utm_term", None).await;
    assert_eq!((status, answer["journeys"]["total"]["journeys"].as_u64()), (200, Some(1)), "{answer}");
}
