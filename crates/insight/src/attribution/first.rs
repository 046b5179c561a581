//! First touch.

use super::{Kernel, Model};

pub(super) static FIRST: Model = Model {
    key: "first",
    name: "First touch",
    words: "Everything goes to the touch that opened the journey: what brings people in?",
    formula: "first touch 100%",
    kernel: Kernel::One(|_touches| 0),
};
