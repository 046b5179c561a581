//! The header of one file, as a recipe sees it: columns by name, and which of them are used.

/// Header names compare without regard to case, and without regard to the white space around and within them.
pub(super) struct Header<'a> {
    names: &'a [String],
    plain: Vec<String>,
    used: Vec<bool>,
}

impl<'a> Header<'a> {
    pub fn new(names: &'a [String]) -> Header<'a> {
        Header { names, plain: names.iter().map(|name| plain(name)).collect(), used: vec![false; names.len()] }
    }

    /// The column with this name; from now on it counts as used.
    pub fn index(&mut self, name: &str) -> Option<usize> {
        let index = self.find(name)?;
        self.used[index] = true;
        Some(index)
    }

    pub fn find(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        self.plain.iter().position(|column| *column == wanted)
    }

    pub fn name(&self, index: usize) -> &str {
        &self.names[index]
    }

    pub fn unused(&self) -> Vec<usize> {
        (0..self.names.len()).filter(|index| !self.used[*index]).collect()
    }
}

fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A column's name as the key of a field: `Lead Type (old)` is `lead_type_old`.
pub(crate) fn custom_key(column: &str) -> String {
    let mut key = String::with_capacity(column.len());
    for c in column.chars() {
        match c {
            c if c.is_alphanumeric() => key.extend(c.to_lowercase()),
            _ if key.is_empty() || key.ends_with('_') => {}
            _ => key.push('_'),
        }
    }
    key.truncate(key.trim_end_matches('_').len());
    key
}
