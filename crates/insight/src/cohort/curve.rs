//! How stays in a stage end, by age: Kaplan-Meier where there is one way out, Aalen-Johansen where leads can also be lost.
//!
//! A lead that is still open says only that it has not ended by its age; leaving it out would make the slow ones look fast, and
//! counting it as never converting would make young cohorts look bad. Of two things at one age, endings come before those still open.
//!
//! Sources: Kaplan and Meier, JASA 53 (1958); Greenwood, 1926; Aalen and Johansen, Scand. J. Stat. 5 (1978); intervals as in Collett,
//! Modelling Survival Data in Medical Research, 3rd ed., ch. 2 and 12.

use rayon::prelude::*;
use serde::Serialize;

/// How a stay stands at the end of what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Converted,
    /// Rejected, recycled or lost: it can't convert any more.
    Left,
    Open,
}

/// One stay: how long it has lasted, and how it ended, if it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spell {
    /// Zero or more.
    pub age_days: f64,
    pub outcome: Outcome,
}

/// An age at which at least one stay ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub age_days: f64,
    /// Stays that lasted at least as long.
    pub at_risk: u64,
    pub converted: u64,
    pub left: u64,
    /// Shares of all stays from this age on; the three sum to 1.
    pub open_rate: f64,
    pub converted_rate: f64,
    pub left_rate: f64,
    /// Squared standard errors: Greenwood's, and its like for competing ways out.
    pub open_variance: f64,
    pub converted_variance: f64,
}

/// How the 95% interval of a rate is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// On the scale of log(-log(rate)), so that it stays inside 0..=1.
    LogLog,
    /// The rate plus and minus 1.96 standard errors, cut off at 0 and 1.
    Plain,
}

/// A rate at an age.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    pub rate: f64,
    pub std_error: f64,
}

/// The estimate over a set of stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    steps: Vec<Step>,
    stays: u64,
    oldest_days: f64,
}

const Z: f64 = 1.959_963_984_540_054;
/// A share that is met exactly counts as met, in spite of the last bit of a product.
const SLACK: f64 = 1e-12;

impl Estimate {
    /// `None` where the rate is 0 or 1: nothing has varied, and this says nothing about how sure that is.
    pub fn interval(self, by: Interval) -> Option<(f64, f64)> {
        let Estimate { rate, std_error } = self;
        if rate <= 0.0 || rate >= 1.0 {
            return None;
        }
        let reach = Z * std_error;
        Some(match by {
            Interval::Plain => ((rate - reach).max(0.0), (rate + reach).min(1.0)),
            Interval::LogLog => {
                let reach = reach / (rate * rate.ln().abs());
                (rate.powf(reach.exp()), rate.powf((-reach).exp()))
            }
        })
    }
}

impl Curve {
    /// Sorts the stays: O(n log n). Ages that are no number are left out.
    pub fn of(mut spells: Vec<Spell>) -> Curve {
        spells.retain(|spell| !spell.age_days.is_nan());
        let stays = spells.len() as u64;
        let spells = by_age(spells);
        let mut sums = Sums::default();
        let mut steps: Vec<Step> = Vec::new();
        let mut at_risk = stays;
        for tied in spells.chunk_by(|a, b| a.age_days == b.age_days) {
            let count = |outcome| tied.iter().filter(|spell| spell.outcome == outcome).count() as u64;
            let (converted, left) = (count(Outcome::Converted), count(Outcome::Left));
            if converted + left > 0 {
                steps.push(sums.step(tied[0].age_days, at_risk, converted, left));
            }
            at_risk -= tied.len() as u64;
        }
        Curve { steps, stays, oldest_days: spells.last().map_or(0.0, |spell| spell.age_days) }
    }

    /// Kaplan-Meier of how long stays last, whatever ends them.
    pub fn of_stays(spells: impl IntoIterator<Item = Spell>) -> Curve {
        let ended = |outcome| if outcome == Outcome::Open { Outcome::Open } else { Outcome::Converted };
        Curve::of(spells.into_iter().map(|spell| Spell { outcome: ended(spell.outcome), ..spell }).collect())
    }

    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Sample size.
    pub fn stays(&self) -> u64 {
        self.stays
    }

    /// The age of the longest stay: beyond it nothing is known.
    pub fn oldest_days(&self) -> f64 {
        self.oldest_days
    }

    /// The share converted by an age. `None`: no stay is known for as long, and some are still open.
    pub fn converted_by(&self, age_days: f64) -> Option<Estimate> {
        self.read(age_days, Estimate { rate: 0.0, std_error: 0.0 }, |step| Estimate {
            rate: step.converted_rate,
            std_error: step.converted_variance.sqrt(),
        })
    }

    /// The share still open after an age. `None`: as above.
    pub fn open_after(&self, age_days: f64) -> Option<Estimate> {
        self.read(age_days, Estimate { rate: 1.0, std_error: 0.0 }, |step| Estimate {
            rate: step.open_rate,
            std_error: step.open_variance.sqrt(),
        })
    }

    /// The share that has left without converting by an age. `None`: as above.
    pub fn left_by(&self, age_days: f64) -> Option<f64> {
        self.read(age_days, 0.0, |step| step.left_rate)
    }

    /// Of those still open at `age_days`, the share that converts by `until_days`. `None`: too few are known for as long.
    pub fn converts_between(&self, age_days: f64, until_days: f64) -> Option<f64> {
        let open = self.open_after(age_days)?.rate;
        let gained = self.converted_by(until_days.max(age_days))?.rate - self.converted_by(age_days)?.rate;
        (open > 0.0).then(|| (gained / open).clamp(0.0, 1.0))
    }

    /// The age by which a share of all stays has ended: the median for 0.5. `None`: fewer have, so far.
    pub fn ended_age(&self, share: f64) -> Option<f64> {
        let place = self.steps.partition_point(|step| step.open_rate > 1.0 - share + SLACK);
        self.steps.get(place).map(|step| step.age_days)
    }

    /// The age by which a share of all stays has converted. `None`: fewer have, so far. For drawing lags.
    pub fn converted_age(&self, share: f64) -> Option<f64> {
        let place = self.steps.partition_point(|step| step.converted_rate < share - SLACK);
        self.steps.get(place).map(|step| step.age_days)
    }

    fn read<T>(&self, age_days: f64, before: T, of: impl Fn(&Step) -> T) -> Option<T> {
        let all_ended = self.steps.last().is_some_and(|step| step.at_risk == step.converted + step.left);
        if self.stays == 0 || (age_days > self.oldest_days && !all_ended) {
            return None;
        }
        let place = self.steps.partition_point(|step| step.age_days <= age_days);
        Some(place.checked_sub(1).map_or(before, |last| of(&self.steps[last])))
    }
}

/// Fewer are sorted at once.
const APART_MIN: usize = 1 << 14;
/// Older ones lie together on the last day.
const DAYS_APART: usize = 1 << 10;

/// Sorted by age: dealt out by day first, since a day's are soon sorted.
fn by_age(mut spells: Vec<Spell>) -> Vec<Spell> {
    if spells.len() < APART_MIN {
        spells.sort_unstable_by(|a, b| a.age_days.total_cmp(&b.age_days));
        return spells;
    }
    let day = |spell: &Spell| (spell.age_days.max(0.0) as usize).min(DAYS_APART - 1);
    let mut starts = vec![0_usize; DAYS_APART + 1];
    spells.iter().for_each(|spell| starts[day(spell) + 1] += 1);
    (0..DAYS_APART).for_each(|day| starts[day + 1] += starts[day]);
    let (mut next, mut sorted) = (starts.clone(), spells.clone());
    for spell in spells {
        let place = &mut next[day(&spell)];
        sorted[*place] = spell;
        *place += 1;
    }
    let mut days: Vec<&mut [Spell]> = Vec::with_capacity(DAYS_APART);
    let mut rest = sorted.as_mut_slice();
    for bounds in starts.windows(2) {
        let (of_day, after) = rest.split_at_mut(bounds[1] - bounds[0]);
        days.push(of_day);
        rest = after;
    }
    days.into_par_iter().for_each(|of_day| of_day.sort_unstable_by(|a, b| a.age_days.total_cmp(&b.age_days)));
    sorted
}

/// What has been added up before the next age.
pub(super) struct Sums {
    open_rate: f64,
    converted_rate: f64,
    left_rate: f64,
    /// Greenwood's sum g, and the same weighted by the rate converted, once and squared.
    g: f64,
    g_rate: f64,
    g_rate_squared: f64,
    own: f64,
    crossed: f64,
    crossed_rate: f64,
}

impl Default for Sums {
    fn default() -> Sums {
        Sums {
            open_rate: 1.0,
            converted_rate: 0.0,
            left_rate: 0.0,
            g: 0.0,
            g_rate: 0.0,
            g_rate_squared: 0.0,
            own: 0.0,
            crossed: 0.0,
            crossed_rate: 0.0,
        }
    }
}

impl Sums {
    pub fn step(&mut self, age_days: f64, at_risk: u64, converted: u64, left: u64) -> Step {
        let (n, a, d) = (at_risk as f64, converted as f64, (converted + left) as f64);
        let before = self.open_rate;
        self.converted_rate += before * a / n;
        self.left_rate += before * left as f64 / n;
        // Where all ended there is nothing left to lose, not a rounding error of it.
        self.open_rate = if at_risk == converted + left { 0.0 } else { before * (1.0 - d / n) };
        let rate = self.converted_rate;
        if n > d {
            let g = d / (n * (n - d));
            self.g += g;
            self.g_rate += g * rate;
            self.g_rate_squared += g * rate * rate;
        }
        self.own += before * before * a * (n - a) / (n * n * n);
        let crossed = before * a / (n * n);
        self.crossed += crossed;
        self.crossed_rate += crossed * rate;
        // Var F(t) = Σ (F(t) - F(i))² g(i) + Σ S(i-1)² a(n-a)/n³ - 2 Σ (F(t) - F(i)) S(i-1) a/n², multiplied out so that each age costs
        // the same.
        let spread = self.g * rate * rate - 2.0 * rate * self.g_rate + self.g_rate_squared;
        let converted_variance = spread + self.own - 2.0 * (rate * self.crossed - self.crossed_rate);
        Step {
            age_days,
            at_risk,
            converted,
            left,
            open_rate: self.open_rate,
            converted_rate: rate,
            left_rate: self.left_rate,
            open_variance: self.open_rate * self.open_rate * self.g,
            converted_variance: converted_variance.max(0.0),
        }
    }
}

#[cfg(test)]
#[path = "curve_tests.rs"]
mod tests;
