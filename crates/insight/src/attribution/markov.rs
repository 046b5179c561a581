//! Markov chain.

use super::{Kernel, Model};

pub(super) static MARKOV: Model = Model {
    key: "markov",
    name: "Markov",
    words: "How much less would be won if a channel were gone, as journeys flow from channel to channel, won or not.",
    formula: "removal effect = 1 - P(conversion without the channel) / P(conversion), by exact solution of the absorbing chain of \
              start, channels, conversion and null; divided by the sum over the channels",
    kernel: Kernel::ByRemoval,
};
