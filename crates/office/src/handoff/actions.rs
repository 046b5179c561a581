//! The desk's buttons: each form is a thin face of its verb, says what was done, offers to take it back, and opens the next lead.

use std::collections::HashMap;

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use facts::WriteTx;
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    Acting, accept, api::TOLD, appeal, attempt, bulk, confirm, deal, go_back, inbox::Whose, lose, pages, qualify, question, recycle,
    reject, undo,
};
use crate::{
    Office,
    api::{Asked, Field, wire::Money},
    office::News,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    let signed_in = Allow::SignedIn;
    vec![
        Endpoint::post("/handoff/decisions", signed_in, decide_many),
        Endpoint::post("/handoff/undo", signed_in, take_back),
        Endpoint::post("/handoff/{id}/acceptance", signed_in, accept),
        Endpoint::post("/handoff/{id}/rejection", signed_in, reject),
        Endpoint::post("/handoff/{id}/recycle", signed_in, recycle),
        Endpoint::post("/handoff/{id}/loss", signed_in, lose),
        Endpoint::post("/handoff/{id}/return", signed_in, return_to),
        Endpoint::post("/handoff/{id}/attempts", signed_in, attempt),
        Endpoint::post("/handoff/{id}/question", signed_in, ask),
        Endpoint::post("/handoff/{id}/answer", signed_in, answer),
        Endpoint::post("/handoff/{id}/confirmations", signed_in, confirm),
        Endpoint::post("/handoff/{id}/confirmations/undo", signed_in, unconfirm),
        Endpoint::post("/handoff/{id}/qualification", signed_in, qualify),
        Endpoint::post("/handoff/{id}/readiness", signed_in, make_ready),
        Endpoint::post("/handoff/{id}/deal", signed_in, open_deal),
        Endpoint::post("/handoff/{id}/appeal", signed_in, appeal),
        Endpoint::post("/handoff/{id}/appeal/decision", signed_in, decide_appeal),
    ]
}

/// Fields of a form by name; where the desk was open, and what comes next, are among them.
type Fields = HashMap<String, String>;

/// What is said after a verb.
struct Said {
    words: String,
    /// The decision can be taken back, and the desk goes on to the next lead.
    decided: bool,
}

impl Said {
    fn decided(words: impl Into<String>) -> Said {
        Said { words: words.into(), decided: true }
    }

    fn stay(words: impl Into<String>) -> Said {
        Said { words: words.into(), decided: false }
    }
}

/// Without the empty ones: of two fields of a name, in two dialogs of one form, the one that was written in counts.
fn filled(fields: Vec<(String, String)>) -> Fields {
    fields.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect()
}

fn text(fields: &Fields, name: &str) -> String {
    fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// An empty field of a form is one that was left out.
fn optional(fields: &Fields, name: &str) -> Field<String> {
    Field(Some(text(fields, name)).filter(|text| !text.is_empty()).map(Some))
}

macro_rules! buttons {
    ($($handler:ident => |$tx:ident, $acting:ident, $id:ident, $fields:ident| $verb:expr;)*) => {$(
        async fn $handler(
            State(office): State<Office>,
            session: Session,
            frame: Frame,
            Path($id): Path<i64>,
            Form(fields): Form<Vec<(String, String)>>,
        ) -> Result<Response, AppError> {
            let fields = filled(fields);
            let acting = Acting::of(&office, &frame.actor).await?;
            let mut tx = office.facts().write().await?;
            let said: Result<Said, AppError> = {
                let ($tx, $acting, $fields): (&mut WriteTx, &Acting, &Fields) = (&mut tx, &acting, &fields);
                async { $verb }.await
            };
            finish(&office, &session, &acting, tx, $id, &fields, said).await
        }
    )*};
}

buttons! {
    accept => |tx, acting, id, fields| {
        accept::accept(tx, acting, id, accept::Acceptance { note: optional(fields, "note") }).await?;
        Ok(Said::decided("Accepted."))
    };
    reject => |tx, acting, id, fields| {
        reject::reject(tx, acting, id, reason(fields)).await?;
        Ok(Said::decided("Rejected. Marketing sees why."))
    };
    recycle => |tx, acting, id, fields| {
        let recycling = recycle::Recycling {
            reason: text(fields, "reason"),
            note: optional(fields, "note"),
            return_at: optional(fields, "return_at"),
        };
        recycle::recycle(tx, acting, id, recycling).await?;
        Ok(Said::decided("Back to nurture."))
    };
    lose => |tx, acting, id, fields| {
        lose::lose(tx, acting, id, reason(fields)).await?;
        Ok(Said::decided("Marked lost."))
    };
    return_to => |tx, acting, id, fields| {
        let back = go_back::Return { stage: text(fields, "stage"), reason: text(fields, "reason") };
        go_back::go_back(tx, acting, id, back).await?;
        Ok(Said::decided("Taken back to an earlier stage."))
    };
    attempt => |tx, acting, id, fields| {
        let attempt = attempt::Attempt {
            kind: text(fields, "kind"),
            outcome: optional(fields, "outcome"),
            note: optional(fields, "note"),
            at: Field(None),
        };
        attempt::log(tx, acting, id, attempt).await?;
        Ok(Said::stay("Logged."))
    };
    ask => |tx, acting, id, fields| {
        question::ask(tx, acting, id, question::Words { text: text(fields, "text") }).await?;
        Ok(Said::stay("Marketing was asked."))
    };
    answer => |tx, acting, id, fields| {
        question::answer(tx, acting, id, question::Words { text: text(fields, "text") }).await?;
        Ok(Said::stay("Answered."))
    };
    confirm => |tx, acting, id, fields| {
        confirm::confirm(tx, acting, id, item(fields)).await?;
        Ok(Said::stay("Confirmed."))
    };
    unconfirm => |tx, acting, id, fields| {
        confirm::take_back(tx, acting, id, item(fields)).await?;
        Ok(Said::stay("Not confirmed any more."))
    };
    qualify => |tx, acting, id, _fields| {
        qualify::qualify(tx, acting, id).await?;
        Ok(Said::stay("It is an SQL now."))
    };
    make_ready => |tx, acting, id, _fields| {
        qualify::make_ready(tx, acting, id).await?;
        Ok(Said::stay("It is sales-ready now."))
    };
    open_deal => |tx, acting, id, fields| {
        let new = new_deal(acting, fields)?;
        let joins = new.deal_id.0.is_some();
        let deal = deal::open(tx, acting, id, new).await?;
        Ok(Said::stay(if joins { format!("Joined deal {deal}.") } else { format!("Deal {deal} is open.") }))
    };
    appeal => |tx, acting, id, fields| {
        appeal::appeal(tx, acting, id, question::Words { text: text(fields, "text") }).await?;
        Ok(Said::stay("Appealed. The head of sales decides."))
    };
    decide_appeal => |tx, acting, id, fields| {
        let decision = appeal::Decision { decision: text(fields, "decision"), note: optional(fields, "note") };
        appeal::decide(tx, acting, id, decision).await?;
        Ok(Said::stay("Decided."))
    };
}

fn reason(fields: &Fields) -> reject::Rejection {
    reject::Rejection { reason: text(fields, "reason"), note: optional(fields, "note") }
}

fn item(fields: &Fields) -> confirm::Confirmation {
    confirm::Confirmation { stage: text(fields, "stage"), item: text(fields, "item") }
}

fn new_deal(acting: &Acting, fields: &Fields) -> Result<deal::NewLeadDeal, AppError> {
    let currency = acting.agreement().currency;
    let amount = text(fields, "amount");
    let amount = match amount.as_str() {
        "" => None,
        written => Some(exchange::value::amount(written, currency, exchange::value::Decimal::Point).map_err(AppError::refused)?),
    };
    let deal = text(fields, "deal_id");
    let deal = (!deal.is_empty()).then(|| deal.parse::<i64>()).transpose();
    let deal = deal.map_err(|_| AppError::refused("deal_id: choose one of the open deals"))?;
    Ok(deal::NewLeadDeal {
        deal_id: Field(deal.map(Some)),
        role: optional(fields, "role"),
        name: optional(fields, "name"),
        amount: Field(amount.map(|money| Some(Money { minor: money.minor, currency: money.currency.to_string() }))),
        expected_close_at: optional(fields, "expected_close_at"),
    })
}

/// Commits what was done, or takes it back and says why it could not be; then goes on.
async fn finish(
    office: &Office,
    session: &Session,
    acting: &Acting,
    mut tx: WriteTx,
    id: i64,
    fields: &Fields,
    said: Result<Said, AppError>,
) -> Result<Response, AppError> {
    let whose = Whose::parse(fields.get("whose").map(String::as_str), &acting.actor).unwrap_or(Whose::All);
    let tab = text(fields, "tab");
    let here = pages::address(Some(id), &tab, whose, None);
    let said = match said {
        Ok(said) => said,
        // A refusal is for the one who sits there: they stay where they were.
        Err(AppError::Refused(words) | AppError::Conflict(words)) => {
            tx.rollback().await?;
            return redirect(session, &here, &words, None).await;
        }
        Err(other) => return Err(other),
    };
    let can_undo = said.decided && undo::is_open(&mut tx, &[id], acting.author.now).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: TOLD.iter().map(|table| (*table).to_owned()).collect() });
    if !said.decided {
        return redirect(session, &here, &said.words, None).await;
    }
    let next = text(fields, "next").parse::<i64>().ok().filter(|next| *next > 0);
    let address = pages::address(next, &tab, whose, None);
    let undo = format!("/handoff/undo?at={}&leads={id}&tab={tab}&whose={}", acting.author.now, whose.key());
    redirect(session, &address, &said.words, can_undo.then_some(undo)).await
}

/// Fields named `lead-17` are the leads that were chosen.
async fn decide_many(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let fields = filled(fields);
    let acting = Acting::of(&office, &frame.actor).await?;
    let chosen = fields.keys().filter_map(|name| name.strip_prefix("lead-")?.parse().ok()).collect();
    let owner = text(&fields, "owner_id").parse::<i64>().ok();
    let action = text(&fields, "action");
    let decision = bulk::BulkDecision {
        action: action.clone(),
        leads: chosen,
        reason: optional(&fields, "reason"),
        note: optional(&fields, "note"),
        return_at: optional(&fields, "return_at"),
        owner_id: Field(owner.map(Some)),
    };
    let whose = Whose::parse(fields.get("whose").map(String::as_str), &acting.actor).unwrap_or(Whose::All);
    let tab = text(&fields, "tab");
    let back = pages::address(None, &tab, whose, None);
    let mut tx = office.facts().write().await?;
    let leads = match bulk::decide(&mut tx, &acting, decision).await {
        Ok(leads) => leads,
        Err(AppError::Refused(words) | AppError::Conflict(words)) => {
            tx.rollback().await?;
            return redirect(&session, &back, &words, None).await;
        }
        Err(other) => return Err(other),
    };
    let can_undo = undo::is_open(&mut tx, &leads, acting.author.now).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: TOLD.iter().map(|table| (*table).to_owned()).collect() });
    let done = match action.as_str() {
        "accept" => "accepted",
        "reject" => "rejected",
        "recycle" => "sent back to nurture",
        _ => "given away",
    };
    let words = format!("{} {done}.", format::plural(leads.len() as u64, "lead", "leads"));
    let ids: Vec<_> = leads.iter().map(i64::to_string).collect();
    let undo = format!("/handoff/undo?at={}&leads={}&tab={tab}&whose={}", acting.author.now, ids.join(","), whose.key());
    redirect(&session, &back, &words, can_undo.then_some(undo)).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UndoQuery {
    at: i64,
    leads: String,
    #[serde(default)]
    tab: String,
    #[serde(default)]
    whose: String,
}

async fn take_back(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Asked(query): Asked<UndoQuery>,
) -> Result<Response, AppError> {
    let acting = Acting::of(&office, &frame.actor).await?;
    let ids: Vec<i64> = query.leads.split(',').filter_map(|id| id.parse().ok()).take(bulk::LEADS_MAX).collect();
    let whose = Whose::parse(Some(&query.whose), &acting.actor).unwrap_or(Whose::All);
    let only = match ids.as_slice() {
        [id] => Some(*id),
        _ => None,
    };
    let back = pages::address(only, &query.tab, whose, None);
    let mut tx = office.facts().write().await?;
    match undo::take_back_at(&mut tx, &acting, &ids, query.at).await {
        Err(AppError::Refused(words) | AppError::Conflict(words)) => {
            tx.rollback().await?;
            return redirect(&session, &back, &words, None).await;
        }
        other => other?,
    }
    tx.commit().await?;
    office.tell(News::Record { tables: TOLD.iter().map(|table| (*table).to_owned()).collect() });
    redirect(&session, &back, "Taken back.", None).await
}
