//! A rate is a count out of a count. Without a denominator it is undefined, which is not zero.

use serde::Serialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rate {
    pub hits: u64,
    pub of: u64,
}

impl Rate {
    pub fn new(hits: u64, of: u64) -> Rate {
        Rate { hits, of }
    }

    /// 0..=1, or `None` where there is nothing to divide by.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Wilson's score interval at 95% (E. B. Wilson, 1927), which stays inside 0..=1 and is sound for small samples.
    pub fn interval(self) -> Option<(f64, f64)> {
        const Z: f64 = 1.959_963_984_540_054;
        let rate = self.value()?;
        let n = self.of as f64;
        let middle = rate + Z * Z / (2.0 * n);
        let reach = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        Some((((middle - reach) / scale).max(0.0), ((middle + reach) / scale).min(1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_is_not_zero() {
        assert_eq!(Rate::new(0, 0).value(), None);
        assert_eq!(Rate::new(0, 0).interval(), None);
        assert_eq!(Rate::new(0, 5).value(), Some(0.0));
    }

    /// Against `scipy.stats.binomtest(hits, of).proportion_ci(method="wilson")`.
    #[test]
    fn agrees_with_a_published_wilson_interval() {
        for (hits, of, low, high) in
            [(842, 8000, 0.098_714, 0.112_165), (0, 10, 0.0, 0.277_533), (10, 10, 0.722_467, 1.0), (1, 3, 0.061_492, 0.792_340)]
        {
            let (l, h) = Rate::new(hits, of).interval().unwrap();
            assert!((l - low).abs() < 2e-6 && (h - high).abs() < 2e-6, "{hits}/{of}: {l} {h}");
        }
    }
}
