//! Deals of leads: one each however often it is asked, joined by others of the company, and what was rejected and then won.

use super::*;
use crate::deals::NewDealTransition;

impl Desk {
    async fn open(&self, lead: i64, deal: Option<i64>) -> Result<i64, AppError> {
        let acting = self.acting(Role::Sales).await;
        let mut tx = self.office.facts().write().await?;
        let new = NewLeadDeal { deal_id: Field(deal.map(Some)), role: some("champion"), ..NewLeadDeal::default() };
        let opened = deal::open(&mut tx, &acting, lead, new).await?;
        tx.commit().await?;
        Ok(opened)
    }

    async fn win(&self, deal: i64) {
        let acting = self.acting(Role::Sales).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let won = NewDealTransition { stage: "won".into(), ..NewDealTransition::default() };
        crate::deals::enter_stage(&mut tx, &acting.author, deal, won).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn an_impatient_click_makes_one_deal() {
    let desk = Arc::new(desk().await);
    let lead = desk.lead(Stage::Sql).await;
    let mut clicks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let desk = Arc::clone(&desk);
        clicks.spawn(async move { desk.open(lead, None).await.unwrap() });
    }
    let mut deals = clicks.join_all().await;
    deals.dedup();
    assert_eq!(deals.len(), 1, "{deals:?}");
    assert_eq!(desk.stages(lead).await.iter().filter(|stage| *stage == "opportunity").count(), 1);
    let people = facts::deals::people(&mut desk.office.facts().reader().await.unwrap(), deals[0]).await.unwrap();
    assert_eq!(people.iter().map(|person| person.role.as_deref()).collect::<Vec<_>>(), [Some("champion")]);
}

#[tokio::test]
async fn an_impatient_acceptance_is_one() {
    let desk = Arc::new(desk().await);
    let lead = desk.lead(Stage::Mql).await;
    let mut clicks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let desk = Arc::clone(&desk);
        clicks.spawn(async move { desk.act(Role::Sales, "accept", lead).await });
    }
    assert!(clicks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(desk.stages(lead).await, ["lead", "mql", "sal"]);
}

#[tokio::test]
async fn a_lead_joins_an_open_deal_of_its_company() {
    let desk = desk().await;
    let (first, second, third) = (desk.lead(Stage::Sql).await, desk.lead(Stage::Sql).await, desk.lead(Stage::Sql).await);
    let deal = desk.open(first, None).await.unwrap();
    assert_eq!(desk.open(second, Some(deal)).await.unwrap(), deal);
    assert_eq!(desk.open(second, Some(deal)).await.unwrap(), deal, "asked again");
    assert_eq!(desk.open(second, None).await.unwrap(), deal, "a lead has one deal");
    let people = facts::deals::people(&mut desk.office.facts().reader().await.unwrap(), deal).await.unwrap();
    assert_eq!((people.len(), desk.stage(second).await.as_str()), (2, "opportunity"));
    desk.act(Role::Sales, "lose", second).await.unwrap();
    let row = facts::deals::one(&mut desk.office.facts().reader().await.unwrap(), deal).await.unwrap();
    assert_eq!(row.stage, "discovery", "the deal is the other lead's and goes on");
    assert!(matches!(desk.open(third, Some(999)).await, Err(AppError::Refused(_))));
    desk.open(third, Some(deal)).await.unwrap();
    desk.win(deal).await;
    for (lead, stage) in [(first, "customer"), (second, "lost"), (third, "customer")] {
        assert_eq!(desk.stage(lead).await, stage);
    }
    let late = desk.lead(Stage::Sql).await;
    assert!(matches!(desk.open(late, Some(deal)).await, Err(AppError::Conflict(_))), "it is closed");
}

#[tokio::test]
async fn a_lost_lead_loses_its_own_deal() {
    let desk = desk().await;
    let lead = desk.lead(Stage::Sql).await;
    let deal = desk.open(lead, None).await.unwrap();
    desk.act(Role::Sales, "lose", lead).await.unwrap();
    let row = facts::deals::one(&mut desk.office.facts().reader().await.unwrap(), deal).await.unwrap();
    assert_eq!((row.stage.as_str(), row.reason.as_deref()), ("lost", Some("price")));
}

#[tokio::test]
async fn marketing_sees_what_became_of_its_leads() {
    let desk = desk().await;
    let (rejected, accepted) = (desk.lead(Stage::Mql).await, desk.lead(Stage::Mql).await);
    desk.act(Role::Sales, "reject", rejected).await.unwrap();
    desk.act(Role::Sales, "accept", accepted).await.unwrap();
    let mut record = desk.office.facts().read().await.unwrap();
    let filter = facts::handoff::handed_over::HandedOverFilter { by: Some(1), stages: Vec::new() };
    let page = marketing::handed_over(&mut record, &filter, Turn::first()).await.unwrap();
    let found: Vec<_> = page.items.iter().map(|one| (one.lead.id, one.decision.as_ref().map(|step| step.stage.as_str()))).collect();
    assert_eq!(found, [(accepted, Some("sal")), (rejected, Some("rejected"))]);
    let step = page.items[1].decision.as_ref().unwrap();
    let said = (step.reason.as_deref(), step.note.as_deref(), step.actor_name.as_deref());
    assert_eq!(said, (Some("wrong_industry"), Some("They make toys."), Some("Sales")));
    assert!(page.items[1].review_micros.is_some_and(|micros| micros > 0));
    let nobody = facts::handoff::handed_over::HandedOverFilter { by: Some(3), stages: Vec::new() };
    assert!(marketing::handed_over(&mut record, &nobody, Turn::first()).await.unwrap().items.is_empty());
    drop(record);

    let buyer = desk.lead(Stage::Sql).await;
    let deal = desk.open(buyer, None).await.unwrap();
    desk.office.clock().tick_micros(3 * 86_400_000_000);
    desk.win(deal).await;
    let missed = facts::handoff::handed_over::rejected_then_won(&mut desk.office.facts().reader().await.unwrap(), 10).await.unwrap();
    let found: Vec<_> = missed.iter().map(|row| (row.lead_id, row.deal_id, marketing::days_between(row.rejected_at, row.won_at))).collect();
    assert_eq!(found, [(rejected, deal, 3)]);
}
