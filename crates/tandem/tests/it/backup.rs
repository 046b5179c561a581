//! A record written to one file and read back elsewhere.

use crate::program::Home;

const COMPANIES: &str = "company_id,company_name,domain,industry\n1,Lumen Foods,lumen.example,food\n2,Arden,arden.example,logistics\n";

#[test]
fn a_backup_restores_to_the_same_numbers() {
    let home = Home::new();
    home.text(&["demo", "--load-only", "--scale", "0.02", "--ends-at", "2026-06-30T17:00:00Z"]);
    let file = home.path().join("backup.tandem").display().to_string();
    home.text(&["backup", &file]);
    let elsewhere = Home::new();
    elsewhere.text(&["restore", &file]);
    elsewhere.text(&["verify"]);
    let asked = ["report", "scoreboard", "--as-of", "2026-06-30T17:00:00Z", "--known-at", "2100-01-01"];
    assert_eq!(elsewhere.json(&asked), home.json(&asked));
    let full = elsewhere.refusal(&["restore", &file]);
    assert!(full.contains("restore into an empty one"), "{full}");
    // Ids go on where they were, so that what is added later has ids of its own.
    let companies = elsewhere.file("companies.csv", COMPANIES);
    assert_eq!(Home::counts(&elsewhere.import("tandem", &companies)), [2, 2, 0, 0, 0]);
}

#[test]
fn a_damaged_backup_is_refused_and_nothing_is_restored() {
    let home = Home::new();
    let companies = home.file("companies.csv", COMPANIES);
    home.import("tandem", &companies);
    let path = home.path().join("backup.tandem");
    home.text(&["backup", &path.display().to_string()]);
    let twice = home.refusal(&["backup", &path.display().to_string()]);
    assert!(twice.contains("exists already"), "{twice}");
    let bytes = std::fs::read(&path).unwrap();
    for cut in [0, 10, bytes.len() / 2, bytes.len() - 9] {
        let elsewhere = Home::new();
        let part = elsewhere.file("part", &bytes[..cut]).display().to_string();
        let refusal = elsewhere.refusal(&["restore", &part]);
        assert!(refusal.contains("nothing was restored"), "{cut}: {refusal}");
        assert_eq!(elsewhere.json(&["verify"])["rows"]["companies"], 0);
    }
}
