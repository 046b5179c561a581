//! Criteria: typed conditions over fields, scores and activity, as they stand in the Agreement. [`crate::judging`] carries them out.
//!
//! In TOML and JSON a condition is a small table: `{ field = "company.employees", at_least = 50 }`,
//! `{ activity = ["download"], content_kind = "guide", within_days = 30 }`, `{ score = "total", at_least = 60 }`, or a group
//! `{ all = [..] }`, `{ any = [..] }`, `{ none = [..] }`.

use serde::{Deserialize, Serialize};

use crate::touch::TouchKind;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Criterion {
    /// All of these hold; true where there are none.
    All(Vec<Criterion>),
    /// At least one of these holds; false where there are none.
    Any(Vec<Criterion>),
    /// Not one of these holds.
    None(Vec<Criterion>),
    Field(FieldTest),
    Score(ScoreTest),
    Activity(ActivityTest),
}

/// A condition on a field of the person or its company, by the key that it has in [`crate::fields`].
#[derive(Clone, Debug, PartialEq)]
pub struct FieldTest {
    pub field: String,
    pub test: Test,
}

/// Texts are compared without regard to case and outer spaces. A field that is not filled passes [`Test::Unknown`] and
/// [`Test::NotOneOf`] alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    OneOf(Vec<String>),
    NotOneOf(Vec<String>),
    Contains(String),
    AtLeast(f64),
    AtMost(f64),
    Known,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreName {
    Fit,
    Engagement,
    Total,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ScoreTest {
    pub score: ScoreName,
    pub at_least: f64,
}

/// So many touches of a sort, within a window that ends at the instant of judgement.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityTest {
    pub filter: ActivityFilter,
    /// At least 1.
    pub times_min: u32,
    /// Days of 24 hours back from the instant of judgement; `None`: ever.
    pub within_days: Option<u32>,
}

/// Which touches count. What is left empty does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityFilter {
    /// Any of these kinds; any kind at all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub activity: Vec<TouchKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Name of the campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// Part of the title of the piece of content or page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Such as `guide` or `case_study`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_kind: Option<String>,
}

/// A criterion as it is written: one flat table, of which only what belongs together may be filled.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<ScoreName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<Vec<TouchKind>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times_min: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    within_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_one_of: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contains: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Criterion>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Criterion>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    none: Option<Vec<Criterion>>,
}

impl From<Criterion> for Written {
    fn from(criterion: Criterion) -> Written {
        let empty = Written::default();
        match criterion {
            Criterion::All(all) => Written { all: Some(all), ..empty },
            Criterion::Any(any) => Written { any: Some(any), ..empty },
            Criterion::None(none) => Written { none: Some(none), ..empty },
            Criterion::Score(ScoreTest { score, at_least }) => Written { score: Some(score), at_least: Some(at_least), ..empty },
            Criterion::Field(FieldTest { field, test }) => {
                let of = Written { field: Some(field), ..empty };
                match test {
                    Test::OneOf(texts) => Written { one_of: Some(texts), ..of },
                    Test::NotOneOf(texts) => Written { not_one_of: Some(texts), ..of },
                    Test::Contains(text) => Written { contains: Some(text), ..of },
                    Test::AtLeast(number) => Written { at_least: Some(number), ..of },
                    Test::AtMost(number) => Written { at_most: Some(number), ..of },
                    Test::Known => Written { known: Some(true), ..of },
                    Test::Unknown => Written { known: Some(false), ..of },
                }
            }
            Criterion::Activity(ActivityTest { filter, times_min, within_days }) => Written {
                activity: Some(filter.activity),
                channel: filter.channel,
                source: filter.source,
                campaign: filter.campaign,
                content: filter.content,
                content_kind: filter.content_kind,
                times_min: (times_min != 1).then_some(times_min),
                within_days,
                ..empty
            },
        }
    }
}

impl TryFrom<Written> for Criterion {
    type Error = String;

    fn try_from(written: Written) -> Result<Criterion, String> {
        let filled = written.filled();
        let only = |head: &str, with: &[&str]| -> Result<(), String> {
            let stray = filled.iter().find(|name| **name != head && !with.contains(name));
            stray.map_or(Ok(()), |stray| Err(format!("a condition on `{head}` can't also have `{stray}`: write two conditions")))
        };
        let heads = ["all", "any", "none", "field", "score", "activity"];
        match filled.iter().find(|name| heads.contains(name)) {
            Some(&"all") => only("all", &[]).map(|()| Criterion::All(written.all.unwrap_or_default())),
            Some(&"any") => only("any", &[]).map(|()| Criterion::Any(written.any.unwrap_or_default())),
            Some(&"none") => only("none", &[]).map(|()| Criterion::None(written.none.unwrap_or_default())),
            Some(&"score") => {
                only("score", &["at_least"])?;
                match (written.score, written.at_least) {
                    (Some(score), Some(at_least)) => Ok(Criterion::Score(ScoreTest { score, at_least })),
                    _ => Err("a condition on `score` needs `at_least`, such as { score = \"total\", at_least = 60 }".into()),
                }
            }
            Some(&"activity") => {
                only("activity", &["channel", "source", "campaign", "content", "content_kind", "times_min", "within_days"])?;
                Ok(Criterion::Activity(written.into_activity()))
            }
            Some(&"field") => written.into_field(&filled),
            _ => Err("a condition needs one of `field`, `score`, `activity`, `all`, `any` or `none`".into()),
        }
    }
}

impl Written {
    /// The names of what is there, what a condition is about first.
    fn filled(&self) -> Vec<&'static str> {
        [
            ("all", self.all.is_some()),
            ("any", self.any.is_some()),
            ("none", self.none.is_some()),
            ("field", self.field.is_some()),
            ("score", self.score.is_some()),
            ("activity", self.activity.is_some()),
            ("channel", self.channel.is_some()),
            ("source", self.source.is_some()),
            ("campaign", self.campaign.is_some()),
            ("content", self.content.is_some()),
            ("content_kind", self.content_kind.is_some()),
            ("times_min", self.times_min.is_some()),
            ("within_days", self.within_days.is_some()),
            ("one_of", self.one_of.is_some()),
            ("not_one_of", self.not_one_of.is_some()),
            ("contains", self.contains.is_some()),
            ("at_least", self.at_least.is_some()),
            ("at_most", self.at_most.is_some()),
            ("known", self.known.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_there)| is_there.then_some(name))
        .collect()
    }

    fn into_activity(self) -> ActivityTest {
        ActivityTest {
            filter: ActivityFilter {
                activity: self.activity.unwrap_or_default(),
                channel: self.channel,
                source: self.source,
                campaign: self.campaign,
                content: self.content,
                content_kind: self.content_kind,
            },
            times_min: self.times_min.unwrap_or(1),
            within_days: self.within_days,
        }
    }

    fn into_field(self, filled: &[&str]) -> Result<Criterion, String> {
        const TESTS: [&str; 6] = ["one_of", "not_one_of", "contains", "at_least", "at_most", "known"];
        let field = self.field.unwrap_or_default();
        if let Some(stray) = filled.iter().find(|name| **name != "field" && !TESTS.contains(name)) {
            return Err(format!("the condition on `{field}` can't also have `{stray}`: write two conditions"));
        }
        let test = match filled.iter().filter(|name| TESTS.contains(name)).count() {
            1 => None
                .or(self.one_of.map(Test::OneOf))
                .or(self.not_one_of.map(Test::NotOneOf))
                .or(self.contains.map(Test::Contains))
                .or(self.at_least.map(Test::AtLeast))
                .or(self.at_most.map(Test::AtMost))
                .or(self.known.map(|known| if known { Test::Known } else { Test::Unknown })),
            _ => None,
        };
        let test = test.ok_or_else(|| format!("the condition on `{field}` needs exactly one of {}", TESTS.join(", ")))?;
        Ok(Criterion::Field(FieldTest { field, test }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Holder {
        criteria: Criterion,
    }

    #[test]
    fn a_criterion_reads_back() {
        let text = r#"
criteria = { all = [
  { field = "company.employees", at_least = 50.0 },
  { field = "company.industry", one_of = ["Retail", "Logistics"] },
  { any = [
    { activity = ["download"], content_kind = "guide", within_days = 30 },
    { activity = ["page_view"], content = "Pricing", times_min = 2, within_days = 7 },
  ] },
  { none = [{ activity = ["email_bounce"] }] },
  { score = "engagement", at_least = 30.0 },
] }"#;
        let read: Holder = toml::from_str(text).unwrap();
        let Criterion::All(parts) = &read.criteria else { panic!("{read:?}") };
        assert_eq!(parts.len(), 5);
        let written = toml::to_string(&read).unwrap();
        assert_eq!(toml::from_str::<Holder>(&written).unwrap(), read, "{written}");
    }

    #[test]
    fn what_does_not_belong_together_is_refused_by_name() {
        for (text, expected) in [
            ("criteria = { field = \"person.email\" }", "needs exactly one of"),
            ("criteria = { score = \"fit\" }", "needs `at_least`"),
            ("criteria = { score = \"fit\", at_least = 1, within_days = 3 }", "can't also have `within_days`"),
            ("criteria = { within_days = 3 }", "needs one of"),
            ("criteria = { field = \"x\", known = true, at_most = 1 }", "exactly one of"),
        ] {
            let error = toml::from_str::<Holder>(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
