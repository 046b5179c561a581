//! The same judgement in words: which rule gave which points for which touches, and which condition of which stage holds because of what.

use serde::{Deserialize, Serialize};

use super::{
    Judge, Marks, Score, Signal, Subject, Walk,
    fields::Leaf,
    marks::Filter,
    walk::limit,
    words::{group_words, words},
};
use crate::{
    Instant,
    agreement::{ActivityFilter, ActivityTest, Criterion, ScoreName},
    instant::MICROS_PER_DAY,
    lifecycle::Stage,
};

/// A touch with its id, so that an explanation can name it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub touch: i64,
    pub at: Instant,
    pub marks: Marks,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    pub at: Instant,
    pub score: Score,
    /// Their points add up to the score.
    pub lines: Vec<ScoreLine>,
    /// The stages that have criteria, in the order of the funnel.
    pub stages: Vec<StageExplanation>,
    pub product_line: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreLine {
    /// [`ScoreName::Fit`] or [`ScoreName::Engagement`].
    pub part: ScoreName,
    /// Name of the rule, or what limits the part.
    pub rule: String,
    /// What the rule gives points for.
    pub words: String,
    pub points: f64,
    /// Latest first, before the rule's own limit. Empty for fit.
    pub touches: Vec<TouchPoints>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TouchPoints {
    pub touch: i64,
    pub at: Instant,
    pub age_days: f64,
    pub points: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageExplanation {
    pub stage: Stage,
    pub holds: bool,
    pub condition: Condition,
}

/// A condition with whether it holds; of a group, with its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub words: String,
    pub holds: bool,
    /// What was found: the value of the field, the score, the number of touches. `None` for groups and fields that are not filled.
    pub found: Option<String>,
    /// Touches that count for it, latest first.
    pub touches: Vec<i64>,
    pub parts: Vec<Condition>,
}

impl Condition {
    /// This and all below, each with its depth, for pages.
    pub fn lines(&self) -> Vec<(usize, &Condition)> {
        let below = self.parts.iter().flat_map(|part| part.lines().into_iter().map(|(depth, part)| (depth + 1, part)));
        std::iter::once((0, self)).chain(below).collect()
    }
}

impl Judge {
    /// Of the person's touches in time order; those after `at` are left out.
    pub fn explain(&self, subject: &impl Subject, touches: &[Seen], at: Instant) -> Explanation {
        let touches = &touches[..touches.partition_point(|seen| seen.at <= at)];
        let mut walk = self.walk(subject);
        touches.iter().for_each(|seen| walk.observe(&Signal { at: seen.at, marks: seen.marks }));
        let case = Case { judge: self, subject, touches, walk: &walk, at };
        let mut lines = case.fit_lines();
        lines.extend(case.engagement_lines());
        let mut stages: Vec<StageExplanation> = self.criteria.iter().map(|(stage, criteria)| case.stage(*stage, criteria)).collect();
        stages.sort_by_key(|explained| explained.stage);
        Explanation { at, score: walk.score(at), lines, stages, product_line: walk.product_line().map(str::to_owned) }
    }
}

struct Case<'a, S> {
    judge: &'a Judge,
    subject: &'a S,
    touches: &'a [Seen],
    walk: &'a Walk<'a>,
    at: Instant,
}

impl<S: Subject> Case<'_, S> {
    fn fit_lines(&self) -> Vec<ScoreLine> {
        let holds = self.judge.scoring.fit.iter().filter(|rule| super::fields_hold(&rule.when, self.subject));
        let line = |name: &str, words: String, points| line(ScoreName::Fit, name, words, points, Vec::new());
        let lines: Vec<ScoreLine> = holds.map(|rule| line(&rule.name, words(&rule.when), rule.points)).collect();
        limited(lines, ScoreName::Fit, self.walk.score(self.at).fit)
    }

    fn engagement_lines(&self) -> Vec<ScoreLine> {
        let mut lines = Vec::new();
        for rule in &self.judge.scoring.engagement {
            let touches: Vec<TouchPoints> = self.of(&rule.of).map(|seen| self.faded(seen, rule.points, rule.half_life_days)).collect();
            if !touches.is_empty() {
                let points = touches.iter().rev().map(|touch| touch.points).sum::<f64>().min(limit(rule.points_max));
                lines.push(line(ScoreName::Engagement, &rule.name, super::words::filter_words(&rule.of), points, touches));
            }
        }
        limited(lines, ScoreName::Engagement, self.walk.score(self.at).engagement)
    }

    fn faded(&self, seen: &Seen, points: f64, half_life_days: f64) -> TouchPoints {
        let age_days = self.at.days_since(seen.at);
        let halvings = if half_life_days > 0.0 { age_days / half_life_days } else { 0.0 };
        TouchPoints { touch: seen.touch, at: seen.at, age_days, points: points * (-halvings).exp2() }
    }

    /// Touches that the filter lets pass, latest first.
    fn of(&self, filter: &ActivityFilter) -> impl Iterator<Item = &Seen> {
        let filter = Filter::of(filter);
        let index = self.judge.filters.iter().position(|known| *known == filter);
        self.touches.iter().rev().filter(move |seen| index.is_some_and(|index| seen.marks.has(index)))
    }

    fn stage(&self, stage: Stage, criteria: &Criterion) -> StageExplanation {
        let condition = self.condition(criteria);
        StageExplanation { stage, holds: condition.holds, condition }
    }

    fn condition(&self, criterion: &Criterion) -> Condition {
        let group = |parts: &[Criterion], holds: fn(&[Condition]) -> bool| {
            let parts: Vec<Condition> = parts.iter().map(|part| self.condition(part)).collect();
            Condition { words: group_words(criterion).into(), holds: holds(&parts), found: None, touches: Vec::new(), parts }
        };
        match criterion {
            Criterion::All(parts) => group(parts, |parts| parts.iter().all(|part| part.holds)),
            Criterion::Any(parts) => group(parts, |parts| parts.iter().any(|part| part.holds)),
            Criterion::None(parts) if matches!(parts.as_slice(), [Criterion::Field(_) | Criterion::Score(_) | Criterion::Activity(_)]) => {
                let contrary = self.condition(&parts[0]);
                Condition { words: words(criterion), holds: !contrary.holds, ..contrary }
            }
            Criterion::None(parts) => group(parts, |parts| !parts.iter().any(|part| part.holds)),
            Criterion::Field(test) => {
                let number = || self.subject.number(&test.field).map(super::words::number_words);
                let found = self.subject.text(&test.field).map(str::to_owned).or_else(number);
                single(criterion, Leaf::of(test).holds(self.subject), found, Vec::new())
            }
            Criterion::Score(test) => {
                let score = self.walk.score(self.at);
                let points = match test.score {
                    ScoreName::Fit => score.fit,
                    ScoreName::Engagement => score.engagement,
                    ScoreName::Total => score.total(),
                };
                single(criterion, points >= test.at_least, Some(format!("{points:.1}")), Vec::new())
            }
            Criterion::Activity(test) => self.activity(criterion, test),
        }
    }

    fn activity(&self, criterion: &Criterion, test: &ActivityTest) -> Condition {
        let window = test.within_days.map(|days| i64::from(days) * MICROS_PER_DAY);
        let is_in = |seen: &&Seen| window.is_none_or(|window| self.at.0.saturating_sub(seen.at.0) <= window);
        let touches: Vec<i64> = self.of(&test.filter).take_while(is_in).map(|seen| seen.touch).collect();
        let holds = touches.len() >= test.times_min.clamp(1, super::TIMES_MAX) as usize;
        single(criterion, holds, Some(touches.len().to_string()), touches)
    }
}

fn single(criterion: &Criterion, holds: bool, found: Option<String>, touches: Vec<i64>) -> Condition {
    Condition { words: words(criterion), holds, found, touches, parts: Vec::new() }
}

fn line(part: ScoreName, rule: &str, words: String, points: f64, touches: Vec<TouchPoints>) -> ScoreLine {
    ScoreLine { part, rule: rule.into(), words, points, touches }
}

/// With a line for what the limits of the part take away or, where the rules together are below zero, give back.
fn limited(mut lines: Vec<ScoreLine>, part: ScoreName, counted: f64) -> Vec<ScoreLine> {
    let difference = counted - lines.iter().map(|line| line.points).sum::<f64>();
    // Smaller differences are those of adding up in another order.
    if difference.abs() > 1e-6 {
        let words = if difference < 0.0 { "more than this does not count" } else { "never below zero" };
        lines.push(line(part, "Limit", words.into(), difference, Vec::new()));
    }
    lines
}
