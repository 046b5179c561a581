//! Two people who are one: what would go over, and doing it. Passes that were open at one time become one
//! ([`passes::merge`]); all else of the one who goes leads to the one who is kept. [`super::unmerge`] takes it back.

use alignment::{
    Instant,
    intake::Noun,
    lifecycle::{
        Stage, StageSet,
        passes::{self, Joined, Pass},
    },
};
use facts::{
    Connection, WriteTx,
    bulk::{self, Value},
    changes::{self, Author},
    clocks as clock_rows, custom,
    events::NewEvent,
    handoff::retraction,
    leads,
    merges::{self, Snapshot, Trail},
    people::{self, PersonRow},
    schema::{self, Column},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{agreement::Versions, clocks, web::AppError};

/// What a merge brings over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MergePreview {
    pub kept: MergedPerson,
    pub gone: MergedPerson,
    /// Of the one who goes.
    pub touches: i64,
    pub activities: i64,
    pub leads: i64,
    pub deals: i64,
    /// Fields that the kept person lacks and gets.
    pub fills: Vec<Fill>,
    /// Leads that become one, as both were in the funnel at one time.
    pub joins: Vec<Join>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MergedPerson {
    pub id: i64,
    pub name: Option<String>,
    pub email: Option<String>,
    pub company_name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Fill {
    pub field: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Join {
    /// The lead that opened first: it stays.
    pub lead: i64,
    pub takes_in: Vec<i64>,
    /// Where the one that stays stands then.
    pub stage: String,
}

/// As kept with a merge.
#[derive(Serialize, Deserialize)]
pub struct Body {
    pub preview: MergePreview,
    pub trail: Trail,
}

const FIELDS: [&str; 7] = ["name", "email", "phone", "job_title", "country", "company_id", "created_at"];
const LEAD_FIELDS: [&str; 7] = ["company_id", "source", "campaign_id", "content_id", "owner_id", "product_line", "queue"];

pub async fn preview(connection: &mut Connection, keep: i64, gone: i64) -> Result<MergePreview, AppError> {
    Ok(plan(connection, keep, gone).await?.0)
}

/// Makes one person of two. Gives the id of the merge, by which it can be taken back.
pub async fn merge(tx: &mut WriteTx, author: &Author, versions: &Versions, keep: i64, gone: i64) -> Result<i64, AppError> {
    for id in [keep.min(gone), keep.max(gone)] {
        changes::hold(tx, &schema::PEOPLE, "person", id).await?;
    }
    let (preview, joined, gone_row) = plan(tx.conn(), keep, gone).await?;
    let people = [keep, gone];
    let mut leads = merges::ids_of(tx, &schema::LEADS, "person_id", keep).await?;
    leads.extend(merges::ids_of(tx, &schema::LEADS, "person_id", gone).await?);
    clock_rows::hold_leads(tx, &leads).await?;
    let before = Snapshot::take(tx, &people, &leads).await?;
    let mut trail = Trail { joined: joined.iter().map(|one| [vec![one.keep], one.absorbs.clone()].concat()).collect(), ..Trail::default() };
    keep_clocks(tx, &mut trail).await?;
    for table in [&schema::TOUCHES, &schema::ACTIVITIES] {
        trail.moved.insert(table.name.to_owned(), merges::ids_of(tx, table, "person_id", gone).await?);
    }
    fill(tx, author, keep, gone).await?;
    merges::move_person(tx, keep, gone).await?;
    keep_address(tx, keep, &gone_row).await?;
    let absorbed: Vec<i64> = joined.iter().flat_map(|one| one.absorbs.clone()).collect();
    for lead in leads.iter().filter(|lead| !absorbed.contains(lead)) {
        changes::set(tx, author, &schema::LEADS, "lead", *lead, vec![("person_id", Value::Int(keep))]).await?;
    }
    for one in &joined {
        join(tx, author, one).await?;
    }
    let left: Vec<i64> = leads.iter().copied().filter(|lead| !absorbed.contains(lead)).collect();
    clocks::sync(tx, author, versions, &left).await?;
    let after = Snapshot::take(tx, &people, &leads).await?;
    (trail.before, trail.after) = (before.without(&after), after.without(&before));
    trail.standing = joined.iter().map(|one| (one.keep, after.standing_on(one.keep))).collect();
    merges::announce(tx, author, &trail.before, &trail.after, &trail);
    keep_trail(tx, author, Body { preview, trail }).await
}

async fn plan(connection: &mut Connection, keep: i64, gone: i64) -> Result<(MergePreview, Vec<Joined>, PersonRow), AppError> {
    if keep == gone {
        return Err(AppError::refused("person_id: a person can't be merged with themselves; choose another"));
    }
    let (kept, other) = (people::one(connection, keep).await?, people::one(connection, gone).await?);
    let of_both = passes_of_people(connection, &[keep, gone]).await?;
    let joined = passes::merge(&of_both);
    let joins = joined.iter().map(|one| {
        let whole = passes::join(&parts(one, &of_both));
        let stage = passes::standing(&whole.entries).map_or(Stage::Lead, |(stage, _)| stage);
        Join { lead: one.keep, takes_in: one.absorbs.clone(), stage: stage.key().to_owned() }
    });
    let (touches, activities, leads, deals) = merges::counts(connection, gone).await?;
    let company = |row: &PersonRow| row.company_id.map(|id| row.company_name.clone().unwrap_or_else(|| format!("company {id}")));
    let fills = [
        ("name", kept.name.is_none(), other.name.clone()),
        ("email", kept.email.is_none(), other.email.clone()),
        ("phone", kept.phone.is_none(), other.phone.clone()),
        ("job_title", kept.job_title.is_none(), other.job_title.clone()),
        ("country", kept.country.is_none(), other.country.clone()),
        ("company", kept.company_id.is_none(), company(&other)),
    ];
    let fills = fills
        .into_iter()
        .filter(|(_, lacks, _)| *lacks)
        .filter_map(|(field, _, value)| Some(Fill { field: field.to_owned(), value: value? }));
    let preview = MergePreview {
        kept: MergedPerson::of(&kept),
        gone: MergedPerson::of(&other),
        touches,
        activities,
        leads,
        deals,
        fills: fills.collect(),
        joins: joins.collect(),
    };
    Ok((preview, joined, other))
}

impl MergedPerson {
    fn of(row: &PersonRow) -> MergedPerson {
        MergedPerson { id: row.id, name: row.name.clone(), email: row.email.clone(), company_name: row.company_name.clone() }
    }

    pub fn words(&self) -> String {
        self.name.clone().or_else(|| self.email.clone()).unwrap_or_else(|| format!("Person {}", self.id))
    }
}

fn parts<'a>(joined: &Joined, passes: &'a [Pass]) -> Vec<&'a Pass> {
    passes.iter().filter(|pass| pass.id == joined.keep || joined.absorbs.contains(&pass.id)).collect()
}

async fn keep_clocks(tx: &mut WriteTx, trail: &mut Trail) -> Result<(), AppError> {
    let leads: Vec<i64> = trail.joined.iter().flatten().copied().collect();
    let clocks: Vec<i64> = clock_rows::of_leads(tx.conn(), &leads).await?.into_iter().map(|clock| clock.id).collect();
    for (table, column) in [(&schema::CLOCKS, "id"), (&schema::CLOCK_PAUSES, "clock_id")] {
        trail.clocks.insert(table.name.to_owned(), merges::rows_of(tx, table, column, &clocks).await?);
    }
    Ok(())
}

/// Fields that the kept person lacks, from the other; written down as any change of a field.
async fn fill(tx: &mut WriteTx, author: &Author, keep: i64, gone: i64) -> Result<(), AppError> {
    let columns: Vec<&Column> = FIELDS.iter().filter_map(|name| schema::PEOPLE.column(name)).collect();
    let engine = tx.engine;
    let rows = bulk::load_by_ids(tx.conn(), engine, &schema::PEOPLE, &columns, &[keep, gone]).await?;
    if let (Some(kept), Some(other)) = (rows.get(&keep), rows.get(&gone)) {
        let lacking = columns.iter().zip(kept.iter().zip(other)).filter(|(_, (kept, other))| kept.is_null() && !other.is_null());
        let values = lacking.map(|(column, (_, other))| (column.name, other.clone())).collect();
        changes::set(tx, author, &schema::PEOPLE, "person", keep, values).await?;
    }
    Ok(())
}

/// The address of the one who goes leads to the kept person from now on, unless it is theirs.
async fn keep_address(tx: &mut WriteTx, keep: i64, gone: &PersonRow) -> Result<(), AppError> {
    let Some(email) = gone.email.clone() else { return Ok(()) };
    if people::one(tx.conn(), keep).await?.email.as_ref() == Some(&email) {
        return Ok(());
    }
    if custom::by_external_id(tx.conn(), Noun::Person, merges::EMAIL_ALIAS, &email).await?.is_none() {
        let alias = custom::ExternalId { system: merges::EMAIL_ALIAS.to_owned(), external_id: email };
        custom::name(tx.conn(), Noun::Person, keep, &alias).await?;
    }
    Ok(())
}

/// Makes one lead of several: the one that opened first takes in the others.
async fn join(tx: &mut WriteTx, author: &Author, joined: &Joined) -> Result<(), AppError> {
    let all = [vec![joined.keep], joined.absorbs.clone()].concat();
    let passes = with_entries(tx.conn(), all.iter().map(|id| Pass { id: *id, ..Pass::default() }).collect()).await?;
    let parts: Vec<&Pass> = passes.iter().collect();
    if passes::set_aside(&parts) {
        for lead in &all {
            for transition in leads::transitions(tx.conn(), *lead).await? {
                if Stage::parse(&transition.stage).is_some_and(Stage::is_exit) {
                    retraction::retract(tx, author, *lead, &transition).await?;
                }
            }
        }
    }
    let values = lead_fields(tx, &all).await?;
    let clocks: Vec<i64> = clock_rows::of_leads(tx.conn(), &joined.absorbs).await?.into_iter().map(|clock| clock.id).collect();
    clock_rows::delete(tx, author, None, &clocks).await?;
    for absorbed in &joined.absorbs {
        merges::move_lead(tx, joined.keep, *absorbed).await?;
    }
    changes::set(tx, author, &schema::LEADS, "lead", joined.keep, values).await?;
    crate::leads::settle(tx, author, joined.keep).await?;
    Ok(())
}

async fn passes_of_people(connection: &mut Connection, people: &[i64]) -> Result<Vec<Pass>, AppError> {
    let rows = facts::judging::passes(connection, people).await?;
    let of = |row: facts::judging::PassFields| Pass {
        id: row.id,
        opened_at: Instant(row.opened_at),
        product_line: row.product_line,
        entries: Vec::new(),
    };
    with_entries(connection, rows.into_iter().map(of).collect()).await
}

async fn with_entries(connection: &mut Connection, mut passes: Vec<Pass>) -> Result<Vec<Pass>, AppError> {
    let leads: Vec<i64> = passes.iter().map(|pass| pass.id).collect();
    for row in facts::judging::entries(connection, &leads).await? {
        let Some(stage) = Stage::parse(&row.stage) else { continue };
        let entry = passes::Entry { stage, at: row.at.map(Instant), goes_back: row.goes_back != 0 };
        if let Some(pass) = passes.iter_mut().find(|pass| pass.id == row.lead_id) {
            pass.entries.push(entry);
        }
    }
    Ok(passes)
}

/// What the first of these leads lacks, from the others in turn.
async fn lead_fields(tx: &mut WriteTx, leads: &[i64]) -> Result<Vec<(&'static str, Value)>, AppError> {
    let names: Vec<&'static str> = LEAD_FIELDS.into_iter().chain(["stages_recorded"]).collect();
    let columns: Vec<&Column> = names.iter().filter_map(|name| schema::LEADS.column(name)).collect();
    let engine = tx.engine;
    let rows = bulk::load_by_ids(tx.conn(), engine, &schema::LEADS, &columns, leads).await?;
    let rows: Vec<&Vec<Value>> = leads.iter().filter_map(|id| rows.get(id)).collect();
    let first = |index: usize| rows.iter().map(|row| row[index].clone()).find(|value| !value.is_null()).unwrap_or(Value::Null);
    let mut values: Vec<(&'static str, Value)> = LEAD_FIELDS.into_iter().enumerate().map(|(index, name)| (name, first(index))).collect();
    let is_owned = values.iter().any(|(name, value)| *name == "owner_id" && !value.is_null());
    if is_owned {
        // Who has an owner waits in no queue.
        values.retain(|(name, _)| *name != "queue");
        values.push(("queue", Value::Null));
    }
    let recorded = rows.iter().filter_map(|row| row[LEAD_FIELDS.len()].as_int()).fold(0, |all, one| all | one);
    values.push(("stages_recorded", Value::Int(if recorded == 0 { i64::from(StageSet::ALL.0) } else { recorded })));
    Ok(values)
}

async fn keep_trail(tx: &mut WriteTx, author: &Author, body: Body) -> Result<i64, AppError> {
    let text = serde_json::to_string(&body).map_err(|error| AppError::Internal(error.into()))?;
    let (keep, gone) = (body.preview.kept.id, body.preview.gone.id);
    let values = [
        ("kept_id", Value::Int(keep)),
        ("gone_id", Value::Int(gone)),
        ("body", Value::Text(text)),
        ("actor_id", Value::int(author.actor)),
        ("at", Value::Int(author.now)),
    ];
    let id = changes::add(tx, author, &schema::PEOPLE_MERGES, author.now, &values).await?;
    note(tx, author, keep, "person_merged", gone);
    Ok(id)
}

/// `other` is the person who went, or is back.
pub(super) fn note(tx: &mut WriteTx, author: &Author, person: i64, kind: &'static str, other: i64) {
    tx.note(NewEvent {
        kind,
        table: schema::PEOPLE.name,
        first_id: person,
        last_id: person,
        at: author.now,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id: None,
        agreement_version: author.agreement_version,
        body: Some(other.to_string()),
    });
}
