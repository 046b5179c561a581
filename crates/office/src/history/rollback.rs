//! Rows with fields as they were: what was corrected since is set back to its old value.

use alignment::{
    Currency, Instant, Money,
    fields::email_domain,
    handoff::Outcome,
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};
use facts::changes::Correction;
use insight::{
    history::{Held, History, Rows},
    rows::{self, Delta},
};
use rustc_hash::FxHashMap;

/// Old values by field, of one record.
pub type Fields = FxHashMap<String, Option<String>>;
/// By table and record.
pub type Old = FxHashMap<String, FxHashMap<i64, Fields>>;

/// What each field held before the first of the corrections, which come in the order in which they were made.
pub fn old_values(corrections: &[Correction]) -> Old {
    let mut old = Old::default();
    for correction in corrections {
        let of_record = old.entry(correction.noun.clone()).or_default().entry(correction.record_id).or_default();
        of_record.entry(correction.field.clone()).or_insert_with(|| correction.old_value.clone());
    }
    old
}

/// The rows of the history that were corrected, as they were.
pub fn rows_before(history: &History, old: &Old) -> Delta {
    Delta {
        companies: set_back(&history.companies, old.get("companies"), company),
        people: set_back(&history.people, old.get("people"), person),
        leads: set_back(&history.leads, old.get("leads"), lead),
        transitions: set_back(&history.transitions, old.get("transitions"), transition),
        touches: set_back(&history.touches, old.get("touches"), touch),
        activities: set_back(&history.activities, old.get("activities"), activity),
        deals: set_back(&history.deals, old.get("deals"), deal),
        deal_transitions: set_back(&history.deal_transitions, old.get("deal_transitions"), deal_transition),
        campaigns: set_back(&history.campaigns, old.get("campaigns"), campaign),
        content: set_back(&history.content, old.get("content"), content),
        users: set_back(&history.users, old.get("users"), user),
        spend: set_back(&history.spend, old.get("spend"), spend),
        clocks: set_back(&history.clocks, old.get("clocks"), clock),
        waivers: set_back(&history.waivers, old.get("waivers"), waiver),
        ..Delta::default()
    }
}

type Set<R> = fn(&mut R, &str, Option<&str>);

fn set_back<T: Rows>(table: &Held<T>, old: Option<&FxHashMap<i64, Fields>>, set: Set<T::Row>) -> Vec<T::Row> {
    let Some(old) = old else { return Vec::new() };
    let corrected = table.ids().iter().enumerate().filter_map(|(row, id)| Some((row, old.get(id)?)));
    corrected
        .map(|(row, fields)| {
            let mut row = table.row(row);
            // An amount before its currency: there is no currency without an amount.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(field, _)| (field.ends_with("_currency"), field.as_str()));
            fields.into_iter().for_each(|(field, value)| set(&mut row, field, value.as_deref()));
            row
        })
        .collect()
}

fn int(value: Option<&str>) -> Option<i64> {
    value?.parse().ok()
}

fn instant(value: Option<&str>) -> Option<Instant> {
    int(value).map(Instant)
}

fn text(value: Option<&str>) -> Option<String> {
    value.map(str::to_owned)
}

/// An amount is two fields: the number and its currency. One that had no amount since gets its currency next.
fn amount(kept: &mut Option<Money>, minor: Option<&str>) {
    let currency = kept.map(|money| money.currency);
    *kept = int(minor).zip(currency.or(Some(Currency::EUR))).map(|(minor, currency)| Money::new(minor, currency));
}

fn currency(kept: &mut Option<Money>, code: Option<&str>) {
    *kept = kept.zip(code.and_then(|code| code.parse().ok())).map(|(money, currency)| Money::new(money.minor, currency));
}

/// One of the customer's own fields.
fn custom(kept: &mut Vec<(String, String)>, field: &str, value: Option<&str>) {
    let Some(key) = field.strip_prefix("custom:") else { return };
    kept.retain(|(known, _)| known != key);
    kept.extend(value.map(|value| (key.to_owned(), value.to_owned())));
    kept.sort_unstable();
}

fn company(row: &mut rows::CompanyRow, field: &str, value: Option<&str>) {
    match field {
        "name" => row.name = text(value),
        "domain" => row.domain = text(value),
        "industry" => row.industry = text(value),
        "country" => row.country = text(value),
        "region" => row.region = text(value),
        "employees" => row.employees = int(value),
        "annual_revenue_minor" => amount(&mut row.annual_revenue, value),
        "annual_revenue_currency" => currency(&mut row.annual_revenue, value),
        "churned_at" => row.churned_at = instant(value),
        own => custom(&mut row.custom, own, value),
    }
}

fn person(row: &mut rows::PersonRow, field: &str, value: Option<&str>) {
    match field {
        "company_id" => row.company = int(value),
        "name" => row.has_name = value.is_some(),
        "phone" => row.has_phone = value.is_some(),
        "country" => row.country = text(value),
        "email" => {
            row.has_email = value.is_some();
            row.email_domain = value.and_then(email_domain).map(str::to_lowercase);
        }
        "job_title" => {
            row.has_job_title = value.is_some();
            row.job_title = text(value);
        }
        own => custom(&mut row.custom, own, value),
    }
}

fn lead(row: &mut rows::LeadRow, field: &str, value: Option<&str>) {
    match field {
        "person_id" => row.person = int(value).unwrap_or(row.person),
        "company_id" => row.company = int(value),
        "source" => row.source = text(value),
        "campaign_id" => row.campaign = int(value),
        "content_id" => row.content = int(value),
        "owner_id" => row.owner = int(value),
        "opened_at" => row.opened_at = instant(value).unwrap_or(row.opened_at),
        "stages_recorded" => row.stages_recorded = int(value).map_or(row.stages_recorded, |set| StageSet(set as u16)),
        own => custom(&mut row.custom, own, value),
    }
}

fn transition(row: &mut rows::TransitionRow, field: &str, value: Option<&str>) {
    match field {
        "stage" => row.stage = value.and_then(Stage::parse).unwrap_or(row.stage),
        "at" => row.at = instant(value),
        "reason" => row.reason = text(value),
        _ => {}
    }
}

fn touch(row: &mut rows::TouchRow, field: &str, value: Option<&str>) {
    match field {
        "person_id" => row.person = int(value),
        "company_id" => row.company = int(value),
        "kind" => row.kind = value.and_then(TouchKind::parse).unwrap_or(row.kind),
        "channel" => row.channel = text(value),
        "source" => row.source = text(value),
        "campaign_id" => row.campaign = int(value),
        "content_id" => row.content = int(value),
        own => custom(&mut row.tags, own, value),
    }
}

fn activity(row: &mut rows::ActivityRow, field: &str, value: Option<&str>) {
    match field {
        "person_id" => row.person = int(value),
        "company_id" => row.company = int(value),
        "deal_id" => row.deal = int(value),
        "user_id" => row.user = int(value),
        "kind" => row.kind = value.and_then(ActivityKind::parse).unwrap_or(row.kind),
        "at" => row.at = instant(value).unwrap_or(row.at),
        "content_id" => row.content = int(value),
        _ => {}
    }
}

fn deal(row: &mut rows::DealRow, field: &str, value: Option<&str>) {
    match field {
        "company_id" => row.company = int(value),
        "lead_id" => row.lead = int(value),
        "owner_id" => row.owner = int(value),
        "amount_minor" => amount(&mut row.amount, value),
        "amount_currency" => currency(&mut row.amount, value),
        "opened_at" => row.opened_at = instant(value),
        "expected_close_at" => row.expected_close_at = instant(value),
        "reason" => row.reason = text(value),
        _ => {}
    }
}

fn deal_transition(row: &mut rows::DealTransitionRow, field: &str, value: Option<&str>) {
    match field {
        "stage" => row.stage = value.and_then(DealStage::parse).unwrap_or(row.stage),
        "at" => row.at = instant(value),
        _ => {}
    }
}

fn campaign(row: &mut rows::NamedRow, field: &str, value: Option<&str>) {
    match field {
        "name" => row.name = value.unwrap_or_default().to_owned(),
        "channel" => row.group = text(value),
        "starts_at" => row.at = instant(value),
        _ => {}
    }
}

fn content(row: &mut rows::NamedRow, field: &str, value: Option<&str>) {
    match field {
        "title" => row.name = value.unwrap_or_default().to_owned(),
        "kind" => row.group = text(value),
        "published_at" => row.at = instant(value),
        _ => {}
    }
}

fn user(row: &mut rows::NamedRow, field: &str, value: Option<&str>) {
    match field {
        "name" => row.name = value.unwrap_or_default().to_owned(),
        "region" => row.group = text(value),
        "email" => row.email = text(value),
        _ => {}
    }
}

fn spend(row: &mut rows::SpendRow, field: &str, value: Option<&str>) {
    match field {
        "campaign_id" => row.campaign = int(value),
        "channel" => row.channel = text(value),
        "source" => row.source = text(value),
        "at" => row.at = instant(value).unwrap_or(row.at),
        "amount_minor" => row.amount.minor = int(value).unwrap_or(row.amount.minor),
        "amount_currency" => row.amount.currency = value.and_then(|code| code.parse().ok()).unwrap_or(row.amount.currency),
        "side" => {
            row.side = match value {
                Some("sales") => Side::Sales,
                Some("success") => Side::Success,
                _ => Side::Marketing,
            }
        }
        _ => {}
    }
}

fn clock(row: &mut rows::ClockRow, field: &str, value: Option<&str>) {
    match field {
        "owner_id" => row.owner = int(value),
        "due_at" => row.due_at = instant(value).unwrap_or(row.due_at),
        "ended_at" => row.ended_at = instant(value),
        "outcome" => row.outcome = value.and_then(Outcome::parse),
        "breached_at" => row.breached_at = instant(value),
        "paused_at" => row.paused_at = instant(value),
        _ => {}
    }
}

fn waiver(row: &mut rows::WaiverRow, field: &str, value: Option<&str>) {
    if field == "revoked_at" {
        row.revoked_at = instant(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(noun: &str, id: i64, field: &str, old: &str) -> Correction {
        let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Correction {
            id: 1,
            noun: noun.into(),
            record_id: id,
            field: field.into(),
            old_value: value(old),
            new_value: None,
            recorded_at: 9,
            actor_id: None,
            actor_name: None,
            import_id: None,
        }
    }

    #[test]
    fn the_first_old_value_counts() {
        let changes = [corrected("companies", 1, "industry", "steel"), corrected("companies", 1, "industry", "glass")];
        assert_eq!(old_values(&changes)["companies"][&1]["industry"].as_deref(), Some("steel"));
    }

    #[test]
    fn an_amount_and_its_currency_come_back_in_any_order() {
        let usd: Currency = "USD".parse().unwrap();
        let row = rows::DealRow {
            id: 1,
            company: None,
            lead: None,
            people: Vec::new(),
            owner: None,
            amount: Some(Money::new(500, Currency::EUR)),
            opened_at: None,
            expected_close_at: None,
            recorded_at: Instant(0),
            reason: None,
        };
        for fields in [[("amount_minor", "700"), ("amount_currency", "USD")], [("amount_currency", "USD"), ("amount_minor", "700")]] {
            let mut row = row.clone();
            fields.iter().for_each(|(field, value)| deal(&mut row, field, Some(value)));
            assert_eq!(row.amount, Some(Money::new(700, usd)), "{fields:?}");
        }
    }
}
