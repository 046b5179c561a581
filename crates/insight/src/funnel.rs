//! The funnel by segment: how many leads got to each stage, and what they brought in.

use alignment::{Instant, Money, lifecycle::Stage};

use crate::{
    answer::{DataFault, FunnelAnswer, FunnelRow},
    engine::{Amount, Context, Label},
    history::History,
    kpi::first_contact,
    question::Question,
    rows::Table,
};

/// Ids that a fault lists; its total counts them all.
const LISTED_MAX: usize = 1000;

/// Stages by the instant they were entered, revenue by that of the signature, both inside the period; the conversion is by cohort of
/// the lead. A deal counts where its lead does, one without lead where nothing is recorded.
pub fn funnel(history: &History, question: &Question) -> FunnelAnswer {
    let context = Context::of(history, question);
    let nothing = [Label { name: None, id: None }];
    let labels = context.segments.as_ref().map_or(&nothing[..], |segments| &segments.labels);
    let mut counts = vec![Counts::default(); labels.len()];
    let place_of = |lead_row: usize| context.segments.as_ref().map_or(0, |segments| segments.leads[lead_row] as usize);
    for row in (0..context.view.leads.len()).filter(|row| context.keeps(Table::Leads, *row)) {
        counts[place_of(row)].add_lead(&context, row);
    }
    for row in 0..history.deals.len() {
        let lead = context.view.lead_of_deal(row);
        let kept = lead.map_or_else(|| context.keeps(Table::Deals, row), |lead| context.keeps(Table::Leads, lead));
        if kept {
            counts[lead.map_or(0, place_of)].add_deal(&context, row);
        }
    }
    let mut total = Counts::default();
    counts.iter().for_each(|count| total.merge(count));
    let mut rows: Vec<FunnelRow> = Vec::new();
    if question.by.is_some() {
        let shown = labels.iter().zip(&counts).filter(|(_, count)| !count.is_empty());
        rows.extend(shown.map(|(label, count)| count.row(label, question)));
        rows.sort_by(|a, b| b.leads.cmp(&a.leads).then_with(|| (&a.label, a.id).cmp(&(&b.label, b.id))));
    }
    FunnelAnswer { rows, total: total.row(&nothing[0], question), faults: faults(&context) }
}

#[derive(Clone, Default)]
struct Counts {
    leads: u64,
    entered: [u64; Stage::COUNT],
    /// Leads of which the stage is written down.
    records: [u64; Stage::COUNT],
    cohort: u64,
    converted: u64,
    revenue_minor: i64,
    deals_with_revenue: u64,
    deals: u64,
}

impl Counts {
    fn add_lead(&mut self, context: &Context, row: usize) {
        let facts = &context.view.leads[row];
        let period = context.question.period;
        let Some(begins) = facts.begins() else { return };
        self.leads += 1;
        for stage in Stage::ALL {
            self.records[stage as usize] += facts.records(stage) as u64;
            let entered = facts.counts_in(stage) && facts.from(stage).is_some_and(|at| period.contains(at));
            self.entered[stage as usize] += entered as u64;
        }
        if period.contains(begins) && facts.counts_in(Stage::Lead) && facts.records(Stage::Customer) {
            self.cohort += 1;
            self.converted += facts.has_reached(Stage::Customer) as u64;
        }
    }

    fn add_deal(&mut self, context: &Context, row: usize) {
        let Some((at, _)) = context.won(row) else { return };
        if let (true, Amount::Minor(minor)) = (context.question.period.contains(at), context.deal_amount(row)) {
            self.revenue_minor += minor;
            self.deals_with_revenue += (minor != 0) as u64;
            self.deals += 1;
        }
    }

    fn merge(&mut self, other: &Counts) {
        self.leads += other.leads;
        self.entered.iter_mut().zip(other.entered).for_each(|(ours, theirs)| *ours += theirs);
        self.records.iter_mut().zip(other.records).for_each(|(ours, theirs)| *ours += theirs);
        self.cohort += other.cohort;
        self.converted += other.converted;
        self.revenue_minor += other.revenue_minor;
        self.deals_with_revenue += other.deals_with_revenue;
        self.deals += other.deals;
    }

    fn is_empty(&self) -> bool {
        self.leads == 0 && self.deals == 0
    }

    fn row(&self, label: &Label, question: &Question) -> FunnelRow {
        let stage = |stage: Stage| (self.leads == 0 || self.records[stage as usize] > 0).then_some(self.entered[stage as usize]);
        FunnelRow {
            label: label.name.clone(),
            id: label.id,
            leads: stage(Stage::Lead),
            mqls: stage(Stage::Mql),
            sals: stage(Stage::Sal),
            sqls: stage(Stage::Sql),
            sales_ready: stage(Stage::SalesReady),
            opportunities: stage(Stage::Opportunity),
            customers: stage(Stage::Customer),
            rejected: stage(Stage::Rejected),
            recycled: stage(Stage::Recycled),
            lost: stage(Stage::Lost),
            lead_to_customer: (self.cohort > 0).then(|| self.converted as f64 / self.cohort as f64),
            revenue: Money::new(self.revenue_minor, question.currency),
            deals_with_revenue: self.deals_with_revenue,
        }
    }
}

fn faults(context: &Context) -> Vec<DataFault> {
    let period = context.question.period;
    let (leads, deals) = (&context.history.leads, &context.history.deals);
    let too_early = |row: &usize| {
        let signed_at = context.view.leads[*row].at(Stage::Customer).filter(|at| period.contains(*at));
        context.keeps(Table::Leads, *row) && signed_at.is_some_and(|at| at < leads.opened_at.get(*row))
    };
    let signed_first = |row: &usize| {
        let signed_at: Option<Instant> = context.won(*row).and_then(|(_, at)| at).filter(|at| period.contains(*at));
        let first_at = |_| first_contact(context, *row);
        context.keeps(Table::Deals, *row) && signed_at.is_some_and(|signed_at| first_at(()).is_some_and(|first_at| first_at > signed_at))
    };
    let leads = (0..leads.len()).filter(too_early).map(|row| leads.ids()[row]).collect();
    let deals = (0..deals.len()).filter(signed_first).map(|row| deals.ids()[row]).collect();
    let all = [
        fault("customer_before_opened", "The lead became a customer before it was opened.", Table::Leads, leads),
        fault("signed_before_first_contact", "The deal was signed before the first contact.", Table::Deals, deals),
    ];
    all.into_iter().filter(|fault| fault.total > 0).collect()
}

fn fault(kind: &'static str, words: &'static str, table: Table, mut ids: Vec<i64>) -> DataFault {
    let total = ids.len() as u64;
    ids.truncate(LISTED_MAX);
    DataFault { kind, words, table, ids, total }
}

#[cfg(test)]
mod tests {
    use alignment::lifecycle::{DealStage, StageSet};

    use super::*;
    use crate::{question::Dimension, rows::Delta, testing::*};

    fn world() -> Delta {
        let mut delta = Delta {
            people: (1..5).map(|id| person(id, None)).collect(),
            leads: vec![lead(1, "organic", 0.0), lead(2, "organic", 0.0), lead(3, "unknown", 0.0), lead(4, "", 10.0)],
            transitions: vec![entered(1, 1, Stage::Customer, 9.0), entered(2, 4, Stage::Customer, 5.0)],
            deals: vec![
                deal(1, Some(1), &[1], Some(eur(70)), 1.0),
                deal(2, Some(4), &[4], Some(eur(20)), 1.0),
                deal(3, None, &[], Some(eur(5)), 1.0),
            ],
            deal_transitions: vec![moved(1, 1, DealStage::Won, 9.0), moved(2, 2, DealStage::Won, 5.0), moved(3, 3, DealStage::Won, 5.0)],
            ..Delta::default()
        };
        delta.leads.iter_mut().for_each(|lead| lead.stages_recorded = StageSet::of(&[Stage::Mql, Stage::Customer]));
        delta
    }

    #[test]
    fn blank_is_not_unknown() {
        let mut question = question();
        question.by = Some(Dimension::Source);
        let answer = funnel(&history(world()), &question);
        let rows: Vec<_> =
            answer.rows.iter().map(|row| (row.label.as_deref(), row.leads, row.sqls, row.customers, row.revenue.minor)).collect();
        assert_eq!(
            rows,
            [
                (Some("organic"), Some(2), None, Some(1), 7000),
                (None, Some(1), None, Some(1), 2500),
                (Some("unknown"), Some(1), None, Some(0), 0)
            ]
        );
        assert_eq!((answer.total.leads, answer.total.revenue.minor, answer.total.deals_with_revenue), (Some(4), 9500, 3));
        assert_eq!(answer.total.lead_to_customer, Some(0.5));
        let faults: Vec<_> = answer.faults.iter().map(|fault| (fault.kind, fault.ids.clone())).collect();
        assert_eq!(faults, [("customer_before_opened", vec![4]), ("signed_before_first_contact", vec![2])]);
    }

    #[test]
    fn nothing_has_a_funnel_too() {
        let answer = funnel(&History::empty(), &question());
        assert_eq!((answer.rows.len(), answer.total.leads, answer.total.lead_to_customer), (0, Some(0), None));
    }
}
