//! Which record a name means: looked up for a whole batch at once, and kept for those made on the way.

use alignment::intake::{Key, Noun};
use facts::{
    Result, WriteTx,
    bulk::{self, Value},
    keys, merges, schema,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Context;

/// Names kept from batch to batch, at most; beyond that the cache starts anew and asks the database again.
const NAMES_KEPT_MAX: usize = 500_000;

#[derive(Default)]
pub struct Keys {
    known: FxHashMap<(Noun, Key), i64>,
    /// The systems in which a record has an external id, for the records that this batch might match by an attribute.
    systems: FxHashMap<(Noun, i64), Vec<String>>,
    /// External ids to write: noun, system, id, record.
    new: Vec<(Noun, String, String, i64)>,
}

impl Keys {
    /// Looks up all names of a batch that are not known yet.
    pub async fn prefetch(&mut self, tx: &mut WriteTx, wanted: FxHashSet<(Noun, Key)>) -> Result<()> {
        if self.known.len() > NAMES_KEPT_MAX {
            self.known.clear();
        }
        self.systems.clear();
        let mut groups: FxHashMap<(Noun, String), Vec<(String, Key)>> = FxHashMap::default();
        // The systems are those of this batch's records, so that also a name known from an earlier batch is looked at again.
        let mut candidates: FxHashMap<Noun, Vec<i64>> = FxHashMap::default();
        for (noun, key) in wanted {
            if let Some(id) = self.known.get(&(noun, key.clone())) {
                if !matches!(key, Key::External { .. }) {
                    candidates.entry(noun).or_default().push(*id);
                }
                continue;
            }
            let (group, text) = match &key {
                Key::External { system, id } => (format!("external {system}"), id.clone()),
                Key::Email(email) => ("email".to_owned(), email.clone()),
                Key::Domain(domain) => ("domain".to_owned(), domain.clone()),
                Key::Name(name) => ("name".to_owned(), name.trim().to_owned()),
            };
            groups.entry((noun, group)).or_default().push((text, key));
        }
        for ((noun, group), names) in groups {
            let mut texts: Vec<&str> = names.iter().map(|(text, _)| text.as_str()).collect();
            texts.sort_unstable();
            let engine = tx.engine;
            let found = match group.strip_prefix("external ") {
                Some(system) => keys::by_external_id(tx.conn(), engine, noun, system, &texts).await?,
                None => match attribute_column(noun, &group) {
                    Some(column) => keys::by_text(tx.conn(), engine, keys::table_of(noun).name, column, &texts).await?,
                    None => Vec::new(),
                },
            };
            let found = match (noun, group.as_str()) {
                (Noun::Person, "email") => with_aliases(tx, found, &texts).await?,
                _ => found,
            };
            if !group.starts_with("external ") {
                candidates.entry(noun).or_default().extend(found.iter().map(|(_, id)| *id));
            }
            let found: FxHashMap<String, i64> = found.into_iter().collect();
            for (text, key) in names {
                if let Some(id) = found.get(&text) {
                    self.known.insert((noun, key), *id);
                }
            }
        }
        for (noun, ids) in candidates {
            self.load_systems(tx, noun, &ids).await?;
        }
        Ok(())
    }

    pub async fn load_systems(&mut self, tx: &mut WriteTx, noun: Noun, ids: &[i64]) -> Result<()> {
        let engine = tx.engine;
        for (record, system) in keys::systems_of(tx.conn(), engine, noun, ids).await? {
            self.systems.entry((noun, record)).or_default().push(system);
        }
        Ok(())
    }

    pub fn find(&self, noun: Noun, key: &Key) -> Option<i64> {
        self.known.get(&(noun, key.clone())).copied()
    }

    /// The record that is meant by the first key that leads to one. An address or name does not lead to a record that already has
    /// another id in a system for which these keys give one: external ids are keys, e-mail is an attribute.
    pub fn find_record(&self, noun: Noun, keys: &[Key]) -> Option<i64> {
        keys.iter().find_map(|key| {
            let id = self.find(noun, key)?;
            (matches!(key, Key::External { .. }) || self.may_take(noun, id, keys)).then_some(id)
        })
    }

    /// Whether the record has no id yet in any of the systems for which `keys` give one.
    pub fn may_take(&self, noun: Noun, id: i64, keys: &[Key]) -> bool {
        let taken = self.systems.get(&(noun, id));
        !keys.iter().any(|key| match key {
            Key::External { system, .. } => taken.is_some_and(|systems| systems.contains(system)),
            _ => false,
        })
    }

    /// Remembers that all these keys mean the record; says whether an external id is new to it.
    pub fn learn(&mut self, noun: Noun, keys: &[Key], id: i64) -> bool {
        let mut any_new = false;
        for key in keys {
            if self.known.contains_key(&(noun, key.clone())) {
                continue;
            }
            self.known.insert((noun, key.clone()), id);
            if let Key::External { system, id: external_id } = key {
                self.systems.entry((noun, id)).or_default().push(system.clone());
                self.new.push((noun, system.clone(), external_id.clone(), id));
                any_new = true;
            }
        }
        any_new
    }

    pub async fn flush(&mut self, tx: &mut WriteTx, context: &Context) -> Result<()> {
        let mut values = Vec::with_capacity(self.new.len() * schema::EXTERNAL_IDS.columns.len());
        for (noun, system, external_id, id) in self.new.drain(..) {
            values.extend([
                Value::Text(noun.key().to_owned()),
                Value::Text(system),
                Value::Text(external_id),
                Value::Int(id),
                Value::Int(context.import_id),
            ]);
        }
        let engine = tx.engine;
        bulk::insert(tx.conn(), engine, &schema::EXTERNAL_IDS, values).await
    }
}

/// An address that no person has may be one of somebody who was merged into another.
async fn with_aliases(tx: &mut WriteTx, mut found: Vec<(String, i64)>, emails: &[&str]) -> Result<Vec<(String, i64)>> {
    let known: FxHashSet<&str> = found.iter().map(|(email, _)| email.as_str()).collect();
    let unknown: Vec<&str> = emails.iter().copied().filter(|email| !known.contains(email)).collect();
    let engine = tx.engine;
    found.extend(keys::by_external_id(tx.conn(), engine, Noun::Person, merges::EMAIL_ALIAS, &unknown).await?);
    Ok(found)
}

fn attribute_column(noun: Noun, attribute: &str) -> Option<&'static str> {
    Some(match (noun, attribute) {
        (Noun::Person | Noun::User, "email") => "email",
        (Noun::Company, "domain") => "domain",
        (Noun::Content, "name") => "title",
        (Noun::Company | Noun::Campaign | Noun::User | Noun::Deal | Noun::Person, "name") => "name",
        _ => return None,
    })
}
