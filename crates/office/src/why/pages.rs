//! The page: what stands out now, or one number taken apart.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use insight::{
    diagnosis::{Digest, Finding, Found, PartOf, SplitParts, Total},
    kpi,
    question::Question,
};
use picture::Width;

use super::{
    Explained, WhyParams, digest, numbers, pictures,
    report::{factors, findings_csv, parts_sheet, rows_address, rows_of, shown_split, when, written},
    rows_page, why, words,
};
use crate::{
    Office, own_dates,
    question::{PERIODS, QuestionParams},
    scoreboard::params::{Controls, Links, address, controls, text},
    ui::{
        Exhibit, Frame, Judged,
        exhibit::{csv_file, svg_file},
        format, known,
        kpi::tone,
        named::page_of,
    },
    web::{Allow, AppError, Endpoint, Page},
};

pub const PATH: &str = "/why";
/// The inputs of the form.
pub(crate) const SHOWN: &[&str] = &["number", "period", "against", "as_of"];

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::get("/why/rows", Allow::SignedIn, rows_page::page),
        Endpoint::get("/why/waterfall.svg", Allow::SignedIn, waterfall_svg),
        Endpoint::get("/why/parts.csv", Allow::SignedIn, parts_csv),
        Endpoint::get("/why/findings.csv", Allow::SignedIn, findings_file),
    ]
}

#[derive(Template)]
#[template(path = "why/page.html")]
struct WhyPage {
    form: Form,
    findings: Vec<Told>,
    more: String,
    looks: String,
    window: String,
    unused: Vec<(String, Option<String>)>,
    csv: String,
    as_of: String,
    known_at: String,
    none: bool,
    judged: Judged,
    frame: Frame,
}

#[derive(Template)]
#[template(path = "why/number.html")]
struct NumberPage {
    form: Form,
    title: &'static str,
    back: String,
    scoreboard: String,
    before: Side,
    now: Side,
    change: Option<(String, &'static str)>,
    undefined: bool,
    picture: Option<Exhibit>,
    tabs: Vec<Tab>,
    by: String,
    factors: Vec<&'static str>,
    parts: Vec<Row>,
    findings: Vec<Told>,
    looks: String,
    as_of: String,
    known_at: String,
    judged: Judged,
    frame: Frame,
}

/// A number over all time, which has nothing before it.
#[derive(Template)]
#[template(path = "why/all_time.html")]
struct AllTimePage {
    form: Form,
    title: &'static str,
    back: String,
    scoreboard: String,
    periods: Vec<(String, &'static str)>,
    frame: Frame,
}

struct Form {
    numbers: Vec<Choice>,
    againsts: Vec<Choice>,
    controls: Controls,
}

struct Choice {
    key: String,
    name: String,
    here: bool,
}

/// One of the two periods.
struct Side {
    period: String,
    value: String,
    sample: String,
    rows: String,
}

struct Tab {
    name: String,
    address: String,
    here: bool,
}

struct Row {
    label: String,
    before: (String, String),
    now: (String, String),
    sample: String,
    steps: Vec<(String, &'static str)>,
    total: (String, &'static str),
    p: String,
}

/// A finding, told.
struct Told {
    /// Of the same segment as the finding before it.
    same: bool,
    sentence: String,
    when: String,
    worth: String,
    gain: bool,
    certainty: String,
    details: Vec<String>,
    rows: Option<String>,
    /// The page of its number, and what it shows.
    number: Option<(String, &'static str)>,
}

async fn page(
    State(office): State<Office>,
    frame: Frame,
    Query(params): Query<QuestionParams>,
    Query(own): Query<WhyParams>,
) -> Result<Response, AppError> {
    let params = QuestionParams { by: None, ..params };
    match text(&own.number) {
        None => Ok(digest_page(&office, frame, &params, &own).await?.into_response()),
        Some(_) if period_of(&params) == ALL => Ok(all_time(frame, &params, &own)?.into_response()),
        Some(_) => Ok(number_page(&office, frame, &params, &own).await?.into_response()),
    }
}

async fn digest_page(office: &Office, frame: Frame, params: &QuestionParams, own: &WhyParams) -> Result<Page<WhyPage>, AppError> {
    let (question, found) = digest(office, params).await?;
    let history = office.history().await?;
    Ok(Page(WhyPage {
        form: form(params, own),
        findings: by_topic(&found, &question, params),
        more: if found.more > 0 { format!("{} more are in the API.", format::count(found.more)) } else { String::new() },
        looks: format::count(found.looks),
        window: asked_of(&found, &question),
        unused: found
            .unused
            .iter()
            .map(|(id, name)| (name.clone().unwrap_or_else(|| format!("Content {id}")), page_of("content", *id, name.as_deref())))
            .collect(),
        csv: address("/why/findings.csv", params, &[]),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        none: history.leads.is_empty() && history.deals.is_empty(),
        judged: Judged::of(&question),
        frame,
    }))
}

/// What is found of one segment stands under one number.
fn by_topic(found: &Digest, question: &Question, params: &QuestionParams) -> Vec<Told> {
    let topic_before = |index: usize| index.checked_sub(1).map(|before| found.findings[before].topic);
    let told = |(index, finding): (usize, &Finding)| Told {
        same: topic_before(index) == Some(finding.topic),
        ..told(finding, found.looks, question, params, None)
    };
    found.findings.iter().enumerate().map(told).collect()
}

/// Which periods the digest looks at.
fn asked_of(found: &Digest, question: &Question) -> String {
    let period = |period| words::period(period, &question.zone);
    let comparisons: Vec<String> =
        found.comparisons.iter().map(|each| format!("{} against {}", period(each.now), period(each.before))).collect();
    let moved = if comparisons.is_empty() { String::new() } else { format!(", and what moved: {}", comparisons.join("; ")) };
    format!("Segments that stand out in {}{moved}.", period(found.window))
}

async fn number_page(office: &Office, frame: Frame, params: &QuestionParams, own: &WhyParams) -> Result<Page<NumberPage>, AppError> {
    let found = why(office, params, &WhyParams { by: None, ..own.clone() }).await?;
    let (why, question) = (&found.why, &found.question);
    let asked = text(&own.by).and_then(|by| why.splits.iter().find(|split| split.split.key() == by));
    let shown = asked.or_else(|| shown_split(why, false));
    let links = Links::of(params, own.of_number());
    let rows_at = |side: &str, segment: Option<(&str, &str)>| rows_at(params, own, side, segment);
    let by = shown.map(|split| split.split.key()).unwrap_or_default();
    let picture = shown.map(|split| {
        let file = |path: &str| links.to(path, &[("by", by.as_str())]);
        let drawn = pictures::waterfall(&found, split);
        Exhibit::new(&drawn, Width::Wide, &parts_sheet(&found, split), file("/why/waterfall.svg"), file("/why/parts.csv"))
    });
    let class = |step: f64| tone(step, why.kpi.better);
    let change = why.change.map(|change| (format::step(change, why.kpi.unit, question.currency), class(change)));
    Ok(Page(NumberPage {
        form: form(params, own),
        title: why.kpi.name,
        back: address(PATH, &QuestionParams { period: None, ..params.clone() }, &[]),
        scoreboard: scoreboard(why.kpi.key, params),
        before: side(&found, &why.before, why.comparison.before, rows_at("before", None)),
        now: side(&found, &why.now, why.comparison.now, rows_at("now", None)),
        undefined: change.is_none(),
        change,
        picture,
        tabs: why.splits.iter().map(|split| tab(split, &by, &links)).collect(),
        factors: factors(why).into_iter().map(|(name, _)| name).collect(),
        parts: shown.map(|split| rows(&found, split, &rows_at)).unwrap_or_default(),
        by: shown.map(|split| words::split(&split.split)).unwrap_or_default(),
        findings: why.findings.iter().map(|finding| told(finding, why.looks, question, params, Some(own))).collect(),
        looks: format::plural(why.looks, "look", "looks"),
        as_of: frame.date_time(question.as_of),
        known_at: frame.date_time(question.known_at),
        judged: Judged::of(question),
        frame,
    }))
}

fn all_time(frame: Frame, params: &QuestionParams, own: &WhyParams) -> Result<Page<AllTimePage>, AppError> {
    let kpi = super::number(own)?;
    let links = Links::of(params, own.of_number());
    let periods = PERIODS.iter().filter(|(key, _)| ["last_quarter", "last_year", "last_12_months"].contains(key));
    Ok(Page(AllTimePage {
        form: form(params, own),
        title: kpi.name,
        back: address(PATH, &QuestionParams { period: None, ..params.clone() }, &[]),
        scoreboard: scoreboard(kpi.key, params),
        periods: periods.map(|(key, name)| (links.to(PATH, &[("period", key)]), *name)).collect(),
        frame,
    }))
}

const ALL: &str = "all";
const BEFORE: &str = "before";

fn period_of(params: &QuestionParams) -> &str {
    own_dates::asked(params).unwrap_or(super::PERIOD)
}

/// The number over the period that is looked at here: the scoreboard's own is another one.
fn scoreboard(key: &str, params: &QuestionParams) -> String {
    address(&format!("/scoreboard/{key}"), params, &[("period", period_of(params))])
}

/// The rows of one side, all of them or those of a segment of a dimension.
fn rows_at(params: &QuestionParams, own: &WhyParams, side: &str, segment: Option<(&str, &str)>) -> String {
    let number = text(&own.number).unwrap_or_default();
    rows_of("/why/rows", params, number, period_of(params), text(&own.against), side, segment)
}

fn form(params: &QuestionParams, own: &WhyParams) -> Form {
    let (number, against) = (text(&own.number).unwrap_or_default(), text(&own.against).unwrap_or(BEFORE));
    let choice = |key: &str, name: &str, here: bool| Choice { key: key.to_owned(), name: name.to_owned(), here };
    let mut againsts: Vec<Choice> = [(BEFORE, "against the one before"), ("year_ago", "against a year ago")]
        .map(|(key, name)| choice(key, name, key == against))
        .into();
    if againsts.iter().all(|known| !known.here) {
        againsts.push(choice(against, &format!("against {against}"), true));
    }
    let mut known = controls(&Links::of(params, own.of_number()), PATH, super::PERIOD, SHOWN);
    // There is nothing before all time.
    known.periods.retain(|(key, _, here)| *key != ALL || *here);
    Form { numbers: numbers().map(|kpi| choice(kpi.key, kpi.name, kpi.key == number)).collect(), againsts, controls: known }
}

fn side(found: &Explained, total: &Total, period: insight::question::Period, rows: String) -> Side {
    let (value, beside) = value(found, total);
    Side { period: words::period(period, &found.question.zone), value, sample: beside, rows }
}

/// A value with its sample, and the median where the mean is taken apart.
fn value(found: &Explained, total: &Total) -> (String, String) {
    let show = |value: f64| format::value(value, found.why.kpi.unit, found.question.currency);
    let shown = total.value.map_or(format::NO_DATA.to_owned(), show);
    let sample = match total.hits {
        Some(hits) if hits < total.n => format!("{} of {}", format::count(hits), format::count(total.n)),
        _ => format!("n {}", format::count(total.n)),
    };
    let median = total.median.map(|median| format!(", median {}", show(median))).unwrap_or_default();
    (shown, format!("{sample}{median}"))
}

fn tab(split: &SplitParts, by: &str, links: &Links) -> Tab {
    let key = split.split.key();
    let name = words::split(&split.split);
    Tab { name: format::capitalized(&name), address: links.to(PATH, &[("by", key.as_str())]), here: key == by }
}

fn rows(found: &Explained, split: &SplitParts, rows_at: &dyn Fn(&str, Option<(&str, &str)>) -> String) -> Vec<Row> {
    let why = &found.why;
    let by = split.split.key();
    let factors = factors(why);
    let shown = |step: f64| {
        let text = format::step(step, why.kpi.unit, found.question.currency);
        (text, if step == 0.0 { "faint" } else { "" })
    };
    let row = |part: &PartOf, label: String, is_rest: bool| {
        let name = part.segment.id.map(|id| id.to_string()).or(part.segment.label.clone()).unwrap_or_default();
        let rows = |side: &str| if is_rest { String::new() } else { rows_at(side, Some((&by, &name))) };
        let total = part.parts.total();
        Row {
            label,
            before: (value(found, &part.before).0, rows("before")),
            now: (value(found, &part.now).0, rows("now")),
            sample: format!("{} → {}", format::count(part.before.n), format::count(part.now.n)),
            steps: factors.iter().map(|(_, of)| shown(of(part))).collect(),
            // What rounds to nothing is neither good nor bad.
            total: (shown(total).0, if shown(total).0.starts_with('±') { "" } else { tone(total, why.kpi.better) }),
            p: part.p_adjusted.map_or_else(|| "too few".into(), |p| if p > 0.5 { "chance".into() } else { words::p(p) }),
        }
    };
    let parts = split.parts.iter().map(|part| row(part, known::label(part.segment.label.as_deref()), false));
    parts.chain(split.rest.iter().map(|rest| row(rest, format!("{} others", format::count(split.rest_segments)), true))).collect()
}

fn told(finding: &Finding, looks: u64, question: &Question, params: &QuestionParams, own: Option<&WhyParams>) -> Told {
    let details = [words::reason(finding), words::repeats(finding)].into_iter().filter(|words| !words.is_empty()).collect();
    Told {
        same: false,
        sentence: words::sentence(finding, question.currency),
        when: when(finding, question),
        worth: finding.worth.as_ref().map(|worth| words::worth(worth, question.currency)).unwrap_or_default(),
        gain: finding.worth.as_ref().is_some_and(|worth| worth.minor > 0),
        certainty: words::certainty(finding, looks),
        details,
        rows: rows_address("/why/rows", finding, question, params, own),
        number: own.is_none().then(|| number_address(finding, question, params)).flatten(),
    }
}

/// The number of a finding by what it was found by: taken apart over the periods in which it was found to have moved, or beside the other
/// segments over the one in which it stands out.
fn number_address(finding: &Finding, question: &Question, params: &QuestionParams) -> Option<(String, &'static str)> {
    let by = finding.segment.as_ref().map(|named| named.split.key()).filter(|by| by != "sent_content");
    let by = by.as_deref().map(|by| ("by", by));
    match finding.found {
        Found::Moved { before, now, .. } => {
            insight::diagnosis::shape(finding.kpi).ok()?;
            let (period, against) = (written(now, question), written(before, question));
            let own = [("number", finding.kpi.key), ("period", period.as_str()), ("against", against.as_str())];
            Some((address(PATH, params, &own.into_iter().chain(by).collect::<Vec<_>>()), "Take apart"))
        }
        Found::StandsOut { period } | Found::NeverUsed { period } => {
            let period = written(period, question);
            let own = [("period", period.as_str())].into_iter().chain(by).collect::<Vec<_>>();
            Some((address(&format!("/scoreboard/{}", finding.kpi.key), params, &own), "Beside the others"))
        }
    }
}

type Asked = (State<Office>, Query<QuestionParams>, Query<WhyParams>);

/// The change in the parts that its page shows, drawn or written.
async fn parts_file(
    (State(office), Query(params), Query(own)): Asked,
    made: fn(&Explained, &SplitParts, &str) -> Response,
) -> Result<Response, AppError> {
    let found = why(&office, &QuestionParams { by: None, ..params }, &own).await?;
    let key = found.why.kpi.key;
    let split = shown_split(&found.why, text(&own.by).is_some()).ok_or_else(|| AppError::not_found("change of", key))?;
    Ok(made(&found, split, &format!("why-{key}")))
}

async fn waterfall_svg(asked: Asked) -> Result<Response, AppError> {
    parts_file(asked, |found, split, name| svg_file(&pictures::waterfall(found, split), name)).await
}

async fn parts_csv(asked: Asked) -> Result<Response, AppError> {
    parts_file(asked, |found, split, name| csv_file(&parts_sheet(found, split), name)).await
}

async fn findings_file(State(office): State<Office>, Query(params): Query<QuestionParams>) -> Result<Response, AppError> {
    let (question, found) = digest(&office, &QuestionParams { by: None, ..params }).await?;
    Ok(csv_file(&findings_csv(&found, &question), "findings"))
}

/// The address of a number's explanation, with the question of another page, whose period where it names none is `default_period`; none
/// where the number can't be taken apart.
pub fn address_of(key: &str, params: &QuestionParams, default_period: &str) -> Option<String> {
    let kpi = kpi::find(key).filter(|kpi| insight::diagnosis::shape(kpi).is_ok())?;
    let period = own_dates::asked(params).unwrap_or(default_period);
    let params = QuestionParams { by: None, ..params.clone() };
    Some(address(PATH, &params, &[("number", kpi.key), ("period", period), ("against", BEFORE)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_period_from_page_to_page() {
        let of = |period: Option<&str>| QuestionParams { period: period.map(str::to_owned), ..QuestionParams::default() };
        // period in the address | from the scoreboard here, from here to the scoreboard
        for (period, here, there) in [
            (None, "last_12_months", "last_quarter"),
            // Asked for by dates, without any.
            (Some("own"), "last_12_months", "last_quarter"),
            (Some("last_12_months"), "last_12_months", "last_12_months"),
            (Some("2026-01-01..2026-02-01"), "2026-01-01..2026-02-01", "2026-01-01..2026-02-01"),
            (Some("all"), "all", "all"),
        ] {
            let here = format!("/why?number=revenue&period={here}&against=before");
            assert_eq!(address_of("revenue", &of(period), "last_12_months"), Some(here));
            assert_eq!(scoreboard("revenue", &of(period)), format!("/scoreboard/revenue?period={there}"));
        }
        assert_eq!(address_of("weighted_pipeline", &of(None), "all"), None, "it can't be taken apart");
    }
}
