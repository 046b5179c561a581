//! Lists of any length, a page at a time: sorted by keys that an index holds, continued from where the last page ended, and never
//! looking through more than a stated number of rows.
//!
//! A page costs the same wherever it stands: a cursor holds the keys of the last row, and the next page starts after them in the index
//! (no `OFFSET`). Conditions that the index can't serve are checked row by row, within [`EXAMINED_MAX`] rows; a page may then be
//! short and still have a `next`.

use sqlx::{AnyConnection, AssertSqlSafe, FromRow, Row, any::AnyRow};

use crate::{
    FactsError, ReadTx, Result,
    bulk::{self, Value},
    cursor,
    dialect::Engine,
    schema::ColumnKind,
};

pub const LIMIT_DEFAULT: usize = 50;
pub const LIMIT_MAX: usize = 200;
/// Rows that one page looks through, at most, where no index serves a condition.
pub const EXAMINED_MAX: usize = 20_000;
/// A count stops here and says "10,000+".
pub const COUNTED_MAX: usize = 10_000;

/// One page of a list. `next` is the cursor of the page that follows, if there may be one.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// How many there are; where `exact` is false, at least so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub found: i64,
    pub exact: bool,
}

/// Which page of a list.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    pub cursor: Option<&'a str>,
    pub limit: usize,
}

impl Turn<'_> {
    pub fn first() -> Turn<'static> {
        Turn { cursor: None, limit: LIMIT_DEFAULT }
    }
}

/// A value that a filter asks for, or that it was never recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted<T> {
    Is(T),
    NotRecorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort<K> {
    pub key: K,
    pub descending: bool,
}

/// An expression that a list is sorted by, as it stands in the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub sql: &'static str,
    pub kind: ColumnKind,
}

pub(crate) const fn int_key(sql: &'static str) -> Key {
    Key { sql, kind: ColumnKind::Int }
}

pub(crate) const fn text_key(sql: &'static str) -> Key {
    Key { sql, kind: ColumnKind::Text }
}

/// SQL with `?` where a value goes, and the values.
struct Condition {
    sql: String,
    values: Vec<Value>,
}

pub(crate) struct Listing {
    select: &'static str,
    /// The tables that hold the sort keys.
    base: &'static str,
    joins: &'static str,
    keys: &'static [Key],
    descending: bool,
    /// The column that stands before the keys in the index, fixed to one value.
    driver: Option<&'static str>,
    driving: Vec<Condition>,
    residual: Vec<Condition>,
    /// The driving conditions leave few rows: no need for a window over them.
    few: bool,
    examined_max: usize,
}

impl Listing {
    /// `keys` end with the id, so that no two rows are equal.
    pub fn new(select: &'static str, base: &'static str, joins: &'static str, keys: &'static [Key], descending: bool) -> Listing {
        Listing {
            select,
            base,
            joins,
            keys,
            descending,
            driver: None,
            driving: Vec::new(),
            residual: Vec::new(),
            few: false,
            examined_max: EXAMINED_MAX,
        }
    }

    /// An index holds `column` followed by the keys.
    pub fn drive(&mut self, column: &'static str, wanted: Wanted<Value>) {
        self.driver = Some(column);
        self.driving.push(match wanted {
            Wanted::Is(value) => Condition { sql: format!("{column} = ?"), values: vec![value] },
            Wanted::NotRecorded => Condition { sql: format!("{column} IS NULL"), values: Vec::new() },
        });
    }

    /// A range of the sort key itself.
    pub fn drive_range(&mut self, column: &str, operator: &str, value: Value) {
        self.driving.push(Condition { sql: format!("{column} {operator} ?"), values: vec![value] });
    }

    /// An index on `column` finds the few rows that have one of these ids.
    pub fn within(&mut self, column: &str, ids: &[i64]) {
        self.few = true;
        self.driving.push(Condition { sql: format!("{column} IN ({})", id_list(ids)), values: Vec::new() });
    }

    /// Checked row by row. The expression is dressed so that no index on the column looks inviting: the order of the keys must stay
    /// the way through the table, or the page would have to be sorted out of all that match.
    pub fn check(&mut self, column: &str, wanted: Wanted<Value>) {
        self.residual.push(match wanted {
            Wanted::Is(Value::Int(value)) => Condition { sql: format!("{column} + 0 = ?"), values: vec![Value::Int(value)] },
            Wanted::Is(value) => Condition { sql: format!("{column} || '' = ?"), values: vec![value] },
            Wanted::NotRecorded => Condition { sql: format!("COALESCE(CAST({column} AS TEXT), '') = ''"), values: Vec::new() },
        });
    }

    pub fn check_one_of(&mut self, column: &str, texts: &[String]) {
        let marks = vec!["?"; texts.len()].join(", ");
        let values = texts.iter().cloned().map(Value::Text).collect();
        self.residual.push(Condition { sql: format!("{column} || '' IN ({marks})"), values });
    }

    /// Capital ASCII letters count as small ones.
    pub fn check_contains(&mut self, engine: Engine, column: &str, text: &str) {
        let escaped = text.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('\0', "");
        self.residual.push(Condition { sql: engine.contains(column, "?"), values: vec![Value::Text(format!("%{escaped}%"))] });
    }

    pub fn check_range(&mut self, column: &str, operator: &str, value: i64) {
        self.residual.push(Condition { sql: format!("{column} + 0 {operator} ?"), values: vec![Value::Int(value)] });
    }

    /// Where each row costs more to look at.
    pub fn examine_at_most(&mut self, rows: usize) {
        self.examined_max = rows;
    }

    fn order(&self) -> String {
        let direction = if self.descending { "DESC" } else { "ASC" };
        let columns = self.driver.into_iter().chain(self.keys.iter().map(|key| key.sql));
        columns.map(|column| format!("{column} {direction}")).collect::<Vec<_>>().join(", ")
    }

    /// Names the order, so that a cursor of one order is not taken for another's.
    fn order_name(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "+" }, self.keys[0].sql)
    }

    fn key_columns(&self) -> String {
        self.keys.iter().enumerate().map(|(index, key)| format!("{} AS key_{index}", key.sql)).collect::<Vec<_>>().join(", ")
    }

    /// The first key stands by itself too: SQLite does not use a comparison of several where the first is an expression or the others are
    /// another table's.
    fn beyond(&self, operator: &str, position: &[Value]) -> Condition {
        let columns: Vec<_> = self.keys.iter().map(|key| key.sql).collect();
        let marks = vec!["?"; columns.len()];
        let first = format!("{} {}= ?", columns[0], &operator[..1]);
        let values = position[..1].iter().chain(position).cloned().collect();
        Condition { sql: format!("{first} AND ({}) {operator} ({})", columns.join(", "), marks.join(", ")), values }
    }

    fn after(&self, position: &[Value]) -> Condition {
        self.beyond(if self.descending { "<" } else { ">" }, position)
    }

    fn up_to(&self, position: &[Value]) -> Condition {
        self.beyond(if self.descending { ">=" } else { "<=" }, position)
    }

    fn statement<'a>(&'a self, head: &str, from: &str, extra: impl IntoIterator<Item = &'a Condition>, tail: &str) -> Statement {
        let mut statement = Statement { sql: format!("{head} FROM {from}"), values: Vec::new() };
        for (index, condition) in extra.into_iter().enumerate() {
            statement.sql.push_str(if index == 0 { " WHERE " } else { " AND " });
            for (part, piece) in condition.sql.split('?').enumerate() {
                if part > 0 {
                    statement.values.push(condition.values[part - 1].clone());
                    statement.sql.push_str(&format!("${}", statement.values.len()));
                }
                statement.sql.push_str(piece);
            }
        }
        statement.sql.push_str(tail);
        statement
    }

    fn position_of(&self, row: &AnyRow) -> Result<Vec<Value>> {
        let read = |(index, key): (usize, &Key)| {
            let name = format!("key_{index}");
            Ok(match key.kind {
                ColumnKind::Int => Value::Int(row.try_get(name.as_str())?),
                ColumnKind::Text => Value::Text(row.try_get(name.as_str())?),
            })
        };
        self.keys.iter().enumerate().map(read).collect()
    }

    /// Where the window that starts after `start` ends, if the table goes on beyond it.
    async fn window_end(&self, connection: &mut AnyConnection, start: Option<&Condition>) -> Result<Option<Vec<Value>>> {
        if self.residual.is_empty() || self.few {
            return Ok(None);
        }
        let tail = format!(" ORDER BY {} LIMIT 1 OFFSET {}", self.order(), self.examined_max - 1);
        let statement = self.statement(&format!("SELECT {}", self.key_columns()), self.base, self.driving.iter().chain(start), &tail);
        let row = statement.query().fetch_optional(connection).await?;
        row.map(|row| self.position_of(&row)).transpose()
    }

    fn page_statement(&self, start: Option<&Condition>, end: Option<&Condition>, limit: usize) -> Statement {
        let head = format!("SELECT {}, {}", self.select, self.key_columns());
        let conditions = self.driving.iter().chain(start).chain(end).chain(&self.residual);
        let tail = format!(" ORDER BY {} LIMIT {}", self.order(), limit + 1);
        self.statement(&head, &format!("{} {}", self.base, self.joins), conditions, &tail)
    }

    pub async fn page<T>(&self, tx: &mut ReadTx, turn: Turn<'_>) -> Result<Page<T>>
    where
        T: for<'r> FromRow<'r, AnyRow>,
    {
        let limit = turn.limit.clamp(1, LIMIT_MAX);
        let start = match turn.cursor {
            Some(text) => Some(self.after(&cursor::read(text, &self.order_name(), self.keys)?)),
            None => None,
        };
        let window_end = self.window_end(tx.conn(), start.as_ref()).await?;
        let end = window_end.as_ref().map(|position| self.up_to(position));
        let rows = self.page_statement(start.as_ref(), end.as_ref(), limit).query().fetch_all(tx.conn()).await?;
        let last_kept = if rows.len() > limit { Some(self.position_of(&rows[limit - 1])?) } else { window_end };
        let items = rows.iter().take(limit).map(T::from_row).collect::<sqlx::Result<Vec<_>>>()?;
        Ok(Page { items, next: last_kept.map(|position| cursor::write(&self.order_name(), &position)) })
    }

    pub async fn count(&self, tx: &mut ReadTx) -> Result<Count> {
        let window_end = self.window_end(tx.conn(), None).await?;
        let end = window_end.as_ref().map(|position| self.up_to(position));
        let tail = format!(" LIMIT {}", COUNTED_MAX + 1);
        let conditions = self.driving.iter().chain(end.as_ref()).chain(&self.residual);
        let mut statement = self.statement("SELECT 1 AS one", &format!("{} {}", self.base, self.joins), conditions, &tail);
        statement.sql = format!("SELECT COUNT(*) FROM ({}) AS counted", statement.sql);
        let found: i64 = statement.query().fetch_one(tx.conn()).await?.try_get(0)?;
        Ok(Count { found: found.min(COUNTED_MAX as i64), exact: found <= COUNTED_MAX as i64 && window_end.is_none() })
    }

    /// All rows that match, summed up by `columns` and in their order. No join is made: conditions on `base` alone can be summed.
    pub async fn groups<T>(&self, tx: &mut ReadTx, select: &str, columns: &str) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, AnyRow>,
    {
        let tail = format!(" GROUP BY {columns} ORDER BY {columns}");
        let statement = self.statement(&format!("SELECT {select}"), self.base, self.driving.iter().chain(&self.residual), &tail);
        let rows = statement.query().fetch_all(tx.conn()).await?;
        Ok(rows.iter().map(T::from_row).collect::<sqlx::Result<Vec<_>>>()?)
    }

    /// What the engine says about how it would find the first page: tests look for the index in it.
    pub async fn plan(&self, tx: &mut ReadTx) -> Result<String> {
        let mut statement = self.page_statement(None, None, LIMIT_DEFAULT);
        statement.sql = format!("{} {}", tx.engine.explain(), statement.sql);
        let rows = statement.query().fetch_all(tx.conn()).await?;
        let lines: sqlx::Result<Vec<String>> = rows.iter().map(|row| row.try_get(row.len() - 1)).collect();
        Ok(lines?.join("\n"))
    }
}

struct Statement {
    sql: String,
    values: Vec<Value>,
}

impl Statement {
    fn query(self) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
        let mut query = sqlx::query(AssertSqlSafe(self.sql));
        for value in self.values {
            let kind = if matches!(value, Value::Int(_)) { ColumnKind::Int } else { ColumnKind::Text };
            query = bulk::bind_value(query, kind, value);
        }
        query
    }
}

/// Ids as they stand between the parentheses of `IN`; of nothing, a list that nothing is in.
pub(crate) fn id_list(ids: &[i64]) -> String {
    if ids.is_empty() {
        return "NULL".to_owned();
    }
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

pub(crate) fn missing(noun: &'static str, id: i64) -> FactsError {
    FactsError::not_found(noun, id)
}
