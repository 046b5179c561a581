//! Full path.

use super::{Kernel, Model};

pub(super) static FULL_PATH: Model = Model {
    key: "full_path",
    name: "Full path",
    words: "As W-shaped, with the touch that closed the deal as the fourth mark: 22.5% each; the others share the rest.",
    formula: "22.5% each: first touch, the touches at or before lead creation, opportunity and signature; 10% the rest; marks on one \
              touch add up, missing marks spread over the others",
    kernel: Kernel::ByMarks(4),
};
