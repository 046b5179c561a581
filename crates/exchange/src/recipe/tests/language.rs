use super::rows_of;
use crate::recipe::{Outcome, Recipe};
