//! Replaying: where the leads of a span would have gone under another Agreement, beside where they went.
//!
//! Each decision is made once more from what was kept of it: who was away, who had how many leads, what the fields were. Only what it
//! did not look at then is taken as it is now. So the Agreement that decided gives every lead to the same person again.

use std::collections::{BTreeMap, BTreeSet};

use alignment::{
    Instant,
    agreement::Agreement,
    routing::{AccountMatch, Decision, Inputs, LeadToPlace, Place, PoolTurns, Rep, Router, State},
};
use facts::routing::{self as record, LeadFields, PastAssignment};
use rustc_hash::FxHashMap;

use super::{known, placing::lead_name};
use crate::{Office, agreement::Versions, web::AppError};

/// Decisions that one replay makes again, at most.
pub const DECISIONS_MAX: usize = 20_000;
/// Leads that are named in the answer, at most.
const NAMED_MAX: usize = 200;

/// What came of it.
pub struct Replay {
    pub from: Instant,
    pub to: Instant,
    /// Decisions that were made again.
    pub decisions: usize,
    /// There were more in the span than one replay takes.
    pub is_cut: bool,
    /// Those who get leads in either, by name.
    pub reps: Vec<RepShare>,
    pub queued_then: usize,
    pub queued_now: usize,
    /// How many go elsewhere, and the first of them.
    pub elsewhere_count: usize,
    pub elsewhere: Vec<Elsewhere>,
}

pub struct RepShare {
    pub user: i64,
    pub name: String,
    pub leads_then: usize,
    pub leads_now: usize,
}

pub struct Elsewhere {
    pub lead: i64,
    pub name: String,
    pub at: Instant,
    /// The owner, or the queue.
    pub then: String,
    pub then_reason: String,
    pub now: String,
    pub now_reason: String,
}

/// Makes the decisions of `from..to` again under `agreement`.
pub async fn replay(office: &Office, agreement: &Agreement, from: Instant, to: Instant) -> anyhow::Result<Replay> {
    let versions = office.versions().await?;
    let mut read = office.facts().read().await?;
    let engine = read.engine;
    let mut past = record::past_between(read.conn(), from.0, to.0, DECISIONS_MAX as i64 + 1).await?;
    let is_cut = past.len() > DECISIONS_MAX;
    past.truncate(DECISIONS_MAX);
    // In the order in which they were made, which is not that of their instants where an import brought old leads.
    past.sort_unstable_by_key(|decision| decision.id);
    let ids: Vec<i64> = past.iter().map(|decision| decision.lead_id).collect();
    let fields: FxHashMap<i64, LeadFields> = record::leads(read.conn(), &ids).await?.into_iter().map(|lead| (lead.id, lead)).collect();
    // A lead that an undone import took away is gone with what was decided of it.
    let kept = |decision: PastAssignment| {
        let inputs: Inputs = serde_json::from_str(decision.body.as_deref()?).ok()?;
        Some((fields.get(&decision.lead_id)?.clone(), inputs, decision))
    };
    let decided: Vec<(LeadFields, Inputs, PastAssignment)> = past.into_iter().filter_map(kept).collect();
    let as_now = decided.iter().map(|(lead, _, decision)| (lead.clone(), Instant(decision.at))).collect();
    let as_now = known::leads_to_place(read.conn(), engine, agreement, as_now).await?;
    let state = known::state(read.conn(), from, to).await?;
    let mut world = World::new(state);
    let router = Router::new(agreement);
    let (mut routers, nothing) = (FxHashMap::default(), BTreeSet::new());
    let mut sums = Sums::default();
    for ((lead, inputs, decision), now) in decided.iter().zip(as_now) {
        world.take(inputs);
        let then = u32::try_from(decision.agreement_version).ok().and_then(|number| versions.number(number));
        let then = then.map(|version| routers.entry(version.number).or_insert_with(|| then_router(&version.agreement)));
        let (turns_then, asked_then) = match then {
            Some((router, asked)) => (router.route(&inputs.lead, &inputs.state).turns, &*asked),
            None => (Vec::new(), &nothing),
        };
        let to_place = as_it_was(&inputs.lead, now, asked_then);
        let again = router.route(&to_place, &world.state);
        world.state.carry_out(&again);
        world.compare(decision, turns_then, &again);
        sums.add(decision, lead, &again.place, &again.reason, &world.state);
    }
    Ok(sums.replay(from, to, is_cut, &world.state))
}

/// What the decisions under a version were made with, and the fields that they looked at.
fn then_router(agreement: &Agreement) -> (Router<'_>, BTreeSet<String>) {
    (Router::new(agreement), known::fields_of_rules(agreement))
}

/// The version with this number, or the draft, and how to call it.
pub async fn agreement_of(office: &Office, versions: &Versions, which: &Which) -> Result<(Agreement, String), AppError> {
    match which {
        Which::Version(number) => match versions.number(*number) {
            Some(version) => Ok((version.agreement.clone(), format!("version {number}"))),
            None => Err(AppError::NotFound(format!("There is no version {number} of the Agreement."))),
        },
        Which::Draft(id) => {
            let draft = facts::drafts::one(&mut *office.facts().reader().await?, *id).await?;
            let agreement = Agreement::from_toml(&draft.text)
                .map_err(|error| AppError::refused(format!("draft {id} can't be replayed before it is whole: {error}")))?;
            Ok((agreement, format!("draft {id}")))
        }
    }
}

/// Which text a replay is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Version(u32),
    Draft(i64),
}

/// The team as it was at each decision, with the leads that the replay gave instead.
struct World {
    state: State,
    /// As the record has them now, for those whom a decision did not look at.
    now: FxHashMap<i64, Rep>,
    /// Whom the decision before looked at.
    changed: Vec<i64>,
    /// Leads that a user has had more than they had then.
    more: FxHashMap<i64, i64>,
    /// Turns of a pool's member as they were then, after the decision before.
    turns_then: FxHashMap<(String, i64), PoolTurns>,
}

impl World {
    fn new(state: State) -> World {
        let reps: Vec<Rep> = state.reps().into_iter().map(|rep| Rep { open_leads: 0, ..rep.clone() }).collect();
        let now = reps.iter().map(|rep| (rep.user, rep.clone())).collect();
        let state = State::new(reps, Vec::new(), state.head_of_sales);
        World { state, now, changed: Vec::new(), more: FxHashMap::default(), turns_then: FxHashMap::default() }
    }

    /// Goes to the next decision: what it looked at is as it was then, but for what the replay gave to others.
    fn take(&mut self, inputs: &Inputs) {
        for user in std::mem::take(&mut self.changed) {
            if let Some(rep) = self.now.get(&user) {
                let rep = self.with_more(rep.clone());
                self.state.set_rep(rep);
            }
        }
        for rep in inputs.state.reps() {
            self.changed.push(rep.user);
            self.state.set_rep(self.with_more(rep.clone()));
        }
        for turn in inputs.state.all_turns() {
            self.take_turn(turn);
        }
        self.state.head_of_sales = inputs.state.head_of_sales.or(self.state.head_of_sales);
    }

    /// The replay counts its own turns. Those that were given since by decisions outside of it are added, at their worth under the weight
    /// by which it counts.
    fn take_turn(&mut self, then: &PoolTurns) {
        let before = self.turns_then.insert((then.pool.clone(), then.user), then.clone());
        let own = match self.state.turns(&then.pool, then.user) {
            Some(own) if before.as_ref() != Some(own) => own,
            _ => return self.state.set_turn(then.clone()),
        };
        let had = before.map_or(0, |before| before.under(then.weight));
        let since = PoolTurns { given: then.given.saturating_sub(had), ..then.clone() };
        let given = own.given + since.under(own.weight);
        self.state.set_turn(PoolTurns { given, ..own.clone() });
    }

    fn with_more(&self, rep: Rep) -> Rep {
        let more = self.more.get(&rep.user).copied().unwrap_or(0);
        let open_leads = (i64::from(rep.open_leads) + more).clamp(0, i64::from(u32::MAX)) as u32;
        Rep { open_leads, ..rep }
    }

    /// Notes how the replay's decision differs from the one then, `turns_then` being the turns that this one changed.
    fn compare(&mut self, then: &PastAssignment, turns_then: Vec<PoolTurns>, again: &Decision) {
        let now = match again.place {
            Place::Owner(owner) => Some(owner),
            Place::Queue { .. } => None,
        };
        for (owner, sign) in [(then.owner_id, -1), (now, 1)] {
            let Some(owner) = owner else { continue };
            *self.more.entry(owner).or_default() += sign;
        }
        self.turns_then.extend(turns_then.into_iter().map(|turn| ((turn.pool.clone(), turn.user), turn)));
    }
}

/// The lead with what was known of it then; what nobody asked for then is as it is now.
fn as_it_was(then: &LeadToPlace, now: LeadToPlace, asked_then: &BTreeSet<String>) -> LeadToPlace {
    let mut fields: BTreeMap<_, _> = now.fields.into_iter().filter(|(key, _)| !asked_then.contains(key)).collect();
    fields.extend(then.fields.clone());
    let account = if then.account == AccountMatch::None { now.account } else { then.account.clone() };
    LeadToPlace { fields, account, ..then.clone() }
}

#[derive(Default)]
struct Sums {
    decisions: usize,
    reps: BTreeMap<i64, (usize, usize)>,
    queued_then: usize,
    queued_now: usize,
    elsewhere_count: usize,
    elsewhere: Vec<Elsewhere>,
}

impl Sums {
    fn add(&mut self, decision: &PastAssignment, lead: &LeadFields, place: &Place, reason: &str, state: &State) {
        let owner_now = match place {
            Place::Owner(owner) => Some(*owner),
            Place::Queue { .. } => None,
        };
        self.decisions += 1;
        match decision.owner_id {
            Some(owner) => self.reps.entry(owner).or_default().0 += 1,
            None => self.queued_then += 1,
        }
        match owner_now {
            Some(owner) => self.reps.entry(owner).or_default().1 += 1,
            None => self.queued_now += 1,
        }
        if owner_now == decision.owner_id {
            return;
        }
        self.elsewhere_count += 1;
        if self.elsewhere.len() < NAMED_MAX {
            let queue_now = match place {
                Place::Queue { name, .. } => Some(name.as_str()),
                Place::Owner(_) => None,
            };
            self.elsewhere.push(Elsewhere {
                lead: lead.id,
                name: lead_name(lead),
                at: Instant(decision.at),
                then: place_name(decision.owner_id, decision.queue.as_deref(), state),
                then_reason: decision.reason.clone(),
                now: place_name(owner_now, queue_now, state),
                now_reason: reason.to_owned(),
            });
        }
    }

    fn replay(self, from: Instant, to: Instant, is_cut: bool, state: &State) -> Replay {
        let share = |(user, (leads_then, leads_now))| RepShare { user, name: place_name(Some(user), None, state), leads_then, leads_now };
        let mut reps: Vec<_> = self.reps.into_iter().map(share).collect();
        reps.sort_by(|one, other| (&one.name, one.user).cmp(&(&other.name, other.user)));
        Replay {
            from,
            to,
            decisions: self.decisions,
            is_cut,
            reps,
            queued_then: self.queued_then,
            queued_now: self.queued_now,
            elsewhere_count: self.elsewhere_count,
            elsewhere: self.elsewhere,
        }
    }
}

fn place_name(owner: Option<i64>, queue: Option<&str>, state: &State) -> String {
    match owner {
        Some(owner) => state.rep(owner).map_or_else(|| format!("user {owner}"), |rep| rep.name.clone()),
        None => format!("queue {}", queue.unwrap_or("Not placed")),
    }
}

/// The whole month `2026-10` in the Agreement's time zone.
pub fn month_span(text: &str, agreement: &Agreement) -> Result<(Instant, Instant), AppError> {
    let refused = || AppError::refused(format!("month: `{text}` is no month; write 2026-10"));
    let first: jiff::civil::Date = format!("{}-01", text.trim()).parse().map_err(|_| refused())?;
    let next = first.checked_add(jiff::Span::new().months(1)).map_err(|_| refused())?;
    let zone = agreement.time_zone();
    let start = |date: jiff::civil::Date| date.to_zoned(zone.clone()).map(|zoned| Instant::from_timestamp(zoned.timestamp()));
    Ok((start(first).map_err(|_| refused())?, start(next).map_err(|_| refused())?))
}

/// The last month that is over, as `2026-10`.
pub fn last_month(now: Instant, agreement: &Agreement) -> String {
    let today = now.in_zone(&agreement.time_zone()).date();
    let before = today.first_of_month().yesterday().unwrap_or(today);
    before.strftime("%Y-%m").to_string()
}
