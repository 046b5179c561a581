//! What can be wrong with a recipe, or with the files it is given.

use std::path::PathBuf;

use crate::table::FileError;

#[derive(Debug, thiserror::Error, Clone, PartialEq)]
pub enum RecipeError {
    #[error("there is no recipe `{name}`: name one of {}, or give the path of a .toml file", known.join(", "))]
    Unknown { name: String, known: Vec<&'static str> },
    #[error("the recipe {} can't be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    /// TOML that is none, or a key that the format does not have. The text names line and key.
    #[error("the recipe is not well written: {0}")]
    Syntax(String),
    /// `place` leads to the spot: `file 2 (Contacts), record 1 (person), email`.
    #[error("recipe `{recipe}`, {place}: {reason}")]
    Wrong { recipe: String, place: String, reason: String },
    #[error("{} does not fit the recipe `{recipe}`:\n{}", file, looked_for.join("\n"))]
    NoSection { recipe: String, file: String, looked_for: Vec<String> },
    #[error("the recipe `{recipe}` needs the file {title} ({wanted}), and it is not in {place}")]
    MissingFile { recipe: String, title: String, wanted: String, place: String },
    #[error("nothing to import in {place}: no file there fits the recipe `{recipe}`{}", skipped_words(skipped))]
    NothingToImport { recipe: String, place: String, skipped: Vec<String> },
    #[error(transparent)]
    File(#[from] FileError),
}

fn skipped_words(skipped: &[String]) -> String {
    let lines: String = skipped.iter().map(|line| format!("\n  {line}")).collect();
    lines
}
