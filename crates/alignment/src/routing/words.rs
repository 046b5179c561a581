//! Why a lead went where it went, in words.

use jiff::tz::TimeZone;

use super::pool::Obstacle;
use crate::Instant;

pub(super) const AS_IT_CAME: &str = "No routing rules: the owner stays as it came.";
/// Members of a pool who are named with what kept them from the lead; the others are counted.
const NAMED_MAX: usize = 4;

pub(super) fn placed(passed: &[String], rule: &str, found: &str) -> String {
    let mut parts = passed.to_vec();
    parts.push(format!("{rule}: {found}"));
    sentences(&parts)
}

pub(super) fn queued(passed: &[String], has_no_rules: bool, queue: &str, owner: Option<&str>) -> String {
    let mut parts = passed.to_vec();
    if passed.is_empty() {
        parts.push(if has_no_rules { "No routing rules, and no owner as it came" } else { "No rule holds for it" }.into());
    }
    parts.push(match owner {
        Some(owner) => format!("It waits in the queue {queue}, which {owner} looks after"),
        None => format!("It waits in the queue {queue}"),
    });
    sentences(&parts)
}

/// `had`: turns of this member and of all who can take the lead; `weight` likewise.
pub(super) fn turn(
    pool: &str,
    name: &str,
    had: (u64, u64),
    weight: (u32, u64),
    obstacles: &[(&str, &Obstacle)],
    zone: &TimeZone,
) -> String {
    let turn = if u64::from(weight.0) == weight.1 {
        format!("pool {pool}, {name} is the only one free")
    } else if had.1 == 0 {
        format!("pool {pool}, {name} starts it")
    } else {
        format!("pool {pool}, {name} has {} of {} by weight {} of {}, fewest for it", had.0, had.1, weight.0, weight.1)
    };
    std::iter::once(turn).chain(named(obstacles, zone)).collect::<Vec<_>>().join("; ")
}

pub(super) fn nobody(pool: &str, obstacles: &[(&str, &Obstacle)], zone: &TimeZone) -> String {
    std::iter::once(format!("nobody in pool {pool} can take it")).chain(named(obstacles, zone)).collect::<Vec<_>>().join("; ")
}

pub(super) fn passed_by(name: &str) -> String {
    format!("{name} had it and let it lie")
}

pub(super) fn disabled(name: &str) -> String {
    format!("{name} can no longer sign in")
}

pub(super) fn away(name: &str, until: Instant, zone: &TimeZone) -> String {
    format!("{name} is away until {}", day_and_time(until, zone))
}

fn named(obstacles: &[(&str, &Obstacle)], zone: &TimeZone) -> Vec<String> {
    let mut words: Vec<_> = obstacles.iter().take(NAMED_MAX).map(|(name, obstacle)| obstacle_words(name, obstacle, zone)).collect();
    if obstacles.len() > NAMED_MAX {
        words.push(format!("{} others can't either", obstacles.len() - NAMED_MAX));
    }
    words
}

fn obstacle_words(name: &str, obstacle: &Obstacle, zone: &TimeZone) -> String {
    match obstacle {
        Obstacle::PassedBy => passed_by(name),
        Obstacle::Disabled => disabled(name),
        Obstacle::Away(until) => away(name, *until, zone),
        Obstacle::Full { open, max } => format!("{name} has {open} of {max} open leads"),
        Obstacle::OtherSkill => format!("{name} does not sell this product line"),
        Obstacle::OffDuty(start) if *start == Instant::MAX => format!("{name} has no working hours"),
        Obstacle::OffDuty(start) => format!("{name} starts on {}", day_and_time(*start, zone)),
        Obstacle::NoWeight => format!("{name} has weight 0"),
    }
}

fn day_and_time(at: Instant, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%a %-d %b %Y %H:%M").to_string()
}

/// Joined so that each reads as a sentence of its own.
fn sentences(parts: &[String]) -> String {
    parts.join(". ") + "."
}
