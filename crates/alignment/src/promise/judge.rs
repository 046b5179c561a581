//! From counts to a verdict, and what can still become of it, in words.

use serde::{Deserialize, Serialize};

use super::definition::percent;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Kept; of a month that still runs, kept so far.
    Kept,
    /// It can still be kept, and will not be if things go on as they do.
    AtRisk,
    Breached,
    /// Let off by the other side.
    Waived,
    /// Nothing of the kind was due.
    NotDue,
    /// Nobody wrote down what it takes to judge this. Neither kept nor breached.
    NotRecorded,
}

impl Status {
    pub const ALL: [Status; 6] = [Status::Kept, Status::AtRisk, Status::Breached, Status::Waived, Status::NotDue, Status::NotRecorded];

    pub fn key(self) -> &'static str {
        ["kept", "at_risk", "breached", "waived", "not_due", "not_recorded"][self as usize]
    }

    pub fn name(self) -> &'static str {
        ["Kept", "At risk", "Breached", "Waived", "Not due", "Not recorded"][self as usize]
    }

    /// Nothing to answer for (2), something to do (1), or broken (0).
    pub fn standing(self) -> u8 {
        match self {
            Status::Breached => 0,
            Status::AtRisk => 1,
            _ => 2,
        }
    }
}

/// How far a month has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub is_over: bool,
    /// Of the month's working time, 0..=1.
    pub elapsed_share: f64,
    /// Begun or to come, of those left.
    pub working_days_left: u32,
}

/// What the record says of a promise in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub kept: u64,
    /// Broken, but for those waived.
    pub broken: u64,
    /// Undecided, but for those waived.
    pub open: u64,
    /// Of the open ones, those whose time is nearly over.
    pub pressing: u64,
    pub waived_broken: u64,
    pub waived_open: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    pub status: Status,
    /// `None` where there is nothing to divide by.
    pub value: Option<f64>,
    pub target: f64,
    pub numerator: u64,
    pub denominator: u64,
    pub open: u64,
    pub waived: u64,
    /// What can still become of it, or why there is no verdict.
    pub projection: String,
}

/// A share that must reach `target`. Of a month that is over, the open ones can still tip it; of one that runs, the share so far counts,
/// with those that are nearly out of time taken for broken.
pub fn judge_rate(tally: &Tally, target: f64, progress: Progress) -> Judgement {
    let Tally { kept, broken, open, pressing, waived_broken, waived_open } = *tally;
    let (decided, waived) = (kept + broken, waived_broken + waived_open);
    let reaches = |kept: u64, of: u64| of > 0 && kept as f64 + 1e-9 >= target * of as f64;
    let best_reaches = reaches(kept + open + waived_open, decided + open + waived_open);
    let status = if decided + open == 0 {
        if waived > 0 { Status::Waived } else { Status::NotDue }
    } else if progress.is_over {
        match (best_reaches, reaches(kept, decided + open)) {
            (false, _) => Status::Breached,
            (true, true) => Status::Kept,
            (true, false) => Status::AtRisk,
        }
    } else if target >= 1.0 && broken > 0 {
        Status::Breached
    } else if decided + pressing == 0 {
        Status::NotDue
    } else if reaches(kept, decided + pressing) {
        Status::Kept
    } else {
        Status::AtRisk
    };
    Judgement {
        status,
        value: share(kept, decided),
        target,
        numerator: kept,
        denominator: decided,
        open,
        waived,
        projection: rate_words(tally, target, status),
    }
}

fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

fn rate_words(tally: &Tally, target: f64, status: Status) -> String {
    let Tally { kept, broken, open, pressing, waived_broken, waived_open } = *tally;
    let decided = kept + broken;
    if decided + open + waived_broken + waived_open == 0 {
        return "Nothing fell due.".into();
    }
    let mut words = Vec::new();
    if target >= 1.0 && broken > 0 {
        words.push(format!("{broken} of {decided} not kept; every one is promised."));
    } else if status == Status::Breached {
        words.push(format!("{} of {decided} where {} is promised.", shown(share(kept, decided)), percent(target)));
    }
    if open > 0 {
        let best = shown(share(kept + open + waived_open, decided + open + waived_open));
        let worst = shown(share(kept, decided + open));
        words.push(format!("{open} open: between {worst} and {best} once they are decided."));
    }
    if pressing > 0 {
        words.push(format!("{pressing} nearly out of time."));
    }
    if waived_broken + waived_open > 0 {
        words.push(format!("{} waived.", waived_broken + waived_open));
    }
    words.join(" ")
}

fn shown(rate: Option<f64>) -> String {
    rate.map_or_else(|| "nothing".into(), percent)
}

/// A number that must reach `owed` by the end of the month, projected by the share of working time that has gone.
pub fn judge_volume(delivered: u64, owed: u64, progress: Progress) -> Judgement {
    let pace = (progress.elapsed_share > 0.0).then(|| delivered as f64 / progress.elapsed_share.min(1.0));
    let status = if owed == 0 && delivered == 0 {
        Status::NotDue
    } else if delivered >= owed {
        Status::Kept
    } else if progress.is_over {
        Status::Breached
    } else {
        match pace {
            None => Status::NotDue,
            Some(pace) if pace + 1e-9 >= owed as f64 => Status::Kept,
            Some(_) => Status::AtRisk,
        }
    };
    let short = owed.saturating_sub(delivered);
    let projection = match (status, pace) {
        (Status::Breached, _) => format!("{short} short of {owed}."),
        (Status::NotDue, _) => "Nothing is due yet.".into(),
        (_, Some(pace)) if !progress.is_over && short > 0 => {
            let days = match progress.working_days_left {
                1 => "1 working day is".to_owned(),
                days => format!("{days} working days are"),
            };
            format!("{short} to go, {days} left: at this pace {} of {owed}.", pace.floor())
        }
        _ => format!("{} above {owed}.", delivered - owed.min(delivered)),
    };
    Judgement {
        status,
        value: Some(delivered as f64),
        target: owed as f64,
        numerator: delivered,
        denominator: owed,
        open: 0,
        waived: 0,
        projection,
    }
}

/// No verdict, because nobody wrote down what it takes.
pub fn not_recorded(target: f64, why: &str) -> Judgement {
    without_value(Status::NotRecorded, target, why)
}

/// No verdict, because there was nothing to keep.
pub fn not_due(target: f64, why: &str) -> Judgement {
    without_value(Status::NotDue, target, why)
}

fn without_value(status: Status, target: f64, why: &str) -> Judgement {
    Judgement { status, value: None, target, numerator: 0, denominator: 0, open: 0, waived: 0, projection: why.to_owned() }
}

/// The promise was let off for the whole month: what is broken or at risk no longer counts against anybody; what is kept stays kept.
pub fn waived(judgement: Judgement) -> Judgement {
    match judgement.status {
        Status::Breached | Status::AtRisk => Judgement { status: Status::Waived, ..judgement },
        _ => judgement,
    }
}
