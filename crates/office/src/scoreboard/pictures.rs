//! The scoreboard's pictures, and the numbers behind each as a table: the funnel, and the trend of one number.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use insight::answer::{FunnelRow, KpiAnswer, Unit};
use picture::{Funnel, FunnelScale, FunnelStage, Target, Tone, Trend, TrendPoint};

use super::{Number, OfSegment, board, number, params::address};
use crate::{
    Office,
    api::Slice,
    question::QuestionParams,
    report::Sheet,
    ui::{
        exhibit::{csv_file, svg_file},
        format, kpi,
    },
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/scoreboard/funnel.svg", Allow::SignedIn, funnel_svg),
        Endpoint::get("/scoreboard/funnel.csv", Allow::SignedIn, funnel_csv),
        Endpoint::get("/scoreboard/{key}/trend.svg", Allow::SignedIn, trend_svg),
        Endpoint::get("/scoreboard/{key}/trend.csv", Allow::SignedIn, trend_csv),
    ]
}

/// Stage, what many of them are called, the number whose rows these are, and the side whose stage it is.
const STAGES: [(&str, &str, &str, Tone); 6] = [
    ("Lead", "leads", "leads", Tone::Marketing),
    ("MQL", "MQLs", "mqls", Tone::Marketing),
    ("SAL", "SALs", "sals", Tone::Sales),
    ("SQL", "SQLs", "sqls", Tone::Sales),
    ("Opportunity", "opportunities", "", Tone::Sales),
    ("Customer", "customers", "customers", Tone::Ink),
];

/// Each stage opens the page of its number. Lengths are logarithmic, so that the last stages can be seen beside the first.
pub fn funnel(total: &FunnelRow, params: &QuestionParams) -> Funnel {
    let mut before: Option<(u64, &str)> = None;
    let mut stages = Vec::with_capacity(STAGES.len());
    for ((name, many, key, tone), count) in STAGES.into_iter().zip(counts(total)) {
        // Stages are counted by when they were entered, so more can be in a later one than in the one before.
        let share = count.zip(before).filter(|(count, (before, _))| *before > 0 && count <= before);
        stages.push(FunnelStage {
            name: name.to_owned(),
            count: count.map(|count| count as f64),
            shown: format::count_or_none(count),
            share: share.map_or(String::new(), |(count, (before, of))| format!("{} of {of}", format::rate(count as f64 / before as f64))),
            tone,
            href: insight::kpi::find(key).map(|_| address(&format!("/scoreboard/{key}"), params, &[])),
        });
        before = count.map(|count| (count, many)).or(before);
    }
    let told = |(count, (_, many, ..)): (Option<u64>, (&str, &str, &str, Tone))| format!("{} {many}", format::count_or_none(count));
    let words: Vec<_> = counts(total).into_iter().zip(STAGES).map(told).collect();
    let summary = format!("{}. Counted are stages entered in the period, with their share of the stage before.", words.join(", "));
    Funnel { title: "Funnel".into(), summary, stages, scale: FunnelScale::Logarithmic }
}

/// A row for each stage.
pub fn funnel_table(total: &FunnelRow) -> Sheet {
    let mut before: Option<u64> = None;
    let mut rows = vec![];
    for ((name, ..), count) in STAGES.into_iter().zip(counts(total)) {
        let rate = count.zip(before).filter(|(_, before)| *before > 0).map(|(count, before)| count as f64 / before as f64);
        rows.push(vec![
            name.to_owned(),
            count.map(|count| count.to_string()).unwrap_or_default(),
            rate.map(|rate| format!("{rate:.4}")).unwrap_or_default(),
        ]);
        before = count.or(before);
    }
    Sheet::new("Funnel", ["stage", "count", "share_of_stage_before"], rows)
}

fn counts(total: &FunnelRow) -> [Option<u64>; 6] {
    [total.leads, total.mqls, total.sals, total.sqls, total.opportunities, total.customers]
}

/// A number by month with its interval, and its target where that is of each month.
pub fn trend(found: &Number) -> Trend {
    let (answer, currency) = (&found.answer, found.question.currency);
    // Money is held in cents; an axis counts whole units.
    let scale = if answer.unit == Unit::Money { 1.0 / currency.minor_per_major() as f64 } else { 1.0 };
    let points = kpi::points(answer, currency, &found.question.zone);
    Trend {
        title: format!("{} by month", answer.name),
        summary: summary(answer, &points, found),
        unit: unit(answer, currency),
        axis: String::new(),
        tone: Tone::of_side(kpi::team(answer.team)),
        target: kpi::monthly_target(answer)
            .map(|target| Target { value: target * scale, shown: format!("target {}", kpi::in_words(answer, target, currency)) }),
        points: points
            .into_iter()
            .map(|point| TrendPoint {
                value: point.value.map(|value| value * scale),
                interval: point.interval.map(|(low, high)| (low * scale, high * scale)),
                name: point.name,
                shown: point.shown,
                young: point.young,
                href: None,
            })
            .collect(),
    }
}

fn unit(answer: &KpiAnswer, currency: alignment::Currency) -> picture::Unit {
    match answer.unit {
        Unit::Count => picture::Unit::Count,
        Unit::Ratio if answer.key.ends_with("coverage") => picture::Unit::Number,
        Unit::Rate | Unit::Ratio => picture::Unit::Percent,
        Unit::Money => picture::Unit::Money(format::symbol(currency)),
        Unit::Days => picture::Unit::Days,
        Unit::Hours => picture::Unit::Hours,
    }
}

fn summary(answer: &KpiAnswer, points: &[crate::ui::charts::Point], found: &Number) -> String {
    let mut known = points.iter().filter(|point| point.value.is_some());
    let mut words = match (known.next(), known.next_back()) {
        (Some(first), Some(last)) => format!("{} in {}, {} in {}", first.shown, first.name, last.shown, last.name),
        (Some(only), None) => format!("{} in {}", only.shown, only.name),
        (None, _) => return "Nothing was measured in this period.".to_owned(),
    };
    if let Some(target) = kpi::monthly_target(answer) {
        words += &format!(", against a target of {}", kpi::in_words(answer, target, found.question.currency));
    }
    words += ".";
    match points.iter().filter(|point| point.young && point.value.is_some()).count() {
        0 => words,
        1 => words + " One month is still young: its leads or deals have not had the time that the number gives them.",
        young => format!("{words} {young} months are still young: their leads or deals have not had the time that the number gives them."),
    }
}

/// A row for each month, in plain numbers: money in whole units, rates from 0 to 1; empty where not measured.
pub fn trend_table(found: &Number) -> Sheet {
    let trend = trend(found);
    let plain = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
    let row = |(point, measured): (&TrendPoint, &insight::answer::TrendPoint)| {
        vec![
            format::iso_date(measured.from, &found.question.zone),
            plain(point.value),
            plain(point.interval.map(|(low, _)| low)),
            plain(point.interval.map(|(_, high)| high)),
            measured.measure.n.to_string(),
            if point.young { "too young".into() } else { String::new() },
        ]
    };
    Sheet::new(
        trend.title.clone(),
        ["month", found.answer.key, "interval_low", "interval_high", "n", "note"],
        trend.points.iter().zip(&found.answer.trend).map(row),
    )
}

async fn funnel_svg(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Response, AppError> {
    Ok(svg_file(&funnel(&board(&office, &params).await?.funnel.total, &params), "funnel"))
}

async fn funnel_csv(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Response, AppError> {
    Ok(csv_file(&funnel_table(&board(&office, &params).await?.funnel.total), "funnel"))
}

async fn trend_svg(
    State(office): State<Office>,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
) -> Result<Response, AppError> {
    Ok(svg_file(&trend(&number(&office, &params, &key, &OfSegment::default(), Slice { offset: 0, limit: 1 }).await?), &key))
}

async fn trend_csv(
    State(office): State<Office>,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
) -> Result<Response, AppError> {
    Ok(csv_file(&trend_table(&number(&office, &params, &key, &OfSegment::default(), Slice { offset: 0, limit: 1 }).await?), &key))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts of lead, MQL, SAL, SQL, opportunity, customer; the share that each stage tells.
    #[test]
    fn a_stage_tells_its_share_only_of_a_recorded_and_larger_one() {
        let cases: [([Option<u64>; 6], [&str; 6]); 3] = [
            ([None; 6], [""; 6]),
            (
                [Some(200), Some(50), None, Some(25), Some(30), Some(6)],
                ["", "25.0% of leads", "", "50.0% of MQLs", "", "20.0% of opportunities"],
            ),
            ([Some(0), Some(0), Some(3), Some(3), Some(0), Some(0)], ["", "", "", "100% of SALs", "0.0% of SQLs", ""]),
        ];
        for (counts, expected) in cases {
            let total = row(counts);
            let funnel = funnel(&total, &QuestionParams::default());
            let shares: Vec<_> = funnel.stages.iter().map(|stage| stage.share.as_str()).collect();
            assert_eq!(shares, expected);
            assert_eq!(funnel_table(&total).rows.len(), 6);
        }
    }

    fn row([leads, mqls, sals, sqls, opportunities, customers]: [Option<u64>; 6]) -> FunnelRow {
        FunnelRow {
            label: None,
            id: None,
            leads,
            mqls,
            sals,
            sqls,
            sales_ready: None,
            opportunities,
            customers,
            rejected: None,
            recycled: None,
            lost: None,
            lead_to_customer: None,
            revenue: alignment::Money { minor: 0, currency: alignment::Currency::EUR },
            deals_with_revenue: 0,
        }
    }
}
