//! The record's field history as the score needs it.

use alignment::Instant;
use facts::{schema, scores, scores::FieldChangeRow};
use insight::{
    history::History,
    rows::Table,
    score::{FieldChange, FieldLog},
};

use crate::{Office, web::AppError};

/// The newest so many are looked at: leads that were judged before the oldest of them are not learned from.
const CHANGES_MAX: usize = 1_000_000;
const PAGE: i64 = 10_000;
/// Of one record.
const OF_RECORD_MAX: i64 = 1_000;

/// Of all companies, people and leads.
pub async fn all(office: &Office) -> Result<FieldLog, AppError> {
    let mut record = office.facts().read().await?;
    let (mut found, mut before, mut reached) = (Vec::new(), i64::MAX, None);
    while found.len() < CHANGES_MAX {
        let page = scores::changes_before(record.conn(), before, PAGE).await?;
        let Some(last) = page.last() else { break };
        // Of one instant, some may have been read and some not.
        (before, reached) = (last.id, Some(Instant(last.recorded_at).plus_micros(1)));
        found.extend(page.into_iter().filter_map(change));
    }
    let has_more = found.len() >= CHANGES_MAX && !scores::changes_before(record.conn(), before, 1).await?.is_empty();
    found.reverse();
    let log = FieldLog::of(found);
    Ok(match reached.filter(|_| has_more) {
        Some(at) => log.complete_from(at),
        None => log,
    })
}

/// Of one lead, its person and its company.
pub async fn of_lead(office: &Office, history: &History, lead_row: usize) -> Result<FieldLog, AppError> {
    let person = history.leads.person.values()[lead_row];
    let of_person = history.people.find(person).and_then(|row| history.people.company.get(row));
    let companies =
        [history.leads.company.get(lead_row), of_person.filter(|company| history.leads.company.get(lead_row) != Some(*company))];
    let mut record = office.facts().reader().await?;
    let mut found = scores::changes_of(&mut record, &schema::LEADS, history.leads.ids()[lead_row], OF_RECORD_MAX).await?;
    found.extend(scores::changes_of(&mut record, &schema::PEOPLE, person, OF_RECORD_MAX).await?);
    for company in companies.into_iter().flatten() {
        found.extend(scores::changes_of(&mut record, &schema::COMPANIES, company, OF_RECORD_MAX).await?);
    }
    Ok(FieldLog::of(found.into_iter().filter_map(change)))
}

fn change(row: FieldChangeRow) -> Option<FieldChange> {
    let table = match row.noun.as_str() {
        "companies" => Table::Companies,
        "people" => Table::People,
        "leads" => Table::Leads,
        _ => return None,
    };
    Some(FieldChange { table, record: row.record_id, field: row.field, old: row.old_value, at: Instant(row.recorded_at) })
}
