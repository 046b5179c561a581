//! Which file is read by which section of a recipe.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use alignment::intake::Noun;

use super::{FileSection, Recipe, RecipeError, columns::Header, rows::Mapper, rows::Rows, rule::SectionRule};
use crate::table::{self, FileError};

/// What an import will read, in order.
pub struct ImportPlan {
    pub recipe: Recipe,
    pub files: Vec<FileImport>,
    /// Files of a folder that the recipe has no section for, and why.
    pub skipped: Vec<SkippedFile>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SkippedFile {
    pub name: String,
    pub reason: String,
}

/// One file under its section.
pub struct FileImport {
    pub name: String,
    pub path: PathBuf,
    /// What the recipe calls this kind of file.
    pub title: String,
    /// What each row is about.
    pub noun: Noun,
    pub header: Vec<String>,
    /// How the file was understood: `CSV, comma, UTF-8`.
    pub format: String,
    section: usize,
    sheet: Option<String>,
    mapper: Arc<Mapper>,
}

impl FileImport {
    /// Reads the file from its beginning; can be called again for a second pass.
    pub fn rows(&self) -> Result<Rows, FileError> {
        let mut table = table::open_sheet(&self.path, self.sheet.as_deref())?;
        table.name.clone_from(&self.name);
        if table.header != self.header {
            return Err(FileError::Unreadable { file: self.name.clone(), reason: "its header changed while it was read".to_owned() });
        }
        Ok(Rows { table, mapper: Arc::clone(&self.mapper) })
    }
}

pub(super) fn plan(recipe: &Recipe, paths: Vec<PathBuf>) -> Result<ImportPlan, RecipeError> {
    let mut plan = ImportPlan { recipe: recipe.clone(), files: Vec::new(), skipped: Vec::new() };
    let place = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    let mut from_folder = false;
    for path in &paths {
        if path.is_dir() {
            from_folder = true;
            for file in files_of(path)? {
                match fit(recipe, &name_of(&file), &file) {
                    Ok(import) => plan.files.push(import),
                    Err(RecipeError::NoSection { .. }) => {
                        let reason = format!("the recipe `{}` has no use for a file with these columns", recipe.name);
                        plan.skipped.push(SkippedFile { name: name_of(&file), reason });
                    }
                    Err(RecipeError::File(
                        error @ (FileError::Empty { .. } | FileError::NoHeader { .. } | FileError::NotATable { .. }),
                    )) => {
                        plan.skipped.push(SkippedFile { name: name_of(&file), reason: error.to_string() });
                    }
                    Err(error) => return Err(error),
                }
            }
        } else {
            plan.files.push(fit(recipe, &name_of(path), path)?);
        }
    }
    if from_folder {
        check_required(recipe, &plan, &place)?;
    }
    finish(plan, &place)
}

pub(super) fn plan_named(recipe: &Recipe, files: &[(String, PathBuf)]) -> Result<ImportPlan, RecipeError> {
    let mut plan = ImportPlan { recipe: recipe.clone(), files: Vec::new(), skipped: Vec::new() };
    for (name, path) in files {
        plan.files.push(fit(recipe, name, path)?);
    }
    finish(plan, "the upload")
}

fn finish(mut plan: ImportPlan, place: &str) -> Result<ImportPlan, RecipeError> {
    if plan.files.is_empty() {
        let skipped = plan.skipped.iter().map(|file| format!("{}: {}", file.name, file.reason)).collect();
        return Err(RecipeError::NothingToImport { recipe: plan.recipe.name, place: place.to_owned(), skipped });
    }
    plan.files.sort_by(|a, b| a.section.cmp(&b.section).then_with(|| a.name.cmp(&b.name)));
    Ok(plan)
}

fn check_required(recipe: &Recipe, plan: &ImportPlan, place: &str) -> Result<(), RecipeError> {
    let missing =
        recipe.files.iter().enumerate().find(|(index, section)| section.required && plan.files.iter().all(|file| file.section != *index));
    match missing {
        None => Ok(()),
        Some((_, section)) => Err(RecipeError::MissingFile {
            recipe: recipe.name.clone(),
            title: section.title.clone(),
            wanted: wanted(section),
            place: place.to_owned(),
        }),
    }
}

/// The tables directly in a folder, by name.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, RecipeError> {
    let unreadable = |error| RecipeError::File(FileError::unreadable(&folder.display().to_string(), error));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        if path.is_file()
            && ending.is_some_and(|ending| ["csv", "tsv", "txt", "xlsx"].iter().any(|known| *known == ending))
            && !is_hidden(&path)
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn is_hidden(path: &Path) -> bool {
    let name = name_of(path);
    name.starts_with('.') || name.starts_with('~')
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The section whose columns are all in the file; of several, the one whose name pattern fits, then the one that asks for more.
fn fit(recipe: &Recipe, name: &str, path: &Path) -> Result<FileImport, RecipeError> {
    let mut sheets = Sheets { path, open: Vec::new() };
    let mut looked_for = Vec::new();
    let mut best: Option<((bool, usize), usize)> = None;
    for (index, section) in recipe.files.iter().enumerate() {
        let missing = match sheets.header(section.sheet.as_deref()) {
            Ok(header) => missing_columns(section, header),
            Err(error @ FileError::NoSheet { .. }) => Some(error.to_string()),
            Err(error) => return Err(error.into()),
        };
        let named = section.name_patterns.iter().any(|pattern| matches(pattern, name));
        let rank = (named, section.columns.len());
        match missing {
            Some(missing) => looked_for.push(format!("  {}: {missing}", section.title)),
            None if best.is_none_or(|(best_rank, _)| rank > best_rank) => best = Some((rank, index)),
            None => {}
        }
    }
    let Some((_, section)) = best else {
        return Err(RecipeError::NoSection { recipe: recipe.name.clone(), file: name.to_owned(), looked_for });
    };
    let rule = SectionRule::parse(recipe, section)?;
    let sheet = recipe.files[section].sheet.clone();
    let (header, format) = sheets.take(sheet.as_deref())?;
    Ok(FileImport {
        name: name.to_owned(),
        path: path.to_owned(),
        title: recipe.files[section].title.clone(),
        noun: rule.records.iter().find(|record| record.subject).map_or(Noun::Person, |record| record.noun),
        mapper: Arc::new(Mapper::compile(recipe, section, &header)?),
        header,
        format,
        section,
        sheet,
    })
}

/// The headers of a file's sheets, each opened once however many sections look at it.
struct Sheets<'a> {
    path: &'a Path,
    open: Vec<(Option<String>, Vec<String>, String)>,
}

impl Sheets<'_> {
    fn header(&mut self, sheet: Option<&str>) -> Result<&[String], FileError> {
        let at = match self.open.iter().position(|(name, ..)| name.as_deref() == sheet) {
            Some(at) => at,
            None => {
                let table = table::open_sheet(self.path, sheet)?;
                self.open.push((sheet.map(str::to_owned), table.header, table.format));
                self.open.len() - 1
            }
        };
        Ok(&self.open[at].1)
    }

    fn take(mut self, sheet: Option<&str>) -> Result<(Vec<String>, String), FileError> {
        self.header(sheet)?;
        let found = self.open.into_iter().find(|(name, ..)| name.as_deref() == sheet);
        Ok(found.map(|(_, header, format)| (header, format)).unwrap_or_default())
    }
}

/// Why the section is not for a file with this header.
pub(super) fn missing_columns(section: &FileSection, names: &[String]) -> Option<String> {
    let header = Header::new(names);
    if let Some(other) = section.without.iter().find(|name| header.find(name).is_some()) {
        return Some(format!("the file has the column `{other}`, so it is of another kind"));
    }
    let missing = section.columns.iter().filter(|column| column.names().iter().all(|name| header.find(name).is_none()));
    let words: Vec<String> = missing.map(|column| format!("`{}`", column.names().join("` or `"))).collect();
    (!words.is_empty()).then(|| format!("the file has no column {}", words.join(", ")))
}

fn wanted(section: &FileSection) -> String {
    let columns: Vec<&str> = section.columns.iter().filter_map(|column| column.names().first()).map(String::as_str).collect();
    match section.name_patterns.as_slice() {
        [] => format!("columns {}", columns.join(", ")),
        patterns => format!("{}, columns {}", patterns.join(" or "), columns.join(", ")),
    }
}

/// `*` stands for any characters, also none; case does not matter.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}
