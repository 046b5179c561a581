//! A picture on a page: its title and words, the picture itself, the numbers behind it as a table, and both to take away.
//!
//! In the page struct `exhibit: Exhibit`, in the template
//! `{% import "ui/exhibit.html" as exhibits %}` and `{% call exhibits::exhibit(exhibit) %}{% endcall %}`.
//! `GET ../<name>.svg` answers [`svg_file`], `GET ../<name>.csv` answers [`csv_file`], both with the page's own query.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use picture::{Picture, Width};

use super::Svg;
use crate::report::Sheet;

/// Rows of the table behind a picture; the file has all of them.
const ROWS_MAX: usize = 200;

pub struct Exhibit {
    pub title: String,
    /// What there is to see, as a sentence or two under the title.
    pub words: String,
    /// For wide screens and paper.
    pub wide: Svg,
    /// For phones; hidden where the wide one is shown.
    pub narrow: Svg,
    pub svg_address: String,
    pub csv_address: String,
    pub table: Table,
}

/// The numbers behind a picture.
pub struct Table {
    pub header: Vec<(String, bool)>,
    /// Text, and whether it stands right as numbers do.
    pub rows: Vec<Vec<(String, bool)>>,
    /// How many rows are left to the file; empty if none.
    pub rest: String,
}

impl Exhibit {
    /// `width` is [`Width::Wide`] where the picture has the page to itself, [`Width::Normal`] in half of it.
    pub fn new(picture: &dyn Picture, width: Width, table: &Sheet, svg_address: String, csv_address: String) -> Exhibit {
        Exhibit {
            title: picture.title().to_owned(),
            words: picture.summary().to_owned(),
            wide: Svg(picture::draw(picture, width).0),
            narrow: Svg(picture::draw(picture, Width::Narrow).0),
            svg_address,
            csv_address,
            table: Table::of(table),
        }
    }
}

impl Table {
    fn of(sheet: &Sheet) -> Table {
        let is_number: Vec<bool> = (0..sheet.header.len()).map(|column| column > 0 && sheet.is_number(column)).collect();
        let aligned = |cells: &[String]| cells.iter().cloned().zip(is_number.iter().copied()).collect();
        let rest = sheet.rows.len().saturating_sub(ROWS_MAX);
        Table {
            header: aligned(&sheet.header),
            rows: sheet.rows.iter().take(ROWS_MAX).map(|row| aligned(row)).collect(),
            rest: if rest > 0 { format!("{} more rows are in the CSV file.", super::format::count(rest as u64)) } else { String::new() },
        }
    }
}

/// The picture as a file of its own; `name` without its ending.
pub fn svg_file(picture: &dyn Picture, name: &str) -> Response {
    file(picture::standalone(picture), "image/svg+xml; charset=utf-8", &format!("{name}.svg"))
}

/// The numbers as a file; `name` without its ending.
pub fn csv_file(sheet: &Sheet, name: &str) -> Response {
    file(sheet.to_csv(), "text/csv; charset=utf-8", &format!("{name}.csv"))
}

fn file(body: String, content_type: &'static str, name: &str) -> Response {
    let safe: String = name.chars().map(|char| if char.is_ascii_alphanumeric() || ".-_".contains(char) { char } else { '-' }).collect();
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    // Only ASCII letters are left, so it is a header value.
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{safe}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
