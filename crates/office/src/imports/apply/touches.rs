//! Touches: never overwritten, and each taken once.

use alignment::intake::{Key, Noun, TouchIntake};
use facts::{
    bulk::{self, Value},
    keys::touches_known,
    schema,
};
use xxhash_rust::xxh3::Xxh3Default;

use super::*;
use crate::touches::TagKeys;

#[derive(Default)]
pub struct Touches {
    /// Fingerprints that the record has, of those that this batch speaks of.
    known: FxHashSet<(i64, i64)>,
    /// Fingerprints taken by this batch.
    taken: FxHashSet<(i64, i64)>,
    /// Rows to write, column by column of the table.
    values: Vec<Value>,
    first: i64,
    next: i64,
    end: i64,
    /// Known once a touch with tags came.
    pub(super) tag_keys: Option<TagKeys>,
}

impl Touches {
    pub async fn reserve(&mut self, tx: &mut WriteTx, count: usize) -> Result<()> {
        if count > 0 && self.end - self.next < count as i64 {
            let first = tx.allocate("touches", count).await?;
            if self.end != first {
                self.next = first;
            }
            self.end = first + count as i64;
        }
        self.first = self.next;
        Ok(())
    }

    pub async fn load_known(&mut self, tx: &mut WriteTx, fingerprints: &[(i64, i64)]) -> Result<()> {
        self.known.clear();
        self.taken.clear();
        let mut highs: Vec<i64> = fingerprints.iter().map(|(high, _)| *high).collect();
        highs.sort_unstable();
        let engine = tx.engine;
        self.known.extend(touches_known(tx.conn(), engine, &highs).await?);
        Ok(())
    }

    pub async fn flush(&mut self, tx: &mut WriteTx, added: &mut Vec<(&'static Table, i64, i64)>) -> Result<()> {
        let values = std::mem::take(&mut self.values);
        if self.next > self.first {
            match added.iter_mut().rev().take(16).find(|run| run.0.name == "touches") {
                Some(run) if run.2 + 1 == self.first => run.2 = self.next - 1,
                _ => added.push((&schema::TOUCHES, self.first, self.next - 1)),
            }
        }
        if let Some(keys) = &mut self.tag_keys {
            keys.keep(tx.conn()).await?;
        }
        let engine = tx.engine;
        bulk::insert(tx.conn(), engine, &schema::TOUCHES, values).await
    }
}

impl Importer {
    pub(super) fn take_touch(&mut self, intake: &TouchIntake) -> std::result::Result<(bool, Change), String> {
        let person = self.resolve_optional(Noun::Person, &intake.person)?;
        let company = self.resolve_optional(Noun::Company, &intake.company)?;
        let campaign = self.resolve_optional(Noun::Campaign, &intake.campaign)?;
        let content = self.resolve_optional(Noun::Content, &intake.content)?;
        let fingerprint = fingerprint_of(intake);
        if self.touches.known.contains(&fingerprint) {
            return Ok((false, Change::Unchanged));
        }
        if !self.touches.taken.insert(fingerprint) {
            return Ok((true, Change::Unchanged));
        }
        if !intake.tags.is_empty()
            && let Some(keys) = &mut self.touches.tag_keys
        {
            keys.learn(&intake.tags)?;
        }
        if let Some(person) = person {
            let earliest = self.aftermath.arrived.entry(person).or_insert(intake.at);
            *earliest = intake.at.min(*earliest);
        }
        let id = self.touches.next;
        self.touches.next += 1;
        self.touches.values.extend([
            Value::Int(id),
            Value::int(person),
            Value::int(company),
            Value::Text(intake.kind.key().to_owned()),
            Value::Int(intake.at.0),
            Value::Int(self.context.now),
            text(&intake.channel),
            text(&intake.source),
            Value::int(campaign),
            Value::int(content),
            Value::Int(fingerprint.0),
            Value::Int(fingerprint.1),
            Value::Int(self.context.import_id),
        ]);
        self.custom.set(schema::TOUCHES.name, id, &intake.tags, true);
        Ok((false, Change::Created))
    }
}

/// 128 bits over the touch's own external id or, without one, over all that makes it this touch, by the names in the file: the same file
/// gives the same fingerprints. At 100 million touches the odds that any two share one are below 1 in 10^22.
pub fn fingerprint_of(intake: &TouchIntake) -> (i64, i64) {
    let mut hash = Xxh3Default::new();
    let mut part = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(&[0xff]);
    };
    if let Some(Key::External { system, id }) = intake.keys.first() {
        part("external");
        part(system);
        part(id);
    } else {
        for reference in [&intake.person, &intake.company, &intake.campaign, &intake.content] {
            match reference.as_ref().map(|reference| &reference.key) {
                None => part("-"),
                Some(Key::External { system, id }) => {
                    part(system);
                    part(id);
                }
                Some(Key::Email(name) | Key::Domain(name) | Key::Name(name)) => part(name),
            }
        }
        part(intake.kind.key());
        part(intake.channel.as_deref().unwrap_or("\u{1}"));
        part(intake.source.as_deref().unwrap_or("\u{1}"));
        part(&intake.at.0.to_string());
    }
    let digest = hash.digest128();
    ((digest >> 64) as i64, digest as i64)
}
