//! The desk's verbs: by stage, by role, twice at once, in bulk, and taken back.

use std::sync::Arc;

use alignment::{Instant, ids::UserId, lifecycle::Stage};
use facts::{access::NewUser, bulk::Value, changes, handoff, leads, list::Turn, schema};

use super::*;
use crate::{
    Clock, Role,
    api::Field,
    handoff::{
        accept::Acceptance,
        appeal::Decision,
        attempt::Attempt,
        bulk::BulkDecision,
        confirm::Confirmation,
        deal::NewLeadDeal,
        inbox::{TABS, Whose},
        question::Words,
        recycle::Recycling,
        reject::Rejection,
    },
    history::HistoryKeeper,
    leads::NewLead,
};

mod bulk_tests;
mod deal_tests;

struct Desk {
    office: Office,
    company: i64,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

/// A company, and a user of each role: 1 marketing, 2 sales, 3 leader, 4 administrator.
async fn desk() -> Desk {
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
    let author = Author { actor: None, now: now.0, agreement_version: Some(1) };
    let company = changes::add(&mut tx, &author, &schema::COMPANIES, now.0, &[("name", Value::Text("Azul".into()))]).await.unwrap();
    tx.commit().await.unwrap();
    Desk { office, company, _database: database, _home: home }
}

impl Desk {
    async fn acting(&self, role: Role) -> Acting {
        let actor = Actor { user: Some(UserId(role as i64 + 1)), name: role.name().into(), role, scopes: None };
        Acting::of(&self.office, &actor).await.unwrap()
    }

    /// A new person of the company whose lead stands in the stage, of which marketing made an MQL.
    async fn lead(&self, stage: Stage) -> i64 {
        let acting = self.acting(Role::Marketing).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let fields = [("name", Value::Text("Rui".into())), ("company_id", Value::Int(self.company))];
        let person = changes::add(&mut tx, &acting.author, &schema::PEOPLE, acting.author.now, &fields).await.unwrap();
        let new = NewLead { person_id: person, ..NewLead::default() };
        let lead = crate::leads::create(&mut tx, &acting.author, new).await.unwrap();
        let way: Vec<Stage> = match stage {
            Stage::Lead => vec![],
            exit if exit.is_exit() => vec![Stage::Mql, exit],
            _ => Stage::FUNNEL.into_iter().filter(|step| *step > Stage::Lead && *step <= stage).collect(),
        };
        for step in way {
            let reason = step.is_exit().then(|| "timing".to_owned());
            enter(&mut tx, &acting, lead, step, reason, Field(None)).await.unwrap();
        }
        clocks::sync(&mut tx, &acting.author, &acting.versions, &[lead]).await.unwrap();
        tx.commit().await.unwrap();
        self.office.clock().tick_micros(1_000_000);
        lead
    }

    /// Does it in a transaction of its own. The clock goes on by a second.
    async fn act(&self, role: Role, verb: &str, lead: i64) -> Result<(), AppError> {
        let acting = self.acting(role).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let done = run(&mut tx, &acting, verb, lead).await;
        match &done {
            Ok(()) => tx.commit().await.unwrap(),
            Err(_) => tx.rollback().await.unwrap(),
        }
        self.office.clock().tick_micros(1_000_000);
        done
    }

    async fn stage(&self, lead: i64) -> String {
        leads::one(&mut self.office.facts().reader().await.unwrap(), lead).await.unwrap().stage
    }

    async fn stages(&self, lead: i64) -> Vec<String> {
        let rows = leads::transitions(&mut self.office.facts().reader().await.unwrap(), lead).await.unwrap();
        rows.into_iter().map(|row| row.stage).collect()
    }

    async fn last_event(&self) -> i64 {
        facts::events::last_id(&mut self.office.facts().reader().await.unwrap()).await.unwrap()
    }
}

fn some(text: &str) -> Field<String> {
    Field(Some(Some(text.to_owned())))
}

fn confirmation(stage: Stage, item: &str) -> Confirmation {
    Confirmation { stage: stage.key().into(), item: item.into() }
}

async fn run(tx: &mut WriteTx, acting: &Acting, verb: &str, lead: i64) -> Result<(), AppError> {
    let rejection = |reason: &str| Rejection { reason: reason.into(), note: some("They make toys.") };
    match verb {
        "accept" => accept::accept(tx, acting, lead, Acceptance::default()).await,
        "reject" => reject::reject(tx, acting, lead, rejection("wrong_industry")).await,
        "recycle" => {
            let recycling = Recycling { reason: "timing".into(), note: Field(None), return_at: some("2026-06-01") };
            recycle::recycle(tx, acting, lead, recycling).await
        }
        "attempt" => attempt::log(tx, acting, lead, Attempt { kind: "call".into(), ..Attempt::default() }).await.map(|_| ()),
        "ask" => question::ask(tx, acting, lead, Words { text: "Which webinar?".into() }).await,
        "answer" => question::answer(tx, acting, lead, Words { text: "The one in May.".into() }).await,
        "confirm" => confirm::confirm(tx, acting, lead, confirmation(Stage::Sql, "Need confirmed")).await,
        "confirm all" => {
            for stage in [Stage::Sql, Stage::SalesReady] {
                for item in acting.agreement().clause(stage).unwrap().checklist.clone() {
                    confirm::confirm(tx, acting, lead, confirmation(stage, &item)).await?;
                }
            }
            Ok(())
        }
        "qualify" => qualify::qualify(tx, acting, lead).await,
        "ready" => qualify::make_ready(tx, acting, lead).await,
        "deal" => deal::open(tx, acting, lead, NewLeadDeal::default()).await.map(|_| ()),
        "lose" => lose::lose(tx, acting, lead, rejection("price")).await,
        "assign" => assign::assign(tx, acting, lead, 2, None).await,
        "appeal" => appeal::appeal(tx, acting, lead, Words { text: "They are a food company.".into() }).await,
        "uphold" => appeal::decide(tx, acting, lead, Decision { decision: "upheld".into(), note: Field(None) }).await,
        "overturn" => appeal::decide(tx, acting, lead, Decision { decision: "overturned".into(), note: Field(None) }).await,
        "take back accept" => undo::take_back(tx, acting, lead, Stage::Sal).await,
        "take back reject" => undo::take_back(tx, acting, lead, Stage::Rejected).await,
        other => panic!("no verb {other}"),
    }
}

/// `+` is done, `=` was done before and changes nothing, `x` is a conflict.
async fn outcome(desk: &Desk, role: Role, verb: &str, lead: i64) -> char {
    let before = desk.last_event().await;
    match desk.act(role, verb, lead).await {
        Ok(()) if desk.last_event().await == before => '=',
        Ok(()) => '+',
        Err(AppError::Conflict(_)) => 'x',
        Err(AppError::Forbidden(_)) => '!',
        Err(other) => panic!("{verb}: {other}"),
    }
}

#[tokio::test]
async fn each_stage_allows_what_makes_sense() {
    let desk = desk().await;
    //                  lead mql sal sql ready opp customer rejected recycled lost
    for (verb, expected) in [
        ("accept", "x + = = = = = x x x"),
        ("reject", "x + + x x x x = x x"),
        ("recycle", "x + + + + x x x = x"),
        ("attempt", "x + + + + + x x x x"),
        ("ask", "x + + + + + x x x x"),
        ("assign", "+ + + + + + x x x x"),
        ("confirm", "x x + + + x x x x x"),
        ("qualify", "x x x = = = = x x x"),
        ("ready", "x x x x = = = x x x"),
        ("deal", "x x x + + + x x x x"),
        ("lose", "x x + + + + x x x ="),
        ("appeal", "x x x x x x x + x x"),
    ] {
        let mut found = Vec::new();
        for stage in Stage::ALL {
            let lead = desk.lead(stage).await;
            found.push(outcome(&desk, Role::Leader, verb, lead).await.to_string());
        }
        assert_eq!(found.join(" "), expected, "{verb}");
    }
}

#[tokio::test]
async fn sales_decides_and_marketing_answers() {
    let desk = desk().await;
    // Verb, what must have been done before, and who may: marketing, sales, leader, administrator.
    for (verb, before, expected) in [
        ("accept", vec![], "! + + +"),
        ("reject", vec![], "! + + +"),
        ("recycle", vec![], "! + + +"),
        ("attempt", vec!["accept"], "! + + +"),
        ("ask", vec![], "! + + +"),
        ("answer", vec!["ask"], "+ ! + +"),
        ("confirm", vec!["accept"], "! + + +"),
        ("qualify", vec!["accept", "confirm all"], "! + + +"),
        ("deal", vec!["accept", "confirm all", "qualify"], "! + + +"),
        ("lose", vec!["accept"], "! + + +"),
        ("appeal", vec!["reject"], "+ ! + +"),
        ("uphold", vec!["reject", "appeal"], "! ! + +"),
        ("take back accept", vec!["accept"], "! + + +"),
    ] {
        let mut found = Vec::new();
        for role in Role::ALL {
            let lead = desk.lead(Stage::Mql).await;
            for step in &before {
                desk.act(Role::Leader, step, lead).await.unwrap();
            }
            found.push(outcome(&desk, role, verb, lead).await.to_string());
        }
        assert_eq!(found.join(" "), expected, "{verb}");
    }
}

#[tokio::test]
async fn a_lead_goes_over_the_desk() {
    let desk = desk().await;
    let lead = desk.lead(Stage::Mql).await;
    // What is done, how it ends, where the lead stands then.
    for (verb, expected, stage) in [
        ("ask", '+', "mql"),
        ("ask", '=', "mql"),
        ("answer", '+', "mql"),
        ("answer", '=', "mql"),
        ("accept", '+', "sal"),
        ("accept", '=', "sal"),
        ("attempt", '+', "sal"),
        ("qualify", 'x', "sal"),
        ("confirm all", '+', "sal"),
        ("confirm all", '=', "sal"),
        ("qualify", '+', "sql"),
        ("qualify", '=', "sql"),
        ("ready", '+', "sales_ready"),
        ("deal", '+', "opportunity"),
        ("deal", '=', "opportunity"),
        ("lose", '+', "lost"),
        ("lose", '=', "lost"),
    ] {
        assert_eq!((outcome(&desk, Role::Leader, verb, lead).await, desk.stage(lead).await.as_str()), (expected, stage), "{verb}");
    }
    assert_eq!(desk.stages(lead).await, ["lead", "mql", "sal", "sql", "sales_ready", "opportunity", "lost"]);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let desk = desk().await;
    let lead = desk.lead(Stage::Sal).await;
    desk.act(Role::Sales, "confirm", lead).await.unwrap();
    let words = desk.act(Role::Sales, "qualify", lead).await.unwrap_err().to_string();
    assert!(words.contains("confirm Budget confirmed, Authority confirmed, Timeline confirmed first"), "{words}");
    let acting = desk.acting(Role::Sales).await;
    let mut tx = desk.office.facts().write().await.unwrap();
    let unknown = reject::reject(&mut tx, &acting, lead, Rejection { reason: "mood".into(), note: Field(None) }).await.unwrap_err();
    assert!(matches!(unknown, AppError::Refused(_)) && unknown.to_string().contains("wrong_industry, too_small"), "{unknown}");
    let unknown = confirm::confirm(&mut tx, &acting, lead, confirmation(Stage::Sql, "Mood")).await.unwrap_err();
    assert!(unknown.to_string().contains("Need confirmed, Budget confirmed"), "{unknown}");
    let past = Recycling { reason: "timing".into(), note: Field(None), return_at: some("2025-01-01") };
    assert!(recycle::recycle(&mut tx, &acting, lead, past).await.unwrap_err().to_string().starts_with("return_at"));
}

#[tokio::test]
async fn a_decision_is_taken_back_while_nothing_came_of_it() {
    let desk = desk().await;
    // What was done, then how taking it back ends, and where the lead stands.
    for (done, back, expected, stage, owner) in [
        (vec!["accept"], "take back accept", '+', "mql", None),
        (vec!["accept", "take back accept"], "take back accept", '=', "mql", None),
        (vec!["accept", "take back accept", "accept"], "take back accept", '+', "mql", None),
        (vec!["accept", "attempt"], "take back accept", 'x', "sal", Some(2)),
        (vec!["accept", "ask"], "take back accept", 'x', "sal", Some(2)),
        (vec!["reject"], "take back reject", '+', "mql", None),
        (vec!["reject", "take back reject"], "accept", '+', "sal", Some(2)),
    ] {
        let lead = desk.lead(Stage::Mql).await;
        for verb in &done {
            desk.act(Role::Sales, verb, lead).await.unwrap();
        }
        let found = outcome(&desk, Role::Sales, back, lead).await;
        let row = leads::one(&mut desk.office.facts().reader().await.unwrap(), lead).await.unwrap();
        assert_eq!((found, row.stage.as_str(), row.owner_id), (expected, stage, owner), "{done:?}, {back}");
    }
    let late = desk.lead(Stage::Mql).await;
    desk.act(Role::Sales, "accept", late).await.unwrap();
    desk.office.clock().tick_micros(undo::MINUTES_MAX * 60_000_000);
    assert_eq!(outcome(&desk, Role::Sales, "take back accept", late).await, 'x', "ten minutes have passed");
    let in_use = desk.office.history().await.unwrap();
    let rebuilt = HistoryKeeper::rebuild(desk.office.facts()).await.unwrap();
    assert_eq!(insight::history::differences(&in_use, &rebuilt), Vec::<String>::new());
}

#[tokio::test]
async fn undo_is_offered_only_where_it_would_be_done() {
    let desk = desk().await;
    for (stage, verbs, expected) in
        [(Stage::Mql, vec!["accept"], true), (Stage::Sal, vec!["lose"], true), (Stage::Sql, vec!["deal", "lose"], false)]
    {
        let lead = desk.lead(stage).await;
        let mut last = 0;
        for verb in &verbs {
            last = desk.office.clock().now().0;
            desk.act(Role::Sales, verb, lead).await.unwrap();
        }
        let mut tx = desk.office.facts().write().await.unwrap();
        assert_eq!(undo::is_open(&mut tx, &[lead], last).await.unwrap(), expected, "{stage:?}, {verbs:?}");
        tx.rollback().await.unwrap();
        for (role, minutes, offers) in [(Role::Sales, 0, expected), (Role::Leader, 0, false), (Role::Sales, undo::MINUTES_MAX, false)] {
            desk.office.clock().tick_micros(minutes * 60_000_000);
            let acting = desk.acting(role).await;
            let mut record = desk.office.facts().read().await.unwrap();
            let offer = undo::offered(record.conn(), &acting, lead).await.unwrap();
            assert_eq!(offer.is_some(), offers, "on the record, {role:?} after {minutes} minutes: {stage:?}, {verbs:?}");
        }
    }
}

#[tokio::test]
async fn an_overturned_rejection_opens_a_new_pass() {
    let desk = desk().await;
    let lead = desk.lead(Stage::Mql).await;
    desk.act(Role::Sales, "reject", lead).await.unwrap();
    assert_eq!(outcome(&desk, Role::Leader, "uphold", lead).await, 'x', "nobody has appealed");
    desk.act(Role::Marketing, "appeal", lead).await.unwrap();
    desk.act(Role::Leader, "overturn", lead).await.unwrap();
    assert_eq!(outcome(&desk, Role::Leader, "overturn", lead).await, '=');
    assert_eq!(outcome(&desk, Role::Leader, "uphold", lead).await, 'x');
    let appeal = handoff::appeal_of(&mut desk.office.facts().reader().await.unwrap(), lead).await.unwrap().unwrap();
    assert_eq!(appeal.reason.as_deref(), Some("wrong_industry"));
    let pass = appeal.new_lead_id.unwrap();
    assert_eq!((desk.stage(lead).await.as_str(), desk.stage(pass).await.as_str()), ("rejected", "mql"));
    assert_eq!(outcome(&desk, Role::Sales, "accept", pass).await, '+');
}

#[tokio::test]
async fn the_inbox_shows_what_waits() {
    let desk = desk().await;
    let waiting = desk.lead(Stage::Mql).await;
    let accepted = desk.lead(Stage::Mql).await;
    let tried = desk.lead(Stage::Mql).await;
    let asked = desk.lead(Stage::Mql).await;
    for (lead, verb) in [(accepted, "accept"), (tried, "accept"), (tried, "attempt"), (asked, "ask")] {
        desk.act(Role::Sales, verb, lead).await.unwrap();
    }
    let actor = desk.acting(Role::Sales).await.actor;
    let mut connection = desk.office.facts().reader().await.unwrap();
    let now = desk.office.clock().now();
    for (tab, whose, expected) in [
        (0, Whose::All, vec![waiting, asked]),
        (0, Whose::Mine, vec![]),
        (1, Whose::Mine, vec![accepted]),
        (2, Whose::Team, vec![tried]),
        (3, Whose::All, vec![asked]),
        (4, Whose::All, vec![]),
    ] {
        let page = inbox::list(&mut connection, &actor, TABS[tab].tab, whose, Turn::first()).await.unwrap();
        let mut found: Vec<i64> = page.items.iter().map(|row| row.id).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{} {whose:?}", TABS[tab].key);
        let counted = inbox::waiting(&mut connection, &actor, TABS[tab].tab, whose, now).await.unwrap();
        assert_eq!(counted.found as usize, expected.len());
    }
    let first = inbox::list(&mut connection, &actor, TABS[0].tab, Whose::All, Turn { cursor: None, limit: 1 }).await.unwrap();
    let cursor = first.next.as_deref();
    let second = inbox::list(&mut connection, &actor, TABS[0].tab, Whose::All, Turn { cursor, limit: 1 }).await.unwrap();
    assert_eq!((second.items.len(), second.next), (1, None));
    assert_ne!(first.items[0].id, second.items[0].id);
    assert!(first.items[0].sorted_by <= second.items[0].sorted_by);
}
