//! The question of a page as it stands in the address: the form of the page, and links that change one part of it.

use insight::question::Dimension;

use crate::{
    question::{PERIODS, QuestionParams},
    ui::{format, url},
};

pub static DIMENSIONS: &[(&str, &str)] = &[
    ("source", "Source"),
    ("channel", "Channel"),
    ("campaign", "Campaign"),
    ("content", "Content"),
    ("owner", "Owner"),
    ("industry", "Industry"),
    ("country", "Country"),
    ("rejection_reason", "Rejection reason"),
];

/// What the form above the numbers shows.
pub struct Controls {
    pub periods: Vec<(&'static str, &'static str, bool)>,
    pub dimensions: Vec<(&'static str, &'static str, bool)>,
    pub as_of: String,
    /// Each filter in words, with the address of the page without it.
    pub filters: Vec<(String, String)>,
    pub filter: String,
    /// A period that the list does not name.
    pub own_period: Option<String>,
}

pub fn controls(params: &QuestionParams, path: &str, default_period: &str) -> Controls {
    let period = text(&params.period).unwrap_or(default_period);
    let by = text(&params.by).unwrap_or("");
    let filter = text(&params.filter).unwrap_or("");
    let parts: Vec<&str> = filter.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let without = |gone: &str| {
        let rest: Vec<&str> = parts.iter().copied().filter(|part| *part != gone).collect();
        address(path, &QuestionParams { filter: Some(rest.join(";")), ..params.clone() }, &[])
    };
    Controls {
        periods: PERIODS.iter().map(|(key, name)| (*key, *name, *key == period)).collect(),
        dimensions: DIMENSIONS.iter().map(|(key, name)| (*key, *name, *key == by)).collect(),
        as_of: text(&params.as_of).map(|at| at.chars().take(10).collect()).unwrap_or_default(),
        filters: parts.iter().map(|part| (in_words(part), without(part))).collect(),
        filter: filter.to_owned(),
        own_period: PERIODS.iter().all(|(key, _)| *key != period).then(|| period.to_owned()),
    }
}

/// `path` with the question, and `more` parameters over it.
pub fn address(path: &str, params: &QuestionParams, more: &[(&str, &str)]) -> String {
    let own = [
        ("period", text(&params.period)),
        ("by", text(&params.by)),
        ("as_of", text(&params.as_of)),
        ("known_at", text(&params.known_at)),
        ("filter", text(&params.filter)),
        ("model", text(&params.model)),
        ("journey", text(&params.journey)),
        ("lookback_days", text(&params.lookback_days)),
        ("goal", text(&params.goal)),
        ("markov_order", text(&params.markov_order)),
        ("currency", text(&params.currency)),
        ("margin", text(&params.margin)),
    ];
    let kept = own.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    url::with(path, kept.filter_map(|(name, value)| Some((name, value?))).chain(more.iter().copied()))
}

/// The question with one filter more, as the value of `filter`.
pub fn with_filter(params: &QuestionParams, by: &Dimension, label: Option<&str>) -> String {
    let more = format!("{}={}", by.key(), label.unwrap_or(""));
    match text(&params.filter) {
        Some(filter) => format!("{filter};{more}"),
        None => more,
    }
}

pub fn text(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn in_words(part: &str) -> String {
    match part.split_once('=') {
        Some((name, "")) => format!("{name}: {}", format::NOT_RECORDED),
        Some((name, value)) => format!("{name}: {value}"),
        None => part.to_owned(),
    }
}
