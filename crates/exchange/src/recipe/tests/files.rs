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
fn marketo_takes_warehouse_tables() {
    let Some(folder) = shared("crm_exports/dbt_marketo_seeds") else { return };
    let plan = Recipe::built_in("marketo").unwrap().plan(&[folder]).unwrap();
    let found: Vec<_> = counts(&plan).into_iter().map(|(name, taken, rejected, skipped)| (name, taken, rejected.len(), skipped)).collect();
    let expected = [
        ("marketo_program_data.csv", 100),
        ("marketo_lead_data.csv", 100),
        ("marketo_activity_click_email_data.csv", 100),
        ("marketo_activity_open_email_data.csv", 100),
    ];
    assert_eq!(found, expected.map(|(name, taken)| (name.to_owned(), taken, 0, 0)));
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

#[test]
fn a_report_of_salesforce_reads_by_its_labels() {
    let recipe = Recipe::built_in("salesforce").unwrap();
    let leads = "Lead ID,First Name,Last Name,Company / Account,Email,Lead Source,Lead Status,Create Date,Lead Owner\n\
                 00Q1,Ana,Sá,Acme,ana@acme.example,Web,Open - Not Contacted,2024-01-01,Rui Dias\n";
    let rows = super::rows_of(&recipe, "report.csv", leads);
    assert_eq!(needs(taken(&rows[0])), ["user", "company", "person"]);
    let deals = "Opportunity ID,Opportunity Name,Account Name,Amount,Stage,Close Date,Created Date,Won,Closed\n\
                 0061,Big,Acme,\"1,200.00\",Closed Won,2024-02-01,2024-01-01,1,1\n\
                 0062,Own stage,Acme,10,Legal,2024-02-01,2024-01-01,0,1\n";
    let rows = super::rows_of(&recipe, "report.csv", deals);
    let stages: Vec<String> = rows
        .iter()
        .map(|row| match &taken(row).subject {
            Record::Deal(deal) => deal.stages.iter().map(|entry| format!("{} {}", entry.stage.key(), entry.at.unwrap())).collect(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(stages, ["won 2024-02-01T00:00:00Z", "lost 2024-02-01T00:00:00Z"]);
}

/// One row of each noun in Tandem's own format, read from a folder in the order in which they refer to each other.
#[test]
fn a_folder_of_tandems_own_format_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("users.csv", "user_id,name,email,side\nu1,Rui,rui@x.example,sales"),
        ("campaigns.csv", "campaign_id,name,channel,budget\nc1,Spring,paid,1000"),
        ("content.csv", "content_id,title,kind\nk1,Guide,guide"),
        ("companies.csv", "company_id,company_name,domain,segment\nx1,Acme,acme.example,mid"),
        ("people.csv", "person_id,name,email,company_id\np1,Ana,ana@acme.example,x1"),
        ("leads.csv", "lead_id,person_id,source,lead_at,mql_at,rejected_at,reason\nl1,p1,web,2024-01-01,2024-01-02,2024-01-03,no budget"),
        ("touches.csv", "touch_id,person_id,kind,at,campaign_id\nt1,p1,form,2024-01-01,c1"),
        ("deals.csv", "deal_id,name,stage,person_id,amount,closed_at\nd1,Big,won,p1;p2,100,2024-02-01"),
        ("deal_lines.csv", "line_id,deal_id,product,amount\nn1,d1,Seat,100"),
        ("activities.csv", "activity_id,kind,at,person_id,subject\na1,call,2024-01-02,p1,First call"),
        ("spend.csv", "campaign_id,at,amount\nc1,2024-01-01,12.50"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let plan = Recipe::built_in("tandem").unwrap().plan(&[folder.path()]).unwrap();
    let nouns: Vec<&str> = plan.files.iter().map(|file| file.noun.key()).collect();
    let expected = ["user", "campaign", "content", "company", "person", "lead", "touch", "deal", "deal_line", "activity", "spend"];
    assert_eq!(nouns, expected);
    assert!(counts(&plan).iter().all(|(_, taken, ..)| *taken == 1), "{:?}", counts(&plan));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever stands in the cells, a row is taken, rejected or left out.
    #[test]
    fn no_cell_panics(cells in proptest::collection::vec("\\PC{0,12}|[0-9:/. T+-]{0,24}|[\"'@.a-zé€$%(),\u{0}-]{0,20}", 9)) {
        let header = ["Record ID", "First Name", "Email", "Lifecycle Stage", "Create Date", "Became a Customer Date", "Contact Owner", "Associated Company Domain", "Associated Company IDs"];
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header).unwrap();
        writer.write_record(&cells).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let _ = super::rows_of(&Recipe::built_in("hubspot").unwrap(), "contacts.csv", &text);
        let deals = text.replace("Lifecycle Stage", "Deal Stage").replace("First Name", "Deal Name").replace("Became a Customer Date", "Amount");
        let _ = super::rows_of(&Recipe::built_in("hubspot").unwrap(), "deals.csv", &deals);
    }
}
