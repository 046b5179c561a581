use std::{collections::BTreeMap, path::Path};

use alignment::instant::MICROS_PER_DAY;
use proptest::prelude::*;

use super::*;
use crate::attribution::{MODELS, select};

/// Who, on which day, by which channel, and the value of the conversion that the touch is.
type Line<'a> = (&'a str, f64, &'a str, Option<f64>);

fn read(lines: &[Line]) -> Touches {
    let mut touches = Touches::default();
    for (customer, day, channel, converted) in lines {
        let at = Instant((day * MICROS_PER_DAY as f64) as i64);
        touches.push(customer, at, channel, converted.is_some(), converted.unwrap_or(77.0)).unwrap();
    }
    touches
}

/// Percent of a conversion and value per channel, by name.
fn shares(answer: &TouchesAnswer, model: &str) -> Vec<(String, i64, i64)> {
    let rows = answer.models.iter().find(|ranking| ranking.model == model).unwrap().rows.clone().unwrap();
    let round = |share: f64| (share * 100.0).round() as i64;
    let mut rows: Vec<_> =
        rows.into_iter().map(|row| (row.channel.unwrap_or("-".into()), round(row.conversions), round(row.value))).collect();
    rows.sort();
    rows
}

/// A channel with its percent of a conversion and of a value.
type Share<'a> = (&'a str, i64, i64);

#[track_caller]
fn check(lines: &[Line], table: &[(&str, &[Share])]) -> TouchesAnswer {
    let answer = attribute_touches(read(lines), MODELS, Window::default());
    for (model, expected) in table {
        let expected: Vec<(String, i64, i64)> = expected.iter().map(|row| (row.0.to_owned(), row.1, row.2)).collect();
        assert_eq!(shares(&answer, model), expected, "{model}");
    }
    answer
}

#[test]
fn the_touch_that_is_the_conversion_counts() {
    check(&[("ana", 1.0, "ad", Some(9.0))], &[("first", &[("ad", 100, 900)]), ("u", &[("ad", 100, 900)])]);
    let lines = [("ana", 7.0, "mail", Some(9.0)), ("ana", 0.0, "ad", None)];
    check(&lines, &[("first", &[("ad", 100, 900), ("mail", 0, 0)]), ("time_decay", &[("ad", 33, 300), ("mail", 67, 600)])]);
}

#[test]
fn a_repeat_customer_starts_a_new_journey() {
    let lines = [
        ("ana", 0.0, "ad", None),
        ("ana", 1.0, "mail", Some(4.0)),
        ("ana", 2.0, "web", None),
        ("ana", 3.0, "mail", Some(6.0)),
        ("ana", 4.0, "ad", None),
        ("rui", 0.0, "ad", None),
    ];
    let answer = check(
        &lines,
        &[
            ("first", &[("ad", 100, 400), ("mail", 0, 0), ("web", 100, 600)]),
            ("linear", &[("ad", 50, 200), ("mail", 100, 500), ("web", 50, 300)]),
        ],
    );
    assert_eq!((answer.touches, answer.customers, answer.open_journeys), (6, 2, 2));
    assert_eq!(answer.total, Amounts { conversions: 2.0, value: 10.0 });
}

#[test]
fn ties_keep_the_order_of_the_file() {
    let lines = [("ana", 1.0, "ad", None), ("rui", 1.0, "web", None), ("ana", 1.0, "mail", None), ("ana", 1.0, "web", Some(1.0))];
    check(
        &lines,
        &[("first", &[("ad", 100, 100), ("mail", 0, 0), ("web", 0, 0)]), ("last", &[("ad", 0, 0), ("mail", 0, 0), ("web", 100, 100)])],
    );
}

#[test]
fn the_lookback_has_an_end() {
    // 90 days before is inside, an instant earlier is not.
    let lines = [("ana", 9.9, "old", None), ("ana", 10.0, "ad", None), ("ana", 100.0, "", Some(1.0))];
    let answer = check(&lines, &[("first", &[("ad", 100, 100), ("old", 0, 0)])]);
    assert_eq!(answer.unattributed, Amounts::default());
    let answer = attribute_touches(read(&lines), MODELS, Window { lookback_days: 10, ..Window::default() });
    assert_eq!(answer.unattributed, Amounts { conversions: 1.0, value: 1.0 });
    assert_eq!(answer.total, Amounts { conversions: 1.0, value: 1.0 });
}

#[test]
fn a_touch_without_channel_is_not_one_called_unknown() {
    let lines = [("ana", 1.0, " ", None), ("ana", 2.0, "unknown", Some(1.0))];
    check(&lines, &[("linear", &[("-", 50, 50), ("unknown", 50, 50)])]);
    let answer = attribute_touches(Touches::default(), MODELS, Window::default());
    assert_eq!(answer.models[0].rows, Some(vec![]));
}

#[test]
fn refuses_values_without_measure() {
    let mut touches = Touches::default();
    assert!(touches.push("ana", Instant(0), "ad", true, f64::NAN).is_err());
    assert!(touches.push("ana", Instant(0), "ad", true, 1e300).is_err());
    assert!(touches.is_empty());
}

fn rules() -> Vec<&'static Model> {
    select("first,last,linear,time_decay,u").unwrap()
}

/// The models once more, in the plainest way, to compare with.
fn naive(rows: &[(String, i64, String, bool, f64)], window: Window) -> BTreeMap<(&'static str, String), (f64, f64)> {
    let mut rows: Vec<_> = rows.iter().enumerate().collect();
    rows.sort_by(|a, b| (&a.1.0, a.1.1, a.0).cmp(&(&b.1.0, b.1.1, b.0)));
    let mut found = BTreeMap::new();
    let mut open: Vec<(i64, &str)> = Vec::new();
    for (index, (_, row)) in rows.iter().enumerate() {
        if index > 0 && rows[index - 1].1.0 != row.0 {
            open.clear();
        }
        open.push((row.1, &row.2));
        if !row.3 {
            continue;
        }
        let days = |at: i64| (row.1 - at) as f64 / MICROS_PER_DAY as f64;
        let journey: Vec<_> = open.drain(..).filter(|touch| days(touch.0) <= f64::from(window.lookback_days)).collect();
        let n = journey.len();
        let decay: f64 = journey.iter().map(|touch| 0.5_f64.powf(days(touch.0) / window.half_life_days)).sum();
        for (place, (at, channel)) in journey.iter().enumerate() {
            let end = place == 0 || place == n - 1;
            let weights = [
                ("first", if place == 0 { 1.0 } else { 0.0 }),
                ("last", if place == n - 1 { 1.0 } else { 0.0 }),
                ("linear", 1.0 / n as f64),
                ("time_decay", 0.5_f64.powf(days(*at) / window.half_life_days) / decay),
                (
                    "u",
                    if n <= 2 {
                        1.0 / n as f64
                    } else if end {
                        0.4
                    } else {
                        0.2 / (n - 2) as f64
                    },
                ),
            ];
            for (model, weight) in weights {
                let cell: &mut (f64, f64) = found.entry((model, (*channel).to_owned())).or_default();
                cell.0 += weight;
                cell.1 += weight * row.4;
            }
        }
    }
    found
}

#[track_caller]
fn agrees_with_the_naive(rows: &[(String, i64, String, bool, f64)], window: Window) -> TouchesAnswer {
    let mut touches = Touches::default();
    rows.iter().for_each(|row| touches.push(&row.0, Instant(row.1), &row.2, row.3, row.4).unwrap());
    let answer = attribute_touches(touches, &rules(), window);
    let expected = naive(rows, window);
    for ranking in &answer.models {
        for row in ranking.rows.as_ref().unwrap() {
            let (conversions, value) = expected.get(&(ranking.model, row.channel.clone().unwrap())).copied().unwrap_or_default();
            assert!((row.conversions - conversions).abs() <= 1e-9 * conversions.max(1.0), "{} {row:?}: {conversions}", ranking.model);
            assert!((row.value - value).abs() <= 1e-9 * value.abs().max(1.0), "{} {row:?}: {value}", ranking.model);
        }
    }
    answer
}

/// Real touches of July 2018: counts found by counting the rows of the file, shares by the plain computation above.
#[test]
fn agrees_on_the_touches_of_july_2018() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/attribution/touches_july2018_subset.csv");
    if !Path::new(file).exists() {
        eprintln!("skipped: {file} is not there");
        return;
    }
    let mut rows = Vec::new();
    for record in csv::Reader::from_path(file).unwrap().records() {
        let record = record.unwrap();
        let at: Instant = record[1].parse().unwrap();
        rows.push((record[0].to_owned(), at.0, record[5].to_owned(), &record[3] == "1", record[4].parse::<f64>().unwrap()));
    }
    let mut conversions_of: BTreeMap<&str, u32> = BTreeMap::new();
    rows.iter().filter(|row| row.3).for_each(|row| *conversions_of.entry(&row.0).or_default() += 1);
    assert_eq!(conversions_of.values().filter(|conversions| **conversions > 1).count(), 181);

    let answer = agrees_with_the_naive(&rows, Window::default());
    assert_eq!((answer.touches, answer.customers), (62_483, 7_896));
    assert_eq!(answer.total, Amounts { conversions: 1_838.0, value: 11_423.5 });
    assert_eq!(answer.unattributed, Amounts::default());
    for ranking in &answer.models {
        assert_eq!(ranking.rows.as_ref().unwrap().len(), 5);
    }
    agrees_with_the_naive(&rows, Window { lookback_days: 3, half_life_days: 0.5, ..Window::default() });
}

proptest! {
    /// Few customers and few instants, so that there are many ties and repeat conversions.
    #[test]
    fn agrees_with_the_plain_computation(
        rows in prop::collection::vec((0_u8..4, 0_i64..12, 0_u8..3, any::<bool>(), 0.0..100.0_f64), 0..80),
        lookback_days in 1_u32..20
    ) {
        let rows: Vec<_> = rows.into_iter()
            .map(|(customer, day, channel, converted, value)| (customer.to_string(), day * MICROS_PER_DAY, channel.to_string(), converted, value))
            .collect();
        let answer = agrees_with_the_naive(&rows, Window { lookback_days, ..Window::default() });
        for ranking in &answer.models {
            let conversions: f64 = ranking.rows.as_ref().unwrap().iter().map(|row| row.conversions).sum();
            prop_assert!((conversions + answer.unattributed.conversions - answer.total.conversions).abs() < 1e-9);
        }
    }
}
