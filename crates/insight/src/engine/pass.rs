//! Observing: each row of a table once for each way of looking at it, added up by segment and by time.

use std::ops::Range;

use alignment::Instant;
use rayon::prelude::*;

use super::{
    Clip, Context, Kpi, Observation, Summary,
    definition::Observe,
    tally::{Grid, Tallies},
};
use crate::{
    kpi::{converting, entering},
    question::Period,
    rows::Table,
};

/// Rows that one thread takes at a time. The number of chunks depends on the rows alone, so that the sums do too.
const CHUNK_ROWS_MIN: usize = 1 << 15;
const CHUNKS_MAX: usize = 16;
/// Rows that all numbers look at before any goes on: what is read of them stays in the cache.
const BLOCK_ROWS: usize = 1 << 12;
const TABLES: [Table; 6] = [Table::Leads, Table::Deals, Table::Spend, Table::Content, Table::Clocks, Table::Companies];

/// What the rows of each number add up to.
pub(super) struct Observed {
    tallies: Vec<Tallies>,
    places: Vec<(usize, Option<usize>)>,
}

impl Observed {
    pub fn of(context: &Context, kpis: &[&Kpi]) -> Observed {
        let mut passes: Vec<Pass> = Vec::new();
        let mut place = |pass: Pass| match passes.iter().position(|known| known.is_same(&pass)) {
            Some(place) => place,
            None => {
                passes.push(pass);
                passes.len() - 1
            }
        };
        let places = |kpi: &&Kpi| {
            let heads = match kpi.summary {
                Summary::PerLead(observe) => Some(place(Pass::of(context, kpi, Table::Leads, observe))),
                _ => None,
            };
            (place(Pass::of(context, kpi, kpi.table, kpi.observe)), heads)
        };
        let places = kpis.iter().map(places).collect();
        let mut tallies: Vec<Tallies> = passes.iter().map(|_| Tallies::default()).collect();
        for table in TABLES {
            let of_table: Vec<usize> = (0..passes.len()).filter(|place| passes[*place].table == table).collect();
            if !of_table.is_empty() {
                context.prepare(table);
                let of_passes: Vec<&Pass> = of_table.iter().map(|place| &passes[*place]).collect();
                let found = observe_table(context, table, &of_passes);
                of_table.into_iter().zip(found).for_each(|(place, found)| tallies[place] = found);
            }
        }
        Observed { tallies, places }
    }

    /// What a number is made of, by its place in the list; with the leads that carry it, for a cost.
    pub fn of_kpi(&self, index: usize) -> (&Tallies, Option<&Tallies>) {
        let (main, heads) = self.places[index];
        (&self.tallies[main], heads.map(|place| &self.tallies[place]))
    }
}

/// What of the rows counts, by their instants. `None`: there is no such span.
pub(super) fn span(context: &Context, clip: Clip) -> Option<Period> {
    match clip {
        Clip::Period => Some(context.question.period),
        Clip::WholeMonths => context.months.whole.map(|(period, _)| period),
        Clip::LastTwoMonths => context.months.last_two.map(|(period, _)| period),
        Clip::Snapshot => Some(Period { from: Instant(i64::MIN), to: Instant(i64::MAX) }),
    }
}

/// Whether the values themselves are needed, and not only their sum.
pub(super) fn keeps_values(kpi: &Kpi) -> bool {
    matches!(kpi.summary, Summary::Spread { .. } | Summary::Mean)
}

/// One way to observe the rows of a table.
struct Pass {
    observe: Observe,
    table: Table,
    clip: Clip,
    span: Option<Period>,
    keeps_values: bool,
    /// Months of the trend.
    months: usize,
    segments: usize,
}

impl Pass {
    fn of(context: &Context, kpi: &Kpi, table: Table, observe: Observe) -> Pass {
        let months = if kpi.clip == Clip::Snapshot { 0 } else { context.months.shown().len() };
        let segments = context.segments.as_ref().filter(|_| context.segments_of(table).is_some());
        let segments = segments.map_or(0, |segments| segments.labels.len());
        Pass { observe, table, clip: kpi.clip, span: span(context, kpi.clip), keeps_values: keeps_values(kpi), months, segments }
    }

    fn is_same(&self, other: &Pass) -> bool {
        let alike = (self.table, self.clip, self.keeps_values) == (other.table, other.clip, other.keeps_values);
        alike && self.observe.is_same(other.observe)
    }

    fn blank(&self) -> Grid {
        Grid::new(self.months + 1, self.segments)
    }

    /// Where in time an observation belongs: a month of the trend, or, after these, whatever else counts.
    fn bucket(&self, context: &Context, at: Instant) -> Option<usize> {
        if self.months > 0
            && context.question.period.contains(at)
            && let Some(month) = context.months.shown_index_of(at)
        {
            return Some(month);
        }
        self.span.is_some_and(|span| span.contains(at)).then_some(self.months)
    }

    /// Whether what is in a bucket belongs to the total. A span of months is made of whole ones.
    fn counts(&self, context: &Context) -> Vec<bool> {
        let start = |month: usize| context.months.start(context.months.shown().start + month);
        let counts = |month: usize| self.clip == Clip::Period || self.span.is_some_and(|span| span.contains(start(month)));
        (0..self.months).map(counts).chain([true]).collect()
    }

    fn observe(&self, context: &Context, rows: Range<usize>, counts: &[bool], grid: &mut Grid) {
        match self.observe {
            Observe::Entering(stage) => self.add(context, rows, counts, grid, |row| entering(context, row, stage)),
            Observe::Converting(from, to) => self.add(context, rows, counts, grid, |row| converting(context, row, from, to)),
            Observe::Own(observe) => self.add(context, rows, counts, grid, |row| observe(context, row)),
        }
    }

    fn add(&self, context: &Context, rows: Range<usize>, counts: &[bool], grid: &mut Grid, observe: impl Fn(usize) -> Option<Observation>) {
        let segments = context.segments_of(self.table);
        for row in rows {
            let observation = if context.keeps(self.table, row) { observe(row) } else { None };
            let Some(observation) = observation else { continue };
            if let Some(bucket) = self.bucket(context, observation.at) {
                let segment = segments.map_or(0, |segments| segments[row] as usize);
                grid.add(segment, bucket, counts[bucket], &observation, self.keeps_values);
            }
        }
    }
}

fn observe_table(context: &Context, table: Table, passes: &[&Pass]) -> Vec<Tallies> {
    let rows = context.rows(table).len();
    let chunk_rows = rows.div_ceil(CHUNKS_MAX).max(CHUNK_ROWS_MIN);
    let counts: Vec<Vec<bool>> = passes.iter().map(|pass| pass.counts(context)).collect();
    let observe_chunk = |chunk: usize| {
        let mut grids: Vec<Grid> = passes.iter().map(|pass| pass.blank()).collect();
        let end = rows.min((chunk + 1) * chunk_rows);
        for block in (chunk * chunk_rows..end).step_by(BLOCK_ROWS) {
            for ((pass, counts), grid) in passes.iter().zip(&counts).zip(&mut grids) {
                pass.observe(context, block..end.min(block + BLOCK_ROWS), counts, grid);
            }
        }
        grids
    };
    let chunks: Vec<Vec<Grid>> = (0..rows.div_ceil(chunk_rows)).into_par_iter().map(observe_chunk).collect();
    let all_of = |place: usize| {
        let mut all = passes[place].blank();
        chunks.iter().for_each(|grids| all.merge(&grids[place]));
        all.tallies(&counts[place])
    };
    (0..passes.len()).into_par_iter().map(all_of).collect()
}
