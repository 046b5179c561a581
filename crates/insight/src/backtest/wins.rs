//! Which won deal each MQL led to. A deal is one MQL's: the latest before the signature of somebody on the deal or, where there is none,
//! of anybody at the company.

use alignment::{Instant, agreement::Agreement};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{owners::group_of, replay::Mql};
use crate::{
    history::{Group, currency_code},
    view::View,
};

/// A signature so long after an MQL is no longer its merit.
const WIN_DAYS: i64 = 365;

/// What one MQL led to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Won {
    pub deals: u32,
    pub deals_left_out: u32,
    pub revenue_minor: i64,
}

/// By the index of the MQL; those that led to nothing are left out.
pub(super) fn of(view: &View, agreement: &Agreement, mqls: &[Mql]) -> FxHashMap<usize, Won> {
    let deals = &view.history.deals;
    let won_rows: Vec<usize> = (0..deals.len()).filter(|row| view.deals[*row].is_some_and(|state| state.is_won())).collect();
    if won_rows.is_empty() {
        return FxHashMap::default();
    }
    let mut by_group: Vec<(Group, Instant, u32)> =
        mqls.par_iter().enumerate().map(|(index, mql)| (group_of(view, mql.person as usize), mql.at, index as u32)).collect();
    by_group.par_sort_unstable();
    let currency = currency_code(agreement.currency);
    let mut out: FxHashMap<usize, Won> = FxHashMap::default();
    for row in won_rows {
        let Some(index) = merit(view, mqls, &by_group, row) else { continue };
        let won = out.entry(index).or_default();
        won.deals += 1;
        match deals.amount.minor_in(row, currency) {
            Some(minor) => won.revenue_minor += minor,
            None => won.deals_left_out += 1,
        }
    }
    out
}

fn merit(view: &View, mqls: &[Mql], by_group: &[(Group, Instant, u32)], deal_row: usize) -> Option<usize> {
    let history = view.history;
    let won_at = view.deals[deal_row]?.counts_from;
    let lead = view.lead_of_deal(deal_row).map(|row| history.leads.person.values()[row]);
    let people: Vec<u32> = history
        .deals
        .people
        .get(deal_row)
        .iter()
        .copied()
        .chain(lead)
        .filter_map(|person| history.people.find(person).map(|row| row as u32))
        .collect();
    let in_time = |group: Group| {
        let from = by_group.partition_point(|(known, at, _)| (*known, *at) < (group, won_at.plus_days(-WIN_DAYS)));
        let to = by_group.partition_point(|(known, at, _)| (*known, *at) <= (group, won_at));
        &by_group[from..to.max(from)]
    };
    let of_person = |person: &u32| {
        let known = in_time(group_of(view, *person as usize)).iter().rev();
        known.map(|(_, at, index)| (*at, *index)).find(|(_, index)| mqls[*index as usize].person == *person)
    };
    let own = people.iter().filter_map(of_person).max();
    let of_company = || in_time(history.deal_group(deal_row)).last().map(|(_, at, index)| (*at, *index));
    own.or_else(of_company).map(|(_, index)| index as usize)
}
