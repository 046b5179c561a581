//! Why it moved: a number's change taken apart by segment, and what stands out now among all numbers.

pub mod api;
pub mod pages;
mod pictures;
pub mod report;
mod rows_page;
#[cfg(test)]
mod tests;
mod words;

use insight::{
    answer::Evidence,
    diagnosis::{self, Digest, RowsOf, RowsSide, Split, Why},
    engine::Kpi,
    kpi,
    question::{Period, Question},
};
use serde::Deserialize;

use crate::{
    Office,
    api::Slice,
    question::{QuestionParams, ask},
    scoreboard::{aside, params::text},
    web::AppError,
};

/// What is asked beside the question, as text; all of it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct WhyParams {
    /// The key of a number, such as `mql_to_sal_rate`.
    pub number: Option<String>,
    /// The earlier period: `before` (the one of the same length right before, unless said), `year_ago`, or a period as `period` has it.
    pub against: Option<String>,
    /// What to take the change apart by: a dimension, or `reason` for rejections. Unless said, what explains most.
    pub by: Option<String>,
}

impl WhyParams {
    /// What links of a number's page keep; by what it is taken apart, each of them says itself.
    pub fn of_number(&self) -> [(&'static str, &Option<String>); 2] {
        [("number", &self.number), ("against", &self.against)]
    }
}

/// Which rows are wanted, as text.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct OfSide {
    /// `before`, `same_age` or `now`.
    pub side: Option<String>,
    /// A value of `by`, by name or id; empty is what is not recorded. Without it, all rows.
    pub segment: Option<String>,
}

/// Two whole quarters: long enough to tell a change from chance, recent enough to act on.
pub const PERIOD: &str = "last_quarter";

pub struct Explained {
    pub question: Question,
    pub why: Why,
}

/// One number, taken apart.
pub async fn why(office: &Office, params: &QuestionParams, own: &WhyParams) -> Result<Explained, AppError> {
    let (history, question) = ask(office, &without_by(params), PERIOD).await?;
    let kpi = number(own)?;
    let before = against(office, params, own, &question).await?;
    let split = split(own)?;
    let worked = aside(move || {
        let refused = |words: &str| AppError::refused(format!("{} can't be taken apart: {words}", kpi.name));
        let why = diagnosis::why(&history, &question, kpi, before, split.as_ref()).map_err(refused)?;
        if split.is_some() && why.change.is_some() && why.splits.is_empty() {
            return Err(AppError::refused(format!("by: {} can't be parted so; leave it out to see by what it can", kpi.name)));
        }
        Ok(Explained { question, why })
    });
    worked.await?
}

/// What stands out now, over all main numbers. The period of the question is not used: the digest has its own.
pub async fn digest(office: &Office, params: &QuestionParams) -> Result<(Question, Digest), AppError> {
    let (history, question) = ask(office, &QuestionParams { period: None, ..without_by(params) }, PERIOD).await?;
    let asked = question.clone();
    let found = aside(move || diagnosis::digest(&history, &asked)).await?;
    Ok((question, found.ok_or_else(|| AppError::refused("as_of: choose a day inside the calendar"))?))
}

/// The rows of one side of a number or of one of its parts.
pub struct Rows {
    pub question: Question,
    pub kpi: &'static Kpi,
    /// The period that the rows are of.
    pub period: Period,
    pub evidence: Evidence,
}

pub async fn rows(office: &Office, params: &QuestionParams, own: &WhyParams, of: &OfSide, slice: Slice) -> Result<Rows, AppError> {
    let (history, question) = ask(office, &without_by(params), PERIOD).await?;
    let kpi = number(own)?;
    let side = match text(&of.side).unwrap_or("now") {
        "before" => RowsSide::Before,
        "same_age" => RowsSide::SameAge,
        "now" => RowsSide::Now,
        other => return Err(AppError::refused(format!("side `{other}`: write before, same_age or now"))),
    };
    let before = if side == RowsSide::Now { None } else { Some(against(office, params, own, &question).await?) };
    let split = split(own)?;
    let segment = match (&of.segment, split) {
        (None, _) => None,
        (Some(_), None) => return Err(AppError::refused("segment: say with `by` what it is a value of")),
        (Some(label), Some(split)) => Some((split, Some(label.clone()).filter(|label| !label.is_empty()))),
    };
    let of = RowsOf { side, segment, offset: slice.offset, limit: slice.limit };
    let period = before.unwrap_or(question.period);
    let worked = aside(move || {
        let refused = |words: &str| AppError::refused(format!("{}: {words}", kpi.name));
        let evidence = diagnosis::rows(&history, &question, kpi, before, &of).map_err(refused)?;
        Ok(Rows { question, kpi, period, evidence })
    });
    worked.await?
}

/// Numbers that can be taken apart.
pub fn numbers() -> impl Iterator<Item = &'static Kpi> {
    kpi::ALL.iter().copied().filter(|kpi| diagnosis::shape(kpi).is_ok())
}

fn number(own: &WhyParams) -> Result<&'static Kpi, AppError> {
    let key = text(&own.number).ok_or_else(|| AppError::refused("number: name the number, such as mql_to_sal_rate"))?;
    kpi::find(key).ok_or_else(|| {
        let known: Vec<_> = numbers().map(|kpi| kpi.key).collect();
        AppError::refused(format!("number `{key}`: there is none of this name; write one of {}", known.join(", ")))
    })
}

fn split(own: &WhyParams) -> Result<Option<Split>, AppError> {
    let Some(by) = text(&own.by) else { return Ok(None) };
    let parsed = Split::parse(by).map(Some);
    parsed.ok_or_else(|| {
        AppError::refused(format!(
            "by `{by}`: write source, campaign, channel, content, owner, industry, country, custom:<field>, or reason"
        ))
    })
}

/// The earlier period.
async fn against(office: &Office, params: &QuestionParams, own: &WhyParams, question: &Question) -> Result<Period, AppError> {
    let unbounded = || AppError::refused("period: choose one with a beginning and an end, so that there is one before it to compare with");
    let before = match text(&own.against).unwrap_or("before") {
        "before" => diagnosis::before(question.period, &question.zone).ok_or_else(unbounded)?,
        "year_ago" => diagnosis::year_ago(question.period, &question.zone).ok_or_else(unbounded)?,
        written => ask(office, &QuestionParams { period: Some(written.to_owned()), ..without_by(params) }, PERIOD).await?.1.period,
    };
    if question.period == Period::ALL || before == Period::ALL {
        return Err(unbounded());
    }
    if before.from >= question.period.from {
        return Err(AppError::refused("against: choose a period that begins before the other one"));
    }
    Ok(before)
}

/// The change is taken apart by `WhyParams::by`, which knows more than dimensions.
fn without_by(params: &QuestionParams) -> QuestionParams {
    QuestionParams { by: None, ..params.clone() }
}
