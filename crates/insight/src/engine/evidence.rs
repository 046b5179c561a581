//! The rows behind a number: the very observations that were added up.

use rayon::prelude::*;

use super::{Context, Kpi, Observation, Part, Summary, pass::span, run::is_shown};
use crate::answer::{Evidence, EvidenceRow};

/// A page of the rows that make the number, or one of its segments; by id. `None`: there is no such segment.
pub fn evidence(context: &Context, kpi: &Kpi, segment: Option<Option<&str>>, offset: usize, limit: usize) -> Option<Evidence> {
    let ids = context.rows(kpi.table);
    (kpi.prepare)(context);
    let observe = chosen(context, kpi, segment)?;
    let span = span(context, kpi.clip);
    let rows: Vec<EvidenceRow> = (0..ids.len())
        .into_par_iter()
        .filter(|row| context.keeps(kpi.table, *row))
        .filter_map(|row| Some((ids[row], observe(row)?)))
        .filter(|(_, observation)| is_shown(observation) && span.is_some_and(|span| span.contains(observation.at)))
        .map(|(id, observation)| evidence_row(kpi, id, &observation))
        .collect();
    let total = rows.len() as u64;
    Some(Evidence { table: kpi.table, rows: rows.into_iter().skip(offset).take(limit).collect(), total })
}

/// How to observe the rows of the segment alone.
fn chosen<'a>(
    context: &'a Context,
    kpi: &'a Kpi,
    segment: Option<Option<&str>>,
) -> Option<Box<dyn Fn(usize) -> Option<Observation> + Sync + 'a>> {
    let Some(wanted) = segment else { return Some(Box::new(|row| kpi.observe.row(context, row))) };
    let own = kpi.splits.as_ref().filter(|splits| context.segments.is_none() || splits.dimension == context.question.by);
    if own.is_none()
        && let (Some(segments), Some(of_rows)) = (&context.segments, context.segments_of(kpi.table))
    {
        let places = segments.places(wanted);
        let of_segment = move |row: usize| if places.contains(&of_rows[row]) { kpi.observe.row(context, row) } else { None };
        return Some(Box::new(of_segment));
    }
    let splits = own?;
    let (code, _) = (splits.labels)(context).into_iter().find(|(_, label)| label.as_deref() == wanted)?;
    Some(Box::new(move |row| (splits.observe)(context, row, code)))
}

fn evidence_row(kpi: &Kpi, id: i64, observation: &Observation) -> EvidenceRow {
    let fault = match observation.part {
        Part::Aside(place) => kpi.asides.get(place as usize).map(|(_, words)| *words),
        _ => None,
    };
    let counted = fault.is_none();
    // A cost is shared out over leads: what was spent is no part of its denominator.
    let adds = counted && !matches!(kpi.summary, Summary::PerLead(_));
    EvidenceRow {
        id,
        hit: counted && observation.n > 0 && observation.hits >= observation.n,
        n: if adds { observation.n } else { 0 },
        hits: if adds { observation.hits } else { 0 },
        value: counted.then_some(observation.value),
        at: Some(observation.at),
        fault,
    }
}
