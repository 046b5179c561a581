//! The rows behind one side of a change, or of one of its parts.

use alignment::Instant;

use super::{
    material::{Seen, observed, shape},
    periods::same_age,
    split::{Cuts, Sent, Split},
};
use crate::{
    answer::{Evidence, EvidenceRow},
    engine::{Context, Kpi, Label},
    history::History,
    question::{Period, Question},
    rows::Table,
};

/// Which rows of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Before,
    SameAge,
    Now,
}

/// Which rows to list.
#[derive(Clone, Debug)]
pub struct RowsOf {
    pub side: Side,
    /// A segment by label or id; with `None` for its label what is not recorded. Without one, all rows.
    pub segment: Option<(Split, Option<String>)>,
    pub offset: usize,
    pub limit: usize,
}

/// The rows behind one side of a part, by id; what counts in them adds up to it. `before` may be left out where only the later period is
/// looked at. `Err`: the number can't be taken apart, or there is no such segment.
pub fn rows(
    history: &History,
    question: &Question,
    kpi: &'static Kpi,
    before: Option<Period>,
    of: &RowsOf,
) -> Result<Evidence, &'static str> {
    shape(kpi)?;
    let now = question.period;
    let (period, as_of) = match (of.side, before) {
        (Side::Now, _) => (now, question.as_of),
        (_, None) => return Err("name the earlier period"),
        (Side::Before, Some(before)) => (before, question.as_of),
        (Side::SameAge, Some(before)) => (before, same_age(before, now, question.as_of)),
    };
    let question = Question { period, as_of, by: None, ..question.clone() };
    let context = Context::of(history, &question);
    let seen = observed(&context, kpi, kpi.table, kpi.observe, period);
    let is_in = membership(&context, kpi, of)?;
    let ids = context.rows(kpi.table);
    let row = |(seen, at): &(Seen, Instant)| EvidenceRow {
        id: ids[seen.row as usize],
        hit: seen.n > 0 && seen.hits >= seen.n,
        n: seen.n,
        hits: seen.hits,
        value: Some(seen.value),
        at: Some(*at),
        fault: None,
    };
    let found: Vec<&(Seen, Instant)> = seen.iter().filter(|(seen, _)| is_in(seen)).collect();
    Ok(Evidence { table: kpi.table, total: found.len() as u64, rows: found.into_iter().skip(of.offset).take(of.limit).map(row).collect() })
}

type IsIn = Box<dyn Fn(&Seen) -> bool>;

fn membership(context: &Context, kpi: &Kpi, of: &RowsOf) -> Result<IsIn, &'static str> {
    let Some((split, label)) = &of.segment else { return Ok(Box::new(|_| true)) };
    let wanted = label.as_deref();
    let is_it = |label: &Label| match wanted {
        None => label.name.is_none() && label.id.is_none(),
        Some(text) => label.name.as_deref() == Some(text) || label.id.is_some_and(|id| id.to_string() == text),
    };
    let places =
        |labels: &[Label]| -> Vec<u32> { labels.iter().zip(0..).filter(|(label, _)| is_it(label)).map(|(_, place)| place).collect() };
    let no_such_segment = "there is no such segment";
    if *split == Split::SentContent {
        let sent = Sent::of(context);
        let wanted = places(&Sent::labels(context.history));
        if wanted.is_empty() || kpi.table != Table::Deals {
            return Err(no_such_segment);
        }
        return Ok(Box::new(move |seen| sent.pieces_of(seen.row as usize).iter().any(|piece| wanted.contains(piece))));
    }
    let dimensions = match split {
        Split::By(dimension) => vec![dimension.clone()],
        _ => Vec::new(),
    };
    let cuts = Cuts::of(context, &dimensions, *split == Split::Reason);
    let wanted = places(cuts.labels(split));
    let of_rows = cuts.places(split, kpi.table).ok_or(no_such_segment)?.to_vec();
    if wanted.is_empty() {
        return Err(no_such_segment);
    }
    let only_hits = *split == Split::Reason;
    Ok(Box::new(move |seen| (!only_hits || seen.hits > 0) && wanted.contains(&of_rows[seen.row as usize])))
}
