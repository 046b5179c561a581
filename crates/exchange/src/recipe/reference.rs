//! How a record names another one: by id, address, domain or name; the first way that the row fills.

use alignment::intake::{Key, Noun, Reference};

use super::{
    Reason,
    columns::Header,
    record::Context,
    source::{Slot, Source, names},
};
use crate::{
    cells::Cells,
    fields::{self, By, FieldKind},
    value,
};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReferenceRule {
    pub ways: Vec<Way>,
    pub required: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    pub by: By,
    pub source: Source,
    /// Whose ids these are, where not the recipe's system.
    pub system: Option<String>,
}

impl ReferenceRule {
    /// A table such as `{ email = "Owner", required = true }`, a list of such tables, or a column of ids.
    pub fn parse(noun: Noun, stem: &str, value: &toml::Value, always_required: bool) -> Result<ReferenceRule, Reason> {
        let allowed: Vec<By> = fields::fields(noun).iter().filter(|field| field.stem() == stem).filter_map(by_of).collect();
        let mut rule = ReferenceRule { ways: Vec::new(), required: always_required };
        match value {
            toml::Value::Array(parts) if parts.iter().all(toml::Value::is_table) => {
                for part in parts.iter().filter_map(toml::Value::as_table) {
                    rule.add(part, &allowed)?;
                }
            }
            toml::Value::Table(table) => rule.add(table, &allowed)?,
            columns => rule.ways.push(Way {
                by: By::Key,
                source: Source { from: super::source::From::Columns(names(columns)?), ..Source::default() },
                system: None,
            }),
        }
        if rule.ways.is_empty() {
            return Err(format!("say by what it is named: {}", words(&allowed)));
        }
        Ok(rule)
    }

    fn add(&mut self, table: &toml::Table, allowed: &[By]) -> Result<(), Reason> {
        let system = table.get("system").and_then(toml::Value::as_str).map(str::to_owned);
        let start = self.ways.len();
        for (key, value) in table {
            match key.as_str() {
                "system" => {}
                "required" => self.required |= value.as_bool().ok_or("`required` is true or false")?,
                key => {
                    let by = By::parse(key).filter(|by| allowed.contains(by));
                    let by = by.ok_or_else(|| {
                        format!("it can't be named by `{key}`: write {}, and perhaps system and required", words(allowed))
                    })?;
                    self.ways.push(Way { by, source: Source::parse(value)?, system: system.clone() });
                }
            }
        }
        // The surest first, in whatever order the table has them.
        self.ways[start..].sort_by_key(|way| way.by as usize);
        Ok(())
    }

    pub fn compile(&self, header: &mut Header<'_>) -> Option<ReferenceSlot> {
        let ways: Vec<_> = self.ways.iter().filter_map(|way| Some((way.by, way.source.compile(header)?, way.system.clone()))).collect();
        (!ways.is_empty()).then_some(ReferenceSlot { ways, required: self.required })
    }

    pub fn columns(&self) -> Vec<&str> {
        self.ways.iter().flat_map(|way| way.source.columns()).collect()
    }
}

fn by_of(field: &fields::FieldDefinition) -> Option<By> {
    match field.kind {
        FieldKind::Reference(_, by) => Some(by),
        _ => None,
    }
}

fn words(allowed: &[By]) -> String {
    allowed.iter().map(|by| by.key()).collect::<Vec<_>>().join(", ")
}

#[derive(Clone, Debug)]
pub(super) struct ReferenceSlot {
    ways: Vec<(By, Slot, Option<String>)>,
    required: bool,
}

impl ReferenceSlot {
    /// The first way that the row fills with something that can be a key.
    pub fn read(&self, cells: &Cells, context: &Context) -> Result<Option<Reference>, Reason> {
        let mut refused = None;
        for (by, slot, system) in &self.ways {
            let Some(text) = slot.read(cells, &context.none) else { continue };
            match key_of(*by, &text, system.as_deref().unwrap_or(&context.system)) {
                Ok(key) => return Ok(Some(Reference { key, required: self.required })),
                Err(reason) => refused = refused.or_else(|| Some(slot.in_column(&reason))),
            }
        }
        match refused {
            Some(reason) if self.required => Err(reason),
            _ => Ok(None),
        }
    }

    /// Of a column that holds a list: each of them.
    pub fn read_all(&self, cells: &Cells, context: &Context) -> Result<Vec<Reference>, Reason> {
        for (by, slot, system) in &self.ways {
            let keys = slot.read_each(cells, &context.none).into_iter();
            let system = system.as_deref().unwrap_or(&context.system);
            let found: Vec<Reference> =
                keys.filter_map(|text| key_of(*by, &text, system).ok()).map(|key| Reference { key, required: self.required }).collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(self.read(cells, context)?.into_iter().collect())
    }

    pub fn label(&self) -> &str {
        self.ways.first().map_or("", |(_, slot, _)| slot.label())
    }
}

pub(super) fn key_of(by: By, text: &str, system: &str) -> Result<Key, Reason> {
    match by {
        By::Key => {
            value::within(text, value::KEY_CHARACTERS_MAX)?;
            Ok(Key::External { system: system.to_owned(), id: text.to_owned() })
        }
        By::Email => value::email(text).map(Key::Email),
        By::Domain => value::domain(text).map(Key::Domain),
        By::Name => {
            value::within(text, value::SHORT_CHARACTERS_MAX)?;
            Ok(Key::Name(text.to_owned()))
        }
    }
}
