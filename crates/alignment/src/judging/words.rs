//! Criteria in plain English, in one sentence or line by line.

use crate::{
    agreement::{ActivityFilter, ActivityTest, Criterion, FieldTest, ScoreName, Test},
    fields,
    touch::TouchKind,
};

/// A criterion as one sentence: `number of employees is at least 50, and downloaded any guide at least once in the last 30 days`.
pub fn words(criterion: &Criterion) -> String {
    match criterion {
        Criterion::All(parts) if parts.is_empty() => "always".into(),
        Criterion::Any(parts) if parts.is_empty() => "never".into(),
        Criterion::None(parts) if parts.is_empty() => "always".into(),
        Criterion::All(parts) => joined(parts, " and "),
        Criterion::Any(parts) => joined(parts, " or "),
        Criterion::None(parts) => match parts.as_slice() {
            [only] => without(only),
            _ => format!("none of: {}", joined(parts, " or ")),
        },
        Criterion::Field(test) => field_words(test),
        Criterion::Score(test) => format!("{} is at least {}", score_words(test.score), number_words(test.at_least)),
        Criterion::Activity(test) => activity_words(test),
    }
}

/// A criterion line by line, each with its depth; what a group asks for stands above its parts.
pub fn lines(criterion: &Criterion) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    add_lines(criterion, 0, &mut out);
    out
}

fn add_lines(criterion: &Criterion, depth: usize, out: &mut Vec<(usize, String)>) {
    match criterion {
        Criterion::None(parts) if parts.len() == 1 && !is_group(&parts[0]) => out.push((depth, without(&parts[0]))),
        Criterion::All(parts) | Criterion::Any(parts) | Criterion::None(parts) if !parts.is_empty() => {
            out.push((depth, group_words(criterion).into()));
            parts.iter().for_each(|part| add_lines(part, depth + 1, out));
        }
        _ => out.push((depth, words(criterion))),
    }
}

/// What stands above the parts of a group; of a single condition, nothing.
pub(super) fn group_words(criterion: &Criterion) -> &'static str {
    match criterion {
        Criterion::All(_) => "all of these:",
        Criterion::Any(_) => "at least one of these:",
        Criterion::None(_) => "none of these:",
        _ => "",
    }
}

fn is_group(criterion: &Criterion) -> bool {
    matches!(criterion, Criterion::All(_) | Criterion::Any(_) | Criterion::None(_))
}

fn joined(parts: &[Criterion], with: &str) -> String {
    let part = |part: &Criterion| match part {
        Criterion::All(inner) | Criterion::Any(inner) if parts.len() > 1 && inner.len() > 1 => format!("({})", words(part)),
        _ => words(part),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(with)
}

/// The contrary of one condition.
fn without(criterion: &Criterion) -> String {
    match criterion {
        Criterion::Activity(test) if test.times_min <= 1 => format!("never {}{}", filter_words(&test.filter), window_words(test)),
        _ => format!("not: {}", words(criterion)),
    }
}

fn field_words(FieldTest { field, test }: &FieldTest) -> String {
    let name = fields::words(field);
    match test {
        Test::AtLeast(least) if field == fields::COMPANY_EMPLOYEES => format!("company has at least {} employees", number_words(*least)),
        Test::AtMost(most) if field == fields::COMPANY_EMPLOYEES => format!("company has at most {} employees", number_words(*most)),
        Test::OneOf(texts) => format!("{name} is {}", listed(texts, "or")),
        Test::NotOneOf(texts) => format!("{name} is not {}", listed(texts, "or")),
        Test::Contains(part) => format!("{name} contains “{part}”"),
        Test::AtLeast(least) => format!("{name} is at least {}", number_words(*least)),
        Test::AtMost(most) => format!("{name} is at most {}", number_words(*most)),
        Test::Known => format!("{name} is filled in"),
        Test::Unknown => format!("{name} is not filled in"),
    }
}

pub(super) fn score_words(score: ScoreName) -> &'static str {
    match score {
        ScoreName::Fit => "fit score",
        ScoreName::Engagement => "engagement score",
        ScoreName::Total => "total score",
    }
}

fn activity_words(test: &ActivityTest) -> String {
    let times = match test.times_min {
        0 | 1 => "once".to_owned(),
        2 => "twice".to_owned(),
        times => format!("{times} times"),
    };
    format!("{} at least {times}{}", filter_words(&test.filter), window_words(test))
}

fn window_words(test: &ActivityTest) -> String {
    match test.within_days {
        None => String::new(),
        Some(1) => " in the last 24 hours".into(),
        Some(days) => format!(" in the last {days} days"),
    }
}

/// What somebody did: `downloaded any guide`, `viewed a page with “Pricing” in its title`.
pub fn filter_words(filter: &ActivityFilter) -> String {
    let sort = filter.content_kind.as_deref().map(|kind| kind.replace('_', " "));
    let kinds: Vec<String> = filter.activity.iter().map(|kind| kind_words(*kind, sort.as_deref())).collect();
    let mut out = match (kinds.is_empty(), &sort) {
        (false, _) => listed(&kinds, "or"),
        (true, Some(sort)) => format!("touched any {sort}"),
        (true, None) => "did anything at all".into(),
    };
    for (before, text, after) in [
        (" with “", &filter.content, "” in its title"),
        (" of campaign “", &filter.campaign, "”"),
        (" through ", &filter.channel, ""),
        (" from ", &filter.source, ""),
    ] {
        if let Some(text) = text {
            out.push_str(&format!("{before}{text}{after}"));
        }
    }
    out
}

fn kind_words(kind: TouchKind, sort: Option<&str>) -> String {
    let (verb, object) = match kind {
        TouchKind::PageView => ("viewed", "a page"),
        TouchKind::Form => ("submitted", "a form"),
        TouchKind::Download => ("downloaded", "anything"),
        TouchKind::AdClick => ("clicked", "an ad"),
        TouchKind::EmailOpen => ("opened", "an e-mail"),
        TouchKind::EmailClick => ("clicked in", "an e-mail"),
        TouchKind::Webinar => ("attended", "a webinar"),
        TouchKind::Event => ("met us at", "an event"),
        TouchKind::Social => ("engaged on", "social media"),
        TouchKind::Chat => ("chatted on", "the site"),
        TouchKind::Product => ("used", "the product"),
        TouchKind::Referral => ("was referred", ""),
        TouchKind::Outreach => ("was contacted by sales", ""),
        TouchKind::Reply => ("replied to sales", ""),
        TouchKind::Meeting => ("met with sales", ""),
        TouchKind::Impression => ("saw", "an ad"),
        TouchKind::Other => ("had another interaction", ""),
        TouchKind::EmailBounce => ("had", "an e-mail bounce"),
        TouchKind::Unsubscribe => ("unsubscribed", ""),
    };
    match (object, sort) {
        ("", None) => verb.into(),
        ("", Some(sort)) => format!("{verb} ({sort})"),
        (_, Some(sort)) => format!("{verb} any {sort}"),
        (object, None) => format!("{verb} {object}"),
    }
}

fn listed(texts: &[String], last: &str) -> String {
    match texts {
        [] => "nothing".into(),
        [only] => only.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

/// Whole numbers with their thousands apart.
pub(super) fn number_words(number: f64) -> String {
    let text = format!("{number}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, String::new()), |(whole, part)| (whole, format!(".{part}")));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let apart =
        |(index, digit): (usize, char)| (index > 0 && (whole.len() - index).is_multiple_of(3)).then_some(',').into_iter().chain([digit]);
    format!("{sign}{}{fraction}", whole.chars().enumerate().flat_map(apart).collect::<String>())
}
