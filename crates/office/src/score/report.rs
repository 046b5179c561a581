//! The learned score as tables, for the command line and as files.

use insight::score::{Contribution, Estimate, Figures, Part, Purged, Report, Weight};
use serde_json::json;

use super::{
    LeadAnswer, Standing,
    api::{LeadScoreAnswer, answer},
    lead::with_article,
    standing,
};
use crate::{
    Office,
    report::{self, Sheet},
    ui::format,
    web::AppError,
};

/// Where all leads have the same points, which is no order.
pub const NO_POINTS: &str = "no points to compare with";
/// Weights that a terminal shows; JSON and CSV have all.
const WEIGHTS_SHOWN: usize = 12;

/// The newest version.
pub async fn score(office: &Office) -> Result<report::Report, AppError> {
    let answer = answer(office).await?;
    let json = serde_json::to_value(&answer).map_err(|error| AppError::Internal(error.into()))?;
    let Some(standing) = standing(office).await? else {
        let words = "No version of the score has been learned yet. Train one: tandem score train";
        return Ok(report::Report { json, heading: words.into(), sheets: Vec::new(), csv: weights(&[]) });
    };
    let all = standing.model.weights();
    let shown = &all[..all.len().min(WEIGHTS_SHOWN)];
    Ok(report::Report {
        json,
        heading: heading(&standing, &answer.notices),
        sheets: vec![
            figures(&standing.report),
            rows(&standing.report),
            calibration(&standing.report),
            left_out(&standing.report),
            weights(shown),
        ],
        csv: weights(&all),
    })
}

/// The score of one lead.
pub fn lead(id: i64, found: LeadAnswer, now: alignment::Instant) -> Result<report::Report, AppError> {
    let score = found.score.clone();
    let mut heading = match (&found.standing, &score) {
        (Some(standing), Some(score)) => format!(
            "Lead {id}: {:.1}% to become {} within {} days, judged as {} at {}, by version {}",
            score.explained.probability * 100.0,
            with_article(standing.report.outcome.name()),
            standing.report.horizon_days,
            with_article(score.judged_as.name()),
            score.judged_at,
            standing.head.number,
        ),
        _ => format!("Lead {id} has no score."),
    };
    if let Some(reason) = found.reason() {
        heading = format!("{heading} {reason}");
    }
    let made_of = score.map(|score| parts(score.explained.base_log_odds, &score.explained.contributions));
    let json = serde_json::to_value(LeadScoreAnswer::of(id, found, now)).map_err(|error| AppError::Internal(error.into()))?;
    let (sheets, csv) = match made_of {
        Some(sheet) => (vec![parts_shown(&sheet)], sheet),
        None => (Vec::new(), parts(0.0, &[])),
    };
    Ok(report::Report { json: json!(json), heading, sheets, csv })
}

fn heading(standing: &Standing, notices: &[String]) -> String {
    let report = &standing.report;
    let what = format!(
        "Version {}: the probability to become {} within {} days, as of {}, beside Agreement v{}",
        standing.head.number,
        with_article(report.outcome.name()),
        report.horizon_days,
        alignment::Instant(standing.head.as_of),
        report.agreement_version
    );
    let state = match &standing.head.withheld {
        Some(reason) => format!("Not shown on leads. {reason}"),
        None => match report.points {
            Some(_) => "Shown on leads: it is better than the points.".into(),
            None => format!("Shown on leads: it is better than chance; there are {NO_POINTS}."),
        },
    };
    std::iter::once(what).chain([state]).chain(notices.iter().cloned()).collect::<Vec<_>>().join("\n")
}

/// The score beside the points and naive Bayes, on the same leads.
pub fn figures(report: &Report) -> Sheet {
    let shown = |estimate: Estimate| format!("{:.3} ({:.3} to {:.3})", estimate.value, estimate.low, estimate.high);
    let row = |name: &str, of: &Figures| {
        let all = [of.auc, of.log_loss, of.brier, of.calibration_error, of.top_decile_lift];
        std::iter::once(name.to_owned()).chain(all.map(shown)).collect()
    };
    let points = "points of the Agreement";
    let of_points = report.points.as_ref().map_or_else(|| texts(&[points, NO_POINTS, "", "", "", ""]), |of| row(points, of));
    Sheet {
        title: format!("On {} newer leads that it had not seen, with 95% intervals", format::count(report.judged.rows)),
        header: texts(&["", "AUC", "log-loss", "Brier", "calibration error", "lift of the top tenth"]),
        rows: vec![row("learned score", &report.score), of_points, row("naive Bayes", &report.naive_bayes)],
    }
}

pub fn rows(report: &Report) -> Sheet {
    let row = |name: &str, part: &Part| vec![name.to_owned(), part.rows.to_string(), part.hits.to_string(), day(part.from), day(part.to)];
    Sheet {
        title: format!(
            "Learned from whom; {} are too young to count; {}{}",
            format::count(report.young),
            purged(report.purged),
            unread(report)
        ),
        header: texts(&["part", "leads", report.outcome.key(), "from", "to"]),
        rows: vec![row("to learn from", &report.learned), row("to calibrate with", &report.calibrated), row("to judge by", &report.judged)],
    }
}

/// In words, how many are in no part.
pub fn purged(Purged { before_calibrated, before_judged }: Purged) -> String {
    format!(
        "{} were purged, since their outcome was known only after the next part began ({} before the leads to calibrate with, {} before \
         those to judge by)",
        format::count(before_calibrated + before_judged),
        format::count(before_calibrated),
        format::count(before_judged)
    )
}

/// In words, where leads were left out since more was changed after them than is read.
pub fn unread(report: &Report) -> String {
    match report.unread {
        0 => String::new(),
        leads => {
            format!("; {leads} are left out, as more fields were changed since than are read, so that nobody can say what theirs said")
        }
    }
}

pub fn calibration(report: &Report) -> Sheet {
    let rows = report.calibration.iter().map(|bin| {
        let share = bin.hits as f64 / bin.rows as f64;
        vec![format!("{:.3}", bin.mean_probability), format!("{share:.3}"), bin.hits.to_string(), bin.rows.to_string()]
    });
    Sheet {
        title: "Calibration: what it said, and what came".into(),
        header: texts(&["mean probability", "share that got there", "got there", "leads"]),
        rows: rows.collect(),
    }
}

pub fn roc(report: &Report) -> Sheet {
    let of = |name: &'static str, points: &[(f64, f64)]| {
        points.iter().map(|(misses, hits)| vec![name.to_owned(), format!("{misses:.4}"), format!("{hits:.4}")]).collect::<Vec<_>>()
    };
    let rows = of("learned score", &report.roc).into_iter().chain(of("points", &report.points_roc));
    Sheet { title: "ROC".into(), header: texts(&["by", "share of the others", "share of those who got there"]), rows: rows.collect() }
}

fn left_out(report: &Report) -> Sheet {
    let rows = report.left_out.iter().map(|column| vec![column.key.clone(), column.reason.clone()]).collect();
    Sheet { title: "Left out by the guard against leakage".into(), header: texts(&["field", "why"]), rows }
}

pub fn weights(weights: &[Weight]) -> Sheet {
    let row = |weight: &Weight| {
        vec![weight.words.clone(), format!("{:+.3}", weight.log_odds), format!("{:.3}", weight.share), weight.feature.clone()]
    };
    Sheet {
        title: "Largest weights, in log-odds, compared with an average lead".into(),
        header: texts(&["what", "log-odds", "share of leads", "feature"]),
        rows: weights.iter().map(row).collect(),
    }
}

fn parts(base_log_odds: f64, contributions: &[Contribution]) -> Sheet {
    let row = |words: &str, log_odds: f64| vec![words.to_owned(), format!("{log_odds:+.3}")];
    let rows = std::iter::once(row("An average lead", base_log_odds));
    Sheet {
        title: "What it is made of, in log-odds".into(),
        header: texts(&["what", "log-odds"]),
        rows: rows.chain(contributions.iter().map(|part| row(&part.words, part.log_odds))).collect(),
    }
}

fn parts_shown(sheet: &Sheet) -> Sheet {
    let rows = sheet.rows.iter().take(WEIGHTS_SHOWN + 1).cloned().collect();
    Sheet { title: sheet.title.clone(), header: sheet.header.clone(), rows }
}

fn day(at: alignment::Instant) -> String {
    at.to_string().chars().take(10).collect()
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
