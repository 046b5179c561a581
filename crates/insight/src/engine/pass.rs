//! Observing: each row of a table once for each way of looking at it, added up by segment and by time.

use std::ops::Range;

use alignment::{Instant, lifecycle::Stage};
use rayon::prelude::*;

use super::{
    Clip, Context, Kpi, Observation, Summary,
    definition::Observe,
    tally::{Cell, Grid, Said, Tallies, Tally},
};
use crate::{
    kpi::{converting, entering},
    question::Period,
    rows::Table,
};

/// Rows that one thread takes at a time. The number of chunks depends on the rows alone, so that the sums do too.
const CHUNK_ROWS_MIN: usize = 1 << 15;
const CHUNKS_MAX: usize = 16;
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
        kpis.iter().for_each(|kpi| (kpi.prepare)(context));
        let mut tallies: Vec<Tallies> = passes.iter().map(|_| Tallies::default()).collect();
        for table in TABLES {
            let of_table: Vec<usize> = (0..passes.len()).filter(|place| passes[*place].table == table).collect();
            if !of_table.is_empty() {
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

    fn blank(&self) -> AnyGrid {
        match self.observe {
            Observe::Own(_) => AnyGrid::Full(Grid::new(self.months + 1, self.segments)),
            _ => AnyGrid::Said(Grid::new(self.months + 1, self.segments)),
        }
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

    fn observe(&self, context: &Context, block: &Block, counts: &[bool], grid: &mut AnyGrid) {
        let bucket = |_: usize, at: Instant| self.bucket(context, at);
        match (self.observe, grid) {
            (Observe::Entering(stage), AnyGrid::Said(grid)) if self.clip == Clip::Period => {
                self.add(context, block, counts, grid, |row| entering(context, row, stage), |row, _| block.bucket(context, row, stage));
            }
            (Observe::Converting(from, to), AnyGrid::Said(grid)) if self.clip == Clip::Period => {
                self.add(context, block, counts, grid, |row| converting(context, row, from, to), |row, _| block.bucket(context, row, from));
            }
            (Observe::Entering(stage), AnyGrid::Said(grid)) => {
                self.add(context, block, counts, grid, |row| entering(context, row, stage), bucket);
            }
            (Observe::Converting(from, to), AnyGrid::Said(grid)) => {
                self.add(context, block, counts, grid, |row| converting(context, row, from, to), bucket);
            }
            (Observe::Each(observe) | Observe::Own(observe), AnyGrid::Said(grid)) => {
                self.add(context, block, counts, grid, |row| observe(context, row), bucket);
            }
            (observe, AnyGrid::Full(grid)) => self.add(context, block, counts, grid, |row| observe.row(context, row), bucket),
        }
    }

    fn add<C: Cell>(
        &self,
        context: &Context,
        block: &Block,
        counts: &[bool],
        grid: &mut Grid<C>,
        observe: impl Fn(usize) -> Option<Observation>,
        bucket: impl Fn(usize, Instant) -> Option<usize>,
    ) {
        let segments = context.segments_of(self.table);
        for row in block.rows.clone() {
            let observation = if context.keeps(self.table, row) { observe(row) } else { None };
            let Some(observation) = observation else { continue };
            if let Some(bucket) = bucket(row, observation.at) {
                let segment = segments.map_or(0, |segments| segments[row] as usize);
                grid.add(segment, bucket, counts[bucket], &observation, self.keeps_values);
            }
        }
    }
}

enum AnyGrid {
    /// Of rows that count by one.
    Said(Grid<Said>),
    Full(Grid<Tally>),
}

impl AnyGrid {
    fn merge(&mut self, other: &AnyGrid) {
        match (self, other) {
            (AnyGrid::Said(ours), AnyGrid::Said(theirs)) => ours.merge(theirs),
            (AnyGrid::Full(ours), AnyGrid::Full(theirs)) => ours.merge(theirs),
            _ => unreachable!("grids of one pass are alike"),
        }
    }

    fn tallies(self, counts: &[bool]) -> Tallies {
        match self {
            AnyGrid::Said(grid) => grid.tallies(counts),
            AnyGrid::Full(grid) => grid.tallies(counts),
        }
    }
}

/// Rows that all numbers look at before any goes on: what is read of them stays in the cache. Of leads, where in time each counts from is
/// looked up once for all numbers of the funnel.
struct Block {
    rows: Range<usize>,
    /// By stage and row, where a pass asks: the month of the trend or the one place after these; [`OUTSIDE`] for none.
    of_stages: [Vec<u16>; Stage::COUNT],
    /// The same, of when leads came in.
    of_begins: Vec<u16>,
}

const OUTSIDE: u16 = u16::MAX;

impl Block {
    fn of(context: &Context, rows: Range<usize>, passes: &[&Pass]) -> Block {
        let mut block = Block { rows, of_stages: Default::default(), of_begins: Vec::new() };
        for pass in passes.iter().filter(|pass| pass.clip == Clip::Period) {
            let (Observe::Entering(stage) | Observe::Converting(stage, _)) = pass.observe else { continue };
            let facts = &context.view.leads[block.rows.clone()];
            let bucket = |at: Option<Instant>| at.and_then(|at| pass.bucket(context, at)).map_or(OUTSIDE, |bucket| bucket as u16);
            if block.of_begins.is_empty() {
                block.of_begins = facts.iter().map(|facts| bucket(facts.begins())).collect();
            }
            let of_stage = &mut block.of_stages[stage as usize];
            if of_stage.is_empty() {
                *of_stage = facts.iter().map(|facts| bucket(facts.from(stage))).collect();
            }
        }
        block
    }

    /// Of a lead in a number of a stage.
    #[inline]
    fn bucket(&self, context: &Context, row: usize, stage: Stage) -> Option<usize> {
        let counts = context.view.leads[row].counts_in(stage);
        let buckets = if counts { &self.of_stages[stage as usize] } else { &self.of_begins };
        Some(buckets[row - self.rows.start]).filter(|bucket| *bucket != OUTSIDE).map(usize::from)
    }
}

fn observe_table(context: &Context, table: Table, passes: &[&Pass]) -> Vec<Tallies> {
    let rows = context.rows(table).len();
    let chunk_rows = rows.div_ceil(CHUNKS_MAX).max(CHUNK_ROWS_MIN);
    let counts: Vec<Vec<bool>> = passes.iter().map(|pass| pass.counts(context)).collect();
    let observe_chunk = |chunk: usize| {
        let mut grids: Vec<AnyGrid> = passes.iter().map(|pass| pass.blank()).collect();
        let end = rows.min((chunk + 1) * chunk_rows);
        for first in (chunk * chunk_rows..end).step_by(BLOCK_ROWS) {
            let block = Block::of(context, first..end.min(first + BLOCK_ROWS), passes);
            for ((pass, counts), grid) in passes.iter().zip(&counts).zip(&mut grids) {
                pass.observe(context, &block, counts, grid);
            }
        }
        grids
    };
    let chunks: Vec<Vec<AnyGrid>> = (0..rows.div_ceil(chunk_rows)).into_par_iter().map(observe_chunk).collect();
    let all_of = |place: usize| {
        let mut all = passes[place].blank();
        chunks.iter().for_each(|grids| all.merge(&grids[place]));
        all.tallies(&counts[place])
    };
    (0..passes.len()).into_par_iter().map(all_of).collect()
}
