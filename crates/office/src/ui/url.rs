//! Addresses of pages with their questions in them.

/// As the value of a query parameter.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => out.push(byte as char),
            _ => {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    out
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// `path?a=1&b=2`, without the parameters that have no value.
pub fn with<'a>(path: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = path.to_owned();
    for (name, value) in parameters.into_iter().filter(|(_, value)| !value.is_empty()) {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.push_str(&encode(value));
    }
    address
}

/// `address` with one parameter more, which may be empty: some say "not recorded" so.
pub fn and(address: &str, name: &str, value: &str) -> String {
    format!("{address}{}{name}={}", if address.contains('?') { '&' } else { '?' }, encode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_survive() {
        assert_eq!(with("/leads", [("source", "a & b"), ("q", ""), ("by", "custom:x")]), "/leads?source=a%20%26%20b&by=custom:x");
        assert_eq!(encode("é/?"), "%C3%A9%2F%3F");
        assert_eq!((and("/x", "segment", "").as_str(), and("/x?a=1", "b", "&").as_str()), ("/x?segment=", "/x?a=1&b=%26"));
    }
}
