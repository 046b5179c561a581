//! One deal: its amount, lines and committee, the stages it passed, and what happened.

use alignment::{Instant, Money, intake::Noun, lifecycle::DealStage};
use askama::Template;
use axum::extract::{Path, State};
use facts::{
    changes::{self, ChangeRow},
    custom::{self, CustomValue, ExternalId},
    deals::{self, DealLineRow, DealPersonRow, DealRow, DealTransitionRow},
    schema,
    timeline::Subject,
};

use super::pages::{money_of, name_of};
use crate::{
    Office,
    api::Asked,
    lists::{
        RecordQuery,
        timeline::{self, TimelineView},
    },
    ui::{Frame, format},
    web::{AppError, Page},
};

#[derive(Template)]
#[template(path = "deals/deal.html")]
pub struct DealPage {
    frame: Frame,
    deal: DealRow,
    name: String,
    amount: String,
    won: bool,
    people: Vec<DealPersonRow>,
    lines: Vec<DealLineRow>,
    transitions: Vec<DealTransitionRow>,
    external_ids: Vec<ExternalId>,
    custom: Vec<CustomValue>,
    changes: Vec<ChangeRow>,
    timeline: TimelineView,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Path(id): Path<i64>,
    Asked(query): Asked<RecordQuery>,
) -> Result<Page<DealPage>, AppError> {
    let mut record = office.facts().read().await?;
    let deal = deals::one(record.conn(), id).await?;
    let timeline = timeline::of(&mut record, &frame, Subject::Deal(id), &format!("/deals/{id}"), query.before.as_deref()).await?;
    let connection = record.conn();
    Ok(Page(DealPage {
        name: name_of(&deal),
        amount: format::money_or_none(money_of(deal.amount_minor, deal.amount_currency.as_deref())),
        won: deal.stage == DealStage::Won.key(),
        people: deals::people(connection, id).await?,
        lines: deals::lines(connection, id).await?,
        transitions: deals::transitions(connection, id).await?,
        external_ids: custom::external_ids(connection, Noun::Deal, id).await?,
        custom: custom::values(connection, Noun::Deal, id).await?,
        changes: changes::of(connection, &schema::DEALS, id, 50).await?,
        timeline,
        deal,
        frame,
    }))
}

impl DealPage {
    fn line_amount(&self, line: &DealLineRow) -> String {
        line.amount_currency
            .parse()
            .map_or_else(|_| line.amount_minor.to_string(), |currency| format::money(Money::new(line.amount_minor, currency)))
    }

    fn reason(&self) -> Option<&str> {
        let key = self.deal.reason.as_deref()?;
        Some(self.frame.agreement.agreement.reason_name(key).unwrap_or(key))
    }

    fn entered(&self, transition: &DealTransitionRow) -> String {
        transition.at.map_or_else(|| "date not recorded".to_owned(), |at| self.frame.date_time(Instant(at)))
    }
}
