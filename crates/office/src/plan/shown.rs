//! The figures of a plan as the page shows them, each with its change against the record's own.

use insight::plan::{Capacity, Pace, PlanAnswer};

use super::{
    Planned,
    report::{count, dash, money, percent, plural_of},
};
use crate::{question::QuestionParams, scoreboard::params::address, ui::format};

/// A figure, what stands under it, and how it differs from the record's own plan.
pub struct Figure {
    pub value: String,
    pub under: String,
    pub change: Option<Change>,
}

pub struct Change {
    pub text: String,
    pub class: &'static str,
}

pub struct NeedRow {
    pub name: &'static str,
    /// Opens the definition of the stage; empty for spend.
    pub term: &'static str,
    pub last_useful: String,
    pub is_late: bool,
    pub figures: Vec<Figure>,
}

/// A card: what it is about, the figure, and what to know of it.
pub struct Fact {
    pub name: &'static str,
    pub figure: Figure,
    pub words: String,
    pub class: &'static str,
    pub address: Option<(String, String)>,
}

/// Stages from the customer's side to the lead, then the spend.
pub fn needs(found: &Planned) -> Vec<NeedRow> {
    let answer = &found.answer;
    let row = |place: usize| {
        let last = &answer.last_useful[place];
        let figure = |column: usize| {
            let need = answer.columns[column].needs[place];
            let base = found.base.as_ref().and_then(|base| base.columns[column].needs[place].total);
            let a_month = need.per_month.filter(|per_month| *per_month > 0.0);
            Figure {
                value: count(need.total),
                under: a_month.map(|per_month| format!("{} a month", count(Some(per_month.ceil())))).unwrap_or_default(),
                change: change(need.total, base, false),
            }
        };
        NeedRow {
            name: if last.stage == alignment::lifecycle::Stage::Lead { "Leads" } else { plural_of(last.stage) },
            term: last.stage.key(),
            last_useful: last.month.as_deref().map(format::month_of_key).unwrap_or_else(|| "too late".into()),
            is_late: last.month.is_none(),
            figures: (0..answer.columns.len()).map(figure).collect(),
        }
    };
    let mut rows: Vec<NeedRow> = (0..answer.last_useful.len()).rev().map(row).collect();
    let spend = |column: usize| {
        let minor = answer.columns[column].spend_minor;
        let base = found.base.as_ref().and_then(|base| base.columns[column].spend_minor);
        Figure { value: money(minor, answer), under: String::new(), change: change(minor, base, false) }
    };
    let figures = (0..answer.columns.len()).map(spend).collect();
    rows.push(NeedRow { name: "Spend", term: "", last_useful: String::new(), is_late: false, figures });
    rows
}

pub fn facts(found: &Planned, params: &QuestionParams) -> Vec<Fact> {
    let (answer, base) = (&found.answer, found.base.as_ref());
    let hand = &answer.in_hand;
    let expected = hand.customers.map_or_else(dash, |customers| format::fixed(customers, 1));
    let in_hand = Fact {
        name: "In hand already",
        figure: Figure {
            value: expected,
            under: "customers expected by the date".into(),
            change: change(hand.customers, base.and_then(|base| base.in_hand.customers), true),
        },
        words: format!(
            "From {} and {}; enough by themselves in {} of cases.",
            format::plural(hand.deals, "open deal", "open deals"),
            format::plural(hand.passes.iter().map(|(_, passes)| passes).sum(), "open pass without a deal", "open passes without a deal"),
            hand.chance.map_or_else(dash, percent)
        ),
        class: "",
        address: Some((address("/forecast", params, &[]), "open deals".into())),
    };
    let mut facts = vec![in_hand, pace("If leads go on as now", &answer.pace, base.map(|base| &base.pace), answer)];
    if let (Some(lately), Some(now)) = (found.lately, facts.last_mut()) {
        // The rows are counted as they came, the figure is without their season: both are said.
        let leads = format::plural(lately.leads, "lead", "leads");
        let months = if lately.months == 1 { "month".to_owned() } else { format!("{} months", lately.months) };
        now.words += &format!(" The last {months} brought {leads}; a month of them without its season is what counts here.");
        let zone = &found.question.zone;
        let period = format!("{}..{}", format::iso_date(lately.from, zone), format::iso_date(lately.to, zone));
        now.address = Some((address("/scoreboard/leads", params, &[("period", period.as_str())]) + "#rows", format!("the {leads}")));
    }
    if let Some(spend) = &answer.with_spend {
        facts.push(pace("With the spend assumed", spend, base.map(|base| &base.pace), answer));
    }
    facts.extend(answer.promise.as_ref().map(|promise| Fact {
        name: "Against the Agreement",
        figure: Figure {
            value: format!("{} a month", count(Some(promise.needed_per_month))),
            under: format!("MQLs needed at {}; {} promised", percent(answer.focus), count(Some(promise.mqls_per_month))),
            change: None,
        },
        words: sentence(&promise.words),
        class: if promise.short_by > 0.0 { "warn" } else { "good" },
        address: Some(("/promises#volume".into(), "the promise".into())),
    }));
    facts.extend(answer.capacity.iter().map(|capacity| load(capacity, base)));
    facts
}

fn pace(name: &'static str, pace: &Pace, base: Option<&Pace>, answer: &PlanAnswer) -> Fact {
    let leads = pace.leads_per_month.map_or_else(dash, |leads| count(Some(leads)));
    let customers = pace.customers.map_or_else(dash, |customers| format::fixed(customers, 1));
    let revenue = pace.revenue_minor.map(|_| format!(", {}", money(pace.revenue_minor, answer))).unwrap_or_default();
    Fact {
        name,
        figure: Figure {
            value: pace.chance.map_or_else(dash, percent),
            under: "chance of the target".into(),
            change: points(pace.chance, base.and_then(|base| base.chance)),
        },
        words: format!("{leads} leads a month; {customers} customers expected{revenue}."),
        class: "",
        address: None,
    }
}

fn load(capacity: &Capacity, base: Option<&PlanAnswer>) -> Fact {
    let of_base = base.and_then(|base| base.capacity.iter().find(|other| other.of == capacity.of));
    let needed = capacity.reps_needed.map(|reps| reps as f64);
    Fact {
        name: if capacity.of == "MQLs" { "Reps for MQLs" } else { "Reps for SQLs" },
        figure: Figure {
            value: count(needed),
            under: format!("needed; {} now", format::count(capacity.reps)),
            change: change(needed, of_base.and_then(|base| base.reps_needed).map(|reps| reps as f64), false),
        },
        words: sentence(&capacity.words),
        class: if capacity.is_short { "warn" } else { "good" },
        address: None,
    }
}

/// With a capital letter and a full stop.
pub fn sentence(words: &str) -> String {
    format!("{}.", format::capitalized(words))
}

/// Against the record's own plan, in percent. `more_is_good`: for what comes in; not for what is needed.
fn change(value: Option<f64>, base: Option<f64>, more_is_good: bool) -> Option<Change> {
    let (value, base) = (value?, base?);
    if value == base || base == 0.0 {
        return (value != base).then(|| Change { text: "from 0".into(), class: "dim" });
    }
    let share = value / base - 1.0;
    let text = format!("{}%", format::signed(share * 100.0, if share.abs() < 0.1 { 1 } else { 0 }));
    Some(Change { text, class: if (share > 0.0) == more_is_good { "good" } else { "bad" } })
}

fn points(value: Option<f64>, base: Option<f64>) -> Option<Change> {
    let change = (value? - base?) * 100.0;
    let is_shown = change.abs() >= 0.5;
    is_shown.then(|| Change { text: format!("{} points", format::signed(change, 0)), class: if change > 0.0 { "good" } else { "bad" } })
}
