//! A record rule, compiled against the header of a file.

mod read;

use alignment::{
    Currency, Instant,
    intake::{Noun, Record},
    lifecycle::{DealStage, Side, Stage, StageSet},
};
use rustc_hash::FxHashMap;

use self::read::RowReader;
use super::{
    Invalid, Reason, Recipe, RecipeError,
    columns::{Header, custom_key},
    condition::Check,
    reference::ReferenceSlot,
    rule::{CustomRule, RecordRule},
    source::{NoneWords, Slot, Source},
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
            let source = Source { from: super::source::From::Columns(vec![name.clone()]), ..Default::default() };
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
