//! Linear.

use super::{Kernel, Model};

pub(super) static LINEAR: Model = Model {
    key: "linear",
    name: "Linear",
    words: "Every touch of the journey gets the same share.",
    formula: "each of n touches 1/n",
    kernel: Kernel::ByPosition(|weights| weights.fill(1.0 / weights.len() as f64)),
};
