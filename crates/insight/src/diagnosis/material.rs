//! The rows that a number is made of in the periods that are looked at, each observed once.

use alignment::Instant;
use rayon::prelude::*;

use super::{
    parts::Sums,
    significance::{Scores, ranks},
};
use crate::{
    engine::{Clip, Context, Kpi, Observation, Observe, Part, Summary},
    question::Period,
    rows::Table,
};

/// What kind of sum a number is, and so how it is taken apart and tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Hits out of rows.
    Rate,
    /// An average of values. Of the numbers that show a median it is the mean that can be taken apart.
    Average,
    /// Money of the hits out of all money.
    MoneyShare,
    Count,
    /// A sum of values: rows times their average.
    Sum,
    /// Money spent for each lead.
    Cost,
}

/// How the number is taken apart, or why it can't be.
pub fn shape(kpi: &Kpi) -> Result<Shape, &'static str> {
    if !matches!(kpi.table, Table::Leads | Table::Deals | Table::Spend | Table::Clocks) {
        return Err("its rows have no segments to part it by");
    }
    match (kpi.clip, kpi.summary) {
        (Clip::Snapshot, _) => Err("it says how things stand at one instant, so there are no two periods to compare"),
        (Clip::Period, Summary::Count) => Ok(Shape::Count),
        (Clip::Period, Summary::Rate) => Ok(Shape::Rate),
        (Clip::Period, Summary::Spread { .. } | Summary::Mean) => Ok(Shape::Average),
        (Clip::Period, Summary::Sum) => Ok(Shape::Sum),
        (Clip::Period, Summary::ValueShare) => Ok(Shape::MoneyShare),
        (Clip::Period, Summary::PerLead(_)) => Ok(Shape::Cost),
        (_, Summary::PerMonth | Summary::Growth) => Err("it is a pace of counts: look at the count itself (leads, mqls, customers)"),
        _ => Err("it is measured against a plan, not made of rows alone"),
    }
}

/// One row of a number's table, in one of two periods.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub row: u32,
    pub is_now: bool,
    pub n: u32,
    pub hits: u32,
    pub value: f64,
    /// What the row counts for in a test: a hit, or its rank among all rows seen.
    pub score: f64,
}

/// The rows of a number in the later period, after those of the earlier one if there is one.
pub struct Material {
    pub kpi: &'static Kpi,
    /// What the rows are rows of.
    pub table: Table,
    pub shape: Shape,
    /// Whether each row is one case that is a hit or none, so that counting cases is exact.
    pub is_binary: bool,
    pub seen: Vec<Seen>,
}

impl Material {
    /// `before` and `now`: each a context with the period to look at.
    pub fn of(kpi: &'static Kpi, shape: Shape, before: Option<(&Context, Period)>, now: (&Context, Period)) -> Material {
        Material::from(kpi, kpi.table, shape, kpi.observe, before, now)
    }

    /// The rows of one period in which segments may stand out. Scores are held against those of about the same age, so that a segment
    /// that is younger than the others, or came in another season, does not stand out for that.
    pub fn standing(kpi: &'static Kpi, shape: Shape, context: &Context, period: Period) -> Material {
        const STRATUM_DAYS: f64 = 30.0;
        let mut material = Material::of(kpi, shape, None, (context, period));
        let stratum = |at: Instant| (context.view.as_of.days_since(at) / STRATUM_DAYS) as usize;
        let strata: Vec<usize> = observed(context, kpi, kpi.table, kpi.observe, period).into_iter().map(|(_, at)| stratum(at)).collect();
        let mut sums = vec![Scores::default(); strata.iter().max().map_or(0, |last| last + 1)];
        material.seen.iter().zip(&strata).for_each(|(seen, stratum)| sums[*stratum].add(seen.score));
        material.seen.iter_mut().zip(&strata).for_each(|(seen, stratum)| seen.score -= sums[*stratum].mean());
        material
    }

    /// The leads that carry a cost.
    pub fn of_heads(kpi: &'static Kpi, observe: Observe, before: Option<(&Context, Period)>, now: (&Context, Period)) -> Material {
        Material::from(kpi, Table::Leads, Shape::Count, observe, before, now)
    }

    fn from(
        kpi: &'static Kpi,
        table: Table,
        shape: Shape,
        observe: Observe,
        before: Option<(&Context, Period)>,
        now: (&Context, Period),
    ) -> Material {
        let rows = |context: &Context, period, is_now| {
            let seen = observed(context, kpi, table, observe, period);
            seen.into_iter().map(move |(seen, _)| Seen { is_now, ..seen })
        };
        let before = before.into_iter().flat_map(|(context, period)| rows(context, period, false));
        let seen: Vec<Seen> = before.chain(rows(now.0, now.1, true)).collect();
        let is_binary = matches!(shape, Shape::Rate | Shape::MoneyShare) && seen.iter().all(|seen| seen.n == 1);
        let mut material = Material { kpi, table, shape, is_binary, seen };
        material.score();
        material
    }

    /// Whether the number shows the median of its values, of which the mean is what can be taken apart.
    pub fn has_median(&self) -> bool {
        matches!(self.kpi.summary, Summary::Spread { .. }) && self.shape == Shape::Average
    }

    fn score(&mut self) {
        if self.shape == Shape::Count || self.is_binary {
            self.seen.iter_mut().for_each(|seen| seen.score = f64::from(seen.hits));
            return;
        }
        let values: Vec<f64> = match self.shape {
            Shape::Rate => self.seen.iter().map(|seen| f64::from(seen.hits) / f64::from(seen.n.max(1))).collect(),
            _ => self.seen.iter().map(|seen| seen.value).collect(),
        };
        // From 0 to 1, so that squares of a million ranks stay exact enough.
        let scale = 1.0 / values.len().max(1) as f64;
        self.seen.iter_mut().zip(ranks(&values)).for_each(|(seen, rank)| seen.score = rank * scale);
    }
}

/// The part of a period whose cohorts have had the time to show something; all of it where the number asks for no time.
pub fn ripe_part(context: &Context, kpi: &Kpi, period: Period) -> Period {
    const RIPE_DAYS: i64 = 30;
    (kpi.prepare)(context);
    let is_young = |row: usize| {
        let observation = kpi.observe.row(context, row);
        observation.is_some_and(|observation| observation.is_young && period.contains(observation.at))
    };
    if !(0..context.rows(kpi.table).len()).into_par_iter().any(is_young) {
        return period;
    }
    let days = RIPE_DAYS.min(i64::from(context.question.settings.horizon_days));
    // A day's start, so that the period can be written with dates.
    let ripe = context.view.as_of.plus_days(-days).day_start(&context.question.zone);
    Period { to: ripe.max(period.from), ..period }
}

/// The counted rows of a period, in the order of the table, each with its instant.
pub fn observed(context: &Context, kpi: &Kpi, table: Table, observe: Observe, period: Period) -> Vec<(Seen, Instant)> {
    (kpi.prepare)(context);
    let seen = |row: usize| {
        let observation = observe.row(context, row)?;
        let Observation { at, n, hits, value, .. } = observation;
        let counts = observation.part == Part::Counted && period.contains(at);
        counts.then_some((Seen { row: row as u32, is_now: true, n, hits, value, score: 0.0 }, at))
    };
    (0..context.rows(table).len()).into_par_iter().filter(|row| context.keeps(table, *row)).filter_map(seen).collect()
}

/// What some rows add up to in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    pub rows: u64,
    pub n: u64,
    pub hits: u64,
    pub sums: Sums,
    pub scores: Scores,
}

impl Cell {
    pub fn add(&mut self, shape: Shape, seen: &Seen) {
        self.rows += 1;
        self.n += u64::from(seen.n);
        self.hits += u64::from(seen.hits);
        self.scores.add(seen.score);
        self.sums = self.sums.plus(sums_of(shape, seen));
    }

    /// The others: what is left of the whole without this part of it.
    pub fn out_of(self, whole: Cell) -> Cell {
        Cell {
            rows: whole.rows - self.rows,
            n: whole.n - self.n,
            hits: whole.hits - self.hits,
            sums: Sums { above: whole.sums.above - self.sums.above, below: whole.sums.below - self.sums.below },
            scores: whole.scores.minus(self.scores),
        }
    }
}

pub fn sums_of(shape: Shape, seen: &Seen) -> Sums {
    let (n, hits) = (f64::from(seen.n), f64::from(seen.hits));
    match shape {
        Shape::Rate => Sums { above: hits, below: n },
        Shape::Average | Shape::Sum => Sums { above: seen.value, below: 1.0 },
        Shape::MoneyShare => Sums { above: if seen.hits > 0 { seen.value } else { 0.0 }, below: seen.value },
        Shape::Count => Sums { above: hits, below: n },
        // Spend stands above the line; the leads that carry it are added below.
        Shape::Cost => Sums { above: seen.value, below: 0.0 },
    }
}
