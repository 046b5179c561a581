//! The API on a running server: create, list, get, update; what it refuses and how; and that its document knows every endpoint.

use std::collections::BTreeSet;

use alignment::{Instant, ids::UserId};
use facts::access::NewUser;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    Actor, Clock, Office,
    access::{Role, Scope, tokens},
    web::{endpoints, serve},
};

struct Api {
    address: String,
    client: Client,
    token: String,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

/// What a test says of an answer: its status and body.
type Said = (StatusCode, Value);

async fn start(scopes: &[Scope]) -> Api {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let mut tx = office.facts().write().await.unwrap();
    let new = NewUser { name: "Ana", email: "ana@example.com", side: "marketing", role: Role::Admin.key(), password_hash: None };
    let user = facts::access::invite_user(&mut tx, &new, None, now.0).await.unwrap();
    tx.commit().await.unwrap();
    let actor = Actor { user: Some(UserId(user)), name: "Ana".into(), role: Role::Admin, scopes: None };
    let token = tokens::create(&office, &actor, "test", scopes).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(office.clone(), listener, std::future::pending()));
    Api { address, client: Client::new(), token, _database: database, _home: home }
}

impl Api {
    async fn send(&self, method: Method, path: &str, body: Option<Value>, key: Option<&str>) -> Said {
        let mut request = self.client.request(method, format!("{}/api/v1{path}", self.address)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Said {
        self.send(Method::GET, path, None, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Said {
        self.send(Method::POST, path, Some(body), None).await
    }

    /// The id of what was made.
    async fn made(&self, path: &str, body: Value) -> i64 {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, StatusCode::CREATED, "{path}: {answer}");
        answer["id"].as_i64().unwrap()
    }
}

fn ids(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_lead_goes_all_the_way() {
    let api = start(&[Scope::Read, Scope::Write]).await;
    let company = api
        .made("/companies", json!({"name": "Azul", "domain": "https://www.Azul.pt/", "annual_revenue": {"minor": 5, "currency": "eur"}}))
        .await;
    let person = api.made("/people", json!({"name": "Rui Reis", "email": "Rui@Azul.pt", "company_id": company})).await;
    let campaign = api.made("/campaigns", json!({"name": "Spring", "channel": "paid_search"})).await;
    api.made(
        "/spend",
        json!({"campaign_id": campaign, "side": "marketing", "at": "2026-02-01", "amount": {"minor": 9900, "currency": "EUR"}}),
    )
    .await;
    let content = api.made("/content", json!({"title": "Guide", "kind": "guide"})).await;
    let lead = json!({"person_id": person, "source": "paid_search", "campaign_id": campaign, "content_id": content, "opened_at": "2026-03-01T10:00:00Z"});
    let lead = api.made("/leads", lead).await;
    let (status, twice) = api.post("/leads", json!({"person_id": person})).await;
    assert_eq!((status, twice["code"].as_str()), (StatusCode::CONFLICT, Some("conflict")));

    for (stage, status) in [("mql", 201), ("mql", 201), ("sal", 201), ("mql", 409), ("nonsense", 422), ("rejected", 422)] {
        let (found, answer) = api.post(&format!("/leads/{lead}/transitions"), json!({"stage": stage})).await;
        assert_eq!(found.as_u16(), status, "{stage}: {answer}");
    }
    let (_, detail) = api.get(&format!("/leads/{lead}")).await;
    let stages: Vec<_> = detail["transitions"].as_array().unwrap().iter().map(|one| one["stage"].as_str().unwrap().to_owned()).collect();
    assert_eq!(stages, ["lead", "mql", "sal"]);
    assert_eq!(
        (detail["stage"].as_str(), detail["side"].as_str(), detail["company_name"].as_str()),
        (Some("sal"), Some("sales"), Some("Azul"))
    );
    assert_eq!(detail["transitions"][1]["agreement_version"], 1);

    let (status, changed) = api.send(Method::PATCH, &format!("/leads/{lead}"), Some(json!({"source": null})), None).await;
    assert_eq!((status, &changed["source"]), (StatusCode::OK, &Value::Null));
    let (_, detail) = api.get(&format!("/leads/{lead}")).await;
    assert_eq!(detail["changes"][0]["before"], "paid_search");

    let deal = json!({"name": "Azul 2026", "company_id": company, "lead_id": lead, "amount": {"minor": 120000, "currency": "EUR"},
        "people": [{"person_id": person, "role": "buyer"}]});
    let deal = api.made("/deals", deal).await;
    let (_, follows) = api.get(&format!("/leads/{lead}")).await;
    assert_eq!(follows["stage"], "opportunity", "an opened deal makes its lead an opportunity");
    let (_, won) = api.post(&format!("/deals/{deal}/transitions"), json!({"stage": "won"})).await;
    assert_eq!((won["stage"].as_str(), won["people"][0]["role"].as_str()), (Some("won"), Some("buyer")));
    let (status, _) = api.post(&format!("/deals/{deal}/transitions"), json!({"stage": "proposal"})).await;
    assert_eq!(status, StatusCode::CONFLICT);

    for (path, expected) in [
        ("/leads?stage=customer,sql", vec![lead]),
        ("/leads?stage=mql", vec![]),
        ("/leads?source=not_recorded&sort=name", vec![lead]),
        ("/leads?q=rui", vec![lead]),
        ("/companies?q=azul.pt", vec![company]),
        ("/people?email=RUI@azul.pt", vec![person]),
        ("/deals?stage=won&sort=-amount", vec![deal]),
        ("/campaigns?channel=paid_search", vec![campaign]),
    ] {
        let (status, page) = api.get(path).await;
        assert_eq!((status, ids(&page), &page["next"]), (StatusCode::OK, expected, &Value::Null), "{path}: {page}");
    }
    let (_, campaign) = api.get(&format!("/campaigns/{campaign}")).await;
    assert_eq!(campaign["spent"], json!([{"minor": 9900, "currency": "EUR"}]));
}

#[tokio::test]
async fn a_touch_is_taken_once_and_a_batch_whole() {
    let api = start(&[Scope::Read, Scope::Write]).await;
    let person = api.made("/people", json!({"name": "Rui"})).await;
    let touch =
        |id: &str| json!({"person_id": person, "kind": "form", "at": "2026-03-01T10:00:00Z", "external_id": {"system": "site", "id": id}});
    let (_, first) = api.post("/touches", json!({"touches": [touch("a"), touch("b"), touch("a")]})).await;
    assert_eq!((first["created"].as_i64(), first["known"].as_i64()), (Some(2), Some(1)));
    let plain = json!({"person_id": person, "kind": "form", "at": "2026-03-01T10:00:00Z"});
    let (_, again) = api.post("/touches", json!({"touches": [touch("b"), plain.clone(), plain]})).await;
    assert_eq!((again["created"].as_i64(), again["known"].as_i64()), (Some(1), Some(2)));
    let (status, refused) = api.post("/touches", json!({"touches": [touch("c"), {"person_id": person, "kind": "fax"}]})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused["detail"].as_str().unwrap().starts_with("touches[1].kind: `fax`"), "{refused}");
    let (_, page) = api.get(&format!("/touches?person={person}")).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_retry_with_the_same_key_changes_nothing() {
    let api = start(&[Scope::Read, Scope::Write]).await;
    let body = || Some(json!({"name": "Azul"}));
    let first = api.send(Method::POST, "/companies", body(), Some("k1")).await;
    let again = api.send(Method::POST, "/companies", body(), Some("k1")).await;
    assert_eq!(first, again);
    let other = api.send(Method::POST, "/companies", Some(json!({"name": "Borda"})), Some("k1")).await;
    assert_eq!(other.0, StatusCode::CONFLICT);
    let (_, page) = api.get("/companies").await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let api = start(&[Scope::Read, Scope::Write]).await;
    for (path, words) in [
        ("/leads?colour=red", "colour"),
        ("/leads?colour=red", "stage"),
        ("/leads?limit=500", "limit: 500"),
        ("/leads?limit=many", "limit"),
        ("/leads?stage=hot", "stage: `hot`"),
        ("/leads?sort=colour", "opened_at, stage_at, name"),
        ("/leads?cursor=zzz", "cursor"),
        ("/leads?owner=ana", "owner: `ana`"),
        ("/leads?opened_from=yesterday", "opened_from"),
    ] {
        let (status, problem) = api.get(path).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{path}: {problem}");
    }
    for (path, body, words) in [
        ("/companies", json!({}), "name or domain"),
        ("/companies", json!({"name": "x".repeat(1_001)}), "1001 characters"),
        ("/companies", json!({"name": "a", "colour": 1}), "colour"),
        ("/companies", json!({"name": "a", "employees": "many"}), "employees"),
        ("/companies", json!({"name": "a", "owner_id": 99}), "owner_id"),
        ("/people", json!({"email": "not an address"}), "email"),
        ("/leads", json!({"person_id": 99}), "person_id"),
        ("/activities", json!({"kind": "call"}), "person_id or company_id or deal_id"),
        ("/touches", json!({"touches": []}), "1 to 1000"),
        ("/spend", json!({"side": "marketing", "at": "2026", "amount": {"minor": 1, "currency": "EUR"}}), "at:"),
    ] {
        let (status, problem) = api.post(path, body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{path}: {problem}");
    }
    assert_eq!(api.get("/leads/99").await.0, StatusCode::NOT_FOUND);
    let reader = start(&[Scope::Read]).await;
    assert_eq!(reader.post("/companies", json!({"name": "a"})).await.0, StatusCode::FORBIDDEN);
    assert_eq!(reader.get("/companies").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_list_is_followed_to_its_end() {
    let api = start(&[Scope::Read, Scope::Write]).await;
    for number in 0..7 {
        api.made("/companies", json!({"name": format!("Company {number}")})).await;
    }
    let (mut found, mut path) = (Vec::new(), "/companies?limit=3&sort=-recorded".to_owned());
    loop {
        let (_, page) = api.get(&path).await;
        found.extend(ids(&page));
        match page["next"].as_str() {
            Some(cursor) => path = format!("/companies?limit=3&sort=-recorded&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(found, [7, 6, 5, 4, 3, 2, 1]);
    let (_, events) = api.get("/events?table=companies&sort=id").await;
    assert_eq!(events["items"].as_array().unwrap().len(), 7);
}

#[test]
fn the_document_knows_every_endpoint_and_no_other() {
    let document = serde_json::to_value(super::document::document(&super::described())).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        described.extend(item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let table = endpoints::all();
    let served = table.iter().filter(|endpoint| endpoint.is_api() && !endpoint.path.ends_with("/openapi.json"));
    let served: BTreeSet<_> = served.map(|endpoint| format!("{} {}", endpoint.method, endpoint.path)).collect();
    assert_eq!(described, served);
    assert_eq!(document["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = serde_json::to_value(super::document::document(&super::described())).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "{reference}");
    }
}
