//! What was known of deals at an instant: the moves each has made, and what it is worth.

use alignment::{Currency, Instant, lifecycle::DealStage};

use crate::{
    cohort::deals::moves_until,
    history::{History, currency_code},
};

/// Deals that a model is fitted on, at most: the latest. More of them would tell no more of how things go now.
const DEALS_MAX: usize = 4_000;

/// One deal as it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Of `History::deals`.
    pub row: u32,
    /// In time order, the opening among them.
    pub moves: Vec<(Instant, DealStage)>,
    /// When it counts as won, if it is.
    pub won_at: Option<Instant>,
    pub is_open: bool,
    /// Whether the moves tell how it got where it is; if not, nothing is learned from it and nothing foretold of it.
    pub is_dated: bool,
    /// In the currency of the question. `None`: not recorded, or in another.
    pub amount_minor: Option<i64>,
}

pub struct Past {
    pub as_of: Instant,
    /// By row.
    pub paths: Vec<Path>,
}

/// What the deals are read with.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    pub history: &'a History,
    pub currency: Currency,
    /// The rows of `History::deals` that the question keeps.
    pub rows: &'a [u32],
}

impl Past {
    pub fn at(reading: Reading, as_of: Instant, known_at: Instant) -> Past {
        Past::known(reading, as_of, |_| known_at)
    }

    /// `known_at`: by when what is recorded of a deal, by its row, counts.
    pub fn known(reading: Reading, as_of: Instant, known_at: impl Fn(u32) -> Instant) -> Past {
        let deals = &reading.history.deals;
        let currency = currency_code(reading.currency);
        let mut paths = Vec::new();
        for row in reading.rows {
            let known_at = known_at(*row);
            let Some(state) = reading.history.deal_state(*row as usize, as_of, known_at) else { continue };
            let mut moves = Vec::new();
            moves_until(reading.history, *row as usize, as_of, known_at, &mut moves);
            let stage = state.stage.unwrap_or(DealStage::Discovery);
            let won_at = state.is_won().then_some(state.counts_from);
            if moves.is_empty() && won_at.is_none() {
                continue;
            }
            paths.push(Path {
                row: *row,
                is_dated: moves.last().is_some_and(|(_, last)| *last == stage),
                is_open: !stage.is_closed(),
                moves,
                won_at,
                amount_minor: deals.amount.minor_in(*row as usize, currency),
            });
        }
        Past { as_of, paths }
    }

    /// The latest deals, to learn from.
    pub fn lessons(&self) -> Vec<&Path> {
        let mut latest: Vec<&Path> = self.paths.iter().filter(|path| path.is_dated).collect();
        if latest.len() > DEALS_MAX {
            latest.sort_by_key(|path| (path.first_at(), path.row));
            latest.drain(..latest.len() - DEALS_MAX);
        }
        latest
    }

    /// Those of which it is known how long they have been in their stage.
    pub fn open(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().filter(|path| path.is_open && path.is_dated)
    }

    pub fn closed(&self) -> usize {
        self.paths.iter().filter(|path| path.is_dated && !path.is_open).count()
    }

    /// What deals won between two instants are worth.
    pub fn won_between(&self, from: Instant, to: Instant) -> i64 {
        let inside = self.paths.iter().filter(|path| path.won_at.is_some_and(|at| from <= at && at < to));
        inside.filter_map(|path| path.amount_minor).sum()
    }

    /// When the first deal was seen.
    pub fn begins(&self) -> Option<Instant> {
        self.paths.iter().map(Path::first_at).min()
    }
}

impl Path {
    pub fn first_at(&self) -> Instant {
        self.moves.first().map(|(at, _)| *at).or(self.won_at).unwrap_or(Instant::MIN)
    }

    /// The stage it is in and since when. `None`: no move is known.
    pub fn now(&self) -> Option<(Instant, DealStage)> {
        self.moves.last().copied()
    }
}
