//! What a change is worth, by what leads of the stage have brought so far.

use alignment::{Instant, lifecycle::Stage};
use serde::Serialize;

use super::{
    looks::What,
    material::{Cell, Shape},
};
use crate::engine::{Amount, Context, Kpi};

/// Money, with the assumption behind it: each `unit` more or less brings what one has brought on average so far.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Worth {
    /// Minor units; below 0 is a loss.
    pub minor: i64,
    /// More (or fewer) of them than there would have been.
    pub units: f64,
    pub unit: &'static str,
    pub each_minor: i64,
    /// How many the average is of.
    pub n: u64,
}

/// Average revenue of a lead by the stage it reached, and of a won deal.
pub struct Values {
    stages: [(f64, u64); Stage::FUNNEL.len()],
    won: (f64, u64),
}

impl Values {
    /// Of leads that entered the stage a horizon ago or earlier, so that most have had the time to buy.
    pub fn of(context: &Context) -> Values {
        let (view, deals) = (&context.view, &context.history.deals);
        let mut revenue = vec![0.0; view.leads.len()];
        let mut won = (0.0, 0);
        for row in 0..deals.len() {
            let (Some(_), Amount::Minor(minor)) = (context.won(row), context.deal_amount(row)) else { continue };
            won = (won.0 + minor as f64, won.1 + 1);
            if let Some(lead) = view.lead_of_deal(row) {
                revenue[lead] += minor as f64;
            }
        }
        let ripe: Instant = view.as_of.plus_days(-i64::from(context.question.settings.horizon_days));
        let mut stages = [(0.0, 0); Stage::FUNNEL.len()];
        for (facts, revenue) in view.leads.iter().zip(&revenue) {
            for (stage, (sum, count)) in Stage::FUNNEL.iter().zip(&mut stages) {
                if facts.counts_in(*stage) && facts.from(*stage).is_some_and(|at| at <= ripe) {
                    (*sum, *count) = (*sum + revenue, *count + 1);
                }
            }
        }
        Values { stages, won }
    }

    fn each(&self, unit: Unit) -> Option<(f64, u64)> {
        let (sum, count) = match unit {
            Unit::Stage(stage) => self.stages[stage as usize],
            Unit::Won => self.won,
        };
        (count > 0 && sum > 0.0).then(|| (sum / count as f64, count))
    }

    /// What it is worth that a segment's rows did otherwise than those they are held against. `None`: the number is not worth money, or
    /// nothing has been sold yet.
    pub fn of_difference(&self, kpi: &Kpi, shape: Shape, what: What, against: Cell, cell: Cell, expected: f64) -> Option<Worth> {
        if matches!(kpi.key, "revenue" | "deal_size") {
            let step = cell.sums.value()? - against.sums.value()?;
            let minor = (step * cell.sums.below).round() as i64;
            return Some(Worth { minor, units: cell.sums.below, unit: "won deal", each_minor: step.round() as i64, n: cell.rows });
        }
        let (unit, sign) = unit_of(kpi.key)?;
        let units = match (shape, what) {
            (Shape::Rate, _) => (cell.sums.value()? - against.sums.value()?) * cell.n as f64,
            (Shape::Count, _) => cell.hits as f64 - expected,
            _ => return None,
        };
        let (each, n) = self.each(unit)?;
        Some(Worth {
            minor: (sign * units * each).round() as i64,
            units: sign * units,
            unit: unit.name(),
            each_minor: each.round() as i64,
            n,
        })
    }
}

#[derive(Clone, Copy)]
enum Unit {
    Stage(Stage),
    Won,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Stage(stage) => stage.name(),
            Unit::Won => "won deal",
        }
    }
}

/// What there is more of when the number is higher, and whether that is a gain.
fn unit_of(key: &str) -> Option<(Unit, f64)> {
    Some(match key {
        "leads" => (Unit::Stage(Stage::Lead), 1.0),
        "mqls" => (Unit::Stage(Stage::Mql), 1.0),
        "sals" | "mql_to_sal_rate" => (Unit::Stage(Stage::Sal), 1.0),
        "rejection_rate" => (Unit::Stage(Stage::Sal), -1.0),
        "sqls" | "mql_to_sql_rate" | "sal_to_sql_rate" => (Unit::Stage(Stage::Sql), 1.0),
        "customers" | "win_rate" | "lead_to_customer_rate" => (Unit::Stage(Stage::Customer), 1.0),
        "deal_win_rate" => (Unit::Won, 1.0),
        _ => return None,
    })
}
