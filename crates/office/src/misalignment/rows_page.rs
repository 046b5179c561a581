//! The leads or pieces behind a part of the cost, or behind a point of a quarrel.

use alignment::Money;
use askama::Template;
use axum::extract::{Query, State};
use insight::misalignment::{CostRow, Part, quarrel};
use serde::Deserialize;

use super::{Asked, Assumed, asked, cost_of, pages, point_rows};
use crate::{
    Office,
    question::QuestionParams,
    scoreboard::{number, params::text},
    ui::{Frame, Judged, format},
    web::{AppError, Page},
};

const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "misalignment/rows.html")]
pub struct RowsPage {
    title: String,
    words: String,
    back: String,
    sum: String,
    rows: Vec<RowShown>,
    has_money: bool,
    shown: String,
    first: Option<String>,
    next: Option<String>,
    as_of: String,
    judged: Judged,
    frame: Frame,
}

struct RowShown {
    name: String,
    detail: String,
    address: String,
    value: String,
    hit: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    part: Option<String>,
    point: Option<String>,
    page: usize,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<Assumed>,
    Query(wanted): Query<Wanted>,
) -> Result<Page<RowsPage>, AppError> {
    let asked = asked(&office, &params, &own).await?;
    let offset = wanted.page.saturating_mul(ROWS_PER_PAGE);
    let found = match (text(&wanted.part), text(&wanted.point)) {
        (Some(part), _) => of_part(&office, &asked, part, offset).await?,
        (None, Some(point)) => of_point(&office, &asked, point, offset).await?,
        (None, None) => {
            return Err(AppError::refused("rows: name a part of the cost (part=rejected_spend) or a point (point=not_answered_in_time)"));
        }
    };
    let last = offset + found.rows.len();
    let here: Vec<(&str, &str)> = [("part", text(&wanted.part)), ("point", text(&wanted.point))]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let at_page = |page| pages::with_page(&pages::link("/misalignment/rows", &params, &own, &here), page);
    Ok(Page(RowsPage {
        shown: if found.rows.is_empty() {
            String::new()
        } else {
            format!("{} to {} of {}", format::count(offset as u64 + 1), format::count(last as u64), format::count(found.total))
        },
        first: (wanted.page > 0).then(|| at_page(0)),
        next: ((last as u64) < found.total).then(|| at_page(wanted.page + 1)),
        title: found.title,
        words: found.words,
        sum: found.sum,
        rows: found.rows,
        has_money: found.has_money,
        back: pages::link(pages::PATH, &params, &own, &[]),
        as_of: frame.date_time(asked.question.as_of),
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

async fn of_part(office: &Office, asked: &Asked, key: &str, offset: usize) -> Result<Found, AppError> {
    let cost = cost_of(asked).await?;
    let part = cost.parts.into_iter().find(|part| part.key == key).ok_or_else(|| AppError::not_found("part", key))?;
    let rows: Vec<&CostRow> = part.rows.iter().skip(offset).take(ROWS_PER_PAGE).collect();
    let noun = number::table(part.table);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, noun, &ids).await?;
    let money = |minor: i64| format::money(Money::new(minor, asked.question.currency));
    let row = |row: &&CostRow| {
        let named = names.get(&row.id);
        let minutes = row.quantity.map(|minutes| format!("{} min, ", format::decimal(minutes))).unwrap_or_default();
        RowShown {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("{noun} {}", row.id)),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address: format!("/{noun}/{}", row.id),
            value: format!("{minutes}{}", money(row.amount_minor)),
            hit: true,
        }
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

async fn of_point(office: &Office, asked: &Asked, key: &str, offset: usize) -> Result<Found, AppError> {
    let evidence = point_rows(asked, key, offset, ROWS_PER_PAGE).await?;
    let ids: Vec<i64> = evidence.rows.iter().map(|row| row.id).collect();
    let names = facts::names::of(&mut *office.facts().reader().await?, "leads", &ids).await?;
    let row = |row: &insight::answer::EvidenceRow| {
        let named = names.get(&row.id);
        RowShown {
            name: named.and_then(|named| named.name.clone()).unwrap_or_else(|| format!("lead {}", row.id)),
            detail: named.and_then(|named| named.detail.clone()).unwrap_or_default(),
            address: format!("/leads/{}", row.id),
            value: String::new(),
            hit: row.hit,
        }
    };
    Ok(Found {
        title: format!("{} leads behind the point", format::count(evidence.total)),
        words: quarrel::words_of(key).unwrap_or_default().to_owned(),
        sum: String::new(),
        rows: evidence.rows.iter().map(row).collect(),
        has_money: false,
        total: evidence.total,
    })
}
