//! What tests stand on: a database of their own on either engine.

use facts::Facts;

/// The URL of a PostgreSQL server on which tests may make databases; without it they run on SQLite.
pub const POSTGRES: &str = "TANDEM_TEST_POSTGRES";

/// An empty record, which goes when it is dropped.
pub struct TestDatabase {
    pub facts: Facts,
    pub url: String,
    _place: Place,
}

/// Held only for what happens when it is dropped.
#[expect(dead_code, reason = "dropping is the use")]
enum Place {
    Folder(tempfile::TempDir),
    Postgres(PostgresDatabase),
}

struct PostgresDatabase {
    server: String,
    name: String,
}

/// A new database: a file in a temporary folder, or one on the server that `TANDEM_TEST_POSTGRES` names.
pub async fn database() -> TestDatabase {
    match std::env::var(POSTGRES) {
        Ok(server) if !server.is_empty() => on_postgres(server).await,
        _ => in_folder().await,
    }
}

async fn in_folder() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let url = facts::store::sqlite_url(&folder.path().join("tandem.db"));
    let facts = Facts::open(&url).await.expect("the database opens");
    TestDatabase { facts, url, _place: Place::Folder(folder) }
}

async fn on_postgres(server: String) -> TestDatabase {
    // Tests run in processes side by side: the process and a counter make the name unique.
    static COUNTER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("tandem_test_{}_{number}", std::process::id());
    facts::store::administer(&server, &[&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), &format!("CREATE DATABASE {name}")])
        .await
        .expect("the server lets us make databases");
    let url = with_database(&server, &name);
    let facts = Facts::open(&url).await.expect("the database opens");
    TestDatabase { facts, url, _place: Place::Postgres(PostgresDatabase { server, name }) }
}

/// The same server's URL with another database.
fn with_database(server: &str, name: &str) -> String {
    let (address, parameters) = server.split_once('?').map_or((server, None), |(address, parameters)| (address, Some(parameters)));
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find('/').map_or(address.len(), |at| start + at);
    let parameters = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    format!("{}/{name}{parameters}", &address[..end])
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // Dropping can't wait in the test's runtime, which may be ending: another thread has one of its own.
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropper = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                let _ = runtime.block_on(facts::store::administer(&server, &[&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")]));
            }
        });
        let _ = dropper.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_can_be_exchanged() {
        for (server, expected) in [
            ("postgres://u:p@h:1/postgres", "postgres://u:p@h:1/x"),
            ("postgres://h", "postgres://h/x"),
            ("postgres://h/a?sslmode=disable", "postgres://h/x?sslmode=disable"),
        ] {
            assert_eq!(with_database(server, "x"), expected);
        }
    }

    #[tokio::test]
    async fn a_database_is_empty_and_goes() {
        let database = database().await;
        assert_eq!(facts::events::last_id(&mut database.facts.reader().await.unwrap()).await.unwrap(), 0);
    }
}
