//! Held against scikit-learn 1.9.1 (numpy 2.4.6), whose figures stand here as constants; the inputs are made by the rules below.

use super::super::*;

/// `x[i][j] = ((i (7 + 3j) + 5j + i^2 (j + 1)) mod 11) / 5 - 1`, 40 x 4, and an outcome that leans on the first three.
fn matrix() -> (Vec<Vec<f64>>, Vec<f64>) {
    let cell = |i: usize, j: usize| ((i * (7 + 3 * j) + 5 * j + i * i * (j + 1)) % 11) as f64 / 5.0 - 1.0;
    let rows: Vec<Vec<f64>> = (0..40).map(|i| (0..4).map(|j| cell(i, j)).collect()).collect();
    let outcome = |(i, row): (usize, &Vec<f64>)| row[0] - 0.7 * row[1] + 0.4 * row[2] + ((i * 13) % 17) as f64 / 8.0 - 1.0 > 0.1;
    let outcomes = rows.iter().enumerate().map(|row| if outcome(row) { 1.0 } else { 0.0 }).collect();
    (rows, outcomes)
}

/// `LogisticRegression(C=1/penalty, tol=1e-14, solver="newton-cholesky")`: intercept, then coefficients.
#[test]
fn weights_are_those_of_scikit_learn() {
    let expected = [
        (1.0, [-0.10851320275534777, 1.2519046743992504, -1.0749925735032, 0.5119550073446656, 0.32363963494533904]),
        (0.1, [-0.16019103814216812, 2.11314745134603, -2.605381185311634, 1.2339744481242145, 0.28843844732823054]),
        (10.0, [-0.08592657125475034, 0.4060446482073098, -0.1898552189123276, 0.11679224511878994, 0.1473279597805463]),
    ];
    let (rows, outcomes) = matrix();
    assert_eq!(outcomes.iter().sum::<f64>(), 19.0);
    for (penalty, expected) in expected {
        let found = Logistic::fit(&Sparse::from_dense(4, &rows), &outcomes, penalty);
        let found: Vec<f64> = std::iter::once(found.intercept).chain(found.weights).collect();
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "penalty {penalty}: {found} is not {expected}");
        }
    }
}

/// 60 probabilities with ties, and outcomes that follow them loosely.
fn judged() -> (Vec<f64>, Vec<bool>) {
    let probabilities: Vec<f64> = (0..60).map(|i: usize| (((i * 29) % 37) as f64 + 0.5) / 37.5 * 0.9 + 0.02).collect();
    let outcomes = probabilities.iter().enumerate().map(|(i, p)| (((i * i * 3 + i) % 10) as f64 / 10.0) < *p).collect();
    (probabilities, outcomes)
}

#[test]
fn figures_are_those_of_scikit_learn() {
    let (probabilities, outcomes) = judged();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome).count(), 47);
    for (found, expected) in [
        (auc(&probabilities, &outcomes).unwrap(), 0.8788870703764321),
        (log_loss(&probabilities, &outcomes), 0.6668505144115585),
        (brier(&probabilities, &outcomes), 0.2221024),
    ] {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }
    let shares = [0.3333333333333333, 0.5714285714285714, 0.6, 0.5, 0.8571428571428571, 1.0, 1.0, 1.0, 1.0, 1.0];
    let means = [0.064, 0.1622857142857143, 0.2528, 0.332, 0.4297142857142857, 0.5168, 0.6, 0.6937142857142857, 0.792, 0.872];
    let bins = calibration_bins(&probabilities, &outcomes, 10);
    assert_eq!(bins.len(), 10);
    for ((bin, share), mean) in bins.iter().zip(shares).zip(means) {
        assert!((bin.hits as f64 / bin.rows as f64 - share).abs() < 1e-9 && (bin.mean_probability - mean).abs() < 1e-9, "{bin:?}");
    }
}

/// `sklearn.calibration._sigmoid_calibration` of the log-odds: -A and -B.
#[test]
fn the_curve_is_that_of_scikit_learn() {
    let (probabilities, outcomes) = judged();
    let scores: Vec<f64> = probabilities.iter().map(|probability| logit(*probability)).collect();
    let platt = Platt::fit(&scores, &outcomes);
    assert!((platt.slope - 1.008315069).abs() < 1e-3 && (platt.intercept - 1.932989412).abs() < 1e-3, "{platt:?}");
}

#[test]
fn figures_of_nothing_are_undefined_and_of_one_score_a_half() {
    assert_eq!(auc(&[], &[]), None);
    assert_eq!(auc(&[0.2, 0.4], &[true, true]), None);
    assert_eq!(auc(&[0.5; 4], &[true, false, true, false]), Some(0.5));
    assert!(calibration_bins(&[], &[], 10).is_empty());
    assert_eq!(calibration_error(&[]), 0.0);
}

#[test]
fn intervals_hold_the_figure_and_are_the_same_each_time() {
    let (probabilities, outcomes) = judged();
    let clusters: Vec<u32> = (0..60).map(|row| row / 2).collect();
    let judged = Judged { outcomes: &outcomes, clusters: &clusters };
    let models = || [Scored::of(probabilities.clone()), Scored::of(vec![0.5; 60])];
    let (figures, over) = compare(&judged, &models(), 1).unwrap();
    for figures in &figures {
        for one in [figures.auc, figures.log_loss, figures.brier, figures.top_decile_lift] {
            assert!(one.low <= one.value && one.value <= one.high, "{figures:?}");
        }
    }
    assert!((figures[1].auc.value - 0.5).abs() < 1e-12 && (figures[1].top_decile_lift.value - 1.0).abs() < 1e-9);
    assert!(over[0].low > 0.0 && over[0].high < 0.5, "{over:?}");
    assert_eq!(compare(&judged, &models(), 1).unwrap().0, figures);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one_thread.install(|| compare(&judged, &models(), 1).unwrap().0), figures);
}
