//! U-shaped, also called position-based.

use super::{Kernel, Model};

const END: f64 = 0.4;
const MIDDLE: f64 = 0.2;

pub(super) static U: Model = Model {
    key: "u",
    name: "U-shaped",
    words: "The touch that opened the journey and the one that closed it get 40% each; those between share the rest.",
    formula: "first 40%, last 40%, the n-2 between 20% in equal parts; n=2: 50/50; n=1: 100%",
    kernel: Kernel::ByPosition(weigh),
};

fn weigh(weights: &mut [f64]) {
    match weights {
        [only] => *only = 1.0,
        [first, last] => (*first, *last) = (0.5, 0.5),
        [first, between @ .., last] => {
            (*first, *last) = (END, END);
            let share = MIDDLE / between.len() as f64;
            between.fill(share);
        }
        [] => {}
    }
}
