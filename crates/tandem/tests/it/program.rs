//! Running the program in a home of its own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// A folder for one company's data, and a database where the record is not in it.
pub struct Home {
    folder: tempfile::TempDir,
    database: Option<cast::TestDatabase>,
}

impl Home {
    pub fn new() -> Home {
        let database = std::env::var(cast::POSTGRES).is_ok_and(|url| !url.is_empty()).then(|| in_runtime(cast::database()));
        Home { folder: tempfile::tempdir().unwrap(), database }
    }

    /// On SQLite, whatever the rest of the run is on.
    pub fn on_sqlite() -> Home {
        Home { folder: tempfile::tempdir().unwrap(), database: None }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tandem"));
        command.arg("--home").arg(self.path().join("home")).args(arguments);
        if let Some(database) = &self.database {
            command.args(["--database", &database.url]);
        }
        command.env_remove("TANDEM_DATABASE").env_remove("TANDEM_HOME");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The output of a command that must go well.
    pub fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let text = self.text(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?} printed no JSON ({error}): {text}"))
    }

    /// What a command that must fail says.
    pub fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} went well");
        String::from_utf8(output.stderr).unwrap()
    }

    pub fn import(&self, recipe: &str, path: &Path) -> Value {
        self.json(&["import", "--recipe", recipe, &path.display().to_string()])
    }

    /// The counts of an import as (rows, created, updated, unchanged, rejected).
    pub fn counts(report: &Value) -> [u64; 5] {
        ["rows", "created", "updated", "unchanged", "rejected"].map(|key| report[key].as_u64().unwrap())
    }
}

/// A folder of published data beside the project; a test that needs one it does not have says so and ends.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: there is no folder {}", path.display());
    None
}

pub fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).display().to_string()
}

fn in_runtime<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    // The database's connections live in this runtime, which therefore stays for as long as the test does.
    let runtime = Box::leak(Box::new(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()));
    // From a thread of its own, because a test may be in a runtime already.
    std::thread::spawn(move || runtime.block_on(future)).join().unwrap()
}
