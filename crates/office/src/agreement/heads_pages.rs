//! Who signs for each team, and whom a head has asked to sign meanwhile.

use alignment::Instant;
use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use facts::{access, drafts};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    By,
    by::{SIDES, side_key, signing_side},
    draft_pages::in_zone,
    heads,
};
use crate::{
    Office,
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page, endpoints::ADMINS, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/settings/heads", Allow::SignedIn, page),
        Endpoint::post("/settings/heads", ADMINS, name),
        Endpoint::post("/settings/delegations", Allow::SignedIn, delegate),
        Endpoint::post("/settings/delegations/{id}/revocation", Allow::SignedIn, revoke),
    ]
}

#[derive(Template)]
#[template(path = "agreement/heads.html")]
struct HeadsPage {
    sides: Vec<HeadShown>,
    users: Vec<(i64, String)>,
    delegations: Vec<DelegationShown>,
    is_admin: bool,
    /// Sides that the reader heads.
    mine: Vec<&'static str>,
    today: String,
    frame: Frame,
}

struct HeadShown {
    key: &'static str,
    user: Option<i64>,
    name: String,
}

impl HeadShown {
    fn has(&self, user: &i64) -> bool {
        self.user == Some(*user)
    }
}

struct DelegationShown {
    id: i64,
    words: String,
    from: String,
    to: String,
    may_revoke: bool,
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<HeadsPage>, AppError> {
    let mut record = office.facts().reader().await?;
    let heads = drafts::heads(&mut record).await?;
    let users = access::users_with_role(&mut record).await?;
    let delegations = drafts::delegations(&mut record, frame.now.0).await?;
    let me = frame.actor.user.map(|user| user.0);
    let is_admin = frame.actor.role == crate::Role::Admin;
    let head = |key: &'static str| {
        let head = heads.iter().find(|head| head.side == key);
        HeadShown {
            key,
            user: head.map(|head| head.user_id),
            name: head.map_or_else(|| "nobody yet".into(), |head| head.user_name.clone()),
        }
    };
    let delegation = |one: drafts::DelegationRow| DelegationShown {
        id: one.id,
        words: format!("{} signs for {} ({})", one.deputy_name, one.head_name, one.side),
        from: frame.date_time(Instant(one.starts_at)),
        to: frame.date_time(Instant(one.ends_at)),
        may_revoke: is_admin || Some(one.head_id) == me,
    };
    let sides: Vec<_> = SIDES.into_iter().map(|side| head(side_key(side))).collect();
    Ok(Page(HeadsPage {
        mine: sides.iter().filter(|side| side.user.is_some() && side.user == me).map(|side| side.key).collect(),
        sides,
        users: users.into_iter().filter(|user| user.disabled_at.is_none()).map(|user| (user.id, user.name)).collect(),
        delegations: delegations.into_iter().map(delegation).collect(),
        is_admin,
        today: crate::ui::format::iso_date(frame.now, &frame.zone),
        frame,
    }))
}

#[derive(Deserialize)]
struct HeadForm {
    #[serde(default)]
    side: String,
    #[serde(default)]
    user: String,
}

async fn name(State(office): State<Office>, session: Session, frame: Frame, Form(form): Form<HeadForm>) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    heads::name_head(&mut tx, &by, signing_side(&form.side)?, form.user.parse().ok()).await?;
    tx.commit().await?;
    redirect(&session, "/settings/heads", &format!("The head of {} is named.", form.side), None).await
}

#[derive(Deserialize)]
struct DelegationForm {
    #[serde(default)]
    side: String,
    #[serde(default)]
    deputy: i64,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

async fn delegate(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Form(form): Form<DelegationForm>,
) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    // The last day counts.
    let to = in_zone(&form.to, &frame)?.plus_days(1);
    let mut tx = office.facts().write().await?;
    let id = heads::delegate(&mut tx, &by, signing_side(&form.side)?, form.deputy, in_zone(&form.from, &frame)?, to).await?;
    tx.commit().await?;
    redirect(&session, "/settings/heads", "The deputy is named.", Some(format!("/settings/delegations/{id}/revocation"))).await
}

async fn revoke(State(office): State<Office>, session: Session, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    heads::revoke(&mut tx, &by, id).await?;
    tx.commit().await?;
    redirect(&session, "/settings/heads", "The delegation is revoked.", None).await
}
