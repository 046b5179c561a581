//! Reports on an empty record, and over the API with what is assumed.

use alignment::Instant;

use super::{Assumed, report};
use crate::{Clock, Office, question::QuestionParams};

#[tokio::test]
async fn an_empty_record_says_that_it_does_not_know() {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let own = Assumed { hour_cost: Some("80".into()), ..Assumed::default() };
    let found = report::misalignment(&office, &QuestionParams::default(), &own).await.unwrap();
    assert_eq!(found.json.pointer("/assumed/hour_cost_minor"), Some(&serde_json::json!(8_000)));
    assert_eq!(found.json.pointer("/parts/0/amount_minor"), Some(&serde_json::Value::Null));
    assert_eq!(found.json.pointer("/claimed_by_the_field_not_measured_here/0/measured"), Some(&serde_json::Value::Null));
    assert!(found.sheets[0].to_text().contains("not recorded"), "{}", found.sheets[0].to_text());
    let found = report::quarrels(&office, &QuestionParams::default(), &Assumed::default()).await.unwrap();
    for quarrel in found.json["quarrels"].as_array().unwrap() {
        assert_eq!(quarrel["verdict"], "cannot_be_said", "{quarrel}");
    }
    let wrong = Assumed { piece_cost: Some("much".into()), ..Assumed::default() };
    let refused = report::misalignment(&office, &QuestionParams::default(), &wrong).await.err().map(|error| error.to_string());
    assert!(refused.is_some_and(|words| words.starts_with("piece_cost `much`")));
}
