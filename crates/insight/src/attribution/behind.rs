//! What stands behind a row of the answer: its deals, and behind a deal the touches.

use alignment::{Instant, Money};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    Exact, Journey, Model,
    axis::Axis,
    chain::Solved,
    revenue::solved,
    sharer::Sharer,
    signed::{Gathered, Signed, Won, converted_at},
};
use crate::{answer::JourneyTouch, engine::Label, history::History, question::Question};

/// Which row of a model's answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowOf<'a> {
    /// By its label; `None`: not recorded.
    Label(Option<&'a str>),
    /// By the id of its campaign, content or user.
    Id(i64),
    Unattributed,
    Total,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DealsBehind {
    /// Largest share first.
    pub rows: Vec<DealShare>,
    /// All of them, where `rows` is a page.
    pub total: u64,
    pub conversions: f64,
    pub revenue: Money,
}

/// What a won deal adds to a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DealShare {
    pub deal: i64,
    pub won_at: Instant,
    /// 0..=1 of the deal.
    pub conversions: f64,
    pub revenue: Money,
    /// Touches of the journey that belong to the row, and all of them.
    pub touches: u64,
    pub journey_touches: u64,
}

/// The won deals that have a share in a row of `model`'s answer to the same question. All pages together sum to the row.
pub fn deals_behind(history: &History, question: &Question, model: &'static Model, row: RowOf, offset: usize, limit: usize) -> DealsBehind {
    let signed = Signed::of(history, question);
    let axis = Axis::of(&signed);
    let wanted = Wanted::of(row, &axis);
    let solved = solved(&signed, &axis, None, &[model]);
    let split = Split { signed: &signed, axis: &axis, model, solved: solved.as_ref() };
    let share = |sharer: &mut Sharer, won: &Won| split.deal_share(&wanted, sharer, won);
    let mut rows: Vec<DealShare> = signed.won.par_iter().map_init(Sharer::default, share).flatten_iter().collect();
    rows.par_sort_unstable_by(|a, b| {
        let largest = b.revenue.minor.cmp(&a.revenue.minor).then(b.conversions.total_cmp(&a.conversions));
        largest.then(a.deal.cmp(&b.deal))
    });
    let mut conversions = Exact::default();
    rows.iter().for_each(|row| conversions.add_weight(row.conversions));
    let minor = rows.iter().map(|row| row.revenue.minor).fold(0, i64::saturating_add);
    let total = rows.len() as u64;
    let rows = rows.into_iter().skip(offset).take(limit).collect();
    DealsBehind { rows, total, conversions: conversions.value(), revenue: Money::new(minor, question.currency) }
}

enum Wanted {
    /// By code, whether the row holds it.
    Codes(Vec<bool>),
    Unattributed,
    Total,
}

impl Wanted {
    fn of(row: RowOf, axis: &Axis) -> Wanted {
        let codes = |is_wanted: &dyn Fn(Label) -> bool| {
            let labels = (0..axis.len()).map(|code| axis.label(code));
            Wanted::Codes(labels.map(is_wanted).collect())
        };
        match row {
            RowOf::Label(wanted) => codes(&|label| label.name.as_deref() == wanted),
            RowOf::Id(wanted) => codes(&|label| label.id == Some(wanted)),
            RowOf::Unattributed => Wanted::Unattributed,
            RowOf::Total => Wanted::Total,
        }
    }
}

/// How one model splits the deals of a question.
struct Split<'a> {
    signed: &'a Signed<'a>,
    axis: &'a Axis<'a>,
    model: &'static Model,
    solved: Option<&'a Solved>,
}

impl Split<'_> {
    /// `None`: the deal has no part in the row.
    fn deal_share(&self, wanted: &Wanted, sharer: &mut Sharer, won: &Won) -> Option<DealShare> {
        let Split { signed, axis, model, solved } = *self;
        let (mut gathered, mut codes) = (Gathered::default(), Vec::new());
        signed.gather(won.row, won.group, signed.lookback(won.at), won.at, &mut gathered);
        let rows = gathered.rows;
        let minor = signed.minor(won.row);
        let (conversions, minor, touches) = match wanted {
            Wanted::Unattributed if !rows.is_empty() => return None,
            Wanted::Unattributed | Wanted::Total => (1.0, minor, rows.len()),
            Wanted::Codes(wanted) => {
                axis.codes(won.row, &rows, &mut codes);
                let is_wanted = |code: &u32| wanted[*code as usize];
                match codes.iter().filter(|code| is_wanted(code)).count() {
                    0 => return None,
                    // All of it, without the last bit that adding up the weights may cost.
                    all if all == codes.len() => (1.0, minor, all),
                    touches => {
                        let touched_at: Vec<Instant> = rows.iter().map(|row| signed.history.touches.at.get(*row as usize)).collect();
                        let half_life_days = signed.question.settings.half_life_days;
                        let marks = signed.marks(won.row, won.at);
                        let journey = Journey { touched_at: &touched_at, labels: &codes, marks, half_life_days, worths: None };
                        let (weights, minors) = sharer.share(model, &journey, solved, minor);
                        let mut sums = (0.0, 0);
                        for (_, (weight, minor)) in codes.iter().zip(weights.iter().zip(minors)).filter(|(code, _)| is_wanted(code)) {
                            sums = (sums.0 + weight, sums.1 + minor);
                        }
                        (sums.0, sums.1, touches)
                    }
                }
            }
        };
        let revenue = Money::new(minor, signed.question.currency);
        let deal = signed.history.deals.ids()[won.row];
        let share = DealShare { deal, won_at: won.at, conversions, revenue, touches: touches as u64, journey_touches: rows.len() as u64 };
        (conversions > 0.0 || minor != 0).then_some(share)
    }
}

/// The touches that led to a deal, oldest first: those after the owner's previous signature, also the ones before the lookback (which
/// get no share). Of a deal that has not reached the goal, the touches so far, without shares. `None`: no such deal was known.
pub fn journey(history: &History, question: &Question, deal: i64, models: &[&'static Model]) -> Option<Vec<JourneyTouch>> {
    let row = history.deals.find(deal)?;
    let state = history.deal_state(row, question.as_of, question.known_at)?;
    let signed = Signed::of(history, question);
    let converted_at = converted_at(history, question, row, &state);
    let closes = converted_at.unwrap_or(question.as_of);
    let mut gathered = Gathered::default();
    signed.gather(row, history.deal_group(row), Instant::MIN, closes, &mut gathered);
    let rows = gathered.rows;
    let opens = signed.lookback(closes);
    let touches = &history.touches;
    let outside = rows.partition_point(|row| touches.at.get(*row as usize) < opens);
    let mut journey: Vec<JourneyTouch> = rows.iter().map(|row| journey_touch(history, *row as usize, opens)).collect();
    if converted_at.is_some() {
        let axis = Axis::of(&signed);
        let (solved, mut labels) = (solved(&signed, &axis, None, models), Vec::new());
        axis.codes(row, &rows[outside..], &mut labels);
        let touched_at: Vec<Instant> = journey[outside..].iter().map(|touch| touch.at).collect();
        let mut sharer = Sharer::default();
        let (marks, half_life_days) = (signed.marks(row, closes), question.settings.half_life_days);
        let told = Journey { touched_at: &touched_at, labels: &labels, marks, half_life_days, worths: None };
        for model in models {
            let (weights, minors) = sharer.share(model, &told, solved.as_ref(), signed.minor(row));
            let inside = weights.iter().zip(minors).map(|(weight, minor)| (model.key, *minor, *weight));
            let shares = std::iter::repeat_n((model.key, 0, 0.0), outside).chain(inside);
            journey.iter_mut().zip(shares).for_each(|(touch, share)| touch.shares.push(share));
        }
    }
    Some(journey)
}

fn journey_touch(history: &History, row: usize, opens: Instant) -> JourneyTouch {
    let touches = &history.touches;
    let at = touches.at.get(row);
    JourneyTouch {
        touch: touches.ids()[row],
        person: touches.person.get(row),
        at,
        kind: touches.kind.get(row),
        channel: touches.channel.get(row).map(str::to_owned),
        source: touches.source.get(row).map(str::to_owned),
        campaign: touches.campaign.get(row),
        content: touches.content.get(row),
        inside_lookback: at >= opens,
        shares: Vec::new(),
    }
}

#[cfg(test)]
#[path = "behind_tests.rs"]
mod tests;
