//! Leads that went through the same stages, written down alike.

use alignment::{Instant, lifecycle::Stage};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::LeadFacts;

/// What a rule says of a lead by its stages alone, it says of all of its kind.
pub struct Kinds {
    /// By row of `History::leads`: the place of its kind.
    pub of_leads: Vec<u32>,
    /// One lead of each kind. It entered each stage at the instant that is the stage's number.
    pub all: Vec<LeadFacts>,
}

const CHUNK_ROWS: usize = 1 << 16;

impl Kinds {
    pub fn of(leads: &[LeadFacts]) -> Kinds {
        let mut of_leads = vec![0; leads.len()];
        let chunks = leads.par_chunks(CHUNK_ROWS).zip(of_leads.par_chunks_mut(CHUNK_ROWS));
        let seen: Vec<Vec<LeadFacts>> = chunks.map(|(leads, of_leads)| told_apart(leads, of_leads)).collect();
        // Each chunk has numbered its kinds for itself.
        let (mut all, mut places) = (Vec::new(), FxHashMap::default());
        let mut place = |facts: &LeadFacts| {
            *places.entry(facts.kind()).or_insert_with(|| {
                all.push(numbered(facts));
                all.len() as u32 - 1
            })
        };
        let places_of: Vec<Vec<u32>> = seen.iter().map(|seen| seen.iter().map(&mut place).collect()).collect();
        let chunks = of_leads.par_chunks_mut(CHUNK_ROWS).zip(&places_of);
        chunks.for_each(|(of_leads, places)| of_leads.iter_mut().for_each(|kind| *kind = places[*kind as usize]));
        Kinds { of_leads, all }
    }
}

fn told_apart(leads: &[LeadFacts], of_leads: &mut [u32]) -> Vec<LeadFacts> {
    let (mut seen, mut places) = (Vec::new(), FxHashMap::default());
    for (facts, kind) in leads.iter().zip(of_leads) {
        *kind = *places.entry(facts.kind()).or_insert_with(|| {
            seen.push(*facts);
            seen.len() as u32 - 1
        });
    }
    seen
}

fn numbered(facts: &LeadFacts) -> LeadFacts {
    Stage::ALL.into_iter().fold(*facts, |facts, stage| facts.entering(stage, Instant(stage as i64)))
}
