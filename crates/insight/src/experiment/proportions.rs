//! Two rates against each other.

use alignment::rate::Rate;
use serde::Serialize;

use super::normal;
use crate::diagnosis::significance;

/// What two samples differ by: the second less the first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub value: f64,
    /// 95%.
    pub interval: (f64, f64),
    /// How often chance alone would make a difference as large, looked at once. `None`: the method gives no such figure.
    pub p_value: Option<f64>,
}

impl Difference {
    /// Whether the interval leaves out 0.
    pub fn is_beyond_chance(&self) -> bool {
        self.interval.0 > 0.0 || self.interval.1 < 0.0
    }
}

/// `b - a`, with Newcombe's hybrid score interval (R. G. Newcombe, 1998, method 10), sound for small samples, and the pooled z-test.
pub fn difference(a: Rate, b: Rate) -> Option<Difference> {
    let (rate_a, rate_b) = (a.value()?, b.value()?);
    let ((low_a, high_a), (low_b, high_b)) = (a.interval()?, b.interval()?);
    let value = rate_b - rate_a;
    let low = value - ((rate_b - low_b).powi(2) + (high_a - rate_a).powi(2)).sqrt();
    let high = value + ((high_b - rate_b).powi(2) + (rate_a - low_a).powi(2)).sqrt();
    Some(Difference { value, interval: (low, high), p_value: Some(p_value(a, b, value)) })
}

fn p_value(a: Rate, b: Rate, difference: f64) -> f64 {
    let pooled = (a.hits + b.hits) as f64 / (a.of + b.of) as f64;
    let error = (pooled * (1.0 - pooled) * (1.0 / a.of as f64 + 1.0 / b.of as f64)).sqrt();
    if error == 0.0 { 1.0 } else { normal::beyond(difference / error) }
}

/// How often chance alone would show a rate as high as this one if the true rate were `floor` (one-sided score test).
pub fn p_above(rate: Rate, floor: f64) -> Option<f64> {
    let error = (floor * (1.0 - floor) / rate.of as f64).sqrt();
    rate.value().filter(|_| error > 0.0).map(|value| 1.0 - normal::below((value - floor) / error))
}

/// p-values that allow for how many were looked at (Benjamini and Hochberg, 1995), in the order given.
pub fn adjusted(p_values: &[f64]) -> Vec<f64> {
    significance::adjusted(&p_values.iter().map(|p| p.ln()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Against statsmodels 0.15.0: `confint_proportions_2indep(b, nb, a, na, method="newcomb")` and `proportions_ztest`.
    #[test]
    fn agrees_with_statsmodels() {
        for ((a, na, b, nb), low, high, p) in [
            ((30, 200, 45, 200), -0.001_717_201_534, 0.150_985_460_797, 0.054_663_935_892),
            ((0, 20, 3, 25), -0.059_156_891_894, 0.299_557_939_209, 0.108_809_430_041),
            ((5, 5, 9, 10), -0.404_150_026_795, 0.342_175_676_151, 0.464_214_312_771),
            ((842, 8000, 931, 8000), 0.001_396_034_307, 0.020_858_014_945, 0.024_993_631_654),
        ] {
            let found = difference(Rate::new(a, na), Rate::new(b, nb)).unwrap();
            assert!((found.interval.0 - low).abs() < 1e-11 && (found.interval.1 - high).abs() < 1e-11, "{found:?}");
            assert!((found.p_value.unwrap() - p).abs() < 1e-11, "{found:?}");
        }
        assert_eq!(difference(Rate::new(0, 0), Rate::new(1, 2)), None);
    }

    /// Against `statsmodels.stats.multitest.multipletests(p, method="fdr_bh")` (0.15.0).
    #[test]
    fn many_are_allowed_for() {
        let found = adjusted(&[0.01, 0.04, 0.03, 0.5]);
        for (found, expected) in found.iter().zip([0.04, 0.053_333_333_333, 0.053_333_333_333, 0.5]) {
            assert!((found - expected).abs() < 1e-9, "{found}");
        }
        assert_eq!(adjusted(&[]), Vec::<f64>::new());
    }

    proptest! {
        #[test]
        fn the_difference_lies_in_its_interval_and_turns_round(na in 1..500_u64, nb in 1..500_u64, a in 0.0..=1.0_f64, b in 0.0..=1.0_f64) {
            let (a, b) = (Rate::new((a * na as f64) as u64, na), Rate::new((b * nb as f64) as u64, nb));
            let (there, back) = (difference(a, b).unwrap(), difference(b, a).unwrap());
            prop_assert!(there.interval.0 <= there.value + 1e-12 && there.value <= there.interval.1 + 1e-12);
            prop_assert!((there.interval.0 + back.interval.1).abs() < 1e-12);
            prop_assert!((-1.0..=1.0).contains(&there.interval.0) && (-1.0..=1.0).contains(&there.interval.1));
        }
    }
}
