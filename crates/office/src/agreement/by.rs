//! In whose name, when and by which Agreement something is done to a draft.

use std::sync::Arc;

use alignment::{agreement::Version, lifecycle::Side};
use facts::changes::Author;

use super::Versions;
pub use crate::leads::pages::side_key;
use crate::{Actor, Office, Role, api::write, web::AppError};

pub struct By {
    pub actor: Actor,
    pub author: Author,
    pub versions: Arc<Versions>,
}

impl By {
    pub async fn now(office: &Office, actor: &Actor) -> Result<By, AppError> {
        Ok(By { actor: actor.clone(), author: write::author(office, actor).await?, versions: office.versions().await? })
    }

    /// The version in force, whose rights decide who may edit what.
    pub fn in_force(&self) -> &Version {
        self.versions.at(alignment::Instant(self.author.now))
    }

    pub fn user(&self) -> Option<i64> {
        self.actor.user.map(|user| user.0)
    }
}

/// The team whose part a role edits; `None` for those who edit all of it.
pub fn side_of(role: Role) -> Option<Side> {
    match role {
        Role::Marketing => Some(Side::Marketing),
        Role::Sales => Some(Side::Sales),
        Role::Leader | Role::Admin => None,
    }
}

/// The two that sign.
pub const SIDES: [Side; 2] = [Side::Marketing, Side::Sales];

/// A side that signs, by its key.
pub fn signing_side(key: &str) -> Result<Side, AppError> {
    let found = SIDES.into_iter().find(|side| side_key(*side) == key);
    found.ok_or_else(|| AppError::refused(format!("side: `{key}` does not sign the Agreement; write marketing or sales")))
}
