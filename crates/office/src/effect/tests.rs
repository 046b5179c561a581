//! Which changes are looked at.

use alignment::Instant;

use super::{EffectParams, effect_of, report};
use crate::{Clock, Office, question::QuestionParams};

#[tokio::test]
async fn the_first_version_has_nothing_before_it() {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let params = QuestionParams::default();
    let found = report::effect(&office, &params, &EffectParams::default()).await.unwrap();
    assert_eq!(found.json["changes"], serde_json::json!([]));
    assert!(found.sheets[0].to_text().contains("Only the first version"));
    let own = |at: &str| EffectParams { at: Some(at.into()), ..EffectParams::default() };
    let around = effect_of(&office, &params, &own("2026-01-01")).await.unwrap();
    assert_eq!((around.answer.changes.len(), around.has_own_day, around.answer.changes[0].window_days), (1, true, 30.0));
    for wrong in [
        own("2026-04-01"),
        own("soon"),
        EffectParams { window_days: Some("3".into()), ..EffectParams::default() },
        EffectParams { version: Some("7".into()), ..EffectParams::default() },
    ] {
        assert!(effect_of(&office, &params, &wrong).await.is_err(), "{wrong:?}");
    }
}
