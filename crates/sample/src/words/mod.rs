//! The words that names, titles and subjects are made of. All names are invented; any likeness is chance.

pub mod firms;
pub mod names;
pub mod subjects;
pub mod titles;

/// Lower-case ASCII for addresses and domains: `Søren Müller` becomes `soren.muller` with `.` between words.
pub fn ascii(text: &str, between: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => out.push('a'),
            'æ' => out.push_str("ae"),
            'ç' | 'č' | 'ć' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ě' => out.push('e'),
            'í' | 'î' | 'ï' => out.push('i'),
            'ñ' | 'ń' => out.push('n'),
            'ó' | 'ô' | 'õ' | 'ö' | 'ø' => out.push('o'),
            'š' | 'ş' => out.push('s'),
            'ß' => out.push_str("ss"),
            'ł' => out.push('l'),
            'ú' | 'û' | 'ü' => out.push('u'),
            'ž' => out.push('z'),
            ' ' | '-' => out.push_str(between),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::ascii;

    #[test]
    fn folds_letters_to_ascii() {
        for (text, folded) in [("Søren Müller", "soren.muller"), ("O'Brien", "obrien"), ("João Conceição", "joao.conceicao"), ("", "")]
        {
            assert_eq!(ascii(text, "."), folded);
        }
    }
}
