//! All that the numbers of one question share: worked out once, however many numbers are asked for.

use alignment::{
    Instant, Money,
    lifecycle::{DealStage, Side},
};

use super::{Months, Segments};
use crate::{
    history::{History, currency_code},
    kpi::{Origins, Purposes, StageRates},
    once::Once,
    question::{Filter, Journey, Period, Question},
    rows::Table,
    view::View,
};

pub struct Context<'a> {
    pub history: &'a History,
    pub question: &'a Question,
    pub view: View<'a>,
    pub months: Months,
    pub segments: Option<Segments>,
    filtered: Option<Filtered>,
    currency: u32,
    other_than_won: Once<bool>,
    pub(crate) lead_costs: Once<Option<Vec<f64>>>,
    pub(crate) used_content: Once<Option<Vec<bool>>>,
    pub(crate) purposes: Once<Purposes>,
    pub(crate) origins: Once<Origins>,
    pub(crate) content_revenue: Once<Vec<i64>>,
    pub(crate) stage_rates: Once<StageRates>,
    pub(crate) revenue_plan: Once<Vec<(Period, i64)>>,
}

/// Which rows the question's filters keep. `None`: the table can't be filtered so.
struct Filtered {
    leads: Vec<bool>,
    deals: Vec<bool>,
    spend: Option<Vec<bool>>,
    content: Option<Vec<bool>>,
    clocks: Vec<bool>,
    companies: Vec<bool>,
}

/// An amount, seen in the currency of the question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    Minor(i64),
    /// In another currency: never added up with the others.
    Other(Money),
    NotRecorded,
}

impl<'a> Context<'a> {
    pub fn of(history: &'a History, question: &'a Question) -> Context<'a> {
        let view = View::at(history, question.as_of, question.known_at);
        let months = Months::of(question, view.extent());
        let segments = question.by.as_ref().map(|dimension| Segments::of(&view, dimension));
        let filtered = question.filters.iter().map(|filter| filtered_by(&view, filter)).reduce(both);
        Context {
            history,
            question,
            view,
            months,
            segments,
            filtered,
            currency: currency_code(question.currency),
            other_than_won: Once::default(),
            lead_costs: Once::default(),
            used_content: Once::default(),
            purposes: Once::default(),
            origins: Once::default(),
            content_revenue: Once::default(),
            stage_rates: Once::default(),
            revenue_plan: Once::default(),
        }
    }

    /// Whether there is a deal, by then, that was not won. A record of won deals alone says nothing about how many were not.
    pub fn records_other_than_won(&self) -> bool {
        *self.other_than_won.get_or_init(|| self.view.deals.iter().flatten().any(|state| state.stage != Some(DealStage::Won)))
    }

    pub fn rows(&self, table: Table) -> &[i64] {
        match table {
            Table::Leads => self.history.leads.ids(),
            Table::Deals => self.history.deals.ids(),
            Table::Spend => self.history.spend.ids(),
            Table::Content => self.history.content.ids(),
            Table::Clocks => self.history.clocks.ids(),
            Table::Companies => self.history.companies.ids(),
            _ => &[],
        }
    }

    /// Whether the filters keep a row. A table that can't be filtered so keeps nothing; see [`Context::can_filter`].
    pub fn keeps(&self, table: Table, row: usize) -> bool {
        let Some(filtered) = &self.filtered else { return true };
        match table {
            Table::Leads => filtered.leads[row],
            Table::Deals => filtered.deals[row],
            Table::Spend => filtered.spend.as_ref().is_some_and(|kept| kept[row]),
            Table::Content => filtered.content.as_ref().is_some_and(|kept| kept[row]),
            Table::Clocks => filtered.clocks[row],
            Table::Companies => filtered.companies[row],
            _ => false,
        }
    }

    /// Whether the table has what the filters ask about.
    pub fn can_filter(&self, table: Table) -> bool {
        match (&self.filtered, table) {
            (Some(filtered), Table::Spend) => filtered.spend.is_some(),
            (Some(filtered), Table::Content) => filtered.content.is_some(),
            _ => true,
        }
    }

    /// The segment of each row, where the question has a dimension and the table knows it.
    pub fn segments_of(&self, table: Table) -> Option<&[u32]> {
        let segments = self.segments.as_ref()?;
        match table {
            Table::Leads => Some(&segments.leads),
            Table::Deals => Some(&segments.deals),
            Table::Spend => segments.spend.as_deref(),
            Table::Content => segments.content.as_deref(),
            Table::Clocks => Some(&segments.clocks),
            Table::Companies => Some(&segments.companies),
            _ => None,
        }
    }

    pub fn deal_amount(&self, deal_row: usize) -> Amount {
        self.amount(&self.history.deals.amount, deal_row)
    }

    pub fn spend_amount(&self, spend_row: usize) -> Amount {
        self.amount(&self.history.spend.amount, spend_row)
    }

    fn amount(&self, amounts: &crate::history::Amounts, row: usize) -> Amount {
        match amounts.minor_in(row, self.currency) {
            Some(minor) => Amount::Minor(minor),
            None => amounts.get(row).map_or(Amount::NotRecorded, Amount::Other),
        }
    }

    /// When a deal was won: the instant it counts from, and the signature if it was written down.
    pub fn won(&self, deal_row: usize) -> Option<(Instant, Option<Instant>)> {
        self.view.deals[deal_row].filter(|state| state.is_won()).map(|state| (state.counts_from, state.at))
    }

    /// Whether the deal was there and neither won nor lost.
    pub fn is_open(&self, deal_row: usize) -> bool {
        let opened_at = self.history.deals.opened_at.get(deal_row);
        let is_open = |state: &crate::history::DealState| state.stage.is_none_or(|stage| !stage.is_closed());
        self.view.deals[deal_row].as_ref().is_some_and(is_open) && opened_at.is_none_or(|at| at <= self.view.as_of)
    }

    /// Row of the first touch that leads to a deal: of its people or of its company, as the Agreement says. A deal without people is
    /// led to by its company.
    pub fn first_touch_of_deal(&self, deal_row: usize, marketing_only: bool) -> Option<usize> {
        let people = self.history.deals.people.get(deal_row);
        if self.question.settings.journey == Journey::Company || people.is_empty() {
            return self.view.first_touch_of_group(self.history.deal_group(deal_row), marketing_only.then_some(Side::Marketing));
        }
        self.view.first_touch_of_people(people, marketing_only)
    }
}

fn filtered_by(view: &View, filter: &Filter) -> Filtered {
    let segments = Segments::of(view, &filter.dimension);
    let places = segments.places(filter.value.as_deref());
    let kept = |rows: &[u32]| rows.iter().map(|place| places.contains(place)).collect::<Vec<bool>>();
    Filtered {
        leads: kept(&segments.leads),
        deals: kept(&segments.deals),
        spend: segments.spend.as_deref().map(kept),
        content: segments.content.as_deref().map(kept),
        clocks: kept(&segments.clocks),
        companies: kept(&segments.companies),
    }
}

fn both(a: Filtered, b: Filtered) -> Filtered {
    let and = |a: Vec<bool>, b: Vec<bool>| a.into_iter().zip(b).map(|(a, b)| a && b).collect::<Vec<bool>>();
    let maybe = |a: Option<Vec<bool>>, b: Option<Vec<bool>>| Some(and(a?, b?));
    Filtered {
        leads: and(a.leads, b.leads),
        deals: and(a.deals, b.deals),
        spend: maybe(a.spend, b.spend),
        content: maybe(a.content, b.content),
        clocks: and(a.clocks, b.clocks),
        companies: and(a.companies, b.companies),
    }
}
