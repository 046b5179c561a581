//! The rows that a figure was counted from: as a table (`ui/evidence.html`), and as the page that has nothing else.

use alignment::Currency;
use askama::Template;
use insight::{
    answer::{Evidence, EvidenceRow, Unit},
    question::Question,
    rows::Table,
};

use super::{
    Frame, Judged, Named, Pager, format,
    named::{names, noun},
};
use crate::{Office, web::AppError};

/// `{% call evidence::table(behind) %}{% endcall %}`
pub struct Behind {
    pub rows: Vec<RowShown>,
    /// Whether there is more to say of a row than that it counts.
    pub has_values: bool,
}

pub struct RowShown {
    pub named: Named,
    pub at: String,
    pub value: String,
    pub hit: bool,
    /// `5 of 6 fields`: a lead's required fields are the one kind of row that is several in its number.
    pub part: Option<String>,
    pub fault: Option<&'static str>,
}

/// The page of a figure's rows.
#[derive(Template)]
#[template(path = "ui/behind.html")]
pub struct BehindPage {
    pub title: String,
    pub words: String,
    /// Name and address of the page that the figure is on.
    pub back: (String, String),
    pub behind: Behind,
    pub pager: Pager,
    pub as_of: String,
    pub known_at: String,
    pub judged: Judged,
    pub frame: Frame,
}

/// What stands at the head of a page of rows.
pub struct Head {
    pub title: String,
    pub words: String,
    pub back: (String, String),
}

impl Behind {
    /// `unit` is that of what a row adds.
    pub async fn of(office: &Office, frame: &Frame, evidence: &Evidence, unit: Unit, currency: Currency) -> Result<Behind, AppError> {
        let names = names(office, noun(evidence.table), evidence.rows.iter().map(|row| row.id).collect()).await?;
        let shown = |row: &EvidenceRow| RowShown {
            named: names.of(row.id),
            at: frame.date_or_none(row.at),
            value: value(row, evidence.table, unit, currency),
            hit: row.hit,
            part: (row.n > 1).then(|| format!("{} of {} fields", row.hits, row.n)),
            fault: row.fault,
        };
        let rows: Vec<RowShown> = evidence.rows.iter().map(shown).collect();
        Ok(Behind { has_values: rows.iter().any(|row| !row.value.is_empty()), rows })
    }
}

impl BehindPage {
    pub fn new(frame: Frame, question: &Question, head: Head, behind: Behind, pager: Pager) -> BehindPage {
        let Head { title, words, back } = head;
        BehindPage {
            title,
            words,
            back,
            behind,
            pager,
            as_of: frame.date_time(question.as_of),
            known_at: frame.date_time(question.known_at),
            judged: Judged::of(question),
            frame,
        }
    }
}

/// What the row adds; where each row is a hit or none, that is all there is to say.
fn value(row: &EvidenceRow, table: Table, unit: Unit, currency: Currency) -> String {
    match (unit, row.value) {
        (Unit::Days | Unit::Hours, Some(value)) => format::value(value, unit, currency),
        // To the cent, so that the rows can be added up by hand.
        (Unit::Money, Some(value)) => format::money_exact(value, currency),
        // What a piece of content had a part in.
        (_, Some(value)) if table == Table::Content && value > 0.0 => format::money_exact(value, currency),
        _ => String::new(),
    }
}
