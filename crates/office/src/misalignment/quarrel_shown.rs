//! A quarrel ready to be shown.

use alignment::Currency;
use insight::{
    answer::{Team, Unit},
    misalignment::quarrel::{Point, Quarrel, Remedy, SegmentSeen, Speaks, Verdict},
};

use super::report::{point_interval, point_value, speaks_words, verdict_words};
use crate::ui::format;

/// Segments on the page, of which those that it is true of are never left out.
const SEGMENTS_SHOWN: usize = 8;

pub struct QuarrelShown {
    pub key: &'static str,
    pub name: &'static str,
    pub said_by: &'static str,
    pub verdict: &'static str,
    pub class: &'static str,
    pub thresholds: &'static str,
    pub points: Vec<PointShown>,
    pub segments: Vec<SegmentShown>,
    pub more_segments: usize,
    pub causes: Vec<String>,
    pub remedies: Vec<Remedy>,
}

pub struct PointShown {
    pub words: &'static str,
    pub value: String,
    pub interval: String,
    pub sample: String,
    pub rows: Option<String>,
    pub speaks: &'static str,
    pub class: &'static str,
    pub decides: bool,
}

pub struct SegmentShown {
    pub label: String,
    pub dimension: String,
    pub value: String,
    pub interval: String,
    pub elsewhere: String,
    pub sample: String,
    pub rows: String,
    pub here: bool,
}

/// `rows` gives the address of the rows behind a point, `segment_rows` that of a segment's.
pub fn shown(quarrel: &Quarrel, rows: impl Fn(&str) -> String, segment_rows: impl Fn(&str, &SegmentSeen) -> String) -> QuarrelShown {
    let true_here = quarrel.segments.iter().filter(|segment| segment.is_true_here).count();
    let shown = SEGMENTS_SHOWN.max(true_here).min(quarrel.segments.len());
    QuarrelShown {
        key: quarrel.key,
        name: quarrel.name,
        said_by: match quarrel.said_by {
            Team::Marketing => "marketing",
            Team::Sales => "sales",
            Team::Both => "both",
        },
        verdict: verdict_words(quarrel.verdict),
        class: match quarrel.verdict {
            Verdict::Supported => "bad",
            Verdict::Partly => "warn",
            Verdict::NotSupported => "good",
            Verdict::CannotBeSaid => "",
        },
        thresholds: quarrel.thresholds,
        points: quarrel.points.iter().map(|point| point_shown(point, &rows)).collect(),
        segments: quarrel
            .segments
            .iter()
            .take(shown)
            .map(|segment| segment_shown(segment, segment_rows(quarrel.segments_of, segment)))
            .collect(),
        more_segments: quarrel.segments.len() - shown,
        causes: quarrel.causes.iter().map(|cause| dimension_in_words(&cause.words)).collect(),
        remedies: quarrel.remedies.clone(),
    }
}

fn point_shown(point: &Point, rows: &impl Fn(&str) -> String) -> PointShown {
    // Of what was promised there are no rows; of what came there are.
    let key = if point.key == "mqls_against_promise" { Some("mqls") } else { point.has_rows.then_some(point.key) };
    PointShown {
        words: point.words,
        value: if point.n == 0 { format::NO_DATA.into() } else { point_value(point) },
        interval: point_interval(point),
        sample: format!("{} of {}", format::count(point.hits), format::count(point.n)),
        rows: key.filter(|_| point.n > 0).map(rows),
        speaks: speaks_words(point.speaks),
        class: match point.speaks {
            Speaks::For => "bad",
            Speaks::Against => "good",
            Speaks::Open | Speaks::Unknown => "",
        },
        decides: point.decides,
    }
}

/// `Iberia (custom:sales_region): 61.0% ...` is `Iberia (sales region): 61.0% ...`.
fn dimension_in_words(words: &str) -> String {
    match words.split_once("(custom:").and_then(|(before, rest)| Some((before, rest.split_once(')')?))) {
        Some((before, (key, after))) => format!("{before}({}){after}", format::spaced(key)),
        None => words.to_owned(),
    }
}

fn segment_shown(segment: &SegmentSeen, rows: String) -> SegmentShown {
    SegmentShown {
        label: if segment.dimension == "month" {
            format::month_of_key(&format::label(segment.label.as_deref()))
        } else {
            format::label(segment.label.as_deref())
        },
        dimension: format::dimension(&segment.dimension),
        value: format::rate_or_none(segment.value),
        interval: segment.interval.map(|interval| format::interval(interval, Unit::Rate, Currency::EUR)).unwrap_or_default(),
        elsewhere: segment.elsewhere.map(format::rate).unwrap_or_default(),
        sample: format!("{} of {}", format::count(segment.hits), format::count(segment.n)),
        rows,
        here: segment.is_true_here,
    }
}
