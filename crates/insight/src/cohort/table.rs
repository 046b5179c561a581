//! The cohort table: leads by the month or quarter in which they entered a stage, and the share that reached a later one by each age.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::Stage, rate::Rate};
use jiff::{ToSpan, Zoned, tz::TimeZone};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    Curve, Interval, Outcome,
    stays::{LeftOut, Stay, stays},
};
use crate::{answer::State, engine::Context, question::Period, rows::Table};

/// Cohorts and segments shown at most: the latest, and the largest.
pub const COHORTS_MAX: usize = 36;
pub const SEGMENTS_MAX: usize = 50;
/// Points of a curve that is handed on.
const POINTS: u32 = 90;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    Month,
    Quarter,
}

/// What is asked of cohorts beside the question itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub from: Stage,
    /// Later than `from`.
    pub to: Stage,
    pub every: Every,
    /// In days, growing.
    pub ages_days: Vec<u32>,
}

pub const AGES_DAYS: [u32; 4] = [30, 60, 90, 180];

#[derive(Clone, Debug, Serialize)]
pub struct CohortAnswer {
    pub from: Stage,
    pub to: Stage,
    pub every: Every,
    pub ages_days: Vec<u32>,
    /// Oldest first.
    pub cohorts: Vec<Cohort>,
    /// Older cohorts that the list leaves out; the total has them.
    pub older: u64,
    pub total: Cohort,
    /// By the question's dimension, largest first; empty without one.
    pub segments: Vec<Cohort>,
    /// Share converted by age, over all cohorts.
    pub curve: Vec<CurvePoint>,
    pub not_recorded: u64,
    pub undated: u64,
    /// Leads that reached the later stage, or left, before they entered the earlier one: left out.
    pub data_faults: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Cohort {
    /// Entered from `starts_at` up to `ends_at`; a segment and the total span the period.
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    /// Of a segment. `None`: not recorded, or no segment.
    pub label: Option<String>,
    pub id: Option<i64>,
    pub entered: u64,
    pub converted: u64,
    pub left: u64,
    pub open: u64,
    /// Days until half of all have converted. `None`: fewer have.
    pub median_days: Option<f64>,
    /// One for each age.
    pub cells: Vec<Cell>,
}

/// The share that had converted by an age.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    pub age_days: u32,
    /// Whether every lead of the cohort has had the time, or has ended before. If not, `naive` is too low: some still have time left.
    pub mature: bool,
    pub state: State,
    /// Converted by this age, so far.
    pub hits: u64,
    /// Leads that have been watched for as long, or have ended before.
    pub watched: u64,
    /// `hits` out of all that entered.
    pub naive: Option<f64>,
    /// Aalen-Johansen, which counts those still open for as long as they have been watched. `None`: none has been for as long.
    pub rate: Option<f64>,
    /// 95% around `rate`: Wilson's where the cohort is mature, else by log(-log). `None`: nothing has varied.
    pub interval: Option<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    pub age_days: f64,
    pub rate: f64,
    pub interval: Option<(f64, f64)>,
}

pub fn cohorts(context: &Context, ask: &Ask) -> CohortAnswer {
    let found = stays(context, ask.from, ask.to);
    let period = context.question.period;
    let inside: Vec<Stay> = found.stays.into_iter().filter(|stay| period.contains(stay.entered_at)).collect();
    let bounds = bounds(&inside, &context.question.zone, ask.every);
    let shown = bounds.len().saturating_sub(COHORTS_MAX + 1);
    let as_of = context.view.as_of;
    let cohorts: Vec<Cohort> = bounds[shown..]
        .par_windows(2)
        .map(|ends| {
            let span = Period { from: ends[0], to: ends[1] };
            let own = inside.iter().filter(|stay| span.contains(stay.entered_at)).copied().collect::<Vec<Stay>>();
            cohort(&own, Some(span), as_of, ask).0
        })
        .collect();
    let (total, curve) = cohort(&inside, None, as_of, ask);
    CohortAnswer {
        from: ask.from,
        to: ask.to,
        every: ask.every,
        ages_days: ask.ages_days.clone(),
        cohorts,
        older: shown as u64,
        total,
        segments: segments(context, &inside, ask),
        curve: points(&curve, ask),
        not_recorded: found.left_out.not_recorded,
        undated: found.left_out.undated,
        data_faults: faults_in(context, &found.left_out, ask.from) as u64,
    }
}

/// Faults that fall into the period, by when the earlier stage was entered.
pub(super) fn faults_in(context: &Context, left_out: &LeftOut, from: Stage) -> usize {
    let at = |row: &u32| context.view.leads[*row as usize].at(from);
    left_out.faults.iter().filter(|row| at(row).is_some_and(|at| context.question.period.contains(at))).count()
}

fn segments(context: &Context, inside: &[Stay], ask: &Ask) -> Vec<Cohort> {
    let (Some(segments), Some(of_rows)) = (&context.segments, context.segments_of(Table::Leads)) else { return Vec::new() };
    let mut by_place: Vec<Vec<Stay>> = vec![Vec::new(); segments.labels.len()];
    inside.iter().for_each(|stay| by_place[of_rows[stay.row as usize] as usize].push(*stay));
    let mut places: Vec<usize> = (0..by_place.len()).filter(|place| !by_place[*place].is_empty()).collect();
    places.sort_by_key(|place| (std::cmp::Reverse(by_place[*place].len()), *place));
    places.truncate(SEGMENTS_MAX);
    let segment = |place: &usize| {
        let label = &segments.labels[*place];
        let (cohort, _) = cohort(&by_place[*place], None, context.view.as_of, ask);
        Cohort { label: label.name.clone(), id: label.id, ..cohort }
    };
    places.par_iter().map(segment).collect()
}

fn cohort(stays: &[Stay], span: Option<Period>, as_of: Instant, ask: &Ask) -> (Cohort, Curve) {
    let curve = Curve::of(stays.iter().map(Stay::spell).collect());
    let count = |outcome| stays.iter().filter(|stay| stay.outcome == outcome).count() as u64;
    // A month is as young as its youngest lead may still become: its end counts, unless it is a span of the data's own.
    let last = stays.iter().map(|stay| stay.entered_at).max().unwrap_or(as_of);
    let newest = span.map_or(last, |span| span.to.plus_micros(-1));
    let watched_days = (as_of.0 - newest.0) as f64 / MICROS_PER_DAY as f64;
    let cohort = Cohort {
        starts_at: span.map(|span| span.from),
        ends_at: span.map(|span| span.to),
        label: None,
        id: None,
        entered: stays.len() as u64,
        converted: count(Outcome::Converted),
        left: count(Outcome::Left),
        open: count(Outcome::Open),
        median_days: curve.converted_age(0.5),
        cells: ask.ages_days.iter().map(|age| cell(stays, &curve, *age, watched_days)).collect(),
    };
    (cohort, curve)
}

fn cell(stays: &[Stay], curve: &Curve, age_days: u32, watched_days: f64) -> Cell {
    let age = f64::from(age_days);
    let hits = stays.iter().filter(|stay| stay.converted_within(age_days)).count() as u64;
    let watched = stays.iter().filter(|stay| stay.outcome != Outcome::Open || stay.age_days() >= age).count() as u64;
    // Where every lead has had the time, or has ended before, nothing can change any more; a month under way still gets new ones.
    let is_over = watched_days >= 0.0 && !stays.is_empty();
    let mature = watched_days >= age || (is_over && watched == stays.len() as u64);
    let plain = Rate::new(hits, stays.len() as u64);
    let estimate = curve.converted_by(age);
    let state = match (stays.is_empty(), mature) {
        (true, _) => State::NoData,
        (_, true) => State::Measured,
        _ => State::TooYoung,
    };
    Cell {
        age_days,
        mature,
        state,
        hits,
        watched,
        naive: plain.value(),
        rate: if mature { plain.value() } else { estimate.map(|estimate| estimate.rate) },
        interval: if mature { plain.interval() } else { estimate.and_then(|estimate| estimate.interval(Interval::LogLog)) },
    }
}

/// The curve at even ages, up to one and a half times the last age asked about or as far as anything is known.
fn points(curve: &Curve, ask: &Ask) -> Vec<CurvePoint> {
    let last = f64::from(ask.ages_days.last().copied().unwrap_or(1)) * 1.5;
    let ages = (0..=POINTS).map(|step| last * f64::from(step) / f64::from(POINTS));
    let point = |age_days: f64| {
        let estimate = curve.converted_by(age_days)?;
        Some(CurvePoint { age_days, rate: estimate.rate, interval: estimate.interval(Interval::LogLog) })
    };
    ages.map_while(point).collect()
}

/// The first instants of the months or quarters from the first to the last stay, and the end of the last.
pub(super) fn bounds(stays: &[Stay], zone: &TimeZone, every: Every) -> Vec<Instant> {
    // Two hundred years of months; whoever has more has a fault in the data.
    const BOUNDS_MAX: usize = 2400;
    let entered = || stays.iter().map(|stay| stay.entered_at);
    let (Some(first), Some(last)) = (entered().min(), entered().max()) else { return Vec::new() };
    let months = match every {
        Every::Month => 1,
        Every::Quarter => 3,
    };
    let opening = |at: Zoned| {
        let back = (i32::from(at.month()) - 1) % months;
        at.first_of_month().ok()?.checked_sub(back.months()).ok()?.start_of_day().ok()
    };
    let mut bounds = Vec::new();
    let mut next = opening(first.in_zone(zone));
    while let Some(this) = next
        && bounds.len() < BOUNDS_MAX
    {
        let at = Instant::from_timestamp(this.timestamp());
        bounds.push(at);
        if at > last {
            break;
        }
        next = this.checked_add(months.months()).ok().and_then(|at| at.start_of_day().ok());
    }
    bounds
}
