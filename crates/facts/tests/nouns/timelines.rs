use facts::{
    bulk::Value,
    list::Turn,
    schema,
    timeline::{self, Subject},
};

use crate::world::{self, add, int, text};

/// Ana (person 1) of Azul (company 1): touches, calls and stages at instants 10, 20, ..., two of them at once.
async fn with_history() -> cast::TestDatabase {
    let database = world::filled().await;
    let mut tx = database.facts.write().await.unwrap();
    let touches = [(Some(1), None, 10), (Some(1), Some(1), 20), (Some(1), Some(2), 30), (None, Some(1), 40), (Some(2), None, 20)];
    for (number, (person, company, at)) in touches.into_iter().enumerate() {
        let values = [
            ("person_id", Value::int(person)),
            ("company_id", Value::int(company)),
            ("kind", text("form")),
            ("at", int(at)),
            ("fingerprint_high", int(number as i64)),
            ("fingerprint_low", int(0)),
        ];
        add(&mut tx, &schema::TOUCHES, &values).await;
    }
    let deal = [("name", text("Azul")), ("company_id", int(1)), ("lead_id", int(3)), ("stage", text("won"))];
    add(&mut tx, &schema::DEALS, &deal).await;
    add(&mut tx, &schema::DEAL_PEOPLE, &[("deal_id", int(1)), ("person_id", int(1))]).await;
    add(&mut tx, &schema::DEAL_TRANSITIONS, &[("deal_id", int(1)), ("stage", text("won")), ("at", int(60))]).await;
    let call = [("kind", text("call")), ("at", int(20)), ("person_id", int(1)), ("company_id", int(1)), ("deal_id", int(1))];
    add(&mut tx, &schema::ACTIVITIES, &call).await;
    for at in [Some(50), None] {
        let values = [("lead_id", int(3)), ("stage", text("mql")), ("at", Value::int(at)), ("agreement_version", int(1))];
        add(&mut tx, &schema::TRANSITIONS, &values).await;
    }
    tx.commit().await.unwrap();
    database
}

#[tokio::test]
async fn both_teams_stand_in_one_line() {
    let database = with_history().await;
    let mut tx = database.facts.read().await.unwrap();
    for (subject, expected) in [
        (Subject::Person(1), vec!["60 deal_stage", "50 stage", "30 touch", "20 activity", "20 touch", "10 touch"]),
        (Subject::Deal(1), vec!["60 deal_stage", "50 stage", "30 touch", "20 activity", "20 touch", "10 touch"]),
        (Subject::Lead(3), vec!["60 deal_stage", "50 stage", "30 touch", "20 activity", "20 touch", "10 touch"]),
        // The touch at 30 is another company's; lead 3 is one of company 2.
        (Subject::Company(1), vec!["60 deal_stage", "40 touch", "20 activity", "20 touch", "10 touch"]),
        (Subject::Person(2), vec!["20 touch"]),
        (Subject::Person(99), vec![]),
    ] {
        for limit in [1, 2, 3, 100] {
            let (mut found, mut cursor) = (Vec::new(), None::<String>);
            loop {
                let page = timeline::of(&mut tx, subject, Turn { cursor: cursor.as_deref(), limit }).await.unwrap();
                found.extend(page.items.iter().map(|moment| format!("{} {}", moment.at, moment.what)));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected, "{subject:?} {limit}");
        }
    }
}
