//! The sample company through the program's own verbs, with the stories that are hidden in it.

use crate::program::Home;

fn loaded() -> Home {
    let home = Home::new();
    home.text(&["demo", "--load-only", "--scale", "0.1", "--ends-at", "2026-06-30T17:00:00Z"]);
    home
}

#[test]
fn it_loads_once_whole_and_verified() {
    let home = loaded();
    let verified = home.json(&["verify"]);
    assert_eq!(verified["ok"], true);
    assert!(verified["rows"]["touches"].as_u64().is_some_and(|touches| (24_900..=25_100).contains(&touches)), "{verified}");
    damage(&home);
    assert!(home.refusal(&["verify"]).contains("checksum"));
    assert_eq!(home.json(&["verify"])["ok"], true, "what was damaged is built anew");
    let again = home.run(&["demo", "--load-only"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("already"));
    let scoreboard = home.json(&["report", "scoreboard", "--as-of", "2026-06-30T17:00:00Z"]);
    for key in ["mql_to_sal_rate", "sales_cycle_days", "cost_per_mql", "cac", "follow_up_hours", "revenue", "content_use_rate"] {
        let kpi = scoreboard["kpis"].as_array().unwrap().iter().find(|kpi| kpi["key"] == key).unwrap();
        assert!(kpi["value"].is_number(), "{kpi}");
    }
}

/// One bit of the touches on disk.
fn damage(home: &Home) {
    let folder = home.path().join("home/history");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let touches =
        files.into_iter().find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("touches-"))).unwrap();
    let mut bytes = std::fs::read(&touches).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(touches, bytes).unwrap();
}

#[test]
fn it_is_not_mixed_with_real_records() {
    let home = Home::new();
    home.import("tandem", &home.file("companies.csv", "company_id,company_name\n1,Lumen\n"));
    assert!(home.refusal(&["demo", "--load-only"]).contains("not mixed"));
}

#[test]
fn the_past_is_the_same_whenever_it_is_asked_for() {
    let home = loaded();
    let asked = ["report", "scoreboard", "--as-of", "2026-03-31", "--known-at", "2100-01-01"];
    let before = home.text(&asked);
    home.import("tandem", &home.file("companies.csv", "company_id,company_name\nx1,Later company\n"));
    assert_eq!(home.text(&asked), before);
}
