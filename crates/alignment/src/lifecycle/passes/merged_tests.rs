//! Two people who are one: which of their passes join, as a table and as properties.

use proptest::prelude::*;

use super::*;
use crate::instant::MICROS_PER_DAY;

fn day(day: i64) -> Instant {
    Instant(day * MICROS_PER_DAY)
}

/// `1 lead, 3 mql, 9 rejected @events`: entries by day, and the product line.
fn pass(id: i64, words: &str) -> Pass {
    let (entries, line) = words.split_once(" @").map_or((words, None), |(entries, line)| (entries, Some(line.to_owned())));
    let entry = |words: &str| {
        let (at, stage) = words.split_once(' ').unwrap();
        Entry::new(Stage::parse(stage).unwrap(), day(at.parse().unwrap()))
    };
    let entries: Vec<Entry> = entries.split(", ").map(entry).collect();
    let opened_at = entries.iter().filter_map(|entry| entry.at).min().unwrap();
    Pass { id, opened_at, product_line: line, entries }
}

#[test]
fn passes_join_by_the_table() {
    type Case = (&'static str, &'static [&'static str], &'static [&'static [i64]]);
    let table: &[Case] = &[
        ("nothing", &[], &[]),
        ("one alone", &["1 lead"], &[]),
        ("both open", &["5 lead", "3 lead, 4 mql"], &[&[2, 1]]),
        ("opened at once: the lower id keeps", &["3 lead", "3 lead"], &[&[1, 2]]),
        ("one after the other", &["1 lead, 4 rejected", "5 lead"], &[]),
        ("what happens at the very end still belongs to it", &["1 lead, 4 rejected", "4 lead"], &[&[1, 2]]),
        ("other product lines go side by side", &["1 lead @events", "2 lead @ads"], &[]),
        ("without a line it is of all of them", &["1 lead", "2 lead @ads"], &[&[1, 2]]),
        ("it is of the first that it meets", &["2 lead", "1 lead @ads", "1 lead @events"], &[&[2, 1]]),
        ("one is over and was open beside the other", &["1 lead, 9 recycled", "5 lead"], &[&[1, 2]]),
        ("a chain", &["1 lead, 5 rejected", "4 lead, 9 rejected", "8 lead, 12 rejected", "20 lead"], &[&[1, 2, 3]]),
        ("two pairs", &["1 lead, 5 lost", "2 lead, 5 lost", "10 lead", "11 lead"], &[&[1, 2], &[3, 4]]),
    ];
    for (name, passes, expected) in table {
        let passes: Vec<Pass> = (1..).zip(*passes).map(|(id, words)| pass(id, words)).collect();
        let found: Vec<Vec<i64>> = merge(&passes).into_iter().map(|joined| [vec![joined.keep], joined.absorbs].concat()).collect();
        assert_eq!(found, *expected, "{name}");
    }
}

#[test]
fn what_joined_passes_are() {
    for (name, parts, expected) in [
        ("both open: the furthest", ["1 lead, 2 mql", "3 lead, 4 sql"], (Stage::Sql, None)),
        ("the double was rejected, the other goes on", ["1 lead, 2 mql, 9 rejected", "3 lead, 4 mql"], (Stage::Mql, None)),
        ("both over: the last way out", ["1 lead, 4 rejected", "2 lead, 6 recycled"], (Stage::Recycled, Some(day(6)))),
        ("a customer stays one", ["1 lead, 4 customer", "2 lead"], (Stage::Customer, Some(day(4)))),
    ] {
        let parts = [pass(1, parts[0]), pass(2, parts[1])];
        let joined = join(&[&parts[1], &parts[0]]);
        let stage = standing(&joined.entries).map(|(stage, _)| stage);
        assert_eq!((joined.id, stage, joined.ended_at()), (1, Some(expected.0), expected.1), "{name}");
    }
    assert_eq!(join(&[]), Pass::default());
}

/// The passes as they are afterwards.
fn merged(passes: &[Pass]) -> Vec<Pass> {
    let joined = merge(passes);
    let parts = |one: &Joined| passes.iter().filter(|pass| pass.id == one.keep || one.absorbs.contains(&pass.id)).collect::<Vec<_>>();
    let mut after: Vec<Pass> = joined.iter().map(|one| join(&parts(one))).collect();
    let gone = |id: i64| joined.iter().any(|one| one.keep == id || one.absorbs.contains(&id));
    after.extend(passes.iter().filter(|pass| !gone(pass.id)).cloned());
    after.sort_by_key(|pass| pass.id);
    after
}

fn some_passes() -> impl Strategy<Value = Vec<Pass>> {
    let stage =
        prop::sample::select(vec![Stage::Mql, Stage::Sal, Stage::Sql, Stage::Rejected, Stage::Recycled, Stage::Lost, Stage::Customer]);
    let entries = prop::collection::vec((0i64..30, stage), 0..4);
    let line = prop::sample::select(vec![None, Some("ads"), Some("events")]);
    let one = (1i64..80, entries, line).prop_map(|(opened, entries, line)| {
        let later = entries.into_iter().map(|(after, stage)| Entry::new(stage, day(opened + after)));
        let entries = std::iter::once(Entry::new(Stage::Lead, day(opened))).chain(later).collect();
        Pass { id: 0, opened_at: day(opened), product_line: line.map(str::to_owned), entries }
    });
    prop::collection::vec(one, 0..8).prop_map(|passes| (1..).zip(passes).map(|(id, pass)| Pass { id, ..pass }).collect())
}

proptest! {
    #[test]
    fn one_open_pass_per_line_at_any_instant(passes in some_passes()) {
        let after = merged(&passes);
        for at in (0..120).map(day) {
            let open: Vec<&Pass> = after.iter().filter(|pass| pass.is_open_at(at)).collect();
            for (index, one) in open.iter().enumerate() {
                prop_assert!(open[index + 1..].iter().all(|other| !one.is_of(other.product_line.as_deref())), "at {:?}: {:?}", at, open);
            }
        }
    }

    #[test]
    fn no_entry_is_lost_but_ways_out_of_a_double(passes in some_passes()) {
        let count = |passes: &[Pass], exits: bool| -> usize {
            passes.iter().flat_map(|pass| &pass.entries).filter(|entry| exits || !entry.stage.is_exit()).count()
        };
        let after = merged(&passes);
        prop_assert_eq!(count(&passes, false), count(&after, false));
        if passes.iter().all(|pass| pass.ended_at().is_some()) {
            prop_assert_eq!(count(&passes, true), count(&after, true));
        }
        // Whoever was in the funnel is not thrown out of it by a double.
        for pass in passes.iter().filter(|pass| pass.ended_at().is_none()) {
            let whole = after.iter().find(|other| other.is_of(pass.product_line.as_deref()) && other.opened_at <= pass.opened_at
                && (other.ended_at().is_none() || standing(&other.entries).is_some_and(|(stage, _)| stage == Stage::Customer)));
            prop_assert!(whole.is_some(), "{:?}", pass);
        }
    }

    #[test]
    fn the_order_does_not_matter_and_again_does_nothing(passes in some_passes(), seed: u64) {
        let mut shuffled = passes.clone();
        shuffled.sort_by_key(|pass| (pass.id as u64).wrapping_mul(seed | 1));
        prop_assert_eq!(merge(&passes), merge(&shuffled));
        prop_assert_eq!(merge(&merged(&passes)), vec![]);
    }
}
