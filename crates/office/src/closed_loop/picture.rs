//! The models compared as a picture, and the same as files.

use axum::{
    extract::{Query, State},
    response::Response,
};
use insight::{
    answer::Unit as Measured,
    attribution::{MODELS, OverviewRow},
    question::Goal,
};
use picture::{Comparison, ComparisonRow, Unit, Width};

use super::{Shares, pages, shares};
use crate::{
    Office,
    question::QuestionParams,
    report,
    scoreboard::params::address,
    ui::{Exhibit, MoneyUnit, exhibit, format, known},
    web::AppError,
};

pub const SVG_PATH: &str = "/closed-loop/models.svg";
pub const CSV_PATH: &str = "/closed-loop/models.csv";

/// More rows than can be told apart are in the table.
const ROWS_MAX: usize = 12;

pub fn exhibit(shares: &Shares, by: &str, params: &QuestionParams) -> Exhibit {
    let sheet = report::side_by_side(&shares.overview, &shares.question, by);
    let comparison = comparison(shares, by, params);
    Exhibit::new(&comparison, Width::Wide, &sheet, address(SVG_PATH, params, &[("by", by)]), address(CSV_PATH, params, &[("by", by)]))
}

pub async fn svg(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Response, AppError> {
    let shares = shares(&office, &params).await?;
    let by = pages::axis_of(&shares);
    Ok(exhibit::svg_file(&comparison(&shares, &by, &params), &format!("models-by-{by}")))
}

pub async fn csv(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Response, AppError> {
    let shares = shares(&office, &params).await?;
    let by = pages::axis_of(&shares);
    Ok(exhibit::csv_file(&report::side_by_side(&shares.overview, &shares.question, &by), &format!("models-by-{by}")))
}

fn comparison(shares: &Shares, by: &str, params: &QuestionParams) -> Comparison {
    let (overview, currency) = (&shares.overview, shares.question.currency);
    let of_customers = shares.question.settings.goal == Goal::Customers;
    let amounts = overview.rows.iter().flat_map(|row| &row.compared.standings).map(|it| it.revenue as f64);
    let money = MoneyUnit::of(amounts, currency);
    let value = |revenue: i64, conversions: f64| match of_customers {
        true => (conversions, format::value(conversions, Measured::Count, currency)),
        false => (revenue as f64 / currency.minor_per_major() as f64, money.write(revenue as f64)),
    };
    let row = |row: &OverviewRow| ComparisonRow {
        name: known::label(row.compared.label.as_deref()),
        values: row.compared.standings.iter().map(|it| Some(value(it.revenue, it.conversions))).collect(),
        href: Some(pages::behind(params, by, overview.chosen, &pages::row_key(row.compared.label.as_deref(), row.compared.id))),
    };
    let agreed = overview.rows.iter().take(ROWS_MAX).filter(|row| row.compared.same_rank as usize == MODELS.len()).count();
    let shown = overview.rows.len().min(ROWS_MAX);
    let more = overview.rows.len() - shown;
    let rest = if more > 0 { format!(" {more} smaller rows are in the table.") } else { String::new() };
    Comparison {
        title: "Where the models lie".into(),
        summary: format!(
            "Each mark is one model's share; the line is the range over the nine. {agreed} of {shown} rows have the same rank under every \
             model.{rest}"
        ),
        unit: if of_customers { Unit::Number } else { Unit::Money(format::symbol(currency)) },
        axis: String::new(),
        models: overview.answers.iter().map(|answer| answer.name.to_owned()).collect(),
        chosen: overview.answers.iter().position(|answer| answer.model == overview.chosen),
        rows: overview.rows.iter().take(ROWS_MAX).map(row).collect(),
    }
}
