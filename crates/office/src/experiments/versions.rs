//! The values of a dimension that the record has: the two versions of an experiment are looked up in them.

use std::collections::BTreeSet;

use insight::{
    history::{Held, History, Labels, Named},
    question::Dimension,
};

use crate::web::AppError;

/// Values that a form suggests.
const SUGGESTED_MAX: usize = 300;
/// Own fields that a form offers.
const FIELDS_MAX: usize = 50;
/// Names that are compared with one that nobody has: bounds the time of a refusal.
const COMPARED_MAX: usize = 20_000;
const NEAREST_MAX: usize = 3;
/// Jaro and Winkler's similarity, 0 to 1, of what is called near.
const NEAR: f64 = 0.8;

/// Refuses a version that the record does not have, and two that are one. Campaigns and content are records and must be there; of the
/// other dimensions, B may be a value that no lead has yet, if that is said.
pub fn check(history: &History, dimension: &Dimension, a: &str, b: &str, b_is_new: bool) -> Result<(), AppError> {
    let Some(values) = Values::of(history, dimension) else { return Err(no_such_field(history, dimension)) };
    let Some(ids_of_a) = values.find(a) else { return Err(values.none_such("a", dimension, a)) };
    match (values.find(b), &values) {
        (Some(ids_of_b), _) if ids_of_b.iter().any(|id| ids_of_a.contains(id)) => {
            Err(AppError::refused(format!("b: `{a}` and `{b}` are one {}; an experiment compares two", dimension.key())))
        }
        (None, Values::Labels(_)) if b_is_new => Ok(()),
        (None, _) => Err(values.none_such("b", dimension, b)),
        _ => Ok(()),
    }
}

/// Values to choose from, in the order of the alphabet.
pub fn suggested(history: &History, dimension: &Dimension) -> Vec<String> {
    let names: BTreeSet<&str> = Values::of(history, dimension).map(|values| values.names().collect()).unwrap_or_default();
    names.into_iter().take(SUGGESTED_MAX).map(str::to_owned).collect()
}

/// Own fields by which two versions can be told apart, as dimensions.
pub fn own_fields(history: &History) -> Vec<String> {
    let keys: BTreeSet<&str> = history.companies.custom.keys().chain(history.leads.custom.keys()).collect();
    keys.into_iter().take(FIELDS_MAX).map(|key| Dimension::Custom(key.to_owned()).key()).collect()
}

/// What a dimension's values are kept as.
enum Values<'a> {
    Records(&'a Held<Named>),
    Labels(Vec<&'a Labels>),
}

impl<'a> Values<'a> {
    /// `None`: there is no such own field, or the dimension tells no versions apart.
    fn of(history: &'a History, dimension: &Dimension) -> Option<Values<'a>> {
        let (leads, spend) = (&history.leads, &history.spend);
        match dimension {
            Dimension::Campaign => Some(Values::Records(&history.campaigns)),
            Dimension::Content => Some(Values::Records(&history.content)),
            Dimension::Source => Some(Values::Labels(vec![&leads.source, &spend.source])),
            Dimension::Channel => Some(Values::Labels(vec![&history.touches.channel, &history.campaigns.group, &spend.channel])),
            Dimension::Custom(key) => {
                let fields: Vec<_> = [history.companies.custom.field(key), leads.custom.field(key)].into_iter().flatten().collect();
                Some(Values::Labels(fields)).filter(|_| history.companies.custom.field(key).or(leads.custom.field(key)).is_some())
            }
            _ => None,
        }
    }

    /// The ids of the records that are called so or have this id; of a label none, where there is one.
    fn find(&self, text: &str) -> Option<Vec<i64>> {
        match self {
            Values::Records(records) => {
                let of_row = |(row, id): (usize, &i64)| (records.name.get(row) == Some(text)).then_some(*id);
                let mut ids: Vec<i64> = records.ids().iter().enumerate().filter_map(of_row).collect();
                ids.extend(text.parse().ok().filter(|id| records.find(*id).is_some()));
                ids.sort_unstable();
                ids.dedup();
                Some(ids).filter(|ids| !ids.is_empty())
            }
            Values::Labels(labels) => labels.iter().any(|labels| labels.code_of(text).is_some()).then(Vec::new),
        }
    }

    fn names(&self) -> Box<dyn Iterator<Item = &'a str> + '_> {
        match self {
            Values::Records(records) => Box::new((0..records.len()).filter_map(|row| records.name.get(row))),
            Values::Labels(labels) => {
                Box::new(labels.iter().flat_map(|labels| (0..labels.distinct() as i32).filter_map(|code| labels.name(code))))
            }
        }
    }

    fn none_such(&self, part: &str, dimension: &Dimension, text: &str) -> AppError {
        let near = nearest(self.names(), text);
        let near = if near.is_empty() { String::new() } else { format!("; nearest are {}", near.join(", ")) };
        let what = match self {
            Values::Records(_) => "write the name or id of one that is".to_owned(),
            Values::Labels(_) if part == "b" => "write one that is, or say that it is new (`b_is_new`)".to_owned(),
            Values::Labels(_) => "write one that is".to_owned(),
        };
        AppError::refused(format!("{part}: {} `{text}` is not on record{near}; {what}", dimension.key()))
    }
}

fn no_such_field(history: &History, dimension: &Dimension) -> AppError {
    let fields = own_fields(history);
    let near = nearest(fields.iter().map(String::as_str), &dimension.key());
    let known = if near.is_empty() { fields.into_iter().take(NEAREST_MAX).map(|key| format!("`{key}`")).collect() } else { near };
    let known = if known.is_empty() { "there is none on record".to_owned() } else { format!("such as {}", known.join(", ")) };
    AppError::refused(format!("dimension `{}`: no lead or company has this field; write one that is there, {known}", dimension.key()))
}

/// The names that are most like a text, nearest first, in quotes.
fn nearest<'a>(names: impl Iterator<Item = &'a str>, text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let score = |name: &'a str| (strsim::jaro_winkler(&name.to_lowercase(), &text), name);
    let mut near: Vec<_> = names.take(COMPARED_MAX).map(score).filter(|(score, _)| *score >= NEAR).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.dedup_by_key(|(_, name)| *name);
    near.into_iter().take(NEAREST_MAX).map(|(_, name)| format!("`{name}`")).collect()
}

#[cfg(test)]
mod tests {
    use insight::rows::{CompanyRow, Delta, NamedRow};

    use super::*;

    fn record() -> History {
        let named = |(id, name): (i64, &str)| NamedRow { id, name: name.into(), group: Some("social".into()), at: None, email: None };
        let company = CompanyRow {
            id: 1,
            name: None,
            domain: None,
            industry: None,
            country: None,
            region: None,
            employees: None,
            annual_revenue: None,
            churned_at: None,
            custom: vec![("landing_page".into(), "short".into())],
        };
        let campaigns = [(1, "Spring webinar"), (2, "Autumn webinar"), (3, "Autumn webinar"), (4, "Guide")].map(named).to_vec();
        History::empty().apply(Delta { campaigns, companies: vec![company], ..Delta::default() })
    }

    #[test]
    fn versions_are_looked_up() {
        let history = record();
        // dimension, a, b, B is new | what the refusal says; empty: none
        for (dimension, a, b, b_is_new, expected) in [
            ("campaign", "Guide", "Spring webinar", false, ""),
            ("campaign", "4", "Spring webinar", false, ""),
            ("campaign", "Guide", "4", false, "b: `Guide` and `4` are one campaign"),
            ("campaign", "3", "Autumn webinar", false, "are one campaign"),
            ("campaign", "spring webinar", "Guide", false, "a: campaign `spring webinar` is not on record; nearest are `Spring webinar`"),
            ("campaign", "Guide", "9", true, "b: campaign `9` is not on record; write the name or id"),
            ("channel", "social", "search", false, "say that it is new"),
            ("channel", "social", "search", true, ""),
            ("channel", "search", "social", true, "a: channel `search` is not on record"),
            ("custom:landing_page", "short", "long", true, ""),
            ("custom:landing_pgae", "short", "long", true, "such as `custom:landing_page`"),
        ] {
            let refused = check(&history, &Dimension::parse(dimension).unwrap(), a, b, b_is_new);
            let words = refused.map_or_else(|refused| refused.problem().detail, |()| String::new());
            assert!(if expected.is_empty() { words.is_empty() } else { words.contains(expected) }, "{dimension} {a} {b}: {words}");
        }
    }

    #[test]
    fn what_is_suggested_is_of_the_dimension() {
        let history = record();
        assert_eq!(suggested(&history, &Dimension::Campaign), ["Autumn webinar", "Guide", "Spring webinar"]);
        assert_eq!(suggested(&history, &Dimension::Channel), ["social"]);
        assert_eq!(suggested(&history, &Dimension::Custom("landing_page".into())), ["short"]);
        assert!(suggested(&history, &Dimension::Source).is_empty() && suggested(&history, &Dimension::Owner).is_empty());
        assert_eq!(own_fields(&history), ["custom:landing_page"]);
    }
}
