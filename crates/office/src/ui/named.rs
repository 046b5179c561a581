//! Records as pages list them: by name, with one thing more to know them by, and with the page that each has.
//! In templates `{% call parts::named(row.named) %}{% endcall %}`.

use std::collections::HashMap;

use insight::rows::Table;

use super::{format, url};
use crate::{Office, web::AppError};

#[derive(Clone)]
pub struct Named {
    pub name: String,
    pub detail: String,
    /// Of its page; none where records of the kind have none.
    pub address: Option<String>,
}

/// Names of many records of one kind.
pub struct Names {
    noun: &'static str,
    known: HashMap<i64, facts::names::Named>,
}

/// `noun` as [`noun`] has it.
pub async fn names(office: &Office, noun: &'static str, ids: Vec<i64>) -> Result<Names, AppError> {
    Ok(Names { noun, known: facts::names::of(&mut *office.facts().reader().await?, noun, &ids).await? })
}

impl Names {
    pub fn of(&self, id: i64) -> Named {
        let known = self.known.get(&id);
        let name = known.and_then(|known| known.name.clone());
        Named {
            address: page_of(self.noun, id, name.as_deref()),
            name: name.unwrap_or_else(|| format::capitalized(&format!("{} {id}", one_of(self.noun)))),
            detail: known.and_then(|known| known.detail.clone()).unwrap_or_default(),
        }
    }
}

/// The page of a record.
pub fn page_of(noun: &str, id: i64, name: Option<&str>) -> Option<String> {
    match noun {
        "leads" | "deals" | "companies" | "people" => Some(format!("/{noun}/{id}")),
        // These have no page of their own: their list finds the one.
        "campaigns" | "content" => name.map(|name| url::with(&format!("/{noun}"), [("q", name)])),
        _ => None,
    }
}

/// What rows are called in addresses and words.
pub fn noun(table: Table) -> &'static str {
    match table {
        Table::Companies => "companies",
        Table::People => "people",
        Table::Leads => "leads",
        Table::Transitions => "transitions",
        Table::Touches => "touches",
        Table::Activities => "activities",
        Table::Deals => "deals",
        Table::DealTransitions => "deal_transitions",
        Table::Campaigns => "campaigns",
        Table::Content => "content",
        Table::Users => "users",
        Table::Spend => "spend",
        Table::Clocks => "clocks",
        Table::Waivers => "waivers",
    }
}

/// `1 deal`, `555 spend entries`: rows as pages speak of them.
pub fn counted(table: Table, total: u64) -> String {
    let (one, many) = called(table);
    format::plural(total, one, many)
}

/// What one row and several are called in sentences.
fn called(table: Table) -> (&'static str, &'static str) {
    match table {
        Table::Companies => ("company", "companies"),
        Table::People => ("person", "people"),
        Table::Leads => ("lead", "leads"),
        Table::Transitions => ("stage change", "stage changes"),
        Table::Touches => ("touch", "touches"),
        Table::Activities => ("activity", "activities"),
        Table::Deals => ("deal", "deals"),
        Table::DealTransitions => ("stage change of a deal", "stage changes of deals"),
        Table::Campaigns => ("campaign", "campaigns"),
        Table::Content => ("piece of content", "pieces of content"),
        Table::Users => ("user", "users"),
        Table::Spend => ("spend entry", "spend entries"),
        Table::Clocks => ("promise", "promises"),
        Table::Waivers => ("waiver", "waivers"),
    }
}

/// `lead` for `leads`.
pub fn one_of(noun: &str) -> String {
    let one = match noun {
        "companies" => "company",
        "people" => "person",
        "touches" => "touch",
        "activities" => "activity",
        many => many.trim_end_matches('s'),
    };
    format::spaced(one)
}
