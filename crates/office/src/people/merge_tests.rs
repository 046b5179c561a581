//! Merging two people and taking it back, on the whole record.

use alignment::{Instant, ids::UserId, intake::Noun, lifecycle::Stage};
use facts::{
    WriteTx,
    access::NewUser,
    bulk::Value,
    changes::{self, Author},
    custom, leads,
    list::{Sort, Turn},
    merges, schema,
};

use super::{merge, unmerge};
use crate::{
    Actor, Clock, Office, Role,
    api::Field,
    clocks,
    handoff::{Acting, accept, go_back, question, recycle},
    history::HistoryKeeper,
    leads::{NewLead, NewTransition},
    web::AppError,
};

struct Place {
    office: Office,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

async fn place() -> Place {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let mut tx = office.facts().write().await.unwrap();
    for role in Role::ALL {
        let email = format!("{}@example.com", role.key());
        let new = NewUser { name: role.name(), email: &email, side: role.side(), role: role.key(), password_hash: None };
        facts::access::invite_user(&mut tx, &new, None, now.0).await.unwrap();
    }
    tx.commit().await.unwrap();
    Place { office, _database: database, _home: home }
}

fn actor(role: Role) -> Actor {
    Actor { user: Some(UserId(role as i64 + 1)), name: role.name().into(), role, scopes: None }
}

impl Place {
    async fn acting(&self, role: Role) -> Acting {
        self.office.clock().tick_micros(1_000_000);
        Acting::of(&self.office, &actor(role)).await.unwrap()
    }

    /// A person whose lead went through these stages, an hour each; none for no lead. Gives (person, lead).
    async fn person(&self, fields: &[(&str, &str)], stages: &[Stage]) -> (i64, i64) {
        let acting = self.acting(Role::Leader).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let values: Vec<_> = fields.iter().map(|(name, value)| (*name, Value::Text((*value).to_owned()))).collect();
        let person = changes::add(&mut tx, &acting.author, &schema::PEOPLE, acting.author.now, &values).await.unwrap();
        tx.commit().await.unwrap();
        let mut lead = 0;
        for stage in stages {
            let acting = self.acting(Role::Leader).await;
            let mut tx = self.office.facts().write().await.unwrap();
            if *stage == Stage::Lead {
                let owner_id = Field((fields.len() > 2).then_some(Some(2)));
                let new = NewLead { person_id: person, owner_id, ..NewLead::default() };
                lead = crate::leads::create(&mut tx, &acting.author, new).await.unwrap();
            } else {
                let new = NewTransition { stage: stage.key().into(), at: Field(None), reason: Field(Some(Some("timing".into()))) };
                crate::leads::enter_stage(&mut tx, &acting.author, lead, new).await.unwrap();
            }
            clocks::sync(&mut tx, &acting.author, &acting.versions, &[lead]).await.unwrap();
            tx.commit().await.unwrap();
        }
        (person, lead)
    }

    async fn merge(&self, keep: i64, gone: i64) -> Result<i64, AppError> {
        let acting = self.acting(Role::Marketing).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let id = merge::merge(&mut tx, &acting.author, &acting.versions, keep, gone).await?;
        tx.commit().await.unwrap();
        Ok(id)
    }

    async fn undo(&self, role: Role, id: i64) -> Result<(i64, i64), AppError> {
        let acting = self.acting(role).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let parted = unmerge::undo(&mut tx, &acting.actor, &acting.author, &acting.versions, id).await?;
        tx.commit().await.unwrap();
        Ok(parted)
    }

    /// Every row of the record but for its own history.
    async fn rows(&self) -> Vec<(&'static str, Vec<merges::Row>)> {
        const HISTORY: [&str; 5] = ["sequences", "events", "changes", "people_merges", "notifications"];
        let mut tx = self.office.facts().write().await.unwrap();
        let mut all = Vec::new();
        for table in schema::ALL.iter().filter(|table| !HISTORY.contains(&table.name)) {
            all.push((table.name, merges::rows_of(&mut tx, table, "1", &[1]).await.unwrap()));
        }
        tx.rollback().await.unwrap();
        all
    }

    async fn verify(&self, when: &str) {
        let in_use = self.office.history().await.unwrap();
        let rebuilt = HistoryKeeper::rebuild(self.office.facts()).await.unwrap();
        assert_eq!(insight::history::differences(&in_use, &rebuilt), Vec::<String>::new(), "{when}");
    }

    async fn leads_of(&self, person: i64) -> Vec<leads::LeadRow> {
        let filter = leads::LeadFilter { person: Some(person), ..leads::LeadFilter::default() };
        let sort = Sort { key: leads::LeadSort::OpenedAt, descending: false };
        leads::list(&mut self.office.facts().read().await.unwrap(), &filter, sort, Turn::first()).await.unwrap().items
    }
}

/// Touches, activities, a deal with both on it, external ids and a field of the customer's own.
async fn furnish(tx: &mut WriteTx, author: &Author, keep: i64, gone: i64, lead: i64) {
    let text = |text: &str| Value::Text(text.to_owned());
    for (index, person) in [keep, gone, gone].into_iter().enumerate() {
        let print = Value::Int(index as i64 + 1);
        let touch = [("person_id", Value::Int(person)), ("kind", text("form")), ("at", Value::Int(author.now))];
        let touch = [touch.as_slice(), &[("fingerprint_high", print.clone()), ("fingerprint_low", print)]].concat();
        changes::add(tx, author, &schema::TOUCHES, author.now, &touch).await.unwrap();
        let activity = [("person_id", Value::Int(person)), ("kind", text("call")), ("at", Value::Int(author.now))];
        changes::add(tx, author, &schema::ACTIVITIES, author.now, &activity).await.unwrap();
    }
    let deal = [("name", text("Azul")), ("stage", text("discovery")), ("lead_id", Value::Int(lead)), ("opened_at", Value::Int(author.now))];
    let deal = changes::add(tx, author, &schema::DEALS, author.now, &deal).await.unwrap();
    for (person, role) in [(keep, Value::Null), (gone, text("champion"))] {
        let stands = [("deal_id", Value::Int(deal)), ("person_id", Value::Int(person)), ("role", role)];
        changes::add(tx, author, &schema::DEAL_PEOPLE, author.now, &stands).await.unwrap();
    }
    for (person, id) in [(keep, "1"), (gone, "2")] {
        let name = custom::ExternalId { system: "crm".into(), external_id: id.into() };
        custom::name(tx.conn(), Noun::Person, person, &name).await.unwrap();
    }
    let engine = tx.engine;
    let values = [(keep, "shoe"), (gone, "shoe"), (gone, "hat")]
        .into_iter()
        .flat_map(|(person, field)| [text("people"), Value::Int(person), text(field), text(&person.to_string()), Value::Null]);
    facts::bulk::insert(tx.conn(), engine, &schema::CUSTOM_VALUES, values.collect()).await.unwrap();
}

#[tokio::test]
async fn a_merge_and_taking_it_back_leave_the_record_as_it_was() {
    use Stage::*;
    let place = place().await;
    let (keep, first) = place.person(&[("name", "Rui")], &[Lead, Mql]).await;
    let (gone, second) = place.person(&[("name", "R. Reis"), ("email", "rui@old.example"), ("phone", "1")], &[Lead, Mql, Sal]).await;
    let acting = place.acting(Role::Leader).await;
    let mut tx = place.office.facts().write().await.unwrap();
    furnish(&mut tx, &acting.author, keep, gone, second).await;
    question::ask(&mut tx, &acting, first, question::Words { text: "Who?".into() }).await.unwrap();
    question::ask(&mut tx, &acting, second, question::Words { text: "Why?".into() }).await.unwrap();
    clocks::sync(&mut tx, &acting.author, &acting.versions, &[first, second]).await.unwrap();
    tx.commit().await.unwrap();
    place.verify("before").await;
    let before = place.rows().await;

    let id = place.merge(keep, gone).await.unwrap();
    place.verify("after the merge").await;
    let mut tx = place.office.facts().write().await.unwrap();
    assert_eq!(merges::counts(tx.conn(), keep).await.unwrap(), (3, 3, 1, 1));
    let person = facts::people::one(tx.conn(), keep).await.unwrap();
    assert_eq!(
        (person.name.as_deref(), person.email.as_deref(), person.phone.as_deref()),
        (Some("Rui"), Some("rui@old.example"), Some("1"))
    );
    for (system, external_id) in [("crm", "1"), ("crm", "2")] {
        assert_eq!(custom::by_external_id(tx.conn(), Noun::Person, system, external_id).await.unwrap(), Some(keep));
    }
    let fields: Vec<_> = custom::values(tx.conn(), Noun::Person, keep).await.unwrap().into_iter().map(|value| value.field).collect();
    assert_eq!(fields, ["hat", "shoe"]);
    assert!(facts::people::one(tx.conn(), gone).await.is_err());
    assert_eq!(facts::handoff::questions(tx.conn(), first).await.unwrap().len(), 2);
    tx.rollback().await.unwrap();
    let row = place.leads_of(keep).await.remove(0);
    assert_eq!((row.id, row.stage.as_str(), row.owner_id), (first, "sal", Some(2)));

    assert!(matches!(place.undo(Role::Sales, id).await, Err(AppError::Forbidden(_))), "another's merge");
    assert_eq!(place.undo(Role::Marketing, id).await.unwrap(), (keep, gone));
    assert_eq!(place.undo(Role::Leader, id).await.unwrap(), (keep, gone), "taken back once is taken back");
    for ((table, was), (_, is)) in before.iter().zip(&place.rows().await) {
        assert_eq!(was, is, "{table}");
    }
    place.verify("after it was taken back").await;
}

#[tokio::test]
async fn two_passes_end_as_one_by_the_table() {
    use Stage::*;
    let place = place().await;
    // What each went through, one after the other but opened at one time; then the leads that are left, and where the open one stands.
    for (kept, gone, left, expected) in [
        (vec![Lead], vec![Lead, Mql], 1, "mql, due"),
        (vec![Lead, Mql], vec![Lead, Mql], 1, "mql, due"),
        (vec![Lead, Mql, Sql], vec![Lead, Mql, Sal], 1, "sql"),
        (vec![Lead, Mql, Rejected], vec![Lead, Mql], 2, "mql, due"),
        (vec![], vec![Lead, Mql], 1, "mql, due"),
        (vec![Lead], vec![], 1, "lead"),
    ] {
        let (keep, _) = place.person(&[("name", "Ana")], &kept).await;
        let (other, _) = place.person(&[("name", "Ana"), ("email", "ana@x.example"), ("country", "PT")], &gone).await;
        let before = place.rows().await;
        let id = place.merge(keep, other).await.unwrap();
        let rows = place.leads_of(keep).await;
        let open: Vec<_> = rows.iter().filter(|row| !Stage::parse(&row.stage).unwrap().is_terminal()).collect();
        let mut connection = place.office.facts().reader().await.unwrap();
        let due = !facts::clocks::running_of(&mut connection, &[open[0].id]).await.unwrap().is_empty();
        drop(connection);
        let found = format!("{}{}", open[0].stage, if due { ", due" } else { "" });
        assert_eq!((rows.len(), open.len(), found.as_str()), (left, 1, expected), "{kept:?} {gone:?}");
        assert_eq!(open[0].owner_id, (!gone.is_empty()).then_some(2), "{kept:?} {gone:?}");
        place.undo(Role::Admin, id).await.unwrap();
        assert!(before == place.rows().await, "{kept:?} {gone:?}");
    }
    place.verify("at the end").await;
}

#[tokio::test]
async fn a_double_that_was_rejected_ends_nothing() {
    use Stage::*;
    let place = place().await;
    let (keep, lead) = place.person(&[("name", "Ana"), ("email", "a@x.example"), ("phone", "2")], &[Lead, Mql, Sal]).await;
    let (gone, double) = place.person(&[("name", "Ana")], &[Lead, Mql]).await;
    let acting = place.acting(Role::Sales).await;
    let mut tx = place.office.facts().write().await.unwrap();
    let recycling = recycle::Recycling { reason: "timing".into(), return_at: Field(Some(Some("2026-06-01".into()))), ..Default::default() };
    recycle::recycle(&mut tx, &acting, double, recycling).await.unwrap();
    let preview = merge::preview(tx.conn(), keep, gone).await.unwrap();
    assert_eq!(preview.joins, [merge::Join { lead, takes_in: vec![double], stage: "sal".into() }]);
    tx.commit().await.unwrap();
    let before = place.rows().await;
    let id = place.merge(keep, gone).await.unwrap();
    assert_eq!(place.leads_of(keep).await.iter().map(|row| row.stage.as_str()).collect::<Vec<_>>(), ["sal"]);
    place.verify("after the merge").await;
    place.undo(Role::Leader, id).await.unwrap();
    assert!(before == place.rows().await);
    place.verify("after it was taken back").await;
}

#[tokio::test]
async fn what_came_since_keeps_them_together() {
    use Stage::*;
    let place = place().await;
    let (keep, lead) = place.person(&[("name", "Ana"), ("email", "a@x.example"), ("phone", "2")], &[Lead, Mql]).await;
    let (gone, _) = place.person(&[("name", "Ana"), ("email", "b@x.example")], &[Lead, Mql]).await;
    assert!(matches!(place.merge(keep, keep).await, Err(AppError::Refused(_))));
    assert!(matches!(place.merge(keep, 999_999).await, Err(AppError::NotFound(_))));
    let id = place.merge(keep, gone).await.unwrap();
    let mut tx = place.office.facts().write().await.unwrap();
    assert_eq!(custom::by_external_id(tx.conn(), Noun::Person, merges::EMAIL_ALIAS, "b@x.example").await.unwrap(), Some(keep));
    let acting = place.acting(Role::Sales).await;
    accept::accept(&mut tx, &acting, lead, accept::Acceptance::default()).await.unwrap();
    tx.commit().await.unwrap();
    let refused = place.undo(Role::Leader, id).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("lead {lead}: a stage was entered")), "{refused}");
    let (third, _) = place.person(&[("name", "Ana")], &[]).await;
    let later = place.merge(keep, third).await.unwrap();
    let refused = place.undo(Role::Leader, id).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("merge {later} came later")), "{refused}");
    assert_eq!(place.undo(Role::Leader, later).await.unwrap(), (keep, third));
}

#[tokio::test]
async fn a_lead_is_taken_back_and_goes_on_again() {
    use Stage::*;
    let place = place().await;
    let (_, lead) = place.person(&[("name", "Ana"), ("email", "a@x.example"), ("phone", "2")], &[Lead, Mql, Sal, Sql]).await;
    let clocks = || async {
        let mut connection = place.office.facts().reader().await.unwrap();
        let rows = facts::clocks::of_leads(&mut connection, &[lead]).await.unwrap();
        rows.into_iter().map(|row| format!("{} {}", row.kind, row.outcome.unwrap_or_else(|| "runs".into()))).collect::<Vec<_>>()
    };
    let qualified = clocks().await;
    for (stage, reason, expected) in [
        ("sales_ready", "x", "conflict"),
        ("lead", "x", "conflict"),
        ("nowhere", "x", "refused"),
        ("sal", " ", "refused"),
        ("sal", "The budget is gone", "sal"),
        ("sal", "Again", "sal"),
        ("mql", "Wrong person", "mql"),
    ] {
        let acting = place.acting(Role::Sales).await;
        let mut tx = place.office.facts().write().await.unwrap();
        let back = go_back::Return { stage: stage.into(), reason: reason.into() };
        let found = match go_back::go_back(&mut tx, &acting, lead, back).await {
            Err(AppError::Conflict(_)) => "conflict".to_owned(),
            Err(AppError::Refused(_)) => "refused".to_owned(),
            other => other.map(|()| leads::one(tx.conn(), lead)).unwrap().await.unwrap().stage,
        };
        if ["sal", "mql"].contains(&found.as_str()) {
            tx.commit().await.unwrap()
        } else {
            tx.rollback().await.unwrap()
        }
        assert_eq!(found, expected, "{stage} {reason}");
        if stage == "sal" {
            assert_eq!(clocks().await, qualified, "what ended stays ended");
        }
    }
    // It goes on again from where it stands, and what it had reached stays reached.
    let acting = place.acting(Role::Sales).await;
    let mut tx = place.office.facts().write().await.unwrap();
    accept::accept(&mut tx, &acting, lead, accept::Acceptance::default()).await.unwrap();
    tx.commit().await.unwrap();
    place.verify("taken back").await;
    let history = place.office.history().await.unwrap();
    assert_eq!(history.counts().transitions, 5, "lead, mql, sal, sql, sal again; none that goes back");
    let acting = place.acting(Role::Sales).await;
    let mut tx = place.office.facts().write().await.unwrap();
    crate::handoff::undo::take_back(&mut tx, &acting, lead, Sal).await.unwrap();
    crate::handoff::undo::take_return_back(&mut tx, &acting, lead).await.unwrap();
    assert_eq!(leads::one(tx.conn(), lead).await.unwrap().stage, "sal");
    tx.commit().await.unwrap();
}
