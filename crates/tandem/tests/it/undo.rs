//! Undo: the record is as if the import had never been, updates included, and nothing is left hanging.

use crate::program::Home;

#[test]
fn updates_are_undone_and_later_changes_stay() {
    let home = Home::new();
    let import = |text: &str| home.import("tandem", &home.file("companies.csv", text));
    let asked = ["report", "funnel", "--by", "industry"];
    assert_eq!(Home::counts(&import("company_id,company_name,industry\n1,Lumen,food\n2,Arden,retail\n")), [2, 2, 0, 0, 0]);
    let before = home.json(&asked)["rows"].clone();
    assert_eq!(
        Home::counts(&import("company_id,company_name,industry\n1,Lumen Foods,software\n2,Arden,retail\n3,New,food\n")),
        [3, 1, 1, 1, 0]
    );
    let undone = home.json(&["import", "undo", "2"]);
    assert_eq!((undone["undone"]["restored"].as_u64(), undone["undone"]["kept"].as_u64()), (Some(2), Some(0)));
    assert_eq!(home.json(&asked)["rows"], before);
    home.text(&["verify"]);
    assert!(home.refusal(&["import", "undo", "2"]).contains("import 2 is undone"));
    // A field that was changed again since keeps its later value.
    import("company_id,company_name\n1,First change\n");
    import("company_id,company_name\n1,Second change\n");
    let undone = home.json(&["import", "undo", "3"]);
    assert_eq!((undone["undone"]["restored"].as_u64(), undone["undone"]["kept"].as_u64()), (Some(0), Some(1)));
    home.text(&["verify"]);
}

#[test]
fn an_import_that_others_stand_on_is_not_undone() {
    let home = Home::new();
    home.import("tandem", &home.file("companies.csv", "company_id,company_name\n1,Lumen\n"));
    home.import("tandem", &home.file("people.csv", "person_id,name,email,company_id\n1,Ana,ana@lumen.example,1\n"));
    let refusal = home.refusal(&["import", "undo", "1"]);
    assert!(refusal.contains("undo import 2 first") && refusal.contains("Nothing was changed"), "{refusal}");
    assert_eq!(home.json(&["verify"])["rows"]["companies"], 1);
    home.text(&["import", "undo", "2"]);
    home.text(&["import", "undo", "1"]);
    assert_eq!(home.json(&["verify"])["rows"]["companies"], 0);
}

#[test]
fn custom_fields_go_back_too() {
    let home = Home::new();
    let recipe = home.file(
        "own.toml",
        "name = \"own\"\ntitle = \"Own\"\nsystem = \"own\"\n[[file]]\ntitle = \"Companies\"\ncolumns = [\"id\"]\n[[file.record]]\n\
         noun = \"company\"\nsubject = true\nkey = \"id\"\nname = \"name\"\ncustom = [\"tier\"]\n",
    );
    let recipe = recipe.display().to_string();
    home.import(&recipe, &home.file("a.csv", "id,name,tier\n1,Lumen,gold\n"));
    let changed = home.import(&recipe, &home.file("a.csv", "id,name,tier\n1,Lumen,silver\n"));
    assert_eq!(Home::counts(&changed), [1, 0, 1, 0, 0]);
    home.text(&["import", "undo", "2"]);
    let again = home.import(&recipe, &home.file("a.csv", "id,name,tier\n1,Lumen,gold\n"));
    assert_eq!(Home::counts(&again), [1, 0, 0, 1, 0], "the first value is back");
    home.text(&["verify"]);
}

#[test]
fn names_go_with_the_records_they_lead_to() {
    let home = Home::new();
    let recipe = |system: &str| {
        let text = format!(
            "name = \"{system}\"\ntitle = \"People\"\nsystem = \"{system}\"\n[[file]]\ntitle = \"People\"\ncolumns = [\"id\", \"email\"]\n[[file.record]]\n\
             noun = \"person\"\nsubject = true\nkey = \"id\"\nmatch = [\"email\"]\nemail = \"email\"\n"
        );
        home.file(&format!("{system}.toml"), text).display().to_string()
    };
    let file = home.file("a.csv", "id,email\n42,ana@lumen.example\n");
    assert_eq!(Home::counts(&home.import(&recipe("one"), &file)), [1, 1, 0, 0, 0]);
    assert_eq!(Home::counts(&home.import(&recipe("two"), &file)), [1, 0, 1, 0, 0], "the same person by the same address");
    home.text(&["import", "undo", "1"]);
    assert_eq!(Home::counts(&home.import(&recipe("two"), &file)), [1, 1, 0, 0, 0], "nobody is left, so the person is new");
    home.text(&["verify"]);
}
