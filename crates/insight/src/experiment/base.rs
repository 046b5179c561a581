//! What the number was before the experiment began. The step worth finding is a part of it: fixed by what was there before the first lead
//! of the experiment, it stays the same at every look.

use alignment::Instant;
use serde::Serialize;

use super::{
    Design, Outcome,
    advice::{HITS_MIN, LEADS_MIN},
    outcome::{Brought, brought, signed},
};
use crate::{
    engine::{Context, Segments},
    history::History,
    question::Question,
    rows::Table,
};

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Base {
    /// 0..=1, or minor units per lead.
    pub value: f64,
    /// Leads opened in the year before the experiment. 0: there were too few, and the value is an assumed one.
    pub leads: u64,
}

const DAYS: i64 = 365;

/// Of the leads of the year before, as they stood when the experiment began: those of version A where they are enough, else all. Of
/// rates, where these are too few as well, what is common.
pub(super) fn base(history: &History, question: &Question, design: &Design) -> Option<Base> {
    let begun = Question { as_of: design.starts_at.plus_micros(-1).min(question.as_of), by: None, ..question.clone() };
    let context = Context::of(history, &begun);
    let segments = Segments::of(&context.view, &design.dimension);
    let of_a = segments.places(Some(&design.a));
    let signed = signed(&context);
    let ripe_until = design.starts_at.plus_days(-i64::from(design.within_days.unwrap_or(0)));
    let from = ripe_until.plus_days(-DAYS);
    let (mut a, mut all) = (Sum::default(), Sum::default());
    for row in (0..history.leads.len()).filter(|row| context.keeps(Table::Leads, *row)) {
        let is_before = |at: Instant| from <= at && at < ripe_until;
        if !context.view.leads[row].begins().is_some_and(is_before) {
            continue;
        }
        if let Brought::Counted(value) = brought(&context, &signed, row, design.decides, design.within_days) {
            all.add(value);
            if of_a.contains(&segments.leads[row]) {
                a.add(value);
            }
        }
    }
    let assumed = match design.decides {
        Outcome::Mql => Some(0.3),
        Outcome::Sql => Some(0.1),
        Outcome::Customer => Some(0.02),
        Outcome::Revenue => None,
    };
    a.base().or_else(|| all.base()).or(assumed.map(|value| Base { value, leads: 0 }))
}

#[derive(Default)]
struct Sum {
    leads: u64,
    hits: u64,
    value: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        self.leads += 1;
        self.hits += u64::from(value > 0.0);
        self.value += value;
    }

    /// `None`: too few to go by.
    fn base(&self) -> Option<Base> {
        let is_enough = self.leads >= LEADS_MIN && self.hits >= HITS_MIN;
        is_enough.then(|| Base { value: self.value / self.leads as f64, leads: self.leads })
    }
}
