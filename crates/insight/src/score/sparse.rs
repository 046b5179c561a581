//! Rows of which few columns are not zero.

#[derive(Clone, Debug, Default)]
pub struct Sparse {
    pub width: usize,
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Sparse {
    pub fn new(width: usize) -> Sparse {
        Sparse { width, starts: vec![0], columns: Vec::new(), values: Vec::new() }
    }

    /// Sets a column of the row that is being made.
    pub fn put(&mut self, column: usize, value: f64) {
        self.columns.push(column as u32);
        self.values.push(value);
    }

    pub fn end_row(&mut self) {
        self.starts.push(self.columns.len());
    }

    pub fn from_dense(width: usize, rows: &[Vec<f64>]) -> Sparse {
        let mut out = Sparse::new(width);
        for row in rows {
            row.iter().enumerate().filter(|(_, value)| **value != 0.0).for_each(|(column, value)| out.put(column, *value));
            out.end_row();
        }
        out
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[row]..self.starts[row + 1];
        self.columns[range.clone()].iter().zip(&self.values[range]).map(|(column, value)| (*column as usize, *value))
    }

    pub fn dot(&self, row: usize, weights: &[f64]) -> f64 {
        self.row(row).map(|(column, value)| weights[column] * value).sum()
    }

    /// Mean of each column over all rows; zeros where there are none.
    pub fn means(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        self.columns.iter().zip(&self.values).for_each(|(column, value)| sums[*column as usize] += value);
        let rows = self.len().max(1) as f64;
        sums.into_iter().map(|sum| sum / rows).collect()
    }
}
