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

/// What one cell of a grid adds up.
pub trait Cell: Clone + Default + Send {
    fn add(&mut self, observation: &Observation, keep_value: bool);
    fn merge(&mut self, other: &Self);
    fn into_tally(self) -> Tally;
}

impl Cell for Tally {
    #[inline]
    fn add(&mut self, observation: &Observation, keep_value: bool) {
        self.add_times(observation, 1);
        if keep_value && observation.part == Part::Counted {
            self.values.push(observation.value);
        }
    }

    fn merge(&mut self, other: &Tally) {
        Tally::merge(self, other);
    }

    fn into_tally(self) -> Tally {
        self
    }
}

/// How often rows that count by one said what: one count for each row, whatever it says.
#[derive(Clone, Default)]
pub struct Said([u32; Observation::CODES]);

impl Said {
    #[inline]
    pub fn count(&mut self, code: usize) {
        self.0[code] += 1;
    }
}

impl Cell for Said {
    #[inline]
    fn add(&mut self, observation: &Observation, _: bool) {
        self.count(observation.code());
    }

    fn merge(&mut self, other: &Said) {
        self.0.iter_mut().zip(other.0).for_each(|(ours, theirs)| *ours += theirs);
    }

    fn into_tally(self) -> Tally {
        let mut tally = Tally::default();
        (0..).zip(self.0).for_each(|(code, times)| tally.add_times(&Observation::of_code(code), u64::from(times)));
        tally
    }
}

impl Tally {
    #[inline]
    fn add_times(&mut self, observation: &Observation, times: u64) {
        match observation.part {
            Part::Able => self.able += times,
            Part::Unrecorded => self.unrecorded += times,
            Part::Aside(place) => self.asides[place as usize] += times,
            Part::Counted => {
                self.rows += times;
                self.n += times * u64::from(observation.n);
                self.hits += times * u64::from(observation.hits);
                self.sum += times as f64 * observation.value;
                if observation.hits > 0 {
                    self.sum_of_hits += times as f64 * observation.value;
                }
                self.young += times * u64::from(observation.is_young);
                if let Some(hit) = observation.within_horizon {
                    self.mature += times;
                    self.mature_hits += times * u64::from(hit);
                }
            }
        }
    }

    pub fn merge(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.n += other.n;
        self.hits += other.hits;
        self.sum += other.sum;
        self.sum_of_hits += other.sum_of_hits;
        self.values.extend_from_slice(&other.values);
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

/// Segments that have a trend of their own; with more, each is one of many.
const SEGMENTS_WITH_TREND_MAX: usize = 64;

/// Tallies by segment and by time. An observation is added to one cell, and what it adds up to in total, by month and by segment is read off
/// the cells; with many segments, to the cell of its time and to that of its segment.
#[derive(Clone)]
pub struct Grid<C> {
    buckets: usize,
    /// 0 where nobody asks for any.
    segments: usize,
    /// Buckets of each segment, one segment after the other.
    cells: Vec<C>,
    /// Where segments are too many for cells of their own.
    many: Vec<C>,
}

/// In total, by month of the trend, by segment.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    pub total: Tally,
    pub months: Vec<Tally>,
    pub segments: Vec<Tally>,
    /// Months of each segment, one segment after the other; empty where segments are many, or nobody asked.
    pub cells: Vec<Tally>,
}

impl<C: Cell> Grid<C> {
    pub fn new(buckets: usize, segments: usize) -> Grid<C> {
        let blank = |count: usize| vec![C::default(); count];
        let (cells, many) = match segments {
            0..=SEGMENTS_WITH_TREND_MAX => (buckets * segments.max(1), 0),
            _ => (buckets, segments),
        };
        Grid { buckets, segments, cells: blank(cells), many: blank(many) }
    }

    /// `counts`: whether the bucket is part of the total.
    #[inline(always)]
    pub fn at(&mut self, segment: usize, bucket: usize, counts: bool, add: impl Fn(&mut C)) {
        if self.many.is_empty() {
            return add(&mut self.cells[segment * self.buckets + bucket]);
        }
        add(&mut self.cells[bucket]);
        if counts {
            add(&mut self.many[segment]);
        }
    }

    pub fn merge(&mut self, other: &Grid<C>) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(ours, theirs)| ours.merge(theirs));
        self.many.iter_mut().zip(&other.many).for_each(|(ours, theirs)| ours.merge(theirs));
    }

    /// The buckets are the months of the trend and one more; `counts` says which are part of the total, `with_cells` whether the months of each
    /// segment are wanted too.
    pub fn tallies(self, counts: &[bool], with_cells: bool) -> Tallies {
        let months = self.buckets - 1;
        let read = |cells: Vec<C>| cells.into_iter().map(C::into_tally).collect::<Vec<Tally>>();
        let mut tallies = Tallies { months: vec![Tally::default(); months], segments: read(self.many), ..Tallies::default() };
        let is_by_segment = self.segments > 0 && tallies.segments.is_empty();
        for of_segment in read(self.cells).chunks(self.buckets) {
            let mut sum = Tally::default();
            for (cell, _) in of_segment.iter().zip(counts).filter(|(_, counts)| **counts) {
                sum.merge(cell);
            }
            tallies.total.merge(&sum);
            tallies.months.iter_mut().zip(of_segment).for_each(|(month, cell)| month.merge(cell));
            if is_by_segment {
                tallies.segments.push(sum);
                if with_cells {
                    tallies.cells.extend_from_slice(&of_segment[..months]);
                }
            }
        }
        tallies
    }
}

#[cfg(test)]
mod tests {
    use alignment::Instant;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whether segments have cells of their own or are many, all is as though each observation were added where it belongs.
        #[test]
        fn a_grid_is_plain_adding(
            seen in prop::collection::vec((0_usize..70, 0_usize..5, any::<bool>()), 0..200),
            segments in prop::sample::select(vec![0_usize, 1, 64, 65, 70]),
            counts in prop::collection::vec(any::<bool>(), 5),
        ) {
            let (mut grid, mut other) = (Grid::<Tally>::new(5, segments), Grid::<Tally>::new(5, segments));
            let mut said = Grid::<Said>::new(5, segments);
            let mut plain = Tallies { months: vec![Tally::default(); 4], segments: vec![Tally::default(); segments], ..Tallies::default() };
            for (index, (segment, bucket, hit)) in seen.into_iter().enumerate() {
                let segment = segment % segments.max(1);
                let observation = Observation::rate(Instant(0), hit);
                let half = if index % 2 == 0 { &mut grid } else { &mut other };
                half.at(segment, bucket, counts[bucket], |cell| cell.add(&observation, false));
                said.at(segment, bucket, counts[bucket], |cell| cell.count(observation.code()));
                if bucket < 4 {
                    plain.months[bucket].add(&observation, false);
                }
                if counts[bucket] {
                    plain.total.add(&observation, false);
                    plain.segments.iter_mut().skip(segment).take(1).for_each(|tally| tally.add(&observation, false));
                }
            }
            grid.merge(&other);
            let (found, said) = (grid.tallies(&counts, true), said.tallies(&counts, true));
            prop_assert_eq!((&found.total, &found.months, &found.segments), (&said.total, &said.months, &said.segments));
            prop_assert_eq!((&found.total, &found.months, &found.segments), (&plain.total, &plain.months, &plain.segments));
            prop_assert_eq!(found.cells.len(), if segments > SEGMENTS_WITH_TREND_MAX { 0 } else { 4 * segments });
        }
    }
    #[test]
    fn a_code_says_all_of_a_row_that_counts_by_one() {
        for code in 0..Observation::CODES {
            let observation = Observation::of_code(code);
            assert_eq!(observation.code(), code);
            let (mut said, mut tally) = (Said::default(), Tally::default());
            for _ in 0..3 {
                said.add(&observation, false);
                tally.add(&observation, false);
            }
            assert_eq!(said.into_tally(), tally, "{observation:?}");
        }
    }
}
