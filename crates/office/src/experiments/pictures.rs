//! Both versions side by side.

use insight::experiment::{Compared, Outcome};
use picture::{Bar, Bars, Tone, Unit};

use super::{Looked, report};

pub fn versions(looked: &Looked) -> Bars {
    let bar = |found: &Compared, name: &str, version: &str, tone: Tone| {
        let seen = if version == "a" { &found.a } else { &found.b };
        Bar {
            name: format!("{}, {name}", found.name),
            value: seen.value,
            interval: seen.interval,
            shown: report::seen(seen, found.outcome, &looked.question),
            tone,
            href: None,
        }
    };
    let rates = looked.comparison.outcomes.iter().filter(|found| found.outcome != Outcome::Revenue);
    Bars {
        title: format!("A: {}, B: {}", looked.row.a, looked.row.b),
        summary: report::advice_words(&looked.comparison.advice, &looked.question),
        unit: Unit::Percent,
        axis: "Share of leads, with its 95% interval".into(),
        bars: rates.flat_map(|found| [bar(found, "A", "a", Tone::Quiet), bar(found, "B", "b", Tone::Ink)]).collect(),
    }
}
