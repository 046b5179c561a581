//! How lists and histories of records are shown: what the pages of all nouns share.

pub mod csv;
pub mod show;
pub mod timeline;
pub mod view;

pub use view::{Cell, Column, Empty, Filter, ListPage, ListView, Place, Row};

use crate::web::Endpoint;

/// The pages of all nouns.
pub fn endpoints() -> Vec<Endpoint> {
    [
        crate::leads::pages::endpoints(),
        crate::people::pages::endpoints(),
        crate::people::merge_page::endpoints(),
        crate::companies::pages::endpoints(),
        crate::deals::pages::endpoints(),
        crate::campaigns::pages::endpoints(),
        crate::content::pages::endpoints(),
        crate::search::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a record's page is asked for.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordQuery {
    /// Cursor in the history.
    pub before: Option<String>,
}
