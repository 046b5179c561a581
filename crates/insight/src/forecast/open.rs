//! The open deals behind the forecast.

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::DealStage};
use rustc_hash::FxHashMap;

use super::{
    OpenCounts, OpenRow, OpenSegment,
    past::{Past, Path},
    simulate::{Draws, Horizon, OpenDraws},
};
use crate::{
    engine::{Amount, Context, evidence},
    kpi,
    rows::Table,
};

/// One for each open deal, the largest weighted amount first: they sum to the scoreboard's weighted pipeline.
pub fn rows(context: &Context, past: &Past, horizon: &Horizon, draws: Option<&Draws>) -> Vec<OpenRow> {
    let weighted = kpi::find("weighted_pipeline").and_then(|kpi| evidence(context, kpi, None, 0, usize::MAX));
    let paths: FxHashMap<u32, (usize, &Path)> = past.open().enumerate().map(|(place, path)| (path.row, (place, path))).collect();
    let deals = &context.history.deals;
    let row = |behind: &crate::answer::EvidenceRow| {
        let row = deals.find(behind.id)?;
        let (place, path) = paths.get(&(row as u32)).copied().unzip();
        let of_draws = draws.zip(place).and_then(|(draws, place)| Some((draws.open.get(place)?, draws.replicates)));
        let amount_minor = match context.deal_amount(row) {
            Amount::Minor(minor) => Some(minor),
            Amount::Other(_) | Amount::NotRecorded => None,
        };
        let weighted = behind.value.unwrap_or(0.0);
        Some(OpenRow {
            id: behind.id,
            stage: context.view.deals[row].and_then(|state| state.stage).unwrap_or(DealStage::Discovery).key(),
            age_days: path.and_then(Path::now).map(|(since, _)| past.as_of.days_since(since)),
            amount_minor,
            stage_rate: amount_minor.filter(|minor| *minor != 0 && behind.value.is_some()).map(|minor| weighted / minor as f64),
            weighted_minor: weighted.round() as i64,
            win_rate: of_draws.map(|(own, all)| wins(own) as f64 / all as f64),
            loss_rate: of_draws.map(|(own, all)| own.lost as f64 / all as f64),
            expected_at: of_draws.and_then(|(own, _)| expected_at(own, past.as_of)).map(|at| at.min(last_instant(horizon))),
            stated_at: deals.expected_close_at.get(row),
        })
    };
    let mut rows: Vec<OpenRow> = weighted.into_iter().flat_map(|weighted| weighted.rows).filter_map(|behind| row(&behind)).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.weighted_minor), row.id));
    rows
}

fn wins(own: &OpenDraws) -> u64 {
    own.won.iter().sum()
}

fn expected_at(own: &OpenDraws, as_of: Instant) -> Option<Instant> {
    let wins = wins(own);
    (wins > 0).then(|| as_of.plus_micros((own.days as f64 / wins as f64 * MICROS_PER_DAY as f64) as i64))
}

fn last_instant(horizon: &Horizon) -> Instant {
    horizon.bounds[horizon.bounds.len() - 1].plus_micros(-1)
}

pub fn counts(rows: &[OpenRow]) -> OpenCounts {
    OpenCounts {
        deals: rows.len() as u64,
        without_amount: rows.iter().filter(|row| row.amount_minor.is_none()).count() as u64,
        undated: rows.iter().filter(|row| row.age_days.is_none()).count() as u64,
    }
}

pub fn segments(context: &Context, rows: &[OpenRow]) -> Vec<OpenSegment> {
    let (Some(segments), Some(of_rows)) = (&context.segments, context.segments_of(Table::Deals)) else { return Vec::new() };
    let mut by_place: FxHashMap<u32, OpenSegment> = FxHashMap::default();
    for row in rows {
        let Some(place) = context.history.deals.find(row.id).map(|deal| of_rows[deal]) else { continue };
        let label = &segments.labels[place as usize];
        let sum = by_place.entry(place).or_insert_with(|| OpenSegment {
            label: label.name.clone(),
            id: label.id,
            deals: 0,
            amount_minor: 0,
            weighted_minor: 0,
            expected_minor: None,
        });
        let amount = row.amount_minor.unwrap_or(0);
        sum.deals += 1;
        sum.amount_minor += amount;
        sum.weighted_minor += row.weighted_minor;
        if let Some(rate) = row.win_rate {
            *sum.expected_minor.get_or_insert(0) += (amount as f64 * rate).round() as i64;
        }
    }
    let mut all: Vec<OpenSegment> = by_place.into_values().collect();
    all.sort_by(|a, b| b.weighted_minor.cmp(&a.weighted_minor).then_with(|| (&a.label, a.id).cmp(&(&b.label, b.id))));
    all
}
