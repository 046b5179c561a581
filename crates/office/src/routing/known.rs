//! What the record knows, as routing wants it: the team at an instant, and the leads with their accounts.

use std::collections::{BTreeMap, BTreeSet};

use alignment::{
    Currency, Instant,
    agreement::{Agreement, Criterion, Target},
    fields,
    lifecycle::Side,
    routing::{Account, AccountMatch, Away, Candidate, FieldValue, How, LeadToPlace, PoolTurns, Rep, State, match_account, search_keys},
};
use facts::{
    Connection,
    dialect::Engine,
    keys,
    routing::{self as record, CompanyCandidate, LeadFields, RepRow},
};
use rustc_hash::FxHashMap;

use crate::{Role, leads::pages::side_key};

/// Companies whose name begins like a domain that are looked at, at most.
const ALIKE_MAX: i64 = 200;
const PERSON_CUSTOM: &str = "person.custom.";
const COMPANY_CUSTOM: &str = "company.custom.";

/// The team, with all absences that matter to leads of the span.
pub async fn state(connection: &mut Connection, from: Instant, to: Instant) -> facts::Result<State> {
    let rows = record::reps(connection).await?;
    let mut away: FxHashMap<i64, Vec<Away>> = FxHashMap::default();
    for (user, starts, ends) in record::away(connection, from.0, to.0).await? {
        away.entry(user).or_default().push(Away { from: Instant(starts), to: Instant(ends) });
    }
    let named = facts::handoff::head_of(connection, "sales").await?;
    let is_enabled = |row: &&RepRow| row.disabled_at.is_none();
    let with_role = |role: &str| rows.iter().filter(is_enabled).find(|row| row.role.as_deref() == Some(role)).map(|row| row.id);
    let named = named.filter(|user| rows.iter().filter(is_enabled).any(|row| row.id == *user));
    // Somebody must look after what nobody gets.
    let head = named.or_else(|| with_role("leader")).or_else(|| with_role("admin"));
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let open: FxHashMap<i64, i64> = record::open_leads(connection, &ids).await?.into_iter().collect();
    let reps = rows.into_iter().map(|row| Rep {
        user: row.id,
        is_sales: is_sales(&row),
        is_enabled: row.disabled_at.is_none(),
        away: away.remove(&row.id).unwrap_or_default(),
        open_leads: open.get(&row.id).map_or(0, |open| u32::try_from(*open).unwrap_or(u32::MAX)),
        name: row.name,
        email: row.email,
        region: row.region,
    });
    let reps = reps.collect();
    let turns = record::turns(connection).await?.into_iter().map(|row| PoolTurns {
        pool: row.pool,
        user: row.user_id,
        given: u64::try_from(row.given).unwrap_or(0),
        weight: u32::try_from(row.weight).unwrap_or(0),
    });
    Ok(State::new(reps, turns.collect(), head))
}

/// Whether a lead can be given to this user by hand. Owners whom an import brought need not sign in.
pub fn takes_leads(row: &RepRow) -> bool {
    row.disabled_at.is_none() && is_sales(row)
}

/// Leaders and administrators may own accounts too; of a user who never signs in, the side decides.
fn is_sales(row: &RepRow) -> bool {
    match row.role.as_deref().and_then(Role::parse) {
        Some(role) => role != Role::Marketing,
        None => row.side == side_key(Side::Sales),
    }
}

/// The leads with their accounts and with the fields that this Agreement's rules look at.
pub async fn leads_to_place(
    connection: &mut Connection,
    engine: Engine,
    agreement: &Agreement,
    leads: Vec<(LeadFields, Instant)>,
) -> facts::Result<Vec<LeadToPlace>> {
    let wanted = fields_of_rules(agreement);
    let asks_custom = |prefix: &str| wanted.iter().any(|field| field.starts_with(prefix));
    let (mut of_people, mut of_companies) = (OwnFields::default(), OwnFields::default());
    if asks_custom(PERSON_CUSTOM) {
        let people: Vec<i64> = leads.iter().map(|(lead, _)| lead.person_id).collect();
        of_people = own_fields(connection, engine, "people", &people).await?;
    }
    if asks_custom(COMPANY_CUSTOM) {
        let companies: Vec<i64> = leads.iter().filter_map(|(lead, _)| lead.company_id).collect();
        of_companies = own_fields(connection, engine, "companies", &companies).await?;
    }
    let asks_account = agreement.routing.rules.iter().any(|rule| rule.to == Target::AccountOwner);
    let mut accounts = if asks_account { matched(connection, &leads).await? } else { FxHashMap::default() };
    let to_place = |(lead, at): (LeadFields, Instant)| {
        let value_of = |field: &String| {
            let own = |values: &OwnFields, record: i64, key: &str| values.get(&(record, key.to_owned())).cloned().map(FieldValue::Text);
            let value = match (field.strip_prefix(PERSON_CUSTOM), field.strip_prefix(COMPANY_CUSTOM)) {
                (Some(key), _) => own(&of_people, lead.person_id, key),
                (_, Some(key)) => lead.company_id.and_then(|company| own(&of_companies, company, key)),
                _ => built_in(&lead, field),
            };
            value.map(|value| (field.clone(), value))
        };
        let found: BTreeMap<_, _> = wanted.iter().filter_map(value_of).collect();
        LeadToPlace {
            lead: lead.id,
            at,
            owner: lead.owner_id,
            account: given(&lead).or_else(|| accounts.remove(&lead.id)).unwrap_or(AccountMatch::None),
            product_line: lead.product_line,
            fields: found,
            past: Vec::new(),
        }
    };
    Ok(leads.into_iter().map(to_place).collect())
}

/// The company's own fields of records, by record and key.
type OwnFields = FxHashMap<(i64, String), String>;

async fn own_fields(connection: &mut Connection, engine: Engine, table: &str, ids: &[i64]) -> facts::Result<OwnFields> {
    let found = keys::custom_values_of(connection, engine, table, ids).await?;
    Ok(found.into_iter().map(|(record, key, value)| ((record, key), value)).collect())
}

pub fn fields_of_rules(agreement: &Agreement) -> BTreeSet<String> {
    fn collect(criterion: &Criterion, into: &mut BTreeSet<String>) {
        match criterion {
            Criterion::All(parts) | Criterion::Any(parts) | Criterion::None(parts) => parts.iter().for_each(|part| collect(part, into)),
            Criterion::Field(test) => {
                into.insert(test.field.clone());
            }
            Criterion::Score(_) | Criterion::Activity(_) => {}
        }
    }
    let mut wanted = BTreeSet::new();
    agreement.routing.rules.iter().filter_map(|rule| rule.when.as_ref()).for_each(|when| collect(when, &mut wanted));
    wanted
}

fn built_in(lead: &LeadFields, field: &str) -> Option<FieldValue> {
    let text = |text: &Option<String>| text.clone().map(FieldValue::Text);
    match field {
        fields::PERSON_NAME => text(&lead.person_name),
        fields::PERSON_EMAIL => text(&lead.email),
        fields::PERSON_EMAIL_DOMAIN => Some(FieldValue::Text(fields::email_domain(lead.email.as_deref()?)?.to_lowercase())),
        fields::PERSON_PHONE => text(&lead.phone),
        fields::PERSON_JOB_TITLE => text(&lead.job_title),
        fields::PERSON_COUNTRY => text(&lead.country),
        fields::COMPANY_NAME => text(&lead.company_name),
        fields::COMPANY_DOMAIN => text(&lead.company_domain),
        fields::COMPANY_INDUSTRY => text(&lead.company_industry),
        fields::COMPANY_COUNTRY => text(&lead.company_country),
        fields::COMPANY_REGION => text(&lead.company_region),
        fields::COMPANY_EMPLOYEES => Some(FieldValue::Number(lead.company_employees? as f64)),
        fields::COMPANY_ANNUAL_REVENUE => {
            let currency: Currency = lead.company_revenue_currency.as_deref()?.parse().ok()?;
            Some(FieldValue::Number(lead.company_revenue_minor? as f64 / currency.minor_per_major() as f64))
        }
        fields::LEAD_SOURCE => text(&lead.source),
        _ => None,
    }
}

/// The company that the record has for the lead already.
fn given(lead: &LeadFields) -> Option<AccountMatch> {
    let company = lead.company_id?;
    let name = lead.company_name.clone().or_else(|| lead.company_domain.clone()).unwrap_or_else(|| format!("company {company}"));
    Some(AccountMatch::Found(Account { company, name, owner: lead.company_owner_id, how: How::Given }))
}

/// For the leads without a company, by e-mail address. Looked up for all at once, but for names, of which there are few.
async fn matched(connection: &mut Connection, leads: &[(LeadFields, Instant)]) -> facts::Result<FxHashMap<i64, AccountMatch>> {
    let without: Vec<(i64, &str)> = leads
        .iter()
        .filter(|(lead, _)| lead.company_id.is_none())
        .filter_map(|(lead, _)| Some((lead.id, lead.email.as_deref()?)))
        .collect();
    let keys: FxHashMap<i64, (Vec<String>, String)> = without.iter().filter_map(|(id, email)| Some((*id, search_keys(email)?))).collect();
    let domains: BTreeSet<String> = keys.values().flat_map(|(domains, _)| domains.iter().cloned()).collect();
    let domains: Vec<String> = domains.iter().flat_map(|domain| [domain.clone(), format!("www.{domain}")]).collect();
    let by_domain: Vec<Candidate> = record::companies_by_domain(connection, &domains).await?.into_iter().map(candidate).collect();
    let mut by_word: FxHashMap<String, Vec<Candidate>> = FxHashMap::default();
    let mut found = FxHashMap::default();
    for (id, email) in without {
        let Some((domains, word)) = keys.get(&id) else { continue };
        let fits = |candidate: &&Candidate| {
            let domain = candidate.domain.as_deref().unwrap_or_default().to_lowercase();
            domains.iter().any(|known| *known == domain || domain.strip_prefix("www.") == Some(known))
        };
        let mut candidates: Vec<Candidate> = by_domain.iter().filter(fits).cloned().collect();
        if candidates.is_empty() && word.len() > 1 {
            if !by_word.contains_key(word) {
                let alike = record::companies_by_word(connection, word, ALIKE_MAX).await?;
                by_word.insert(word.clone(), alike.into_iter().map(candidate).collect());
            }
            candidates = by_word.get(word).cloned().unwrap_or_default();
        }
        found.insert(id, match_account(Some(email), None, &candidates));
    }
    Ok(found)
}

fn candidate(row: CompanyCandidate) -> Candidate {
    Candidate { company: row.id, name: row.name, domain: row.domain, owner: row.owner_id }
}
