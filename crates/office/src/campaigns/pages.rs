//! The list of campaigns, with what was spent and what came of it.

use alignment::{Instant, Money};
use axum::{extract::State, response::Response};
use facts::{
    campaigns::{self, CampaignRow, CampaignSpend},
    list::Turn,
};
use insight::{answer::FunnelRow, funnel, question::Dimension};
use rustc_hash::FxHashMap;

use super::api::CampaignQuery;
use crate::{
    Office,
    api::{Asked, ask},
    deals::pages::money_of,
    leads::pages::chips,
    lists::{Cell, Column, Empty, ListPage, ListView, Place, Row, csv, view},
    ui::{Frame, format, known},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/campaigns", Allow::SignedIn, list), Endpoint::get("/campaigns.csv", Allow::SignedIn, export)]
}

const COLUMNS: [Column; 10] = [
    view::sorted("Campaign", "name"),
    view::column("Channel"),
    view::number("Starts", None),
    view::number("Ends", None),
    view::number("Budget", None),
    view::number("Spent", None),
    view::number("Leads", None),
    view::number("MQLs", None),
    view::number("Customers", None),
    view::number("Revenue", None),
];

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<CampaignQuery>) -> Result<Page<ListPage>, AppError> {
    let mut record = office.facts().read().await?;
    let page = campaigns::list(&mut record, &query.filter(), query.order()?, ask::turn(&query.cursor, query.limit)?).await?;
    let ids: Vec<i64> = page.items.iter().map(|campaign| campaign.id).collect();
    let spend = campaigns::spend(record.conn(), &ids).await?;
    drop(record);
    let came_of = came_of(&office).await?;
    let asked = query.clone();
    let place = Place::new("/campaigns", [("q", asked.q), ("channel", asked.channel), ("sort", asked.sort), ("cursor", asked.cursor)]);
    let rows: Vec<Row> = page.items.into_iter().map(|campaign| row(campaign, &spend, &came_of, &frame)).collect();
    let view = ListView {
        title: "Campaigns",
        under: "What was spent on each, and what became of the leads it brought. What it did for other deals is in Attribution.".to_owned(),
        chips: chips(&place, &[("channel", "Channel")]),
        search_hint: "Name",
        filters: Vec::new(),
        views: Vec::new(),
        columns: COLUMNS.into(),
        rows,
        next: page.next,
        empty: Empty {
            title: "No campaigns yet",
            words: "Campaigns come with an import of your marketing files, or one by one over the API.",
            actions: &[("/imports", "Import a file"), ("/api", "Open the API")],
        },
        place,
    };
    Ok(Page(ListPage { frame, view }))
}

/// How far the leads of each campaign came, by the same definitions as the scoreboard's.
async fn came_of(office: &Office) -> Result<FxHashMap<i64, FunnelRow>, AppError> {
    let (history, mut question) = crate::question::ask(office, &Default::default(), "all").await?;
    question.by = Some(Dimension::Campaign);
    let answer = crate::aside::aside(move || funnel::funnel(&history, &question)).await?;
    Ok(answer.rows.into_iter().filter_map(|row| Some((row.id?, row))).collect())
}

fn row(campaign: CampaignRow, spend: &[CampaignSpend], came_of: &FxHashMap<i64, FunnelRow>, frame: &Frame) -> Row {
    let date = |at: Option<i64>| Cell::Number(at.map_or_else(|| "–".to_owned(), |at| frame.date(Instant(at))));
    let spent: Vec<_> = spend
        .iter()
        .filter(|sum| sum.campaign_id == campaign.id)
        .filter_map(|sum| Some(format::money(Money::new(sum.amount_minor, sum.amount_currency.parse().ok()?))))
        .collect();
    let row = came_of.get(&campaign.id);
    let reached =
        |count: fn(&FunnelRow) -> Option<u64>| Cell::Number(row.map_or_else(|| "0".to_owned(), |row| format::count_or_none(count(row))));
    Row {
        // The leads that it brought are what a campaign opens to.
        address: format!("/leads?campaign={}", campaign.id),
        cells: vec![
            Cell::Open(campaign.name),
            view::text_or_dash(campaign.channel.as_deref().map(known::words)),
            date(campaign.starts_at),
            date(campaign.ends_at),
            Cell::Number(
                money_of(campaign.budget_minor, campaign.budget_currency.as_deref()).map_or_else(|| "–".to_owned(), format::money),
            ),
            Cell::Number(if spent.is_empty() { format::NOT_RECORDED.to_owned() } else { spent.join(" + ") }),
            reached(|row| row.leads),
            reached(|row| row.mqls),
            reached(|row| row.customers),
            Cell::Number(row.map_or_else(|| "–".to_owned(), |row| format::money(row.revenue))),
        ],
    }
}

async fn export(State(office): State<Office>, Asked(query): Asked<CampaignQuery>) -> Result<Response, AppError> {
    let (filter, sort) = (query.filter(), query.order()?);
    let page = move |cursor: Option<String>| {
        let (office, filter) = (office.clone(), filter.clone());
        async move {
            let mut record = office.facts().read().await?;
            let turn = Turn { cursor: cursor.as_deref(), limit: facts::list::LIMIT_MAX };
            let page = campaigns::list(&mut record, &filter, sort, turn).await?;
            Ok((page.items.into_iter().map(exported).collect(), page.next))
        }
    };
    csv::export("campaigns", &["id", "name", "channel", "starts_at", "ends_at", "budget_minor", "budget_currency"], page).await
}

fn exported(campaign: CampaignRow) -> Vec<String> {
    vec![
        campaign.id.to_string(),
        campaign.name,
        csv::text(campaign.channel),
        csv::instant(campaign.starts_at),
        csv::instant(campaign.ends_at),
        csv::integer(campaign.budget_minor),
        csv::text(campaign.budget_currency),
    ]
}
