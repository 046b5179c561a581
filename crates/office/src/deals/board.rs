//! Deals by stage, with what each stage is worth.

use alignment::{instant::MICROS_PER_DAY, lifecycle::DealStage};
use askama::Template;
use facts::{
    deals::{self, DealRow, DealSort, StageTotal},
    list::{Sort, Turn},
};

use super::{api::DealQuery, pages};
use crate::{
    Office,
    lists::Place,
    ui::{Frame, format},
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
    views: Vec<(&'static str, String, bool)>,
    place: Place,
}

struct Column {
    stage: DealStage,
    deals: Vec<DealRow>,
    /// How many, and their sums by currency.
    count: i64,
    sums: String,
    /// Where the rest of the stage is listed.
    all: String,
}

pub async fn page(office: &Office, frame: Frame, query: &DealQuery, place: Place) -> Result<Page<BoardPage>, AppError> {
    let filter = query.filter()?;
    let closed_from = frame.now.0 - CLOSED_DAYS * MICROS_PER_DAY;
    let mut record = office.facts().read().await?;
    let totals = deals::stage_totals(record.conn(), closed_from).await?;
    let mut columns = Vec::new();
    for stage in DealStage::ALL {
        let of_stage = facts::deals::DealFilter { stages: vec![stage.key().to_owned()], ..filter.clone() };
        let sort = Sort { key: DealSort::StageAt, descending: true };
        let mut deals = deals::list(&mut record, &of_stage, sort, Turn { cursor: None, limit: CARDS }).await?.items;
        if stage.is_closed() {
            deals.retain(|deal| deal.stage_at.is_some_and(|at| at >= closed_from));
        }
        let (count, sums) = summed(&totals, stage);
        columns.push(Column { stage, deals, count, sums, all: crate::ui::url::with("/deals", [("stage", stage.key())]) });
    }
    Ok(Page(BoardPage { frame, columns, views: pages::views(&place), place }))
}

fn summed(totals: &[StageTotal], stage: DealStage) -> (i64, String) {
    let of_stage = totals.iter().filter(|total| total.stage == stage.key());
    let count = of_stage.clone().map(|total| total.deals).sum();
    let sums: Vec<_> = of_stage
        .filter_map(|total| pages::money_of(total.amount_minor, total.amount_currency.as_deref()))
        .map(|money| format::money_short(money.minor as f64, money.currency))
        .collect();
    (count, sums.join(" + "))
}

impl BoardPage {
    fn is_filtered(&self) -> bool {
        self.place.is_filtered()
    }
}
