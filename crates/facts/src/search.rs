//! Finding people, companies and deals by a piece of text, for the search box and for the text filter of lists.
//!
//! Beginnings (of a name, an e-mail address, a domain) are found among all by index. The middle of a word is looked for among the
//! newest [`EXAMINED_MAX`] only, so that a search costs the same in any record. Capital ASCII letters count as small ones.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{ReadTx, Result, list::EXAMINED_MAX};

/// Characters of a text that are looked for.
pub const TEXT_MAX: usize = 100;
/// Records that a text filter takes into account, at most.
pub const MATCHES_MAX: i64 = 500;

/// The name by which a person is sorted and found. The index has these very words.
pub const PERSON_NAME: &str = "lower(COALESCE(p.name, p.email, ''))";
pub const COMPANY_NAME: &str = "lower(COALESCE(c.name, c.domain, ''))";
pub const DEAL_NAME: &str = "lower(COALESCE(d.name, ''))";

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Hit {
    pub id: i64,
    /// What it is called; empty where it has no name.
    pub name: Option<String>,
    /// What tells it from others of that name.
    pub detail: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hits {
    pub people: Vec<Hit>,
    pub companies: Vec<Hit>,
    pub deals: Vec<Hit>,
}

struct Place {
    table: &'static str,
    /// Expressions with an index each.
    beginnings: &'static [&'static str],
    /// Columns that may hold the text anywhere.
    columns: &'static [&'static str],
    name: &'static str,
    detail: &'static str,
}

static PEOPLE: Place =
    Place { table: "people p", beginnings: &[PERSON_NAME, "p.email"], columns: &["p.name", "p.email"], name: "p.name", detail: "p.email" };
static COMPANIES: Place = Place {
    table: "companies c",
    beginnings: &[COMPANY_NAME, "c.domain"],
    columns: &["c.name", "c.domain"],
    name: "c.name",
    detail: "c.domain",
};
static DEALS: Place = Place { table: "deals d", beginnings: &[DEAL_NAME], columns: &["d.name"], name: "d.name", detail: "d.stage" };

/// The best `limit` of each kind: those that begin with the text first.
pub async fn find(tx: &mut ReadTx, text: &str, limit: i64) -> Result<Hits> {
    Ok(Hits {
        people: hits(tx, &PEOPLE, text, limit).await?,
        companies: hits(tx, &COMPANIES, text, limit).await?,
        deals: hits(tx, &DEALS, text, limit).await?,
    })
}

pub(crate) async fn people(tx: &mut ReadTx, text: &str) -> Result<Vec<i64>> {
    ids(hits(tx, &PEOPLE, text, MATCHES_MAX).await?)
}

pub(crate) async fn companies(tx: &mut ReadTx, text: &str) -> Result<Vec<i64>> {
    ids(hits(tx, &COMPANIES, text, MATCHES_MAX).await?)
}

pub(crate) async fn deals(tx: &mut ReadTx, text: &str) -> Result<Vec<i64>> {
    ids(hits(tx, &DEALS, text, MATCHES_MAX).await?)
}

fn ids(hits: Vec<Hit>) -> Result<Vec<i64>> {
    Ok(hits.into_iter().map(|hit| hit.id).collect())
}

async fn hits(tx: &mut ReadTx, place: &Place, text: &str, limit: i64) -> Result<Vec<Hit>> {
    let text: String = text.trim().chars().filter(|character| *character != '\0').take(TEXT_MAX).collect();
    let text = text.to_ascii_lowercase();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<Hit> = Vec::new();
    let mut add = |more: Vec<Hit>| {
        for hit in more {
            if found.len() < limit as usize && !found.iter().any(|known| known.id == hit.id) {
                found.push(hit);
            }
        }
        found.len() as i64
    };
    for beginning in place.beginnings {
        add(beginning_with(tx.conn(), place, beginning, &text, limit).await?);
    }
    let count = add(Vec::new());
    if count < limit {
        let engine = tx.engine;
        let condition: Vec<_> = place.columns.iter().map(|column| engine.contains(column, "$1")).collect();
        let sql = format!(
            "SELECT id, name, detail FROM (SELECT * FROM (SELECT id, {} AS name, {} AS detail, {} FROM {} ORDER BY id DESC LIMIT {EXAMINED_MAX}) AS newest \
             WHERE {}) AS matching ORDER BY id DESC LIMIT $2",
            place.name,
            place.detail,
            place.columns.iter().enumerate().map(|(index, column)| format!("{column} AS text_{index}")).collect::<Vec<_>>().join(", "),
            place.table,
            condition
                .iter()
                .enumerate()
                .map(|(index, text)| text.replace(place.columns[index], &format!("text_{index}")))
                .collect::<Vec<_>>()
                .join(" OR ")
        );
        let pattern = format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        add(sqlx::query_as(AssertSqlSafe(sql)).bind(pattern).bind(limit).fetch_all(tx.conn()).await?);
    }
    Ok(found)
}

async fn beginning_with(connection: &mut AnyConnection, place: &Place, beginning: &str, text: &str, limit: i64) -> Result<Vec<Hit>> {
    let sql = format!(
        "SELECT id, {} AS name, {} AS detail FROM {} WHERE {beginning} >= $1 AND {beginning} < $2 ORDER BY {beginning}, id LIMIT $3",
        place.name, place.detail, place.table
    );
    // The largest character there is ends the range of texts with this beginning.
    let end = format!("{text}\u{10FFFF}");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(text.to_owned()).bind(end).bind(limit).fetch_all(connection).await?)
}
