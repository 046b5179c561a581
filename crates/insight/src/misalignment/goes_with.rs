//! Whether leads that were treated in one way end otherwise than those that were not, within the same source.
//!
//! The difference of two rates over strata by Mantel and Haenszel, with the variance of T. Sato (1989), which holds for few large strata and
//! for many small ones. It says what goes with what; whoever treats leads so may treat those so that would have ended so anyway.

use alignment::rate::Rate;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::experiment::{normal, proportions::Difference};

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GoesWith {
    /// Those treated so, in strata that have both.
    pub treated: Rate,
    pub others: Rate,
    /// Rate of the others less that of the treated, within strata.
    pub difference: Difference,
    pub strata: u64,
    /// Treated ones in strata without others to compare with.
    pub without_others: u64,
}

/// One lead: its stratum, whether it was treated so, and whether it got there.
pub type Case = (u64, bool, bool);

/// `None`: no stratum has both.
pub fn goes_with(cases: impl Iterator<Item = Case>) -> Option<GoesWith> {
    let mut by_stratum: FxHashMap<u64, [Rate; 2]> = FxHashMap::default();
    for (stratum, treated, hit) in cases {
        let rate = &mut by_stratum.entry(stratum).or_default()[usize::from(treated)];
        (rate.of, rate.hits) = (rate.of + 1, rate.hits + u64::from(hit));
    }
    let mut strata: Vec<(u64, [Rate; 2])> = by_stratum.into_iter().collect();
    strata.sort_unstable_by_key(|(stratum, _)| *stratum);
    let without_others = strata.iter().filter(|(_, [others, _])| others.of == 0).map(|(_, [_, treated])| treated.of).sum();
    strata.retain(|(_, rates)| rates.iter().all(|rate| rate.of > 0));
    let (mut sum, mut weight, mut p, mut q) = (0.0, 0.0, 0.0, 0.0);
    let (mut all_others, mut all_treated) = (Rate::default(), Rate::default());
    for (_, [others, treated]) in &strata {
        let (a, m1, b, m0) = (others.hits as f64, others.of as f64, treated.hits as f64, treated.of as f64);
        let n = m1 + m0;
        sum += (a * m0 - b * m1) / n;
        weight += m1 * m0 / n;
        p += (m1 * m1 * b - m0 * m0 * a + m1 * m0 * (m0 - m1) / 2.0) / (n * n);
        q += (a * (m0 - b) + b * (m1 - a)) / (2.0 * n);
        all_others = Rate::new(all_others.hits + others.hits, all_others.of + others.of);
        all_treated = Rate::new(all_treated.hits + treated.hits, all_treated.of + treated.of);
    }
    if weight == 0.0 {
        return None;
    }
    let value = sum / weight;
    let error = (value * p + q).max(0.0).sqrt() / weight;
    let reach = normal::Z * error;
    let p_value = (error > 0.0).then(|| normal::beyond(value / error));
    let difference = Difference { value, interval: (value - reach, value + reach), p_value };
    Some(GoesWith { treated: all_treated, others: all_others, difference, strata: strata.len() as u64, without_others })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(stratum: u64, treated: (usize, usize), others: (usize, usize)) -> Vec<Case> {
        let of = move |is_treated: bool, (hits, n): (usize, usize)| (0..n).map(move |index| (stratum, is_treated, index < hits));
        of(true, treated).chain(of(false, others)).collect()
    }

    /// Against NumPy 2: the formula written out, and 20,000 binomial redraws of the strata (standard error 0.0643).
    #[test]
    fn agrees_with_redraws() {
        let all = [cases(1, (12, 40), (30, 60)), cases(2, (3, 25), (20, 70)), cases(3, (1, 5), (2, 4))].concat();
        let found = goes_with(all.into_iter()).unwrap();
        assert!((found.difference.value - 0.190_830_495_153).abs() < 1e-11, "{found:?}");
        let error = (found.difference.interval.1 - found.difference.value) / normal::Z;
        assert!((error - 0.064_411_110_623).abs() < 1e-11, "{error}");
        assert_eq!((found.treated, found.others, found.strata), (Rate::new(16, 70), Rate::new(52, 134), 3));
    }

    #[test]
    fn without_others_there_is_nothing_to_compare() {
        assert_eq!(goes_with(cases(1, (1, 5), (0, 0)).into_iter()), None);
        let found = goes_with([cases(1, (1, 5), (0, 0)), cases(2, (1, 2), (1, 2))].concat().into_iter()).unwrap();
        assert_eq!((found.without_others, found.treated.of), (5, 2));
        assert_eq!(goes_with(std::iter::empty()), None);
    }
}
