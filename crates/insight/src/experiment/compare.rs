//! The comparison itself, and the rows behind it.

use alignment::{Instant, instant::MICROS_PER_DAY, rate::Rate};
use serde::Serialize;

use super::{
    Comparison, Design, Outcome, SEED, Version, VersionSeen,
    advice::advice,
    base::base,
    outcome::{Brought, Signed, brought, signed},
    posterior, proportions,
    proportions::Difference,
    resample::{self, Sparse},
};
use crate::{
    answer::{Evidence, EvidenceRow},
    engine::{Context, Segments},
    history::History,
    question::Question,
    rows::Table,
};

/// One number of both versions.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    pub key: &'static str,
    pub name: &'static str,
    pub outcome: Outcome,
    pub a: Seen,
    pub b: Seen,
    /// B less A. `None`: one of them has no leads whose source writes this down.
    pub difference: Option<Difference>,
    /// Relative to A.
    pub lift: Option<f64>,
    /// From 0 to 1.
    pub chance_b_is_better: Option<f64>,
    /// Variance of the difference, for tests that may be repeated.
    #[serde(skip)]
    pub variance: Option<f64>,
    /// Standard deviation of single values, of both together.
    #[serde(skip)]
    pub deviation: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// 0..=1, or minor units per lead.
    pub value: Option<f64>,
    pub n: u64,
    pub hits: u64,
    /// 95%.
    pub interval: Option<(f64, f64)>,
    /// Leads left out because their source does not write this down.
    pub not_recorded: u64,
    /// Minor units in all; only of revenue.
    pub total_minor: Option<i64>,
}

/// The two versions as they stand at the question's `as_of`.
pub fn experiment(history: &History, question: &Question, design: &Design) -> Comparison {
    let context = Context::of(history, question);
    let (a, b) = (Members::of(&context, design, Version::A), Members::of(&context, design, Version::B));
    let signed = signed(&context);
    let compare =
        |outcome| compared(outcome, &collect(&context, &signed, &a, design, outcome), &collect(&context, &signed, &b, design, outcome));
    let outcomes: Vec<Compared> = Outcome::ALL.into_iter().map(compare).collect();
    let base = base(history, question, design);
    let advice = advice(design, base, &outcomes[design.decides as usize], question.as_of, [&a.seen, &b.seen]);
    Comparison { a: a.seen, b: b.seen, outcomes, advice, agreement_version: question.settings.agreement_version }
}

/// The leads of a version and what each brought: they add up to the figure. By id.
pub fn rows(
    history: &History,
    question: &Question,
    design: &Design,
    version: Version,
    outcome: Outcome,
    offset: usize,
    limit: usize,
) -> Evidence {
    let context = Context::of(history, question);
    let signed = signed(&context);
    let members = Members::of(&context, design, version);
    let row = |row: &usize| {
        let found = brought(&context, &signed, *row, outcome, design.within_days);
        let value = if let Brought::Counted(value) = found { Some(value) } else { None };
        let fault = value.is_none().then_some("its source does not write this stage down");
        let hit = value.is_some_and(|value| value > 0.0);
        EvidenceRow {
            id: history.leads.ids()[*row],
            hit,
            n: u32::from(fault.is_none()),
            hits: u32::from(hit),
            value,
            at: context.view.leads[*row].begins(),
            fault,
        }
    };
    let rows = members.rows.iter().skip(offset).take(limit).map(row).collect();
    Evidence { table: Table::Leads, rows, total: members.rows.len() as u64 }
}

struct Members {
    /// Rows of leads that count.
    rows: Vec<usize>,
    seen: VersionSeen,
}

impl Members {
    fn of(context: &Context, design: &Design, version: Version) -> Members {
        let label = if version == Version::A { &design.a } else { &design.b };
        let segments = Segments::of(&context.view, &design.dimension);
        let places = segments.places(Some(label));
        let as_of = context.view.as_of;
        let ends_at = design.ends_at.unwrap_or(Instant::MAX);
        let opened = |row: &usize| {
            let at = context.view.leads[*row].begins()?;
            let is_member = places.contains(&segments.leads[*row]) && context.keeps(Table::Leads, *row);
            (is_member && design.starts_at <= at && at < ends_at).then_some(at)
        };
        let all: Vec<(usize, Instant)> = (0..context.history.leads.len()).filter_map(|row| Some((row, opened(&row)?))).collect();
        let is_ripe = |at: Instant| design.within_days.is_none_or(|days| as_of.0 - at.0 >= i64::from(days) * MICROS_PER_DAY);
        let rows: Vec<usize> = all.iter().filter(|(_, at)| is_ripe(*at)).map(|(row, _)| *row).collect();
        let ages: f64 = all.iter().map(|(_, at)| as_of.days_since(*at)).sum();
        let seen = VersionSeen {
            label: label.clone(),
            leads: all.len() as u64,
            age_days: (!all.is_empty()).then(|| ages / all.len() as f64),
            young: (all.len() - rows.len()) as u64,
        };
        Members { rows, seen }
    }
}

/// What the leads of a version brought: as a rate, or as money of which most is 0.
struct Collected {
    rate: Rate,
    money: Sparse,
    not_recorded: u64,
}

fn collect(context: &Context, signed: &Signed, members: &Members, design: &Design, outcome: Outcome) -> Collected {
    let mut found = Collected { rate: Rate::default(), money: Sparse::default(), not_recorded: 0 };
    for row in &members.rows {
        match brought(context, signed, *row, outcome, design.within_days) {
            Brought::NotRecorded => found.not_recorded += 1,
            Brought::Counted(value) => {
                found.rate.of += 1;
                found.rate.hits += u64::from(value > 0.0);
                if value != 0.0 {
                    found.money.values.push(value);
                }
            }
        }
    }
    found.money.n = found.rate.of;
    found
}

fn compared(outcome: Outcome, a: &Collected, b: &Collected) -> Compared {
    let is_money = outcome == Outcome::Revenue;
    let (difference, chance) = if is_money {
        resample::means(&a.money, &b.money, SEED).map_or((None, None), |(difference, chance)| (Some(difference), Some(chance)))
    } else {
        (proportions::difference(a.rate, b.rate), posterior::chance_second_is_higher(a.rate, b.rate))
    };
    let (seen_a, seen_b) = (seen(a, is_money), seen(b, is_money));
    let lift = difference.zip(seen_a.value).filter(|(_, value)| *value > 0.0).map(|(difference, value)| difference.value / value);
    let spread = |found: &Collected| if is_money { found.money.variance() } else { variance(found.rate) };
    let variances = spread(a).zip(spread(b));
    Compared {
        key: outcome.key(),
        name: outcome.name(),
        outcome,
        difference,
        lift,
        chance_b_is_better: chance,
        variance: variances.map(|(of_a, of_b)| of_a / a.rate.of as f64 + of_b / b.rate.of as f64),
        deviation: variances.map(|(of_a, of_b)| ((of_a + of_b) / 2.0).sqrt()),
        a: seen_a,
        b: seen_b,
    }
}

/// Of a single hit; with half a hit and half a miss added, so that none of few does not look like certainty.
fn variance(rate: Rate) -> Option<f64> {
    let smoothed = (rate.hits as f64 + 0.5) / (rate.of as f64 + 1.0);
    (rate.of > 0).then_some(smoothed * (1.0 - smoothed))
}

fn seen(found: &Collected, is_money: bool) -> Seen {
    Seen {
        value: if is_money { found.money.mean() } else { found.rate.value() },
        n: found.rate.of,
        hits: found.rate.hits,
        interval: if is_money { found.money.interval(SEED) } else { found.rate.interval() },
        not_recorded: found.not_recorded,
        total_minor: is_money.then(|| found.money.values.iter().sum::<f64>().round() as i64),
    }
}
