//! `tandem explain` and `/api/v1/reports/why`: one number taken apart, or what stands out now.

use insight::{
    answer::Unit,
    diagnosis::{Digest, Finding, Found, PartOf, Shape, SplitParts, Total, Why},
    question::{Period, Question},
};
use serde_json::{Value as Json, json};

use super::{Explained, WhyParams, digest, why, words};
use crate::{
    Office, own_dates,
    question::QuestionParams,
    report::{Report, Sheet, judged, plain, with_question},
    scoreboard::params::{address, text},
    ui::format,
};

/// One number's change.
pub async fn of_number(office: &Office, params: &QuestionParams, own: &WhyParams) -> anyhow::Result<Report> {
    let found = why(office, params, own).await?;
    let shown = shown_split(&found.why, text(&own.by).is_some());
    Ok(Report {
        json: why_json(&found, params, own),
        heading: heading(&found),
        sheets: shown.map(|split| parts_sheet(&found, split)).into_iter().chain([findings_sheet(&found.why.findings, &found)]).collect(),
        csv: csv(&found),
    })
}

/// What stands out now.
pub async fn of_all(office: &Office, params: &QuestionParams) -> anyhow::Result<Report> {
    let (question, found) = digest(office, params).await?;
    let sheet = digest_sheet(&found, &question);
    Ok(Report {
        json: digest_json(&found, &question, params),
        heading: format!(
            "{} among {} looks at segments, as of {}",
            format::plural(found.findings.len() as u64 + found.more, "finding", "findings"),
            format::count(found.looks),
            judged(&question)
        ),
        csv: findings_csv(&found, &question),
        sheets: vec![sheet],
    })
}

/// The dimension to show where none was asked for: that of the first finding, or the first.
pub fn shown_split(why: &Why, is_asked: bool) -> Option<&SplitParts> {
    let of_finding = || {
        let split = why.findings.iter().find_map(|finding| finding.segment.as_ref().map(|named| &named.split))?;
        why.splits.iter().find(|parts| parts.split == *split)
    };
    if is_asked { why.splits.first() } else { of_finding().or(why.splits.first()) }
}

pub fn heading(found: &Explained) -> String {
    let (why, question) = (&found.why, &found.question);
    let period = |period: Period| words::period(period, &question.zone);
    let value = |total: &Total| match total.value {
        Some(value) => format!("{} (n {})", format::value(value, why.kpi.unit, question.currency), format::count(total.n)),
        None => format::NO_DATA.to_owned(),
    };
    let mean = if why.before.median.is_some() || why.now.median.is_some() { ", mean" } else { "" };
    let step = |step: Option<f64>| step.map(|step| format::step(step, why.kpi.unit, question.currency));
    let change = step(why.change).map(|change| format!(": {change}")).unwrap_or_default();
    let timing = step(why.timing.filter(|timing| *timing != 0.0)).map(|step| format!(", {step} of it by age alone")).unwrap_or_default();
    format!(
        "{}{mean}: {} in {}, {} in {}{change}{timing}. As of {}",
        why.kpi.name,
        value(&why.before),
        period(why.comparison.before),
        value(&why.now),
        period(why.comparison.now),
        judged(question)
    )
}

/// The parts of one dimension, with their sum.
pub fn parts_sheet(found: &Explained, split: &SplitParts) -> Sheet {
    let (why, currency) = (&found.why, found.question.currency);
    let step = |value: f64| format::step(value, why.kpi.unit, currency);
    let value = |total: &Total| total.value.map_or(format::NO_DATA.to_owned(), |value| format::value(value, why.kpi.unit, currency));
    let factors = factors(why);
    let row = |name: String, part: &PartOf| {
        let steps = factors.iter().map(|(_, of)| step(of(part)));
        let sides = [value(&part.before), value(&part.now), format!("{} → {}", format::count(part.before.n), format::count(part.now.n))];
        std::iter::once(name).chain(sides).chain(steps).chain([step(part.parts.total())]).collect::<Vec<String>>()
    };
    let mut rows: Vec<Vec<String>> = split.parts.iter().map(|part| row(format::label(part.segment.label.as_deref()), part)).collect();
    rows.extend(split.rest.as_ref().map(|rest| row(format!("{} others", format::count(split.rest_segments)), rest)));
    let sum = |of: &dyn Fn(&PartOf) -> f64| split.parts.iter().chain(&split.rest).map(of).sum::<f64>();
    let sums = factors.iter().map(|(_, of)| step(sum(of))).chain([step(sum(&|part| part.parts.total()))]);
    let whole = [value(&why.before), value(&why.now), format!("{} → {}", format::count(why.before.n), format::count(why.now.n))];
    rows.push(std::iter::once("all".to_owned()).chain(whole).chain(sums).collect());
    let by = words::split(&split.split);
    let header = [by.clone(), "before".into(), "now".into(), "n".into()].into_iter();
    let names = factors.iter().map(|(name, _)| (*name).to_owned());
    Sheet::new(format!("By {by}: the parts sum to the change"), header.chain(names).chain(["total".into()]), rows)
}

pub type Factor = (&'static str, fn(&PartOf) -> f64);

/// The factors that a number has.
pub fn factors(why: &Why) -> Vec<Factor> {
    let volume: Factor = ("volume", |part| part.parts.volume);
    let own: Factor = (own_name(why.shape), |part| part.parts.rate);
    let mix: Factor = ("mix", |part| part.parts.mix);
    let timing: Factor = ("timing", |part| part.parts.timing);
    match why.shape {
        Shape::Count => vec![volume, mix, timing],
        Shape::Sum => vec![volume, own, mix, timing],
        _ => vec![own, mix, timing],
    }
}

/// What the segment's own value is called.
pub fn own_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Rate | Shape::MoneyShare => "own rate",
        Shape::Average | Shape::Sum => "own average",
        Shape::Cost => "own cost",
        Shape::Count => "own count",
    }
}

fn findings_sheet(findings: &[Finding], found: &Explained) -> Sheet {
    let row = |finding: &Finding| vec![words::sentence(finding, found.question.currency), words::certainty(finding, found.why.looks)];
    Sheet::new("What chance alone hardly explains", ["finding", "how sure"], findings.iter().map(row))
}

/// A terminal reads the first ones.
const TOLD_MAX: usize = 12;

fn digest_sheet(found: &Digest, question: &Question) -> Sheet {
    let row = |(index, finding): (usize, &Finding)| {
        let worth = finding.worth.as_ref().map(|worth| format::money_short(worth.minor as f64, question.currency)).unwrap_or_default();
        let when = when(finding, question);
        vec![(index + 1).to_string(), words::sentence(finding, question.currency), when, worth, words::p(finding.p_adjusted)]
    };
    let header = ["", "finding", "when", "worth", "adjusted"];
    Sheet::new("What stands out now", header, found.findings.iter().take(TOLD_MAX).enumerate().map(row))
}

/// In which period, or between which.
pub fn when(finding: &Finding, question: &Question) -> String {
    let period = |period: Period| words::period(period, &question.zone);
    match finding.found {
        Found::Moved { before, now, .. } => format!("{} against {}", period(now), period(before)),
        Found::StandsOut { period: of } | Found::NeverUsed { period: of } => period(of),
    }
}

fn why_json(found: &Explained, params: &QuestionParams, own: &WhyParams) -> Json {
    let (why, question) = (&found.why, &found.question);
    let total =
        |total: &Total, as_of| json!({"as_of": as_of, "n": total.n, "hits": total.hits, "value": total.value, "median": total.median});
    let part = |part: &PartOf| {
        json!({
            "label": part.segment.label, "id": part.segment.id,
            "before": total(&part.before, question.as_of), "same_age": total(&part.same_age, why.comparison.before_as_of),
            "now": total(&part.now, question.as_of),
            "volume": part.parts.volume, "rate": part.parts.rate, "mix": part.parts.mix, "timing": part.parts.timing,
            "total": part.parts.total(), "p_adjusted": part.p_adjusted,
        })
    };
    let split = |split: &SplitParts| {
        let sum: f64 = split.parts.iter().chain(&split.rest).map(|part| part.parts.total()).sum();
        let whole = matches!(why.kpi.unit, Unit::Count | Unit::Money);
        let change = why.change.map(|change| if whole { change.round() } else { change });
        json!({
            "by": split.split.key(), "parts": split.parts.iter().map(part).collect::<Vec<_>>(),
            "rest": split.rest.as_ref().map(|rest| json!({"segments": split.rest_segments, "part": part(rest)})),
            "residual": change.map(|change| change - sum),
        })
    };
    let period = |period: Period| json!({"from": period.from, "to": period.to});
    with_question(
        question,
        [
            ("number", json!(why.kpi.key)),
            ("name", json!(why.kpi.name)),
            ("unit", json!(why.kpi.unit)),
            ("against", period(why.comparison.before)),
            ("before", total(&why.before, question.as_of)),
            ("same_age", total(&why.same_age, why.comparison.before_as_of)),
            ("now", total(&why.now, question.as_of)),
            ("change", json!(why.change)),
            ("timing", json!(why.timing)),
            ("splits", why.splits.iter().map(split).collect()),
            ("looks", json!(why.looks)),
            ("findings", why.findings.iter().map(|finding| finding_json(finding, question, params, Some(own))).collect()),
        ],
    )
}

fn digest_json(found: &Digest, question: &Question, params: &QuestionParams) -> Json {
    let period = |period: Period| json!({"from": period.from, "to": period.to});
    let comparisons = found.comparisons.iter().map(|each| json!({"before": period(each.before), "now": period(each.now)}));
    let mut json = with_question(
        question,
        [
            ("looks", json!(found.looks)),
            ("window", period(found.window)),
            ("comparisons", comparisons.collect()),
            ("findings", found.findings.iter().map(|finding| finding_json(finding, question, params, None)).collect()),
            ("more", json!(found.more)),
            ("undated_pieces", json!(found.undated_pieces)),
            ("never_used", found.unused.iter().map(|(id, name)| json!({"id": id, "title": name})).collect()),
        ],
    );
    // The digest has periods of its own.
    json.as_object_mut().map(|object| object.remove("period"));
    json
}

fn finding_json(finding: &Finding, question: &Question, params: &QuestionParams, own: Option<&WhyParams>) -> Json {
    let (kind, before) = match finding.found {
        Found::Moved { before, now, .. } => ("moved", json!({"before": before, "now": now})),
        Found::StandsOut { period } => ("stands_out", json!({"now": period})),
        Found::NeverUsed { period } => ("never_used", json!({"now": period})),
    };
    let named = finding.segment.as_ref();
    json!({
        "number": finding.kpi.key, "kind": kind, "what": finding.what, "periods": before,
        "by": named.map(|named| named.split.key()), "label": named.and_then(|named| named.label.clone()), "id": named.and_then(|named| named.id),
        "now": finding.now, "against": finding.against, "part": finding.part, "worth": finding.worth,
        "p": finding.p(), "p_adjusted": finding.p_adjusted,
        "words": words::sentence(finding, question.currency), "reason": words::reason(finding),
        "repeats": finding.repeats.iter().map(|named| json!({"by": named.split.key(), "label": named.label, "id": named.id})).collect::<Vec<_>>(),
        "rows": rows_address("/api/v1/reports/why/rows", finding, question, params, own),
    })
}

/// The rows of a finding's segment in its later period. `None`: pieces that nobody used have none.
pub fn rows_address(
    path: &str,
    finding: &Finding,
    question: &Question,
    params: &QuestionParams,
    own: Option<&WhyParams>,
) -> Option<String> {
    let (now, against) = match finding.found {
        Found::Moved { before, now, .. } => (now, Some(before)),
        Found::StandsOut { period } => (period, None),
        Found::NeverUsed { .. } => return None,
    };
    let named = finding.segment.as_ref();
    let segment = named.map(|named| (named.split.key(), named.id.map(|id| id.to_string()).or(named.label.clone()).unwrap_or_default()));
    let period = match own {
        Some(_) => own_dates::asked(params).unwrap_or(super::PERIOD).to_owned(),
        None => written(now, question),
    };
    let against = match own {
        Some(own) => text(&own.against).map(str::to_owned),
        None => against.map(|against| written(against, question)),
    };
    Some(rows_of(
        path,
        params,
        finding.kpi.key,
        &period,
        against.as_deref(),
        "now",
        segment.as_ref().map(|(by, label)| (by.as_str(), label.as_str())),
    ))
}

/// An address of rows.
pub fn rows_of(
    path: &str,
    params: &QuestionParams,
    number: &str,
    period: &str,
    against: Option<&str>,
    side: &str,
    segment: Option<(&str, &str)>,
) -> String {
    let mut more = vec![("number", number), ("period", period), ("side", side)];
    more.extend(against.map(|against| ("against", against)));
    more.extend(segment.map(|(by, _)| ("by", by)));
    more.extend(segment.map(|(_, label)| ("segment", label)));
    address(path, &QuestionParams { by: None, ..params.clone() }, &more)
}

/// A period as `period` has it: dates, where it begins and ends with days; the end of one that still runs is that of its day.
pub fn written(period: Period, question: &Question) -> String {
    let to = period.to.plus_micros(-1).in_zone(&question.zone).date().tomorrow();
    let from = period.from.in_zone(&question.zone).date();
    format!("{from}..{}", to.map_or_else(|_| from.to_string(), |date| date.to_string()))
}

fn csv(found: &Explained) -> Sheet {
    let why = &found.why;
    let row = |split: &SplitParts, kind: &str, part: &PartOf| {
        vec![
            split.split.key(),
            kind.to_owned(),
            part.segment.label.clone().unwrap_or_default(),
            part.segment.id.map_or(String::new(), |id| id.to_string()),
            part.before.n.to_string(),
            plain(part.before.value),
            part.now.n.to_string(),
            plain(part.now.value),
            part.parts.volume.to_string(),
            part.parts.rate.to_string(),
            part.parts.mix.to_string(),
            part.parts.timing.to_string(),
            part.parts.total().to_string(),
            plain(part.p_adjusted),
        ]
    };
    let rows = why.splits.iter().flat_map(|split| {
        let parts = split.parts.iter().map(|part| row(split, "part", part));
        parts.chain(split.rest.iter().map(|rest| row(split, "rest", rest)))
    });
    let header = "by,row,label,id,before_n,before,now_n,now,volume,rate,mix,timing,total,p_adjusted".split(',');
    Sheet::untitled(header, rows)
}

pub fn findings_csv(found: &Digest, question: &Question) -> Sheet {
    let row = |finding: &Finding| {
        let named = finding.segment.as_ref();
        vec![
            finding.kpi.key.to_owned(),
            named.map(|named| named.split.key()).unwrap_or_default(),
            named.and_then(|named| named.label.clone()).unwrap_or_default(),
            when(finding, question),
            plain(finding.against.value),
            finding.against.n.to_string(),
            plain(finding.now.value),
            finding.now.n.to_string(),
            finding.worth.as_ref().map_or(String::new(), |worth| worth.minor.to_string()),
            finding.p_adjusted.to_string(),
            words::sentence(finding, question.currency),
        ]
    };
    let header = "number,by,label,when,against,against_n,now,now_n,worth_minor,p_adjusted,words".split(',');
    Sheet::untitled(header, found.findings.iter().map(row))
}
