//! Drafts of the Agreement, the signatures under them, who may sign, and what backtests of them said.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    FactsError, Result, WriteTx,
    bulk::{self, Value},
    changes::{self, Author},
    events::NewEvent,
    schema,
};

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DraftRow {
    pub id: i64,
    pub base: i64,
    /// TOML.
    pub text: String,
    pub hash: String,
    pub edits: i64,
    /// `open`, `withdrawn` or `signed`.
    pub state: String,
    pub effective_at: Option<i64>,
    pub note: Option<String>,
    pub author_id: Option<i64>,
    pub author_name: Option<String>,
    pub recorded_at: i64,
    pub edited_at: i64,
    pub number: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SignatureRow {
    pub id: i64,
    pub draft_id: i64,
    pub hash: String,
    pub side: String,
    pub user_id: i64,
    pub user_name: String,
    pub deputy_of_id: Option<i64>,
    pub deputy_of_name: Option<String>,
    pub at: i64,
    pub voided_at: Option<i64>,
    /// The version that the draft became.
    pub number: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HeadRow {
    pub id: i64,
    pub side: String,
    pub user_id: i64,
    pub user_name: String,
    pub starts_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DelegationRow {
    pub id: i64,
    pub side: String,
    pub head_id: i64,
    pub head_name: String,
    pub deputy_id: i64,
    pub deputy_name: String,
    pub starts_at: i64,
    pub ends_at: i64,
    pub revoked_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BacktestRow {
    pub id: i64,
    pub draft_id: i64,
    pub hash: String,
    pub body: String,
    pub recorded_at: i64,
}

const DRAFT: &str = "SELECT d.id, d.base, d.text, d.hash, d.edits, d.state, d.effective_at, d.note, d.author_id, u.name AS author_name, \
     d.recorded_at, d.edited_at, d.number FROM agreement_drafts d LEFT JOIN users u ON u.id = d.author_id";
const SIGNATURE: &str = "SELECT s.id, s.draft_id, s.hash, s.side, s.user_id, u.name AS user_name, s.deputy_of_id, h.name AS deputy_of_name, \
     s.at, s.voided_at, d.number FROM agreement_signatures s JOIN users u ON u.id = s.user_id \
     LEFT JOIN users h ON h.id = s.deputy_of_id JOIN agreement_drafts d ON d.id = s.draft_id";
const HEAD: &str = "SELECT h.id, h.side, h.user_id, u.name AS user_name, h.starts_at FROM heads h JOIN users u ON u.id = h.user_id";
const DELEGATION: &str = "SELECT g.id, g.side, g.head_id, h.name AS head_name, g.deputy_id, u.name AS deputy_name, g.starts_at, g.ends_at, \
     g.revoked_at FROM delegations g JOIN users h ON h.id = g.head_id JOIN users u ON u.id = g.deputy_id";

/// The newest drafts, open ones or all.
pub async fn list(connection: &mut AnyConnection, only_open: bool) -> Result<Vec<DraftRow>> {
    let filter = if only_open { "WHERE d.state = 'open'" } else { "" };
    let sql = format!("{DRAFT} {filter} ORDER BY d.id DESC LIMIT 200");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await?)
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<DraftRow> {
    let sql = format!("{DRAFT} WHERE d.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("draft", id))
}

pub struct NewDraft<'a> {
    pub base: i64,
    pub text: &'a str,
    pub hash: &'a str,
    pub note: Option<&'a str>,
}

pub async fn add(tx: &mut WriteTx, author: &Author, new: &NewDraft<'_>) -> Result<i64> {
    let values = [
        ("base", Value::Int(new.base)),
        ("text", Value::Text(new.text.to_owned())),
        ("hash", Value::Text(new.hash.to_owned())),
        ("edits", Value::Int(0)),
        ("state", Value::Text("open".into())),
        ("note", Value::text(new.note)),
        ("author_id", Value::int(author.actor)),
        ("edited_at", Value::Int(author.now)),
    ];
    changes::add(tx, author, &schema::AGREEMENT_DRAFTS, author.now, &values).await
}

/// Holds a draft to the end of the transaction: whoever edits or signs it takes turns.
pub async fn hold(tx: &mut WriteTx, id: i64) -> Result<DraftRow> {
    changes::hold(tx, &schema::AGREEMENT_DRAFTS, "draft", id).await?;
    one(tx.conn(), id).await
}

/// Sets columns of a draft and notes what happened in a word of the product, such as `draft_edited`.
pub async fn set(
    tx: &mut WriteTx,
    author: &Author,
    id: i64,
    kind: &'static str,
    body: Option<String>,
    values: Vec<(&str, Value)>,
) -> Result<()> {
    let table = &schema::AGREEMENT_DRAFTS;
    let sets: Vec<_> = values.into_iter().filter_map(|(name, value)| table.column(name).map(|column| (column, value))).collect();
    bulk::update(tx.conn(), table, id, &sets).await?;
    note(tx, author, kind, table.name, id, body);
    Ok(())
}

/// Who changed the draft last, other than by starting it.
pub async fn last_editor(connection: &mut AnyConnection, id: i64) -> Result<Option<String>> {
    let sql = "SELECT u.name FROM events e JOIN users u ON u.id = e.actor_id \
         WHERE e.noun = 'agreement_drafts' AND e.first_id = $1 AND e.kind IN ('draft_edited', 'draft_rebased') ORDER BY e.id DESC LIMIT 1";
    let found: Option<(String,)> = sqlx::query_as(sql).bind(id).fetch_optional(connection).await?;
    Ok(found.map(|(name,)| name))
}

/// Signatures that stand under a draft.
pub async fn signatures(connection: &mut AnyConnection, draft: i64) -> Result<Vec<SignatureRow>> {
    let sql = format!("{SIGNATURE} WHERE s.draft_id = $1 AND s.voided_at IS NULL ORDER BY s.id");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(draft).fetch_all(connection).await?)
}

/// Signatures under all versions.
pub async fn signatures_of_versions(connection: &mut AnyConnection) -> Result<Vec<SignatureRow>> {
    let sql = format!("{SIGNATURE} WHERE s.voided_at IS NULL AND d.number IS NOT NULL ORDER BY s.id LIMIT 2000");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await?)
}

pub struct NewSignature<'a> {
    pub draft: i64,
    pub hash: &'a str,
    pub side: &'a str,
    pub user: i64,
    pub deputy_of: Option<i64>,
}

pub async fn sign(tx: &mut WriteTx, author: &Author, new: &NewSignature<'_>) -> Result<i64> {
    let values = [
        ("draft_id", Value::Int(new.draft)),
        ("hash", Value::Text(new.hash.to_owned())),
        ("side", Value::Text(new.side.to_owned())),
        ("user_id", Value::Int(new.user)),
        ("deputy_of_id", Value::int(new.deputy_of)),
        ("at", Value::Int(author.now)),
    ];
    changes::add(tx, author, &schema::AGREEMENT_SIGNATURES, author.now, &values).await
}

/// Voids signatures of a draft, of one side or of both; gives those that stood.
pub async fn void(tx: &mut WriteTx, author: &Author, draft: i64, side: Option<&str>, kind: &'static str) -> Result<Vec<SignatureRow>> {
    let mut standing = signatures(tx.conn(), draft).await?;
    standing.retain(|signature| side.is_none_or(|side| signature.side == side));
    for signature in &standing {
        sqlx::query("UPDATE agreement_signatures SET voided_at = $2 WHERE id = $1")
            .bind(signature.id)
            .bind(author.now)
            .execute(tx.conn())
            .await?;
        note(tx, author, kind, "agreement_signatures", signature.id, Some(signature.side.clone()));
    }
    Ok(standing)
}

/// The heads of now, of both sides.
pub async fn heads(connection: &mut AnyConnection) -> Result<Vec<HeadRow>> {
    let sql = format!("{HEAD} WHERE h.ends_at IS NULL ORDER BY h.side LIMIT 10");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await?)
}

/// Ends the time of the side's head and, where there is a new one, begins theirs.
pub async fn set_head(tx: &mut WriteTx, author: &Author, side: &str, user: Option<i64>) -> Result<()> {
    sqlx::query("UPDATE heads SET ends_at = $2 WHERE side = $1 AND ends_at IS NULL")
        .bind(side.to_owned())
        .bind(author.now)
        .execute(tx.conn())
        .await?;
    sqlx::query("UPDATE delegations SET revoked_at = $2 WHERE side = $1 AND revoked_at IS NULL")
        .bind(side.to_owned())
        .bind(author.now)
        .execute(tx.conn())
        .await?;
    if let Some(user) = user {
        let values = [("side", Value::Text(side.to_owned())), ("user_id", Value::Int(user)), ("starts_at", Value::Int(author.now))];
        let id = changes::add(tx, author, &schema::HEADS, author.now, &values).await?;
        note(tx, author, "head_named", "heads", id, Some(side.to_owned()));
    }
    Ok(())
}

/// Delegations that are not over and not revoked.
pub async fn delegations(connection: &mut AnyConnection, now: i64) -> Result<Vec<DelegationRow>> {
    let sql = format!("{DELEGATION} WHERE g.revoked_at IS NULL AND g.ends_at > $1 ORDER BY g.starts_at, g.id LIMIT 100");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(now).fetch_all(connection).await?)
}

pub async fn delegation(connection: &mut AnyConnection, id: i64) -> Result<DelegationRow> {
    let sql = format!("{DELEGATION} WHERE g.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    found.ok_or_else(|| FactsError::not_found("delegation", id))
}

pub async fn delegate(tx: &mut WriteTx, author: &Author, side: &str, head: i64, deputy: i64, from: i64, to: i64) -> Result<i64> {
    let values = [
        ("side", Value::Text(side.to_owned())),
        ("head_id", Value::Int(head)),
        ("deputy_id", Value::Int(deputy)),
        ("starts_at", Value::Int(from)),
        ("ends_at", Value::Int(to)),
    ];
    changes::add(tx, author, &schema::DELEGATIONS, author.now, &values).await
}

pub async fn revoke_delegation(tx: &mut WriteTx, author: &Author, id: i64) -> Result<()> {
    sqlx::query("UPDATE delegations SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id)
        .bind(author.now)
        .execute(tx.conn())
        .await?;
    note(tx, author, "delegation_revoked", "delegations", id, None);
    Ok(())
}

/// The last backtest that was saved of a draft.
pub async fn backtest(connection: &mut AnyConnection, draft: i64) -> Result<Option<BacktestRow>> {
    let sql = "SELECT id, draft_id, hash, body, recorded_at FROM backtests WHERE draft_id = $1 ORDER BY id DESC LIMIT 1";
    Ok(sqlx::query_as(sql).bind(draft).fetch_optional(connection).await?)
}

pub async fn save_backtest(tx: &mut WriteTx, author: &Author, draft: i64, hash: &str, body: &str) -> Result<i64> {
    let values = [
        ("draft_id", Value::Int(draft)),
        ("hash", Value::Text(hash.to_owned())),
        ("body", Value::Text(body.to_owned())),
        ("actor_id", Value::int(author.actor)),
    ];
    changes::add(tx, author, &schema::BACKTESTS, author.now, &values).await
}

/// The company's own fields, as (noun, field): those of the first 5,000 values of each noun.
pub async fn custom_fields(connection: &mut AnyConnection) -> Result<Vec<(String, String)>> {
    let of = |noun: &str| {
        format!(
            "SELECT noun, field FROM (SELECT noun, field FROM custom_values WHERE noun = '{noun}' ORDER BY record_id LIMIT 5000) AS {noun}"
        )
    };
    let sql = format!("{} UNION {} UNION {} ORDER BY 1, 2 LIMIT 500", of("companies"), of("leads"), of("people"));
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await?)
}

/// Notes what happened to a row of these tables in a word of the product.
pub fn note(tx: &mut WriteTx, author: &Author, kind: &'static str, table: &'static str, id: i64, body: Option<String>) {
    tx.note(NewEvent {
        kind,
        table,
        first_id: id,
        last_id: id,
        at: author.now,
        recorded_at: author.now,
        actor_id: author.actor,
        import_id: None,
        agreement_version: author.agreement_version,
        body,
    });
}
