//! Clocks on the record, with a clock that the test sets: each test runs on SQLite and on PostgreSQL.

use alignment::{
    Currency, Instant,
    agreement::{Agreement, EscalationAction, EscalationStep, Pool, PoolMember, RoutingRule, Target},
    instant::MICROS_PER_MINUTE,
    lifecycle::{Stage, StageSet},
};
use facts::{
    bulk::Value,
    changes::{self, Author},
    clocks::{self as record, ClockRow},
    list::Turn,
    schema::{self, Table},
};

use super::{running_of, sync, tick};
use crate::{Clock, Office, agreement};

/// Monday, 2 March 2026, in a zone that is at UTC.
const MONDAY: &str = "2026-03-02";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Two reps, Ana and Rui, whom Carla heads; everything stands at an instant that the test names.
struct World {
    office: Office,
    ana: i64,
    rui: i64,
    carla: i64,
    mark: i64,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

fn at(text: &str) -> Instant {
    let (day, clock) = text.split_once(' ').unwrap();
    let (name, week) = day.split_at(3);
    let week: i64 = if week.is_empty() { 1 } else { week.parse().unwrap() };
    let day = DAYS.iter().position(|known| *known == name).unwrap() as i64 + 7 * (week - 1);
    let minute = clock[..2].parse::<i64>().unwrap() * 60 + clock[3..].parse::<i64>().unwrap();
    MONDAY.parse::<Instant>().unwrap().plus_days(day).plus_micros(minute * MICROS_PER_MINUTE)
}

fn shown(micros: i64) -> String {
    let minutes = (micros - MONDAY.parse::<Instant>().unwrap().0) / MICROS_PER_MINUTE;
    let (day, minute) = (minutes / 1440, minutes % 1440);
    let week = if day < 7 { String::new() } else { (day / 7 + 1).to_string() };
    format!("{}{week} {:02}:{:02}", DAYS[(day % 7) as usize], minute / 60, minute % 60)
}

/// Nine to six; a review in 9 hours, escalated at once, reassigned an hour later, and off the rota after two.
fn text() -> Agreement {
    let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
    agreement.promises.review_hours_max = 9;
    agreement.promises.attempts_min = 2;
    let step = |after_minutes: u32, action: EscalationAction| EscalationStep { after_minutes, action };
    agreement.escalation.steps =
        vec![step(0, EscalationAction::Escalate), step(60, EscalationAction::Reassign), step(120, EscalationAction::OffRota)];
    let member = |user: &str| PoolMember { user: user.into(), weight: 1, open_leads_max: 0, skills: Vec::new() };
    agreement.routing.pools = vec![Pool {
        key: "reps".into(),
        name: "Reps".into(),
        at_work_only: false,
        members: vec![member("ana@example.com"), member("rui@example.com")],
    }];
    agreement.routing.rules = vec![RoutingRule { name: "All".into(), when: None, to: Target::Pool("reps".into()) }];
    agreement
}

async fn start() -> World {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(at("mon 09:00"))).await.unwrap();
    agreement::replace_first(&office, &text()).await.unwrap();
    let mut world = World { office, ana: 0, rui: 0, carla: 0, mark: 0, _database: database, _home: home };
    world.ana = world.user("Ana", "sales").await;
    world.rui = world.user("Rui", "sales").await;
    world.carla = world.user("Carla", "sales").await;
    world.mark = world.user("Mark", "marketing").await;
    for (side, head) in [("sales", world.carla), ("marketing", world.mark)] {
        let values = [("side", Value::Text(side.into())), ("user_id", Value::Int(head)), ("starts_at", Value::Int(0))];
        world.add(&schema::HEADS, &values).await;
    }
    world
}

impl World {
    fn is(&self, now: &str) {
        self.office.clock().tick_micros(at(now).0 - self.office.clock().now().0);
    }

    fn author(&self) -> Author {
        Author { actor: None, now: self.office.clock().now().0, agreement_version: Some(1) }
    }

    async fn add(&self, table: &'static Table, values: &[(&str, Value)]) -> i64 {
        let mut tx = self.office.facts().write().await.unwrap();
        let author = self.author();
        let id = changes::add(&mut tx, &author, table, author.now, values).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn user(&self, name: &str, side: &str) -> i64 {
        let email = format!("{}@example.com", name.to_lowercase());
        let texts = [("name", name), ("side", side), ("role", side), ("email", email.as_str())];
        self.add(&schema::USERS, &texts.map(|(field, text)| (field, Value::Text(text.into())))).await
    }

    /// A lead of Ana's.
    async fn lead(&self) -> i64 {
        let person = self.add(&schema::PEOPLE, &[("name", Value::Text("Lia Costa".into()))]).await;
        let now = self.author().now;
        let values = [
            ("person_id", Value::Int(person)),
            ("owner_id", Value::Int(self.ana)),
            ("opened_at", Value::Int(now)),
            ("stage", Value::Text("lead".into())),
            ("stages_recorded", Value::Int(StageSet::ALL.0.into())),
        ];
        self.add(&schema::LEADS, &values).await
    }

    async fn sync(&self, lead: i64) {
        let versions = self.office.versions().await.unwrap();
        let mut tx = self.office.facts().write().await.unwrap();
        sync(&mut tx, &self.author(), &versions, &[lead]).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn enters(&self, lead: i64, stage: Stage) -> i64 {
        let values = [
            ("lead_id", Value::Int(lead)),
            ("stage", Value::Text(stage.key().into())),
            ("at", Value::Int(self.author().now)),
            ("agreement_version", Value::Int(1)),
        ];
        let id = self.add(&schema::TRANSITIONS, &values).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let sets = vec![("stage", Value::Text(stage.key().into()))];
        changes::set(&mut tx, &self.author(), &schema::LEADS, "lead", lead, sets).await.unwrap();
        tx.commit().await.unwrap();
        self.sync(lead).await;
        id
    }

    async fn retract(&self, lead: i64, transition: i64) {
        let mut tx = self.office.facts().write().await.unwrap();
        let entered = facts::leads::transitions(tx.conn(), lead).await.unwrap();
        let row = entered.iter().find(|row| row.id == transition).unwrap();
        facts::handoff::retraction::retract(&mut tx, &self.author(), lead, row).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn set(&self, table: &'static Table, id: i64, field: &'static str, value: Value) {
        let mut tx = self.office.facts().write().await.unwrap();
        changes::set(&mut tx, &self.author(), table, "record", id, vec![(field, value)]).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn attempt(&self, lead: i64, kind: &str) {
        let mut connection = self.office.facts().reader().await.unwrap();
        let person = facts::leads::one(&mut connection, lead).await.unwrap().person_id;
        drop(connection);
        let values = [("kind", Value::Text(kind.into())), ("at", Value::Int(self.author().now)), ("person_id", Value::Int(person))];
        self.add(&schema::ACTIVITIES, &values).await;
        self.sync(lead).await;
    }

    async fn clocks(&self, lead: i64) -> Vec<ClockRow> {
        record::of_leads(&mut self.office.facts().reader().await.unwrap(), &[lead]).await.unwrap()
    }

    /// `review tue 09:50 kept`, `attempts mon2 09:00 1 late`.
    async fn says(&self, lead: i64) -> String {
        let state = |row: &ClockRow| match row.outcome.as_deref() {
            Some(outcome) => outcome.to_owned(),
            None if row.breached_at.is_some() => "late".to_owned(),
            None if row.paused_at.is_some() => "stands still".to_owned(),
            None => "runs".to_owned(),
        };
        let words = self.clocks(lead).await.into_iter().map(|row| format!("{} {} {}", row.kind, shown(row.due_at), state(&row)));
        words.collect::<Vec<_>>().join(", ")
    }

    async fn due(&self, lead: i64) -> Option<String> {
        let mut tx = self.office.facts().write().await.unwrap();
        let held = record::hold_leads(&mut tx, &[lead]).await.unwrap();
        held[0].due_at.map(shown)
    }

    async fn owner(&self, lead: i64) -> Option<i64> {
        facts::leads::one(&mut self.office.facts().reader().await.unwrap(), lead).await.unwrap().owner_id
    }

    async fn ticks(&self, now: &str) -> usize {
        self.is(now);
        tick(&self.office).await.unwrap()
    }

    /// What somebody was told, oldest first, but for leads that came to them.
    async fn told(&self, user: i64) -> Vec<String> {
        let mut tx = self.office.facts().read().await.unwrap();
        let page = facts::notifications::list(&mut tx, Some(user), false, Turn::first()).await.unwrap();
        let of_clocks = page.items.into_iter().rev().filter(|notice| !["lead_assigned", "queue"].contains(&notice.kind.as_str()));
        of_clocks.map(|notice| notice.kind).collect()
    }

    async fn off_rota(&self, user: i64, until: &str) -> bool {
        record::is_off_rota(&mut self.office.facts().reader().await.unwrap(), user, at(until).0).await.unwrap()
    }
}

#[tokio::test]
async fn clocks_start_and_stop_with_the_stages() {
    let world = start().await;
    let lead = world.lead().await;
    world.sync(lead).await;
    assert_eq!((world.says(lead).await.as_str(), world.due(lead).await), ("", None));
    world.is("mon 09:50");
    world.enters(lead, Stage::Mql).await;
    assert_eq!((world.says(lead).await.as_str(), world.due(lead).await.as_deref()), ("review tue 09:50 runs", Some("tue 09:50")));
    world.is("mon 15:00");
    let accepted = world.enters(lead, Stage::Sal).await;
    let clocks = "review tue 09:50 kept, first_attempt tue 14:00 runs, attempts mon2 15:00 runs, qualification wed5 15:00 runs";
    assert_eq!((world.says(lead).await.as_str(), world.due(lead).await.as_deref()), (clocks, Some("tue 14:00")));
    world.is("tue 10:00");
    world.attempt(lead, "note").await;
    assert_eq!(world.says(lead).await, clocks, "a note is no attempt");
    world.attempt(lead, "call").await;
    assert_eq!(world.due(lead).await.as_deref(), Some("mon2 15:00"));
    world.is("wed 10:00");
    world.attempt(lead, "email").await;
    let rows = world.clocks(lead).await;
    assert_eq!(rows.iter().map(|row| row.done).collect::<Vec<_>>(), [0, 1, 2, 0]);
    world.enters(lead, Stage::Sql).await;
    let clocks = "review tue 09:50 kept, first_attempt tue 14:00 kept, attempts mon2 15:00 kept, qualification wed5 15:00 kept";
    assert_eq!((world.says(lead).await.as_str(), world.due(lead).await), (clocks, None));
    // Accepted by mistake: what started with it was never there.
    world.retract(lead, accepted).await;
    world.sync(lead).await;
    assert_eq!(world.says(lead).await, "review tue 09:50 breached", "SQL came a day later");
}

#[tokio::test]
async fn doing_it_twice_changes_nothing() {
    let world = start().await;
    let lead = world.lead().await;
    world.enters(lead, Stage::Mql).await;
    let question = [("lead_id", Value::Int(lead)), ("text", Value::Text("Budget?".into())), ("asked_at", Value::Int(at("mon 10:00").0))];
    world.is("mon 10:00");
    world.add(&schema::QUESTIONS, &question).await;
    world.sync(lead).await;
    let before = world.clocks(lead).await;
    let last = facts::events::last_id(&mut world.office.facts().reader().await.unwrap()).await.unwrap();
    world.is("tue 10:00");
    world.sync(lead).await;
    assert_eq!(world.clocks(lead).await, before);
    let mut connection = world.office.facts().reader().await.unwrap();
    assert_eq!(facts::events::last_id(&mut connection).await.unwrap(), last, "no event either");
}

#[tokio::test]
async fn a_question_stops_the_clock_and_its_answer_lets_it_go_on() {
    let world = start().await;
    let lead = world.lead().await;
    world.is("mon 09:50");
    world.enters(lead, Stage::Mql).await;
    world.is("mon 11:00");
    let question = [("lead_id", Value::Int(lead)), ("text", Value::Text("Budget?".into())), ("asked_at", Value::Int(at("mon 11:00").0))];
    let question = world.add(&schema::QUESTIONS, &question).await;
    world.sync(lead).await;
    assert_eq!((world.says(lead).await.as_str(), world.due(lead).await), ("review tue 09:50 stands still", None));
    assert_eq!(world.ticks("wed 09:00").await, 0, "nobody is late who waits for an answer");
    let versions = world.office.versions().await.unwrap();
    let mut connection = world.office.facts().reader().await.unwrap();
    let running = running_of(&mut connection, &versions, at("wed 09:00"), &[lead]).await.unwrap();
    drop(connection);
    assert_eq!((running[&lead][0].minutes_left, running[&lead][0].is_late), (470, false));
    world.set(&schema::QUESTIONS, question, "answered_at", Value::Int(at("wed 09:00").0)).await;
    world.sync(lead).await;
    assert_eq!((world.says(lead).await.as_str(), world.due(lead).await.as_deref()), ("review wed 16:50 runs", Some("wed 16:50")));
    let clock = world.clocks(lead).await[0].id;
    let pauses = record::pauses(&mut world.office.facts().reader().await.unwrap(), &[clock]).await.unwrap();
    assert_eq!(pauses, [(clock, at("mon 11:00").0, Some(at("wed 09:00").0))]);
}

#[tokio::test]
async fn a_late_review_warns_breaches_escalates_goes_to_somebody_else_and_off_the_rota() {
    let world = start().await;
    let lead = world.lead().await;
    world.is("mon 09:50");
    world.enters(lead, Stage::Mql).await;
    for (now, acted, state, told, head_told, off_rota) in [
        ("mon 16:34", 0, "runs", &[][..], 0, false),
        ("mon 16:35", 1, "runs", &["clock_warning"], 0, false),
        ("mon 16:36", 0, "runs", &["clock_warning"], 0, false),
        ("tue 09:50", 0, "runs", &["clock_warning"], 0, false),
        ("tue 09:51", 2, "late", &["clock_warning", "clock_breached"], 1, false),
        ("tue 09:52", 0, "late", &["clock_warning", "clock_breached"], 1, false),
        ("tue 10:51", 1, "late", &["clock_warning", "clock_breached"], 1, false),
        ("tue 11:51", 1, "late", &["clock_warning", "clock_breached"], 1, true),
        ("fri 12:00", 0, "late", &["clock_warning", "clock_breached"], 1, true),
    ] {
        assert_eq!(world.ticks(now).await, acted, "{now}");
        assert_eq!(world.says(lead).await, format!("review tue 09:50 {state}"), "{now}");
        assert_eq!((world.told(world.ana).await, world.told(world.carla).await.len()), (texts(told), head_told), "{now}");
        let owner = if at(now) > at("tue 10:50") { world.rui } else { world.ana };
        assert_eq!(world.owner(lead).await, Some(owner), "{now}");
        assert_eq!(world.off_rota(world.ana, "wed 18:00").await, off_rota, "{now}");
    }
    assert!(!world.off_rota(world.ana, "wed 18:01").await && !world.off_rota(world.rui, "tue 12:00").await);
    let row = &world.clocks(lead).await[0];
    assert_eq!((row.owner_id, row.steps_taken, row.next_step_at), (Some(world.ana), 3, None), "Ana let it lie");
    world.enters(lead, Stage::Rejected).await;
    assert_eq!(world.says(lead).await, "review tue 09:50 breached");
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test]
async fn other_promises_go_to_the_head_at_once_and_an_attempt_in_time_that_nobody_reckoned_is_no_breach() {
    let world = start().await;
    let (late, called) = (world.lead().await, world.lead().await);
    world.enters(late, Stage::Sal).await;
    world.enters(called, Stage::Sal).await;
    let mut connection = world.office.facts().reader().await.unwrap();
    let person = facts::leads::one(&mut connection, called).await.unwrap().person_id;
    drop(connection);
    world.is("mon 16:00");
    let call = [("kind", Value::Text("call".into())), ("at", Value::Int(at("mon 16:00").0)), ("person_id", Value::Int(person))];
    world.add(&schema::ACTIVITIES, &call).await;
    world.ticks("mon 18:00").await;
    assert_eq!(world.told(world.carla).await, ["escalation"]);
    assert!(world.says(late).await.starts_with("first_attempt mon 17:00 late"));
    assert!(world.says(called).await.starts_with("first_attempt mon 17:00 kept"));
    assert_eq!(world.owner(late).await, Some(world.ana), "only a late review is given to somebody else");
}

#[tokio::test]
async fn what_was_late_before_we_knew_of_it_tells_nobody() {
    let world = start().await;
    let lead = world.lead().await;
    world.enters(lead, Stage::Mql).await;
    let other = world.lead().await;
    let values = [
        ("lead_id", Value::Int(other)),
        ("stage", Value::Text("mql".into())),
        ("at", Value::Int(at("mon 09:00").0)),
        ("agreement_version", Value::Int(1)),
    ];
    world.add(&schema::TRANSITIONS, &values).await;
    world.is("fri 09:00");
    world.sync(other).await;
    assert_eq!(world.says(other).await, "review mon 18:00 late");
    world.ticks("fri 09:00").await;
    let steps: Vec<i64> = [world.clocks(lead).await, world.clocks(other).await].concat().iter().map(|row| row.steps_taken).collect();
    assert_eq!((steps, world.told(world.carla).await.len()), (vec![3, 3], 1), "only the first was there to be reviewed");
}

#[tokio::test]
async fn two_that_tick_at_once_act_once() {
    let world = start().await;
    let mut leads = Vec::new();
    for _ in 0..6 {
        let lead = world.lead().await;
        world.enters(lead, Stage::Mql).await;
        leads.push(lead);
    }
    let back = [("lead_id", Value::Int(leads[0])), ("return_at", Value::Int(at("tue 09:00").0))];
    world.add(&schema::RECYCLE_DATES, &back).await;
    let home = tempfile::tempdir().unwrap();
    let other = Office::open(home.path(), Some(&world._database.url), Clock::set_to(at("tue 09:01"))).await.unwrap();
    world.is("tue 09:01");
    let (one, two) = tokio::join!(tick(&world.office), tick(&other));
    // Each is called late and escalated; one lead is to come back.
    assert_eq!(one.unwrap() + two.unwrap(), 6 * 2 + 1);
    assert_eq!(world.told(world.carla).await.len(), 6);
    assert_eq!(world.told(world.ana).await.iter().filter(|kind| *kind == "clock_breached").count(), 6);
    assert_eq!(world.told(world.mark).await, ["recycle_due"]);
    assert_eq!(tick(&world.office).await.unwrap() + tick(&other).await.unwrap(), 0);
}

#[tokio::test]
async fn the_calendar_is_of_the_owners_region_and_the_version_of_the_start() {
    let world = start().await;
    let mut agreement = text();
    agreement.calendars = vec![alignment::agreement::RegionalCalendar {
        key: "gulf".into(),
        name: "Gulf".into(),
        regions: vec!["Dubai".into()],
        time_zone: "Asia/Dubai".into(),
        shifts: vec![alignment::agreement::Shift {
            days: ["sun", "mon", "tue", "wed", "thu"].map(str::to_owned).to_vec(),
            from: "09:00".into(),
            to: "18:00".into(),
        }],
        holidays: Vec::new(),
    }];
    agreement::replace_first(&world.office, &agreement).await.unwrap();
    world.set(&schema::USERS, world.ana, "region", Value::Text(" dubai".into())).await;
    let lead = world.lead().await;
    world.is("thu 10:00");
    world.enters(lead, Stage::Mql).await;
    // Two in the afternoon in Dubai: four hours on Thursday, five on Sunday.
    assert_eq!(world.says(lead).await, "review sun 10:00 runs");
    world.set(&schema::USERS, world.ana, "region", Value::Null).await;
    world.sync(lead).await;
    assert_eq!(world.says(lead).await, "review sun 10:00 runs", "a clock keeps the calendar that it started by");
    let other = world.lead().await;
    world.enters(other, Stage::Mql).await;
    assert_eq!(world.says(other).await, "review fri 10:00 runs");
}
