//! A number as a card: value, change, target, sample, interval, trend, and what it means.

use alignment::{Currency, Instant, lifecycle::Stage};
use insight::{
    answer::{Better, Kind, KpiAnswer, Measure, State, Team, TrendPoint, Unit},
    engine::{Observe, Summary},
    kpi::Kpi,
    rows::Table,
};
use jiff::tz::TimeZone;

use super::{
    charts::{self, Line, Point, Svg},
    format, named,
};

pub struct Card {
    pub key: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub formula: &'static str,
    /// Class and name of the team whose work it shows first.
    pub team: &'static str,
    pub kind: &'static str,
    pub value: String,
    /// There is no value, and `value` says why.
    pub none: bool,
    pub young: bool,
    pub change: Option<Change>,
    /// Target and interval in one line.
    pub beside: String,
    pub target: Option<String>,
    pub interval: Option<String>,
    pub sample: String,
    pub spark: Svg,
    /// The page of the number.
    pub address: String,
}

/// From one whole month to the next.
pub struct Change {
    pub text: String,
    /// `good`, `bad` or nothing, by the direction in which the number is better.
    pub class: &'static str,
    pub month: String,
}

/// `address` of the number's page, with the question in it.
pub fn card(answer: &KpiAnswer, currency: Currency, zone: &TimeZone, as_of: Instant, address: String) -> Card {
    let measure = &answer.measure;
    let points = points(answer, currency, zone);
    Card {
        key: answer.key,
        name: answer.name,
        words: answer.words,
        formula: answer.formula,
        team: team(answer.team),
        kind: if answer.kind == Kind::Leading { "leading" } else { "lagging" },
        value: shown(answer, measure, currency),
        none: measure.value.is_none() || matches!(measure.state, State::NotRecorded | State::NoData),
        young: measure.state == State::TooYoung,
        change: change(answer, zone, as_of),
        beside: beside(answer, currency),
        target: answer.target.map(|target| target_in_words(answer, target, currency)),
        interval: measure.interval.filter(|_| measure.value.is_some()).map(|interval| format::interval(interval, answer.unit, currency)),
        sample: sample(answer, measure),
        spark: charts::spark(&Line { title: answer.name, team: team(answer.team), points: &points }),
        address,
    }
}

pub fn team(team: Team) -> &'static str {
    match team {
        Team::Marketing => "marketing",
        Team::Sales => "sales",
        Team::Both => "",
    }
}

/// The value of one of the answer's measures, or why there is none.
pub fn shown(answer: &KpiAnswer, measure: &Measure, currency: Currency) -> String {
    match (measure.state, measure.value) {
        (State::Measured | State::TooYoung, Some(value)) => in_words(answer, value, currency),
        _ => format::measure(measure, answer.unit, currency),
    }
}

pub fn in_words(answer: &KpiAnswer, value: f64, currency: Currency) -> String {
    match answer.unit {
        // A coverage is a multiple; other ratios are growth.
        Unit::Ratio if answer.key.ends_with("coverage") => format::multiple(value),
        unit => format::value(value, unit, currency),
    }
}

fn target_in_words(answer: &KpiAnswer, target: f64, currency: Currency) -> String {
    match answer.unit {
        Unit::Rate => format::agreed_rate(target),
        // A month's target is shared out over days: of hundreds nobody wants a tenth.
        Unit::Count if target >= 100.0 => format::count(target.round() as u64),
        _ => in_words(answer, target, currency),
    }
}

fn beside(answer: &KpiAnswer, currency: Currency) -> String {
    let target = answer.target.map(|target| format!("Target {}", target_in_words(answer, target, currency)));
    let measured = answer.measure.value.and(answer.measure.interval);
    let interval = measured.map(|interval| format::interval(interval, answer.unit, currency));
    [target, interval].into_iter().flatten().collect::<Vec<_>>().join(". ")
}

/// Whether the target is of each month as well: a rate's is, a sum's is for its whole period.
pub fn monthly_target(answer: &KpiAnswer) -> Option<f64> {
    answer.target.filter(|_| !matches!(answer.unit, Unit::Count | Unit::Money))
}

/// `412 of 1,320`, or `117 deals` where all that is counted counts.
pub fn sample(answer: &KpiAnswer, measure: &Measure) -> String {
    let summary = insight::kpi::find(answer.key).map(|kpi| kpi.summary);
    match measure.hits {
        // A pace: so many over so many months.
        Some(hits) if matches!(summary, Some(Summary::PerMonth)) => {
            format!("{} in {}", format::count(hits), format::plural(measure.n, "month", "months"))
        }
        Some(hits) if hits < measure.n => format!("{} of {}", format::count(hits), format::count(measure.n)),
        Some(hits) if hits == measure.n && answer.unit == Unit::Rate => format!("all {}", format::count(hits)),
        _ => with_noun(answer.key, measure.n),
    }
}

/// `117 deals`; for what money is divided by, that: `428 leads`.
fn with_noun(key: &str, number: u64) -> String {
    let Some(kpi) = insight::kpi::find(key) else { return format!("n {}", format::count(number)) };
    if let Some((_, one, many)) = divided_by(kpi) {
        return format::plural(number, one, many);
    }
    match kpi.table {
        // There is no room for more on a card.
        Table::Content => format::plural(number, "piece", "pieces"),
        table => named::counted(table, number),
    }
}

/// The number of the leads that a cost is divided by, and what one and several of them are called.
pub fn divided_by(kpi: &Kpi) -> Option<(&'static str, &'static str, &'static str)> {
    let Summary::PerLead(Observe::Entering(stage)) = kpi.summary else { return None };
    match stage {
        Stage::Lead => Some(("leads", "lead", "leads")),
        Stage::Mql => Some(("mqls", "MQL", "MQLs")),
        Stage::Sal => Some(("sals", "SAL", "SALs")),
        Stage::Sql => Some(("sqls", "SQL", "SQLs")),
        Stage::Customer => Some(("customers", "customer", "customers")),
        _ => None,
    }
}

pub fn points(answer: &KpiAnswer, currency: Currency, zone: &TimeZone) -> Vec<Point> {
    let point = |point: &TrendPoint| Point {
        name: format::month_short(point.from, zone),
        value: point.measure.value.filter(|_| matches!(point.measure.state, State::Measured | State::TooYoung)),
        interval: point.measure.interval,
        shown: shown(answer, &point.measure, currency),
        young: point.measure.state == State::TooYoung,
    };
    answer.trend.iter().map(point).collect()
}

/// Whether a step is one for the better.
pub fn tone(step: f64, better: Better) -> &'static str {
    match step {
        0.0 => "",
        step if (step > 0.0) == (better == Better::Up) => "good",
        _ => "bad",
    }
}

/// The last whole month against the one before; a month that still runs or is too young says nothing yet.
pub fn change(answer: &KpiAnswer, zone: &TimeZone, as_of: Instant) -> Option<Change> {
    let month_of = |at: Instant| at.in_zone(zone).date().first_of_month();
    let whole: Vec<&TrendPoint> = answer.trend.iter().filter(|point| month_of(point.from) < month_of(as_of)).collect();
    let [.., before, last] = whole.as_slice() else { return None };
    let measured = |point: &TrendPoint| point.measure.value.filter(|_| point.measure.state == State::Measured);
    let (from, to) = (measured(before)?, measured(last)?);
    let text = format::change(from, to, answer.unit)?;
    // What rounds to nothing is neither good nor bad.
    let class = if text.starts_with('±') { "" } else { tone(to - from, answer.better) };
    Some(Change { text, class, month: format::month(last.from, zone) })
}
