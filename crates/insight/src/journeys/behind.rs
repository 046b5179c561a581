//! What stands behind a row: the deals at whose end it lies, and whoever is still under way.

use alignment::{Instant, Money};
use serde::Serialize;

use super::{
    Ask,
    common::Common,
    walk::{End, Seen, Walk},
};
use crate::{
    attribution::{axis::Axis, signed::Signed},
    history::{Group, History},
    question::{Journey, Question},
};

/// Which row of the answer to the same question and ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOf {
    /// By its key.
    Journey(u128),
    /// Those that are not told one by one.
    Rest,
    Total,
}

impl RowOf {
    /// A key, `rest` or `total`.
    pub fn parse(text: &str) -> Option<RowOf> {
        match text {
            "rest" => Some(RowOf::Rest),
            "total" => Some(RowOf::Total),
            key if key.len() == 32 => u128::from_str_radix(key, 16).ok().map(RowOf::Journey),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Behind {
    /// Those that reached the goal first, the latest first.
    pub rows: Vec<BehindRow>,
    /// All of them, where `rows` is a page.
    pub total: u64,
    pub conversions: u64,
    pub revenue: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BehindRow {
    /// `None`: not there, or not there yet.
    pub deal: Option<i64>,
    /// Whose journey it is, where there is no deal.
    pub company: Option<i64>,
    pub person: Option<i64>,
    /// Of the conversion, or of the last touch.
    pub at: Instant,
    pub first_at: Instant,
    pub touches: u64,
    pub revenue: Money,
}

/// One page of the journeys of a row. All pages together add up to it.
pub fn behind(history: &History, question: &Question, ask: &Ask, row: RowOf, offset: usize, limit: usize) -> Behind {
    let signed = Signed::of(history, question);
    let axis = Axis::of(&signed);
    let walk = Walk::of(&signed, &axis, ask);
    let top = match row {
        RowOf::Rest => walk.fold(|| Common::new(&walk), Common::observe, Common::merge).top(ask),
        RowOf::Journey(_) | RowOf::Total => Default::default(),
    };
    let is_wanted = |seen: &Seen, bytes: &mut Vec<u8>| match row {
        RowOf::Journey(key) => walk.key(seen.steps, bytes) == key,
        RowOf::Rest => !top.contains_key(&walk.key(seen.steps, bytes)),
        RowOf::Total => true,
    };
    let found = |(found, bytes): &mut (Vec<Found>, Vec<u8>), seen: &Seen| {
        if is_wanted(seen, bytes) {
            found.push(Found { end: seen.end, first_at: seen.first_at, touches: seen.touches });
        }
    };
    let merge = |(mut ours, bytes): (Vec<Found>, Vec<u8>), (theirs, _): (Vec<Found>, Vec<u8>)| {
        ours.extend(theirs);
        (ours, bytes)
    };
    let (mut all, _) = walk.fold(Default::default, found, merge);
    all.sort_unstable_by_key(Found::place);
    let (mut conversions, mut minor) = (0, 0_i128);
    for found in &all {
        if let End::Reached { minor: own, .. } = found.end {
            (conversions, minor) = (conversions + 1, minor + i128::from(own));
        }
    }
    let rows = all.iter().skip(offset).take(limit).map(|found| told(history, question, found)).collect();
    Behind { rows, total: all.len() as u64, conversions, revenue: super::cell::money(minor, question.currency) }
}

struct Found {
    end: End,
    first_at: i64,
    touches: u64,
}

impl Found {
    fn place(&self) -> (bool, std::cmp::Reverse<i64>, i64) {
        match self.end {
            End::Reached { deal_row, at, .. } => (false, std::cmp::Reverse(at), deal_row as i64),
            End::Open { owner, last_at } => (true, std::cmp::Reverse(last_at), owner),
        }
    }
}

fn told(history: &History, question: &Question, found: &Found) -> BehindRow {
    let (deal, owner, at, minor) = match found.end {
        End::Reached { deal_row, at, minor } => (Some(history.deals.ids()[deal_row]), None, at, minor),
        End::Open { owner, last_at } => (None, Some(owner), last_at, 0),
    };
    let (company, person) = match (owner, question.settings.journey) {
        (None, _) => (None, None),
        (Some(group), Journey::Company) => (Group(group).company(), Group(group).person()),
        (Some(person), Journey::Person) => (None, Some(person)),
    };
    BehindRow {
        deal,
        company,
        person,
        at: Instant(at),
        first_at: Instant(found.first_at),
        touches: found.touches,
        revenue: Money::new(minor, question.currency),
    }
}
