//! The diagnosis over the sample company: it finds the stories hidden there and nothing where there is none, and what it shows adds up.

mod alarms;
mod company;
mod reconciles;
mod stories;
