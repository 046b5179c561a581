//! Columns: each holds one field of all rows of a table, as the Arrow buffer that is also what lies on disk.
//!
//! A missing value is a sentinel in the buffer itself, so that a pass over a column reads one slice and no bitmap. The bitmap that
//! Arrow asks for is made from it when the column is written.

use std::{marker::PhantomData, sync::Arc};

use alignment::{
    Instant,
    handoff::{ClockKind, Outcome},
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray, RecordBatch,
    types::{Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type},
};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::Field;

/// The value of a missing id, number or instant inside a column.
pub const NONE: i64 = i64::MIN;

/// What a row's field of type `Item` is kept in.
pub trait Column<Item>: Keep {
    fn build<'a>(items: impl Iterator<Item = &'a Item>) -> Self
    where
        Item: 'a;
    fn item(&self, row: usize) -> Item;
}

/// What every column can do, whatever it holds.
pub trait Keep: Sized + Clone + Send + Sync + 'static {
    /// The rows named by `picks`, out of two columns of the same kind.
    fn gather(sources: [&Self; 2], picks: &[Pick]) -> Self;
    /// Whether two rows hold the same value, whatever the codes it is kept by.
    fn same(&self, row: usize, other: &Self, other_row: usize) -> bool;
    fn store(&self, name: &str, out: &mut Vec<(Field, ArrayRef)>);
    fn load(name: &str, batch: &RecordBatch) -> Result<Self, String>;
}

/// A row of one of two tables: the old rows or the new ones.
#[derive(Clone, Copy, Debug)]
pub struct Pick(u32);

impl Pick {
    const NEW: u32 = 1 << 31;

    pub fn old(row: usize) -> Pick {
        Pick(row as u32)
    }

    pub fn new(row: usize) -> Pick {
        Pick(row as u32 | Pick::NEW)
    }

    /// 0 for old, 1 for new.
    pub fn source(self) -> usize {
        (self.0 >> 31) as usize
    }

    pub fn row(self) -> usize {
        (self.0 & !Pick::NEW) as usize
    }
}

/// A value that fits a fixed number of bytes.
pub trait Coded: Copy + PartialEq + Send + Sync + 'static {
    type Arrow: ArrowPrimitiveType;
    /// The code that stands for a missing value.
    const MISSING: Option<Native<Self>> = None;
    fn encode(self) -> Native<Self>;
    fn decode(code: Native<Self>) -> Self;
    fn is_known(_code: Native<Self>) -> bool {
        true
    }
}

pub type Native<T> = <<T as Coded>::Arrow as ArrowPrimitiveType>::Native;

#[derive(Clone)]
pub struct Fixed<T: Coded> {
    codes: ScalarBuffer<Native<T>>,
    holds: PhantomData<fn() -> T>,
}

impl<T: Coded> Fixed<T> {
    pub fn from_codes(codes: Vec<Native<T>>) -> Self {
        Fixed { codes: codes.into(), holds: PhantomData }
    }

    /// The raw values; a missing one is [`NONE`].
    pub fn values(&self) -> &[Native<T>] {
        &self.codes
    }

    pub fn get(&self, row: usize) -> T {
        T::decode(self.codes[row])
    }

    pub fn len(&self) -> usize {
        self.codes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
}

impl<T: Coded> Column<T> for Fixed<T> {
    fn build<'a>(items: impl Iterator<Item = &'a T>) -> Self
    where
        T: 'a,
    {
        Fixed::from_codes(items.map(|item| item.encode()).collect())
    }

    fn item(&self, row: usize) -> T {
        self.get(row)
    }
}

impl<T: Coded> Keep for Fixed<T> {
    fn gather(sources: [&Self; 2], picks: &[Pick]) -> Self {
        let [old, new] = sources.map(|source| source.values());
        Fixed::from_codes(picks.iter().map(|pick| if pick.source() == 0 { old[pick.row()] } else { new[pick.row()] }).collect())
    }

    fn same(&self, row: usize, other: &Self, other_row: usize) -> bool {
        self.codes[row] == other.codes[other_row]
    }

    fn store(&self, name: &str, out: &mut Vec<(Field, ArrayRef)>) {
        let nulls = T::MISSING.map(|missing| NullBuffer::from_iter(self.codes.iter().map(|code| *code != missing)));
        let array = PrimitiveArray::<T::Arrow>::new(self.codes.clone(), nulls);
        out.push((Field::new(name, T::Arrow::DATA_TYPE, T::MISSING.is_some()), Arc::new(array)));
    }

    fn load(name: &str, batch: &RecordBatch) -> Result<Self, String> {
        let array = named(name, batch)?;
        let array = array.as_any().downcast_ref::<PrimitiveArray<T::Arrow>>();
        let codes = array.ok_or_else(|| format!("column `{name}` has another type"))?.values().clone();
        // Without a way out in the middle, so that many codes are looked at at a time.
        match codes.iter().fold(true, |known, code| known & T::is_known(*code)) {
            true => Ok(Fixed { codes, holds: PhantomData }),
            false => Err(format!("column `{name}` holds a code that this version does not know")),
        }
    }
}

pub fn named<'a>(name: &str, batch: &'a RecordBatch) -> Result<&'a ArrayRef, String> {
    batch.column_by_name(name).ok_or_else(|| format!("column `{name}` is missing"))
}

macro_rules! coded {
    ($($type:ty as $arrow:ty $(, missing $missing:expr)? => $encode:expr, $decode:expr $(, known $known:expr)?;)*) => {$(
        impl Coded for $type {
            type Arrow = $arrow;
            $(const MISSING: Option<Native<Self>> = Some($missing);)?
            fn encode(self) -> Native<Self> {
                let encode: fn($type) -> Native<Self> = $encode;
                encode(self)
            }
            fn decode(code: Native<Self>) -> Self {
                let decode: fn(Native<Self>) -> $type = $decode;
                decode(code)
            }
            $(fn is_known(code: Native<Self>) -> bool {
                let known: fn(Native<Self>) -> bool = $known;
                known(code)
            })?
        }
    )*};
}

coded! {
    i64 as Int64Type => |value| value, |code| code;
    u32 as UInt32Type => |value| value, |code| code;
    bool as UInt8Type => |value| value as u8, |code| code != 0;
    Instant as TimestampMicrosecondType => |at| at.0, Instant;
    Option<i64> as Int64Type, missing NONE => |value| value.unwrap_or(NONE), |code| (code != NONE).then_some(code);
    Option<Instant> as TimestampMicrosecondType, missing NONE =>
        |at| at.map_or(NONE, |at| at.0), |code| (code != NONE).then_some(Instant(code));
    StageSet as UInt16Type => |set| set.0, StageSet;
    // A code beyond those known is refused on load, so the fallbacks below are never what is read.
    Stage as UInt8Type => |stage| stage as u8, |code| Stage::ALL.get(code as usize).copied().unwrap_or(Stage::Lost),
        known |code| (code as usize) < Stage::COUNT;
    DealStage as UInt8Type => |stage| stage as u8, |code| DealStage::ALL.get(code as usize).copied().unwrap_or(DealStage::Lost),
        known |code| (code as usize) < DealStage::ALL.len();
    TouchKind as UInt8Type => |kind| kind as u8, |code| TouchKind::from_code(code).unwrap_or(TouchKind::Other),
        known |code| TouchKind::from_code(code).is_some();
    ActivityKind as UInt8Type => |kind| kind as u8, |code| ActivityKind::from_code(code).unwrap_or(ActivityKind::Note),
        known |code| ActivityKind::from_code(code).is_some();
    ClockKind as UInt8Type => |kind| kind as u8, |code| ClockKind::ALL.get(code as usize).copied().unwrap_or(ClockKind::Review),
        known |code| (code as usize) < ClockKind::ALL.len();
    Option<Outcome> as UInt8Type, missing u8::MAX => |outcome| outcome.map_or(u8::MAX, |outcome| outcome as u8),
        |code| Outcome::ALL.get(code as usize).copied(), known |code| code == u8::MAX || (code as usize) < Outcome::ALL.len();
    Side as UInt8Type => |side| side as u8, |code| SIDES.get(code as usize).copied().unwrap_or(Side::Success),
        known |code| (code as usize) < SIDES.len();
}

const SIDES: [Side; 3] = [Side::Marketing, Side::Sales, Side::Success];
