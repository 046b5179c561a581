//! The flow of journeys as a picture, and its links as a table.

use std::collections::BTreeMap;

use ::picture::{Sankey, SankeyLink, SankeyNode, Tone};
use insight::{
    journeys::{Node, NodeKind},
    question::Goal,
};

use super::Found;
use crate::{
    report::Sheet,
    ui::{format, known},
};

/// What the goal's end is called, and the other one.
pub fn ends(goal: Goal) -> (&'static str, &'static str) {
    match goal {
        Goal::Revenue => ("Signed", "Not signed yet"),
        Goal::Pipeline => ("Deal opened", "No deal yet"),
        Goal::Customers => ("Became a customer", "No customer yet"),
    }
}

pub fn node_name(node: &Node, goal: Goal) -> String {
    node_named(node, goal, format::label)
}

/// The labels of steps and their words, as JSON.
pub fn names(found: &Found) -> String {
    let labels = found.answer.flow.nodes.iter().filter_map(|node| node.label.as_deref());
    let names: BTreeMap<&str, String> = labels.map(|label| (label, known::words(label))).collect();
    serde_json::json!(names).to_string()
}

fn in_words(node: &Node, goal: Goal) -> String {
    node_named(node, goal, known::label)
}

/// With the label of a step as the page or the file writes it.
fn node_named(node: &Node, goal: Goal, label: fn(Option<&str>) -> String) -> String {
    match node.kind {
        NodeKind::Step => label(node.label.as_deref()),
        NodeKind::Other => "Other".into(),
        NodeKind::Reached => ends(goal).0.into(),
        NodeKind::Open => ends(goal).1.into(),
    }
}

pub fn layer_name(layer: usize, layers: usize) -> String {
    match layer {
        0 => "First".into(),
        last if last + 1 == layers => "Last".into(),
        end if end == layers => String::new(),
        1 => "Second".into(),
        2 => "Third".into(),
        3 => "Fourth".into(),
        _ => "Fifth".into(),
    }
}

/// `opens` gives the address behind a node.
pub fn sankey(found: &Found, opens: impl Fn(&Node) -> Option<String>) -> Sankey {
    let (flow, goal) = (&found.answer.flow, found.question.settings.goal);
    let tone = |node: &Node| match node.kind {
        NodeKind::Step if node.layer == 0 => Tone::Marketing,
        NodeKind::Step => Tone::Sales,
        NodeKind::Reached => Tone::Success,
        NodeKind::Other | NodeKind::Open => Tone::Quiet,
    };
    let node = |node: &Node| SankeyNode {
        name: in_words(node, goal),
        layer: node.layer,
        shown: format::count(node.journeys),
        tone: tone(node),
        href: opens(node),
    };
    let link = |link: &insight::journeys::Link| {
        let journeys = format::plural(link.journeys, "journey", "journeys");
        let rate = format::rate(link.conversions as f64 / link.journeys.max(1) as f64);
        SankeyLink {
            from: link.from,
            to: link.to,
            value: link.journeys as f64,
            shown: format!("{journeys}, of which {rate} reached the goal"),
            href: None,
        }
    };
    Sankey {
        title: "Where journeys part".into(),
        summary: summary(found),
        layers: (0..=flow.layers).map(|layer| layer_name(layer, flow.layers)).collect(),
        nodes: flow.nodes.iter().map(node).collect(),
        links: flow.links.iter().map(link).collect(),
    }
}

fn summary(found: &Found) -> String {
    let (answer, goal) = (&found.answer, found.question.settings.goal);
    let total = &answer.total;
    let shortened = match answer.flow.shortened {
        0 => String::new(),
        1 => " Of one longer journey the steps between are left out.".into(),
        many => format!(" Of {} longer journeys the steps between are left out.", format::count(many)),
    };
    format!(
        "{} from the first touch on: {} ended with “{}”. A journey ends in the column after its last step.{shortened}",
        format::plural(total.journeys, "journey", "journeys"),
        format::count(total.conversions),
        ends(goal).0.to_lowercase(),
    )
}

/// One row for each link; they add up to the journeys, layer by layer.
pub fn links_sheet(found: &Found) -> Sheet {
    let (flow, goal) = (&found.answer.flow, found.question.settings.goal);
    let row = |link: &insight::journeys::Link| {
        let (from, to) = (&flow.nodes[link.from], &flow.nodes[link.to]);
        vec![
            (from.layer + 1).to_string(),
            node_name(from, goal),
            node_name(to, goal),
            link.journeys.to_string(),
            link.conversions.to_string(),
        ]
    };
    Sheet::new("Flow", ["step", "from", "to", "journeys", "conversions"], flow.links.iter().map(row))
}
