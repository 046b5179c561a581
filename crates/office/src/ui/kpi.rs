//! A number as a card: value, change, target, sample, interval, trend, and what it means.

use alignment::{Currency, Instant};
use insight::answer::{Better, Kind, KpiAnswer, Measure, State, Team, TrendPoint, Unit};
use jiff::tz::TimeZone;

use super::{
    charts::{self, Line, Point, Svg},
    format,
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
        target: answer.target.map(|target| in_words(answer, target, currency)),
        interval: measure.interval.filter(|_| measure.value.is_some()).map(|interval| format::interval(interval, answer.unit, currency)),
        sample: sample(measure),
        spark: charts::spark(&Line { title: answer.name, team: team(answer.team), points: &points, target: answer.target }),
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
        Unit::Ratio if answer.key.ends_with("coverage") => format!("{}×", format::fixed(value, 1)),
        unit => format::value(value, unit, currency),
    }
}

/// `412 of 1,320`, or the sample alone.
pub fn sample(measure: &Measure) -> String {
    match measure.hits {
        Some(hits) => format!("{} of {}", format::count(hits), format::count(measure.n)),
        None => format!("n {}", format::count(measure.n)),
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

/// The last whole month against the one before; a month that still runs or is too young says nothing yet.
pub fn change(answer: &KpiAnswer, zone: &TimeZone, as_of: Instant) -> Option<Change> {
    let month_of = |at: Instant| at.in_zone(zone).date().first_of_month();
    let whole: Vec<&TrendPoint> = answer.trend.iter().filter(|point| month_of(point.from) < month_of(as_of)).collect();
    let [.., before, last] = whole.as_slice() else { return None };
    let measured = |point: &TrendPoint| point.measure.value.filter(|_| point.measure.state == State::Measured);
    let (from, to) = (measured(before)?, measured(last)?);
    let class = match (to - from, answer.better) {
        (0.0, _) => "",
        (step, Better::Up) if step > 0.0 => "good",
        (step, Better::Down) if step < 0.0 => "good",
        _ => "bad",
    };
    Some(Change { text: format::change(from, to, answer.unit)?, class, month: format::month(last.from, zone) })
}
