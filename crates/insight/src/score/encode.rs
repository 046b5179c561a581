//! From cells to slots: each level of a label, each range of a number and each word is one slot, which is on or off. So every weight
//! can be read, and what was never filled in has a slot of its own instead of a made-up value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    sparse::Sparse,
    table::{Cell, CellKind, Column, Table},
};

/// A level, range or word that fewer rows have is not learned from by itself.
pub const SLOT_ROWS_MIN: usize = 20;
const LEVELS_MAX: usize = 40;
const WORDS_MAX: usize = 60;
/// A range of numbers holds about this share of the rows, or more where a single value does.
const RANGE_SHARE: f64 = 0.125;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    pub features: Vec<Feature>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    pub key: String,
    pub words: String,
    /// Its first slot.
    pub first: usize,
    pub slots: Slots,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slots {
    /// A slot for each level, one for all others, one for not recorded.
    Labels(Vec<String>),
    /// The ends of the ranges, the first not included; a slot for each range, one for not recorded.
    Numbers(Vec<f64>),
    /// A slot for each word.
    Words(Vec<String>),
}

impl Slots {
    pub fn count(&self) -> usize {
        match self {
            Slots::Labels(levels) => levels.len() + 2,
            Slots::Numbers(edges) => edges.len() + 2,
            Slots::Words(words) => words.len(),
        }
    }

    /// The slot of what is not recorded.
    pub fn missing(&self) -> Option<usize> {
        match self {
            Slots::Words(_) => None,
            _ => Some(self.count() - 1),
        }
    }

    fn for_each(&self, cell: &Cell, mut put: impl FnMut(usize)) {
        match (self, cell) {
            (Slots::Labels(levels), Cell::Label(Some(label))) => {
                put(levels.iter().position(|level| **level == **label).unwrap_or(levels.len()));
            }
            (Slots::Numbers(edges), Cell::Number(Some(number))) => put(edges.partition_point(|edge| edge <= number)),
            (Slots::Words(words), Cell::Words(found)) => {
                words.iter().enumerate().filter(|(_, word)| found.iter().any(|found| **found == ***word)).for_each(|(index, _)| put(index));
            }
            (Slots::Words(_), _) => {}
            _ => put(self.count() - 1),
        }
    }

    fn fit(kind: CellKind, cells: &[&Cell]) -> Slots {
        match kind {
            CellKind::Label => Slots::Labels(frequent(cells.iter().filter_map(|cell| label_of(cell)), LEVELS_MAX)),
            CellKind::Number => Slots::Numbers(edges(cells.iter().filter_map(number_of).collect())),
            CellKind::Words => Slots::Words(frequent(cells.iter().flat_map(words_of), WORDS_MAX)),
        }
    }
}

impl Feature {
    pub fn range(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.slots.count()
    }

    /// What a slot says, as a sentence without its full stop.
    pub fn sentence(&self, slot: usize) -> String {
        let name = &self.words;
        match &self.slots {
            Slots::Words(words) => words.get(slot).map_or_else(|| name.clone(), |word| format!("{name} has “{word}”")),
            Slots::Labels(levels) => match levels.get(slot) {
                Some(level) => format!("{name} is “{level}”"),
                None if Some(slot) == self.slots.missing() => format!("{name} is not recorded"),
                None => format!("{name} is a rarer one"),
            },
            Slots::Numbers(edges) if slot > edges.len() => format!("{name}: not recorded"),
            Slots::Numbers(edges) => format!("{name}: {}", range_words(edges, slot)),
        }
    }
}

impl Encoder {
    /// Learns the slots of columns from the rows given. A column that says the same of nearly all rows is left out.
    pub fn fit(table: &Table, rows: &[usize]) -> Encoder {
        let mut features = Vec::new();
        let mut first = 0;
        for (index, column) in table.columns.iter().enumerate() {
            let cells: Vec<&Cell> = rows.iter().map(|row| &table.rows[*row][index]).collect();
            let slots = Slots::fit(column.kind, &cells);
            if tells_apart(&slots, &cells) {
                let count = slots.count();
                features.push(Feature { key: column.key.clone(), words: column.words.clone(), first, slots });
                first += count;
            }
        }
        Encoder { features }
    }

    pub fn width(&self) -> usize {
        self.features.last().map_or(0, |feature| feature.range().end)
    }

    /// The slots that are on in each row. Columns are found by their keys; one that is not there counts as not recorded.
    pub fn encode(&self, table: &Table, rows: &[usize]) -> Sparse {
        let places: Vec<Option<usize>> = self.features.iter().map(|feature| table.index_of(&feature.key)).collect();
        let mut out = Sparse::new(self.width());
        for row in rows {
            for (feature, place) in self.features.iter().zip(&places) {
                match place {
                    Some(place) => feature.slots.for_each(&table.rows[*row][*place], |slot| out.put(feature.first + slot, 1.0)),
                    None => feature.slots.missing().into_iter().for_each(|slot| out.put(feature.first + slot, 1.0)),
                }
            }
            out.end_row();
        }
        out
    }
}

/// The encoding of one column alone.
pub(super) fn one_column(column: &Column, cells: &[&Cell]) -> (Slots, Vec<Vec<usize>>) {
    let slots = Slots::fit(column.kind, cells);
    let of_cell = |cell: &&Cell| {
        let mut on = Vec::new();
        slots.for_each(cell, |slot| on.push(slot));
        on
    };
    let on = cells.iter().map(of_cell).collect();
    (slots, on)
}

fn tells_apart(slots: &Slots, cells: &[&Cell]) -> bool {
    let mut counts = vec![0_usize; slots.count()];
    cells.iter().for_each(|cell| slots.for_each(cell, |slot| counts[slot] += 1));
    match slots {
        Slots::Words(words) => !words.is_empty(),
        _ => cells.len() - counts.iter().max().copied().unwrap_or(0) >= SLOT_ROWS_MIN,
    }
}

/// Those that enough rows have, the most frequent first.
fn frequent<'a>(items: impl Iterator<Item = &'a str>, at_most: usize) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    let mut all: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count >= SLOT_ROWS_MIN).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    all.truncate(at_most);
    all.into_iter().map(|(item, _)| item.to_owned()).collect()
}

/// Cuts the values into ranges that hold enough rows, never within one value.
fn edges(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    let enough = SLOT_ROWS_MIN.max((numbers.len() as f64 * RANGE_SHARE).ceil() as usize);
    let mut edges = Vec::new();
    let mut since = 0;
    for index in 1..numbers.len() {
        let is_new = numbers[index] > numbers[index - 1];
        if is_new && index - since >= enough && numbers.len() - index >= SLOT_ROWS_MIN {
            edges.push(numbers[index]);
            since = index;
        }
    }
    edges
}

fn range_words(edges: &[f64], slot: usize) -> String {
    let whole = edges.iter().all(|edge| edge.fract() == 0.0);
    let last = |edge: f64| if whole { edge - 1.0 } else { edge };
    match (slot.checked_sub(1).map(|below| edges[below]), edges.get(slot)) {
        (None, None) => "any".into(),
        (None, Some(&edge)) if whole && edge == 1.0 => "none".into(),
        (None, Some(&edge)) => format!("{} {}", if whole { "at most" } else { "under" }, shown(last(edge))),
        (Some(from), None) => format!("{} or more", shown(from)),
        (Some(from), Some(&to)) if whole && to - from == 1.0 => shown(from),
        (Some(from), Some(&to)) => format!("{} to {}", shown(from), shown(last(to))),
    }
}

fn shown(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.1}") }
}

fn label_of<'a>(cell: &&'a Cell) -> Option<&'a str> {
    if let Cell::Label(Some(label)) = cell { Some(label) } else { None }
}

fn number_of(cell: &&Cell) -> Option<f64> {
    if let Cell::Number(number) = cell { number.filter(|number| number.is_finite()) } else { None }
}

fn words_of<'a>(cell: &&'a Cell) -> impl Iterator<Item = &'a str> {
    let words: &'a [Box<str>] = if let Cell::Words(words) = cell { words } else { &[] };
    words.iter().map(|word| &**word)
}
