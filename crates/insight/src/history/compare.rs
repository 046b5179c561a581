//! Comparing two histories by what they say, whatever the order and the codes they say it in.

use super::{History, held::Held, tables::Rows};

/// Differences that are written out per table; beyond it they are only counted.
const SHOWN_MAX: usize = 10;

/// What differs between a history and one rebuilt from the facts, in words; empty where they agree.
pub fn differences(ours: &History, theirs: &History) -> Vec<String> {
    let mut out = Vec::new();
    if ours.last_event != theirs.last_event {
        out.push(format!("last event: {} here, {} there", ours.last_event, theirs.last_event));
    }
    compare("companies", &ours.companies, &theirs.companies, &mut out);
    compare("people", &ours.people, &theirs.people, &mut out);
    compare("leads", &ours.leads, &theirs.leads, &mut out);
    compare("transitions", &ours.transitions, &theirs.transitions, &mut out);
    compare("touches", &ours.touches, &theirs.touches, &mut out);
    compare("activities", &ours.activities, &theirs.activities, &mut out);
    compare("deals", &ours.deals, &theirs.deals, &mut out);
    compare("deal transitions", &ours.deal_transitions, &theirs.deal_transitions, &mut out);
    compare("campaigns", &ours.campaigns, &theirs.campaigns, &mut out);
    compare("content", &ours.content, &theirs.content, &mut out);
    compare("users", &ours.users, &theirs.users, &mut out);
    compare("spend", &ours.spend, &theirs.spend, &mut out);
    compare("clocks", &ours.clocks, &theirs.clocks, &mut out);
    compare("waivers", &ours.waivers, &theirs.waivers, &mut out);
    out
}

fn compare<T: Rows>(table: &str, ours: &Held<T>, theirs: &Held<T>, out: &mut Vec<String>) {
    let (left, right) = (by_id(&**ours), by_id(&**theirs));
    let (mut a, mut b) = (0, 0);
    let mut found = 0_usize;
    let mut note = |id: i64, words: &str| {
        found += 1;
        if found <= SHOWN_MAX {
            out.push(format!("{table} {id}: {words}"));
        }
    };
    while a < left.len() || b < right.len() {
        match (left.get(a), right.get(b)) {
            (Some((id, row)), Some((other, other_row))) if id == other => {
                if !ours.same(*row as usize, theirs, *other_row as usize) {
                    note(*id, "differs");
                }
                a += 1;
                b += 1;
            }
            (Some((id, _)), other) if other.is_none_or(|(other, _)| id < other) => {
                note(*id, "is here and not there");
                a += 1;
            }
            (_, Some((id, _))) => {
                note(*id, "is there and not here");
                b += 1;
            }
            _ => break,
        }
    }
    if found > SHOWN_MAX {
        out.push(format!("{table}: {} more differences", found - SHOWN_MAX));
    }
    if !in_order(ours) || !in_order(theirs) {
        out.push(format!("{table}: an id stands twice"));
    }
}

fn by_id<T: Rows>(table: &T) -> Vec<(i64, u32)> {
    let mut rows: Vec<(i64, u32)> = table.ids().iter().zip(0..).map(|(id, row)| (*id, row)).collect();
    rows.sort_unstable();
    rows
}

fn in_order<T: Rows>(table: &Held<T>) -> bool {
    by_id(&**table).windows(2).all(|pair| pair[0].0 != pair[1].0)
}
