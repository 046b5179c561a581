use std::collections::BTreeMap;

use alignment::{
    agreement::{Agreement, Criterion, FieldTest, Pool, PoolMember, Routing, RoutingRule, Target, Test},
    ids::UserId,
    lifecycle::Side,
};
use facts::{
    access::NewUser,
    bulk::{self, Value},
    list::Turn,
    routing::AssignmentFilter,
    schema::{self, Table},
};

use super::*;
use crate::{Actor, Clock, Office, Role, leads::pages::side_key, web::AppError};

const NOW: &str = "2026-11-23T10:00:00Z";

struct World {
    office: Office,
    users: BTreeMap<&'static str, i64>,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

fn now() -> Instant {
    NOW.parse().unwrap()
}

/// Rui and Ana sell, Leo leads them, Mia is in marketing.
async fn world(routing: Routing) -> World {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now())).await.unwrap();
    let mut users = BTreeMap::new();
    let mut tx = office.facts().write().await.unwrap();
    for (name, role) in [("Rui", Role::Sales), ("Ana", Role::Sales), ("Leo", Role::Leader), ("Mia", Role::Marketing)] {
        let email = email(name);
        let new = NewUser { name, email: &email, side: role.side(), role: role.key(), password_hash: None };
        users.insert(name, facts::access::invite_user(&mut tx, &new, None, 0).await.unwrap());
    }
    let agreement = Agreement { routing, ..Agreement::default_for(alignment::Currency::EUR, "Europe/Lisbon") };
    sign(&mut tx, &agreement).await;
    tx.commit().await.unwrap();
    World { office, users, _database: database, _home: home }
}

fn email(name: &str) -> String {
    format!("{}@us.example", name.to_lowercase())
}

async fn sign(tx: &mut WriteTx, agreement: &Agreement) {
    let text = agreement.to_toml();
    facts::agreements::add(tx, 2, &text, &crate::agreement::hash(&text), Instant(0).0, 0).await.unwrap();
}

fn member(name: &str, weight: u32) -> PoolMember {
    PoolMember { user: email(name), weight, open_leads_max: 0, skills: Vec::new() }
}

fn rule(name: &str, to: Target) -> RoutingRule {
    RoutingRule { name: name.into(), when: None, to }
}

/// The account's owner, then the pool of Iberia for its countries.
fn iberia(weights: (u32, u32)) -> Routing {
    let countries = Test::OneOf(vec!["PT".into(), "ES".into()]);
    let when = Some(Criterion::Field(FieldTest { field: "company.country".into(), test: countries }));
    let pool = RoutingRule { when, ..rule("Iberia", Target::Pool("iberia".into())) };
    let members = vec![member("Rui", weights.0), member("Ana", weights.1)];
    let pools = vec![Pool { key: "iberia".into(), name: "Iberia".into(), at_work_only: false, members }];
    Routing { rules: vec![rule("Key accounts", Target::AccountOwner), pool], pools, ..Routing::default() }
}

fn everybody(weights: (u32, u32)) -> Routing {
    let routing = iberia(weights);
    Routing { rules: vec![rule("All", Target::Pool("iberia".into()))], ..routing }
}

async fn insert(tx: &mut WriteTx, table: &'static Table, rows: Vec<Vec<(&str, Value)>>) -> i64 {
    let first = tx.allocate(table.name, rows.len()).await.unwrap();
    let mut values = Vec::new();
    for (id, row) in (first..).zip(&rows) {
        values.extend(table.columns.iter().map(|column| match column.name {
            "id" => Value::Int(id),
            "recorded_at" => Value::Int(0),
            name => row.iter().find(|(known, _)| *known == name).map_or(Value::Null, |(_, value)| value.clone()),
        }));
    }
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, table, values).await.unwrap();
    first
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

impl World {
    fn author(&self) -> Author {
        Author { actor: None, now: now().0, agreement_version: Some(2) }
    }

    fn actor(&self, name: &'static str, role: Role) -> Actor {
        Actor { user: Some(UserId(self.users[name])), name: name.into(), role, scopes: None }
    }

    /// MQLs that opened one second after another. Gives the first id and what `route` takes.
    async fn mqls(&self, count: usize, company: Option<i64>, owner: Option<i64>) -> Vec<(i64, Instant)> {
        let mut tx = self.office.facts().write().await.unwrap();
        let people = (0..count).map(|number| vec![("name", text(&format!("Person {number}"))), ("company_id", Value::int(company))]);
        let people = people.collect();
        let first_person = insert(&mut tx, &schema::PEOPLE, people).await;
        let at = |number: usize| now().plus_micros(number as i64 * 1_000_000 - 1_000_000_000);
        let leads = (0..count).map(|number| {
            vec![
                ("person_id", Value::Int(first_person + number as i64)),
                ("company_id", Value::int(company)),
                ("owner_id", Value::int(owner)),
                ("opened_at", Value::Int(at(number).0)),
                ("stage", text("mql")),
                ("stage_at", Value::Int(at(number).0)),
                ("stages_recorded", Value::Int(1023)),
            ]
        });
        let first = insert(&mut tx, &schema::LEADS, leads.collect()).await;
        tx.commit().await.unwrap();
        (0..count).map(|number| (first + number as i64, at(number))).collect()
    }

    async fn company(&self, name: &str, domain: &str, country: &str, owner: Option<i64>) -> i64 {
        let mut tx = self.office.facts().write().await.unwrap();
        let row = vec![("name", text(name)), ("domain", text(domain)), ("country", text(country)), ("owner_id", Value::int(owner))];
        let id = insert(&mut tx, &schema::COMPANIES, vec![row]).await;
        tx.commit().await.unwrap();
        id
    }

    async fn route(&self, leads: &[(i64, Instant)]) {
        let versions = self.office.versions().await.unwrap();
        let mut tx = self.office.facts().write().await.unwrap();
        route(&mut tx, &self.author(), &versions, leads).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn lead(&self, id: i64) -> record::LeadFields {
        let mut read = self.office.facts().read().await.unwrap();
        record::leads(read.conn(), &[id]).await.unwrap().remove(0)
    }

    async fn log(&self, lead: Option<i64>) -> Vec<record::AssignmentRow> {
        let mut read = self.office.facts().read().await.unwrap();
        let turn = Turn { cursor: None, limit: 200 };
        record::log(&mut read, &AssignmentFilter { lead, ..AssignmentFilter::default() }, turn).await.unwrap().items
    }

    async fn changed(&self, lead: i64) -> Vec<(String, Option<String>, Option<String>)> {
        let mut read = self.office.facts().read().await.unwrap();
        let rows = facts::changes::of(read.conn(), &schema::LEADS, lead, 100).await.unwrap();
        rows.into_iter().map(|row| (row.field, row.old_value, row.new_value)).collect()
    }
}

#[tokio::test]
async fn leads_go_by_the_rules_and_say_why() {
    let world = world(iberia((1, 1))).await;
    let (rui, ana, mia) = (world.users["Rui"], world.users["Ana"], world.users["Mia"]);
    let owned = world.company("Acme", "acme.example", "DE", Some(ana)).await;
    let free = world.company("Bolt", "bolt.example", "PT", None).await;
    let elsewhere = world.company("Cargo", "cargo.example", "DE", Some(mia)).await;
    let mut leads = world.mqls(1, Some(owned), Some(mia)).await;
    leads.extend(world.mqls(2, Some(free), None).await);
    leads.extend(world.mqls(1, Some(elsewhere), None).await);
    leads.extend(world.mqls(1, None, None).await);
    let unmatched = leads[4].0;
    // A person without a company whose address is at one.
    let mut tx = world.office.facts().write().await.unwrap();
    let person = world.lead(unmatched).await.person_id;
    facts::changes::set(&mut tx, &world.author(), &schema::PEOPLE, "person", person, vec![("email", text("eva@mail.acme.example"))])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.route(&leads).await;
    // Once more, and out of order: nothing moves.
    leads.reverse();
    world.route(&leads).await;
    leads.reverse();
    let expected = [
        (Some(ana), None, "Key accounts: Ana owns Acme."),
        (Some(rui), None, "Key accounts: Bolt has no owner. Iberia: pool Iberia, Rui starts it."),
        (Some(ana), None, "Key accounts: Bolt has no owner. Iberia: pool Iberia, Ana has 0 of 1 by weight 1 of 2, fewest for it."),
        (
            None,
            Some("Not placed"),
            "Key accounts: Mia owns Cargo and is not in sales. It waits in the queue Not placed, which Leo looks after.",
        ),
        (Some(ana), None, "Key accounts: Ana owns Acme, matched by the domain of the e-mail address."),
    ];
    for ((lead, _), (owner, queue, reason)) in leads.iter().zip(expected) {
        let found = world.lead(*lead).await;
        assert_eq!((found.owner_id, found.queue.as_deref()), (owner, queue));
        let log = world.log(Some(*lead)).await;
        assert_eq!((log.len(), log[0].reason.as_str(), log[0].agreement_version), (1, reason, 2));
    }
    assert_eq!(world.changed(leads[0].0).await, [("owner_id".into(), Some(mia.to_string()), Some(ana.to_string()))]);
    assert_eq!(world.changed(leads[3].0).await, [("queue".into(), None, Some("Not placed".into()))]);
    let events = facts::events::after(&mut world.office.facts().reader().await.unwrap(), 0, 1000).await.unwrap();
    let assigned: i64 = events.iter().filter(|event| event.kind == "lead_assigned").map(|event| event.last_id - event.first_id + 1).sum();
    assert_eq!(assigned, 5);
}

#[tokio::test]
async fn without_rules_the_owner_stays_and_over_is_over() {
    let world = world(Routing::default()).await;
    let ana = world.users["Ana"];
    let mut leads = world.mqls(1, None, Some(ana)).await;
    leads.extend(world.mqls(1, None, None).await);
    leads.extend(world.mqls(1, None, Some(ana)).await);
    let over = leads[2].0;
    let mut tx = world.office.facts().write().await.unwrap();
    facts::changes::set(&mut tx, &world.author(), &schema::LEADS, "lead", over, vec![("stage", text("customer"))]).await.unwrap();
    tx.commit().await.unwrap();
    world.route(&leads).await;
    assert_eq!(world.log(Some(leads[0].0)).await[0].reason, "No routing rules: the owner stays as it came.");
    assert_eq!(world.lead(leads[1].0).await.queue.as_deref(), Some("Not placed"));
    assert!(world.log(Some(over)).await.is_empty());
    world.route(&[]).await;
}

#[tokio::test]
async fn the_queue_is_emptied_by_hand() {
    let world = world(Routing::default()).await;
    let (rui, leo) = (world.users["Rui"], world.users["Leo"]);
    let lead = world.mqls(1, None, None).await[0];
    world.route(&[lead]).await;
    let mut read = world.office.facts().read().await.unwrap();
    let waiting = record::queue(&mut read, Turn::first()).await.unwrap().items;
    assert_eq!((waiting.len(), waiting[0].id, record::waiting(read.conn(), 10).await.unwrap()), (1, lead.0, 1));
    drop(read);
    let by_leo = Author { actor: Some(leo), ..world.author() };
    let mut tx = world.office.facts().write().await.unwrap();
    assert!(matches!(assign(&mut tx, &by_leo, lead.0, 999, None).await, Err(AppError::Refused(_))));
    assert!(matches!(assign(&mut tx, &by_leo, 999, rui, None).await, Err(AppError::NotFound(_)) | Err(AppError::Internal(_))));
    assign(&mut tx, &by_leo, lead.0, rui, Some(" speaks Polish ")).await.unwrap();
    assign(&mut tx, &by_leo, lead.0, rui, None).await.unwrap();
    tx.commit().await.unwrap();
    let found = world.lead(lead.0).await;
    assert_eq!((found.owner_id, found.queue), (Some(rui), None));
    let log = world.log(Some(lead.0)).await;
    assert_eq!((log.len(), log[0].reason.as_str(), log[0].actor_id), (2, "Leo gave it to Rui: speaks Polish.", Some(leo)));
    assert_eq!(side_key(Side::Sales), "sales");
}

#[tokio::test]
async fn a_lead_that_lies_goes_past_its_owner() {
    let world = world(everybody((1, 1))).await;
    let (rui, ana) = (world.users["Rui"], world.users["Ana"]);
    let lead = world.mqls(1, None, None).await[0];
    world.route(&[lead]).await;
    let versions = world.office.versions().await.unwrap();
    let mut owners = vec![world.lead(lead.0).await.owner_id];
    for _ in 0..2 {
        let mut tx = world.office.facts().write().await.unwrap();
        owners.push(reassign(&mut tx, &world.author(), &versions, lead.0, "The review is 4 hours late").await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(owners, [Some(rui), Some(ana), None]);
    let found = world.lead(lead.0).await;
    assert_eq!((found.owner_id, found.queue.as_deref()), (None, Some("Not placed")));
    let log = world.log(Some(lead.0)).await;
    assert_eq!(log[1].reason, "The review is 4 hours late. All: pool Iberia, Ana is the only one free; Rui had it and let it lie.");
    assert!(log[0].reason.contains("Ana had it and let it lie"), "{}", log[0].reason);
}

#[tokio::test]
async fn limits_and_absences_hold() {
    let mut routing = everybody((1, 1));
    routing.pools[0].members[0].open_leads_max = 2;
    let world = world(routing).await;
    let (rui, ana) = (world.users["Rui"], world.users["Ana"]);
    // One of Rui's runs already.
    let mut tx = world.office.facts().write().await.unwrap();
    let row = vec![
        ("person_id", Value::Int(1)),
        ("owner_id", Value::Int(rui)),
        ("opened_at", Value::Int(0)),
        ("stage", text("sal")),
        ("stages_recorded", Value::Int(1023)),
        ("due_at", Value::Int(now().0)),
    ];
    insert(&mut tx, &schema::LEADS, vec![row]).await;
    let own = |user: i64, name: &'static str| (Author { actor: Some(user), ..world.author() }, world.actor(name, Role::Sales));
    let (author, actor) = own(ana, "Ana");
    let days =
        |from: &str, to: &str, user: Option<i64>| AbsenceFields { user_id: user, starts_at: from.into(), ends_at: to.into(), note: None };
    for wrong in [
        days("2026-11-24", "2026-11-25", Some(rui)),
        days("2026-11-25", "2026-11-24", None),
        days("2026-11-01", "2026-11-02", None),
        days("soon", "2026-11-24", None),
        days("2026-11-24", "2028-11-24", None),
    ] {
        assert!(matches!(add_absence(&mut tx, &author, &actor, wrong).await, Err(AppError::Refused(_))));
    }
    let absence = add_absence(&mut tx, &author, &actor, days("2026-11-23", "2026-11-24", None)).await.unwrap();
    tx.commit().await.unwrap();
    let leads = world.mqls(2, None, None).await;
    world.route(&leads).await;
    assert_eq!(world.lead(leads[0].0).await.owner_id, Some(rui));
    let reason = "All: nobody in pool Iberia can take it; Rui has 2 of 2 open leads; Ana is away until Tue 24 Nov 2026 00:00. It waits in the \
                  queue Not placed, which Leo looks after.";
    assert_eq!(world.log(Some(leads[1].0)).await[0].reason, reason);
    let mut tx = world.office.facts().write().await.unwrap();
    let (other, other_actor) = own(rui, "Rui");
    assert!(matches!(revoke_absence(&mut tx, &other, &other_actor, absence).await, Err(AppError::Refused(_))));
    revoke_absence(&mut tx, &author, &actor, absence).await.unwrap();
    revoke_absence(&mut tx, &author, &actor, absence).await.unwrap();
    tx.commit().await.unwrap();
    let leads = world.mqls(1, None, None).await;
    world.route(&leads).await;
    assert_eq!(world.lead(leads[0].0).await.owner_id, Some(ana));
}

/// Eight writers, each a transaction per forty leads: the pool's turns are theirs together.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_share_a_pool_to_the_lead() {
    let world = world(everybody((3, 2))).await;
    let leads = world.mqls(2_400, None, None).await;
    let mut writers = tokio::task::JoinSet::new();
    for part in leads.chunks(300) {
        let (office, part, author) = (world.office.clone(), part.to_vec(), world.author());
        writers.spawn(async move {
            for batch in part.chunks(40) {
                let versions = office.versions().await.unwrap();
                let mut tx = office.facts().write().await.unwrap();
                route(&mut tx, &author, &versions, batch).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
    }
    while let Some(written) = writers.join_next().await {
        written.unwrap();
    }
    let mut read = world.office.facts().read().await.unwrap();
    let ids: Vec<i64> = leads.iter().map(|(id, _)| *id).collect();
    let mut given = BTreeMap::new();
    for lead in record::leads(read.conn(), &ids).await.unwrap() {
        assert!(lead.owner_id.is_some() || lead.queue.is_some());
        *given.entry(lead.owner_id).or_insert(0) += 1;
    }
    assert_eq!(given, BTreeMap::from([(Some(world.users["Rui"]), 1_440), (Some(world.users["Ana"]), 960)]));
}

#[tokio::test]
async fn a_month_is_replayed_under_another_text() {
    let world = world(iberia((1, 1))).await;
    let (rui, ana) = (world.users["Rui"], world.users["Ana"]);
    let portuguese = world.company("Bolt", "bolt.example", "PT", None).await;
    let german = world.company("Acme", "acme.example", "DE", None).await;
    let leads = world.mqls(40, Some(portuguese), None).await;
    // In batches, the later first, as an import of old leads comes after live ones.
    for batch in [&leads[20..], &leads[..20]] {
        world.route(batch).await;
    }
    world.route(&world.mqls(4, Some(german), None).await).await;
    let (from, to) = (now().plus_days(-20), now().plus_days(20));
    let same = world.office.agreement().await.unwrap().agreement;
    let again = replay(&world.office, &same, from, to).await.unwrap();
    assert_eq!((again.decisions, again.elsewhere_count, again.queued_then, again.queued_now), (44, 0, 4, 4));
    let draft = Agreement { routing: everybody((3, 1)), ..same };
    let other = replay(&world.office, &draft, from, to).await.unwrap();
    let shares: Vec<_> = other.reps.iter().map(|rep| (rep.user, rep.leads_then, rep.leads_now)).collect();
    assert_eq!(shares, [(ana, 20, 11), (rui, 20, 33)]);
    assert_eq!((other.queued_then, other.queued_now, other.is_cut), (4, 0, false));
    assert!(other.elsewhere_count >= 13 && other.elsewhere.len() == other.elsewhere_count);
    assert!(other.elsewhere.iter().any(|lead| lead.then == "queue Not placed" && lead.name.ends_with("at Acme")));
    // What was given before the span counts as if it had been given by the draft's weights.
    let part = replay(&world.office, &draft, from, leads[20].1).await.unwrap();
    let shares: Vec<_> = part.reps.iter().map(|rep| (rep.user, rep.leads_then, rep.leads_now)).collect();
    // The first twenty and the four of Acme.
    assert_eq!((part.decisions, shares), (24, vec![(ana, 10, 6), (rui, 10, 18)]));
    // Decisions outside of the span, between those within it, change nothing.
    let middle = replay(&world.office, &world.office.agreement().await.unwrap().agreement, leads[10].1, leads[30].1).await.unwrap();
    assert_eq!((middle.decisions, middle.elsewhere_count), (20, 0));
    let empty = replay(&world.office, &draft, to, to.plus_days(1)).await.unwrap();
    assert_eq!((empty.decisions, empty.reps.len()), (0, 0));
}

#[test]
fn months_are_of_the_agreements_zone() {
    let agreement = Agreement::default_for(alignment::Currency::EUR, "America/Sao_Paulo");
    let (from, to) = replay::month_span("2026-12", &agreement).unwrap();
    assert_eq!((from.to_string(), to.to_string()), ("2026-12-01T03:00:00Z".into(), "2027-01-01T03:00:00Z".into()));
    assert_eq!(replay::last_month("2026-12-01T02:00:00Z".parse().unwrap(), &agreement), "2026-10");
    for wrong in ["", "2026", "2026-13", "last", "9999-12-01"] {
        assert!(replay::month_span(wrong, &agreement).is_err(), "{wrong}");
    }
}
