//! Files as they really are: other encodings, odd quoting, huge cells, naughty strings. Right, or refused in words; never half.

use crate::program::{Home, shared};

fn companies(home: &Home) -> u64 {
    home.json(&["verify"])["rows"]["companies"].as_u64().unwrap()
}

#[test]
fn encodings_and_delimiters_are_read_right() {
    let text = "company_id;company_name;industry\n1;Änderung & Söhne;café\n2;\"Two\nlines\";x\n";
    let utf16 = |big: bool| {
        let mut bytes = if big { vec![0xfe, 0xff] } else { vec![0xff, 0xfe] };
        text.encode_utf16().for_each(|unit| bytes.extend(if big { unit.to_be_bytes() } else { unit.to_le_bytes() }));
        bytes
    };
    let windows: Vec<u8> = text.chars().map(|letter| letter as u32 as u8).collect();
    let files = [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat(), utf16(false), utf16(true), windows];
    let home = Home::new();
    for (index, bytes) in files.iter().enumerate() {
        let report = home.import("tandem", &home.file("companies.csv", bytes));
        // The first file makes the two companies; every other encoding of it is the same file.
        let expected = if index == 0 { [2, 2, 0, 0, 0] } else { [2, 0, 0, 2, 0] };
        assert_eq!(Home::counts(&report), expected, "file {index}");
    }
}

#[test]
fn a_cell_of_a_hundred_thousand_characters_is_a_note() {
    let home = Home::new();
    let people = home.file("people.csv", "person_id,name,email\n1,Ana,ana@a.example\n");
    home.import("tandem", &people);
    let note = "ü".repeat(100_000);
    let activities = home.file("activities.csv", format!("activity_id,kind,at,person_id,note\n1,note,2026-01-05,1,{note}\n"));
    assert_eq!(Home::counts(&home.import("tandem", &activities)), [1, 1, 0, 0, 0]);
    let long_name = home.file("companies.csv", format!("company_id,company_name\n1,{note}\n2,Fine\n"));
    let report = home.import("tandem", &long_name);
    assert_eq!(Home::counts(&report), [2, 1, 0, 0, 1]);
    assert!(report["rejections"][0]["reason"].as_str().unwrap().contains("100000 characters"), "{report}");
}

#[test]
fn naughty_strings_are_names_like_any_other() {
    let Some(folder) = shared("messy_csv/blns") else { return };
    let strings: Vec<String> = serde_json::from_str(&std::fs::read_to_string(folder.join("blns.json")).unwrap()).unwrap();
    let mut text = String::from("company_id,company_name\n");
    for (index, naughty) in strings.iter().enumerate() {
        text.push_str(&format!("{},\"{}\"\n", index + 1, naughty.replace('"', "\"\"")));
    }
    let home = Home::new();
    let report = home.import("tandem", &home.file("companies.csv", text));
    let [rows, created, _, _, rejected] = Home::counts(&report);
    assert_eq!((rows, created + rejected), (strings.len() as u64, strings.len() as u64));
    for rejection in report["rejections"].as_array().unwrap() {
        assert!(rejection["reason"].as_str().unwrap().contains("NUL"), "{rejection}");
    }
    home.text(&["verify"]);
}

#[test]
fn a_broken_file_brings_in_nothing() {
    let home = Home::new();
    for (name, bytes, expected) in [
        ("companies.csv", &b""[..], "empty"),
        ("companies.csv", b"colour,size\nred,3\n", "column"),
        ("companies.csv", b"company_id,company_name\n1,Good\n2,\"never closed\n", "quote"),
        ("companies.xlsx", b"not a workbook", "XLSX"),
    ] {
        let path = home.file(name, bytes).display().to_string();
        let refusal = home.refusal(&["import", "--recipe", "tandem", &path]);
        assert!(refusal.to_lowercase().contains(&expected.to_lowercase()), "{name}: {refusal}");
        assert_eq!(companies(&home), 0, "{name}");
    }
    assert!(home.refusal(&["import", "--recipe", "nonsense", "."]).contains("hubspot"), "an unknown recipe lists those there are");
    assert!(home.refusal(&["import", "undo", "77"]).contains("import 77 does not exist"));
}
