//! Exports of other systems, by the recipes that come with the program.

use crate::program::{Home, shared};

#[test]
fn exports_come_in_once_and_go_out_whole() {
    let Some(folder) = shared("crm_exports") else { return };
    for (recipe, files, rejected_max) in [
        ("hubspot", "hubspot_dummy", 0),
        // Their form submissions name people who are in no file.
        ("hubspot", "dbt_hubspot_seeds", 5),
        // Their line items name opportunities that are in no file.
        ("salesforce", "dbt_salesforce_seeds", 10),
    ] {
        let home = Home::new();
        let first = home.import(recipe, &folder.join(files));
        let [rows, created, updated, unchanged, rejected] = Home::counts(&first);
        assert_eq!(rows, created + updated + unchanged + rejected, "{files}");
        assert!(created > 0 && rejected <= rejected_max, "{files}: {first}");
        let again = home.import(recipe, &folder.join(files));
        let [rows_again, created, updated, unchanged, rejected_again] = Home::counts(&again);
        assert_eq!((rows_again, created, updated, unchanged, rejected_again), (rows, 0, 0, rows - rejected, rejected), "{files}: {again}");
        for id in [&again, &first] {
            home.text(&["import", "undo", id["import_id"].as_str().unwrap()]);
        }
        let verified = home.json(&["verify"]);
        assert_eq!(verified["ok"], true, "{files}");
        assert!(verified["rows"].as_object().unwrap().values().all(|rows| rows == 0), "{files}: {verified}");
    }
}
