//! "Sales does not sell."

use alignment::rate::Rate;

use super::{
    Point, Quarrel, Remedy, Speaks, above,
    case::{Case, where_it_is},
    points::{FEW_ATTEMPTS, NO_SQL, NO_WIN, PointOfLeads},
    verdict,
};
use crate::{answer::Team, experiment::proportions::difference, question::Period};

/// A fall of less than this many points is no reason for a quarrel.
const FALL_MIN: f64 = 0.05;

pub fn quarrel(case: &Case) -> Quarrel {
    let mut points = vec![against_before(case, &NO_WIN), against_before(case, &NO_SQL)];
    points[0].decides = true;
    let attempts = case.rate(&FEW_ATTEMPTS);
    points.push(above(FEW_ATTEMPTS.key, FEW_ATTEMPTS.words, attempts, FEW_ATTEMPTS.limit));
    let segments = case.segments(&NO_SQL, None);
    Quarrel {
        key: "sales_does_not_sell",
        name: "Sales does not sell",
        said_by: Team::Marketing,
        verdict: verdict(&points, &segments),
        thresholds: "Supported where fewer SQLs become customers than in as long a time before, beyond chance; partly where fewer accepted leads \
                     become SQLs than before, most get fewer attempts than promised, or a region or owner stands below the others beyond \
                     chance; not supported where a fall of 5 points in the win rate can be ruled out.",
        causes: where_it_is(&segments, "of accepted leads did not become SQLs in 30 days"),
        remedies: vec![
            Remedy {
                words: "Look first at how fast these leads are followed up: late is lost before anybody sells.",
                address: "/scoreboard/follow_up_hours",
            },
            Remedy { words: "Go through the deals that stand still.", address: "/scoreboard/stuck_deals" },
            Remedy { words: "See which content goes with winning, and who uses it.", address: "/content" },
        ],
        points,
        segments,
        segments_of: NO_SQL.key,
    }
}

/// A share of failing in the period against the same length of time before it.
fn against_before(case: &Case, point: &'static PointOfLeads) -> Point {
    let now = case.rate(point);
    let before = before(case, point);
    let found = before.filter(|before| before.of > 0).and_then(|before| difference(before, now));
    let speaks = match found.filter(|_| now.of >= super::POINT_MIN && before.is_some_and(|before| before.of >= super::POINT_MIN)) {
        None => Speaks::Unknown,
        Some(found) if found.interval.0 > 0.0 => Speaks::For,
        Some(found) if found.interval.1 < FALL_MIN => Speaks::Against,
        Some(_) => Speaks::Open,
    };
    Point { speaks, before, difference: found, limit: 0.0, ..above(point.key, point.words, now, 0.0) }
}

/// `None`: the period is open at its start, or the record does not reach back so far.
fn before(case: &Case, point: &PointOfLeads) -> Option<Rate> {
    let Period { from, to } = case.context.question.period;
    if from == alignment::Instant::MIN || to == alignment::Instant::MAX {
        return None;
    }
    let earlier = Period { from: alignment::Instant(from.0 - (to.0 - from.0)), to: from };
    let leads = 0..case.context.history.leads.len();
    let mut rate = Rate::default();
    for row in leads {
        let facts = &case.context.view.leads[row];
        let Some(at) = facts.from(point.since).filter(|at| earlier.contains(*at)) else { continue };
        if let Some(hit) = (point.observe)(case, row, at).filter(|_| case.context.keeps(crate::rows::Table::Leads, row)) {
            rate = Rate::new(rate.hits + u64::from(hit), rate.of + 1);
        }
    }
    Some(rate)
}
