//! The tables: one struct of columns for each kind of row.

use alignment::{
    Instant,
    handoff::{ClockKind, Outcome},
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Field;

use super::{
    column::{Column, Fixed, Keep, Pick},
    group::Groups,
    labels::{Customs, Labels},
    parts::{Amounts, Lists, Texts},
};
use crate::rows::*;

pub type Ids = Fixed<i64>;
pub type Links = Fixed<Option<i64>>;
pub type Instants = Fixed<Instant>;
pub type Dates = Fixed<Option<Instant>>;

/// A struct of columns that holds rows of one kind.
pub trait Rows: Sized + Clone + Send + Sync + 'static {
    type Row: Sync;
    /// The stem of its file.
    const FILE: &'static str;
    /// What the rows are sorted by.
    fn key(&self, row: usize, _groups: &Groups) -> (i64, i64, i64) {
        (self.ids()[row], 0, 0)
    }
    fn row_id(row: &Self::Row) -> i64;
    fn from_rows<'a>(rows: impl Iterator<Item = &'a Self::Row> + Clone) -> Self
    where
        Self::Row: 'a;
    fn row(&self, row: usize) -> Self::Row;
    fn ids(&self) -> &[i64];
    /// When each row was recorded; empty for tables that don't say.
    fn recorded_at(&self) -> &[i64] {
        &[]
    }
    fn gather(sources: [&Self; 2], picks: &[Pick]) -> Self;
    fn same(&self, row: usize, other: &Self, other_row: usize) -> bool;
    fn store(&self) -> Vec<(Field, ArrayRef)>;
    fn load(batch: &RecordBatch) -> Result<Self, String>;

    fn len(&self) -> usize {
        self.ids().len()
    }

    fn is_empty(&self) -> bool {
        self.ids().is_empty()
    }
}

macro_rules! table {
    ($(#[$doc:meta])* $name:ident of $row:ident in $file:literal $(by $key:expr)? => {
        $($field:ident: $column:ty),* $(,)?
    } $(known by $recorded_at:ident)?) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name { $(pub $field: $column),* }

        impl Rows for $name {
            type Row = $row;
            const FILE: &'static str = $file;
            $(fn key(&self, row: usize, groups: &Groups) -> (i64, i64, i64) {
                let key: fn(&$name, usize, &Groups) -> (i64, i64, i64) = $key;
                key(self, row, groups)
            })?
            fn row_id(row: &$row) -> i64 {
                row.id
            }
            fn from_rows<'a>(rows: impl Iterator<Item = &'a $row> + Clone) -> Self {
                $name { $($field: Column::build(rows.clone().map(|row| &row.$field))),* }
            }
            fn row(&self, row: usize) -> $row {
                $row { $($field: self.$field.item(row)),* }
            }
            fn ids(&self) -> &[i64] {
                self.id.values()
            }
            fn gather([old, new]: [&Self; 2], picks: &[Pick]) -> Self {
                $name { $($field: Keep::gather([&old.$field, &new.$field], picks)),* }
            }
            fn same(&self, row: usize, other: &Self, other_row: usize) -> bool {
                true $(&& self.$field.same(row, &other.$field, other_row))*
            }
            $(fn recorded_at(&self) -> &[i64] {
                self.$recorded_at.values()
            })?
            fn store(&self) -> Vec<(Field, ArrayRef)> {
                let mut out = Vec::new();
                $(self.$field.store(stringify!($field), &mut out);)*
                out
            }
            fn load(batch: &RecordBatch) -> Result<Self, String> {
                Ok($name { $($field: Keep::load(stringify!($field), batch)?),* })
            }
        }
    };
}

table! {
    /// By id.
    Companies of CompanyRow in "companies" => {
        id: Ids, name: Texts, domain: Texts, industry: Labels, country: Labels, region: Labels, employees: Links,
        annual_revenue: Amounts, churned_at: Dates, custom: Customs,
    }
}

table! {
    /// By id.
    People of PersonRow in "people" => {
        id: Ids, company: Links, has_name: Fixed<bool>, has_email: Fixed<bool>, has_phone: Fixed<bool>, has_job_title: Fixed<bool>,
        job_title: Labels, email_domain: Labels, country: Labels, custom: Customs,
    }
}

table! {
    /// By id.
    Leads of LeadRow in "leads" => {
        id: Ids, person: Ids, company: Links, source: Labels, campaign: Links, content: Links, owner: Links, opened_at: Instants,
        recorded_at: Instants, stages_recorded: Fixed<StageSet>, custom: Customs,
    } known by recorded_at
}

table! {
    /// By lead, then id.
    Transitions of TransitionRow in "transitions" by |table, row, _| (table.lead.values()[row], table.id.values()[row], 0) => {
        id: Ids, lead: Ids, stage: Fixed<Stage>, at: Dates, recorded_at: Instants, reason: Labels, agreement_version: Fixed<u32>,
    } known by recorded_at
}

table! {
    /// By group, then instant, then id: a journey is one run of rows.
    Touches of TouchRow in "touches" by |table, row, groups| {
        let group = groups.of(table.company.values()[row], table.person.values()[row]);
        (group.0, table.at.values()[row], table.id.values()[row])
    } => {
        id: Ids, person: Links, company: Links, kind: Fixed<TouchKind>, at: Instants, recorded_at: Instants, channel: Labels,
        source: Labels, campaign: Links, content: Links, tags: Customs,
    } known by recorded_at
}

table! {
    /// By group, then instant, then id.
    Activities of ActivityRow in "activities" by |table, row, groups| {
        let group = groups.of(table.company.values()[row], table.person.values()[row]);
        (group.0, table.at.values()[row], table.id.values()[row])
    } => {
        id: Ids, person: Links, company: Links, deal: Links, user: Links, kind: Fixed<ActivityKind>, at: Instants,
        recorded_at: Instants, content: Links,
    } known by recorded_at
}

table! {
    /// By id.
    Deals of DealRow in "deals" => {
        id: Ids, company: Links, lead: Links, people: Lists, owner: Links, amount: Amounts, opened_at: Dates,
        expected_close_at: Dates, recorded_at: Instants, reason: Labels,
    } known by recorded_at
}

table! {
    /// By deal, then id.
    DealTransitions of DealTransitionRow in "deal_transitions" by |table, row, _| (table.deal.values()[row], table.id.values()[row], 0) => {
        id: Ids, deal: Ids, stage: Fixed<DealStage>, at: Dates, recorded_at: Instants,
    } known by recorded_at
}

table! {
    /// Campaigns, content or users, by id.
    Named of NamedRow in "named" => { id: Ids, name: Texts, group: Labels, at: Dates, email: Texts }
}

table! {
    /// By id.
    Spend of SpendRow in "spend" => {
        id: Ids, campaign: Links, channel: Labels, source: Labels, side: Fixed<Side>, at: Instants, recorded_at: Instants,
        amount: Amounts,
    } known by recorded_at
}

table! {
    /// By id.
    Clocks of ClockRow in "clocks" => {
        id: Ids, lead: Ids, kind: Fixed<ClockKind>, owner: Links, started_at: Instants, due_at: Instants, ended_at: Dates,
        outcome: Fixed<Option<Outcome>>, breached_at: Dates, paused_at: Dates, agreement_version: Fixed<u32>, recorded_at: Instants,
    } known by recorded_at
}

table! {
    /// By id.
    Waivers of WaiverRow in "waivers" => {
        id: Ids, promise: Labels, period: Labels, clock: Links, at: Instants, revoked_at: Dates, recorded_at: Instants,
    } known by recorded_at
}
