//! Notifications: what a person is told, where, and when.

pub mod api;
pub mod channels;
mod channels_page;
mod deliveries_page;
mod kinds;
pub mod outbox;
mod pages;
pub mod person;
mod person_page;
mod telling;
mod words;

#[cfg(test)]
mod tests;

use facts::{WriteTx, changes::Author};

use crate::web::Endpoint;

pub use kinds::{Medium, NoticeKind};
pub use outbox::{Delivered, deliver};
pub use pages::unread;

/// What happened, for the people who should know.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub kind: NoticeKind,
    /// Names what happened, such as `clock 17 breached`: nobody is told the same twice.
    pub once: String,
    /// Users.
    pub to: Vec<i64>,
    /// One line.
    pub title: String,
    pub body: String,
    /// The page to open, such as `/handoff/17`.
    pub url: Option<String>,
}

/// Tells people, in the transaction in which it happened.
pub async fn tell(tx: &mut WriteTx, author: &Author, notice: Notice) -> anyhow::Result<()> {
    telling::tell(tx, author, vec![notice]).await
}

/// The same for many at once, in few statements.
pub async fn tell_all(tx: &mut WriteTx, author: &Author, notices: Vec<Notice>) -> anyhow::Result<()> {
    telling::tell(tx, author, notices).await
}

pub fn endpoints() -> Vec<Endpoint> {
    [pages::endpoints(), person_page::endpoints(), channels_page::endpoints(), deliveries_page::endpoints()].into_iter().flatten().collect()
}
