//! The cells of one row, in one piece of memory.

/// A row of text cells: one string and where each cell ends in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    text: String,
    ends: Vec<u32>,
}

impl Cells {
    /// `ends` must be ascending offsets into `text`, on character boundaries, the last one its length.
    pub(crate) fn new(text: String, ends: Vec<u32>) -> Cells {
        debug_assert!(ends.iter().all(|end| text.is_char_boundary(*end as usize)));
        Cells { text, ends }
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        self.text.get(start..end)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index).unwrap_or_default())
    }

    /// True where no cell holds anything but white space.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// All cells one after the other, for looking through the whole row at once.
    pub(crate) fn joined(&self) -> &str {
        &self.text
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.text.truncate(self.ends.last().map_or(0, |end| *end as usize));
    }
}

impl<S: AsRef<str>> FromIterator<S> for Cells {
    fn from_iter<I: IntoIterator<Item = S>>(cells: I) -> Cells {
        let mut row = Cells::default();
        for cell in cells {
            row.text.push_str(cell.as_ref());
            row.ends.push(row.text.len() as u32);
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_back() {
        let mut cells: Cells = ["a", "", "ção"].into_iter().collect();
        assert_eq!(cells.iter().collect::<Vec<_>>(), ["a", "", "ção"]);
        assert_eq!(cells.get(3), None);
        cells.truncate(1);
        assert_eq!(cells.iter().collect::<Vec<_>>(), ["a"]);
        assert!(Cells::default().is_blank());
    }
}
