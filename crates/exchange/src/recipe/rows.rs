//! The rows of a file, mapped.

use std::sync::Arc;

use alignment::intake::IntakeRow;

use super::{
    Reason, Recipe, RecipeError,
    columns::Header,
    condition::Check,
    record::{Context, RecordMap},
    rule::SectionRule,
};
use crate::{
    cells::Cells,
    table::{FileError, Row, Table},
};

/// A row of a file and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadRow {
    /// 1-based number of the data row.
    pub line: u64,
    /// The row as it stands in the file, for the file of rejected rows.
    pub cells: Cells,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Taken(Box<IntakeRow>),
    /// Can't be taken: why, in words for the person who mends the file.
    Rejected(String),
    /// Left out because the recipe says so (deleted in the other system, say), or blank.
    Skipped(String),
}

/// A section compiled against the header of a file. Cheap to share between threads.
pub(crate) struct Mapper {
    context: Context,
    skip_when: Option<(Check, String)>,
    subject: RecordMap,
    needs: Vec<RecordMap>,
}

impl Mapper {
    pub(super) fn compile(recipe: &Recipe, section: usize, names: &[String]) -> Result<Mapper, RecipeError> {
        let rule = SectionRule::parse(recipe, section)?;
        let mut header = Header::new(names);
        let skip_when =
            rule.skip_when.as_ref().map(|when| (when.compile(&mut header), format!("left out by the recipe: {}", when.words())));
        let mut maps: Vec<RecordMap> = rule.records.iter().map(|record| RecordMap::compile(record, &mut header)).collect();
        maps.iter_mut().for_each(|map| map.take_rest(&mut header));
        let place = format!("file {} ({})", section + 1, recipe.files[section].title);
        let wrong = |reason: String| RecipeError::Wrong { recipe: recipe.name.clone(), place: place.clone(), reason };
        for (field, columns) in rule.records.iter().filter(|record| record.subject).flat_map(|record| record.needed_columns()) {
            if !columns.iter().any(|name| header.find(name).is_some()) {
                return Err(wrong(format!("the file has no column for `{field}`; looked for {}", columns.join(", "))));
            }
        }
        let at = maps.iter().position(|map| map.subject).ok_or_else(|| wrong("no record is the subject".to_owned()))?;
        let subject = maps.remove(at);
        Ok(Mapper { context: Context::of(recipe)?, skip_when, subject, needs: maps })
    }

    fn outcome(&self, row: &Row) -> Outcome {
        if let Some(fault) = &row.fault {
            return Outcome::Rejected(fault.clone());
        }
        if row.cells.is_blank() {
            return Outcome::Skipped("the row is blank".to_owned());
        }
        if let Some((_, words)) = self.skip_when.as_ref().filter(|(check, _)| check.holds(&row.cells, &self.context.none)) {
            return Outcome::Skipped(words.clone());
        }
        match self.map(row) {
            Ok(taken) => Outcome::Taken(Box::new(taken)),
            Err(reason) => Outcome::Rejected(reason),
        }
    }

    fn map(&self, row: &Row) -> Result<IntakeRow, Reason> {
        let mut needs = Vec::with_capacity(self.needs.len());
        for map in &self.needs {
            needs.extend(map.read(&row.cells, &self.context)?);
        }
        let subject = self.subject.read(&row.cells, &self.context)?.ok_or_else(|| self.subject.missing_words())?;
        Ok(IntakeRow { line: row.line, subject, needs })
    }
}

/// The rows of one file. After an `Err` there are no more: the file itself can't be read on.
pub struct Rows {
    pub(super) table: Table,
    pub(super) mapper: Arc<Mapper>,
}

impl Rows {
    pub fn header(&self) -> &[String] {
        &self.table.header
    }
}

impl Iterator for Rows {
    type Item = Result<ReadRow, FileError>;

    fn next(&mut self) -> Option<Result<ReadRow, FileError>> {
        let row = match self.table.next()? {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        let outcome = self.mapper.outcome(&row);
        Some(Ok(ReadRow { line: row.line, cells: row.cells, outcome }))
    }
}
