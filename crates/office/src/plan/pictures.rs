//! The plan as pictures: how the target is paced, and where it may end.

use alignment::Currency;
use insight::plan::{Pacing, PlanAnswer};
use picture::{Fan, FanPoint, FanStep, PacingPoint, Target, Tone, Unit};

use crate::ui::format;

pub fn pacing(answer: &PlanAnswer) -> Option<picture::Pacing> {
    let pacing = answer.pacing.as_ref()?;
    let shown = |minor: i64| format::money_short(minor as f64, answer.currency);
    let mut points = vec![point("start", 0, Some(0), &shown)];
    // The month under way has what is signed so far; its plan is that of its end.
    points.extend(
        pacing
            .months
            .iter()
            .map(|month| point(&format::month_of_key(&month.month), month.planned_so_far_minor, month.signed_so_far_minor, &shown)),
    );
    for point in &mut points {
        (point.plan, point.actual) = (major(point.plan, answer.currency), point.actual.map(|actual| major(actual, answer.currency)));
    }
    Some(picture::Pacing {
        title: "Revenue against plan".into(),
        summary: format!(
            "{} Each month has its part of the target by its season; what is signed is added up month by month.",
            verdict(pacing, answer.currency)
        ),
        unit: unit(answer.currency),
        axis: "Signed so far".into(),
        tone: Tone::Success,
        points,
        verdict: days(pacing),
    })
}

fn point(name: &str, plan: i64, actual: Option<i64>, shown: &dyn Fn(i64) -> String) -> PacingPoint {
    PacingPoint {
        name: name.to_owned(),
        plan: plan as f64,
        plan_shown: shown(plan),
        actual: actual.map(|minor| minor as f64),
        actual_shown: actual.map(shown).unwrap_or_default(),
        href: None,
    }
}

/// `Behind by €210k, 12 days.`
pub fn verdict(pacing: &Pacing, currency: Currency) -> String {
    let amount = format::money_short(pacing.ahead_minor.abs() as f64, currency);
    match pacing.ahead_minor {
        0 => "Signed is exactly what is planned by now.".into(),
        minor => format!("{} the plan by {amount}, {}.", if minor < 0 { "Behind" } else { "Ahead of" }, days(pacing)),
    }
}

pub fn days(pacing: &Pacing) -> String {
    let days = pacing.ahead_days.abs().round() as u64;
    format!("{} {}", format::plural(days, "day", "days"), if pacing.ahead_minor < 0 { "behind" } else { "ahead" })
}

/// What was signed month by month, and what may be at the end of each month to come.
pub fn fan(answer: &PlanAnswer) -> Option<Fan> {
    let pacing = answer.pacing.as_ref().filter(|pacing| !pacing.fan.is_empty())?;
    let currency = answer.currency;
    let shown = |minor: f64| format::money_short(minor, currency);
    let over = pacing.months.iter().filter(|month| month.to <= answer.as_of);
    let history = over.map(|month| FanPoint {
        name: format::month_of_key(&month.month),
        value: month.signed_so_far_minor.map(|minor| major(minor as f64, currency)),
        shown: month.signed_so_far_minor.map(|minor| shown(minor as f64)).unwrap_or_default(),
        href: None,
    });
    let name = |at| pacing.months.iter().find(|month| month.to == at).map(|month| format::month_of_key(&month.month)).unwrap_or_default();
    let future = pacing.fan.iter().map(|point| {
        let [low95, low80, low50, median, high50, high80, high95] = point.signed_minor;
        FanStep {
            name: name(point.at),
            median: major(median, currency),
            shown: format!("{}, 80% between {} and {}", shown(median), shown(low80), shown(high80)),
            bands: [(low50, high50), (low80, high80), (low95, high95)].map(|(low, high)| (major(low, currency), major(high, currency))),
            href: None,
        }
    });
    let chance = pacing.chance.map(|chance| format!(" The target is reached in {:.0} of 100 draws.", chance * 100.0)).unwrap_or_default();
    Some(Fan {
        title: "Where the year may end".into(),
        summary: format!("Signed revenue if leads go on coming as they do, with what is in the pipeline.{chance}"),
        unit: unit(currency),
        axis: "Signed so far".into(),
        tone: Tone::Success,
        history: history.collect(),
        future: future.collect(),
        target: Some(Target {
            value: major(pacing.target_minor as f64, currency),
            shown: format!("target {}", shown(pacing.target_minor as f64)),
        }),
    })
}

fn major(minor: f64, currency: Currency) -> f64 {
    minor / currency.minor_per_major() as f64
}

fn unit(currency: Currency) -> Unit {
    let sign = match currency.as_str() {
        "EUR" => "€".to_owned(),
        "USD" => "$".to_owned(),
        "GBP" => "£".to_owned(),
        other => format!("{other} "),
    };
    Unit::Money(sign)
}
