//! `docs/numbers.md`, made from the list of numbers. The test keeps the file current; `UPDATE=1` writes it anew.

use std::{fmt::Write, fs, path::Path};

use super::*;
use crate::answer::{Better, Kind, Team, Unit};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/numbers.md");

const HEAD: &str = "\
# Numbers

What each number on the scoreboard means. This page is made from the definitions in `crates/insight/src/kpi`, one file for each; to
write it anew after changing one, run `UPDATE=1 cargo nextest run -p insight kpi::docs`.

`tandem report scoreboard --format json` gives each by its key. A number has a `state`: `measured`; `too_young` (most of the cohort has
not had the horizon yet; the value is what is known so far); `not_recorded` (no source of data writes this down: neither 0 nor 100%);
`no_data` (it is written down, and nothing has happened yet: no denominator). Without a value it is `null`, never 0.

`n` is the sample size, `hits` the numerator, `interval` Wilson's at 95%. Money is in minor units of the question's currency: an integer
where amounts are added up, a decimal where money is a mean or is shared out (deal size, every cost, CAC, wasted spend), because rounded
parts would no longer sum to the whole. Amounts in another currency are left out and counted. Months are calendar months of the Agreement's time zone. Nothing that happened after `as_of`
or was learned after `known_at` counts. A stage whose instant was not written down counts from the earliest instant of a later stage or
of learning of it; it enters no duration.

A period is a name (`last_quarter`, `last_12_months`, ...), a month `2026-03`, a year `2026`, or two days `2026-01-01..2026-04-01`, of which
the second is the first one that no longer counts. Without it the period lasts until `as_of`; without the first day it is the twelve months
before the second. Pages ask for *own dates* by the first and the last day, and both count: \"From 1 January to (included) 31 March\" is
`2026-01-01..2026-04-01` in the address, on the command line and in the API.

The page of a number lists the rows behind it: what each adds, money to the cent, and above them what they add up to. `CSV` beside them
(`/scoreboard/{key}/rows.csv`, with the page's question) has all of them, 100,000 at most: `id`, `name`, `of`, `at` (UTC), `counted`, `hits` and `n` (what the
row adds to numerator and denominator: a lead with five of six required fields adds 5 and 6), `value` in `unit` (money in whole units of
the currency, with all its digits), and why a row is left out. The API gives the same a page at a time: `GET /api/v1/reports/scoreboard/{key}/rows`.

";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for kpi in ALL {
        let (unit, better) = (unit(kpi.unit), if matches!(kpi.better, Better::Up) { "more is better" } else { "less is better" });
        let kind = if matches!(kpi.kind, Kind::Leading) { "leading" } else { "lagging" };
        let team = match kpi.team {
            Team::Marketing => "marketing",
            Team::Sales => "sales",
            Team::Both => "both teams",
        };
        let _ = writeln!(page, "## {}\n\n`{}` · {unit} · {better} · {kind} · {team}\n\n{}\n", kpi.name, kpi.key, kpi.words);
        let _ = writeln!(page, "- Formula: {}.\n- Example: {}", kpi.formula, kpi.example);
        for (name, words) in kpi.asides {
            let _ = writeln!(page, "- `{name}`: left out and counted, because {words}.");
        }
        page.push('\n');
    }
    page.trim_end().to_owned() + "\n"
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Rate => "rate, 0 to 1",
        Unit::Days => "days",
        Unit::Hours => "hours",
        Unit::Money => "money, minor units",
        Unit::Ratio => "ratio",
    }
}

#[test]
fn the_page_is_current() {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(FILE, page()).unwrap();
    }
    let written = fs::read_to_string(Path::new(FILE)).unwrap_or_default();
    assert!(written == page(), "docs/numbers.md is out of date: run UPDATE=1 cargo nextest run -p insight kpi::docs");
}
