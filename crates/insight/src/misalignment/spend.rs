//! What was spent on leads that sales rejected, or never contacted: by their source's or campaign's cost per lead.

use alignment::lifecycle::Stage;

use super::cost::CostRow;
use crate::{
    engine::Context,
    kpi::{is_never_contacted, lead_costs},
    rows::Table,
};

/// Why money on a lead was spent for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waste {
    Rejected,
    NeverContacted,
}

/// By lead row; the two together are the wasted spend of the scoreboard.
pub fn waste_of(context: &Context, row: usize) -> Option<Waste> {
    let facts = &context.view.leads[row];
    let at = facts.begins().filter(|_| context.keeps(Table::Leads, row))?;
    if !context.question.period.contains(at) {
        return None;
    }
    if facts.exit() == Some(Stage::Rejected) {
        return Some(Waste::Rejected);
    }
    is_never_contacted(context, row).then_some(Waste::NeverContacted)
}

/// Rows of leads with what they cost, in whole minor units that add up to the rounded sum. `None`: nobody writes down what is spent.
pub fn rows(context: &Context, wastes: &[Option<Waste>], wanted: Waste) -> Option<Vec<CostRow>> {
    let costs = lead_costs(context)?;
    let (mut sum, mut given) = (0.0, 0);
    let mut rows = Vec::new();
    for (row, _) in wastes.iter().enumerate().filter(|(_, waste)| **waste == Some(wanted)) {
        sum += costs[row];
        let amount_minor = sum.round() as i64 - given;
        given += amount_minor;
        rows.push(CostRow { row, id: context.history.leads.ids()[row], amount_minor, quantity: None });
    }
    Some(rows)
}
