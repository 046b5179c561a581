//! Adding observations up.

use super::{Observation, Part};

pub const ASIDES_MAX: usize = 4;

/// All that a measure is made of. Two tallies of two parts of the rows add up to the tally of both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub rows: u64,
    pub n: u64,
    pub hits: u64,
    pub sum: f64,
    pub sum_of_hits: f64,
    /// Only kept where a median is asked for.
    pub values: Vec<f64>,
    pub able: u64,
    pub unrecorded: u64,
    pub asides: [u64; ASIDES_MAX],
    pub young: u64,
    pub mature: u64,
    pub mature_hits: u64,
}

impl Tally {
    pub fn add(&mut self, observation: &Observation, keep_value: bool) {
        match observation.part {
            Part::Able => self.able += 1,
            Part::Unrecorded => self.unrecorded += 1,
            Part::Aside(place) => self.asides[place as usize] += 1,
            Part::Counted => {
                self.rows += 1;
                self.n += observation.n as u64;
                self.hits += observation.hits as u64;
                self.sum += observation.value;
                if observation.hits > 0 {
                    self.sum_of_hits += observation.value;
                }
                if keep_value {
                    self.values.push(observation.value);
                }
                self.young += observation.is_young as u64;
                if let Some(hit) = observation.within_horizon {
                    self.mature += 1;
                    self.mature_hits += hit as u64;
                }
            }
        }
    }

    pub fn merge(&mut self, other: Tally) {
        self.rows += other.rows;
        self.n += other.n;
        self.hits += other.hits;
        self.sum += other.sum;
        self.sum_of_hits += other.sum_of_hits;
        self.values.extend(other.values);
        self.able += other.able;
        self.unrecorded += other.unrecorded;
        for (ours, theirs) in self.asides.iter_mut().zip(other.asides) {
            *ours += theirs;
        }
        self.young += other.young;
        self.mature += other.mature;
        self.mature_hits += other.mature_hits;
    }
}

/// In total, by month of the trend, by segment.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    pub total: Tally,
    pub months: Vec<Tally>,
    pub segments: Vec<Tally>,
    /// Months of each segment, one segment after the other; empty where nobody asked.
    pub cells: Vec<Tally>,
}

impl Tallies {
    pub fn new(months: usize, segments: usize, cells: usize) -> Tallies {
        let blank = |count: usize| vec![Tally::default(); count];
        Tallies { total: Tally::default(), months: blank(months), segments: blank(segments), cells: blank(cells) }
    }

    pub fn merge(&mut self, other: Tallies) {
        self.total.merge(other.total);
        self.months.iter_mut().zip(other.months).for_each(|(ours, theirs)| ours.merge(theirs));
        self.segments.iter_mut().zip(other.segments).for_each(|(ours, theirs)| ours.merge(theirs));
        self.cells.iter_mut().zip(other.cells).for_each(|(ours, theirs)| ours.merge(theirs));
    }
}
