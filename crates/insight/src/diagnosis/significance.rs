//! What chance alone does. All p-values are two-sided and kept as logarithms, so that the smallest can still be told apart.

use libm::{erfc, lgamma};

/// Two shares: Fisher's exact test, the smaller tail doubled (Fisher 1935; doubling keeps the level for any margins).
pub fn two_shares(hits: u64, n: u64, other_hits: u64, other_n: u64) -> f64 {
    let (all_hits, all) = (hits + other_hits, n + other_n);
    if n == 0 || other_n == 0 || all_hits == 0 || all_hits == all {
        return 0.0;
    }
    let lowest = (n + all_hits).saturating_sub(all);
    let highest = n.min(all_hits);
    let ln_here = ln_choose(all_hits, hits) + ln_choose(all - all_hits, n - hits) - ln_choose(all, n);
    let below = hits as f64 <= n as f64 * all_hits as f64 / all as f64;
    let ratio = |at: u64| -> f64 {
        // From `at` to `at + 1` hits.
        ((all_hits - at) as f64 / (at + 1) as f64) * ((n - at) as f64 / (all - all_hits + at + 1 - n) as f64)
    };
    let steps = if below { hits - lowest } else { highest - hits };
    let step = |index: u64| if below { 1.0 / ratio(hits - index - 1) } else { ratio(hits + index) };
    doubled(ln_here + tail(steps, step).ln())
}

/// A count out of two, where `share` of both was to be expected: the exact binomial test, the smaller tail doubled.
pub fn one_share(count: u64, all: u64, share: f64) -> f64 {
    if all == 0 || !(share > 0.0 && share < 1.0) {
        return 0.0;
    }
    let (yes, no) = (share.ln(), (1.0 - share).ln());
    let ln_here = ln_choose(all, count) + count as f64 * yes + (all - count) as f64 * no;
    let odds = share / (1.0 - share);
    let below = count as f64 <= all as f64 * share;
    let ratio = |at: u64| (all - at) as f64 / (at + 1) as f64 * odds;
    let steps = if below { count } else { all - count };
    let step = |index: u64| if below { 1.0 / ratio(count - index - 1) } else { ratio(count + index) };
    doubled(ln_here + tail(steps, step).ln())
}

/// Scores of one group among those of all: their number, sum and sum of squares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    pub n: u64,
    pub sum: f64,
    pub squares: f64,
}

impl Scores {
    pub fn add(&mut self, score: f64) {
        self.n += 1;
        self.sum += score;
        self.squares += score * score;
    }

    pub fn plus(self, other: Scores) -> Scores {
        Scores { n: self.n + other.n, sum: self.sum + other.sum, squares: self.squares + other.squares }
    }

    pub fn minus(self, other: Scores) -> Scores {
        Scores { n: self.n - other.n, sum: self.sum - other.sum, squares: self.squares - other.squares }
    }

    pub fn mean(self) -> f64 {
        self.sum / self.n as f64
    }

    /// Around their own mean, over n - 1.
    fn variance(self) -> f64 {
        ((self.squares - self.sum * self.mean()) / (self.n as f64 - 1.0)).max(0.0)
    }
}

/// Two groups of scores: the permutation test by its normal limit, with the variance of the finite population. With ranks as scores it
/// is the rank-sum test with ties (Wilcoxon 1945, Mann and Whitney 1947), whose own tails are lighter than the normal's.
pub fn two_groups(group: Scores, others: Scores) -> f64 {
    let all = group.plus(others);
    if group.n == 0 || others.n == 0 || all.n < 3 {
        return 0.0;
    }
    let spread = all.variance() * (1.0 / group.n as f64 + 1.0 / others.n as f64);
    if spread <= 0.0 { 0.0 } else { two_sided((group.mean() - others.mean()) / spread.sqrt()) }
}

/// Whether one group moved otherwise than the others did: the difference of two differences by its normal limit.
pub fn two_moves(group: [Scores; 2], others: [Scores; 2]) -> f64 {
    if group.iter().chain(&others).any(|scores| scores.n == 0) {
        return 0.0;
    }
    let [before, now] = [group[0].plus(others[0]), group[1].plus(others[1])];
    if before.n < 3 || now.n < 3 {
        return 0.0;
    }
    let spread = |scores: [Scores; 2]| {
        let both = scores[0].plus(scores[1]);
        if both.n < 3 { 0.0 } else { both.variance() * (1.0 / scores[0].n as f64 + 1.0 / scores[1].n as f64) }
    };
    let step = |scores: [Scores; 2]| scores[1].mean() - scores[0].mean();
    let variance = spread(group) + spread(others);
    if variance <= 0.0 { 0.0 } else { two_sided((step(group) - step(others)) / variance.sqrt()) }
}

/// The logarithm of the chance of a normal value at least so far from 0.
pub fn two_sided(z: f64) -> f64 {
    let z = z.abs();
    // Where erfc underflows its asymptotic form is exact to all digits that matter.
    if z > 35.0 {
        -z * z / 2.0 - (z * (std::f64::consts::PI / 2.0).sqrt()).ln() + (1.0 - 1.0 / (z * z)).ln()
    } else {
        erfc(z / std::f64::consts::SQRT_2).ln()
    }
}

/// Benjamini and Hochberg (1995): for each logarithm of a p-value the smallest false discovery rate at which it would be kept.
pub fn adjusted(ln_ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ln_ps.len()).collect();
    order.sort_unstable_by(|a, b| ln_ps[*b].total_cmp(&ln_ps[*a]).then(a.cmp(b)));
    let (all, mut least) = (ln_ps.len() as f64, 1.0_f64);
    let mut out = vec![1.0; ln_ps.len()];
    for (index, place) in order.into_iter().enumerate() {
        let rank = all - index as f64;
        least = least.min((ln_ps[place] + (all / rank).ln()).exp());
        out[place] = least;
    }
    out
}

/// Mid-ranks of the values, 1 for the smallest.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]).then(a.cmp(b)));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start] as usize];
        let run = order[start..].iter().take_while(|index| values[**index as usize] == value).count();
        let rank = start as f64 + (run as f64 + 1.0) / 2.0;
        order[start..start + run].iter().for_each(|index| ranks[*index as usize] = rank);
        start += run;
    }
    ranks
}

fn doubled(ln_tail: f64) -> f64 {
    (ln_tail + std::f64::consts::LN_2).min(0.0)
}

/// 1 + a + ab + abc + ..., until what is added no longer counts.
fn tail(steps: u64, step: impl Fn(u64) -> f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for index in 0..steps {
        term *= step(index);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

fn ln_choose(n: u64, k: u64) -> f64 {
    lgamma(n as f64 + 1.0) - lgamma(k as f64 + 1.0) - lgamma((n - k) as f64 + 1.0)
}
