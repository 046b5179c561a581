//! What goes out to people, before any medium has given it its form.

use alignment::Instant;

/// What happened, one thing or several, for one reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What all of it is; one line.
    pub heading: String,
    pub items: Vec<Item>,
    /// Things that are not among `items`, because a message has room for so many.
    pub more: usize,
    /// The page that lists all.
    pub all_url: Option<String>,
    /// The page where the reader says what they want to be told.
    pub settings_url: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// One line.
    pub title: String,
    pub body: String,
    /// The page to open, with the host.
    pub url: Option<String>,
}

/// Why a message did not go out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SendError {
    /// May well go later, not before `not_before` where the other side said so. Where an answer never came, it may have arrived all the same.
    #[error("{words}")]
    Later { words: String, not_before: Option<Instant> },
    /// Never will, as it is.
    #[error("{words}")]
    Never { words: String },
}

impl SendError {
    pub fn later(words: impl Into<String>) -> SendError {
        SendError::Later { words: words.into(), not_before: None }
    }

    pub fn never(words: impl Into<String>) -> SendError {
        SendError::Never { words: words.into() }
    }
}

/// The first `characters_max` characters, with an ellipsis in place of the rest.
pub(crate) fn shortened(text: &str, characters_max: usize) -> String {
    if text.chars().count() <= characters_max {
        return text.to_owned();
    }
    text.chars().take(characters_max.saturating_sub(1)).chain(['…']).collect()
}

/// As one line: a title with line breaks could otherwise break out of its place.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
