//! The JSON API: what its endpoints share, the list of all of them, and their OpenAPI document.

pub mod ask;
pub mod describe;
pub mod document;
pub mod reports;
pub mod wire;
pub mod write;

pub use ask::{Asked, Body, Field, Slice};
pub use describe::Described;
pub use write::Write;

use crate::web::Endpoint;

/// Every endpoint of the API with its description.
pub fn described() -> Vec<Described> {
    [
        crate::companies::api::described(),
        crate::people::api::described(),
        crate::leads::api::described(),
        crate::handoff::api::described(),
        crate::touches::api::described(),
        crate::activities::api::described(),
        crate::clocks::api::described(),
        crate::deals::api::described(),
        crate::promises::api::described(),
        crate::checklist::api::described(),
        crate::campaigns::api::described(),
        crate::spend::api::described(),
        crate::content::api::described(),
        crate::users::api::described(),
        crate::events::api::described(),
        crate::experiments::api::described(),
        crate::questions::api::described(),
        crate::imports::api::described(),
        crate::agreement::api::described(),
        crate::plan::api::described(),
        crate::routing::api::described(),
        crate::score::api::described(),
        crate::notifications::api::described(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn endpoints() -> Vec<Endpoint> {
    described().into_iter().map(|one| one.endpoint).chain(document::endpoints()).collect()
}

#[cfg(test)]
mod tests;
