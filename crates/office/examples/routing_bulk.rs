//! Routes very many leads through the database by several writers at once, and checks that each member of the pool has their share to
//! the lead.
//!
//! `cargo run -p office --example routing_bulk [LEADS [WRITERS]]`; 100,000 and 8 unless given. On SQLite in a temporary folder, or
//! in the PostgreSQL database that `TANDEM_DATABASE` names.

use std::collections::BTreeMap;

use alignment::{
    Currency, Instant,
    agreement::{Agreement, Pool, PoolMember, Routing, RoutingRule, Target},
};
use anyhow::{Context as _, ensure};
use facts::{
    WriteTx,
    access::NewUser,
    bulk::{self, Value},
    changes::Author,
    schema::{self, Table},
};
use office::{Clock, Office, Role, routing};

const WEIGHTS: [u32; 5] = [5, 3, 2, 1, 1];
const LEADS_PER_BATCH: usize = 1_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let number = |index: usize, default: usize| std::env::args().nth(index).map_or(Ok(default), |text| text.parse());
    let (count, writers) = (number(1, 100_000).context("LEADS is a number")?, number(2, 8).context("WRITERS is a number")?);
    let home = tempfile::tempdir()?;
    let at = Instant(1_795_000_000_000_000);
    let office = Office::open(home.path(), std::env::var("TANDEM_DATABASE").ok().as_deref(), Clock::set_to(at)).await?;
    let users = sign_and_invite(&office).await?;
    let leads = add_leads(&office, count, at).await?;
    println!("{count} leads are there; {writers} writers route them, {LEADS_PER_BATCH} in a transaction");
    let mut running = tokio::task::JoinSet::new();
    for part in leads.chunks(count.div_ceil(writers.max(1)).max(1)) {
        running.spawn(route_all(office.clone(), part.to_vec(), at));
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    check(&office, &leads, &users).await
}

async fn route_all(office: Office, leads: Vec<(i64, Instant)>, at: Instant) -> anyhow::Result<()> {
    let author = Author { actor: None, now: at.0, agreement_version: Some(2) };
    for batch in leads.chunks(LEADS_PER_BATCH) {
        let versions = office.versions().await?;
        let mut tx = office.facts().write().await?;
        routing::route(&mut tx, &author, &versions, batch).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn sign_and_invite(office: &Office) -> anyhow::Result<Vec<i64>> {
    let mut tx = office.facts().write().await?;
    let (mut users, mut members) = (Vec::new(), Vec::new());
    for (number, weight) in WEIGHTS.into_iter().enumerate() {
        let (name, email) = (format!("Rep {number}"), format!("rep{number}@us.example"));
        let new = NewUser { name: &name, email: &email, side: "sales", role: Role::Sales.key(), password_hash: None };
        users.push(facts::access::invite_user(&mut tx, &new, None, 0).await?);
        members.push(PoolMember { user: email, weight, open_leads_max: 0, skills: Vec::new() });
    }
    let pools = vec![Pool { key: "all".into(), name: "All".into(), at_work_only: false, members }];
    let rules = vec![RoutingRule { name: "All".into(), when: None, to: Target::Pool("all".into()) }];
    let routing = Routing { rules, pools, ..Routing::default() };
    let text = Agreement { routing, ..Agreement::default_for(Currency::EUR, "UTC") }.to_toml();
    facts::agreements::add(&mut tx, 2, &text, &office::agreement::hash(&text), 0, 0).await?;
    tx.commit().await?;
    Ok(users)
}

async fn add_leads(office: &Office, count: usize, at: Instant) -> anyhow::Result<Vec<(i64, Instant)>> {
    let mut tx = office.facts().write().await?;
    let person = |number: usize| vec![("name", Value::Text(format!("Person {number}")))];
    let first_person = insert(&mut tx, &schema::PEOPLE, count, person).await?;
    let lead = |number: usize| {
        vec![
            ("person_id", Value::Int(first_person + number as i64)),
            ("opened_at", Value::Int(at.0)),
            ("stage", Value::Text("mql".into())),
            ("stage_at", Value::Int(at.0)),
            ("stages_recorded", Value::Int(1023)),
        ]
    };
    let first = insert(&mut tx, &schema::LEADS, count, lead).await?;
    tx.commit().await?;
    Ok((first..).take(count).map(|id| (id, at)).collect())
}

async fn insert(
    tx: &mut WriteTx,
    table: &'static Table,
    count: usize,
    row: impl Fn(usize) -> Vec<(&'static str, Value)>,
) -> anyhow::Result<i64> {
    let first = tx.allocate(table.name, count).await?;
    let mut values = Vec::with_capacity(count * table.columns.len());
    for (id, number) in (first..).zip(0..count) {
        let row = row(number);
        values.extend(table.columns.iter().map(|column| match column.name {
            "id" => Value::Int(id),
            "recorded_at" => Value::Int(0),
            name => row.iter().find(|(known, _)| *known == name).map_or(Value::Null, |(_, value)| value.clone()),
        }));
    }
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, table, values).await?;
    Ok(first)
}

async fn check(office: &Office, leads: &[(i64, Instant)], users: &[i64]) -> anyhow::Result<()> {
    let ids: Vec<i64> = leads.iter().map(|(id, _)| *id).collect();
    let mut read = office.facts().read().await?;
    let mut given: BTreeMap<i64, usize> = BTreeMap::new();
    for lead in facts::routing::leads(read.conn(), &ids).await? {
        let owner = lead.owner_id.with_context(|| format!("lead {} has no owner", lead.id))?;
        *given.entry(owner).or_default() += 1;
    }
    let all: u32 = WEIGHTS.iter().sum();
    for (user, weight) in users.iter().zip(WEIGHTS) {
        let share = leads.len() as f64 * f64::from(weight) / f64::from(all);
        let leads = given.get(user).copied().unwrap_or(0);
        println!("weight {weight}: {leads} leads, {share:.2} by weight");
        ensure!((leads as f64 - share).abs() < 1.0, "{leads} is a lead or more from {share}");
    }
    Ok(())
}
