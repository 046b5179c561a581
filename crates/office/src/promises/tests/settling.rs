//! Closing a month, one side after the other, and opening it again.

use alignment::lifecycle::Side;

use super::{
    march,
    world::{World, month},
};
use crate::{
    Role,
    promises::{self, settlement, waivers::NewWaiver},
};

impl World {
    async fn close(&self, user: i64, role: Role, side: Side, seen: Option<&str>) -> Result<&'static str, String> {
        self.close_month("2026-03", user, role, side, seen).await
    }

    async fn close_month(&self, period: &str, user: i64, role: Role, side: Side, seen: Option<&str>) -> Result<&'static str, String> {
        let versions = self.office.versions().await.unwrap();
        let mut tx = self.office.facts().write().await.unwrap();
        let who = self.speaker(&mut tx, user, role).await;
        let closed = settlement::close(&mut tx, &who, &versions, month(period), side, seen).await.map_err(|error| error.to_string())?;
        tx.commit().await.unwrap();
        Ok(closed.words())
    }

    async fn reopen(&self, user: i64, role: Role, side: Option<Side>, reason: &str) -> Result<bool, String> {
        let mut tx = self.office.facts().write().await.unwrap();
        let who = self.speaker(&mut tx, user, role).await;
        let open = settlement::reopen(&mut tx, &who, month("2026-03"), side, reason).await.map_err(|error| error.to_string())?;
        tx.commit().await.unwrap();
        Ok(open)
    }

    async fn seen(&self, period: &str) -> promises::MonthSeen {
        promises::look(&self.office, month(period), self.office.clock().now()).await.unwrap()
    }
}

#[tokio::test]
async fn both_sides_close_the_same_text_and_it_stays() {
    use Side::{Marketing, Sales};
    let (world, leads) = march().await;
    world.is("2026-03-20");
    assert!(world.close(world.mark, Role::Marketing, Marketing, None).await.unwrap_err().contains("not over yet"));
    world.is("2026-04-02T10:00:00Z");
    assert!(world.close(world.rui, Role::Sales, Sales, None).await.unwrap_err().contains("by the head"));
    assert!(world.close(world.mark, Role::Marketing, Sales, None).await.unwrap_err().contains("by the head"));
    assert!(world.close(world.mark, Role::Marketing, Marketing, Some("other")).await.unwrap_err().contains("changed since"));
    let hash = world.seen("2026-03").await.hash;
    assert!(world.close(world.lea, Role::Leader, Marketing, Some(&hash)).await.unwrap().starts_with("Closed"));
    assert!(world.close(world.lea, Role::Leader, Marketing, Some(&hash)).await.unwrap().starts_with("Closed"), "again is nothing");
    assert!(world.close(world.lea, Role::Leader, Sales, None).await.unwrap_err().contains("somebody else"));
    // The record changes before the other side closes: the first closing lapses.
    world.overturn(leads[1], "2026-04-02").await;
    assert!(world.close(world.carla, Role::Sales, Sales, None).await.unwrap().contains("asked to close again"));
    assert!(!world.seen("2026-03").await.is_settled);
    assert!(world.close(world.mark, Role::Marketing, Marketing, None).await.unwrap().contains("settled"));
    let settled = world.seen("2026-03").await;
    assert_eq!((settled.is_settled, settled.closings.len(), settled.changed_since.len()), (true, 2, 0));
    assert_eq!(settled.ledger.credits.carried_out, -2, "two late reviews");

    // What comes later changes nothing of it, is listed, and goes into the next month.
    world.lead("2026-03-30", true, &[("rejected", "2026-03-31", "too_small")]).await;
    let after = world.seen("2026-03").await;
    assert_eq!(after.ledger, settled.ledger);
    let changed: Vec<_> = after.changed_since.iter().map(|change| change.key.as_str()).collect();
    assert!(changed.contains(&"volume") && changed.contains(&"credits"), "{changed:?}");
    let april = world.seen("2026-04").await.ledger;
    assert_eq!(april.credits.carried_in, -1);
    assert!(april.lines.iter().any(|line| line.key == "volume" && line.denominator == 3 && line.promised.contains("less 1")));
    let new = NewWaiver { promise: Some("quality".into()), period: Some("2026-03".into()), reason: "late".into(), clock_id: None };
    assert!(world.waive(world.carla, Role::Sales, new).await.unwrap_err().contains("settled"));
}

#[tokio::test]
async fn a_settled_month_opens_again_when_both_ask() {
    use Side::{Marketing, Sales};
    let (world, _) = march().await;
    world.is("2026-04-02T10:00:00Z");
    assert!(world.reopen(world.mark, Role::Marketing, Some(Marketing), "").await.unwrap_err().contains("reason"));
    let settle = async || {
        world.close(world.mark, Role::Marketing, Marketing, None).await.unwrap();
        world.close(world.carla, Role::Sales, Sales, None).await.unwrap();
        assert!(world.seen("2026-03").await.is_settled);
    };
    world.close(world.mark, Role::Marketing, Marketing, None).await.unwrap();
    assert!(world.reopen(world.mark, Role::Marketing, Some(Marketing), "too early").await.unwrap(), "its own closing, freely");
    settle().await;
    assert!(!world.reopen(world.mark, Role::Marketing, Some(Marketing), "a lead was missing").await.unwrap());
    assert!(!world.reopen(world.mark, Role::Marketing, Some(Marketing), "again").await.unwrap(), "one side alone does not");
    assert!(world.reopen(world.rui, Role::Sales, Some(Sales), "why not").await.is_err());
    assert!(world.seen("2026-03").await.is_settled);
    assert!(world.reopen(world.carla, Role::Sales, Some(Sales), "yes").await.unwrap());
    assert_eq!(world.seen("2026-03").await.closings.len(), 0);
    settle().await;
    assert!(world.reopen(world.ada, Role::Admin, None, "").await.is_err(), "an administrator says why");
    assert!(world.reopen(world.ada, Role::Admin, None, "restored from a backup").await.unwrap());
    settle().await;
    // In order: what March carries over has gone into April.
    world.is("2026-05-02T10:00:00Z");
    world.close_month("2026-04", world.mark, Role::Marketing, Marketing, None).await.unwrap();
    world.close_month("2026-04", world.carla, Role::Sales, Sales, None).await.unwrap();
    assert!(world.reopen(world.ada, Role::Admin, None, "late").await.unwrap_err().contains("in order"));
    let may = world.seen("2026-05").await.ledger.credits;
    assert_eq!(may.carried_in, 0, "April fell short by four, which used up the one that was ahead");
}

#[tokio::test]
async fn both_sides_are_reminded_once() {
    let (world, _) = march().await;
    world.is("2026-04-01T07:00:00Z");
    assert_eq!(promises::tick(&world.office).await.unwrap(), 0, "before work");
    world.is("2026-04-01T09:30:00Z");
    let first = promises::tick(&world.office).await.unwrap();
    assert!(first >= 2, "{first}");
    assert_eq!(promises::tick(&world.office).await.unwrap(), 0, "once a day");
    world.is("2026-04-02T09:30:00Z");
    promises::tick(&world.office).await.unwrap();
    let told = facts::events::after(&mut world.office.facts().reader().await.unwrap(), 0, 10_000).await.unwrap();
    let told: u64 =
        told.iter().filter(|event| event.noun == "notifications").map(|event| (event.last_id - event.first_id + 1) as u64).sum();
    assert!((2..=4).contains(&told), "nobody is told the same twice: {told}");
}
