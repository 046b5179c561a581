//! `report forecast`: months with their bands, how right they would have been, and the open deals behind them.

use alignment::{Currency, Money};
use insight::{
    forecast::{Bands, ForecastAnswer, MonthAhead, OpenRow},
    question::Question,
};
use serde_json::json;

use super::{Forecast, ForecastParams, forecast_of, verdict};
use crate::{
    Office,
    question::QuestionParams,
    report::{Report, Sheet, judged, plain_fixed, plain_major, with_question},
    ui::format,
};

/// Open deals in the text form; the JSON and the file have all.
const ROWS_SHOWN: usize = 10;

pub async fn report(office: &Office, params: &QuestionParams, own: &ForecastParams) -> anyhow::Result<Report> {
    let found = forecast_of(office, params, own).await?;
    let (question, answer) = (&found.question, &*found.answer);
    let months = answer.simulated.as_ref().map_or(&[][..], |simulated| &simulated.months);
    Ok(Report {
        json: with_question(question, [("by", json!(question.by.as_ref().map(|by| by.key()))), ("forecast", json!(answer))]),
        heading: heading(&found),
        sheets: sheets(answer, question),
        csv: months_csv(months, question),
    })
}

fn heading(found: &Forecast) -> String {
    let (question, answer) = (&found.question, &found.answer);
    let drawn = match &answer.simulated {
        None => format!("nothing simulated: {} closed deals are too few to learn from", answer.closed),
        Some(simulated) => {
            format!("{} draws (seed {}) learned from {} closed deals", simulated.replicates, simulated.seed, answer.closed)
        }
    };
    format!("As of {}; {drawn}", judged(question))
}

fn sheets(answer: &ForecastAnswer, question: &Question) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    if let Some(simulated) = &answer.simulated {
        sheets.push(months_sheet(&simulated.months, question));
    }
    if answer.backtest.is_some() {
        sheets.push(coverage_sheet(answer));
        sheets.push(errors_sheet(answer, question.currency));
    }
    if !answer.segments.is_empty() {
        sheets.push(segments_sheet(answer, question));
    }
    sheets.push(rows_sheet(answer, question));
    sheets
}

fn months_sheet(months: &[MonthAhead], question: &Question) -> Sheet {
    let row = |month: &MonthAhead| {
        let money = |minor: i64| whole(minor, question.currency);
        let band = |(low, high): (i64, i64)| format!("{} to {}", money(low), money(high));
        let Bands { mean_minor, median_minor, band_50, band_80, band_95 } = month.revenue;
        let counts =
            [month.signed_minor, month.weighted_minor, month.from_open_minor, month.from_new_minor, mean_minor, median_minor].map(money);
        let mut cells = vec![format::month(month.starts_at, &question.zone)];
        cells.extend(counts);
        cells.extend([band_50, band_80, band_95].map(band));
        cells
    };
    Sheet::new(
        format!("Revenue by month, in {}", question.currency),
        ["month", "signed", "stage-weighted", "from open", "from new", "mean", "median", "50%", "80%", "95%"],
        months.iter().map(row),
    )
}

pub(super) fn coverage_sheet(answer: &ForecastAnswer) -> Sheet {
    let coverage = answer.backtest.as_ref().map_or(&[][..], |backtest| &backtest.coverage);
    let percent = |rate: f64| format!("{:.0}%", rate * 100.0);
    let row = |one: &insight::forecast::Coverage| {
        vec![
            percent(one.level),
            if one.ahead == 0 { "all".into() } else { one.ahead.to_string() },
            format!("{} of {}", one.inside, one.of),
            one.rate.map_or_else(String::new, percent),
            one.interval.map_or_else(String::new, |(low, high)| format!("{} to {}", percent(low), percent(high))),
        ]
    };
    Sheet::new(
        "Backtest: past months that fell inside the band they would have been given",
        ["band", "months ahead", "inside", "share", "95% interval"],
        coverage.iter().map(row),
    )
}

pub(super) fn errors_sheet(answer: &ForecastAnswer, currency: Currency) -> Sheet {
    let errors = answer.backtest.as_ref().map_or(&[][..], |backtest| &backtest.errors);
    let row = |one: &insight::forecast::Errors| {
        vec![
            if one.ahead == 0 { "all".into() } else { one.ahead.to_string() },
            one.of.to_string(),
            whole(one.model_minor, currency),
            whole(one.naive_minor, currency),
            one.seasonal.map_or("–".into(), |seasonal| whole(seasonal.minor, currency)),
            one.seasonal.map_or("–".into(), |seasonal| format!("{} (n {})", whole(seasonal.model_minor, currency), seasonal.of)),
        ]
    };
    let verdict = errors.iter().find(|one| one.ahead == 0).map(|one| verdict::middle(one, currency)).unwrap_or_default();
    Sheet::new(
        format!("Backtest: mean distance from what came, in {currency}. {verdict}"),
        ["months ahead", "n", "this forecast", "same as last month", "same as a year ago", "this forecast, of those"],
        errors.iter().map(row),
    )
}

fn segments_sheet(answer: &ForecastAnswer, question: &Question) -> Sheet {
    let by = question.by.as_ref().map(|by| by.key()).unwrap_or_default();
    let row = |segment: &insight::forecast::OpenSegment| {
        vec![
            format::label(segment.label.as_deref()),
            segment.deals.to_string(),
            whole(segment.amount_minor, question.currency),
            whole(segment.weighted_minor, question.currency),
            segment.expected_minor.map_or("–".into(), |minor| whole(minor, question.currency)),
        ]
    };
    Sheet::new(
        format!("Open deals by {by}"),
        [by.as_str(), "deals", "amount", "stage-weighted", "expected"],
        answer.segments.iter().map(row),
    )
}

fn rows_sheet(answer: &ForecastAnswer, question: &Question) -> Sheet {
    let currency = question.currency;
    let percent = |rate: Option<f64>| rate.map_or("–".into(), |rate| format!("{:.0}%", rate * 100.0));
    let row = |row: &OpenRow| {
        vec![
            format!("deal {}", row.id),
            row.stage.to_owned(),
            row.age_days.map_or("–".into(), |days| format!("{days:.0}")),
            row.amount_minor.map_or("–".into(), |minor| whole(minor, currency)),
            percent(row.stage_rate),
            whole(row.weighted_minor, currency),
            percent(row.win_rate),
            row.expected_at.map_or("–".into(), |at| format::iso_date(at, &question.zone)),
        ]
    };
    let rest = answer.rows.len().saturating_sub(ROWS_SHOWN);
    let more = if rest > 0 { format!(", the first {ROWS_SHOWN}") } else { String::new() };
    Sheet::new(
        format!("{} open deals, {} {currency} stage-weighted{more}", answer.rows.len(), whole(answer.weighted_minor, currency)),
        ["deal", "stage", "days in it", "amount", "stage rate", "weighted", "simulated", "expected"],
        answer.rows.iter().take(ROWS_SHOWN).map(row),
    )
}

pub(super) fn months_csv(months: &[MonthAhead], question: &Question) -> Sheet {
    let row = |month: &MonthAhead| {
        let money = |minor: i64| plain_major(Money::new(minor, question.currency));
        let bands = month.revenue;
        let both = |(low, high): (i64, i64)| [money(low), money(high)];
        let mut cells = vec![format::iso_date(month.starts_at, &question.zone)];
        let parts =
            [month.signed_minor, month.weighted_minor, month.from_open_minor, month.from_new_minor, bands.mean_minor, bands.median_minor];
        cells.extend(parts.map(money));
        cells.extend([bands.band_50, bands.band_80, bands.band_95].into_iter().flat_map(both));
        cells.push(question.currency.to_string());
        cells
    };
    let header = [
        "month",
        "signed",
        "stage_weighted",
        "from_open",
        "from_new",
        "mean",
        "median",
        "low_50",
        "high_50",
        "low_80",
        "high_80",
        "low_95",
        "high_95",
        "currency",
    ];
    Sheet::untitled(header, months.iter().map(row))
}

/// All open deals, with plain numbers.
pub(super) fn deals_csv(answer: &ForecastAnswer, question: &Question) -> Sheet {
    let money = |minor: i64| plain_major(Money::new(minor, question.currency));
    let number = |value: Option<f64>| plain_fixed(value, 4);
    let date = |at: Option<alignment::Instant>| at.map_or_else(String::new, |at| format::iso_date(at, &question.zone));
    let row = |row: &OpenRow| {
        vec![
            row.id.to_string(),
            row.stage.to_owned(),
            number(row.age_days),
            row.amount_minor.map_or_else(String::new, money),
            number(row.stage_rate),
            money(row.weighted_minor),
            number(row.win_rate),
            number(row.loss_rate),
            date(row.expected_at),
            date(row.stated_at),
        ]
    };
    let header = ["deal", "stage", "age_days", "amount", "stage_rate", "weighted", "win_rate", "loss_rate", "expected_at", "stated_at"];
    Sheet::untitled(header, answer.rows.iter().map(row))
}

/// In whole units: a forecast to the cent would claim too much.
fn whole(minor: i64, currency: Currency) -> String {
    format!("{:.0}", Money::new(minor, currency).major())
}
