//! A small record that tests look at.

use facts::{
    Facts, WriteTx,
    bulk::Value,
    changes::{self, Author},
    schema::{self, Table},
};

pub const AUTHOR: Author = Author { actor: None, now: 1_000, agreement_version: Some(1) };

pub fn int(value: i64) -> Value {
    Value::Int(value)
}

pub fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

pub async fn add(tx: &mut WriteTx, table: &'static Table, values: &[(&str, Value)]) -> i64 {
    changes::add(tx, &AUTHOR, table, AUTHOR.now, values).await.unwrap()
}

/// Two companies, three people, a campaign, an owner, and nine leads that differ in all that a filter asks for.
pub async fn fill(facts: &Facts) {
    let mut write = facts.write().await.unwrap();
    let tx = &mut write;
    for (name, industry, country) in [("Azul", Some("Retail"), "PT"), ("Borda", None, "ES")] {
        let values = [("name", text(name)), ("industry", Value::text(industry)), ("country", text(country))];
        add(tx, &schema::COMPANIES, &values).await;
    }
    for (name, email, company) in [(Some("Ana Lima"), "ana@azul.pt", 1), (Some("Rui"), "rui@borda.es", 2), (None, "zoe@borda.es", 2)] {
        let values = [("name", Value::text(name)), ("email", text(email)), ("company_id", int(company))];
        add(tx, &schema::PEOPLE, &values).await;
    }
    add(tx, &schema::CAMPAIGNS, &[("name", text("Spring")), ("channel", text("ads"))]).await;
    add(tx, &schema::USERS, &[("name", text("Olga")), ("side", text("sales"))]).await;
    for number in 1..=9 {
        let stage = ["lead", "mql", "customer"][number as usize % 3];
        let values = [
            ("person_id", int(1 + number % 3)),
            ("company_id", if number == 4 { Value::Null } else { int(1 + number % 2) }),
            ("source", if number % 4 == 0 { Value::Null } else { text(["ads", "web"][number as usize % 2]) }),
            ("campaign_id", if number % 2 == 0 { int(1) } else { Value::Null }),
            ("owner_id", if number > 5 { int(1) } else { Value::Null }),
            // Three instants for nine leads: ties are broken by id.
            ("opened_at", int(100 * (number / 3))),
            ("stage", text(stage)),
            ("stage_at", if number == 7 { Value::Null } else { int(500 - number) }),
            ("stages_recorded", int(1023)),
        ];
        add(tx, &schema::LEADS, &values).await;
    }
    write.commit().await.unwrap();
}

pub async fn filled() -> cast::TestDatabase {
    let database = cast::database().await;
    fill(&database.facts).await;
    database
}
