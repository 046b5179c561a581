//! Shapley value.
//!
//! The worth of a set of channels is what the journeys bring that need no other channel: v(S) = the sum over journeys whose channels
//! are all in S. That is a sum of unanimity games, one for each journey, and the Shapley value of such a game is 1/n to each of its n
//! channels (Shapley 1953; for journeys: Zhao, Mahboobi and Bagheri 2018). The Shapley value adds up over games, so the value over
//! all journeys is the sum of these: exact for any number of channels, without looking at the 2^n coalitions.

use super::{Kernel, Model};

pub(super) static SHAPLEY: Model = Model {
    key: "shapley",
    name: "Shapley",
    words: "Each channel's fair part of what the channels win together: the mean of what it adds over all orders in which they could join.",
    formula: "Shapley value of v(S) = what journeys bring whose channels are all in S; 1/n to each of the n channels of a journey",
    kernel: Kernel::BySet,
};
