//! Taking touches in: those of many requests in one transaction, each request whole or not at all.

use alignment::Instant;
use facts::{
    WriteTx,
    bulk::{self, Value},
    changes::Author,
    events::NewEvent,
    keys::touches_known_by_id,
    schema::{self, Table},
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    TagKeys,
    read::{ReadTouch, numbered},
};
use crate::{
    agreement::Versions,
    judging::{self, Arrived},
    web::AppError,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// In the order of the request; touches that were known come with the id that they have.
    pub ids: Vec<i64>,
    pub created: usize,
}

/// The tables that a touch names records of.
type Referred = [(&'static str, &'static Table, fn(&ReadTouch) -> Option<i64>); 4];
const REFERRED: Referred = [
    ("person_id", &schema::PEOPLE, |touch| touch.person),
    ("company_id", &schema::COMPANIES, |touch| touch.company),
    ("campaign_id", &schema::CAMPAIGNS, |touch| touch.campaign),
    ("content_id", &schema::CONTENT, |touch| touch.content),
];

/// Writes what is new, each request in the name of its actor, and judges the people it is about. A request that names what is not there is refused, and nothing of it taken.
pub async fn take(
    tx: &mut WriteTx,
    versions: &Versions,
    author: &Author,
    requests: &[(Option<i64>, Vec<ReadTouch>)],
) -> anyhow::Result<Vec<Result<Taken, AppError>>> {
    let mut refusals = missing_references(tx, requests).await?;
    refuse_too_many_tags(tx, requests, &mut refusals).await?;
    let mut known = known_fingerprints(tx, requests).await?;
    let fresh: FxHashSet<(i64, i64)> =
        accepted(requests, &refusals).flatten().map(|touch| touch.fingerprint).filter(|print| !known.contains_key(print)).collect();
    let mut next = if fresh.is_empty() { 0 } else { tx.allocate(schema::TOUCHES.name, fresh.len()).await? };
    let mut values = Vec::with_capacity(fresh.len() * schema::TOUCHES.columns.len());
    let mut tags = Vec::new();
    let mut arrived = Arrived::default();
    let mut answers = Vec::with_capacity(requests.len());
    for ((actor, touches), refusal) in requests.iter().zip(refusals) {
        if let Some(error) = refusal {
            answers.push(Err(error));
            continue;
        }
        let first = next;
        let mut taken = Taken { ids: Vec::with_capacity(touches.len()), created: 0 };
        for touch in touches {
            let id = match known.get(&touch.fingerprint) {
                Some(id) => *id,
                None => {
                    if let Some(person) = touch.person {
                        let earliest = arrived.entry(person).or_insert(Instant(touch.at));
                        *earliest = Instant(touch.at).min(*earliest);
                    }
                    values.extend(row(next, author, touch));
                    tags.extend(touch.tags.iter().flat_map(|tag| tag_row(next, tag)));
                    known.insert(touch.fingerprint, next);
                    taken.created += 1;
                    next += 1;
                    next - 1
                }
            };
            taken.ids.push(id);
        }
        if next > first {
            note(tx, &Author { actor: *actor, ..*author }, first, next - 1);
        }
        answers.push(Ok(taken));
    }
    let engine = tx.engine;
    bulk::insert(tx.conn(), engine, &schema::TOUCHES, values).await?;
    bulk::insert(tx.conn(), engine, &schema::CUSTOM_VALUES, tags).await?;
    judging::touches_arrived(tx, &Author { actor: None, ..*author }, versions, &arrived).await?;
    Ok(answers)
}

fn accepted<'a>(
    requests: &'a [(Option<i64>, Vec<ReadTouch>)],
    refusals: &'a [Option<AppError>],
) -> impl Iterator<Item = &'a Vec<ReadTouch>> {
    requests.iter().zip(refusals).filter(|(_, refusal)| refusal.is_none()).map(|((_, touches), _)| touches)
}

async fn missing_references(tx: &mut WriteTx, requests: &[(Option<i64>, Vec<ReadTouch>)]) -> anyhow::Result<Vec<Option<AppError>>> {
    let mut refusals: Vec<Option<AppError>> = requests.iter().map(|_| None).collect();
    let engine = tx.engine;
    for (column, table, id_of) in REFERRED {
        let mut ids: Vec<i64> = requests.iter().flat_map(|(_, touches)| touches.iter().filter_map(id_of)).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            continue;
        }
        let found = bulk::load_by_ids(tx.conn(), engine, table, &[&table.columns[0]], &ids).await?;
        for ((_, touches), refusal) in requests.iter().zip(&mut refusals) {
            let missing =
                touches.iter().enumerate().find_map(|(index, touch)| Some((index, id_of(touch).filter(|id| !found.contains_key(id))?)));
            if let (Some((index, id)), None) = (missing, &refusal) {
                let words = format!("{column}: there is no {id} among {}; make it first", table.name);
                *refusal = Some(numbered(index, AppError::refused(words)));
            }
        }
    }
    Ok(refusals)
}

async fn known_fingerprints(tx: &mut WriteTx, requests: &[(Option<i64>, Vec<ReadTouch>)]) -> anyhow::Result<FxHashMap<(i64, i64), i64>> {
    let mut highs: Vec<i64> = requests.iter().flat_map(|(_, touches)| touches.iter().map(|touch| touch.fingerprint.0)).collect();
    highs.sort_unstable();
    let engine = tx.engine;
    let known = touches_known_by_id(tx.conn(), engine, &highs).await?;
    Ok(known.into_iter().map(|(high, low, id)| ((high, low), id)).collect())
}

fn row(id: i64, author: &Author, touch: &ReadTouch) -> [Value; 13] {
    [
        Value::Int(id),
        Value::int(touch.person),
        Value::int(touch.company),
        Value::Text(touch.kind.key().to_owned()),
        Value::Int(touch.at),
        Value::Int(author.now),
        Value::text(touch.channel.as_deref()),
        Value::text(touch.source.as_deref()),
        Value::int(touch.campaign),
        Value::int(touch.content),
        Value::Int(touch.fingerprint.0),
        Value::Int(touch.fingerprint.1),
        Value::Null,
    ]
}

fn tag_row(touch: i64, (key, value): &(String, String)) -> [Value; 5] {
    [Value::Text(schema::TOUCHES.name.to_owned()), Value::Int(touch), Value::Text(key.clone()), Value::Text(value.clone()), Value::Null]
}

async fn refuse_too_many_tags(
    tx: &mut WriteTx,
    requests: &[(Option<i64>, Vec<ReadTouch>)],
    refusals: &mut [Option<AppError>],
) -> anyhow::Result<()> {
    if requests.iter().all(|(_, touches)| touches.iter().all(|touch| touch.tags.is_empty())) {
        return Ok(());
    }
    let mut keys = TagKeys::load(tx.conn()).await?;
    let tags = requests.iter().flat_map(|(_, touches)| touches.iter().flat_map(|touch| &touch.tags));
    if keys.lacks_any(tags) {
        keys.hold(tx.conn()).await?;
    }
    for ((_, touches), refusal) in requests.iter().zip(refusals).filter(|(_, refusal)| refusal.is_none()) {
        let before = keys.clone();
        let over = touches.iter().enumerate().find_map(|(index, touch)| Some((index, keys.learn(&touch.tags).err()?)));
        if let Some((index, words)) = over {
            keys = before;
            *refusal = Some(numbered(index, AppError::Refused(words)));
        }
    }
    Ok(keys.keep(tx.conn()).await?)
}

fn note(tx: &mut WriteTx, author: &Author, first_id: i64, last_id: i64) {
    tx.note(NewEvent {
        kind: "added",
        table: schema::TOUCHES.name,
        first_id,
        last_id,
        at: author.now,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id: None,
        agreement_version: author.agreement_version,
        body: None,
    });
}
