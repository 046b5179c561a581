//! Tags on touches, from a file to journeys and attribution, and away again when the import is undone.

use crate::program::Home;

const RECIPE: &str = "name = \"web\"\ntitle = \"Web touches\"\nsystem = \"tandem\"\n[[file]]\ntitle = \"Touches\"\ncolumns = [\"id\", \"when\"]\n\
    [[file.record]]\nnoun = \"touch\"\nsubject = true\nkey = \"id\"\nperson = { key = \"who\" }\nkind = \"kind\"\nat = \"when\"\n\
    channel = \"channel\"\ncustom = { utm_term = \"term\", creative = \"ad\" }\n";

const TOUCHES: &str = "id,who,kind,when,channel,term,ad\n\
    1,1,ad_click,2026-01-02,ads,crm,blue\n\
    2,1,ad_click,2026-01-03,ads,crm,\n\
    3,1,form,2026-01-05,web,erp,\n\
    4,2,ad_click,2026-01-04,ads,crm,red\n\
    5,3,form,2026-01-06,web,,\n";

fn company_with_a_deal() -> Home {
    let home = Home::new();
    home.import("tandem", &home.file("people.csv", "person_id,name,email\n1,Ana,ana@a.example\n2,Bea,bea@b.example\n3,Cy,cy@c.example\n"));
    let deals = "deal_id,stage,person_id,opened_at,closed_at,amount,currency\n1,won,1,2026-01-10,2026-01-15,100.00,EUR\n";
    home.import("tandem", &home.file("deals.csv", deals));
    home
}

fn journeys(home: &Home, more: &[&str]) -> Vec<(String, u64, u64, i64)> {
    let asked: Vec<&str> = ["report", "journeys", "--journey", "person"].iter().chain(more).copied().collect();
    let rows = home.json(&asked)["journeys"]["rows"].clone();
    let label = |step: &serde_json::Value| step["label"].as_str().unwrap_or("-").to_owned();
    let told = |row: &serde_json::Value| {
        let steps: Vec<String> = row["steps"].as_array().expect("steps").iter().map(label).collect();
        let number = |name: &str| row[name].as_u64().expect("a count");
        (steps.join(">"), number("journeys"), number("conversions"), row["revenue"]["minor"].as_i64().expect("minor units"))
    };
    let mut told: Vec<_> = rows.as_array().expect("rows").iter().map(told).collect();
    told.sort();
    told
}

#[test]
fn tags_come_with_a_file_and_go_with_its_undo() {
    let home = company_with_a_deal();
    let recipe = home.file("web.toml", RECIPE).display().to_string();
    let touches = home.file("touches.csv", TOUCHES);
    assert_eq!(Home::counts(&home.import(&recipe, &touches)), [5, 5, 0, 0, 0]);
    home.text(&["verify"]);
    let by_term = |home: &Home| journeys(home, &["--by", "tag:utm_term"]);
    let told = [("-".to_owned(), 1, 0, 0), ("crm".to_owned(), 1, 0, 0), ("crm>erp".to_owned(), 1, 1, 10_000)];
    assert_eq!(by_term(&home), told);
    assert_eq!(journeys(&home, &["--by", "tag:utm_term", "--steps", "each", "--ends", "erp"]), [("crm>crm>erp".to_owned(), 1, 1, 10_000)]);
    assert_eq!(journeys(&home, &["--through", "web", "--begins", "ads"]), [("ads>web".to_owned(), 1, 1, 10_000)]);
    let shares = home.json(&["report", "attribution", "--by", "tag:utm_term", "--journey", "person", "--model", "last"]);
    let text = shares.to_string();
    assert!(text.contains("\"erp\"") && !text.contains("\"crm\""), "{text}");
    assert!(home.refusal(&["report", "journeys", "--by", "owner"]).contains("tag:<key>"));
    // The same file again changes nothing; undone, its tags are gone with its touches.
    assert_eq!(Home::counts(&home.import(&recipe, &touches)), [5, 0, 0, 5, 0]);
    home.text(&["import", "undo", "3"]);
    home.text(&["verify"]);
    assert!(by_term(&home).is_empty());
    assert_eq!(Home::counts(&home.import(&recipe, &touches)), [5, 5, 0, 0, 0]);
    home.text(&["verify"]);
    assert_eq!(by_term(&home), told);
}

#[test]
fn rows_with_too_long_a_tag_are_rejected_by_name() {
    let home = company_with_a_deal();
    let recipe = home.file("web.toml", RECIPE).display().to_string();
    let long = "x".repeat(201);
    let text = format!("id,who,kind,when,channel,term,ad\n1,1,form,2026-01-02,web,{long},\n2,1,form,2026-01-02,web,ok,\n");
    assert_eq!(Home::counts(&home.import(&recipe, &home.file("touches.csv", text))), [2, 1, 0, 0, 1]);
    home.text(&["verify"]);
}
