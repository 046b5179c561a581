//! The cost of misalignment in parts, each with its rows, and a total that counts no money twice.

use alignment::{
    calendar::WorkCalendar,
    instant::MICROS_PER_DAY,
    lifecycle::{Side, Stage},
    rate::Rate,
};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    Answered, Assumptions, ClaimSeen, Claims, Driver, FollowUpTerms, GoesWith, answer_of, claims, content, drivers, hours,
    revenue::{self, Missing, Treated, Worth},
    spend::{self, Waste},
};
use crate::{
    engine::{Amount, Context},
    history::History,
    kpi::lead_costs,
    question::{Dimension, Question},
    rows::Table,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// Money or paid hours that were spent: added up from rows.
    Spent,
    /// Revenue that did not come: an estimate.
    NotWon,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    Measured,
    /// Nobody writes down what it takes.
    NotRecorded,
    /// It is recorded, and there is too little to compare.
    NoData,
}

#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub key: &'static str,
    pub name: &'static str,
    /// Definition.
    pub words: &'static str,
    pub kind: PartKind,
    pub state: PartState,
    /// `None` unless measured.
    pub amount_minor: Option<i64>,
    /// 95%, of estimates.
    pub interval_minor: Option<(i64, i64)>,
    /// Of estimates: whether the whole interval is above zero. If not, no loss can be shown, and it adds nothing.
    pub shows_loss: Option<bool>,
    /// Leads, or pieces of content.
    pub n: u64,
    /// Of these, in money: what an earlier part counted already.
    pub already_counted_minor: i64,
    /// What it adds to the total.
    pub adds_minor: i64,
    /// Minutes, of hours.
    pub minutes: Option<f64>,
    /// What the estimate stands on.
    pub goes_with: Option<GoesWith>,
    /// Where it comes from, of spend on rejected leads: the largest excess first.
    pub drivers: Vec<Driver>,
    #[serde(skip)]
    pub table: Table,
    /// They add up to the amount.
    #[serde(skip)]
    pub rows: Vec<CostRow>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CostRow {
    /// In its table of the history.
    pub row: usize,
    pub id: i64,
    pub amount_minor: i64,
    /// Minutes, where it is about hours.
    pub quantity: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    pub parts: Vec<Part>,
    pub spent_minor: i64,
    /// Of the estimates that show a loss; `None` where none does.
    pub not_won_minor: Option<i64>,
    /// 95%, of the same, as if they did not depend on each other.
    pub not_won_interval_minor: Option<(i64, i64)>,
    pub revenue_minor: i64,
    pub marketing_spend_minor: i64,
    pub claims: Vec<ClaimSeen>,
    pub agreement_version: u32,
}

/// All parts for the question's period; `drivers_by` says where waste is looked for.
pub fn cost(
    history: &History,
    question: &Question,
    calendar: &WorkCalendar,
    terms: FollowUpTerms,
    assumed: &Assumptions,
    claims: &Claims,
    drivers_by: &Dimension,
) -> Cost {
    let context = Context::of(history, question);
    context.view.follow_ups();
    lead_costs(&context);
    let leads = 0..history.leads.len();
    let answer = |row| answer_of(&context, calendar, terms.review_minutes_max, terms.first_attempt_minutes_max, row);
    let answers: Vec<Option<Answered>> = leads.clone().into_par_iter().with_min_len(1024).map(answer).collect();
    let wastes: Vec<Option<Waste>> = leads.into_par_iter().with_min_len(1024).map(|row| spend::waste_of(&context, row)).collect();
    let ripe = revenue::ripe(&context, &answers, assumed.dropped_days);
    let worth = revenue::worth(&context);
    let pieces = content::pieces(&context, assumed.piece_cost_minor);
    let made = pieces.as_ref().map_or(0, |pieces| pieces.made);
    let unused = pieces.as_ref().map_or(0, |pieces| pieces.unused.len() as u64);
    let mut rejected = spent("rejected_spend", Table::Leads, spend::rows(&context, &wastes, Waste::Rejected));
    rejected.drivers = drivers::drivers(&context, &rejected.rows, drivers_by);
    let mut parts = vec![
        rejected,
        spent("never_contacted_spend", Table::Leads, spend::rows(&context, &wastes, Waste::NeverContacted)),
        with_minutes(spent("rejected_hours", Table::Leads, Some(hours::rows(&context, &wastes, assumed)))),
        spent("unused_content", Table::Content, pieces.map(|pieces| pieces.unused)),
        not_won("late_revenue", revenue::missing(&context, &ripe, Treated::Late, worth), worth),
        not_won("dropped_revenue", revenue::missing(&context, &ripe, Treated::Dropped, worth), worth),
    ];
    count_once(&mut parts);
    let sum = |kind| parts.iter().filter(|part| part.kind == kind).map(|part| part.adds_minor).sum::<i64>();
    let shows_loss = parts.iter().any(|part| part.shows_loss == Some(true));
    let (spent_minor, not_won_minor) = (sum(PartKind::Spent), shows_loss.then(|| sum(PartKind::NotWon)));
    let (revenue_minor, deals) = revenue_of(&context);
    let marketing_spend_minor = marketing_spend(&context);
    let share = |minor: i64, of: i64| (of > 0).then(|| minor as f64 / of as f64);
    let known = claims::Known {
        cost_of_revenue: share(spent_minor + not_won_minor.unwrap_or(0), revenue_minor),
        deals,
        unconverted: unconverted(&context),
        unused_content: Rate::new(unused, made),
        rejected_of_spend: parts[0].amount_minor.and_then(|minor| share(minor, marketing_spend_minor)),
        rejected: parts[0].n,
    };
    Cost {
        not_won_interval_minor: not_won_minor.and_then(|sum| interval_of_both(&parts, sum)),
        spent_minor,
        not_won_minor,
        revenue_minor,
        marketing_spend_minor,
        claims: claims::seen(claims, &known),
        agreement_version: question.settings.agreement_version,
        parts,
    }
}

/// Key, name, definition.
const WORDS: [(&str, &str, &str); 6] = [
    (
        "rejected_spend",
        "Spend on rejected leads",
        "What the leads of the period cost that sales rejected. A lead costs its equal part of what was spent in the period on its campaign, its source, or on nothing in particular.",
    ),
    (
        "never_contacted_spend",
        "Spend on leads never contacted",
        "What the MQLs of the period cost that nobody tried to reach before the promised review time was over, and that were not rejected.",
    ),
    (
        "rejected_hours",
        "Rep hours on rejected leads",
        "Activities logged with the person while a rejected lead was open, and the decision, times the minutes assumed for each kind, times the assumed cost of an hour.",
    ),
    (
        "unused_content",
        "Content made and never used",
        "Pieces published in the period at least 30 days ago that no touch, lead or activity names, times the assumed cost of a piece.",
    ),
    (
        "late_revenue",
        "Revenue of leads followed up late",
        "MQLs answered later than promised became customers so much less often than those of the same source answered in time; times how many they were, times what a customer was worth. It goes with being late; it is no proof that being late did it.",
    ),
    (
        "dropped_revenue",
        "Revenue of dropped leads",
        "The same for MQLs with nothing logged in the first days after they were accepted (14 unless chosen otherwise), or after they became MQLs if nobody accepted them in as many; against the others of their source that were still open by then. Those that had become SQLs or left before are in neither group. It goes with being dropped: reps may drop what would not have bought.",
    ),
];

fn blank(key: &'static str, kind: PartKind) -> Part {
    let (_, name, words) = WORDS.into_iter().find(|(known, ..)| *known == key).unwrap_or((key, key, ""));
    Part {
        key,
        name,
        words,
        kind,
        state: PartState::NotRecorded,
        amount_minor: None,
        interval_minor: None,
        shows_loss: None,
        n: 0,
        already_counted_minor: 0,
        adds_minor: 0,
        minutes: None,
        goes_with: None,
        drivers: Vec::new(),
        table: Table::Leads,
        rows: Vec::new(),
    }
}

fn spent(key: &'static str, table: Table, rows: Option<Vec<CostRow>>) -> Part {
    let blank = Part { table, ..blank(key, PartKind::Spent) };
    let Some(rows) = rows else { return blank };
    let amount_minor = rows.iter().map(|row| row.amount_minor).sum();
    Part { state: PartState::Measured, amount_minor: Some(amount_minor), n: rows.len() as u64, rows, ..blank }
}

fn with_minutes(part: Part) -> Part {
    let minutes = part.rows.iter().filter_map(|row| row.quantity).sum();
    Part { minutes: Some(minutes), ..part }
}

fn not_won(key: &'static str, missing: Option<Missing>, worth: Option<Worth>) -> Part {
    let blank = blank(key, PartKind::NotWon);
    match missing {
        None => Part { state: if worth.is_some() { PartState::NoData } else { PartState::NotRecorded }, ..blank },
        Some(missing) => Part {
            state: PartState::Measured,
            amount_minor: Some(missing.amount_minor),
            interval_minor: Some(missing.interval),
            shows_loss: Some(missing.interval.0 > 0),
            n: missing.rows.len() as u64,
            goes_with: Some(missing.goes_with),
            rows: missing.rows,
            ..blank
        },
    }
}

/// Revenue is gross: of a lead whose spend is counted already, that spend would have been made either way. An estimate that can't be told
/// from none adds nothing: chance alone would else be a loss in one company and a gain in the next.
fn count_once(parts: &mut [Part]) {
    let mut spent_on: rustc_hash::FxHashMap<usize, i64> = rustc_hash::FxHashMap::default();
    for part in parts.iter_mut() {
        let amount = part.amount_minor.unwrap_or(0);
        if part.kind == PartKind::Spent {
            part.adds_minor = amount;
            if part.table == Table::Leads && part.key.ends_with("spend") {
                part.rows.iter().for_each(|row| *spent_on.entry(row.row).or_default() += row.amount_minor);
            }
        } else if part.shows_loss == Some(true) {
            let counted: i64 = part.rows.iter().filter_map(|row| spent_on.get(&row.row)).sum();
            part.already_counted_minor = counted.min(amount.max(0));
            part.adds_minor = amount - part.already_counted_minor;
        }
    }
}

/// Of a sum of independent estimates the variances add up.
fn interval_of_both(parts: &[Part], sum: i64) -> Option<(i64, i64)> {
    let counted = parts.iter().filter(|part| part.shows_loss == Some(true));
    let reaches: Vec<f64> = counted.filter_map(|part| part.interval_minor.map(|(low, high)| (high - low) as f64 / 2.0)).collect();
    let reach = reaches.iter().map(|reach| reach * reach).sum::<f64>().sqrt().round() as i64;
    (!reaches.is_empty()).then_some((sum - reach, sum + reach))
}

fn revenue_of(context: &Context) -> (i64, u64) {
    let amount = |row: usize| match (context.won(row), context.deal_amount(row)) {
        (Some((at, _)), Amount::Minor(minor)) if context.question.period.contains(at) && context.keeps(Table::Deals, row) => Some(minor),
        _ => None,
    };
    let amounts = (0..context.history.deals.len()).filter_map(amount);
    amounts.fold((0, 0), |(sum, deals), minor| (sum + minor, deals + 1))
}

/// With filters on, what was spent on the leads that they keep.
fn marketing_spend(context: &Context) -> i64 {
    let leads = context.history.leads.len();
    if !context.question.filters.is_empty() {
        let costs = lead_costs(context).unwrap_or_default();
        return (0..leads.min(costs.len())).filter(|row| context.keeps(Table::Leads, *row)).map(|row| costs[row]).sum::<f64>().round()
            as i64;
    }
    let spend = &context.history.spend;
    let amount = |row: usize| {
        let at = spend.at.get(row);
        let counts = spend.side.get(row) == Side::Marketing && context.question.period.contains(at);
        match context.spend_amount(row) {
            Amount::Minor(minor) if counts && context.view.counts(at, spend.recorded_at.get(row)) => minor,
            _ => 0,
        }
    };
    (0..spend.len()).map(amount).sum()
}

fn unconverted(context: &Context) -> Rate {
    let horizon_micros = i64::from(context.question.settings.horizon_days) * MICROS_PER_DAY;
    let mut rate = Rate::default();
    for row in (0..context.history.leads.len()).filter(|row| context.keeps(Table::Leads, *row)) {
        let facts = &context.view.leads[row];
        let Some(at) = facts.from(Stage::Mql).filter(|at| facts.counts_in(Stage::Mql) && context.question.period.contains(*at)) else {
            continue;
        };
        if facts.records(Stage::Customer) && context.view.as_of.0 - at.0 >= horizon_micros {
            rate.of += 1;
            rate.hits += u64::from(!facts.has_reached(Stage::Customer));
        }
    }
    rate
}
