//! The recipes that come with the program.

const RECIPES: [(&str, &str); 3] = [
    ("tandem", include_str!("../../recipes/tandem.toml")),
    ("hubspot", include_str!("../../recipes/hubspot.toml")),
    ("salesforce", include_str!("../../recipes/salesforce.toml")),
];

pub const NAMES: [&str; RECIPES.len()] = [RECIPES[0].0, RECIPES[1].0, RECIPES[2].0];

pub fn text(name: &str) -> Option<&'static str> {
    RECIPES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
