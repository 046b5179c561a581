//! Keeps the shape of the house: who may depend on whom, who may read a clock, how long a file may be.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What each crate may use of ours. A new crate gets a line here, and a sentence in ARCHITECTURE.md.
const USES: &[(&str, &[&str])] = &[
    ("alignment", &[]),
    ("insight", &["alignment"]),
    ("facts", &["alignment"]),
    ("exchange", &["alignment"]),
    ("sample", &["alignment"]),
    ("picture", &[]),
    ("office", &["alignment", "insight", "facts", "exchange", "sample", "picture"]),
    ("tandem", &["alignment", "insight", "facts", "exchange", "sample", "office"]),
    ("cast", &["alignment", "insight", "facts", "exchange", "sample", "office"]),
];

/// Rules can be replayed because these crates reach nothing outside: no database, no network, no runtime. Chance comes from a seed
/// alone: they have `rand` without its operating system's source.
const PURE: &[&str] = &["alignment", "insight", "picture"];
const OUTSIDE: &[&str] = &["sqlx", "sea-query", "tokio", "axum", "tower", "tower-http", "reqwest", "askama", "getrandom"];

const SQL: &[&str] = &["sqlx", "sea-query"];

/// Whoever names one of these asks a clock. `clippy.toml` bans them by type; this finds them where clippy was told to look away.
const CLOCKS: &[&str] = &["SystemTime::now", "Timestamp::now", "Zoned::now", "OffsetDateTime::now", "Instant::now"];

/// The one place that says what time it is, and the one that measures how long a request took.
const MAY_ASK_A_CLOCK: &[&str] = &["crates/office/src/clock.rs", "crates/office/src/web/measure.rs"];

const LINES_MAX: usize = 600;
const LONGER: &[(&str, &str)] = &[("crates/exchange/src/fields.rs", "one table: every field that a file can bring in")];

struct Manifest {
    name: String,
    toml: toml::Table,
}

impl Manifest {
    fn names(&self, section: &str) -> BTreeSet<&str> {
        self.toml.get(section).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys).map(String::as_str).collect()
    }
}

#[test]
fn crates_use_only_what_they_may() {
    let allowed: BTreeMap<&str, &[&str]> = USES.iter().copied().collect();
    let crates = manifests();
    let ours: BTreeSet<&str> = crates.iter().map(|manifest| manifest.name.as_str()).collect();
    assert_eq!(ours, allowed.keys().copied().collect(), "crates and their lines in USES");
    for manifest in &crates {
        let may: BTreeSet<&str> = allowed[manifest.name.as_str()].iter().copied().collect();
        let used: BTreeSet<&str> = manifest.names("dependencies").intersection(&ours).copied().collect();
        let beyond: Vec<_> = used.difference(&may).collect();
        assert!(beyond.is_empty(), "{} must not depend on {beyond:?}", manifest.name);
    }
}

#[test]
fn pure_crates_reach_nothing_outside() {
    for manifest in manifests().iter().filter(|manifest| PURE.contains(&manifest.name.as_str())) {
        for name in OUTSIDE {
            assert!(!manifest.names("dependencies").contains(name), "{} is pure and must not depend on {name}", manifest.name);
        }
    }
}

#[test]
fn only_facts_speaks_sql() {
    for manifest in manifests().iter().filter(|manifest| manifest.name != "facts") {
        for section in ["dependencies", "dev-dependencies"] {
            for name in SQL {
                assert!(!manifest.names(section).contains(name), "{} must leave {name} to facts", manifest.name);
            }
        }
    }
}

#[test]
fn only_the_clock_is_asked_for_the_time() {
    // A test may measure how long something took.
    let asked_of = |path: &str| !MAY_ASK_A_CLOCK.contains(&path) && !path.ends_with("tests.rs");
    for (path, text) in sources("src").into_iter().filter(|(path, _)| asked_of(path)) {
        for (number, line) in text.lines().enumerate() {
            let asked = CLOCKS.iter().find(|clock| line.contains(*clock));
            assert!(asked.is_none(), "{path}:{}: take the instant as an argument; only office::clock reads the clock", number + 1);
        }
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let mut long = BTreeMap::new();
    for (path, text) in ["src", "tests", "examples"].into_iter().flat_map(sources) {
        let lines = text.lines().count();
        if lines > LINES_MAX {
            long.insert(path, lines);
        }
    }
    for (path, reason) in LONGER {
        assert!(long.remove(*path).is_some(), "{path} is short by now: take it off the list ({reason})");
    }
    assert!(long.is_empty(), "over {LINES_MAX} lines: part these by what they are about: {long:?}");
}

#[test]
fn every_crate_follows_the_lints_of_the_workspace() {
    for manifest in manifests() {
        let lints = manifest.toml.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
        assert_eq!(lints, Some(true), "{}: write [lints] workspace = true", manifest.name);
    }
}

fn manifests() -> Vec<Manifest> {
    crates()
        .iter()
        .map(|folder| {
            let text = fs::read_to_string(folder.join("Cargo.toml")).expect("a crate has a manifest");
            let toml: toml::Table = text.parse().expect("a manifest is TOML");
            Manifest { name: toml["package"]["name"].as_str().expect("a package has a name").to_owned(), toml }
        })
        .collect()
}

fn crates() -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(ROOT).join("crates")).expect("the crates are there");
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.join("Cargo.toml").exists()).collect();
    folders.sort();
    folders
}

/// Every Rust file below that folder of each crate: its path from the root, and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(ROOT);
    let mut waiting: Vec<PathBuf> = crates().iter().map(|path| path.join(folder)).filter(|path| path.exists()).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).expect("a folder can be read").map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file is UTF-8");
            found.push((path.strip_prefix(root).unwrap_or(&path).display().to_string(), text));
        }
    }
    assert!(folder != "src" || found.len() > 50, "the sources were found");
    found
}
