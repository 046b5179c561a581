//! The checklist of alignment: ten points, judged from what both teams do here.

pub mod api;
pub mod pages;

#[cfg(test)]
mod tests;

use alignment::{
    Instant,
    checklist::{Behaviour, Point, judge},
    lifecycle::Stage,
    promise::Month,
};
use facts::{
    Connection,
    ledger::{
        Span, acts, behaviour,
        counts::{self, Verdicts},
    },
};
use insight::kpi;

use crate::{Office, agreement::Versions, promises, question, ui::format};

/// Days that most of it looks back.
const DAYS: i64 = 30;
const FEEDBACK_DAYS: i64 = 28;
const MONTHS: usize = 3;

pub struct Checklist {
    pub as_of: Instant,
    pub points: Vec<Point>,
}

/// As the record tells it at `as_of`. Who is in a queue, signatures and settlements are taken as they are now.
pub async fn look(office: &Office, as_of: Instant) -> anyhow::Result<Checklist> {
    let versions = office.versions().await?;
    let mut seen = in_record(office, &versions, as_of).await?;
    (seen.content_live, seen.content_used) = content(office, as_of).await?;
    Ok(Checklist { as_of, points: judge(&seen) })
}

async fn in_record(office: &Office, versions: &Versions, as_of: Instant) -> anyhow::Result<Behaviour> {
    let mut record = office.facts().read().await?;
    let connection = record.conn();
    let version = versions.at(as_of);
    let agreement = &version.agreement;
    let zone = agreement.time_zone();
    let (from, before) = (as_of.plus_days(-DAYS).0, as_of.0.saturating_add(1));
    let span = Span { from, to: before, before };
    let (moves_here, moves_imported) = behaviour::moves(connection, from, before).await?;
    let reviews = counts::clocks(connection, span, "review").await?;
    let (sent_back, sent_back_with_reason) = sent_back(connection, span, agreement).await?;
    let (settled_months, is_last_month_settled) = settled(connection, Month::of(as_of, &zone)).await?;
    let is_in_target = |target: &alignment::agreement::RevenueTarget| target.from <= as_of && as_of < target.to;
    let is_first = version.effective_at.0 < -9_000_000_000_000_000;
    Ok(Behaviour {
        agreement_version: version.number,
        agreement_since: if is_first {
            "from the start".into()
        } else {
            format!("since {}", format::date(version.effective_at, &zone, as_of))
        },
        is_signed: behaviour::is_signed_by_both(connection, i64::from(version.number)).await?,
        has_mql_criteria: agreement.clause(Stage::Mql).is_some_and(|clause| clause.criteria.is_some()),
        has_revenue_target: agreement.revenue_target.as_ref().is_some_and(is_in_target),
        moves_here: moves_here.unsigned_abs(),
        moves_imported: moves_imported.unsigned_abs(),
        active_marketing: behaviour::active(connection, "marketing", from, before).await?.unsigned_abs(),
        active_sales: behaviour::active(connection, "sales", from, before).await?.unsigned_abs(),
        reviews_kept: number(&reviews, &["kept"]),
        reviews_broken: number(&reviews, &["broken", "waived"]),
        sent_back,
        sent_back_with_reason,
        queued: behaviour::queued(connection).await?.unsigned_abs(),
        content_live: 0,
        content_used: None,
        feedback_reviews: acts::reviews(connection, as_of.plus_days(-FEEDBACK_DAYS).0, before).await?.len() as u64,
        settled_months,
        is_last_month_settled,
    })
}

fn number(found: &Verdicts, verdicts: &[&str]) -> u64 {
    found.iter().filter(|(verdict, _)| verdicts.contains(&verdict.as_str())).map(|(_, count)| count.unsigned_abs()).sum()
}

async fn sent_back(connection: &mut Connection, span: Span, agreement: &alignment::agreement::Agreement) -> anyhow::Result<(u64, u64)> {
    let known = promises::known_reasons(agreement);
    let (mut all, mut with_reason) = (0, 0);
    for (stage, reason, count) in counts::reasons(connection, span).await? {
        let count = count.unsigned_abs();
        all += count;
        with_reason += if reason.is_some_and(|reason| known.contains(&(stage, reason.to_lowercase()))) { count } else { 0 };
    }
    Ok((all, with_reason))
}

/// Of the last three months that are over, how many are settled, and whether the last one is.
async fn settled(connection: &mut Connection, current: Month) -> anyhow::Result<(u64, bool)> {
    let months: Vec<Month> = std::iter::successors(Some(current.previous()), |month| Some(month.previous())).take(MONTHS).collect();
    let settled = acts::settled(connection, &current.to_string(), MONTHS as i64).await?;
    let is_settled = |month: &Month| settled.iter().any(|(period, _)| *period == month.to_string());
    Ok((months.iter().filter(|month| is_settled(month)).count() as u64, months.first().is_some_and(is_settled)))
}

/// Live pieces and those used in deals, by the number on the scoreboard.
async fn content(office: &Office, as_of: Instant) -> anyhow::Result<(u64, Option<u64>)> {
    let params = question::QuestionParams { as_of: Some(as_of.to_string()), ..question::QuestionParams::default() };
    let (history, question) = question::ask(office, &params, "this_month").await?;
    let live = history.content.len() as u64;
    let answer = crate::aside::aside(move || kpi::answer(&history, &question, "content_use_rate")).await?;
    let measure = answer.map(|answer| answer.measure);
    Ok(match measure.filter(|measure| measure.value.is_some()) {
        Some(measure) => (measure.n, measure.hits),
        None => (live, None),
    })
}
