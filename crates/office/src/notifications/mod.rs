//! Notifications: what a person is told, where, and when.

use facts::{WriteTx, changes::Author};

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// A lead was routed to me.
    LeadAssigned,
    /// A clock of mine runs out soon.
    ClockWarning,
    ClockBreached,
    /// A breach that I am to look after.
    Escalation,
    /// A lead waits in a queue of mine.
    Queue,
    /// Sales asked about a lead.
    Question,
    Answer,
    Appeal,
    AppealDecided,
    /// A lead that I handed over was accepted, rejected or sent back.
    LeadDecided,
    /// A recycled lead is due to be looked at again.
    RecycleDue,
    /// A draft of the Agreement waits for my signature, or was signed.
    Agreement,
    /// A month of the ledger waits to be closed, or a promise is at risk.
    Promise,
}

/// Tells people, in the transaction in which it happened.
pub async fn tell(_tx: &mut WriteTx, _author: &Author, _notice: Notice) -> anyhow::Result<()> {
    Ok(())
}
