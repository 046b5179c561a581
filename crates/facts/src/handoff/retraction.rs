//! Taking back what was decided minutes ago: the transition goes from among the transitions, and what it was is kept.

use sqlx::AnyConnection;

use crate::{
    Result, WriteTx,
    bulk::Value,
    changes::{self, Author},
    events::NewEvent,
    leads::TransitionRow,
    schema,
};

/// The transitions that one hand wrote about a lead at one instant.
pub async fn written_at(connection: &mut AnyConnection, lead: i64, recorded_at: i64, actor: Option<i64>) -> Result<Vec<TransitionRow>> {
    Ok(sqlx::query_as(
        "SELECT t.id, t.stage, t.at, t.recorded_at, t.agreement_version, t.actor_id, CAST(NULL AS TEXT) AS actor_name, t.reason, \
         COALESCE(t.goes_back, 0) AS goes_back FROM transitions t WHERE t.lead_id = $1 AND t.recorded_at = $2 AND COALESCE(t.actor_id, 0) = $3 AND t.import_id IS NULL ORDER BY t.id",
    )
    .bind(lead)
    .bind(recorded_at)
    .bind(actor.unwrap_or(0))
    .fetch_all(connection)
    .await?)
}

/// What was done about the lead or its person after an instant, in one word; `None` where nothing was.
pub async fn done_since(connection: &mut AnyConnection, lead: i64, person: i64, recorded_at: i64) -> Result<Option<String>> {
    const SQL: &str = "SELECT 'a stage was entered' AS words FROM transitions WHERE lead_id = $1 AND recorded_at > $3 \
         UNION ALL SELECT 'an activity was logged' FROM activities WHERE person_id = $2 AND recorded_at > $3 \
         UNION ALL SELECT 'a question was asked' FROM questions WHERE lead_id = $1 AND recorded_at > $3 \
         UNION ALL SELECT 'an item was confirmed' FROM confirmations WHERE lead_id = $1 AND recorded_at > $3 \
         UNION ALL SELECT 'it was appealed' FROM appeals WHERE lead_id = $1 \
         UNION ALL SELECT 'a deal was opened' FROM deals WHERE lead_id = $1 \
         UNION ALL SELECT 'it joined a deal' FROM joined_deals WHERE lead_id = $1 \
         UNION ALL SELECT 'a new pass began' FROM leads WHERE person_id = $2 AND id <> $1 AND opened_at >= $3 LIMIT 1";
    let found: Option<(String,)> = sqlx::query_as(SQL).bind(lead).bind(person).bind(recorded_at).fetch_optional(connection).await?;
    Ok(found.map(|(words,)| words))
}

/// (value before, value set) of a field of a lead that was changed at an instant.
pub async fn field_set_at(
    connection: &mut AnyConnection,
    lead: i64,
    field: &str,
    at: i64,
) -> Result<Option<(Option<String>, Option<String>)>> {
    Ok(sqlx::query_as(
        "SELECT old_value, new_value FROM changes WHERE noun = 'leads' AND record_id = $1 AND field = $2 AND recorded_at = $3 ORDER BY id LIMIT 1",
    )
    .bind(lead)
    .bind(field.to_owned())
    .bind(at)
    .fetch_optional(connection)
    .await?)
}

/// Moves a transition to the retractions, and takes the date to come back with it.
pub async fn retract(tx: &mut WriteTx, author: &Author, lead: i64, transition: &TransitionRow) -> Result<()> {
    let values = [
        ("transition_id", Value::Int(transition.id)),
        ("lead_id", Value::Int(lead)),
        ("stage", Value::Text(transition.stage.clone())),
        ("at", Value::int(transition.at)),
        ("entered_at", Value::Int(transition.recorded_at)),
        ("agreement_version", Value::Int(transition.agreement_version)),
        ("actor_id", Value::int(transition.actor_id)),
        ("reason", Value::text(transition.reason.as_deref())),
        ("retracted_by", Value::int(author.actor)),
    ];
    changes::add(tx, author, &schema::RETRACTIONS, author.now, &values).await?;
    sqlx::query("DELETE FROM transitions WHERE id = $1").bind(transition.id).execute(tx.conn()).await?;
    if transition.stage == "recycled" {
        sqlx::query("DELETE FROM recycle_dates WHERE lead_id = $1").bind(lead).execute(tx.conn()).await?;
    }
    tx.note(NewEvent {
        kind: "removed",
        table: schema::TRANSITIONS.name,
        first_id: transition.id,
        last_id: transition.id,
        at: author.now,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id: None,
        agreement_version: author.agreement_version,
        body: Some("taken back".into()),
    });
    Ok(())
}
