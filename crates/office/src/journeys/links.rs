//! Addresses of the page and of what stands behind it.

use insight::journeys::{Node, NodeKind};

use super::{JourneyParams, label_key, labels, pages::PATH};
use crate::{
    scoreboard::params::{Links, text},
    ui::{format, known},
};

pub fn rows_at(links: &Links, row: &str) -> String {
    links.to("/journeys/rows", &[("row", row)])
}

/// The page with only the journeys that go through a node.
pub fn through(links: &Links, own: &JourneyParams, node: &Node) -> Option<String> {
    let label = label_key(node.label.as_deref(), node.id);
    match (node.kind, node.layer) {
        (NodeKind::Step, 0) => Some(links.to(PATH, &[("begins", &label)])),
        (NodeKind::Step, _) if !label.contains(';') => {
            let known: Vec<&str> = labels(&own.through).filter(|known| *known != label).collect();
            let all = known.into_iter().chain([label.as_str()]).collect::<Vec<_>>().join(";");
            Some(links.to(PATH, &[("through", &all)]))
        }
        _ => None,
    }
}

/// Each filter in words, with the address of the page without it.
pub fn filters(links: &Links, own: &JourneyParams) -> Vec<(String, String)> {
    let shown = |label: &str| match label {
        "none" => format::NOT_RECORDED.to_owned(),
        other => known::words(other.strip_prefix("label:").unwrap_or(other)),
    };
    let one = |name: &str, words: &str, value: &Option<String>| {
        text(value).map(|label| (format!("{words} {}", shown(label)), links.to(PATH, &[(name, "")])))
    };
    let through = labels(&own.through).map(|label| {
        let rest: Vec<&str> = labels(&own.through).filter(|other| *other != label).collect();
        (format!("through {}", shown(label)), links.to(PATH, &[("through", &rest.join(";"))]))
    });
    one("begins", "begins with", &own.begins).into_iter().chain(through).chain(one("ends", "ends with", &own.ends)).collect()
}
