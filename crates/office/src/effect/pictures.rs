//! The rates of a change, before and after, as a picture.

use insight::{
    answer::Unit,
    effect::{ChangeSeen, NumberSeen, Side},
    question::Question,
};
use picture::{Bar, Bars, Tone};

use super::report;
use crate::ui::format;

pub fn rates(change: &ChangeSeen, question: &Question) -> Bars {
    let bar = |number: &NumberSeen, when: &str, side: &Side, tone: Tone| Bar {
        name: format!("{}, {when}", number.name),
        value: side.value,
        interval: side.interval,
        shown: side.value.map_or_else(|| format::NO_DATA.into(), format::rate),
        tone,
        href: None,
    };
    let of_rates = change.numbers.iter().filter(|number| number.unit == Unit::Rate);
    let bars = of_rates
        .flat_map(|number| [bar(number, "before", &number.now.before, Tone::Quiet), bar(number, "after", &number.now.after, Tone::Ink)]);
    Bars {
        title: format!("{}: rates before and after", title(change, question)),
        summary: report::words(change, question),
        unit: picture::Unit::Percent,
        axis: "Share, with its 95% interval".into(),
        bars: bars.collect(),
    }
}

/// As a person writes the day.
pub fn title(change: &ChangeSeen, question: &Question) -> String {
    let day = format::full_date(change.at, &question.zone);
    match change.version {
        Some(version) => format!("Agreement v{version}, from {day} on"),
        None => format!("Around {day}"),
    }
}
