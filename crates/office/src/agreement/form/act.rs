//! What the buttons of a form do to what stands in it: a row more, a row less, a row up or down.

use std::collections::BTreeMap;

use super::typed::Typed;

/// Carries out `add:scoring.fit`, `remove:reasons.3`, `up:..`, `down:..`, `wrap:..`, or `field:..`, `score:..`, `activity:..` and `group:..`, which
/// put a condition into a group. What is not known changes nothing.
pub fn act(typed: &mut Typed, command: &str) {
    let Some((verb, path)) = command.split_once(':') else { return };
    match verb {
        "add" => push(typed, path, fresh(path)),
        "remove" => with_item(typed, path, |list, place| drop(list.remove(place))),
        "up" => with_item(typed, path, |list, place| list.swap(place, place.saturating_sub(1))),
        "down" => with_item(typed, path, |list, place| {
            let last = list.len() - 1;
            list.swap(place, (place + 1).min(last));
        }),
        "begin" => typed.set(path, group(vec![row("field")])),
        "clear" => typed.set(path, Typed::Map(BTreeMap::from([("kind".to_owned(), Typed::text(""))]))),
        "wrap" => {
            if let Some(inner) = typed.get(path).cloned() {
                typed.set(path, group(vec![inner]));
            }
        }
        "group" => push(typed, &format!("{path}.of"), group(vec![row("field")])),
        kind @ ("field" | "score" | "activity") => push(typed, &format!("{path}.of"), row(kind)),
        _ => {}
    }
}

/// A new row, with the numbers that most have.
fn fresh(path: &str) -> Typed {
    let pairs: &[(&str, &str)] = match path.rsplit('.').next().unwrap_or_default() {
        "members" => &[("weight", "1"), ("open_leads_max", "0")],
        "engagement" => &[("half_life_days", "14"), ("points_max", "0")],
        "steps" => &[("after_minutes", "0")],
        "shifts" => &[("days", "mon tue wed thu fri"), ("from", "09:00"), ("to", "18:00")],
        _ => return Typed::default(),
    };
    Typed::Map(pairs.iter().map(|(name, text)| ((*name).to_owned(), Typed::text(*text))).collect())
}

fn push(typed: &mut Typed, path: &str, item: Typed) {
    match typed.get_mut(path) {
        Some(Typed::List(list)) => list.push(item),
        _ => typed.set(path, Typed::List(vec![item])),
    }
}

fn with_item(typed: &mut Typed, path: &str, change: impl FnOnce(&mut Vec<Typed>, usize)) {
    let Some((list, place)) = path.rsplit_once('.') else { return };
    let Ok(place) = place.parse::<usize>() else { return };
    if let Some(Typed::List(list)) = typed.get_mut(list)
        && place < list.len()
    {
        change(list, place);
    }
}

fn group(of: Vec<Typed>) -> Typed {
    Typed::Map(BTreeMap::from([("kind".to_owned(), Typed::text("all")), ("of".to_owned(), Typed::List(of))]))
}

fn row(kind: &str) -> Typed {
    let pairs: &[(&str, &str)] = match kind {
        "score" => &[("score", "total")],
        "activity" => &[("times_min", "1"), ("within_days", "30")],
        _ => &[("field", "company.industry"), ("test", "one_of")],
    };
    let mut row: BTreeMap<_, _> = pairs.iter().map(|(name, text)| ((*name).to_owned(), Typed::text(*text))).collect();
    row.insert("kind".into(), Typed::text(kind));
    Typed::Map(row)
}
