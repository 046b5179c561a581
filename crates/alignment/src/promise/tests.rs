//! Verdicts by tables; that they are monotone, that waiving harms nobody and that credits balance by properties.

use std::{collections::HashSet, fmt::Write, fs};

use proptest::prelude::*;

use super::*;
use crate::{Currency, Instant, agreement::Agreement, instant::MICROS_PER_DAY, lifecycle::Side};

const RUNS: Progress = Progress { is_over: false, elapsed_share: 0.5, working_days_left: 10 };
const OVER: Progress = Progress { is_over: true, elapsed_share: 1.0, working_days_left: 0 };

fn tally(counts: [u64; 6]) -> Tally {
    let [kept, broken, open, pressing, waived_broken, waived_open] = counts;
    Tally { kept, broken, open, pressing, waived_broken, waived_open }
}

#[test]
fn rates_are_judged() {
    use Status::*;
    // kept, broken, open, pressing, waived broken, waived open | target | while the month runs, when it is over
    for (counts, target, runs, over) in [
        ([0, 0, 0, 0, 0, 0], 0.4, NotDue, NotDue),
        ([4, 6, 0, 0, 0, 0], 0.4, Kept, Kept),
        ([3, 7, 0, 0, 0, 0], 0.4, AtRisk, Breached),
        ([3, 7, 2, 0, 0, 0], 0.4, AtRisk, AtRisk),
        ([6, 4, 20, 0, 0, 0], 0.4, Kept, AtRisk),
        ([6, 4, 5, 0, 0, 0], 0.4, Kept, Kept),
        ([0, 0, 5, 0, 0, 0], 0.4, NotDue, AtRisk),
        ([9, 0, 3, 0, 0, 0], 1.0, Kept, AtRisk),
        ([9, 0, 3, 1, 0, 0], 1.0, AtRisk, AtRisk),
        ([9, 1, 3, 0, 0, 0], 1.0, Breached, Breached),
        ([9, 0, 0, 0, 1, 0], 1.0, Kept, Kept),
        ([0, 0, 0, 0, 1, 0], 1.0, Waived, Waived),
        ([0, 0, 0, 0, 0, 2], 1.0, Waived, Waived),
    ] {
        let tally = tally(counts);
        assert_eq!(judge_rate(&tally, target, RUNS).status, runs, "running {counts:?}");
        assert_eq!(judge_rate(&tally, target, OVER).status, over, "over {counts:?}");
    }
    let open = judge_rate(&tally([3, 7, 2, 0, 0, 0]), 0.4, OVER);
    assert_eq!((open.value, open.projection.as_str()), (Some(0.3), "2 open: between 25% and 41.7% once they are decided."));
    assert_eq!(judge_rate(&Tally::default(), 0.4, OVER).value, None, "undefined is not zero");
    assert_eq!(judge_rate(&tally([9, 1, 0, 0, 0, 0]), 1.0, OVER).projection, "1 of 10 not kept; every one is promised.");
}

#[test]
fn volume_is_projected_over_working_time() {
    use Status::*;
    let at = |elapsed_share, is_over| Progress { is_over, elapsed_share, working_days_left: 5 };
    for (delivered, owed, progress, status, words) in [
        (0, 150, at(0.0, false), NotDue, "Nothing is due yet."),
        (0, 0, OVER, NotDue, "Nothing is due yet."),
        (60, 150, at(0.5, false), AtRisk, "90 to go, 5 working days are left: at this pace 120 of 150."),
        (75, 150, at(0.5, false), Kept, "75 to go, 5 working days are left: at this pace 150 of 150."),
        (150, 150, at(0.5, false), Kept, "0 above 150."),
        (149, 150, OVER, Breached, "1 short of 150."),
        (0, 150, OVER, Breached, "150 short of 150."),
        (160, 150, OVER, Kept, "10 above 150."),
    ] {
        let judged = judge_volume(delivered, owed, progress);
        assert_eq!((judged.status, judged.projection.as_str()), (status, words), "{delivered} of {owed}");
    }
}

#[test]
fn a_whole_month_can_be_waived() {
    for (status, after) in [
        (Status::Breached, Status::Waived),
        (Status::AtRisk, Status::Waived),
        (Status::Kept, Status::Kept),
        (Status::NotDue, Status::NotDue),
        (Status::NotRecorded, Status::NotRecorded),
    ] {
        assert_eq!(waived(Judgement { status, ..not_due(1.0, "") }).status, after);
    }
}

#[test]
fn stretches_of_a_month_need_a_review_each() {
    let day = |day: f64| Instant((day * MICROS_PER_DAY as f64) as i64);
    let (from, to) = (day(0.0), day(30.0));
    // reviews on | in use since | as of | kept, broken, open, pressing
    for (done, since, as_of, expected) in [
        (vec![], 0.0, 60.0, [0, 4, 0, 0]),
        (vec![0.0, 13.9, 14.0, 29.0], 0.0, 60.0, [4, 0, 0, 0]),
        (vec![1.0, 2.0], 0.0, 10.0, [1, 0, 1, 0]),
        (vec![1.0], 0.0, 13.5, [1, 0, 1, 1]),
        (vec![], 8.0, 60.0, [0, 2, 0, 0]),
        (vec![], 40.0, 60.0, [0, 0, 0, 0]),
        (vec![20.0], 0.0, 15.0, [0, 2, 1, 0]),
    ] {
        let done: Vec<_> = done.into_iter().map(day).collect();
        let found = tally_windows(from, to, 7, &done, day(since), day(as_of));
        assert_eq!([found.kept, found.broken, found.open, found.pressing], expected, "{done:?} since {since} as of {as_of}");
    }
    assert_eq!(tally_windows(from, to, 90, &[day(3.0)], day(0.0), day(60.0)).kept, 1, "longer than the month is once in it");
}

#[test]
fn credits_are_carried_over() {
    let counts = |outside_icp, late_reviews| CreditCounts { outside_icp, late_reviews };
    // carried in, delivered, promised, credits | carried out
    for (carried_in, delivered, promised, credits, out) in [
        (0, 150, 150, counts(0, 0), 0),
        (0, 150, 150, counts(12, 2), 10),
        (10, 150, 150, counts(0, 0), 10),
        (10, 156, 150, counts(0, 0), 4),
        (10, 190, 150, counts(1, 0), 1),
        (0, 190, 150, counts(0, 0), 0),
        (-8, 145, 150, counts(0, 0), -3),
        (-8, 100, 150, counts(0, 0), 0),
        (-8, 160, 150, counts(0, 3), -11),
    ] {
        assert_eq!(carry(carried_in, delivered, promised, credits), out, "{carried_in} {delivered}/{promised} {credits:?}");
    }
    assert_eq!((owed_mqls(150, 10), owed_mqls(150, -20), owed_mqls(5, -20)), (160, 130, 0));
}

proptest! {
    #[test]
    fn more_kept_is_never_worse_and_more_broken_never_better(counts in prop::array::uniform6(0_u64..40), target in 0.0_f64..=1.0, over: bool) {
        let mut base = tally(counts);
        base.pressing = base.pressing.min(base.open);
        let progress = if over { OVER } else { RUNS };
        let standing = |tally: &Tally| judge_rate(tally, target, progress).status.standing();
        let before = standing(&base);
        if base.kept + base.broken + base.open > 0 {
            let more = Tally { kept: base.kept + 1, ..base };
            prop_assert!(standing(&more) >= before);
            let more = Tally { broken: base.broken + 1, ..base };
            prop_assert!(standing(&more) <= before);
        }
        if base.broken > 0 {
            let less = Tally { broken: base.broken - 1, waived_broken: base.waived_broken + 1, ..base };
            prop_assert!(standing(&less) >= before);
        }
        if base.open > 0 {
            let open = base.open - 1;
            let less = Tally { open, pressing: base.pressing.min(open), waived_open: base.waived_open + 1, ..base };
            prop_assert!(standing(&less) >= before);
        }
        let judged = judge_rate(&base, target, progress);
        prop_assert!(waived(judged.clone()).status.standing() >= judged.status.standing());
        prop_assert_eq!(judged.value.is_none(), base.kept + base.broken == 0);
    }

    #[test]
    fn more_volume_is_never_worse(delivered in 0_u64..400, owed in 0_u64..400, elapsed in 0.0_f64..=1.0, over: bool) {
        let progress = Progress { is_over: over, elapsed_share: elapsed, working_days_left: 3 };
        let standing = |delivered| judge_volume(delivered, owed, progress).status.standing();
        prop_assert!(standing(delivered + 1) >= standing(delivered) || elapsed == 0.0 || delivered == 0);
    }

    #[test]
    fn credits_balance(months in prop::collection::vec((0_u64..300, 0_u64..40, 0_u64..40), 1..24)) {
        let promised = 150;
        let (mut carried, mut arose, mut settled_by_volume) = (0_i64, 0_i64, 0_i64);
        for (delivered, outside_icp, late_reviews) in months {
            let credits = CreditCounts { outside_icp, late_reviews };
            let next = carry(carried, delivered, promised, credits);
            let paid = carried + credits.balance() - next;
            // Volume pays off what is open and never more, and never makes a debt of something ahead.
            prop_assert!(paid.abs() <= carried.abs() && paid * carried >= 0);
            prop_assert!(paid.abs() <= (delivered as i64 - promised as i64).abs());
            (carried, arose, settled_by_volume) = (next, arose + credits.balance(), settled_by_volume + paid);
        }
        prop_assert_eq!(carried, arose - settled_by_volume);
    }
}

#[test]
fn changes_since_a_settlement_are_named() {
    let promise = find("quality").unwrap();
    let ledger = |tally: Tally, carried_out| Ledger {
        period: "2026-10".parse().unwrap(),
        agreement_version: 1,
        lines: vec![Line::of(promise, judge_rate(&tally, 0.4, OVER), String::new(), true)],
        credits: Credits { carried_out, ..Credits::default() },
    };
    let settled = ledger(tally([4, 6, 1, 0, 0, 0]), 0);
    assert_eq!(corrections(&settled, &settled), []);
    let found = corrections(&settled, &ledger(tally([4, 7, 0, 0, 0, 0]), 1));
    let words: Vec<_> = found.iter().map(|one| (one.key.as_str(), one.was.as_str(), one.is.as_str())).collect();
    assert_eq!(words[0], ("quality", "at risk, 40% of 10, 1 open", "breached, 36.4% of 11"));
    assert_eq!(words[1].0, "credits");
}

#[test]
fn no_two_promises_have_the_same_name() {
    let (mut keys, mut names) = (HashSet::new(), HashSet::new());
    let agreement = Agreement::default_for(Currency::EUR, "UTC");
    for promise in &ALL {
        assert!(keys.insert(promise.key) && names.insert(promise.name), "{}", promise.key);
        assert!((promise.target)(&agreement) > 0.0 && !(promise.target_words)(&agreement).is_empty());
        assert!(promise.clock.is_none_or(|kind| CLOCK_KINDS.contains(&kind)));
    }
    assert!(find("nothing").is_none());
}

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/promises.md");
const HEAD: &str = include_str!("docs_head.md");

/// `docs/promises.md` is made from the registry; `UPDATE=1` writes it anew.
#[test]
fn the_page_of_docs_is_current() {
    let mut page = HEAD.to_owned();
    for (side, name) in [(Side::Marketing, "Marketing"), (Side::Sales, "Sales")] {
        let _ = writeln!(page, "\n## {name} promises");
        for promise in ALL.iter().filter(|promise| promise.side == side) {
            let _ = writeln!(page, "\n### {}\n\n`{}` · {}\n\n{}\n", promise.name, promise.key, promise.unit.key(), promise.words);
            let _ = writeln!(page, "- Formula: {}.\n- {}", promise.formula, promise.docs);
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(FILE, &page).unwrap();
    }
    let written = fs::read_to_string(FILE).unwrap_or_default();
    assert!(written == page, "docs/promises.md is out of date: run UPDATE=1 cargo nextest run -p alignment promise::");
}
