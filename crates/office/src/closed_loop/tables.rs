//! The two tables of the page: what every model gives, and how sure the chosen one is, with what stands beside.

use alignment::Money;
use insight::{
    answer::{ModelAnswer, ShareRow},
    attribution::{OverviewRow, SELF_REPORTED_FIELD, Standing},
    question::Goal,
};

use super::{
    Shares,
    pages::{behind, row_key},
};
use crate::{
    question::QuestionParams,
    ui::{MoneyUnit, format, known},
};

pub struct Row {
    pub label: String,
    pub cells: Vec<Cell>,
    pub range: String,
    pub address: String,
}

pub struct Cell {
    pub shown: String,
    pub under: String,
    pub address: String,
    pub here: bool,
}

/// A row under the chosen model.
pub struct SureRow {
    pub label: String,
    pub address: String,
    pub given: String,
    pub interval: String,
    pub ranks: String,
    pub models_agree: String,
    pub rank_kept: String,
    pub spent: String,
    pub return_on_spend: String,
    pub said: String,
}

pub struct Said {
    /// Whether the record has the field at all.
    pub is_recorded: bool,
    pub field: &'static str,
    pub rows: Vec<(String, String, String)>,
}

/// How the page writes what the goal counts: customers by their number, everything else in money.
#[derive(Clone, Copy)]
struct Way {
    goal: Goal,
    money: MoneyUnit,
}

impl Way {
    fn of(shares: &Shares) -> Way {
        // The whole under each model is the largest amount of the table, so that all of it is in one unit.
        let amounts = shares.overview.answers.iter().map(|answer| answer.total.revenue.minor as f64);
        Way { goal: shares.question.settings.goal, money: MoneyUnit::of(amounts, shares.question.currency) }
    }

    fn shown(self, revenue: f64, conversions: f64) -> String {
        if self.goal == Goal::Customers { count(conversions) } else { self.money.write(revenue) }
    }

    fn under(self, revenue: f64, conversions: f64) -> String {
        match self.goal {
            Goal::Revenue => format!("{} won", count(conversions)),
            Goal::Pipeline => format!("{} opened", count(conversions)),
            Goal::Customers => self.money.write(revenue),
        }
    }
}

fn count(conversions: f64) -> String {
    let digits = match conversions {
        whole if whole.fract().abs() < 1e-9 => 0,
        // A small share is one all the same.
        small if small < 0.095 => 2,
        _ => 1,
    };
    format::fixed(conversions, digits)
}

pub fn rows(shares: &Shares, by: &str, params: &QuestionParams) -> Vec<Row> {
    let (way, chosen) = (Way::of(shares), shares.overview.chosen);
    let row = |row: &OverviewRow| {
        let compared = &row.compared;
        let key = row_key(compared.label.as_deref(), compared.id);
        let cell = |it: &Standing| Cell {
            shown: way.shown(it.revenue as f64, it.conversions),
            under: way.under(it.revenue as f64, it.conversions),
            address: behind(params, by, it.model, &key),
            here: it.model == chosen,
        };
        let (low, high) = (
            way.shown(compared.revenue_low as f64, compared.conversions_low),
            way.shown(compared.revenue_high as f64, compared.conversions_high),
        );
        Row {
            label: known::label(compared.label.as_deref()),
            cells: compared.standings.iter().map(cell).collect(),
            range: if low == high { low } else { format!("{low} to {high}") },
            address: behind(params, by, chosen, &key),
        }
    };
    shares.overview.rows.iter().map(row).collect()
}

/// One cell per model for the whole, or for what no touch leads to.
pub fn whole(shares: &Shares, by: &str, params: &QuestionParams, pick: fn(&ModelAnswer) -> &ShareRow, row: &str) -> Vec<Cell> {
    let way = Way::of(shares);
    let cell = |answer: &ModelAnswer| {
        let share = pick(answer);
        Cell {
            shown: way.shown(share.revenue.minor as f64, share.conversions),
            under: way.under(share.revenue.minor as f64, share.conversions),
            address: behind(params, by, answer.model, row),
            here: answer.model == shares.overview.chosen,
        }
    };
    shares.overview.answers.iter().map(cell).collect()
}

pub fn sure(shares: &Shares, by: &str, params: &QuestionParams) -> Vec<SureRow> {
    let (way, overview) = (Way::of(shares), &shares.overview);
    let spent = MoneyUnit::of(overview.rows.iter().filter_map(|row| row.spent).map(|minor| minor as f64), shares.question.currency);
    let place = overview.answers.iter().position(|answer| answer.model == overview.chosen).unwrap_or(0);
    let money = |minor: i64| spent.write(minor as f64);
    let row = |row: &OverviewRow| {
        let compared = &row.compared;
        let given = &compared.standings[place];
        let interval = row.interval.as_ref();
        SureRow {
            label: known::label(compared.label.as_deref()),
            address: behind(params, by, overview.chosen, &row_key(compared.label.as_deref(), compared.id)),
            given: way.shown(given.revenue as f64, given.conversions),
            interval: interval.map_or_else(String::new, |it| {
                format!("{} to {}", way.shown(it.revenue.0, it.conversions.0), way.shown(it.revenue.1, it.conversions.1))
            }),
            ranks: interval.map_or_else(String::new, |it| match it.rank {
                (best, worst) if best == worst => best.to_string(),
                (best, worst) => format!("{best} to {worst}"),
            }),
            models_agree: format!("{} of {}", compared.same_rank, compared.standings.len()),
            rank_kept: interval.map_or_else(String::new, |it| format::rate(it.rank_kept)),
            spent: row.spent.map_or_else(|| format::NOT_RECORDED.to_owned(), money),
            return_on_spend: row.return_on_spend.map_or_else(String::new, |ratio| format!("{} ×", format::fixed(ratio, 2))),
            said: row.said.map_or_else(String::new, format::count),
        }
    };
    overview.rows.iter().map(row).collect()
}

/// How the interval came to be, and what it leaves out.
pub fn sure_words(shares: &Shares) -> String {
    let overview = &shares.overview;
    let name = overview.answers.iter().find(|answer| answer.model == overview.chosen).map_or("", |answer| answer.name);
    let drawn = overview.uncertainty.as_ref().map_or_else(
        || format!("{name}. Too few deals, or too large a chain, for an interval."),
        |found| {
            let times = format::count(u64::from(found.replicates));
            format!("{name}, 95% interval from {} {} drawn again {times} times.", format::count(found.units), found.unit)
        },
    );
    let elsewhere = match overview.spent_elsewhere {
        None => " Spend is not recorded by this.".to_owned(),
        Some(0) => String::new(),
        Some(minor) => format!(" {} was spent on what has no row here.", format::money(Money::new(minor, shares.question.currency))),
    };
    format!("{drawn}{elsewhere}")
}

/// What stands behind the Markov column, in words.
pub fn chain_words(shares: &Shares) -> String {
    let Some(chain) = shares.overview.answers.iter().find_map(|answer| answer.chain.as_ref()) else { return String::new() };
    let order = match chain.order == chain.order_asked {
        true => format!("order {}", chain.order),
        false => format!("order {}, as order {} has more states than can be solved while you wait", chain.order, chain.order_asked),
    };
    let misplaced = chain.misplaced_conversions.max(chain.misplaced_revenue);
    let split = if misplaced < 1e-9 {
        String::new()
    } else {
        format!(
            " {} stands with another row than the chain alone would have it, because a deal is only shared out over its own touches.",
            format::rate(misplaced)
        )
    };
    format!(
        "Markov: {} journeys that got there and {} that have not, {order}, {} states, solved exactly.{split}",
        format::count(chain.converted),
        format::count(chain.unconverted),
        format::count(chain.states)
    )
}

pub fn said(shares: &Shares) -> Said {
    let amounts = shares.overview.self_reported.iter().flatten().map(|row| row.minor as f64);
    let money = MoneyUnit::of(amounts, shares.question.currency);
    let rows = shares.overview.self_reported.iter().flatten().map(|row| {
        let label = row.label.as_deref().map_or_else(|| "Nobody said".into(), known::words);
        (label, format::count(row.deals), money.write(row.minor as f64))
    });
    Said { is_recorded: shares.overview.self_reported.is_some(), field: SELF_REPORTED_FIELD, rows: rows.take(20).collect() }
}
