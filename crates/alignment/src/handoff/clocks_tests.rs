use proptest::prelude::*;

use super::*;
use crate::{Currency, agreement::Agreement, agreement::EscalationAction, instant::MICROS_PER_MINUTE};

/// Monday, 2 March 2026, in a zone that is at UTC.
const MONDAY: &str = "2026-03-02";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Nine to six; a review in 9 hours, an attempt in 8, 2 attempts in 7 days, qualified in 14.
fn agreement() -> Agreement {
    let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
    agreement.promises.review_hours_max = 9;
    agreement.promises.attempts_min = 2;
    agreement.promises.qualification_days_max = 14;
    agreement
}

/// `tue 09:50`, or `tue2 09:50` in the second week.
fn at(text: &str) -> Instant {
    let (day, clock) = text.split_once(' ').unwrap();
    let (name, week) = day.split_at(3);
    let week: i64 = if week.is_empty() { 1 } else { week.parse().unwrap() };
    let day = DAYS.iter().position(|known| *known == name).unwrap() as i64 + 7 * (week - 1);
    let minute = clock[..2].parse::<i64>().unwrap() * 60 + clock[3..].parse::<i64>().unwrap();
    MONDAY.parse::<Instant>().unwrap().plus_days(day).plus_micros(minute * MICROS_PER_MINUTE)
}

fn shown(at: Instant) -> String {
    let minutes = (at.0 - MONDAY.parse::<Instant>().unwrap().0) / MICROS_PER_MINUTE;
    let (day, minute) = (minutes / 1440, minutes % 1440);
    let week = if day < 7 { String::new() } else { (day / 7 + 1).to_string() };
    format!("{}{week} {:02}:{:02}", DAYS[(day % 7) as usize], minute / 60, minute % 60)
}

/// What a lead went through, such as `mon 09:50 mql, tue 10:05 rejected`; `-` for an instant that nobody knows.
#[derive(Default)]
struct Story {
    entries: Vec<(Stage, Option<Instant>)>,
    attempts: Vec<Instant>,
    pauses: Vec<Pause>,
}

fn story(text: &str) -> Story {
    let mut story = Story::default();
    for event in text.split(", ").filter(|event| !event.is_empty()) {
        let (when, what) = event.rsplit_once(' ').unwrap();
        let instant = (when != "-").then(|| at(when));
        match what {
            "attempt" => story.attempts.extend(instant),
            "asks" => story.pauses.push(Pause { from: instant.unwrap(), to: None }),
            "answers" => story.pauses.last_mut().unwrap().to = instant,
            stage => story.entries.push((Stage::parse(stage).unwrap(), instant)),
        }
    }
    story
}

fn clocks(agreement: &Agreement, recorded: StageSet, story: &Story) -> Vec<Clock> {
    let calendar = WorkCalendar::of(&agreement.calendar);
    let passed = Passed { entries: &story.entries, stages_recorded: recorded, attempts: &story.attempts, pauses: &story.pauses };
    let (promises, escalation) = (&agreement.promises, &agreement.escalation);
    clocks_of(passed, |_, _| Terms { version: 1, promises, escalation, calendar: &calendar, started_at: None })
}

/// Each clock with its due instant and what became of it.
fn verdict(agreement: &Agreement, text: &str) -> String {
    let clocks = clocks(agreement, StageSet::ALL, &story(text));
    let words = clocks.iter().map(|clock| {
        let state = match clock.outcome {
            Some(outcome) => outcome.key(),
            None if clock.paused_at.is_some() => "stands still",
            None => "runs",
        };
        format!("{} {} {state}", clock.kind.key(), shown(clock.due_at))
    });
    words.collect::<Vec<_>>().join(", ")
}

#[test]
fn reviews() {
    for (what, expected) in [
        ("", ""),
        ("mon 09:50 lead", ""),
        ("mon 09:50 mql", "review tue 09:50 runs"),
        ("mon 09:50 mql, tue 09:50 rejected", "review tue 09:50 kept"),
        ("mon 09:50 mql, tue 09:51 rejected", "review tue 09:50 breached"),
        ("mon 09:50 mql, mon 17:00 recycled", "review tue 09:50 kept"),
        ("mon 09:50 mql, mon 17:00 lost", "review tue 09:50 void"),
        ("mon 09:50 mql, wed 17:00 lost", "review tue 09:50 breached"),
        ("mon 09:50 mql, mon 12:00 opportunity", "review tue 09:50 kept"),
        ("mon 09:50 mql, mon 12:00 customer", "review tue 09:50 kept"),
        // After hours, and over the weekend.
        ("fri 17:00 mql", "review mon2 17:00 runs"),
        ("sat 12:00 mql", "review mon2 18:00 runs"),
        // Lead and MQL at one instant, in any order.
        ("mon 09:50 mql, mon 09:50 lead", "review tue 09:50 runs"),
        // Nobody knows when: no verdict.
        ("- mql, tue 09:50 rejected", ""),
        ("mon 09:50 mql, - rejected", ""),
        // Its source has it accepted before it was an MQL: nothing was there to review.
        ("tue 09:50 mql, mon 09:50 rejected", ""),
        // Taken back to a lead, then an MQL again: the first review counts, and has run on.
        ("mon 09:50 mql, mon 12:00 lead", "review tue 09:50 void"),
        ("mon 09:50 mql, mon 12:00 lead, mon 13:00 mql", "review tue 09:50 runs"),
    ] {
        assert_eq!(verdict(&agreement(), what), expected, "{what}");
    }
}

#[test]
fn clocks_of_an_accepted_lead() {
    let start = "mon 09:00 sal";
    for (what, first_attempt, attempts, qualification) in [
        ("", "runs", "runs", "runs"),
        ("mon 17:00 attempt", "kept", "runs", "runs"),
        ("mon 17:01 attempt", "breached", "runs", "runs"),
        ("mon 10:00 attempt, mon2 09:00 attempt", "kept", "kept", "runs"),
        ("mon 10:00 attempt, mon2 09:01 attempt", "kept", "breached", "runs"),
        // Sent back, or lost.
        ("mon 12:00 recycled", "void", "void", "kept"),
        ("mon 10:00 attempt, mon 12:00 recycled", "kept", "void", "kept"),
        ("mon 10:00 attempt, mon 12:00 attempt, mon 12:00 recycled", "kept", "kept", "kept"),
        ("tue 12:00 lost", "breached", "void", "kept"),
        ("tue2 12:00 rejected", "breached", "breached", "kept"),
        ("tue3 12:00 recycled", "breached", "breached", "breached"),
        // Qualified: whoever was won over needs no more attempts.
        ("mon 10:00 attempt, mon 12:00 sql", "kept", "kept", "kept"),
        ("mon 12:00 sql", "void", "kept", "kept"),
        ("tue3 12:00 sql", "breached", "breached", "breached"),
        ("mon 12:00 customer", "void", "kept", "kept"),
        // An attempt after the pass was over does not count.
        ("tue 12:00 lost, wed 12:00 attempt", "breached", "void", "kept"),
        // Taken back to marketing.
        ("mon 12:00 mql", "void", "void", "void"),
        // And accepted again: nobody gains time by that.
        ("mon 12:00 mql, mon 13:00 sal", "runs", "runs", "runs"),
        ("mon 12:00 mql, mon 13:00 sal, mon 16:00 attempt", "kept", "runs", "runs"),
        // Qualified, then taken back to SAL: what ended a clock has ended it.
        ("mon 10:00 attempt, mon 12:00 sql, tue 12:00 sal", "kept", "kept", "kept"),
        ("tue3 12:00 sql, wed3 12:00 sal", "breached", "breached", "breached"),
        // Over, nobody knows when.
        ("- lost", "", "", ""),
        ("mon 10:00 attempt, - lost", "kept", "", ""),
    ] {
        let wanted =
            [("first_attempt mon 17:00", first_attempt), ("attempts mon2 09:00", attempts), ("qualification mon3 09:00", qualification)];
        let wanted = wanted.iter().filter(|(_, state)| !state.is_empty()).map(|(clock, state)| format!("{clock} {state}"));
        let text = if what.is_empty() { start.to_owned() } else { format!("{start}, {what}") };
        let found = verdict(&agreement(), &text);
        let found: Vec<_> =
            found.split(", ").filter(|clock| !clock.is_empty() && !clock.starts_with("review")).map(str::to_owned).collect();
        assert_eq!(found, wanted.collect::<Vec<_>>(), "{what}");
    }
}

#[test]
fn an_open_question_stops_working_clocks() {
    for (what, expected) in [
        ("mon 09:50 mql, mon 11:00 asks", "review tue 09:50 stands still"),
        ("mon 09:50 mql, mon 11:00 asks, mon 12:00 answers", "review tue 10:50 runs"),
        // Only working time is given back.
        ("mon 09:50 mql, mon 17:00 asks, tue 10:00 answers", "review tue 11:50 runs"),
        ("mon 09:50 mql, mon 18:30 asks, tue 08:00 answers", "review tue 09:50 runs"),
        // Two questions at one time stop it once.
        ("mon 09:50 mql, mon 11:00 asks, mon 13:00 answers, mon 12:00 asks, mon 14:00 answers", "review tue 12:50 runs"),
        ("mon 09:50 mql, mon 11:00 asks, mon 12:00 answers, mon 15:00 asks, mon 16:00 answers", "review tue 11:50 runs"),
        // A decision while the question is open is in time; due is then what was left when it was asked, from the decision on.
        ("mon 09:50 mql, mon 11:00 asks, fri 12:00 sal", "review mon2 10:50 kept"),
        // A question after the due instant helps no more.
        ("mon 09:50 mql, tue 10:00 asks", "review tue 09:50 runs"),
        ("mon 09:50 mql, tue 10:00 asks, wed 10:00 answers, wed 11:00 rejected", "review tue 09:50 breached"),
        // Asked before it was an MQL.
        ("mon 10:00 mql, mon 09:00 asks, mon 12:00 answers", "review tue 12:00 runs"),
    ] {
        let found = verdict(&agreement(), what);
        assert_eq!(found.split(", ").next(), Some(expected), "{what}");
    }
    let mut without = agreement();
    without.escalation.question_pauses = false;
    assert_eq!(verdict(&without, "mon 09:50 mql, mon 11:00 asks"), "review tue 09:50 runs");
    let days = verdict(&agreement(), "mon 09:00 sal, mon 10:00 asks, wed 10:00 answers");
    assert!(days.contains("attempts mon2 09:00") && days.contains("first_attempt wed 17:00"), "{days}");
}

#[test]
fn what_was_not_promised_or_cannot_be_seen_has_no_clock() {
    let mut none = agreement();
    none.promises.first_attempt_hours_max = 0;
    none.promises.attempts_min = 0;
    none.promises.qualification_days_max = 0;
    assert_eq!(verdict(&none, "mon 09:00 sal"), "");
    // A source that records MQLs and customers, and nothing in between.
    let recorded = StageSet::of(&[Stage::Lead, Stage::Mql, Stage::Customer]);
    assert_eq!(clocks(&agreement(), recorded, &story("mon 09:50 mql")), []);
}

#[test]
fn a_clock_that_has_started_keeps_its_start_and_terms() {
    let agreement = agreement();
    let calendar = WorkCalendar::of(&agreement.calendar);
    let (promises, escalation) = (&agreement.promises, &agreement.escalation);
    let story = story("mon 12:00 mql");
    let passed = Passed { entries: &story.entries, stages_recorded: StageSet::ALL, attempts: &[], pauses: &[] };
    let started_at = Some(at("mon 09:50"));
    let clocks = clocks_of(passed, |_, _| Terms { version: 3, promises, escalation, calendar: &calendar, started_at });
    assert_eq!((clocks[0].started_at, shown(clocks[0].due_at).as_str(), clocks[0].version), (at("mon 09:50"), "tue 09:50", 3));
}

#[test]
fn warnings_and_steps_in_working_time() {
    let mut agreement = agreement();
    let calendar = WorkCalendar::of(&agreement.calendar);
    let clock = &clocks(&agreement, StageSet::ALL, &story("fri 17:00 mql"))[0];
    assert_eq!(shown(clock.warn_at), "mon2 14:45", "three quarters of nine hours");
    assert_eq!(clock.breached_at(clock.due_at), None, "kept up to the very instant");
    assert_eq!(clock.breached_at(clock.due_at.plus_micros(1)), Some(clock.due_at));
    agreement.escalation.steps.push(crate::agreement::EscalationStep { after_minutes: 600, action: EscalationAction::OffRota });
    for (taken, now, expected, next) in [
        (0, "mon2 17:00", &[][..], Some("mon2 17:00")),
        (0, "mon2 17:01", &[EscalationAction::Escalate], Some("tue2 12:00")),
        (1, "tue2 12:00", &[], Some("tue2 12:00")),
        (1, "tue2 12:01", &[EscalationAction::Reassign], Some("tue2 18:00")),
        (0, "fri2 09:00", &[EscalationAction::Escalate, EscalationAction::Reassign, EscalationAction::OffRota], None),
        (3, "fri2 09:00", &[], None),
        (9, "fri2 09:00", &[], None),
    ] {
        let (steps, following) = steps_due(&agreement.escalation, &calendar, clock.due_at, taken, at(now));
        let actions: Vec<_> = steps.iter().map(|step| step.action).collect();
        assert_eq!((actions.as_slice(), following.map(shown).as_deref()), (expected, next), "{taken} taken, {now}");
    }
}

proptest! {
    /// Whatever happens, in whatever order it is told.
    #[test]
    fn a_clock_is_over_exactly_if_it_has_an_outcome(
        entries in prop::collection::vec((0_u8..10, prop::option::of(0_i64..40_000)), 0..6),
        attempts in prop::collection::vec(0_i64..40_000, 0..6),
        asked in prop::collection::vec((0_i64..40_000, prop::option::of(0_i64..5_000)), 0..3),
    ) {
        let minute = |minute: i64| MONDAY.parse::<Instant>().unwrap().plus_micros(minute * MICROS_PER_MINUTE);
        let mut told = Story {
            entries: entries.iter().map(|(stage, at)| (Stage::ALL[*stage as usize], at.map(minute))).collect(),
            attempts: attempts.into_iter().map(minute).collect(),
            pauses: asked.iter().map(|(from, length)| Pause { from: minute(*from), to: length.map(|length| minute(from + length)) }).collect(),
        };
        told.attempts.sort_unstable();
        let found = clocks(&agreement(), StageSet::ALL, &told);
        for clock in &found {
            prop_assert_eq!(clock.ended_at.is_some(), clock.outcome.is_some());
            prop_assert!(clock.started_at <= clock.warn_at && clock.warn_at <= clock.due_at);
            prop_assert!(clock.ended_at.is_none_or(|ended| ended >= clock.started_at));
            let now = clock.ended_at.unwrap_or(Instant::MAX);
            let late = clock.breached_at(now).is_some();
            prop_assert!(clock.outcome.is_none_or(|outcome| late == (outcome == Outcome::Breached)));
        }
        told.entries.reverse();
        told.pauses.reverse();
        prop_assert_eq!(clocks(&agreement(), StageSet::ALL, &told), found);
    }
}
