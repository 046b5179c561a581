//! From the cells of a row to the records of the intake, one function per noun.

use alignment::{
    Currency, Instant, Money,
    intake::*,
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};
use rustc_hash::FxHashMap;

use super::{
    Invalid, Reason, Recipe, RecipeError,
    columns::{Header, custom_key},
    condition::Check,
    reference::{ReferenceSlot, key_of},
    rule::{CustomRule, RecordRule},
    source::{NoneWords, Slot},
    stages::{AnyStage, StageRule, StageSlot},
};
use crate::{
    cells::Cells,
    fields::{self, By},
    value::{self, DateFormats, Decimal},
};

pub(super) const SIDES: [(&str, Side); 3] = [("marketing", Side::Marketing), ("sales", Side::Sales), ("success", Side::Success)];

/// What holds for the whole file: constants of the recipe.
pub(super) struct Context {
    pub system: String,
    pub none: NoneWords,
    currency: Option<Currency>,
    dates: DateFormats,
    decimal: Decimal,
    drop_invalid_email: bool,
}

impl Context {
    pub fn of(recipe: &Recipe) -> Result<Context, RecipeError> {
        let wrong = |reason| RecipeError::Wrong { recipe: recipe.name.clone(), place: "dates".to_owned(), reason };
        Ok(Context {
            system: recipe.system.clone(),
            none: recipe.none.clone(),
            currency: recipe.currency,
            dates: DateFormats::new(&recipe.time_zone, &recipe.dates).map_err(wrong)?,
            decimal: recipe.decimal,
            drop_invalid_email: recipe.invalid_email == Invalid::Drop,
        })
    }

    pub fn text(&self, slot: Option<&Slot>, cells: &Cells) -> Result<Option<String>, Reason> {
        let short = |text: &str| value::within(text, value::SHORT_CHARACTERS_MAX).map(|()| text.to_owned());
        slot.map_or(Ok(None), |slot| slot.typed(cells, &self.none, short))
    }

    pub fn instant(&self, slot: Option<&Slot>, cells: &Cells) -> Result<Option<Instant>, Reason> {
        slot.map_or(Ok(None), |slot| slot.typed(cells, &self.none, |text| self.dates.instant(text)))
    }
}

/// A record rule compiled against a header.
pub(super) struct RecordMap {
    pub noun: Noun,
    pub subject: bool,
    when: Option<Check>,
    natural_keys: Vec<By>,
    values: FxHashMap<&'static str, Slot>,
    references: FxHashMap<&'static str, ReferenceSlot>,
    stages: Vec<StageSlot>,
    stages_recorded: StageSet,
    custom: Vec<(String, Slot)>,
    custom_rest: bool,
}

impl RecordMap {
    pub fn compile(rule: &RecordRule, header: &mut Header<'_>) -> RecordMap {
        let values: FxHashMap<_, _> = rule.values.iter().filter_map(|(key, source)| Some((*key, source.compile(header)?))).collect();
        let references = rule.references.iter().filter_map(|(key, reference)| Some((*key, reference.compile(header)?))).collect();
        let stages: Vec<StageSlot> = rule.dated_stages().iter().chain(&rule.stages).filter_map(|stage| stage.compile(header)).collect();
        let custom = match &rule.custom {
            CustomRule::Listed(listed) => listed.iter().filter_map(|(key, source)| Some((key.clone(), source.compile(header)?))).collect(),
            CustomRule::None | CustomRule::Rest => Vec::new(),
        };
        let stages_recorded = rule.stages_recorded.unwrap_or_else(|| recorded(rule, &values, &stages));
        RecordMap {
            noun: rule.noun,
            subject: rule.subject,
            when: rule.when.as_ref().map(|when| when.compile(header)),
            natural_keys: natural_keys(rule),
            values,
            references,
            stages,
            stages_recorded,
            custom,
            custom_rest: rule.custom == CustomRule::Rest,
        }
    }

    /// Once all records of the section are compiled: the columns that none of them reads.
    pub fn take_rest(&mut self, header: &mut Header<'_>) {
        if !self.custom_rest {
            return;
        }
        for index in header.unused() {
            let name = header.name(index).to_owned();
            let source = super::source::Source { from: super::source::From::Columns(vec![name.clone()]), ..Default::default() };
            self.custom.extend(source.compile(header).map(|slot| (custom_key(&name), slot)).filter(|(key, _)| !key.is_empty()));
        }
    }

    /// The record that the row holds; `None` where it holds none of this kind.
    pub fn read(&self, cells: &Cells, context: &Context) -> Result<Option<Record>, Reason> {
        if self.when.as_ref().is_some_and(|when| !when.holds(cells, &context.none)) {
            return Ok(None);
        }
        let row = RowReader { map: self, cells, context };
        match self.noun {
            Noun::User => row.user(),
            Noun::Campaign => row.campaign(),
            Noun::Spend => row.spend(),
            Noun::Content => row.content(),
            Noun::Company => row.company(),
            Noun::Person => row.person(),
            Noun::Lead => row.lead(),
            Noun::Touch => row.touch(),
            Noun::Deal => row.deal(),
            Noun::DealLine => row.deal_line(),
            Noun::Activity => row.activity(),
        }
    }

    /// Why a row has no subject: which columns would have said it.
    pub fn missing_words(&self) -> String {
        if self.when.is_some() {
            return format!("the row is no {}: the recipe's `when` does not hold", self.noun.key());
        }
        let required = fields::fields(self.noun).iter().filter(|field| field.required).map(|field| field.stem());
        let natural = self.natural_keys.iter().map(|by| natural_field(self.noun, *by));
        let keys: Vec<&str> = std::iter::once("key").chain(natural).collect();
        let mut names: Vec<&str> = if self.has_required() { required.collect() } else { keys };
        names.dedup();
        let labels: Vec<String> = names.iter().filter_map(|name| self.label(name)).map(|label| format!("`{label}`")).collect();
        match labels.as_slice() {
            [] => format!("the row says nothing that makes a {}", self.noun.key()),
            [label] => format!("{label} is empty: a {} needs it", self.noun.key()),
            labels => format!(
                "{} are empty: a {} needs {} of them",
                labels.join(" and "),
                self.noun.key(),
                if self.has_required() { "each" } else { "one" }
            ),
        }
    }

    fn has_required(&self) -> bool {
        fields::fields(self.noun).iter().any(|field| field.required)
    }

    fn label(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(Slot::label).or_else(|| self.references.get(field).map(ReferenceSlot::label))
    }
}

impl RecordRule {
    /// `mql_at = "Column"` is a stage rule in short.
    fn dated_stages(&self) -> Vec<StageRule> {
        let dated = |key: &str, stage: AnyStage| Some(StageRule::dated(stage, self.values.get(format!("{key}_at").as_str())?.clone()));
        match self.noun {
            Noun::Lead => Stage::ALL.into_iter().filter_map(|stage| dated(stage.key(), AnyStage::Lead(stage))).collect(),
            Noun::Deal => DealStage::ALL.into_iter().filter_map(|stage| dated(stage.key(), AnyStage::Deal(stage))).collect(),
            _ => Vec::new(),
        }
    }
}

/// By what else than its id a record is known: what the recipe says, or without an id what is usual.
fn natural_keys(rule: &RecordRule) -> Vec<By> {
    if !rule.natural_keys.is_empty() || rule.values.contains_key("key") {
        return rule.natural_keys.clone();
    }
    match rule.noun {
        Noun::Person => vec![By::Email],
        Noun::User => vec![By::Email, By::Name],
        Noun::Company => vec![By::Domain, By::Name],
        Noun::Campaign | Noun::Content => vec![By::Name],
        _ => Vec::new(),
    }
}

fn natural_field(noun: Noun, by: By) -> &'static str {
    match (noun, by) {
        (Noun::Content, By::Name) => "title",
        (_, by) => by.key(),
    }
}

/// The stages that this file can say at all.
fn recorded(rule: &RecordRule, values: &FxHashMap<&'static str, Slot>, stages: &[StageSlot]) -> StageSet {
    let ruled = stages.iter().filter_map(|slot| if let AnyStage::Lead(stage) = slot.stage { Some(stage) } else { None });
    let set = ruled.fold(StageSet::of(&[Stage::Lead]), StageSet::with);
    match rule.values.get("stage").filter(|_| values.contains_key("stage")) {
        Some(source) if source.map.is_empty() => StageSet::ALL,
        Some(source) => source.constants().filter_map(Stage::parse).fold(set, StageSet::with),
        None => set,
    }
}

/// One row under one record's rules.
struct RowReader<'a> {
    map: &'a RecordMap,
    cells: &'a Cells,
    context: &'a Context,
}

type Read<T> = Result<Option<T>, Reason>;

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

    fn user(&self) -> Read<Record> {
        let (name, email) = (self.name()?, self.email()?);
        let keys = self.keys(|by| match by {
            By::Email => email.clone().map(Key::Email),
            _ => name.clone().map(Key::Name),
        })?;
        let user = UserIntake { name, email, side: self.side()?, team: self.text("team")?, region: self.text("region")?, keys };
        Ok((!user.keys.is_empty()).then_some(Record::User(user)))
    }

    fn campaign(&self) -> Read<Record> {
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

    fn spend(&self) -> Read<Record> {
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

    fn content(&self) -> Read<Record> {
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

    fn company(&self) -> Read<Record> {
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

    fn person(&self) -> Read<Record> {
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

    fn lead(&self) -> Read<Record> {
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

    fn touch(&self) -> Read<Record> {
        let kind = self.word("kind", TouchKind::parse, || TouchKind::ALL.iter().map(|kind| kind.key()).collect())?;
        let (Some(kind), Some(at)) = (kind, self.instant("at")?) else { return Ok(None) };
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
        })))
    }

    fn deal(&self) -> Read<Record> {
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

    fn deal_line(&self) -> Read<Record> {
        let (Some(deal), Some(amount)) = (self.reference("deal")?, self.money("amount")?) else { return Ok(None) };
        Ok(Some(Record::DealLine(DealLineIntake {
            keys: self.keys(|_| None)?,
            deal,
            product: self.text("product")?,
            quantity: self.integer("quantity")?.unwrap_or(1),
            amount,
        })))
    }

    fn activity(&self) -> Read<Record> {
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
