//! The built-in recipes and the examples against the files they were written for, and the mistakes a recipe can have.

mod files;
mod language;

use alignment::intake::{IntakeRow, Record};

use super::{ImportPlan, Outcome, Recipe};

/// The text of a row's subject and needs, for looking at.
pub(super) fn rows_of(recipe: &Recipe, name: &str, text: &str) -> Vec<Outcome> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    let plan = recipe.plan(&[folder.path().join(name)]).unwrap_or_else(|error| panic!("{error}"));
    plan.files[0].rows().unwrap().map(|row| row.unwrap().outcome).collect()
}

pub(super) fn taken(outcome: &Outcome) -> &IntakeRow {
    match outcome {
        Outcome::Taken(row) => row,
        other => panic!("not taken: {other:?}"),
    }
}

pub(super) fn needs(row: &IntakeRow) -> Vec<&'static str> {
    row.needs.iter().map(|record: &Record| record.noun().key()).collect()
}

/// Rows taken, rejected and skipped per file, with the first reason of each rejection.
pub(super) fn counts(plan: &ImportPlan) -> Vec<(String, usize, Vec<String>, usize)> {
    let count = |file: &super::FileImport| {
        let (mut taken, mut rejected, mut skipped) = (0, Vec::new(), 0);
        for row in file.rows().unwrap() {
            match row.unwrap().outcome {
                Outcome::Taken(_) => taken += 1,
                Outcome::Rejected(reason) => rejected.push(reason),
                Outcome::Skipped(_) => skipped += 1,
            }
        }
        (file.name.clone(), taken, rejected, skipped)
    };
    plan.files.iter().map(count).collect()
}
