//! The running application: the record, the history made from it, the clock, and those who listen for news.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use alignment::agreement::{Agreement, Version};
use insight::question::Question;
use tokio::sync::broadcast;

use crate::{
    Clock,
    access::tokens::KnownTokens,
    agreement::{VersionKeeper, Versions},
    history::HistoryKeeper,
    touches::Gatherer,
};

/// Cheap to clone; clones are the same office.
#[derive(Clone)]
pub struct Office {
    inner: Arc<Inner>,
}

struct Inner {
    home: PathBuf,
    facts: facts::Facts,
    history: HistoryKeeper,
    versions: VersionKeeper,
    gatherer: Gatherer,
    known_tokens: KnownTokens,
    clock: Clock,
    runner: String,
    news: broadcast::Sender<News>,
}

/// What happened, for pages that are open. It says what to look at again, not what is there: the reader's own query decides what they see.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// Records of these tables were added, changed or removed.
    Record {
        tables: Vec<String>,
    },
    ImportProgress {
        import_id: i64,
        rows_done: u64,
        rows_total: Option<u64>,
    },
    ImportEnded {
        import_id: i64,
    },
    /// The server stops: whoever listens lets go, so that it can.
    Closing,
}

impl Office {
    /// Opens the office in `home`; `database` is a `postgres://` URL, or `None` for the file in `home`.
    pub async fn open(home: &Path, database: Option<&str>, clock: Clock) -> anyhow::Result<Office> {
        exchange::tls::ready();
        let facts = match database {
            Some(url) => facts::Facts::open(url).await?,
            None => facts::Facts::open_home(home).await?,
        };
        std::fs::create_dir_all(home)?;
        let history = HistoryKeeper::open(home.join("history"), &record_name(&facts).await?);
        let runner = runner_name(home)?;
        let (news, _) = broadcast::channel(256);
        let office = Office {
            inner: Arc::new(Inner {
                home: home.to_owned(),
                facts,
                history,
                versions: VersionKeeper::default(),
                gatherer: Gatherer::default(),
                known_tokens: KnownTokens::default(),
                clock,
                runner,
                news,
            }),
        };
        crate::agreement::ensure_first(&office).await?;
        crate::imports::end_interrupted(&office).await?;
        Ok(office)
    }

    pub fn home(&self) -> &Path {
        &self.inner.home
    }

    /// Names this installation, for what only it may clean up after a stop.
    pub fn runner(&self) -> String {
        self.inner.runner.clone()
    }

    pub fn facts(&self) -> &facts::Facts {
        &self.inner.facts
    }

    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The history, brought up to date with the record first.
    pub async fn history(&self) -> anyhow::Result<Arc<insight::history::History>> {
        self.inner.history.current(&self.inner.facts).await
    }

    pub fn history_keeper(&self) -> &HistoryKeeper {
        &self.inner.history
    }

    /// The Agreement in force now.
    pub async fn agreement(&self) -> anyhow::Result<Version> {
        Ok(self.versions().await?.at(self.clock().now()).clone())
    }

    /// The Agreement that judges an answer: the one that was in force at its `known_at`.
    pub async fn judging(&self, question: &Question) -> anyhow::Result<Agreement> {
        let versions = self.versions().await?;
        let version = versions.number(question.settings.agreement_version).unwrap_or_else(|| versions.at(question.known_at));
        Ok(version.agreement.clone())
    }

    pub async fn versions(&self) -> anyhow::Result<Arc<Versions>> {
        self.inner.versions.current(self.facts()).await
    }

    /// Where touches of many requests are written together.
    pub fn gatherer(&self) -> &Gatherer {
        &self.inner.gatherer
    }

    pub fn known_tokens(&self) -> &KnownTokens {
        &self.inner.known_tokens
    }

    pub fn tell(&self, news: News) {
        // Nobody listening is no error.
        let _ = self.inner.news.send(news);
    }

    pub fn listen(&self) -> broadcast::Receiver<News> {
        self.inner.news.subscribe()
    }
}

/// A name for the installation in `home`, made once and kept in a file there.
fn runner_name(home: &Path) -> anyhow::Result<String> {
    let path = home.join("installation");
    if let Ok(name) = std::fs::read_to_string(&path) {
        return Ok(name.trim().to_owned());
    }
    let name = crate::access::secret::new();
    std::fs::write(&path, &name)?;
    Ok(name)
}

/// The setting that names the record, so that a history made from another one is not taken for its own.
pub const RECORD_NAME: &str = "record_name";

async fn record_name(facts: &facts::Facts) -> anyhow::Result<String> {
    if let Some(name) = facts::settings::get(&mut *facts.reader().await?, RECORD_NAME).await? {
        return Ok(name);
    }
    renew_record_name(facts).await
}

/// A new name; also after a restore, because the record has another past from then on.
pub async fn renew_record_name(facts: &facts::Facts) -> anyhow::Result<String> {
    let name = crate::access::secret::new();
    let mut tx = facts.write().await?;
    facts::settings::set(tx.conn(), RECORD_NAME, &name).await?;
    tx.commit().await?;
    Ok(name)
}
