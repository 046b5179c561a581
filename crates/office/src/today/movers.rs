//! Numbers that moved from one whole month to the next, in words, the largest moves first.

use alignment::{Currency, Instant};
use insight::answer::{KpiAnswer, State, Unit};
use jiff::tz::TimeZone;

use crate::ui::kpi;

pub struct Mover {
    pub key: &'static str,
    pub name: &'static str,
    pub words: String,
    pub change: String,
    pub class: &'static str,
}

/// Samples smaller than this move by chance.
const SAMPLE_MIN: u64 = 20;

pub fn movers(answers: &[KpiAnswer], currency: Currency, zone: &TimeZone, as_of: Instant, limit: usize) -> Vec<Mover> {
    let mut found: Vec<(f64, Mover)> = answers.iter().filter_map(|answer| mover(answer, currency, zone, as_of)).collect();
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    found.into_iter().take(limit).map(|(_, mover)| mover).collect()
}

/// The move with its size, in widths of the interval where there is one: a change inside it is nothing to talk about.
fn mover(answer: &KpiAnswer, currency: Currency, zone: &TimeZone, as_of: Instant) -> Option<(f64, Mover)> {
    let change = kpi::change(answer, zone, as_of)?;
    let month_of = |at: Instant| at.in_zone(zone).date().first_of_month();
    let whole: Vec<_> = answer.trend.iter().filter(|point| month_of(point.from) < month_of(as_of)).collect();
    let [.., before, last] = whole.as_slice() else { return None };
    let (before, last) = (&before.measure, &last.measure);
    if before.n < SAMPLE_MIN || last.n < SAMPLE_MIN || last.state != State::Measured {
        return None;
    }
    let (from, to) = (before.value?, last.value?);
    let step = (to - from).abs();
    let chance = match (last.interval, answer.unit) {
        (Some((low, high)), _) if high > low => (high - low) / 2.0,
        (_, Unit::Count) => 1.96 * (from + to).sqrt(),
        _ => from.abs() * 0.25,
    };
    let size = if chance > 0.0 { step / chance } else { 0.0 };
    let direction = if to > from { "rose" } else { "fell" };
    let (was, is) = (kpi::in_words(answer, from, currency), kpi::in_words(answer, to, currency));
    let words = format!("{direction} from {was} to {is} in {}, {}", change.month, kpi::sample(answer, last));
    let mover = Mover { key: answer.key, name: answer.name, words, change: change.text, class: change.class };
    (size >= 1.0).then_some((size, mover))
}
