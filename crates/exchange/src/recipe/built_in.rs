//! The recipes that come with the program.

const RECIPES: [(&str, &str); 4] = [
    ("tandem", include_str!("../../recipes/tandem.toml")),
    ("hubspot", include_str!("../../recipes/hubspot.toml")),
    ("salesforce", include_str!("../../recipes/salesforce.toml")),
    ("marketo", include_str!("../../recipes/marketo.toml")),
];

pub const NAMES: [&str; RECIPES.len()] = [RECIPES[0].0, RECIPES[1].0, RECIPES[2].0, RECIPES[3].0];

pub fn text(name: &str) -> Option<&'static str> {
    RECIPES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
