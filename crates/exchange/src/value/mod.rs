//! Reading values: what a cell says, as a type of `alignment`, or the reason why it can't be taken.
//!
//! A reason is words for the person who sees the rejected row: it quotes the value and says what to write.

mod contact;
mod date;
mod money;

pub use contact::{domain, email};
pub use date::{DateFormats, WRONG_DATE_FORMAT};
pub use money::{AMOUNT_MINOR_MAX, Decimal, amount, integer};

/// Why a value or row can't be taken, in words.
pub type Reason = String;

/// Names, titles, words: what is listed, compared and indexed.
pub const SHORT_CHARACTERS_MAX: usize = 500;
/// Ids that other systems give.
pub const KEY_CHARACTERS_MAX: usize = 200;

/// The value in a reason: quoted, and cut where it is long.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("`{}…`", &text[..cut]),
        None => format!("`{text}`"),
    }
}

/// Refuses text of more than `max` characters.
pub fn within(text: &str, max: usize) -> Result<(), Reason> {
    if text.len() <= max {
        return Ok(());
    }
    let characters = text.chars().count();
    if characters <= max { Ok(()) } else { Err(format!("{} has {characters} characters, the limit is {max}", quoted(text))) }
}

/// `true`, `yes`, `1`, ...: what flags look like in exports.
pub fn flag(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(&["true", "yes", "y", "t", "1", "x"]) {
        return Some(true);
    }
    is(&["false", "no", "n", "f", "0"]).then_some(false)
}
