//! The ledger on the record: each promise by a table, waivers, credits and settlement, on SQLite and on PostgreSQL.

mod settling;
mod world;

use alignment::{Instant, promise::Status};
use facts::{ledger::acts, list::Turn};
use world::{World, day, month, start};

use super::{rows, waivers::NewWaiver};
use crate::Role;

/// Four MQLs in March: one accepted and worked, one rejected as outside the profile, one rejected without a reason of the Agreement, one
/// that nobody reviewed.
async fn march() -> (World, [i64; 4]) {
    let world = start().await;
    let first = world.lead("2026-03-02", true, &[("sal", "2026-03-03", "")]).await;
    let second = world.lead("2026-03-03", false, &[("rejected", "2026-03-04", "wrong_industry")]).await;
    let third = world.lead("2026-03-04", true, &[("rejected", "2026-03-05T18:00:00Z", "who knows")]).await;
    let fourth = world.lead("2026-03-05", true, &[]).await;
    world.activity(first, "2026-03-04").await;
    world.clock(first, "review", "2026-03-03", Some(("kept", "2026-03-03"))).await;
    world.clock(second, "review", "2026-03-04T12:00:00Z", Some(("kept", "2026-03-04"))).await;
    world.clock(third, "review", "2026-03-05", Some(("breached", "2026-03-05T18:00:00Z"))).await;
    world.clock(fourth, "review", "2026-03-06", None).await;
    world.clock(first, "attempts", "2026-03-10", Some(("void", "2026-03-09"))).await;
    (world, [first, second, third, fourth])
}

#[tokio::test]
async fn each_promise_is_judged_by_what_happened() {
    use Status::*;
    let (world, _) = march().await;
    // promise | month | as of | status | numerator / denominator, open
    for (key, period, as_of, status, counts) in [
        ("volume", "2026-02", "2026-03-20", NotRecorded, (0, 0, 0)),
        ("volume", "2026-03", "2026-03-02T12:00:00Z", Kept, (1, 4, 0)),
        ("volume", "2026-03", "2026-03-20", Kept, (4, 4, 0)),
        ("volume", "2026-04", "2026-03-20", NotDue, (0, 0, 0)),
        ("volume", "2026-04", "2026-04-20", AtRisk, (0, 4, 0)),
        ("volume", "2026-04", "2026-05-01", Breached, (0, 4, 0)),
        ("quality", "2026-03", "2026-03-02T12:00:00Z", NotDue, (0, 0, 1)),
        ("quality", "2026-03", "2026-03-04T12:00:00Z", Kept, (1, 2, 1)),
        ("quality", "2026-03", "2026-03-20", AtRisk, (1, 3, 1)),
        ("quality", "2026-03", "2026-04-20", AtRisk, (1, 3, 1)),
        ("quality", "2026-04", "2026-05-01", NotDue, (0, 0, 0)),
        ("data_completeness", "2026-03", "2026-03-20", Kept, (7, 8, 0)),
        ("data_completeness", "2026-04", "2026-05-01", NotDue, (0, 0, 0)),
        ("feedback_review", "2026-02", "2026-03-20", NotRecorded, (0, 0, 0)),
        ("feedback_review", "2026-03", "2026-03-03", NotDue, (0, 0, 1)),
        ("feedback_review", "2026-03", "2026-03-07T12:00:00Z", AtRisk, (0, 0, 1)),
        ("feedback_review", "2026-03", "2026-03-09", Breached, (0, 1, 1)),
        ("review_time", "2026-03", "2026-03-04T18:00:00Z", Kept, (2, 2, 1)),
        ("review_time", "2026-03", "2026-03-05T12:00:00Z", Breached, (2, 3, 1)),
        ("review_time", "2026-03", "2026-03-20", Breached, (2, 4, 0)),
        ("review_time", "2026-04", "2026-05-01", NotDue, (0, 0, 0)),
        ("first_attempt", "2026-03", "2026-03-02T12:00:00Z", NotDue, (0, 0, 0)),
        ("first_attempt", "2026-03", "2026-03-20", NotDue, (0, 0, 0)),
        ("attempts", "2026-03", "2026-03-08", NotDue, (0, 0, 0)),
        ("attempts", "2026-03", "2026-03-09", NotDue, (0, 0, 0)),
        ("attempts", "2026-03", "2026-03-20", NotDue, (0, 0, 0)),
        ("logging", "2026-03", "2026-03-03T12:00:00Z", NotDue, (0, 0, 1)),
        ("logging", "2026-03", "2026-03-20", Kept, (1, 1, 0)),
        ("reasons", "2026-03", "2026-03-04T12:00:00Z", Kept, (1, 1, 0)),
        ("reasons", "2026-03", "2026-03-20", Breached, (1, 2, 0)),
    ] {
        let line = world.line(key, period, as_of).await;
        let found = (line.status, (line.numerator, line.denominator, line.open));
        assert_eq!(found, (status, counts), "{key} of {period} as of {as_of}: {}", line.projection);
        assert_eq!(line.value.is_none(), line.denominator == 0, "{key}: undefined is not zero");
    }
}

#[tokio::test]
async fn every_line_opens_to_its_rows() {
    let (world, leads) = march().await;
    world.is("2026-03-20");
    for (key, verdict, expected) in [
        ("volume", None, leads.to_vec()),
        ("quality", Some("kept"), vec![leads[0]]),
        ("quality", Some("broken"), vec![leads[1], leads[2]]),
        ("quality", Some("open"), vec![leads[3]]),
        ("data_completeness", Some("broken"), vec![leads[1]]),
        ("review_time", Some("broken"), vec![leads[2], leads[3]]),
        ("attempts", None, vec![]),
        ("logging", None, vec![leads[0]]),
        ("reasons", Some("broken"), vec![leads[2]]),
        ("outside_icp", None, vec![leads[1]]),
        ("feedback_review", None, vec![]),
    ] {
        // One row a page: the cursor must lead through all of them, once each.
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let turn = Turn { cursor: cursor.as_deref(), limit: 1 };
            let page = rows::page(&world.office, month("2026-03"), key, day("2026-03-20"), verdict, turn).await.unwrap();
            found.extend(page.items.iter().map(|row| row.lead_id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "{key} {verdict:?}");
    }
    let page = |key, verdict| rows::page(&world.office, month("2026-03"), key, day("2026-03-20"), verdict, Turn::first());
    assert_eq!(page("data_completeness", Some("broken")).await.unwrap().items[0].detail.as_deref(), Some("company "));
    assert!(page("nothing", None).await.unwrap_err().to_string().contains("volume"));
    assert!(page("volume", Some("best")).await.unwrap_err().to_string().contains("kept"));
}

#[tokio::test]
async fn waivers_are_given_by_the_other_side() {
    let (world, leads) = march().await;
    world.is("2026-03-20");
    let clock = |lead: i64| world.clock_of(lead, "review");
    let (third, fourth) = (clock(leads[2]).await, clock(leads[3]).await);
    let one = |clock| NewWaiver { clock_id: Some(clock), reason: "The reviewer was ill".into(), ..NewWaiver::default() };
    let whole = |key: &str, reason: &str| NewWaiver {
        promise: Some(key.into()),
        period: Some("2026-03".into()),
        reason: reason.into(),
        ..NewWaiver::default()
    };
    // who | what | what comes of it
    for (who, role, new, refused) in [
        (world.carla, Role::Sales, one(third), "own promise"),
        (world.rui, Role::Sales, one(third), "other side"),
        (world.mark, Role::Marketing, whole("volume", "x"), "own promise"),
        (world.mark, Role::Marketing, whole("nothing", "x"), "not one of"),
        (world.mark, Role::Marketing, whole("review_time", " "), "reason"),
        (world.mark, Role::Marketing, NewWaiver { period: Some("2026-04".into()), ..one(third) }, "due in 2026-03"),
        (world.mark, Role::Marketing, one(999_999), "no clock"),
    ] {
        let words = world.waive(who, role, new).await.unwrap_err();
        assert!(words.contains(refused), "{refused}: {words}");
    }
    let first = world.waive(world.mark, Role::Marketing, one(third)).await.unwrap();
    assert_eq!(world.waive(world.lea, Role::Leader, one(third)).await.unwrap(), first, "once is enough");
    let line = world.line("review_time", "2026-03", "2026-03-20").await;
    assert_eq!((line.status, line.denominator, line.waived), (Status::Breached, 3, 1));
    assert_eq!(world.credits("2026-03", "2026-03-20").await, (1, 1), "a waived clock gives no credit");
    world.waive(world.lea, Role::Leader, one(fourth)).await.unwrap();
    assert_eq!(world.line("review_time", "2026-03", "2026-03-20").await.status, Status::Kept);
    world.revoke(world.mark, Role::Marketing, first).await.unwrap();
    assert_eq!(world.line("review_time", "2026-03", "2026-03-20").await.status, Status::Breached);
    world.waive(world.carla, Role::Sales, whole("quality", "New market")).await.unwrap();
    let line = world.line("quality", "2026-03", "2026-03-20").await;
    assert_eq!((line.status, line.waiver.unwrap().who.as_str()), (Status::Waived, "Carla"));
    world.waive(world.mark, Role::Marketing, whole("review_time", "Trade fair")).await.unwrap();
    assert_eq!(world.credits("2026-03", "2026-03-20").await, (1, 0), "nor does a waived month");
}

#[tokio::test]
async fn credits_go_both_ways_and_appeals_take_them_back() {
    let (world, leads) = march().await;
    assert_eq!(world.credits("2026-03", "2026-03-03").await, (0, 0));
    assert_eq!(world.credits("2026-03", "2026-03-20").await, (1, 2));
    world.overturn(leads[1], "2026-03-15").await;
    assert_eq!(world.credits("2026-03", "2026-03-14").await, (1, 2), "as of the day before");
    assert_eq!(world.credits("2026-03", "2026-03-20").await, (0, 2));
    assert_eq!(world.credits("2026-02", "2026-03-20").await, (0, 0), "an empty month");
}

#[tokio::test]
async fn reviews_of_feedback_count() {
    let (world, _) = march().await;
    world.is("2026-03-06");
    let seen = super::feedback::look(&world.office, day("2026-03-06")).await.unwrap();
    assert_eq!(seen.sent_back.len(), 2);
    assert!(world.review(world.rui, Role::Sales, "mine").await.is_err());
    assert!(world.review(world.mark, Role::Marketing, "").await.unwrap_err().contains("note"));
    world.review(world.mark, Role::Marketing, "Fewer banks").await.unwrap();
    let line = world.line("feedback_review", "2026-03", "2026-03-09").await;
    assert_eq!((line.status, line.numerator, line.denominator), (Status::Kept, 1, 1));
    let seen = super::feedback::look(&world.office, day("2026-03-07")).await.unwrap();
    assert_eq!((seen.sent_back.len(), seen.reviews.len()), (0, 1));
}

/// The sample company: the ledger's MQLs are the scoreboard's, rows add up, and nothing is judged that was not written down.
#[tokio::test]
async fn the_sample_companys_ledger_agrees_with_its_scoreboard() {
    let world = start().await;
    world.load_sample("2026-06-20T12:00:00Z", 0.02).await;
    let mut judged = 0;
    for period in ["2026-03", "2026-04", "2026-05"] {
        let now = Instant(world.office.clock().now().0);
        let ledger = super::ledger(&world.office, month(period), now).await.unwrap();
        let volume = ledger.lines.iter().find(|line| line.key == "volume").unwrap();
        assert_eq!(volume.numerator, world.mqls_of(period).await, "{period}");
        let page = rows::page(&world.office, month(period), "volume", now, None, Turn { cursor: None, limit: 200 }).await.unwrap();
        assert_eq!(page.items.len() as u64, volume.numerator.min(200));
        let completeness = ledger.lines.iter().find(|line| line.key == "data_completeness").unwrap();
        assert_eq!(completeness.sources.iter().map(|share| share.denominator).sum::<u64>(), completeness.denominator);
        judged += ledger.lines.iter().filter(|line| line.value.is_some()).count();
    }
    assert!(judged >= 9, "{judged} lines have a value");
    let reasons = acts::sent_back(&mut world.office.facts().reader().await.unwrap(), 0, i64::MAX, 5).await.unwrap();
    assert_eq!(reasons.len(), 5);
    let points = crate::checklist::look(&world.office, world.office.clock().now()).await.unwrap().points;
    let standing = |key: &str| points.iter().find(|point| point.key == key).unwrap().standing.key();
    assert_eq!((standing("pay"), standing("weekly_meeting"), points.len()), ("cant_judge", "cant_judge", 10));
    assert_ne!(standing("content_used"), "cant_judge");
}
