//! Opening the record, and the two kinds of transaction: one that reads a single state throughout, one that writes whole or not at all.

use std::{path::Path, time::Duration};

use sqlx::{
    Any, AnyConnection, AnyPool,
    any::{AnyPoolOptions, install_default_drivers},
};

use crate::{FactsError, Result, dialect::Engine, ids};

/// The record. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Facts {
    pub engine: Engine,
    readers: AnyPool,
    /// SQLite has one writer at a time: writes queue here for the one connection, in order, instead of failing with "busy".
    writers: AnyPool,
    /// Hands out ids where that is a transaction of its own; apart from `writers`, so that writers can't wait for each other's.
    ids: AnyPool,
}

pub struct ReadTx {
    tx: sqlx::Transaction<'static, Any>,
    pub engine: Engine,
}

pub struct WriteTx {
    tx: sqlx::Transaction<'static, Any>,
    pub engine: Engine,
    ids: AnyPool,
    events: Vec<crate::events::NewEvent>,
}

struct Migration {
    version: i64,
    name: &'static str,
    text: &'static str,
}

static MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "record", text: include_str!("../../../migrations/0001_record.sql") },
    Migration { version: 2, name: "handoff", text: include_str!("../../../migrations/0002_handoff.sql") },
    Migration { version: 3, name: "insight", text: include_str!("../../../migrations/0003_insight.sql") },
];

impl Facts {
    /// The database file `tandem.db` in `home`, which is made when it is missing.
    pub async fn open_home(home: &Path) -> Result<Facts> {
        std::fs::create_dir_all(home)?;
        Facts::open(&sqlite_url(&home.join("tandem.db"))).await
    }

    /// `sqlite://PATH?mode=rwc` or `postgres://...`. Brings the schema up to date.
    pub async fn open(url: &str) -> Result<Facts> {
        install_default_drivers();
        let engine = Engine::of_url(url);
        let options = |connections_max: u32| {
            AnyPoolOptions::new()
                .max_connections(connections_max)
                .acquire_timeout(Duration::from_secs(60))
                .after_connect(move |connection, _| Box::pin(async move { engine.prepare_connection(connection).await }))
        };
        let (readers, writers, ids) = match engine {
            // A writer must make the file before a reader can open it.
            Engine::Sqlite => {
                let writers = options(1).connect(url).await?;
                (options(4).connect(url).await?, writers.clone(), writers)
            }
            Engine::Postgres => {
                // Apart, so that who holds a connection to write can always read: of one pool, all writers could wait for each other's.
                (options(16).connect(url).await?, options(16).connect(url).await?, options(2).connect(url).await?)
            }
        };
        let facts = Facts { engine, readers, writers, ids };
        facts.migrate().await?;
        Ok(facts)
    }

    pub async fn read(&self) -> Result<ReadTx> {
        let tx = self.readers.begin_with(self.engine.begin_read()).await?;
        Ok(ReadTx { tx, engine: self.engine })
    }

    pub async fn write(&self) -> Result<WriteTx> {
        let tx = self.writers.begin_with(self.engine.begin_write()).await?;
        Ok(WriteTx { tx, engine: self.engine, ids: self.ids.clone(), events: Vec::new() })
    }

    /// A connection outside any transaction, for a single statement.
    pub async fn reader(&self) -> Result<sqlx::pool::PoolConnection<Any>> {
        Ok(self.readers.acquire().await?)
    }

    /// Versions applied now, in order, as (version, name).
    pub async fn migrate(&self) -> Result<Vec<(i64, &'static str)>> {
        let mut tx = self.write().await?;
        let engine = self.engine;
        sqlx::raw_sql("CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY, name TEXT NOT NULL)")
            .execute(tx.conn())
            .await?;
        let (found,): (Option<i64>,) = sqlx::query_as("SELECT MAX(version) FROM schema_versions").fetch_one(tx.conn()).await?;
        let (found, known) = (found.unwrap_or(0), MIGRATIONS.last().map_or(0, |last| last.version));
        if found > known {
            return Err(FactsError::SchemaTooNew { found, known });
        }
        let mut applied = Vec::new();
        for migration in MIGRATIONS.iter().filter(|migration| migration.version > found) {
            sqlx::raw_sql(sqlx::AssertSqlSafe(engine.schema_text(migration.text))).execute(tx.conn()).await?;
            sqlx::query("INSERT INTO schema_versions (version, name) VALUES ($1, $2)")
                .bind(migration.version)
                .bind(migration.name)
                .execute(tx.conn())
                .await?;
            applied.push((migration.version, migration.name));
        }
        tx.commit().await?;
        Ok(applied)
    }

    /// The version of the schema that this program writes.
    pub fn schema_version() -> i64 {
        MIGRATIONS.last().map_or(0, |last| last.version)
    }

    pub async fn close(&self) {
        self.writers.close().await;
        self.ids.close().await;
        self.readers.close().await;
    }
}

/// Runs statements on a server, each by itself: making and dropping databases can't be part of a transaction.
pub async fn administer(url: &str, statements: &[&str]) -> Result<()> {
    install_default_drivers();
    let mut connection = <AnyConnection as sqlx::Connection>::connect(url).await?;
    for statement in statements {
        sqlx::raw_sql(sqlx::AssertSqlSafe((*statement).to_owned())).execute(&mut connection).await?;
    }
    Ok(sqlx::Connection::close(connection).await?)
}

pub fn sqlite_url(path: &Path) -> String {
    // `?`, `#` and `%` would be read as parts of a URL.
    let path = path.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}?mode=rwc")
}

impl ReadTx {
    pub fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}

impl WriteTx {
    pub fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// The first of `count` consecutive new ids of a table.
    pub async fn allocate(&mut self, table: &'static str, count: usize) -> Result<i64> {
        if self.engine.hands_out_ids_apart() {
            let mut connection = self.ids.acquire().await?;
            ids::allocate(&mut connection, table, count).await
        } else {
            ids::allocate(&mut self.tx, table, count).await
        }
    }

    /// Notes an event; it is written with the commit, after everything else, so that event ids are in the order of commits.
    pub fn note(&mut self, event: crate::events::NewEvent) {
        self.events.push(event);
    }

    pub async fn commit(mut self) -> Result<()> {
        let events = std::mem::take(&mut self.events);
        if !events.is_empty() {
            crate::events::append(&mut self, events).await?;
        }
        Ok(self.tx.commit().await?)
    }

    /// Takes everything back; dropping does the same.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }
}
