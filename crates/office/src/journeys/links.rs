//! Addresses of the page and of what stands behind it.

use insight::journeys::{Node, NodeKind};

use super::{JourneyParams, label_key};
use crate::{
    question::QuestionParams,
    scoreboard::params::{address, text},
};

pub struct Links<'a> {
    pub params: &'a QuestionParams,
    pub own: &'a JourneyParams,
}

impl<'a> Links<'a> {
    pub fn own_pairs(&self) -> [(&'static str, Option<&'a str>); 7] {
        let own = self.own;
        [
            ("steps", text(&own.steps)),
            ("through", text(&own.through)),
            ("begins", text(&own.begins)),
            ("ends", text(&own.ends)),
            ("order", text(&own.order)),
            ("rows", text(&own.rows)),
            ("layers", text(&own.layers)),
        ]
    }

    pub fn to(&self, path: &str, more: &[(&str, &str)]) -> String {
        let own = self.own_pairs().into_iter().filter_map(|(name, value)| Some((name, value?)));
        let kept = own.filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        let all: Vec<(&str, &str)> = kept.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
        address(path, self.params, &all)
    }

    pub fn rows(&self, row: &str) -> String {
        self.to("/journeys/rows", &[("row", row)])
    }

    /// The page with only the journeys that go through a node.
    pub fn through(&self, node: &Node) -> Option<String> {
        let label = label_key(node.label.as_deref(), node.id);
        match (node.kind, node.layer) {
            (NodeKind::Step, 0) => Some(self.to(super::pages::PATH, &[("begins", &label)])),
            (NodeKind::Step, _) if !label.contains(';') => {
                let known: Vec<&str> = super::labels(&self.own.through).filter(|known| *known != label).collect();
                let all = known.into_iter().chain([label.as_str()]).collect::<Vec<_>>().join(";");
                Some(self.to(super::pages::PATH, &[("through", &all)]))
            }
            _ => None,
        }
    }

    /// Each filter in words, with the address of the page without it.
    pub fn filters(&self) -> Vec<(String, String)> {
        let own = self.own;
        let shown = |label: &str| match label {
            "none" => crate::ui::format::NOT_RECORDED.to_owned(),
            other => crate::ui::format::spaced(other.strip_prefix("label:").unwrap_or(other)),
        };
        let one = |name: &str, words: &str, value: &Option<String>| {
            text(value).map(|label| (format!("{words} {}", shown(label)), self.to(super::pages::PATH, &[(name, "")])))
        };
        let through = super::labels(&own.through).map(|label| {
            let rest: Vec<&str> = super::labels(&own.through).filter(|other| *other != label).collect();
            (format!("through {}", shown(label)), self.to(super::pages::PATH, &[("through", &rest.join(";"))]))
        });
        one("begins", "begins with", &own.begins).into_iter().chain(through).chain(one("ends", "ends with", &own.ends)).collect()
    }
}
