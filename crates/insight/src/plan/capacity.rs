//! How much the reps take, as observed.

use alignment::lifecycle::Stage;
use rustc_hash::FxHashSet;

use super::{
    calendar::{self, Month},
    record::known,
};
use crate::{engine::Context, rows::Table};

const MONTHS: usize = 12;
/// Whole months in which somebody must have taken something to count as a rep.
const RECENT: usize = 3;

/// Of the last twelve whole months: how many each rep who took any took in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// Who took at least one in the last three whole months.
    pub reps: u64,
    /// Over all months. `None`: nobody took any.
    pub usual: Option<f64>,
    /// In the busiest month.
    pub most: Option<f64>,
}

impl Load {
    /// MQLs by the owner of the lead.
    pub fn of_leads(context: &Context, whole: &[Month]) -> Load {
        let owners = &context.history.leads.owner;
        let taken = (0..context.view.leads.len()).filter_map(|row| {
            let facts = known(context, row).filter(|facts| facts.counts_in(Stage::Mql))?;
            Some((facts.from(Stage::Mql)?, owners.get(row)?))
        });
        Load::of(taken, whole)
    }

    /// Deals opened, by their owner.
    pub fn of_deals(context: &Context, whole: &[Month]) -> Load {
        let deals = &context.history.deals;
        let taken = (0..deals.len()).filter_map(|row| {
            context.view.deals[row].filter(|_| context.keeps(Table::Deals, row))?;
            Some((deals.opened_at.get(row)?, deals.owner.get(row)?))
        });
        Load::of(taken, whole)
    }

    fn of(taken: impl Iterator<Item = (alignment::Instant, i64)>, whole: &[Month]) -> Load {
        let months = &whole[whole.len().saturating_sub(MONTHS)..];
        let mut by_month: Vec<(u64, FxHashSet<i64>)> = vec![(0, FxHashSet::default()); months.len()];
        for (at, owner) in taken {
            if let Some(place) = calendar::place(months, at) {
                by_month[place].0 += 1;
                by_month[place].1.insert(owner);
            }
        }
        let recent: FxHashSet<i64> = by_month.iter().rev().take(RECENT).flat_map(|(_, owners)| owners.iter().copied()).collect();
        let busy: Vec<(f64, f64)> =
            by_month.iter().filter(|(taken, _)| *taken > 0).map(|(taken, owners)| (*taken as f64, owners.len() as f64)).collect();
        let (taken, reps) = busy.iter().fold((0.0, 0.0), |sum, month| (sum.0 + month.0, sum.1 + month.1));
        Load {
            reps: recent.len() as u64,
            usual: (reps > 0.0).then(|| taken / reps),
            most: busy.iter().map(|(taken, reps)| taken / reps).reduce(f64::max),
        }
    }
}
