//! The learned score on the leads of X Education, by 5-fold cross-validation, beside scikit-learn on the very same folds.
//!
//! `cargo run --release -p insight --example score_folds` prints the figures; as a test it holds them near those of scikit-learn.
//! Row i of the file (from 0) is judged in fold i mod 5; of the other folds, a row with i / 5 mod 8 = 0 is kept for the calibration.
//! What was filled in after the sale is left out. The file is read from `../shared/data/xeducation`.

use std::path::PathBuf;

use insight::score::{self, Cell, CellKind, Column, Model, Table};

/// Filled in by sales after the fact (see the data's own description), or an identity.
const LEFT_OUT: [&str; 12] = [
    "Prospect ID",
    "Lead Number",
    "Converted",
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Last Activity",
    "Last Notable Activity",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
];
const NUMBERS: [&str; 3] = ["TotalVisits", "Total Time Spent on Website", "Page Views Per Visit"];
const FOLDS: usize = 5;

/// Means over the folds of AUC, log-loss, Brier score and calibration error.
type Four = [f64; 4];

/// scikit-learn 1.9.1 (numpy 2.4.6, pandas) on the same columns and folds, all rows of the other folds learned from: `OneHotEncoder(
/// min_frequency=20)`, `SimpleImputer("median", add_indicator=True)`, `StandardScaler`, `LogisticRegression(C=1)`.
const SKLEARN_LOGISTIC: Four = [0.868166, 0.439519, 0.140952, 0.032841];
/// The same, fold by fold.
const SKLEARN_LOGISTIC_FOLDS: [Four; FOLDS] = [
    [0.864774, 0.453368, 0.146946, 0.040965],
    [0.863412, 0.441492, 0.140676, 0.030158],
    [0.876498, 0.426031, 0.135630, 0.027932],
    [0.880146, 0.421259, 0.133421, 0.030056],
    [0.855999, 0.455445, 0.148085, 0.035096],
];
/// `HistGradientBoostingClassifier(random_state=0)` with its defaults, labels as categories.
const SKLEARN_BOOSTING: Four = [0.873578, 0.433559, 0.136980, 0.028919];

fn main() {
    let Some((table, outcomes)) = read() else {
        println!("../shared/data/xeducation/leads.csv is missing: nothing to do");
        return;
    };
    let (mean, folds) = folds(&table, &outcomes);
    println!("{} leads, {} columns, {FOLDS} folds", outcomes.len(), table.columns.len());
    println!("{:<42} {:>8} {:>9} {:>8} {:>12}", "", "AUC", "log-loss", "Brier", "calibration");
    let line =
        |name: &str, [auc, log_loss, brier, error]: Four| println!("{name:<42} {auc:>8.4} {log_loss:>9.4} {brier:>8.4} {error:>12.4}");
    for (fold, (four, theirs)) in folds.iter().zip(SKLEARN_LOGISTIC_FOLDS).enumerate() {
        line(&format!("fold {fold}: learned score"), *four);
        line(&format!("fold {fold}: scikit-learn LogisticRegression"), theirs);
    }
    line("mean: learned score", mean);
    line("mean: scikit-learn LogisticRegression", SKLEARN_LOGISTIC);
    line("mean: scikit-learn HistGradientBoosting", SKLEARN_BOOSTING);
}

fn folds(table: &Table, outcomes: &[bool]) -> (Four, Vec<Four>) {
    let folds: Vec<Four> = (0..FOLDS).map(|fold| one_fold(table, outcomes, fold)).collect();
    let mean = std::array::from_fn(|figure| folds.iter().map(|four| four[figure]).sum::<f64>() / FOLDS as f64);
    (mean, folds)
}

fn one_fold(table: &Table, outcomes: &[bool], fold: usize) -> Four {
    let rows = |wanted: &dyn Fn(usize) -> bool| (0..outcomes.len()).filter(|row| wanted(*row)).collect::<Vec<usize>>();
    let is_kept = |row: usize| (row / FOLDS).is_multiple_of(8);
    let learn = rows(&|row| row % FOLDS != fold && !is_kept(row));
    let calibrate = rows(&|row| row % FOLDS != fold && is_kept(row));
    let judge = rows(&|row| row % FOLDS == fold);
    let probabilities = Model::fit(table, outcomes, &learn, &calibrate).probabilities(table, &judge);
    let outcomes: Vec<bool> = judge.iter().map(|row| outcomes[*row]).collect();
    let bins = score::calibration_bins(&probabilities, &outcomes, 10);
    [
        score::auc(&probabilities, &outcomes).unwrap_or(f64::NAN),
        score::log_loss(&probabilities, &outcomes),
        score::brier(&probabilities, &outcomes),
        score::calibration_error(&bins),
    ]
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/xeducation/leads.csv")
}

/// All columns but those left out. `Select` means that nothing was chosen.
fn read() -> Option<(Table, Vec<bool>)> {
    let mut reader = csv::Reader::from_path(file()).ok()?;
    let header = reader.headers().ok()?.clone();
    let kept: Vec<usize> = (0..header.len()).filter(|index| !LEFT_OUT.contains(&&header[*index])).collect();
    let converted = header.iter().position(|name| name == "Converted")?;
    let kind = |index: usize| if NUMBERS.contains(&&header[index]) { CellKind::Number } else { CellKind::Label };
    let column = |index: &usize| Column { key: header[*index].into(), words: header[*index].into(), kind: kind(*index), is_dated: false };
    let cell = |index: usize, text: &str| match kind(index) {
        CellKind::Number => Cell::Number(text.parse().ok()),
        _ => Cell::label(Some(text).filter(|text| *text != "Select")),
    };
    let (mut rows, mut outcomes) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.ok()?;
        rows.push(kept.iter().map(|index| cell(*index, &record[*index])).collect());
        outcomes.push(&record[converted] == "1");
    }
    Some((Table { columns: kept.iter().map(column).collect(), rows }, outcomes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much worse a fold may be than scikit-learn's logistic regression on it.
    const WORSE_MAX: Four = [0.01, 0.015, 0.005, 0.02];

    /// Two of the five, as a build for tests takes its time; the program prints all.
    #[test]
    fn it_is_as_good_as_the_logistic_regression_of_scikit_learn() {
        let Some((table, outcomes)) = read() else {
            eprintln!("skipped: {} is missing", file().display());
            return;
        };
        for (fold, expected) in SKLEARN_LOGISTIC_FOLDS.iter().enumerate().take(2) {
            let found = one_fold(&table, &outcomes, fold);
            // More is better for the AUC, less for the others.
            let worse = [expected[0] - found[0], found[1] - expected[1], found[2] - expected[2], found[3] - expected[3]];
            assert!(worse.iter().zip(WORSE_MAX).all(|(worse, most)| *worse < most), "fold {fold}: {found:?} against {expected:?}");
        }
    }

    #[test]
    fn the_guard_names_what_was_filled_in_after_the_sale() {
        let Some(mut reader) = csv::Reader::from_path(file()).ok() else {
            eprintln!("skipped: {} is missing", file().display());
            return;
        };
        let header = reader.headers().unwrap().clone();
        let place = |name: &str| header.iter().position(|known| known == name).unwrap();
        let names = ["Tags", "Lead Quality", "Lead Source"];
        let (mut rows, mut outcomes) = (Vec::new(), Vec::new());
        for record in reader.records() {
            let record = record.unwrap();
            rows.push(names.iter().map(|name| Cell::label(Some(&record[place(name)]).filter(|text| *text != "Select"))).collect());
            outcomes.push(&record[place("Converted")] == "1");
        }
        let column = |key: &str| Column { key: key.into(), words: key.into(), kind: CellKind::Label, is_dated: false };
        let table = Table { columns: names.map(column).into(), rows };
        let all: Vec<usize> = (0..outcomes.len()).collect();
        let left_out = score::screen(&table, &all, &outcomes, &[]);
        assert_eq!(left_out.iter().map(|column| column.key.as_str()).collect::<Vec<_>>(), ["Tags", "Lead Quality"], "{left_out:?}");
    }
}
