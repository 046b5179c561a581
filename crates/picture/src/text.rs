//! Text without a font at hand: how wide it will be, and what is left of it where room is short.

/// Sizes of text in units of the picture; the style sheet says the same.
pub const SIZE: f64 = 12.0;
pub const LINE: f64 = 16.0;

/// A little more than the width in Inter or a system font, so that what fits here fits on the page.
pub fn width(text: &str) -> f64 {
    text.chars().map(|char| char_share(char) * SIZE).sum()
}

fn char_share(char: char) -> f64 {
    match char {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | 'I' => 0.31,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' => 0.40,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '—' => 0.93,
        '0'..='9' => 0.64,
        'A'..='Z' => 0.72,
        // Letters of East Asia, emoji and the like fill a square.
        char if char as u32 >= 0x1100 => 1.05,
        char if char.is_uppercase() => 0.74,
        _ => 0.6,
    }
}

/// `text`, or its beginning with an ellipsis where `room` is short; empty where not even a letter fits.
pub fn fitted(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut left = room - width("…");
    let mut out = String::new();
    for char in text.chars() {
        left -= char_share(char) * SIZE;
        if left < 0.0 {
            break;
        }
        out.push(char);
    }
    let out = out.trim_end();
    if out.is_empty() { String::new() } else { format!("{out}…") }
}

/// As text or attribute of an XML file; what XML can't hold is left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

/// A coordinate: one digit after the point, and no minus before zero.
pub fn n(number: f64) -> String {
    let number = if number.is_finite() { (number.clamp(-1e6, 1e6) * 10.0).round() / 10.0 } else { 0.0 };
    let text = format!("{:.1}", if number == 0.0 { 0.0 } else { number });
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_says_so_and_fits() {
        let name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk";
        for (room, shown) in [(1000.0, name), (60.0, "Donaud…"), (8.0, ""), (0.0, "")] {
            assert_eq!(fitted(name, room), shown);
            assert!(width(&fitted(name, room)) <= room);
        }
    }

    #[test]
    fn nothing_of_xml_gets_through() {
        assert_eq!(escape("<a href='x'>\"&\u{0}\u{b}\n"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp; ");
        assert_eq!([n(-0.04), n(1.25), n(f64::MAX), n(3.0)], ["0", "1.3", "1000000", "3"]);
    }
}
