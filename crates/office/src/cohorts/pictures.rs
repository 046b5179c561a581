//! Cohorts as pictures: a heat map of cohorts by age, and the share converted by age.

use insight::{
    cohort::{Cell, Cohort, CohortAnswer, CurvePoint, Every},
    question::Question,
};
use picture::{Curve, Curves, HeatCell, HeatMap, HeatRow, Shape, Tone, Unit};

use super::cohort_name;
use crate::{
    report::{Sheet, plain_fixed},
    ui::format,
};

/// `opens` gives the address of the rows behind a cell.
pub fn heat_map(answer: &CohortAnswer, question: &Question, opens: impl Fn(&Cohort, &Cell) -> Option<String>) -> HeatMap {
    let cell = |cohort: &Cohort, cell: &Cell| {
        let rate = cell.rate?;
        Some(HeatCell { value: rate, shown: format::rate(rate), young: !cell.mature, href: opens(cohort, cell) })
    };
    // Short, since a phone has room for little more than the cells.
    let name = |at| match answer.every {
        Every::Month => format::month_short(at, &question.zone),
        Every::Quarter => cohort_name(at, answer.every, &question.zone),
    };
    let row = |cohort: &Cohort| HeatRow {
        name: cohort.starts_at.map_or_else(String::new, name),
        size: format::count(cohort.entered),
        cells: cohort.cells.iter().map(|each| cell(cohort, each)).collect(),
    };
    HeatMap {
        title: format!("{} to {} by cohort and age", answer.from.name(), answer.to.name()),
        summary: words(answer),
        rows_axis: format!("{} of {}", if answer.every == Every::Month { "Month" } else { "Quarter" }, answer.from.name()),
        columns_axis: format!("Days since {}", answer.from.name()),
        unit: Unit::Percent,
        tone: Tone::Ink,
        columns: answer.ages_days.iter().map(|age| age.to_string()).collect(),
        rows: answer.cohorts.iter().map(row).collect(),
    }
}

fn words(answer: &CohortAnswer) -> String {
    let older = match answer.older {
        0 => String::new(),
        older => format!(" {} older cohorts are in the total only.", format::count(older)),
    };
    format!(
        "The share that had become {} by each age. Hatched cells are still young: they are estimated with the leads still open, where the plain share would be too low.{older}",
        answer.to.name()
    )
}

pub fn curve(answer: &CohortAnswer) -> Curves {
    let oldest_mature = answer.total.cells.iter().filter(|cell| cell.mature).map(|cell| cell.age_days).max();
    let point = |point: &CurvePoint| picture::CurvePoint {
        x: point.age_days,
        y: point.rate,
        interval: point.interval,
        shown: format!("{} by {} days", format::rate(point.rate), format::fixed(point.age_days, 0)),
    };
    Curves {
        title: format!("{} to {} by age", answer.from.name(), answer.to.name()),
        summary: format!(
            "Of {} leads, all cohorts together, the share that had become {} by each age, with its 95% interval.",
            format::count(answer.total.entered),
            answer.to.name()
        ),
        x_axis: format!("Days since {}", answer.from.name()),
        x_unit: Unit::Days,
        y_axis: format!("Became {}", answer.to.name()),
        y_unit: Unit::Percent,
        shape: Shape::Step,
        curves: vec![Curve {
            name: "all cohorts".into(),
            tone: Tone::Ink,
            points: answer.curve.iter().map(point).collect(),
            young_from: oldest_mature.map(f64::from).filter(|age| answer.curve.iter().any(|point| point.age_days > *age)),
            href: None,
        }],
    }
}

pub fn curve_table(answer: &CohortAnswer) -> Sheet {
    let number = |value: Option<f64>| plain_fixed(value, 6);
    let row = |point: &CurvePoint| {
        let interval = |pick: fn((f64, f64)) -> f64| number(point.interval.map(pick));
        vec![format!("{}", point.age_days), format!("{:.6}", point.rate), interval(|(low, _)| low), interval(|(_, high)| high)]
    };
    let header = ["age_days", "rate", "interval_low", "interval_high"];
    Sheet::untitled(header, answer.curve.iter().map(row))
}
