//! The attribution of revenue, pipeline or customers: the models one by one, and side by side with what stands around them.

use alignment::Money;
use insight::{
    answer::{ModelAnswer, ShareRow},
    attribution::{self, Model, Overview, OverviewRow},
    question::{Dimension, Goal, Question},
};
use serde_json::{Map, Value as Json, json};

use super::{Report, Sheet, heading, table, with_question};
use crate::{
    Office,
    question::{QuestionParams, ask},
};

/// Shared out by one model, or by all that there are; `model` is `all` or names.
pub async fn attribution(office: &Office, params: &QuestionParams, model: &str) -> anyhow::Result<Report> {
    let models: Vec<&'static Model> = attribution::select(model)?;
    let params = QuestionParams { model: None, ..params.clone() };
    let (history, question) = ask(office, &params, "all").await?;
    let by = question.by.clone().unwrap_or(Dimension::Channel);
    let question = Question { by: Some(by.clone()), ..question };
    let overview = crate::aside::aside({
        let question = question.clone();
        move || attribution::overview(&history, &question, &models)
    })
    .await?;
    let by = by.key();
    let mut sheets = vec![side_by_side(&overview, &question, &by)];
    sheets.extend(overview.answers.iter().map(|answer| table::model(answer, &by)));
    Ok(Report {
        json: to_json(&overview, &question, &by),
        heading: heading(&question),
        sheets,
        csv: table::models_csv(&overview.answers, &by),
    })
}

/// Rows under every model, then of the chosen one its interval, and what stands beside.
pub fn side_by_side(overview: &Overview, question: &Question, by: &str) -> Sheet {
    let money = |minor: i64| table::money(Money::new(minor, question.currency));
    let of_customers = question.settings.goal == Goal::Customers;
    let row = |row: &OverviewRow| {
        let mut cells = vec![row.compared.label.clone().unwrap_or_else(|| table::NOT_RECORDED.into())];
        let given = row.compared.standings.iter();
        cells.extend(given.map(|it| if of_customers { format!("{:.2}", it.conversions) } else { money(it.revenue) }));
        cells.push(row.interval.as_ref().map_or(String::new(), |interval| match of_customers {
            true => format!("{:.1} to {:.1}", interval.conversions.0, interval.conversions.1),
            false => format!("{} to {}", money(interval.revenue.0.round() as i64), money(interval.revenue.1.round() as i64)),
        }));
        cells.push(format!("{} of {}", row.compared.same_rank, row.compared.standings.len()));
        cells.push(row.interval.as_ref().map_or(String::new(), |interval| format!("{:.0}%", interval.rank_kept * 100.0)));
        cells.push(row.spent.map_or_else(|| table::NOT_RECORDED.to_owned(), money));
        cells.push(row.return_on_spend.map_or(String::new(), |ratio| format!("{ratio:.2}")));
        cells.push(row.said.map_or(String::new(), |deals| deals.to_string()));
        cells
    };
    let mut header = vec![by.to_owned()];
    header.extend(overview.answers.iter().map(|answer| answer.name.to_owned()));
    let chosen = overview.answers.iter().find(|answer| answer.model == overview.chosen).map_or("", |answer| answer.name);
    header.extend([
        format!("95% interval ({chosen})"),
        "same rank".into(),
        "rank kept".into(),
        "spend".into(),
        "return".into(),
        "said by customers".into(),
    ]);
    Sheet::new(format!("Side by side ({})", question.settings.goal.key()), header, overview.rows.iter().map(row))
}

fn to_json(overview: &Overview, question: &Question, by: &str) -> Json {
    let models: Map<_, _> = overview.answers.iter().map(|answer| (answer.model.to_owned(), model_json(answer, by))).collect();
    let money = |minor: i64| json!(Money::new(minor, question.currency));
    let uncertainty = overview.uncertainty.as_ref().map(
        |found| json!({"model": found.model, "replicates": found.replicates, "units": found.units, "unit": found.unit, "level": 0.95}),
    );
    let said = overview.self_reported.as_ref().map(|rows| {
        let row = |row: &attribution::SelfReported| json!({"label": row.label, "deals": row.deals, "revenue": money(row.minor)});
        rows.iter().map(row).collect::<Vec<_>>()
    });
    let settings = &question.settings;
    with_question(
        question,
        [
            ("by", json!(by)),
            ("models", Json::Object(models)),
            ("goal", json!(settings.goal)),
            ("journey", json!(settings.journey)),
            ("lookback_days", json!(settings.lookback_days)),
            ("markov_order", json!(settings.markov_order)),
            ("chosen_model", json!(overview.chosen)),
            ("rows", overview.rows.iter().map(|row| row_json(row, question, by)).collect()),
            ("uncertainty", json!(uncertainty)),
            ("spend_elsewhere", json!(overview.spent_elsewhere.map(money))),
            ("self_reported", json!(said)),
        ],
    )
}

fn row_json(row: &OverviewRow, question: &Question, by: &str) -> Json {
    let money = |minor: i64| json!(Money::new(minor, question.currency));
    let compared = &row.compared;
    let models: Map<_, _> = compared
        .standings
        .iter()
        .map(|it| (it.model.to_owned(), json!({"conversions": it.conversions, "revenue": money(it.revenue), "rank": it.rank})))
        .collect();
    let interval = row.interval.as_ref();
    json!({
        by: compared.label,
        "id": compared.id,
        "models": models,
        "revenue_range": [money(compared.revenue_low), money(compared.revenue_high)],
        "conversions_range": [compared.conversions_low, compared.conversions_high],
        "models_with_same_rank": compared.same_rank,
        "revenue_interval": interval.map(|it| [money(it.revenue.0.round() as i64), money(it.revenue.1.round() as i64)]),
        "conversions_interval": interval.map(|it| it.conversions),
        "rank_interval": interval.map(|it| it.rank),
        "rank_kept": interval.map(|it| it.rank_kept),
        "spend": row.spent.map(money),
        "return_on_spend": row.return_on_spend,
        "self_reported_deals": row.said,
    })
}

fn model_json(answer: &ModelAnswer, by: &str) -> Json {
    let row = |row: &ShareRow, key: Option<&str>| {
        let mut object = Map::new();
        if let Some(key) = key {
            object.insert(key.to_owned(), json!(row.label));
            object.insert("id".into(), json!(row.id));
        }
        object.insert("conversions".into(), json!(row.conversions));
        object.insert("revenue".into(), json!(row.revenue));
        object.insert("deals".into(), json!(row.deals));
        if let Some(effect) = row.removal_effect {
            object.insert("removal_effect".into(), json!(effect));
        }
        Json::Object(object)
    };
    let rows: Vec<_> = answer.rows.iter().map(|each| row(each, Some(by))).collect();
    let mut json =
        json!({"name": answer.name, "rows": rows, "unattributed": row(&answer.unattributed, None), "total": row(&answer.total, None)});
    if let (Some(chain), Some(object)) = (&answer.chain, json.as_object_mut()) {
        object.insert("chain".into(), json!(chain));
    }
    json
}
