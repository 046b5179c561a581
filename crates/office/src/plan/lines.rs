//! The spend that a plan means to make, by month and source: a form of lines, each with its own words where something is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use alignment::Currency;
use insight::plan::{OTHER_SOURCES, Record, Source};
use jiff::civil::Date;

use super::{
    Planned,
    body::{MINOR_MAX, SPEND_LINES_MAX, SpendLine},
    report::money,
};
use crate::{ui::format, web::AppError};

/// Lines that are read of a form and shown again, whatever is wrong with them: more than a plan keeps, as lines may be marked to be removed.
const READ_MAX: usize = 2 * SPEND_LINES_MAX;
/// Empty lines below those that are there.
pub const EMPTY: usize = 3;
const UNRECORDED: &str = "none";
/// Before the name of a source, so that none can be taken for what is not recorded.
const NAMED: &str = "source:";

/// A line as somebody wrote it, with what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Typed {
    pub month: String,
    /// Empty: none was chosen.
    pub source: String,
    pub amount: String,
    pub is_removed: bool,
    pub wrong_month: Option<String>,
    pub wrong_source: Option<String>,
    pub wrong_amount: Option<String>,
}

impl Typed {
    pub fn of(line: &SpendLine, currency: Currency) -> Typed {
        Typed {
            month: line.month.clone(),
            source: value_of(line.source.as_deref()),
            amount: amount_of(line.amount_minor, currency),
            ..Typed::default()
        }
    }

    fn is_empty(&self) -> bool {
        self.month.is_empty() && self.source.is_empty() && self.amount.is_empty()
    }

    fn is_wrong(&self) -> bool {
        self.wrong_month.is_some() || self.wrong_source.is_some() || self.wrong_amount.is_some()
    }
}

/// The lines of a form, in its order: `month-3`, `source-3`, `amount-3`, `remove-3`.
pub fn typed(form: &[(String, String)]) -> Result<Vec<Typed>, AppError> {
    let mut lines: BTreeMap<usize, Typed> = BTreeMap::new();
    for (name, value) in form {
        let Some((field, place)) = name.rsplit_once('-').and_then(|(field, place)| Some((field, place.parse::<usize>().ok()?))) else {
            continue;
        };
        let line = lines.entry(place).or_default();
        let text = value.trim().to_owned();
        match field {
            "month" => line.month = text,
            "source" => line.source = text,
            "amount" => line.amount = text,
            "remove" => line.is_removed = true,
            _ => {}
        }
    }
    let lines: Vec<Typed> = lines.into_values().filter(|line| !line.is_empty()).collect();
    match lines.len() <= READ_MAX {
        true => Ok(lines),
        false => Err(AppError::refused(format!(
            "spend has {SPEND_LINES_MAX} lines at most, and {} were sent: nothing was saved",
            format::count(lines.len() as u64)
        ))),
    }
}

/// Sources that have no place of their own in a plan.
type Pooled = BTreeSet<Option<String>>;

/// What is to be kept, by month. `None`: something is wrong, and the lines say what.
pub fn read(typed: &mut [Typed], currency: Currency, pooled: &Pooled) -> Option<Vec<SpendLine>> {
    let mut lines = Vec::new();
    for line in typed.iter_mut().filter(|line| !line.is_removed) {
        let source = source(&line.source).and_then(|name| told_apart(name, pooled));
        let (month, amount) = (month(&line.month), amount(&line.amount, currency));
        line.wrong_month = month.as_ref().err().cloned();
        line.wrong_source = source.as_ref().err().cloned();
        line.wrong_amount = amount.as_ref().err().cloned();
        if let (Ok(month), Ok(source), Ok(amount_minor)) = (month, source, amount) {
            lines.push(SpendLine { month, source, amount_minor });
        }
    }
    lines.sort_by(|a, b| (&a.month, &a.source).cmp(&(&b.month, &b.source)));
    typed.iter().all(|line| line.is_removed || !line.is_wrong()).then_some(lines)
}

/// As an option of the command line has it: `2026-07:paid_search:12000`; with nothing between the colons, the source is not recorded.
pub fn of_text(text: &str, currency: Currency) -> Result<SpendLine, String> {
    let parts = text.split_once(':').and_then(|(at, rest)| Some((at, rest.rsplit_once(':')?)));
    let (at, (source, minor)) = parts.ok_or("write a month, a source and an amount, such as 2026-07:paid_search:12000")?;
    let source = Some(source.trim()).filter(|source| !source.is_empty()).map(str::to_owned);
    Ok(SpendLine { month: month(at.trim())?, source, amount_minor: amount(minor, currency)? })
}

fn month(text: &str) -> Result<String, String> {
    let is_month = text.len() == 7 && format!("{text}-01").parse::<Date>().is_ok();
    if is_month { Ok(text.to_owned()) } else { Err("Write a month, such as 2026-07.".into()) }
}

fn source(value: &str) -> Result<Option<String>, String> {
    match value.strip_prefix(NAMED) {
        Some(name) => Ok(Some(name.to_owned())),
        None if value == UNRECORDED => Ok(None),
        None => Err("Choose a source.".into()),
    }
}

fn told_apart(name: Option<String>, pooled: &Pooled) -> Result<Option<String>, String> {
    if name.as_deref() != Some(OTHER_SOURCES) && !pooled.contains(&name) {
        return Ok(name);
    }
    let label = format::label(name.as_deref());
    Err(format!(
        "The smallest sources are planned together, so nothing can be planned for {label} alone. Choose a larger source, or remove this line."
    ))
}

/// In whole units, with groups of thousands or without.
fn amount(text: &str, currency: Currency) -> Result<i64, String> {
    let wrong = || Err(format!("Write an amount in {currency}, such as 12000 or 12,000.50."));
    let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let (whole, rest) = text.split_once('.').unwrap_or((text.as_str(), ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = groups.clone().count() == 0 || (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let digits = whole.replace(',', "");
    let is_number = !digits.is_empty() && digits.bytes().chain(rest.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_number || !is_grouped || rest.len() > currency.minor_digits() as usize {
        return wrong();
    }
    let Ok(major) = format!("{digits}.{rest}0").parse::<f64>() else { return wrong() };
    let minor = (major * currency.minor_per_major() as f64).round();
    if minor > MINOR_MAX as f64 { Err("That is too much to plan with.".into()) } else { Ok(minor as i64) }
}

/// In whole units, with the rest where there is one: `1000.50`.
pub fn amount_of(minor: i64, currency: Currency) -> String {
    let per_major = currency.minor_per_major();
    let digits = if minor % per_major == 0 { 0 } else { currency.minor_digits() as usize };
    format!("{:.digits$}", minor as f64 / per_major as f64)
}

fn value_of(source: Option<&str>) -> String {
    source.map_or_else(|| UNRECORDED.to_owned(), |name| format!("{NAMED}{name}"))
}

/// What a line may be of: value and words.
pub fn choices(record: &Record, typed: &[Typed]) -> Vec<(String, String)> {
    let is_offered = |source: &&Source| source.name.as_deref() != Some(OTHER_SOURCES) && source.entries.iter().any(|entries| *entries > 0);
    let of_record = record.sources.iter().filter(is_offered);
    let mut choices: Vec<(String, String)> = of_record
        .map(|source| {
            let label = format::label(source.name.as_deref());
            let words = if source.cost.per_lead_minor.is_some() { label } else { format!("{label} (cost of a lead not known)") };
            (value_of(source.name.as_deref()), words)
        })
        .collect();
    choices.sort_by(|a, b| a.1.cmp(&b.1));
    if choices.iter().all(|(value, _)| value != UNRECORDED) && !record.pooled.contains(&None) {
        choices.push((UNRECORDED.into(), format::label(None)));
    }
    for line in typed.iter().filter(|line| source(&line.source).is_ok()) {
        if choices.iter().all(|(value, _)| *value != line.source) {
            let name = line.source.strip_prefix(NAMED).map(str::to_owned);
            let is_known = told_apart(name.clone(), &record.pooled).is_err();
            let why = if is_known { "planned with the smallest" } else { "not in the record" };
            choices.push((line.source.clone(), format!("{} ({why})", format::label(name.as_deref()))));
        }
    }
    choices
}

/// The lines as the plan's page shows them.
pub struct Card {
    /// Month, source, amount.
    pub rows: Vec<[String; 3]>,
    pub total: String,
    /// Of the form; a plan that is not saved has none.
    pub address: Option<String>,
}

pub fn card(found: &Planned) -> Card {
    let shown = |minor: i64| money(Some(minor as f64), &found.answer);
    let lines = &found.body.spend;
    let row = |line: &SpendLine| [format::month_of_key(&line.month), format::label(line.source.as_deref()), shown(line.amount_minor)];
    Card {
        rows: lines.iter().map(row).collect(),
        total: shown(lines.iter().map(|line| line.amount_minor).sum()),
        address: found.saved.as_ref().map(|plan| super::spend::address_of(plan.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("12000", Some(1_200_000)),
            (" 12 000 ", Some(1_200_000)),
            ("12,000.50", Some(1_200_050)),
            ("1,200,000", Some(120_000_000)),
            ("0", Some(0)),
            ("0.5", Some(50)),
            ("12,00", None),
            ("1,2000", None),
            ("1.234", None),
            ("-5", None),
            ("12k", None),
            (".", None),
            ("", None),
            ("9999999999999999", None),
        ] {
            assert_eq!(amount(text, Currency::EUR).ok(), expected, "{text}");
        }
        for minor in [0, 50, 1_200_000, 1_200_050] {
            assert_eq!(amount(&amount_of(minor, Currency::EUR), Currency::EUR), Ok(minor));
        }
    }

    #[test]
    fn each_line_says_what_is_wrong_with_it() {
        let form = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
        let mut lines = typed(&form(&[
            ("edits", "1"),
            ("month-0", "2026-09"),
            ("source-0", "source:webinar"),
            ("amount-0", "500"),
            ("month-1", "soon"),
            ("amount-1", "much"),
            ("month-2", ""),
            ("source-2", ""),
            ("amount-2", ""),
            ("month-3", "2026-08"),
            ("source-3", "none"),
            ("amount-3", "7"),
            ("month-5000", "2026-08"),
            ("source-5000", "source:fair"),
            ("amount-5000", "5"),
        ]))
        .unwrap();
        assert_eq!(lines.len(), 4, "an empty line is none");
        let pooled = Pooled::from([Some("fair".to_owned())]);
        assert_eq!(read(&mut lines, Currency::EUR, &pooled), None);
        let wrong = |line: &Typed| [line.wrong_month.is_some(), line.wrong_source.is_some(), line.wrong_amount.is_some()];
        assert_eq!(lines.iter().map(wrong).collect::<Vec<_>>(), [[false; 3], [true; 3], [false; 3], [false, true, false]]);
        let why = lines[3].wrong_source.clone().unwrap();
        assert!(why.contains("nothing can be planned for fair alone. Choose a larger source"), "{why}");
        lines[1].is_removed = true;
        lines[3].source = "source:other sources".into();
        assert_eq!(read(&mut lines, Currency::EUR, &Pooled::new()), None, "which has been offered before");
        lines.pop();
        let line = |month: &str, source: Option<&str>, amount_minor| SpendLine {
            month: month.into(),
            source: source.map(str::to_owned),
            amount_minor,
        };
        let kept = vec![line("2026-08", None, 700), line("2026-09", Some("webinar"), 50_000)];
        assert_eq!(read(&mut lines, Currency::EUR, &pooled), Some(kept.clone()));
        let mut again: Vec<Typed> = kept.iter().map(|line| Typed::of(line, Currency::EUR)).collect();
        assert_eq!(read(&mut again, Currency::EUR, &pooled), Some(kept));
    }

    #[test]
    fn no_line_of_a_form_is_dropped() {
        let form = |lines: usize| (0..lines).map(|place| (format!("month-{place}"), "2026-08".to_owned())).collect::<Vec<_>>();
        assert_eq!(typed(&form(READ_MAX)).unwrap().len(), READ_MAX, "a plan refuses these by its own limit");
        let words = typed(&form(READ_MAX + 1)).unwrap_err().to_string();
        assert!(words.contains("500 lines at most, and 1,001 were sent"), "{words}");
    }

    #[test]
    fn a_line_can_be_written_on_the_command_line() {
        let line = of_text("2026-07:paid:search:12000", Currency::EUR).unwrap();
        assert_eq!((line.source.as_deref(), line.amount_minor), (Some("paid:search"), 1_200_000));
        assert_eq!(of_text("2026-07::5", Currency::EUR).unwrap().source, None);
        for text in ["2026-07", "2026-07:web", "july:web:5", "2026-07:web:much"] {
            assert!(of_text(text, Currency::EUR).is_err(), "{text}");
        }
    }
}
