//! The share of a stage's leads that gets to a later one within a horizon: [`Curve`](super::Curve) at one age, and nothing kept of the way
//! there, for as many leads as there are.

use alignment::lifecycle::Stage;
use rayon::prelude::*;

use super::{
    Estimate, Outcome, Spell,
    curve::Sums,
    stays::{Fate, fate},
};
use crate::{engine::Context, question::Period, rows::Table};

const CHUNK_ROWS: usize = 1 << 15;

/// Of those that entered `from` in the period. `None`: nobody is known for as long, and some are still open.
pub fn converted_within(context: &Context, from: Stage, to: Stage, period: Period, horizon_days: u32) -> Option<Estimate> {
    let rows = context.view.leads.len();
    let chunk = |chunk: usize| {
        let rows = chunk * CHUNK_ROWS..rows.min((chunk + 1) * CHUNK_ROWS);
        let spell = |row: usize| match fate(context, row, from, to)? {
            Fate::Stays(stay) if period.contains(stay.entered_at) => Some(stay.spell()),
            _ => None,
        };
        ByDay::of(rows.filter(|row| context.keeps(Table::Leads, *row)).filter_map(spell), horizon_days)
    };
    let chunks: Vec<ByDay> = (0..rows.div_ceil(CHUNK_ROWS)).into_par_iter().map(chunk).collect();
    estimate(&chunks, horizon_days)
}

/// Stays dealt out by the day of their age: a day's are soon sorted.
struct ByDay {
    stays: u64,
    /// Those up to the horizon.
    spells: Vec<Spell>,
    /// Where each day's start, and where the last one's end.
    starts: Vec<u32>,
}

/// Stays of one age.
struct Tied {
    age_days: f64,
    converted: u64,
    left: u64,
    open: u64,
}

impl ByDay {
    fn of(spells: impl Iterator<Item = Spell>, horizon_days: u32) -> ByDay {
        let (horizon, mut stays) = (f64::from(horizon_days), 0);
        let within: Vec<Spell> = spells.inspect(|_| stays += 1).filter(|spell| spell.age_days <= horizon).collect();
        let mut starts = vec![0_u32; horizon_days as usize + 2];
        within.iter().for_each(|spell| starts[spell.age_days as usize + 1] += 1);
        (1..starts.len()).for_each(|day| starts[day] += starts[day - 1]);
        let (mut next, mut spells) = (starts.clone(), within.clone());
        for spell in within {
            let place = &mut next[spell.age_days as usize];
            spells[*place as usize] = spell;
            *place += 1;
        }
        ByDay { stays, spells, starts }
    }

    fn of_day(&self, day: usize) -> &[Spell] {
        &self.spells[self.starts[day] as usize..self.starts[day + 1] as usize]
    }
}

fn estimate(chunks: &[ByDay], horizon_days: u32) -> Option<Estimate> {
    let stays: u64 = chunks.iter().map(|chunk| chunk.stays).sum();
    let days: Vec<Vec<Tied>> = (0..=horizon_days as usize).into_par_iter().map(|day| tied(chunks, day)).collect();
    let (mut sums, mut at_risk, mut last) = (Sums::default(), stays, None);
    let mut oldest_days: f64 = 0.0;
    for tied in days.iter().flatten() {
        if tied.converted + tied.left > 0 {
            last = Some(sums.step(tied.age_days, at_risk, tied.converted, tied.left));
        }
        at_risk -= tied.converted + tied.left + tied.open;
        oldest_days = tied.age_days;
    }
    let all_ended = last.is_some_and(|step| step.at_risk == step.converted + step.left);
    let is_known = at_risk > 0 || oldest_days >= f64::from(horizon_days) || all_ended;
    (stays > 0 && is_known).then(|| {
        last.map_or(Estimate { rate: 0.0, std_error: 0.0 }, |step| Estimate {
            rate: step.converted_rate,
            std_error: step.converted_variance.sqrt(),
        })
    })
}

fn tied(chunks: &[ByDay], day: usize) -> Vec<Tied> {
    let mut spells: Vec<Spell> = chunks.iter().flat_map(|chunk| chunk.of_day(day)).copied().collect();
    spells.sort_unstable_by(|a, b| a.age_days.total_cmp(&b.age_days));
    let mut all: Vec<Tied> = Vec::new();
    for spell in spells {
        if all.last().is_none_or(|last| last.age_days != spell.age_days) {
            all.push(Tied { age_days: spell.age_days, converted: 0, left: 0, open: 0 });
        }
        let Some(last) = all.last_mut() else { continue };
        match spell.outcome {
            Outcome::Converted => last.converted += 1,
            Outcome::Left => last.left += 1,
            Outcome::Open => last.open += 1,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cohort::Curve;

    proptest! {
        /// However the stays are divided, and whether they are listed or not.
        #[test]
        fn it_is_the_curve_at_the_horizon(
            stays in prop::collection::vec((0..40_u32, 0..3_u8), 0..60), at in 0..60_usize, horizon_days in 0..12_u32,
        ) {
            let outcome = |code: u8| [Outcome::Converted, Outcome::Left, Outcome::Open][code as usize];
            let spells: Vec<Spell> = stays.iter().map(|(age, code)| Spell { age_days: f64::from(*age) / 3.0, outcome: outcome(*code) }).collect();
            let (first, second) = spells.split_at(at.min(spells.len()));
            let chunks = [first, second].map(|spells| ByDay::of(spells.iter().copied(), horizon_days));
            prop_assert_eq!(estimate(&chunks, horizon_days), Curve::of(spells).converted_by(f64::from(horizon_days)));
        }
    }
}
