//! The page of one number: what it means, how it ran, its segments and the rows behind it.

use askama::Template;
use axum::extract::{OriginalUri, Path, Query, State as Shared};
use insight::{
    answer::{Measure, Segment, State, Unit},
    engine::Summary,
};

use super::{
    Number, OfSegment,
    beside::beside,
    number,
    params::{self, Controls, Links, SHOWN, address, controls},
    pictures, rows,
};
use crate::{
    Office, own_dates,
    question::QuestionParams,
    questions::{looks, pages::Saving},
    ui::{
        Behind, Exhibit, Frame, Judged, MoneyUnit, PageOf, Pager, Svg, charts, format, known,
        kpi::{self, Card},
        named::counted,
    },
    web::{AppError, Page},
};

#[derive(Template)]
#[template(path = "scoreboard/number.html")]
pub struct NumberPage {
    card: Card,
    controls: Controls,
    path: String,
    trend: Exhibit,
    also: Vec<(String, String)>,
    segments: Vec<SegmentRow>,
    by: String,
    /// `The 64 deals behind it`, of a segment or of all.
    behind_title: String,
    behind: Behind,
    /// Their number to the cent, where it is money.
    exact: Option<String>,
    /// What the rows add up to, exactly.
    together: Option<String>,
    /// What money is divided by: words, and the page of these rows.
    divided_by: Option<(String, String)>,
    rows_csv: String,
    csv_words: String,
    pager: Pager,
    as_of: String,
    /// The scoreboard with the same question.
    back: String,
    /// Where its change is taken apart; none where it can't be.
    why: Option<String>,
    saving: Saving,
    /// When this person looked before, and the address that says what has changed since.
    last_look: Option<(String, String)>,
    judged: Judged,
    frame: Frame,
}

struct SegmentRow {
    label: String,
    value: String,
    interval: String,
    sample: String,
    bar: Svg,
    /// The rows of the segment.
    rows: String,
}

pub async fn page(
    Shared(office): Shared<Office>,
    frame: Frame,
    OriginalUri(uri): OriginalUri,
    Path(key): Path<String>,
    Query(params): Query<QuestionParams>,
    Query(of): Query<OfSegment>,
    Query(page): Query<PageOf>,
) -> Result<Page<NumberPage>, AppError> {
    let found = number(&office, &params, &key, &of, page.slice()).await?;
    let default = super::default_period(&*office.history().await?, office.clock().now());
    let path = uri.path().to_owned();
    let (currency, zone) = (found.question.currency, &found.question.zone);
    let behind = Behind::of(&office, &frame, &found.evidence, rows::unit(&found.answer), currency).await?;
    let card = kpi::card(&found.answer, currency, zone, found.question.as_of, String::new());
    let total = found.evidence.total;
    let rows_address = rows_at(&path, &params, of.segment.as_deref());
    Ok(Page(NumberPage {
        trend: Exhibit::new(
            &pictures::trend(&found),
            picture::Width::Normal,
            &pictures::trend_table(&found),
            address(&format!("{path}/trend.svg"), &params, &[]),
            address(&format!("{path}/trend.csv"), &params, &[]),
        ),
        also: beside(&found.answer, currency),
        saving: Saving::of_number(&found.answer, &own_dates::settled(&params, default)),
        last_look: last_look(&office, &frame, &key, &params).await?,
        segments: segments(&found, &path, &params),
        by: found.question.by.as_ref().map(|by| params::in_sentence(&by.key())).unwrap_or_default(),
        behind_title: behind_title(&found, of.segment.as_deref()),
        exact: exact(&found),
        together: together(&found, of.segment.as_deref()),
        divided_by: divided_by(&found, &params, of.segment.as_deref()),
        rows_csv: rows_at(&format!("{path}/rows.csv"), &params, of.segment.as_deref()),
        csv_words: rows::csv_words(total),
        pager: page.pager(behind.rows.len(), total, &rows_address),
        as_of: frame.date_time(found.question.as_of),
        back: params::address("/scoreboard", &params, &[]),
        why: crate::why::pages::address_of(&key, &params, default),
        controls: controls(&Links::of(&params, []), &path, default, SHOWN),
        card,
        behind,
        path,
        judged: Judged::of(&found.question),
        frame,
    }))
}

/// The rows, all of them or those of a segment; an empty segment is what is not recorded.
fn rows_at(path: &str, params: &QuestionParams, segment: Option<&str>) -> String {
    let segment: Vec<_> = segment.map(|segment| ("segment", segment)).into_iter().collect();
    address(path, params, &segment)
}

async fn last_look(office: &Office, frame: &Frame, key: &str, params: &QuestionParams) -> Result<Option<(String, String)>, AppError> {
    let before = looks::look(office, frame.actor.user.map(|user| user.0), key, params).await?;
    let since = |at: alignment::Instant| address(&format!("/questions/since/{key}"), params, &[("since", &at.to_string())]);
    Ok(before.map(|at| (frame.date_time(at), since(at))))
}

fn behind_title(found: &Number, segment: Option<&str>) -> String {
    let (rows, total) = (counted(found.evidence.table, found.evidence.total), found.evidence.total);
    let words = if total == 0 { "The rows behind it".to_owned() } else { format!("The {rows} behind it") };
    match segment {
        Some(asked) => {
            // An id is told by its name.
            let name = found_segment(found, asked).and_then(|segment| segment.label.as_deref());
            format!("{words}: {}", known::label(name.or(Some(asked).filter(|asked| !asked.is_empty()))))
        }
        None => words,
    }
}

fn exact(found: &Number) -> Option<String> {
    let value = found.answer.measure.value.filter(|_| found.answer.unit == Unit::Money)?;
    Some(format::money_exact(value, found.question.currency))
}

/// How a segment is asked for: by id where it has one, for names may be the same; empty is what is not recorded.
fn asked_as(segment: &Segment) -> String {
    segment.id.map(|id| id.to_string()).or_else(|| segment.label.clone()).unwrap_or_default()
}

/// The segment that was asked for by label or id; none where several have that name, whose rows stand together.
fn found_segment<'a>(found: &'a Number, asked: &str) -> Option<&'a Segment> {
    let is_it = |segment: &&Segment| {
        segment.label.as_deref().unwrap_or_default() == asked && (segment.id.is_none() || !asked.is_empty())
            || segment.id.is_some_and(|id| id.to_string() == asked)
    };
    let mut all = found.answer.segments.iter().filter(is_it);
    all.next().filter(|_| all.next().is_none())
}

/// What was measured, of all rows or of a segment.
fn measure_of<'a>(found: &'a Number, segment: Option<&str>) -> Option<&'a Measure> {
    segment.map_or(Some(&found.answer.measure), |asked| found_segment(found, asked).map(|segment| &segment.measure))
}

/// Money to the cent, or how many of how many; of a segment, what its rows add up to.
fn together(found: &Number, segment: Option<&str>) -> Option<String> {
    let answer = &found.answer;
    let measure = measure_of(found, segment)?;
    let minor = match insight::kpi::find(answer.key)?.summary {
        Summary::Sum => measure.value?,
        Summary::Mean | Summary::PerLead(_) => measure.value? * measure.n as f64,
        Summary::OutOf(_) => measure.also("amount")?,
        Summary::Rate => return measure.value.map(|_| kpi::sample(answer, measure)),
        _ => return None,
    };
    Some(format!("{} in all", format::money_exact(minor, found.question.currency)))
}

/// A cost is what was spent, which its rows are, by leads, which have a page of their own.
fn divided_by(found: &Number, params: &QuestionParams, segment: Option<&str>) -> Option<(String, String)> {
    let (key, one, many) = kpi::divided_by(insight::kpi::find(found.answer.key)?)?;
    let words = format::plural(measure_of(found, segment)?.n, one, many);
    Some((words, rows_at(&format!("/scoreboard/{key}"), params, segment) + "#rows"))
}

fn segments(found: &Number, path: &str, params: &QuestionParams) -> Vec<SegmentRow> {
    let currency = found.question.currency;
    let values = found.answer.segments.iter().filter_map(|segment| segment.measure.value);
    let most = values.clone().fold(0.0_f64, |most, value| most.max(value.abs()));
    let money = MoneyUnit::of(values, currency);
    let is_money = found.answer.unit == Unit::Money;
    let row = |segment: &Segment| {
        let measure = &segment.measure;
        let interval = measure.interval.map(|interval| format::interval(interval, found.answer.unit, currency));
        SegmentRow {
            label: known::label(segment.label.as_deref()),
            value: match measure.value.filter(|_| is_money && matches!(measure.state, State::Measured | State::TooYoung)) {
                Some(minor) => money.write(minor),
                None => kpi::shown(&found.answer, measure, currency),
            },
            interval: interval.unwrap_or_default(),
            sample: kpi::sample(&found.answer, measure),
            bar: charts::bar(
                measure.value.map_or(0.0, |value| if most > 0.0 { value.abs() / most } else { 0.0 }),
                kpi::team(found.answer.team),
            ),
            rows: rows_at(path, params, Some(&asked_as(segment))),
        }
    };
    found.answer.segments.iter().map(row).collect()
}
