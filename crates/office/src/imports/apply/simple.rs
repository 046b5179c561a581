//! The nouns that are one row each: users, campaigns, spend, content, companies, people, deal lines, activities.

use alignment::{intake::*, lifecycle::Side};
use facts::{bulk::Value, schema};
use xxhash_rust::xxh3::xxh3_128;

use super::*;
use crate::leads::pages::side_key;

/// The system under which a record without an id of its own is known by what it says, so that a file read twice brings it once.
const NATURAL: &str = "tandem:natural";

/// Longest texts kept in a name and in a note; longer ones are cut by nobody, the row is refused.
const NAME_CHARS_MAX: usize = 2_000;
const NOTE_CHARS_MAX: usize = 1_000_000;

type Taken = std::result::Result<(i64, Change), String>;

impl Importer {
    pub(super) fn take_user(&mut self, intake: &UserIntake) -> Taken {
        let found = self.keys.find_record(Noun::User, &intake.keys);
        let mut fields = vec![("name", text(&intake.name)), ("email", text(&intake.email)), ("region", text(&intake.region))];
        if let Some(side) = intake.side {
            fields.push(("side", Value::Text(side_key(side).to_owned())));
        }
        if found.is_none() {
            let name = intake.name.clone().or(intake.email.clone()).unwrap_or_else(|| key_words(&intake.keys));
            fields[0].1 = Value::Text(name);
            if intake.side.is_none() {
                fields.push(("side", Value::Text("sales".into())));
            }
        }
        if let Some(team) = &intake.team {
            fields.push(("team_id", Value::Int(self.team(team, intake.side.unwrap_or(Side::Sales)))));
        }
        let (id, change) = self.make_or_set(&schema::USERS, found, fields);
        Ok((id, self.learn(Noun::User, &intake.keys, id, change)))
    }

    /// Why the record can't be taken, by what it says itself. Asked before anything of its row is kept.
    pub(super) fn refusal(&self, record: &Record) -> std::result::Result<(), String> {
        match record {
            Record::User(UserIntake { name, .. })
            | Record::Campaign(CampaignIntake { name, .. })
            | Record::Company(CompanyIntake { name, .. })
            | Record::Person(PersonIntake { name, .. })
            | Record::Deal(DealIntake { name, .. }) => short_enough("name", name, NAME_CHARS_MAX),
            Record::Content(intake) => short_enough("title", &intake.title, NAME_CHARS_MAX),
            Record::Activity(intake) => {
                short_enough("subject", &intake.subject, NAME_CHARS_MAX)?;
                short_enough("note", &intake.note, NOTE_CHARS_MAX)
            }
            Record::DealLine(intake) => {
                let deal = self.keys.find(Noun::Deal, &intake.deal.key);
                let currency = deal.and_then(|deal| self.rows.value(&schema::DEALS, deal, "amount_currency")?.as_text());
                match currency.filter(|currency| *currency != intake.amount.currency.as_str()) {
                    Some(currency) => {
                        let line = intake.amount.currency;
                        Err(format!("the deal is in {currency} and this line in {line}: lines of one deal share a currency"))
                    }
                    None => Ok(()),
                }
            }
            Record::Spend(_) | Record::Lead(_) | Record::Touch(_) => Ok(()),
        }
    }

    /// The team of that name, made where it is new.
    fn team(&mut self, name: &str, side: Side) -> i64 {
        if let Some(id) = self.teams.get(name) {
            return *id;
        }
        let fields = vec![("name", Value::Text(name.to_owned())), ("side", Value::Text(side_key(side).to_owned()))];
        let id = self.rows.make(&schema::TEAMS, &self.context, fields);
        self.teams.insert(name.to_owned(), id);
        id
    }

    pub(super) fn take_campaign(&mut self, intake: &CampaignIntake) -> Taken {
        let found = self.keys.find_record(Noun::Campaign, &intake.keys);
        let mut fields = vec![
            ("name", text(&intake.name)),
            ("channel", text(&intake.channel)),
            ("starts_at", instant(intake.starts_at)),
            ("ends_at", instant(intake.ends_at)),
        ];
        push_money(&mut fields, "budget_minor", "budget_currency", intake.budget);
        if found.is_none() && intake.name.is_none() {
            fields[0].1 = Value::Text(key_words(&intake.keys));
        }
        let (id, change) = self.make_or_set(&schema::CAMPAIGNS, found, fields);
        Ok((id, self.learn(Noun::Campaign, &intake.keys, id, change)))
    }

    pub(super) fn take_content(&mut self, intake: &ContentIntake) -> Taken {
        let found = self.keys.find_record(Noun::Content, &intake.keys);
        let mut fields = vec![
            ("title", text(&intake.title)),
            ("kind", text(&intake.kind)),
            ("url", text(&intake.url)),
            ("published_at", instant(intake.published_at)),
        ];
        if found.is_none() && intake.title.is_none() {
            fields[0].1 = Value::Text(key_words(&intake.keys));
        }
        let (id, change) = self.make_or_set(&schema::CONTENT, found, fields);
        Ok((id, self.learn(Noun::Content, &intake.keys, id, change)))
    }

    pub(super) fn take_company(&mut self, intake: &CompanyIntake) -> Taken {
        let found = self.keys.find_record(Noun::Company, &intake.keys);
        let owner = self.resolve_optional(Noun::User, &intake.owner)?;
        let mut fields = vec![
            ("name", text(&intake.name)),
            ("domain", text(&intake.domain)),
            ("industry", text(&intake.industry)),
            ("country", text(&intake.country)),
            ("region", text(&intake.region)),
            ("employees", Value::int(intake.employees)),
            ("owner_id", Value::int(owner)),
            ("created_at", instant(intake.created_at)),
            ("churned_at", instant(intake.churned_at)),
        ];
        push_money(&mut fields, "annual_revenue_minor", "annual_revenue_currency", intake.annual_revenue);
        let (id, change) = self.make_or_set(&schema::COMPANIES, found, fields);
        let change = self.set_custom(&schema::COMPANIES, id, &intake.custom, change);
        Ok((id, self.learn(Noun::Company, &intake.keys, id, change)))
    }

    pub(super) fn take_person(&mut self, intake: &PersonIntake) -> Taken {
        let found = self.keys.find_record(Noun::Person, &intake.keys);
        let company = self.resolve_optional(Noun::Company, &intake.company)?;
        let fields = vec![
            ("name", text(&intake.name)),
            ("email", text(&intake.email)),
            ("phone", text(&intake.phone)),
            ("job_title", text(&intake.job_title)),
            ("country", text(&intake.country)),
            ("company_id", Value::int(company)),
            ("created_at", instant(intake.created_at)),
        ];
        let (id, change) = self.make_or_set(&schema::PEOPLE, found, fields);
        if let Some(company) = company {
            // Leads that came before anybody knew the company learn it now.
            for lead in self.leads_of.get(&id).cloned().unwrap_or_default() {
                if self.rows.value(&schema::LEADS, lead, "company_id").is_some_and(Value::is_null) {
                    self.rows.set(&schema::LEADS, lead, "company_id", Value::Int(company));
                }
            }
        }
        let change = self.set_custom(&schema::PEOPLE, id, &intake.custom, change);
        Ok((id, self.learn(Noun::Person, &intake.keys, id, change)))
    }

    pub(super) fn take_spend(&mut self, intake: &SpendIntake) -> Taken {
        let keys = natural_or_own(&intake.keys, || spend_words(intake));
        let found = self.keys.find_record(Noun::Spend, &keys);
        let campaign = self.resolve_optional(Noun::Campaign, &intake.campaign)?;
        let fields = vec![
            ("campaign_id", Value::int(campaign)),
            ("channel", text(&intake.channel)),
            ("source", text(&intake.source)),
            ("side", Value::Text(side_key(intake.side).to_owned())),
            ("at", Value::Int(intake.at.0)),
            ("amount_minor", Value::Int(intake.amount.minor)),
            ("amount_currency", Value::Text(intake.amount.currency.to_string())),
        ];
        let (id, change) = self.make_or_set(&schema::SPEND, found, fields);
        Ok((id, self.learn(Noun::Spend, &keys, id, change)))
    }

    pub(super) fn take_deal_line(&mut self, intake: &DealLineIntake) -> Taken {
        let keys = natural_or_own(&intake.keys, || deal_line_words(intake));
        let found = self.keys.find_record(Noun::DealLine, &keys);
        let Some(deal) = self.resolve(Noun::Deal, &intake.deal)? else { return Err(missing(Noun::Deal, &intake.deal.key)) };
        let fields = vec![
            ("deal_id", Value::Int(deal)),
            ("product", text(&intake.product)),
            ("quantity", Value::Int(intake.quantity)),
            ("amount_minor", Value::Int(intake.amount.minor)),
            ("amount_currency", Value::Text(intake.amount.currency.to_string())),
        ];
        let (id, change) = self.make_or_set(&schema::DEAL_LINES, found, fields);
        if change != Change::Unchanged {
            self.deals_with_lines.insert(deal);
        }
        Ok((id, self.learn(Noun::DealLine, &keys, id, change)))
    }

    pub(super) fn take_activity(&mut self, intake: &ActivityIntake) -> Taken {
        let keys = natural_or_own(&intake.keys, || activity_words(intake));
        let found = self.keys.find_record(Noun::Activity, &keys);
        let person = self.resolve_optional(Noun::Person, &intake.person)?;
        let company = self.resolve_optional(Noun::Company, &intake.company)?;
        let deal = self.resolve_optional(Noun::Deal, &intake.deal)?;
        let user = self.resolve_optional(Noun::User, &intake.user)?;
        let content = self.resolve_optional(Noun::Content, &intake.content)?;
        let fields = vec![
            ("kind", Value::Text(intake.kind.key().to_owned())),
            ("at", Value::Int(intake.at.0)),
            ("person_id", Value::int(person)),
            ("company_id", Value::int(company)),
            ("deal_id", Value::int(deal)),
            ("user_id", Value::int(user)),
            ("subject", text(&intake.subject)),
            ("note", text(&intake.note)),
            ("outcome", text(&intake.outcome)),
            ("content_id", Value::int(content)),
        ];
        let (id, change) = self.make_or_set(&schema::ACTIVITIES, found, fields);
        if let Some(person) = person.filter(|_| change != Change::Unchanged && intake.kind.is_attempt()) {
            self.aftermath.attempted.insert(person);
        }
        Ok((id, self.learn(Noun::Activity, &keys, id, change)))
    }

    pub(super) fn set_custom(&mut self, table: &'static Table, id: i64, values: &[(String, String)], change: Change) -> Change {
        let is_new = change == Change::Created;
        if !self.custom.set(table.name, id, values, is_new) {
            return change;
        }
        self.rows.mark_touched(table, id);
        if is_new { change } else { Change::Updated }
    }

    /// The names under which spend, lines and activities without an id would be known.
    pub(super) fn collect_natural_keys(&self, batch: &[IntakeRow], wanted: &mut FxHashSet<(Noun, Key)>) {
        for record in batch.iter().flat_map(|row| row.needs.iter().chain([&row.subject])) {
            let keys = match record {
                Record::Spend(intake) => natural_or_own(&intake.keys, || spend_words(intake)),
                Record::DealLine(intake) => natural_or_own(&intake.keys, || deal_line_words(intake)),
                Record::Activity(intake) => natural_or_own(&intake.keys, || activity_words(intake)),
                _ => continue,
            };
            wanted.extend(keys.into_iter().map(|key| (record.noun(), key)));
        }
    }
}

fn natural_or_own(own: &[Key], words: impl FnOnce() -> String) -> Vec<Key> {
    if own.is_empty() {
        vec![Key::External { system: NATURAL.into(), id: format!("{:032x}", xxh3_128(words().as_bytes())) }]
    } else {
        own.to_vec()
    }
}

fn spend_words(intake: &SpendIntake) -> String {
    format!("{:?}|{:?}|{:?}|{:?}|{}|{:?}", intake.campaign, intake.channel, intake.source, intake.side, intake.at.0, intake.amount)
}

fn deal_line_words(intake: &DealLineIntake) -> String {
    format!("{:?}|{:?}|{}|{:?}", intake.deal.key, intake.product, intake.quantity, intake.amount)
}

fn activity_words(intake: &ActivityIntake) -> String {
    format!(
        "{:?}|{}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}",
        intake.kind, intake.at.0, intake.person, intake.company, intake.deal, intake.user, intake.subject, intake.note
    )
}

/// A name for a record that came with none.
fn key_words(keys: &[Key]) -> String {
    match keys.first() {
        Some(Key::External { id, .. } | Key::Email(id) | Key::Domain(id) | Key::Name(id)) => id.clone(),
        None => "unnamed".into(),
    }
}

fn short_enough(field: &str, value: &Option<String>, chars_max: usize) -> std::result::Result<(), String> {
    match value {
        // A character is at most four bytes: only texts that might be too long are counted.
        Some(text) if text.len() > chars_max && text.chars().count() > chars_max => {
            Err(format!("{field} has {} characters: at most {chars_max} are kept; shorten it or move it to a note", text.chars().count()))
        }
        _ => Ok(()),
    }
}

pub(super) fn push_money(
    fields: &mut Vec<(&'static str, Value)>,
    minor: &'static str,
    currency: &'static str,
    money: Option<alignment::Money>,
) {
    if let Some(money) = money {
        fields.push((minor, Value::Int(money.minor)));
        fields.push((currency, Value::Text(money.currency.to_string())));
    }
}
