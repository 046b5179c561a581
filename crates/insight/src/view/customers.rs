//! Companies that became customers: when, and by which deal or lead.

use alignment::{Instant, lifecycle::Stage};
use rustc_hash::FxHashMap;

use super::View;

/// The first signature of a company.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Customer {
    pub at: Instant,
    /// Row of the deal, or else of the lead, that made it a customer.
    pub deal: Option<usize>,
    pub lead: Option<usize>,
}

impl View<'_> {
    /// By row of `History::companies`.
    pub fn customers(&self) -> &FxHashMap<usize, Customer> {
        self.customers.get_or_init(|| {
            let mut found: FxHashMap<usize, Customer> = FxHashMap::default();
            let mut keep = |company: usize, customer: Customer| {
                let known = found.entry(company).or_insert(customer);
                if customer.at < known.at {
                    *known = customer;
                }
            };
            for (row, state) in self.deals.iter().enumerate() {
                let won = state.filter(|state| state.is_won());
                if let Some((company, state)) = self.company_of_deal(row).zip(won) {
                    keep(company, Customer { at: state.counts_from, deal: Some(row), lead: None });
                }
            }
            for (row, facts) in self.leads.iter().enumerate() {
                let signed_at = facts.from(Stage::Customer);
                if let Some((at, company)) = signed_at.and_then(|at| Some((at, self.company_of_lead(row)?))) {
                    keep(company, Customer { at, deal: None, lead: Some(row) });
                }
            }
            found
        })
    }

    /// Whether anybody writes down that customers leave.
    pub fn records_churn(&self) -> bool {
        *self.records_churn.get_or_init(|| self.history.companies.churned_at.values().iter().any(|at| *at != crate::history::NONE))
    }
}
