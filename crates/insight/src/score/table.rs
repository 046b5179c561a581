//! What is known of each row before anything is fitted: named columns of labels, numbers or words.

/// A column: what stands in it, and whether each value carries an instant of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Such as `company.industry`.
    pub key: String,
    /// As it stands at the head of a sentence: `Industry`.
    pub words: String,
    pub kind: CellKind,
    /// False for fields that are kept as they are now: when they were filled in has to be proved or guarded.
    pub is_dated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    Label,
    Number,
    Words,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Label(Option<Box<str>>),
    Number(Option<f64>),
    Words(Box<[Box<str>]>),
}

impl Cell {
    pub fn label(text: Option<&str>) -> Cell {
        Cell::Label(text.map(str::trim).filter(|text| !text.is_empty()).map(Box::from))
    }

    pub fn is_filled(&self) -> bool {
        match self {
            Cell::Label(label) => label.is_some(),
            Cell::Number(number) => number.is_some(),
            Cell::Words(words) => !words.is_empty(),
        }
    }
}

/// Rows of cells, each in the order of the columns.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The same rows without the columns of these keys.
    pub fn without(self, keys: &[String]) -> Table {
        let kept: Vec<bool> = self.columns.iter().map(|column| !keys.contains(&column.key)).collect();
        fn keep<T>(items: Vec<T>, kept: &[bool]) -> Vec<T> {
            items.into_iter().zip(kept).filter(|(_, kept)| **kept).map(|(item, _)| item).collect()
        }
        Table { rows: self.rows.into_iter().map(|row| keep(row, &kept)).collect(), columns: keep(self.columns, &kept) }
    }

    pub fn index_of(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }
}
