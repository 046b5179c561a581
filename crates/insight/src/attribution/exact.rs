//! Sums of fractions that come out the same in whatever order, and over however many threads, they are added up.

/// A fixed-point number: whole units of 2^-60. Adding integers is exact and has no order, which adding floats is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(i128);

const UNITS_PER_ONE: f64 = (1_u64 << 60) as f64;

impl Exact {
    /// The largest amount that may be added at a time: a hundred million of them still fit.
    pub const AMOUNT_MAX: f64 = 1e12;

    /// Adds an amount of at most [`Exact::AMOUNT_MAX`], either sign.
    pub fn add(&mut self, amount: f64) {
        self.0 = self.0.saturating_add((amount * UNITS_PER_ONE) as i128);
    }

    /// Adds a weight (0..=1). The same sum as [`Exact::add`], but fits a machine word on the way.
    pub fn add_weight(&mut self, weight: f64) {
        self.0 = self.0.saturating_add(i128::from((weight * UNITS_PER_ONE) as i64));
    }

    pub fn merge(&mut self, other: Exact) {
        self.0 = self.0.saturating_add(other.0);
    }

    pub fn value(self) -> f64 {
        self.0 as f64 / UNITS_PER_ONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn holds_what_a_double_holds() {
        for amount in [0.0, 1.0, -1.0, 0.1, 1.0 / 3.0, 0.244, 1e12, -1e12] {
            let mut sum = Exact::default();
            sum.add(amount);
            assert_eq!(sum.value(), amount);
        }
    }

    proptest! {
        #[test]
        fn has_no_order(mut amounts in prop::collection::vec(-1e12..1e12_f64, 0..50), split in 0_usize..50) {
            let total = |amounts: &[f64]| amounts.iter().fold(Exact::default(), |mut sum, amount| { sum.add(*amount); sum });
            let forward = total(&amounts);
            let (left, right) = amounts.split_at(split.min(amounts.len()));
            let mut merged = total(right);
            merged.merge(total(left));
            prop_assert_eq!(merged, forward);
            amounts.reverse();
            prop_assert_eq!(total(&amounts), forward);
        }

        #[test]
        fn a_weight_is_an_amount(weight in 0.0..=1.0_f64) {
            let (mut one, mut other) = (Exact::default(), Exact::default());
            one.add(weight);
            other.add_weight(weight);
            prop_assert_eq!(one, other);
        }
    }
}
