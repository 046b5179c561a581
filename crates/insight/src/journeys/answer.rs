//! The answer: the journeys that are shown, the rest, and all of them.

use alignment::Money;
use serde::Serialize;

use super::{
    Ask, STEPS_TOLD_MAX,
    common::{Common, Seconds, Told},
    flow::{Flow, Plan},
    spread::{Lasting, Length, lasting},
};
use crate::attribution::{
    axis::Axis,
    signed::{Gathered, Signed},
};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JourneysAnswer {
    /// With `rest` they add up to `total`.
    pub rows: Vec<JourneyRow>,
    pub rest: Figures,
    pub total: Figures,
    /// How many different journeys there are.
    pub distinct: u64,
    /// Deals that reached the goal without a touch in the lookback: they have no journey and are in no row.
    pub without_touches: u64,
    pub flow: Flow,
    pub lengths: Vec<Length>,
    pub lasting: Vec<Lasting>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JourneyRow {
    /// 32 hexadecimal digits, the same for the same labels in any history.
    pub key: String,
    pub steps: Vec<Step>,
    /// Steps beyond those told.
    pub more_steps: usize,
    #[serde(flatten)]
    pub figures: Figures,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Step {
    /// `None`: not recorded.
    pub label: Option<String>,
    /// Of a campaign or content.
    pub id: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    pub journeys: u64,
    pub conversions: u64,
    /// Not there, or not there yet.
    pub open: u64,
    pub revenue: Money,
    /// Conversions of journeys, 0..=1; `None` without journeys.
    pub rate: Option<f64>,
    /// Wilson, 95%.
    pub interval: Option<(f64, f64)>,
    /// From the first touch in the lookback to the conversion; `None` without conversions.
    pub median_days: Option<f64>,
    pub touches: u64,
}

pub fn of(signed: &Signed, axis: &Axis, ask: &Ask, common: &Common, _plan: &Plan, seconds: Seconds) -> JourneysAnswer {
    let currency = signed.question.currency;
    let mut total = seconds.rest.clone();
    seconds.told.iter().for_each(|told| total.merge(told.cell.clone()));
    let row = |told: &Told| {
        let steps = told.steps.as_deref().unwrap_or_default();
        let step = |code: &u32| {
            let label = axis.label(*code as usize);
            Step { label: label.name, id: label.id }
        };
        JourneyRow {
            key: format!("{:032x}", told.key),
            steps: steps.iter().take(STEPS_TOLD_MAX).map(step).collect(),
            more_steps: steps.len().saturating_sub(STEPS_TOLD_MAX),
            figures: told.cell.figures(currency),
        }
    };
    let is_all = ask.through.is_empty() && ask.begins.is_none() && ask.ends.is_none();
    JourneysAnswer {
        rows: seconds.told.iter().map(row).collect(),
        rest: seconds.rest.figures(currency),
        distinct: common.distinct() as u64,
        without_touches: if is_all { signed.won.len() as u64 - total.conversions } else { without_touches(signed) },
        flow: seconds.flows.finish(axis, currency),
        lengths: seconds.lengths.finish(),
        lasting: lasting(total.micros().iter().copied()),
        total: total.figures(currency),
    }
}

fn without_touches(signed: &Signed) -> u64 {
    let mut gathered = Gathered::default();
    let is_bare = |won: &&crate::attribution::signed::Won| {
        signed.gather(won.row, won.group, signed.lookback(won.at), won.at, &mut gathered);
        gathered.rows.is_empty()
    };
    signed.won.iter().filter(is_bare).count() as u64
}

pub fn interval(hits: u64, of: u64) -> Option<(f64, f64)> {
    alignment::rate::Rate { hits, of }.interval()
}
