use proptest::prelude::*;

use super::*;

fn spells(rows: &[(f64, u8)]) -> Vec<Spell> {
    let outcome = |code| [Outcome::Open, Outcome::Converted, Outcome::Left][usize::from(code)];
    rows.iter().map(|(age_days, code)| Spell { age_days: *age_days, outcome: outcome(*code) }).collect()
}

/// 0 open, 1 converted, 2 left; ties of like outcomes and with open ones.
const STAYS: [(f64, u8); 23] = [
    (0.5, 1),
    (2.0, 1),
    (2.0, 1),
    (3.0, 2),
    (3.0, 0),
    (4.0, 0),
    (5.25, 2),
    (5.25, 2),
    (6.0, 1),
    (7.0, 0),
    (7.5, 1),
    (9.0, 2),
    (10.0, 0),
    (11.0, 1),
    (11.0, 0),
    (14.0, 1),
    (14.0, 1),
    (20.0, 2),
    (25.0, 0),
    (30.0, 1),
    (31.0, 0),
    (40.0, 2),
    (41.0, 0),
];

/// (age, open after it, its log-log interval): lifelines 0.30.3, `KaplanMeierFitter().fit(age, outcome > 0)` over `STAYS`:
/// `survival_function_` and `confidence_interval_`.
#[rustfmt::skip]
const KAPLAN_MEIER: [(f64, f64, f64, f64); 10] = [
    (0.5, 0.956521739130435, 0.7293386145341338, 0.9937589366187528),
    (2.0, 0.8695652173913042, 0.6480801064230698, 0.9559642958324044),
    (3.0, 0.826086956521739, 0.6006104112371988, 0.9309035583871154),
    (5.25, 0.7289002557544755, 0.4919158586751785, 0.8685358896616137),
    (7.5, 0.6279756049577019, 0.38925501725513884, 0.7949956146244709),
    (11.0, 0.518079874090104, 0.2854771216030564, 0.7082304990223166),
    (14.0, 0.3885599055675781, 0.17346394494700934, 0.6004282378225786),
    (20.0, 0.3237999213063151, 0.12636575782589565, 0.5408043263096347),
    (30.0, 0.24284994097973633, 0.07063500515542741, 0.46962352426783677),
    (40.0, 0.12142497048986818, 0.01002810197348179, 0.3806260031977188),
];

/// (age, converted by it, variance, log-log interval, left by it): lifelines 0.30.3, `AalenJohansenFitter(calculate_variance=True)`
/// over `STAYS` with 1 (and then 2) as the event of interest: `cumulative_density_`, `variance_`, `confidence_interval_`.
#[rustfmt::skip]
const AALEN_JOHANSEN: [(f64, f64, f64, f64, f64, f64); 7] = [
    (0.5, 0.043478260869565216, 0.0018081696391879674, 0.003093493175877899, 0.18243231075860616, 0.0),
    (2.0, 0.13043478260869568, 0.004931371743239913, 0.0327313654136009, 0.2972058185052587, 0.0),
    (5.25, 0.13043478260869568, 0.004931371743239913, 0.0327313654136009, 0.2972058185052587, 0.14066496163682862),
    (7.5, 0.2313594334054692, 0.008365570253180181, 0.08330731506006424, 0.42224840812227066, 0.14066496163682862),
    (11.0, 0.2889238638599252, 0.01020316907080689, 0.11577965629106045, 0.48920041791537144, 0.19299626204997045),
    (20.0, 0.4184438323824512, 0.013479753633577406, 0.19664658430821877, 0.6270700346364133, 0.25775624631123345),
    (40.0, 0.49939381270902994, 0.01517916372491463, 0.24827651619605287, 0.7074694232238569, 0.3791812168011016),
];

const CLOSE: f64 = 1e-9;

#[test]
fn agrees_with_lifelines() {
    let curve = Curve::of(spells(&STAYS));
    let stays = Curve::of_stays(spells(&STAYS));
    for (age, open, low, high) in KAPLAN_MEIER {
        let ours = stays.open_after(age).unwrap();
        let interval = ours.interval(Interval::LogLog).unwrap();
        for (ours, theirs) in [(ours.rate, open), (interval.0, low), (interval.1, high), (curve.open_after(age).unwrap().rate, open)] {
            assert!((ours - theirs).abs() < CLOSE, "after {age}: {ours} and {theirs}");
        }
    }
    for (age, converted, variance, low, high, left) in AALEN_JOHANSEN {
        let ours = curve.converted_by(age).unwrap();
        let interval = ours.interval(Interval::LogLog).unwrap();
        let pairs = [
            (ours.rate, converted),
            (ours.std_error * ours.std_error, variance),
            (interval.0, low),
            (interval.1, high),
            (curve.left_by(age).unwrap(), left),
        ];
        for (ours, theirs) in pairs {
            assert!((ours - theirs).abs() < CLOSE, "by {age}: {ours} and {theirs}");
        }
    }
    // `median_survival_time_` and `percentile(0.25)`.
    assert_eq!((stays.ended_age(0.5), stays.ended_age(0.75), stays.ended_age(0.9)), (Some(14.0), Some(30.0), None));
}

/// Where some convert and some leave at one age: statsmodels 0.15.0, `CumIncidenceRight(age, outcome).cinc`.
#[test]
fn ties_of_different_outcomes_agree_with_statsmodels() {
    let ages = [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 3.0, 5.0, 5.0, 5.0];
    let outcomes = [1, 2, 0, 1, 1, 2, 0, 2, 0, 1, 2, 0];
    let rows: Vec<_> = ages.into_iter().zip(outcomes).collect();
    let curve = Curve::of(spells(&rows));
    for (age, converted, left) in [
        (1.0, 0.083_333_333_333, 0.083_333_333_333),
        (2.0, 0.268_518_518_518_518_55, 0.175_925_925_925_925_93),
        (3.0, 0.268_518_518_518_518_55, 0.287_037_037_037_037_1),
        (5.0, 0.416_666_666_666_666_74, 0.435_185_185_185_185_23),
    ] {
        assert!((curve.converted_by(age).unwrap().rate - converted).abs() < CLOSE, "{age}");
        assert!((curve.left_by(age).unwrap() - left).abs() < CLOSE, "{age}");
    }
}

#[test]
fn beyond_what_is_known_it_is_undefined() {
    let cases: [(&[(f64, u8)], f64, Option<f64>); 6] = [
        (&[], 0.0, None),
        (&[(10.0, 0)], 10.0, Some(0.0)),
        (&[(10.0, 0)], 10.5, None),
        (&[(10.0, 1), (20.0, 0)], 30.0, None),
        (&[(10.0, 1), (20.0, 2)], 30.0, Some(0.5)),
        (&[(0.0, 1), (20.0, 2)], 0.0, Some(0.5)),
    ];
    for (rows, age, expected) in cases {
        assert_eq!(Curve::of(spells(rows)).converted_by(age).map(|estimate| estimate.rate), expected, "{rows:?} by {age}");
    }
    let all = Curve::of(spells(&[(1.0, 1), (1.0, 1)]));
    assert_eq!(all.converted_by(2.0).and_then(|estimate| estimate.interval(Interval::LogLog)), None);
    assert_eq!((all.converts_between(0.5, 2.0), all.converts_between(1.0, 2.0)), (Some(1.0), None));
}

#[test]
fn of_those_still_open_fewer_have_time_left() {
    let curve = Curve::of(spells(&[(1.0, 1), (2.0, 2), (3.0, 1), (4.0, 2)]));
    assert_eq!(curve.converts_between(0.0, 3.0), Some(0.5));
    assert_eq!(curve.converts_between(2.0, 3.0), Some(0.5));
    assert_eq!(curve.converts_between(3.0, 9.0), Some(0.0));
    assert_eq!((curve.converted_age(0.25), curve.converted_age(0.5), curve.converted_age(0.6)), (Some(1.0), Some(3.0), None));
}

#[test]
fn many_stand_in_the_order_of_their_ages() {
    let outcomes = [Outcome::Converted, Outcome::Left, Outcome::Open];
    let spell = |index: u64| Spell {
        age_days: (index.wrapping_mul(0x9E37_79B9) % 2_000_003) as f64 / 977.0 - 1.0,
        outcome: outcomes[index as usize % 3],
    };
    let many: Vec<Spell> = (0..2 * APART_MIN as u64).map(spell).collect();
    let mut ages: Vec<f64> = many.iter().map(|spell| spell.age_days).collect();
    ages.sort_unstable_by(f64::total_cmp);
    assert_eq!(by_age(many).iter().map(|spell| spell.age_days).collect::<Vec<_>>(), ages);
}

proptest! {
    #[test]
    fn rates_sum_to_one_and_only_grow(rows in proptest::collection::vec((0..60_u8, 0..3_u8), 0..80)) {
        let rows: Vec<_> = rows.into_iter().map(|(age, outcome)| (f64::from(age) / 2.0, outcome)).collect();
        let curve = Curve::of(spells(&rows));
        let (mut open, mut converted, mut left) = (1.0, 0.0, 0.0);
        for step in curve.steps() {
            prop_assert!((step.open_rate + step.converted_rate + step.left_rate - 1.0).abs() < 1e-12);
            prop_assert!(step.open_rate <= open && step.converted_rate >= converted && step.left_rate >= left);
            prop_assert!(step.converted_variance >= 0.0 && step.open_variance >= 0.0);
            (open, converted, left) = (step.open_rate, step.converted_rate, step.left_rate);
        }
    }

    #[test]
    fn without_open_stays_they_are_plain_fractions(rows in proptest::collection::vec((0..60_u8, 1..3_u8), 1..80), by in 0..60_u8) {
        let rows: Vec<_> = rows.into_iter().map(|(age, outcome)| (f64::from(age), outcome)).collect();
        let curve = Curve::of(spells(&rows));
        let n = rows.len() as f64;
        let share = |code| rows.iter().filter(|(age, outcome)| *outcome == code && *age <= f64::from(by)).count() as f64 / n;
        let estimate = curve.converted_by(f64::from(by)).unwrap();
        prop_assert!((estimate.rate - share(1)).abs() < 1e-12);
        prop_assert!((curve.left_by(f64::from(by)).unwrap() - share(2)).abs() < 1e-12);
        // And the variance is that of a share.
        let rate = estimate.rate;
        prop_assert!((estimate.std_error * estimate.std_error - rate * (1.0 - rate) / n).abs() < 1e-12);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(rows in proptest::collection::vec((0..20_u8, 0..3_u8), 0..40)) {
        let rows: Vec<_> = rows.into_iter().map(|(age, outcome)| (f64::from(age), outcome)).collect();
        let backwards: Vec<_> = rows.iter().rev().copied().collect();
        prop_assert_eq!(Curve::of(spells(&rows)), Curve::of(spells(&backwards)));
    }
}

/// Seven of ten convert one after the other: the share after the seventh is 0.7 but for the last bit.
#[test]
fn a_share_that_is_met_exactly_is_met() {
    let ages: Vec<(f64, u8)> = (1..=10).map(|age| (f64::from(age), 1)).collect();
    let curve = Curve::of(spells(&ages));
    for hits in 1..=10 {
        assert_eq!(curve.converted_age(f64::from(hits) / 10.0), Some(f64::from(hits)), "{:?}", curve.steps());
    }
}
