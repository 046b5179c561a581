//! `tandem plan`: the plan as JSON, as sheets for a terminal and as one table.

use alignment::{Money, lifecycle::Stage};
use insight::{
    plan::{Backtest, Pace, PlanAnswer},
    question::Question,
};
use serde_json::{Value, json};

use super::{PlanParams, Planned, past, planned};
use crate::{
    Office,
    question::QuestionParams,
    report::{Report, Sheet, heading as heading_of, judged, plain_major, with_question},
    ui::format,
};

pub async fn report(office: &Office, params: &QuestionParams, own: &PlanParams) -> anyhow::Result<Report> {
    let found = planned(office, params, own).await?;
    let mut json = with_question(&found.question, []);
    if let (Some(object), Value::Object(answer)) = (json.as_object_mut(), serde_json::to_value(&found.answer)?) {
        // A plan looks ahead from the end of the record: it has no period.
        object.remove("period");
        object.extend(answer);
        object.insert("assumed".into(), json!(found.body));
        object.insert("plan".into(), json!(found.saved.as_ref().map(|plan| plan.id)));
        object.insert("base".into(), json!(found.base));
        object.insert("team".into(), json!(found.team));
    }
    Ok(Report { json, heading: heading(&found), sheets: sheets(&found), csv: cells(&found.answer) })
}

fn heading(found: &Planned) -> String {
    let answer = &found.answer;
    format!(
        "{} signed by {}, as of {}; {} draws, seed {}",
        target(answer),
        last_day(found),
        judged(&found.question),
        answer.replicates,
        answer.seed
    )
}

/// How plans of past months did.
pub async fn past_report(office: &Office, params: &QuestionParams) -> anyhow::Result<Report> {
    let (question, tried) = past(office, params).await?;
    let sheet = past_sheet(&tried, &question);
    Ok(Report {
        json: with_question(&question, [("backtest", json!(*tried))]),
        heading: heading_of(&question),
        csv: Sheet::untitled(sheet.header.clone(), sheet.rows.clone()),
        sheets: vec![sheet],
    })
}

pub fn past_sheet(tried: &Backtest, question: &Question) -> Sheet {
    let row = |tried: &insight::plan::Tried| {
        let band = |(low, high): (f64, f64)| format!("{low:.0} to {high:.0}");
        let [half, most, nearly] = tried.bands.map(band);
        let median = format!("{:.0}", tried.median);
        vec![format::iso_date(tried.as_of, &question.zone), median, half, most, nearly, tried.customers.to_string()]
    };
    let header = ["as of the end of", "expected", "50%", "80%", "95%", "customers"];
    Sheet::new(past_words(tried), header, tried.tried.iter().map(row))
}

pub fn past_words(tried: &Backtest) -> String {
    let Some(([half, most, nearly], should)) = tried.coverage.zip(tried.expected_coverage) else {
        return "Too little record to try a plan on the past".into();
    };
    let [of_half, of_most, of_nearly] = should.map(percent);
    format!(
        "Plans of the last {} months, {} days ahead: what came was inside the 50% band in {}, the 80% band in {} and the 95% band in {} of them; \
         as bands end at whole customers, {of_half}, {of_most} and {of_nearly} are to be expected",
        tried.tried.len(),
        tried.horizon_days,
        percent(half),
        percent(most),
        percent(nearly)
    )
}

/// `10 customers` or `EUR 1,200,000`.
pub fn target(answer: &PlanAnswer) -> String {
    match (answer.target_customers, answer.target_revenue_minor) {
        (Some(customers), _) => format::plural(customers, "customer", "customers"),
        (_, Some(minor)) => format::money_brief(Money::new(minor, answer.currency)),
        _ => String::new(),
    }
}

/// The last day that counts.
pub fn last_day(found: &Planned) -> String {
    format::iso_date(found.answer.by.plus_micros(-1), &found.question.zone)
}

fn sheets(found: &Planned) -> Vec<Sheet> {
    let answer = &found.answer;
    let mut sheets = vec![needs(answer), steps(answer), sources(answer), capacity(answer), chances(answer)];
    sheets.extend(quarters(answer));
    let mut words = answer.words.clone();
    words.extend(answer.promise.as_ref().map(|promise| promise.words.clone()));
    sheets.push(Sheet::new("To know", ["what"], words.into_iter().map(|words| vec![words])));
    sheets
}

/// What it takes, a row for each stage and a column for each probability.
pub fn needs(answer: &PlanAnswer) -> Sheet {
    let mut header = vec!["needed".to_owned(), "last useful month".to_owned()];
    for column in &answer.columns {
        let name = percent(column.probability);
        header.extend([name.clone(), format!("{name} a month")]);
    }
    let mut rows = Vec::new();
    for (place, last) in answer.last_useful.iter().enumerate() {
        let mut row = vec![plural_of(last.stage).to_owned(), last.month.clone().unwrap_or_else(|| "too late".into())];
        for column in &answer.columns {
            let need = &column.needs[place];
            row.extend([count(need.total), count(need.per_month.map(f64::ceil))]);
        }
        rows.push(row);
    }
    let mut spend = vec!["spend".to_owned(), String::new()];
    for column in &answer.columns {
        spend.extend([money(column.spend_minor, answer), String::new()]);
    }
    rows.push(spend);
    let hand = &answer.in_hand;
    let expected = hand.customers.map_or("unknown".to_owned(), |customers| format!("{customers:.1}"));
    let title = format!(
        "Needed beside what is in hand ({} open deals and {} open passes: {expected} customers expected)",
        hand.deals,
        hand.passes.iter().map(|(_, passes)| passes).sum::<u64>()
    );
    Sheet::new(title, header, rows)
}

pub fn steps(answer: &PlanAnswer) -> Sheet {
    let row = |step: &insight::plan::StepUsed| {
        vec![
            format!("{} to {}", step.from.name(), step.to.name()),
            rate(step.rate),
            if step.is_assumed { "assumed".into() } else { "record".into() },
            rate(step.recorded_rate),
            step.interval.map_or_else(dash, |(low, high)| format!("{} to {}", rate(Some(low)), rate(Some(high)))),
            step.entered.to_string(),
            step.median_days.map_or_else(dash, |days| format!("{days:.1}")),
            format!("{:.1}", step.mature_days),
        ]
    };
    let header = ["step", "rate", "from", "recorded", "95% interval", "mature leads", "median days", "mature after days"];
    Sheet::new("Rates and lags", header, answer.steps.iter().map(row))
}

fn sources(answer: &PlanAnswer) -> Sheet {
    let row = |source: &insight::plan::SourceUsed| {
        vec![
            format::label(source.source.as_deref()),
            rate(Some(source.share)),
            count(source.leads.map(|leads| leads as f64)),
            money(source.cost_per_lead_minor, answer),
            money(source.spend_minor, answer),
        ]
    };
    let rows = answer.sources.iter().filter(|source| source.share > 0.0).map(row);
    Sheet::new(format!("Leads by source, at {}", percent(answer.focus)), ["source", "share", "leads", "cost per lead", "spend"], rows)
}

fn capacity(answer: &PlanAnswer) -> Sheet {
    let row = |capacity: &insight::plan::Capacity| {
        let cells = [capacity.reps_needed.map(|reps| reps as f64), Some(capacity.reps as f64)];
        let [needed, reps] = cells.map(count);
        vec![
            capacity.of.to_owned(),
            count(Some(capacity.needed_per_month.ceil())),
            capacity.per_rep.map_or_else(dash, |most| format!("{most:.1}")),
            needed,
            reps,
            capacity.chance.map_or_else(dash, percent),
        ]
    };
    let header = ["of", "a month", "each takes", "reps needed", "reps", "chance with them"];
    Sheet::new("Capacity", header, answer.capacity.iter().map(row))
}

fn chances(answer: &PlanAnswer) -> Sheet {
    let row = |name: &str, pace: &Pace| {
        vec![
            name.to_owned(),
            count(pace.leads_per_month.map(f64::round)),
            pace.customers.map_or_else(dash, |customers| format!("{customers:.1}")),
            money(pace.revenue_minor, answer),
            pace.chance.map_or_else(dash, percent),
        ]
    };
    let mut rows = vec![row("as leads come now", &answer.pace)];
    rows.extend(answer.with_spend.iter().map(|pace| row("with the spend assumed", pace)));
    Sheet::new("Chance of the target", ["if", "leads a month", "customers", "revenue", "chance"], rows)
}

pub fn quarters(answer: &PlanAnswer) -> Option<Sheet> {
    let pacing = answer.pacing.as_ref()?;
    let minor = |minor: i64| money(Some(minor as f64), answer);
    let row = |quarter: &insight::plan::Quarter| {
        vec![quarter.quarter.clone(), minor(quarter.planned_minor), quarter.signed_minor.map_or_else(dash, minor)]
    };
    let title = format!(
        "Against the Agreement's {}: {} by {:.0} days ({})",
        minor(pacing.target_minor),
        if pacing.ahead_minor < 0 { "behind" } else { "ahead" },
        pacing.ahead_days.abs(),
        minor(pacing.ahead_minor.abs())
    );
    Some(Sheet::new(title, ["quarter", "planned", "signed"], pacing.quarters.iter().map(row)))
}

/// The months of the target with what was signed: the table behind both pictures of it.
pub fn pacing_csv(answer: &PlanAnswer) -> Sheet {
    let header = ["month", "planned", "planned so far", "signed", "signed so far", "currency"];
    let plain = |minor: i64| plain_major(Money::new(minor, answer.currency));
    let rows = answer.pacing.iter().flat_map(|pacing| &pacing.months).map(|month| {
        let signed = [month.signed_minor, month.signed_so_far_minor].map(|minor| minor.map_or_else(String::new, plain));
        let [signed, so_far] = signed;
        vec![
            month.month.clone(),
            plain(month.planned_minor),
            plain(month.planned_so_far_minor),
            signed,
            so_far,
            answer.currency.to_string(),
        ]
    });
    Sheet::untitled(header, rows)
}

pub fn fan_csv(answer: &PlanAnswer) -> Sheet {
    let mut header = vec!["at".to_owned()];
    header.extend(insight::plan::LEVELS.iter().map(|level| format!("p{}", level * 100.0)));
    header.push("currency".into());
    let rows = answer.pacing.iter().flat_map(|pacing| &pacing.fan).map(|point| {
        let levels = point.signed_minor.iter().map(|minor| plain_minor(*minor, answer));
        std::iter::once(point.at.to_string()).chain(levels).chain([answer.currency.to_string()]).collect()
    });
    Sheet::untitled(header, rows)
}

/// Leads, MQLs and spend by month and source.
pub fn cells(answer: &PlanAnswer) -> Sheet {
    let row = |cell: &insight::plan::Cell| {
        vec![
            cell.month.clone(),
            answer.sources[cell.source].source.clone().unwrap_or_default(),
            cell.leads.to_string(),
            cell.mqls.map_or_else(String::new, |mqls| format!("{mqls:.1}")),
            cell.spend_minor.map_or_else(String::new, |minor| plain_minor(minor, answer)),
            answer.currency.to_string(),
        ]
    };
    let header = ["month", "source", "leads", "mqls", "spend", "currency"];
    Sheet::untitled(header, answer.cells.iter().map(row))
}

pub fn plural_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Lead => "leads",
        Stage::Mql => "MQLs",
        Stage::Sal => "SALs",
        Stage::Sql => "SQLs",
        _ => "customers",
    }
}

pub fn percent(rate: f64) -> String {
    format!("{:.0}%", rate * 100.0)
}

pub fn count(number: Option<f64>) -> String {
    number.map_or_else(dash, |number| format::count(number.max(0.0).round() as u64))
}

pub fn money(minor: Option<f64>, answer: &PlanAnswer) -> String {
    minor.map_or_else(dash, |minor| format::money_short(minor, answer.currency))
}

fn rate(rate: Option<f64>) -> String {
    rate.map_or_else(dash, |rate| format!("{:.1}%", rate * 100.0))
}

pub fn dash() -> String {
    "–".to_owned()
}

/// A mean for a file, to the minor unit.
fn plain_minor(minor: f64, answer: &PlanAnswer) -> String {
    plain_major(Money::new(minor.round() as i64, answer.currency))
}
