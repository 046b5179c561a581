//! What the log of decisions is asked for, and how the shares of pools stand against their weights.

use alignment::{Instant, agreement::Agreement, instant::MICROS_PER_DAY};
use facts::{
    Connection,
    list::Wanted,
    routing::{self as record, AssignmentFilter},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{api::ask, web::AppError};

/// Shares are counted over so many days.
pub const SHARES_DAYS: i64 = 30;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct LogQuery {
    /// Id of a lead.
    pub lead: Option<String>,
    /// Id of a user.
    pub owner: Option<String>,
    /// Name of a rule of the Agreement.
    pub rule: Option<String>,
    /// Key of a pool.
    pub pool: Option<String>,
    /// Name of a queue; `any` finds what went to one.
    pub queue: Option<String>,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
}

impl LogQuery {
    pub fn filter(&self) -> Result<AssignmentFilter, AppError> {
        let queue = ask::filled(&self.queue);
        Ok(AssignmentFilter {
            lead: ask::id("lead", &self.lead)?,
            owner: ask::id("owner", &self.owner)?,
            rule: ask::filled(&self.rule).map(str::to_owned),
            pool: ask::filled(&self.pool).map(str::to_owned),
            queue: queue.filter(|queue| *queue != "any").map(|queue| Wanted::Is(queue.to_owned())),
            queued_only: queue == Some("any"),
        })
    }
}

/// A pool of the Agreement in force, with what its members were given.
pub struct PoolShares {
    pub key: String,
    pub name: String,
    pub members: Vec<MemberShare>,
}

pub struct MemberShare {
    /// `None`: the address is no user's.
    pub user: Option<i64>,
    pub name: String,
    pub weight: u32,
    /// Leads of the last [`SHARES_DAYS`] days.
    pub given: i64,
    /// What they would be by weight alone.
    pub by_weight: f64,
    pub open_leads: i64,
    pub open_leads_max: u32,
}

pub async fn shares(connection: &mut Connection, agreement: &Agreement, now: Instant) -> Result<Vec<PoolShares>, AppError> {
    let since = now.0 - SHARES_DAYS * MICROS_PER_DAY;
    let reps = record::reps(connection).await?;
    let by_email = |email: &str| reps.iter().find(|rep| rep.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email.trim())));
    let mut pools = Vec::new();
    for pool in &agreement.routing.pools {
        let users: Vec<i64> = pool.members.iter().filter_map(|member| by_email(&member.user)).map(|rep| rep.id).collect();
        let open = record::open_leads(connection, &users).await?;
        let mut members = Vec::new();
        for member in &pool.members {
            let rep = by_email(&member.user);
            let given = match rep {
                Some(rep) => record::given_since(connection, &pool.key, rep.id, since).await?,
                None => 0,
            };
            let open_leads = rep.and_then(|rep| open.iter().find(|(user, _)| *user == rep.id)).map_or(0, |(_, count)| *count);
            members.push(MemberShare {
                user: rep.map(|rep| rep.id),
                name: rep.map_or_else(|| member.user.clone(), |rep| rep.name.clone()),
                weight: if rep.is_some() { member.weight } else { 0 },
                given,
                by_weight: 0.0,
                open_leads,
                open_leads_max: member.open_leads_max,
            });
        }
        let total: i64 = members.iter().map(|member| member.given).sum();
        let weights: f64 = members.iter().map(|member| f64::from(member.weight)).sum();
        for member in &mut members {
            member.by_weight = if weights > 0.0 { total as f64 * f64::from(member.weight) / weights } else { 0.0 };
        }
        pools.push(PoolShares { key: pool.key.clone(), name: pool.name.clone(), members });
    }
    Ok(pools)
}
