//! The leads and deals behind the figures of the cohort page.

use alignment::Instant;
use serde::Serialize;

use super::{
    Ask, Outcome,
    stages::{stays_in, stuck_beyond_days},
    stays::{Stay, stays},
};
use crate::{engine::Context, question::Period, rows::Table};

/// Which figure is opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// A cohort, a segment or all: the leads that entered in the span, and in the segment.
    Cohort {
        span: Period,
        /// By label or id; `Some(None)` is what is not recorded.
        segment: Option<Option<String>>,
        /// A row is a hit if it had converted by this age; without one, if it has converted at all.
        age_days: Option<u32>,
    },
    /// Those that were left out because they ended before they began.
    Faults,
    Stage {
        table: Table,
        stage: String,
        part: Part,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Entered,
    MovedOn,
    Left,
    Open,
    Stuck,
}

impl Part {
    pub const ALL: [(Part, &'static str); 5] =
        [(Part::Entered, "entered"), (Part::MovedOn, "moved_on"), (Part::Left, "left"), (Part::Open, "open"), (Part::Stuck, "stuck")];

    pub fn key(self) -> &'static str {
        Part::ALL[self as usize].1
    }

    pub fn parse(key: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|(_, name)| *name == key).map(|(part, _)| part)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowsBehind {
    #[serde(skip)]
    pub table: Table,
    pub rows: Vec<StayRow>,
    /// All of them, where `rows` is a page.
    pub total: u64,
    /// Of all of them, those that count in the numerator.
    pub hits: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StayRow {
    pub id: i64,
    pub entered_at: Instant,
    pub outcome: Outcome,
    /// When it converted or left. `None`: it is open.
    pub ended_at: Option<Instant>,
    /// Until it ended, or until `as_of`.
    pub age_days: f64,
    pub hit: bool,
}

/// Whether a row is in the numerator.
type IsHit = Box<dyn Fn(&Stay) -> bool>;

/// A page of the rows, oldest first. `None`: there is no such stage or segment.
pub fn rows_behind(context: &Context, ask: &Ask, figure: &Figure, offset: usize, limit: usize) -> Option<RowsBehind> {
    let mut table = Table::Leads;
    let (mut stays, is_hit): (Vec<Stay>, IsHit) = match figure {
        Figure::Cohort { span, segment, age_days } => {
            let age_days = *age_days;
            let hit = move |stay: &Stay| match age_days {
                Some(age) => stay.converted_within(age),
                None => stay.outcome == Outcome::Converted,
            };
            (of_cohort(context, ask, *span, segment.as_ref().map(|label| label.as_deref()))?, Box::new(hit))
        }
        Figure::Faults => (faults(context, ask), Box::new(|_| false)),
        Figure::Stage { table: wanted, stage, part } => {
            table = *wanted;
            (of_stage(context, *wanted, stage, *part)?, Box::new(|stay| stay.outcome == Outcome::Converted))
        }
    };
    let ids = context.rows(table);
    stays.sort_by_key(|stay| (stay.entered_at, ids[stay.row as usize]));
    let row = |stay: &Stay| StayRow {
        id: ids[stay.row as usize],
        entered_at: stay.entered_at,
        outcome: stay.outcome,
        ended_at: (stay.outcome != Outcome::Open).then_some(stay.until),
        age_days: stay.age_days(),
        hit: is_hit(stay),
    };
    Some(RowsBehind {
        table,
        total: stays.len() as u64,
        hits: stays.iter().filter(|stay| is_hit(stay)).count() as u64,
        rows: stays.iter().skip(offset).take(limit).map(row).collect(),
    })
}

fn of_cohort(context: &Context, ask: &Ask, span: Period, segment: Option<Option<&str>>) -> Option<Vec<Stay>> {
    let inside = |stay: &Stay| span.contains(stay.entered_at) && context.question.period.contains(stay.entered_at);
    let found = stays(context, ask.from, ask.to).stays.into_iter().filter(inside);
    let Some(wanted) = segment else { return Some(found.collect()) };
    let (segments, of_rows) = (context.segments.as_ref()?, context.segments_of(Table::Leads)?);
    let places = segments.places(wanted);
    (!places.is_empty()).then(|| found.filter(|stay| places.contains(&of_rows[stay.row as usize])).collect())
}

fn faults(context: &Context, ask: &Ask) -> Vec<Stay> {
    let stay = |row: &u32| {
        let facts = &context.view.leads[*row as usize];
        let entered_at = facts.at(ask.from).filter(|at| context.question.period.contains(*at))?;
        let outcome = if facts.has_reached(ask.to) { Outcome::Converted } else { Outcome::Left };
        let until = facts.at(ask.to).or_else(|| super::stays::exit(facts)).unwrap_or(entered_at);
        Some(Stay { row: *row, entered_at, until, outcome })
    };
    stays(context, ask.from, ask.to).left_out.faults.iter().filter_map(stay).collect()
}

fn of_stage(context: &Context, table: Table, stage: &str, part: Part) -> Option<Vec<Stay>> {
    let mut stays = stays_in(context, table, stage)?;
    if part == Part::Stuck {
        let beyond = stuck_beyond_days(context, &stays).unwrap_or(f64::INFINITY);
        stays.retain(|stay| stay.outcome == Outcome::Open && stay.age_days() > beyond);
        return Some(stays);
    }
    let is_part = |stay: &Stay| match part {
        Part::MovedOn => stay.outcome == Outcome::Converted,
        Part::Left => stay.outcome == Outcome::Left,
        Part::Open => stay.outcome == Outcome::Open,
        Part::Entered | Part::Stuck => true,
    };
    stays.retain(|stay| context.question.period.contains(stay.entered_at) && is_part(stay));
    Some(stays)
}
