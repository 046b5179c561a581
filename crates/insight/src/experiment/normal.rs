//! The normal distribution.

use std::f64::consts::SQRT_2;

/// The chance of a value below `z`.
pub fn below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The chance of a value at least as far from 0 as `z`, on either side.
pub fn beyond(z: f64) -> f64 {
    libm::erfc(z.abs() / SQRT_2)
}

/// The value below which lies the share `share` (0..1, both excluded).
pub fn quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if below(middle) < share { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Of a 95% interval.
pub const Z: f64 = 1.959_963_984_540_054;

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `scipy.stats.norm` (SciPy 1.17.1).
    #[test]
    fn agrees_with_scipy() {
        for (z, expected) in [(-3.0, 0.001_349_898_031_6), (-1.0, 0.158_655_253_931_5), (0.0, 0.5), (1.5, 0.933_192_798_731_1)] {
            assert!((below(z) - expected).abs() < 1e-12, "{z}");
        }
        for (share, expected) in [(0.025, -Z), (0.8, 0.841_621_233_572_9), (0.999, 3.090_232_306_167_8)] {
            assert!((quantile(share) - expected).abs() < 1e-11, "{share}");
        }
    }
}
