//! How filters stand in an address: `source=webinar;campaign=Spring`. What would end a value or a name is written with a backslash.

use insight::question::Dimension;

/// One filter. `None` is what is not recorded.
pub fn written(dimension: &Dimension, value: Option<&str>) -> String {
    format!("{}={}", escaped(&dimension.key(), true), escaped(value.unwrap_or_default(), false))
}

/// The filters of a text, each as it stands there: several are parted by `;` or stand one a line.
pub fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut is_escaped) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        if !is_escaped && matches!(letter, ';' | '\n') {
            parts.push(&text[from..at]);
            from = at + 1;
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    parts.push(&text[from..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Name and value of one filter; `None`: there is no `=` in it.
pub fn read(part: &str) -> Option<(String, String)> {
    let (name, value) = part.split_once('=')?;
    Some((unescaped(name.trim()), unescaped(value.trim())))
}

/// The filters of a text and one more.
pub fn joined(text: &str, more: &str) -> String {
    let text = text.trim();
    // A backslash that stands alone at the end is one of a name; it must not reach over to what follows.
    let lone = if text.chars().rev().take_while(|letter| *letter == '\\').count() % 2 == 1 { "\\" } else { "" };
    if text.is_empty() { more.to_owned() } else { format!("{text}{lone};{more}") }
}

/// `=` ends a name and not a value. White space at either end would be trimmed.
fn escaped(text: &str, is_name: bool) -> String {
    let inner = text.trim();
    let from = text.len() - text.trim_start().len();
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let is_outer = at < from || at >= from + inner.len();
        match letter {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            '\n' => out.push_str("\\n"),
            letter if is_outer || letter.is_control() || is_name && letter == '=' => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    out
}

/// What is no escape stays as it is.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (letter, length) = escape(&rest[at..]);
        out.push(letter);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

/// The letter that a text beginning with a backslash stands for, and how many bytes it takes.
fn escape(text: &str) -> (char, usize) {
    let coded = || {
        let (digits, _) = text.strip_prefix("\\u{")?.split_once('}')?;
        let letter = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
        Some((letter, "\\u{}".len() + digits.len()))
    };
    match text[1..].chars().next() {
        Some(letter @ ('\\' | ';')) => (letter, 2),
        Some('n') => ('\n', 2),
        Some('u') => coded().unwrap_or(('\\', 1)),
        _ => ('\\', 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn filters_are_written_so_that_people_can_read_them() {
        for (value, expected) in [
            ("webinar", "source=webinar"),
            ("R&D; Lisbon", "source=R&D\\; Lisbon"),
            ("two\nlines", "source=two\\nlines"),
            ("a=b", "source=a=b"),
            ("C:\\temp", "source=C:\\\\temp"),
            (" spaced", "source=\\u{20}spaced"),
        ] {
            assert_eq!(written(&Dimension::Source, Some(value)), expected);
        }
        assert_eq!(written(&Dimension::Custom("a=b;c".into()), None), "custom:a\\u{3d}b\\;c=");
    }

    #[test]
    fn what_people_type_is_read() {
        let read_all = |text: &str| parts(text).into_iter().map(|part| read(part).unwrap_or_default()).collect::<Vec<_>>();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            read_all(" source = webinar ;; country=Portugal\nowner="),
            [pair("source", "webinar"), pair("country", "Portugal"), pair("owner", "")]
        );
        assert_eq!(read_all("source=a\\b;owner=\\"), [pair("source", "a\\b"), pair("owner", "\\")]);
        assert_eq!(read_all(&joined("source=a\\", "owner=x")), [pair("source", "a\\"), pair("owner", "x")]);
        assert_eq!(read("source"), None);
        assert_eq!(joined("", "owner=x"), "owner=x");
    }

    fn letters() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            proptest::collection::vec(
                prop_oneof![
                    Just(';'),
                    Just('\\'),
                    Just('\n'),
                    Just('='),
                    Just(' '),
                    Just('u'),
                    Just('{'),
                    Just('}'),
                    Just('n'),
                    any::<char>()
                ],
                0..12
            )
            .prop_map(String::from_iter)
        ]
    }

    proptest! {
        #[test]
        fn every_name_and_value_comes_back(filters in proptest::collection::vec((letters(), letters()), 1..5)) {
            let text = filters.iter().fold(String::new(), |text, (key, value)| joined(&text, &written(&Dimension::Custom(key.clone()), Some(value))));
            let read: Vec<_> = parts(&text).into_iter().filter_map(read).collect();
            let expected: Vec<_> = filters.into_iter().map(|(key, value)| (format!("custom:{key}"), value)).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn any_text_can_be_read(text in letters()) {
            for part in parts(&text) {
                let _ = read(part);
            }
        }
    }
}
