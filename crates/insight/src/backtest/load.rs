//! How many MQLs each rep would have been given a week.

use std::collections::BTreeMap;

use super::{Load, RepLoad, owners::Rep, replay::Mql, spans::Spans};
use crate::history::History;

/// Reps that are listed at most.
const REPS_MAX: usize = 200;

pub(super) fn of(history: &History, spans: &Spans, mqls: &[Mql], owners: &[Option<Rep>]) -> Load {
    let weeks = spans.weeks();
    let mut by_rep: BTreeMap<&Rep, Vec<usize>> = BTreeMap::new();
    for (mql, rep) in mqls.iter().zip(owners) {
        if let Some(rep) = rep {
            by_rep.entry(rep).or_default().push(spans.week_of(mql.at));
        }
    }
    let mut reps: Vec<RepLoad> = by_rep.into_iter().map(|(rep, of_weeks)| rep_load(history, rep, &of_weeks, weeks)).collect();
    reps.sort_by_key(|rep| std::cmp::Reverse(rep.mqls));
    reps.truncate(REPS_MAX);
    Load { weeks: weeks as u64, reps, unplaced: owners.iter().filter(|rep| rep.is_none()).count() as u64 }
}

fn rep_load(history: &History, rep: &Rep, of_weeks: &[usize], weeks: usize) -> RepLoad {
    let mut counts = vec![0_u64; weeks.max(1)];
    of_weeks.iter().for_each(|week| counts[*week] += 1);
    counts.sort_unstable();
    let (user, name) = match rep {
        Rep::User(id) => {
            let name = history.users.find(*id).and_then(|row| history.users.name.get(row));
            (Some(*id), name.map_or_else(|| format!("user {id}"), str::to_owned))
        }
        Rep::Address(address) => (None, address.clone()),
    };
    let p90 = (counts.len() * 9).div_ceil(10) - 1;
    let per_week_mean = of_weeks.len() as f64 / counts.len() as f64;
    RepLoad { user, name, mqls: of_weeks.len() as u64, per_week_mean, per_week_p90: counts[p90] as f64 }
}
