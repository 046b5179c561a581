//! One table: what was seen, and where each point stands by it.

use super::{Standing::*, *};

fn standing(seen: &Behaviour, key: &str) -> Standing {
    let point = judge(seen).into_iter().find(|point| point.key == key).unwrap();
    assert!(!point.evidence.is_empty() && !point.next_step.words.is_empty(), "{key}");
    point.standing
}

#[test]
fn each_point_stands_where_behaviour_puts_it() {
    let nothing = Behaviour::default();
    let cases: Vec<(&str, Behaviour, Standing)> = vec![
        ("shared_definition", nothing.clone(), NotYet),
        ("shared_definition", Behaviour { is_signed: true, ..nothing.clone() }, Partly),
        ("shared_definition", Behaviour { is_signed: true, has_mql_criteria: true, ..nothing.clone() }, Done),
        ("shared_record", nothing.clone(), CantJudge),
        ("shared_record", Behaviour { moves_imported: 90, ..nothing.clone() }, NotYet),
        ("shared_record", Behaviour { moves_imported: 90, moves_here: 10, active_sales: 2, ..nothing.clone() }, Partly),
        ("shared_record", Behaviour { moves_here: 10, active_sales: 2, active_marketing: 1, ..nothing.clone() }, Done),
        ("shared_metrics", nothing.clone(), CantJudge),
        ("shared_metrics", Behaviour { is_last_month_settled: true, ..nothing.clone() }, Done),
        ("weekly_meeting", nothing.clone(), CantJudge),
        ("clear_handoff", nothing.clone(), CantJudge),
        ("clear_handoff", Behaviour { reviews_kept: 97, reviews_broken: 3, ..nothing.clone() }, Done),
        ("clear_handoff", Behaviour { reviews_kept: 97, reviews_broken: 3, queued: 1, ..nothing.clone() }, Partly),
        ("clear_handoff", Behaviour { reviews_kept: 97, sent_back: 10, sent_back_with_reason: 5, ..nothing.clone() }, NotYet),
        ("clear_handoff", Behaviour { reviews_kept: 1, reviews_broken: 1, ..nothing.clone() }, NotYet),
        ("content_used", Behaviour { content_live: 10, ..nothing.clone() }, CantJudge),
        ("content_used", Behaviour { content_live: 10, content_used: Some(0), ..nothing.clone() }, NotYet),
        ("content_used", Behaviour { content_live: 10, content_used: Some(3), ..nothing.clone() }, Partly),
        ("content_used", Behaviour { content_live: 10, content_used: Some(5), ..nothing.clone() }, Done),
        ("feedback", nothing.clone(), CantJudge),
        ("feedback", Behaviour { sent_back: 4, ..nothing.clone() }, NotYet),
        ("feedback", Behaviour { feedback_reviews: 2, ..nothing.clone() }, Partly),
        ("feedback", Behaviour { feedback_reviews: 4, ..nothing.clone() }, Done),
        ("pay", nothing.clone(), CantJudge),
        ("quarterly_review", nothing.clone(), CantJudge),
        ("quarterly_review", Behaviour { settled_months: 3, ..nothing.clone() }, Partly),
        ("planning", nothing.clone(), NotYet),
        ("planning", Behaviour { has_revenue_target: true, ..nothing.clone() }, Partly),
        ("planning", Behaviour { has_revenue_target: true, is_signed: true, ..nothing.clone() }, Done),
    ];
    for (key, seen, expected) in cases {
        assert_eq!(standing(&seen, key), expected, "{key} of {seen:?}");
    }
    let keys: std::collections::BTreeSet<_> = judge(&nothing).into_iter().map(|point| point.key).collect();
    assert_eq!(keys.len(), 10);
}
