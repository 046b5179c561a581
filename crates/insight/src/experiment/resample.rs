//! Means and medians of two samples against each other, by drawing the samples anew (B. Efron, 1979). The draws come from a seed.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, Uniform};

use super::{normal::Z, proportions::Difference};
use crate::{chance::seeded, engine::percentile};

const REPLICATES: usize = 2_000;
/// Fewer values than this say nothing of how certain their median is.
const VALUES_MIN: usize = 5;
/// With more values than this that are not 0, the mean is as good as normal, and no draws are needed.
const DRAWN_MAX: usize = 1_000;

/// A sample of which most values are 0: how many there are, and those that are not 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sparse {
    pub n: u64,
    pub values: Vec<f64>,
}

impl Sparse {
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.values.iter().sum::<f64>() / self.n as f64)
    }

    /// Of a single value.
    pub fn variance(&self) -> Option<f64> {
        let mean = self.mean().filter(|_| self.n > 1)?;
        let squares: f64 = self.values.iter().map(|value| value * value).sum();
        Some(((squares - self.n as f64 * mean * mean) / (self.n - 1) as f64).max(0.0))
    }

    /// The 95% interval of its mean.
    pub fn interval(&self, seed: u64) -> Option<(f64, f64)> {
        self.mean()?;
        let mut means: Vec<f64> = (0..REPLICATES).map(|replicate| self.drawn_mean(&mut seeded(seed, replicate as u64))).collect();
        means.sort_unstable_by(f64::total_cmp);
        Some((percentile(&means, 0.025), percentile(&means, 0.975)))
    }

    /// The mean of as many values drawn from these: how many of them are not 0 is binomial, and which ones is even.
    fn drawn_mean(&self, chance: &mut ChaCha8Rng) -> f64 {
        let (Some(mean), Some(variance)) = (self.mean(), self.variance()) else { return self.mean().unwrap_or(0.0) };
        if self.values.is_empty() {
            return 0.0;
        }
        if self.values.len() > DRAWN_MAX {
            let error = (variance / self.n as f64).sqrt();
            return rand_distr::Normal::new(mean, error).map_or(mean, |normal| normal.sample(chance));
        }
        let share = (self.values.len() as f64 / self.n as f64).min(1.0);
        let (Ok(drawn), Ok(place)) = (Binomial::new(self.n, share), Uniform::new(0, self.values.len())) else { return mean };
        let drawn = drawn.sample(chance);
        (0..drawn).map(|_| self.values[place.sample(chance)]).sum::<f64>() / self.n as f64
    }
}

/// Mean of `b` less mean of `a`, with the share of draws in which it is above 0.
pub fn means(a: &Sparse, b: &Sparse, seed: u64) -> Option<(Difference, f64)> {
    let value = b.mean()? - a.mean()?;
    let draw = |replicate: usize| {
        let mut chance = seeded(seed, replicate as u64);
        let first = a.drawn_mean(&mut chance);
        b.drawn_mean(&mut chance) - first
    };
    Some(summed_up(value, (0..REPLICATES).map(draw).collect()))
}

/// Median of `b` less median of `a`. The median of a sample drawn anew is the value at a rank that has a Beta distribution, so that a
/// draw costs the same for ten values as for a million. Both must be sorted.
pub fn medians(a: &[f64], b: &[f64], seed: u64) -> Option<Difference> {
    if a.len().min(b.len()) < VALUES_MIN {
        return None;
    }
    let value = percentile(b, 0.5) - percentile(a, 0.5);
    let draw = |replicate: usize| {
        let mut chance = seeded(seed, replicate as u64);
        let first = drawn_median(a, &mut chance);
        drawn_median(b, &mut chance) - first
    };
    Some(summed_up(value, (0..REPLICATES).map(draw).collect()).0)
}

/// The 95% interval of a median of sorted values.
pub fn median_interval(sorted: &[f64], seed: u64) -> Option<(f64, f64)> {
    if sorted.len() < VALUES_MIN {
        return None;
    }
    let mut draws: Vec<f64> = (0..REPLICATES).map(|replicate| drawn_median(sorted, &mut seeded(seed, replicate as u64))).collect();
    draws.sort_unstable_by(f64::total_cmp);
    Some((percentile(&draws, 0.025), percentile(&draws, 0.975)))
}

fn drawn_median(sorted: &[f64], chance: &mut ChaCha8Rng) -> f64 {
    let half = (sorted.len() as f64 + 1.0) / 2.0;
    let share = Beta::new(half, half).map_or(0.5, |beta| beta.sample(chance));
    sorted[((share * sorted.len() as f64) as usize).min(sorted.len() - 1)]
}

fn summed_up(value: f64, mut draws: Vec<f64>) -> (Difference, f64) {
    draws.sort_unstable_by(f64::total_cmp);
    let above = draws.iter().filter(|draw| **draw > 0.0).count() as f64 + draws.iter().filter(|draw| **draw == 0.0).count() as f64 / 2.0;
    let interval = (percentile(&draws, 0.025), percentile(&draws, 0.975));
    // As far from 0 as the draws spread: the figure that a test of the same two samples would give, looked at once.
    let error = (interval.1 - interval.0) / (2.0 * Z);
    let p_value = (error > 0.0).then(|| super::normal::beyond(value / error));
    (Difference { value, interval, p_value }, above / draws.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_figures() {
        let a = Sparse { n: 400, values: (0..20).map(|index| 1000.0 + f64::from(index) * 100.0).collect() };
        let b = Sparse { n: 400, values: (0..40).map(|index| 1000.0 + f64::from(index) * 50.0).collect() };
        let (found, chance) = means(&a, &b, 7).unwrap();
        assert_eq!(means(&a, &b, 7).unwrap(), (found, chance));
        assert!((found.value - 100.0).abs() < 1e-9, "{found:?}");
        assert!(found.interval.0 < found.value && found.value < found.interval.1);
        assert!(chance > 0.97, "{chance}");
        assert_eq!(means(&Sparse::default(), &b, 7), None);
    }

    /// `scipy.stats.bootstrap((x,), np.mean, n_resamples=100000, method="percentile")` of 10 values 1..=10 and 90 zeros gives
    /// 0.22 to 0.95 (SciPy 1.17.1, seed 0).
    #[test]
    fn the_interval_of_a_mean_is_that_of_scipy() {
        let sample = Sparse { n: 100, values: (1..=10).map(f64::from).collect() };
        let (low, high) = sample.interval(3).unwrap();
        assert!((low - 0.22).abs() < 0.03 && (high - 0.95).abs() < 0.04, "{low} {high}");
        assert!((sample.variance().unwrap() - 3.583_333_333).abs() < 1e-6);
    }

    #[test]
    fn medians_by_rank() {
        let a: Vec<f64> = (0..101).map(f64::from).collect();
        let b: Vec<f64> = (0..101).map(|value| f64::from(value) + 40.0).collect();
        let found = medians(&a, &b, 1).unwrap();
        assert_eq!(found.value, 40.0);
        // 20,000 plain draws with NumPy: 26 to 54.
        assert!((found.interval.0 - 26.0).abs() <= 3.0 && (found.interval.1 - 54.0).abs() <= 3.0, "{found:?}");
        assert_eq!((medians(&[], &b, 1), medians(&b[..4], &b, 1), median_interval(&b[..4], 1)), (None, None, None));
        let (low, high) = median_interval(&a, 1).unwrap();
        assert!(low > 35.0 && high < 65.0 && low < 50.0 && high > 50.0, "{low} {high}");
    }
}
