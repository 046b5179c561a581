use alignment::intake::Noun;
use facts::{
    FactsError,
    bulk::Value,
    changes::{self, EventFilter},
    custom::{self, ExternalId},
    list::Turn,
    schema,
};

use crate::world::{self, AUTHOR, text};

#[tokio::test]
async fn a_change_keeps_what_was_there_before() {
    let database = world::filled().await;
    let mut tx = database.facts.write().await.unwrap();
    let values = || vec![("name", text("Azul SA")), ("country", text("PT")), ("employees", Value::Int(40))];
    assert_eq!(changes::set(&mut tx, &AUTHOR, &schema::COMPANIES, "company", 1, values()).await.unwrap(), ["name", "employees"]);
    assert!(changes::set(&mut tx, &AUTHOR, &schema::COMPANIES, "company", 1, values()).await.unwrap().is_empty());
    let missing = changes::set(&mut tx, &AUTHOR, &schema::COMPANIES, "company", 99, values()).await.unwrap_err();
    assert!(matches!(missing, FactsError::NotFound { noun: "company", id: 99 }));
    tx.commit().await.unwrap();

    let mut tx = database.facts.read().await.unwrap();
    let history = changes::of(tx.conn(), &schema::COMPANIES, 1, 10).await.unwrap();
    let lines: Vec<_> =
        history.iter().map(|change| (change.field.as_str(), change.old_value.as_deref(), change.new_value.as_deref())).collect();
    assert_eq!(lines, [("employees", None, Some("40")), ("name", Some("Azul"), Some("Azul SA"))]);
    let events = changes::events(&mut tx, &EventFilter { table: Some("companies".into()), kind: None }, true, Turn::first()).await.unwrap();
    assert_eq!(events.items[0].kind, "changed");
    assert_eq!(events.items[0].body.as_deref(), Some("name,employees"));
}

#[tokio::test]
async fn an_external_id_names_one_record() {
    let database = world::filled().await;
    let name = ExternalId { system: "crm".into(), external_id: "x-1".into() };
    let mut tx = database.facts.write().await.unwrap();
    custom::name(tx.conn(), Noun::Person, 1, &name).await.unwrap();
    let taken = custom::name(tx.conn(), Noun::Person, 2, &name).await.unwrap_err();
    assert!(matches!(taken, FactsError::Taken { .. }), "{taken}");
    drop(tx);
    let mut tx = database.facts.write().await.unwrap();
    custom::name(tx.conn(), Noun::Person, 2, &name).await.unwrap();
    tx.commit().await.unwrap();
    let mut connection = database.facts.reader().await.unwrap();
    assert_eq!(custom::by_external_id(&mut connection, Noun::Person, "crm", "x-1").await.unwrap(), Some(2));
    assert_eq!(custom::external_ids(&mut connection, Noun::Person, 2).await.unwrap(), [name]);
}
