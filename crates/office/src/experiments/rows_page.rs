//! The leads of one version, and what each brought.

use axum::extract::{Path, Query, State};
use insight::experiment::Version;

use super::{OfFigure, report, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::params::address,
    ui::{Behind, BehindPage, Frame, PageOf, behind::Head},
    web::{AppError, Page},
};

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Query(params): Query<QuestionParams>,
    Query(of): Query<OfFigure>,
    Query(page): Query<PageOf>,
) -> Result<Page<BehindPage>, AppError> {
    let (version, outcome) = of.read()?;
    let (row, question, evidence) = rows_of(&office, &params, id, version, outcome, page.slice()).await?;
    let behind = Behind::of(&office, &frame, &evidence, report::unit(outcome), question.currency).await?;
    let letter = if version == Version::A { "a" } else { "b" };
    let here = address(&format!("/experiments/{id}/rows"), &params, &[("version", letter), ("number", outcome.key())]);
    let pager = page.pager(behind.rows.len(), evidence.total, &here);
    let head = Head {
        title: if version == Version::A { format!("A: {}", row.a) } else { format!("B: {}", row.b) },
        words: format!("{}, lead by lead.", outcome.name()),
        back: (row.name, address(&format!("/experiments/{id}"), &params, &[])),
    };
    Ok(Page(BehindPage::new(frame, &question, head, behind, pager)))
}
