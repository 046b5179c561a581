//! The ways that companies (or people) take: which journeys are common, which of them convert, and where they part.
//!
//! The journeys are those of attribution: the touches that led to each deal that reached the goal, and those of whoever has not got
//! there. A journey is its *steps*, the labels of its touches (channel, source, campaign, content or a tag of theirs), in order.
//! Deals without a touch have no journey and are counted apart.
//!
//! Two passes over the journeys: one that counts how often each occurs, by a hash of its labels, and one that measures those that are
//! shown. Both add integers only, so the answer is the same on any number of threads; time grows with the touches, memory with the
//! number of different journeys (some 50 bytes each) and of conversions (8 bytes each).

mod answer;
mod behind;
mod cell;
mod common;
mod flow;
mod spread;
mod walk;

#[cfg(test)]
mod tests;

pub use answer::{Figures, JourneyRow, JourneysAnswer, Step};
pub use behind::{Behind, BehindRow, RowOf, behind};
pub use flow::{Flow, Link, Node, NodeKind};
pub use spread::{Lasting, Length};

use crate::{
    attribution::{axis::Axis, signed::Signed},
    history::History,
    question::{Dimension, Question},
};
use cell::Cell;
use common::{Common, Seconds};
use walk::Walk;

/// Journeys that are named one by one, at most; the others are added up.
pub const ROWS_MAX: usize = 1_000;
/// Layers of steps in the flow, at least and at most.
pub const LAYERS: std::ops::RangeInclusive<usize> = 2..=6;
/// Steps of a journey that are told; of longer ones it is said how many more there are.
pub const STEPS_TOLD_MAX: usize = 30;
/// Labels of a layer that stand alone in the flow; the others are one node.
pub const NODES_PER_LAYER_MAX: usize = 6;

/// What is asked beside the question. `question.by` is what steps are: channel unless set, else see [`can_be_steps`].
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Consecutive touches with the same label are one step.
    pub merged: bool,
    /// Each of these labels occurs.
    pub through: Vec<Wanted>,
    pub begins: Option<Wanted>,
    pub ends: Option<Wanted>,
    pub order: Order,
    /// Journeys told one by one: up to [`ROWS_MAX`].
    pub rows: usize,
    /// One of [`LAYERS`].
    pub layers: usize,
}

impl Default for Ask {
    fn default() -> Ask {
        Ask { merged: true, through: Vec::new(), begins: None, ends: None, order: Order::Journeys, rows: 20, layers: 4 }
    }
}

/// What the rows stand by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Journeys,
    Conversions,
}

/// A label that a filter asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    Name(String),
    /// A campaign or content.
    Id(i64),
    NotRecorded,
}

impl Wanted {
    /// `name`, `id:<number>`, or nothing for what is not recorded.
    pub fn parse(text: &str) -> Wanted {
        match (text, text.strip_prefix("id:").and_then(|id| id.parse().ok())) {
            ("", _) => Wanted::NotRecorded,
            (_, Some(id)) => Wanted::Id(id),
            (name, None) => Wanted::Name(name.to_owned()),
        }
    }

    fn is(&self, name: Option<&str>, id: Option<i64>) -> bool {
        match self {
            Wanted::Name(wanted) => name == Some(wanted.as_str()),
            Wanted::Id(wanted) => id == Some(*wanted),
            Wanted::NotRecorded => name.is_none() && id.is_none(),
        }
    }
}

/// Whether each touch has a label of its own by this dimension.
pub fn can_be_steps(by: &Dimension) -> bool {
    matches!(by, Dimension::Channel | Dimension::Source | Dimension::Campaign | Dimension::Content | Dimension::Tag(_))
}

pub fn journeys(history: &History, question: &Question, ask: &Ask) -> JourneysAnswer {
    let signed = Signed::of(history, question);
    let axis = Axis::of(&signed);
    let walk = Walk::of(&signed, &axis, ask);
    let common = walk.fold(|| Common::new(&walk), Common::observe, Common::merge);
    let top = common.top(ask);
    let plan = flow::Plan::of(&common, &axis, ask.layers);
    let seconds = walk.fold(|| Seconds::new(&walk, &plan, &top), Seconds::observe, Seconds::merge);
    answer::of(&signed, &axis, ask, &common, &plan, seconds)
}
