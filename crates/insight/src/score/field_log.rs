//! Fields as they stood: what a field said before it was changed. Fields are kept as they are now; with what the record knows of their
//! changes, they can be seen as they were.

use alignment::Instant;
use rustc_hash::FxHashMap;

use crate::rows::Table;

/// A field said `old` until `at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub table: Table,
    pub record: i64,
    /// As its column is called, or `custom:` and the key of an own field.
    pub field: String,
    pub old: Option<String>,
    pub at: Instant,
}

#[derive(Clone, Debug, Default)]
pub struct FieldLog {
    /// In the order of time.
    of_record: FxHashMap<(Table, i64), Vec<FieldChange>>,
    /// Changes before this instant may be missing.
    complete_from: Option<Instant>,
}

impl FieldLog {
    /// Changes of one record are taken to come in the order in which they were made.
    pub fn of(changes: impl IntoIterator<Item = FieldChange>) -> FieldLog {
        FieldLog::default().with(changes)
    }

    /// The same log with the changes of further records.
    pub fn with(mut self, changes: impl IntoIterator<Item = FieldChange>) -> FieldLog {
        for change in changes {
            self.of_record.entry((change.table, change.record)).or_default().push(change);
        }
        self
    }

    /// The same log where changes before `at` were not read.
    pub fn complete_from(self, at: Instant) -> FieldLog {
        FieldLog { complete_from: Some(at), ..self }
    }

    /// Whether fields can be seen as they stood at an instant: all changes since are here.
    pub fn reaches(&self, at: Instant) -> bool {
        self.complete_from.is_none_or(|from| at >= from)
    }

    /// What a field said at an instant, given what it says now.
    pub fn at<'a>(&'a self, table: Table, record: i64, field: &str, now: Option<&'a str>, at: Instant) -> Option<&'a str> {
        match self.first_after(table, record, field, at) {
            Some(change) => change.old.as_deref(),
            None => now,
        }
    }

    /// The same of a field that is a number.
    pub fn number_at(&self, table: Table, record: i64, field: &str, now: Option<i64>, at: Instant) -> Option<i64> {
        match self.first_after(table, record, field, at) {
            Some(change) => change.old.as_deref().and_then(|old| old.parse().ok()),
            None => now,
        }
    }

    fn first_after(&self, table: Table, record: i64, field: &str, at: Instant) -> Option<&FieldChange> {
        self.of_record.get(&(table, record))?.iter().find(|change| change.field == field && change.at > at)
    }
}
