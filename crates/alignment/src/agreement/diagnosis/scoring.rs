//! Scoring rules.

use super::{
    Faults,
    conditions::{Conditions, DAYS_MAX},
};
use crate::{
    agreement::Agreement,
    judging::{FILTERS_MAX, Judge},
};

pub(super) fn check(agreement: &Agreement, conditions: &mut Conditions, faults: &mut Faults) {
    let scoring = &agreement.scoring;
    limit("scoring.fit_points_max", scoring.fit_points_max, faults);
    limit("scoring.engagement_points_max", scoring.engagement_points_max, faults);
    for (index, rule) in scoring.fit.iter().enumerate() {
        let path = format!("scoring.fit[{index}]");
        rule_itself(&path, &rule.name, rule.points, faults);
        conditions.check_fields_alone(&rule.when, &format!("{path}.when"), faults);
    }
    for (index, rule) in scoring.engagement.iter().enumerate() {
        let path = format!("scoring.engagement[{index}]");
        rule_itself(&path, &rule.name, rule.points, faults);
        limit(&format!("{path}.points_max"), rule.points_max, faults);
        if !(rule.half_life_days > 0.0 && rule.half_life_days <= f64::from(DAYS_MAX)) {
            faults.add(format!("{path}.half_life_days"), format!("must be above 0 and at most {DAYS_MAX} days"));
        }
    }
    let filters = Judge::compile(agreement).filters_count();
    if filters > FILTERS_MAX {
        let words =
            format!("criteria and scoring look at {filters} different sorts of activity; an Agreement can have {FILTERS_MAX}: join some");
        faults.add("scoring.engagement", words);
    }
}

fn rule_itself(path: &str, name: &str, points: f64, faults: &mut Faults) {
    if name.trim().is_empty() {
        faults.add(format!("{path}.name"), "give the rule a name, by which scores are explained");
    }
    if !points.is_finite() {
        faults.add(format!("{path}.points"), "write a number");
    }
}

fn limit(path: &str, points_max: f64, faults: &mut Faults) {
    if !(points_max >= 0.0 && points_max.is_finite()) {
        faults.add(path, "must be 0, which is no limit, or above");
    }
}
