//! The worked examples of the documentation: every `console` block of `docs/*.md` is run over the sample company and must print what
//! the page says. `UPDATE=1 cargo nextest run -p tandem docs` writes the pages anew.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::program::Home;

const ENDS_AT: &str = "2026-06-30T00:00:00Z";
const CLOCK: &str = "2026-06-30T12:00:00Z";
const FENCE: &str = "```";

#[test]
fn worked_examples_print_what_the_pages_say() {
    let pages = pages();
    let examples = pages.iter().map(|(_, text)| text.matches("\n```console\n").count()).sum::<usize>();
    assert!(examples > 0, "no page has a worked example");
    // The record's engine changes nothing in what is printed, so one of them is enough.
    let home = Home::on_sqlite();
    home.file("clock", CLOCK);
    run(&home, &format!("tandem demo --load-only --scale 0.1 --ends-at {ENDS_AT}"));
    let mut stale = Vec::new();
    for (path, text) in &pages {
        let printed = with_output(text, &|command| run(&home, command));
        if printed == *text {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(path, &printed).unwrap();
        } else {
            stale.push(format!("{}:\n{}", path.display(), first_difference(text, &printed)));
        }
    }
    assert!(stale.is_empty(), "run UPDATE=1 cargo nextest run -p tandem docs, and read what it changed:\n{}", stale.join("\n"));
}

fn pages() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The page with each console block's commands followed by what they print.
fn with_output(text: &str, run: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut in_console = false;
    for line in text.lines() {
        if line.starts_with(FENCE) {
            in_console = !in_console && line == "```console";
        } else if in_console && !line.starts_with("$ ") {
            continue;
        }
        writeln!(out, "{line}").unwrap();
        if let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) {
            let printed = run(command);
            out.extend(printed.lines().map(|line| format!("{}\n", line.trim_end())));
        }
    }
    out
}

/// `tandem report funnel --by source`: words are separated by blanks, and may stand in double quotes.
fn run(home: &Home, command: &str) -> String {
    let arguments = command.strip_prefix("tandem ").unwrap_or_else(|| panic!("`{command}`: a worked example begins with `tandem`"));
    let quoted = arguments.split('"').enumerate();
    let words: Vec<&str> =
        quoted.flat_map(|(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }).collect();
    let clock = home.path().join("clock");
    let output = home.command(&words).env("TANDEM_CLOCK", clock).output().unwrap();
    assert!(output.status.success(), "`{command}`: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn first_difference(before: &str, after: &str) -> String {
    let differing = before.lines().zip(after.lines()).find(|(before, after)| before != after);
    differing.map_or_else(|| "one is longer".into(), |(before, after)| format!("  the page says   {before}\n  it prints       {after}"))
}
