//! From a tally to a measure: what the value is, and whether there is one.

use alignment::rate::Rate;
use rand::RngExt;

use super::{
    definition::{Kpi, Summary},
    tally::Tally,
};
use crate::{
    answer::{Measure, State},
    chance::seeded,
};

/// What a tally is measured against.
#[derive(Clone, Copy, Default)]
pub struct Base {
    /// Leads that carry the cost.
    pub heads: u64,
    pub months: u32,
    pub out_of: Option<f64>,
    /// Rows of the month before, for a growth.
    pub before: u64,
}

pub fn measure(kpi: &Kpi, tally: &Tally, base: Base) -> Measure {
    let mut measure = match kpi.summary {
        Summary::Count => count(tally),
        Summary::Rate => rate(tally),
        Summary::Spread { within } => spread(tally, within),
        Summary::Sum => sum(tally),
        Summary::Mean => mean(tally),
        Summary::ValueShare => value_share(tally),
        Summary::PerLead(_) => per_lead(tally, base.heads),
        Summary::PerMonth => per_month(tally, base.months),
        Summary::Growth => growth(tally, base.before),
        Summary::OutOf(_) => out_of(tally, base.out_of),
    };
    for ((name, _), count) in kpi.asides.iter().zip(tally.asides) {
        measure.also.push((name, Some(count as f64)));
    }
    if tally.unrecorded > 0 {
        measure.also.push(("not_recorded", Some(tally.unrecorded as f64)));
    }
    measure
}

/// A measure without a value.
pub fn without(state: State) -> Measure {
    Measure { state, value: None, n: 0, hits: None, interval: None, also: Vec::new() }
}

fn measured(value: f64, n: u64, hits: Option<u64>) -> Measure {
    Measure { state: State::Measured, value: Some(value), n, hits, interval: None, also: Vec::new() }
}

/// Nothing to divide by: because nobody writes it down, or because nothing has happened.
fn absent(tally: &Tally) -> Measure {
    let nobody = tally.unrecorded > 0 && tally.able == 0 && tally.rows == 0;
    without(if nobody { State::NotRecorded } else { State::NoData })
}

fn count(tally: &Tally) -> Measure {
    match absent(tally) {
        absent if absent.state == State::NotRecorded => absent,
        _ => measured(tally.hits as f64, tally.n, Some(tally.hits)),
    }
}

fn rate(tally: &Tally) -> Measure {
    let rate = Rate::new(tally.hits, tally.n);
    let Some(value) = rate.value() else { return absent(tally) };
    let mut measure = Measure { interval: rate.interval(), ..measured(value, tally.n, Some(tally.hits)) };
    if tally.young > 0 || tally.mature > 0 {
        measure.also.push(("within_horizon", Rate::new(tally.mature_hits, tally.mature).value()));
        measure.also.push(("young", Some(tally.young as f64)));
    }
    // A cohort of which most have not had the time yet is too young to be read.
    if 2 * tally.young > tally.rows {
        measure.state = State::TooYoung;
    }
    measure
}

fn spread(tally: &Tally, within: Option<&'static str>) -> Measure {
    let share = within.map(|name| (name, Rate::new(tally.hits, tally.rows + tally.asides[0]).value()));
    if tally.values.is_empty() {
        return Measure { also: share.into_iter().collect(), ..absent(tally) };
    }
    let mean = tally.sum / tally.values.len() as f64;
    let [median, p75, p90] = percentiles(&mut tally.values.clone(), [0.5, 0.75, 0.9]);
    let mut measure = measured(median, tally.n, within.map(|_| tally.hits));
    measure.also = vec![("mean", Some(mean)), ("p75", Some(p75)), ("p90", Some(p90))];
    measure.also.extend(share);
    measure
}

/// Linear between the two nearest ranks (R's type 7, the default of NumPy and spreadsheets).
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

fn sum(tally: &Tally) -> Measure {
    match (tally.rows, absent(tally)) {
        (0, absent) if absent.state == State::NotRecorded => absent,
        _ => measured(tally.sum, tally.n, None),
    }
}

/// The [`percentile`] of each of some shares, in ascending order, of values in any order: they are parted by rank and not sorted.
pub fn percentiles<const N: usize>(values: &mut [f64], shares: [f64; N]) -> [f64; N] {
    let mut parted = 0;
    shares.map(|share| {
        let place = share * (values.len() - 1) as f64;
        let rank = place.floor() as usize;
        let (_, below, rest) = values[parted..].select_nth_unstable_by(rank - parted, f64::total_cmp);
        let below = *below;
        let above = rest.iter().copied().min_by(f64::total_cmp).filter(|_| place.fract() > 0.0).unwrap_or(below);
        parted = rank;
        below + (above - below) * place.fract()
    })
}

/// Values beyond which the mean is as good as normal: with amounts as skewed as a log-normal one is (skewness 6), the ends of its interval then
/// lie within a tenth of a standard error of the bootstrap's.
const BOOTSTRAPPED_MAX: usize = 1_000;
const REPLICATES: u64 = 400;
/// Fewer values say nothing of how they scatter.
const SCATTERED_MIN: usize = 3;

fn mean(tally: &Tally) -> Measure {
    if tally.values.is_empty() {
        return absent(tally);
    }
    let mean = tally.sum / tally.values.len() as f64;
    let mut measure = measured(mean, tally.n, None);
    measure.interval = mean_interval(&tally.values, mean);
    measure.also = vec![("sum", Some(tally.sum))];
    measure
}

/// The percentiles of the means of samples drawn with putting back, or the normal interval where there are many.
fn mean_interval(values: &[f64], mean: f64) -> Option<(f64, f64)> {
    if values.len() < SCATTERED_MIN {
        return None;
    }
    let n = values.len() as f64;
    if values.len() > BOOTSTRAPPED_MAX {
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let reach = 1.959_963_984_540_054 * (variance / n).sqrt();
        return Some((mean - reach, mean + reach));
    }
    // The same values give the same interval, in whatever order they were added up.
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    let replicate = |replicate: u64| {
        let mut chance = seeded(values.len() as u64, replicate);
        (0..values.len()).map(|_| values[chance.random_range(0..values.len())]).sum::<f64>() / n
    };
    let mut means: Vec<f64> = (0..REPLICATES).map(replicate).collect();
    means.sort_unstable_by(f64::total_cmp);
    Some((percentile(&means, 0.025), percentile(&means, 0.975)))
}

fn value_share(tally: &Tally) -> Measure {
    if tally.sum == 0.0 {
        return absent(tally);
    }
    let mut measure = measured(tally.sum_of_hits / tally.sum, tally.n, Some(tally.hits));
    measure.also = vec![("money_of_hits", Some(tally.sum_of_hits)), ("money", Some(tally.sum))];
    measure
}

fn per_lead(tally: &Tally, heads: u64) -> Measure {
    if tally.rows == 0 {
        return without(State::NotRecorded);
    }
    let mut measure = match heads {
        0 => without(State::NoData),
        heads => measured(tally.sum / heads as f64, heads, None),
    };
    measure.also = vec![("spend", Some(tally.sum))];
    measure
}

fn per_month(tally: &Tally, months: u32) -> Measure {
    match absent(tally) {
        absent if absent.state == State::NotRecorded => absent,
        _ if months == 0 => without(State::NoData),
        _ => measured(tally.hits as f64 / months as f64, months as u64, Some(tally.hits)),
    }
}

fn growth(tally: &Tally, before: u64) -> Measure {
    if before == 0 {
        return absent(&Tally { rows: 0, ..tally.clone() });
    }
    measured(tally.hits as f64 / before as f64 - 1.0, before, Some(tally.hits))
}

fn out_of(tally: &Tally, whole: Option<f64>) -> Measure {
    match whole.filter(|whole| *whole > 0.0) {
        None => without(State::NoData),
        Some(whole) => {
            let mut measure = measured(tally.sum / whole, tally.n, None);
            measure.also = vec![("amount", Some(tally.sum)), ("out_of", Some(whole))];
            measure
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `numpy.percentile`.
    #[test]
    fn percentiles_as_elsewhere() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (share, expected) in [(0.0, 1.0), (0.5, 3.0), (0.75, 5.0), (0.9, 6.8), (1.0, 8.0)] {
            assert!((percentile(&sorted, share) - expected).abs() < 1e-12, "{share}");
        }
        assert_eq!(percentile(&[7.0], 0.9), 7.0);
    }

    #[test]
    fn undefined_is_not_zero() {
        let none = Tally::default();
        let unrecorded = Tally { unrecorded: 3, ..Tally::default() };
        for (tally, state) in [(&none, State::NoData), (&unrecorded, State::NotRecorded)] {
            assert_eq!((rate(tally).state, rate(tally).value), (state, None));
            assert_eq!((spread(tally, None).state, spread(tally, None).value), (state, None));
        }
        assert_eq!((count(&none).value, count(&unrecorded).value), (Some(0.0), None));
        assert_eq!(count(&Tally { able: 1, ..unrecorded }).value, Some(0.0));
    }
}
