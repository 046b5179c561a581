//! A section of a recipe, read and checked: what each record is made of.

use alignment::{
    intake::Noun,
    lifecycle::{DealStage, Stage, StageSet},
};
use rustc_hash::FxHashMap;

use super::{
    FileSection, Reason, Recipe, RecipeError, condition::Condition, reference::ReferenceRule, source::Source, stages::StageRule, unknown,
};
use crate::fields::{self, By, FieldKind};

pub(super) struct SectionRule {
    pub skip_when: Option<Condition>,
    pub records: Vec<RecordRule>,
}

pub(super) struct RecordRule {
    pub noun: Noun,
    pub subject: bool,
    pub when: Option<Condition>,
    /// Keys besides the id, in order: `match = ["email"]`.
    pub natural_keys: Vec<By>,
    pub values: FxHashMap<&'static str, Source>,
    pub references: FxHashMap<&'static str, ReferenceRule>,
    pub stages: Vec<StageRule>,
    pub stages_recorded: Option<StageSet>,
    pub custom: CustomRule,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum CustomRule {
    #[default]
    None,
    /// Every column that nothing else in the section reads.
    Rest,
    /// Key of the field and where its value comes from.
    Listed(Vec<(String, Source)>),
}

impl SectionRule {
    pub fn parse(recipe: &Recipe, index: usize) -> Result<SectionRule, RecipeError> {
        let section = &recipe.files[index];
        let place = format!("file {} ({})", index + 1, section.title);
        let wrong = |place: String, reason: Reason| RecipeError::Wrong { recipe: recipe.name.clone(), place, reason };
        check_section(section).map_err(|reason| wrong(place.clone(), reason))?;
        let skip_when = section.skip_when.as_ref().map(Condition::parse).transpose();
        let skip_when = skip_when.map_err(|reason| wrong(format!("{place}, skip_when"), reason))?;
        let mut records = Vec::with_capacity(section.records.len());
        for (number, table) in section.records.iter().enumerate() {
            let noun = table.get("noun").and_then(toml::Value::as_str).unwrap_or("?");
            let record = RecordRule::parse(table, recipe);
            records.push(record.map_err(|reason| wrong(format!("{place}, record {} ({noun})", number + 1), reason))?);
        }
        match records.iter().filter(|record| record.subject).count() {
            1 => {}
            // What a row is about is said last, after what it needs.
            0 => records.iter_mut().last().into_iter().for_each(|record| record.subject = true),
            _ => return Err(wrong(place, "only one record can be the subject of a row".to_owned())),
        }
        Ok(SectionRule { skip_when, records })
    }
}

fn check_section(section: &FileSection) -> Result<(), Reason> {
    if section.records.is_empty() {
        return Err("say what a row is with [[file.record]]".to_owned());
    }
    if section.columns.is_empty() || section.columns.iter().any(|column| column.names().is_empty()) {
        return Err("name the columns by which the file is known: columns = [\"Email\", [\"Stage\", \"Status\"]]".to_owned());
    }
    Ok(())
}

const RECORD_KEYS: [&str; 6] = ["noun", "subject", "when", "match", "stages", "stages_recorded"];

impl RecordRule {
    fn parse(table: &toml::Table, recipe: &Recipe) -> Result<RecordRule, Reason> {
        let nouns = Noun::ALL.map(Noun::key);
        let word =
            table.get("noun").and_then(toml::Value::as_str).ok_or_else(|| format!("say what it is: noun = one of {}", nouns.join(", ")))?;
        let noun = Noun::parse(word).ok_or_else(|| unknown("noun", word, &nouns))?;
        let mut rule = RecordRule {
            noun,
            subject: false,
            when: None,
            natural_keys: Vec::new(),
            values: FxHashMap::default(),
            references: FxHashMap::default(),
            stages: Vec::new(),
            stages_recorded: None,
            custom: CustomRule::None,
        };
        for (key, value) in table {
            rule.take(key, value).map_err(|reason| format!("{key}: {reason}"))?;
        }
        rule.check(recipe)?;
        Ok(rule)
    }

    fn take(&mut self, key: &str, value: &toml::Value) -> Result<(), Reason> {
        match key {
            "noun" => Ok(()),
            "subject" => value.as_bool().map(|flag| self.subject = flag).ok_or_else(|| "write true or false".to_owned()),
            "when" => Condition::parse(value).map(|condition| self.when = Some(condition)),
            "match" => self.take_match(value),
            "custom" => CustomRule::parse(value).map(|custom| self.custom = custom),
            "stages" if matches!(self.noun, Noun::Lead | Noun::Deal) => {
                let rules = value.as_array().ok_or("write a list: stages = [{ stage = \"mql\", at = \"Column\" }]")?;
                self.stages = rules.iter().map(|rule| StageRule::parse(self.noun, rule)).collect::<Result<_, _>>()?;
                Ok(())
            }
            "stages_recorded" if self.noun == Noun::Lead => self.take_recorded(value),
            key => self.take_field(key, value),
        }
    }

    fn take_match(&mut self, value: &toml::Value) -> Result<(), Reason> {
        let allowed: &[&str] = match self.noun {
            Noun::Person => &["email"],
            Noun::User => &["email", "name"],
            Noun::Company => &["domain", "name"],
            Noun::Campaign | Noun::Content => &["name"],
            _ => return Err(format!("a {} is known by its id alone", self.noun.key())),
        };
        for word in super::source::names(value)? {
            let by = By::parse(&word).filter(|by| allowed.contains(&by.key()));
            self.natural_keys.push(by.ok_or_else(|| unknown("key", &word, allowed))?);
        }
        Ok(())
    }

    fn take_recorded(&mut self, value: &toml::Value) -> Result<(), Reason> {
        let known = Stage::ALL.map(Stage::key);
        let mut set = StageSet::default();
        for word in super::source::names(value)? {
            set = set.with(Stage::parse(&word).ok_or_else(|| unknown("stage", &word, &known))?);
        }
        self.stages_recorded = Some(set);
        Ok(())
    }

    fn take_field(&mut self, key: &str, value: &toml::Value) -> Result<(), Reason> {
        let definitions = fields::fields(self.noun);
        let Some(field) = definitions.iter().find(|field| field.stem() == key) else {
            let mut known: Vec<&str> = definitions.iter().map(fields::FieldDefinition::stem).chain(RECORD_KEYS).collect();
            known.dedup();
            return Err(unknown(&format!("field of a {}", self.noun.key()), key, &known));
        };
        if matches!(field.kind, FieldKind::Reference(..)) {
            self.references.insert(field.stem(), ReferenceRule::parse(self.noun, key, value, field.required)?);
            return Ok(());
        }
        let source = Source::parse(value)?;
        check_words(field.kind, &source)?;
        self.values.insert(field.key, source);
        Ok(())
    }

    fn check(&self, recipe: &Recipe) -> Result<(), Reason> {
        for field in fields::fields(self.noun).iter().filter(|field| field.required) {
            if !self.values.contains_key(field.key) && !self.references.contains_key(field.stem()) {
                return Err(format!("a {} needs `{}`: {}", self.noun.key(), field.stem(), field.words));
            }
        }
        let has_money = fields::fields(self.noun).iter().any(|field| field.kind == FieldKind::Money && self.values.contains_key(field.key));
        if has_money && recipe.currency.is_none() && !self.values.contains_key("currency") {
            return Err(
                "the amount needs a currency: write currency = \"EUR\" at the top of the recipe, or name the column here".to_owned()
            );
        }
        Ok(())
    }

    /// The columns that hold what this record can't be without.
    pub fn needed_columns(&self) -> Vec<(&'static str, Vec<&str>)> {
        let needed = fields::fields(self.noun).iter().filter(|field| field.required);
        let columns = needed.map(|field| match self.references.get(field.stem()) {
            Some(reference) => (field.stem(), reference.columns()),
            None => (field.key, self.values.get(field.key).map(Source::columns).unwrap_or_default()),
        });
        let mut columns: Vec<_> = columns.filter(|(_, names)| !names.is_empty()).collect();
        columns.dedup();
        columns
    }
}

/// Words that a map turns into must be words of ours.
fn check_words(kind: FieldKind, source: &Source) -> Result<(), Reason> {
    let known: Vec<&str> = match kind {
        FieldKind::Stage => Stage::ALL.map(Stage::key).to_vec(),
        FieldKind::DealStage => DealStage::ALL.map(DealStage::key).to_vec(),
        FieldKind::TouchKind => alignment::touch::TouchKind::ALL.iter().map(|kind| kind.key()).collect(),
        FieldKind::ActivityKind => alignment::touch::ActivityKind::ALL.iter().map(|kind| kind.key()).collect(),
        FieldKind::Side => super::record::SIDES.map(|(key, _)| key).to_vec(),
        _ => return Ok(()),
    };
    match source.constants().find(|word| !known.contains(word)) {
        None => Ok(()),
        Some(word) => Err(unknown("such word", word, &known)),
    }
}

impl CustomRule {
    fn parse(value: &toml::Value) -> Result<CustomRule, Reason> {
        match value {
            toml::Value::String(word) if word == "rest" => Ok(CustomRule::Rest),
            toml::Value::Array(_) => {
                let listed = super::source::names(value)?.into_iter();
                let source = |name: String| Source { from: super::source::From::Columns(vec![name]), ..Source::default() };
                Ok(CustomRule::Listed(listed.map(|name| (super::custom_key(&name), source(name))).collect()))
            }
            toml::Value::Table(table) => {
                let listed = table.iter().map(|(key, value)| Ok((key.clone(), Source::parse(value)?)));
                Ok(CustomRule::Listed(listed.collect::<Result<_, Reason>>()?))
            }
            _ => Err("write \"rest\", a list of columns, or a table of field = \"Column\"".to_owned()),
        }
    }
}
