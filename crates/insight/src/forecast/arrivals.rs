//! How many deals will come: the past months' counts with their trend, and with the calendar month's own level where two years are known.
//!
//! A Poisson regression of the monthly counts on time, weighted towards the recent months, with a cautious prior on the trend, widened by
//! what the counts vary beyond Poisson (quasi-likelihood; McCullagh and Nelder, Generalized Linear Models, 2nd ed., ch. 6). Its
//! uncertainty is drawn anew in each replicate, and the counts themselves are negative binomial.

use rand::Rng;
use rand_distr::{Distribution, Gamma, Normal, Poisson};

/// Counts of past months, oldest first; the last one may be under way.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthCount {
    /// 0 for January.
    pub calendar_month: usize,
    pub deals: u64,
    /// The part of the month that is over: 1 for all but the last.
    pub share: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// Logarithm of the monthly level at the last month, and its change a month, with their covariance.
    level: f64,
    trend: f64,
    spread: [f64; 3],
    /// Variance of counts over their mean, at least 1.
    dispersion: f64,
    /// By calendar month, around 1.
    seasons: [f64; 12],
}

const MONTHS_MAX: usize = 36;
/// A month counts half as much as the one this many months later.
const HALF_LIFE_MONTHS: f64 = 9.0;
/// Before looking, a trend beyond 4% a month is not expected.
const TREND_PRIOR: f64 = 0.02;
/// Each further month keeps this much of the trend.
const DAMPING: f64 = 0.85;
const DISPERSION_MAX: f64 = 8.0;
/// Deals that a calendar month's own level is drawn towards the common one with.
const SEASON_PRIOR: f64 = 12.0;

impl Arrivals {
    /// `None`: nothing has ever come, or for less than three months.
    pub fn of(months: &[MonthCount]) -> Option<Arrivals> {
        let months = &months[months.len().saturating_sub(MONTHS_MAX)..];
        let whole = months.iter().filter(|month| month.share > 0.99).count();
        if whole < 3 || months.iter().all(|month| month.deals == 0) {
            return None;
        }
        let flat = [1.0; 12];
        let first = fitted(months, &flat)?;
        if whole < 24 {
            return Some(first);
        }
        let seasons = seasons(months, &first);
        fitted(months, &seasons)
    }

    /// Deals that come in each of the coming months; (calendar month, how many months ahead, the part of it that is still to come).
    pub fn draw(&self, coming: &[(usize, usize, f64)], chance: &mut impl Rng) -> Vec<u64> {
        let normal = Normal::new(0.0, 1.0).expect("a spread of 1 is one");
        let (first, second): (f64, f64) = (normal.sample(chance), normal.sample(chance));
        // Cholesky of the covariance.
        let [level_variance, both, trend_variance] = self.spread;
        let level_spread = level_variance.max(0.0).sqrt();
        let shared = if level_spread > 0.0 { both / level_spread } else { 0.0 };
        let level = self.level + level_spread * first;
        let trend = self.trend + shared * first + (trend_variance - shared * shared).max(0.0).sqrt() * second;
        let mut count = |(calendar_month, ahead, share): &(usize, usize, f64)| {
            let drift: f64 = (1..=*ahead as i32).map(|month| trend * DAMPING.powi(month - 1)).sum();
            // A level that runs away would take the machine with it.
            let mean = ((level + drift).clamp(-20.0, 16.0)).exp() * self.seasons[*calendar_month] * share;
            drawn(mean, self.dispersion, chance)
        };
        coming.iter().map(&mut count).collect()
    }

    /// Deals expected a month, now.
    pub fn monthly(&self) -> f64 {
        self.level.exp()
    }
}

fn drawn(mean: f64, dispersion: f64, chance: &mut impl Rng) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    let rate = match Gamma::new(mean / (dispersion - 1.0), dispersion - 1.0) {
        Ok(gamma) if dispersion > 1.02 => gamma.sample(chance),
        _ => mean,
    };
    Poisson::new(rate).map_or(0, |poisson| poisson.sample(chance) as u64)
}

/// Newton's method on the weighted log-likelihood with the prior on the trend.
fn fitted(months: &[MonthCount], seasons: &[f64; 12]) -> Option<Arrivals> {
    let last = months.len() as f64 - 1.0;
    let weight = |place: usize| 0.5_f64.powf((last - place as f64) / HALF_LIFE_MONTHS);
    let offset = |month: &MonthCount| (month.share * seasons[month.calendar_month]).max(1e-6);
    let (mut deals, mut exposure) = (0.0, 0.0);
    for (place, month) in months.iter().enumerate() {
        deals += weight(place) * month.deals as f64;
        exposure += weight(place) * offset(month);
    }
    let (mut level, mut trend) = (((deals + 0.5) / exposure).ln(), 0.0);
    let mut inverse = [0.0; 3];
    for _ in 0..50 {
        let (mut g, mut h) = ([0.0, -trend / (TREND_PRIOR * TREND_PRIOR)], [1e-9, 0.0, 1.0 / (TREND_PRIOR * TREND_PRIOR)]);
        for (place, month) in months.iter().enumerate() {
            let x = place as f64 - last;
            let mean = offset(month) * (level + trend * x).clamp(-20.0, 20.0).exp();
            let (w, rest) = (weight(place), month.deals as f64 - mean);
            g = [g[0] + w * rest, g[1] + w * rest * x];
            h = [h[0] + w * mean, h[1] + w * mean * x, h[2] + w * mean * x * x];
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        inverse = [h[2] / determinant, -h[1] / determinant, h[0] / determinant];
        let step = [inverse[0] * g[0] + inverse[1] * g[1], inverse[1] * g[0] + inverse[2] * g[1]];
        level += step[0].clamp(-1.0, 1.0);
        trend += step[1].clamp(-0.2, 0.2);
        if step[0].abs() + step[1].abs() < 1e-10 {
            break;
        }
    }
    let dispersion = dispersion(months, seasons, level, trend);
    let spread = inverse.map(|covariance| covariance * dispersion);
    (level.is_finite() && trend.is_finite()).then_some(Arrivals { level, trend, spread, dispersion, seasons: *seasons })
}

/// Pearson's statistic over its degrees of freedom, drawn a little towards 1.
fn dispersion(months: &[MonthCount], seasons: &[f64; 12], level: f64, trend: f64) -> f64 {
    const PRIOR_MONTHS: f64 = 2.0;
    let last = months.len() as f64 - 1.0;
    let term = |(place, month): (usize, &MonthCount)| {
        let mean = (month.share * seasons[month.calendar_month]).max(1e-6) * (level + trend * (place as f64 - last)).exp();
        (month.deals as f64 - mean).powi(2) / mean.max(0.1)
    };
    let pearson: f64 = months.iter().enumerate().map(term).sum();
    let freedom = (months.len() as f64 - 2.0).max(1.0);
    ((pearson + PRIOR_MONTHS) / (freedom + PRIOR_MONTHS)).clamp(1.0, DISPERSION_MAX)
}

fn seasons(months: &[MonthCount], fit: &Arrivals) -> [f64; 12] {
    let last = months.len() as f64 - 1.0;
    let (mut seen, mut expected) = ([SEASON_PRIOR; 12], [SEASON_PRIOR; 12]);
    for (place, month) in months.iter().enumerate() {
        seen[month.calendar_month] += month.deals as f64;
        expected[month.calendar_month] += month.share * (fit.level + fit.trend * (place as f64 - last)).exp();
    }
    std::array::from_fn(|month| seen[month] / expected[month])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::seeded;

    fn months(counts: &[u64]) -> Vec<MonthCount> {
        counts.iter().enumerate().map(|(place, deals)| MonthCount { calendar_month: place % 12, deals: *deals, share: 1.0 }).collect()
    }

    fn mean_of(arrivals: &Arrivals, coming: &[(usize, usize, f64)]) -> Vec<f64> {
        const DRAWS: u64 = 4_000;
        let mut sums = vec![0.0; coming.len()];
        for replicate in 0..DRAWS {
            let counts = arrivals.draw(coming, &mut seeded(1, replicate));
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count as f64);
        }
        sums.into_iter().map(|sum| sum / DRAWS as f64).collect()
    }

    #[test]
    fn says_nothing_of_what_never_came() {
        for counts in [&[][..], &[3, 4], &[0, 0, 0, 0]] {
            assert_eq!(Arrivals::of(&months(counts)), None, "{counts:?}");
        }
    }

    #[test]
    fn keeps_a_steady_level_and_follows_growth_with_caution() {
        let steady = Arrivals::of(&months(&[20; 12])).unwrap();
        assert!((steady.monthly() - 20.0).abs() < 0.5, "{steady:?}");
        assert_eq!(steady.dispersion, 1.0);
        let mean = mean_of(&steady, &[(0, 1, 1.0), (0, 1, 0.5)]);
        assert!((mean[0] - 20.0).abs() < 1.0 && (mean[1] - 10.0).abs() < 0.5, "{mean:?}");
        let growing: Vec<u64> = (0..18).map(|month| (20.0 * 1.03_f64.powi(month)).round() as u64).collect();
        let growing = Arrivals::of(&months(&growing)).unwrap();
        let mean = mean_of(&growing, &[(0, 1, 1.0), (0, 6, 1.0)]);
        assert!(mean[0] > 30.0 && mean[1] > mean[0] && mean[1] < 45.0, "{mean:?}");
    }

    #[test]
    fn what_varies_more_than_chance_is_less_sure() {
        let arrivals = Arrivals::of(&months(&[5, 40, 8, 35, 4, 45, 9, 30])).unwrap();
        assert!(arrivals.dispersion > 4.0, "{arrivals:?}");
    }

    #[test]
    fn two_years_show_a_season() {
        let counts: Vec<u64> = (0..36).map(|month| if month % 12 == 7 { 5 } else { 20 }).collect();
        let arrivals = Arrivals::of(&months(&counts)).unwrap();
        let mean = mean_of(&arrivals, &[(7, 1, 1.0), (8, 1, 1.0)]);
        assert!(mean[0] < 14.0 && mean[1] > 18.0, "{mean:?}");
    }
}
