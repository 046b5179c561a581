//! From the cells of a row to the records of the intake, one function per noun.

use alignment::{
    Currency, Instant, Money,
    intake::*,
    lifecycle::{DealStage, Side, Stage},
    touch::{self, ActivityKind, TouchKind},
};

use super::{Context, RecordMap, SIDES};
use crate::{
    cells::Cells,
    fields::By,
    recipe::{Reason, reference::key_of, source::Slot},
    value,
};

/// One row under one record's rules.
pub(super) struct RowReader<'a> {
    pub map: &'a RecordMap,
    pub cells: &'a Cells,
    pub context: &'a Context,
}

pub(super) type Read<T> = Result<Option<T>, Reason>;

impl RowReader<'_> {
    fn slot(&self, field: &str) -> Option<&Slot> {
        self.map.values.get(field)
    }

    fn typed<T>(&self, field: &str, read: impl FnOnce(&str) -> Result<T, Reason>) -> Read<T> {
        self.slot(field).map_or(Ok(None), |slot| slot.typed(self.cells, &self.context.none, read))
    }

    fn text(&self, field: &str) -> Read<String> {
        self.context.text(self.slot(field), self.cells)
    }

    fn long_text(&self, field: &str) -> Read<String> {
        self.typed(field, |text| Ok(text.to_owned()))
    }

    fn instant(&self, field: &str) -> Read<Instant> {
        self.context.instant(self.slot(field), self.cells)
    }

    fn integer(&self, field: &str) -> Read<i64> {
        self.typed(field, |text| value::integer(text, self.context.decimal))
    }

    fn email(&self) -> Read<String> {
        match self.typed("email", value::email) {
            Err(_) if self.context.drop_invalid_email => Ok(None),
            found => found,
        }
    }

    fn money(&self, field: &str) -> Read<Money> {
        let named = self.typed("currency", |text| text.parse::<Currency>().map_err(|error| error.to_string()))?;
        self.typed(field, |text| {
            let currency = named.or(self.context.currency).ok_or("the row names no currency, and neither does the recipe")?;
            value::amount(text, currency, self.context.decimal)
        })
    }

    /// A word of ours, written as its key or with spaces and capitals.
    fn word<T>(&self, field: &str, parse: impl Fn(&str) -> Option<T>, known: impl FnOnce() -> Vec<&'static str>) -> Read<T> {
        self.typed(field, |text| {
            let word = || text.to_lowercase().replace([' ', '-'], "_");
            let unknown = || format!("{} is none of {}: add it to the recipe's map", value::quoted(text), known().join(", "));
            parse(text).or_else(|| parse(&word())).ok_or_else(unknown)
        })
    }

    fn side(&self) -> Read<Side> {
        let parse = |word: &str| SIDES.iter().find(|(key, _)| *key == word).map(|(_, side)| *side);
        self.word("side", parse, || SIDES.map(|(key, _)| key).to_vec())
    }

    fn reference(&self, field: &str) -> Read<Reference> {
        self.map.references.get(field).map_or(Ok(None), |slot| slot.read(self.cells, self.context))
    }

    /// The id first, then the keys by nature, in the order of the recipe.
    fn keys(&self, natural: impl Fn(By) -> Option<Key>) -> Result<Vec<Key>, Reason> {
        let id = self.typed("key", |text| key_of(By::Key, text, &self.context.system))?;
        Ok(id.into_iter().chain(self.map.natural_keys.iter().filter_map(|by| natural(*by))).collect())
    }

    fn name(&self) -> Read<String> {
        if let Some(name) = self.text("name")? {
            return Ok(Some(name));
        }
        let parts = [self.text("first_name")?, self.text("last_name")?];
        let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(Some(name).filter(|name| !name.is_empty()))
    }

    fn custom(&self) -> CustomValues {
        let read = |(key, slot): &(String, Slot)| Some((key.clone(), slot.read(self.cells, &self.context.none)?.into_owned()));
        self.map.custom.iter().filter_map(read).collect()
    }

    pub fn user(&self) -> Read<Record> {
        let (name, email) = (self.name()?, self.email()?);
        let keys = self.keys(|by| match by {
            By::Email => email.clone().map(Key::Email),
            _ => name.clone().map(Key::Name),
        })?;
        let user = UserIntake { name, email, side: self.side()?, team: self.text("team")?, region: self.text("region")?, keys };
        Ok((!user.keys.is_empty()).then_some(Record::User(user)))
    }

    pub fn campaign(&self) -> Read<Record> {
        let name = self.text("name")?;
        let campaign = CampaignIntake {
            keys: self.keys(|_| name.clone().map(Key::Name))?,
            channel: self.text("channel")?,
            starts_at: self.instant("starts_at")?,
            ends_at: self.instant("ends_at")?,
            budget: self.money("budget")?,
            name,
        };
        Ok((!campaign.keys.is_empty()).then_some(Record::Campaign(campaign)))
    }

    pub fn spend(&self) -> Read<Record> {
        let (Some(at), Some(amount)) = (self.instant("at")?, self.money("amount")?) else { return Ok(None) };
        Ok(Some(Record::Spend(SpendIntake {
            keys: self.keys(|_| None)?,
            campaign: self.reference("campaign")?,
            channel: self.text("channel")?,
            source: self.text("source")?,
            side: self.side()?.unwrap_or(Side::Marketing),
            at,
            amount,
        })))
    }

    pub fn content(&self) -> Read<Record> {
        let title = self.text("title")?;
        let content = ContentIntake {
            keys: self.keys(|_| title.clone().map(Key::Name))?,
            kind: self.text("kind")?,
            url: self.long_text("url")?,
            published_at: self.instant("published_at")?,
            title,
        };
        Ok((!content.keys.is_empty()).then_some(Record::Content(content)))
    }

    pub fn company(&self) -> Read<Record> {
        let (name, domain) = (self.text("name")?, self.domain());
        let keys = self.keys(|by| match by {
            By::Domain => domain.clone().map(Key::Domain),
            _ => name.clone().map(Key::Name),
        })?;
        let company = CompanyIntake {
            keys,
            name,
            domain,
            industry: self.text("industry")?,
            country: self.text("country")?,
            region: self.text("region")?,
            employees: self.integer("employees")?,
            annual_revenue: self.money("annual_revenue")?,
            churned_at: self.instant("churned_at")?,
            owner: self.reference("owner")?,
            created_at: self.instant("created_at")?,
            custom: self.custom(),
        };
        Ok((!company.keys.is_empty()).then_some(Record::Company(company)))
    }

    /// What stands in a website column is often no domain (`none`, `in construction`): such a company has none.
    fn domain(&self) -> Option<String> {
        self.typed("domain", value::domain).unwrap_or_default()
    }

    pub fn person(&self) -> Read<Record> {
        let email = self.email()?;
        let person = PersonIntake {
            keys: self.keys(|_| email.clone().map(Key::Email))?,
            name: self.name()?,
            phone: self.text("phone")?,
            job_title: self.text("job_title")?,
            country: self.text("country")?,
            company: self.reference("company")?,
            created_at: self.instant("created_at")?,
            custom: self.custom(),
            email,
        };
        Ok((!person.keys.is_empty()).then_some(Record::Person(person)))
    }

    pub fn lead(&self) -> Read<Record> {
        let Some(person) = self.reference("person")? else { return Ok(None) };
        let stages = self.lead_stages()?;
        let lead_at = stages.iter().find(|entry| entry.stage == Stage::Lead).and_then(|entry| entry.at);
        Ok(Some(Record::Lead(LeadIntake {
            keys: self.keys(|_| None)?,
            person,
            source: self.text("source")?,
            campaign: self.reference("campaign")?,
            content: self.reference("content")?,
            owner: self.reference("owner")?,
            opened_at: self.instant("opened_at")?.or(lead_at),
            stages,
            stages_recorded: self.map.stages_recorded,
            custom: self.custom(),
        })))
    }

    fn lead_stages(&self) -> Result<Vec<StageEntry>, Reason> {
        let mut entries: Vec<StageEntry> = Vec::new();
        for slot in &self.map.stages {
            entries
                .extend(slot.lead_entry(self.cells, self.context)?.filter(|entry| entries.iter().all(|known| known.stage != entry.stage)));
        }
        let stands_in = self.word("stage", Stage::parse, || Stage::ALL.map(Stage::key).to_vec())?;
        if let Some(stage) = stands_in.filter(|stage| entries.iter().all(|known| known.stage != *stage)) {
            entries.push(StageEntry { stage, at: self.instant("stage_at")?, reason: None, actor: None });
        }
        // One column of reasons is about the way out.
        let reason = self.text("reason")?;
        entries
            .iter_mut()
            .filter(|entry| entry.stage.is_exit() && entry.reason.is_none())
            .for_each(|entry| entry.reason.clone_from(&reason));
        Ok(entries)
    }

    pub fn touch(&self) -> Read<Record> {
        let kind = self.word("kind", TouchKind::parse, || TouchKind::ALL.iter().map(|kind| kind.key()).collect())?;
        let (Some(kind), Some(at)) = (kind, self.instant("at")?) else { return Ok(None) };
        let tags = self.custom();
        touch::check_tags(&tags)?;
        Ok(Some(Record::Touch(TouchIntake {
            keys: self.keys(|_| None)?,
            person: self.reference("person")?,
            company: self.reference("company")?,
            kind,
            at,
            channel: self.text("channel")?,
            source: self.text("source")?,
            campaign: self.reference("campaign")?,
            content: self.reference("content")?,
            tags,
        })))
    }

    pub fn deal(&self) -> Read<Record> {
        let keys = self.keys(|_| None)?;
        let name = self.text("name")?;
        if keys.is_empty() && name.is_none() {
            return Ok(None);
        }
        let role = self.text("role")?;
        let people = match self.map.references.get("person") {
            Some(slot) => slot.read_all(self.cells, self.context)?,
            None => Vec::new(),
        };
        Ok(Some(Record::Deal(DealIntake {
            keys,
            name,
            company: self.reference("company")?,
            people: people.into_iter().map(|person| (person, role.clone())).collect(),
            lead: self.reference("lead")?,
            owner: self.reference("owner")?,
            amount: self.money("amount")?,
            opened_at: self.instant("opened_at")?,
            expected_close_at: self.instant("expected_close_at")?,
            stages: self.deal_stages()?,
            reason: self.text("reason")?,
            custom: self.custom(),
        })))
    }

    fn deal_stages(&self) -> Result<Vec<DealStageEntry>, Reason> {
        let mut entries: Vec<DealStageEntry> = Vec::new();
        for slot in &self.map.stages {
            entries
                .extend(slot.deal_entry(self.cells, self.context)?.filter(|entry| entries.iter().all(|known| known.stage != entry.stage)));
        }
        let stands_in = self.word("stage", DealStage::parse, || DealStage::ALL.map(DealStage::key).to_vec())?;
        if let Some(stage) = stands_in.filter(|stage| entries.iter().all(|known| known.stage != *stage)) {
            entries.push(DealStageEntry { stage, at: self.instant("stage_at")? });
        }
        if let Some(closed) = entries.iter_mut().find(|entry| entry.stage.is_closed() && entry.at.is_none()) {
            closed.at = self.instant("closed_at")?;
        }
        Ok(entries)
    }

    pub fn deal_line(&self) -> Read<Record> {
        let (Some(deal), Some(amount)) = (self.reference("deal")?, self.money("amount")?) else { return Ok(None) };
        Ok(Some(Record::DealLine(DealLineIntake {
            keys: self.keys(|_| None)?,
            deal,
            product: self.text("product")?,
            quantity: self.integer("quantity")?.unwrap_or(1),
            amount,
        })))
    }

    pub fn activity(&self) -> Read<Record> {
        let kind = self.word("kind", ActivityKind::parse, || ActivityKind::ALL.iter().map(|kind| kind.key()).collect())?;
        let (Some(kind), Some(at)) = (kind, self.instant("at")?) else { return Ok(None) };
        Ok(Some(Record::Activity(ActivityIntake {
            keys: self.keys(|_| None)?,
            kind,
            at,
            person: self.reference("person")?,
            company: self.reference("company")?,
            deal: self.reference("deal")?,
            user: self.reference("user")?,
            subject: self.long_text("about")?,
            note: self.long_text("note")?,
            outcome: self.text("outcome")?,
            content: self.reference("content")?,
        })))
    }
}
