//! The leads or deals behind one figure, before or after a change.

use axum::extract::{Query, State};

use super::{EffectParams, OfFigure, rows_of};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::params::Links,
    ui::{Behind, BehindPage, Frame, PageOf, behind::Head, format, named::noun},
    web::{AppError, Page},
};

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<EffectParams>,
    Query(of): Query<OfFigure>,
    Query(page): Query<PageOf>,
) -> Result<Page<BehindPage>, AppError> {
    let (question, figure, evidence) = rows_of(&office, &params, &own, &of, page.slice()).await?;
    let behind = Behind::of(&office, &frame, &evidence, figure.number.unit, question.currency).await?;
    let side = if figure.after { "after" } else { "before" };
    let ago = if figure.year_ago { ", a year earlier" } else { "" };
    let day = format::full_date(figure.change.at, &question.zone);
    let count = format::count(evidence.total);
    let head = Head {
        title: format!("{}, {side} {day}{ago}: {count} {}", figure.number.name, noun(evidence.table)),
        words: figure.number.words.to_owned(),
        back: ("Effect of the Agreement".into(), Links::of(&params, own.pairs()).to("/effect", &[])),
    };
    let here = Links::of(&params, own.pairs().into_iter().chain(of.pairs())).to("/effect/rows", &[]);
    let pager = page.pager(behind.rows.len(), evidence.total, &here);
    Ok(Page(BehindPage::new(frame, &question, head, behind, pager)))
}
