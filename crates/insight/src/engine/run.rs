//! Answering: observe the rows, add them up, measure.

use alignment::Instant;
use rayon::prelude::*;

use super::{
    Clip, Context, Kpi, Observation, Part, Summary,
    definition::Observe,
    measure::{Base, measure, without},
    tally::{Tallies, Tally},
};
use crate::{
    answer::{KpiAnswer, Measure, Segment, State, TrendPoint},
    question::Period,
    rows::Table,
};

/// Rows that one thread takes at a time. The number of chunks depends on the rows alone, so that the sums do too.
const CHUNK_ROWS_MIN: usize = 1 << 15;
const CHUNKS_MAX: usize = 16;
/// Rows that all numbers look at before any goes on: what is read of them stays in the cache.
const BLOCK_ROWS: usize = 1 << 12;
/// Segments that have a trend of their own; with more, each is one of many.
const SEGMENTS_WITH_TREND_MAX: usize = 64;

pub fn answer(context: &Context, kpi: &Kpi) -> KpiAnswer {
    let (tallies, heads) = observe_both(context, &[kpi], true).swap_remove(0);
    assemble(context, kpi, tallies, heads)
}

pub fn answers(context: &Context, kpis: &[&Kpi]) -> Vec<KpiAnswer> {
    let observed = observe_both(context, kpis, false);
    kpis.iter().zip(observed).map(|(kpi, (tallies, heads))| assemble(context, kpi, tallies, heads)).collect()
}

fn assemble(context: &Context, kpi: &Kpi, tallies: Tallies, heads: Option<Tallies>) -> KpiAnswer {
    let mut total = if context.can_filter(kpi.table) {
        measure(kpi, &tallies.total, base(context, kpi, &tallies.total, heads.as_ref().map(|heads| &heads.total)))
    } else {
        without(State::NotRecorded)
    };
    if total.state != State::NotRecorded {
        total.also.extend((kpi.beside)(context, &total));
    }
    KpiAnswer {
        key: kpi.key,
        name: kpi.name,
        words: kpi.words,
        formula: kpi.formula,
        unit: kpi.unit,
        better: kpi.better,
        kind: kpi.kind,
        team: kpi.team,
        trend: trend(context, kpi, &tallies.months, heads.as_ref().map(|heads| heads.months.as_slice()), total.state),
        segments: segments(context, kpi, &tallies, heads.as_ref()),
        measure: total,
        target: (kpi.target)(context),
        agreement_version: context.question.settings.agreement_version,
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
fn keeps_values(kpi: &Kpi) -> bool {
    matches!(kpi.summary, Summary::Spread { .. } | Summary::Mean)
}

/// One way to observe the rows of a table.
struct Pass<'k> {
    kpi: &'k Kpi,
    observe: Observe,
    table: Table,
    span: Option<Period>,
    keeps_values: bool,
    /// Whether segments are also told apart by month.
    by_month: bool,
}

impl<'k> Pass<'k> {
    fn of(context: &Context, kpi: &'k Kpi, table: Table, observe: Observe, by_month: bool) -> Pass<'k> {
        Pass { kpi, observe, table, span: span(context, kpi.clip), keeps_values: keeps_values(kpi), by_month }
    }

    fn blank(&self, context: &Context) -> Tallies {
        let months = if self.kpi.clip == Clip::Snapshot { 0 } else { context.months.shown().len() };
        let labels = context.segments.as_ref().filter(|_| context.segments_of(self.table).is_some());
        let segments = labels.map_or(0, |segments| segments.labels.len());
        let cells = if self.by_month && segments <= SEGMENTS_WITH_TREND_MAX { months * segments } else { 0 };
        Tallies::new(months, segments, cells)
    }

    fn add(&self, context: &Context, row: usize, tallies: &mut Tallies) {
        let Some(observation) = (self.observe)(context, row) else { return };
        if self.span.is_some_and(|span| span.contains(observation.at)) {
            tallies.total.add(&observation, self.keeps_values);
            if let Some(segments) = context.segments_of(self.table) {
                tallies.segments[segments[row] as usize].add(&observation, self.keeps_values);
            }
        }
        if !tallies.months.is_empty()
            && context.question.period.contains(observation.at)
            && let Some(month) = context.months.shown_index_of(observation.at)
        {
            tallies.months[month].add(&observation, self.keeps_values);
            if !tallies.cells.is_empty()
                && let Some(segments) = context.segments_of(self.table)
            {
                let cell = segments[row] as usize * tallies.months.len() + month;
                tallies.cells[cell].add(&observation, self.keeps_values);
            }
        }
    }
}

/// What the rows of each number add up to; with the leads that carry it, for a cost.
fn observe_both(context: &Context, kpis: &[&Kpi], by_month: bool) -> Vec<(Tallies, Option<Tallies>)> {
    let mains = kpis.iter().map(|kpi| Pass::of(context, kpi, kpi.table, kpi.observe, by_month));
    let heads = kpis.iter().filter_map(|kpi| match kpi.summary {
        Summary::PerLead(observe) => Some(Pass::of(context, kpi, Table::Leads, observe, by_month)),
        _ => None,
    });
    let passes: Vec<Pass> = mains.chain(heads).collect();
    let mut tallies: Vec<Tallies> = passes.iter().map(|pass| pass.blank(context)).collect();
    for table in [Table::Leads, Table::Deals, Table::Spend, Table::Content, Table::Clocks, Table::Companies] {
        let of_table: Vec<usize> = (0..passes.len()).filter(|index| passes[*index].table == table).collect();
        if !of_table.is_empty() {
            context.prepare(table);
            let of_passes: Vec<&Pass> = of_table.iter().map(|index| &passes[*index]).collect();
            let found = observe_table(context, table, &of_passes);
            of_table.into_iter().zip(found).for_each(|(index, found)| tallies[index] = found);
        }
    }
    let mut heads = tallies.split_off(kpis.len()).into_iter();
    let with_heads = kpis.iter().zip(tallies);
    with_heads.map(|(kpi, main)| (main, if matches!(kpi.summary, Summary::PerLead(_)) { heads.next() } else { None })).collect()
}

fn observe_table(context: &Context, table: Table, passes: &[&Pass]) -> Vec<Tallies> {
    let rows = context.rows(table).len();
    let chunk_rows = rows.div_ceil(CHUNKS_MAX).max(CHUNK_ROWS_MIN);
    let blank = || passes.iter().map(|pass| pass.blank(context)).collect::<Vec<Tallies>>();
    let observe_chunk = |chunk: usize| {
        let mut tallies = blank();
        let end = rows.min((chunk + 1) * chunk_rows);
        for block in (chunk * chunk_rows..end).step_by(BLOCK_ROWS) {
            for (pass, tallies) in passes.iter().zip(&mut tallies) {
                let kept = (block..end.min(block + BLOCK_ROWS)).filter(|row| context.keeps(table, *row));
                kept.for_each(|row| pass.add(context, row, tallies));
            }
        }
        tallies
    };
    let chunks: Vec<Vec<Tallies>> = (0..rows.div_ceil(chunk_rows)).into_par_iter().map(observe_chunk).collect();
    let mut all = blank();
    for chunk in chunks {
        all.iter_mut().zip(chunk).for_each(|(all, tallies)| all.merge(tallies));
    }
    all
}

fn base(context: &Context, kpi: &Kpi, tally: &Tally, heads: Option<&Tally>) -> Base {
    Base {
        heads: heads.map_or(0, |heads| heads.hits),
        months: context.months.whole.map_or(0, |(_, count)| count),
        out_of: match kpi.summary {
            Summary::OutOf(whole) => whole(context.question),
            _ => None,
        },
        before: tally.rows - tally.hits.min(tally.rows),
    }
}

fn trend(context: &Context, kpi: &Kpi, months: &[Tally], heads: Option<&[Tally]>, total: State) -> Vec<TrendPoint> {
    let point = |(month, tally): (usize, &Tally)| {
        let measure = match kpi.summary {
            // A number that nobody writes down is not zero in the months when nothing else happened either.
            _ if total == State::NotRecorded => without(State::NotRecorded),
            Summary::Growth => growth_of(context, kpi, months, month),
            Summary::PerMonth => measure(kpi, tally, Base { months: 1, ..Base::default() }),
            _ => measure(kpi, tally, base(context, kpi, tally, heads.and_then(|heads| heads.get(month)))),
        };
        TrendPoint { from: context.months.start(context.months.shown().start + month), measure }
    };
    months.iter().enumerate().map(point).collect()
}

/// A month against the month before, both whole. All rows of the month are its hits, whatever they were in the total.
fn growth_of(context: &Context, kpi: &Kpi, months: &[Tally], month: usize) -> Measure {
    let whole = |month: usize| context.months.is_whole(context.months.shown().start + month);
    match month.checked_sub(1) {
        Some(before) if whole(month) && whole(before) => {
            let now = Tally { hits: months[month].rows, ..months[month].clone() };
            measure(kpi, &now, Base { before: months[before].rows, ..Base::default() })
        }
        _ => without(State::NoData),
    }
}

fn segments(context: &Context, kpi: &Kpi, tallies: &Tallies, heads: Option<&Tallies>) -> Vec<Segment> {
    let own = kpi.splits.as_ref().is_some_and(|splits| splits.dimension.is_some() && splits.dimension == context.question.by);
    let Some(segments) = context.segments.as_ref().filter(|_| !own) else { return splits(context, kpi) };
    let places = tallies.segments.len().max(heads.map_or(0, |heads| heads.segments.len()));
    let none = Tally::default();
    let mut out = Vec::new();
    for place in 0..places {
        let tally = tallies.segments.get(place).unwrap_or(&none);
        let head = heads.and_then(|heads| heads.segments.get(place));
        if !has_rows(tally) && head.is_none_or(|head| head.rows == 0) {
            continue;
        }
        let label = &segments.labels[place];
        let measure = measure(kpi, tally, base(context, kpi, tally, head));
        let months = context.months.shown().len();
        let cells = |tallies: &Tallies| tallies.cells.get(place * months..(place + 1) * months).unwrap_or_default().to_vec();
        let heads = heads.map(cells);
        let trend = trend(context, kpi, &cells(tallies), heads.as_deref(), measure.state);
        out.push(Segment { label: label.name.clone(), id: label.id, measure, trend });
    }
    largest_first(out)
}

/// The number's own breakdown.
fn splits(context: &Context, kpi: &Kpi) -> Vec<Segment> {
    let Some(splits) = &kpi.splits else { return Vec::new() };
    let Some(span) = span(context, kpi.clip) else { return Vec::new() };
    let keep_values = keeps_values(kpi);
    let segment = |(code, label): (i32, Option<String>)| {
        let mut tally = Tally::default();
        for row in 0..context.rows(kpi.table).len() {
            let observation = if context.keeps(kpi.table, row) { (splits.observe)(context, row, code) } else { None };
            if let Some(observation) = observation.filter(|observation| span.contains(observation.at)) {
                tally.add(&observation, keep_values);
            }
        }
        Segment { label, id: None, measure: measure(kpi, &tally, base(context, kpi, &tally, None)), trend: Vec::new() }
    };
    let out = (splits.labels)(context).into_par_iter().map(segment).collect();
    largest_first(out)
}

fn has_rows(tally: &Tally) -> bool {
    tally.rows + tally.able + tally.unrecorded + tally.asides.iter().sum::<u64>() > 0
}

fn largest_first(mut segments: Vec<Segment>) -> Vec<Segment> {
    segments.sort_by(|a, b| {
        let size = |segment: &Segment| (segment.measure.n, segment.measure.hits);
        size(b).cmp(&size(a)).then_with(|| (&a.label, a.id).cmp(&(&b.label, b.id)))
    });
    segments
}

/// Whether an observation is one to list as evidence.
pub(super) fn is_shown(observation: &Observation) -> bool {
    matches!(observation.part, Part::Counted | Part::Aside(_))
}
