//! The leads or pieces behind a part of the cost, or behind a point of a quarrel.

use alignment::Money;
use askama::Template;
use axum::extract::{Query, State};
use insight::misalignment::{CostRow, Part, quarrel};
use serde::Deserialize;

use super::{Asked, Assumed, asked, cost_of, pages, point_rows};
use crate::{
    Office,
    api::Slice,
    question::QuestionParams,
    scoreboard::params::{Links, text},
    ui::{
        Frame, Judged, Named, PageOf, Pager, format,
        named::{names, noun},
    },
    web::{AppError, Page},
};

#[derive(Template)]
#[template(path = "misalignment/rows.html")]
pub struct RowsPage {
    title: String,
    words: String,
    back: String,
    sum: String,
    rows: Vec<RowShown>,
    has_money: bool,
    pager: Pager,
    as_of: String,
    known_at: String,
    judged: Judged,
    frame: Frame,
}

struct RowShown {
    named: Named,
    value: String,
    hit: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OfPart {
    part: Option<String>,
    point: Option<String>,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<Assumed>,
    Query(of): Query<OfPart>,
    Query(page): Query<PageOf>,
) -> Result<Page<RowsPage>, AppError> {
    let asked = asked(&office, &params, &own).await?;
    let found = match (text(&of.part), text(&of.point)) {
        (Some(part), _) => of_part(&office, &asked, part, page.slice()).await?,
        (None, Some(point)) => of_point(&office, &asked, point, page.slice()).await?,
        (None, None) => {
            return Err(AppError::refused("rows: name a part of the cost (part=rejected_spend) or a point (point=not_answered_in_time)"));
        }
    };
    let links = Links::of(&params, own.pairs());
    let here = Links::of(&params, own.pairs().into_iter().chain([("part", &of.part), ("point", &of.point)])).to("/misalignment/rows", &[]);
    Ok(Page(RowsPage {
        pager: page.pager(found.rows.len(), found.total, &here),
        title: found.title,
        words: found.words,
        sum: found.sum,
        rows: found.rows,
        has_money: found.has_money,
        back: links.to(pages::PATH, &[]),
        as_of: frame.date_time(asked.question.as_of),
        known_at: frame.date_time(asked.question.known_at),
        judged: Judged::of(&asked.question),
        frame,
    }))
}

struct Found {
    title: String,
    words: String,
    sum: String,
    rows: Vec<RowShown>,
    has_money: bool,
    total: u64,
}

async fn of_part(office: &Office, asked: &Asked, key: &str, slice: Slice) -> Result<Found, AppError> {
    let cost = cost_of(asked).await?;
    let part = cost.parts.into_iter().find(|part| part.key == key).ok_or_else(|| AppError::not_found("part", key))?;
    let rows: Vec<&CostRow> = part.rows.iter().skip(slice.offset).take(slice.limit).collect();
    let names = names(office, noun(part.table), rows.iter().map(|row| row.id).collect()).await?;
    let money = |minor: i64| format::money(Money::new(minor, asked.question.currency));
    let row = |row: &&CostRow| {
        let minutes = row.quantity.map(|minutes| format!("{} min, ", format::decimal(minutes))).unwrap_or_default();
        RowShown { named: names.of(row.id), value: format!("{minutes}{}", money(row.amount_minor)), hit: true }
    };
    Ok(Found { rows: rows.iter().map(row).collect(), ..of(&part, &money) })
}

fn of(part: &Part, money: &impl Fn(i64) -> String) -> Found {
    Found {
        title: format!("{}: {} rows", part.name, format::count(part.n)),
        words: part.words.to_owned(),
        sum: part.amount_minor.map(|minor| format!("They add up to {}.", money(minor))).unwrap_or_default(),
        rows: Vec::new(),
        has_money: true,
        total: part.n,
    }
}

async fn of_point(office: &Office, asked: &Asked, key: &str, slice: Slice) -> Result<Found, AppError> {
    let evidence = point_rows(asked, key, slice).await?;
    let names = names(office, "leads", evidence.rows.iter().map(|row| row.id).collect()).await?;
    let row = |row: &insight::answer::EvidenceRow| RowShown { named: names.of(row.id), value: String::new(), hit: row.hit };
    Ok(Found {
        title: format!("{} leads behind the point", format::count(evidence.total)),
        words: quarrel::words_of(key).unwrap_or_default().to_owned(),
        sum: String::new(),
        rows: evidence.rows.iter().map(row).collect(),
        has_money: false,
        total: evidence.total,
    })
}
