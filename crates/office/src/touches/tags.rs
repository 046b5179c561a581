//! The keys of tags that the record knows: each is a column of the history, so there are only so many.

use std::collections::BTreeSet;

use alignment::touch::TAG_KEYS_MAX;
use facts::{Connection, settings};

const SETTING: &str = "touch_tags";

#[derive(Clone, Debug, Default)]
pub struct TagKeys {
    known: BTreeSet<String>,
    has_new: bool,
}

impl TagKeys {
    pub async fn load(connection: &mut Connection) -> facts::Result<TagKeys> {
        let kept = settings::get(connection, SETTING).await?.unwrap_or_default();
        Ok(TagKeys { known: kept.lines().map(str::to_owned).collect(), has_new: false })
    }

    /// Takes the keys in, or says which one is one too many.
    pub fn learn(&mut self, tags: &[(String, String)]) -> Result<(), String> {
        for (key, _) in tags {
            if self.known.contains(key) {
                continue;
            }
            if self.known.len() >= TAG_KEYS_MAX {
                return Err(format!("tags: `{key}` would be one key more than the {TAG_KEYS_MAX} that a record can have; use one of them"));
            }
            self.has_new |= self.known.insert(key.clone());
        }
        Ok(())
    }

    /// Writes down what was learned.
    pub async fn keep(&mut self, connection: &mut Connection) -> facts::Result<()> {
        if std::mem::take(&mut self.has_new) {
            let lines: Vec<&str> = self.known.iter().map(String::as_str).collect();
            settings::set(connection, SETTING, &lines.join("\n")).await?;
        }
        Ok(())
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(String::as_str)
    }
}
