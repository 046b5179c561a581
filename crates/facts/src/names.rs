//! What records are called, for pages that list them by id.

use std::collections::HashMap;

use sqlx::AnyConnection;

use crate::Result;

/// What a record is called and one thing more to know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub name: Option<String>,
    pub detail: Option<String>,
}

/// Names of the records of a table, by id. Tables without names give none.
pub async fn of(connection: &mut AnyConnection, table: &str, ids: &[i64]) -> Result<HashMap<i64, Named>> {
    let Some(select) = select(table).filter(|_| !ids.is_empty()) else { return Ok(HashMap::new()) };
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        let marks: Vec<_> = (1..=ids.len()).map(|number| format!("${number}")).collect();
        let text = format!("{select} IN ({})", marks.join(", "));
        let mut query = sqlx::query_as::<_, (i64, Option<String>, Option<String>)>(sqlx::AssertSqlSafe(text));
        for id in ids {
            query = query.bind(*id);
        }
        let rows = query.fetch_all(&mut *connection).await?;
        found.extend(rows.into_iter().map(|(id, name, detail)| (id, Named { name, detail })));
    }
    Ok(found)
}

fn select(table: &str) -> Option<&'static str> {
    Some(match table {
        "leads" => {
            "SELECT leads.id, COALESCE(people.name, people.email), companies.name FROM leads LEFT JOIN people ON people.id = leads.person_id \
             LEFT JOIN companies ON companies.id = leads.company_id WHERE leads.id"
        }
        "deals" => {
            "SELECT deals.id, deals.name, companies.name FROM deals LEFT JOIN companies ON companies.id = deals.company_id WHERE deals.id"
        }
        "people" => {
            "SELECT people.id, COALESCE(people.name, people.email), companies.name FROM people \
             LEFT JOIN companies ON companies.id = people.company_id WHERE people.id"
        }
        "companies" => "SELECT id, COALESCE(name, domain), industry FROM companies WHERE id",
        "campaigns" => "SELECT id, name, channel FROM campaigns WHERE id",
        "content" => "SELECT id, title, kind FROM content WHERE id",
        "users" => "SELECT id, name, region FROM users WHERE id",
        "clocks" => {
            "SELECT clocks.id, COALESCE(people.name, people.email), clocks.kind FROM clocks LEFT JOIN leads ON leads.id = clocks.lead_id \
             LEFT JOIN people ON people.id = leads.person_id WHERE clocks.id"
        }
        _ => return None,
    })
}
