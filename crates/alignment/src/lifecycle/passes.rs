//! Passes: where a lead stands by its transitions, and what signals make of a person, in event time.
//!
//! [`judge`] is the whole engine: a pure function of what is known of one person. Whether the same history arrives signal by signal or
//! in one import, the passes come out the same. What it decides, once written down, it does not decide again.
//!
//! - A person has at most one open pass per product line.
//! - A pass becomes an MQL at the first touch at which the criteria hold. What a source or a person says of stages is taken as it is: a
//!   pass that is an MQL already is not judged again.
//! - What ends a pass (rejected, recycled, lost, customer) starts the evidence anew: what made the last pass does not make the next.
//! - Where criteria hold before a pass begins that a source tells of, that pass began then: the two are one.

mod merged;

pub use merged::{Joined, join, merge, set_aside};

use super::Stage;
use crate::{
    Instant,
    judging::{Judge, Marks, Signal, Subject, Walk},
};

/// One pass of a person as it is recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pass {
    pub id: i64,
    pub opened_at: Instant,
    pub product_line: Option<String>,
    /// In any order.
    pub entries: Vec<Entry>,
}

/// A stage that a pass entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub stage: Stage,
    /// `None`: it happened, nobody wrote down when.
    pub at: Option<Instant>,
    /// A person took the lead back to this stage.
    pub goes_back: bool,
}

impl Entry {
    pub fn new(stage: Stage, at: Instant) -> Entry {
        Entry { stage, at: Some(at), goes_back: false }
    }
}

/// Where entries have brought a pass. A customer stays one; else the latest way out ends it; else the furthest stage counts, whenever
/// it was entered, of those since a person last took it back.
pub fn standing(entries: &[Entry]) -> Option<(Stage, Option<Instant>)> {
    let taken_back = entries.iter().filter(|entry| entry.goes_back).max_by_key(|entry| entry.at);
    let counts = |entry: &&Entry| match taken_back {
        Some(back) if !entry.stage.is_terminal() => *entry == back || (!entry.goes_back && entry.at > back.at),
        _ => true,
    };
    let rank = |entry: &&Entry| {
        let Entry { stage, at, .. } = **entry;
        (stage == Stage::Customer, stage.is_exit(), at.filter(|_| stage.is_terminal()), stage as u8)
    };
    entries.iter().filter(counts).max_by_key(rank).map(|entry| (entry.stage, entry.at))
}

impl Pass {
    /// The stage in which it stood at an instant. An entry of unknown instant counts from the start.
    pub fn stage_at(&self, at: Instant) -> Stage {
        let until: Vec<Entry> = self.entries.iter().copied().filter(|entry| entry.at.is_none_or(|entered| entered <= at)).collect();
        standing(&until).map_or(Stage::Lead, |(stage, _)| stage)
    }

    /// When it was over; a pass of which nobody wrote that down was over with the last that is known of it.
    pub fn ended_at(&self) -> Option<Instant> {
        let (stage, at) = standing(&self.entries).filter(|(stage, _)| stage.is_terminal())?;
        let last_known = || self.entries.iter().filter_map(|entry| entry.at).max().unwrap_or(self.opened_at);
        debug_assert!(stage.is_terminal());
        Some(at.unwrap_or_else(last_known).max(self.opened_at))
    }

    /// What happens at the very instant of the end still belongs to the pass.
    fn is_open_at(&self, at: Instant) -> bool {
        self.opened_at <= at && self.ended_at().is_none_or(|ended| ended >= at)
    }

    /// Passes without a product line are of all of them.
    fn is_of(&self, line: Option<&str>) -> bool {
        line.is_none() || self.product_line.is_none() || self.product_line.as_deref() == line
    }
}

/// A version of the Agreement, ready to judge.
pub struct Judging<'a> {
    pub number: u32,
    pub effective_at: Instant,
    pub judge: &'a Judge,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub at: Instant,
    /// `Lead` or `Mql`.
    pub stage: Stage,
    pub version: u32,
    /// Which of the touches made it.
    pub touch: usize,
    pub on: On,
}

/// The pass that a decision is about.
#[derive(Clone, Debug, PartialEq)]
pub enum On {
    /// One that is recorded and open.
    Recorded(i64),
    /// One that is recorded as beginning later: it began now.
    BeganEarlier(i64),
    /// A new one, of this product line. Later decisions of the same run name it by the index of this one.
    New { product_line: Option<String> },
    /// The one that the decision of this index opened.
    Opened(usize),
}

/// The touches of a person, in time order. Which filters allow one depends on the Agreement that judges.
pub trait Touches {
    fn instants(&self) -> &[Instant];
    fn marks(&self, judge: &Judge, index: usize) -> Marks;
}

/// What the touches from `from` on make of a person. `versions` in the order in which they took effect; touches before `from` are
/// evidence that was judged before; `passes` as recorded.
pub fn judge(versions: &[Judging], subject: &impl Subject, touches: &impl Touches, passes: &[Pass], from: Instant) -> Vec<Decision> {
    let mut run = Run { passes: passes.to_vec(), opened_by: vec![None; passes.len()], decisions: Vec::new() };
    let mut evidence = Evidence { walk: None, version: usize::MAX, from: 0 };
    let mut restarted_at = Instant::MIN;
    for (index, at) in touches.instants().iter().copied().enumerate() {
        let Some(version) = versions.partition_point(|version| version.effective_at <= at).checked_sub(1) else { continue };
        let ended = run.passes.iter().filter_map(Pass::ended_at).filter(|ended| *ended < at).max();
        if let Some(ended) = ended.filter(|ended| *ended > restarted_at) {
            restarted_at = ended;
            evidence = Evidence { walk: None, version: usize::MAX, from: index };
        }
        if at < from || !judges_at_all(versions[version].judge) {
            continue;
        }
        let walk = evidence.until(index, version, versions, subject, touches);
        run.decide(&versions[version], walk, index, at);
    }
    run.decisions
}

/// The walk over the signals since the evidence started anew, by the version in force.
struct Evidence<'a> {
    walk: Option<(Walk<'a>, usize)>,
    version: usize,
    from: usize,
}

impl<'a> Evidence<'a> {
    fn until(
        &mut self,
        index: usize,
        version: usize,
        versions: &[Judging<'a>],
        subject: &impl Subject,
        touches: &impl Touches,
    ) -> &mut Walk<'a> {
        if self.version != version {
            self.walk = None;
            self.version = version;
        }
        let (walk, next) = self.walk.get_or_insert_with(|| (versions[version].judge.walk(subject), self.from));
        let judge = versions[version].judge;
        for earlier in *next..=index {
            walk.observe(&Signal { at: touches.instants()[earlier], marks: touches.marks(judge, earlier) });
        }
        *next = index + 1;
        walk
    }
}

struct Run {
    passes: Vec<Pass>,
    /// For passes that this run opened: the decision that did.
    opened_by: Vec<Option<usize>>,
    decisions: Vec<Decision>,
}

impl Run {
    fn decide(&mut self, version: &Judging, walk: &mut Walk, touch: usize, at: Instant) {
        let line = walk.product_line().map(str::to_owned);
        let open = self.passes.iter().position(|pass| pass.is_open_at(at) && pass.is_of(line.as_deref()));
        let stage = match open {
            Some(pass) if self.passes[pass].stage_at(at) >= Stage::Mql => return,
            Some(_) if walk.enters(Stage::Mql, at) => Stage::Mql,
            Some(_) => return,
            None if walk.enters(Stage::Mql, at) => Stage::Mql,
            None if walk.enters(Stage::Lead, at) => Stage::Lead,
            None => return,
        };
        let on = match open {
            Some(pass) => self.opened_by[pass].map_or(On::Recorded(self.passes[pass].id), On::Opened),
            None => self.begin(line, at),
        };
        let pass = match (&on, open) {
            (On::BeganEarlier(id), _) => self.passes.iter().position(|pass| pass.id == *id),
            (On::New { .. }, _) => Some(self.passes.len() - 1),
            (_, open) => open,
        };
        if let Some(pass) = pass {
            self.passes[pass].entries.push(Entry::new(stage, at));
        }
        self.decisions.push(Decision { at, stage, version: version.number, touch, on });
    }

    /// No pass is open at `at`: the next that is recorded began now, or a new one opens.
    fn begin(&mut self, line: Option<String>, at: Instant) -> On {
        let later =
            self.passes.iter_mut().filter(|pass| pass.opened_at > at && pass.is_of(line.as_deref())).min_by_key(|pass| pass.opened_at);
        if let Some(pass) = later {
            pass.opened_at = at;
            pass.entries.push(Entry::new(Stage::Lead, at));
            return On::BeganEarlier(pass.id);
        }
        self.passes.push(Pass { id: 0, opened_at: at, product_line: line.clone(), entries: vec![Entry::new(Stage::Lead, at)] });
        self.opened_by.push(Some(self.decisions.len()));
        On::New { product_line: line }
    }
}

fn judges_at_all(judge: &Judge) -> bool {
    judge.judges(Stage::Mql) || judge.judges(Stage::Lead)
}

#[cfg(test)]
#[path = "passes_tests.rs"]
mod tests;
