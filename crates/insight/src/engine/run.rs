//! Answering: from what the rows add up to, to measures in total, by month and by segment.

use rayon::prelude::*;

use super::{
    Context, Kpi, Observation, Part, Summary,
    definition::SplitLabel,
    measure::{Base, measure, without},
    pass::{Observed, keeps_values, span},
    tally::{Cell, Tallies, Tally},
};
use crate::answer::{KpiAnswer, Measure, Segment, State, TrendPoint};

/// One number, with a trend for each segment.
pub fn answer(context: &Context, kpi: &Kpi) -> KpiAnswer {
    let observed = Observed::of(context, &[kpi], true);
    assemble(context, kpi, observed.of_kpi(0), true)
}

/// Many numbers side by side; their segments have no trends.
pub fn answers(context: &Context, kpis: &[&Kpi]) -> Vec<KpiAnswer> {
    let observed = Observed::of(context, kpis, false);
    kpis.par_iter().enumerate().map(|(index, kpi)| assemble(context, kpi, observed.of_kpi(index), false)).collect()
}

fn assemble(context: &Context, kpi: &Kpi, (tallies, heads): (&Tallies, Option<&Tallies>), with_trends: bool) -> KpiAnswer {
    let mut total = if context.can_filter(kpi.table) {
        measure(kpi, &tallies.total, base(context, kpi, &tallies.total, heads.map(|heads| &heads.total)))
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
        trend: trend(context, kpi, &tallies.months, heads.map(|heads| heads.months.as_slice()), total.state),
        segments: segments(context, kpi, tallies, heads, with_trends),
        measure: total,
        target: (kpi.target)(context),
        agreement_version: context.question.settings.agreement_version,
    }
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

fn segments(context: &Context, kpi: &Kpi, tallies: &Tallies, heads: Option<&Tallies>, with_trends: bool) -> Vec<Segment> {
    let own = kpi.splits.as_ref().is_some_and(|splits| splits.dimension.is_some() && splits.dimension == context.question.by);
    let Some(segments) = context.segments.as_ref().filter(|_| !own) else { return splits(context, kpi) };
    let places = tallies.segments.len().max(heads.map_or(0, |heads| heads.segments.len()));
    let months = if with_trends { context.months.shown().len() } else { 0 };
    let none = Tally::default();
    let segment = |place: usize| {
        let tally = tallies.segments.get(place).unwrap_or(&none);
        let head = heads.and_then(|heads| heads.segments.get(place));
        if !has_rows(tally) && head.is_none_or(|head| head.rows == 0) {
            return None;
        }
        let label = &segments.labels[place];
        let measure = measure(kpi, tally, base(context, kpi, tally, head));
        let cells = |tallies: &'_ Tallies| tallies.cells.get(place * months..(place + 1) * months).unwrap_or_default().to_vec();
        let heads = heads.map(cells);
        let trend = trend(context, kpi, &cells(tallies), heads.as_deref(), measure.state);
        Some(Segment { label: label.name.clone(), id: label.id, measure, trend })
    };
    let out = (0..places).into_par_iter().filter_map(segment).collect();
    largest_first(out)
}

/// Of the number's own breakdown, added up in order.
const SPLIT_ROWS: usize = 1 << 16;

/// The number's own breakdown.
fn splits(context: &Context, kpi: &Kpi) -> Vec<Segment> {
    let Some(splits) = &kpi.splits else { return Vec::new() };
    let Some(span) = span(context, kpi.clip) else { return Vec::new() };
    let keep_values = keeps_values(kpi);
    let rows = context.rows(kpi.table).len();
    let labels = (splits.labels)(context);
    let tallies_of = |chunk: usize| {
        let mut tallies = vec![Tally::default(); labels.len()];
        let rows = chunk * SPLIT_ROWS..rows.min((chunk + 1) * SPLIT_ROWS);
        for row in rows.filter(|row| context.keeps(kpi.table, *row)) {
            for ((code, _), tally) in labels.iter().zip(&mut tallies) {
                let observation = (splits.observe)(context, row, *code).filter(|observation| span.contains(observation.at));
                observation.iter().for_each(|observation| tally.add(observation, keep_values));
            }
        }
        tallies
    };
    let chunks: Vec<Vec<Tally>> = (0..rows.div_ceil(SPLIT_ROWS)).into_par_iter().map(tallies_of).collect();
    let segment = |(place, (_, label)): (usize, &SplitLabel)| {
        let mut tally = Tally::default();
        chunks.iter().for_each(|chunk| tally.merge(&chunk[place]));
        Segment { label: label.clone(), id: None, measure: measure(kpi, &tally, base(context, kpi, &tally, None)), trend: Vec::new() }
    };
    let out = labels.iter().enumerate().map(segment).collect();
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
