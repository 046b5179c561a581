//! Chance from a seed: the same on every machine and on any number of threads.

/// splitmix64 (Steele, Lea and Flood, 2014).
pub(super) struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0..`end`, which is above 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    /// How often an item is drawn when as many are drawn as there are: Poisson with mean 1.
    fn times_drawn(&mut self) -> u32 {
        let mut left = self.roll() >> 11;
        // 2^53 parts, of which e^-1 / k! go to k.
        let mut part = 0.367_879_441_171_442_33 * (1_u64 << 53) as f64;
        for times in 0..12 {
            if left < part as u64 {
                return times;
            }
            left -= part as u64;
            part /= f64::from(times + 1);
        }
        12
    }
}

const RESAMPLES: u64 = 500;
/// Beyond so many amounts the normal approximation, to which resampling tends, is as good.
const RESAMPLED_MAX: usize = 5_000;

/// The 95% interval of a sum over a sample whose size is itself by chance: bootstrap with Poisson weights (Hanley and MacGibbon, 2006).
/// Items that add nothing change nothing and are left out.
pub(super) fn sum_interval(amounts: &[i64], seed: u64) -> (i64, i64) {
    let sum: f64 = amounts.iter().map(|amount| *amount as f64).sum();
    if amounts.len() > RESAMPLED_MAX {
        let reach = 1.959_964 * amounts.iter().map(|amount| (*amount as f64).powi(2)).sum::<f64>().sqrt();
        return ((sum - reach).round().max(0.0) as i64, (sum + reach).round() as i64);
    }
    let resample = |round: u64| {
        let mut dice = Dice::of(seed ^ round.wrapping_mul(0xd6e8_feb8_6659_fd93));
        amounts.iter().map(|amount| *amount as f64 * f64::from(dice.times_drawn())).sum::<f64>()
    };
    let mut sums: Vec<f64> = (0..RESAMPLES).map(resample).collect();
    sums.sort_by(f64::total_cmp);
    let at = |share: f64| sums[((RESAMPLES - 1) as f64 * share).round() as usize];
    (at(0.025).round() as i64, at(0.975).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_of_as_many_has_mean_and_variance_one() {
        let mut dice = Dice::of(7);
        let draws: Vec<f64> = (0..100_000).map(|_| f64::from(dice.times_drawn())).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 1e5;
        assert!((mean - 1.0).abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn intervals_hold_the_sum_and_tend_to_the_normal_one() {
        assert_eq!(sum_interval(&[], 1), (0, 0));
        let amounts: Vec<i64> = (1..=1000).collect();
        let (low, high) = sum_interval(&amounts, 1);
        let reach = 1.96 * amounts.iter().map(|amount| (amount * amount) as f64).sum::<f64>().sqrt();
        let sum = 500_500.0;
        assert!((low as f64 - (sum - reach)).abs() < reach * 0.2 && (high as f64 - (sum + reach)).abs() < reach * 0.2, "{low} {high}");
        assert_eq!(sum_interval(&amounts, 1), (low, high), "the same seed gives the same");
    }
}
