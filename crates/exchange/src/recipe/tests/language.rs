use alignment::intake::{Key, Noun, Record};

use super::{rows_of, taken};
use crate::recipe::{Outcome, Recipe, RecipeError};

/// A recipe of one section whose record has these lines.
fn recipe(record: &str) -> Result<Recipe, RecipeError> {
    Recipe::from_toml(&format!(
        "name = \"t\"\ntitle = \"T\"\nsystem = \"t\"\ncurrency = \"EUR\"\nnone = [\"Select\"]\n\
         [[file]]\ntitle = \"F\"\ncolumns = [\"Id\"]\nskip_when = {{ column = \"Deleted\", equals = true }}\n[[file.record]]\n{record}"
    ))
}

/// The one row of a CSV under a recipe: its subject, or why there is none.
fn row(record: &str, csv: &str) -> Result<Record, String> {
    let recipe = recipe(record).map_err(|error| error.to_string())?;
    match rows_of(&recipe, "f.csv", csv).remove(0) {
        Outcome::Taken(row) => Ok(row.subject),
        Outcome::Rejected(reason) | Outcome::Skipped(reason) => Err(reason),
    }
}

fn person_name(record: &str, csv: &str) -> Option<String> {
    match row(&format!("noun = \"person\"\nkey = \"Id\"\n{record}"), csv) {
        Ok(Record::Person(person)) => person.name,
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_come_from_columns_joins_texts_and_constants() {
    for (name, csv, expected) in [
        ("name = \"Name\"", "Id,Name\n1, Ana ", Some("Ana")),
        ("name = \"name\"", "Id,NAME\n1,Ana", Some("Ana")),
        ("name = [\"Nick\", \"Name\"]", "Id,Name\n1,Ana", Some("Ana")),
        ("name = [\"Nick\", \"Name\"]", "Id,Nick,Name\n1,,Ana", Some("Ana")),
        ("name = { join = [\"F\", \"L\"] }", "Id,F,L\n1,Ana,Sá", Some("Ana Sá")),
        ("name = { join = [\"F\", \"L\"] }", "Id,F,L\n1,,Sá", Some("Sá")),
        ("first_name = \"F\"\nlast_name = \"L\"", "Id,F,L\n1,Ana,Sá", Some("Ana Sá")),
        ("name = { text = \"SDR {Code:3}\" }", "Id,Code\n1,çédille", Some("SDR çéd")),
        ("name = { text = \"{A|B}-{Id}\" }", "Id,B\n1,x", Some("x-1")),
        ("name = { text = \"{A}-{Id}\" }", "Id,A\n1,", None),
        ("name = { value = \"Fixed\" }", "Id\n1", Some("Fixed")),
        ("name = { column = \"Name\", map = { \"A\" = \"Ana\" } }", "Id,Name\n1,a", Some("Ana")),
        ("name = { column = \"Name\", map = { \"A\" = \"\" } }", "Id,Name\n1,a", None),
        ("name = { column = \"Name\", map = { \"A\" = \"Ana\" }, other = \"Somebody\" }", "Id,Name\n1,b", Some("Somebody")),
        ("name = { column = \"Name\", default = \"Nobody\" }", "Id\n1", Some("Nobody")),
        ("name = { column = \"Name\", split = \";\" }", "Id,Name\n1,; Ana;Rui", Some("Ana")),
        ("name = \"Name\"", "Id,Name\n1,Select", None),
        ("name = \"Name\"", "Id,Name\n1,  ", None),
    ] {
        assert_eq!(person_name(name, csv).as_deref(), expected, "{name} of {csv}");
    }
}

#[test]
fn rows_that_cannot_be_taken_say_why() {
    for (record, csv, reason) in [
        ("noun = \"person\"\nkey = \"Id\"", "Id,B\n ,x", "`Id` is empty: a person needs it"),
        (
            "noun = \"person\"\nkey = \"Id\"\nmatch = [\"email\"]\nemail = \"Mail\"",
            "Id,Mail,B\n,,x",
            "`Id` and `Mail` are empty: a person needs one of them",
        ),
        (
            "noun = \"person\"\nkey = \"Id\"\nemail = \"Mail\"",
            "Id,Mail\n1,nope",
            "column `Mail`: `nope` is not an e-mail address: write name@example.com",
        ),
        (
            "noun = \"person\"\nkey = \"Id\"\ncreated_at = \"At\"",
            "Id,At\n1,soon",
            "column `At`: `soon` is not a date: write 2024-12-31 or 2024-12-31 18:30:00, or state its format in the recipe's `dates`",
        ),
        ("noun = \"deal\"\nkey = \"Id\"\namount = \"A\"", "Id,A\n1,lots", "column `A`: `lots` is not an amount: write it like 1,234.50"),
        (
            "noun = \"deal\"\nkey = \"Id\"\nstage = \"S\"",
            "Id,S\n1,Maybe",
            "column `S`: `Maybe` is none of discovery, proposal, negotiation, won, lost: add it to the recipe's map",
        ),
        ("noun = \"person\"\nkey = \"Id\"", "Id,Deleted\n1,Yes", "left out by the recipe: Deleted is true"),
        ("noun = \"person\"\nkey = \"Id\"", "Id,B\n1,a\0b", "column `B` holds a NUL character, which no text can hold: remove it"),
        ("noun = \"lead\"\nkey = \"Id\"\nperson = { email = \"Mail\" }", "Id,Mail\n1,", "`Mail` is empty: a lead needs it"),
        (
            "noun = \"lead\"\nkey = \"Id\"\nperson = { email = \"Mail\" }",
            "Id,Mail\n1,x",
            "column `Mail`: `x` is not an e-mail address: write name@example.com",
        ),
        ("noun = \"touch\"\nkind = \"K\"\nat = \"At\"", "Id,K,At\n1,form,", "`K` and `At` are empty: a touch needs each of them"),
    ] {
        assert_eq!(row(record, csv).unwrap_err(), reason, "{record}");
    }
    let long = format!("Id\n{}", "x".repeat(201));
    let reason = row("noun = \"person\"\nkey = \"Id\"", &long).unwrap_err();
    assert!(reason.ends_with("has 201 characters, the limit is 200"), "{reason}");
}

#[test]
fn mistakes_in_a_recipe_are_named_with_their_place() {
    let place = "recipe `t`, file 1 (F), record 1";
    for (record, message) in [
        ("noun = \"persn\"", "(persn): there is no noun `persn`: did you mean `person`?"),
        ("key = \"Id\"", "(?): say what it is: noun = one of user, campaign"),
        ("noun = \"person\"\nemial = \"Mail\"", "(person): emial: there is no field of a person `emial`: did you mean `email`?"),
        ("noun = \"lead\"\nkey = \"Id\"", "(lead): a lead needs `person`"),
        (
            "noun = \"lead\"\nperson = \"Id\"\nstages = [{ stage = \"mqll\", at = \"A\" }]",
            "(lead): stages: there is no stage `mqll`: did you mean `mql`?",
        ),
        ("noun = \"lead\"\nperson = \"Id\"\nstages_recorded = [\"won\"]", "(lead): stages_recorded: there is no stage `won`:"),
        (
            "noun = \"lead\"\nperson = \"Id\"\nstage = { column = \"S\", map = { New = \"leed\" } }",
            "(lead): stage: there is no such word `leed`: did you mean `lead`?",
        ),
        ("noun = \"deal\"\nkey = { colum = \"Id\" }", "(deal): key: there is no key `colum`: did you mean `column`?"),
        ("noun = \"deal\"\nkey = { column = \"Id\", value = \"x\" }", "(deal): key: write one of `column`, `join`, `text` or `value`"),
        ("noun = \"deal\"\nkey = 7", "(deal): key: `7` is not a column"),
        ("noun = \"deal\"\nowner = { domain = \"D\" }", "(deal): owner: it can't be named by `domain`: write key, email, name"),
        ("noun = \"deal\"\nkey = { text = \"{Id\" }", "has a brace that is not closed"),
        ("noun = \"deal\"\nwhen = { column = \"Id\" }", "(deal): when: a condition has one of `equals`"),
        ("noun = \"touch\"\nmatch = [\"email\"]", "(touch): match: a touch is known by its id alone"),
    ] {
        let error = recipe(record).unwrap_err().to_string();
        assert!(error.starts_with(place) && error.contains(message), "{record}\n  {error}");
    }
    let syntax = Recipe::from_toml("name = \"t\"\ntitel = \"T\"").unwrap_err().to_string();
    assert!(syntax.contains("titel") && syntax.contains("line 2"), "{syntax}");
    let zone = Recipe::from_toml(&recipe("noun = \"person\"\nkey = \"Id\"").unwrap().to_toml().replace("UTC", "Mars")).unwrap_err();
    assert!(zone.to_string().contains("`Mars` is not a time zone"), "{zone}");
    let unknown = Recipe::load("hubspt").unwrap_err().to_string();
    assert!(unknown.contains("tandem, hubspot, salesforce, marketo"), "{unknown}");
}

#[test]
fn a_file_that_fits_no_section_is_told_what_was_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "x,y\n1,2\n").unwrap();
    let recipe = recipe("noun = \"person\"\nkey = \"Id\"").unwrap();
    let error = recipe.plan(&[&path]).err().unwrap().to_string();
    assert_eq!(error, "a.csv does not fit the recipe `t`:\n  F: the file has no column `Id`");
    let error = recipe.plan(&[folder.path()]).err().unwrap().to_string();
    assert!(error.starts_with("nothing to import in ") && error.contains("a.csv: "), "{error}");
    let required = Recipe::from_toml(&recipe.to_toml().replace("title = \"F\"", "title = \"F\"\nrequired = true")).unwrap();
    let error = required.plan(&[folder.path()]).err().unwrap().to_string();
    assert!(error.contains("needs the file F (columns Id)"), "{error}");
    assert!(recipe.plan(&[folder.path().join("none.csv")]).err().unwrap().to_string().contains("none.csv can't be read"));
}

#[test]
fn a_header_finds_its_built_in_recipe() {
    for (header, expected) in [
        ("Record ID,First Name,Last Name,Email,Lifecycle Stage", Some("hubspot")),
        ("Lead ID,First Name,Last Name,Company / Account,Lead Status,Email", Some("salesforce")),
        ("Marketo ID,Full Name,Email Address,Created", Some("marketo")),
        ("person_id,name,email", Some("tandem")),
        ("mql_id,first_contact_date,landing_page_id,origin", None),
        ("a,b", None),
    ] {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        assert_eq!(Recipe::built_in_for(&header), expected, "{header:?}");
    }
}

#[test]
fn recipes_read_back_as_they_were_written() {
    for name in Recipe::built_in_names() {
        let recipe = Recipe::built_in(name).unwrap();
        assert_eq!(recipe.name, name);
        assert_eq!(Recipe::from_toml(&recipe.to_toml()).unwrap(), recipe);
    }
    assert_eq!(Recipe::built_in("tandem").unwrap().nouns().len(), Noun::ALL.len());
}

#[test]
fn every_field_of_tandems_own_format_has_a_column() {
    let recipe = Recipe::built_in("tandem").unwrap();
    for record in recipe.files.iter().flat_map(|file| &file.records) {
        let noun = Noun::parse(record["noun"].as_str().unwrap()).unwrap();
        for field in crate::fields::fields(noun) {
            let split = matches!(field.key, "first_name" | "last_name" | "stage" | "stage_at") && noun != Noun::Deal;
            assert!(split || record.contains_key(field.stem()), "{} has no {}", noun.key(), field.key);
        }
    }
}

#[test]
fn custom_fields_are_listed_named_or_the_rest() {
    for (custom, expected) in [
        ("custom = \"rest\"", vec![("shoe_size", "42"), ("größe", "L")]),
        ("custom = [\"Shoe Size\"]", vec![("shoe_size", "42")]),
        ("custom = { size = [\"Größe\", \"Shoe Size\"] }", vec![("size", "L")]),
    ] {
        let record = format!("noun = \"company\"\nkey = \"Id\"\nname = \"Name\"\n{custom}");
        let Ok(Record::Company(company)) = row(&record, "Id,Name,Shoe Size,Größe,Blank,Deleted\n1,A,42,L,,no") else {
            panic!("{custom}")
        };
        let found: Vec<(&str, &str)> = company.custom.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, expected, "{custom}");
    }
}

#[test]
fn references_take_the_first_way_that_the_row_fills() {
    let record = "noun = \"deal\"\nkey = \"Id\"\nowner = [{ email = \"Owner\" }, { name = \"Owner\" }]\n\
                  person = { key = { column = \"People\", split = \";\" }, system = \"other\" }";
    for (csv, owner, people) in [
        ("Id,Owner,People\n1,Ana@X.com,\"7; 8\"", Some(Key::Email("ana@x.com".to_owned())), 2),
        ("Id,Owner,People\n1,Ana Sá,", Some(Key::Name("Ana Sá".to_owned())), 0),
        ("Id,Owner,People\n1,,7", None, 1),
    ] {
        let Ok(Record::Deal(deal)) = row(record, csv) else { panic!("{csv}") };
        assert_eq!((deal.owner.map(|owner| owner.key), deal.people.len()), (owner, people), "{csv}");
        assert!(deal.people.iter().all(|(person, _)| matches!(&person.key, Key::External { system, .. } if system == "other")));
    }
}

/// Deals enter stages by words, by dates and by conditions; a closed one at the closing date, an open one not.
#[test]
fn deal_stages_take_their_instants() {
    let record = "noun = \"deal\"\nkey = \"Id\"\nstage = \"Stage\"\nclosed_at = \"Close\"\nproposal_at = \"Sent\"\n\
                  stages = [{ stage = \"lost\", at = \"Close\", when = [{ column = \"Closed\", equals = true }, { column = \"Stage\", not_in = \"won\" }] }]";
    for (csv, expected) in [
        ("Id,Stage,Close,Sent,Closed\n1,Won,2024-02-03,,", "won 2024-02-03T00:00:00Z"),
        ("Id,Stage,Close,Sent,Closed\n1,negotiation,2024-02-03,2024-01-01,", "proposal 2024-01-01T00:00:00Z, negotiation -"),
        ("Id,Stage,Close,Sent,Closed\n1,,2024-02-03,,TRUE", "lost 2024-02-03T00:00:00Z"),
    ] {
        let Ok(Record::Deal(deal)) = row(record, csv) else { panic!("{csv}") };
        let at = |entry: &alignment::intake::DealStageEntry| entry.at.map_or("-".to_owned(), |at| at.to_string());
        let found: Vec<String> = deal.stages.iter().map(|entry| format!("{} {}", entry.stage.key(), at(entry))).collect();
        assert_eq!(found.join(", "), expected, "{csv}");
    }
}

/// The example of docs/recipes.md, as it stands there, with its file.
#[test]
fn the_worked_example_of_the_docs_works() {
    let docs = include_str!("../../../../../docs/recipes.md");
    let block =
        |fence: &str| docs.split(fence).nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_else(|| panic!("no {fence}")).to_owned();
    let recipe = Recipe::from_toml(&block("```toml worked-example\n")).unwrap_or_else(|error| panic!("{error}"));
    let rows = rows_of(&recipe, "webinar-leads.csv", &block("```csv worked-example\n"));
    let Record::Lead(lead) = &taken(&rows[0]).subject else { panic!("{rows:?}") };
    assert_eq!(super::needs(taken(&rows[0])), ["user", "company", "person"]);
    let stages: Vec<String> =
        lead.stages.iter().map(|entry| format!("{} {:?}", entry.stage.key(), entry.at.map(|at| at.to_string()))).collect();
    assert_eq!(stages, ["lead Some(\"2024-03-01T09:30:00Z\")", "mql Some(\"2024-03-04T00:00:00Z\")"]);
    let Record::Lead(lead) = &taken(&rows[1]).subject else { panic!("{rows:?}") };
    assert_eq!(lead.stages[1].reason.as_deref(), Some("Wrong industry"));
    assert!(matches!(&rows[2], Outcome::Rejected(reason) if reason.contains("not an e-mail address")), "{:?}", rows[2]);
    assert!(matches!(&rows[3], Outcome::Skipped(_)), "{:?}", rows[3]);
}
