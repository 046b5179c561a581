//! What routing knows of the team at an instant: who is there, who is away, who has how much, and whose turn it is.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Decision, Place};
use crate::Instant;

/// A user to whom leads may go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rep {
    pub user: i64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub is_sales: bool,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub is_enabled: bool,
    /// Decides whose calendar they work by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub away: Vec<Away>,
    /// Leads waiting for their review or being worked on by them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub open_leads: u32,
}

// A decision about every lead keeps the reps that it looked at: what is usual is not written.
fn yes() -> bool {
    true
}

fn is_yes(is: &bool) -> bool {
    *is
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// From the first instant up to the second, which is no longer included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Away {
    pub from: Instant,
    pub to: Instant,
}

/// What a member of a pool has had: leads given, and those that went by while they were away or full. `weight` is the weight under
/// which these were counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolTurns {
    pub pool: String,
    pub user: i64,
    pub given: u64,
    pub weight: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct State {
    reps: FxHashMap<i64, Rep>,
    emails: FxHashMap<String, i64>,
    turns: FxHashMap<String, BTreeMap<i64, PoolTurns>>,
    /// Asked to place what no rule could, where the Agreement names nobody.
    pub head_of_sales: Option<i64>,
}

impl State {
    pub fn new(reps: Vec<Rep>, turns: Vec<PoolTurns>, head_of_sales: Option<i64>) -> State {
        let emails = reps.iter().filter_map(|rep| Some((rep.email.as_deref()?.trim().to_lowercase(), rep.user))).collect();
        let reps = reps.into_iter().map(|rep| (rep.user, rep)).collect();
        let mut state = State { reps, emails, turns: FxHashMap::default(), head_of_sales };
        turns.into_iter().for_each(|turn| state.set_turn(turn));
        state
    }

    pub fn rep(&self, user: i64) -> Option<&Rep> {
        self.reps.get(&user)
    }

    pub fn by_email(&self, email: &str) -> Option<&Rep> {
        let user = self.emails.get(email).or_else(|| self.emails.get(&email.trim().to_lowercase()))?;
        self.reps.get(user)
    }

    pub fn turns(&self, pool: &str, user: i64) -> Option<&PoolTurns> {
        self.turns.get(pool)?.get(&user)
    }

    /// Every user, in the order of their ids.
    pub fn reps(&self) -> Vec<&Rep> {
        let mut reps: Vec<_> = self.reps.values().collect();
        reps.sort_by_key(|rep| rep.user);
        reps
    }

    /// Carries a decision out: the next one is made by what is then.
    pub fn carry_out(&mut self, decision: &Decision) {
        decision.turns.iter().for_each(|turn| self.set_turn(turn.clone()));
        if let Place::Owner(owner) = decision.place
            && let Some(rep) = self.reps.get_mut(&owner)
            && decision.inputs.lead.owner != Some(owner)
        {
            rep.open_leads += 1;
        }
    }

    /// Takes what is known of a user in the place of what was.
    pub fn set_rep(&mut self, rep: Rep) {
        if let Some(email) = &rep.email {
            self.emails.insert(email.trim().to_lowercase(), rep.user);
        }
        self.reps.insert(rep.user, rep);
    }

    /// Every turn that is known, by pool and user.
    pub fn all_turns(&self) -> Vec<&PoolTurns> {
        let mut turns: Vec<_> = self.turns.values().flat_map(BTreeMap::values).collect();
        turns.sort_by(|one, other| (&one.pool, one.user).cmp(&(&other.pool, other.user)));
        turns
    }

    pub fn set_turn(&mut self, turn: PoolTurns) {
        match self.turns.get_mut(&turn.pool) {
            Some(members) => members.insert(turn.user, turn),
            None => self.turns.entry(turn.pool.clone()).or_default().insert(turn.user, turn),
        };
    }

    /// As much of it as these users and pools are, at one instant.
    pub(super) fn narrowed(&self, users: &[i64], pools: &[&str], at: Instant) -> State {
        let mut users: Vec<i64> = users.iter().copied().chain(self.head_of_sales).collect();
        users.sort_unstable();
        users.dedup();
        let at_that_time = |rep: &Rep| {
            let away = rep.away.iter().copied().filter(|away| away.covers(at)).collect();
            Rep { away, ..rep.clone() }
        };
        let reps = users.iter().filter_map(|user| self.rep(*user)).map(at_that_time).collect();
        let turns = pools.iter().filter_map(|pool| self.turns.get(*pool)).flat_map(|members| members.values().cloned()).collect();
        State::new(reps, turns, self.head_of_sales)
    }
}

impl Away {
    pub fn covers(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

impl Rep {
    /// The end of the absence that covers `at`; the latest where several do.
    pub fn away_until(&self, at: Instant) -> Option<Instant> {
        self.away.iter().filter(|away| away.covers(at)).map(|away| away.to).max()
    }
}

/// A state as it is written: lists in the order of their ids.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reps: Vec<Rep>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    turns: Vec<PoolTurns>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head_of_sales: Option<i64>,
}

impl From<Kept> for State {
    fn from(kept: Kept) -> State {
        State::new(kept.reps, kept.turns, kept.head_of_sales)
    }
}

impl From<State> for Kept {
    fn from(state: State) -> Kept {
        let mut reps: Vec<_> = state.reps.into_values().collect();
        reps.sort_by_key(|rep| rep.user);
        let mut turns: Vec<_> = state.turns.into_values().flat_map(BTreeMap::into_values).collect();
        turns.sort_by(|one, other| (&one.pool, one.user).cmp(&(&other.pool, other.user)));
        Kept { reps, turns, head_of_sales: state.head_of_sales }
    }
}
