use alignment::intake::{Noun, Record};

use super::*;
use crate::{Outcome, table};

fn guess_of(text: &str) -> Guess {
    let mut table = table::from_bytes("f.csv", text).unwrap();
    let rows = sample(&mut table).unwrap();
    guess(&table.header, &rows)
}

fn fields_of(guess: &Guess) -> String {
    guess.columns.iter().map(|column| column.field.unwrap_or("-")).collect::<Vec<_>>().join(" ")
}

#[test]
fn nouns_and_fields_are_guessed() {
    for (text, noun, fields) in [
        ("First Name,Last Name,Email,Phone\nAna,Sá,ana@example.com,+351 210\n", Noun::Person, "first_name last_name email phone"),
        ("Company Name,Website,Industry,Employees\nA,a.com,Retail,12\n", Noun::Company, "name domain industry employees"),
        (
            "Lead ID,Email,Lead Source,Lifecycle Stage,Created At\n1,a@b.com,web,MQL,2024-01-01\n",
            Noun::Lead,
            "key person.email source stage opened_at",
        ),
        (
            "Deal ID,Deal Name,Amount,Deal Stage,Close Date,Deal Owner\n1,D,\"1,200.50\",won,2024-01-01,r@x.com\n",
            Noun::Deal,
            "key name amount stage expected_close_at owner.email",
        ),
        ("date,campaign,cost,impressions\n2024-01-01,Spring,100.5,7\n", Noun::Spend, "at campaign.name amount -"),
        ("order_item_id,deal_id,product,quantity,price\n1,2,GTX,3,10\n", Noun::DealLine, "key deal.key product quantity amount"),
        ("Activity ID,Activity Type,Activity Date,Contact Email\n1,call,2024-01-01,a@b.com\n", Noun::Activity, "key kind at person.email"),
    ] {
        let guess = guess_of(text);
        assert_eq!((guess.noun, fields_of(&guess).as_str()), (noun, fields), "{text}");
    }
}

#[test]
fn a_guess_becomes_a_recipe_that_reads_the_file() {
    let text = "Name;E-Mail;Firma;Lead Status;Created\nAna Sá;ana@example.com;Acme;Unqualified;31/12/2023\nRui;rui@example.com;Acme;MQL;01/02/2024\n";
    let mut table = table::from_bytes("leads.csv", text).unwrap();
    let rows = sample(&mut table).unwrap();
    let guess = guess_as(Noun::Lead, &table.header, &rows);
    assert_eq!(guess.dates, ["%d/%m/%Y"]);
    let mut mapping = guess.mapping("webform");
    assert_eq!(mapping.columns[2], ("Firma".to_owned(), None));
    mapping.columns[2].1 = Some("company.name".to_owned());
    let recipe = mapping.recipe().unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.csv");
    std::fs::write(&path, text).unwrap();
    let plan = recipe.plan(&[path]).unwrap();
    let rows: Vec<_> = plan.files[0].rows().unwrap().map(|row| row.unwrap().outcome).collect();
    let Outcome::Taken(row) = &rows[0] else { panic!("{rows:?}") };
    assert_eq!(row.needs.iter().map(Record::noun).collect::<Vec<_>>(), [Noun::Company, Noun::Person]);
    let (Record::Lead(lead), Record::Person(person)) = (&row.subject, &row.needs[1]) else { panic!("{row:?}") };
    assert_eq!(lead.stages[0].stage, alignment::lifecycle::Stage::Rejected);
    assert_eq!((person.name.as_deref(), person.company.is_some()), (Some("Ana Sá"), true));
}

/// Leads without an address are known by their own id; a close date is when a deal was closed, too.
#[test]
fn what_a_file_means_without_saying_it_is_filled_in() {
    for (text, noun, wanted) in [
        ("mql_id,first_contact_date,origin\n1,2024-01-01,web\n", Noun::Lead, "person = { key = \"mql_id\" }"),
        ("Deal ID,Stage,Close Date\n1,Won,2024-01-01\n", Noun::Deal, "closed_at = \"Close Date\""),
    ] {
        let guess = guess_of(text);
        assert_eq!(guess.noun, noun);
        let recipe = guess.recipe("x").unwrap_or_else(|error| panic!("{error}"));
        let (key, value) = wanted.split_once(" = ").unwrap();
        let record = recipe.files[0].records.last().unwrap();
        assert_eq!(record[key].to_string(), value, "{text}");
    }
}

#[test]
fn a_mapping_without_what_the_noun_needs_is_refused() {
    let mapping = Mapping { columns: vec![("Source".to_owned(), Some("source".to_owned()))], ..Mapping::new(Noun::Lead, "x") };
    let error = mapping.recipe().unwrap_err().to_string();
    assert!(error.contains("a lead needs `person`"), "{error}");
    let nothing = Mapping { columns: vec![("Source".to_owned(), None)], ..Mapping::new(Noun::Company, "x") };
    assert!(nothing.recipe().is_err());
}

#[test]
fn every_choice_is_a_field_once() {
    for noun in Noun::ALL {
        let all = choices(noun);
        let mut keys: Vec<_> = all.iter().map(|choice| choice.field).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all.len(), "{}", noun.key());
        assert!(all.iter().all(|choice| !choice.group.is_empty()), "{}", noun.key());
    }
}

proptest::proptest! {
    #[test]
    fn no_header_panics(header in proptest::collection::vec(".{0,12}", 0..6), cells in proptest::collection::vec(".{0,8}", 0..6)) {
        let rows = vec![cells.iter().collect::<Cells>()];
        let guess = guess(&header, &rows);
        let _ = guess.recipe("x");
    }
}
