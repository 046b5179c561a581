//! The whole model of what deals will bring, fitted on what was known at an instant.

use alignment::lifecycle::DealStage;
use jiff::tz::TimeZone;

use super::{
    arrivals::{Arrivals, MonthCount},
    clocks::{Clocks, Stays},
    months::{month_starts, months_from},
    past::{Past, Path},
};

/// Fewer closed deals than this are no past to learn from.
pub const CLOSED_MIN: usize = 10;
/// Deals are told apart by size where at least this many of the larger class have been closed.
const LARGE_CLOSED_MIN: usize = 20;
/// Of deals with an amount, one in five is large.
const LARGE_SHARE: f64 = 0.2;
const CLASSES: usize = 2;

pub struct Model<'a> {
    pub past: &'a Past,
    pub lessons: Vec<&'a Path>,
    /// By size class: large deals take another time than small ones, and so fill more of what is open than of what is closed.
    stays: [Stays; CLASSES],
    large_from_minor: Option<i64>,
    /// `None`: too few months are known to say how many deals will come; only those that are open are forecast.
    pub arrivals: Option<Arrivals>,
}

/// One way in which the past could have gone: its deals drawn again, with replacement.
pub struct Fit {
    pub clocks: [Clocks; CLASSES],
    /// The stage in which deals are first seen, and their class.
    pub firsts: Vec<(DealStage, usize)>,
    /// What won deals of a class were worth; without an amount, nothing.
    pub won_minor: [Vec<i64>; CLASSES],
}

impl<'a> Model<'a> {
    /// `None`: too few deals have been closed.
    pub fn of(past: &'a Past, zone: &TimeZone) -> Option<Model<'a>> {
        if past.closed() < CLOSED_MIN {
            return None;
        }
        let lessons = past.lessons();
        let large_from_minor = large_from(&lessons);
        let all = Stays::of(&lessons, past.as_of, |_| true);
        let of_class = |class: usize| Stays::of(&lessons, past.as_of, |path| class_of(path, large_from_minor) == class);
        let stays = if large_from_minor.is_some() { [of_class(0), of_class(1)] } else { [all.clone(), all] };
        let arrivals = Arrivals::of(&monthly(past, zone));
        Some(Model { past, lessons, stays, large_from_minor, arrivals })
    }

    /// `weights`: how often each of the lessons counts.
    pub fn fit(&self, weights: &[u32]) -> Fit {
        let clocks = std::array::from_fn(|class| self.stays[class].fit(weights));
        let mut fit = Fit { clocks, firsts: Vec::new(), won_minor: Default::default() };
        for (path, weight) in self.lessons.iter().zip(weights) {
            let class = self.class(path);
            for _ in 0..*weight {
                fit.firsts.extend(path.moves.first().map(|(_, stage)| (*stage, class)));
                fit.won_minor[class].extend(path.won_at.map(|_| path.amount_minor.unwrap_or(0)));
            }
        }
        fit
    }

    pub fn class(&self, path: &Path) -> usize {
        class_of(path, self.large_from_minor)
    }
}

fn class_of(path: &Path, large_from_minor: Option<i64>) -> usize {
    usize::from(path.amount_minor.zip(large_from_minor).is_some_and(|(amount, least)| amount >= least))
}

/// `None`: too few large deals have been closed to learn from them alone.
fn large_from(lessons: &[&Path]) -> Option<i64> {
    let mut amounts: Vec<i64> = lessons.iter().filter_map(|path| path.amount_minor).collect();
    amounts.sort_unstable();
    let least = *amounts.get(((1.0 - LARGE_SHARE) * amounts.len() as f64) as usize)?;
    let closed = lessons.iter().filter(|path| !path.is_open && class_of(path, Some(least)) == 1).count();
    (closed >= LARGE_CLOSED_MIN && amounts[0] < least).then_some(least)
}

/// Deals first seen in each month; the first month is mostly cut off by the beginning of the record, and left out.
fn monthly(past: &Past, zone: &TimeZone) -> Vec<MonthCount> {
    let (paths, as_of) = (&past.paths, past.as_of);
    let Some(first) = past.begins() else { return Vec::new() };
    let starts = month_starts(first, as_of, zone);
    let mut counts = vec![0; starts.len()];
    for path in paths {
        let month = starts.partition_point(|start| *start <= path.first_at());
        counts[month.saturating_sub(1)] += 1;
    }
    let share = |place: usize| match starts.get(place + 1) {
        Some(_) => 1.0,
        None => {
            let next = months_from(starts[place], 1, zone)[1];
            (as_of.0 - starts[place].0) as f64 / (next.0 - starts[place].0).max(1) as f64
        }
    };
    let month = |(place, deals): (usize, &u64)| MonthCount {
        calendar_month: usize::from(starts[place].in_zone(zone).month().unsigned_abs()) - 1,
        deals: *deals,
        share: share(place),
    };
    counts.iter().enumerate().map(month).skip(1).collect()
}
