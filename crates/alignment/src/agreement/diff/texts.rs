//! Two texts word by word: what was taken out, what was put in, what stayed.

use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum Piece {
    Kept(String),
    Removed(String),
    Added(String),
}

/// Words of a text, at most, that are compared one by one; longer texts are shown whole, before and after.
const WORDS_MAX: usize = 600;

/// By the longest common run of words. Neighbouring words of one kind are one piece; spaces between words are single.
pub fn compare(before: &str, after: &str) -> Vec<Piece> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split_whitespace().collect(), after.split_whitespace().collect());
    if old.len() > WORDS_MAX || new.len() > WORDS_MAX {
        return vec![Piece::Removed(old.join(" ")), Piece::Added(new.join(" "))];
    }
    let common = common_lengths(&old, &new);
    let (mut pieces, mut i, mut j) = (Vec::new(), 0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            push(&mut pieces, Piece::Kept(old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j >= new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            push(&mut pieces, Piece::Removed(old[i].to_owned()));
            i += 1;
        } else {
            push(&mut pieces, Piece::Added(new[j].to_owned()));
            j += 1;
        }
    }
    pieces
}

/// At `[i][j]`: how many words the rests from `i` and `j` have in common, in order.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u16>> {
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    common
}

fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    let more = match (pieces.last_mut(), &piece) {
        (Some(Piece::Kept(text)), Piece::Kept(word))
        | (Some(Piece::Removed(text)), Piece::Removed(word))
        | (Some(Piece::Added(text)), Piece::Added(word)) => {
            text.push(' ');
            text.push_str(word);
            true
        }
        _ => false,
    };
    if !more {
        pieces.push(piece);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Kept(text) => text.clone(),
            Piece::Removed(text) => format!("-[{text}]"),
            Piece::Added(text) => format!("+[{text}]"),
        };
        pieces.iter().map(piece).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_that_differ() {
        for (before, after, expected) in [
            ("", "", ""),
            ("a b c", "a b c", "a b c"),
            ("Sales reviewed it", "Sales reviewed and accepted it", "Sales reviewed +[and accepted] it"),
            ("fits the old profile", "fits the profile", "fits the -[old] profile"),
            ("one", "two", "-[one] +[two]"),
            ("", "new words", "+[new words]"),
        ] {
            assert_eq!(shown(&compare(before, after)), expected);
        }
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_off(before in "[ab c]{0,30}", after in "[ab c]{0,30}") {
            let pieces = compare(&before, &after);
            let side = |of_old: bool| -> String {
                let keep = |piece: &Piece| match piece {
                    Piece::Kept(text) => Some(text.clone()),
                    Piece::Removed(text) => of_old.then(|| text.clone()),
                    Piece::Added(text) => (!of_old).then(|| text.clone()),
                };
                pieces.iter().filter_map(keep).collect::<Vec<_>>().join(" ")
            };
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(side(true), words(&before));
            prop_assert_eq!(side(false), words(&after));
        }
    }
}
