//! The leads or pieces behind a part of the cost, or behind a point of a quarrel.

use alignment::Money;
use askama::Template;
use axum::extract::{Query, State};
use insight::{
    misalignment::{CostRow, quarrel},
    rows::Table,
};
use serde::Deserialize;

use super::{Asked, Assumed, asked, behind::behind, cost_of, pages, point_rows};
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
    /// Rows are of several parts.
    has_parts: bool,
    pager: Pager,
    as_of: String,
    known_at: String,
    judged: Judged,
    frame: Frame,
}

struct RowShown {
    named: Named,
    part: &'static str,
    value: String,
    hit: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct OfPart {
    part: Option<String>,
    point: Option<String>,
    /// Of a part that is looked into by segment; an empty one is what is not recorded.
    segment: Option<String>,
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
        (Some(part), _) => of_part(&office, &asked, part, of.segment.as_deref(), page.slice()).await?,
        (None, Some(point)) => of_point(&office, &asked, point, page.slice()).await?,
        (None, None) => {
            return Err(AppError::refused("rows: name a part of the cost (part=rejected_spend) or a point (point=not_answered_in_time)"));
        }
    };
    let links = Links::of(&params, own.pairs());
    let segment: Vec<(&str, &str)> = of.segment.as_deref().map(|segment| ("segment", segment)).into_iter().collect();
    let own_and_of = own.pairs().into_iter().chain([("part", &of.part), ("point", &of.point)]);
    let here = Links::of(&params, own_and_of).to("/misalignment/rows", &segment);
    Ok(Page(RowsPage {
        pager: page.pager(found.rows.len(), found.total, &here),
        title: found.title,
        words: found.words,
        sum: found.sum,
        rows: found.rows,
        has_money: found.has_money,
        has_parts: found.has_parts,
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
    has_parts: bool,
    total: u64,
}

async fn of_part(office: &Office, asked: &Asked, key: &str, segment: Option<&str>, slice: Slice) -> Result<Found, AppError> {
    let found = behind(cost_of(asked).await?, key, segment)?;
    let (total, money) = (found.rows.len() as u64, |minor: i64| format::money(Money::new(minor, asked.question.currency)));
    let shown: Vec<_> = found.rows.iter().skip(slice.offset).take(slice.limit).collect();
    let mut names_by_table = Vec::new();
    for table in [Table::Leads, Table::Content] {
        let ids = shown.iter().filter(|(of, ..)| *of == table).map(|(.., row)| row.id).collect();
        names_by_table.push((table, names(office, noun(table), ids).await?));
    }
    let row = |(table, part, row): &&(Table, &'static str, CostRow)| {
        let minutes = row.quantity.map(|minutes| format!("{} min, ", format::decimal(minutes))).unwrap_or_default();
        let names = names_by_table.iter().find(|(of, _)| of == table).map(|(_, names)| names);
        names.map(|names| RowShown { named: names.of(row.id), part, value: format!("{minutes}{}", money(row.amount_minor)), hit: true })
    };
    let already = match found.already_counted_minor {
        0 => String::new(),
        minor => format!(" Of it {} counts as spent already and is taken off.", money(minor)),
    };
    Ok(Found {
        title: format!("{}: {}", found.name, format::plural(total, "row", "rows")),
        words: found.words.to_owned(),
        sum: found.amount_minor.map(|minor| format!("They add up to {}.{already}", money(minor))).unwrap_or_default(),
        has_parts: shown.iter().any(|(_, part, _)| !part.is_empty()),
        rows: shown.iter().filter_map(row).collect(),
        has_money: true,
        total,
    })
}

async fn of_point(office: &Office, asked: &Asked, key: &str, slice: Slice) -> Result<Found, AppError> {
    let evidence = point_rows(asked, key, slice).await?;
    let names = names(office, "leads", evidence.rows.iter().map(|row| row.id).collect()).await?;
    let row = |row: &insight::answer::EvidenceRow| RowShown { named: names.of(row.id), part: "", value: String::new(), hit: row.hit };
    Ok(Found {
        title: format!("{} behind the point", format::plural(evidence.total, "lead", "leads")),
        words: quarrel::words_of(key).unwrap_or_default().to_owned(),
        sum: String::new(),
        rows: evidence.rows.iter().map(row).collect(),
        has_money: false,
        has_parts: false,
        total: evidence.total,
    })
}
