//! What can be gone to from every page. Only what exists and what the role may open is shown.

use crate::{access::Role, web::Allow};

pub struct Item {
    pub path: &'static str,
    pub name: &'static str,
    pub here: bool,
}

pub struct Group {
    pub name: &'static str,
    pub items: Vec<Item>,
}

const GROUPS: &[(&str, &[(&str, &str)])] = &[
    ("", &[("/", "Today")]),
    (
        "Work",
        &[
            ("/handoff", "Hand-off desk"),
            ("/leads", "Leads"),
            ("/routing", "Routing"),
            ("/people", "People"),
            ("/companies", "Companies"),
            ("/deals", "Deals"),
            ("/campaigns", "Campaigns"),
            ("/content", "Content"),
        ],
    ),
    (
        "Insight",
        &[
            ("/scoreboard", "Scoreboard"),
            ("/why", "Why it moved"),
            ("/closed-loop", "Attribution"),
            ("/journeys", "Journeys"),
            ("/cohorts", "Cohorts"),
            ("/forecast", "Forecast"),
            ("/plan", "Plan"),
            ("/misalignment", "Misalignment"),
            ("/effect", "Effect of the Agreement"),
            ("/experiments", "Experiments"),
            ("/score", "Learned score"),
            ("/questions", "Saved questions"),
        ],
    ),
    ("Together", &[("/agreement", "Agreement"), ("/promises", "Promises"), ("/checklist", "Checklist")]),
    ("Data", &[("/imports", "Imports"), ("/api", "API")]),
];

pub fn groups(here: &str, role: Role, pages: &[(&'static str, Allow)]) -> Vec<Group> {
    let open = |path: &str| pages.iter().any(|(page, allow)| *page == path && allows(*allow, role));
    let group = |(name, items): &(&'static str, &[(&'static str, &'static str)])| Group {
        name,
        items: items.iter().filter(|(path, _)| open(path)).map(|(path, name)| Item { path, name, here: within(here, path) }).collect(),
    };
    GROUPS.iter().map(group).filter(|group| !group.items.is_empty()).collect()
}

fn allows(allow: Allow, role: Role) -> bool {
    match allow {
        Allow::Anyone | Allow::SignedIn => true,
        Allow::Roles(roles) => roles.contains(&role),
    }
}

/// A lead's page is within Leads.
fn within(here: &str, path: &str) -> bool {
    here == path || (path != "/" && here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}
