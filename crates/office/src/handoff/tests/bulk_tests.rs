//! Many leads at once: all or none, and one undo.

use super::*;

fn decision(action: &str, leads: &[i64]) -> BulkDecision {
    BulkDecision {
        action: action.into(),
        leads: leads.to_vec(),
        reason: some(if action == "recycle" { "timing" } else { "too_small" }),
        owner_id: Field(Some(Some(2))),
        ..BulkDecision::default()
    }
}

impl Desk {
    /// The instant at which it was done.
    async fn decide(&self, decision: BulkDecision) -> Result<i64, AppError> {
        let acting = self.acting(Role::Sales).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let done = bulk::decide(&mut tx, &acting, decision).await;
        match &done {
            Ok(_) => tx.commit().await.unwrap(),
            Err(_) => tx.rollback().await.unwrap(),
        }
        self.office.clock().tick_micros(1_000_000);
        done.map(|_| acting.author.now)
    }

    async fn undo(&self, leads: &[i64], at: i64) -> Result<(), AppError> {
        let acting = self.acting(Role::Sales).await;
        let mut tx = self.office.facts().write().await.unwrap();
        let done = undo::take_back_at(&mut tx, &acting, leads, at).await;
        match &done {
            Ok(()) => tx.commit().await.unwrap(),
            Err(_) => tx.rollback().await.unwrap(),
        }
        done
    }

    async fn standings(&self, leads: &[i64]) -> Vec<(String, Option<i64>)> {
        let mut found = Vec::new();
        for lead in leads {
            let row = leads::one(&mut self.office.facts().reader().await.unwrap(), *lead).await.unwrap();
            found.push((row.stage, row.owner_id));
        }
        found
    }
}

#[tokio::test]
async fn many_leads_are_decided_whole_and_taken_back_whole() {
    let desk = desk().await;
    for (action, stage, owner) in
        [("accept", "sal", Some(2)), ("reject", "rejected", None), ("recycle", "recycled", None), ("assign", "mql", Some(2))]
    {
        let leads = [desk.lead(Stage::Mql).await, desk.lead(Stage::Mql).await, desk.lead(Stage::Mql).await];
        let before = desk.standings(&leads).await;
        let at = desk.decide(decision(action, &leads)).await.unwrap();
        assert_eq!(desk.standings(&leads).await, vec![(stage.to_owned(), owner); 3], "{action}");
        desk.undo(&leads, at).await.unwrap();
        assert_eq!(desk.standings(&leads).await, before, "{action} taken back");
    }
}

#[tokio::test]
async fn one_that_cannot_be_decided_stops_all() {
    let desk = desk().await;
    let good = desk.lead(Stage::Mql).await;
    let done = desk.lead(Stage::Customer).await;
    for (action, leads, words) in [
        ("reject", vec![good, done], "Nothing was changed"),
        ("reject", vec![good, 999], "no lead 999"),
        ("burn", vec![good], "accept, reject, recycle, assign"),
        ("accept", vec![], "1 to 200"),
        ("accept", (1..=201).collect(), "1 to 200"),
    ] {
        let error = desk.decide(decision(action, &leads)).await.unwrap_err().to_string();
        assert!(error.contains(words), "{action}: {error}");
        assert_eq!(desk.stage(good).await, "mql", "{action}");
    }
}

#[tokio::test]
async fn an_undo_of_many_is_whole_too() {
    let desk = desk().await;
    let leads = [desk.lead(Stage::Mql).await, desk.lead(Stage::Mql).await];
    let at = desk.decide(decision("accept", &leads)).await.unwrap();
    desk.act(Role::Sales, "attempt", leads[1]).await.unwrap();
    assert!(matches!(desk.undo(&leads, at).await, Err(AppError::Conflict(_))));
    assert_eq!(desk.stage(leads[0]).await, "sal", "the first stays as it was decided, too");
}
