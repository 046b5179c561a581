//! Conditions on fields. They don't change while a walk goes on, so that each is looked at once for a person.

use super::{CONDITIONS_MAX, Subject, folded, has_part, is};
use crate::agreement::{Criterion, FieldTest, Test};

/// Whether a criterion on fields alone holds, as of routing rules and product lines. What asks for scores or activity never holds here.
pub fn fields_hold(criterion: &Criterion, subject: &impl Subject) -> bool {
    match criterion {
        Criterion::All(parts) => parts.iter().all(|part| fields_hold(part, subject)),
        Criterion::Any(parts) => parts.iter().any(|part| fields_hold(part, subject)),
        Criterion::None(parts) => !parts.iter().any(|part| fields_hold(part, subject)),
        Criterion::Field(test) => Leaf::of(test).holds(subject),
        Criterion::Score(_) | Criterion::Activity(_) => false,
    }
}

/// Which conditions on fields hold for a person: bit i is the judge's condition i. Says nothing to another judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaves([u64; LEAF_WORDS]);

const LEAF_WORDS: usize = CONDITIONS_MAX.div_ceil(64);

impl Leaves {
    pub fn or(self, other: Leaves) -> Leaves {
        let mut all = self;
        all.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
        all
    }

    pub(super) fn has(&self, leaf: u16) -> bool {
        self.0.get(leaf as usize / 64).is_some_and(|word| word >> (leaf % 64) & 1 == 1)
    }

    /// Leaves beyond what an Agreement may have never hold.
    pub(super) fn set(&mut self, leaf: usize) {
        if let Some(word) = self.0.get_mut(leaf / 64) {
            *word |= 1 << (leaf % 64);
        }
    }
}

/// A condition on a field, its texts folded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Leaf {
    pub field: String,
    test: Test,
}

impl Leaf {
    pub fn of(written: &FieldTest) -> Leaf {
        let all_folded = |texts: &[String]| texts.iter().map(|text| folded(text)).collect();
        let test = match &written.test {
            Test::OneOf(texts) => Test::OneOf(all_folded(texts)),
            Test::NotOneOf(texts) => Test::NotOneOf(all_folded(texts)),
            Test::Contains(text) => Test::Contains(folded(text)),
            test => test.clone(),
        };
        Leaf { field: written.field.clone(), test }
    }

    pub fn holds(&self, subject: &impl Subject) -> bool {
        match self.test {
            Test::AtLeast(_) | Test::AtMost(_) => self.holds_for(None, subject.number(&self.field)),
            Test::Known | Test::Unknown => self.holds_for(subject.text(&self.field), subject.number(&self.field)),
            _ => self.holds_for(subject.text(&self.field), None),
        }
    }

    /// The same where the values are at hand.
    pub fn holds_for(&self, text: Option<&str>, number: Option<f64>) -> bool {
        let text = text.filter(|text| !text.trim().is_empty());
        match &self.test {
            Test::OneOf(texts) => text.is_some_and(|text| texts.iter().any(|one| is(text, one))),
            Test::NotOneOf(texts) => !text.is_some_and(|text| texts.iter().any(|one| is(text, one))),
            Test::Contains(part) => text.is_some_and(|text| has_part(text, part)),
            Test::AtLeast(least) => number.is_some_and(|number| number >= *least),
            Test::AtMost(most) => number.is_some_and(|number| number <= *most),
            Test::Known => text.is_some() || number.is_some(),
            Test::Unknown => text.is_none() && number.is_none(),
        }
    }
}
