//! Findings as sentences. They say what goes with what, and never that one thing causes another.

use alignment::Currency;
use insight::{
    answer::Unit,
    diagnosis::{Finding, Found, Named, Side, Split, What, Worth},
    engine::Kpi,
    question::{Dimension, Period},
};
use jiff::tz::TimeZone;

use crate::ui::format;

/// `MQL to SAL (acceptance) of campaign X is 23.3% (40 of 172); elsewhere it is 61.0% (620 of 1,016).`
pub fn sentence(finding: &Finding, currency: Currency) -> String {
    let name = finding.kpi.name;
    let shown = |side: &Side| side_in_words(side, finding.kpi, currency);
    let (now, against) = (shown(&finding.now), shown(&finding.against));
    let Some(named) = &finding.segment else {
        return format!("{name} went from {against} to {now}, over all segments together.");
    };
    let of = segment(named);
    match (finding.found, finding.what, &named.split) {
        (Found::NeverUsed { .. }, ..) => format!(
            "{} of {} pieces that were out for 90 days or longer were used by nobody: no touch and no activity names them.",
            format::count(finding.now.hits.unwrap_or(0)),
            format::count(finding.now.n)
        ),
        (Found::StandsOut { .. }, _, Split::SentContent) => {
            format!("{name} where sales sent {}: {now}; where it did not: {against}.", format::label(named.label.as_deref()))
        }
        (Found::StandsOut { .. }, ..) => format!("{name} of {of} is {now}; of all others it is {against}."),
        (Found::Moved { .. }, _, Split::Reason) => {
            format!(
                "Rejections for {} went from {against} of all decisions to {now}.",
                format::spaced(&format::label(named.label.as_deref()))
            )
        }
        (Found::Moved { .. }, What::Share, _) => format!("{name} of {of} went from {against} to {now}, otherwise than the rest."),
        (Found::Moved { .. }, ..) => {
            let part = finding.part.map(|part| format::step(part, finding.kpi.unit, currency));
            let part = part.map(|part| format!(" That goes with {part} of the whole.")).unwrap_or_default();
            format!("{name} of {of} went from {against} to {now}, otherwise than the rest.{part}")
        }
    }
}

/// `worth −€12,300: 31 fewer SALs at €396 each, ...`
pub fn worth(worth: &Worth, currency: Currency) -> String {
    let money = format::money_short(worth.minor as f64, currency);
    let each = format::money_short(worth.each_minor as f64, currency);
    if worth.unit == "won deal" && worth.units == worth.units.round() && worth.n as f64 == worth.units {
        return format!("{money}: {} at {each} more or less than the others", format::plural(worth.n, "deal", "deals"));
    }
    let unit = if worth.unit.chars().nth(1).is_some_and(char::is_uppercase) { worth.unit.to_owned() } else { worth.unit.to_lowercase() };
    let (count, more) = (format::decimal(worth.units.abs()), if worth.units < 0.0 { "fewer" } else { "more" });
    format!("{money}: {count} {more} {unit}s at {each}, what one has brought on average so far (n {})", format::count(worth.n))
}

/// `p < 0.001 after adjusting over 6,204 looks`
pub fn certainty(finding: &Finding, looks: u64) -> String {
    format!("{} after adjusting over {}", p(finding.p_adjusted), format::plural(looks, "look", "looks"))
}

pub fn p(p: f64) -> String {
    match p {
        p if p < 0.001 => "p < 0.001".into(),
        p => format!("p = {}", format::fixed(p, 3)),
    }
}

/// The stronger finding in whose rows these show.
pub fn repeats(finding: &Finding) -> String {
    const NAMED_MAX: usize = 4;
    let names: Vec<String> = finding.repeats.iter().take(NAMED_MAX).map(segment).collect();
    let rest = finding.repeats.len().saturating_sub(NAMED_MAX);
    match (names.is_empty(), rest) {
        (true, _) => String::new(),
        (_, 0) => format!("The same rows show in {}.", names.join(", ")),
        (_, rest) => format!("The same rows show in {} and {rest} more.", names.join(", ")),
    }
}

pub fn reason(finding: &Finding) -> String {
    match &finding.reason {
        Some((label, times, of)) => format!(
            "Of its {}, {} {}.",
            format::plural(*of, "rejection", "rejections"),
            format::count(*times),
            match &label.name {
                Some(name) => format!("say {}", format::spaced(name)),
                None => "give no reason".into(),
            }
        ),
        None => String::new(),
    }
}

/// `campaign LinkedIn: The cloud bill guide`
pub fn segment(named: &Named) -> String {
    let by = split(&named.split);
    match &named.label {
        Some(label) => format!("{by} {label}"),
        None => format!("{by} {}", format::NOT_RECORDED),
    }
}

/// A dimension in words.
pub fn split(split: &Split) -> String {
    match split {
        Split::By(Dimension::Custom(key)) => format::dimension(key),
        Split::SentContent => "content sent in the deal".into(),
        other => other.key(),
    }
}

/// A value with its sample: `23.3% (40 of 172)`, `7.0 d (n 218)`, `120`.
fn side_in_words(side: &Side, kpi: &Kpi, currency: Currency) -> String {
    let Some(value) = side.value else { return format::NO_DATA.into() };
    let shown = format::value(value, kpi.unit, currency);
    match (kpi.unit, side.hits) {
        (Unit::Count, _) => shown,
        (Unit::Rate, Some(hits)) if hits <= side.n => format!("{shown} ({} of {})", format::count(hits), format::count(side.n)),
        _ => format!("{shown} (n {})", format::count(side.n)),
    }
}

/// `January 2026`, `Q1 2026`, `2025`, or dates: the end is the last day that counts.
pub fn period(period: Period, zone: &TimeZone) -> String {
    let (from, to) = (period.from.in_zone(zone).date(), period.to.in_zone(zone).date());
    let months = i32::from(to.year() - from.year()) * 12 + i32::from(to.month() - from.month());
    match months {
        1 if from.day() == 1 && to.day() == 1 => format::month(period.from, zone),
        3 if from.day() == 1 && to.day() == 1 && (from.month() - 1) % 3 == 0 => format!("Q{} {}", (from.month() - 1) / 3 + 1, from.year()),
        12 if from.day() == 1 && to.day() == 1 && from.month() == 1 => from.year().to_string(),
        _ => format!("{} to {}", format::full_date(period.from, zone), format::full_date(period.to.plus_micros(-1), zone)),
    }
}
