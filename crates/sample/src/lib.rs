//! A sample company to look at: 18 months of two teams' work, made up from a seed.
//!
//! The same seed, end and scale give the same records, byte for byte. Nothing here reads a clock. The records come out in the
//! types in which everything from outside comes in, noun by noun, so that each names only what came before it.
//!
//! What is true in the sample, and not to be seen at a glance, is in [`stories`] and in `docs/sample-company.md`.

mod activities;
mod agreement;
mod campaigns;
mod channels;
mod companies;
mod content;
mod deals;
mod dice;
mod fair;
mod intake;
mod leads;
mod people;
pub mod stories;
mod team;
mod timeline;
mod touches;
mod words;
mod world;

pub use agreement::SignedVersion;
use alignment::{
    Instant,
    agreement::Agreement,
    intake::{IntakeRow, Noun},
};

/// The name that stands on every page, so that nobody takes the figures for real ones.
pub const NAME: &str = "Lumen Cloud (sample)";
/// The seed of the company that the demo and the documentation show.
pub const SEED: u64 = 7;
/// The system whose ids the records carry.
pub const SYSTEM: &str = "sample";

pub struct SampleCompany {
    pub name: &'static str,
    /// Version 1 of its Agreement, in force from before the start.
    pub agreement: Agreement,
    /// Version 2, which both teams signed some months before the end.
    pub second: SignedVersion,
    /// When its history begins, with the month 17 months before the one in which it ends.
    pub starts_at: Instant,
    pub ends_at: Instant,
    world: world::World,
}

/// The company as it stands at `ends_at`. A `scale` of 1 has 6,000 companies, 20,000 people and 250,000 touches; 0.02 has a
/// fiftieth, for tests. The teams, campaigns and content are the same at every scale.
pub fn generate(seed: u64, ends_at: Instant, scale: f64) -> SampleCompany {
    let world = world::World::build(seed, ends_at, scale);
    let agreement = agreement::first(&world.timeline, scale);
    SampleCompany {
        name: NAME,
        second: agreement::second(&world.timeline, &world.users, &agreement, scale),
        agreement,
        starts_at: world.timeline.starts_at,
        ends_at: world.timeline.ends_at,
        world,
    }
}

impl SampleCompany {
    /// Rows in batches of at most [`BATCH_ROWS`], made as they are asked for; a row names only what is in it or in a batch before.
    pub fn batches(&self) -> impl Iterator<Item = (Noun, Vec<IntakeRow>)> + '_ {
        self.batches_of(&Noun::ALL)
    }

    /// The same of some nouns, which stand in the order of [`Noun::ALL`].
    pub fn batches_of<'a>(&'a self, nouns: &'a [Noun]) -> impl Iterator<Item = (Noun, Vec<IntakeRow>)> + 'a {
        nouns.iter().flat_map(move |noun| {
            let noun = *noun;
            let count = self.count(noun);
            (0..count).step_by(BATCH_ROWS).map(move |from| {
                let rows = from..(from + BATCH_ROWS).min(count);
                (noun, rows.map(|index| self.world.row(noun, index)).collect())
            })
        })
    }

    /// How many records of a noun there are.
    pub fn count(&self, noun: Noun) -> usize {
        self.world.count(noun)
    }
}

pub const BATCH_ROWS: usize = 10_000;
