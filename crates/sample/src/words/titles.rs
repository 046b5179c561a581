//! Job titles, by what the person can decide.

use crate::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Signs or holds the budget.
    Decides,
    /// Evaluates, champions, uses.
    Influences,
    /// Can't buy: students, interns, assistants.
    Junior,
}

pub fn job_title(dice: &mut Dice) -> (&'static str, Standing) {
    let standing = dice.pick_weighted(&[(Standing::Decides, 0.34), (Standing::Influences, 0.58), (Standing::Junior, 0.08)]);
    let titles = match standing {
        Standing::Decides => DECIDES,
        Standing::Influences => INFLUENCES,
        Standing::Junior => JUNIOR,
    };
    (dice.pick(titles), standing)
}

/// The roles that the Agreement names; a subset of the titles above.
pub const ICP_ROLES: &[&str] =
    &["CTO", "CFO", "VP Engineering", "Head of Platform", "Head of Infrastructure", "FinOps Lead", "Cloud Architect"];

const DECIDES: &[&str] = &[
    "CTO",
    "CFO",
    "CIO",
    "VP Engineering",
    "VP Finance",
    "Head of Platform",
    "Head of Infrastructure",
    "Head of IT",
    "IT Director",
    "Engineering Director",
    "Finance Director",
    "Managing Director",
    "COO",
    "Head of Procurement",
];
const INFLUENCES: &[&str] = &[
    "FinOps Lead",
    "FinOps Analyst",
    "Cloud Architect",
    "Platform Engineer",
    "Site Reliability Engineer",
    "DevOps Engineer",
    "Engineering Manager",
    "Cloud Operations Manager",
    "IT Controller",
    "Financial Controller",
    "Infrastructure Engineer",
    "Software Architect",
    "Data Platform Lead",
    "IT Procurement Manager",
    "Security Engineer",
    "Product Manager",
    "Team Lead Backend",
    "Solutions Architect",
    "IT Service Manager",
];
const JUNIOR: &[&str] = &["Intern", "Working student", "Student", "Trainee", "Office Assistant", "Junior Researcher"];
