//! Learning a version of the score from the history, judging it on newer leads that it has not seen, and saying whether it may be shown.

use alignment::{Instant, agreement::Agreement, lifecycle::Stage};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{
    calibration::Platt,
    features::Sight,
    field_log::FieldLog,
    guard::{LeftOut, screen},
    landmark::{Landmark, Outcome, landmarks, outcome},
    measure::{CalibrationBin, Estimate, Figures, Judged, Scored, calibration_bins, compare, roc},
    model::Model,
    naive_bayes::NaiveBayes,
    points::points,
    table::Table,
};
use crate::{history::History, view::View};

pub struct Ask<'a> {
    pub agreement: &'a Agreement,
    pub agreement_version: u32,
    /// Nothing that happened later counts.
    pub as_of: Instant,
    /// Nothing that was learned later counts.
    pub known_at: Instant,
    /// What the score is the probability of, within the horizon.
    pub outcome: Stage,
    pub horizon_days: u32,
}

pub struct Learned {
    pub model: Model,
    pub report: Report,
    /// Why it is not shown on leads.
    pub withheld: Option<String>,
}

/// What was learned from what, and how well it does on what it had not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub outcome: Stage,
    pub horizon_days: u32,
    pub agreement_version: u32,
    pub learned: Part,
    pub calibrated: Part,
    pub judged: Part,
    /// Landmarks left out because their horizon is not over.
    pub young: u64,
    /// Left out because the newest [`LANDMARKS_MAX`] are enough.
    pub older: u64,
    /// Left out because more fields were changed since than are read: nobody can say what their fields said.
    #[serde(default)]
    pub unread: u64,
    pub score: Figures,
    pub points: Figures,
    pub naive_bayes: Figures,
    /// AUC of the score - AUC of the points, on the same rows.
    pub auc_over_points: Estimate,
    pub auc_over_naive_bayes: Estimate,
    pub calibration: Vec<CalibrationBin>,
    /// (share of the misses, share of the hits) above each score.
    pub roc: Vec<(f64, f64)>,
    pub points_roc: Vec<(f64, f64)>,
    pub left_out: Vec<LeftOut>,
}

/// Landmarks: instants at which a pass was judged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub from: Instant,
    pub to: Instant,
    pub rows: u64,
    pub hits: u64,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "there is too little to learn from: {found} {stage} among the leads {part}, and {needed} are needed. Only leads opened at least \
     {horizon_days} days ago count. Bring in more history, or train again later"
)]
pub struct TooLittle {
    pub found: u64,
    pub needed: u64,
    pub stage: &'static str,
    pub part: &'static str,
    pub horizon_days: u32,
}

/// How far the AUC must be above that of the points, with the whole 95% interval of the difference above zero.
pub const AUC_MARGIN_MIN: f64 = 0.02;
/// The newest so many are learned from.
pub const LANDMARKS_MAX: usize = 40_000;
/// Outcomes, and as many misses, that are needed in the parts for learning, calibration and judging.
const HITS_MIN: [u64; 3] = [30, 10, 10];
const SEED: u64 = 7;

pub fn learn(history: &History, log: &FieldLog, ask: &Ask) -> Result<Learned, TooLittle> {
    let view = View::at(history, ask.as_of, ask.known_at);
    let found = Found::of(&view, ask).seen_by(log);
    let split = Split::of(&found);
    let parts = [&split.learn, &split.calibrate, &split.judge];
    for ((rows, needed), part) in parts.iter().zip(HITS_MIN).zip(["to learn from", "to calibrate with", "to judge by"]) {
        let hits = rows.iter().filter(|row| found.outcomes[**row]).count() as u64;
        let fewer = hits.min(rows.len() as u64 - hits);
        if fewer < needed {
            return Err(TooLittle { found: fewer, needed, stage: ask.outcome.name(), part, horizon_days: ask.horizon_days });
        }
    }
    let all: Vec<Landmark> = found.landmarks.iter().chain(&found.young).copied().collect();
    let table = Sight::of(history, log).table(&all);
    let fresh: Vec<usize> = (found.landmarks.len()..all.len()).collect();
    let of = |rows: &[usize]| rows.iter().map(|row| found.outcomes[*row]).collect::<Vec<bool>>();
    let left_out = screen(&table, &split.learn, &of(&split.learn), &fresh);
    let table = table.without(&left_out.iter().map(|column| column.key.clone()).collect::<Vec<_>>());
    let model = Model::fit(&table, &found.outcomes, &split.learn, &split.calibrate);
    let scored = Rivals::of(&view, ask, &found, &split, &table, &model);
    let report = scored.report(ask, &found, &split, left_out).ok_or(TooLittle {
        found: 0,
        needed: 1,
        stage: ask.outcome.name(),
        part: "to judge by",
        horizon_days: ask.horizon_days,
    })?;
    let withheld = withheld(&report);
    Ok(Learned { model, report, withheld })
}

/// Shown only where it is better than what both teams have agreed on.
fn withheld(report: &Report) -> Option<String> {
    let over = report.auc_over_points;
    let figures = format!(
        "on {} newer leads its AUC is {:.3} and that of the points {:.3}: a difference of {:+.3}, between {:+.3} and {:+.3}",
        report.judged.rows, report.score.auc.value, report.points.auc.value, over.value, over.low, over.high
    );
    if over.value < AUC_MARGIN_MIN {
        return Some(format!("It is not better than the points by the {AUC_MARGIN_MIN} that is asked for: {figures}."));
    }
    if over.low <= 0.0 {
        return Some(format!("That it is better than the points may be chance: {figures}. More outcomes will tell."));
    }
    if report.score.log_loss.value >= report.points.log_loss.value {
        return Some(format!(
            "It orders leads better than the points, but its probabilities are worse: log-loss {:.3} against {:.3}; {figures}.",
            report.score.log_loss.value, report.points.log_loss.value
        ));
    }
    None
}

/// The landmarks of all passes, in the order of time, and what became of them.
pub(super) struct Found {
    pub landmarks: Vec<Landmark>,
    pub outcomes: Vec<bool>,
    /// The newest of those whose horizon is not over.
    young: Vec<Landmark>,
    young_count: u64,
    older: u64,
    unread: u64,
}

const YOUNG_MAX: usize = 4_000;

impl Found {
    pub fn of(view: &View, ask: &Ask) -> Found {
        let (mut known, mut young) = (Vec::new(), Vec::new());
        for (row, facts) in view.leads.iter().enumerate().filter(|(_, facts)| facts.is_known()) {
            for landmark in landmarks(view.history, row, facts) {
                match outcome(facts, &landmark, ask.outcome, ask.horizon_days, view.as_of) {
                    Outcome::Reached => known.push((landmark, true)),
                    Outcome::NotReached => known.push((landmark, false)),
                    Outcome::Young if landmark.at <= view.as_of => young.push(landmark),
                    _ => {}
                }
            }
        }
        known.sort_by_key(|(landmark, _)| (landmark.at, landmark.lead_row, landmark.stage));
        young.sort_by_key(|landmark| (std::cmp::Reverse(landmark.at), landmark.lead_row, landmark.stage));
        let (young_count, older) = (young.len() as u64, known.len().saturating_sub(LANDMARKS_MAX));
        young.truncate(YOUNG_MAX);
        known.drain(..older);
        let (landmarks, outcomes) = known.into_iter().unzip();
        Found { landmarks, outcomes, young, young_count, older: older as u64, unread: 0 }
    }

    /// Those whose fields the log can show as they stood. The fields of others would say what was only known later.
    fn seen_by(mut self, log: &FieldLog) -> Found {
        let is_seen: Vec<bool> = self.landmarks.iter().map(|landmark| log.reaches(landmark.fields_at())).collect();
        self.unread = is_seen.iter().filter(|seen| !**seen).count() as u64;
        let (mut of_landmarks, mut of_outcomes) = (is_seen.iter(), is_seen.iter());
        self.landmarks.retain(|_| of_landmarks.next() == Some(&true));
        self.outcomes.retain(|_| of_outcomes.next() == Some(&true));
        self.young.retain(|landmark| log.reaches(landmark.fields_at()));
        self
    }

    fn part(&self, rows: &[usize]) -> Part {
        let at = |row: Option<&usize>| row.map_or(Instant(0), |row| self.landmarks[*row].at);
        let hits = rows.iter().filter(|row| self.outcomes[**row]).count() as u64;
        Part { from: at(rows.first()), to: at(rows.last()), rows: rows.len() as u64, hits }
    }

    /// Numbers from 0 up for the persons of these rows.
    pub fn clusters(&self, rows: &[usize]) -> Vec<u32> {
        let mut known: FxHashMap<i64, u32> = FxHashMap::default();
        let mut number = |person: i64| {
            let next = known.len() as u32;
            *known.entry(person).or_insert(next)
        };
        rows.iter().map(|row| number(self.landmarks[*row].person)).collect()
    }
}

/// Rows by time: the oldest to learn from, then some to calibrate with, the newest to judge by. A person is in one part alone, by its
/// first landmark; later landmarks of a person that reach into a newer part are left out.
pub(super) struct Split {
    pub learn: Vec<usize>,
    pub calibrate: Vec<usize>,
    pub judge: Vec<usize>,
}

const LEARN_SHARE: f64 = 0.6;
const CALIBRATE_SHARE: f64 = 0.15;

impl Split {
    pub fn of(found: &Found) -> Split {
        let mut first: FxHashMap<i64, Instant> = FxHashMap::default();
        for landmark in &found.landmarks {
            first.entry(landmark.person).or_insert(landmark.at);
        }
        let begins: Vec<Instant> = found.landmarks.iter().map(|landmark| first[&landmark.person]).collect();
        let mut sorted = begins.clone();
        sorted.sort_unstable();
        let cut = |share: f64| sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(Instant::MAX);
        let (learned, calibrated) = (cut(LEARN_SHARE), cut(LEARN_SHARE + CALIBRATE_SHARE));
        let within = |from: Instant, to: Instant| {
            (0..begins.len()).filter(|row| from <= begins[*row] && begins[*row] < to && found.landmarks[*row].at < to).collect()
        };
        Split { learn: within(Instant::MIN, learned), calibrate: within(learned, calibrated), judge: within(calibrated, Instant::MAX) }
    }
}

/// The three that are compared, on the rows to judge by.
struct Rivals {
    score: Scored,
    points: Scored,
    naive_bayes: Scored,
}

impl Rivals {
    /// Points and naive Bayes get the same curve to a probability as the score, from the same rows.
    fn of(view: &View, ask: &Ask, found: &Found, split: &Split, table: &Table, model: &Model) -> Rivals {
        let outcomes = |rows: &[usize]| rows.iter().map(|row| found.outcomes[*row]).collect::<Vec<bool>>();
        let calibrated = |calibrate: &[f64], judge: &[f64]| {
            let platt = Platt::fit(calibrate, &outcomes(&split.calibrate));
            Scored::ranked_by(judge.to_vec(), judge.iter().map(|score| platt.probability(*score)).collect())
        };
        let marks = |rows: &[usize]| rows.iter().map(|row| found.landmarks[*row]).collect::<Vec<_>>();
        let of_points = |rows: &[usize]| points(view, ask.agreement, &marks(rows));
        let encoded = |rows: &[usize]| model.encoder.encode(table, rows);
        let bayes = NaiveBayes::fit(&model.encoder, &encoded(&split.learn), &outcomes(&split.learn));
        let of_bayes = |rows: &[usize]| bayes.all_log_odds(&encoded(rows));
        Rivals {
            score: Scored::of(model.probabilities(table, &split.judge)),
            points: calibrated(&of_points(&split.calibrate), &of_points(&split.judge)),
            naive_bayes: calibrated(&of_bayes(&split.calibrate), &of_bayes(&split.judge)),
        }
    }

    fn report(self, ask: &Ask, found: &Found, split: &Split, left_out: Vec<LeftOut>) -> Option<Report> {
        let outcomes: Vec<bool> = split.judge.iter().map(|row| found.outcomes[*row]).collect();
        let clusters = found.clusters(&split.judge);
        let calibration = calibration_bins(&self.score.probabilities, &outcomes, 10);
        let (of_score, of_points) = (roc(&self.score.probabilities, &outcomes), roc(&self.points.scores, &outcomes));
        let judged = Judged { outcomes: &outcomes, clusters: &clusters };
        let (figures, over) = compare(&judged, &[self.score, self.points, self.naive_bayes], SEED)?;
        let [score, points, naive_bayes] = <[Figures; 3]>::try_from(figures).ok()?;
        Some(Report {
            outcome: ask.outcome,
            horizon_days: ask.horizon_days,
            agreement_version: ask.agreement_version,
            learned: found.part(&split.learn),
            calibrated: found.part(&split.calibrate),
            judged: found.part(&split.judge),
            young: found.young_count,
            older: found.older,
            score,
            points,
            naive_bayes,
            auc_over_points: over[0],
            auc_over_naive_bayes: over[1],
            calibration,
            roc: of_score,
            points_roc: of_points,
            left_out,
            unread: found.unread,
        })
    }
}
