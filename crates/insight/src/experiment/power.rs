//! How many leads it takes to see a change worth finding.

use super::normal;

/// Of a test that is looked at once: how often it may cry out at nothing, and how often it must see the change if it is there.
pub const ALPHA: f64 = 0.05;
pub const POWER: f64 = 0.8;

/// Leads in each version, so that a two-sided test finds the step from one rate to the other (J. L. Fleiss, 1981, without correction
/// for continuity). `None`: there is no step, or a rate outside 0..=1.
pub fn leads_for_rates(from: f64, to: f64, alpha: f64, power: f64) -> Option<f64> {
    let is_rate = |rate: f64| (0.0..=1.0).contains(&rate);
    if from == to || !is_rate(from) || !is_rate(to) {
        return None;
    }
    let (z_alpha, z_power) = (normal::quantile(1.0 - alpha / 2.0), normal::quantile(power));
    let middle = (from + to) / 2.0;
    let spread = z_alpha * (2.0 * middle * (1.0 - middle)).sqrt() + z_power * (from * (1.0 - from) + to * (1.0 - to)).sqrt();
    Some((spread / (to - from)).powi(2))
}

/// The same for a mean whose single values have this standard deviation.
pub fn leads_for_means(deviation: f64, step: f64, alpha: f64, power: f64) -> Option<f64> {
    let z = normal::quantile(1.0 - alpha / 2.0) + normal::quantile(power);
    (step != 0.0 && deviation > 0.0).then(|| 2.0 * (z * deviation / step).powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `samplesize_proportions_2indep_onetail(diff, p1, power, alpha=alpha / 2)` of statsmodels 0.15.0.
    #[test]
    fn agrees_with_statsmodels() {
        for (from, to, power, alpha, expected) in
            [(0.10, 0.12, 0.8, 0.05, 3_840.847_482), (0.05, 0.10, 0.9, 0.05, 581.082_054), (0.3, 0.2, 0.8, 0.01, 436.519_570)]
        {
            let found = leads_for_rates(from, to, alpha, power).unwrap();
            assert!((found - expected).abs() < 1e-5, "{found}");
        }
        assert_eq!(leads_for_rates(0.1, 0.1, ALPHA, POWER), None);
        assert_eq!(leads_for_rates(0.9, 1.1, ALPHA, POWER), None);
        // 2 (1.959964 + 0.841621)^2 (10 / 1)^2.
        assert!((leads_for_means(10.0, 1.0, ALPHA, POWER).unwrap() - 1569.776).abs() < 0.01);
    }
}
