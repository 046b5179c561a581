//! A real funnel, published by a marketplace: 8,000 qualified leads, the deals closed from them, the revenue of the sellers won.

use serde_json::Value;

use crate::program::{Home, example, shared};

fn loaded() -> Option<Home> {
    let folder = shared("olist")?;
    let home = Home::new();
    let report = home.import(&example("olist.toml"), &folder);
    assert_eq!(Home::counts(&report), [13_886, 13_886, 0, 0, 0]);
    Some(home)
}

#[test]
fn the_funnel_by_source_is_as_published() {
    let Some(home) = loaded() else { return };
    let report = home.json(&["report", "funnel", "--by", "source"]);
    let of = |source: Value| {
        let row = report["rows"].as_array().unwrap().iter().find(|row| row["source"] == source).unwrap();
        (row["customers"].as_u64().unwrap(), row["leads"].as_u64().unwrap())
    };
    for (source, customers, leads) in [
        ("organic_search", 271, 2_296),
        ("paid_search", 195, 1_586),
        ("social", 75, 1_350),
        ("unknown", 179, 1_099),
        ("direct_traffic", 56, 499),
        ("email", 15, 493),
        ("referral", 24, 284),
    ] {
        assert_eq!(of(source.into()), (customers, leads), "{source}");
    }
    assert_eq!(of(Value::Null), (14, 60), "a blank origin is kept apart from `unknown`");
    let total = &report["total"];
    assert_eq!((total["leads"].as_u64(), total["mqls"].as_u64(), total["customers"].as_u64()), (Some(8_000), Some(8_000), Some(842)));
    assert_eq!(total["lead_to_customer"].as_f64(), Some(0.10525));
    assert_eq!((&total["sals"], &total["sqls"]), (&Value::Null, &Value::Null), "not recorded, which is not zero");
    assert_eq!(total["revenue"], serde_json::json!({"minor": 67_685_148, "currency": "BRL"}));
    assert_eq!(total["deals_with_revenue"].as_u64(), Some(380));
    assert!(
        report["data_faults"].as_array().unwrap().iter().any(|fault| fault["kind"] == "signed_before_first_contact" && fault["total"] == 1)
    );
}

/// Median and mean as Python's `statistics` gives them for won date minus first contact, over the 841 that are not negative.
#[test]
fn the_sales_cycle_leaves_the_impossible_deal_out_and_says_so() {
    let Some(home) = loaded() else { return };
    let report = home.json(&["report", "scoreboard"]);
    let cycle = report["kpis"].as_array().unwrap().iter().find(|kpi| kpi["key"] == "sales_cycle_days").unwrap().clone();
    assert_eq!((cycle["n"].as_u64(), cycle["data_faults"].as_f64()), (Some(841), Some(1.0)));
    assert!((cycle["median"].as_f64().unwrap() - 14.722_164_351_851_852).abs() < 1e-9);
    assert!((cycle["mean"].as_f64().unwrap() - 49.160_557_537_323_29).abs() < 1e-9);
}

#[test]
fn every_model_shares_out_all_revenue_and_no_more() {
    let Some(home) = loaded() else { return };
    let report = home.json(&["report", "attribution", "--model", "all", "--by", "channel"]);
    for (name, model) in report["models"].as_object().unwrap() {
        let rows = model["rows"].as_array().unwrap().iter().chain([&model["unattributed"]]);
        let minor: i64 = rows.clone().map(|row| row["revenue"]["minor"].as_i64().unwrap()).sum();
        let conversions: f64 = rows.map(|row| row["conversions"].as_f64().unwrap()).sum();
        assert_eq!(minor, 67_685_148, "{name}");
        assert!((conversions - 842.0).abs() < 1e-9, "{name}");
    }
}

#[test]
fn again_changes_nothing_and_undo_leaves_an_empty_record() {
    let (Some(home), Some(folder)) = (loaded(), shared("olist")) else { return };
    let again = home.import(&example("olist.toml"), &folder);
    assert_eq!(Home::counts(&again), [13_886, 0, 0, 13_886, 0]);
    home.text(&["import", "undo", again["import_id"].as_str().unwrap()]);
    home.text(&["import", "undo", "1"]);
    let verified = home.json(&["verify"]);
    assert_eq!(verified["ok"], true);
    for (table, rows) in verified["rows"].as_object().unwrap() {
        assert_eq!(rows.as_u64(), Some(0), "{table}");
    }
}

#[test]
fn a_dry_run_counts_and_keeps_nothing() {
    let Some(folder) = shared("olist") else { return };
    let home = Home::new();
    let report = home.json(&["import", "--recipe", &example("olist.toml"), &folder.display().to_string(), "--dry-run"]);
    assert_eq!((Home::counts(&report), &report["import_id"]), ([13_886, 13_886, 0, 0, 0], &Value::Null));
    assert!(home.json(&["verify"])["rows"].as_object().unwrap().values().all(|rows| rows == 0));
}
