//! Cursors: where a page ended, written so that nobody is tempted to make one up.

use crate::{FactsError, Result, bulk::Value, list::Key, schema::ColumnKind};

pub(crate) fn write(order: &str, position: &[Value]) -> String {
    let mut parts = vec![serde_json::Value::from(order)];
    parts.extend(position.iter().map(|value| match value {
        Value::Int(int) => serde_json::Value::from(*int),
        Value::Text(text) => serde_json::Value::from(text.as_str()),
        Value::Null => serde_json::Value::Null,
    }));
    to_base64(serde_json::Value::from(parts).to_string().as_bytes())
}

pub(crate) fn read(text: &str, order: &str, keys: &[Key]) -> Result<Vec<Value>> {
    let refused =
        || FactsError::Refused("cursor: it is not one of this list in this order; leave it out to start from the first page".into());
    let bytes = from_base64(text).ok_or_else(refused)?;
    let parts: Vec<serde_json::Value> = serde_json::from_slice(&bytes).map_err(|_| refused())?;
    let [found_order, position @ ..] = parts.as_slice() else { return Err(refused()) };
    if found_order.as_str() != Some(order) || position.len() != keys.len() {
        return Err(refused());
    }
    let value_of = |(part, key): (&serde_json::Value, &Key)| match key.kind {
        ColumnKind::Int => part.as_i64().map(Value::Int),
        ColumnKind::Text => part.as_str().map(|text| Value::Text(text.to_owned())),
    };
    position.iter().zip(keys).map(value_of).collect::<Option<Vec<_>>>().ok_or_else(refused)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 for URLs, without padding (RFC 4648, section 5).
fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * index) & 63) as usize]));
        }
    }
    text
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.as_bytes().chunks(4) {
        let mut word = 0_u32;
        for character in chunk {
            word = word << 6 | ALPHABET.iter().position(|known| known == character)? as u32;
        }
        word <<= 6 * (4 - chunk.len());
        bytes.extend(&word.to_be_bytes()[1..chunk.len()]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{int_key, text_key};

    #[test]
    fn positions_read_back() {
        let keys = [text_key("name"), int_key("id")];
        for name in ["", "a", "Ana", "Łódź?&=#", "\u{10FFFF}\0\"'"] {
            let position = [Value::Text(name.to_owned()), Value::Int(i64::MIN + name.len() as i64)];
            let text = write("+name", &position);
            assert!(text.bytes().all(|byte| ALPHABET.contains(&byte)), "{text}");
            assert_eq!(read(&text, "+name", &keys).unwrap(), position);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let keys = [int_key("id")];
        let good = write("-id", &[Value::Int(7)]);
        for (text, order) in [("", "-id"), ("é", "-id"), ("AAAA", "-id"), (good.as_str(), "+id"), (&good[..good.len() - 2], "-id")] {
            assert!(matches!(read(text, order, &keys), Err(FactsError::Refused(_))), "{text}");
        }
        assert!(read(&write("-id", &[Value::Text("7".into())]), "-id", &keys).is_err());
        assert!(read(&good, "-id", &keys).is_ok());
    }
}
