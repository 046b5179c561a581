//! Whose turn it is in a pool: round robin by weight that never strays a whole lead from the weights, however the leads are batched.
//!
//! Of those who can take the lead, the one with the smallest (given + 1) / weight gets it, among those whom it does not carry beyond
//! their share rounded up (the quota method of Balinski and Young, 1975). Without the second condition a heavy member among many light
//! ones runs several leads ahead.
//!
//! Whoever can't take leads for a while (away, disabled, full) keeps pace with whoever has the fewest, and a new member starts there:
//! so nobody is flooded on the day they come back. A member who was only off duty or lacks the skill does make up for it later, within
//! their open_leads_max: that is what balances the pool.

use super::{Found, LeadToPlace, PoolTurns, Rep, Router, State, words};
use crate::{
    Instant,
    agreement::{Pool, PoolMember},
};

struct Seat<'a> {
    rep: &'a Rep,
    weight: u32,
    /// `None`: new to the pool.
    given: Option<u64>,
    obstacle: Option<Obstacle>,
}

pub(super) enum Obstacle {
    PassedBy,
    Disabled,
    Away(Instant),
    Full { open: u32, max: u32 },
    OtherSkill,
    OffDuty(Instant),
    NoWeight,
}

pub(super) fn choose(router: &Router, pool: &Pool, lead: &LeadToPlace, state: &State) -> Result<Found, String> {
    let mut seats = seats(pool, lead, state);
    if seats.is_empty() {
        return Err(format!("nobody in pool {} is a user", pool.name));
    }
    if pool.at_work_only {
        keep_at_work(router, &mut seats, lead.at);
    }
    let floor = fewest(&seats);
    for seat in &mut seats {
        let has_pace = floor.of_weight(seat.weight);
        seat.given = Some(match seat.given {
            None => has_pace,
            Some(given) if seat.keeps_pace() => given.max(has_pace),
            Some(given) => given,
        });
    }
    let zone = &router.zone;
    let Some(chosen) = next(&seats) else {
        return Err(words::nobody(&pool.name, &obstacles(&seats), zone));
    };
    let total = free(&seats).map(Seat::had).sum();
    let weights = free(&seats).map(|seat| u64::from(seat.weight)).sum();
    let seat = &seats[chosen];
    let words = words::turn(&pool.name, &seat.rep.name, (seat.had(), total), (seat.weight, weights), &obstacles(&seats), zone);
    let user = seat.rep.user;
    let turns = seats
        .iter()
        .enumerate()
        .map(|(index, seat)| PoolTurns {
            pool: pool.key.clone(),
            user: seat.rep.user,
            given: seat.had() + u64::from(index == chosen),
            weight: seat.weight,
        })
        .filter(|turn| state.turns(&turn.pool, turn.user) != Some(turn))
        .collect();
    Ok(Found { user, words, turns })
}

/// The members who are users, each once, with what keeps them from taking the lead.
fn seats<'a>(pool: &Pool, lead: &LeadToPlace, state: &'a State) -> Vec<Seat<'a>> {
    let mut seats: Vec<Seat> = Vec::with_capacity(pool.members.len());
    for member in &pool.members {
        let Some(rep) = state.by_email(&member.user) else { continue };
        if seats.iter().any(|seat| seat.rep.user == rep.user) {
            continue;
        }
        let given = state.turns(&pool.key, rep.user).map(|turns| turns.under(member.weight));
        seats.push(Seat { rep, weight: member.weight, given, obstacle: obstacle(member, rep, lead) });
    }
    seats
}

impl PoolTurns {
    /// What the count is worth under another weight, so that a changed weight holds from now on and not backwards.
    pub fn under(&self, weight: u32) -> u64 {
        match self.weight {
            0 => 0,
            same if same == weight => self.given,
            counted => (u128::from(self.given) * u128::from(weight) / u128::from(counted)) as u64,
        }
    }
}

fn obstacle(member: &PoolMember, rep: &Rep, lead: &LeadToPlace) -> Option<Obstacle> {
    let lacks_skill = |line: &String| !member.skills.is_empty() && !member.skills.contains(line);
    if member.weight == 0 {
        Some(Obstacle::NoWeight)
    } else if lead.past.contains(&rep.user) {
        Some(Obstacle::PassedBy)
    } else if !rep.is_enabled {
        Some(Obstacle::Disabled)
    } else if let Some(until) = rep.away_until(lead.at) {
        Some(Obstacle::Away(until))
    } else if lead.product_line.as_ref().is_some_and(lacks_skill) {
        Some(Obstacle::OtherSkill)
    } else if member.open_leads_max > 0 && rep.open_leads >= member.open_leads_max {
        Some(Obstacle::Full { open: rep.open_leads, max: member.open_leads_max })
    } else {
        None
    }
}

/// Leaves those who are at work; while nobody is, those who start first.
fn keep_at_work(router: &Router, seats: &mut [Seat], at: Instant) {
    let starts = |seat: &Seat| router.duty.starts_at(seat.rep.region.as_deref(), at);
    let starts: Vec<_> = seats.iter().map(|seat| if seat.obstacle.is_none() { starts(seat) } else { Instant::MAX }).collect();
    let first = starts.iter().copied().min().unwrap_or(Instant::MAX);
    for (seat, start) in seats.iter_mut().zip(starts) {
        if seat.obstacle.is_none() && start > first {
            seat.obstacle = Some(Obstacle::OffDuty(start));
        }
    }
}

fn free<'a, 'b>(seats: &'b [Seat<'a>]) -> impl Iterator<Item = &'b Seat<'a>> {
    seats.iter().filter(|seat| seat.obstacle.is_none())
}

fn obstacles<'b>(seats: &'b [Seat<'_>]) -> Vec<(&'b str, &'b Obstacle)> {
    seats.iter().filter_map(|seat| Some((seat.rep.name.as_str(), seat.obstacle.as_ref()?))).collect()
}

/// Leads by weight, as a fraction.
#[derive(Clone, Copy)]
struct Pace {
    given: u64,
    weight: u32,
}

impl Pace {
    /// How many leads this pace makes for a weight, rounded down.
    fn of_weight(self, weight: u32) -> u64 {
        (u128::from(self.given) * u128::from(weight) / u128::from(self.weight.max(1))) as u64
    }

    fn is_below(self, other: Pace) -> bool {
        u128::from(self.given) * u128::from(other.weight) < u128::from(other.given) * u128::from(self.weight)
    }
}

/// The pace of whoever has the fewest of those who can take leads.
fn fewest(seats: &[Seat]) -> Pace {
    let paces = free(seats).filter_map(|seat| Some(Pace { given: seat.given?, weight: seat.weight }));
    paces.reduce(|least, pace| if pace.is_below(least) { pace } else { least }).unwrap_or(Pace { given: 0, weight: 1 })
}

/// The seat that gets the lead. The counts are below the total, so at least one has not had its share of one more.
fn next(seats: &[Seat]) -> Option<usize> {
    let total: u128 = free(seats).map(|seat| u128::from(seat.had())).sum();
    let weights: u128 = free(seats).map(|seat| u128::from(seat.weight)).sum();
    let within_share = |seat: &Seat| u128::from(seat.had()) * weights < u128::from(seat.weight) * (total + 1);
    let after = |seat: &Seat| Pace { given: seat.had() + 1, weight: seat.weight };
    let comes_first = |one: &Seat, other: &Seat| {
        let (one_after, other_after) = (after(one), after(other));
        one_after.is_below(other_after) || (!other_after.is_below(one_after) && one.rep.user < other.rep.user)
    };
    let candidates = (0..seats.len()).filter(|index| seats[*index].obstacle.is_none() && within_share(&seats[*index]));
    candidates.reduce(|best, index| if comes_first(&seats[index], &seats[best]) { index } else { best })
}

impl Seat<'_> {
    fn had(&self) -> u64 {
        self.given.unwrap_or(0)
    }

    fn keeps_pace(&self) -> bool {
        matches!(self.obstacle, Some(Obstacle::Away(_) | Obstacle::Disabled | Obstacle::Full { .. }))
    }
}
