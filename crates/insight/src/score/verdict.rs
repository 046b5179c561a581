//! Whether a version is shown on leads: only where it is better than what both teams have agreed on.

use super::{
    learn::Report,
    measure::{Estimate, Figures},
};

/// How far the AUC must be above that of the points, with the whole 95% interval of the difference above zero; where there are no points
/// to compare with, above chance.
pub const AUC_MARGIN_MIN: f64 = 0.02;

/// Why it is not shown.
pub(super) fn withheld(report: &Report) -> Option<String> {
    match (&report.points, report.auc_over_points) {
        (Some(points), Some(over)) => beside_points(report, points, over),
        _ => beside_naive_bayes(report),
    }
}

fn beside_points(report: &Report, points: &Figures, over: Estimate) -> Option<String> {
    let figures = format!(
        "on {} newer leads its AUC is {:.3} and that of the points {:.3}: a difference of {:+.3}, between {:+.3} and {:+.3}",
        report.judged.rows, report.score.auc.value, points.auc.value, over.value, over.low, over.high
    );
    if over.value < AUC_MARGIN_MIN {
        return Some(format!("It is not better than the points by the {AUC_MARGIN_MIN} that is asked for: {figures}."));
    }
    if over.low <= 0.0 {
        return Some(format!("That it is better than the points may be chance: {figures}. More outcomes will tell."));
    }
    if report.score.log_loss.value >= points.log_loss.value {
        return Some(format!(
            "It orders leads better than the points, but its probabilities are worse: log-loss {:.3} against {:.3}; {figures}.",
            report.score.log_loss.value, points.log_loss.value
        ));
    }
    None
}

/// Leads that all have the same points are in no order, and being ahead of that says nothing about the points.
fn beside_naive_bayes(report: &Report) -> Option<String> {
    let (score, bayes) = (&report.score, &report.naive_bayes);
    let figures = format!(
        "there are no points to compare with; on {} newer leads its AUC is {:.3}, between {:.3} and {:.3}, and its log-loss {:.3}; naive \
         Bayes has {:.3} and {:.3}",
        report.judged.rows, score.auc.value, score.auc.low, score.auc.high, score.log_loss.value, bayes.auc.value, bayes.log_loss.value
    );
    if score.auc.value < 0.5 + AUC_MARGIN_MIN || score.auc.low <= 0.5 {
        return Some(format!("That it tells leads apart may be chance: {figures}. More outcomes will tell."));
    }
    if bayes.auc.value > score.auc.value && bayes.log_loss.value <= score.log_loss.value {
        return Some(format!("The simpler rule does better: {figures}."));
    }
    None
}
