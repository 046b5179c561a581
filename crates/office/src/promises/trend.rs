//! How each promise stood in the last twelve months.

use alignment::{
    Instant,
    promise::{Ledger, Month, Status},
};

use super::lines;
use crate::{Office, ui::charts};

const MONTHS: usize = 12;

pub struct Trend {
    pub name: &'static str,
    pub side: &'static str,
    pub chart: charts::Svg,
    /// Each month with its class and words, oldest first.
    pub months: Vec<(String, &'static str, String)>,
}

/// Settled months as they were settled, the others as the record tells them.
pub async fn ledgers(office: &Office, last: Month, as_of: Instant) -> anyhow::Result<Vec<Ledger>> {
    let versions = office.versions().await?;
    let mut months: Vec<Month> = std::iter::successors(Some(last), |month| Some(month.previous())).take(MONTHS).collect();
    months.reverse();
    let mut record = office.facts().read().await?;
    let mut ledgers = Vec::with_capacity(MONTHS);
    for period in months {
        let closings = facts::ledger::acts::closings(record.conn(), &period.to_string()).await?;
        ledgers.push(match closings.as_slice() {
            [first, second] if first.hash == second.hash => serde_json::from_str(&first.body)?,
            _ => lines::ledger(record.conn(), &versions, period, as_of).await?,
        });
    }
    Ok(ledgers)
}

pub fn trends(ledgers: &[Ledger]) -> Vec<Trend> {
    alignment::promise::ALL.iter().map(|promise| trend(promise, ledgers)).collect()
}

fn trend(promise: &'static alignment::promise::Promise, ledgers: &[Ledger]) -> Trend {
    let mut points = Vec::new();
    let mut months = Vec::new();
    for ledger in ledgers {
        let Some(line) = ledger.lines.iter().find(|line| line.key == promise.key) else { continue };
        let shown = super::pages::value(promise, line);
        let name = ledger.period.short_name();
        months.push((name.clone(), class(line.status), format!("{name}: {}, {shown}", line.status.name().to_lowercase())));
        points.push(charts::Point { name, value: line.value, interval: None, shown, young: !line.is_final });
    }
    let side = crate::leads::pages::side_key(promise.side);
    let chart = charts::spark(&charts::Line { title: promise.name, team: side, points: &points });
    Trend { name: promise.name, side, chart, months }
}

/// The class of a tag in the colour of a status.
pub fn class(status: Status) -> &'static str {
    match status {
        Status::Kept => "good",
        Status::AtRisk => "warn",
        Status::Breached => "bad",
        _ => "",
    }
}
