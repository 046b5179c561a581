//! A list as a CSV file, sent while it is read: page after page, up to a stated number of rows.

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;

use crate::web::AppError;

/// Rows of one export, at most. Filters make several of a longer list.
pub const ROWS_MAX: usize = 100_000;

/// Rows of a page as lines, and the cursor of the next one.
pub type Lines = Result<(Vec<Vec<String>>, Option<String>), AppError>;

/// `page` gives the page at a cursor. An error after the first page breaks the download off, so that nobody takes it for whole.
pub async fn export<F, P>(name: &str, header: &[&str], page: F) -> Result<Response, AppError>
where
    F: Fn(Option<String>) -> P + Send + 'static,
    P: Future<Output = Lines> + Send,
{
    let head: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let (first, next) = page(None).await?;
    let sent = first.len();
    let mut text = line(&head);
    first.iter().for_each(|row| text.push_str(&line(row)));
    let rest = stream::try_unfold((page, next, sent), async |(page, next, sent)| {
        let Some(cursor) = next.filter(|_| sent < ROWS_MAX) else { return Ok(None) };
        let (rows, next) = page(Some(cursor)).await.map_err(std::io::Error::other)?;
        let text: String = rows.iter().map(|row| line(row)).collect();
        Ok::<_, std::io::Error>(Some((Bytes::from(text), (page, next, sent + rows.len()))))
    });
    let first = stream::iter([Ok(Bytes::from(text))]);
    let body = Body::from_stream(futures_util::StreamExt::chain(first, rest));
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

fn line(cells: &[String]) -> String {
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// Quoted where it must be. Spreadsheets run cells that begin like a formula: those get an apostrophe in front.
pub fn quoted(cell: &str) -> String {
    let guarded = exchange::rejected::escaped(cell);
    if guarded.contains(['"', ',', '\n', '\r', ';']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded.into_owned() }
}

pub fn text(value: Option<String>) -> String {
    value.unwrap_or_default()
}

pub fn instant(micros: Option<i64>) -> String {
    micros.map(crate::api::wire::at).unwrap_or_default()
}

pub fn integer(value: Option<i64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_text() {
        for (cell, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=cmd()", "'=cmd()"),
            ("+351 1", "+351 1"),
            ("-12", "-12"),
            ("@me,you", "\"'@me,you\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
