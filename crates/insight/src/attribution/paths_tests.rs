use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::attribution::{MODELS, select};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/attribution");

fn near(found: f64, published: f64) -> bool {
    (found - published).abs() <= 1e-9 * published.abs().max(1.0)
}

fn read(rows: &[(&str, f64, f64)]) -> Paths {
    let mut paths = Paths::new(">").unwrap();
    rows.iter().for_each(|(path, conversions, value)| paths.push(path, *conversions, *value, 1.0).unwrap());
    paths
}

fn conversions(answer: &PathsAnswer, model: usize) -> Vec<(&str, f64, f64)> {
    let rows = answer.models[model].rows.as_ref().unwrap();
    rows.iter().map(|row| (row.channel.as_deref().unwrap(), row.conversions, row.value)).collect()
}

#[test]
fn shares_paths_as_worked_out_by_hand() {
    let paths = read(&[("a > b > a", 2.0, 9.0), ("b", 1.0, 0.5), ("", 3.0, 4.0), ("c>a", 0.0, 0.0)]);
    let answer = attribute_paths(&paths, &select("first,last,linear,u").unwrap(), 1);
    assert_eq!(conversions(&answer, 0), [("a", 2.0, 9.0), ("b", 1.0, 0.5), ("c", 0.0, 0.0)]);
    assert_eq!(conversions(&answer, 1), [("a", 2.0, 9.0), ("b", 1.0, 0.5), ("c", 0.0, 0.0)]);
    let expected = [("b", 1.0 + 2.0 / 3.0, 3.5), ("a", 4.0 / 3.0, 6.0), ("c", 0.0, 0.0)];
    for (found, expected) in conversions(&answer, 2).iter().zip(expected) {
        assert!(found.0 == expected.0 && near(found.1, expected.1) && near(found.2, expected.2), "{found:?} {expected:?}");
    }
    let expected = [("a", 1.6, 7.2), ("b", 1.4, 2.3), ("c", 0.0, 0.0)];
    for (found, expected) in conversions(&answer, 3).iter().zip(expected) {
        assert!(found.0 == expected.0 && near(found.1, expected.1) && near(found.2, expected.2), "{found:?} {expected:?}");
    }
    assert_eq!(answer.unattributed, Amounts { conversions: 3.0, value: 4.0 });
    assert_eq!(answer.total, Amounts { conversions: 6.0, value: 13.5 });
    assert_eq!((answer.paths, answer.nulls), (4, 4.0));
}

#[test]
fn no_paths_have_an_answer_too() {
    let answer = attribute_paths(&Paths::new(">").unwrap(), MODELS, 1);
    assert_eq!(answer.models.len(), MODELS.len());
    assert_eq!(answer.models[0].rows, Some(vec![]));
    assert_eq!(answer.total, Amounts::default());
}

#[test]
fn a_model_that_needs_times_says_so() {
    let answer = attribute_paths(&read(&[("a>b", 1.0, 1.0)]), MODELS, 1);
    for ranking in &answer.models {
        let reason = match ranking.model {
            "time_decay" => "needs time-stamped touches",
            "w" | "full_path" => "needs the instants of lead creation and opportunity, which a record has and a file has not",
            _ => "",
        };
        assert_eq!(ranking.rows.is_none(), !reason.is_empty(), "{}", ranking.model);
        assert_eq!(ranking.reason.unwrap_or_default(), reason);
    }
}

#[test]
fn refuses_what_it_cannot_read() {
    assert_eq!(Paths::new("").unwrap_err(), PathError::NoSeparator);
    let mut paths = Paths::new(" > ").unwrap();
    let words = |result: Result<(), PathError>| result.unwrap_err().to_string();
    assert!(words(paths.push("a > > b", 1.0, 1.0, 0.0)).starts_with("the path `a > > b` has no channel before, after or between"));
    assert!(paths.push("a >", 1.0, 1.0, 0.0).is_err());
    assert_eq!(words(paths.push("a", -1.0, 1.0, 0.0)), "the number of conversions is -1: write a number from 0e0 to 1e12");
    assert!(paths.push("a", f64::NAN, 1.0, 0.0).is_err());
    assert!(paths.push("a", 1.0, f64::INFINITY, 0.0).is_err());
    assert!(paths.push("a", 1.0, 1.0, 1e13).is_err());
    assert!(words(paths.push("a", 0.0, 2.5, 3.0)).starts_with("the path `a` brings 2.5 without a conversion"));
    assert!(paths.is_empty() && paths.touches.is_empty());
    paths.push("a>b", 1.0, -1.0, 0.0).unwrap();
    let mut blanks = Paths::new(" ").unwrap();
    blanks.push("a b", 1.0, 1.0, 0.0).unwrap();
    assert_eq!((paths.len(), blanks.touches.len()), (1, 2));
}

/// The published answers of the package ChannelAttribution 2.2.5 on its own sample data.
#[test]
fn agrees_with_the_published_answers() {
    let (file, answers) =
        (format!("{DATA}/channelattribution_PathData.csv"), format!("{DATA}/PathData_heuristic_models_by_ChannelAttribution_2.2.5.csv"));
    if !Path::new(&file).exists() {
        eprintln!("skipped: {file} is not there");
        return;
    }
    let mut paths = Paths::new(">").unwrap();
    for record in csv::ReaderBuilder::new().delimiter(b';').from_path(&file).unwrap().records() {
        let record = record.unwrap();
        let number = |column: usize| record[column].parse::<f64>().unwrap();
        paths.push(&record[0], number(1), number(2), number(3)).unwrap();
    }
    let answer = attribute_paths(&paths, &select("first,last,linear").unwrap(), 1);
    assert_eq!(answer.paths, 10_000);
    assert_eq!(answer.total.conversions, 19_785.0);
    let mut channels = 0;
    for record in csv::Reader::from_path(&answers).unwrap().records() {
        let record = record.unwrap();
        channels += 1;
        for (model, ranking) in answer.models.iter().enumerate() {
            let rows = ranking.rows.as_ref().unwrap();
            let row = rows.iter().find(|row| row.channel.as_deref() == Some(&record[0])).unwrap();
            for (found, column) in [(row.conversions, 1 + 2 * model), (row.value, 2 + 2 * model)] {
                let published: f64 = record[column].parse().unwrap();
                assert!((found - published).abs() <= 1e-9 * published.abs(), "{} {}: {found}, not {published}", ranking.model, &record[0]);
            }
        }
    }
    assert_eq!(answer.models[0].rows.as_ref().unwrap().len(), channels);
}

proptest! {
    #[test]
    fn rows_sum_to_the_total_and_order_does_not_matter(
        mut rows in prop::collection::vec((prop::collection::vec(0_u8..5, 0..8), 0_u32..50, -1e6..1e6_f64), 0..60)
    ) {
        let answer = |rows: &[(Vec<u8>, u32, f64)]| {
            let mut paths = Paths::new(">").unwrap();
            for (channels, conversions, value) in rows {
                let path = channels.iter().map(u8::to_string).collect::<Vec<_>>().join(" > ");
                let value = if *conversions == 0 { 0.0 } else { *value };
                paths.push(&path, f64::from(*conversions), value, 0.0).unwrap();
            }
            attribute_paths(&paths, MODELS, 2)
        };
        let forward = answer(&rows);
        for rows in forward.models.iter().filter_map(|ranking| ranking.rows.as_ref()) {
            let conversions: f64 = rows.iter().map(|row| row.conversions).sum();
            let value: f64 = rows.iter().map(|row| row.value).sum();
            prop_assert!(near(conversions + forward.unattributed.conversions, forward.total.conversions));
            prop_assert!((value + forward.unattributed.value - forward.total.value).abs() < 1e-3);
        }
        rows.reverse();
        // The same bytes, whatever the order of the rows and the number of threads.
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(one_thread.install(|| answer(&rows)), forward);
    }

    /// First, last and linear do not look at what is between in any other way than by counting.
    #[test]
    fn the_order_between_the_ends_does_not_matter(mut channels in prop::collection::vec(0_u8..5, 3..10)) {
        let answer = |channels: &[u8]| {
            let path = channels.iter().map(u8::to_string).collect::<Vec<_>>().join(">");
            let rows = attribute_paths(&read(&[(&path, 3.0, 7.0)]), &select("first,last,linear,u").unwrap(), 1).models;
            rows.into_iter().map(|ranking| ranking.rows.map(|mut rows| { rows.sort_by(|a, b| a.channel.cmp(&b.channel)); rows })).collect::<Vec<_>>()
        };
        let before = answer(&channels);
        let last = channels.len() - 1;
        channels[1..last].reverse();
        prop_assert_eq!(answer(&channels), before);
    }
}

#[test]
fn channels_that_tie_stand_by_name() {
    let answer = attribute_paths(&read(&[("d>c>b>a", 4.0, 4.0)]), &select("linear").unwrap(), 1);
    let names: Vec<&str> = conversions(&answer, 0).iter().map(|row| row.0).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
}
