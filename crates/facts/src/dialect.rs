//! Where SQLite and PostgreSQL truly differ. Each difference is one function here; no other file asks which engine it runs on.

use sqlx::AnyConnection;

use crate::Result;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn of_url(url: &str) -> Engine {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") { Engine::Postgres } else { Engine::Sqlite }
    }

    /// Fills in the words in braces of a migration.
    pub fn schema_text(self, text: &str) -> String {
        // SQLite keeps a table in the order of its `INTEGER PRIMARY KEY` and needs no second index for it.
        let key = match self {
            Engine::Sqlite => "INTEGER PRIMARY KEY",
            Engine::Postgres => "BIGINT PRIMARY KEY",
        };
        // Texts are compared byte by byte on both: SQLite does so by itself, PostgreSQL in the collation "C".
        let text = text.replace("{key}", key);
        match self {
            Engine::Sqlite => text,
            Engine::Postgres => text.replace(" TEXT", " TEXT COLLATE \"C\""),
        }
    }

    /// Starts a transaction that writes. SQLite takes its one write lock now rather than failing at the first write.
    pub fn begin_write(self) -> &'static str {
        match self {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        }
    }

    /// Starts a transaction that reads one state of the database throughout.
    pub fn begin_read(self) -> &'static str {
        match self {
            Engine::Sqlite => "BEGIN",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Settings of each new connection.
    pub async fn prepare_connection(self, connection: &mut AnyConnection) -> sqlx::Result<()> {
        match self {
            // FULL: a commit that was acknowledged survives a power cut. The cache is in KiB where negative.
            Engine::Sqlite => {
                sqlx::raw_sql(
                    "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                     PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456;",
                )
                .execute(connection)
                .await?;
            }
            Engine::Postgres => {
                sqlx::raw_sql("SET client_min_messages = warning; SET TIME ZONE 'UTC';").execute(connection).await?;
            }
        }
        Ok(())
    }

    /// Event ids must be in the order of commits, or a reader that remembers the last one it saw would miss an event. SQLite has one
    /// writer at a time; PostgreSQL takes turns from here to the commit.
    pub async fn order_events(self, connection: &mut AnyConnection) -> Result<()> {
        if self == Engine::Postgres {
            sqlx::query("SELECT CAST(1 AS BIGINT) FROM (SELECT pg_advisory_xact_lock(7236498127364)) AS turn").execute(connection).await?;
        }
        Ok(())
    }

    /// Imports and undos take turns: two at once could make the same person twice, or take away what the other stands on. SQLite has one
    /// writer anyway.
    pub async fn one_import_at_a_time(self, connection: &mut AnyConnection) -> Result<()> {
        if self == Engine::Postgres {
            sqlx::query("SELECT CAST(1 AS BIGINT) FROM (SELECT pg_advisory_xact_lock(7236498127365)) AS turn").execute(connection).await?;
        }
        Ok(())
    }

    /// Ends a SELECT whose rows nobody else may write until this transaction is over. SQLite has one writer anyway.
    pub fn hold_rows(self) -> &'static str {
        match self {
            Engine::Sqlite => "",
            Engine::Postgres => "FOR UPDATE",
        }
    }

    /// Whoever routes leads to pools takes turns up to the commit: two at once would both give to the same member, and overshoot limits.
    /// SQLite has one writer anyway.
    pub async fn one_router_at_a_time(self, connection: &mut AnyConnection) -> Result<()> {
        if self == Engine::Postgres {
            sqlx::query("SELECT CAST(1 AS BIGINT) FROM (SELECT pg_advisory_xact_lock(7236498127366)) AS turn").execute(connection).await?;
        }
        Ok(())
    }

    /// Ids are handed out in a transaction of their own, so that a long import does not make other writers wait for its block of ids.
    /// SQLite has one writer anyway, and hands them out inside it.
    pub fn hands_out_ids_apart(self) -> bool {
        self == Engine::Postgres
    }

    /// The condition that `column` contains the bound text, without regard to case of ASCII letters.
    pub fn contains(self, column: &str, placeholder: &str) -> String {
        match self {
            Engine::Sqlite => format!("{column} LIKE {placeholder} ESCAPE '\\'"),
            Engine::Postgres => format!("{column} ILIKE {placeholder} ESCAPE '\\'"),
        }
    }

    /// Asks how a statement would be carried out; the last column of each row says a step.
    pub fn explain(self) -> &'static str {
        match self {
            Engine::Sqlite => "EXPLAIN QUERY PLAN",
            Engine::Postgres => "EXPLAIN",
        }
    }

    /// The `number`th parameter of a long statement. SQLite looks `$N` up by name, in time that grows with the square of their
    /// number (measured: 500 rows of 12 columns went 26 times slower than with `?`); in short statements `$N` serves both.
    pub fn bulk_placeholder(self, number: usize) -> String {
        match self {
            Engine::Sqlite => "?".to_owned(),
            Engine::Postgres => format!("${number}"),
        }
    }

    /// Parameters in one statement, at most (SQLite: 32,766; PostgreSQL: 65,535).
    pub fn parameters_max(self) -> usize {
        match self {
            Engine::Sqlite => 32_766,
            Engine::Postgres => 65_535,
        }
    }
}
