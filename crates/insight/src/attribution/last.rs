//! Last touch.

use super::{Kernel, Model};

pub(super) static LAST: Model = Model {
    key: "last",
    name: "Last touch",
    words: "Everything goes to the last touch before the signature: what closes?",
    formula: "last touch 100%",
    kernel: Kernel::One(|touches| touches - 1),
};
