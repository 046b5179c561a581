//! The rows behind one side of a change.

use axum::extract::{Query, State};

use super::{OfSide, Rows, WhyParams, rows, words};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::params::{address, text},
    ui::{Behind, BehindPage, Frame, PageOf, behind::Head, format, named::noun},
    web::{AppError, Page},
};

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<WhyParams>,
    Query(of): Query<OfSide>,
    Query(page): Query<PageOf>,
) -> Result<Page<BehindPage>, AppError> {
    let found = rows(&office, &params, &own, &of, page.slice()).await?;
    let behind = Behind::of(&office, &frame, &found.evidence, found.kpi.unit, found.question.currency).await?;
    let segment = segment_name(&office, &own, &of).await?;
    let head = Head {
        title: title(&found, &own, segment.as_deref(), of.side.as_deref()),
        words: format!("Counted in {} of {}.", found.kpi.name, words::period(found.period, &frame.zone)),
        back: ("Why it moved".into(), back(&params, &own)),
    };
    let pager = page.pager(behind.rows.len(), found.evidence.total, &here(&params, &own, &of));
    Ok(Page(BehindPage::new(frame, &found.question, head, behind, pager)))
}

/// The address names a segment by its id where it is a record.
async fn segment_name(office: &Office, own: &WhyParams, of: &OfSide) -> Result<Option<String>, AppError> {
    let Some(segment) = of.segment.clone() else { return Ok(None) };
    let table = match text(&own.by).unwrap_or_default() {
        "campaign" => "campaigns",
        "content" | "sent_content" => "content",
        "owner" => "users",
        _ => return Ok(Some(segment)),
    };
    let Ok(id) = segment.parse::<i64>() else { return Ok(Some(segment)) };
    let named = facts::names::of(&mut *office.facts().reader().await?, table, &[id]).await?.remove(&id);
    Ok(named.and_then(|named| named.name).or(Some(segment)))
}

fn title(found: &Rows, own: &WhyParams, segment: Option<&str>, side: Option<&str>) -> String {
    let noun = noun(found.evidence.table);
    let count = format::count(found.evidence.total);
    let side = match side.unwrap_or("now") {
        "same_age" => ", at the same age",
        _ => "",
    };
    let segment = segment.map(|label| {
        let label = if label.is_empty() { format::NOT_RECORDED } else { label };
        format!(" of {} {label}", format::dimension(text(&own.by).unwrap_or_default()))
    });
    format!("{count} {noun}{}{side}", segment.unwrap_or_default())
}

fn back(params: &QuestionParams, own: &WhyParams) -> String {
    let own = [("number", text(&own.number)), ("against", text(&own.against)), ("by", text(&own.by).filter(|by| *by != "sent_content"))];
    let own: Vec<_> = own.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    address(super::pages::PATH, &QuestionParams { by: None, ..params.clone() }, &own)
}

fn here(params: &QuestionParams, own: &WhyParams, of: &OfSide) -> String {
    let said = [
        ("number", text(&own.number)),
        ("against", text(&own.against)),
        ("by", text(&own.by)),
        ("side", text(&of.side)),
        ("segment", of.segment.as_deref()),
    ];
    let said: Vec<_> = said.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    address("/why/rows", &QuestionParams { by: None, ..params.clone() }, &said)
}
