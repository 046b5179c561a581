//! The list of content, with how often buyers met each piece.

use alignment::Instant;
use axum::{extract::State, response::Response};
use facts::{
    content::{self, ContentRow, ContentUse},
    list::{COUNTED_MAX, Turn},
};

use super::api::ContentQuery;
use crate::{
    Office,
    api::{Asked, ask},
    leads::pages::select,
    lists::{Cell, Column, Empty, ListPage, ListView, Place, Row, csv, view},
    ui::{Frame, format, known},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/content", Allow::SignedIn, list), Endpoint::get("/content.csv", Allow::SignedIn, export)]
}

const COLUMNS: [Column; 6] = [
    view::sorted("Title", "title"),
    view::column("Kind"),
    view::number("Published", None),
    view::number("Touches", None),
    view::number("Last touch", None),
    view::number("Leads", None),
];

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<ContentQuery>) -> Result<Page<ListPage>, AppError> {
    let mut record = office.facts().read().await?;
    let page = content::list(&mut record, &query.filter(), query.order()?, ask::turn(&query.cursor, query.limit)?).await?;
    let ids: Vec<i64> = page.items.iter().map(|piece| piece.id).collect();
    let uses = content::uses(record.conn(), &ids).await?;
    let asked = query.clone();
    let place = Place::new("/content", [("q", asked.q), ("kind", asked.kind), ("sort", asked.sort), ("cursor", asked.cursor)]);
    let kinds = view::choices(
        "Any kind",
        content::kinds(record.conn()).await?.into_iter().map(|kind| (kind.clone(), known::words(&kind))).collect(),
        true,
    );
    let rows = page.items.into_iter().map(|piece| row(piece, &uses, &frame)).collect();
    let view = ListView {
        title: "Content",
        under: "How often buyers met each piece, and the leads it brought. Revenue by piece is in Attribution.".to_owned(),
        chips: Vec::new(),
        search_hint: "Title",
        filters: vec![select(&place, "kind", "Kind", kinds)],
        views: Vec::new(),
        columns: COLUMNS.into(),
        rows,
        next: page.next,
        empty: Empty {
            title: "No content yet",
            words: "Pieces of content come with an import of your marketing files, or one by one over the API.",
            actions: &[("/imports", "Import a file"), ("/api", "Open the API")],
        },
        place,
    };
    Ok(Page(ListPage { frame, view }))
}

fn row(piece: ContentRow, uses: &[ContentUse], frame: &Frame) -> Row {
    let found = uses.iter().find(|found| found.id == piece.id);
    let count = |number: i64| match number > COUNTED_MAX as i64 {
        true => format!("{}+", format::count(COUNTED_MAX as u64)),
        false => format::count(number as u64),
    };
    let date = |at: Option<i64>, none: &str| Cell::Number(at.map_or_else(|| none.to_owned(), |at| frame.date(Instant(at))));
    Row {
        address: format!("/leads?content={}", piece.id),
        cells: vec![
            Cell::Open(piece.title),
            view::text_or_dash(piece.kind.as_deref().map(known::words)),
            date(piece.published_at, "–"),
            Cell::Number(count(found.map_or(0, |found| found.touches))),
            date(found.and_then(|found| found.last_touch_at), "never"),
            Cell::Number(count(found.map_or(0, |found| found.leads))),
        ],
    }
}

async fn export(State(office): State<Office>, Asked(query): Asked<ContentQuery>) -> Result<Response, AppError> {
    let (filter, sort) = (query.filter(), query.order()?);
    let page = move |cursor: Option<String>| {
        let (office, filter) = (office.clone(), filter.clone());
        async move {
            let mut record = office.facts().read().await?;
            let turn = Turn { cursor: cursor.as_deref(), limit: facts::list::LIMIT_MAX };
            let page = content::list(&mut record, &filter, sort, turn).await?;
            Ok((page.items.into_iter().map(exported).collect(), page.next))
        }
    };
    csv::export("content", &["id", "title", "kind", "url", "published_at"], page).await
}

fn exported(piece: ContentRow) -> Vec<String> {
    vec![piece.id.to_string(), piece.title, csv::text(piece.kind), csv::text(piece.url), csv::instant(piece.published_at)]
}
