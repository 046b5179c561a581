//! Judging: signals make leads, and leads MQLs, by the Agreement in force when they happened.
