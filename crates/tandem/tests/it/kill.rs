//! `kill -9` in the middle of an import: all of it is there afterwards, or nothing.

use std::{process::Stdio, time::Duration};

use crate::program::Home;

const ROWS: usize = 30_000;
const KILLS: u64 = 12;

#[test]
fn a_killed_import_leaves_nothing_behind() {
    let home = Home::new();
    let mut people = String::from("person_id,name,email,company_domain\n");
    for number in 0..ROWS {
        people.push_str(&format!("p{number},Person {number},person{number}@company{}.example,\n", number % 500));
    }
    let file = home.file("people.csv", people).display().to_string();
    home.text(&["migrate"]);
    let (mut interrupted, mut done) = (0, 0);
    for kill in 0..KILLS {
        let mut child = home.command(&["import", "--recipe", "tandem", &file]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Spread over the whole run, which takes a second or two here.
        std::thread::sleep(Duration::from_millis(60 + 110 * kill));
        let _ = child.kill();
        let _ = child.wait();
        let rows = home.json(&["verify"]);
        assert_eq!(rows["ok"], true, "kill {kill}");
        match rows["rows"]["people"].as_u64().unwrap() as usize {
            0 => interrupted += 1,
            ROWS => {
                done += 1;
                let imports = home.json(&["import", "list"]);
                let id = imports.as_array().unwrap().iter().find(|import| import["state"] == "done").unwrap()["import_id"].clone();
                home.text(&["import", "undo", id.as_str().unwrap()]);
            }
            half => panic!("kill {kill} left {half} of {ROWS} people"),
        }
    }
    assert!(interrupted > 0, "no kill came before the end ({done} imports were done)");
    let imports = home.json(&["import", "list"]);
    assert!(imports.as_array().unwrap().iter().all(|import| import["state"] != "running"), "{imports}");
    assert_eq!(Home::counts(&home.import("tandem", std::path::Path::new(&file))), [ROWS as u64, ROWS as u64, 0, 0, 0]);
}
