//! The record's field history as the score needs it.

use alignment::Instant;
use facts::{schema, scores, scores::FieldChangeRow};
use insight::{
    history::History,
    rows::Table,
    score::{FieldChange, FieldLog, Landmark, company_at},
};

use crate::{Office, web::AppError};

/// The newest so many are looked at: leads that were judged before the oldest of them are not learned from.
const CHANGES_MAX: usize = 1_000_000;
const PAGE: i64 = 10_000;

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

/// Of one lead, its person and the company that it stood with: what was changed after its landmark, and only the first change of each
/// field, since that says what the field said at the landmark.
pub async fn of_landmark(office: &Office, history: &History, landmark: &Landmark) -> Result<FieldLog, AppError> {
    let (lead, after) = (history.leads.ids()[landmark.lead_row], landmark.fields_at().0);
    let mut record = office.facts().reader().await?;
    let mut log = FieldLog::default();
    for (table, id) in [(&schema::LEADS, lead), (&schema::PEOPLE, landmark.person)] {
        log = log.with(scores::first_changes_after(&mut record, table, id, after).await?.into_iter().filter_map(change));
    }
    // The company may have been another one then: which one, only the changes of the lead and its person can say.
    let Some(company) = company_at(history, &log, landmark) else { return Ok(log) };
    let of_company = scores::first_changes_after(&mut record, &schema::COMPANIES, company, after).await?;
    Ok(log.with(of_company.into_iter().filter_map(change)))
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
