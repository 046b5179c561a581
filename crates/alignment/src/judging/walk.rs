//! One person's way through its touches, in time order, with what the conditions need kept up to date at each.
//!
//! A condition "so many times within so many days" needs the instants of the last so many touches and no others; points with a
//! half-life need one sum, which fades as a whole.

use super::{Judge, Leaves, Score, Signal, compiled::Node};
use crate::{
    Instant,
    agreement::{EngagementRule, ScoreName},
    instant::MICROS_PER_DAY,
    lifecycle::Stage,
};

/// A condition on activity, made ready.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Counter {
    pub filter: usize,
    pub times: usize,
    pub window_micros: Option<i64>,
    /// Where its instants start in [`Walk::instants`].
    pub first_slot: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Engagement {
    points: f64,
    halvings_per_micro: f64,
    points_max: f64,
}

impl Engagement {
    pub fn of(rule: &EngagementRule) -> Engagement {
        let fades = rule.half_life_days > 0.0;
        let halvings_per_micro = if fades { 1.0 / (rule.half_life_days * MICROS_PER_DAY as f64) } else { 0.0 };
        Engagement { points: rule.points, halvings_per_micro, points_max: limit(rule.points_max) }
    }
}

/// Must be shown all touches of the person, from the first on, in time order; what is asked is asked for no instant before the last one
/// it was shown.
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    judge: &'a Judge,
    leaves: Leaves,
    fit: f64,
    /// Of each counter, a ring of the instants of its last touches.
    instants: Vec<i64>,
    /// Of each counter, how many touches there were.
    seen: Vec<u32>,
    /// Of each engagement rule, its points as they stood at the instant.
    sums: Vec<(f64, i64)>,
}

impl<'a> Walk<'a> {
    pub(super) fn start(judge: &'a Judge, leaves: Leaves) -> Walk<'a> {
        let mut walk = Walk {
            judge,
            leaves,
            fit: 0.0,
            instants: vec![0; judge.slots],
            seen: vec![0; judge.counters.len()],
            sums: vec![(0.0, 0); judge.engagement.len()],
        };
        walk.fit = walk.fit_points();
        walk
    }

    /// Goes back to the start with another person, without allocating anew.
    pub fn restart(&mut self, leaves: Leaves) {
        self.leaves = leaves;
        self.seen.fill(0);
        self.sums.fill((0.0, 0));
        self.fit = self.fit_points();
    }

    pub fn observe(&mut self, signal: &Signal) {
        let mut rest = signal.marks.0;
        while rest != 0 {
            let filter = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let Some(moved) = self.judge.moved.get(filter) else { return };
            for index in &moved.counters {
                let counter = &self.judge.counters[*index as usize];
                let seen = &mut self.seen[*index as usize];
                self.instants[counter.first_slot + *seen as usize % counter.times] = signal.at.0;
                *seen += 1;
            }
            for index in &moved.engagement {
                let rule = &self.judge.engagement[*index as usize];
                let sum = &mut self.sums[*index as usize];
                *sum = (faded(*sum, rule, signal.at) + rule.points, signal.at.0);
            }
        }
    }

    /// Whether the criteria of the stage hold; false where it has none.
    pub fn enters(&self, stage: Stage, at: Instant) -> bool {
        self.judge.stages[stage as usize].as_ref().is_some_and(|node| self.holds(node, at))
    }

    /// Whether any touches could ever bring the person into the stage: false where its fields alone forbid it.
    pub fn can_enter(&self, stage: Stage) -> bool {
        self.judge.stages[stage as usize].as_ref().is_some_and(|node| self.prospect(node).can_hold)
    }

    pub fn score(&self, at: Instant) -> Score {
        Score { fit: self.fit, engagement: self.engagement_points(at) }
    }

    /// The key of the first product line whose condition holds.
    pub fn product_line(&self) -> Option<&'a str> {
        let lines = &self.judge.product_lines;
        lines.iter().find(|(_, when)| self.holds(when, Instant::MIN)).map(|(key, _)| key.as_str())
    }

    fn holds(&self, node: &Node, at: Instant) -> bool {
        match node {
            Node::All(parts) => parts.iter().all(|part| self.holds(part, at)),
            Node::Any(parts) => parts.iter().any(|part| self.holds(part, at)),
            Node::None(parts) => !parts.iter().any(|part| self.holds(part, at)),
            Node::Field(leaf) => self.leaves.has(*leaf),
            Node::Activity(counter) => self.counts(*counter as usize, at),
            Node::Score(ScoreName::Fit, least) => self.fit >= *least,
            Node::Score(ScoreName::Engagement, least) => self.engagement_points(at) >= *least,
            Node::Score(ScoreName::Total, least) => self.score(at).total() >= *least,
            Node::Never => false,
        }
    }

    fn prospect(&self, node: &Node) -> Prospect {
        let certain = |holds: bool| Prospect { can_hold: holds, can_fail: !holds };
        let of = |parts: &[Node], every: fn(Prospect) -> bool, some: fn(Prospect) -> bool| {
            let parts = || parts.iter().map(|part| self.prospect(part));
            (parts().all(every), parts().any(some))
        };
        match node {
            Node::All(parts) => {
                let (can_hold, can_fail) = of(parts, |part| part.can_hold, |part| part.can_fail);
                Prospect { can_hold, can_fail }
            }
            Node::Any(parts) => {
                let (can_fail, can_hold) = of(parts, |part| part.can_fail, |part| part.can_hold);
                Prospect { can_hold, can_fail }
            }
            Node::None(parts) => {
                let (can_hold, can_fail) = of(parts, |part| part.can_fail, |part| part.can_hold);
                Prospect { can_hold, can_fail }
            }
            Node::Field(leaf) => certain(self.leaves.has(*leaf)),
            Node::Score(ScoreName::Fit, least) => certain(self.fit >= *least),
            Node::Never => certain(false),
            Node::Score(..) | Node::Activity(_) => Prospect { can_hold: true, can_fail: true },
        }
    }

    fn counts(&self, index: usize, at: Instant) -> bool {
        let (counter, seen) = (&self.judge.counters[index], self.seen[index] as usize);
        // The slot that is written next holds the oldest of the last so many.
        seen >= counter.times
            && counter.window_micros.is_none_or(|window| {
                let oldest = self.instants[counter.first_slot + seen % counter.times];
                at.0.saturating_sub(oldest) <= window
            })
    }

    fn fit_points(&self) -> f64 {
        let points: f64 = self.judge.fit.iter().filter(|(_, when)| self.holds(when, Instant::MIN)).map(|(points, _)| points).sum();
        points.min(limit(self.judge.scoring.fit_points_max)).max(0.0)
    }

    fn engagement_points(&self, at: Instant) -> f64 {
        let rules = self.judge.engagement.iter().zip(&self.sums);
        let points: f64 = rules.map(|(rule, sum)| faded(*sum, rule, at).min(rule.points_max)).sum();
        points.min(limit(self.judge.scoring.engagement_points_max)).max(0.0)
    }
}

/// What can become of a condition, whatever touches come.
#[derive(Clone, Copy)]
struct Prospect {
    can_hold: bool,
    can_fail: bool,
}

/// What a sum of points is worth at a later instant.
fn faded((points, since): (f64, i64), rule: &Engagement, at: Instant) -> f64 {
    if points == 0.0 || at.0 == since {
        return points;
    }
    points * (-(at.0.saturating_sub(since)).max(0) as f64 * rule.halvings_per_micro).exp2()
}

/// In the Agreement, 0 is no limit.
pub(super) fn limit(points_max: f64) -> f64 {
    if points_max > 0.0 { points_max } else { f64::INFINITY }
}
