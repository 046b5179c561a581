//! Histories without a story: the same rows, their labels and periods dealt out anew. What is found in these is a false alarm.

use rand::{Rng, RngExt, seq::SliceRandom};

use crate::{chance::seeded, history::History, rows::Table};

/// Labels of leads and of deals exchanged among the rows, whole rows of labels at a time so that what hangs together in them still does,
/// and the period of each row drawn anew.
pub struct Shuffle {
    leads: Dealt,
    deals: Dealt,
    /// 0 to 1 for each piece of content.
    pieces: Vec<f64>,
}

#[derive(Default)]
struct Dealt {
    rows: Vec<u32>,
    /// 0 to 1 for each row: the later period where it is below that period's part of the time.
    draws: Vec<f32>,
}

impl Shuffle {
    pub fn of(history: &History, seed: u64, replicate: u64) -> Shuffle {
        let mut chance = seeded(seed, replicate);
        Shuffle {
            leads: Dealt::of(history.leads.len(), &mut chance),
            deals: Dealt::of(history.deals.len(), &mut chance),
            pieces: (0..history.content.len()).map(|_| chance.random::<f64>()).collect(),
        }
    }

    pub fn row(&self, table: Table, row: u32) -> u32 {
        self.of_table(table).map_or(row, |dealt| dealt.rows[row as usize])
    }

    pub fn is_now(&self, table: Table, row: u32, share_of_time: f64) -> bool {
        self.of_table(table).is_some_and(|dealt| f64::from(dealt.draws[row as usize]) < share_of_time)
    }

    /// Whether nobody took a piece, where the chance of that is known.
    pub fn is_missed(&self, ln_chance: f64, piece: usize) -> bool {
        self.pieces.get(piece).is_some_and(|draw| draw.ln() < ln_chance)
    }

    fn of_table(&self, table: Table) -> Option<&Dealt> {
        match table {
            Table::Leads => Some(&self.leads),
            Table::Deals => Some(&self.deals),
            _ => None,
        }
    }
}

impl Dealt {
    fn of(rows: usize, chance: &mut impl Rng) -> Dealt {
        let mut dealt: Vec<u32> = (0..rows as u32).collect();
        dealt.shuffle(chance);
        Dealt { rows: dealt, draws: (0..rows).map(|_| chance.random::<f32>()).collect() }
    }
}
