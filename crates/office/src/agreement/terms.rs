//! Terms that open their definition: stages, promises and words of the glossary, as the Agreement in force has them.

use alignment::{agreement::Agreement, lifecycle::Stage};
use askama::Template;
use axum::extract::Path;

use super::pages::promises;
use crate::{
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/agreement/terms/{key}", Allow::SignedIn, page)]
}

#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub key: String,
    pub name: String,
    pub words: String,
    pub more: Vec<String>,
}

#[derive(Template)]
#[template(path = "agreement/term.html")]
struct TermPage {
    term: Term,
    version: u32,
}

async fn page(frame: Frame, Path(key): Path<String>) -> Result<Page<TermPage>, AppError> {
    let term = find(&frame.agreement.agreement, &key);
    let term =
        term.ok_or_else(|| AppError::NotFound(format!("The Agreement defines no `{key}`. Its terms are on the page of the Agreement.")))?;
    Ok(Page(TermPage { term, version: frame.agreement.number }))
}

/// A stage by its key, a promise by the name of its clause, or a term of the glossary, without regard to case.
pub fn find(agreement: &Agreement, key: &str) -> Option<Term> {
    if let Some(clause) = Stage::parse(key).and_then(|stage| agreement.clause(stage)) {
        let by_itself = clause.criteria.as_ref().map(|criteria| format!("Enters by itself when {}.", alignment::judging::words(criteria)));
        let confirmed = (!clause.checklist.is_empty()).then(|| format!("To confirm: {}.", clause.checklist.join("; ")));
        let more = by_itself.into_iter().chain(confirmed).collect();
        return Some(Term { key: key.into(), name: clause.name.clone(), words: clause.definition.clone(), more });
    }
    let (marketing, sales) = promises(agreement);
    if let Some(promise) = marketing.into_iter().chain(sales).find(|promise| promise.key == key) {
        return Some(Term { key: key.into(), name: promise.name, words: promise.words, more: Vec::new() });
    }
    let spaced = key.replace(['_', '-'], " ");
    let found = agreement.glossary.iter().find(|term| term.term.eq_ignore_ascii_case(key) || term.term.eq_ignore_ascii_case(&spaced))?;
    Some(Term { key: key.into(), name: found.term.clone(), words: found.words.clone(), more: Vec::new() })
}
