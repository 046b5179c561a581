//! The question of a page as it stands in the address: the form of the page, and links that change one part of it.

use insight::question::Dimension;
use jiff::civil::Date;

pub use crate::api::ask::filled as text;
use crate::{
    own_dates,
    question::{PERIODS, QuestionParams, filters},
    ui::{format, known, url},
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

/// The inputs of the form above the numbers (`templates/scoreboard/controls.html`).
pub const SHOWN: &[&str] = &["period", "by", "as_of"];

/// What the form above the numbers shows.
pub struct Controls {
    pub periods: Vec<(&'static str, &'static str, bool)>,
    pub dimensions: Vec<(String, String, bool)>,
    pub as_of: String,
    /// The input of `as_of`: `date`, or `text` where an exact instant was asked, which a date would make into the end of its day.
    pub as_of_input: &'static str,
    /// Parameters that the form does not show, by name and value: hidden inputs hand them on.
    pub kept: Vec<(&'static str, String)>,
    /// Each filter in words, with the address of the page without it.
    pub filters: Vec<(String, String)>,
    /// A period that the list does not name, as the address has it.
    pub own_period: Option<String>,
    /// First and last day of that period, for the inputs of `templates/scoreboard/period.html`.
    pub days: (String, String),
    /// The period in words: `Last 12 months`, `1 Jan 2026 to 31 Jan 2026`.
    pub period_words: String,
}

/// Where the links of a page lead: they keep its question and what else it was asked.
pub struct Links<'a> {
    params: &'a QuestionParams,
    own: Vec<(&'static str, &'a str)>,
}

impl<'a> Links<'a> {
    /// `own` are the page's own parameters beside the question.
    pub fn of(params: &'a QuestionParams, own: impl IntoIterator<Item = (&'static str, &'a Option<String>)>) -> Links<'a> {
        Links { params, own: own.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect() }
    }

    /// `path` with all that was asked, and `more` over it; an empty value takes a parameter out.
    pub fn to(&self, path: &str, more: &[(&str, &str)]) -> String {
        let kept = self.own.iter().copied().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        address(path, self.params, &kept.chain(more.iter().copied()).collect::<Vec<_>>())
    }
}

/// The form of a page at `path`, whose own inputs are `shown`.
pub fn controls(links: &Links, path: &str, default_period: &str, shown: &[&str]) -> Controls {
    let params = links.params;
    let period = text(&params.period).unwrap_or(default_period);
    let by = text(&params.by).unwrap_or("");
    let filter = text(&params.filter).unwrap_or("");
    let as_of = text(&params.as_of).unwrap_or("");
    let parts = filters::parts(filter);
    let without = |gone: &str| {
        let rest: Vec<&str> = parts.iter().copied().filter(|part| *part != gone).collect();
        links.to(path, &[("filter", &rest.join(";"))])
    };
    let days = own_dates::days(period);
    let named = PERIODS.iter().find(|(key, _)| *key == if period == own_dates::OWN { default_period } else { period });
    Controls {
        period_words: named.map_or_else(|| days_in_words(&days), |(_, name)| (*name).to_owned()),
        days,
        periods: PERIODS.iter().map(|(key, name)| (*key, *name, *key == period)).collect(),
        dimensions: dimensions(by),
        as_of: as_of.to_owned(),
        as_of_input: if as_of.is_empty() || as_of.parse::<Date>().is_ok_and(|_| !as_of.contains('T')) { "date" } else { "text" },
        kept: kept(params, links.own.iter().copied(), shown),
        filters: parts.iter().map(|part| (in_words(part), without(part))).collect(),
        own_period: PERIODS.iter().all(|(key, _)| *key != period).then(|| period.to_owned()),
    }
}

/// `1 Jan 2026 to 31 Jan 2026`
fn days_in_words((first, last): &(String, String)) -> String {
    let day = |text: &str| text.parse::<Date>().map_or_else(|_| text.to_owned(), |day| day.strftime("%-d %b %Y").to_string());
    match (first.as_str(), last.as_str()) {
        (first, "") => format!("from {}", day(first)),
        ("", last) => format!("twelve months to {}", day(last)),
        (first, last) => format!("{} to {}", day(first), day(last)),
    }
}

/// `path` with the question, and `more` parameters over it. An empty one is left out, but for `segment`, of which it says "not recorded".
pub fn address(path: &str, params: &QuestionParams, more: &[(&str, &str)]) -> String {
    let own = pairs(params);
    let kept = own.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    let address = url::with(path, kept.filter_map(|(name, value)| Some((name, value?))).chain(more.iter().copied()));
    if more.contains(&("segment", "")) { url::and(&address, "segment", "") } else { address }
}

/// What a form hands on in hidden inputs: each part of the question and of the page's `own` parameters that was asked and has no input.
pub fn kept<'a>(
    params: &'a QuestionParams,
    own: impl IntoIterator<Item = (&'static str, &'a str)>,
    shown: &[&str],
) -> Vec<(&'static str, String)> {
    let asked = pairs(params).into_iter().filter_map(|(name, value)| Some((name, value?)));
    asked.chain(own).filter(|(name, _)| !shown.contains(name)).map(|(name, value)| (name, value.to_owned())).collect()
}

fn pairs(params: &QuestionParams) -> [(&'static str, Option<&str>); 12] {
    [
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
    ]
}

/// All dimensions that a page offers, and the one that was asked where it is none of them.
fn dimensions(by: &str) -> Vec<(String, String, bool)> {
    let mut all: Vec<_> = DIMENSIONS.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned(), *key == by)).collect();
    if !by.is_empty() && all.iter().all(|(.., here)| !here) {
        all.push((by.to_owned(), in_sentence(by), true));
    }
    all
}

/// A dimension as it stands in a sentence or a head: `rejection reason`, `sales region` of `custom:sales_region`.
pub fn in_sentence(by: &str) -> String {
    format::dimension(by)
}

/// The question with one filter more, as the value of `filter`.
pub fn with_filter(params: &QuestionParams, by: &Dimension, label: Option<&str>) -> String {
    filters::joined(text(&params.filter).unwrap_or_default(), &filters::written(by, label))
}

fn in_words(part: &str) -> String {
    match filters::read(part) {
        Some((name, value)) if value.is_empty() => format!("{}: {}", in_sentence(&name), format::NOT_RECORDED),
        Some((name, value)) => format!("{}: {}", in_sentence(&name), known::words(&value)),
        None => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{closed_loop, cohorts, effect, forecast, journeys, why};

    fn asked() -> QuestionParams {
        let value = |text: &str| Some(text.to_owned());
        QuestionParams {
            as_of: value("2026-03-01T09:00:00Z"),
            known_at: value("2026-03-02T09:00:00Z"),
            period: value("2026-01-01..2026-02-01"),
            by: value("custom:region"),
            filter: value("source=webinar"),
            model: value("linear"),
            journey: value("person"),
            lookback_days: value("45"),
            goal: value("pipeline"),
            markov_order: value("2"),
            currency: value("USD"),
            margin: value("0.8"),
        }
    }

    /// The names of the inputs and lists of a form.
    fn inputs(form: &str) -> BTreeSet<&str> {
        let names = form.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next());
        names.filter(|name| !name.contains('{')).collect()
    }

    #[test]
    fn each_form_hands_on_every_parameter() {
        for (page, template, shown) in [
            ("scoreboard", include_str!("../../templates/scoreboard/controls.html"), SHOWN),
            ("cohorts", include_str!("../../templates/cohorts/page.html"), cohorts::pages::SHOWN),
            ("forecast", include_str!("../../templates/forecast/page.html"), forecast::pages::SHOWN),
            ("why", include_str!("../../templates/why/form.html"), why::pages::SHOWN),
            ("closed_loop", include_str!("../../templates/closed_loop/page.html"), closed_loop::pages::SHOWN),
            ("effect", include_str!("../../templates/effect/page.html"), effect::pages::SHOWN),
            ("journeys", include_str!("../../templates/journeys/page.html"), journeys::pages::SHOWN),
            ("misalignment, assumed", include_str!("../../templates/misalignment/page.html"), &[]),
        ] {
            let template =
                template.replace("{% include \"scoreboard/period.html\" %}", include_str!("../../templates/scoreboard/period.html"));
            let form = template.split("<form").nth(1).and_then(|rest| rest.split("</form>").next()).unwrap();
            assert!(form.contains("kept %}<input type=\"hidden\""), "{page}: the form has no hidden inputs");
            // First and last day are the period's.
            let own: BTreeSet<_> = inputs(form).into_iter().filter(|name| !name.starts_with("period_")).collect();
            assert_eq!(own, shown.iter().copied().collect(), "{page}: the inputs of the form");
            let params = asked();
            let names: BTreeSet<_> = kept(&params, [("own", "x")], shown).into_iter().map(|(name, _)| name).collect();
            let hidden_or_shown: BTreeSet<_> = names.union(&inputs(form)).copied().collect();
            let all = pairs(&params).map(|(name, _)| name).into_iter().chain(["own"]);
            for name in all {
                assert!(hidden_or_shown.contains(name), "{page} loses {name}");
            }
        }
    }

    #[test]
    fn links_keep_what_was_asked_and_change_the_rest() {
        let (params, own) =
            (QuestionParams { by: Some("source".into()), filter: Some("a=1;b=".into()), ..Default::default() }, Some("mql".into()));
        let links = Links::of(&params, [("from", &own), ("to", &None)]);
        for (more, expected) in [
            (&[][..], "/x?by=source&filter=a%3D1%3Bb%3D&from=mql"),
            (&[("from", "sal"), ("filter", "")], "/x?by=source&from=sal"),
            (&[("from", ""), ("filter", ""), ("page", "")], "/x?by=source"),
            (&[("by", "owner"), ("filter", ""), ("segment", "")], "/x?from=mql&by=owner&segment="),
            (&[("filter", ""), ("segment", "a & b")], "/x?by=source&from=mql&segment=a%20%26%20b"),
        ] {
            assert_eq!(links.to("/x", more), expected);
        }
        let without: Vec<_> = controls(&links, "/x", "all", SHOWN).filters.into_iter().map(|(_, address)| address).collect();
        assert_eq!(without, ["/x?by=source&from=mql&filter=b%3D", "/x?by=source&from=mql&filter=a%3D1"]);
    }

    #[test]
    fn what_the_lists_do_not_name_stays_chosen() {
        let asked = asked();
        let controls = controls(&Links::of(&asked, []), "/scoreboard", "all", SHOWN);
        assert_eq!(controls.own_period.as_deref(), Some("2026-01-01..2026-02-01"));
        assert_eq!(controls.days, ("2026-01-01".to_owned(), "2026-01-31".to_owned()), "the last day is one that counts");
        assert_eq!(controls.period_words, "1 Jan 2026 to 31 Jan 2026");
        assert!(controls.dimensions.contains(&("custom:region".into(), "region".into(), true)));
        assert_eq!((controls.as_of.as_str(), controls.as_of_input), ("2026-03-01T09:00:00Z", "text"), "an instant stays exact");
        for (as_of, input) in [(None, "date"), (Some("2026-03-01".to_owned()), "date"), (Some("2026-03-01T00:00:00Z".into()), "text")] {
            let params = QuestionParams { as_of, ..asked.clone() };
            assert_eq!(super::controls(&Links::of(&params, []), "/scoreboard", "all", SHOWN).as_of_input, input);
        }
    }
}
