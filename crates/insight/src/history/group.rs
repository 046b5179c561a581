//! Groups: whose journey a touch, an activity or a deal belongs to.

use super::{column::NONE, held::Held, tables::People};

/// A company, or a person without one, or nobody. Companies come last, so that sorting by group keeps each one's rows together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub i64);

impl Group {
    pub const NOBODY: Group = Group(0);

    pub fn company(self) -> Option<i64> {
        (self.0 > 0).then_some(self.0)
    }

    /// The person who is a group of their own, having no company.
    pub fn person(self) -> Option<i64> {
        (self.0 < 0).then_some(-self.0)
    }
}

/// Finds groups. A row that names no company belongs to the company of its person, as it is now.
pub struct Groups<'a> {
    pub people: &'a Held<People>,
}

impl Groups<'_> {
    /// `company` and `person` as columns have them: [`NONE`] where not recorded.
    pub fn of(&self, company: i64, person: i64) -> Group {
        if company != NONE {
            return Group(company);
        }
        if person == NONE {
            return Group::NOBODY;
        }
        match self.people.find(person).map(|row| self.people.company.values()[row]) {
            Some(company) if company != NONE => Group(company),
            _ => Group(-person),
        }
    }
}
