mod guarded;
mod reference;
mod versions;
mod world;
