//! The form that writes an experiment down. Where it is refused it is shown again, with what was typed and the words at the field.

use askama::Template;
use axum::extract::{Query, State};
use insight::{experiment::Outcome, history::History, question::Dimension};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;

use super::{ExperimentFields, versions};
use crate::{
    Office,
    scoreboard::aside,
    ui::format,
    web::{AppError, Page},
};

/// What was typed; an empty field is one that was left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub name: String,
    pub dimension: String,
    pub a: String,
    pub b: String,
    pub b_is_new: Option<String>,
    pub number: String,
    pub worth_finding_percent: String,
    pub within_days: String,
    pub starts_on: String,
    /// The last day that counts.
    pub ends_on: String,
    pub note: String,
}

impl Default for Typed {
    fn default() -> Typed {
        let empty = String::new;
        Typed {
            name: empty(),
            dimension: "campaign".into(),
            a: empty(),
            b: empty(),
            b_is_new: None,
            number: "sql_rate".into(),
            worth_finding_percent: "20".into(),
            within_days: empty(),
            starts_on: empty(),
            ends_on: empty(),
            note: empty(),
        }
    }
}

impl Typed {
    pub fn fields(self) -> Result<ExperimentFields, AppError> {
        let filled = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let whole = |name: &str, text: String| {
            filled(text).map(|text| text.parse().map_err(|_| AppError::refused(format!("{name}: `{text}` is no whole number")))).transpose()
        };
        // The last day counts to its end.
        let day_after = |text: String| {
            let day = text.parse::<Date>().ok().and_then(|day| day.checked_add(1.day()).ok());
            day.map(|day| day.to_string()).ok_or_else(|| AppError::refused(format!("ends_at: `{text}` is no day; write 2026-03-31")))
        };
        Ok(ExperimentFields {
            name: self.name,
            dimension: self.dimension,
            a: self.a,
            b: self.b,
            b_is_new: self.b_is_new.is_some(),
            number: filled(self.number),
            worth_finding_percent: whole("worth_finding_percent", self.worth_finding_percent)?,
            within_days: whole("within_days", self.within_days)?,
            starts_at: filled(self.starts_on),
            ends_at: filled(self.ends_on).map(day_after).transpose()?,
            note: filled(self.note),
        })
    }
}

/// The form as the page shows it.
pub struct Shown {
    pub typed: Typed,
    /// Key, name, and whether it is chosen.
    pub dimensions: Vec<(String, String, bool)>,
    pub numbers: Vec<(&'static str, &'static str, bool)>,
    /// Of the dimension that is chosen.
    pub values: Vec<String>,
    wrong: Option<Wrong>,
}

/// Why it was refused, and at which field.
struct Wrong {
    field: &'static str,
    words: String,
}

const DIMENSIONS: &[(&str, &str)] =
    &[("campaign", "Campaign"), ("content", "Content (page, e-mail, guide)"), ("source", "Source"), ("channel", "Channel")];
/// A field of the form, by how a refusal names it.
const FIELDS: &[(&str, &str)] = &[
    ("name", "name"),
    ("dimension", "dimension"),
    ("a", "a"),
    ("b", "b"),
    ("number", "number"),
    ("worth_finding_percent", "worth_finding_percent"),
    ("within_days", "within_days"),
    ("starts_at", "starts_on"),
    ("ends_at", "ends_on"),
    ("note", "note"),
];

impl Shown {
    pub async fn of(office: &Office, typed: Typed, refusal: Option<&str>) -> Result<Shown, AppError> {
        let history = office.history().await?;
        let chosen = typed.dimension.clone();
        let (values, own) = aside(move || (values(&history, &chosen), versions::own_fields(&history))).await?;
        let own = own.into_iter().map(|key| (key.clone(), format::capitalized(&format::dimension(&key))));
        let known = DIMENSIONS.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned())).chain(own);
        Ok(Shown {
            dimensions: known.map(|(key, name)| (key.clone(), name, key == typed.dimension)).collect(),
            numbers: Outcome::ALL.map(|outcome| (outcome.key(), outcome.name(), outcome.key() == typed.number)).to_vec(),
            values,
            wrong: refusal.map(Wrong::of),
            typed,
        })
    }

    /// What is wrong with a field; empty is what belongs to none of them.
    pub fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }
}

impl Wrong {
    /// A refusal begins with the name of the field.
    fn of(refusal: &str) -> Wrong {
        let named = refusal.split(|letter: char| letter != '_' && !letter.is_ascii_lowercase()).next().unwrap_or_default();
        let field = FIELDS.iter().find(|(name, _)| *name == named).map_or("", |(_, field)| field);
        let words = refusal.strip_prefix(named).and_then(|rest| rest.strip_prefix(": ")).filter(|_| !field.is_empty());
        Wrong { field, words: format::capitalized(words.unwrap_or(refusal)) }
    }
}

fn values(history: &History, dimension: &str) -> Vec<String> {
    Dimension::parse(dimension).map(|dimension| versions::suggested(history, &dimension)).unwrap_or_default()
}

/// The values of a dimension, for the two fields that name versions.
#[derive(Template)]
#[template(path = "experiments/values.html")]
pub struct Values {
    values: Vec<String>,
}

#[derive(Deserialize)]
pub struct OfDimension {
    dimension: String,
}

pub async fn suggested(State(office): State<Office>, Query(of): Query<OfDimension>) -> Result<Page<Values>, AppError> {
    let history = office.history().await?;
    Ok(Page(Values { values: aside(move || values(&history, &of.dimension)).await? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_stands_at_its_field() {
        for (refusal, field, words) in [
            ("name: say it in a sentence", "name", "Say it in a sentence"),
            ("dimension `colour`: write source", "dimension", "Dimension `colour`: write source"),
            ("ends_at: the end must be after the start", "ends_on", "The end must be after the start"),
            ("b: it is the same as a", "b", "It is the same as a"),
            ("nothing that it knows: no", "", "Nothing that it knows: no"),
            ("", "", ""),
        ] {
            let wrong = Wrong::of(refusal);
            assert_eq!((wrong.field, wrong.words.as_str()), (field, words), "{refusal}");
        }
    }

    #[test]
    fn the_last_day_counts() {
        let typed = Typed { ends_on: "2026-03-31".into(), starts_on: " 2026-03-01 ".into(), ..Typed::default() };
        let fields = typed.clone().fields().unwrap();
        assert_eq!((fields.starts_at.as_deref(), fields.ends_at.as_deref()), (Some("2026-03-01"), Some("2026-04-01")));
        let refused = |typed: Typed| typed.fields().unwrap_err().problem().detail;
        assert!(refused(Typed { ends_on: "soon".into(), ..typed.clone() }).starts_with("ends_at"));
        assert!(refused(Typed { within_days: "many".into(), ..typed }).starts_with("within_days"));
    }
}
