//! In which order the numbers stand, and under which heads.

/// (head, keys). A number that stands nowhere here is shown last, so that none gets lost.
pub static GROUPS: &[(&str, &[&str])] = &[
    (
        "Outcome",
        &["revenue", "customers", "lead_to_customer_rate", "sales_cycle_days", "cac", "deal_win_rate", "deal_size", "retention_rate"],
    ),
    ("Funnel", &["leads", "mqls", "sals", "sqls", "customer_acquisition", "lead_velocity_rate"]),
    ("From stage to stage", &["mql_to_sal_rate", "mql_to_sql_rate", "sal_to_sql_rate", "win_rate", "rejection_rate", "drop_off_rate"]),
    ("Working together", &["sla_kept_rate", "follow_up_hours", "crm_adoption_rate", "content_use_rate", "data_completeness_rate"]),
    ("Marketing’s part", &["marketing_sourced_revenue_rate", "marketing_influenced_revenue_rate", "wasted_spend"]),
    ("Cost", &["cost_per_lead", "cost_per_mql", "cost_per_sql", "cost_per_customer"]),
    ("Pipeline", &["weighted_pipeline", "pipeline_coverage", "stuck_deals"]),
];

pub const REST: &str = "More";

/// `items` under their heads, in the order above.
pub fn grouped<T>(mut items: Vec<T>, key: impl Fn(&T) -> &str) -> Vec<(&'static str, Vec<T>)> {
    let mut groups = Vec::new();
    for (head, keys) in GROUPS {
        let mut group = Vec::new();
        for wanted in *keys {
            if let Some(index) = items.iter().position(|item| key(item) == *wanted) {
                group.push(items.remove(index));
            }
        }
        groups.push((*head, group));
    }
    groups.push((REST, items));
    groups.retain(|(_, group)| !group.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_lost_and_none_is_named_that_does_not_exist() {
        let keys: Vec<_> = insight::kpi::ALL.iter().map(|kpi| kpi.key).collect();
        let shown: usize = grouped(keys.clone(), |key| key).iter().map(|(_, group)| group.len()).sum();
        assert_eq!(shown, keys.len());
        for key in GROUPS.iter().flat_map(|(_, keys)| keys.iter()) {
            assert!(keys.contains(key), "{key}");
        }
    }
}
