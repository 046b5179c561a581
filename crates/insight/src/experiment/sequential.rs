//! A test that may be looked at as often as one likes.
//!
//! The mixture sequential probability ratio test with a normal mixture (R. Johari, L. Pekelis, D. Walsh, *Always valid inference*,
//! 2015): the ratio of how well "there is a change, about as large as is worth finding" and "there is none" explain what was seen.
//! Whenever one stops, and for whatever reason, a false alarm comes in at most 5 of 100 experiments. The price is that it needs more leads
//! than a test that is looked at once.

use serde::Serialize;

use super::power::ALPHA;

/// What may be said at this moment, whenever it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AlwaysValid {
    /// Holds at all looks together, 95%.
    pub interval: (f64, f64),
    pub p_value: f64,
}

/// `difference` and its variance as seen so far; `worth_finding` is the standard deviation of the mixture. `None` without a variance.
pub fn always_valid(difference: f64, variance: f64, worth_finding: f64) -> Option<AlwaysValid> {
    let mixture = worth_finding * worth_finding;
    if !(variance > 0.0 && mixture > 0.0 && (variance + mixture).is_finite()) {
        return None;
    }
    let both = variance + mixture;
    let log_ratio = 0.5 * (variance / both).ln() + difference * difference * mixture / (2.0 * variance * both);
    let reach = (variance * both / mixture * (both / (variance * ALPHA * ALPHA)).ln()).sqrt();
    Some(AlwaysValid { interval: (difference - reach, difference + reach), p_value: (-log_ratio).exp().min(1.0) })
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    /// The interval leaves out 0 exactly where the p-value is below 5%.
    #[test]
    fn interval_and_p_value_agree() {
        for step in 0..200 {
            let difference = f64::from(step) / 1000.0;
            let found = always_valid(difference, 0.0004, 0.05).unwrap();
            assert_eq!(found.interval.0 > 0.0, found.p_value < ALPHA, "{difference}: {found:?}");
        }
        assert_eq!(always_valid(0.1, 0.0, 0.05), None);
    }

    /// Two versions that are the same, looked at after every 20 leads, 100 times: a test that is meant for one look cries out far more
    /// often than 1 in 20, this one does not.
    #[test]
    fn peeking_does_not_raise_false_alarms() {
        let (mut alarms, mut naive) = (0, 0);
        for replicate in 0..400 {
            let mut chance = crate::chance::seeded(11, replicate);
            let (mut a, mut b, mut n) = (0.0, 0.0, 0.0);
            let (mut alarmed, mut naively) = (false, false);
            for _ in 0..100 {
                for _ in 0..20 {
                    a += f64::from(u8::from(chance.random::<f64>() < 0.2));
                    b += f64::from(u8::from(chance.random::<f64>() < 0.2));
                    n += 1.0;
                }
                let variance = (a / n * (1.0 - a / n) + b / n * (1.0 - b / n)) / n;
                let difference = (b - a) / n;
                alarmed |= always_valid(difference, variance, 0.04).is_some_and(|found| found.p_value < ALPHA);
                naively |= variance > 0.0 && difference.abs() > 1.96 * variance.sqrt();
            }
            alarms += u32::from(alarmed);
            naive += u32::from(naively);
        }
        assert!(alarms <= 28, "{alarms} of 400");
        assert!(naive > 100, "{naive} of 400");
    }
}
