//! How busy a calendar month usually is, against the average month.

/// What a month is like besides its place in the year: a factor stands for itself from about this many rows on.
const ROWS_FOR_HALF: f64 = 20.0;
const MONTHS_MIN: usize = 12;

/// One factor for each calendar month, January first; they average 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Season {
    pub factors: [f64; 12],
    /// Fewer than twelve whole months: every month counts the same.
    pub is_known: bool,
}

impl Season {
    pub fn flat() -> Season {
        Season { factors: [1.0; 12], is_known: false }
    }

    /// `counts`: whole months in order, the first of which is calendar month `first` (0 is January). The trend is taken out by a line
    /// through the logarithms; what is left is averaged by calendar month and shrunk to 1 by n / (n + 20), n the rows of that month.
    pub fn of(counts: &[f64], first: usize) -> Season {
        if counts.len() < MONTHS_MIN || counts.iter().sum::<f64>() <= 0.0 {
            return Season::flat();
        }
        let trend = trend(counts);
        let mut factors = [1.0; 12];
        for (month, factor) in factors.iter_mut().enumerate() {
            let of_month = |values: &[f64]| values.iter().skip((month + 12 - first % 12) % 12).step_by(12).sum::<f64>();
            let (seen, expected) = (of_month(counts), of_month(&trend));
            if expected > 0.0 {
                *factor = 1.0 + (seen / expected - 1.0) * seen / (seen + ROWS_FOR_HALF);
            }
        }
        let mean = factors.iter().sum::<f64>() / 12.0;
        factors.iter_mut().for_each(|factor| *factor /= mean);
        Season { factors, is_known: true }
    }
}

/// The line through the logarithms (of the count and one half, as a month may be empty), scaled to the same sum.
fn trend(counts: &[f64]) -> Vec<f64> {
    let n = counts.len() as f64;
    let logs: Vec<f64> = counts.iter().map(|count| (count + 0.5).ln()).collect();
    let (mid, mean) = ((n - 1.0) / 2.0, logs.iter().sum::<f64>() / n);
    let over = |value: &dyn Fn(usize) -> f64| (0..counts.len()).map(value).sum::<f64>();
    let slope = over(&|at| (at as f64 - mid) * (logs[at] - mean)) / over(&|at| (at as f64 - mid).powi(2)).max(1e-9);
    let line: Vec<f64> = (0..counts.len()).map(|at| (mean + slope * (at as f64 - mid)).exp()).collect();
    let scale = counts.iter().sum::<f64>() / line.iter().sum::<f64>();
    line.iter().map(|value| value * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_trend_out_and_shrinks() {
        // Growing by 5% a month, with an August of half.
        let counts = |months: usize, size: f64| -> Vec<f64> {
            (0..months).map(|at| size * 1.05_f64.powi(at as i32) * if at % 12 == 7 { 0.5 } else { 1.0 }).collect()
        };
        let season = Season::of(&counts(24, 1_000.0), 0);
        assert!((season.factors[7] - 0.53).abs() < 0.03, "{season:?}");
        assert!((season.factors.iter().sum::<f64>() - 12.0).abs() < 1e-9);
        let few = Season::of(&counts(24, 4.0), 0);
        assert!(few.factors[7] > season.factors[7] && few.factors[7] < 1.0, "{few:?}");
        assert_eq!(Season::of(&counts(11, 1_000.0), 0), Season::flat());
        assert_eq!(Season::of(&[0.0; 24], 0), Season::flat());
        assert_eq!(Season::of(&[], 0), Season::flat());
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        let mut counts = vec![100.0; 18];
        counts[2] = 50.0;
        counts[14] = 50.0;
        // The first is July, so the low month is September.
        let season = Season::of(&counts, 6);
        let low = (0..12).min_by(|a, b| season.factors[*a].total_cmp(&season.factors[*b]));
        assert_eq!(low, Some(8));
    }
}
