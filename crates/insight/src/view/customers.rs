//! Companies that became customers: when, and by which deal or lead.

use alignment::{Instant, lifecycle::Stage};

use super::View;

/// The first signature of a company.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Customer {
    pub at: Instant,
    /// Row of the deal, or else of the lead, that made it a customer.
    pub deal: Option<usize>,
    pub lead: Option<usize>,
}

/// All customers, and which company each is.
pub struct Customers {
    list: Vec<Customer>,
    /// By row of `History::companies`: one more than the place in the list, 0 for none.
    places: Vec<u32>,
}

impl Customers {
    pub fn of_company(&self, company_row: usize) -> Option<&Customer> {
        self.list.get((self.places[company_row] as usize).checked_sub(1)?)
    }

    /// Rows of companies, in order, with the customer each is.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Customer)> + '_ {
        let customer = |(row, place): (usize, &u32)| Some((row, self.list.get((*place as usize).checked_sub(1)?)?));
        self.places.iter().enumerate().filter_map(customer)
    }

    fn keep(&mut self, company_row: usize, customer: Customer) {
        match self.places[company_row] {
            0 => {
                self.list.push(customer);
                self.places[company_row] = self.list.len() as u32;
            }
            place => {
                let known = &mut self.list[place as usize - 1];
                if customer.at < known.at {
                    *known = customer;
                }
            }
        }
    }
}

impl View<'_> {
    pub fn customers(&self) -> &Customers {
        self.standing().customers.get_or_init(|| {
            let mut found = Customers { list: Vec::new(), places: vec![0; self.history.companies.len()] };
            for (row, state) in self.deals.iter().enumerate() {
                let won = state.filter(|state| state.is_won());
                if let Some((state, company)) = won.and_then(|state| Some((state, self.company_of_deal(row)?))) {
                    found.keep(company, Customer { at: state.counts_from, deal: Some(row), lead: None });
                }
            }
            for (row, facts) in self.leads.iter().enumerate() {
                let signed_at = facts.from(Stage::Customer);
                if let Some((at, company)) = signed_at.and_then(|at| Some((at, self.company_of_lead(row)?))) {
                    found.keep(company, Customer { at, deal: None, lead: Some(row) });
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
