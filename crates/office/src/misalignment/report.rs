//! Cost and quarrels as reports: the one form for the API, the command line and files.

use alignment::Money;
use insight::{
    answer::Unit,
    misalignment::{
        Assumptions, Cost, Part, PartKind, PartState,
        quarrel::{Point, Quarrel, SegmentSeen, Speaks, Verdict},
    },
    question::Question,
};
use serde_json::{Value as Json, json};

use super::{Asked, Assumed, asked, cost_of, quarrels_of};
use crate::{
    Office,
    question::QuestionParams,
    report::{Report, Sheet, heading, plain, plain_fixed, with_question},
    ui::format,
    web::AppError,
};

pub async fn misalignment(office: &Office, params: &QuestionParams, own: &Assumed) -> Result<Report, AppError> {
    let asked = asked(office, params, own).await?;
    let cost = cost_of(&asked).await?;
    Ok(Report {
        json: cost_json(&asked, &cost),
        heading: format!("{}\n{}", heading(&asked.question), assumed_words(&asked.assumptions, &asked.question)),
        sheets: vec![parts(&cost, &asked.question), drivers(&cost, &asked), claims(&cost)],
        csv: parts_csv(&cost, &asked.question),
    })
}

pub async fn quarrels(office: &Office, params: &QuestionParams, own: &Assumed) -> Result<Report, AppError> {
    let asked = asked(office, params, own).await?;
    let found = quarrels_of(&asked).await?;
    let by: Vec<_> = asked.dimensions.iter().map(|dimension| dimension.key()).collect();
    Ok(Report {
        json: with_question(&asked.question, [("looked_into", json!(by)), ("quarrels", json!(found))]),
        heading: heading(&asked.question),
        sheets: vec![verdicts(&found), points(&found), causes(&found)],
        csv: points_csv(&found),
    })
}

fn cost_json(asked: &Asked, cost: &Cost) -> Json {
    let assumed = &asked.assumptions;
    with_question(
        &asked.question,
        [
            (
                "assumed",
                json!({
                    "call_minutes": assumed.call_minutes,
                    "email_minutes": assumed.email_minutes,
                    "meeting_minutes": assumed.meeting_minutes,
                    "note_minutes": assumed.note_minutes,
                    "task_minutes": assumed.task_minutes,
                    "decision_minutes": assumed.decision_minutes,
                    "hour_cost_minor": assumed.hour_cost_minor,
                    "piece_cost_minor": assumed.piece_cost_minor,
                    "dropped_days": assumed.dropped_days,
                }),
            ),
            ("parts", json!(cost.parts)),
            ("spent_minor", json!(cost.spent_minor)),
            ("not_won_minor", json!(cost.not_won_minor)),
            ("not_won_interval_minor", json!(cost.not_won_interval_minor)),
            ("revenue_minor", json!(cost.revenue_minor)),
            ("marketing_spend_minor", json!(cost.marketing_spend_minor)),
            ("claimed_by_the_field_not_measured_here", json!(cost.claims)),
        ],
    )
}

/// Said with every answer.
pub fn assumed_words(assumed: &Assumptions, question: &Question) -> String {
    let money = |minor: i64| format::money(Money::new(minor, question.currency));
    format!(
        "Assumed: a call {} min, an e-mail {}, a meeting {}, a note {}, a task {}, a rejection {}; an hour {}, a piece of content {}; dropped after {} days with nothing logged",
        assumed.call_minutes,
        assumed.email_minutes,
        assumed.meeting_minutes,
        assumed.note_minutes,
        assumed.task_minutes,
        assumed.decision_minutes,
        money(assumed.hour_cost_minor),
        money(assumed.piece_cost_minor),
        assumed.dropped_days
    )
}

const TOO_LITTLE: &str = "too little to compare";
/// Said of an estimate that can't be told from none.
pub const NO_LOSS: &str = "no loss can be shown";

pub fn amount(part: &Part, question: &Question) -> String {
    match (part.amount_minor, part.state) {
        _ if part.shows_loss == Some(false) => NO_LOSS.into(),
        (Some(minor), _) => format::money(Money::new(minor, question.currency)),
        (None, PartState::NotRecorded) => format::NOT_RECORDED.into(),
        (None, _) => TOO_LITTLE.into(),
    }
}

/// In the place of revenue not won, where no estimate shows a loss.
pub fn not_shown(cost: &Cost) -> &'static str {
    let mut estimates = cost.parts.iter().filter(|part| part.kind == PartKind::NotWon);
    match estimates.clone().any(|part| part.shows_loss.is_some()) {
        true => NO_LOSS,
        false if estimates.any(|part| part.state == PartState::NoData) => TOO_LITTLE,
        false => format::NOT_RECORDED,
    }
}

pub fn interval(interval: Option<(i64, i64)>, question: &Question) -> String {
    interval.map_or_else(String::new, |(low, high)| format::interval((low as f64, high as f64), Unit::Money, question.currency))
}

pub fn parts(cost: &Cost, question: &Question) -> Sheet {
    let money = |minor: i64| format::money(Money::new(minor, question.currency));
    let row = |part: &Part| {
        let noun = if part.key == "unused_content" { "pieces" } else { "leads" };
        vec![
            part.name.to_owned(),
            amount(part, question),
            interval(part.interval_minor, question),
            format!("{} {noun}", format::count(part.n)),
            money(part.already_counted_minor),
            money(part.adds_minor),
        ]
    };
    let mut rows: Vec<_> = cost.parts.iter().map(row).collect();
    let total = |name: &str, amount: String, interval: String, adds: String| {
        vec![name.to_owned(), amount, interval, String::new(), String::new(), adds]
    };
    rows.push(total("Spent, in all", money(cost.spent_minor), String::new(), money(cost.spent_minor)));
    let (not_won, adds) = cost.not_won_minor.map_or((not_shown(cost).to_owned(), String::new()), |minor| (money(minor), money(minor)));
    rows.push(total("Revenue not won, in all (estimated)", not_won, interval(cost.not_won_interval_minor, question), adds));
    Sheet::new("What misalignment costs", ["part", "amount", "95% interval", "of", "counted already", "adds"], rows)
}

pub fn drivers(cost: &Cost, asked: &Asked) -> Sheet {
    const SHOWN_MAX: usize = 8;
    let drivers = cost.parts.iter().flat_map(|part| &part.drivers).take(SHOWN_MAX);
    let money = |minor: i64| format::money(Money::new(minor, asked.question.currency));
    let row = |driver: &insight::misalignment::Driver| {
        vec![
            format::label(driver.label.as_deref()),
            money(driver.amount_minor),
            format!("{} of {}", driver.rejected, driver.decided),
            format::rate_or_none(driver.rejection_rate),
            format::rate_or_none(driver.rate_elsewhere),
            if driver.stands_out { money(driver.excess_minor) } else { String::new() },
            driver.reason.clone().unwrap_or_default(),
        ]
    };
    Sheet::new(
        format!("Spend on rejected leads, by {}", asked.drivers_by.key()),
        [asked.drivers_by.key().as_str(), "amount", "rejected", "rate", "elsewhere", "beyond the others' rate", "reason"],
        drivers.map(row),
    )
}

pub fn claims(cost: &Cost) -> Sheet {
    let row = |claim: &insight::misalignment::ClaimSeen| {
        let (low, high) = claim.claimed;
        let claimed =
            if low == high { format::agreed_rate(low) } else { format!("{} to {}", format::agreed_rate(low), format::agreed_rate(high)) };
        vec![claim.words.to_owned(), claimed, format::rate_or_none(claim.measured), format::count(claim.n), claim.measured_words.to_owned()]
    };
    Sheet::new(
        "Claimed by the field, not measured here; beside it what this record says",
        ["claim", "claimed", "here", "n", "what is measured"],
        cost.claims.iter().map(row),
    )
}

pub fn parts_csv(cost: &Cost, question: &Question) -> Sheet {
    let row = |part: &Part| {
        vec![
            part.key.to_owned(),
            plain(part.amount_minor),
            plain(part.interval_minor.map(|(low, _)| low)),
            plain(part.interval_minor.map(|(_, high)| high)),
            part.n.to_string(),
            part.already_counted_minor.to_string(),
            part.adds_minor.to_string(),
            question.currency.to_string(),
        ]
    };
    let header =
        ["part", "amount_minor", "interval_low_minor", "interval_high_minor", "n", "already_counted_minor", "adds_minor", "currency"];
    Sheet::untitled(header, cost.parts.iter().map(row))
}

/// All segments that spend on rejected leads was looked for by.
pub fn drivers_csv(cost: &Cost) -> Sheet {
    let row = |driver: &insight::misalignment::Driver| {
        vec![
            driver.label.clone().unwrap_or_default(),
            driver.amount_minor.to_string(),
            driver.leads.to_string(),
            driver.rejected.to_string(),
            driver.decided.to_string(),
            plain_fixed(driver.rejection_rate, 6),
            plain_fixed(driver.rate_elsewhere, 6),
            plain_fixed(driver.p_adjusted, 6),
            driver.stands_out.to_string(),
            driver.excess_minor.to_string(),
            driver.reason.clone().unwrap_or_default(),
        ]
    };
    let header = [
        "segment",
        "amount_minor",
        "leads",
        "rejected",
        "decided",
        "rejection_rate",
        "rate_elsewhere",
        "p_adjusted",
        "stands_out",
        "excess_minor",
        "reason",
    ];
    Sheet::untitled(header, cost.parts.iter().flat_map(|part| &part.drivers).map(row))
}

/// All segments that the quarrels were looked into by.
pub fn segments_csv(quarrels: &[Quarrel]) -> Sheet {
    let row = |quarrel: &Quarrel, segment: &SegmentSeen| {
        vec![
            quarrel.key.to_owned(),
            quarrel.segments_of.to_owned(),
            segment.dimension.clone(),
            segment.label.clone().unwrap_or_default(),
            plain_fixed(segment.value, 6),
            plain_fixed(segment.interval.map(|(low, _)| low), 6),
            plain_fixed(segment.interval.map(|(_, high)| high), 6),
            plain_fixed(segment.elsewhere, 6),
            plain_fixed(segment.p_adjusted, 6),
            segment.hits.to_string(),
            segment.n.to_string(),
            segment.is_true_here.to_string(),
        ]
    };
    let header = [
        "quarrel",
        "point",
        "dimension",
        "segment",
        "value",
        "interval_low",
        "interval_high",
        "elsewhere",
        "p_adjusted",
        "hits",
        "n",
        "true_here",
    ];
    let rows = quarrels.iter().flat_map(|quarrel| quarrel.segments.iter().map(move |segment| row(quarrel, segment)));
    Sheet::untitled(header, rows)
}

pub fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "the record supports it",
        Verdict::Partly => "the record supports it in part",
        Verdict::NotSupported => "the record does not support it",
        Verdict::CannotBeSaid => "it can't be said",
    }
}

pub fn speaks_words(speaks: Speaks) -> &'static str {
    match speaks {
        Speaks::For => "for",
        Speaks::Against => "against",
        Speaks::Open => "open",
        Speaks::Unknown => "not known",
    }
}

/// `23.1%`, or with what it was before: `23.1%, before 18.4%`.
pub fn point_value(point: &Point) -> String {
    let now = format::rate_or_none(point.value);
    point.before.map_or(now.clone(), |before| format!("{now}, before {}", format::rate_or_none(before.value())))
}

pub fn point_interval(point: &Point) -> String {
    let points = |(low, high): (f64, f64)| format!("{} to {} pt", format::signed(low * 100.0, 1), format::signed(high * 100.0, 1));
    let rates = |(low, high): (f64, f64)| format!("{} to {}", format::rate(low), format::rate(high));
    point.difference.map(|difference| points(difference.interval)).or(point.interval.map(rates)).unwrap_or_default()
}

fn verdicts(quarrels: &[Quarrel]) -> Sheet {
    let here = |quarrel: &Quarrel| {
        let labels: Vec<_> =
            quarrel.segments.iter().filter(|segment| segment.is_true_here).map(|segment| format::label(segment.label.as_deref())).collect();
        labels.join(", ")
    };
    let row = |quarrel: &Quarrel| vec![quarrel.name.to_owned(), verdict_words(quarrel.verdict).to_owned(), here(quarrel)];
    Sheet::new("The known quarrels", ["quarrel", "verdict", "true of"], quarrels.iter().map(row))
}

fn points(quarrels: &[Quarrel]) -> Sheet {
    let row = |quarrel: &Quarrel, point: &Point| {
        vec![
            quarrel.name.to_owned(),
            format!("{}{}", point.key, if point.decides { " (decides)" } else { "" }),
            point_value(point),
            point_interval(point),
            format!("{} of {}", format::count(point.hits), format::count(point.n)),
            speaks_words(point.speaks).to_owned(),
        ]
    };
    let rows = quarrels.iter().flat_map(|quarrel| quarrel.points.iter().map(move |point| row(quarrel, point)));
    Sheet::new("Evidence", ["quarrel", "point", "value", "95% interval", "rows", "speaks"], rows)
}

fn causes(quarrels: &[Quarrel]) -> Sheet {
    let rows = quarrels.iter().flat_map(|quarrel| quarrel.causes.iter().map(|cause| vec![quarrel.name.to_owned(), cause.words.clone()]));
    Sheet::new("What it points at", ["quarrel", "cause"], rows)
}

pub fn points_csv(quarrels: &[Quarrel]) -> Sheet {
    let number = |value: Option<f64>| plain_fixed(value, 6);
    let row = |quarrel: &Quarrel, point: &Point| {
        vec![
            quarrel.key.to_owned(),
            json!(quarrel.verdict).as_str().unwrap_or_default().to_owned(),
            point.key.to_owned(),
            point.decides.to_string(),
            json!(point.speaks).as_str().unwrap_or_default().to_owned(),
            number(point.value),
            number(point.interval.map(|(low, _)| low)),
            number(point.interval.map(|(_, high)| high)),
            point.hits.to_string(),
            point.n.to_string(),
            number(Some(point.limit)),
        ]
    };
    let header = ["quarrel", "verdict", "point", "decides", "speaks", "value", "interval_low", "interval_high", "hits", "n", "limit"];
    let rows = quarrels.iter().flat_map(|quarrel| quarrel.points.iter().map(move |point| row(quarrel, point)));
    Sheet::untitled(header, rows)
}
