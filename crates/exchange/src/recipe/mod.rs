//! Recipes: what the columns of a system's files mean. A recipe is a TOML file; `docs/recipes.md` describes the language.
//!
//! A recipe is checked as a whole when it is read ([`Recipe::from_toml`]), so that a mistake is named before any file is touched.
//! [`Recipe::plan`] picks the section for each file; compiled against the file's header, the section maps rows.

mod built_in;
mod columns;
mod condition;
mod error;
mod plan;
mod record;
mod reference;
mod rows;
mod rule;
mod source;
mod stages;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use alignment::{Currency, intake::Noun};
use serde::{Deserialize, Serialize};

pub use error::RecipeError;
pub use plan::{FileImport, ImportPlan, SkippedFile};
pub use rows::{Outcome, ReadRow, Rows};

pub(crate) use columns::custom_key;

use crate::value::{DateFormats, Decimal, Reason};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub name: String,
    pub title: String,
    /// The system whose ids the files carry: the namespace of external ids.
    pub system: String,
    /// Of amounts whose row names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Of dates that name no zone.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Formats of dates that are not ISO, tried in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<String>,
    #[serde(default)]
    pub decimal: Decimal,
    /// Words that mean "nothing" in any column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
    #[serde(default)]
    pub invalid_email: Invalid,
    #[serde(rename = "file")]
    pub files: Vec<FileSection>,
}

/// What to do with a value that can't be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    #[default]
    Reject,
    Drop,
}

/// One kind of file. The order of sections is the order of import, so that what others refer to comes first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSection {
    pub title: String,
    /// File names, with `*` for anything. Decides only between sections whose columns are all there.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub name_patterns: Vec<String>,
    /// The columns by which the file is known; a list inside means one of these.
    pub columns: Vec<OneOf>,
    /// Columns that such a file does not have, where another kind of file would be taken for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// A folder without this file is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Of a workbook: the sheet. The first one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip_when: Option<toml::Value>,
    #[serde(rename = "record")]
    pub records: Vec<toml::Table>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOf {
    One(String),
    Any(Vec<String>),
}

impl OneOf {
    pub fn names(&self) -> &[String] {
        match self {
            OneOf::One(name) => std::slice::from_ref(name),
            OneOf::Any(names) => names,
        }
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

impl Recipe {
    pub fn built_in_names() -> Vec<&'static str> {
        built_in::NAMES.to_vec()
    }

    pub fn built_in(name: &str) -> Result<Recipe, RecipeError> {
        let unknown = || RecipeError::Unknown { name: name.to_owned(), known: Recipe::built_in_names() };
        Recipe::from_toml(built_in::text(name).ok_or_else(unknown)?)
    }

    /// The built-in recipe that has a section for such a file: the one that asks for the most of its columns.
    pub fn built_in_for(header: &[String]) -> Option<&'static str> {
        let asked = |name: &&'static str| -> Option<usize> {
            let recipe = Recipe::built_in(name).ok()?;
            recipe
                .files
                .iter()
                .filter(|section| plan::missing_columns(section, header).is_none())
                .map(|section| section.columns.len())
                .max()
        };
        let found = built_in::NAMES.iter().filter_map(|name| Some((asked(name)?, *name)));
        // The first of equals.
        found.rev().max_by_key(|(columns, _)| *columns).map(|(_, name)| name)
    }

    pub fn from_toml(text: &str) -> Result<Recipe, RecipeError> {
        let recipe: Recipe = toml::from_str(text).map_err(|error| RecipeError::Syntax(error.to_string()))?;
        recipe.check()?;
        Ok(recipe)
    }

    /// A built-in recipe by its name, or a file by its path.
    pub fn load(name_or_path: &str) -> Result<Recipe, RecipeError> {
        let path = Path::new(name_or_path);
        if built_in::text(name_or_path).is_some() || (!name_or_path.ends_with(".toml") && !path.exists()) {
            return Recipe::built_in(name_or_path);
        }
        let unreadable = |error: std::io::Error| RecipeError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        Recipe::from_toml(&std::fs::read_to_string(path).map_err(unreadable)?)
    }

    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// Which file is read by which section, in the order of import. Of a folder, the files directly in it are taken.
    pub fn plan<P: AsRef<Path>>(&self, paths: &[P]) -> Result<ImportPlan, RecipeError> {
        plan::plan(self, paths.iter().map(|path| path.as_ref().to_owned()).collect::<Vec<PathBuf>>())
    }

    /// The same for files kept under other names than their own, such as uploads: pairs of name and path.
    pub fn plan_named(&self, files: &[(String, PathBuf)]) -> Result<ImportPlan, RecipeError> {
        plan::plan_named(self, files)
    }

    /// The nouns that this recipe brings in, in the order of its sections.
    pub fn nouns(&self) -> Vec<Noun> {
        let mut nouns = Vec::new();
        for noun in self.files.iter().flat_map(|file| &file.records).filter_map(|record| record.get("noun")?.as_str().and_then(Noun::parse))
        {
            if !nouns.contains(&noun) {
                nouns.push(noun);
            }
        }
        nouns
    }

    fn check(&self) -> Result<(), RecipeError> {
        let wrong = |place: &str, reason: String| RecipeError::Wrong { recipe: self.name.clone(), place: place.to_owned(), reason };
        if self.name.trim().is_empty() {
            return Err(wrong("name", "give the recipe a name".to_owned()));
        }
        if self.system.trim().is_empty() {
            return Err(wrong("system", "name the system that the ids belong to, such as \"hubspot\"".to_owned()));
        }
        DateFormats::new(&self.time_zone, &self.dates).map_err(|reason| wrong("time_zone and dates", reason))?;
        if self.files.is_empty() {
            return Err(wrong("file", "describe at least one file with [[file]]".to_owned()));
        }
        for index in 0..self.files.len() {
            rule::SectionRule::parse(self, index)?;
        }
        Ok(())
    }
}

/// Refuses keys that the format does not have, and says which it has.
fn check_keys(table: &toml::Table, known: &[&str]) -> Result<(), Reason> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(unknown("key", key, known)),
    }
}

/// `there is no field `emial`: did you mean `email`? Known are ...`.
fn unknown(what: &str, word: &str, known: &[&str]) -> Reason {
    let near = known.iter().map(|name| (strsim::jaro_winkler(word, name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = near.filter(|(score, _)| *score > 0.8).map(|(_, name)| format!(" did you mean `{name}`?")).unwrap_or_default();
    format!("there is no {what} `{word}`:{hint} known are {}", known.join(", "))
}
