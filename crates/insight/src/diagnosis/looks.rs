//! Looking at each segment of each number, and how likely chance alone is to show as much.

use rayon::prelude::*;

use super::{
    material::{Cell, Material, Seen, Shape},
    periods::days_so_far,
    shuffle::Shuffle,
    significance::{one_share, two_groups, two_moves, two_shares},
    split::{Cuts, Sent, Split},
};
use crate::{engine::Label, question::Period};

/// Two periods, as of the instant to which the question looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    pub before: Period,
    pub now: Period,
    /// When the earlier period was as old as the later one is.
    pub before_as_of: alignment::Instant,
    pub as_of: alignment::Instant,
}

impl Comparison {
    /// The later period's part of the time of both.
    fn share_of_time(&self) -> f64 {
        let (before, now) = (days_so_far(self.before, self.before_as_of), days_so_far(self.now, self.as_of));
        if before + now > 0.0 { now / (before + now) } else { 0.0 }
    }
}

/// What is asked of a number's rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum About {
    /// Is it otherwise than it was?
    Moved(Comparison),
    /// Is a segment otherwise than all others are, within the period?
    StandsOut(Period),
}

/// What of it moved or stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The whole number.
    Total,
    /// The segment's own value: its rate, its average.
    Own,
    /// How much of the whole the segment is.
    Share,
}

/// The rows of one number with the question that is asked of them.
pub struct Subject {
    pub material: Material,
    pub about: About,
    /// Which of the survey's cuts hold for the rows of the earlier and of the later period.
    pub lens: [usize; 2],
    pub splits: Vec<Split>,
    /// Whether the whole number is looked at too.
    pub with_total: bool,
}

/// Everything that is looked at together.
pub struct Survey {
    pub cuts: Vec<Cuts>,
    pub sent: Option<(Sent, Vec<Label>)>,
    pub subjects: Vec<Subject>,
}

/// One segment of one number, with the logarithm of the p-value.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub subject: usize,
    /// `None`: the whole number.
    pub segment: Option<Segment>,
    pub what: What,
    pub ln_p: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which of the subject's splits.
    pub split: usize,
    /// Which of its labels.
    pub place: u32,
}

/// Fewer rows than this, in a segment or besides it, are not tested: they could hardly show anything, and each look makes the others
/// harder to believe. It hangs on how many rows there are and not on what they say, so that it favours no finding.
const ROWS_MIN: u64 = 8;

impl Survey {
    /// Everything looked at, in a fixed order; with `shuffle`, as if the rows had been dealt out anew.
    pub fn looks(&self, shuffle: Option<&Shuffle>) -> Vec<Look> {
        let pairs: Vec<(usize, Option<usize>)> = (0..self.subjects.len())
            .flat_map(|subject| {
                let splits = (0..self.subjects[subject].splits.len()).map(Some);
                splits.chain(self.subjects[subject].with_total.then_some(None)).map(move |split| (subject, split))
            })
            .collect();
        let looks = pairs.into_par_iter().map(|(subject, split)| match split {
            Some(split) => self.looks_at_segments(subject, split, shuffle),
            None => self.look_at_total(subject, shuffle).into_iter().collect(),
        });
        looks.collect::<Vec<_>>().concat()
    }

    fn look_at_total(&self, index: usize, shuffle: Option<&Shuffle>) -> Option<Look> {
        let subject = &self.subjects[index];
        let About::Moved(comparison) = subject.about else { return None };
        let whole = subject.whole(shuffle);
        let [before, now] = whole;
        let ln_p = match subject.material.shape {
            Shape::Cost => return None,
            Shape::Count => one_share(now.hits, before.hits + now.hits, comparison.share_of_time()),
            _ => subject.between(before, now),
        };
        let enough = whole.iter().map(|cell| cell.rows).sum::<u64>() >= ROWS_MIN;
        enough.then_some(Look { subject: index, segment: None, what: What::Total, ln_p })
    }

    fn looks_at_segments(&self, index: usize, split: usize, shuffle: Option<&Shuffle>) -> Vec<Look> {
        let subject = &self.subjects[index];
        let cells = self.cells(subject, &subject.splits[split], shuffle);
        let whole = subject.whole(shuffle);
        let test = |(place, cells): (usize, &[Cell; 2])| {
            let (what, ln_p) = subject.test(&subject.splits[split], *cells, whole)?;
            Some(Look { subject: index, segment: Some(Segment { split, place: place as u32 }), what, ln_p })
        };
        cells.iter().enumerate().filter_map(test).collect()
    }

    /// What each segment's rows add up to, before and now.
    pub fn cells(&self, subject: &Subject, split: &Split, shuffle: Option<&Shuffle>) -> Vec<[Cell; 2]> {
        let labels = self.labels(subject, split).len();
        let mut cells = vec![[Cell::default(); 2]; labels];
        let shape = subject.material.shape;
        for seen in &subject.material.seen {
            let period = usize::from(subject.is_now(seen, shuffle));
            self.for_each_place(subject, split, seen, shuffle, |place| cells[place as usize][period].add(shape, seen));
        }
        cells
    }

    pub fn labels(&self, subject: &Subject, split: &Split) -> &[Label] {
        match split {
            Split::SentContent => self.sent.as_ref().map_or(&[], |(_, labels)| labels),
            split => self.cuts[subject.lens[1]].labels(split),
        }
    }

    pub(super) fn for_each_place(
        &self,
        subject: &Subject,
        split: &Split,
        seen: &Seen,
        shuffle: Option<&Shuffle>,
        mut take: impl FnMut(u32),
    ) {
        let table = subject.material.table;
        let row = shuffle.map_or(seen.row, |shuffle| shuffle.row(table, seen.row)) as usize;
        match split {
            Split::SentContent => {
                self.sent.iter().flat_map(|(sent, _)| sent.pieces_of(row)).for_each(|place| take(*place));
            }
            Split::Reason if seen.hits == 0 => {}
            split => {
                if let Some(places) = self.cuts[subject.lens[usize::from(seen.is_now)]].places(split, table) {
                    take(places[row]);
                }
            }
        }
    }

    /// Which rows are the segment's, in the order of the subject's rows.
    pub fn members(&self, subject: &Subject, segment: Segment) -> Vec<bool> {
        let split = &subject.splits[segment.split];
        let is_in = |seen: &Seen| {
            let mut found = false;
            self.for_each_place(subject, split, seen, None, |place| found |= place == segment.place);
            found
        };
        subject.material.seen.iter().map(is_in).collect()
    }

    /// The p-value of a segment's rows once other rows are left out: what they show that those don't.
    pub fn without(&self, subject: &Subject, segment: Segment, members: &[bool], left_out: &[bool]) -> f64 {
        let mut cells = [Cell::default(); 2];
        let mut whole = [Cell::default(); 2];
        let shape = subject.material.shape;
        for ((seen, is_member), is_left_out) in subject.material.seen.iter().zip(members).zip(left_out) {
            if *is_left_out {
                continue;
            }
            let period = usize::from(seen.is_now);
            whole[period].add(shape, seen);
            if *is_member {
                cells[period].add(shape, seen);
            }
        }
        subject.test(&subject.splits[segment.split], cells, whole).map_or(0.0, |(_, ln_p)| ln_p)
    }
}

impl Subject {
    fn is_now(&self, seen: &Seen, shuffle: Option<&Shuffle>) -> bool {
        match (self.about, shuffle) {
            (About::Moved(comparison), Some(shuffle)) => shuffle.is_now(self.material.table, seen.row, comparison.share_of_time()),
            _ => seen.is_now,
        }
    }

    pub fn whole(&self, shuffle: Option<&Shuffle>) -> [Cell; 2] {
        let mut whole = [Cell::default(); 2];
        for seen in &self.material.seen {
            whole[usize::from(self.is_now(seen, shuffle))].add(self.material.shape, seen);
        }
        whole
    }

    /// Whether the rows of two cells differ.
    fn between(&self, one: Cell, other: Cell) -> f64 {
        if self.material.is_binary { two_shares(one.hits, one.rows, other.hits, other.rows) } else { two_groups(one.scores, other.scores) }
    }

    /// What is asked of one segment. `None`: too few rows, or nothing to ask.
    fn test(&self, split: &Split, cells: [Cell; 2], whole: [Cell; 2]) -> Option<(What, f64)> {
        let others = [cells[0].out_of(whole[0]), cells[1].out_of(whole[1])];
        let enough = |rows: u64| rows >= ROWS_MIN;
        match (self.about, self.material.shape) {
            (_, Shape::Cost) => None,
            (About::StandsOut(_), _) => {
                let tested = enough(cells[1].rows) && enough(others[1].rows) && *split != Split::Reason;
                // It stands out from all others, and from those of the same age: the weaker of both has to hold.
                let of_age = || two_groups(cells[1].scores, others[1].scores);
                tested.then(|| (What::Own, self.between(cells[1], others[1]).max(of_age())))
            }
            (About::Moved(_), _) if *split == Split::Reason => {
                let tested = enough(cells[0].rows + cells[1].rows) && whole.iter().all(|cell| enough(cell.rows));
                tested.then(|| (What::Own, two_shares(cells[1].hits, whole[1].rows, cells[0].hits, whole[0].rows)))
            }
            (About::Moved(_), Shape::Count) => {
                let [mine, theirs] = [cells[0].hits + cells[1].hits, others[0].hits + others[1].hits];
                let tested = enough(mine) && enough(theirs);
                tested.then(|| (What::Share, two_shares(cells[1].hits, mine, others[1].hits, theirs)))
            }
            (About::Moved(_), _) => {
                let tested = cells.iter().chain(&others).all(|cell| enough(cell.rows));
                // It moved, and otherwise than the others: the weaker of both has to hold.
                tested.then(|| {
                    let moved = self.between(cells[0], cells[1]);
                    let otherwise = two_moves(cells.map(|cell| cell.scores), others.map(|cell| cell.scores));
                    (What::Own, moved.max(otherwise))
                })
            }
        }
    }
}
