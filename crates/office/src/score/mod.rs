//! The learned score: learning a version of it, and what the newest version says.

pub mod api;
mod block;
mod field_log;
mod lead;
pub mod pages;
mod pictures;
pub mod report;
#[cfg(test)]
mod tests;

pub use block::{Block, block};
pub use lead::{LeadAnswer, State, of_lead};

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::Stage};
use facts::{
    WriteTx,
    changes::Author,
    scores::{self, NewVersion, VersionHead},
};
use insight::score::{self, Model, OUTCOMES, Report, Since};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Office, Role,
    scoreboard::aside,
    web::{Allow, AppError},
};

/// Those who may have a version learned.
pub const TRAINERS: Allow = Allow::Roles(&[Role::Marketing, Role::Leader, Role::Admin]);
/// Versions that are listed.
const LISTED: i64 = 50;
/// A version that is older is asked to be learned anew.
const AGE_DAYS_MAX: i64 = 90;

/// What a version is learned for.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// `sql`, `opportunity` or `customer`; `sql` unless said.
    pub outcome: Option<String>,
    /// Within how many days; the Agreement's horizon unless said.
    pub horizon_days: Option<u32>,
}

/// A version that is learned and not yet written down.
pub struct Fresh {
    now: Instant,
    model: String,
    figures: String,
    withheld: Option<String>,
    /// The next one may be learned once this one is written down, or given up.
    _turn: Turn,
}

/// The homes in which a version is being learned.
static LEARNING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Learning takes a core for a while, and two at once would learn the same.
struct Turn(PathBuf);

impl Turn {
    fn take(office: &Office) -> Result<Turn, AppError> {
        let (home, mut learning) = (office.home().to_owned(), LEARNING.lock().unwrap_or_else(PoisonError::into_inner));
        if learning.contains(&home) {
            return Err(AppError::Conflict(
                "The score is being trained at this moment. Wait for that version; it is on the page in a minute.".into(),
            ));
        }
        learning.push(home.clone());
        Ok(Turn(home))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        LEARNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|home| *home != self.0);
    }
}

/// Learns from the history as it stands. Takes a core for as long as that takes, and holds no transaction meanwhile.
pub async fn learn(office: &Office, wanted: &Wanted) -> Result<Fresh, AppError> {
    let key = wanted.outcome.as_deref().map(str::trim).filter(|key| !key.is_empty()).unwrap_or("sql");
    let outcome = Stage::parse(key).filter(|stage| OUTCOMES.contains(stage));
    let outcome = outcome.ok_or_else(|| AppError::refused(format!("outcome `{key}`: write sql, opportunity or customer")))?;
    let version = office.agreement().await?;
    let horizon_days = wanted.horizon_days.unwrap_or(version.agreement.maturity.horizon_days);
    if !(1..=365).contains(&horizon_days) {
        return Err(AppError::refused(format!("horizon_days `{horizon_days}`: write a number of days from 1 to 365")));
    }
    let turn = Turn::take(office)?;
    let history = office.history().await?;
    let now = office.clock().now();
    let log = field_log::all(office).await?;
    let learned = aside(move || {
        let ask = score::Ask {
            agreement: &version.agreement,
            agreement_version: version.number,
            as_of: now,
            known_at: now,
            outcome,
            horizon_days,
        };
        // The turn lasts as long as the work, even where nobody waits for it any more.
        (score::learn(&history, &log, &ask), turn)
    });
    let (learned, turn) = learned.await?;
    let learned = learned.map_err(|little| AppError::Conflict(little.to_string()))?;
    let json = |part: Result<String, serde_json::Error>| part.map_err(|error| AppError::Internal(error.into()));
    Ok(Fresh {
        now,
        model: json(serde_json::to_string(&learned.model))?,
        figures: json(serde_json::to_string(&learned.report))?,
        withheld: learned.withheld,
        _turn: turn,
    })
}

/// Writes it down as the next version; gives its number.
pub async fn save(tx: &mut WriteTx, author: &Author, fresh: &Fresh) -> Result<i64, AppError> {
    let version = NewVersion {
        as_of: fresh.now.0,
        known_at: fresh.now.0,
        model: &fresh.model,
        figures: &fresh.figures,
        withheld: fresh.withheld.as_deref(),
    };
    Ok(scores::add(tx, author, &version).await?)
}

/// A version as it can be asked.
pub struct Standing {
    pub head: VersionHead,
    pub model: Model,
    pub report: Report,
}

/// The newest version; `None` before the first was learned.
pub async fn standing(office: &Office) -> Result<Option<Standing>, AppError> {
    let mut record = office.facts().read().await?;
    let Some(head) = scores::versions(record.conn(), 1).await?.pop() else { return Ok(None) };
    let Some(body) = scores::body(record.conn(), head.number).await? else { return Ok(None) };
    let unreadable = |error: serde_json::Error| AppError::Internal(anyhow::anyhow!("version {} of the score: {error}", body.number));
    Ok(Some(Standing {
        model: serde_json::from_str(&body.model).map_err(unreadable)?,
        report: serde_json::from_str(&body.figures).map_err(unreadable)?,
        head,
    }))
}

/// Newest first.
pub async fn versions(office: &Office) -> Result<Vec<VersionHead>, AppError> {
    Ok(scores::versions(&mut *office.facts().reader().await?, LISTED).await?)
}

/// How the version does on leads that have come of age since it was learned.
pub async fn since(office: &Office, standing: &Standing) -> Result<Option<Since>, AppError> {
    let history = office.history().await?;
    let (model, report, now) = (standing.model.clone(), &standing.report, office.clock().now());
    let (wanted, after) = ((report.outcome, report.horizon_days), report.judged.to);
    // Until a horizon has passed, no lead that is newer than those it was judged by has an outcome.
    if now <= after.plus_days(i64::from(wanted.1)) {
        return Ok(None);
    }
    aside(move || score::since(&history, &model, wanted, after, now, now)).await
}

/// Reasons to learn anew.
pub fn notices(standing: &Standing, since: Option<&Since>, now: Instant) -> Vec<String> {
    let days = (now.0 - standing.head.as_of) / MICROS_PER_DAY;
    let old = (days > AGE_DAYS_MAX).then(|| format!("Version {} was learned {days} days ago. Train it again.", standing.head.number));
    let judged = standing.report.score.auc;
    let worse = since.filter(|since| since.auc.high < judged.low).map(|since| {
        format!(
            "On the {} leads that have come of age since, its AUC is {:.3}, below the {:.3} that it was judged by. Train it again.",
            since.rows, since.auc.value, judged.value
        )
    });
    let no_points = standing.report.points.is_none().then(|| {
        format!(
            "There are {}: the Agreement gives all leads that it was judged by the same. Write rules for points into the Agreement and \
             train it again.",
            report::NO_POINTS
        )
    });
    old.into_iter().chain(worse).chain(no_points).collect()
}
