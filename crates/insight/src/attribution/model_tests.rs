use alignment::{Instant, instant::MICROS_PER_DAY, money::split_by_weights};
use proptest::prelude::*;

use super::*;

fn weights(key: &str, days: &[f64]) -> Vec<f64> {
    let touched_at: Vec<Instant> = days.iter().map(|day| Instant((day * MICROS_PER_DAY as f64) as i64)).collect();
    let mut weights = vec![f64::NAN; days.len()];
    weigh(key, &touched_at, 7.0, Marks::default(), &mut weights);
    weights
}

/// Every touch has a channel of its own.
fn weigh(key: &str, touched_at: &[Instant], half_life_days: f64, marks: Marks, weights: &mut [f64]) {
    let labels: Vec<u32> = (0..touched_at.len() as u32).collect();
    let journey = Journey { touched_at, labels: &labels, marks, half_life_days, worths: None };
    find(key).unwrap().weigh(&journey, &mut Vec::new(), weights);
}

/// Days on which the touches were, oldest first, and the percentages worked out by hand.
#[test]
fn shares_as_worked_out_by_hand() {
    let third = 100.0 / 3.0;
    let table: &[(&str, &[f64], &[f64])] = &[
        ("first", &[], &[]),
        ("last", &[], &[]),
        ("linear", &[], &[]),
        ("time_decay", &[], &[]),
        ("u", &[], &[]),
        ("first", &[3.0], &[100.0]),
        ("last", &[3.0], &[100.0]),
        ("linear", &[3.0], &[100.0]),
        ("time_decay", &[3.0], &[100.0]),
        ("u", &[3.0], &[100.0]),
        ("first", &[0.0, 7.0], &[100.0, 0.0]),
        ("last", &[0.0, 7.0], &[0.0, 100.0]),
        ("linear", &[0.0, 7.0], &[50.0, 50.0]),
        ("time_decay", &[0.0, 7.0], &[third, 2.0 * third]),
        ("u", &[0.0, 7.0], &[50.0, 50.0]),
        ("first", &[0.0, 7.0, 14.0], &[100.0, 0.0, 0.0]),
        ("last", &[0.0, 7.0, 14.0], &[0.0, 0.0, 100.0]),
        ("linear", &[0.0, 7.0, 14.0], &[third, third, third]),
        ("time_decay", &[0.0, 7.0, 14.0], &[100.0 / 7.0, 200.0 / 7.0, 400.0 / 7.0]),
        ("time_decay", &[7.0, 7.0, 14.0], &[25.0, 25.0, 50.0]),
        ("time_decay", &[-1e6, 0.0, 0.0], &[0.0, 50.0, 50.0]),
        ("u", &[0.0, 7.0, 14.0], &[40.0, 20.0, 40.0]),
        ("u", &[0.0, 1.0, 2.0, 3.0], &[40.0, 10.0, 10.0, 40.0]),
        ("u", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &[40.0, 5.0, 5.0, 5.0, 5.0, 40.0]),
    ];
    for (key, days, percent) in table {
        let found = weights(key, days);
        assert_eq!(found.len(), percent.len());
        for (weight, percent) in found.iter().zip(*percent) {
            assert!((weight * 100.0 - percent).abs() < 1e-9, "{key} {days:?}: {found:?}, not {percent}");
        }
    }
}

#[test]
fn a_model_is_one_entry_of_the_registry() {
    let mut names: Vec<&str> = MODELS.iter().map(|model| model.key).collect();
    assert_eq!(names, ["first", "last", "linear", "time_decay", "u", "w", "full_path", "markov", "shapley"]);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), MODELS.len());
    for model in MODELS {
        assert_eq!(find(model.key).unwrap().key, model.key);
        assert!(!model.words.is_empty() && !model.formula.is_empty() && !model.name.is_empty());
    }
}

#[test]
fn names_what_can_be_asked_for() {
    let keys = |text| select(text).map(|models| models.iter().map(|model| model.key).collect::<Vec<_>>());
    assert_eq!(keys("all").unwrap().len(), 9);
    assert_eq!(keys("u, first,u").unwrap(), ["u", "first"]);
    assert_eq!(
        keys("first,best").unwrap_err().to_string(),
        "`best` is not an attribution model; available: first, last, linear, time_decay, u, w, full_path, markov, shapley, or all"
    );
    assert!(keys("").is_err());
}

#[test]
fn a_half_life_that_is_none_leaves_the_newest() {
    for half_life_days in [0.0, -1.0, f64::NAN, 1e-300] {
        let mut weights = [0.0; 3];
        let touched_at = [Instant(0), Instant(5), Instant(5)];
        weigh("time_decay", &touched_at, half_life_days, Marks::default(), &mut weights);
        assert_eq!(weights, [0.0, 0.5, 0.5]);
    }
}

/// Touches on these days; lead, opportunity and signature on those, below 0 for none; percentages by hand.
#[test]
fn marks_as_worked_out_by_hand() {
    let table: &[(&str, &[f64], [f64; 3], &[f64])] = &[
        ("w", &[1.0, 2.0, 3.0, 4.0, 5.0], [2.5, 4.0, 6.0], &[30.0, 30.0, 5.0, 30.0, 5.0]),
        ("full_path", &[1.0, 2.0, 3.0, 4.0, 5.0], [2.5, 4.0, 6.0], &[22.5, 22.5, 10.0, 22.5, 22.5]),
        // Marks on one touch add up.
        ("w", &[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], &[60.0, 30.0, 10.0]),
        ("full_path", &[1.0, 2.0, 3.0], [1.0, 1.5, 9.0], &[67.5, 10.0, 22.5]),
        // Nobody is left to share the rest.
        ("w", &[1.0, 2.0], [1.0, 2.0, 2.0], &[200.0 / 3.0, 100.0 / 3.0]),
        ("full_path", &[1.0], [1.0, 1.0, 1.0], &[100.0]),
        // Missing marks, and marks before all touches, spread over the others.
        ("w", &[1.0, 2.0, 3.0], [-1.0, 2.0, 3.0], &[45.0, 45.0, 10.0]),
        ("w", &[1.0, 2.0, 3.0], [0.5, 2.0, 3.0], &[45.0, 45.0, 10.0]),
        ("full_path", &[1.0, 2.0, 3.0], [-1.0, -1.0, 3.0], &[45.0, 10.0, 45.0]),
        ("w", &[1.0, 2.0, 3.0], [-1.0, -1.0, -1.0], &[90.0, 5.0, 5.0]),
    ];
    for (key, days, [lead, opportunity, signature], percent) in table {
        let at = |day: f64| Instant((day * MICROS_PER_DAY as f64) as i64);
        let mark = |day: f64| (day >= 0.0).then(|| at(day));
        let marks = Marks { lead_at: mark(*lead), opportunity_at: mark(*opportunity), signed_at: mark(*signature) };
        let touched_at: Vec<Instant> = days.iter().map(|day| at(*day)).collect();
        let mut weights = vec![f64::NAN; days.len()];
        weigh(key, &touched_at, 7.0, marks, &mut weights);
        for (weight, percent) in weights.iter().zip(*percent) {
            assert!((weight * 100.0 - percent).abs() < 1e-9, "{key} {days:?}: {weights:?}, not {percent}");
        }
    }
}

#[test]
fn channels_share_by_what_they_are_worth() {
    let table: &[(&str, &[u32], &[f64], &[f64])] = &[
        ("shapley", &[0, 1, 0, 0], &[], &[1.0 / 6.0, 0.5, 1.0 / 6.0, 1.0 / 6.0]),
        ("shapley", &[2], &[], &[1.0]),
        ("markov", &[0, 1, 0], &[0.3, 0.1], &[0.375, 0.25, 0.375]),
        ("markov", &[0, 1, 1], &[0.0, 0.1], &[0.0, 0.5, 0.5]),
        ("markov", &[0, 1, 1], &[0.0, 0.0], &[0.5, 0.25, 0.25]),
    ];
    for (key, labels, worths, expected) in table {
        let state_of = [0, 1, 2];
        let worths = (!worths.is_empty()).then_some(crate::attribution::Worths { state_of: &state_of, of_state: worths });
        let journey = Journey { touched_at: &[], labels, marks: Marks::default(), half_life_days: 7.0, worths };
        let (mut counts, mut weights) = (Vec::new(), vec![f64::NAN; labels.len()]);
        find(key).unwrap().weigh(&journey, &mut counts, &mut weights);
        for (weight, expected) in weights.iter().zip(*expected) {
            assert!((weight - expected).abs() < 1e-12, "{key} {labels:?}: {weights:?}");
        }
        assert!(counts.iter().all(|count| *count == 0), "left as they were found");
    }
}

/// Days with ties, oldest first.
fn days() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0_u32..400, 1..60).prop_map(|mut days| {
        days.sort_unstable();
        days.into_iter().map(|day| f64::from(day) / 4.0).collect()
    })
}

proptest! {
    #[test]
    fn weights_are_shares_of_one(days in days()) {
        for model in MODELS {
            let weights = weights(model.key, &days);
            prop_assert!(weights.iter().all(|weight| *weight >= 0.0));
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{}", model.key);
        }
    }

    #[test]
    fn shares_sum_to_the_revenue(days in days(), revenue in -1_000_000_000_000..1_000_000_000_000_i64) {
        for model in MODELS {
            prop_assert_eq!(split_by_weights(revenue, &weights(model.key, &days)).iter().sum::<i64>(), revenue, "{}", model.key);
        }
    }

    /// Which touch stands where between the ends makes no difference where only the ends are special, and neither does the
    /// time of day at which the whole journey began.
    #[test]
    fn what_a_model_does_not_look_at_does_not_count(days in days(), later in 0_u32..1000) {
        let moved: Vec<f64> = days.iter().map(|day| day + f64::from(later)).collect();
        for model in MODELS {
            prop_assert_eq!(weights(model.key, &days), weights(model.key, &moved), "{}", model.key);
        }
        let mut reversed = weights("u", &days);
        reversed.reverse();
        prop_assert_eq!(reversed, weights("u", &days));
        let first = weights("linear", &days)[0];
        prop_assert!(weights("linear", &days).iter().all(|weight| *weight == first));
    }

    #[test]
    fn time_decay_never_gives_the_older_more(days in days()) {
        let weights = weights("time_decay", &days);
        prop_assert!(weights.windows(2).all(|pair| pair[0] <= pair[1]));
    }
}
