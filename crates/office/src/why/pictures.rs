//! The change as a waterfall: from one value to the other through the parts that made the difference.

use insight::{
    answer::{Better, Unit},
    diagnosis::SplitParts,
};
use picture::{Step, Tone, Total, Waterfall};

use super::{Explained, report::factors, words};
use crate::ui::{format, known};

/// Steps that are told; the smaller ones stand together.
const STEPS_MAX: usize = 8;

pub fn waterfall(found: &Explained, split: &SplitParts) -> Waterfall {
    let (why, question) = (&found.why, &found.question);
    let (unit, currency) = (why.kpi.unit, question.currency);
    let (factors, scale) = (factors(why), scale(unit, question));
    let mut steps: Vec<(String, f64)> = Vec::new();
    let mut late = 0.0;
    for part in split.parts.iter().chain(&split.rest) {
        let is_rest = split.rest.as_ref().is_some_and(|rest| std::ptr::eq(rest, part));
        let name =
            if is_rest { format!("{} others", format::count(split.rest_segments)) } else { known::label(part.segment.label.as_deref()) };
        late += part.parts.timing;
        let of_part = factors.iter().filter(|(factor, _)| *factor != "timing").map(|(factor, of)| (format!("{name}: {factor}"), of(part)));
        steps.extend(of_part.filter(|(_, step)| *step != 0.0));
    }
    steps.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
    let small = steps.split_off(steps.len().min(STEPS_MAX));
    if !small.is_empty() {
        steps.push((format!("{} smaller parts", format::count(small.len() as u64)), small.iter().map(|(_, step)| step).sum()));
    }
    if late != 0.0 {
        steps.push(("age: had less time, or more".into(), late));
    }
    let total = |period, value: Option<f64>| Total {
        name: words::period(period, &question.zone),
        value: value.unwrap_or(0.0) * scale,
        shown: value.map_or(format::NO_DATA.into(), |value| format::value(value, unit, currency)),
        href: None,
    };
    let step = |(name, step): (String, f64)| Step {
        name,
        value: step * scale,
        shown: format::step(step, unit, currency),
        tone: tone(step, why.kpi.better),
        href: None,
    };
    Waterfall {
        title: format!("{} by {}", why.kpi.name, words::split(&split.split)),
        summary: summary(found),
        unit: axis(unit, question),
        from: total(why.comparison.before, why.before.value),
        steps: steps.into_iter().map(step).collect(),
        to: total(why.comparison.now, why.now.value),
    }
}

fn summary(found: &Explained) -> String {
    let why = &found.why;
    let step = |step: f64| format::step(step, why.kpi.unit, found.question.currency);
    let mean = if why.before.median.is_some() { " It is the mean that is taken apart, as a median can't be." } else { "" };
    let age = match why.timing {
        None => " At the same age the earlier period had no value yet, so the two are compared as they stand.".into(),
        Some(0.0) => String::new(),
        Some(timing) => format!(" {} of it is age alone: what the earlier period did not have yet when it was as old.", step(timing)),
    };
    let change = why.change.map_or_else(|| "Not to be told.".into(), |change| format!("{} in all; the parts sum to it.", step(change)));
    format!("{change}{age}{mean}")
}

fn tone(step: f64, better: Better) -> Tone {
    match (step > 0.0) == (better == Better::Up) {
        true => Tone::Good,
        false => Tone::Bad,
    }
}

fn axis(unit: Unit, question: &insight::question::Question) -> picture::Unit {
    match unit {
        Unit::Count => picture::Unit::Count,
        Unit::Rate => picture::Unit::Percent,
        Unit::Days => picture::Unit::Days,
        Unit::Hours => picture::Unit::Hours,
        Unit::Money => picture::Unit::Money(format::symbol(question.currency)),
        Unit::Ratio => picture::Unit::Number,
    }
}

/// Axes of money are in whole units.
fn scale(unit: Unit, question: &insight::question::Question) -> f64 {
    if unit == Unit::Money { 1.0 / question.currency.minor_per_major() as f64 } else { 1.0 }
}
