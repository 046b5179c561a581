//! Reference figures: SciPy 1.17.1 (`stats.hypergeom`, `binom`, `mannwhitneyu` without continuity correction, `rankdata`,
//! `false_discovery_control`, `norm.logsf`) for the inputs that stand beside them.

use proptest::prelude::*;

use super::significance::*;

fn check(ln_p: f64, reference: f64) {
    assert!((ln_p - reference.ln()).abs() < 1e-8, "{} {reference}", ln_p.exp());
}

#[test]
fn two_shares_as_the_hypergeometric_distribution_has_it() {
    for ((a, n, b, m), reference) in [
        ((34, 56, 40, 172), 8.533230601648851e-07),
        ((3, 10, 7, 10), 0.1788954079975752),
        ((0, 5, 9, 40), 0.6171298922291549),
        ((5, 5, 0, 6), 0.004329004329004329),
        ((1, 1, 0, 3), 0.5),
        ((500, 1000, 900, 1200), 7.3929535915613895e-34),
        ((61_000, 100_000, 60_000, 100_000), 4.886478398094169e-06),
    ] {
        check(two_shares(a, n, b, m), reference);
        check(two_shares(b, m, a, n), reference);
    }
    for nothing in [(0, 0, 1, 5), (0, 4, 0, 9), (4, 4, 9, 9)] {
        assert_eq!(two_shares(nothing.0, nothing.1, nothing.2, nothing.3), 0.0, "{nothing:?}");
    }
}

#[test]
fn one_share_as_the_binomial_distribution_has_it() {
    for ((count, all, share), reference) in [
        ((30, 100, 0.5), 7.85013964559367e-05),
        ((0, 12, 0.4), 0.004353564671999998),
        ((470, 900, 0.5), 0.19357254103462265),
        ((12, 12, 0.3), 1.0628819999999995e-06),
    ] {
        check(one_share(count, all, share), reference);
    }
}

#[test]
fn ranks_and_the_rank_sum_test() {
    let (a, b) = ([3.0, 5.0, 5.0, 8.0, 13.0, 21.0, 40.0], [1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 6.0, 7.0, 2.0]);
    let ranks = ranks(&[a.as_slice(), b.as_slice()].concat());
    assert_eq!(ranks, [5.5, 9.5, 9.5, 14.0, 15.0, 16.0, 17.0, 1.5, 1.5, 3.5, 5.5, 7.0, 9.5, 9.5, 12.0, 13.0, 3.5]);
    let mut groups = [Scores::default(); 2];
    ranks.iter().enumerate().for_each(|(index, rank)| groups[usize::from(index >= a.len())].add(*rank));
    check(two_groups(groups[0], groups[1]), 0.02078569644465714);
    assert_eq!(two_groups(groups[0], Scores::default()), 0.0);
}

#[test]
fn the_normal_tail_goes_on_where_numbers_end() {
    for (z, reference) in
        [(0.0, 0.0), (1.96, -2.995816471169693), (-5.0, -14.371851213428782), (20.0, -203.22400819053735), (34.0, -581.753015066312)]
    {
        assert!((two_sided(z) - reference).abs() < 1e-8, "{z}");
    }
    assert!((two_sided(40.0) + 803.915294833194).abs() < 1e-5);
}

#[test]
fn adjusting_over_all_that_was_looked_at() {
    let ln_ps: Vec<f64> = [0.001_f64, 0.2, 0.01, 0.04, 0.04, 0.9].map(f64::ln).to_vec();
    for (ours, reference) in adjusted(&ln_ps).iter().zip([0.006, 0.24, 0.03, 0.06, 0.06, 0.9]) {
        assert!((ours - reference).abs() < 1e-12);
    }
    assert!(adjusted(&[]).is_empty());
}

#[test]
fn a_group_that_moves_with_the_others_did_not_move_otherwise() {
    let of = |hits: u64, n: u64| Scores { n, sum: hits as f64, squares: hits as f64 };
    assert!(two_moves([of(60, 100), of(40, 100)], [of(600, 1000), of(400, 1000)]) > -1e-9);
    assert!(two_moves([of(60, 100), of(20, 100)], [of(600, 1000), of(600, 1000)]) < (1e-6_f64).ln());
    assert_eq!(two_moves([of(0, 0), of(20, 100)], [of(600, 1000), of(600, 1000)]), 0.0);
}

proptest! {
    #[test]
    fn a_p_value_is_one_whatever_the_counts(a in 0..40_u64, n in 0..40_u64, b in 0..40_u64, m in 0..40_u64) {
        let (a, b) = (a.min(n), b.min(m));
        let ln_p = two_shares(a, n, b, m);
        prop_assert!(ln_p <= 0.0 && ln_p.is_finite(), "{}", ln_p);
        // The other way to count gives the same.
        prop_assert!((ln_p - two_shares(n - a, n, m - b, m)).abs() < 1e-8);
    }
}
