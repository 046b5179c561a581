//! How long a step takes, by day, as the cohort curve of it says; and steps one after the other.

use crate::cohort::{Curve, Outcome, Spell};

/// Days that a step is followed at most: what took longer counts as having taken this long.
pub const DAYS_MAX: usize = 540;
/// Conversions from which on a source's own lags are used; below, those of all sources.
pub const OWN_MIN: usize = 30;

/// A step from one stage to the next, by whole days since entering the first: the shares of all entries that have converted and that
/// have left, by Aalen-Johansen.
#[derive(Clone, Debug, PartialEq)]
pub struct Lag {
    converted: Vec<f64>,
    left: Vec<f64>,
    pub conversions: usize,
    /// By when 95 of 100 conversions have come: a cohort is mature from then on.
    pub mature_days: f64,
    pub median_days: Option<f64>,
}

impl Lag {
    pub fn of(spells: Vec<Spell>) -> Lag {
        let conversions = spells.iter().filter(|spell| spell.outcome == Outcome::Converted).count();
        let curve = Curve::of(spells);
        let (mut converted, mut left) = (vec![0.0; DAYS_MAX + 1], vec![0.0; DAYS_MAX + 1]);
        let (mut day, mut last) = (0, (0.0, 0.0));
        for step in curve.steps() {
            let of_step = (step.age_days.round().max(0.0) as usize).min(DAYS_MAX);
            while day < of_step {
                (converted[day], left[day]) = last;
                day += 1;
            }
            last = (step.converted_rate, step.left_rate);
        }
        converted[day..].fill(last.0);
        left[day..].fill(last.1);
        let age = |share: f64| curve.converted_age(share * last.0).filter(|_| last.0 > 0.0);
        Lag { converted, left, conversions, mature_days: age(0.95).unwrap_or(0.0), median_days: age(0.5) }
    }

    /// A step that takes no time.
    pub fn none() -> Lag {
        Lag { converted: vec![1.0; DAYS_MAX + 1], left: vec![0.0; DAYS_MAX + 1], conversions: 0, mature_days: 0.0, median_days: Some(0.0) }
    }

    /// The share of all entries that converts in the end, as far as it was seen.
    pub fn converts(&self) -> f64 {
        self.converted[DAYS_MAX]
    }

    /// Of those that convert, the share that has by each day; each day `slower` times as far away.
    pub fn by_day(&self, slower: f64) -> Vec<f64> {
        let all = self.converts();
        if all <= 0.0 {
            return vec![1.0; DAYS_MAX + 1];
        }
        (0..=DAYS_MAX).map(|day| self.converted[((day as f64 / slower) as usize).min(DAYS_MAX)] / all).collect()
    }

    /// How an entry that is still open after `age_days` may go on.
    pub fn still_open(&self, age_days: f64, slower: f64) -> StillOpen {
        let age = ((age_days / slower).max(0.0) as usize).min(DAYS_MAX);
        let all = self.converts();
        let to_come = (all - self.converted[age]).max(0.0);
        let never = (1.0 - self.converted[age] - self.left[age] - to_come).max(0.0);
        let to_come_share = if all > 0.0 { to_come / all } else { 0.0 };
        // Where nobody was seen to leave, those who would are taken to do so when others convert.
        let never = if all < 1.0 { never / (1.0 - all) } else { to_come_share };
        let rest = (0..=DAYS_MAX - age).map(|day| ((day as f64 / slower) as usize + age).min(DAYS_MAX));
        let by_day = rest.map(|day| if to_come > 0.0 { (self.converted[day] - self.converted[age]) / to_come } else { 1.0 }).collect();
        StillOpen { to_come: to_come_share, never, by_day }
    }
}

/// An open entry: of those that convert in the end, the share that has not yet; of those that never will, the share still open; and of
/// the conversions to come, the share that has come by each day from now.
#[derive(Clone, Debug, PartialEq)]
pub struct StillOpen {
    to_come: f64,
    never: f64,
    pub by_day: Vec<f64>,
}

impl StillOpen {
    /// The chance that it converts, where `rate` of all entries do: what is left of the ones over what is left of both.
    pub fn converts(&self, rate: f64) -> f64 {
        let (will, wont) = (rate * self.to_come, (1.0 - rate) * self.never);
        if will + wont > 0.0 { will / (will + wont) } else { 0.0 }
    }
}

/// Of those that go through one step and then another, the share that is through both by each day.
pub fn after(first: &[f64], then: &[f64]) -> Vec<f64> {
    let days = first.len().min(then.len());
    let mut both = vec![0.0; days];
    let mut before = 0.0;
    for (day, share) in first[..days].iter().enumerate() {
        let of_day = share - before;
        before = *share;
        if of_day > 0.0 {
            for (sum, later) in both[day..].iter_mut().zip(then) {
                *sum += of_day * later;
            }
        }
    }
    both
}

/// The mean of `by_day` over those who start on the days `from..to` from now and are looked at on day `end`.
pub fn in_time(by_day: &[f64], from: f64, to: f64, end: f64) -> f64 {
    // Whole days, the first and the last in part.
    let (mut sum, mut weight) = (0.0, 0.0);
    let mut day = from.floor();
    while day < to {
        let part = (to.min(day + 1.0) - from.max(day)).max(0.0);
        sum += part * share_by(by_day, end - day - 1.0);
        weight += part;
        day += 1.0;
    }
    if weight > 0.0 { sum / weight } else { share_by(by_day, end - from) }
}

/// Nobody is through before the start, and all who ever are, after the last day.
pub fn share_by(by_day: &[f64], day: f64) -> f64 {
    if day < 0.0 {
        return 0.0;
    }
    by_day[(day as usize).min(by_day.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spells(rows: &[(f64, Outcome)]) -> Vec<Spell> {
        rows.iter().map(|(age_days, outcome)| Spell { age_days: *age_days, outcome: *outcome }).collect()
    }

    #[test]
    fn follows_the_cohort_curve() {
        use Outcome::*;
        let lag = Lag::of(spells(&[(2.0, Converted), (4.0, Converted), (5.0, Left), (10.0, Open)]));
        assert_eq!((lag.converts(), lag.conversions, lag.median_days, lag.mature_days), (0.5, 2, Some(2.0), 4.0));
        let by_day = lag.by_day(1.0);
        assert_eq!((by_day[1], by_day[2], by_day[3], by_day[4], by_day[DAYS_MAX]), (0.0, 0.5, 0.5, 1.0, 1.0));
        let slow = lag.by_day(2.0);
        assert_eq!((slow[3], slow[4], slow[7], slow[8]), (0.0, 0.5, 0.5, 1.0));
    }

    #[test]
    fn the_longer_it_is_open_the_less_it_converts() {
        use Outcome::*;
        let lag = Lag::of(spells(&[(2.0, Converted), (4.0, Converted), (5.0, Left), (10.0, Open)]));
        // Nothing is known of a new one but the rate; after the last conversion nothing comes any more.
        for (age, rate, expected) in [(0.0, 0.5, 0.5), (0.0, 0.2, 0.2), (3.0, 0.5, 1.0 / 3.0), (4.0, 0.5, 0.0), (400.0, 0.9, 0.0)] {
            let found = lag.still_open(age, 1.0).converts(rate);
            assert!((found - expected).abs() < 1e-12, "{age} {rate}: {found}");
        }
        assert_eq!(lag.still_open(3.0, 1.0).by_day[..3], [0.0, 1.0, 1.0]);
    }

    #[test]
    fn steps_add_up() {
        let two = Lag::of(spells(&[(2.0, Outcome::Converted)])).by_day(1.0);
        let three = Lag::of(spells(&[(3.0, Outcome::Converted)])).by_day(1.0);
        let both = after(&two, &three);
        assert_eq!((both[4], both[5]), (0.0, 1.0));
        assert_eq!(after(&Lag::none().by_day(1.0), &three), three);
        assert_eq!(in_time(&three, 0.0, 10.0, 10.0), 0.7);
        assert_eq!(in_time(&Lag::none().by_day(1.0), 0.0, 0.5, 1.0), 1.0);
        assert_eq!(in_time(&three, 9.0, 10.0, 10.0), 0.0);
    }
}
