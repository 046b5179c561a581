//! The page of one number: what it means, how it ran, its segments and the rows behind it.

use askama::Template;
use axum::extract::{OriginalUri, Path, Query, State};

use super::{
    Number, OfSegment,
    beside::beside,
    number,
    params::{Controls, Links, SHOWN, address, controls},
    pictures,
};
use crate::{
    Office,
    question::QuestionParams,
    questions::{looks, pages::Saving},
    ui::{
        Behind, Exhibit, Frame, Judged, PageOf, Pager, Svg, charts, format,
        kpi::{self, Card},
        named::noun,
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
    segment: Option<String>,
    behind: Behind,
    noun: &'static str,
    total: String,
    pager: Pager,
    as_of: String,
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
    State(office): State<Office>,
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
    let behind = Behind::of(&office, &frame, &found.evidence, found.answer.unit, currency).await?;
    let card = kpi::card(&found.answer, currency, zone, found.question.as_of, String::new());
    let total = found.evidence.total;
    Ok(Page(NumberPage {
        trend: Exhibit::new(
            &pictures::trend(&found),
            picture::Width::Normal,
            &pictures::trend_table(&found),
            address(&format!("{path}/trend.svg"), &params, &[]),
            address(&format!("{path}/trend.csv"), &params, &[]),
        ),
        also: beside(&found.answer, currency),
        saving: Saving::of_number(&found.answer, &params),
        last_look: last_look(&office, &frame, &key, &params).await?,
        segments: segments(&found, &path, &params),
        by: found.question.by.as_ref().map(|by| by.key()).unwrap_or_default(),
        segment: of.segment.as_deref().map(|label| format::label(Some(label).filter(|label| !label.is_empty()))),
        noun: noun(found.evidence.table),
        total: format::count(total),
        pager: page.pager(behind.rows.len(), total, &rows_at(&path, &params, of.segment.as_deref())),
        as_of: frame.date_time(found.question.as_of),
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

fn segments(found: &Number, path: &str, params: &QuestionParams) -> Vec<SegmentRow> {
    let currency = found.question.currency;
    let values = found.answer.segments.iter().filter_map(|segment| segment.measure.value);
    let most = values.fold(0.0_f64, |most, value| most.max(value.abs()));
    let row = |segment: &insight::answer::Segment| {
        let measure = &segment.measure;
        let interval = measure.interval.map(|interval| format::interval(interval, found.answer.unit, currency));
        SegmentRow {
            label: format::label(segment.label.as_deref()),
            value: kpi::shown(&found.answer, measure, currency),
            interval: interval.unwrap_or_default(),
            sample: kpi::sample(&found.answer, measure),
            bar: charts::bar(
                measure.value.map_or(0.0, |value| if most > 0.0 { value.abs() / most } else { 0.0 }),
                kpi::team(found.answer.team),
            ),
            rows: rows_at(path, params, Some(segment.label.as_deref().unwrap_or(""))),
        }
    };
    found.answer.segments.iter().map(row).collect()
}
