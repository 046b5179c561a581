//! The learned score as pictures: what it said against what came, and how well it tells leads apart.

use insight::score::{CalibrationBin, Report};
use picture::{Curve, CurvePoint, Curves, ScatterLine, ScatterPoint, Shape, Tone, Unit};

use super::report::NO_POINTS;
use crate::ui::format;

pub fn calibration(report: &Report) -> ScatterLine {
    let point = |bin: &CalibrationBin| {
        let share = bin.hits as f64 / bin.rows as f64;
        ScatterPoint {
            x: bin.mean_probability,
            y: share,
            interval: alignment::rate::Rate::new(bin.hits, bin.rows).interval(),
            cases: bin.rows as f64,
            shown: format!("{} said, {} of {} got there", format::rate(bin.mean_probability), bin.hits, bin.rows),
            href: None,
        }
    };
    ScatterLine {
        title: "Said and done".into(),
        summary: format!(
            "{} leads that it had not seen, in ten parts by probability. On the line, as many got there as it said; the parts are {} away on average.",
            format::count(report.judged.rows),
            format::rate(report.score.calibration_error.value)
        ),
        unit: Unit::Percent,
        x_axis: "Probability by the score".into(),
        y_axis: "Share that got there".into(),
        diagonal: "exactly right".into(),
        tone: Tone::Ink,
        points: report.calibration.iter().map(point).collect(),
    }
}

pub fn roc(report: &Report) -> Curves {
    let curve = |name: &str, tone: Tone, points: &[(f64, f64)]| Curve {
        name: name.into(),
        tone,
        points: points
            .iter()
            .map(|(misses, hits)| CurvePoint {
                x: *misses * 100.0,
                y: *hits,
                interval: None,
                shown: format!("{} of those who got there stand above {} of the others", format::rate(*hits), format::rate(*misses)),
            })
            .collect(),
        young_from: None,
        href: None,
    };
    let points = report.points.as_ref().map_or_else(|| NO_POINTS.to_owned(), |points| format!("the points {:.3}", points.auc.value));
    let of_points = report.points.is_some().then(|| curve("Points", Tone::Marketing, &report.points_roc));
    let chance = curve("Chance", Tone::default(), &[(0.0, 0.0), (1.0, 1.0)]);
    Curves {
        title: "Telling leads apart".into(),
        summary: format!(
            "From the highest score down: how many of those who got there are found, against how many of the others. AUC {:.3}; {points}; by chance 0.500.",
            report.score.auc.value
        ),
        x_axis: "Of the others, %".into(),
        x_unit: Unit::Number,
        y_axis: "Of those who got there".into(),
        y_unit: Unit::Percent,
        shape: Shape::Line,
        curves: std::iter::once(curve("Learned score", Tone::Ink, &report.roc)).chain(of_points).chain([chance]).collect(),
    }
}
