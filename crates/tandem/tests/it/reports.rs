//! Help, formats and refusals of the reports.

use crate::program::Home;

#[test]
fn an_empty_company_has_reports_without_invented_zeros() {
    let home = Home::new();
    let funnel = home.json(&["report", "funnel", "--by", "source"]);
    assert_eq!((&funnel["rows"], &funnel["total"]["lead_to_customer"]), (&serde_json::json!([]), &serde_json::Value::Null));
    let scoreboard = home.json(&["report", "scoreboard"]);
    for kpi in scoreboard["kpis"].as_array().unwrap().iter().filter(|kpi| kpi["unit"] == "rate") {
        assert!(kpi["value"].is_null(), "{kpi}");
    }
    assert!(home.text(&["report", "scoreboard"]).contains("Sales cycle"));
    assert!(home.text(&["report", "scoreboard", "--format", "csv"]).starts_with("key,name,unit,value"));
    assert!(home.json(&["report", "attribution"])["models"]["u"]["rows"].as_array().unwrap().is_empty());
}

#[test]
fn a_question_that_cannot_be_asked_is_explained() {
    let home = Home::new();
    for (arguments, expected) in [
        (&["report", "funnel", "--by", "colour"][..], "write source, campaign"),
        (&["report", "funnel", "--period", "soon"], "write this_month"),
        (&["report", "scoreboard", "--as-of", "noon"], "write 2026-03-01"),
        (&["report", "attribution", "--goal", "fame"], "write revenue, pipeline or customers"),
        (&["report", "attribution", "--model", "best"], "is not an attribution model"),
    ] {
        let refusal = home.refusal(arguments);
        assert!(refusal.contains(expected), "{arguments:?}: {refusal}");
    }
    assert_eq!(home.run(&["report", "nothing"]).status.code(), Some(2));
    assert!(home.text(&["--help"]).contains("tandem demo"));
}
