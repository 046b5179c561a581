//! What customers say themselves brought them: a field of the lead, the person or the company.

use serde::Serialize;

use super::signed::Signed;
use crate::{
    history::{Customs, History},
    question::Question,
};

/// The key of the own field in which the answer to "How did you hear about us?" is kept.
pub const SELF_REPORTED_FIELD: &str = "self_reported_source";

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SelfReported {
    /// `None`: of these nobody said.
    pub label: Option<String>,
    pub deals: u64,
    /// Minor units of the question's currency.
    pub minor: i64,
}

/// The same deals as the models share out, by what was said: on the deal's lead, or else by its people in their order, or else on the
/// company. Most money first. `None`: nowhere in the record is there such a field.
pub fn self_reported(history: &History, question: &Question) -> Option<Vec<SelfReported>> {
    let is_kept = |customs: &Customs| customs.field(SELF_REPORTED_FIELD).is_some();
    if !is_kept(&history.leads.custom) && !is_kept(&history.people.custom) && !is_kept(&history.companies.custom) {
        return None;
    }
    let signed = Signed::of(history, question);
    let mut found: std::collections::BTreeMap<Option<&str>, (u64, i64)> = std::collections::BTreeMap::new();
    for won in &signed.won {
        let of = found.entry(said(history, won.row)).or_default();
        *of = (of.0 + 1, of.1.saturating_add(signed.minor(won.row)));
    }
    let row = |(label, (deals, minor)): (Option<&str>, (u64, i64))| SelfReported { label: label.map(str::to_owned), deals, minor };
    let mut rows: Vec<SelfReported> = found.into_iter().map(row).collect();
    rows.sort_by(|a, b| (a.label.is_none(), -i128::from(a.minor), &a.label).cmp(&(b.label.is_none(), -i128::from(b.minor), &b.label)));
    Some(rows)
}

fn said(history: &History, deal_row: usize) -> Option<&str> {
    fn read(customs: &Customs, row: usize) -> Option<&str> {
        customs.field(SELF_REPORTED_FIELD)?.get(row).map(str::trim).filter(|said| !said.is_empty())
    }
    let lead = history.deals.lead.get(deal_row).and_then(|lead| history.leads.find(lead));
    let people = history.deals.people.get(deal_row).iter().copied().chain(lead.map(|row| history.leads.person.values()[row]));
    let of_people = || people.filter_map(|person| read(&history.people.custom, history.people.find(person)?)).next();
    let of_company = || read(&history.companies.custom, history.companies.find(history.deal_group(deal_row).company()?)?);
    lead.and_then(|row| read(&history.leads.custom, row)).or_else(of_people).or_else(of_company)
}
