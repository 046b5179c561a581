//! Two teams and a record that a test writes into, row by row.

use alignment::{
    Currency, Instant,
    agreement::Agreement,
    ids::UserId,
    promise::{Line, Month},
};
use facts::{
    bulk::Value,
    changes::{self, Author},
    schema::{self, Table},
};

use crate::{
    Actor, Clock, Office, Role, agreement,
    promises::{
        feedback, rights,
        waivers::{self, NewWaiver},
    },
    question::{QuestionParams, ask},
};

/// Mark heads marketing, Carla sales; Rui is a rep, Lea leads both, Ada administers.
pub struct World {
    pub office: Office,
    pub mark: i64,
    pub carla: i64,
    pub rui: i64,
    pub lea: i64,
    pub ada: i64,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

/// A date is its first instant.
pub fn day(text: &str) -> Instant {
    text.parse().unwrap()
}

pub fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn text() -> Agreement {
    let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
    agreement.promises.mqls_per_month_min = 4;
    agreement.promises.acceptance_rate_min = 0.5;
    agreement.promises.logged_rate_min = 0.5;
    agreement.data.required_fields = vec!["email".into(), "company".into()];
    agreement.data.completeness_rate_min = 0.75;
    agreement
}

pub async fn start() -> World {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(day("2026-03-01"))).await.unwrap();
    agreement::replace_first(&office, &text()).await.unwrap();
    let mut world = World { office, mark: 0, carla: 0, rui: 0, lea: 0, ada: 0, _database: database, _home: home };
    world.mark = world.user("Mark", "marketing").await;
    world.carla = world.user("Carla", "sales").await;
    world.rui = world.user("Rui", "sales").await;
    world.lea = world.user("Lea", "leader").await;
    world.ada = world.user("Ada", "admin").await;
    for (side, head) in [("sales", world.carla), ("marketing", world.mark)] {
        let values = [("side", Value::Text(side.into())), ("user_id", Value::Int(head)), ("starts_at", Value::Int(0))];
        world.add(&schema::HEADS, &values).await;
    }
    world
}

fn word(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text.into()) }
}

impl World {
    pub fn is(&self, now: &str) {
        self.office.clock().tick_micros(day(now).0 - self.office.clock().now().0);
    }

    fn author(&self, actor: Option<i64>) -> Author {
        Author { actor, now: self.office.clock().now().0, agreement_version: Some(1) }
    }

    pub async fn add(&self, table: &'static Table, values: &[(&str, Value)]) -> i64 {
        let mut tx = self.office.facts().write().await.unwrap();
        let author = self.author(None);
        let id = changes::add(&mut tx, &author, table, author.now, values).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn user(&self, name: &str, role: &str) -> i64 {
        let side = if role == "sales" { "sales" } else { "marketing" };
        let email = format!("{}@example.com", name.to_lowercase());
        self.add(&schema::USERS, &[("name", word(name)), ("side", word(side)), ("email", word(&email)), ("role", word(role))]).await
    }

    /// A lead that became an MQL at `at`; then its stages with instants and reasons.
    pub async fn lead(&self, at: &str, with_company: bool, stages: &[(&str, &str, &str)]) -> i64 {
        let company = match with_company {
            true => Value::Int(self.add(&schema::COMPANIES, &[("name", word("Azul"))]).await),
            false => Value::Null,
        };
        let person = [("name", word("Ana")), ("email", word("ana@azul.pt")), ("company_id", company.clone())];
        let person = self.add(&schema::PEOPLE, &person).await;
        let last = stages.last().map_or(("mql", at), |(stage, at, _)| (stage, at));
        let lead = [
            ("person_id", Value::Int(person)),
            ("company_id", company),
            ("opened_at", Value::Int(day(at).0)),
            ("stage", word(last.0)),
            ("stage_at", Value::Int(day(last.1).0)),
            ("stages_recorded", Value::Int(1023)),
        ];
        let lead = self.add(&schema::LEADS, &lead).await;
        for (stage, at, reason) in [&[("mql", at, "")], stages].concat() {
            let values = [
                ("lead_id", Value::Int(lead)),
                ("stage", word(stage)),
                ("at", Value::Int(day(at).0)),
                ("agreement_version", Value::Int(1)),
                ("reason", word(reason)),
            ];
            self.add(&schema::TRANSITIONS, &values).await;
        }
        lead
    }

    pub async fn activity(&self, lead: i64, at: &str) {
        let person = facts::leads::one(&mut self.office.facts().reader().await.unwrap(), lead).await.unwrap().person_id;
        self.add(&schema::ACTIVITIES, &[("kind", word("call")), ("at", Value::Int(day(at).0)), ("person_id", Value::Int(person))]).await;
    }

    /// Started a day before it is due; ended as, and when.
    pub async fn clock(&self, lead: i64, kind: &str, due: &str, ended: Option<(&str, &str)>) -> i64 {
        let due = day(due);
        let mut values = vec![
            ("lead_id", Value::Int(lead)),
            ("kind", word(kind)),
            ("started_at", Value::Int(due.plus_days(-1).0)),
            ("warn_at", Value::Int(due.0 - 1)),
            ("due_at", Value::Int(due.0)),
            ("steps_taken", Value::Int(0)),
            ("done", Value::Int(0)),
            ("agreement_version", Value::Int(1)),
        ];
        if let Some((outcome, at)) = ended {
            values.extend([("outcome", word(outcome)), ("ended_at", Value::Int(day(at).0))]);
            if outcome == "breached" {
                values.push(("breached_at", Value::Int(due.0)));
            }
        }
        self.add(&schema::CLOCKS, &values).await
    }

    pub async fn clock_of(&self, lead: i64, kind: &str) -> i64 {
        let (period, as_of) = (month("2026-03"), day("2026-03-20"));
        let key = if kind == "review" { "review_time" } else { kind };
        let page = super::rows::page(&self.office, period, key, as_of, None, super::Turn::first()).await.unwrap();
        page.items.iter().find(|row| row.lead_id == lead).unwrap().id
    }

    pub async fn overturn(&self, lead: i64, at: &str) {
        let at = Value::Int(day(at).0);
        let values = [
            ("lead_id", Value::Int(lead)),
            ("text", word("It fits")),
            ("at", at.clone()),
            ("decision", word("overturned")),
            ("decided_at", at),
        ];
        self.add(&schema::APPEALS, &values).await;
    }

    pub async fn line(&self, key: &str, period: &str, as_of: &str) -> Line {
        let ledger = crate::promises::ledger(&self.office, month(period), day(as_of)).await.unwrap();
        ledger.lines.into_iter().find(|line| line.key == key).unwrap()
    }

    /// Outside the profile, and late.
    pub async fn credits(&self, period: &str, as_of: &str) -> (u64, u64) {
        let counts = crate::promises::ledger(&self.office, month(period), day(as_of)).await.unwrap().credits.counts;
        (counts.outside_icp, counts.late_reviews)
    }

    pub async fn speaker(&self, tx: &mut facts::WriteTx, user: i64, role: Role) -> rights::Speaker {
        let actor = Actor { user: Some(UserId(user)), name: String::new(), role, scopes: None };
        rights::speaker(tx.conn(), &actor, self.author(Some(user))).await.unwrap()
    }

    pub async fn waive(&self, user: i64, role: Role, new: NewWaiver) -> Result<i64, String> {
        let versions = self.office.versions().await.unwrap();
        let mut tx = self.office.facts().write().await.unwrap();
        let who = self.speaker(&mut tx, user, role).await;
        let done = waivers::waive(&mut tx, &who, &versions, new).await.map_err(|error| error.to_string())?;
        tx.commit().await.unwrap();
        Ok(done)
    }

    pub async fn revoke(&self, user: i64, role: Role, id: i64) -> Result<(), String> {
        let mut tx = self.office.facts().write().await.unwrap();
        let who = self.speaker(&mut tx, user, role).await;
        waivers::revoke(&mut tx, &who, id).await.map_err(|error| error.to_string())?;
        tx.commit().await.unwrap();
        Ok(())
    }

    pub async fn review(&self, user: i64, role: Role, note: &str) -> Result<i64, String> {
        let mut tx = self.office.facts().write().await.unwrap();
        let who = self.speaker(&mut tx, user, role).await;
        let id = feedback::review(&mut tx, &who, note).await.map_err(|error| error.to_string())?;
        tx.commit().await.unwrap();
        Ok(id)
    }

    pub async fn load_sample(&self, ends_at: &str, scale: f64) {
        self.is(ends_at);
        let actor = Actor::command_line();
        crate::sample_company::load(&self.office, &actor, 7, day(ends_at), scale, crate::imports::no_progress()).await.unwrap();
    }

    /// As the scoreboard counts them.
    pub async fn mqls_of(&self, period: &str) -> u64 {
        let params = QuestionParams { period: Some(period.into()), ..QuestionParams::default() };
        let (history, question) = ask(&self.office, &params, "all").await.unwrap();
        insight::kpi::answer(&history, &question, "mqls").unwrap().measure.value.unwrap_or(0.0) as u64
    }
}
