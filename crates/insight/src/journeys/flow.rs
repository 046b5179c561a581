//! Where journeys part: how many go from each step to each next one, or end.
//!
//! The first layers are the first steps, the last layer of steps is the *last* step of journeys that have as many steps or more: what
//! lies between is left out and counted. A journey ends in the layer after its last step. What goes into a node comes out of it.

use alignment::{Currency, Money};
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{
    NODES_PER_LAYER_MAX,
    cell::money,
    common::Common,
    walk::{End, Seen},
};
use crate::attribution::axis::Axis;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// Layers of steps; the one after them has only ends.
    pub layers: usize,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    /// Journeys of which steps between are left out.
    pub shortened: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    pub layer: usize,
    pub kind: NodeKind,
    /// Of a step; `None`: not recorded.
    pub label: Option<String>,
    pub id: Option<i64>,
    pub journeys: u64,
    pub conversions: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    Step,
    /// The labels of the layer with few journeys, together.
    Other,
    /// Ends that reached the goal.
    Reached,
    Open,
}

/// `from` and `to` are places in `nodes`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    pub from: usize,
    pub to: usize,
    pub journeys: u64,
    pub conversions: u64,
    pub revenue: Money,
}

/// The layers of a journey's steps.
pub fn placed(steps: &[u32], layers: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
    let firsts = steps.len().min(layers);
    (0..firsts).map(move |layer| (layer, if layer + 1 == layers { steps[steps.len() - 1] } else { steps[layer] }))
}

/// Which node each label of each layer is.
pub struct Plan {
    layers: usize,
    nodes: Vec<(usize, NodeKind, Option<usize>)>,
    /// By layer and label; the ends of layer `n` stand at `ends[n]`.
    of_label: Vec<Vec<u32>>,
    ends: Vec<u32>,
}

impl Plan {
    pub fn of(common: &Common, axis: &Axis, layers: usize) -> Plan {
        let mut plan = Plan { layers, nodes: Vec::new(), of_label: Vec::new(), ends: vec![0] };
        for layer in 0..=layers {
            let Some(placed) = common.placed.get(layer) else {
                plan.add_ends(layer);
                continue;
            };
            let mut labels: Vec<usize> = (0..placed.len()).filter(|label| placed[*label] > 0).collect();
            labels.sort_by_cached_key(|label| (std::cmp::Reverse(placed[*label]), axis.label(*label).name, axis.label(*label).id));
            let mut of_label = vec![0; placed.len()];
            // One that would stand together with nothing stands alone.
            let alone = if labels.len() <= NODES_PER_LAYER_MAX + 1 { labels.len() } else { NODES_PER_LAYER_MAX };
            for label in &labels[..alone] {
                of_label[*label] = plan.nodes.len() as u32;
                plan.nodes.push((layer, NodeKind::Step, Some(*label)));
            }
            if alone < labels.len() {
                labels[alone..].iter().for_each(|label| of_label[*label] = plan.nodes.len() as u32);
                plan.nodes.push((layer, NodeKind::Other, None));
            }
            plan.of_label.push(of_label);
            if layer > 0 {
                plan.add_ends(layer);
            }
        }
        plan
    }

    fn add_ends(&mut self, layer: usize) {
        self.ends.push(self.nodes.len() as u32);
        self.nodes.extend([(layer, NodeKind::Reached, None), (layer, NodeKind::Open, None)]);
    }
}

#[derive(Clone, Copy, Default)]
struct Passed {
    journeys: u64,
    conversions: u64,
    minor: i128,
}

impl Passed {
    fn add(&mut self, more: Passed) {
        self.journeys += more.journeys;
        self.conversions += more.conversions;
        self.minor += more.minor;
    }
}

pub struct Flows<'a> {
    plan: &'a Plan,
    links: FxHashMap<(u32, u32), Passed>,
    nodes: Vec<Passed>,
    shortened: u64,
}

impl<'a> Flows<'a> {
    pub fn new(plan: &'a Plan) -> Flows<'a> {
        Flows { plan, links: FxHashMap::default(), nodes: vec![Passed::default(); plan.nodes.len()], shortened: 0 }
    }

    pub fn observe(&mut self, seen: &Seen) {
        let plan = self.plan;
        let (conversions, minor) = match seen.end {
            End::Reached { minor, .. } => (1, i128::from(minor)),
            End::Open { .. } => (0, 0),
        };
        let one = Passed { journeys: 1, conversions, minor };
        let end = plan.ends[seen.steps.len().min(plan.layers)] + u32::from(conversions == 0);
        let nodes = placed(seen.steps, plan.layers).map(|(layer, step)| plan.of_label[layer][step as usize]).chain([end]);
        let mut before = None;
        for node in nodes {
            self.nodes[node as usize].add(one);
            if let Some(before) = before.replace(node) {
                self.links.entry((before, node)).or_default().add(one);
            }
        }
        self.shortened += u64::from(seen.steps.len() > plan.layers);
    }

    pub fn merge(&mut self, other: Flows) {
        other.links.into_iter().for_each(|(link, passed)| self.links.entry(link).or_default().add(passed));
        self.nodes.iter_mut().zip(other.nodes).for_each(|(node, passed)| node.add(passed));
        self.shortened += other.shortened;
    }

    pub fn finish(&self, axis: &Axis, currency: Currency) -> Flow {
        // Nodes that nobody came to are left out, and the others move up.
        let mut place = vec![usize::MAX; self.nodes.len()];
        let mut nodes = Vec::new();
        for (index, ((layer, kind, label), passed)) in self.plan.nodes.iter().zip(&self.nodes).enumerate() {
            if passed.journeys == 0 {
                continue;
            }
            place[index] = nodes.len();
            let label = label.map(|label| axis.label(label));
            let (name, id) = label.map_or((None, None), |label| (label.name, label.id));
            let Passed { journeys, conversions, .. } = *passed;
            nodes.push(Node { layer: *layer, kind: *kind, label: name, id, journeys, conversions });
        }
        let mut links: Vec<Link> = self
            .links
            .iter()
            .map(|((from, to), passed)| Link {
                from: place[*from as usize],
                to: place[*to as usize],
                journeys: passed.journeys,
                conversions: passed.conversions,
                revenue: money(passed.minor, currency),
            })
            .collect();
        links.sort_unstable_by_key(|link| (link.from, link.to));
        Flow { layers: self.plan.layers, nodes, links, shortened: self.shortened }
    }
}
