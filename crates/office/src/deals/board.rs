//! Deals by stage, with what each stage is worth. A column is the list that its heading opens: as many deals, with the same sum.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::DealStage};
use askama::Template;
use facts::{
    deals::{self, DealFilter, DealRow, DealSort, StageTotal},
    list::{Sort, Turn},
};

use super::{api::DealQuery, pages};
use crate::{
    Office,
    lists::{ListView, Place},
    ui::{Frame, format, url},
    web::{AppError, Page},
};

/// Closed deals stay on the board this long.
const CLOSED_DAYS: i64 = 90;
/// Cards of a stage; the table has the rest.
const CARDS: usize = 30;

#[derive(Template)]
#[template(path = "deals/board.html")]
pub struct BoardPage {
    frame: Frame,
    columns: Vec<Column>,
    view: ListView,
}

struct Column {
    stage: DealStage,
    deals: Vec<DealRow>,
    /// How many, and their sums by currency.
    count: i64,
    sums: String,
    /// Where all of the column are listed.
    all: String,
}

pub async fn page(office: &Office, frame: Frame, query: &DealQuery, place: Place) -> Result<Page<BoardPage>, AppError> {
    let filter = query.filter()?;
    let closed_from = frame.now.0 - CLOSED_DAYS * MICROS_PER_DAY;
    let mut record = office.facts().read().await?;
    let mut columns = Vec::new();
    for stage in DealStage::ALL.into_iter().filter(|stage| is_asked(&filter, *stage)) {
        let moved_from = if stage.is_closed() { filter.moved_from.max(Some(closed_from)) } else { filter.moved_from };
        let of_column = DealFilter { stages: vec![stage.key().to_owned()], moved_from, ..filter.clone() };
        let sort = Sort { key: DealSort::StageAt, descending: true };
        let deals = deals::list(&mut record, &of_column, sort, Turn { cursor: None, limit: CARDS }).await?.items;
        let (count, sums) = summed(&deals::totals(&mut record, &of_column).await?);
        columns.push(Column { stage, deals, count, sums, all: listed(&place, stage, moved_from) });
    }
    let under = under(&filter);
    let view = ListView { under, ..pages::head(record.conn(), place).await? };
    Ok(Page(BoardPage { frame, columns, view }))
}

/// What is on the board, where closed deals are.
fn under(filter: &DealFilter) -> String {
    let is_any = |closed: bool| DealStage::ALL.into_iter().any(|stage| stage.is_closed() == closed && is_asked(filter, stage));
    match (is_any(false), is_any(true)) {
        (true, true) => format!("Open deals, and those closed in the last {CLOSED_DAYS} days"),
        (false, true) => format!("Deals closed in the last {CLOSED_DAYS} days"),
        (_, false) => String::new(),
    }
}

fn is_asked(filter: &DealFilter, stage: DealStage) -> bool {
    filter.stages.is_empty() || filter.stages.iter().any(|key| key == stage.key())
}

/// The table with what the board was asked and the column holds.
fn listed(place: &Place, stage: DealStage, moved_from: Option<i64>) -> String {
    let moved_from = moved_from.map(|at| Instant(at).to_string()).unwrap_or_default();
    let own = [("stage", stage.key()), ("moved_from", moved_from.as_str())];
    let kept = place.parameters.iter().filter(|(name, _)| !["stage", "moved_from", "view", "sort", "cursor"].contains(name));
    url::with(place.path, kept.map(|(name, value)| (*name, value.as_str())).chain(own))
}

fn summed(totals: &[StageTotal]) -> (i64, String) {
    let sums: Vec<_> = totals
        .iter()
        .filter_map(|total| pages::money_of(total.amount_minor, total.amount_currency.as_deref()))
        .map(|money| format::money_short(money.minor as f64, money.currency))
        .collect();
    (totals.iter().map(|total| total.deals).sum(), sums.join(" + "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_opens_the_list_that_it_is() {
        let text = |text: &str| Some(text.to_owned());
        let place = Place::new("/deals", [("q", text("azul")), ("stage", text("won,lost")), ("view", text("board")), ("owner", text("3"))]);
        for (stage, moved_from, expected) in [
            (DealStage::Proposal, None, "/deals?q=azul&owner=3&stage=proposal"),
            (DealStage::Won, Some(0), "/deals?q=azul&owner=3&stage=won&moved_from=1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(listed(&place, stage, moved_from), expected);
        }
        let asked_of =
            |stages: &[&str]| DealFilter { stages: stages.iter().map(|key| (*key).to_owned()).collect(), ..DealFilter::default() };
        for (stages, expected) in [
            (&[][..], "Open deals, and those closed in the last 90 days"),
            (&["won"], "Deals closed in the last 90 days"),
            (&["proposal"], ""),
        ] {
            assert_eq!(under(&asked_of(stages)), expected);
        }
        let asked = DealFilter { stages: vec!["won".into()], ..DealFilter::default() };
        assert!(
            is_asked(&asked, DealStage::Won) && !is_asked(&asked, DealStage::Lost) && is_asked(&DealFilter::default(), DealStage::Lost)
        );
    }
}
