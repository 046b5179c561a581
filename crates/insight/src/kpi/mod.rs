//! The numbers: one file for each, with its words, unit, formula, rule and test. This list is what pages, API, command line and
//! documentation are made of.

mod cac;
mod cohort;
mod content_use_rate;
mod cost_per_customer;
mod cost_per_lead;
mod cost_per_mql;
mod cost_per_sql;
mod crm_adoption_rate;
mod customer_acquisition;
mod customers;
mod data_completeness_rate;
mod deal_size;
mod deal_win_rate;
#[cfg(test)]
mod docs;
mod drop_off_rate;
mod follow_up_hours;
mod lead_to_customer_rate;
mod lead_velocity_rate;
mod leads;
mod marketing_influenced_revenue_rate;
mod marketing_sourced_revenue_rate;
mod money;
mod mql_to_sal_rate;
mod mql_to_sql_rate;
mod mqls;
#[cfg(test)]
pub(crate) mod olist_tests;
mod pipeline_coverage;
mod promises;
mod rejection_rate;
mod retention_rate;
mod revenue;
mod sal_to_sql_rate;
mod sales_cycle_days;
mod sals;
mod sla_kept_rate;
mod sqls;
mod stuck_deals;
#[cfg(test)]
mod tests;
mod wasted_spend;
mod weighted_pipeline;
mod win_rate;

pub use money::{Origins, Purposes};
pub use promises::{ClockState, clock_state};
pub use sales_cycle_days::first_contact;
pub use stuck_deals::Idleness;
pub use weighted_pipeline::StageRates;

pub(crate) use cohort::{Decision, converting, decision, entering, known};
pub(crate) use money::lead_costs;
pub(crate) use wasted_spend::is_never_contacted;

pub use crate::engine::Kpi;
use crate::{
    answer::{Evidence, KpiAnswer},
    engine::{self, Context},
    history::History,
    question::Question,
};

/// What every definition needs.
mod prelude {
    pub use alignment::{
        Instant,
        lifecycle::{DealStage, Side, Stage},
    };

    pub use super::{
        cohort::{Decision, corrected, decision, entering, known},
        money::{AMOUNT_ASIDES, SPEND_ASIDES, in_money, lagged, lead_costs, open_amount, origins, signed_amount, spent},
    };
    pub use crate::{
        answer::{Better, Kind, Measure, Team, Unit},
        engine::{Beside, Clip, Context, Kpi, Observation, Observe, Part, Splits, Summary, no_target, nothing_beside, nothing_to_prepare},
        rows::Table,
        view::LeadFacts,
    };
}

pub static ALL: &[&Kpi] = &[
    &leads::KPI,
    &mqls::KPI,
    &sals::KPI,
    &sqls::KPI,
    &customers::KPI,
    &mql_to_sal_rate::KPI,
    &mql_to_sql_rate::KPI,
    &sal_to_sql_rate::KPI,
    &win_rate::KPI,
    &lead_to_customer_rate::KPI,
    &deal_win_rate::KPI,
    &customer_acquisition::KPI,
    &sales_cycle_days::KPI,
    &lead_velocity_rate::KPI,
    &follow_up_hours::KPI,
    &revenue::KPI,
    &deal_size::KPI,
    &retention_rate::KPI,
    &marketing_sourced_revenue_rate::KPI,
    &marketing_influenced_revenue_rate::KPI,
    &cost_per_lead::KPI,
    &cost_per_mql::KPI,
    &cost_per_sql::KPI,
    &cost_per_customer::KPI,
    &cac::KPI,
    &wasted_spend::KPI,
    &sla_kept_rate::KPI,
    &rejection_rate::KPI,
    &drop_off_rate::KPI,
    &data_completeness_rate::KPI,
    &crm_adoption_rate::KPI,
    &content_use_rate::KPI,
    &pipeline_coverage::KPI,
    &weighted_pipeline::KPI,
    &stuck_deals::KPI,
];

pub fn find(key: &str) -> Option<&'static Kpi> {
    ALL.iter().copied().find(|kpi| kpi.key == key)
}

/// One number; `None`: there is none with this key.
pub fn answer(history: &History, question: &Question, key: &str) -> Option<KpiAnswer> {
    find(key).map(|kpi| engine::answer(&Context::of(history, question), kpi))
}

/// All numbers. What they share is worked out once.
pub fn scoreboard(history: &History, question: &Question) -> Vec<KpiAnswer> {
    let context = Context::of(history, question);
    engine::answers(&context, ALL)
}

/// The rows that add up to a number, by id; with `segment`, to one of its segments (by label or id; `Some(None)` is what is not
/// recorded). `None`: there is no such number or segment.
pub fn evidence(
    history: &History,
    question: &Question,
    key: &str,
    segment: Option<Option<&str>>,
    offset: usize,
    limit: usize,
) -> Option<Evidence> {
    find(key).and_then(|kpi| engine::evidence(&Context::of(history, question), kpi, segment, offset, limit))
}
