//! The live ledger: counts of the month, judged line by line.

use alignment::{
    Instant,
    agreement::{Agreement, ReasonFor, Version},
    calendar::{WorkCalendar, working_micros_between},
    promise::{
        self, ALL, CreditCounts, Credits, Judgement, Ledger, Line, Month, Progress, Promise, SourceShare, Tally, WaiverNote, judge_rate,
        judge_volume, not_due, not_recorded, owed_mqls, tally_windows,
    },
};
use facts::{
    Connection, agreements,
    ledger::{
        Span, acts,
        counts::{self, Verdicts},
    },
};

use super::carried;
use crate::agreement::Versions;

/// A month with what it is judged by.
pub struct Scope<'a> {
    pub period: Month,
    pub version: &'a Version,
    pub from: Instant,
    pub to: Instant,
    pub as_of: Instant,
    pub span: Span,
}

impl<'a> Scope<'a> {
    /// Its bounds are of the zone, and its numbers of the Agreement, that were in force when it began.
    pub fn new(versions: &'a Versions, period: Month, as_of: Instant) -> Scope<'a> {
        let zone = versions.at(period.from(&jiff::tz::TimeZone::UTC)).agreement.time_zone();
        let (from, to) = (period.from(&zone), period.to(&zone));
        let span = Span { from: from.0, to: to.0, before: as_of.0.saturating_add(1) };
        Scope { period, version: versions.at(from), from, to, as_of, span }
    }

    pub fn agreement(&self) -> &'a Agreement {
        &self.version.agreement
    }

    pub fn is_over(&self) -> bool {
        self.as_of >= self.to
    }

    fn progress(&self) -> Progress {
        if self.is_over() {
            return Progress { is_over: true, elapsed_share: 1.0, working_days_left: 0 };
        }
        let calendar = WorkCalendar::of(&self.agreement().calendar);
        let whole = working_micros_between(&calendar, self.from, self.to).max(1);
        let gone = working_micros_between(&calendar, self.from, self.as_of).clamp(0, whole);
        let today = self.as_of.day_start(&self.agreement().time_zone());
        let days = (0..31).map(|day| (today.plus_days(day).max(self.as_of), today.plus_days(day + 1).min(self.to)));
        let left = days.filter(|(from, to)| from < to && working_micros_between(&calendar, *from, *to) > 0).count();
        Progress { is_over: false, elapsed_share: gone as f64 / whole as f64, working_days_left: left as u32 }
    }
}

/// What all lines need to know.
struct Known<'a> {
    scope: Scope<'a>,
    progress: Progress,
    /// Why no promise of this month can be judged, if so.
    unjudged: Option<Judgement>,
    in_use_from: Instant,
    mqls: u64,
    are_mqls_recorded: bool,
    carried_in: i64,
    clocks: Vec<(&'static str, Verdicts)>,
}

pub async fn ledger(connection: &mut Connection, versions: &Versions, period: Month, as_of: Instant) -> anyhow::Result<Ledger> {
    let known = know(connection, versions, period, as_of).await?;
    let waivers = acts::month_waivers(connection, &period.to_string()).await?;
    let agreement = known.scope.agreement();
    let mut lines = Vec::with_capacity(ALL.len());
    for promise in &ALL {
        let mut sources = Vec::new();
        let target = (promise.target)(agreement);
        let judgement = match &known.unjudged {
            Some(none) => Judgement { target, ..none.clone() },
            None => judge(connection, &known, promise, &mut sources).await?,
        };
        let waiver = waivers.iter().find(|waiver| waiver.promise == promise.key);
        let judgement = if waiver.is_some() { promise::waived(judgement) } else { judgement };
        let mut line = Line::of(promise, judgement, promised(promise, agreement, known.carried_in), known.scope.is_over());
        line.sources = sources;
        line.waiver = waiver.map(|row| WaiverNote {
            id: row.id,
            who: row.user_name.clone().unwrap_or_else(|| "the command line".into()),
            why: row.reason.clone(),
        });
        lines.push(line);
    }
    let counts = credits(connection, &known, waivers.iter().any(|waiver| waiver.promise == "review_time")).await?;
    let promised_mqls = u64::from(agreement.promises.mqls_per_month_min);
    // A month that nobody could judge pays nothing off.
    let delivered = if known.unjudged.is_some() { promised_mqls } else { known.mqls };
    let carried_out = promise::carry(known.carried_in, delivered, promised_mqls, counts);
    let credits = Credits { carried_in: known.carried_in, counts, carried_out };
    Ok(Ledger { period, agreement_version: known.scope.version.number, lines, credits })
}

async fn know<'a>(connection: &mut Connection, versions: &'a Versions, period: Month, as_of: Instant) -> anyhow::Result<Known<'a>> {
    let scope = Scope::new(versions, period, as_of);
    let span = scope.span;
    let in_use = agreements::list(connection).await?.iter().map(|row| row.recorded_at).min().unwrap_or(0);
    let unjudged = match counts::begins_at(connection).await? {
        _ if scope.from > as_of => Some(not_due(0.0, "The month has not begun.")),
        None => Some(not_recorded(0.0, "There are no leads in the record yet.")),
        Some(begins) if begins >= scope.to.0 => Some(not_recorded(0.0, "The record begins later.")),
        Some(_) => None,
    };
    let mut clocks = Vec::new();
    let (mut mqls, mut are_mqls_recorded) = (0, true);
    if unjudged.is_none() {
        mqls = counts::mqls(connection, span).await?.unsigned_abs();
        if mqls == 0 {
            let (leads, recording) = counts::leads_recording_mqls(connection, span).await?;
            are_mqls_recorded = leads == 0 || recording > 0;
        }
        for kind in promise::CLOCK_KINDS {
            clocks.push((kind, counts::clocks(connection, span, kind).await?));
        }
    }
    let carried_in = carried::into(connection, versions, period, as_of).await?;
    Ok(Known { progress: scope.progress(), scope, unjudged, in_use_from: Instant(in_use), mqls, are_mqls_recorded, carried_in, clocks })
}

fn promised(promise: &Promise, agreement: &Agreement, carried_in: i64) -> String {
    let words = (promise.target_words)(agreement);
    match carried_in {
        more if promise.key == "volume" && more > 0 => format!("{words}, and {more} carried over"),
        less if promise.key == "volume" && less < 0 => format!("{words}, less {} carried over", -less),
        _ => words,
    }
}

async fn judge(
    connection: &mut Connection,
    known: &Known<'_>,
    promise: &Promise,
    sources: &mut Vec<SourceShare>,
) -> anyhow::Result<Judgement> {
    let (scope, progress, target) = (&known.scope, known.progress, (promise.target)(known.scope.agreement()));
    let span = scope.span;
    if matches!(promise.key, "volume" | "quality" | "data_completeness") && !known.are_mqls_recorded {
        return Ok(not_recorded(target, "The sources of these leads write down no MQLs."));
    }
    if let Some(kind) = promise.clock {
        return clock(connection, known, kind, target).await;
    }
    let tally = match promise.key {
        "volume" => return Ok(judge_volume(known.mqls, owed_mqls(target as u64, known.carried_in), progress)),
        "quality" => {
            let found = counts::decisions(connection, span).await?;
            let tally = tally(&found);
            if tally == Tally::default() && number(&found, "not_recorded") > 0 {
                return Ok(not_recorded(target, "The sources of these leads write down no acceptance."));
            }
            tally
        }
        "data_completeness" => completeness(connection, scope, sources).await?,
        "feedback_review" => {
            if scope.to <= known.in_use_from {
                return Ok(not_recorded(target, "Tandem was not in use here yet."));
            }
            let done: Vec<_> = acts::reviews(connection, span.from, span.to).await?.iter().map(|row| Instant(row.at)).collect();
            let days = scope.agreement().promises.feedback_review_days_max;
            tally_windows(scope.from, scope.to, days, &done, known.in_use_from, scope.as_of)
        }
        "logging" => {
            if !counts::is_any_activity_logged(connection).await? {
                return Ok(not_recorded(target, "No activity has ever been logged here."));
            }
            tally(&counts::logging(connection, span).await?)
        }
        _ => reasons(connection, scope).await?,
    };
    Ok(judge_rate(&tally, target, progress))
}

/// The promise about the clocks of one kind.
async fn clock(connection: &mut Connection, known: &Known<'_>, kind: &str, target: f64) -> anyhow::Result<Judgement> {
    let tally = known.tally_of(kind);
    let nothing_due = tally == Tally::default();
    if nothing_due && known.mqls > 0 && !is_any_clock_started(connection, known).await? {
        return Ok(not_recorded(target, "No clock ran: these leads were judged elsewhere."));
    }
    Ok(judge_rate(&tally, target, known.progress))
}

/// Of any kind: where reviews run on the clock, attempts that are not due yet are no gap in the record.
async fn is_any_clock_started(connection: &mut Connection, known: &Known<'_>) -> anyhow::Result<bool> {
    for kind in promise::CLOCK_KINDS {
        if counts::is_any_clock_started(connection, known.scope.span, kind).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Known<'_> {
    fn tally_of(&self, kind: &str) -> Tally {
        self.clocks.iter().find(|(known, _)| *known == kind).map_or_else(Tally::default, |(_, found)| tally(found))
    }
}

fn number(found: &Verdicts, verdict: &str) -> u64 {
    found.iter().filter(|(known, _)| known == verdict).map(|(_, count)| count.unsigned_abs()).sum()
}

fn tally(found: &Verdicts) -> Tally {
    let pressing = number(found, "pressing");
    Tally {
        kept: number(found, "kept"),
        broken: number(found, "broken"),
        open: number(found, "open") + pressing,
        pressing,
        waived_broken: number(found, "waived"),
        waived_open: number(found, "waived_open"),
    }
}

/// Fields of the month's MQLs; each source by itself too.
async fn completeness(connection: &mut Connection, scope: &Scope<'_>, sources: &mut Vec<SourceShare>) -> anyhow::Result<Tally> {
    let fields = &scope.agreement().data.required_fields;
    for row in counts::completeness(connection, scope.span, fields).await? {
        let denominator = row.leads.unsigned_abs() * fields.len() as u64;
        sources.push(SourceShare { source: row.source, numerator: row.filled.unsigned_abs(), denominator });
    }
    let kept: u64 = sources.iter().map(|share| share.numerator).sum();
    let all: u64 = sources.iter().map(|share| share.denominator).sum();
    Ok(Tally { kept, broken: all.saturating_sub(kept), ..Tally::default() })
}

async fn reasons(connection: &mut Connection, scope: &Scope<'_>) -> anyhow::Result<Tally> {
    let known = known_reasons(scope.agreement());
    let mut tally = Tally::default();
    for (stage, reason, count) in counts::reasons(connection, scope.span).await? {
        let is_known = reason.is_some_and(|reason| known.contains(&(stage, reason.to_lowercase())));
        let place = if is_known { &mut tally.kept } else { &mut tally.broken };
        *place += count.unsigned_abs();
    }
    Ok(tally)
}

/// The (stage, reason) pairs that count, by key and by name, in small letters.
pub fn known_reasons(agreement: &Agreement) -> Vec<(String, String)> {
    let stage = |reason_for| match reason_for {
        ReasonFor::Rejection => Some("rejected"),
        ReasonFor::Recycle => Some("recycled"),
        ReasonFor::Loss => None,
    };
    let pairs = agreement.reasons.iter().filter_map(|reason| Some((stage(reason.reason_for)?, reason)));
    pairs.flat_map(|(stage, reason)| [&reason.key, &reason.name].map(|text| (stage.to_owned(), text.to_lowercase()))).collect()
}

/// Keys and names of the rejections that say a lead was outside the profile, in small letters.
pub fn outside_icp(agreement: &Agreement) -> Vec<String> {
    let outside = agreement.reasons.iter().filter(|reason| reason.outside_icp && reason.reason_for == ReasonFor::Rejection);
    outside.flat_map(|reason| [reason.key.to_lowercase(), reason.name.to_lowercase()]).collect()
}

async fn credits(connection: &mut Connection, known: &Known<'_>, is_review_waived: bool) -> anyhow::Result<CreditCounts> {
    if known.unjudged.is_some() {
        return Ok(CreditCounts::default());
    }
    let late_reviews = if is_review_waived { 0 } else { known.tally_of("review").broken };
    Ok(CreditCounts { outside_icp: rejected_outside(connection, &known.scope).await?, late_reviews })
}

pub async fn rejected_outside(connection: &mut Connection, scope: &Scope<'_>) -> anyhow::Result<u64> {
    let outside = outside_icp(scope.agreement());
    let found = counts::rejections(connection, scope.span).await?;
    let counted = found.iter().filter(|(reason, _)| reason.as_ref().is_some_and(|reason| outside.contains(&reason.to_lowercase())));
    Ok(counted.map(|(_, count)| count.unsigned_abs()).sum())
}

/// A month's credits and volume, without its other lines: what carrying over needs.
pub async fn credits_and_volume(connection: &mut Connection, scope: &Scope<'_>) -> anyhow::Result<(CreditCounts, u64)> {
    let waivers = acts::month_waivers(connection, &scope.period.to_string()).await?;
    let is_review_waived = waivers.iter().any(|waiver| waiver.promise == "review_time");
    let late = tally(&counts::clocks(connection, scope.span, "review").await?).broken;
    let counts_now =
        CreditCounts { outside_icp: rejected_outside(connection, scope).await?, late_reviews: if is_review_waived { 0 } else { late } };
    Ok((counts_now, counts::mqls(connection, scope.span).await?.unsigned_abs()))
}
