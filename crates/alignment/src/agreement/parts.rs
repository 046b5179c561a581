//! Which team's part of the Agreement a clause is, and who may edit it in a draft.

use serde::Serialize;

use super::{Difference, Rights};
use crate::lifecycle::{Side, Stage};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Marketing,
    Sales,
    /// Either team may propose a change: it takes both signatures anyway.
    Both,
}

impl Part {
    pub fn key(self) -> &'static str {
        ["marketing", "sales", "both"][self as usize]
    }

    pub fn words(self) -> &'static str {
        ["marketing’s part", "sales’ part", "both teams’ part"][self as usize]
    }
}

/// The part that a clause belongs to, by its path: `scoring.fit.industry`, `stages.mql.criteria`.
pub fn part_of(clause: &str) -> Part {
    let mut names = clause.split(['.', '[']);
    match names.next().unwrap_or_default() {
        "scoring" | "product_lines" | "data" | "attribution" | "maturity" => Part::Marketing,
        "routing" | "escalation" | "calendar" | "calendars" | "reasons" => Part::Sales,
        "stages" => match names.next().map(Stage::parse) {
            Some(Some(stage)) if stage <= Stage::Mql => Part::Marketing,
            Some(Some(_)) => Part::Sales,
            _ => Part::Both,
        },
        _ => Part::Both,
    }
}

/// Whether a side may edit a part. `rights` are those of the Agreement in force: a draft can't widen its own.
pub fn may_edit(side: Side, part: Part, rights: &Rights) -> bool {
    match (side, part) {
        (Side::Marketing, Part::Sales) => rights.marketing_edits_sales_part,
        (Side::Sales, Part::Marketing) => rights.sales_edits_marketing_part,
        (Side::Success, Part::Marketing | Part::Sales) => false,
        _ => true,
    }
}

/// The first difference that this side may not make.
pub fn forbidden<'a>(side: Side, differences: &'a [Difference], rights: &Rights) -> Option<&'a Difference> {
    differences.iter().find(|difference| !may_edit(side, difference.part, rights))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_has_its_part() {
        for (clause, part) in [
            ("scoring.fit.industry", Part::Marketing),
            ("stages.lead.name", Part::Marketing),
            ("stages.mql.criteria", Part::Marketing),
            ("stages.sal.definition", Part::Sales),
            ("stages.rejected.name", Part::Sales),
            ("stages", Part::Both),
            ("routing.pools.north", Part::Sales),
            ("calendar.holidays", Part::Sales),
            ("promises.review_hours_max", Part::Both),
            ("ideal_customer.industries", Part::Both),
            ("", Part::Both),
        ] {
            assert_eq!(part_of(clause), part, "{clause}");
        }
    }

    #[test]
    fn rights_of_the_agreement_in_force_decide() {
        let (shut, open) = (Rights::default(), Rights { sales_edits_marketing_part: true, ..Rights::default() });
        for (side, part, rights, may) in [
            (Side::Marketing, Part::Marketing, &shut, true),
            (Side::Marketing, Part::Sales, &shut, false),
            (Side::Sales, Part::Marketing, &shut, false),
            (Side::Sales, Part::Marketing, &open, true),
            (Side::Marketing, Part::Sales, &open, false),
            (Side::Sales, Part::Both, &shut, true),
            (Side::Success, Part::Sales, &open, false),
        ] {
            assert_eq!(may_edit(side, part, rights), may, "{side:?} {part:?}");
        }
    }
}
