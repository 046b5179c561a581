//! The columns that are neither a fixed number of bytes nor a label: texts, lists of ids, amounts of money.

use std::sync::Arc;

use alignment::{Currency, Money};
use arrow_array::{Array, ArrayRef, Int64Array, ListArray, RecordBatch, StringArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};

use super::column::{Column, Fixed, Keep, NONE, Pick, named};

/// Strings of which each row has its own.
#[derive(Clone)]
pub struct Texts(StringArray);

impl Texts {
    pub fn get(&self, row: usize) -> Option<&str> {
        self.0.is_valid(row).then(|| self.0.value(row))
    }
}

impl Column<Option<String>> for Texts {
    fn build<'a>(items: impl Iterator<Item = &'a Option<String>>) -> Self {
        Texts(items.map(|item| item.as_deref()).collect())
    }

    fn item(&self, row: usize) -> Option<String> {
        self.get(row).map(str::to_owned)
    }
}

impl Column<String> for Texts {
    fn build<'a>(items: impl Iterator<Item = &'a String>) -> Self {
        Texts(items.map(|item| Some(item.as_str())).collect())
    }

    fn item(&self, row: usize) -> String {
        self.get(row).unwrap_or_default().to_owned()
    }
}

impl Keep for Texts {
    fn gather(sources: [&Self; 2], picks: &[Pick]) -> Self {
        Texts(picks.iter().map(|pick| sources[pick.source()].get(pick.row())).collect())
    }

    fn same(&self, row: usize, other: &Self, other_row: usize) -> bool {
        self.get(row) == other.get(other_row)
    }

    fn store(&self, name: &str, out: &mut Vec<(Field, ArrayRef)>) {
        out.push((Field::new(name, DataType::Utf8, true), Arc::new(self.0.clone())));
    }

    fn load(name: &str, batch: &RecordBatch) -> Result<Self, String> {
        let array = named(name, batch)?.as_any().downcast_ref::<StringArray>();
        Ok(Texts(array.ok_or_else(|| format!("column `{name}` has another type"))?.clone()))
    }
}

/// A list of ids per row.
#[derive(Clone)]
pub struct Lists {
    offsets: OffsetBuffer<i32>,
    ids: ScalarBuffer<i64>,
}

impl Lists {
    pub fn get(&self, row: usize) -> &[i64] {
        &self.ids[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    fn collect<'a>(items: impl Iterator<Item = &'a [i64]>) -> Lists {
        let mut ids = Vec::new();
        let mut offsets = vec![0_i32];
        for item in items {
            ids.extend_from_slice(item);
            offsets.push(ids.len() as i32);
        }
        Lists { offsets: OffsetBuffer::new(offsets.into()), ids: ids.into() }
    }
}

impl Column<Vec<i64>> for Lists {
    fn build<'a>(items: impl Iterator<Item = &'a Vec<i64>>) -> Self {
        Lists::collect(items.map(Vec::as_slice))
    }

    fn item(&self, row: usize) -> Vec<i64> {
        self.get(row).to_vec()
    }
}

impl Keep for Lists {
    fn gather(sources: [&Self; 2], picks: &[Pick]) -> Self {
        Lists::collect(picks.iter().map(|pick| sources[pick.source()].get(pick.row())))
    }

    fn same(&self, row: usize, other: &Self, other_row: usize) -> bool {
        self.get(row) == other.get(other_row)
    }

    fn store(&self, name: &str, out: &mut Vec<(Field, ArrayRef)>) {
        let item = Arc::new(Field::new("item", DataType::Int64, false));
        let ids = Arc::new(Int64Array::new(self.ids.clone(), None));
        let array = ListArray::new(item.clone(), self.offsets.clone(), ids, None);
        out.push((Field::new(name, DataType::List(item), false), Arc::new(array)));
    }

    fn load(name: &str, batch: &RecordBatch) -> Result<Self, String> {
        let other = || format!("column `{name}` has another type");
        let array = named(name, batch)?.as_any().downcast_ref::<ListArray>().ok_or_else(other)?;
        let ids = array.values().as_any().downcast_ref::<Int64Array>().ok_or_else(other)?;
        Ok(Lists { offsets: array.offsets().clone(), ids: ids.values().clone() })
    }
}

/// Money: minor units, and the three letters of the currency as a number.
#[derive(Clone)]
pub struct Amounts {
    minor: Fixed<Option<i64>>,
    currency: Fixed<u32>,
}

impl Amounts {
    pub fn get(&self, row: usize) -> Option<Money> {
        let minor = self.minor.get(row)?;
        let [_, a, b, c] = self.currency.values()[row].to_be_bytes();
        let currency = std::str::from_utf8(&[a, b, c]).ok()?.parse().ok()?;
        Some(Money { minor, currency })
    }

    /// Minor units, where there is an amount and it is in `currency`.
    pub fn minor_in(&self, row: usize, currency: u32) -> Option<i64> {
        if self.currency.values()[row] == currency { self.minor.get(row) } else { None }
    }

    pub fn is_recorded(&self, row: usize) -> bool {
        self.minor.values()[row] != NONE
    }

    fn collect(items: impl Iterator<Item = Option<Money>>) -> Amounts {
        let codes = items.map(|item| item.map_or((NONE, 0), |money| (money.minor, currency_code(money.currency))));
        let (minor, currency) = codes.unzip();
        Amounts { minor: Fixed::from_codes(minor), currency: Fixed::from_codes(currency) }
    }
}

/// How [`Amounts`] writes a currency down.
pub fn currency_code(currency: Currency) -> u32 {
    currency.as_str().bytes().fold(0, |code, byte| code << 8 | byte as u32)
}

impl Column<Option<Money>> for Amounts {
    fn build<'a>(items: impl Iterator<Item = &'a Option<Money>>) -> Self {
        Amounts::collect(items.copied())
    }

    fn item(&self, row: usize) -> Option<Money> {
        self.get(row)
    }
}

impl Column<Money> for Amounts {
    fn build<'a>(items: impl Iterator<Item = &'a Money>) -> Self {
        Amounts::collect(items.map(|item| Some(*item)))
    }

    fn item(&self, row: usize) -> Money {
        self.get(row).unwrap_or(Money { minor: 0, currency: Currency::EUR })
    }
}

impl Keep for Amounts {
    fn gather([old, new]: [&Self; 2], picks: &[Pick]) -> Self {
        Amounts { minor: Keep::gather([&old.minor, &new.minor], picks), currency: Keep::gather([&old.currency, &new.currency], picks) }
    }

    fn same(&self, row: usize, other: &Self, other_row: usize) -> bool {
        self.get(row) == other.get(other_row)
    }

    fn store(&self, name: &str, out: &mut Vec<(Field, ArrayRef)>) {
        self.minor.store(&format!("{name}_minor"), out);
        self.currency.store(&format!("{name}_currency"), out);
    }

    fn load(name: &str, batch: &RecordBatch) -> Result<Self, String> {
        Ok(Amounts { minor: Keep::load(&format!("{name}_minor"), batch)?, currency: Keep::load(&format!("{name}_currency"), batch)? })
    }
}
