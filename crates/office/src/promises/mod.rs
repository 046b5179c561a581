//! Promises: what each team owes the other, and the ledger of how it was kept.
