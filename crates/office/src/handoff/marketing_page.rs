//! The page of marketing's side: my hand-overs, what waits for an answer or a decision, and what was rejected and then won.

use alignment::{Instant, lifecycle::Stage};
use askama::Template;
use axum::extract::State;
use facts::handoff::{
    AppealRow,
    handed_over::{HandedOverFilter, RejectedThenWonRow, rejected_then_won},
    inbox::{InboxRow, Tab},
};
use serde::Deserialize;

use super::{
    inbox::{self, Whose},
    marketing::{self, Handover, days_between},
};
use crate::{
    Office,
    api::{Asked, ask},
    ui::{Frame, format, known, url},
    web::{AppError, Page},
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MarketingQuery {
    /// `mine` or `all`.
    whose: Option<String>,
    stage: Option<String>,
    cursor: Option<String>,
}

/// Shown of the lists beside the hand-overs.
const SHOWN: i64 = 20;

#[derive(Template)]
#[template(path = "handoff/marketing.html")]
pub struct MarketingPage {
    frame: Frame,
    views: Vec<(&'static str, String, bool)>,
    rows: Vec<RowView>,
    next: Option<String>,
    start: Option<String>,
    questions: Vec<InboxRow>,
    appeals: Vec<AppealRow>,
    missed: Vec<MissedView>,
}

pub struct RowView {
    pub id: i64,
    pub name: String,
    pub company: String,
    pub from: String,
    pub at: String,
    pub key: &'static str,
    pub stage: &'static str,
    pub class: &'static str,
    pub decision: String,
    pub note: Option<String>,
    pub review: String,
}

pub struct MissedView {
    pub lead: i64,
    pub deal: i64,
    pub name: String,
    pub rejected: String,
    pub days: i64,
    pub amount: String,
}

pub async fn page(
    State(office): State<Office>,
    frame: Frame,
    Asked(query): Asked<MarketingQuery>,
) -> Result<Page<MarketingPage>, AppError> {
    let mine = query.whose.as_deref() == Some("mine");
    let stage = query.stage.clone().unwrap_or_default();
    let filter = HandedOverFilter {
        by: mine.then(|| frame.actor.user.map_or(0, |user| user.0)),
        stages: ask::words_of("stage", &query.stage, Stage::ALL.iter().map(|stage| stage.key()))?,
    };
    let mut record = office.facts().read().await?;
    let page = marketing::handed_over(&mut record, &filter, ask::turn(&query.cursor, None)?).await?;
    let connection = record.conn();
    let first = facts::list::Turn { cursor: None, limit: SHOWN as usize };
    let questions = inbox::list(connection, &frame.actor, Tab::Questions, Whose::All, first).await?.items;
    let appeals = facts::handoff::appeals(connection, true, i64::MAX, SHOWN).await?;
    let missed = rejected_then_won(connection, SHOWN).await?;
    let whose = if mine { "mine" } else { "" };
    let address =
        |stage: &str, whose: &str, cursor: &str| url::with("/handoff/marketing", [("stage", stage), ("whose", whose), ("cursor", cursor)]);
    let view = |name: &'static str, wanted: &str| (name, address(wanted, whose, ""), wanted == stage);
    let mut views = vec![
        view("All", ""),
        view("Waiting", "mql"),
        view("Being worked on", "sal,sql,sales_ready,opportunity"),
        view("Rejected", "rejected"),
        view("Back to nurture", "recycled"),
        view("Customers", "customer"),
    ];
    views.push(if mine { ("Everybody’s", address(&stage, "", ""), false) } else { ("Mine only", address(&stage, "mine", ""), false) });
    Ok(Page(MarketingPage {
        rows: page.items.into_iter().map(|handover| row(handover, &frame)).collect(),
        next: page.next.map(|cursor| address(&stage, whose, &cursor)),
        start: query.cursor.as_ref().map(|_| address(&stage, whose, "")),
        missed: missed.into_iter().map(|row| missed_view(row, &frame)).collect(),
        views,
        questions,
        appeals,
        frame,
    }))
}

fn row(handover: Handover, frame: &Frame) -> RowView {
    let Handover { lead, handed_over_at, decision, review_micros } = handover;
    let stage = Stage::parse(&lead.stage).unwrap_or(Stage::Lead);
    let class = match stage {
        Stage::Rejected | Stage::Lost => "tag bad",
        Stage::Recycled => "tag warn",
        Stage::Customer => "tag good",
        Stage::Lead | Stage::Mql => "tag marketing",
        _ => "tag sales",
    };
    let said = decision.as_ref().map(|step| {
        let word = match step.stage.as_str() {
            "sal" => "accepted",
            "recycled" => "sent back",
            other => other,
        };
        let by = step.actor_name.as_deref().map(|name| format!(" by {name}")).unwrap_or_default();
        let reason = step.reason.as_deref().map(|key| frame.agreement.agreement.reason_name(key).unwrap_or(key));
        format!("{word}{by}{}", reason.map(|reason| format!(": {reason}")).unwrap_or_default())
    });
    RowView {
        id: lead.id,
        name: lead.person_name.or(lead.person_email).unwrap_or_else(|| format!("Lead {}", lead.id)),
        company: lead.company_name.unwrap_or_default(),
        from: lead.campaign_name.unwrap_or_else(|| known::label(lead.source.as_deref())),
        at: handed_over_at.map_or_else(|| format::NOT_RECORDED.to_owned(), |at| frame.date_time(Instant(at))),
        key: stage.key(),
        stage: stage.name(),
        class,
        decision: said.unwrap_or_else(|| match &lead.owner_name {
            Some(owner) => format!("waits for {owner}"),
            None => "waits for an owner".into(),
        }),
        note: decision.and_then(|step| step.note),
        review: review_micros.map(format::took).unwrap_or_default(),
    }
}

fn missed_view(row: RejectedThenWonRow, frame: &Frame) -> MissedView {
    let reason = row.reason.as_deref().map(|key| frame.agreement.agreement.reason_name(key).unwrap_or(key).to_owned());
    let by = row.rejected_by.map(|name| format!(" by {name}")).unwrap_or_default();
    MissedView {
        lead: row.lead_id,
        deal: row.deal_id,
        name: row.company_name.or(row.person_name).unwrap_or_else(|| format!("Lead {}", row.lead_id)),
        rejected: format!(
            "Rejected {}{by}{}",
            frame.date(Instant(row.rejected_at)),
            reason.map(|reason| format!(": {reason}")).unwrap_or_default()
        ),
        days: days_between(row.rejected_at, row.won_at),
        amount: format::money_or_none(crate::deals::pages::money_of(row.amount_minor, row.amount_currency.as_deref())),
    }
}
