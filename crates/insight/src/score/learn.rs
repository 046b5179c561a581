//! Learning a version of the score from the history, judging it on newer leads that it has not seen, and saying whether it may be shown.

use alignment::{Instant, agreement::Agreement, lifecycle::Stage};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{
    calibration::Platt,
    enough::{TooLittle, enough},
    features::Sight,
    field_log::FieldLog,
    guard::{LeftOut, screen},
    landmark::{Landmark, Outcome, landmarks, outcome},
    measure::{CalibrationBin, Estimate, Figures, Judged, Scored, calibration_bins, compare, roc},
    model::Model,
    naive_bayes::NaiveBayes,
    points::points,
    split::{Purged, Split},
    table::Table,
    verdict::withheld,
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
    /// Landmarks in no part: their outcome was not known before a later part began.
    #[serde(default)]
    pub purged: Purged,
    /// Landmarks left out because their horizon is not over.
    pub young: u64,
    /// Left out because the newest [`LANDMARKS_MAX`] are enough.
    pub older: u64,
    /// Left out because more fields were changed since than are read: nobody can say what their fields said.
    #[serde(default)]
    pub unread: u64,
    pub score: Figures,
    /// `None`: all leads that it was judged by have the same points, which is no order to compare with.
    pub points: Option<Figures>,
    pub naive_bayes: Figures,
    /// AUC of the score - AUC of the points, on the same rows.
    pub auc_over_points: Option<Estimate>,
    pub auc_over_naive_bayes: Estimate,
    pub calibration: Vec<CalibrationBin>,
    /// (share of the misses, share of the hits) above each score.
    pub roc: Vec<(f64, f64)>,
    /// Empty where there are no points to compare with.
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

/// The newest so many are learned from.
pub const LANDMARKS_MAX: usize = 40_000;
const SEED: u64 = 7;

pub fn learn(history: &History, log: &FieldLog, ask: &Ask) -> Result<Learned, TooLittle> {
    let view = View::at(history, ask.as_of, ask.known_at);
    let found = Found::of(&view, ask).seen_by(log);
    let split = Split::of(&found.landmarks, ask.horizon_days);
    enough(&found, &split, ask)?;
    let all: Vec<Landmark> = found.landmarks.iter().chain(&found.young).copied().collect();
    let table = Sight::of(history, log).table(&all);
    let fresh: Vec<usize> = (found.landmarks.len()..all.len()).collect();
    let of = |rows: &[usize]| rows.iter().map(|row| found.outcomes[*row]).collect::<Vec<bool>>();
    let left_out = screen(&table, &split.learn, &of(&split.learn), &fresh);
    let table = table.without(&left_out.iter().map(|column| column.key.clone()).collect::<Vec<_>>());
    let model = Model::fit(&table, &found.outcomes, &split.learn, &split.calibrate);
    let report = Rivals::of(&view, ask, &found, &split, &table, &model).report(ask, &found, &split, left_out);
    let withheld = withheld(&report);
    Ok(Learned { model, report, withheld })
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

/// The three that are compared, on the rows to judge by.
struct Rivals {
    score: Scored,
    /// `None` where all have the same.
    points: Option<Scored>,
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
        let (calibrating_points, judged_points) = (of_points(&split.calibrate), of_points(&split.judge));
        let encoded = |rows: &[usize]| model.encoder.encode(table, rows);
        let bayes = NaiveBayes::fit(&model.encoder, &encoded(&split.learn), &outcomes(&split.learn));
        let of_bayes = |rows: &[usize]| bayes.all_log_odds(&encoded(rows));
        Rivals {
            score: Scored::of(model.probabilities(table, &split.judge)),
            points: (has_order(&calibrating_points) && has_order(&judged_points)).then(|| calibrated(&calibrating_points, &judged_points)),
            naive_bayes: calibrated(&of_bayes(&split.calibrate), &of_bayes(&split.judge)),
        }
    }

    fn report(self, ask: &Ask, found: &Found, split: &Split, left_out: Vec<LeftOut>) -> Report {
        let outcomes: Vec<bool> = split.judge.iter().map(|row| found.outcomes[*row]).collect();
        let clusters = found.clusters(&split.judge);
        let calibration = calibration_bins(&self.score.probabilities, &outcomes, 10);
        let of_score = roc(&self.score.probabilities, &outcomes);
        let points_roc = self.points.as_ref().map_or_else(Vec::new, |points| roc(&points.scores, &outcomes));
        let judged = Judged { outcomes: &outcomes, clusters: &clusters };
        let models: Vec<Scored> = [self.score, self.naive_bayes].into_iter().chain(self.points).collect();
        let (mut figures, over) = compare(&judged, &models, SEED).expect("there are leads of both outcomes to judge by");
        let points = figures.split_off(2).pop();
        let [score, naive_bayes] = <[Figures; 2]>::try_from(figures).expect("two are always compared");
        Report {
            outcome: ask.outcome,
            horizon_days: ask.horizon_days,
            agreement_version: ask.agreement_version,
            learned: found.part(&split.learn),
            calibrated: found.part(&split.calibrate),
            judged: found.part(&split.judge),
            purged: split.purged,
            young: found.young_count,
            older: found.older,
            score,
            points,
            naive_bayes,
            auc_over_points: over.get(1).copied(),
            auc_over_naive_bayes: over[0],
            calibration,
            roc: of_score,
            points_roc,
            left_out,
            unread: found.unread,
        }
    }
}

fn has_order(scores: &[f64]) -> bool {
    scores.iter().any(|score| *score != scores[0])
}
