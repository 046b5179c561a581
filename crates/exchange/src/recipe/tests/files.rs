use std::path::PathBuf;

use alignment::{
    intake::{Key, Record},
    lifecycle::{Stage, StageSet},
};

use super::{counts, needs, taken};
use crate::recipe::{Outcome, Recipe};

fn shared(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(folder);
    if !path.is_dir() {
        eprintln!("skipped: the test data {} is not here", path.display());
        return None;
    }
    Some(path)
}

fn example(name: &str) -> Recipe {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    Recipe::load(&path).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_row_of_olist_is_taken() {
    let Some(folder) = shared("olist") else { return };
    let plan = example("olist.toml").plan(&[folder]).unwrap();
    let found = counts(&plan);
    let totals: Vec<(usize, usize, usize)> = found.iter().map(|(_, taken, rejected, skipped)| (*taken, rejected.len(), *skipped)).collect();
    assert_eq!(totals, [(8000, 0, 0), (842, 0, 0), (5044, 0, 0)], "{found:?}");
}

#[test]
fn olist_says_what_the_issue_asks_of_it() {
    let Some(folder) = shared("olist") else { return };
    let plan = example("olist.toml").plan(&[folder]).unwrap();
    let (mut blank, mut unknown, mut minor) = (0, 0, 0);
    for row in plan.files.iter().flat_map(|file| file.rows().unwrap()) {
        let Outcome::Taken(row) = row.unwrap().outcome else { continue };
        match &row.subject {
            Record::Lead(lead) => {
                blank += usize::from(lead.source.is_none());
                unknown += usize::from(lead.source.as_deref() == Some("unknown"));
                assert_eq!(lead.stages_recorded, StageSet::of(&[Stage::Lead, Stage::Mql, Stage::Customer]));
                assert_eq!(needs(&row), ["content", "person", "touch"]);
                assert_eq!(lead.opened_at, lead.stages[1].at);
            }
            Record::Deal(deal) => {
                assert_eq!(needs(&row), ["user", "user", "company", "person", "lead"]);
                assert!(deal.owner.is_some() && deal.lead.is_some() && deal.stages[0].at.is_some());
            }
            Record::DealLine(line) => minor += line.amount.minor,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((blank, unknown, minor), (60, 1099, 67_685_148));
}

#[test]
fn hubspot_takes_its_exports() {
    let Some(folder) = shared("crm_exports/hubspot_dummy") else { return };
    let plan = Recipe::built_in("hubspot").unwrap().plan(&[folder]).unwrap();
    assert_eq!(
        counts(&plan),
        [
            ("hubspot_companies.csv".to_owned(), 200, vec![], 0),
            ("hubspot_contacts.csv".to_owned(), 950, vec![], 0),
            ("hubspot_deals.csv".to_owned(), 500, vec![], 0),
            ("hubspot_activities.csv".to_owned(), 2000, vec![], 0),
            ("hubspot_tickets.csv".to_owned(), 300, vec![], 0),
        ]
    );
}

#[test]
fn hubspot_takes_warehouse_tables() {
    let Some(folder) = shared("crm_exports/dbt_hubspot_seeds") else { return };
    let plan = Recipe::built_in("hubspot").unwrap().plan(&[folder]).unwrap();
    insta::assert_debug_snapshot!((counts(&plan), plan.skipped.iter().map(|file| file.name.as_str()).collect::<Vec<_>>()));
}

#[test]
fn salesforce_takes_warehouse_tables() {
    let Some(folder) = shared("crm_exports/dbt_salesforce_seeds") else { return };
    let plan = Recipe::built_in("salesforce").unwrap().plan(&[folder]).unwrap();
    insta::assert_debug_snapshot!((counts(&plan), plan.skipped.iter().map(|file| file.name.as_str()).collect::<Vec<_>>()));
}

#[test]
fn a_contact_of_hubspot_is_a_person_and_a_lead() {
    let text = "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date,Became a Marketing Qualified Lead Date,Contact Owner\n\
                1,Ana,Sá,Ana@Example.com,Marketing Qualified Lead,2024-01-01 10:00,2024-01-05,rui@example.com\n";
    let rows = super::rows_of(&Recipe::built_in("hubspot").unwrap(), "contacts.csv", text);
    let row = taken(&rows[0]);
    assert_eq!(needs(row), ["user", "person"]);
    let Record::Lead(lead) = &row.subject else { panic!("{row:?}") };
    assert_eq!(lead.person.key, Key::External { system: "hubspot".to_owned(), id: "1".to_owned() });
    let mql = lead.stages.iter().find(|entry| entry.stage == Stage::Mql).unwrap();
    assert_eq!(mql.at.unwrap().to_string(), "2024-01-05T00:00:00Z");
}
