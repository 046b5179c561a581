//! How sales answered a lead that marketing handed over.

use alignment::{
    Instant,
    calendar::{WorkCalendar, due_instant},
    lifecycle::Stage,
};

use crate::engine::Context;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    InTime,
    Late,
    /// Nobody decided or tried, or it was accepted and nobody tried, and the promised time is over.
    Never,
    /// There is still time.
    NotYet,
    /// Neither decisions nor activities are written down where it comes from.
    NotRecorded,
}

impl Answered {
    /// `None` where it can't be told, or not yet.
    pub fn is_in_time(self) -> Option<bool> {
        match self {
            Answered::InTime => Some(true),
            Answered::Late | Answered::Never => Some(false),
            Answered::NotYet | Answered::NotRecorded => None,
        }
    }
}

/// In time is: decided on, or tried, within the working time promised for the review; and if accepted, tried within the working time
/// promised for the first attempt. `None`: it is no MQL, or nobody wrote down since when.
pub fn answer_of(
    context: &Context,
    calendar: &WorkCalendar,
    review_minutes_max: i64,
    first_attempt_minutes_max: i64,
    row: usize,
) -> Option<Answered> {
    let (view, facts) = (&context.view, &context.view.leads[row]);
    let mql_at = facts.at(Stage::Mql).filter(|_| facts.is_known())?;
    let work = view.work();
    if !work.is_recorded() && !facts.records(Stage::Sal) {
        return Some(Answered::NotRecorded);
    }
    let tried_at = view.follow_up(row);
    let accepted_at = facts.from(Stage::Sal);
    let left_at = [Stage::Rejected, Stage::Recycled, Stage::Lost].into_iter().filter_map(|stage| facts.from(stage)).min();
    let answered_at = [tried_at, accepted_at, left_at].into_iter().flatten().min();
    let is_over = |due_at: Instant| due_at < view.as_of;
    let due_at = due_instant(calendar, mql_at, review_minutes_max);
    match answered_at {
        None if is_over(due_at) => return Some(Answered::Never),
        None => return Some(Answered::NotYet),
        Some(at) if at > due_at => return Some(Answered::Late),
        Some(_) => {}
    }
    // What became an SQL was spoken with, whether or not anybody logged it.
    let Some(accepted_at) = accepted_at.filter(|_| work.is_recorded() && !facts.has_reached(Stage::Sql)) else {
        return Some(in_time_unless(
            tried_at.zip(accepted_at).is_some_and(|(tried_at, at)| tried_at > due_instant(calendar, at, first_attempt_minutes_max)),
        ));
    };
    let attempt_due_at = due_instant(calendar, accepted_at, first_attempt_minutes_max);
    Some(match tried_at {
        Some(tried_at) => in_time_unless(tried_at > attempt_due_at),
        // One that left again before anybody had to try was answered.
        None if left_at.is_some_and(|at| at <= attempt_due_at) => Answered::InTime,
        None if is_over(attempt_due_at) => Answered::Never,
        None => Answered::NotYet,
    })
}

fn in_time_unless(is_late: bool) -> Answered {
    if is_late { Answered::Late } else { Answered::InTime }
}
