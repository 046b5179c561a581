//! Errors of the record. The database's constraint decides; callers give it words by its name, never by the text of a message.

pub type Result<T> = std::result::Result<T, FactsError>;

#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    #[error("{noun} {id} does not exist")]
    NotFound { noun: &'static str, id: i64 },
    /// A uniqueness rule of the database said no.
    #[error("another record has the same value already ({constraint})")]
    Taken { constraint: String },
    #[error("the database is busy with another write; nothing was changed, try again in a moment")]
    Busy,
    #[error("the database was written by a newer Tandem (schema {found}, this one knows up to {known}): update this program")]
    SchemaTooNew { found: i64, known: i64 },
    #[error("{0}")]
    Refused(String),
    #[error("backup file: {0}")]
    Backup(String),
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    #[error("file: {0}")]
    Io(#[from] std::io::Error),
}

impl FactsError {
    pub fn not_found(noun: &'static str, id: i64) -> FactsError {
        FactsError::NotFound { noun, id }
    }

    /// The error of a broken constraint in the caller's words; any other error as it is.
    pub fn on_constraint(self, name: &str, words: impl FnOnce() -> String) -> FactsError {
        match self {
            FactsError::Taken { constraint } if constraint.contains(name) => FactsError::Refused(words()),
            other => other,
        }
    }
}

impl From<sqlx::Error> for FactsError {
    fn from(error: sqlx::Error) -> FactsError {
        match &error {
            sqlx::Error::PoolTimedOut => return FactsError::Busy,
            sqlx::Error::Database(database) => {
                if database.is_unique_violation() {
                    // PostgreSQL names the constraint, SQLite names the table's columns: both are in what we pass on.
                    let constraint = database.constraint().map_or_else(|| database.message().to_owned(), str::to_owned);
                    return FactsError::Taken { constraint };
                }
                // SQLITE_BUSY and its extended codes.
                if matches!(database.code().as_deref(), Some("5" | "261" | "517")) {
                    return FactsError::Busy;
                }
            }
            _ => {}
        }
        FactsError::Database(error)
    }
}
