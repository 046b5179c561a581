//! The search box: people, companies and deals by a piece of text.

use alignment::lifecycle::DealStage;
use axum::{Json, extract::State};
use facts::search::{self, Hit};
use serde::{Deserialize, Serialize};

use crate::{
    Office,
    api::Asked,
    web::{Allow, AppError, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/search", Allow::SignedIn, find)]
}

/// Of each kind.
const HITS_MAX: i64 = 6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    #[serde(default)]
    q: String,
}

#[derive(Serialize)]
struct Found {
    hits: Vec<FoundHit>,
}

#[derive(Serialize)]
struct FoundHit {
    title: String,
    kind: &'static str,
    detail: String,
    url: String,
}

async fn find(State(office): State<Office>, Asked(query): Asked<SearchQuery>) -> Result<Json<Found>, AppError> {
    let mut record = office.facts().read().await?;
    let found = search::find(&mut record, &query.q, HITS_MAX).await?;
    let shown = |kind: &'static str, path: &'static str, hits: Vec<Hit>| {
        hits.into_iter().map(move |hit| FoundHit {
            title: hit.name.or_else(|| hit.detail.clone()).unwrap_or_else(|| format!("{kind} {}", hit.id)),
            kind,
            detail: match kind {
                "Deal" => hit.detail.as_deref().and_then(DealStage::parse).map_or_else(String::new, |stage| stage.name().to_owned()),
                _ => hit.detail.unwrap_or_default(),
            },
            url: format!("{path}/{}", hit.id),
        })
    };
    let people = shown("Person", "/people", found.people);
    let companies = shown("Company", "/companies", found.companies);
    let deals = shown("Deal", "/deals", found.deals);
    Ok(Json(Found { hits: people.chain(companies).chain(deals).collect() }))
}
