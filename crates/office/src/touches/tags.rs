//! The keys of tags that the record knows: each is a column of the history, so there are only so many.

use std::collections::BTreeSet;

use alignment::touch::TAG_KEYS_MAX;
use facts::{Connection, settings};

const SETTING: &str = "touch_tags";

#[derive(Clone, Debug, Default)]
pub struct TagKeys {
    known: BTreeSet<String>,
    has_new: bool,
    /// Whether others who want to learn keys wait for this transaction.
    held: bool,
}

impl TagKeys {
    pub async fn load(connection: &mut Connection) -> facts::Result<TagKeys> {
        let kept = settings::get(connection, SETTING).await?.unwrap_or_default();
        Ok(TagKeys { known: kept.lines().map(str::to_owned).collect(), has_new: false, held: false })
    }

    /// Whether a key is new, so that the keys have to be held before it is learned.
    pub fn lacks_any<'a>(&self, mut tags: impl Iterator<Item = &'a (String, String)>) -> bool {
        !self.held && tags.any(|(key, _)| !self.known.contains(key))
    }

    /// Others who have new keys wait from here to the end of the transaction, and what they learned before is known.
    pub async fn hold(&mut self, connection: &mut Connection) -> facts::Result<()> {
        settings::hold(connection, SETTING).await?;
        let now = TagKeys::load(connection).await?;
        self.known.extend(now.known);
        self.held = true;
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn writers_at_once_lose_no_key() {
        let database = cast::database().await;
        let facts = facts::Facts::open(&database.url).await.unwrap();
        let learn = async |key: usize| {
            let tags = [(format!("key{key}"), "x".to_owned())];
            let mut tx = facts.write().await.unwrap();
            let mut keys = TagKeys::load(tx.conn()).await.unwrap();
            assert!(keys.lacks_any(tags.iter()));
            keys.hold(tx.conn()).await.unwrap();
            keys.learn(&tags).unwrap();
            keys.keep(tx.conn()).await.unwrap();
            tx.commit().await.unwrap();
        };
        tokio::join!(learn(1), learn(2), learn(3), learn(4));
        let keys = TagKeys::load(&mut facts.reader().await.unwrap()).await.unwrap();
        assert_eq!(keys.iter().collect::<Vec<_>>(), ["key1", "key2", "key3", "key4"]);
    }
}
