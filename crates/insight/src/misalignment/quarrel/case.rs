//! All that the quarrels ask of the record, worked out once, and the rows behind each point.

use alignment::rate::Rate;
use rayon::prelude::*;

use super::{Cause, Lookout, Quarrel, SEGMENT_MIN, SegmentSeen, p_of, points::PointOfLeads, selling, talk, volume};
use crate::{
    answer::{Evidence, EvidenceRow, Team},
    engine::{Context, Segments},
    experiment::proportions::{adjusted, difference},
    history::History,
    misalignment::{Answered, answer_of},
    question::{Dimension, Question},
    rows::Table,
};

pub struct Case<'a> {
    pub context: Context<'a>,
    pub lookout: Lookout<'a>,
    pub answers: Vec<Option<Answered>>,
}

pub fn quarrels(history: &History, question: &Question, lookout: Lookout) -> Vec<Quarrel> {
    let case = Case::of(history, question, lookout);
    vec![ignored(&case), selling::quarrel(&case), volume::quarrel(&case), talk::quarrel(&case)]
}

/// The leads behind a point, by id; with a segment, those of it alone. `None`: no point of leads has this key.
pub fn rows(history: &History, question: &Question, lookout: Lookout, key: &str, offset: usize, limit: usize) -> Option<Evidence> {
    let point = super::points::find(key)?;
    let case = Case::of(history, question, lookout);
    let row = |row: usize| {
        let hit = case.observe(point, row)?;
        let at = case.context.view.leads[row].from(point.since);
        let (hits, value) = (u32::from(hit), Some(f64::from(u8::from(hit))));
        Some(EvidenceRow { id: history.leads.ids()[row], hit, n: 1, hits, value, at, fault: None })
    };
    let rows: Vec<EvidenceRow> = (0..history.leads.len()).filter_map(row).collect();
    let total = rows.len() as u64;
    Some(Evidence { table: Table::Leads, rows: rows.into_iter().skip(offset).take(limit).collect(), total })
}

impl<'a> Case<'a> {
    pub fn of(history: &'a History, question: &'a Question, lookout: Lookout<'a>) -> Case<'a> {
        let context = Context::of(history, question);
        context.view.follow_ups();
        let terms = lookout.terms.follow_up;
        let answer = |row| answer_of(&context, lookout.calendar, terms.review_minutes_max, terms.first_attempt_minutes_max, row);
        let answers = (0..history.leads.len()).into_par_iter().with_min_len(1024).map(answer).collect();
        Case { context, lookout, answers }
    }

    /// Whether the lead counts in the point, and as what.
    pub fn observe(&self, point: &PointOfLeads, row: usize) -> Option<bool> {
        if !self.context.keeps(Table::Leads, row) {
            return None;
        }
        let facts = &self.context.view.leads[row];
        let at = facts.from(point.since).filter(|_| facts.is_known())?;
        if self.context.question.period.contains(at) { (point.observe)(self, row, at) } else { None }
    }

    pub fn rate(&self, point: &PointOfLeads) -> Rate {
        let observed = (0..self.context.history.leads.len()).filter_map(|row| self.observe(point, row));
        observed.fold(Rate::default(), |rate, hit| Rate::new(rate.hits + u64::from(hit), rate.of + 1))
    }

    /// The point by each dimension looked at. `limit`: true where the share is above it beyond chance; without, where it is higher than that
    /// of all others beyond chance.
    pub fn segments(&self, point: &PointOfLeads, limit: Option<f64>) -> Vec<SegmentSeen> {
        self.segments_by(point, limit, self.lookout.dimensions)
    }

    pub fn segments_by(&self, point: &PointOfLeads, limit: Option<f64>, dimensions: &[Dimension]) -> Vec<SegmentSeen> {
        let mut all: Vec<SegmentSeen> = dimensions.iter().flat_map(|dimension| self.segments_of(point, limit, dimension)).collect();
        // However many dimensions are looked at, it is one look.
        let p_values: Vec<f64> = all.iter().map(|segment| segment.p_adjusted.unwrap_or(1.0)).collect();
        for (segment, p_adjusted) in all.iter_mut().zip(adjusted(&p_values)) {
            segment.p_adjusted = Some(p_adjusted);
            segment.is_true_here = p_adjusted < 0.05 && limit.is_none_or(|limit| segment.value.is_some_and(|value| value > limit));
        }
        all.sort_by(|a, b| {
            let order = |segment: &SegmentSeen| (segment.is_true_here, segment.value.unwrap_or(0.0));
            order(b).partial_cmp(&order(a)).unwrap_or(std::cmp::Ordering::Equal).then_with(|| a.label.cmp(&b.label))
        });
        all
    }

    /// With p-values that allow for nothing yet.
    fn segments_of(&self, point: &PointOfLeads, limit: Option<f64>, dimension: &Dimension) -> Vec<SegmentSeen> {
        let segments = Segments::of(&self.context.view, dimension);
        let mut rates = vec![Rate::default(); segments.labels.len()];
        let mut total = Rate::default();
        for row in 0..self.context.history.leads.len() {
            let Some(hit) = self.observe(point, row) else { continue };
            let rate = &mut rates[segments.leads[row] as usize];
            *rate = Rate::new(rate.hits + u64::from(hit), rate.of + 1);
            total = Rate::new(total.hits + u64::from(hit), total.of + 1);
        }
        let seen = |place: usize| {
            let rate = rates[place];
            let others = Rate::new(total.hits - rate.hits, total.of - rate.of);
            let p_value = match limit {
                Some(limit) => p_of(rate, limit),
                None => difference(others, rate).filter(|found| found.value > 0.0).and_then(|found| found.p_value).unwrap_or(1.0),
            };
            SegmentSeen {
                dimension: dimension.key(),
                label: segments.labels[place].name.clone(),
                id: segments.labels[place].id,
                hits: rate.hits,
                n: rate.of,
                value: rate.value(),
                interval: rate.interval(),
                elsewhere: others.value(),
                p_adjusted: Some(p_value),
                is_true_here: false,
            }
        };
        (0..rates.len()).filter(|place| rates[*place].of >= SEGMENT_MIN).map(seen).collect()
    }
}

/// "Sales ignores our leads."
fn ignored(case: &Case) -> Quarrel {
    use super::points::{ACCEPTED_NOT_TOUCHED, LIMIT_NOT_IN_TIME, NEVER_ANSWERED, NOT_IN_TIME, REJECTED_WITHOUT_REASON};
    let mut points: Vec<_> = [&NOT_IN_TIME, &NEVER_ANSWERED, &ACCEPTED_NOT_TOUCHED, &REJECTED_WITHOUT_REASON]
        .into_iter()
        .map(|point| super::above(point.key, point.words, case.rate(point), point.limit))
        .collect();
    points[0].decides = true;
    let segments = case.segments(&NOT_IN_TIME, Some(LIMIT_NOT_IN_TIME));
    Quarrel {
        key: "sales_ignores_our_leads",
        name: "Sales ignores our leads",
        said_by: Team::Marketing,
        verdict: super::verdict(&points, &segments),
        thresholds: "Supported where more than 20% of MQLs are not answered in the promised time (the whole 95% interval is above); not \
                     supported where it is below, and no region or owner stands above it beyond chance (5%, allowing for how many were looked at).",
        causes: where_it_is(&segments, "of MQLs were not answered in time"),
        remedies: vec![
            super::Remedy { words: "See what waits at the desk and who is late.", address: "/handoff" },
            super::Remedy { words: "Give leads to those who have time: capacity, absences and working hours.", address: "/routing" },
            super::Remedy { words: "Talk through the promise of review time, kept and broken, month by month.", address: "/promises" },
        ],
        points,
        segments,
        segments_of: NOT_IN_TIME.key,
    }
}

/// `Iberia (custom:sales_region): 61.0% of 214 ..., elsewhere 9.1%`
pub fn where_it_is(segments: &[SegmentSeen], what: &str) -> Vec<Cause> {
    let percent = |value: Option<f64>| value.map_or("nothing to compare with".into(), |value| format!("{:.1}%", value * 100.0));
    let words = |segment: &SegmentSeen| Cause {
        words: format!(
            "{} ({}): {} {what} ({} of {}); elsewhere {}.",
            segment.label.as_deref().unwrap_or("not recorded"),
            segment.dimension,
            percent(segment.value),
            segment.hits,
            segment.n,
            percent(segment.elsewhere)
        ),
    };
    segments.iter().filter(|segment| segment.is_true_here).take(5).map(words).collect()
}
