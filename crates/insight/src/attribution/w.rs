//! W-shaped.

use super::{Kernel, Model};

pub(super) static W: Model = Model {
    key: "w",
    name: "W-shaped",
    words: "The first touch, the one that made the lead and the one that made the opportunity get 30% each; the others share the rest.",
    formula: "30% first touch, 30% the touch at or before lead creation, 30% at or before the opportunity, 10% the rest; marks on one \
              touch add up, missing marks spread over the others",
    kernel: Kernel::ByMarks(3),
};
