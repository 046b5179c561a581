//! `tandem attribute` against the answers that the package ChannelAttribution published for the same file.

use std::collections::HashMap;

use crate::program::{Home, shared};

#[test]
fn rule_models_agree_with_a_published_package() {
    let Some(folder) = shared("attribution") else { return };
    let home = Home::on_sqlite();
    let file = folder.join("channelattribution_PathData.csv").display().to_string();
    let report = home.json(&[
        "attribute",
        &file,
        "--path",
        "path",
        "--separator",
        ">",
        "--conversions",
        "total_conversions",
        "--value",
        "total_conversion_value",
        "--nulls",
        "total_null",
        "--model",
        "all",
    ]);
    let published = std::fs::read_to_string(folder.join("PathData_heuristic_models_by_ChannelAttribution_2.2.5.csv")).unwrap();
    let mut compared = 0;
    for line in published.lines().skip(1) {
        let cells: Vec<_> = line.split(',').collect();
        for (index, model) in ["first", "last", "linear"].into_iter().enumerate() {
            let rows: HashMap<_, _> =
                report["models"][model]["rows"].as_array().unwrap().iter().map(|row| (row["channel"].as_str().unwrap(), row)).collect();
            for (key, expected) in [("conversions", cells[1 + 2 * index]), ("value", cells[2 + 2 * index])] {
                let (ours, expected): (f64, f64) = (rows[cells[0]][key].as_f64().unwrap(), expected.parse().unwrap());
                assert!((ours - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{model} {} {key}: {ours} {expected}", cells[0]);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 12 * 3 * 2);
}

#[test]
fn touches_of_repeat_customers_share_out_every_conversion() {
    let Some(folder) = shared("attribution") else { return };
    let file = folder.join("touches_july2018_subset.csv").display().to_string();
    let report = Home::on_sqlite().json(&[
        "attribute",
        &file,
        "--id",
        "customer_id",
        "--time",
        "time",
        "--channel",
        "channel",
        "--conversion",
        "conversion",
        "--value",
        "conversion_value",
    ]);
    for (name, model) in report["models"].as_object().unwrap() {
        let conversions: f64 = model["rows"].as_array().unwrap().iter().map(|row| row["conversions"].as_f64().unwrap()).sum();
        assert!((conversions - 1_838.0).abs() < 1e-9, "{name}: {conversions}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let home = Home::on_sqlite();
    let file = home.file("paths.csv", "path,n\na>b,1\n").display().to_string();
    let column = home.refusal(&["attribute", &file, "--path", "way", "--conversions", "n"]);
    assert!(column.contains("no column `way`") && column.contains("path, n"), "{column}");
    let model = home.refusal(&["attribute", &file, "--path", "path", "--conversions", "n", "--model", "markov"]);
    assert!(model.contains("not available yet"), "{model}");
    let number = home.file("bad.csv", "path,n\na>b,many\n").display().to_string();
    let number = home.refusal(&["attribute", &number, "--path", "path", "--conversions", "n"]);
    assert!(number.contains("row 1") && number.contains("`many`"), "{number}");
}
