//! The form of a plan's spend in a browser without scripts, and answers that are kept until something happens.

use std::sync::Arc;

use facts::access::NewUser;
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use super::tests::{World, world};
use crate::{
    access::{Role, password},
    forecast::{ForecastParams, forecast_of},
    plan::{PlanParams, past, planned},
    question::QuestionParams,
};

const PASSWORD: &str = "a long enough password";

struct Browser {
    client: reqwest::Client,
    site: String,
}

impl Browser {
    async fn of(world: &World) -> Browser {
        let hash = password::hash(PASSWORD.into()).await.unwrap();
        let mut tx = world.office.facts().write().await.unwrap();
        let new =
            NewUser { name: "Rui", email: "rui@example.com", side: "marketing", role: Role::Leader.key(), password_hash: Some(&hash) };
        facts::access::invite_user(&mut tx, &new, None, 0).await.unwrap();
        tx.commit().await.unwrap();
        let client = reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
        let browser = Browser { client, site: world.address.trim_end_matches("/api/v1").to_owned() };
        let form = format!("email=rui@example.com&password={}", PASSWORD.replace(' ', "+"));
        assert_eq!(browser.post("/sign-in", &form).await.0, 303);
        browser
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{path}", self.site)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn post(&self, path: &str, form: &str) -> (u16, String) {
        let request = self.client.post(format!("{}{path}", self.site)).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

#[tokio::test]
async fn what_is_refused_is_said_where_it_was_written() {
    let world = world().await;
    let browser = Browser::of(&world).await;
    let form = "name=Autumn&body=%7B%7D&territories=Iberia+60%25%0ANordics+50%25&note=Ours";
    let (status, page) = browser.post("/plan/saved", form).await;
    let kept = ["The shares sum to 110%", "Iberia 60%\nNordics 50%", "value=\"Autumn\"", ">Ours</textarea>", "name=\"body\""];
    assert!(status == 422 && kept.iter().all(|part| page.contains(part)), "{page}");
    assert_eq!(world.ask("GET", "/plans", Value::Null).await.1["items"], json!([]));
    assert_eq!(browser.post("/plan/saved", &form.replace("60", "50")).await.0, 303);
    // query, the address that stays | field that says so, words
    for (query, field, words) in [
        ("customers=9000000", "#amount-wrong", "from 1 to 100,000."),
        ("aim=revenue&revenue=x", "#amount-wrong", "`x` is no number"),
        ("by=soon", "#by-wrong", "write 2026-12-31"),
        ("mql_rate=30", "#try-wrong", "0.3 or 30%"),
    ] {
        let asked = browser.client.get(format!("{}/plan?{query}", browser.site)).header("hx-request", "true");
        let answer = asked.send().await.unwrap();
        let said = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!((answer.status().as_u16(), said("hx-retarget").as_str(), said("hx-replace-url").as_str()), (200, field, "false"));
        let text = answer.text().await.unwrap();
        assert!(text.contains(words), "{query}: {text}");
    }
    let (_, page) = browser.get("/plan?customers=5&by=2026-12-31").await;
    assert!(!page.contains("name=\"as_of\"") && !page.contains("past-note"), "nothing pins the page");
    let (_, page) = browser.get("/plan?customers=5&by=2026-12-31&as_of=2026-02-01").await;
    assert!(page.contains("name=\"as_of\" value=\"2026-02-01\""), "what was asked stays asked");
    assert!(page.contains("As of the end of 1 Feb 2026") && page.contains("href=\"/plan?customers=5&#38;by=2026-12-31\""), "{page}");
}

#[tokio::test]
async fn spend_is_planned_by_a_form() {
    const FORM: &str = "/plan/saved/1/spend";
    let world = world().await;
    let browser = Browser::of(&world).await;
    world.ask("POST", "/plans", json!({"name": "Autumn", "body": {"customers": 5, "by": "2026-12-31", "spend_minor": 700}})).await;
    let spend = async || world.ask("GET", "/plans/1", Value::Null).await.1["body"]["spend"].clone();
    let (status, page) = browser.get(FORM).await;
    assert!(status == 200 && page.contains("month-0") && page.contains("not recorded"), "{page}");
    let (status, page) = browser.post(FORM, "edits=1&month-0=2026-04&source-0=none&amount-0=12k&do=save").await;
    assert!(status == 422 && page.contains("Write an amount in EUR") && page.contains("value=\"12k\""), "{page}");
    let (status, page) = browser.post(FORM, "edits=1&month-0=2026-04&do=more").await;
    assert!(
        status == 200 && page.contains("month-12") && page.contains("value=\"2026-04\"") && !page.contains("Choose a source."),
        "{page}"
    );
    assert_eq!(spend().await, Value::Null, "nothing was saved yet");
    let lines = "month-0=2026-05&source-0=source%3Aweb+ads&amount-0=12,000.50&month-1=2026-04&source-1=none&amount-1=7";
    assert_eq!(browser.post(FORM, &format!("edits=1&{lines}&month-2=&source-2=&amount-2=&do=save")).await.0, 303);
    let kept = json!([
        {"month": "2026-04", "source": null, "amount_minor": 700},
        {"month": "2026-05", "source": "web ads", "amount_minor": 1_200_050},
    ]);
    assert_eq!(spend().await, kept);
    assert_eq!(world.ask("GET", "/plans/1", Value::Null).await.1["body"]["spend_minor"], Value::Null, "by month takes its place");
    let (_, page) = browser.get("/plan?plan=1").await;
    assert!(page.contains("Change spend") && page.contains("web ads") && page.contains("buys nothing here"), "{page}");
    // Somebody saved it since: nothing is written, and nothing that was typed is lost.
    let (status, page) = browser.post(FORM, "edits=1&month-0=2026-06&source-0=none&amount-0=99&do=save").await;
    assert!(
        status == 409 && page.contains("was saved since") && page.contains("value=\"99\"") && page.contains("name=\"edits\" value=\"2\""),
        "{page}"
    );
    let one_removed = format!("edits=2&{lines}&remove-1=1&do=save");
    assert_eq!(browser.post(FORM, &one_removed).await.0, 303);
    assert_eq!(spend().await, json!([kept[1]]));
    assert_eq!(browser.post("/plan/saved/1/edits/3/return", "").await.0, 303);
    assert_eq!(spend().await, kept, "as it was before");
    assert_eq!(browser.get("/plan/saved/9/spend").await.0, 404);
}

#[tokio::test]
async fn the_smallest_sources_are_not_offered_and_a_line_for_one_says_why() {
    const FORM: &str = "/plan/saved/1/spend";
    let world = world().await;
    let browser = Browser::of(&world).await;
    // Twelve have a place, one of it for all that are smaller.
    for place in 10..24 {
        let (_, person) = world.ask("POST", "/people", json!({"name": format!("Guest {place}")})).await;
        let lead = json!({"person_id": person["id"], "source": format!("fair {place}"), "opened_at": "2026-02-10T09:00:00Z"});
        let (status, lead) = world.ask("POST", "/leads", lead).await;
        assert_eq!(status, 201, "{lead}");
    }
    world.ask("POST", "/plans", json!({"name": "Autumn", "body": {"customers": 5, "by": "2026-12-31"}})).await;
    let (_, page) = browser.get(FORM).await;
    assert!(page.contains("source:fair 20") && !page.contains("source:fair 21") && !page.contains("other sources"), "{page}");
    for name in ["fair 21", "other sources"] {
        let form = format!("edits=1&month-0=2026-04&source-0=source:{}&amount-0=9&do=save", name.replace(' ', "+"));
        let (status, page) = browser.post(FORM, &form).await;
        let told = format!("nothing can be planned for {name} alone");
        assert!(status == 422 && page.contains(&told) && page.contains(&format!("{name} (planned with the smallest)")), "{page}");
    }
    let many: String = (0..1_001).map(|place| format!("&month-{place}=2026-04")).collect();
    let (status, page) = browser.post(FORM, &format!("edits=1{many}&do=save")).await;
    assert!(status == 422 && page.contains("500 lines at most, and 1,001 were sent"), "{page}");
}

#[tokio::test]
async fn an_answer_is_kept_until_something_happens() {
    let world = world().await;
    let (params, asked) = (QuestionParams::default(), PlanParams { customers: Some("3".into()), ..PlanParams::default() });
    let all = async || {
        let forecast = forecast_of(&world.office, &params, &ForecastParams::default()).await.unwrap().answer;
        let plan = planned(&world.office, &params, &asked).await.unwrap().answer;
        let open: u64 = plan.in_hand.passes.iter().map(|(_, passes)| passes).sum();
        (forecast, past(&world.office, &params).await.unwrap().1, open)
    };
    let (before, again) = (all().await, all().await);
    assert!(Arc::ptr_eq(&before.0, &again.0) && Arc::ptr_eq(&before.1, &again.1), "the same question over the same record");
    assert_eq!((before.2, again.2), (0, 0));
    let (_, person) = world.ask("POST", "/people", json!({"name": "Eva"})).await;
    let (status, lead) = world.ask("POST", "/leads", json!({"person_id": person["id"]})).await;
    assert_eq!(status, 201, "{lead}");
    let after = all().await;
    assert!(!Arc::ptr_eq(&before.0, &after.0) && !Arc::ptr_eq(&before.1, &after.1), "a lead came");
    assert_eq!(after.2, 1);
    let other = QuestionParams { filter: Some("source=web".into()), ..QuestionParams::default() };
    let forecast = forecast_of(&world.office, &other, &ForecastParams::default()).await.unwrap().answer;
    assert!(!Arc::ptr_eq(&forecast, &after.0), "another question");
}
