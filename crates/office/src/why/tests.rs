//! Over the API on the sample company: what is asked, what is refused, and that parts, totals and rows agree.

use alignment::Instant;
use serde_json::Value;

use crate::{
    Actor, Clock, Office,
    access::{Role, Scope, tokens},
    sample_company,
    web::serve,
};

const NOW: &str = "2026-06-30T12:00:00Z";
const QUESTION: &str = "number=mql_to_sal_rate&period=2025-10-01..2026-06-01&against=2025-02-01..2025-10-01";

struct Asked {
    address: String,
    token: String,
    client: reqwest::Client,
}

impl Asked {
    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}{path}", self.address)).bearer_auth(&self.token).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }
}

async fn office_with_sample(home: &std::path::Path, url: &str) -> Asked {
    let now: Instant = NOW.parse().unwrap();
    let office = Office::open(home, Some(url), Clock::set_to(now)).await.unwrap();
    let actor = Actor { user: None, name: "test".into(), role: Role::Leader, scopes: None };
    sample_company::load(&office, &actor, sample::SEED, now, 0.1, crate::imports::no_progress()).await.unwrap();
    let user = facts::access::NewUser { name: "Lea", email: "lea@example.com", side: "marketing", role: "leader", password_hash: None };
    let mut tx = office.facts().write().await.unwrap();
    let user = facts::access::invite_user(&mut tx, &user, None, now.0).await.unwrap();
    tx.commit().await.unwrap();
    let actor = Actor { user: Some(alignment::ids::UserId(user)), ..actor };
    let token = tokens::create(&office, &actor, "test", &[Scope::Read]).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/api/v1/reports/why", listener.local_addr().unwrap());
    tokio::spawn(serve(office, listener, std::future::pending()));
    Asked { address, token, client: reqwest::Client::new() }
}

#[tokio::test]
async fn a_change_its_parts_and_their_rows_agree() {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let asked = office_with_sample(home.path(), &database.url).await;

    let (status, why) = asked.get(&format!("?{QUESTION}")).await;
    assert_eq!(status, 200, "{why}");
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{value} is no number"));
    let change = number(&why["change"]);
    assert!((change - (number(&why["now"]["value"]) - number(&why["before"]["value"]))).abs() < 1e-12);
    for split in why["splits"].as_array().unwrap() {
        let parts = split["parts"].as_array().unwrap().iter().chain(split["rest"].get("part"));
        let sum: f64 = parts.map(|part| number(&part["total"])).sum();
        assert!((sum - change).abs() < 1e-9 && number(&split["residual"]).abs() < 1e-9, "{}: {sum} {change}", split["by"]);
    }
    let campaigns = why["splits"].as_array().unwrap().iter().find(|split| split["by"] == "campaign").unwrap();
    let part = &campaigns["parts"][0];
    for side in ["before", "same_age", "now"] {
        let (status, rows) = asked.get(&format!("/rows?{QUESTION}&by=campaign&segment={}&side={side}&limit=1000", part["id"])).await;
        let hits = rows["rows"].as_array().unwrap().iter().filter(|row| row["hit"] == true).count() as u64;
        assert_eq!((status, &rows["total"], hits), (200, &part[side]["n"], part[side]["hits"].as_u64().unwrap()), "{side}");
    }

    let (status, digest) = asked.get("/findings").await;
    assert_eq!((status, &digest["period"]), (200, &Value::Null));
    let findings = digest["findings"].as_array().unwrap();
    let slow = findings.iter().find(|found| found["number"] == "follow_up_hours").expect("Iberia is slow at any scale");
    let is_there = |name: &&str| slow["label"] == *name;
    assert!(["Iberia", "Portugal", "Spain"].iter().any(is_there) && slow["p_adjusted"].as_f64().unwrap() < 0.05, "{slow}");
    // The rows of a finding are those it counts.
    let rows = slow["rows"].as_str().unwrap().strip_prefix("/api/v1/reports/why").unwrap();
    let (status, rows) = asked.get(rows).await;
    assert_eq!((status, &rows["total"]), (200, &slow["now"]["n"]));

    // path | status, what the refusal says
    for (path, expected) in [
        ("?period=last_quarter", "number: name the number"),
        ("?number=nothing", "write one of leads"),
        ("?number=weighted_pipeline", "one instant"),
        ("?number=mqls&period=all", "with a beginning and an end"),
        ("?number=mqls&against=2027", "begins before"),
        ("?number=mqls&by=colour", "write source, campaign"),
        ("?number=cost_per_lead&by=industry", "can't be parted so"),
        ("/rows?number=mqls&side=middle", "write before, same_age or now"),
        ("/rows?number=mqls&segment=x", "say with `by`"),
        ("/rows?number=mqls&limit=0", "from 1 to 1000"),
    ] {
        let (status, refusal) = asked.get(path).await;
        assert!((400..500).contains(&status) && refusal.to_string().contains(expected), "{path}: {status} {refusal}");
    }
}
