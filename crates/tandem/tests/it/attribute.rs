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
        let Some(rows) = model["rows"].as_array() else {
            assert!(["w", "full_path"].contains(&name.as_str()) && model["reason"].is_string(), "{name}");
            continue;
        };
        let conversions: f64 = rows.iter().map(|row| row["conversions"].as_f64().unwrap()).sum();
        assert!((conversions - 1_838.0).abs() < 1e-9, "{name}: {conversions}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let home = Home::on_sqlite();
    let file = home.file("paths.csv", "path,n\na>b,1\n").display().to_string();
    let column = home.refusal(&["attribute", &file, "--path", "way", "--conversions", "n"]);
    assert!(column.contains("no column `way`") && column.contains("path, n"), "{column}");
    let model = home.refusal(&["attribute", &file, "--path", "path", "--conversions", "n", "--model", "best"]);
    assert!(model.contains("is not an attribution model"), "{model}");
    let order = home.refusal(&["attribute", &file, "--path", "path", "--conversions", "n", "--markov-order", "4"]);
    assert!(order.contains("1..=3"), "{order}");
    let number = home.file("bad.csv", "path,n\na>b,many\n").display().to_string();
    let number = home.refusal(&["attribute", &number, "--path", "path", "--conversions", "n"]);
    assert!(number.contains("row 1") && number.contains("`many`"), "{number}");
}

/// The chain of the sample data as `numpy.linalg.solve` (numpy 2.4.6) has it; see `insight`'s tests for all channels and orders.
#[test]
fn markov_agrees_with_a_dense_solve() {
    let Some(folder) = shared("attribution") else { return };
    let home = Home::on_sqlite();
    let file = folder.join("channelattribution_PathData.csv").display().to_string();
    let columns = ["--path", "path", "--conversions", "total_conversions", "--value", "total_conversion_value", "--nulls", "total_null"];
    for (order, effect, conversions) in
        [("1", 0.5583994895077, 5344.947682085), ("2", 0.5478032820635, 5617.453853893), ("3", 0.5464201290185, 5748.098649509)]
    {
        let options = [["attribute", &file].as_slice(), &columns, &["--model", "markov", "--markov-order", order]].concat();
        let model = &home.json(&options)["models"]["markov"];
        let alpha = model["rows"].as_array().unwrap().iter().find(|row| row["channel"] == "alpha").unwrap();
        assert!((alpha["removal_effect"].as_f64().unwrap() - effect).abs() < 1e-9, "{alpha}");
        assert!((alpha["conversions"].as_f64().unwrap() / conversions - 1.0).abs() < 1e-9, "{alpha}");
        assert_eq!(model["chain"]["order"].to_string(), order);
    }
}
