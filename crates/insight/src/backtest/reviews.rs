//! Whether reviews would have met the promise. Each MQL waits as long as one of its owner's recorded reviews, drawn by a seed; what is
//! beyond the most that the owner ever reviewed in a week waits for the next one.

use alignment::{
    Instant,
    agreement::Agreement,
    calendar::{WorkCalendar, working_micros_between},
    instant::{MICROS_PER_DAY, MICROS_PER_HOUR},
    lifecycle::Stage,
};
use rustc_hash::FxHashMap;

use super::{Reviews, Share, chance::Dice, owners::Rep, replay::Mql, spans::Spans};
use crate::view::View;

/// With fewer recorded reviews than this, an owner is taken to be like everybody.
const OWN_REVIEWS_MIN: usize = 10;
const WEEK_MICROS: i64 = 7 * MICROS_PER_DAY;

pub(super) fn simulate(view: &View, agreement: &Agreement, spans: &Spans, mqls: &[Mql], owners: &[Option<Rep>]) -> Reviews {
    let calendar = WorkCalendar::of(&agreement.calendar);
    let paces = Paces::of(view, &calendar);
    let review_hours_max = agreement.promises.review_hours_max;
    let mut reviews = Reviews { review_hours_max, kept: Share::new(0, 0), recorded_reviews: paces.all.delays.len() as u64 };
    // Where nothing is promised, nothing is kept or broken.
    if paces.all.delays.is_empty() || review_hours_max == 0 {
        return reviews;
    }
    let promised = i64::from(review_hours_max) * MICROS_PER_HOUR;
    let week_of_work = working_micros_between(&calendar, spans.period.from, spans.period.from.plus_days(28)) / 4;
    let mut of_owner: FxHashMap<&Rep, Vec<(Instant, u32)>> = FxHashMap::default();
    for (mql, owner) in mqls.iter().zip(owners) {
        if let Some(owner) = owner {
            of_owner.entry(owner).or_default().push((mql.at, mql.person));
        }
    }
    let (mut kept, mut all) = (0, 0);
    for (rep, mut given) in of_owner {
        given.sort_unstable();
        let pace = paces.of_rep(rep);
        let (mut week, mut waiting) = (0, 0_usize);
        for (at, person) in given {
            let this_week = spans.week_of(at);
            waiting = waiting.saturating_sub((this_week - week) * pace.per_week);
            week = this_week;
            let weeks_to_wait = (waiting / pace.per_week) as i64;
            waiting += 1;
            let mut dice = Dice::of(at.0 as u64 ^ (u64::from(person) << 32));
            let delay = pace.delays[dice.below(pace.delays.len())] + weeks_to_wait * week_of_work;
            kept += u64::from(delay <= promised);
            all += 1;
        }
    }
    reviews.kept = Share::new(kept, all);
    reviews
}

/// How somebody reviews.
struct Pace {
    /// Working time from MQL to decision.
    delays: Vec<i64>,
    /// The most in any week, at least 1.
    per_week: usize,
}

struct Paces {
    all: Pace,
    by_owner: FxHashMap<i64, Pace>,
}

impl Paces {
    fn of(view: &View, calendar: &WorkCalendar) -> Paces {
        let leads = &view.history.leads;
        let mut reviews: Vec<(i64, Instant, i64)> = Vec::new();
        for (row, facts) in view.leads.iter().enumerate() {
            let decided = [facts.at(Stage::Sal), facts.at(Stage::Rejected)].into_iter().flatten().min();
            if let (Some(owner), Some(from), Some(to)) = (leads.owner.get(row), facts.at(Stage::Mql), decided)
                && from <= to
            {
                reviews.push((owner, to, working_micros_between(calendar, from, to)));
            }
        }
        reviews.sort_unstable();
        let mut by_owner: FxHashMap<i64, Pace> = FxHashMap::default();
        for of_one in reviews.chunk_by(|a, b| a.0 == b.0) {
            let delays = of_one.iter().map(|(_, _, delay)| *delay).collect();
            let weeks = of_one.chunk_by(|a, b| a.1.0.div_euclid(WEEK_MICROS) == b.1.0.div_euclid(WEEK_MICROS));
            by_owner.insert(of_one[0].0, Pace { delays, per_week: weeks.map(<[_]>::len).max().unwrap_or(1) });
        }
        let mut most: Vec<usize> = by_owner.values().map(|pace| pace.per_week).collect();
        most.sort_unstable();
        let per_week = most.get(most.len() / 2).copied().unwrap_or(1);
        let all = Pace { delays: reviews.into_iter().map(|(_, _, delay)| delay).collect(), per_week };
        by_owner.retain(|_, pace| pace.delays.len() >= OWN_REVIEWS_MIN);
        Paces { all, by_owner }
    }

    fn of_rep(&self, rep: &Rep) -> &Pace {
        match rep {
            Rep::User(id) => self.by_owner.get(id).unwrap_or(&self.all),
            Rep::Address(_) => &self.all,
        }
    }
}
