//! Who may waive, close and review.

use alignment::lifecycle::Side;
use facts::{Connection, changes::Author, ledger::acts};

use crate::{Actor, Role, web::AppError};

/// Somebody who writes into the ledger, and for which sides they may speak: as head, or as a head's deputy.
pub struct Speaker {
    pub author: Author,
    pub role: Role,
    pub sides: Vec<Side>,
}

pub async fn speaker(connection: &mut Connection, actor: &Actor, author: Author) -> Result<Speaker, AppError> {
    let sides = match author.actor {
        Some(user) => acts::sides_of(connection, user, author.now).await?,
        None => Vec::new(),
    };
    Ok(Speaker { author, role: actor.role, sides: sides.iter().filter_map(|side| side_of(side)).collect() })
}

pub fn side_of(key: &str) -> Option<Side> {
    match key {
        "marketing" => Some(Side::Marketing),
        "sales" => Some(Side::Sales),
        _ => None,
    }
}

pub fn other(side: Side) -> Side {
    if side == Side::Sales { Side::Marketing } else { Side::Sales }
}

impl Speaker {
    /// A leader, an administrator or the head of the other side; nobody lets off what their own side promised.
    pub fn may_waive(&self, side: Side) -> Result<(), AppError> {
        let name = crate::leads::pages::side_name(side).to_lowercase();
        if self.sides.contains(&side) {
            return Err(AppError::Forbidden(format!(
                "You speak for {name}, and a side does not waive its own promise: ask the other side."
            )));
        }
        if matches!(self.role, Role::Leader | Role::Admin) || self.sides.contains(&other(side)) {
            return Ok(());
        }
        let words = format!("A promise of {name} is waived by the head of the other side, a leader or an administrator.");
        Err(AppError::Forbidden(words))
    }

    /// The head of the side, a deputy, or a leader.
    pub fn may_close(&self, side: Side) -> Result<(), AppError> {
        if self.role == Role::Leader || self.sides.contains(&side) {
            return Ok(());
        }
        let name = crate::leads::pages::side_name(side).to_lowercase();
        Err(AppError::Forbidden(format!("A month is closed for {name} by the head of {name}, a deputy or a leader.")))
    }

    pub fn may_review_feedback(&self) -> Result<(), AppError> {
        if self.role == Role::Sales && !self.sides.contains(&Side::Marketing) {
            return Err(AppError::Forbidden("Marketing looks through what sales said: ask somebody in marketing.".into()));
        }
        Ok(())
    }
}
