//! Content that nobody uses: pieces that were out for months and that no touch and no activity names.

use alignment::Instant;

use crate::{
    engine::{Context, Label},
    history::History,
};

/// Pieces that are younger have not had their time.
const LIVE_DAYS_MIN: i64 = 90;

pub struct Unused {
    pub pieces: Vec<Label>,
    /// Pieces out long enough to be judged.
    pub live: u64,
    /// Pieces of which nobody wrote down when they came out: nothing is said of them.
    pub undated: u64,
    /// For each piece that was out long enough: the logarithm of the chance that nobody takes it, if everybody took any piece that was
    /// out as often as any other; 0 for one that was used.
    pub ln_ps: Vec<f64>,
    /// The chances themselves, used or not.
    pub ln_chances: Vec<f64>,
}

impl Unused {
    pub fn of(context: &Context) -> Unused {
        let (history, view) = (context.history, &context.view);
        let ripe = view.as_of.plus_days(-LIVE_DAYS_MIN);
        let published: Vec<Option<Instant>> = (0..history.content.len()).map(|row| history.content.at.get(row)).collect();
        let mut starts: Vec<Instant> = published.iter().flatten().copied().collect();
        starts.sort_unstable();
        let mut used = vec![false; history.content.len()];
        let mut uses: Vec<Instant> = Vec::new();
        for (at, piece) in
            uses_of(history).filter(|((at, recorded_at), _)| view.counts(*at, *recorded_at)).map(|((at, _), piece)| (at, piece))
        {
            if let Some(row) = history.content.find(piece).filter(|row| published[*row].is_some()) {
                used[row] = true;
                uses.push(at);
            }
        }
        uses.sort_unstable();
        let missed = missed_since(&starts, &uses);
        let undated = published.iter().filter(|at| at.is_none()).count() as u64;
        let mut unused = Unused { pieces: Vec::new(), live: 0, undated, ln_ps: Vec::new(), ln_chances: Vec::new() };
        if uses.is_empty() {
            return unused;
        }
        for (row, at) in published.iter().enumerate() {
            let Some(since) = at.filter(|at| *at <= ripe) else { continue };
            let ln_chance = missed[uses.partition_point(|at| *at < since)];
            unused.live += 1;
            unused.ln_chances.push(ln_chance);
            unused.ln_ps.push(if used[row] { 0.0 } else { ln_chance });
            if !used[row] {
                unused.pieces.push(Label { name: history.content.name.get(row).map(str::to_owned), id: Some(history.content.ids()[row]) });
            }
        }
        unused
    }
}

type Use = ((Instant, Instant), i64);

fn uses_of(history: &History) -> impl Iterator<Item = Use> + '_ {
    let (touches, activities) = (&history.touches, &history.activities);
    let by_people =
        (0..touches.len()).filter_map(|row| Some(((touches.at.get(row), touches.recorded_at.get(row)), touches.content.get(row)?)));
    let by_sales = (0..activities.len())
        .filter_map(|row| Some(((activities.at.get(row), activities.recorded_at.get(row)), activities.content.get(row)?)));
    by_people.chain(by_sales)
}

/// For each use, and one beyond the last: the logarithm of the chance that neither it nor any later one takes one given piece.
fn missed_since(starts: &[Instant], uses: &[Instant]) -> Vec<f64> {
    let mut missed = vec![0.0; uses.len() + 1];
    for (index, at) in uses.iter().enumerate().rev() {
        let live = starts.partition_point(|start| start <= at).max(1);
        missed[index] = missed[index + 1] + if live > 1 { (-1.0 / live as f64).ln_1p() } else { 0.0 };
    }
    missed
}
