//! Each of the ten points, from the figures to a standing, its evidence and the next step.

use super::{Behaviour, Evidence, Link, Point, Standing};

/// A share of reviews in time, or of reasons given, from which the hand-off counts as clear; and from which it partly does.
const CLEAR_SHARE: f64 = 0.95;
const PARTLY_CLEAR_SHARE: f64 = 0.8;
/// A share of live pieces used in deals from which content counts as used.
const USED_SHARE: f64 = 0.5;
/// A share of stage changes made here from which the record counts as shared.
const HERE_SHARE: f64 = 0.8;
const REVIEWS_IN_FOUR_WEEKS: u64 = 4;

pub fn judge(seen: &Behaviour) -> Vec<Point> {
    vec![
        shared_definition(seen),
        shared_record(seen),
        shared_metrics(seen),
        weekly_meeting(),
        clear_handoff(seen),
        content_used(seen),
        feedback(seen),
        pay(),
        quarterly_review(seen),
        planning(seen),
    ]
}

fn point(
    key: &'static str,
    name: &'static str,
    standing: Standing,
    evidence: Vec<Evidence>,
    next_step: (&'static str, &'static str),
) -> Point {
    Point { key, name, standing, evidence, next_step: Link { words: next_step.0, page: next_step.1 } }
}

fn shown(words: String, page: &'static str) -> Evidence {
    Evidence { words, page: Some(page) }
}

fn said(words: &str) -> Evidence {
    Evidence { words: words.into(), page: None }
}

fn shared_definition(seen: &Behaviour) -> Point {
    let standing = match (seen.is_signed, seen.has_mql_criteria) {
        (true, true) => Standing::Done,
        (false, false) => Standing::NotYet,
        _ => Standing::Partly,
    };
    let signed = if seen.is_signed { "signed by both heads" } else { "not signed by both heads" };
    let criteria = if seen.has_mql_criteria {
        "It says by criteria when a lead becomes an MQL."
    } else {
        "It has no criteria for MQLs: each source of leads decides by itself."
    };
    let evidence = vec![
        shown(format!("Agreement v{}, in force {}, {signed}.", seen.agreement_version, seen.agreement_since), "/agreement"),
        said(criteria),
    ];
    let next = match (seen.is_signed, seen.has_mql_criteria) {
        (_, false) => "Write down in the Agreement when a lead is an MQL, and try it on the past.",
        (false, true) => "Have both heads sign the Agreement.",
        _ => "Read it again together when the numbers move.",
    };
    point("shared_definition", "A shared definition of a qualified lead", standing, evidence, (next, "/agreement"))
}

fn shared_record(seen: &Behaviour) -> Point {
    let moves = seen.moves_here + seen.moves_imported;
    let both = seen.active_marketing > 0 && seen.active_sales > 0;
    let here = share(seen.moves_here, moves);
    let standing = match here {
        None if !both => Standing::CantJudge,
        Some(here) if both && here >= HERE_SHARE => Standing::Done,
        _ if both || seen.moves_here > 0 => Standing::Partly,
        _ => Standing::NotYet,
    };
    let moved = match here {
        Some(here) => {
            format!("{} of {moves} stage changes of the last 30 days were made here; the others came with imports.", percent(here))
        }
        None => "No lead changed its stage in the last 30 days.".into(),
    };
    let people =
        format!("{} in marketing and {} in sales changed something here in the last 30 days.", seen.active_marketing, seen.active_sales);
    let next = if both { "Move leads here rather than in the other system." } else { "Invite both teams, and work on leads here." };
    point("shared_record", "One shared CRM", standing, vec![shown(moved, "/leads?sort=-stage_at"), said(&people)], (next, "/leads"))
}

fn shared_metrics(seen: &Behaviour) -> Point {
    let standing = if seen.is_last_month_settled { Standing::Done } else { Standing::CantJudge };
    let settled = if seen.is_last_month_settled {
        "Both sides have closed last month's ledger over the same figures."
    } else {
        "Both sides have not closed last month's ledger over the same figures."
    };
    let evidence = vec![shown(settled.into(), "/promises"), said("Who looks at the scoreboard is not recorded.")];
    point("shared_metrics", "Shared metrics", standing, evidence, ("Close each month's ledger together.", "/promises"))
}

fn weekly_meeting() -> Point {
    let evidence = vec![said("Meetings are not recorded here yet.")];
    let next = ("Look at the ledger and what moved together once a week.", "/promises");
    point("weekly_meeting", "A weekly meeting", Standing::CantJudge, evidence, next)
}

fn clear_handoff(seen: &Behaviour) -> Point {
    let due = seen.reviews_kept + seen.reviews_broken;
    let (in_time, reasons) = (share(seen.reviews_kept, due), share(seen.sent_back_with_reason, seen.sent_back));
    let worst = in_time.into_iter().chain(reasons).fold(1.0_f64, f64::min);
    let standing = match in_time {
        None => Standing::CantJudge,
        Some(_) if worst >= CLEAR_SHARE && seen.queued == 0 => Standing::Done,
        Some(_) if worst >= PARTLY_CLEAR_SHARE => Standing::Partly,
        Some(_) => Standing::NotYet,
    };
    let reviews = match in_time {
        Some(in_time) => {
            format!("{} of {due} reviews due in the last 30 days were in time; {} were late.", percent(in_time), seen.reviews_broken)
        }
        None => "No review was due in the last 30 days.".into(),
    };
    let mut evidence = vec![shown(reviews, "/promises")];
    if let Some(reasons) = reasons {
        evidence.push(shown(
            format!("{} of {} rejections and recycles have a reason of the Agreement.", percent(reasons), seen.sent_back),
            "/leads?stage=rejected,recycled",
        ));
    }
    if seen.queued > 0 {
        evidence.push(said(&format!("{} leads wait in a queue without an owner.", seen.queued)));
    }
    let next = match standing {
        Standing::CantJudge => "Let the Agreement judge leads, so that reviews have a clock.",
        Standing::Done => "Keep it so.",
        _ => "Look at the late reviews, and at who had them.",
    };
    point("clear_handoff", "A clear hand-off", standing, evidence, (next, "/promises"))
}

fn content_used(seen: &Behaviour) -> Point {
    let used = seen.content_used.filter(|_| seen.content_live > 0);
    let standing = match used.and_then(|used| share(used, seen.content_live)) {
        None => Standing::CantJudge,
        Some(used) if used >= USED_SHARE => Standing::Done,
        Some(used) if used > 0.0 => Standing::Partly,
        Some(_) => Standing::NotYet,
    };
    let words = match used {
        Some(used) => format!("{used} of {} pieces were used in a deal in the last 90 days.", seen.content_live),
        None if seen.content_live == 0 => "There is no content in the record.".into(),
        None => "Nobody writes down which content a deal was shown.".into(),
    };
    let next = match standing {
        Standing::CantJudge => "Name the piece when you log what you sent or showed.",
        _ => "Ask sales about the pieces that no deal has seen.",
    };
    point("content_used", "Content that sales uses", standing, vec![shown(words, "/scoreboard/content_use_rate")], (next, "/content"))
}

fn feedback(seen: &Behaviour) -> Point {
    let standing = match seen.feedback_reviews {
        0 if seen.sent_back == 0 => Standing::CantJudge,
        0 => Standing::NotYet,
        count if count < REVIEWS_IN_FOUR_WEEKS => Standing::Partly,
        _ => Standing::Done,
    };
    let evidence = vec![
        shown(
            match seen.feedback_reviews {
                0 => "Marketing has not looked through sales' feedback in the last four weeks.".to_owned(),
                count => format!("Marketing looked through sales' feedback {} in the last four weeks.", times(count)),
            },
            "/promises/feedback",
        ),
        shown(format!("Sales rejected or sent back {} leads in the last 30 days.", seen.sent_back), "/leads?stage=rejected,recycled"),
    ];
    point(
        "feedback",
        "Feedback from sales",
        standing,
        evidence,
        ("Look through what sales said of the leads, every week.", "/promises/feedback"),
    )
}

fn pay() -> Point {
    let evidence = vec![said("Pay plans are not recorded here yet.")];
    let next = ("Agree on one number that both teams are paid by.", "/agreement");
    point("pay", "Pay that pulls the same way", Standing::CantJudge, evidence, next)
}

fn quarterly_review(seen: &Behaviour) -> Point {
    // Closing months is not the leaders' review, only a part of it.
    let standing = if seen.settled_months > 0 { Standing::Partly } else { Standing::CantJudge };
    let evidence = vec![
        shown(format!("Both sides settled {} of the last three months.", seen.settled_months), "/promises"),
        said("Reviews by the leaders are not recorded here yet."),
    ];
    point(
        "quarterly_review",
        "A quarterly review",
        standing,
        evidence,
        ("Settle all three months, and go through them together.", "/promises"),
    )
}

fn planning(seen: &Behaviour) -> Point {
    let (standing, words, next) = match (seen.has_revenue_target, seen.is_signed) {
        (true, true) => {
            (Standing::Done, "The Agreement has a revenue target for today that both heads signed.", "Check it against the forecast.")
        }
        (true, false) => {
            (Standing::Partly, "The Agreement has a revenue target for today; both heads have not signed it.", "Have both heads sign it.")
        }
        (false, _) => (Standing::NotYet, "The Agreement has no revenue target for today.", "Agree on one revenue target for both teams."),
    };
    point("planning", "Planning together", standing, vec![shown(words.into(), "/agreement")], (next, "/agreement"))
}

fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

fn percent(rate: f64) -> String {
    let text = format!("{:.1}", rate * 100.0);
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

fn times(count: u64) -> String {
    match count {
        0 => "never".into(),
        1 => "once".into(),
        2 => "twice".into(),
        count => format!("{count} times"),
    }
}
