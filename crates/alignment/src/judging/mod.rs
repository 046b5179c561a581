//! Judging: who is a lead and an MQL, and with how many points, by the criteria and the scoring of an Agreement.
//!
//! A [`Judge`] is an Agreement made ready to judge. It [walks](Judge::walk) with one person through that person's touches in time order
//! and can be asked at each: does this make an MQL now, what is the score now? The same walk judges one person at the desk and a million
//! people of the history; [`Judge::explain`] says the same in words, rule by rule and touch by touch.

use crate::{Instant, touch::TouchKind};

mod compiled;
mod explained;
mod fields;
mod marks;
#[cfg(test)]
mod tests;
mod walk;
mod words;

pub use compiled::Judge;
pub use explained::{Condition, Explanation, ScoreLine, Seen, StageExplanation, TouchPoints};
pub use fields::{Leaves, fields_hold};
pub use walk::Walk;
pub use words::{lines, words};

/// Somebody who can be judged: the person, its company and its lead, by the keys of [`crate::fields`].
pub trait Subject {
    /// `None` where the field is not filled.
    fn text(&self, field: &str) -> Option<&str>;

    /// Of a text field, what it reads as.
    fn number(&self, field: &str) -> Option<f64> {
        self.text(field)?.trim().parse().ok()
    }
}

/// What filters look at in a touch.
#[derive(Clone, Copy, Debug)]
pub struct Traits<'a> {
    pub kind: TouchKind,
    pub channel: Option<&'a str>,
    pub source: Option<&'a str>,
    /// Name of the campaign.
    pub campaign: Option<&'a str>,
    /// Title of the content.
    pub content: Option<&'a str>,
    pub content_kind: Option<&'a str>,
}

impl Traits<'_> {
    pub fn of_kind(kind: TouchKind) -> Self {
        Traits { kind, channel: None, source: None, campaign: None, content: None, content_kind: None }
    }
}

/// The activity filters of a judge that let a touch pass: bit i is filter i. Says nothing to another judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(pub u128);

impl Marks {
    pub const ALL: Marks = Marks(u128::MAX);

    /// What passes both.
    pub fn and(self, other: Marks) -> Marks {
        Marks(self.0 & other.0)
    }

    pub fn any(self) -> bool {
        self.0 != 0
    }

    fn has(self, filter: usize) -> bool {
        filter < FILTERS_MAX && self.0 >> filter & 1 == 1
    }
}

/// Distinct activity filters that one Agreement can have.
pub const FILTERS_MAX: usize = 128;
/// Conditions that one Agreement can have.
pub const CONDITIONS_MAX: usize = 200;
/// How often a touch can be asked for.
pub const TIMES_MAX: u32 = 1000;

/// A touch as a judge sees it.
#[derive(Clone, Copy, Debug)]
pub struct Signal {
    pub at: Instant,
    pub marks: Marks,
}

/// Points at one instant; neither part is below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Score {
    pub fit: f64,
    pub engagement: f64,
}

impl Score {
    pub fn total(self) -> f64 {
        self.fit + self.engagement
    }
}

/// Texts are compared like this: without outer spaces, in lower case, letter by letter.
fn folded(text: &str) -> String {
    letters(text).collect()
}

fn letters(text: &str) -> impl Iterator<Item = char> + Clone {
    text.trim().chars().flat_map(char::to_lowercase)
}

/// Whether the text is `folded`, which is folded already.
fn is(text: &str, folded: &str) -> bool {
    letters(text).eq(folded.chars())
}

/// Whether the text has `folded` in it, which is folded already.
fn has_part(text: &str, folded: &str) -> bool {
    let mut rest = letters(text);
    loop {
        let mut here = rest.clone();
        if folded.chars().all(|letter| here.next() == Some(letter)) {
            return true;
        }
        if rest.next().is_none() {
            return false;
        }
    }
}
