//! The numbers of a real funnel: 8,000 marketing qualified leads of a Brazilian marketplace and the 842 deals closed from them.

use std::{collections::HashMap, path::Path};

use alignment::{
    Money,
    lifecycle::{DealStage, Stage, StageSet},
};

use super::*;
use crate::{
    answer::State,
    funnel::funnel,
    question::Dimension,
    rows::{DealRow, Delta, LeadRow},
    testing::*,
};

pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/olist");

fn rows(file: &str) -> Vec<HashMap<String, String>> {
    csv::Reader::from_path(Path::new(FOLDER).join(file)).unwrap().deserialize().map(Result::unwrap).collect()
}

fn instant(text: &str) -> alignment::Instant {
    let text = text.trim().replace(' ', "T");
    if text.contains('T') { format!("{text}Z").parse().unwrap() } else { text.parse().unwrap() }
}

fn revenue_by_seller() -> HashMap<String, i64> {
    let mut minor = HashMap::new();
    for row in rows("olist_order_items_of_won_sellers.csv") {
        let price: f64 = row["price"].parse().unwrap();
        *minor.entry(row["seller_id"].clone()).or_default() += (price * 100.0).round() as i64;
    }
    minor
}

pub(crate) fn olist() -> Delta {
    let mut delta = Delta::default();
    let mut lead_of = HashMap::new();
    for (row, id) in rows("olist_marketing_qualified_leads_dataset.csv").into_iter().zip(1..) {
        let at = instant(&row["first_contact_date"]);
        let stages_recorded = StageSet::of(&[Stage::Lead, Stage::Mql, Stage::Customer]);
        delta.people.push(person(id, None));
        delta.leads.push(LeadRow { opened_at: at, recorded_at: at, stages_recorded, ..lead(id, &row["origin"], 0.0) });
        delta.transitions.push(crate::rows::TransitionRow { at: Some(at), recorded_at: at, ..entered(id, id, Stage::Mql, 0.0) });
        lead_of.insert(row["mql_id"].clone(), id);
    }
    let revenue = revenue_by_seller();
    for (row, id) in rows("olist_closed_deals_dataset.csv").into_iter().zip(1..) {
        let (lead, at) = (lead_of[&row["mql_id"]], instant(&row["won_date"]));
        let amount = revenue.get(&row["seller_id"]).map(|minor| Money::new(*minor, "BRL".parse().unwrap()));
        delta.transitions.push(crate::rows::TransitionRow {
            at: Some(at),
            recorded_at: at,
            ..entered(10_000 + id, lead, Stage::Customer, 0.0)
        });
        delta.deals.push(DealRow { opened_at: None, recorded_at: at, ..deal(id, Some(lead), &[lead], amount, 0.0) });
        delta.deal_transitions.push(crate::rows::DealTransitionRow { at: Some(at), recorded_at: at, ..moved(id, id, DealStage::Won, 0.0) });
    }
    delta
}

#[test]
fn numbers_of_a_real_funnel() {
    if !Path::new(FOLDER).exists() {
        println!("skipped: {FOLDER} is not there");
        return;
    }
    let history = history(olist());
    let question = Question { currency: "BRL".parse().unwrap(), by: Some(Dimension::Source), ..question() };
    let answer = funnel(&history, &question);
    let total = &answer.total;
    assert_eq!((total.leads, total.mqls, total.sals, total.sqls, total.customers), (Some(8000), Some(8000), None, None, Some(842)));
    assert!((total.lead_to_customer.unwrap() - 0.10525).abs() < 1e-12);
    assert_eq!((total.revenue.minor, total.deals_with_revenue), (67_685_148, 380));
    let by_source: HashMap<Option<&str>, _> = answer.rows.iter().map(|row| (row.label.as_deref(), (row.customers, row.leads))).collect();
    for (source, customers, leads) in [
        (Some("organic_search"), 271, 2296),
        (Some("paid_search"), 195, 1586),
        (Some("social"), 75, 1350),
        (Some("unknown"), 179, 1099),
        (Some("direct_traffic"), 56, 499),
        (Some("email"), 15, 493),
        (Some("referral"), 24, 284),
        (None, 14, 60),
    ] {
        assert_eq!(by_source[&source], (Some(customers), Some(leads)), "{source:?}");
    }
    assert_eq!(answer.faults.iter().map(|fault| (fault.kind, fault.total)).collect::<Vec<_>>(), FAULTS);

    let scoreboard: HashMap<&str, KpiAnswer> = scoreboard(&history, &question).into_iter().map(|answer| (answer.key, answer)).collect();
    let rate = &scoreboard["lead_to_customer_rate"].measure;
    assert_eq!((rate.hits, rate.n, rate.state), (Some(842), 8000, State::Measured));
    for key in ["sals", "sqls", "mql_to_sal_rate", "mql_to_sql_rate", "win_rate", "follow_up_hours", "cost_per_lead"] {
        assert_eq!((scoreboard[key].measure.state, scoreboard[key].measure.value), (State::NotRecorded, None), "{key}");
    }
    let cycle = &scoreboard["sales_cycle_days"].measure;
    assert_eq!((cycle.n, cycle.also("data_faults")), (841, Some(1.0)));
}

const FAULTS: [(&str, u64); 2] = [("customer_before_opened", 1), ("signed_before_first_contact", 1)];
