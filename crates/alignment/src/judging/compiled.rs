//! An Agreement made ready to judge: its conditions numbered, what is written twice kept once.

use super::{
    FILTERS_MAX, Leaves, Marks, Subject,
    fields::Leaf,
    marks::Filter,
    walk::{Counter, Engagement, Walk},
};
use crate::{
    agreement::{ActivityFilter, ActivityTest, Agreement, Criterion, ScoreName, Scoring},
    instant::MICROS_PER_DAY,
    lifecycle::Stage,
};

/// An Agreement with [faults](Agreement::faults) is judged as far as it goes: what is beyond its limits never holds.
#[derive(Clone, Debug)]
pub struct Judge {
    pub(super) filters: Vec<Filter>,
    pub(super) leaves: Vec<Leaf>,
    pub(super) counters: Vec<Counter>,
    pub(super) engagement: Vec<Engagement>,
    /// By filter: the counters and the engagement rules that a touch with its mark moves.
    pub(super) moved: Vec<Moved>,
    /// Points of each fit rule with its condition.
    pub(super) fit: Vec<(f64, Node)>,
    pub(super) stages: [Option<Node>; Stage::COUNT],
    pub(super) product_lines: Vec<(String, Node)>,
    /// Slots for instants that all counters together keep.
    pub(super) slots: usize,
    /// As written, to explain by.
    pub(super) scoring: Scoring,
    pub(super) criteria: Vec<(Stage, Criterion)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Moved {
    pub counters: Vec<u16>,
    pub engagement: Vec<u16>,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    All(Box<[Node]>),
    Any(Box<[Node]>),
    None(Box<[Node]>),
    Field(u16),
    Activity(u16),
    Score(ScoreName, f64),
    Never,
}

/// What a criterion may ask for, besides fields.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    Fields,
    Everything,
}

impl Judge {
    pub fn compile(agreement: &Agreement) -> Judge {
        let mut judge = Judge {
            filters: Vec::new(),
            leaves: Vec::new(),
            counters: Vec::new(),
            engagement: Vec::new(),
            moved: Vec::new(),
            fit: Vec::new(),
            stages: [const { None }; Stage::COUNT],
            product_lines: Vec::new(),
            slots: 0,
            scoring: agreement.scoring.clone(),
            criteria: Vec::new(),
        };
        for rule in &agreement.scoring.fit {
            let node = judge.node(&rule.when, Scope::Fields);
            judge.fit.push((rule.points, node));
        }
        for rule in &agreement.scoring.engagement {
            let filter = judge.filter(&rule.of);
            judge.moved[filter].engagement.push(judge.engagement.len() as u16);
            judge.engagement.push(Engagement::of(rule));
        }
        for clause in &agreement.stages {
            let Some(criteria) = &clause.criteria else { continue };
            judge.stages[clause.stage as usize] = Some(judge.node(criteria, Scope::Everything));
            judge.criteria.push((clause.stage, criteria.clone()));
        }
        for line in &agreement.product_lines {
            let node = judge.node(&line.when, Scope::Fields);
            judge.product_lines.push((line.key.clone(), node));
        }
        judge
    }

    /// Whether leads enter the stage by themselves.
    pub fn judges(&self, stage: Stage) -> bool {
        self.stages[stage as usize].is_some()
    }

    pub(crate) fn filters_count(&self) -> usize {
        self.filters.len()
    }

    /// The marks of a touch that every filter lets pass.
    pub fn all_marks(&self) -> Marks {
        Marks((0..self.filters.len().min(FILTERS_MAX)).fold(0, |marks, filter| marks | 1 << filter))
    }

    /// Starts with a person before its first touch.
    pub fn walk(&self, subject: &impl Subject) -> Walk<'_> {
        self.walk_of(self.leaves_of(subject))
    }

    /// The same where it is known which conditions on fields hold.
    pub fn walk_of(&self, leaves: Leaves) -> Walk<'_> {
        Walk::start(self, leaves)
    }

    pub fn leaves_of(&self, subject: &impl Subject) -> Leaves {
        self.leaves_where(|leaf| leaf.holds(subject))
    }

    /// The conditions on one field that hold for a value of it; those on all fields, each or'ed in, are what holds for a person.
    pub fn leaves_for(&self, field: &str, text: Option<&str>, number: Option<f64>) -> Leaves {
        self.leaves_where(|leaf| leaf.field == field && leaf.holds_for(text, number))
    }

    /// Keys of the fields that are asked for, each once.
    pub fn fields(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.leaves.iter().map(|leaf| leaf.field.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn leaves_where(&self, holds: impl Fn(&Leaf) -> bool) -> Leaves {
        let mut leaves = Leaves::default();
        self.leaves.iter().enumerate().filter(|(_, leaf)| holds(leaf)).for_each(|(index, _)| leaves.set(index));
        leaves
    }

    fn node(&mut self, criterion: &Criterion, scope: Scope) -> Node {
        match criterion {
            Criterion::All(parts) => Node::All(self.nodes(parts, scope)),
            Criterion::Any(parts) => Node::Any(self.nodes(parts, scope)),
            Criterion::None(parts) => Node::None(self.nodes(parts, scope)),
            Criterion::Field(test) => Node::Field(index_of(&mut self.leaves, Leaf::of(test)) as u16),
            Criterion::Score(_) | Criterion::Activity(_) if scope == Scope::Fields => Node::Never,
            Criterion::Score(test) => Node::Score(test.score, test.at_least),
            Criterion::Activity(test) => Node::Activity(self.counter(test)),
        }
    }

    /// What is cheap to ask comes first, which does not change whether a group holds.
    fn nodes(&mut self, parts: &[Criterion], scope: Scope) -> Box<[Node]> {
        let mut nodes: Vec<Node> = parts.iter().map(|part| self.node(part, scope)).collect();
        nodes.sort_by_key(Node::cost);
        nodes.into()
    }

    fn counter(&mut self, test: &ActivityTest) -> u16 {
        let filter = self.filter(&test.filter);
        let window_micros = test.within_days.map(|days| i64::from(days) * MICROS_PER_DAY);
        let mut counter = Counter { filter, times: test.times_min.clamp(1, super::TIMES_MAX) as usize, window_micros, first_slot: 0 };
        let known = self.counters.iter().position(|known| Counter { first_slot: 0, ..*known } == counter);
        known.unwrap_or_else(|| {
            counter.first_slot = self.slots;
            self.slots += counter.times;
            self.moved[filter].counters.push(self.counters.len() as u16);
            self.counters.push(counter);
            self.counters.len() - 1
        }) as u16
    }

    fn filter(&mut self, written: &ActivityFilter) -> usize {
        let index = index_of(&mut self.filters, Filter::of(written));
        self.moved.resize_with(self.filters.len(), Moved::default);
        index
    }
}

impl Node {
    fn cost(&self) -> u32 {
        match self {
            Node::Never => 0,
            Node::Field(_) => 1,
            Node::Activity(_) => 2,
            Node::All(parts) | Node::Any(parts) | Node::None(parts) => 3 + parts.iter().map(Node::cost).sum::<u32>(),
            Node::Score(..) => 1000,
        }
    }
}

fn index_of<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter().position(|known| *known == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    })
}
