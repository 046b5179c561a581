//! The list of campaigns, with what was spent and what came of it.

use alignment::{Instant, Money};
use axum::{extract::State, response::Response};
use facts::{
    campaigns::{self, CampaignRow, CampaignSpend},
    list::{COUNTED_MAX, Turn},
};
use rustc_hash::FxHashMap;

use super::api::CampaignQuery;
use crate::{
    Office,
    api::{Asked, ask},
    deals::pages::money_of,
    leads::pages::chips,
    lists::{Cell, Column, Empty, ListPage, ListView, Place, Row, csv, view},
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/campaigns", Allow::SignedIn, list), Endpoint::get("/campaigns.csv", Allow::SignedIn, export)]
}

const COLUMNS: [Column; 7] = [
    view::sorted("Campaign", "name"),
    view::column("Channel"),
    view::number("Starts", None),
    view::number("Ends", None),
    view::number("Budget", None),
    view::number("Spent", None),
    view::number("Leads", None),
];

async fn list(State(office): State<Office>, frame: Frame, Asked(query): Asked<CampaignQuery>) -> Result<Page<ListPage>, AppError> {
    let mut record = office.facts().read().await?;
    let page = campaigns::list(&mut record, &query.filter(), query.order()?, ask::turn(&query.cursor, query.limit)?).await?;
    let ids: Vec<i64> = page.items.iter().map(|campaign| campaign.id).collect();
    let spend = campaigns::spend(record.conn(), &ids).await?;
    let leads: FxHashMap<i64, i64> = campaigns::leads(record.conn(), &ids).await?.into_iter().collect();
    let asked = query.clone();
    let place = Place::new("/campaigns", [("q", asked.q), ("channel", asked.channel), ("sort", asked.sort), ("cursor", asked.cursor)]);
    let rows: Vec<Row> = page.items.into_iter().map(|campaign| row(campaign, &spend, &leads, &frame)).collect();
    let view = ListView {
        title: "Campaigns",
        under: "What was spent on each, and the leads it brought. Revenue by campaign is in Closed loop.".to_owned(),
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

fn row(campaign: CampaignRow, spend: &[CampaignSpend], leads: &FxHashMap<i64, i64>, frame: &Frame) -> Row {
    let date = |at: Option<i64>| Cell::Number(at.map_or_else(|| "–".to_owned(), |at| frame.date(Instant(at))));
    let spent: Vec<_> = spend
        .iter()
        .filter(|sum| sum.campaign_id == campaign.id)
        .filter_map(|sum| Some(format::money(Money::new(sum.amount_minor, sum.amount_currency.parse().ok()?))))
        .collect();
    let leads = leads.get(&campaign.id).copied().unwrap_or(0);
    let leads = if leads > COUNTED_MAX as i64 { format!("{}+", format::count(COUNTED_MAX as u64)) } else { format::count(leads as u64) };
    Row {
        // The leads that it brought are what a campaign opens to.
        address: format!("/leads?campaign={}", campaign.id),
        cells: vec![
            Cell::Open(campaign.name),
            view::text_or_dash(campaign.channel),
            date(campaign.starts_at),
            date(campaign.ends_at),
            Cell::Number(
                money_of(campaign.budget_minor, campaign.budget_currency.as_deref()).map_or_else(|| "–".to_owned(), format::money),
            ),
            Cell::Number(if spent.is_empty() { format::NOT_RECORDED.to_owned() } else { spent.join(" + ") }),
            Cell::Number(leads),
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
