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

const CHUNK_ROWS: usize = 1 << 15;

pub fn answer(context: &Context, kpi: &Kpi) -> KpiAnswer {
    let tallies = observe_rows(context, kpi, kpi.table, kpi.observe);
    let heads = match kpi.summary {
        Summary::PerLead(observe) => Some(observe_rows(context, kpi, Table::Leads, observe)),
        _ => None,
    };
    let total = if context.can_filter(kpi.table) {
        measure(kpi, &tallies.total, base(context, kpi, &tallies.total, heads.as_ref().map(|heads| &heads.total)))
    } else {
        without(State::NotRecorded)
    };
    KpiAnswer {
        key: kpi.key,
        name: kpi.name,
        words: kpi.words,
        formula: kpi.formula,
        unit: kpi.unit,
        better: kpi.better,
        kind: kpi.kind,
        team: kpi.team,
        trend: trend(context, kpi, &tallies, heads.as_ref(), total.state),
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

fn observe_rows(context: &Context, kpi: &Kpi, table: Table, observe: Observe) -> Tallies {
    let rows = context.rows(table).len();
    let months = if kpi.clip == Clip::Snapshot { 0 } else { context.months.len() };
    let of_segments = context.segments_of(table);
    let labels = if of_segments.is_some() { context.segments.as_ref().map_or(0, |segments| segments.labels.len()) } else { 0 };
    let keep_values = matches!(kpi.summary, Summary::Spread { .. });
    let span = span(context, kpi.clip);
    let chunks: Vec<Tallies> = (0..rows.div_ceil(CHUNK_ROWS))
        .into_par_iter()
        .map(|chunk| {
            let mut tallies = Tallies::new(months, labels);
            for row in chunk * CHUNK_ROWS..rows.min((chunk + 1) * CHUNK_ROWS) {
                if !context.keeps(table, row) {
                    continue;
                }
                let Some(observation) = observe(context, row) else { continue };
                if span.is_some_and(|span| span.contains(observation.at)) {
                    tallies.total.add(&observation, keep_values);
                    if let Some(segments) = of_segments {
                        tallies.segments[segments[row] as usize].add(&observation, keep_values);
                    }
                }
                if months > 0
                    && context.question.period.contains(observation.at)
                    && let Some(month) = context.months.index_of(observation.at)
                {
                    tallies.months[month].add(&observation, keep_values);
                }
            }
            tallies
        })
        .collect();
    let mut all = Tallies::new(months, labels);
    chunks.into_iter().for_each(|chunk| all.merge(chunk));
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

fn trend(context: &Context, kpi: &Kpi, tallies: &Tallies, heads: Option<&Tallies>, total: State) -> Vec<TrendPoint> {
    let point = |(month, tally): (usize, &Tally)| {
        let measure = match kpi.summary {
            // A number that nobody writes down is not zero in the months when nothing else happened either.
            _ if total == State::NotRecorded => without(State::NotRecorded),
            Summary::Growth => growth_of(context, kpi, &tallies.months, month),
            Summary::PerMonth => measure(kpi, tally, Base { months: 1, ..Base::default() }),
            _ => measure(kpi, tally, base(context, kpi, tally, heads.map(|heads| &heads.months[month]))),
        };
        TrendPoint { from: context.months.start(month), measure }
    };
    tallies.months.iter().enumerate().map(point).collect()
}

/// A month against the month before, both whole. All rows of the month are its hits, whatever they were in the total.
fn growth_of(context: &Context, kpi: &Kpi, months: &[Tally], month: usize) -> Measure {
    let whole = |month: usize| context.months.is_whole(month);
    match month.checked_sub(1) {
        Some(before) if whole(month) && whole(before) => {
            let now = Tally { hits: months[month].rows, ..months[month].clone() };
            measure(kpi, &now, Base { before: months[before].rows, ..Base::default() })
        }
        _ => without(State::NoData),
    }
}

fn segments(context: &Context, kpi: &Kpi, tallies: &Tallies, heads: Option<&Tallies>) -> Vec<Segment> {
    let Some(segments) = &context.segments else { return splits(context, kpi) };
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
        out.push(Segment { label: label.name.clone(), id: label.id, measure });
    }
    largest_first(out)
}

/// The number's own breakdown.
fn splits(context: &Context, kpi: &Kpi) -> Vec<Segment> {
    let Some(splits) = kpi.splits else { return Vec::new() };
    let Some(span) = span(context, kpi.clip) else { return Vec::new() };
    let keep_values = matches!(kpi.summary, Summary::Spread { .. });
    let segment = |(code, label): (i32, Option<String>)| {
        let mut tally = Tally::default();
        for row in 0..context.rows(kpi.table).len() {
            let observation = if context.keeps(kpi.table, row) { (splits.observe)(context, row, code) } else { None };
            if let Some(observation) = observation.filter(|observation| span.contains(observation.at)) {
                tally.add(&observation, keep_values);
            }
        }
        Segment { label, id: None, measure: measure(kpi, &tally, base(context, kpi, &tally, None)) }
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
