//! `docs/glossary.md`, made from the definitions that the product shows. The test keeps the file current; `UPDATE=1` writes it anew.

use std::{collections::BTreeMap, fmt::Write, fs};

use alignment::{
    Currency,
    agreement::Agreement,
    lifecycle::{Side, Stage},
};
use insight::kpi;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/glossary.md");

const HEAD: &str = "\
# Glossary

The words of the product. This page is made from the code that shows them: the stages of `crates/alignment`, the glossary of the default
Agreement, and the numbers of `crates/insight/src/kpi`. To write it anew: `UPDATE=1 cargo nextest run -p cast --test glossary`.
A company changes the words of stages and terms in its own Agreement.
";

fn page() -> String {
    let agreement = Agreement::default_for(Currency::EUR, "UTC");
    let mut page = format!("{HEAD}\n## Stages of a lead, in order\n\n| stage | key | owner | definition |\n|---|---|---|---|\n");
    for definition in Stage::ALL.map(Stage::definition) {
        let owner = side(definition.owner);
        let _ = writeln!(page, "| {} | `{}` | {owner} | {} |", definition.name, definition.key, definition.words);
    }
    page += "\n## Terms\n\n";
    for term in &agreement.glossary {
        let _ = writeln!(page, "- **{}**: {}", term.term, term.words);
    }
    page += "\n## Numbers\n\nFormulas and examples are in [numbers.md](numbers.md).\n\n";
    for kpi in kpi::ALL {
        let _ = writeln!(page, "- **{}** (`{}`): {}", kpi.name, kpi.key, kpi.words);
    }
    page
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Marketing => "marketing",
        Side::Sales => "sales",
        Side::Success => "customer success",
    }
}

#[test]
fn the_page_is_current() {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(FILE, page()).unwrap();
    }
    let written = fs::read_to_string(FILE).unwrap_or_default();
    assert!(written == page(), "docs/glossary.md is out of date: run UPDATE=1 cargo nextest run -p cast --test glossary");
}

#[test]
fn no_two_numbers_or_terms_have_one_name() {
    let agreement = Agreement::default_for(Currency::EUR, "UTC");
    let keys = kpi::ALL.iter().map(|kpi| format!("number {}", kpi.key));
    let names = kpi::ALL.iter().map(|kpi| format!("number called {}", kpi.name));
    let terms = agreement.glossary.iter().map(|term| format!("term {}", term.term));
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for name in keys.chain(names).chain(terms) {
        *seen.entry(name.to_lowercase()).or_default() += 1;
    }
    seen.retain(|_, times| *times > 1);
    assert!(seen.is_empty(), "defined more than once: {seen:?}");
}
