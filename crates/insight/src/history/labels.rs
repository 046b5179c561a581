//! Labels: strings that repeat (channel, source, industry, ...), kept as codes into a list of names.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray, types::Int32Type};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use rustc_hash::FxHashMap;

use super::column::{Column, Keep, Pick, named};

/// The code of a label that is not recorded.
pub const UNLABELLED: i32 = -1;

/// Codes say nothing outside their column: compare names, not codes, between columns and between histories. A name that no row
/// has any more may stay in the list.
#[derive(Clone)]
pub struct Labels {
    codes: ScalarBuffer<i32>,
    names: StringArray,
}

impl Labels {
    /// One code per row; [`UNLABELLED`] where not recorded.
    pub fn codes(&self) -> &[i32] {
        &self.codes
    }

    pub fn names(&self) -> &StringArray {
        &self.names
    }

    /// Number of names; codes are below it.
    pub fn distinct(&self) -> usize {
        self.names.len()
    }

    pub fn name(&self, code: i32) -> Option<&str> {
        (code >= 0).then(|| self.names.value(code as usize))
    }

    pub fn get(&self, row: usize) -> Option<&str> {
        self.name(self.codes[row])
    }

    pub fn code_of(&self, name: &str) -> Option<i32> {
        (0..self.names.len()).find(|index| self.names.value(*index) == name).map(|index| index as i32)
    }

    pub fn collect<'a>(items: impl Iterator<Item = Option<&'a str>>) -> Labels {
        let mut known: FxHashMap<&str, i32> = FxHashMap::default();
        let mut names = Vec::new();
        let codes = items.map(|item| item.map_or(UNLABELLED, |name| code_for(name, &mut known, &mut names))).collect::<Vec<_>>();
        Labels { codes: codes.into(), names: StringArray::from(names) }
    }
}

fn code_for<'a>(name: &'a str, known: &mut FxHashMap<&'a str, i32>, names: &mut Vec<&'a str>) -> i32 {
    *known.entry(name).or_insert_with(|| {
        names.push(name);
        names.len() as i32 - 1
    })
}

impl Column<Option<String>> for Labels {
    fn build<'a>(items: impl Iterator<Item = &'a Option<String>>) -> Self {
        Labels::collect(items.map(|item| item.as_deref()))
    }

    fn item(&self, row: usize) -> Option<String> {
        self.get(row).map(str::to_owned)
    }
}

impl Keep for Labels {
    /// Old codes stay as they are; new names go behind the old ones.
    fn gather([old, new]: [&Self; 2], picks: &[Pick]) -> Self {
        let mut names: Vec<&str> = (0..old.names.len()).map(|index| old.names.value(index)).collect();
        let mut known: FxHashMap<&str, i32> = names.iter().enumerate().map(|(code, name)| (*name, code as i32)).collect();
        let mapped: Vec<i32> = (0..new.names.len()).map(|index| code_for(new.names.value(index), &mut known, &mut names)).collect();
        let grown = names.len() > old.names.len();
        let code = |pick: &Pick| match (pick.source(), pick.row()) {
            (0, row) => old.codes[row],
            (_, row) => usize::try_from(new.codes[row]).map_or(UNLABELLED, |code| mapped[code]),
        };
        let codes: Vec<i32> = picks.iter().map(code).collect();
        Labels { codes: codes.into(), names: if grown { StringArray::from(names) } else { old.names.clone() } }
    }

    fn same(&self, row: usize, other: &Self, other_row: usize) -> bool {
        self.get(row) == other.get(other_row)
    }

    fn store(&self, name: &str, out: &mut Vec<(Field, ArrayRef)>) {
        let nulls = NullBuffer::from_iter(self.codes.iter().map(|code| *code >= 0));
        let keys = Int32Array::new(self.codes.clone(), Some(nulls));
        let array = DictionaryArray::<Int32Type>::new(keys, Arc::new(self.names.clone()));
        let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        out.push((Field::new(name, kind, true), Arc::new(array)));
    }

    fn load(name: &str, batch: &RecordBatch) -> Result<Self, String> {
        let array = named(name, batch)?.as_any().downcast_ref::<DictionaryArray<Int32Type>>();
        let array = array.ok_or_else(|| format!("column `{name}` has another type"))?;
        let names = array.values().as_any().downcast_ref::<StringArray>();
        let names = names.ok_or_else(|| format!("the names of column `{name}` have another type"))?.clone();
        Ok(Labels { codes: array.keys().values().clone(), names })
    }
}

/// The customer's own fields: one column of labels for each key.
#[derive(Clone, Default)]
pub struct Customs {
    /// In the order of their keys.
    fields: Vec<(String, Labels)>,
    rows: usize,
}

impl Customs {
    pub fn field(&self, key: &str) -> Option<&Labels> {
        self.fields.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok().map(|index| &self.fields[index].1)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(key, _)| key.as_str())
    }

    fn get(&self, key: &str, row: usize) -> Option<&str> {
        self.field(key).and_then(|labels| labels.get(row))
    }
}

impl Column<Vec<(String, String)>> for Customs {
    fn build<'a>(items: impl Iterator<Item = &'a Vec<(String, String)>>) -> Self {
        let items: Vec<&Vec<(String, String)>> = items.collect();
        let mut keys: Vec<&str> = items.iter().flat_map(|item| item.iter().map(|(key, _)| key.as_str())).collect();
        keys.sort_unstable();
        keys.dedup();
        let of =
            |item: &'a Vec<(String, String)>, key: &str| item.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
        let fields = keys.iter().map(|key| (key.to_string(), Labels::collect(items.iter().map(|item| of(item, key))))).collect();
        Customs { fields, rows: items.len() }
    }

    /// In the order of the keys.
    fn item(&self, row: usize) -> Vec<(String, String)> {
        self.fields.iter().filter_map(|(key, labels)| Some((key.clone(), labels.get(row)?.to_owned()))).collect()
    }
}

impl Keep for Customs {
    fn gather([old, new]: [&Self; 2], picks: &[Pick]) -> Self {
        let mut keys: Vec<&str> = old.keys().chain(new.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let blank = |customs: &Customs| Labels::collect(std::iter::repeat_n(None, customs.rows));
        let of = |customs: &Customs, key: &str| customs.field(key).cloned().unwrap_or_else(|| blank(customs));
        let fields = keys.iter().map(|key| (key.to_string(), Labels::gather([&of(old, key), &of(new, key)], picks)));
        Customs { fields: fields.collect(), rows: picks.len() }
    }

    fn same(&self, row: usize, other: &Self, other_row: usize) -> bool {
        self.keys().chain(other.keys()).all(|key| self.get(key, row) == other.get(key, other_row))
    }

    fn store(&self, name: &str, out: &mut Vec<(Field, ArrayRef)>) {
        for (key, labels) in &self.fields {
            labels.store(&format!("{name}.{key}"), out);
        }
    }

    fn load(name: &str, batch: &RecordBatch) -> Result<Self, String> {
        let mut fields = Vec::new();
        for field in batch.schema_ref().fields() {
            if let Some(key) = field.name().strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) {
                fields.push((key.to_owned(), Labels::load(field.name(), batch)?));
            }
        }
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Customs { fields, rows: batch.num_rows() })
    }
}
