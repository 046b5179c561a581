//! Chat: a message for a Slack or Microsoft Teams channel, handed to its incoming webhook.

pub mod slack;
pub mod teams;
pub mod webhook;

use serde_json::Value;

use crate::message::Message;
pub use webhook::{Reach, post};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chat {
    Slack,
    Teams,
}

impl Chat {
    pub fn name(self) -> &'static str {
        ["Slack", "Microsoft Teams"][self as usize]
    }

    /// The message in the form that this chat takes.
    pub fn payload(self, message: &Message) -> Value {
        match self {
            Chat::Slack => slack::payload(message),
            Chat::Teams => teams::payload(message),
        }
    }
}
