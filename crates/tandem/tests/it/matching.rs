//! Which record a row means, when rows lie far apart, say little, or come again.

use crate::program::Home;

/// More rows than are decided together.
const APART: usize = 2_600;

#[test]
fn two_ids_of_one_system_are_two_records_however_far_apart() {
    let home = Home::new();
    let mut text = String::from("person_id,name,email\na,Ana,info@lumen.example\n");
    (0..APART).for_each(|number| text.push_str(&format!("x{number},X,x{number}@lumen.example\n")));
    text.push_str("b,Bea,info@lumen.example\n");
    let file = home.file("people.csv", text);
    let rows = APART as u64 + 2;
    assert_eq!(Home::counts(&home.import("tandem", &file)), [rows, rows, 0, 0, 0]);
    assert_eq!(Home::counts(&home.import("tandem", &file)), [rows, 0, 0, rows, 0]);
}

#[test]
fn a_deal_that_names_its_lead_alone_changes_it_once() {
    let home = Home::new();
    home.import("tandem", &home.file("people.csv", "person_id,name,email\n1,Ana,ana@lumen.example\n"));
    home.import(
        "tandem",
        &home.file(
            "leads.csv",
            "lead_id,person_id,opened_at,mql_at,opportunity_at,customer_at\n1,1,2026-01-01,2026-01-05,2026-02-01,2026-03-01\n",
        ),
    );
    let deals =
        home.file("deals.csv", "deal_id,stage,lead_id,opened_at,closed_at,amount,currency\n1,won,1,2026-02-01,2026-03-01,100.00,EUR\n");
    assert_eq!(Home::counts(&home.import("tandem", &deals)), [1, 1, 0, 0, 0]);
    assert_eq!(Home::counts(&home.import("tandem", &deals)), [1, 0, 0, 1, 0]);
    assert_eq!(home.json(&["verify"])["rows"]["transitions"], 4);
    assert_eq!(home.json(&["report", "funnel"])["total"]["customers"], 1);
}

#[test]
fn passes_without_ids_stay_apart_and_come_again_unchanged() {
    let home = Home::new();
    home.import("tandem", &home.file("people.csv", "person_id,name,email\n1,Ana,ana@lumen.example\n"));
    let recipe = home.file(
        "passes.toml",
        "name = \"passes\"\ntitle = \"Passes\"\nsystem = \"tandem\"\n[[file]]\ntitle = \"Passes\"\ncolumns = [\"who\", \"opened\"]\n[[file.record]]\n\
         noun = \"lead\"\nsubject = true\nperson = { key = \"who\" }\nopened_at = \"opened\"\nmql_at = \"mql\"\nrecycled_at = \"recycled\"\n",
    );
    let recipe = recipe.display().to_string();
    let file = home.file("passes.csv", "who,opened,mql,recycled\n1,2026-01-01,2026-01-05,2026-02-01\n1,2026-06-01,2026-06-05,\n");
    assert_eq!(Home::counts(&home.import(&recipe, &file)), [2, 2, 0, 0, 0]);
    assert_eq!(Home::counts(&home.import(&recipe, &file)), [2, 0, 0, 2, 0]);
    assert_eq!(home.json(&["verify"])["rows"]["leads"], 2);
}

#[test]
fn a_deal_with_lines_keeps_their_sum() {
    let home = Home::new();
    let deals = home.file("deals.csv", "deal_id,stage,amount,currency,closed_at\n1,won,100.00,EUR,2026-03-01\n");
    let lines = home.file("deal_lines.csv", "line_id,deal_id,amount,currency\n1,1,60.00,EUR\n2,1,30.00,EUR\n");
    let revenue = || home.json(&["report", "funnel"])["total"]["revenue"]["minor"].as_i64();
    home.import("tandem", &deals);
    assert_eq!(revenue(), Some(10_000));
    home.import("tandem", &lines);
    assert_eq!(revenue(), Some(9_000));
    home.import("tandem", &deals);
    home.import("tandem", &lines);
    assert_eq!(revenue(), Some(9_000));
}

#[test]
fn a_refused_row_leaves_nothing_of_itself() {
    let home = Home::new();
    let recipe = home.file(
        "own.toml",
        "name = \"own\"\ntitle = \"Own\"\nsystem = \"own\"\n[[file]]\ntitle = \"Calls\"\ncolumns = [\"id\"]\n[[file.record]]\nnoun = \"company\"\n\
         key = \"company\"\nname = \"company\"\n[[file.record]]\nnoun = \"activity\"\nsubject = true\nkey = \"id\"\nkind = { value = \"call\" }\n\
         at = \"at\"\nabout = \"about\"\ncompany = { key = \"company\" }\n",
    );
    let file = home.file("calls.csv", format!("id,company,at,about\n1,Lumen,2026-01-05,{}\n", "x".repeat(3_000)));
    assert_eq!(Home::counts(&home.import(&recipe.display().to_string(), &file)), [1, 0, 0, 0, 1]);
    assert_eq!(home.json(&["verify"])["rows"]["companies"], 0);
}
