//! What a person chose on the mapping page: a recipe that comes with the program, or a field for each column of each file.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use alignment::{Currency, intake::Noun};
use exchange::{
    Recipe,
    guess::{self, Guess, Mapping},
    recipe::ImportPlan,
    table,
    value::Decimal,
};

use crate::web::AppError;

/// The fields of the form, by name.
pub type Form = HashMap<String, String>;

/// A file as it was read for the page.
pub struct FileLook {
    pub name: String,
    pub format: String,
    pub guess: Guess,
    pub built_in: Option<&'static str>,
}

pub const OWN: &str = "own";

/// Reads the beginnings of the files; `form` may say what a file is about.
pub fn look(files: &[(String, PathBuf)], form: &Form) -> Result<Vec<FileLook>, AppError> {
    files.iter().enumerate().map(|(index, (name, path))| look_at(index, name, path, form)).collect()
}

fn look_at(index: usize, name: &str, path: &Path, form: &Form) -> Result<FileLook, AppError> {
    let refused = |error: exchange::FileError| AppError::refused(format!("{name}: {error}"));
    let mut table = table::open(path).map_err(refused)?;
    let rows = guess::sample(&mut table).map_err(refused)?;
    let guess = match form.get(&format!("noun.{index}")).and_then(|key| Noun::parse(key)) {
        Some(noun) => guess::guess_as(noun, &table.header, &rows),
        None => guess::guess(&table.header, &rows),
    };
    Ok(FileLook { name: name.to_owned(), format: table.format.clone(), built_in: Recipe::built_in_for(&table.header), guess })
}

/// The recipe that fits all files, where one does.
pub fn suggested(looks: &[FileLook]) -> &'static str {
    let first = looks.first().and_then(|look| look.built_in);
    first.filter(|name| looks.iter().all(|look| look.built_in == Some(*name))).unwrap_or(OWN)
}

/// The field chosen for a column; before anything was chosen, the guess.
pub fn field_of(form: &Form, file: usize, column: usize, look: &FileLook) -> Option<String> {
    let chosen_for = form.get(&format!("of.{file}")).map(String::as_str);
    match form.get(&format!("column.{file}.{column}")) {
        // Choices made for another noun mean nothing for this one.
        Some(field) if chosen_for == Some(look.guess.noun.key()) => Some(field.clone()).filter(|field| !field.is_empty()),
        _ => look.guess.columns.get(column).and_then(|column| column.field).map(str::to_owned),
    }
}

pub fn plan(files: &[(String, PathBuf)], looks: &[FileLook], form: &Form) -> Result<ImportPlan, AppError> {
    let chosen = form.get("recipe").map_or_else(|| suggested(looks), String::as_str);
    let recipe = if chosen == OWN { own_recipe(looks, form)? } else { Recipe::built_in(chosen).map_err(refused)? };
    recipe.plan_named(files).map_err(refused)
}

/// One recipe with a section for each file.
fn own_recipe(looks: &[FileLook], form: &Form) -> Result<Recipe, AppError> {
    let mut whole: Option<Recipe> = None;
    for (index, look) in looks.iter().enumerate() {
        let recipe = mapping(index, look, form)?.recipe().map_err(|error| AppError::refused(format!("{}: {error}", look.name)))?;
        match &mut whole {
            None => whole = Some(recipe),
            Some(whole) => {
                whole.files.extend(recipe.files);
                let more: Vec<_> = recipe.dates.into_iter().filter(|format| !whole.dates.contains(format)).collect();
                whole.dates.extend(more);
            }
        }
    }
    whole.ok_or_else(|| AppError::refused("Choose at least one file."))
}

fn mapping(index: usize, look: &FileLook, form: &Form) -> Result<Mapping, AppError> {
    let text = |name: &str| form.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let mut mapping = look.guess.mapping(text("system").unwrap_or("file"));
    mapping.columns = look
        .guess
        .columns
        .iter()
        .enumerate()
        .map(|(column, guessed)| (guessed.column.clone(), field_of(form, index, column, look)))
        .collect();
    if let Some(currency) = text("currency") {
        mapping.currency = Some(currency.parse::<Currency>().map_err(|error| AppError::refused(error.to_string()))?);
    }
    if let Some(zone) = text("time_zone") {
        mapping.time_zone = zone.to_owned();
    }
    if let Some(format) = text("dates") {
        mapping.dates.insert(0, format.to_owned());
    }
    match text("decimal") {
        Some(",") => mapping.decimal = Decimal::Comma,
        Some(".") => mapping.decimal = Decimal::Point,
        _ => {}
    }
    mapping.keep_rest = form.contains_key("keep_rest");
    Ok(mapping)
}

fn refused(error: exchange::RecipeError) -> AppError {
    AppError::refused(error.to_string())
}
