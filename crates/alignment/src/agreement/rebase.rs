//! Bringing a draft that started from an older version up to the newest: the newest text with the draft's own changes on top.

use toml::{Table, Value};

use super::{
    Agreement,
    diff::tree::{is_whole, keyed, tree},
};

/// The newest text with the draft's changes kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebased {
    pub agreement: Agreement,
    /// Clauses that both changed; the draft's wording stands.
    pub both_changed: Vec<String>,
}

/// `base` is what the draft started from. Gives `None` where the two can't be read together as one Agreement.
pub fn rebase(base: &Agreement, draft: &Agreement, newest: &Agreement) -> Option<Rebased> {
    let mut both_changed = Vec::new();
    let merged = tables("", &tree(base), &tree(draft), &tree(newest), &mut both_changed);
    let agreement = Value::Table(merged).try_into().ok()?;
    Some(Rebased { agreement, both_changed })
}

fn tables(path: &str, base: &Table, mine: &Table, theirs: &Table, both: &mut Vec<String>) -> Table {
    let mut merged = Table::new();
    let only_theirs = theirs.keys().filter(|name| !mine.contains_key(*name));
    for name in mine.keys().chain(only_theirs) {
        let clause = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if let Some(value) = value(&clause, name, base.get(name), mine.get(name), theirs.get(name), both) {
            merged.insert(name.clone(), value);
        }
    }
    merged
}

fn value(
    clause: &str,
    name: &str,
    base: Option<&Value>,
    mine: Option<&Value>,
    theirs: Option<&Value>,
    both: &mut Vec<String>,
) -> Option<Value> {
    if mine == base {
        return theirs.cloned();
    }
    if theirs == base || theirs == mine {
        return mine.cloned();
    }
    let nothing = Value::Table(Table::new());
    match (base.unwrap_or(&nothing), mine, theirs) {
        (Value::Table(base), Some(Value::Table(mine)), Some(Value::Table(theirs))) if !is_whole(name) => {
            Some(Value::Table(tables(clause, base, mine, theirs, both)))
        }
        (_, Some(Value::Array(mine)), Some(Value::Array(theirs))) => {
            let none = Vec::new();
            let base = base.and_then(Value::as_array).unwrap_or(&none);
            Some(Value::Array(lists(clause, name, base, mine, theirs, both)))
        }
        _ => {
            both.push(clause.to_owned());
            mine.cloned()
        }
    }
}

/// Items by key, in the draft's order, then what the newest version added.
fn lists(clause: &str, name: &str, base: &[Value], mine: &[Value], theirs: &[Value], both: &mut Vec<String>) -> Vec<Value> {
    let (Some(base_items), Some(my_items), Some(their_items)) = (items(name, base), items(name, mine), items(name, theirs)) else {
        both.push(clause.to_owned());
        return mine.to_vec();
    };
    let of = |items: &[(String, Value)], key: &str| items.iter().find(|(other, _)| other == key).map(|(_, item)| item.clone());
    let added = their_items.iter().filter(|(key, _)| of(&my_items, key).is_none());
    let merged = my_items.iter().chain(added).filter_map(|(key, _)| {
        let (base, mine, theirs) = (of(&base_items, key), of(&my_items, key), of(&their_items, key));
        value(&format!("{clause}.{key}"), "", base.as_ref(), mine.as_ref(), theirs.as_ref(), both)
    });
    merged.collect()
}

fn items(name: &str, list: &[Value]) -> Option<Vec<(String, Value)>> {
    if let Some(keyed) = keyed(name, list) {
        return Some(keyed.into_iter().map(|(key, item)| (key, item.clone())).collect());
    }
    // Plain words are their own keys.
    list.iter().map(|item| Some((item.as_str()?.to_owned(), item.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Currency,
        agreement::{Reason, ReasonFor},
    };

    fn with(change: impl Fn(&mut Agreement)) -> Agreement {
        let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
        change(&mut agreement);
        agreement
    }

    #[test]
    fn both_sides_changes_stand() {
        let base = with(|_| {});
        let mine = with(|text| {
            text.promises.review_hours_max = 8;
            text.ideal_customer.industries = vec!["Retail".into()];
            text.reasons.remove(0);
        });
        let theirs = with(|text| {
            text.promises.attempts_min = 6;
            text.ideal_customer.industries = vec!["Logistics".into()];
            text.reasons.push(Reason { reason_for: ReasonFor::Rejection, key: "x".into(), name: "X".into(), outside_icp: false });
        });
        let rebased = rebase(&base, &mine, &theirs).unwrap();
        let text = rebased.agreement;
        assert_eq!((text.promises.review_hours_max, text.promises.attempts_min), (8, 6));
        assert_eq!(text.ideal_customer.industries, ["Retail", "Logistics"]);
        assert_eq!(text.reasons.len(), base.reasons.len());
        assert!(rebased.both_changed.is_empty());
    }

    #[test]
    fn where_both_changed_the_same_the_draft_stands_and_it_is_said() {
        let base = with(|_| {});
        let mine = with(|text| text.promises.review_hours_max = 8);
        let theirs = with(|text| text.promises.review_hours_max = 12);
        let rebased = rebase(&base, &mine, &theirs).unwrap();
        assert_eq!(rebased.agreement, mine);
        assert_eq!(rebased.both_changed, ["promises.review_hours_max"]);
        assert_eq!(rebase(&base, &base, &theirs).unwrap().agreement, theirs);
        assert_eq!(rebase(&base, &mine, &base).unwrap().agreement, mine);
    }
}
