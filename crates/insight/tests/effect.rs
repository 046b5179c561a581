//! Story 5 of `docs/sample-company.md`, found by the effect of the Agreement: with version 2 sales follows up faster, and nothing else
//! that is looked at changed.

#[path = "diagnosis/company.rs"]
mod company;

use alignment::{calendar::WorkCalendar, instant::MICROS_PER_DAY};
use insight::effect::{Change, ChangeSeen, NumberSeen, Settings, Verdict, effect};

fn second_version(seed: u64) -> ChangeSeen {
    let question = company::question();
    let second = sample::generate(seed, question.as_of, 0.01).second;
    let promises = &second.agreement.promises;
    let settings = Settings {
        window_days: 90,
        within_days: None,
        review_minutes_max: i64::from(promises.review_hours_max) * 60,
        first_attempt_minutes_max: i64::from(promises.first_attempt_hours_max) * 60,
    };
    let change = Change { version: Some(2), at: second.effective_at };
    let calendar = WorkCalendar::of(&second.agreement.calendar);
    let mut found = effect(&company::history(seed, 1.0), &question, &calendar, &[change], settings).changes;
    for number in &found[0].numbers {
        let Some(difference) = number.now.difference else { continue };
        let (before, after) = (&number.now.before, &number.now.after);
        println!(
            "seed {seed} {:26} {:?} ({}) -> {:?} ({}): {:.3} {:?} p {:?} {:?}",
            number.key,
            before.value,
            before.n,
            after.value,
            after.n,
            difference.value,
            difference.interval,
            number.p_adjusted,
            number.verdict
        );
    }
    found.remove(0)
}

fn of<'a>(change: &'a ChangeSeen, key: &str) -> &'a NumberSeen {
    change.numbers.iter().find(|number| number.key == key).expect("the number is looked at")
}

#[test]
fn version_2_went_with_a_faster_follow_up_and_with_nothing_else() {
    let of_seeds: Vec<ChangeSeen> = [sample::SEED, 11, 2_026].map(second_version).into();
    let differences: Vec<_> =
        of_seeds.iter().map(|change| of(change, "follow_up_working_hours").now.difference.expect("both sides are recorded")).collect();
    // What is true of all seeds is what the sample was made with.
    let told = differences.iter().map(|difference| difference.value).sum::<f64>() / differences.len() as f64;
    println!("told: {told:.2} hours");
    for (change, difference) in of_seeds.iter().zip(&differences) {
        assert!(change.too_early_until.is_none() && change.window_days >= 55.0, "{change:?}");
        let follow_up = of(change, "follow_up_working_hours");
        assert_eq!(follow_up.verdict, Verdict::Better, "{follow_up:?}");
        let (low, high) = difference.interval;
        assert!(high < 0.0 && (low..=high).contains(&told), "{low} to {high}, told {told}");
        // Who is faster also answers more in time, where it shows.
        let told_of = ["follow_up_working_hours", "answered_in_time_rate"];
        let is_moved = |number: &&NumberSeen| matches!(number.verdict, Verdict::Better | Verdict::Worse);
        let moved: Vec<_> = change.numbers.iter().filter(is_moved).map(|number| number.key).filter(|key| !told_of.contains(key)).collect();
        assert!(moved.is_empty(), "a story that nobody told: {moved:?}");
    }
}

/// The months before knew nothing of it.
#[test]
fn around_a_day_before_nothing_changed() {
    let question = company::question();
    let agreement = sample::generate(sample::SEED, question.as_of, 0.01).agreement;
    let promises = &agreement.promises;
    let settings = Settings {
        window_days: 60,
        within_days: Some(30),
        review_minutes_max: i64::from(promises.review_hours_max) * 60,
        first_attempt_minutes_max: i64::from(promises.first_attempt_hours_max) * 60,
    };
    let at = alignment::Instant(question.as_of.0 - 400 * MICROS_PER_DAY);
    let calendar = WorkCalendar::of(&agreement.calendar);
    let found = effect(&company::history(sample::SEED, 1.0), &question, &calendar, &[Change { version: None, at }], settings);
    for number in &found.changes[0].numbers {
        assert!(!matches!(number.verdict, Verdict::Better | Verdict::Worse), "{number:?}");
    }
}
