//! Criteria that differ, condition by condition: "MQL now needs number of employees at least 50 instead of 20".

use serde::Deserialize;
use toml::Value;

use super::{DifferenceKind, words};
use crate::{
    agreement::{Criterion, FieldTest, Test},
    fields,
    judging::words as say,
};

type Line = (DifferenceKind, String);

pub fn lines(clause: &str, old: Option<&Value>, new: Option<&Value>) -> Vec<Line> {
    let about = words::subject(clause);
    let read = |value: Option<&Value>| value.and_then(|value| Criterion::deserialize(value.clone()).ok());
    match (read(old), read(new)) {
        (Some(old), Some(new)) => between(&about, &old, &new),
        (None, Some(new)) => vec![(DifferenceKind::Added, format!("{about} now comes by itself where {}", say(&new)))],
        (Some(old), None) => {
            vec![(DifferenceKind::Removed, format!("{about} no longer comes by itself (it did where {})", say(&old)))]
        }
        (None, None) => vec![(words::kind_of(old, new), format!("The conditions of {about} changed"))],
    }
}

fn between(about: &str, old: &Criterion, new: &Criterion) -> Vec<Line> {
    let mut lines = Vec::new();
    compare(about, "needs", old, new, &mut lines);
    if lines.is_empty() {
        lines.push((DifferenceKind::Reordered, format!("The conditions of {about} are in another order: {}", say(new))));
    }
    lines
}

fn compare(about: &str, verb: &str, old: &Criterion, new: &Criterion, lines: &mut Vec<Line>) {
    if old == new {
        return;
    }
    match (old, new) {
        (Criterion::All(old), Criterion::All(new)) => groups(about, "needs", old, new, lines),
        (Criterion::Any(old), Criterion::Any(new)) => groups(about, "is content with", old, new, lines),
        (Criterion::None(old), Criterion::None(new)) => groups(about, "rules out", old, new, lines),
        _ => {
            let (before, after) = apart(old, new);
            lines.push((DifferenceKind::Changed, format!("{about} now {verb} {after} instead of {before}")));
        }
    }
}

fn groups(about: &str, verb: &str, old: &[Criterion], new: &[Criterion], lines: &mut Vec<Line>) {
    let mut gone: Vec<&Criterion> = unmatched(old, new);
    for added in unmatched(new, old) {
        match gone.iter().position(|other| alike(other, added)) {
            Some(at) => compare(about, verb, gone.remove(at), added, lines),
            None => lines.push((DifferenceKind::Added, format!("{about} now also {verb} {}", say(added)))),
        }
    }
    for removed in gone {
        lines.push((DifferenceKind::Removed, format!("{about} no longer {verb} {}", say(removed))));
    }
}

/// Those of `from` that `of` lacks; one that stands twice must be there twice.
fn unmatched<'a>(from: &'a [Criterion], of: &[Criterion]) -> Vec<&'a Criterion> {
    let mut rest: Vec<_> = of.iter().collect();
    let mut lacks = |criterion: &Criterion| match rest.iter().position(|other| *other == criterion) {
        Some(at) => {
            rest.swap_remove(at);
            false
        }
        None => true,
    };
    from.iter().filter(|criterion| lacks(criterion)).collect()
}

/// Whether the two are about the same thing, so that one took the place of the other.
fn alike(old: &Criterion, new: &Criterion) -> bool {
    match (old, new) {
        (Criterion::Field(old), Criterion::Field(new)) => {
            old.field == new.field && std::mem::discriminant(&old.test) == std::mem::discriminant(&new.test)
        }
        (Criterion::Score(old), Criterion::Score(new)) => old.score == new.score,
        (Criterion::Activity(old), Criterion::Activity(new)) => old.filter == new.filter,
        _ => std::mem::discriminant(old) == std::mem::discriminant(new),
    }
}

/// Two conditions in words; of numbers on the same field only the number is repeated.
fn apart(old: &Criterion, new: &Criterion) -> (String, String) {
    if let (Criterion::Field(FieldTest { field, test: was }), Criterion::Field(FieldTest { field: other, test: is })) = (old, new)
        && field == other
    {
        let name = fields::words(field);
        match (was, is) {
            (Test::AtLeast(was), Test::AtLeast(is)) => return (was.to_string(), format!("{name} of at least {is}")),
            (Test::AtMost(was), Test::AtMost(is)) => return (was.to_string(), format!("{name} of at most {is}")),
            _ => {}
        }
    }
    (format!("“{}”", say(old)), format!("“{}”", say(new)))
}
