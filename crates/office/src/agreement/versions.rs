//! All versions of the Agreement, read once and kept until another one is signed.

use std::sync::Arc;

use alignment::{Instant, agreement::Version};
use anyhow::Context as _;
use arc_swap::ArcSwapOption;
use facts::agreements;

/// In the order in which they took effect. There is always one.
pub struct Versions {
    list: Vec<Version>,
    /// Text and hash as they were signed: a later program may write the same Agreement with more clauses.
    signed: Vec<(String, String)>,
    stamp: Option<(i64, String)>,
}

impl Versions {
    /// The version that judges what happened at `at`: the latest that had taken effect; the first for what came before all.
    pub fn at(&self, at: Instant) -> &Version {
        let after = self.list.partition_point(|version| version.effective_at <= at);
        &self.list[after.saturating_sub(1)]
    }

    pub fn number(&self, number: u32) -> Option<&Version> {
        self.list.iter().find(|version| version.number == number)
    }

    /// The hash of what was signed as this version.
    pub fn hash(&self, number: u32) -> Option<&str> {
        Some(&self.signed_as(number)?.1)
    }

    /// The text that was signed as this version.
    pub fn text(&self, number: u32) -> Option<&str> {
        Some(&self.signed_as(number)?.0)
    }

    fn signed_as(&self, number: u32) -> Option<&(String, String)> {
        self.list.iter().position(|version| version.number == number).map(|index| &self.signed[index])
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.list.iter()
    }

    pub fn last_number(&self) -> u32 {
        self.list.iter().map(|version| version.number).max().unwrap_or(0)
    }
}

/// Keeps the versions in memory; another node that signs one is noticed by the next reader.
#[derive(Default)]
pub struct VersionKeeper {
    kept: ArcSwapOption<Versions>,
}

impl VersionKeeper {
    pub async fn current(&self, facts: &facts::Facts) -> anyhow::Result<Arc<Versions>> {
        let mut connection = facts.reader().await?;
        let stamp = agreements::stamp(&mut connection).await?;
        if let Some(kept) = self.kept.load_full().filter(|kept| kept.stamp == stamp) {
            return Ok(kept);
        }
        let mut rows = agreements::list(&mut connection).await?;
        rows.sort_by_key(|row| (row.effective_at, row.number));
        let signed = rows.iter().map(|row| (row.text.clone(), row.hash.clone())).collect();
        let list = rows.into_iter().map(super::version).collect::<anyhow::Result<Vec<_>>>()?;
        list.first().context("no Agreement is in force")?;
        let versions = Arc::new(Versions { list, signed, stamp });
        self.kept.store(Some(Arc::clone(&versions)));
        Ok(versions)
    }
}
