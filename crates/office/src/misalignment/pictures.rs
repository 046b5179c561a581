//! The parts of the cost as a picture.

use insight::{
    misalignment::{Cost, Part, PartKind},
    question::Question,
};
use picture::{Bar, Bars, Tone, Unit};

use super::report;
use crate::ui::format;

/// Its rows are opened from the table under it: a picture that is read aloud as one can't hold links.
pub fn parts(cost: &Cost, question: &Question) -> Bars {
    let per_major = question.currency.minor_per_major() as f64;
    let major = |minor: i64| minor as f64 / per_major;
    let bar = |part: &Part| Bar {
        name: part.name.to_owned(),
        value: part.amount_minor.map(major),
        interval: part.interval_minor.map(|(low, high)| (major(low), major(high))),
        shown: match part.amount_minor.filter(|_| part.shows_loss != Some(false)) {
            Some(minor) => format::money_short(minor as f64, question.currency),
            None => report::amount(part, question),
        },
        tone: if part.kind == PartKind::Spent { Tone::Marketing } else { Tone::Sales },
        href: None,
    };
    let sign = format::money_short(0.0, question.currency).replace("0", "");
    Bars {
        title: "What misalignment costs".into(),
        summary: format!(
            "{} spent for nothing, added up from rows; {}. Whiskers are 95% intervals.",
            format::money_short(cost.spent_minor as f64, question.currency),
            match cost.not_won_minor {
                Some(minor) => format!("an estimated {} of revenue not won", format::money_short(minor as f64, question.currency)),
                None => format!("of revenue not won, {}", report::not_shown(cost)),
            }
        ),
        unit: Unit::Money(sign.trim().to_owned()),
        axis: format!("{}, in the period", question.currency),
        bars: cost.parts.iter().map(bar).collect(),
    }
}
