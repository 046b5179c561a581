//! What stands out now: the main numbers looked at by every dimension, in the last twelve months and against earlier periods.

use alignment::Instant;

use super::{
    finding::{Finding, Found, LEVEL, Named, Side, findings},
    looks::{About, Comparison, Subject, Survey, What},
    material::{Material, Shape, ripe_part, shape},
    periods::{before, last_whole, same_age, year_ago},
    shuffle::Shuffle,
    split::{Cuts, Sent, Split, dimensions},
    unused::Unused,
    worth::Values,
};
use crate::{
    engine::{Context, Kpi},
    history::History,
    kpi,
    question::{Dimension, Period, Question},
};

/// Counts are asked whether they moved; the others also whether a segment stands out. A number that is only the other side of one of
/// these (rejection, drop-off) is left out: it would find the same again.
static NUMBERS: &[&str] = &[
    "leads",
    "mqls",
    "sals",
    "sqls",
    "customers",
    "mql_to_sal_rate",
    "mql_to_sql_rate",
    "sal_to_sql_rate",
    "win_rate",
    "deal_win_rate",
    "crm_adoption_rate",
    "follow_up_hours",
    "sales_cycle_days",
    "deal_size",
];

/// Findings that an answer lists.
pub const FINDINGS_MAX: usize = 200;

/// What stands out and what moved.
pub struct Digest {
    /// The strongest first; what else is found of the same segment, in other numbers or periods, stands right behind it.
    pub findings: Vec<Finding>,
    /// Findings beyond those listed.
    pub more: u64,
    /// How many segments were looked at, over all numbers and periods.
    pub looks: u64,
    /// In which segments were asked to stand out.
    pub window: Period,
    pub comparisons: Vec<Comparison>,
    /// Pieces that nobody used, by id; the finding of that kind counts them.
    pub unused: Vec<(i64, Option<String>)>,
    /// Pieces of which nobody wrote down when they came out, so that nothing is said of their use.
    pub undated_pieces: u64,
}

/// Everything looked at, ready to be asked; with a shuffle, as if the rows had been dealt out anew.
pub struct Prepared {
    survey: Survey,
    values: Values,
    unused: Unused,
    window: Period,
    comparisons: Vec<Comparison>,
}

pub fn digest(history: &History, question: &Question) -> Option<Digest> {
    prepare(history, question).map(Prepared::digest)
}

/// `None`: `as_of` lies outside the calendar.
pub fn prepare(history: &History, question: &Question) -> Option<Prepared> {
    let question = Question { period: Period::ALL, by: None, ..question.clone() };
    let (as_of, zone) = (question.as_of, &question.zone);
    let months = last_whole(11, as_of, zone)?;
    let window = Period { from: months.from, to: Instant::MAX };
    let comparisons = comparisons(history, &question);
    let questions: Vec<Question> = std::iter::once(as_of)
        .chain(comparisons.iter().map(|comparison| comparison.before_as_of))
        .map(|as_of| Question { as_of, ..question.clone() })
        .collect();
    let contexts: Vec<Context> = questions.iter().map(|question| Context::of(history, question)).collect();
    let dimensions = dimensions(history);
    let cuts = contexts.iter().map(|context| Cuts::of(context, &dimensions, true)).collect();
    let sent = (Sent::of(&contexts[0]), Sent::labels(history));
    let mut subjects: Vec<Subject> = Vec::new();
    for kpi in NUMBERS.iter().filter_map(|key| kpi::find(key)) {
        subjects.extend(subjects_of(kpi, &contexts, &comparisons, window, &dimensions));
    }
    subjects
        .extend(kpi::find("rejection_rate").map(|kpi| moves(kpi, Shape::Rate, &contexts, &comparisons, &[], true)).into_iter().flatten());
    Some(Prepared {
        values: Values::of(&contexts[0]),
        unused: Unused::of(&contexts[0]),
        survey: Survey { cuts, sent: Some(sent), subjects },
        window: Period { to: as_of, ..window },
        comparisons,
    })
}

fn subjects_of(
    kpi: &'static Kpi,
    contexts: &[Context],
    comparisons: &[Comparison],
    window: Period,
    dimensions: &[Dimension],
) -> Vec<Subject> {
    let Ok(shape) = shape(kpi) else { return Vec::new() };
    if !contexts[0].can_filter(kpi.table) {
        return Vec::new();
    }
    let mut subjects = moves(kpi, shape, contexts, comparisons, dimensions, false);
    if shape != Shape::Count {
        let period = ripe_part(&contexts[0], kpi, window);
        let mut splits: Vec<Split> = dimensions.iter().cloned().map(Split::By).collect();
        if kpi.key == "deal_win_rate" {
            splits.push(Split::SentContent);
        }
        let material = Material::standing(kpi, shape, &contexts[0], period);
        let period = Period { to: period.to.min(contexts[0].view.as_of), ..period };
        subjects.push(Subject { material, about: About::StandsOut(period), lens: [0, 0], splits, with_total: false });
    }
    subjects
}

/// The number in each comparison; by the reasons of rejections alone if `by_reason`.
fn moves(
    kpi: &'static Kpi,
    shape: Shape,
    contexts: &[Context],
    comparisons: &[Comparison],
    dimensions: &[Dimension],
    by_reason: bool,
) -> Vec<Subject> {
    // Pieces of content come and go, and with them all shares: that is no news.
    let counted = |by: &Dimension| shape != Shape::Count || *by != Dimension::Content;
    let subject = |(index, comparison): (usize, &Comparison)| {
        let lens = [index + 1, 0];
        let before = (&contexts[lens[0]], comparison.before);
        Subject {
            material: Material::of(kpi, shape, Some(before), (&contexts[lens[1]], comparison.now)),
            about: About::Moved(*comparison),
            lens,
            splits: if by_reason {
                vec![Split::Reason]
            } else {
                dimensions.iter().filter(|by| counted(by)).cloned().map(Split::By).collect()
            },
            with_total: !by_reason,
        }
    };
    comparisons.iter().enumerate().map(subject).collect()
}

/// Days without a lead at the ends of a period that don't yet mean that nobody kept the record.
const GAP_DAYS_MAX: i64 = 14;

/// The last whole month and the last whole quarter, each against the one before, and the quarter against the same one a year ago; those
/// for which the record goes back far enough.
fn comparisons(history: &History, question: &Question) -> Vec<Comparison> {
    let (as_of, zone) = (question.as_of, &question.zone);
    let (month, quarter) = (last_whole(1, as_of, zone), last_whole(3, as_of, zone));
    let opened = || history.leads.opened_at.values().iter().copied().map(Instant).filter(|at| *at <= as_of);
    let (begins, ends) = (opened().min(), opened().max());
    // Where the record begins later or stops earlier, nothing happened because nobody wrote it down.
    let covers = |before: &Period, now: &Period| {
        begins.is_some_and(|begins| begins <= before.from.plus_days(GAP_DAYS_MAX))
            && ends.is_some_and(|ends| ends >= now.to.min(as_of).plus_days(-GAP_DAYS_MAX))
    };
    let pair = |now: Option<Period>, earlier: fn(Period, &jiff::tz::TimeZone) -> Option<Period>| {
        let now = now?;
        let before = earlier(now, zone).filter(|before| covers(before, &now))?;
        Some(Comparison { before, now, before_as_of: same_age(before, now, as_of), as_of })
    };
    [pair(month, before), pair(quarter, before), pair(quarter, year_ago)].into_iter().flatten().collect()
}

impl Prepared {
    fn digest(self) -> Digest {
        let looks = self.survey.looks(None);
        let (mut found, adjusted) = findings(&self.survey, &looks, &self.unused.ln_ps, &self.values);
        if let Some(finding) = self.unused_finding(&adjusted) {
            let place = found.partition_point(|other| other.ln_p <= finding.ln_p);
            found.insert(place, finding);
        }
        let mut found = by_topic(found);
        let more = found.len().saturating_sub(FINDINGS_MAX) as u64;
        found.truncate(FINDINGS_MAX);
        Digest {
            findings: found,
            more,
            looks: (looks.len() + self.unused.ln_ps.len()) as u64,
            window: self.window,
            comparisons: self.comparisons,
            undated_pieces: self.unused.undated,
            unused: self.unused.pieces.iter().filter_map(|label| Some((label.id?, label.name.clone()))).collect(),
        }
    }

    /// Whether anything at all would be reported: in a shuffled history, whether it raises a false alarm.
    pub fn raises_alarm(&self, shuffle: &Shuffle) -> bool {
        let looks = self.survey.looks(Some(shuffle));
        let chances = self.unused.ln_chances.iter().zip(0..);
        let missed = chances.map(|(ln_chance, index)| if shuffle.is_missed(*ln_chance, index) { *ln_chance } else { 0.0 });
        let ln_ps: Vec<f64> = looks.iter().map(|look| look.ln_p).chain(missed).collect();
        super::significance::adjusted(&ln_ps).iter().any(|p| *p <= LEVEL)
    }

    /// How many segments are looked at.
    pub fn looks(&self) -> usize {
        self.survey.looks(None).len() + self.unused.ln_ps.len()
    }

    /// One finding for all the pieces, with the least certain of them.
    fn unused_finding(&self, adjusted: &[f64]) -> Option<Finding> {
        let kpi = kpi::find("content_use_rate")?;
        let sure = self.unused.ln_ps.iter().zip(adjusted).filter(|(ln_p, p)| **ln_p < 0.0 && **p <= LEVEL);
        let (ln_p, p_adjusted) = sure.map(|(ln_p, p)| (*ln_p, *p)).reduce(|a, b| if b.0 > a.0 { b } else { a })?;
        let (count, live) = (self.unused.pieces.len() as u64, self.unused.live);
        Some(Finding {
            kpi,
            found: Found::NeverUsed { period: self.window },
            what: What::Own,
            segment: Some(Named { split: Split::By(Dimension::Content), label: None, id: None }),
            against: Side { n: live, hits: Some(live), value: Some(1.0) },
            now: Side { n: live, hits: Some(count), value: Some(count as f64 / live.max(1) as f64) },
            part: None,
            worth: None,
            ln_p,
            topic: 0,
            p_adjusted,
            repeats: Vec::new(),
            reason: None,
        })
    }
}

/// Findings of the same segment together, in the order of the first of each. A finding goes with a topic too where the topic's segment
/// only repeats it: Spain shows in a number what Iberia shows in others.
fn by_topic(found: Vec<Finding>) -> Vec<Finding> {
    let mut topics: Vec<Vec<Finding>> = Vec::new();
    for finding in found {
        let fits = |topic: &Vec<Finding>| match (&topic[0].segment, &finding.segment) {
            (None, None) => true,
            (Some(named), Some(own)) => named == own || (finding.what == What::Own && finding.repeats.contains(named)),
            _ => false,
        };
        match topics.iter_mut().find(|topic| fits(topic)) {
            Some(topic) => topic.push(finding),
            None => topics.push(vec![finding]),
        }
    }
    let opened = topics.into_iter().enumerate();
    opened.flat_map(|(topic, findings)| findings.into_iter().map(move |finding| Finding { topic, ..finding })).collect()
}
