//! The page of the forecast: the fan, the months, how right it would have been, and the open deals behind it.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use insight::{
    answer::Unit,
    forecast::{Backtest, Coverage, Errors, MonthAhead, OpenRow, OpenSegment, PastMonth, Simulated, SpanAhead},
};
use picture::Width;

use super::{Forecast, ForecastParams, forecast_of, pictures, report, verdict::Verdict};
use crate::{
    Office,
    kept::exactly,
    question::QuestionParams,
    scoreboard::params::{Controls, Links, address, controls, with_filter},
    ui::{
        Exhibit, Frame, Judged, Named,
        exhibit::{csv_file, svg_file},
        format, known,
        named::names,
    },
    web::{Allow, AppError, Endpoint, Page},
};

const PATH: &str = "/forecast";
/// The inputs of the form.
pub(crate) const SHOWN: &[&str] = &["months", "by", "as_of"];
/// Open deals on the page; the file has all.
const ROWS_SHOWN: usize = 100;

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get("/forecast/revenue.svg", Allow::SignedIn, revenue_svg),
        Endpoint::get("/forecast/revenue.csv", Allow::SignedIn, revenue_csv),
        Endpoint::get("/forecast/deals.csv", Allow::SignedIn, deals_csv),
    ]
}

#[derive(Template)]
#[template(path = "forecast/page.html")]
struct ForecastPage {
    controls: Controls,
    months_choices: Vec<(usize, bool)>,
    fan: Exhibit,
    simulated: Option<Words>,
    months: Vec<MonthRow>,
    quarters: Vec<MonthRow>,
    tested: Option<Tested>,
    by: String,
    segments: Vec<SegmentRow>,
    rows: Vec<DealRow>,
    weighted: String,
    amount: String,
    deals: String,
    rest: String,
    deals_csv: String,
    left_out: Vec<String>,
    closed: String,
    closed_min: usize,
    none: bool,
    as_of: String,
    known_at: String,
    path: &'static str,
    judged: Judged,
    frame: Frame,
}

/// How the simulation was made.
struct Words {
    drawn: String,
    arrivals: String,
    widening: String,
    /// Why the quarter and the mean say more than the months' medians; empty where they don't.
    sparse: String,
}

struct MonthRow {
    name: String,
    /// Stage-weighted, from open deals, from new ones; a quarter has none of them.
    parts: Vec<String>,
    /// With the address of its deals.
    signed: Option<(String, String)>,
    mean: String,
    median: String,
    bands: Vec<String>,
}

struct Tested {
    verdict: Verdict,
    levels: Vec<String>,
    coverage: Vec<(String, Vec<String>)>,
    errors: Vec<(String, Vec<String>)>,
    origins: String,
    /// What the fits could not know as it was known then.
    known_later: String,
}

struct SegmentRow {
    label: String,
    address: String,
    deals: String,
    amount: String,
    weighted: String,
    expected: String,
}

struct DealRow {
    named: Named,
    stage: String,
    days: String,
    amount: String,
    stage_rate: String,
    weighted: String,
    simulated: String,
    expected: String,
    stated: String,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<ForecastParams>,
) -> Result<Page<ForecastPage>, AppError> {
    let found = forecast_of(&office, &params, &own).await?;
    let (answer, question) = (&*found.answer, &found.question);
    let money = |minor: i64| format::money_short(minor as f64, question.currency);
    // The files have what the page shows, whenever they are asked for.
    let exact = exactly(&params, question);
    let file = |path: &str| Links::of(&exact, own.pairs()).to(path, &[]);
    let signed_in = |month: &PastMonth| Some(signed_in(&found, &params, month.starts_at));
    let fan = pictures::fan(answer, question, signed_in);
    let simulated = answer.simulated.as_ref();
    Ok(Page(ForecastPage {
        fan: Exhibit::new(
            &fan,
            Width::Wide,
            &pictures::table(answer, question),
            file("/forecast/revenue.svg"),
            file("/forecast/revenue.csv"),
        ),
        months_choices: [3, 6, 9, 12].map(|months| (months, months == found.ask.months)).to_vec(),
        simulated: simulated.map(|simulated| Words {
            drawn: format::count(simulated.replicates),
            arrivals: simulated.arrivals_per_month.map_or_else(
                || "Too few months are known to say how many new deals will come, so only open deals are in the forecast.".into(),
                |count| format!("About {} new deals a month are expected, with their trend and their spread.", format::decimal(count)),
            ),
            widening: if simulated.widening > 1.0 {
                format!("The bands are {} times as wide as simulated; why, is said below.", format::fixed(simulated.widening, 2))
            } else {
                String::new()
            },
            sparse: sparse(simulated, question.as_of),
        }),
        months: simulated
            .map_or_else(Vec::new, |simulated| simulated.months.iter().map(|month| month_row(month, &found, &params)).collect()),
        quarters: simulated
            .map_or_else(Vec::new, |simulated| simulated.quarters.iter().map(|quarter| quarter_row(quarter, &found, &params)).collect()),
        tested: answer.backtest.as_ref().map(|backtest| tested(backtest, &found)),
        by: question.by.as_ref().map(|by| by.key()).unwrap_or_default(),
        segments: answer.segments.iter().map(|segment| segment_row(segment, &found, &params)).collect(),
        rows: rows(&office, &frame, &found).await?,
        weighted: money(answer.weighted_minor),
        amount: money(answer.rows.iter().filter_map(|row| row.amount_minor).sum()),
        deals: format::plural(answer.open.deals, "open deal", "open deals"),
        rest: rest(answer.rows.len()),
        deals_csv: file("/forecast/deals.csv"),
        left_out: left_out(&found),
        closed: format::count(answer.closed),
        closed_min: insight::forecast::CLOSED_MIN,
        none: answer.past.is_empty() && answer.rows.is_empty(),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        controls: controls(&Links::of(&params, own.pairs()), PATH, "all", SHOWN),
        path: PATH,
        judged: Judged::of(question),
        frame,
    }))
}

/// The deals that were signed in a month.
fn signed_in(found: &Forecast, params: &QuestionParams, starts_at: alignment::Instant) -> String {
    let month = format::iso_date(starts_at, &found.question.zone);
    address("/scoreboard/revenue", params, &[("by", ""), ("period", &month[..7])]) + "#rows"
}

fn signed_between(found: &Forecast, params: &QuestionParams, (from, to): (alignment::Instant, alignment::Instant)) -> String {
    let zone = &found.question.zone;
    let period = format!("{}..{}", format::iso_date(from, zone), format::iso_date(to, zone));
    address("/scoreboard/revenue", params, &[("by", ""), ("period", &period)]) + "#rows"
}

/// Where deals are few, most months bring none in more than half of the draws, and their medians are 0.
fn sparse(simulated: &Simulated, as_of: alignment::Instant) -> String {
    let ahead: Vec<_> = simulated.months.iter().filter(|month| month.starts_at > as_of).collect();
    let empty = ahead.iter().filter(|month| month.revenue.median_minor == 0).count();
    if empty == 0 || empty * 2 < ahead.len() {
        return String::new();
    }
    format!(
        "The median of {empty} of the {} to come is 0: so few deals are signed that such a month brings none in more than half of the draws. \
         What it brings on average is its mean, and the quarter is the time to plan with.",
        format::plural(ahead.len() as u64, "month", "months")
    )
}

fn month_row(month: &MonthAhead, found: &Forecast, params: &QuestionParams) -> MonthRow {
    let money = |minor: i64| format::money_short(minor as f64, found.question.currency);
    let band = |(low, high): (i64, i64)| format::interval((low as f64, high as f64), Unit::Money, found.question.currency);
    let is_under_way = month.starts_at <= found.question.as_of;
    MonthRow {
        name: format::month(month.starts_at, &found.question.zone),
        parts: [month.weighted_minor, month.from_open_minor, month.from_new_minor].map(money).to_vec(),
        signed: is_under_way.then(|| (money(month.signed_minor), signed_in(found, params, month.starts_at))),
        mean: money(month.revenue.mean_minor),
        median: money(month.revenue.median_minor),
        bands: [month.revenue.band_50, month.revenue.band_80, month.revenue.band_95].map(band).to_vec(),
    }
}

fn quarter_row(quarter: &SpanAhead, found: &Forecast, params: &QuestionParams) -> MonthRow {
    let money = |minor: i64| format::money_short(minor as f64, found.question.currency);
    let band = |(low, high): (i64, i64)| format::interval((low as f64, high as f64), Unit::Money, found.question.currency);
    let date = quarter.starts_at.in_zone(&found.question.zone).date();
    let is_under_way = quarter.starts_at <= found.question.as_of;
    MonthRow {
        name: format!("{} Q{} {}", if is_under_way { "This quarter," } else { "Next quarter," }, (date.month() - 1) / 3 + 1, date.year()),
        parts: Vec::new(),
        signed: is_under_way.then(|| (money(quarter.signed_minor), signed_between(found, params, (quarter.starts_at, quarter.ends_at)))),
        mean: money(quarter.revenue.mean_minor),
        median: money(quarter.revenue.median_minor),
        bands: [quarter.revenue.band_50, quarter.revenue.band_80, quarter.revenue.band_95].map(band).to_vec(),
    }
}

fn tested(backtest: &Backtest, found: &Forecast) -> Tested {
    let of = |ahead: usize| backtest.coverage.iter().filter(move |coverage| coverage.ahead == ahead);
    let cell = |one: &Coverage| {
        format!("{} of {} ({})", one.inside, one.of, one.rate.map_or("–".into(), |rate| format::fixed(rate * 100.0, 0) + "%"))
    };
    let name = |ahead: usize| match ahead {
        0 => "All".to_owned(),
        1 => "1 month ahead".to_owned(),
        ahead => format!("{ahead} months ahead"),
    };
    let aheads = 0..=insight::forecast::AHEAD;
    Tested {
        verdict: Verdict::of(backtest, found.answer.simulated.as_ref(), found.question.currency),
        levels: of(0).map(|one| format!("{}% band", format::fixed(one.level * 100.0, 0))).collect(),
        coverage: aheads.map(|ahead| (name(ahead), of(ahead).map(cell).collect())).collect(),
        errors: backtest.errors.iter().map(|errors| (name(errors.ahead), error_cells(errors, found))).collect(),
        origins: format::plural(backtest.origins.len() as u64, "month end", "month ends"),
        known_later: known_later(backtest),
    }
}

fn known_later(backtest: &Backtest) -> String {
    let deals = match backtest.brought_in_later {
        0 => String::new(),
        deals => format!(
            " {} brought in later, so what was known of them when can’t be told; of these each fit saw what had happened by then.",
            format::plural(deals, "deal was", "deals were")
        ),
    };
    let amounts = if backtest.amounts_as_now { " Deals count with the amounts that they have now." } else { "" };
    deals + amounts
}

fn error_cells(errors: &Errors, found: &Forecast) -> Vec<String> {
    let money = |minor: i64| format::money_short(minor as f64, found.question.currency);
    let seasonal = errors.seasonal.map_or("no year before".to_owned(), |seasonal| {
        format!("{} (this one {}, n {})", money(seasonal.minor), money(seasonal.model_minor), seasonal.of)
    });
    vec![errors.of.to_string(), money(errors.model_minor), money(errors.naive_minor), seasonal]
}

fn segment_row(segment: &OpenSegment, found: &Forecast, params: &QuestionParams) -> SegmentRow {
    let money = |minor: i64| format::money_short(minor as f64, found.question.currency);
    let filter = found.question.by.as_ref().map(|by| with_filter(params, by, segment.label.as_deref())).unwrap_or_default();
    SegmentRow {
        label: known::label(segment.label.as_deref()),
        address: address(PATH, params, &[("filter", &filter)]) + "#open",
        deals: format::count(segment.deals),
        amount: money(segment.amount_minor),
        weighted: money(segment.weighted_minor),
        expected: segment.expected_minor.map_or("–".into(), money),
    }
}

async fn rows(office: &Office, frame: &Frame, found: &Forecast) -> Result<Vec<DealRow>, AppError> {
    let shown = &found.answer.rows[..found.answer.rows.len().min(ROWS_SHOWN)];
    let names = names(office, "deals", shown.iter().map(|row| row.id).collect()).await?;
    let money = |minor: i64| format::money_short(minor as f64, found.question.currency);
    let row = |row: &OpenRow| DealRow {
        named: names.of(row.id),
        stage: format::capitalized(&known::words(row.stage)),
        days: row.age_days.map_or("–".into(), |days| format::fixed(days, 0)),
        amount: row.amount_minor.map_or_else(|| format::NOT_RECORDED.into(), money),
        stage_rate: row.stage_rate.map_or("–".into(), format::rate),
        weighted: money(row.weighted_minor),
        simulated: row.win_rate.map_or("–".into(), format::rate),
        expected: row.expected_at.map_or("–".into(), |at| frame.date(at)),
        stated: row.stated_at.map_or("–".into(), |at| frame.date(at)),
    };
    Ok(shown.iter().map(row).collect())
}

fn rest(rows: usize) -> String {
    match rows.saturating_sub(ROWS_SHOWN) {
        0 => String::new(),
        rest => format!("{} more are in the CSV file.", format::plural(rest as u64, "deal", "deals")),
    }
}

fn left_out(found: &Forecast) -> Vec<String> {
    let open = found.answer.open;
    let deals = |number: u64| format::plural(number, "open deal", "open deals");
    let without = (open.without_amount > 0)
        .then(|| format!("{} without an amount in {}: nothing in money.", deals(open.without_amount), found.question.currency));
    let undated = (open.undated > 0).then(|| format!("{} with no date of their stage: weighted, not simulated.", deals(open.undated)));
    without.into_iter().chain(undated).collect()
}

async fn revenue_svg(office: State<Office>, params: Query<QuestionParams>, own: Query<ForecastParams>) -> Result<Response, AppError> {
    let found = forecast_of(&office, &params, &own).await?;
    Ok(svg_file(&pictures::fan(&found.answer, &found.question, |_| None), "forecast"))
}

async fn revenue_csv(office: State<Office>, params: Query<QuestionParams>, own: Query<ForecastParams>) -> Result<Response, AppError> {
    let found = forecast_of(&office, &params, &own).await?;
    let months = found.answer.simulated.as_ref().map_or(&[][..], |simulated| &simulated.months);
    Ok(csv_file(&report::months_csv(months, &found.question), "forecast"))
}

async fn deals_csv(office: State<Office>, params: Query<QuestionParams>, own: Query<ForecastParams>) -> Result<Response, AppError> {
    let found = forecast_of(&office, &params, &own).await?;
    Ok(csv_file(&report::deals_csv(&found.answer, &found.question), "open-deals"))
}
