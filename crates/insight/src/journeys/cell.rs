//! What is added up over journeys.

use alignment::{Currency, Money};

use super::{
    answer::Figures,
    walk::{End, Seen},
};

#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub journeys: u64,
    pub conversions: u64,
    pub minor: i128,
    pub touches: u64,
    /// Microseconds from the first touch to the conversion, of each that got there.
    micros: Vec<i64>,
}

impl Cell {
    pub fn observe(&mut self, seen: &Seen) {
        self.journeys += 1;
        self.touches += seen.touches;
        if let End::Reached { at, minor, .. } = seen.end {
            self.conversions += 1;
            self.minor += i128::from(minor);
            self.micros.push(at - seen.first_at);
        }
    }

    pub fn merge(&mut self, other: Cell) {
        self.journeys += other.journeys;
        self.conversions += other.conversions;
        self.minor += other.minor;
        self.touches += other.touches;
        self.micros.extend(other.micros);
    }

    pub fn figures(&self, currency: Currency) -> Figures {
        let interval = super::answer::interval(self.conversions, self.journeys);
        Figures {
            journeys: self.journeys,
            conversions: self.conversions,
            open: self.journeys - self.conversions,
            revenue: money(self.minor, currency),
            rate: interval.map(|_| self.conversions as f64 / self.journeys as f64),
            interval,
            median_days: median_days(&self.micros),
            touches: self.touches,
        }
    }

    pub fn micros(&self) -> &[i64] {
        &self.micros
    }
}

pub fn money(minor: i128, currency: Currency) -> Money {
    Money::new(minor.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64, currency)
}

fn median_days(micros: &[i64]) -> Option<f64> {
    let mut sorted = micros.to_vec();
    sorted.sort_unstable();
    let (below, above) = (*sorted.get(sorted.len().checked_sub(1)? / 2)?, *sorted.get(sorted.len() / 2)?);
    Some((below as f64 + above as f64) / 2.0 / alignment::instant::MICROS_PER_DAY as f64)
}
