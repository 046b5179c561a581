//! The hand-off desk: what sales does with the leads that marketing hands over.
