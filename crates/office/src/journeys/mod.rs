//! Journeys: which ways companies (or people) take to a deal, which of them lead there, and where they part.

pub mod api;
mod links;
pub mod pages;
mod picture;
pub mod report;
mod rows_page;

use insight::{
    journeys::{Ask, Behind, JourneysAnswer, LAYERS, Order, ROWS_MAX, RowOf, Wanted, behind, can_be_steps, journeys},
    question::{Dimension, Question},
};
use serde::Deserialize;

use crate::{
    Office,
    api::Slice,
    question::{QuestionParams, ask},
    scoreboard::{aside, params::text},
    web::AppError,
};

/// What is asked of journeys beside the question, as text; all of it may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct JourneyParams {
    /// `merged` (unless said: consecutive touches with one label are one step) or `each`.
    pub steps: Option<String>,
    /// Labels that each journey goes through, separated by `;`.
    pub through: Option<String>,
    pub begins: Option<String>,
    pub ends: Option<String>,
    /// `journeys` (unless said) or `conversions`.
    pub order: Option<String>,
    /// Journeys told one by one.
    pub rows: Option<String>,
    /// Steps of the flow.
    pub layers: Option<String>,
}

impl JourneyParams {
    pub fn pairs(&self) -> [(&'static str, &Option<String>); 7] {
        [
            ("steps", &self.steps),
            ("through", &self.through),
            ("begins", &self.begins),
            ("ends", &self.ends),
            ("order", &self.order),
            ("rows", &self.rows),
            ("layers", &self.layers),
        ]
    }
}

/// Which row's journeys are wanted: its `key`, `rest` or `total`, which it is unless said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfRow {
    row: Option<String>,
}

impl OfRow {
    pub fn key(&self) -> &str {
        text(&self.row).unwrap_or("total")
    }
}

pub struct Found {
    pub question: Question,
    pub ask: Ask,
    pub answer: JourneysAnswer,
    /// The keys of tags that touches have, for `by`.
    pub tags: Vec<String>,
}

pub async fn journeys_of(office: &Office, params: &QuestionParams, own: &JourneyParams, period: &str) -> Result<Found, AppError> {
    let (history, question) = by_steps(ask(office, params, period).await?)?;
    let ask = read(own)?;
    aside(move || {
        let answer = journeys(&history, &question, &ask);
        let tags = history.touches.tags.keys().map(str::to_owned).collect();
        Found { question, ask, answer, tags }
    })
    .await
}

pub struct Rows {
    pub question: Question,
    pub behind: Behind,
}

pub async fn rows_of(
    office: &Office,
    params: &QuestionParams,
    own: &JourneyParams,
    row: &str,
    period: &str,
    slice: Slice,
) -> Result<Rows, AppError> {
    let (history, question) = by_steps(ask(office, params, period).await?)?;
    let ask = read(own)?;
    let row = RowOf::parse(row).ok_or_else(|| AppError::refused("row: write a journey's key, rest or total"))?;
    aside(move || {
        let behind = behind(&history, &question, &ask, row, slice.offset, slice.limit);
        Rows { question, behind }
    })
    .await
}

fn by_steps<H>((history, question): (H, Question)) -> Result<(H, Question), AppError> {
    let by = question.by.clone().unwrap_or(Dimension::Channel);
    if !can_be_steps(&by) {
        let words = format!("by `{}`: touches have none of their own; write channel, source, campaign, content or tag:<key>", by.key());
        return Err(AppError::Refused(words));
    }
    Ok((history, Question { by: Some(by), ..question }))
}

fn read(own: &JourneyParams) -> Result<Ask, AppError> {
    const THROUGH_MAX: usize = 10;
    let usual = Ask::default();
    let merged = match text(&own.steps).unwrap_or("merged") {
        "merged" => true,
        "each" => false,
        other => return Err(AppError::refused(format!("steps `{other}`: write merged or each"))),
    };
    let order = match text(&own.order).unwrap_or("journeys") {
        "journeys" => Order::Journeys,
        "conversions" => Order::Conversions,
        other => return Err(AppError::refused(format!("order `{other}`: write journeys or conversions"))),
    };
    let number = |name: &str, written: &Option<String>, usual: usize, allowed: std::ops::RangeInclusive<usize>| {
        let Some(written) = text(written) else { return Ok(usual) };
        let (least, most) = (*allowed.start(), *allowed.end());
        let read = written.parse().ok().filter(|number| allowed.contains(number));
        read.ok_or_else(|| AppError::refused(format!("{name} `{written}`: write a number from {least} to {most}")))
    };
    let through: Vec<Wanted> = labels(&own.through).map(wanted).collect();
    if through.len() > THROUGH_MAX {
        return Err(AppError::refused(format!("through: {} labels are more than {THROUGH_MAX}; leave some out", through.len())));
    }
    Ok(Ask {
        merged,
        order,
        through,
        begins: text(&own.begins).map(wanted),
        ends: text(&own.ends).map(wanted),
        rows: number("rows", &own.rows, usual.rows, 1..=ROWS_MAX)?,
        layers: number("layers", &own.layers, usual.layers, LAYERS)?,
    })
}

/// The labels of a list.
fn labels(list: &Option<String>) -> impl Iterator<Item = &str> {
    text(list).unwrap_or_default().split([';', '\n']).map(str::trim).filter(|label| !label.is_empty())
}

/// A label as it stands in an address: its name, `id:7`, `none` for not recorded, or `label:none` for a label of that name.
fn wanted(text: &str) -> Wanted {
    match text.strip_prefix("label:") {
        Some(name) => Wanted::Name(name.to_owned()),
        None if text == "none" => Wanted::NotRecorded,
        None => Wanted::parse(text),
    }
}

/// The contrary of [`wanted`].
pub(crate) fn label_key(label: Option<&str>, id: Option<i64>) -> String {
    match (id, label) {
        (Some(id), _) => format!("id:{id}"),
        (None, None) => "none".into(),
        (None, Some(name)) if name == "none" || name.starts_with("id:") || name.starts_with("label:") => format!("label:{name}"),
        (None, Some(name)) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_they_are_written() {
        for (label, id) in [(Some("ads"), None), (Some("none"), None), (Some("id:x"), None), (None, None), (Some("Spring"), Some(7))] {
            let read = wanted(&label_key(label, id));
            let expected = match (label, id) {
                (_, Some(id)) => Wanted::Id(id),
                (Some(name), None) => Wanted::Name(name.into()),
                (None, None) => Wanted::NotRecorded,
            };
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn what_can_not_be_read_says_what_to_write() {
        let some = |text: &str| Some(text.to_owned());
        for (own, said) in [
            (JourneyParams { steps: some("x"), ..Default::default() }, "write merged or each"),
            (JourneyParams { order: some("x"), ..Default::default() }, "write journeys or conversions"),
            (JourneyParams { rows: some("0"), ..Default::default() }, "from 1 to 1000"),
            (JourneyParams { layers: some("7"), ..Default::default() }, "from 2 to 6"),
            (JourneyParams { through: some(&"a;".repeat(11)), ..Default::default() }, "11 labels are more than 10"),
        ] {
            assert!(read(&own).is_err_and(|error| error.to_string().contains(said)), "{said}");
        }
        let whole = JourneyParams { through: some("ads; none"), begins: some("id:7"), ..Default::default() };
        let ask = read(&whole).unwrap();
        assert_eq!((ask.through.len(), ask.begins), (2, Some(Wanted::Id(7))));
    }
}
