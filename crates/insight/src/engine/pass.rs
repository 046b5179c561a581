//! Observing: each row of a table once for each way of looking at it, added up by segment and by time.

use std::ops::Range;

use alignment::{Instant, lifecycle::Stage};
use rayon::prelude::*;

use super::{
    Clip, Context, Kpi, Summary,
    by_kind::{BEGINS, ByKind, NOWHEN, WHENS},
    definition::Observe,
    tally::{Cell, Grid, Said, Tallies, Tally},
};
use crate::{question::Period, rows::Table, view::LeadFacts};

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
    /// `with_cells`: also by month and segment together.
    pub fn of(context: &Context, kpis: &[&Kpi], with_cells: bool) -> Observed {
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
                let found = observe_table(context, table, &of_passes, with_cells);
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

    /// Of leads, by one of their instants; [`OUTSIDE`] for none.
    fn buckets(&self, context: &Context, rows: Range<usize>, when: u8) -> Vec<u16> {
        let at = |facts: &LeadFacts| match when {
            NOWHEN => None,
            BEGINS => facts.begins(),
            stage => facts.from(Stage::ALL[usize::from(stage)]),
        };
        let bucket = |facts: &LeadFacts| at(facts).and_then(|at| self.bucket(context, at)).map_or(OUTSIDE, |bucket| bucket as u16);
        context.view.leads[rows].iter().map(bucket).collect()
    }

    /// Whether what is in a bucket belongs to the total. A span of months is made of whole ones.
    fn counts(&self, context: &Context) -> Vec<bool> {
        let start = |month: usize| context.months.start(context.months.shown().start + month);
        let counts = |month: usize| self.clip == Clip::Period || self.span.is_some_and(|span| span.contains(start(month)));
        (0..self.months).map(counts).chain([true]).collect()
    }

    fn observe(&self, context: &Context, by_kind: Option<&ByKind>, block: &Block, counts: &[bool], grid: &mut AnyGrid) {
        match (by_kind, grid) {
            (Some(by_kind), AnyGrid::Said(grid)) => self.add_by_kind(context, by_kind, block, counts, grid),
            (_, AnyGrid::Said(grid)) => self.add(context, block, counts, grid),
            (_, AnyGrid::Full(grid)) => self.add(context, block, counts, grid),
        }
    }

    fn add<C: Cell>(&self, context: &Context, block: &Block, counts: &[bool], grid: &mut Grid<C>) {
        let segments = context.segments_of(self.table);
        for row in block.rows.clone() {
            let observation = if context.keeps(self.table, row) { self.observe.row(context, row) } else { None };
            let Some(observation) = observation else { continue };
            if let Some(bucket) = self.bucket(context, observation.at) {
                let segment = segments.map_or(0, |segments| segments[row] as usize);
                grid.at(segment, bucket, counts[bucket], |cell| cell.add(&observation, self.keeps_values));
            }
        }
    }

    fn add_by_kind(&self, context: &Context, by_kind: &ByKind, block: &Block, counts: &[bool], grid: &mut Grid<Said>) {
        let (segments, kinds) = (context.segments_of(self.table), &context.view.kinds().of_leads);
        let buckets = block.buckets(self.clip);
        for (place, row) in block.rows.clone().enumerate() {
            let said = by_kind.said(kinds[row]);
            let bucket = buckets[said.when as usize][place];
            if bucket == OUTSIDE || !context.keeps(self.table, row) {
                continue;
            }
            let (segment, bucket) = (segments.map_or(0, |segments| segments[row] as usize), usize::from(bucket));
            let code = by_kind.code(said, &context.view.leads[row]);
            grid.at(segment, bucket, counts[bucket], |cell| cell.count(code));
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

    fn tallies(self, counts: &[bool], with_cells: bool) -> Tallies {
        match self {
            AnyGrid::Said(grid) => grid.tallies(counts, with_cells),
            AnyGrid::Full(grid) => grid.tallies(counts, with_cells),
        }
    }
}

/// Rows that all numbers look at before any goes on: what is read of them stays in the cache. Where in time they belong is looked up once
/// for all rules that are asked by kind.
struct Block {
    rows: Range<usize>,
    of_clips: Vec<(Clip, [Vec<u16>; WHENS])>,
}

/// No month of the trend, nor any other time that counts.
const OUTSIDE: u16 = u16::MAX;

impl Block {
    fn of(context: &Context, rows: Range<usize>, passes: &[(&Pass, Option<ByKind>)]) -> Block {
        let mut block = Block { rows, of_clips: Vec::new() };
        for (pass, by_kind) in passes {
            let Some(by_kind) = by_kind else { continue };
            let place = block.of_clips.iter().position(|(clip, _)| *clip == pass.clip).unwrap_or_else(|| {
                block.of_clips.push((pass.clip, Default::default()));
                block.of_clips.len() - 1
            });
            for (when, _) in by_kind.whens.into_iter().enumerate().filter(|(_, is_asked)| *is_asked) {
                let buckets = &mut block.of_clips[place].1[when];
                if buckets.is_empty() {
                    *buckets = pass.buckets(context, block.rows.clone(), when as u8);
                }
            }
        }
        block
    }

    /// By which of its instants a lead counts at, and its place in the block.
    fn buckets(&self, clip: Clip) -> &[Vec<u16>; WHENS] {
        let (_, buckets) = self.of_clips.iter().find(|(known, _)| *known == clip).expect("the block was made for the pass");
        buckets
    }
}

fn observe_table(context: &Context, table: Table, passes: &[&Pass], with_cells: bool) -> Vec<Tallies> {
    let rows = context.rows(table).len();
    let chunk_rows = rows.div_ceil(CHUNKS_MAX).max(CHUNK_ROWS_MIN);
    let counts: Vec<Vec<bool>> = passes.iter().map(|pass| pass.counts(context)).collect();
    let passes: Vec<(&Pass, Option<ByKind>)> = passes.iter().map(|pass| (*pass, ByKind::of(context, pass.observe))).collect();
    let observe_chunk = |chunk: usize| {
        let mut grids: Vec<AnyGrid> = passes.iter().map(|(pass, _)| pass.blank()).collect();
        let end = rows.min((chunk + 1) * chunk_rows);
        for first in (chunk * chunk_rows..end).step_by(BLOCK_ROWS) {
            let block = Block::of(context, first..end.min(first + BLOCK_ROWS), &passes);
            for (((pass, by_kind), counts), grid) in passes.iter().zip(&counts).zip(&mut grids) {
                pass.observe(context, by_kind.as_ref(), &block, counts, grid);
            }
        }
        grids
    };
    let chunks: Vec<Vec<AnyGrid>> = (0..rows.div_ceil(chunk_rows)).into_par_iter().map(observe_chunk).collect();
    let all_of = |place: usize| {
        let mut all = passes[place].0.blank();
        chunks.iter().for_each(|grids| all.merge(&grids[place]));
        all.tallies(&counts[place], with_cells)
    };
    (0..passes.len()).into_par_iter().map(all_of).collect()
}
