//! A backtest beside the Agreement in force, and the written ideal customer beside the customers won.

use alignment::Money;
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use facts::names;
use insight::{
    backtest::{Backtest, Basis, Moving, Outcome, Replayed, Share},
    drift::Drift,
};
use tower_sessions::Session;

use super::{By, backtests, draft_pages::tell, drafts};
use crate::{
    Office,
    ui::{Frame, Svg, charts, format},
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/agreement/drafts/{id}/backtest", Allow::SignedIn, page),
        Endpoint::post("/agreement/drafts/{id}/backtest", Allow::SignedIn, run),
        Endpoint::get("/agreement/icp", Allow::SignedIn, icp),
    ]
}

#[derive(Template)]
#[template(path = "agreement/backtest.html")]
struct BacktestPage {
    id: i64,
    note: String,
    shown: Option<Shown>,
    frame: Frame,
}

struct Shown {
    made: String,
    stale: bool,
    period: String,
    recorded_only: bool,
    months: Vec<MonthShown>,
    rows: Vec<[String; 3]>,
    moving: Vec<MovingShown>,
    staying: String,
    load: Vec<[String; 3]>,
    not_judged: String,
}

struct MonthShown {
    name: String,
    in_force: (String, Svg),
    draft: (String, Svg),
}

struct MovingShown {
    title: &'static str,
    people: String,
    outcome: String,
    first: Vec<(i64, String, String)>,
    left_out: u64,
}

/// People that the page names of each list.
const NAMED_MAX: usize = 50;

async fn page(State(office): State<Office>, frame: Frame, Path(id): Path<i64>) -> Result<Page<BacktestPage>, AppError> {
    let draft = drafts::one(&office, id).await?;
    let saved = backtests::saved(&office, id).await?;
    let shown = match saved {
        Some(saved) => Some(show(&office, &frame, saved, &draft.row.hash).await?),
        None => None,
    };
    let note = draft.row.note.unwrap_or_else(|| format!("Draft {id}"));
    Ok(Page(BacktestPage { id, note, shown, frame }))
}

async fn run(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let draft = drafts::one(&office, id).await?;
    let result = backtests::replay(&office, &draft.agreement).await?;
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    backtests::save(&mut tx, &by, &draft, &result).await?;
    tx.commit().await?;
    tell(&office);
    redirect(&session, &format!("/agreement/drafts/{id}/backtest"), "The backtest is made and saved with the draft.", None).await
}

async fn show(office: &Office, frame: &Frame, saved: backtests::Saved, hash: &str) -> Result<Shown, AppError> {
    let result = saved.result;
    let most = result.months.iter().map(|month| month.in_force.max(month.draft)).max().unwrap_or(0).max(1) as f64;
    let bar = |count: u64, team: &str| (format::count(count), charts::bar(count as f64 / most, team));
    let months = result.months.iter().map(|month| MonthShown {
        name: format::month(month.from, &frame.zone),
        in_force: bar(month.in_force, ""),
        draft: bar(month.draft, "marketing"),
    });
    let staying = &result.staying;
    let shift =
        staying.median_shift_days.map_or_else(String::new, |days| format!(", the median moves by {} days", format::signed(days, 1)));
    Ok(Shown {
        made: frame.date_time(saved.at),
        stale: saved.hash != hash,
        period: format!("{} to {}", frame.date(result.from), frame.date(result.to)),
        recorded_only: result.in_force.basis == Basis::Recorded,
        months: months.collect(),
        rows: rows(&result),
        moving: vec![
            moving(office, frame, "Enter: MQLs under the draft alone", &result.entering).await?,
            moving(office, frame, "Leave: MQLs of today that the draft would not make", &result.leaving).await?,
        ],
        staying: format!(
            "{} stay MQLs: {} earlier, {} later{shift}.",
            format::plural(staying.people, "person", "people"),
            format::count(staying.earlier),
            format::count(staying.later)
        ),
        load: load(&result),
        not_judged: result.not_judged.join(", "),
    })
}

fn share(share: &Share) -> String {
    match (share.value, share.low, share.high) {
        (Some(value), Some(low), Some(high)) => {
            format!("{} ({} to {}, n = {})", format::rate(value), format::rate(low), format::rate(high), format::count(share.of))
        }
        _ => format::NOT_RECORDED.to_owned(),
    }
}

fn revenue(outcome: &Outcome) -> String {
    let revenue = &outcome.revenue;
    let money = |amount: Money| format::money_short(amount.minor as f64, amount.currency);
    let deals = format::plural(revenue.deals, "deal", "deals");
    format!("{} ({} to {}, {deals})", money(revenue.amount), money(revenue.low), money(revenue.high))
}

fn rows(result: &Backtest) -> Vec<[String; 3]> {
    let row = |name: &str, of: &dyn Fn(&Replayed) -> String| [name.to_owned(), of(&result.in_force), of(&result.draft)];
    vec![
        row("MQLs", &|one| format::count(one.outcome.mqls)),
        row("Accepted, of those decided", &|one| share(&one.outcome.acceptance)),
        row("Won, of those old enough", &|one| share(&one.outcome.win)),
        row("Revenue of deals they came before", &|one| revenue(&one.outcome)),
        row("Reviews that would meet the promise", &|one| format!("{}, in {} h", share(&one.reviews.kept), one.reviews.review_hours_max)),
        row("In the fallback queue", &|one| format::count(one.load.unplaced)),
    ]
}

async fn moving(office: &Office, frame: &Frame, title: &'static str, moving: &Moving) -> Result<MovingShown, AppError> {
    let ids: Vec<_> = moving.first.iter().take(NAMED_MAX).map(|moved| moved.person).collect();
    let known = names::of(&mut *office.facts().reader().await?, "people", &ids).await?;
    let first = moving.first.iter().take(NAMED_MAX).map(|moved| {
        let name = known.get(&moved.person).and_then(|named| named.name.clone()).unwrap_or_else(|| format!("Person {}", moved.person));
        (moved.person, name, frame.date(moved.at))
    });
    Ok(MovingShown {
        title,
        people: format::plural(moving.people, "person", "people"),
        outcome: format!(
            "Accepted {}; won {}; revenue {}.",
            share(&moving.outcome.acceptance),
            share(&moving.outcome.win),
            revenue(&moving.outcome)
        ),
        left_out: moving.people.saturating_sub(ids.len() as u64),
        first: first.collect(),
    })
}

/// MQLs a week of each rep, under both.
fn load(result: &Backtest) -> Vec<[String; 3]> {
    let of = |replayed: &Replayed, name: &str| {
        let found = replayed.load.reps.iter().find(|rep| rep.name == name);
        found.map_or_else(
            || "0".to_owned(),
            |rep| format!("{} (busy weeks {})", format::fixed(rep.per_week_mean, 1), format::fixed(rep.per_week_p90, 0)),
        )
    };
    let mut names: Vec<&str> = Vec::new();
    for rep in result.draft.load.reps.iter().chain(&result.in_force.load.reps) {
        if !names.contains(&rep.name.as_str()) {
            names.push(&rep.name);
        }
    }
    names.into_iter().take(100).map(|name| [name.to_owned(), of(&result.in_force, name), of(&result.draft, name)]).collect()
}

#[derive(Template)]
#[template(path = "agreement/icp.html")]
struct IcpPage {
    from: String,
    customers: String,
    leads: String,
    attributes: Vec<AttributeShown>,
    frame: Frame,
}

struct AttributeShown {
    name: String,
    written: Option<String>,
    customers: String,
    leads: String,
    not_recorded: String,
    values: Vec<(bool, String, String, String, String)>,
}

async fn icp(State(office): State<Office>, frame: Frame) -> Result<Page<IcpPage>, AppError> {
    let drift: Drift = backtests::drift(&office).await?;
    let attributes = drift.attributes.iter().map(|attribute| {
        let values = attribute.inside.iter().map(|value| (true, value)).chain(attribute.outside.iter().map(|value| (false, value)));
        AttributeShown {
            name: format::spaced(&attribute.key),
            written: attribute.written.clone(),
            customers: share(&attribute.customers),
            leads: share(&attribute.leads),
            not_recorded: format!(
                "{} and {} without it",
                format::plural(attribute.customers_not_recorded, "customer", "customers"),
                format::plural(attribute.leads_not_recorded, "lead", "leads")
            ),
            values: values
                .map(|(inside, value)| {
                    (inside, value.value.clone(), format::count(value.customers), format::count(value.leads), share(&value.deals_won))
                })
                .collect(),
        }
    });
    Ok(Page(IcpPage {
        from: frame.date(drift.from),
        customers: format::count(drift.customers),
        leads: format::count(drift.leads),
        attributes: attributes.collect(),
        frame,
    }))
}
