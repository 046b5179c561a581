use axum::{
    Json,
    extract::{Path, State},
};
use facts::{
    teams::{self, TeamRow},
    users::{self, UserFilter, UserRow},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Office,
    api::{Asked, Described, ask, describe, wire::at, write},
    web::AppError,
};

pub fn described() -> Vec<Described> {
    vec![
        describe::get("/api/v1/users", "List users", list).words("By name.").query::<UserQuery>().lists::<User>(),
        describe::get("/api/v1/users/{id}", "One user", one).gives::<User>(),
        describe::get("/api/v1/teams", "List teams", list_teams).words("By name.").query::<TeamQuery>().lists::<Team>(),
        describe::get("/api/v1/teams/{id}", "One team", one_team).gives::<Team>(),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct UserQuery {
    /// `marketing`, `sales` or `success`.
    pub side: Option<String>,
    /// Id of a team.
    pub team: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct TeamQuery {
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

/// Somebody who owns records or signs in.
#[derive(Serialize, ToSchema)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub side: String,
    pub team_id: Option<i64>,
    pub team_name: Option<String>,
    pub region: Option<String>,
    /// Null for those who only stand as owners in imported data.
    pub role: Option<String>,
    pub disabled: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Team {
    pub id: i64,
    pub name: String,
    pub side: String,
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> User {
        User {
            id: row.id,
            name: row.name,
            email: row.email,
            side: row.side,
            team_id: row.team_id,
            team_name: row.team_name,
            region: row.region,
            role: row.role,
            disabled: row.disabled_at.is_some(),
        }
    }
}

impl From<TeamRow> for Team {
    fn from(row: TeamRow) -> Team {
        Team { id: row.id, name: row.name, side: row.side, recorded_at: at(row.recorded_at) }
    }
}

async fn list(State(office): State<Office>, Asked(query): Asked<UserQuery>) -> Result<Json<write::ListPage<User>>, AppError> {
    let filter = UserFilter { side: ask::filled(&query.side).map(str::to_owned), team: ask::id("team", &query.team)? };
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(users::list(&mut record, &filter, turn).await?))
}

async fn one(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<User>, AppError> {
    let mut record = office.facts().read().await?;
    Ok(Json(users::one(record.conn(), id).await?.into()))
}

async fn list_teams(State(office): State<Office>, Asked(query): Asked<TeamQuery>) -> Result<Json<write::ListPage<Team>>, AppError> {
    let turn = ask::turn(&query.cursor, query.limit)?;
    let mut record = office.facts().read().await?;
    Ok(write::page(teams::list(&mut record, turn).await?))
}

async fn one_team(State(office): State<Office>, Path(id): Path<i64>) -> Result<Json<Team>, AppError> {
    let mut record = office.facts().read().await?;
    Ok(Json(teams::one(record.conn(), id).await?.into()))
}
