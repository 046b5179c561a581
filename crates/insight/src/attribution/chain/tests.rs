use std::path::Path;

use proptest::prelude::*;

use super::{counts::Sorted, *};
use crate::{
    attribution::{
        MODELS, RowOf, attribute, deals_behind, find,
        paths::{Paths, attribute_paths},
        select,
    },
    question::{Goal, Journey, Question},
    rows::Delta,
    testing::*,
};
use alignment::lifecycle::DealStage;

/// (channel, removal effect, conversions, value) of the sample data of ChannelAttribution 2.2.5: numpy 2.4.6, `numpy.linalg.solve` on the
/// dense matrix of the chain, once whole and once without each channel. A state is the last touches, as many as the order; value is
/// a second right-hand side, the mean value of conversions from each state.
type Reference = [(&'static str, f64, f64, f64); 12];

#[rustfmt::skip]
static BY_ORDER: [Reference; 3] = [
    [
        ("alpha", 0.5583994895077, 5344.947682085, 18799.17062619),
        ("beta", 0.2640385357412, 2527.35216652, 9687.809216091),
        ("delta", 0.0004819957580386, 4.613618311103, 13.91838400387),
        ("epsilon", 0.06263858227549, 599.5706504632, 2348.653825192),
        ("eta", 0.3490263318711, 3340.847401501, 12991.7366667),
        ("gamma", 0.01787997441997, 171.1454426937, 719.2367463459),
        ("iota", 0.4058350044719, 3884.614701875, 14978.4372884),
        ("kappa", 0.02866338665547, 274.3632559548, 1136.092538147),
        ("lambda", 0.1340221228097, 1282.847223394, 5142.720297013),
        ("mi", 0.0001799458198939, 1.722424556281, 5.444508859275),
        ("theta", 0.2060104627728, 1971.912879887, 7511.048475436),
        ("zeta", 0.03981051781738, 381.0625527581, 1468.70301484),
    ],
    [
        ("alpha", 0.5478032820635, 5617.453853893, 19194.51570411),
        ("beta", 0.2379098700162, 2439.648976121, 9759.590908866),
        ("delta", 0.0005031012368962, 5.159056315719, 14.46989192872),
        ("epsilon", 0.05991252288667, 614.3735234999, 2395.633926074),
        ("eta", 0.3307674762531, 3391.858163429, 13007.57645549),
        ("gamma", 0.01676513015931, 171.9181832385, 747.0360657231),
        ("iota", 0.3715936989682, 3810.511044198, 14851.05899416),
        ("kappa", 0.02594244597934, 266.027053721, 1132.757839286),
        ("lambda", 0.115995020947, 1189.472021775, 4861.827307603),
        ("mi", 0.0002021733636597, 2.073188639116, 6.191592756416),
        ("theta", 0.1855255627797, 1902.473610065, 7392.077193901),
        ("zeta", 0.0364748145363, 374.0313251048, 1440.235707318),
    ],
    [
        ("alpha", 0.5464201290185, 5748.098649509, 19409.80982381),
        ("beta", 0.2286725229978, 2405.534040235, 9749.211539488),
        ("delta", 0.0004820396277556, 5.070844184106, 14.24048761345),
        ("epsilon", 0.05926408851446, 623.4320609057, 2431.86886279),
        ("eta", 0.3228339444646, 3396.070645359, 12982.20863867),
        ("gamma", 0.01696675807082, 178.4828083266, 787.0609216707),
        ("iota", 0.3603791049526, 3791.029166898, 14833.74330056),
        ("kappa", 0.0251188621641, 264.2393462738, 1135.045029046),
        ("lambda", 0.109390521697, 1150.740019708, 4756.692687159),
        ("mi", 0.0002021733636594, 2.126774576743, 6.262322324986),
        ("theta", 0.1758450797458, 1849.812647322, 7275.253092313),
        ("zeta", 0.03520708477377, 370.3629967014, 1421.574881762),
    ],
];

/// (channel, conversions, value): the Shapley value by brute force over the 2^12 coalitions.
#[rustfmt::skip]
static SHAPLEY: [(&str, f64, f64); 12] = [
    ("alpha", 7627.944047619, 24755.41965899),
    ("beta", 1982.739285714, 8477.344598346),
    ("delta", 2.292857142857, 6.257228571429),
    ("epsilon", 374.6773809524, 1534.318656944),
    ("eta", 3613.655952381, 14054.94042482),
    ("gamma", 138.1857142857, 650.1866545285),
    ("iota", 3505.044047619, 14522.78692843),
    ("kappa", 159.0571428571, 711.36855),
    ("lambda", 987.7821428571, 4243.451635886),
    ("mi", 2.666666666667, 7.698333333333),
    ("theta", 1190.963095238, 5028.248489975),
    ("zeta", 199.9916666667, 810.950427381),
];

fn sample_paths() -> Option<Paths> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/attribution/channelattribution_PathData.csv");
    if !Path::new(file).exists() {
        eprintln!("skipped: {file} is not there");
        return None;
    }
    let mut paths = Paths::new(">").unwrap();
    for record in csv::ReaderBuilder::new().delimiter(b';').from_path(file).unwrap().records() {
        let record = record.unwrap();
        let number = |column: usize| record[column].parse::<f64>().unwrap();
        paths.push(&record[0], number(1), number(2), number(3)).unwrap();
    }
    Some(paths)
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found}, not {expected}");
}

#[test]
fn agrees_with_a_dense_solve_in_numpy() {
    let Some(paths) = sample_paths() else { return };
    for (order, reference) in (1..).zip(&BY_ORDER) {
        let answer = attribute_paths(&paths, &select("markov").unwrap(), order);
        let rows = answer.models[0].rows.as_ref().unwrap();
        assert_eq!(rows.len(), reference.len());
        for (channel, effect, conversions, value) in reference {
            let row = rows.iter().find(|row| row.channel.as_deref() == Some(channel)).unwrap();
            near(row.removal_effect.unwrap(), *effect);
            near(row.conversions, *conversions);
            near(row.value, *value);
        }
        let chain = answer.chain.unwrap();
        assert_eq!((chain.order, chain.states), (order, [13, 125, 967][order as usize - 1]));
        assert!(chain.residual < 1e-14, "order {order}: {:e}", chain.residual);
    }
}

#[test]
fn shapley_agrees_with_brute_force() {
    let Some(paths) = sample_paths() else { return };
    let answer = attribute_paths(&paths, &select("shapley").unwrap(), 1);
    for (channel, conversions, value) in SHAPLEY {
        let row = answer.models[0].rows.as_ref().unwrap().iter().find(|row| row.channel.as_deref() == Some(channel)).unwrap();
        near(row.conversions, conversions);
        near(row.value, value);
    }
}

/// Journeys as one letter per touch, with conversions and nulls; removal effects in percent, by hand.
#[test]
fn removal_effects_as_worked_out_by_hand() {
    let table: &[(&[(&str, f64, f64)], &[(&str, f64)])] = &[
        // All go through a; half of them also through b, and b alone is not enough.
        (&[("a", 1.0, 0.0), ("a>b", 1.0, 0.0)], &[("a", 100.0), ("b", 50.0)]),
        (&[("a", 1.0, 1.0), ("b", 1.0, 3.0)], &[("a", 50.0), ("b", 50.0)]),
        // 4 in 5 start with a, from which a half convert and a quarter go on to b; from there every second converts: 3 in 5 in all.
        (&[("a", 2.0, 1.0), ("a>b", 1.0, 0.0), ("b", 0.0, 1.0)], &[("a", 250.0 / 3.0), ("b", 100.0 / 3.0)]),
        // Staying is no other place.
        (&[("a>a>a>b", 1.0, 1.0)], &[("a", 100.0), ("b", 100.0)]),
        (&[("a", 0.0, 5.0)], &[("a", 0.0)]),
    ];
    for (rows, expected) in table {
        let mut paths = Paths::new(">").unwrap();
        rows.iter().for_each(|(path, conversions, nulls)| paths.push(path, *conversions, *conversions, *nulls).unwrap());
        let answer = attribute_paths(&paths, &select("markov").unwrap(), 1);
        for (channel, percent) in *expected {
            let row = answer.models[0].rows.as_ref().unwrap().iter().find(|row| row.channel.as_deref() == Some(channel)).unwrap();
            assert!((row.removal_effect.unwrap() * 100.0 - percent).abs() < 1e-9, "{rows:?} {row:?}");
        }
    }
}

/// Companies 1 and 2 win, 3 looks and goes.
fn record() -> Delta {
    let touches = [(1, 1.0, "ad"), (1, 2.0, "mail"), (2, 3.0, "ad"), (3, 4.0, "ad"), (3, 5.0, "mail"), (1, 9.0, "mail")];
    Delta {
        companies: (1..=3).map(company).collect(),
        people: (1..=3).map(|id| person(id, Some(id))).collect(),
        touches: (1..).zip(touches).map(|(id, (person, on, channel))| touch(id, person, on, channel)).collect(),
        deals: vec![deal(1, None, &[1], Some(eur(10)), 0.0), deal(2, None, &[2], Some(eur(30)), 0.0)],
        deal_transitions: vec![moved(1, 1, DealStage::Won, 6.0), moved(2, 2, DealStage::Won, 7.0)],
        ..Delta::default()
    }
}

#[test]
fn unconverted_journeys_count_as_null() {
    let facts = |question: &Question| {
        let answers = attribute(&history(record()), question, &[find("markov").unwrap()]);
        let chain = answers[0].chain.clone().unwrap();
        (chain.converted, chain.unconverted, answers[0].rows.first().map_or(0.0, |row| (row.removal_effect.unwrap() * 1000.0).round()))
    };
    // Company 3, and what company 1 did after its signature: 3 in 4 journeys start with the ad, from which 5 in 9 convert, of 1 in 2.
    assert_eq!(facts(&question()), (2, 2, 833.0));
    let before = Question { as_of: day(8.0), ..question() };
    assert_eq!(facts(&before), (2, 1, 1000.0));
    let mut customers = question();
    customers.settings.goal = Goal::Customers;
    assert_eq!(facts(&customers), (2, 1, 1000.0));
    let mut by_person = question();
    by_person.settings.journey = Journey::Person;
    assert_eq!(facts(&by_person), (2, 2, 833.0));
    let mut short = question();
    short.settings.lookback_days = 1;
    assert_eq!(facts(&short).0, 0);
}

/// Deals are split so that they add up to what the chain gives each channel, wherever their own touches allow it.
#[test]
fn deals_add_up_to_the_chain() {
    let history = history(record());
    let markov = find("markov").unwrap();
    let answer = &attribute(&history, &question(), &[markov])[0];
    let chain = answer.chain.as_ref().unwrap();
    assert!(chain.misplaced_conversions < 1e-9 && chain.residual < 1e-14, "{chain:?}");
    let effects: f64 = answer.rows.iter().map(|row| row.removal_effect.unwrap()).sum();
    for row in &answer.rows {
        near(row.conversions, 2.0 * row.removal_effect.unwrap() / effects);
        let behind = deals_behind(&history, &question(), markov, RowOf::Label(row.label.as_deref()), 0, 10);
        near(behind.conversions, row.conversions);
        assert_eq!(behind.revenue, row.revenue);
    }
}

/// Journeys over few channels, with how often each converted, what that brought and how often it did not.
fn journeys() -> impl Strategy<Value = Vec<(Vec<u32>, u64, u64, u64)>> {
    prop::collection::vec((prop::collection::vec(0_u32..5, 1..9), 0_u64..4, 0_u64..4, 0_u64..900), 1..40)
}

fn counted(journeys: &[(Vec<u32>, u64, u64, u64)], order: u32) -> Counts<u64> {
    let mut counts = Counts::new(Shape::of(order, 5), 1);
    for (channels, conversions, nulls, worth) in journeys {
        let worth = if *conversions > 0 { *worth } else { 0 };
        counts.observe(0, channels.iter().copied(), Ends { conversions: *conversions, nulls: *nulls, worth });
    }
    counts
}

proptest! {
    /// One factorization says the same as a solution for each channel.
    #[test]
    fn the_two_ways_to_solve_agree(journeys in journeys()) {
        let chain = Chain::of(&counted(&journeys, 1).sorted(), |_| 1.0);
        prop_assume!(chain.states() > 0);
        let (effects, swept) = (chain.effects(), chain.swept(20_000));
        for (found, other) in effects.conversions.iter().zip(&swept.conversions) {
            prop_assert!((found - other).abs() < 1e-9, "{:?} {:?}", effects, swept);
        }
        prop_assert!(chain.worth <= 0.0 || effects.worth.iter().zip(&swept.worth).all(|(found, other)| (found - other).abs() < 1e-9));
    }

    /// Sweeps that end too soon leave an error, and say so.
    #[test]
    fn sweeps_that_end_too_soon_say_so(journeys in journeys()) {
        let chain = Chain::of(&counted(&journeys, 2).sorted(), |_| 1.0);
        let (early, late) = (chain.effects_within(1), chain.effects());
        prop_assert!(late.residual <= 1e-12);
        prop_assert!(chain.conversions <= 0.0 || early.residual > late.residual);
    }

    /// In blocks or not, in one list or merged, forwards or backwards.
    #[test]
    fn counting_has_no_order(journeys in journeys(), order in 1_u32..=3, split in 0_usize..40) {
        let (left, right) = journeys.split_at(split.min(journeys.len()));
        let merged = counted(right, order).merge(counted(left, order));
        prop_assert_eq!(merged.sorted(), counted(&journeys, order).sorted());
        let mut apart = Counts::new(Shape::of(order, 5), 3);
        for (block, (channels, conversions, nulls, worth)) in journeys.iter().enumerate() {
            let ends = Ends { conversions: *conversions, nulls: *nulls, worth: if *conversions > 0 { *worth } else { 0 } };
            apart.observe(block as u64 % 3, channels.iter().copied(), ends);
        }
        let (apart, whole) = (apart.sorted(), counted(&journeys, order).sorted());
        prop_assert_eq!(Sorted::weighted(&apart.steps, |_| 1.0), Sorted::weighted(&whole.steps, |_| 1.0));
    }

    /// The closed form is the Shapley value: the mean of what a channel adds over all orders in which the channels can join.
    #[test]
    fn shapley_is_the_mean_over_all_orders(journeys in journeys()) {
        let mut paths = Paths::new(">").unwrap();
        let mut worth = [0.0; 32];
        for (channels, conversions, _, _) in &journeys {
            let path = channels.iter().map(u32::to_string).collect::<Vec<_>>().join(">");
            paths.push(&path, *conversions as f64, 0.0, 0.0).unwrap();
            let set = channels.iter().fold(0_usize, |set, channel| set | 1 << channel);
            (0..32_usize).filter(|coalition| coalition & set == set).for_each(|coalition| worth[coalition] += *conversions as f64);
        }
        let mut added = [0.0; 5];
        let orders = permutations(5);
        for order in &orders {
            let mut joined = 0_usize;
            for channel in order {
                added[*channel] += worth[joined | 1 << channel] - worth[joined];
                joined |= 1 << channel;
            }
        }
        let answer = attribute_paths(&paths, &select("shapley").unwrap(), 1);
        for row in answer.models[0].rows.as_ref().unwrap() {
            let channel: usize = row.channel.as_deref().unwrap().parse().unwrap();
            prop_assert!((row.conversions - added[channel] / orders.len() as f64).abs() < 1e-9);
        }
    }
}

fn permutations(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![vec![]];
    }
    let shorter = permutations(of - 1);
    shorter
        .iter()
        .flat_map(|order| {
            (0..of).map(|place| {
                let mut longer = order.clone();
                longer.insert(place, of - 1);
                longer
            })
        })
        .collect()
}

#[test]
fn all_models_are_asked_at_once() {
    assert_eq!(attribute(&history(record()), &question(), MODELS).iter().filter(|answer| answer.chain.is_some()).count(), 1);
}
