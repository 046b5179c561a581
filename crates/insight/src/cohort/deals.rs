//! How long deals stay in each of their stages.

use std::ops::Range;

use alignment::{Instant, lifecycle::DealStage};

use crate::{engine::Context, history::History, rows::Table};

/// A deal in one stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DealStay {
    /// Of `History::deals`.
    pub row: u32,
    pub stage: DealStage,
    pub entered_at: Instant,
    /// The next move; `None`: it is still there.
    pub next: Option<(Instant, DealStage)>,
}

/// The stays of the deals that the question keeps, by deal and time. A deal is in discovery from its opening until its first move.
/// What was not written down with its instant is not among them.
pub fn deal_stays(context: &Context) -> Vec<DealStay> {
    let rows = 0..context.history.deals.len();
    let mut stays = Vec::new();
    let mut moves = Vec::new();
    for row in rows.filter(|row| context.keeps(Table::Deals, *row)) {
        moves_until(context.history, row, context.view.as_of, context.view.known_at, &mut moves);
        let next = |place: usize| moves.get(place + 1).copied();
        let stay = |(place, (entered_at, stage)): (usize, &(Instant, DealStage))| DealStay {
            row: row as u32,
            stage: *stage,
            entered_at: *entered_at,
            next: next(place),
        };
        stays.extend(moves.iter().enumerate().filter(|(_, (_, stage))| !stage.is_closed()).map(stay));
    }
    stays
}

/// The moves of a deal that had happened at `as_of` and were known at `known_at`, in time order; the opening is a move into discovery.
/// None where the deal itself was not known.
pub(crate) fn moves_until(history: &History, deal_row: usize, as_of: Instant, known_at: Instant, moves: &mut Vec<(Instant, DealStage)>) {
    moves.clear();
    let (deals, transitions) = (&history.deals, &history.deal_transitions);
    if deals.recorded_at.get(deal_row) > known_at {
        return;
    }
    let rows: Range<usize> = history.deal_transition_rows(deals.ids()[deal_row]);
    for row in rows.filter(|row| transitions.recorded_at.get(*row) <= known_at) {
        if let Some(at) = transitions.at.get(row).filter(|at| *at <= as_of) {
            moves.push((at, transitions.stage.get(row)));
        }
    }
    moves.sort_unstable();
    let opened_at = deals.opened_at.get(deal_row).filter(|at| *at <= as_of);
    if let Some(opened_at) = opened_at.filter(|at| moves.first().is_none_or(|first| first.0 > *at)) {
        moves.insert(0, (opened_at, DealStage::Discovery));
    }
    moves.dedup_by_key(|(_, stage)| *stage);
}
