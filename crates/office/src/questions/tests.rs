use alignment::{
    Currency, Instant,
    agreement::Agreement,
    intake::{CompanyIntake, IntakeRow, Key, Record},
};
use facts::{
    bulk::Value,
    changes::{self, Author},
    schema::{self, Table},
};

use super::*;
use crate::{Actor, Clock, agreement, imports};

struct World {
    office: Office,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

fn day(text: &str) -> Instant {
    text.parse().unwrap()
}

fn word(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text.into()) }
}

fn on(text: &str) -> Value {
    Value::Int(day(text).0)
}

async fn start() -> World {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(day("2026-03-01"))).await.unwrap();
    let mut text = Agreement::default_for(Currency::EUR, "UTC");
    text.data.required_fields = vec!["email".into(), "company".into()];
    agreement::replace_first(&office, &text).await.unwrap();
    World { office, _database: database, _home: home }
}

impl World {
    fn is(&self, now: &str) {
        self.office.clock().tick_micros(day(now).0 - self.office.clock().now().0);
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

    async fn set(&self, table: &'static Table, id: i64, values: Vec<(&'static str, Value)>) {
        let mut tx = self.office.facts().write().await.unwrap();
        changes::set(&mut tx, &self.author(), table, "record", id, values).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn lead(&self, source: &str, at: &str) -> i64 {
        let company = self.add(&schema::COMPANIES, &[("name", word("Azul")), ("industry", word("steel"))]).await;
        let person = [("name", word("Ana")), ("email", word("ana@azul.pt")), ("company_id", Value::Int(company))];
        let person = self.add(&schema::PEOPLE, &person).await;
        let lead = [
            ("person_id", Value::Int(person)),
            ("company_id", Value::Int(company)),
            ("source", word(source)),
            ("opened_at", on(at)),
            ("stage", word("mql")),
            ("stage_at", on(at)),
            ("stages_recorded", Value::Int(1023)),
        ];
        let lead = self.add(&schema::LEADS, &lead).await;
        self.enters(lead, "mql", at).await;
        lead
    }

    async fn enters(&self, lead: i64, stage: &str, at: &str) -> i64 {
        let values = [("lead_id", Value::Int(lead)), ("stage", word(stage)), ("at", on(at)), ("agreement_version", Value::Int(1))];
        self.add(&schema::TRANSITIONS, &values).await
    }

    /// A deal of so many euros, signed on a day.
    async fn signs(&self, euros: i64, at: &str) -> i64 {
        let values = [
            ("name", word("Deal")),
            ("amount_minor", Value::Int(euros * 100)),
            ("amount_currency", word("EUR")),
            ("stage", word("won")),
            ("stage_at", on(at)),
            ("opened_at", on(at)),
        ];
        let deal = self.add(&schema::DEALS, &values).await;
        self.add(&schema::DEAL_TRANSITIONS, &[("deal_id", Value::Int(deal)), ("stage", word("won")), ("at", on(at))]).await;
        deal
    }

    async fn save(&self, asked: Asked) -> SavedRow {
        super::save(&self.office, &self.author(), "Kept", &asked).await.unwrap()
    }

    async fn import(&self, rows: Vec<CompanyIntake>) -> i64 {
        let rows: Vec<IntakeRow> =
            rows.into_iter().zip(1..).map(|(company, line)| IntakeRow { line, subject: Record::Company(company), needs: vec![] }).collect();
        let batches = vec![("company".to_owned(), rows)].into_iter();
        imports::run_batches(&self.office, &Actor::command_line(), "tandem", batches, imports::no_progress()).await.unwrap();
        let mut connection = self.office.facts().reader().await.unwrap();
        let events = facts::events::after(&mut connection, 0, 10_000).await.unwrap();
        events.iter().filter_map(|event| event.import_id).max().unwrap()
    }

    /// Takes a transition back, as undoing a decision at the desk does.
    async fn takes_back(&self, lead: i64, transition: i64) {
        let mut tx = self.office.facts().write().await.unwrap();
        let rows = facts::leads::transitions(tx.conn(), lead).await.unwrap();
        let row = rows.into_iter().find(|row| row.id == transition).unwrap();
        facts::handoff::retraction::retract(&mut tx, &self.author(), lead, &row).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn explain(&self, row: &SavedRow, number: &str) -> explain::Explained {
        let answer = record::answer(&mut self.office.facts().reader().await.unwrap(), row.id).await.unwrap();
        explain::of_saved(&self.office, row, Some(number), &answer).await.unwrap()
    }
}

fn scoreboard(by: &str) -> Asked {
    let question = QuestionParams { by: Some(by.into()), ..QuestionParams::default() };
    Asked { report: "scoreboard".into(), number: None, question }
}

fn number(key: &str) -> Asked {
    Asked { report: "number".into(), number: Some(key.into()), question: QuestionParams::default() }
}

fn azul(industry: &str) -> CompanyIntake {
    let keys = vec![Key::Domain("azul.pt".into())];
    CompanyIntake { keys, domain: Some("azul.pt".into()), industry: Some(industry.into()), ..CompanyIntake::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_question_answers_with_the_same_bytes() {
    let world = start().await;
    world.is("2026-03-05T00:00:00Z");
    let lead = world.lead("web", "2026-03-02").await;
    let decided = world.enters(lead, "sal", "2026-03-03").await;
    let deal = world.signs(500, "2026-03-04").await;
    world.import(vec![azul("glass")]).await;
    world.is("2026-03-10T12:00:00Z");
    let kept =
        [world.save(scoreboard("industry")).await, world.save(scoreboard("source")).await, world.save(number("mql_to_sal_rate")).await];

    // Fields are corrected, stages change, more comes in, an import is undone.
    world.is("2026-03-11T09:00:00Z");
    world.set(&schema::LEADS, lead, vec![("source", word("paid"))]).await;
    world.set(&schema::LEADS, lead, vec![("source", word("event"))]).await;
    world.set(&schema::DEALS, deal, vec![("amount_minor", Value::Int(90_000)), ("amount_currency", word("USD"))]).await;
    world.set(&schema::COMPANIES, 1, vec![("industry", word("paper")), ("churned_at", on("2026-03-09"))]).await;
    world.takes_back(lead, decided).await;
    world.enters(lead, "rejected", "2026-03-04").await;
    world.lead("web", "2026-03-06").await;
    world.add(&schema::CONTENT, &[("title", word("Guide"))]).await;
    let update =
        world.import(vec![azul("food"), CompanyIntake { keys: vec![Key::Name("Nova".into())], domain: None, ..azul("steel") }]).await;
    imports::undo(&world.office, &Actor::command_line(), update).await.unwrap();
    world.is("2026-04-01T09:00:00Z");
    for row in &kept {
        let opened = open(&world.office, row.id).await.unwrap();
        assert!(opened.is_same(), "question {}: {:?}", row.id, opened.differs);
        assert_eq!(opened.again.as_deref().map(hash), Some(opened.row.answer_hash));
    }
    // Unknown to the times, the answer is another one.
    let now = registry::run(&world.office, &scoreboard("source")).await.unwrap().json;
    assert_ne!(bytes(&now).unwrap(), open(&world.office, kept[1].id).await.unwrap().answer);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_brought_back_is_said() {
    let world = start().await;
    world.is("2026-03-05T00:00:00Z");
    world.lead("web", "2026-03-02").await;
    let import = world.import(vec![azul("glass")]).await;
    world.is("2026-03-10T12:00:00Z");
    let row = world.save(scoreboard("source")).await;
    world.is("2026-03-11T12:00:00Z");
    imports::undo(&world.office, &Actor::command_line(), import).await.unwrap();
    let opened = open(&world.office, row.id).await.unwrap();
    let asked = registry::gaps(&world.office, &opened.asked).await.unwrap();
    assert_eq!(asked, ["1 companies that were known then were taken out since, by an undo or by hand, and are missing here"]);
    assert!(!opened.is_same() && opened.differs.contains(&asked[0]), "{:?}", opened.differs);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_sum_to_the_change_each_with_its_rows() {
    let world = start().await;
    world.is("2026-03-05T00:00:00Z");
    let corrected = world.signs(500, "2026-03-04").await;
    world.is("2026-03-10T12:00:00Z");
    let row = world.save(number("revenue")).await;
    world.is("2026-03-12T12:00:00Z");
    world.set(&schema::DEALS, corrected, vec![("amount_minor", Value::Int(70_000))]).await;
    let late = world.signs(300, "2026-03-06").await;
    let next = world.signs(100, "2026-03-12").await;
    let explained = world.explain(&row, "revenue").await;
    let found: Vec<_> = explained.change.parts.iter().map(|part| (part.cause.name(), part.delta, part.rows_total)).collect();
    assert_eq!(
        found,
        [
            ("Rows that arrived", Some(30_000.0), 1),
            ("Rows corrected", Some(20_000.0), 1),
            ("Rows taken out", Some(0.0), 0),
            ("Definition changed", Some(0.0), 0),
            ("Time passed", Some(10_000.0), 1),
        ]
    );
    assert_eq!(
        (explained.change.value_then, explained.change.value_now, explained.total()),
        (Some(50_000.0), Some(110_000.0), Some(60_000.0))
    );
    let ids = |part: usize| explained.change.parts[part].rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!((ids(0), ids(1), ids(4)), (vec![late], vec![corrected], vec![next]));
    let correction = &explained.corrections[0];
    let told = (correction.field.as_str(), correction.old_value.as_deref(), correction.new_value.as_deref());
    assert_eq!(told, ("amount_minor", Some("50000"), Some("70000")));
    let found = super::told::currencies(&world.office, &[correction]).await.unwrap();
    assert_eq!(found.values().map(Currency::as_str).collect::<Vec<_>>(), ["EUR"], "the deal's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_and_what_the_agreement_changed() {
    let world = start().await;
    world.is("2026-03-05T00:00:00Z");
    let lead = world.lead("web", "2026-03-02").await;
    let decided = world.enters(lead, "sal", "2026-03-03").await;
    world.is("2026-03-10T12:00:00Z");
    let row = world.save(scoreboard("source")).await;
    world.is("2026-03-12T12:00:00Z");
    world.takes_back(lead, decided).await;
    let mut text = world.office.agreement().await.unwrap().agreement;
    text.data.required_fields.push("phone".into());
    let toml = text.to_toml();
    let mut tx = world.office.facts().write().await.unwrap();
    facts::agreements::add(&mut tx, 2, &toml, &agreement::hash(&toml), day("2026-03-11").0, world.author().now).await.unwrap();
    tx.commit().await.unwrap();
    let parts = |explained: &explain::Explained| {
        let moved = explained.change.parts.iter().filter(|part| part.delta != Some(0.0));
        moved.map(|part| (part.cause, part.value_before, part.value_after, part.rows_total)).collect::<Vec<_>>()
    };
    let taken_out = world.explain(&row, "sals").await;
    assert_eq!(parts(&taken_out), [(change::Cause::TakenOut, Some(1.0), Some(0.0), 1)]);
    let defined = world.explain(&row, "data_completeness_rate").await;
    assert_eq!(parts(&defined), [(change::Cause::Definition, Some(1.0), Some(2.0 / 3.0), 1)]);
    assert!(defined.clauses.iter().any(|clause| clause.words.to_lowercase().contains("phone")), "{:?}", defined.clauses);
    assert!(open(&world.office, row.id).await.unwrap().is_same(), "the version of its day judges it still");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_since_the_last_visit() {
    let world = start().await;
    let params = QuestionParams::default();
    // Its address is longer than PostgreSQL takes into an index.
    let filter = (0..300).map(|k| format!("source=a source with a name as long as some {k}")).collect::<Vec<_>>().join(";");
    let params = QuestionParams { filter: Some(filter), ..params };
    let look = async |now: &str| {
        world.is(now);
        let visit = looks::visit(&world.office, Some(7), "mqls", &params).await.unwrap();
        let before = visit.before.map(|at| at.to_string());
        looks::remember(&world.office, visit).await.unwrap();
        before
    };
    for (now, before) in [
        ("2026-03-02T09:00:00Z", None),
        ("2026-03-02T09:10:00Z", None),
        ("2026-03-03T09:00:00Z", Some("2026-03-02T09:00:00Z")),
        ("2026-03-03T09:20:00Z", Some("2026-03-02T09:00:00Z")),
        ("2026-03-05T09:00:00Z", Some("2026-03-03T09:00:00Z")),
    ] {
        assert_eq!(look(now).await.as_deref(), before, "{now}");
    }
    let past = QuestionParams { as_of: Some("2026-03-01".into()), ..QuestionParams::default() };
    assert_eq!(looks::look(&world.office, Some(7), "mqls", &past).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_removed_and_put_back() {
    let world = start().await;
    world.is("2026-03-10T12:00:00Z");
    let row = world.save(number("leads")).await;
    let mut news = world.office.listen();
    let mut set = async |removed| {
        set_removed(&world.office, &world.author(), row.id, removed).await.unwrap();
        assert!(matches!(news.recv().await, Ok(News::Record { tables }) if tables == ["saved_questions"]));
        list(&world.office, Turn { cursor: None, limit: 10 }).await.unwrap().items.len()
    };
    assert_eq!((set(true).await, set(false).await), (0, 1));
    let wrong = super::save(&world.office, &world.author(), " ", &number("leads")).await;
    assert!(wrong.is_err_and(|error| error.to_string().contains("1 to 200 characters")));
    let wrong = super::save(&world.office, &world.author(), "x", &number("page_views")).await;
    assert!(wrong.is_err_and(|error| error.to_string().contains("page_views")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_down_late_has_it_asked_again() {
    let world = start().await;
    world.is("2026-03-05T00:00:00Z");
    let began = world.author();
    world.is("2026-03-05T00:00:01Z");
    let prepared = prepare(&world.office, "Kept", &scoreboard("source")).await.unwrap();
    let keep_now = async |prepared: &Prepared| {
        let mut tx = world.office.facts().write().await.unwrap();
        let kept = keep(&mut tx, &world.author(), prepared).await.unwrap();
        tx.commit().await.unwrap();
        kept
    };
    // Somebody who began a second before the question commits after its answer.
    let mut tx = world.office.facts().write().await.unwrap();
    changes::add(&mut tx, &began, &schema::CONTENT, began.now, &[("title", word("Guide"))]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(keep_now(&prepared).await.is_none());
    // Who begins after it does not matter.
    let prepared = prepare(&world.office, "Kept", &scoreboard("source")).await.unwrap();
    world.is("2026-03-05T00:00:02Z");
    world.lead("web", "2026-03-02").await;
    let row = keep_now(&prepared).await.expect("nothing of what was known came since");
    assert!(open(&world.office, row.id).await.unwrap().is_same());

    let mut tx = world.office.facts().write().await.unwrap();
    let import = facts::imports::start(&mut tx, "tandem", "", None, "here", world.author().now).await.unwrap();
    tx.commit().await.unwrap();
    let refused = super::save(&world.office, &world.author(), "Kept", &scoreboard("source")).await.err().map(|error| error.to_string());
    assert!(refused.is_some_and(|words| words.starts_with(&format!("import {import} is running")) && words.contains("once it has ended")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_to_come_is_kept_as_now() {
    let world = start().await;
    world.is("2026-03-05T12:00:00Z");
    let question = QuestionParams { known_at: Some("2027-01-01".into()), ..QuestionParams::default() };
    let row = world.save(Asked { question, ..scoreboard("source") }).await;
    assert_eq!(Instant(row.known_at).to_string(), "2026-03-05T12:00:00Z");
    world.is("2026-03-06T12:00:00Z");
    world.lead("web", "2026-03-02").await;
    assert!(open(&world.office, row.id).await.unwrap().is_same());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_asked_again_is_still_shown() {
    let world = start().await;
    world.is("2026-03-05T00:00:00Z");
    let row = world.save(number("leads")).await;
    world.is("2026-03-06T00:00:00Z");
    let (author, mut tx) = (world.author(), world.office.facts().write().await.unwrap());
    for _ in 0..=crate::history::CORRECTIONS_MAX {
        changes::note_changed(&mut tx, &author, &schema::SAVED_QUESTIONS, row.id, "name");
    }
    tx.commit().await.unwrap();
    let opened = open(&world.office, row.id).await.unwrap();
    assert!(opened.again.is_none() && !opened.is_same());
    assert!(opened.differs[0].contains("more than 100000 fields"), "{:?}", opened.differs);
    assert!(figures(&opened.answer_json()).contains(&("number.key".to_owned(), "leads".to_owned())), "{}", opened.answer);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attribution_by_several_models_is_kept() {
    let world = start().await;
    world.is("2026-03-05T00:00:00Z");
    let by_models = |models: &str| {
        let question = QuestionParams { model: Some(models.into()), ..QuestionParams::default() };
        Asked { report: "attribution".into(), number: None, question }
    };
    let row = world.save(by_models("first,linear")).await;
    let opened = open(&world.office, row.id).await.unwrap();
    assert!(opened.is_same(), "{:?}", opened.differs);
    assert_eq!(opened.asked.question.model.as_deref(), Some("first,linear"));
    let wrong = super::save(&world.office, &world.author(), "x", &by_models("first,best")).await.err().map(|error| error.to_string());
    assert!(wrong.is_some_and(|words| words.contains("`best` is not an attribution model")));
}
