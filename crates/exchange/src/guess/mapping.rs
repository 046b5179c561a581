//! A mapping of columns to fields, as a person edits it, and the recipe that it stands for.

use std::collections::BTreeMap;

use alignment::{Currency, intake::Noun};
use toml::{Table, Value};

use super::{choice, words};
use crate::{
    fields::{self, By, FieldKind},
    recipe::{FileSection, OneOf, Recipe, RecipeError, custom_key},
    value::Decimal,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    pub noun: Noun,
    /// Where the ids come from: the namespace of external ids.
    pub system: String,
    pub currency: Option<Currency>,
    pub time_zone: String,
    pub dates: Vec<String>,
    pub decimal: Decimal,
    /// Each column of the file and the field it fills ([`super::choices`]), or nothing.
    pub columns: Vec<(String, Option<String>)>,
    /// Words of a column and what they mean, over the usual ones: column, word, meaning.
    pub words: Vec<(String, String, String)>,
    /// Columns without a field become fields of your own (companies, people, leads, deals and, as tags, touches).
    pub keep_rest: bool,
}

impl Mapping {
    pub fn new(noun: Noun, system: &str) -> Mapping {
        Mapping {
            noun,
            system: system.to_owned(),
            currency: Some(Currency::EUR),
            time_zone: "UTC".to_owned(),
            dates: Vec::new(),
            decimal: Decimal::Point,
            columns: Vec::new(),
            words: Vec::new(),
            keep_rest: false,
        }
    }

    /// The recipe, checked. Records that the row names (owner, company, campaign, ...) are made where they don't exist yet.
    pub fn recipe(&self) -> Result<Recipe, RecipeError> {
        let mut groups: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (column, field) in self.columns.iter().filter_map(|(column, field)| Some((column.as_str(), field.as_deref()?))) {
            let (stem, part) = field.split_once('.').unwrap_or(("", field));
            groups.entry(stem).or_default().push((part, column));
        }
        self.fill_in(&mut groups);
        let mut records = Vec::new();
        // What others refer to comes first: a company before its people.
        for stem in ["owner", "user", "campaign", "content", "company", "person"] {
            if let (Some(fields), Some(noun)) = (groups.get(stem), choice::noun_of(stem)) {
                let mut record = self.record(noun, fields);
                if stem == "person" && choice::ways(self.noun, "company").is_empty() {
                    self.refer(&mut record, noun, "company", &groups);
                }
                records.push(record);
            }
        }
        records.push(self.subject(&groups));
        let recipe = Recipe {
            name: format!("{} of {}", self.noun.key(), self.system),
            title: format!("{} from a file", choice::name_of(self.noun)),
            system: self.system.clone(),
            currency: self.currency,
            time_zone: self.time_zone.clone(),
            dates: self.dates.clone(),
            decimal: self.decimal,
            none: Vec::new(),
            invalid_email: crate::recipe::Invalid::Reject,
            files: vec![FileSection {
                title: choice::name_of(self.noun).to_owned(),
                columns: self.columns.iter().filter(|(_, field)| field.is_some()).map(|(column, _)| OneOf::One(column.clone())).collect(),
                records,
                ..FileSection::default()
            }],
        };
        Recipe::from_toml(&recipe.to_toml())
    }

    /// What a file means without saying it: a lead whose person has neither id nor address is the person of the lead's own id; and
    /// the close date of a deal is when it will be closed or when it was, by its stage.
    fn fill_in<'a>(&self, groups: &mut BTreeMap<&'a str, Vec<(&'a str, &'a str)>>) {
        let column = |groups: &BTreeMap<&'a str, Vec<(&'a str, &'a str)>>, stem: &str, field: &str| {
            groups.get(stem)?.iter().find(|(part, _)| *part == field).map(|(_, column)| *column)
        };
        let person_is_named = ["key", "email"].iter().any(|part| column(groups, "person", part).is_some());
        if let (Noun::Lead, false, Some(key)) = (self.noun, person_is_named, column(groups, "", "key")) {
            groups.entry("person").or_default().push(("key", key));
        }
        let closed = column(groups, "", "closed_at");
        if let (Noun::Deal, None, Some(close)) = (self.noun, closed, column(groups, "", "expected_close_at")) {
            groups.entry("").or_default().push(("closed_at", close));
        }
    }

    fn subject(&self, groups: &BTreeMap<&str, Vec<(&str, &str)>>) -> Table {
        let empty = Vec::new();
        let mut record = self.record(self.noun, groups.get("").unwrap_or(&empty));
        record.insert("subject".to_owned(), Value::Boolean(true));
        for stem in groups.keys().filter(|stem| !stem.is_empty()) {
            self.refer(&mut record, self.noun, stem, groups);
        }
        let unmapped: Vec<&str> = self.columns.iter().filter(|(_, field)| field.is_none()).map(|(column, _)| column.as_str()).collect();
        let own_fields = fields::field(self.noun, "custom").is_some();
        if self.keep_rest && own_fields && unmapped.iter().any(|column| !custom_key(column).is_empty()) {
            record.insert("custom".to_owned(), Value::Array(unmapped.into_iter().map(Value::from).collect()));
        }
        record
    }

    fn record(&self, noun: Noun, fields: &[(&str, &str)]) -> Table {
        let mut record = Table::new();
        record.insert("noun".to_owned(), noun.key().into());
        for (key, column) in fields {
            let source = self.source(noun, key, column);
            match record.get_mut(*key) {
                // Two columns for one field: the first that is filled.
                Some(Value::Array(columns)) => columns.push(Value::from(*column)),
                Some(Value::String(first)) => {
                    let both = vec![Value::from(first.clone()), Value::from(*column)];
                    record.insert((*key).to_owned(), Value::Array(both));
                }
                _ => {
                    record.insert((*key).to_owned(), source);
                }
            }
        }
        record
    }

    /// A column, with the meaning of its words where the field has words of its own.
    fn source(&self, noun: Noun, key: &str, column: &str) -> Value {
        let usual = fields::field(noun, key).map_or(&[][..], |field| words::usual(field.kind));
        let of_column = self.words.iter().filter(|(of, ..)| of == column);
        let mut map: Table = usual.iter().map(|(word, meaning)| ((*word).to_owned(), Value::from(*meaning))).collect();
        map.extend(of_column.map(|(_, word, meaning)| (word.to_lowercase(), Value::from(meaning.as_str()))));
        if map.is_empty() {
            return Value::from(column);
        }
        let source = [("column".to_owned(), Value::from(column)), ("map".to_owned(), Value::Table(map))];
        Value::Table(source.into_iter().collect())
    }

    /// `company = { domain = "Website", name = "Company" }`, with the ways that the file has columns for.
    fn refer(&self, record: &mut Table, noun: Noun, stem: &str, groups: &BTreeMap<&str, Vec<(&str, &str)>>) {
        let ways = choice::ways(noun, stem);
        let columns = groups.get(stem).map_or(&[][..], Vec::as_slice);
        let named = columns.iter().filter(|(part, _)| By::parse(part).is_some_and(|by| ways.contains(&by)));
        let reference: Table = named.map(|(part, column)| ((*part).to_owned(), Value::from(*column))).collect();
        let is_reference = fields::fields(noun).iter().any(|field| field.stem() == stem && matches!(field.kind, FieldKind::Reference(..)));
        if is_reference && !reference.is_empty() {
            record.insert(stem.to_owned(), Value::Table(reference));
        }
    }
}
