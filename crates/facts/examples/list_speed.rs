//! How long a page takes in a large record: `cargo run --release -p facts --example list_speed -- LEADS`, a million unless given, on a
//! machine that does nothing else.

use std::time::Instant;

use facts::{
    Facts, ReadTx,
    bulk::{self, Value},
    leads::{self, LeadFilter, LeadSort},
    list::{Sort, Turn, Wanted},
    schema::Table,
    search,
    timeline::{self, Subject},
};

/// Leads and people; there are twice as many touches and a fifth as many companies.
fn leads_count() -> i64 {
    std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

/// Whole-numbered noise that is the same in every run.
fn noise(number: i64, salt: i64) -> i64 {
    let mixed = (number + 1).wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(salt.wrapping_mul(0x1405_7B7E_F767_814F));
    (mixed ^ (mixed >> 29)).unsigned_abs() as i64 >> 8
}

async fn fill(facts: &Facts, table: &'static Table, count: i64, cell: impl Fn(&str, i64) -> Value) {
    const BATCH: i64 = 50_000;
    for start in (0..count).step_by(BATCH as usize) {
        let mut tx = facts.write().await.unwrap();
        let rows = BATCH.min(count - start);
        let first = tx.allocate(table.name, rows as usize).await.unwrap();
        let numbers = first..first + rows;
        let values =
            numbers.flat_map(|id| table.columns.iter().map(move |column| (column.name, id))).map(|(name, id)| cell(name, id)).collect();
        let engine = tx.engine;
        bulk::insert(tx.conn(), engine, table, values).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn fill_all(facts: &Facts) {
    let text = |text: String| Value::Text(text);
    let people = leads_count();
    let companies = people / 5;
    fill(facts, &facts::schema::COMPANIES, companies, |name, id| match name {
        "id" => Value::Int(id),
        "name" => text(format!("Company {}", noise(id, 1) % 1_000_000)),
        "industry" => text(format!("Industry {}", noise(id, 2) % 20)),
        "country" => text(format!("C{}", noise(id, 3) % 40)),
        "recorded_at" => Value::Int(0),
        _ => Value::Null,
    })
    .await;
    fill(facts, &facts::schema::PEOPLE, people, |name, id| match name {
        "id" => Value::Int(id),
        "name" => text(format!("Person {:06} Silva", noise(id, 4) % 1_000_000)),
        "email" => text(format!("p{id}@example.com")),
        "company_id" => Value::Int(1 + noise(id, 5) % companies),
        "recorded_at" => Value::Int(0),
        _ => Value::Null,
    })
    .await;
    fill(facts, &facts::schema::LEADS, people, |name, id| match name {
        "id" | "person_id" => Value::Int(id),
        "company_id" => Value::Int(1 + noise(id, 5) % companies),
        "source" => text(format!("source {}", noise(id, 6) % 10)),
        "campaign_id" => Value::Int(1 + noise(id, 7) % 50),
        "owner_id" => Value::Int(1 + noise(id, 8) % 60),
        "opened_at" | "stage_at" => Value::Int(noise(id, 9) % 50_000_000_000_000),
        "stage" => {
            text(["lead", "lead", "lead", "lead", "mql", "mql", "sal", "sql", "customer", "lost"][(noise(id, 10) % 10) as usize].to_owned())
        }
        "stages_recorded" => Value::Int(1023),
        "recorded_at" => Value::Int(0),
        _ => Value::Null,
    })
    .await;
    fill(facts, &facts::schema::TOUCHES, 2 * people, |name, id| match name {
        "id" | "fingerprint_high" => Value::Int(id),
        "person_id" => Value::Int(1 + noise(id, 11) % people),
        "kind" => text("form".to_owned()),
        "at" => Value::Int(noise(id, 12) % 50_000_000_000_000),
        "recorded_at" | "fingerprint_low" => Value::Int(0),
        _ => Value::Null,
    })
    .await;
}

fn questions() -> Vec<(&'static str, LeadFilter)> {
    let all = LeadFilter::default;
    vec![
        ("all", all()),
        ("stage", LeadFilter { stages: vec!["sql".into()], ..all() }),
        ("two stages", LeadFilter { stages: vec!["sql".into(), "customer".into()], ..all() }),
        ("source and stage", LeadFilter { source: Some(Wanted::Is("source 3".into())), stages: vec!["mql".into()], ..all() }),
        ("owner and country", LeadFilter { owner: Some(Wanted::Is(7)), country: Some(Wanted::Is("C3".into())), ..all() }),
        ("industry that is nowhere", LeadFilter { industry: Some(Wanted::Is("none".into())), ..all() }),
        ("company", LeadFilter { company: Some(77), ..all() }),
        ("beginning of a name", LeadFilter { text: Some("person 0012".into()), ..all() }),
        ("text that is nowhere", LeadFilter { text: Some("zzzz".into()), ..all() }),
    ]
}

async fn measured(tx: &mut ReadTx, filter: &LeadFilter, sort: Sort<LeadSort>) -> (f64, f64) {
    let mut took = Vec::new();
    let mut cursor = None;
    for _ in 0..20 {
        let started = Instant::now();
        let page = leads::list(tx, filter, sort, Turn { cursor: cursor.as_deref(), limit: 50 }).await.unwrap();
        took.push(started.elapsed().as_secs_f64() * 1e3);
        cursor = page.next;
    }
    took.sort_by(f64::total_cmp);
    (took[took.len() / 2], took[took.len() - 1])
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let database = cast::database().await;
    let started = Instant::now();
    fill_all(&database.facts).await;
    println!("filled in {:.0} s", started.elapsed().as_secs_f64());
    let mut tx = database.facts.read().await.unwrap();
    for (name, filter) in questions() {
        for key in [LeadSort::OpenedAt, LeadSort::StageAt, LeadSort::Name] {
            let (middle, slowest) = measured(&mut tx, &filter, Sort { key, descending: true }).await;
            println!("{name:28} {key:?}: {middle:.1} ms, slowest of 20 pages {slowest:.1} ms");
        }
        let started = Instant::now();
        let count = leads::count(&mut tx, &filter).await.unwrap();
        println!("{name:28} count {count:?}: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    }
    for (name, subject) in [("person", Subject::Person(leads_count() / 2)), ("company", Subject::Company(77))] {
        let started = Instant::now();
        let page = timeline::of(&mut tx, subject, Turn::first()).await.unwrap();
        println!("history of a {name} ({} moments): {:.1} ms", page.items.len(), started.elapsed().as_secs_f64() * 1e3);
    }
    let started = Instant::now();
    search::find(&mut tx, "person 0001", 6).await.unwrap();
    println!("search: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
}
