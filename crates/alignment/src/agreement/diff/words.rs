//! Clauses in words: their names, and the sentence that says how each differs.

use toml::Value;

use super::DifferenceKind;
use crate::lifecycle::Stage;

/// Clauses whose difference has a sentence of its own. `%` after a place shows a share as a percentage.
const SENTENCES: &[(&str, &str)] = &[
    ("title", "The title is “{new}” instead of “{old}”"),
    ("currency", "Money is read in {new} instead of {old}"),
    ("resign_months", "Both teams are reminded to sign anew after {new} instead of {old} months"),
    ("promises.mqls_per_month_min", "Marketing promises {new} instead of {old} MQLs a month"),
    ("promises.acceptance_rate_min", "{new%} instead of {old%} of decided MQLs are to be accepted"),
    ("promises.review_hours_max", "Review in {new} instead of {old} working hours"),
    ("promises.attempts_min", "At least {new} instead of {old} contact attempts with each accepted lead"),
    ("promises.attempts_days", "Contact attempts within {new} instead of {old} days"),
    ("promises.logged_rate_min", "{new%} instead of {old%} of accepted leads are to have a logged activity"),
    ("promises.first_attempt_hours_max", "First attempt within {new} instead of {old} working hours"),
    ("promises.qualification_days_max", "An accepted lead is qualified or sent back within {new} instead of {old} days"),
    ("promises.reasons_rate_min", "{new%} instead of {old%} of rejections are to carry a reason"),
    ("promises.feedback_review_days_max", "Marketing looks through sales’ feedback every {new} instead of {old} days"),
    ("ideal_customer.employees_min", "The ideal customer has at least {new} instead of {old} employees"),
    ("ideal_customer.employees_max", "The ideal customer has at most {new} instead of {old} employees"),
    ("ideal_customer.decision_days", "A decision takes {new} instead of {old} days"),
    ("escalation.warn_share", "The owner is warned after {new%} instead of {old%} of the time"),
    ("scoring.fit_points_max", "Fit counts at most {new} instead of {old} points"),
    ("scoring.engagement_points_max", "Engagement counts at most {new} instead of {old} points"),
    ("scoring.fit.*.points", "‘{key}’ gives {new} instead of {old} points"),
    ("scoring.engagement.*.points", "‘{key}’ gives {new} instead of {old} points"),
    ("scoring.engagement.*.points_max", "‘{key}’ counts at most {new} instead of {old} points"),
    ("scoring.engagement.*.half_life_days", "‘{key}’ has lost half of its points after {new} instead of {old} days"),
    ("attribution.lookback_days", "Touches count from {new} instead of {old} days before the signature"),
    ("attribution.half_life_days", "In time decay a touch weighs half after {new} instead of {old} days"),
    ("attribution.model", "Attribution is shown by {new} first instead of {old}"),
    ("maturity.horizon_days", "A cohort is read after {new} instead of {old} days"),
    ("data.completeness_rate_min", "{new%} instead of {old%} of the required fields are to be filled"),
    ("calendar.time_zone", "The time zone is {new} instead of {old}"),
    ("routing.fallback.queue", "Leads that no rule places wait in ‘{new}’ instead of ‘{old}’"),
    ("stages.*.name", "The stage {key} is called ‘{new}’ instead of ‘{old}’"),
    ("stages.*.owner", "{key} belongs to {new} instead of {old}"),
    ("stages.*.definition", "The definition of {key} is worded anew"),
    ("glossary.*.words", "‘{key}’ is worded anew"),
    ("reasons.*.name", "The reason {key} is called ‘{new}’ instead of ‘{old}’"),
    ("rights.sales_edits_marketing_part", "Sales {may} edit marketing’s part"),
    ("rights.marketing_edits_sales_part", "Marketing {may} edit sales’ part"),
    ("rights.marketing_reviews_leads", "Marketing {may} accept and reject leads"),
    ("escalation.question_pauses", "A question to marketing {does} stop the clock"),
];

/// The clauses of the document, in its order.
const ORDER: &[&str] = &[
    "title",
    "currency",
    "ideal_customer",
    "stages",
    "scoring",
    "product_lines",
    "promises",
    "escalation",
    "routing",
    "calendar",
    "calendars",
    "reasons",
    "data",
    "attribution",
    "maturity",
    "revenue_target",
    "rights",
    "resign_months",
    "glossary",
];

pub fn place(clause: &str) -> usize {
    let first = clause.split('.').next().unwrap_or_default();
    ORDER.iter().position(|name| *name == first).unwrap_or(ORDER.len())
}

/// Texts that are long enough to be read word by word.
pub fn is_prose(name: &str) -> bool {
    ["title", "definition", "words", "budget", "decision_process", "name"].contains(&name)
}

pub fn kind_of(old: Option<&Value>, new: Option<&Value>) -> DifferenceKind {
    match (old, new) {
        (None, _) => DifferenceKind::Added,
        (_, None) => DifferenceKind::Removed,
        _ => DifferenceKind::Changed,
    }
}

/// The sentence of a clause that is one value.
pub fn scalar(clause: &str, old: Option<&Value>, new: Option<&Value>) -> (DifferenceKind, String) {
    let kind = kind_of(old, new);
    let (before, after) = (shown(old), shown(new));
    let Some((_, sentence)) = SENTENCES.iter().find(|(pattern, _)| fits(pattern, clause)).filter(|_| old.is_some() && new.is_some()) else {
        let label = label(clause);
        let words = match kind {
            DifferenceKind::Added => format!("{label}: {after}, which was not said before"),
            DifferenceKind::Removed => format!("{label}: no longer said (it was {before})"),
            _ => format!("{label}: {after} instead of {before}"),
        };
        return (kind, words);
    };
    let yes = new.and_then(Value::as_bool) == Some(true);
    let words = sentence
        .replace("{new%}", &percent(new))
        .replace("{old%}", &percent(old))
        .replace("{new}", &after)
        .replace("{old}", &before)
        .replace("{key}", &subject(clause))
        .replace("{may}", if yes { "may" } else { "may not" })
        .replace("{does}", if yes { "does" } else { "does not" });
    (kind, words)
}

/// A whole clause such as shifts or steps.
pub fn whole(clause: &str, name: &str, old: Option<&Value>, new: Option<&Value>) -> String {
    let label = label(clause);
    let say = |value: Option<&Value>| match name {
        "shifts" => list(value, |shift| {
            let days = shift
                .get("days")
                .and_then(Value::as_array)
                .map(|days| days.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
            format!("{} {} to {}", days.unwrap_or_default(), text_of(shift, "from"), text_of(shift, "to"))
        }),
        "steps" => {
            list(value, |step| format!("after {} minutes {}", shown(step.get("after_minutes")), text_of(step, "action").replace('_', " ")))
        }
        "revenue_target" => value.map_or_else(|| "none".into(), target),
        _ => shown(value),
    };
    format!("{label}: {} instead of {}", say(new), say(old))
}

pub fn item(verb: &str, list_name: &str, item: &Value) -> String {
    let noun = match list_name {
        "reasons" => match item.get("for").and_then(Value::as_str) {
            Some("rejection") => "rejection reason",
            Some("recycle") => "reason to send back to nurture",
            Some("loss") => "reason for a lost deal",
            _ => "reason",
        },
        "stages" => "stage",
        "glossary" => "term",
        "calendars" => "regional calendar",
        "product_lines" => "product line",
        "fit" => "rule of fit",
        "engagement" => "rule of engagement",
        "rules" => "routing rule",
        "pools" => "pool",
        "members" => "member of the pool",
        other => other,
    };
    format!("{verb} the {noun} ‘{}’", item_name(item))
}

pub fn item_name(item: &Value) -> String {
    ["name", "term", "user", "key", "stage"].iter().find_map(|field| item.get(*field)?.as_str()).unwrap_or("?").to_owned()
}

/// The clause's name for people: "Ideal customer, industries".
pub fn label(clause: &str) -> String {
    let spaced = clause.split('.').map(|name| Stage::parse(name).map_or_else(|| name.replace('_', " "), |stage| stage.name().to_owned()));
    let mut words = spaced.collect::<Vec<_>>().join(", ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// What a clause within a list is about: the stage's name, or the item's key.
pub fn subject(clause: &str) -> String {
    let names: Vec<_> = clause.split('.').collect();
    match names.as_slice() {
        ["stages", key, ..] => Stage::parse(key).map_or((*key).to_owned(), |stage| stage.name().to_owned()),
        ["reasons", _, key, _] => key.replace('_', " "),
        [_, rest @ .., _] if !rest.is_empty() => match rest {
            // Names may hold dots: all between the list and the last name is the key.
            ["fit" | "engagement" | "rules" | "pools", key @ ..] if !key.is_empty() => key.join("."),
            key => key.join("."),
        },
        _ => label(clause),
    }
}

pub fn count(items: usize) -> String {
    if items == 1 { "1 item".into() } else { format!("{items} items") }
}

/// `stages.*.name` fits `stages.mql.name`; `*` stands for one name or more.
fn fits(pattern: &str, clause: &str) -> bool {
    match pattern.split_once(".*.") {
        None => pattern == clause,
        Some((head, tail)) => {
            let rest = clause.strip_prefix(head).and_then(|rest| rest.strip_prefix('.'));
            rest.and_then(|rest| rest.strip_suffix(tail)).is_some_and(|key| key.len() > 1 && key.ends_with('.'))
        }
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "nothing".into(),
        Some(Value::String(text)) if text.is_empty() => "nothing".into(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Boolean(yes)) => (if *yes { "yes" } else { "no" }).into(),
        Some(Value::Float(number)) => number.to_string(),
        Some(Value::Table(table)) => {
            table.iter().map(|(name, value)| format!("{} {}", name.replace('_', " "), shown(Some(value)))).collect::<Vec<_>>().join(", ")
        }
        Some(Value::Array(list)) => list.iter().map(|value| shown(Some(value))).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

fn percent(value: Option<&Value>) -> String {
    let number = value.and_then(|value| value.as_float().or(value.as_integer().map(|whole| whole as f64)));
    // Two digits are enough to tell shares apart that people write; more would show the float's own rounding.
    number.map_or_else(|| shown(value), |share| format!("{}%", (share * 1e6).round() / 1e4))
}

fn list(value: Option<&Value>, one: impl Fn(&Value) -> String) -> String {
    let items: Vec<_> = value.and_then(Value::as_array).into_iter().flatten().map(one).collect();
    if items.is_empty() { "none".into() } else { items.join("; ") }
}

fn text_of(value: &Value, name: &str) -> String {
    shown(value.get(name))
}

fn target(value: &Value) -> String {
    let amount = value.get("amount").map(|amount| {
        let minor = amount.get("minor").and_then(Value::as_integer).unwrap_or(0);
        let currency = text_of(amount, "currency");
        let digits = currency.parse::<crate::Currency>().map_or(2, |currency| currency.minor_digits());
        format!("{:.*} {currency}", digits as usize, minor as f64 / 10_f64.powi(digits as i32))
    });
    format!("{} from {} to {}", amount.unwrap_or_default(), text_of(value, "from"), text_of(value, "to"))
}
