//! Shapes that several nouns share on the wire.

use alignment::{Currency, Instant};
use facts::{FactsError, WriteTx, bulk::Value, changes, schema::Table};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ask::Field;
use crate::web::AppError;

/// An amount in minor units (cents) of a currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    #[schema(example = 184000)]
    pub minor: i64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
}

/// What another system calls the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalId {
    #[schema(example = "hubspot")]
    pub system: String,
    pub id: String,
}

/// A value of one of your own fields.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CustomValue {
    pub field: String,
    pub value: String,
}

/// A field before and after a change.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    pub actor: Option<String>,
}

impl From<changes::ChangeRow> for FieldChange {
    fn from(row: changes::ChangeRow) -> FieldChange {
        FieldChange {
            field: row.field,
            before: row.old_value,
            after: row.new_value,
            recorded_at: at(row.recorded_at),
            actor: row.actor_name,
        }
    }
}

impl From<facts::custom::CustomValue> for CustomValue {
    fn from(row: facts::custom::CustomValue) -> CustomValue {
        CustomValue { field: row.field, value: row.value }
    }
}

impl From<facts::custom::ExternalId> for ExternalId {
    fn from(row: facts::custom::ExternalId) -> ExternalId {
        ExternalId { system: row.system, id: row.external_id }
    }
}

pub fn at(micros: i64) -> String {
    Instant(micros).to_string()
}

pub fn at_or_none(micros: Option<i64>) -> Option<String> {
    micros.map(at)
}

pub fn money(minor: Option<i64>, currency: Option<String>) -> Option<Money> {
    Some(Money { minor: minor?, currency: currency? })
}

/// Columns and values of the fields that a request sets.
#[derive(Default)]
pub struct Sets(pub Vec<(&'static str, Value)>);

/// Characters of a one-line text, and of a note.
const LINE_MAX: usize = 1_000;
const NOTE_MAX: usize = 100_000;

impl Sets {
    pub fn line(&mut self, column: &'static str, field: Field<String>) -> Result<(), AppError> {
        self.text(column, field, LINE_MAX)
    }

    pub fn note(&mut self, column: &'static str, field: Field<String>) -> Result<(), AppError> {
        self.text(column, field, NOTE_MAX)
    }

    /// Blank is empty; a text without which the record makes no sense goes through [`Sets::required`] too.
    fn text(&mut self, column: &'static str, field: Field<String>, characters_max: usize) -> Result<(), AppError> {
        let Some(value) = field.0 else { return Ok(()) };
        let text = value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(text) = &text {
            let length = text.chars().count();
            if length > characters_max {
                return Err(AppError::refused(format!("{column}: {length} characters are more than {characters_max}; shorten it")));
            }
            if text.contains('\0') {
                return Err(AppError::refused(format!("{column}: it holds a zero byte, which no text has; leave it out")));
            }
        }
        self.0.push((column, text.map_or(Value::Null, Value::Text)));
        Ok(())
    }

    pub fn number(&mut self, column: &'static str, field: Field<i64>, min: i64) -> Result<(), AppError> {
        match field.0 {
            Some(Some(number)) if number < min => Err(AppError::refused(format!("{column}: {number} is below {min}"))),
            Some(value) => {
                self.0.push((column, Value::int(value)));
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub fn instant(&mut self, column: &'static str, field: Field<String>) -> Result<(), AppError> {
        match field.0 {
            Some(Some(text)) => self.0.push((column, Value::Int(instant(column, &text)?))),
            Some(None) => self.0.push((column, Value::Null)),
            None => {}
        }
        Ok(())
    }

    pub fn money(&mut self, minor: &'static str, currency: &'static str, name: &str, field: Field<Money>) -> Result<(), AppError> {
        match field.0 {
            Some(Some(money)) => {
                let code: Currency = money.currency.parse().map_err(|error| AppError::refused(format!("{name}.currency: {error}")))?;
                self.0.extend([(minor, Value::Int(money.minor)), (currency, Value::Text(code.to_string()))]);
            }
            Some(None) => self.0.extend([(minor, Value::Null), (currency, Value::Null)]),
            None => {}
        }
        Ok(())
    }

    /// The id of another record, which must exist.
    pub async fn reference(
        &mut self,
        tx: &mut WriteTx,
        column: &'static str,
        table: &'static Table,
        field: Field<i64>,
    ) -> Result<(), AppError> {
        match field.0 {
            Some(Some(id)) => {
                if !changes::exists(tx.conn(), table, id).await? {
                    return Err(AppError::refused(format!("{column}: there is no {id} among {}; make it first", table.name)));
                }
                self.0.push((column, Value::Int(id)));
            }
            Some(None) => self.0.push((column, Value::Null)),
            None => {}
        }
        Ok(())
    }

    pub fn word(&mut self, column: &'static str, word: &str) {
        self.0.push((column, Value::Text(word.to_owned())));
    }

    pub fn get(&self, column: &str) -> &Value {
        self.0.iter().find(|(name, _)| *name == column).map_or(&Value::Null, |(_, value)| value)
    }

    /// Refuses a record in which all of these columns are empty.
    pub fn required(&self, columns: &[&str]) -> Result<(), AppError> {
        match columns.iter().any(|column| !self.get(column).is_null()) {
            true => Ok(()),
            false => Err(AppError::refused(format!("{}: a value is needed", columns.join(" or ")))),
        }
    }

    /// Refuses a change that would empty this column.
    pub fn kept(&self, column: &str) -> Result<(), AppError> {
        match self.0.iter().any(|(name, value)| *name == column && value.is_null()) {
            true => Err(AppError::refused(format!("{column}: it can't be emptied"))),
            false => Ok(()),
        }
    }
}

pub fn instant(name: &str, text: &str) -> Result<i64, AppError> {
    text.parse::<Instant>().map(|instant| instant.0).map_err(|error| AppError::refused(format!("{name}: {error}")))
}

/// Gives a new record its names in other systems; one that another record has is a conflict that says so.
pub async fn name_record(tx: &mut WriteTx, noun: alignment::intake::Noun, id: i64, names: Vec<ExternalId>) -> Result<(), AppError> {
    for name in names {
        if name.system.trim().is_empty() || name.id.trim().is_empty() {
            return Err(AppError::refused("external_ids: system and id are both needed"));
        }
        let known = facts::custom::by_external_id(tx.conn(), noun, &name.system, &name.id).await?;
        if let Some(other) = known {
            return Err(taken(noun.key(), other, &name));
        }
        let row = facts::custom::ExternalId { system: name.system.clone(), external_id: name.id.clone() };
        match facts::custom::name(tx.conn(), noun, id, &row).await {
            Err(FactsError::Taken { .. }) => return Err(taken(noun.key(), id, &name)),
            other => other?,
        }
    }
    Ok(())
}

fn taken(noun: &str, other: i64, name: &ExternalId) -> AppError {
    AppError::Conflict(format!("external_ids: {} `{}` is {noun} {other} already; change that one instead", name.system, name.id))
}
