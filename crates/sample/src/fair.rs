//! Chance that evens out within a group, so that small groups have the rate they are meant to have and no story tells itself
//! by luck.

use rustc_hash::FxHashMap;

use crate::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Matter {
    Acceptance { is_ideal: bool },
    Qualification { is_slow: bool },
    Win,
    Amount,
    Length,
}

#[derive(Default)]
pub struct Fair {
    /// By matter and group: what was expected so far, less what came.
    debts: FxHashMap<(Matter, usize), f64>,
}

/// How strongly a debt pulls the next throw.
const PULL: f64 = 0.4;

impl Fair {
    /// As [`Dice::chance`], leaning towards the rate that the group still lacks.
    pub fn chance(&mut self, dice: &mut Dice, matter: Matter, group: usize, probability: f64) -> bool {
        let debt = self.debts.entry((matter, group)).or_default();
        let hit = dice.chance(probability + PULL * *debt);
        *debt += probability - f64::from(u8::from(hit));
        hit
    }

    /// As [`Dice::around`], above and below the median by turns.
    pub fn around(&mut self, dice: &mut Dice, matter: Matter, group: usize, median: f64, spread: f64) -> f64 {
        let side = self.debts.entry((matter, group)).or_insert(1.0);
        *side = -*side;
        let factor = dice.around(1.0, spread);
        median * factor.max(1.0 / factor).powf(*side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_groups_come_close_to_their_rate() {
        let (mut fair, mut dice) = (Fair::default(), Dice::new(5, "test"));
        for (group, probability) in [0.05, 0.3, 0.58, 0.9].into_iter().enumerate() {
            let hits = (0..60).filter(|_| fair.chance(&mut dice, Matter::Win, group, probability)).count() as f64;
            assert!((hits - 60.0 * probability).abs() <= 3.5, "{probability} {hits}");
        }
    }
}
