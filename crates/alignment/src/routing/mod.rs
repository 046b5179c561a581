//! Routing: who gets a lead, by the rules of the Agreement, and why in words.
//!
//! [`route`] decides from what it is given and nothing else, so a decision can be made again from the [`Inputs`] that are kept with it.
//! Nothing unroutable vanishes: what no rule places goes to the fallback queue.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Instant,
    agreement::{Agreement, RoutingRule, Target},
    judging::{self, Subject},
};

mod account;
mod duty;
#[cfg(test)]
mod example;
mod pool;
mod state;
#[cfg(test)]
mod tests;
mod words;

pub use account::{Account, AccountMatch, Candidate, How, is_free_mail, match_account, normalised_name, search_keys};
pub use state::{Away, PoolTurns, Rep, State};

/// A lead as routing sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadToPlace {
    pub lead: i64,
    /// When it became ready to be placed.
    pub at: Instant,
    /// Who owns it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_line: Option<String>,
    pub account: AccountMatch,
    /// The fields that conditions of rules look at, by their keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldValue>,
    /// Users whom it must pass by: those who let it lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    Number(f64),
    Text(String),
}

impl Subject for LeadToPlace {
    fn text(&self, field: &str) -> Option<&str> {
        match self.fields.get(field)? {
            FieldValue::Text(text) => Some(text),
            FieldValue::Number(_) => None,
        }
    }

    fn number(&self, field: &str) -> Option<f64> {
        match self.fields.get(field)? {
            FieldValue::Number(number) => Some(*number),
            FieldValue::Text(text) => text.trim().parse().ok(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Owner(i64),
    /// The fallback queue, and the user who is asked to place what waits there.
    Queue {
        name: String,
        owner: Option<i64>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub lead: i64,
    pub place: Place,
    /// Name of the rule that placed it; `None` in the queue, and where the Agreement has no rules.
    pub rule: Option<String>,
    /// Key of the pool.
    pub pool: Option<String>,
    pub reason: String,
    /// The turns of the pool's members that this decision changes, as they are after it.
    pub turns: Vec<PoolTurns>,
    /// All that was looked at.
    pub inputs: Inputs,
}

/// A lead, and of the state as much as the decision looked at: [`replay`] decides the same from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    pub lead: LeadToPlace,
    pub state: State,
}

/// The first rule that holds and finds somebody places the lead; what none takes goes to the fallback queue.
pub fn route(agreement: &Agreement, lead: &LeadToPlace, state: &State) -> Decision {
    Router::new(agreement).route(lead, state)
}

/// The decision once more, from what was kept of it.
pub fn replay(agreement: &Agreement, inputs: &Inputs) -> Decision {
    route(agreement, &inputs.lead, &inputs.state)
}

/// An Agreement made ready to route many leads.
pub struct Router<'a> {
    agreement: &'a Agreement,
    duty: duty::Duty,
    zone: jiff::tz::TimeZone,
}

impl<'a> Router<'a> {
    pub fn new(agreement: &'a Agreement) -> Router<'a> {
        Router { agreement, duty: duty::Duty::of(agreement), zone: agreement.time_zone() }
    }

    /// As [`route`].
    pub fn route(&self, lead: &LeadToPlace, state: &State) -> Decision {
        walk(Walk { router: self, agreement: self.agreement, lead, state, seen: Vec::new(), pools_seen: Vec::new(), passed: Vec::new() })
    }
}

fn walk(mut walk: Walk<'_>) -> Decision {
    let (agreement, lead) = (walk.agreement, walk.lead);
    if agreement.routing.rules.is_empty()
        && let Some(owner) = lead.owner.filter(|owner| walk.can_keep(*owner))
    {
        return walk.decide(Place::Owner(owner), None, None, words::AS_IT_CAME.to_owned(), Vec::new());
    }
    for rule in &agreement.routing.rules {
        if !rule.when.as_ref().is_none_or(|when| judging::fields_hold(when, lead)) {
            continue;
        }
        let found = match &rule.to {
            Target::AccountOwner => walk.account_owner(),
            Target::User(email) => walk.user(email),
            Target::Pool(key) => walk.pool(key),
        };
        match found {
            Ok(found) => {
                let pool = match &rule.to {
                    Target::Pool(key) => Some(key.clone()),
                    _ => None,
                };
                let reason = words::placed(&walk.passed, &rule.name, &found.words);
                return walk.decide(Place::Owner(found.user), Some(rule), pool, reason, found.turns);
            }
            Err(why_not) => walk.passed.push(format!("{}: {why_not}", rule.name)),
        }
    }
    walk.queue()
}

struct Found {
    user: i64,
    words: String,
    turns: Vec<PoolTurns>,
}

/// One walk through the rules, which remembers what it looked at and whom it passed by.
struct Walk<'a> {
    router: &'a Router<'a>,
    agreement: &'a Agreement,
    lead: &'a LeadToPlace,
    state: &'a State,
    seen: Vec<i64>,
    pools_seen: Vec<&'a str>,
    passed: Vec<String>,
}

impl<'a> Walk<'a> {
    fn account_owner(&mut self) -> Result<Found, String> {
        let account = match &self.lead.account {
            AccountMatch::Found(account) => account,
            AccountMatch::Ambiguous(words) => return Err(words.clone()),
            AccountMatch::None => return Err("no company is known".into()),
        };
        let Some(owner) = account.owner else { return Err(format!("{} has no owner", account.name)) };
        self.seen.push(owner);
        match self.state.rep(owner) {
            Some(rep) if !rep.is_sales => Err(format!("{} owns {} and is not in sales", rep.name, account.name)),
            rep => {
                let name = self.free(rep, owner, &format!("the owner of {}", account.name))?;
                Ok(Found { user: owner, words: format!("{name} owns {}{}", account.name, account.how.words()), turns: Vec::new() })
            }
        }
    }

    fn user(&mut self, email: &str) -> Result<Found, String> {
        let Some(rep) = self.state.by_email(email) else { return Err(format!("{email} is no user")) };
        self.seen.push(rep.user);
        let name = self.free(Some(rep), rep.user, email)?;
        Ok(Found { user: rep.user, words: format!("{name} by name"), turns: Vec::new() })
    }

    fn pool(&mut self, key: &str) -> Result<Found, String> {
        let Some(pool) = self.agreement.routing.pools.iter().find(|pool| pool.key == key) else {
            return Err(format!("there is no pool `{key}`"));
        };
        self.pools_seen.push(&pool.key);
        self.seen.extend(pool.members.iter().filter_map(|member| Some(self.state.by_email(&member.user)?.user)));
        pool::choose(self.router, pool, self.lead, self.state)
    }

    /// The name of a user who can take the lead; why not, otherwise.
    fn free(&self, rep: Option<&Rep>, user: i64, who: &str) -> Result<String, String> {
        let Some(rep) = rep else { return Err(format!("{who} is no user any more")) };
        if self.lead.past.contains(&user) {
            return Err(words::passed_by(&rep.name));
        }
        if !rep.is_enabled {
            return Err(words::disabled(&rep.name));
        }
        match rep.away_until(self.lead.at) {
            Some(until) => Err(words::away(&rep.name, until, &self.router.zone)),
            None => Ok(rep.name.clone()),
        }
    }

    fn can_keep(&mut self, owner: i64) -> bool {
        self.seen.push(owner);
        self.state.rep(owner).is_some_and(|rep| rep.is_enabled) && !self.lead.past.contains(&owner)
    }

    fn queue(mut self) -> Decision {
        let fallback = &self.agreement.routing.fallback;
        let named = fallback.owner.as_deref().and_then(|email| self.state.by_email(email)).filter(|rep| rep.is_enabled).map(|rep| rep.user);
        let owner = named.or(self.state.head_of_sales);
        self.seen.extend(owner);
        let name = if fallback.queue.trim().is_empty() { "Not placed".to_owned() } else { fallback.queue.trim().to_owned() };
        let owner_name = owner.and_then(|owner| self.state.rep(owner)).map(|rep| rep.name.as_str());
        let reason = words::queued(&self.passed, self.agreement.routing.rules.is_empty(), &name, owner_name);
        self.decide(Place::Queue { name, owner }, None, None, reason, Vec::new())
    }

    fn decide(self, place: Place, rule: Option<&RoutingRule>, pool: Option<String>, reason: String, turns: Vec<PoolTurns>) -> Decision {
        let state = self.state.narrowed(&self.seen, &self.pools_seen, self.lead.at);
        let inputs = Inputs { lead: self.lead.clone(), state };
        Decision { lead: self.lead.lead, place, rule: rule.map(|rule| rule.name.clone()), pool, reason, turns, inputs }
    }
}
