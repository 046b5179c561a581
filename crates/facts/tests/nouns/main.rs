//! Lists, searches, timelines and single writes, on the engine that the environment names.

mod deals;
mod leads;
mod limits;
mod searches;
mod timelines;
mod world;
mod writes;
