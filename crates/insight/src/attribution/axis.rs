//! What the shares are added up by: each touch's label as a small code.

use arrow_array::Array;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{of_deal, signed::Signed};
use crate::{
    history::{Held, History, Labels, NONE, Named},
    question::Dimension,
};

pub(super) enum Axis<'h> {
    /// A label on the touch: its code, or the number of names where not recorded.
    Label(&'h Labels),
    /// A campaign or content on the touch: its row, or the number of rows where not recorded or gone.
    Named { links: &'h [i64], table: &'h Held<Named> },
    /// A dimension that touches don't have: all touches of a deal carry the deal's own.
    Deal { codes: FxHashMap<usize, u32>, labels: Vec<of_deal::Label> },
}

impl<'h> Axis<'h> {
    /// By channel, unless the question says otherwise.
    pub fn of(signed: &Signed<'h>) -> Axis<'h> {
        let history: &'h History = signed.history;
        let touches = &history.touches;
        match signed.question.by.as_ref().unwrap_or(&Dimension::Channel) {
            Dimension::Channel => Axis::Label(&touches.channel),
            Dimension::Source => Axis::Label(&touches.source),
            Dimension::Campaign => Axis::Named { links: touches.campaign.values(), table: &history.campaigns },
            Dimension::Content => Axis::Named { links: touches.content.values(), table: &history.content },
            dimension => Axis::by_deal(signed, dimension),
        }
    }

    fn by_deal(signed: &Signed<'h>, dimension: &Dimension) -> Axis<'h> {
        let of: Vec<of_deal::Label> = signed.won.par_iter().map(|won| of_deal::label(signed.history, dimension, won.row)).collect();
        let mut labels = of.clone();
        labels.sort_unstable();
        labels.dedup();
        let code = |label: &of_deal::Label| labels.binary_search(label).unwrap_or(0) as u32;
        let codes = signed.won.iter().zip(&of).map(|(won, label)| (won.row, code(label))).collect();
        Axis::Deal { codes, labels }
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        match self {
            Axis::Label(labels) => labels.names().len() + 1,
            Axis::Named { table, .. } => table.len() + 1,
            Axis::Deal { labels, .. } => labels.len(),
        }
    }

    /// The codes of a deal's touches, in their order.
    pub fn codes(&self, deal_row: usize, touch_rows: &[u32], codes: &mut Vec<u32>) {
        codes.clear();
        match self {
            Axis::Label(labels) => {
                let blank = labels.names().len() as u32;
                codes.extend(touch_rows.iter().map(|row| u32::try_from(labels.codes()[*row as usize]).unwrap_or(blank)));
            }
            Axis::Named { links, table } => {
                let find = |id: i64| if id == NONE { None } else { table.find(id) };
                codes.extend(touch_rows.iter().map(|row| find(links[*row as usize]).unwrap_or(table.len()) as u32));
            }
            Axis::Deal { codes: of, .. } => codes.extend(touch_rows.iter().map(|_| of.get(&deal_row).copied().unwrap_or(0))),
        }
    }

    pub fn label(&self, code: usize) -> of_deal::Label {
        match self {
            Axis::Label(labels) if code < labels.names().len() => (labels.name(code as i32).map(str::to_owned), None),
            Axis::Named { table, .. } if code < table.len() => of_deal::named(table, Some(table.ids()[code])),
            Axis::Deal { labels, .. } => labels.get(code).cloned().unwrap_or_default(),
            Axis::Label(_) | Axis::Named { .. } => (None, None),
        }
    }
}
