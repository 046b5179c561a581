//! What the shares are added up by: each touch's label as a small code.

use std::ops::Range;

use arrow_array::Array;
use rayon::prelude::*;

use super::signed::Signed;
use crate::{
    engine::{Label, Segments},
    history::{Held, History, Labels, NONE, Named},
    question::Dimension,
    view::View,
};

pub(crate) enum Axis<'h> {
    /// A label on the touch: its code, or the number of names where not recorded.
    Label(&'h Labels),
    /// A campaign or content on the touch: its row, or the number of rows where not recorded or gone.
    Named { links: &'h [i64], table: &'h Held<Named> },
    /// A dimension that touches don't have: all touches of a deal carry the deal's own.
    Deal(Segments),
}

impl<'h> Axis<'h> {
    /// By channel, unless the question says otherwise.
    pub fn of(signed: &Signed<'h>) -> Axis<'h> {
        let history: &'h History = signed.history;
        let touches = &history.touches;
        let by = signed.question.by.as_ref().unwrap_or(&Dimension::Channel);
        if let Dimension::Tag(key) = by
            && let Some(labels) = touches.tags.field(key)
        {
            return Axis::Label(labels);
        }
        match by {
            Dimension::Channel => Axis::Label(&touches.channel),
            Dimension::Source => Axis::Label(&touches.source),
            Dimension::Campaign => Axis::Named { links: touches.campaign.values(), table: &history.campaigns },
            Dimension::Content => Axis::Named { links: touches.content.values(), table: &history.content },
            dimension => Axis::Deal(Segments::of(&View::at(history, signed.question.as_of, signed.question.known_at), dimension)),
        }
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        match self {
            Axis::Label(labels) => labels.names().len() + 1,
            Axis::Named { table, .. } => table.len() + 1,
            Axis::Deal(segments) => segments.labels.len(),
        }
    }

    /// The codes of a deal's touches, in their order.
    pub fn codes(&self, deal_row: usize, touch_rows: &[u32], codes: &mut Vec<u32>) {
        codes.clear();
        self.extend_codes(deal_row, touch_rows, codes);
    }

    /// As [`Signed::read_ahead`], of the labels.
    pub fn read_ahead(&self, runs: &[Range<usize>]) {
        let last = runs.iter().map(|rows| rows.end - 1);
        match self {
            Axis::Label(labels) => _ = std::hint::black_box(last.fold(0, |sum, row| sum ^ labels.codes()[row])),
            Axis::Named { links, .. } => _ = std::hint::black_box(last.fold(0, |sum, row| sum ^ links[row])),
            Axis::Deal(_) => {}
        }
    }

    pub fn extend_codes(&self, deal_row: usize, touch_rows: &[u32], codes: &mut Vec<u32>) {
        match self {
            Axis::Label(labels) => {
                let blank = labels.names().len() as u32;
                codes.extend(touch_rows.iter().map(|row| u32::try_from(labels.codes()[*row as usize]).unwrap_or(blank)));
            }
            Axis::Named { links, table } => {
                let find = |id: i64| if id == NONE { None } else { table.find(id) };
                codes.extend(touch_rows.iter().map(|row| find(links[*row as usize]).unwrap_or(table.len()) as u32));
            }
            Axis::Deal(segments) => codes.extend(touch_rows.iter().map(|_| segments.deals[deal_row])),
        }
    }

    /// The code of one touch. Touches of nobody's deal carry no deal's value.
    pub fn code(&self, touch_row: usize) -> usize {
        match self {
            Axis::Label(labels) => usize::try_from(labels.codes()[touch_row]).unwrap_or(labels.names().len()),
            Axis::Named { links, table } => {
                let id = links[touch_row];
                if id == NONE { table.len() } else { table.find(id).unwrap_or(table.len()) }
            }
            Axis::Deal(_) => 0,
        }
    }

    /// Whether each touch carries a label of its own.
    pub fn is_of_touches(&self) -> bool {
        !matches!(self, Axis::Deal(_))
    }

    /// How many touches carry each code.
    pub fn touched(&self) -> Vec<u64> {
        let rows = match self {
            Axis::Label(labels) => labels.codes().len(),
            Axis::Named { links, .. } => links.len(),
            Axis::Deal(_) => return vec![1; self.len()],
        };
        let size = (rows / (rayon::current_num_threads() * 4)).max(1 << 16);
        let count = |part: usize| {
            let mut touched = vec![0_u64; self.len()];
            (part * size..rows.min((part + 1) * size)).for_each(|row| touched[self.code(row)] += 1);
            touched
        };
        let add = |mut sums: Vec<u64>, more: Vec<u64>| {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            sums
        };
        (0..rows.div_ceil(size)).into_par_iter().map(count).reduce(|| vec![0; self.len()], add)
    }

    /// The name and the id of a code, both `None` where not recorded.
    pub fn label(&self, code: usize) -> Label {
        let (name, id) = match self {
            Axis::Label(labels) if code < labels.names().len() => (labels.name(code as i32).map(str::to_owned), None),
            Axis::Named { table, .. } if code < table.len() => (table.name.get(code).map(str::to_owned), Some(table.ids()[code])),
            Axis::Deal(segments) => return segments.labels[code].clone(),
            Axis::Label(_) | Axis::Named { .. } => (None, None),
        };
        Label { name, id }
    }
}
