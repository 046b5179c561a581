//! Guessing what an unknown file holds: the noun, and for each column the field, from names and from the values themselves.
//!
//! A guess becomes a [`Mapping`], which a person may change column by column; a mapping becomes a [`Recipe`], so that a wizard and
//! a recipe file go the same way from there on.

mod choice;
mod mapping;
mod score;
mod words;

#[cfg(test)]
mod tests;

use alignment::intake::Noun;

pub use choice::{Choice, choices};
pub use mapping::Mapping;

use crate::{
    cells::Cells,
    recipe::RecipeError,
    table::{FileError, Table},
    value::Decimal,
};

/// How many rows are looked at.
pub const SAMPLE_ROWS: usize = 200;

#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    pub noun: Noun,
    /// Other nouns the file may be about, the likelier first.
    pub also: Vec<Noun>,
    /// One per column of the file, in its order.
    pub columns: Vec<ColumnGuess>,
    /// Formats of dates that the values ask for, besides ISO.
    pub dates: Vec<String>,
    pub decimal: Decimal,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ColumnGuess {
    pub column: String,
    /// A [`Choice`] of the noun, or nothing that is known.
    pub field: Option<&'static str>,
    /// 0 to 1; from 0.8 on, name and values both fit.
    pub confidence: f64,
    /// A few values, for showing.
    pub samples: Vec<String>,
}

/// Guesses noun and columns from the header and some rows.
pub fn guess(header: &[String], rows: &[Cells]) -> Guess {
    let mut scored: Vec<(f64, Noun)> = Noun::ALL.into_iter().map(|noun| (score::noun(noun, header, rows), noun)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut guess = guess_as(scored[0].1, header, rows);
    guess.also = scored[1..].iter().filter(|(score, _)| *score > 0.0).map(|(_, noun)| *noun).collect();
    guess
}

/// Guesses the columns of a file that is known to be about `noun`.
pub fn guess_as(noun: Noun, header: &[String], rows: &[Cells]) -> Guess {
    let found = score::assign(noun, header, rows);
    let columns = header.iter().enumerate().map(|(index, column)| {
        let (field, confidence) = found[index].map_or((None, 0.0), |(field, confidence)| (Some(field), confidence));
        ColumnGuess { column: column.clone(), field, confidence, samples: samples(index, rows) }
    });
    let columns: Vec<ColumnGuess> = columns.collect();
    Guess {
        noun,
        also: Vec::new(),
        dates: score::date_formats(noun, &columns, rows),
        decimal: score::decimal(noun, &columns, rows),
        columns,
    }
}

/// The header of a table and its first rows, which is what a guess is made from. The table is used up to there.
pub fn sample(table: &mut Table) -> Result<Vec<Cells>, FileError> {
    let rows: Result<Vec<_>, FileError> = table.take(SAMPLE_ROWS).collect();
    Ok(rows?.into_iter().filter(|row| row.fault.is_none()).map(|row| row.cells).collect())
}

fn samples(index: usize, rows: &[Cells]) -> Vec<String> {
    let filled = rows.iter().filter_map(|row| row.get(index)).map(str::trim).filter(|text| !text.is_empty());
    filled.take(3).map(|text| text.chars().take(80).collect()).collect()
}

impl Guess {
    /// The mapping to start from: columns with a field, the others left out. `system` names where the ids come from.
    pub fn mapping(&self, system: &str) -> Mapping {
        Mapping {
            dates: self.dates.clone(),
            decimal: self.decimal,
            columns: self.columns.iter().map(|column| (column.column.clone(), column.field.map(str::to_owned))).collect(),
            ..Mapping::new(self.noun, system)
        }
    }

    /// The recipe of that mapping.
    pub fn recipe(&self, system: &str) -> Result<crate::Recipe, RecipeError> {
        self.mapping(system).recipe()
    }
}
