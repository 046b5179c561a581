//! Touches: every interaction of a person or company with us. They are never overwritten and never merged away.

use serde::{Deserialize, Serialize};

use crate::lifecycle::Side;

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $key:literal, $words:literal, $side:ident;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum $name { $($variant = $code),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The name in files, the API and the database.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key),* }
            }

            /// What a person reads in a timeline.
            pub fn words(self) -> &'static str {
                match self { $($name::$variant => $words),* }
            }

            /// The team whose work this is, unless the record says otherwise.
            pub fn side(self) -> Side {
                match self { $($name::$variant => Side::$side),* }
            }

            pub fn parse(key: &str) -> Option<$name> {
                match key { $($key => Some($name::$variant),)* _ => None }
            }

            pub fn from_code(code: u8) -> Option<$name> {
                match code { $($code => Some($name::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    /// What kind of interaction a touch was.
    TouchKind {
        PageView = 0, "page_view", "Viewed a page", Marketing;
        Form = 1, "form", "Submitted a form", Marketing;
        Download = 2, "download", "Downloaded", Marketing;
        AdClick = 3, "ad_click", "Clicked an ad", Marketing;
        EmailOpen = 4, "email_open", "Opened an e-mail", Marketing;
        EmailClick = 5, "email_click", "Clicked in an e-mail", Marketing;
        Webinar = 6, "webinar", "Attended a webinar", Marketing;
        Event = 7, "event", "Met at an event", Marketing;
        Social = 8, "social", "Engaged on social media", Marketing;
        Chat = 9, "chat", "Chatted on the site", Marketing;
        Product = 10, "product", "Used the product", Marketing;
        Referral = 11, "referral", "Was referred", Marketing;
        Outreach = 12, "outreach", "Was contacted by sales", Sales;
        Reply = 13, "reply", "Replied to sales", Sales;
        Meeting = 14, "meeting", "Met with sales", Sales;
        Impression = 15, "impression", "Saw an ad", Marketing;
        Other = 16, "other", "Other interaction", Marketing;
        EmailBounce = 17, "email_bounce", "An e-mail bounced", Marketing;
        Unsubscribe = 18, "unsubscribe", "Unsubscribed", Marketing;
    }
}

kinds! {
    /// What sales (or another team) did with a person or a deal.
    ActivityKind {
        Call = 0, "call", "Call", Sales;
        Email = 1, "email", "E-mail", Sales;
        Meeting = 2, "meeting", "Meeting", Sales;
        Note = 3, "note", "Note", Sales;
        Task = 4, "task", "Task", Sales;
        Ticket = 5, "ticket", "Support ticket", Success;
    }
}

impl ActivityKind {
    /// A contact attempt is one that reaches out to the person: a call, an e-mail or a meeting.
    pub fn is_attempt(self) -> bool {
        matches!(self, ActivityKind::Call | ActivityKind::Email | ActivityKind::Meeting)
    }
}

/// Tags that one touch can have.
pub const TAGS_MAX: usize = 16;
/// Different keys of tags in one record: each is a column of the history.
pub const TAG_KEYS_MAX: usize = 64;
pub const TAG_KEY_CHARS_MAX: usize = 64;
pub const TAG_CHARS_MAX: usize = 200;

/// A touch's own fields, such as `utm_term`: says what is too many, too long or not a key.
pub fn check_tags(tags: &[(String, String)]) -> Result<(), String> {
    if tags.len() > TAGS_MAX {
        return Err(format!("tags: {} are more than the {TAGS_MAX} that a touch can have; leave some out", tags.len()));
    }
    for (key, value) in tags {
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
        if !is_key || key.chars().count() > TAG_KEY_CHARS_MAX {
            return Err(format!("tags: `{key}` is no key; write up to {TAG_KEY_CHARS_MAX} letters, digits, `_`, `-` or `.`"));
        }
        let length = value.chars().count();
        if length > TAG_CHARS_MAX {
            return Err(format!("tags: `{key}` has {length} characters, more than {TAG_CHARS_MAX}; shorten it"));
        }
        if value.contains('\0') {
            return Err(format!("tags: `{key}` holds a zero byte, which no text has; leave it out"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_codes_read_back() {
        for kind in TouchKind::ALL {
            assert_eq!(TouchKind::parse(kind.key()), Some(*kind));
            assert_eq!(TouchKind::from_code(*kind as u8), Some(*kind));
        }
        for kind in ActivityKind::ALL {
            assert_eq!(ActivityKind::parse(kind.key()), Some(*kind));
            assert_eq!(ActivityKind::from_code(*kind as u8), Some(*kind));
        }
        assert_eq!(TouchKind::parse("fax"), None);
    }

    #[test]
    fn tags_have_limits() {
        let tags = |count: usize, key: &str, value: &str| (0..count).map(|at| (format!("{key}{at}"), value.to_owned())).collect::<Vec<_>>();
        let long = "x".repeat(TAG_CHARS_MAX + 1);
        for (tags, said) in [
            (tags(0, "", ""), None),
            (tags(TAGS_MAX, "utm_", "a"), None),
            (tags(TAGS_MAX + 1, "utm_", "a"), Some("more than the 16")),
            (tags(1, "utm term", "a"), Some("is no key")),
            (tags(1, &"k".repeat(TAG_KEY_CHARS_MAX), "a"), Some("is no key")),
            (tags(1, "utm_", &long), Some("201 characters")),
            (tags(1, "utm_", "a\0"), Some("zero byte")),
        ] {
            let checked = check_tags(&tags);
            assert_eq!(checked.is_ok(), said.is_none(), "{tags:?}");
            assert!(checked.err().is_none_or(|words| words.contains(said.unwrap_or_default())));
        }
    }
}
