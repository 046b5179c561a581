//! What is wrong with an Agreement, clause by clause, in words that say what to write instead.

use super::{Agreement, ReasonFor};
use crate::{fields::Catalogue, lifecycle::Stage};

mod calendars;
mod conditions;
mod routing;
mod scoring;
#[cfg(test)]
mod tests;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Path of the clause as it stands in the TOML, down to the single condition: `stages.mql.criteria.all[2].any[0]`.
    pub clause: String,
    pub words: String,
}

impl Agreement {
    /// All faults, in the order of the document; empty where it holds together. Any own field of the company is taken as known.
    pub fn faults(&self) -> Vec<Fault> {
        self.faults_by(&Catalogue::built_in(), false)
    }

    /// The same where it is known which fields the company has.
    pub fn faults_with(&self, catalogue: &Catalogue) -> Vec<Fault> {
        self.faults_by(catalogue, true)
    }

    fn faults_by(&self, catalogue: &Catalogue, custom_is_listed: bool) -> Vec<Fault> {
        let mut faults = Faults::default();
        let mut conditions = conditions::Conditions::new(catalogue, custom_is_listed);
        if self.title.trim().is_empty() {
            faults.add("title", "give the Agreement a title");
        }
        calendars::check(self, &mut faults);
        let ideal = &self.ideal_customer;
        if ideal.employees_min > ideal.employees_max {
            faults.add("ideal_customer.employees_min", "must not be above employees_max");
        }
        promises(self, &mut faults);
        routing::check_escalation(&self.escalation, &mut faults);
        scoring::check(self, &mut conditions, &mut faults);
        routing::check(&self.routing, &mut conditions, &mut faults);
        product_lines(self, &mut conditions, &mut faults);
        settings(self, &mut faults);
        stages(self, &mut conditions, &mut faults);
        reasons(self, &mut faults);
        faults.0
    }
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, clause: impl Into<String>, words: impl Into<String>) {
        self.0.push(Fault { clause: clause.into(), words: words.into() });
    }

    fn check_rate(&mut self, clause: &str, rate: f64) {
        if !(0.0..=1.0).contains(&rate) {
            self.add(clause, format!("`{rate}` is no rate: write a number from 0 to 1, such as 0.4 for 40%"));
        }
    }

    /// Keys must be there and differ; `at` gives the path of one.
    fn check_keys<'a>(&mut self, keys: impl Iterator<Item = &'a str>, at: impl Fn(usize) -> String) {
        let mut known: Vec<&str> = Vec::new();
        for (index, key) in keys.enumerate() {
            if key.trim().is_empty() {
                self.add(at(index), "give it a key");
            } else if known.contains(&key) {
                self.add(at(index), format!("`{key}` stands twice: give each its own key"));
            }
            known.push(key);
        }
    }
}

fn promises(agreement: &Agreement, faults: &mut Faults) {
    let promises = &agreement.promises;
    faults.check_rate("promises.acceptance_rate_min", promises.acceptance_rate_min);
    faults.check_rate("promises.logged_rate_min", promises.logged_rate_min);
    faults.check_rate("promises.reasons_rate_min", promises.reasons_rate_min);
    for (clause, least, unit) in [
        ("promises.review_hours_max", promises.review_hours_max, "hour"),
        ("promises.attempts_days", promises.attempts_days, "day"),
        ("promises.first_attempt_hours_max", promises.first_attempt_hours_max, "hour"),
        ("promises.qualification_days_max", promises.qualification_days_max, "day"),
        ("promises.feedback_review_days_max", promises.feedback_review_days_max, "day"),
    ] {
        if least == 0 {
            faults.add(clause, format!("must be at least 1 {unit}"));
        }
    }
}

fn product_lines(agreement: &Agreement, conditions: &mut conditions::Conditions, faults: &mut Faults) {
    faults.check_keys(agreement.product_lines.iter().map(|line| line.key.as_str()), |index| format!("product_lines[{index}].key"));
    for (index, line) in agreement.product_lines.iter().enumerate() {
        conditions.check_fields_alone(&line.when, &format!("product_lines[{index}].when"), faults);
    }
}

fn settings(agreement: &Agreement, faults: &mut Faults) {
    let attribution = &agreement.attribution;
    if !(1..=3650).contains(&attribution.lookback_days) {
        faults.add("attribution.lookback_days", "must be from 1 to 3650 days");
    }
    if !(attribution.half_life_days > 0.0 && attribution.half_life_days <= 3650.0) {
        faults.add("attribution.half_life_days", "must be above 0 and at most 3650 days");
    }
    if !["person", "company"].contains(&attribution.journey.as_str()) {
        faults.add("attribution.journey", format!("`{}`: write person or company", attribution.journey));
    }
    if !(1..=3650).contains(&agreement.maturity.horizon_days) {
        faults.add("maturity.horizon_days", "must be from 1 to 3650 days");
    }
    faults.check_rate("data.completeness_rate_min", agreement.data.completeness_rate_min);
    if agreement.revenue_target.as_ref().is_some_and(|target| target.from >= target.to) {
        faults.add("revenue_target", "must end after it starts");
    }
}

fn stages(agreement: &Agreement, conditions: &mut conditions::Conditions, faults: &mut Faults) {
    if agreement.stages.iter().map(|clause| clause.stage).ne(Stage::ALL) {
        let order: Vec<_> = Stage::ALL.iter().map(|stage| stage.key()).collect();
        faults.add("stages", format!("define each stage once, in this order: {}", order.join(", ")));
    }
    for clause in &agreement.stages {
        let Some(criteria) = &clause.criteria else { continue };
        let path = format!("stages.{}.criteria", clause.stage.key());
        if clause.stage > Stage::Mql {
            faults
                .add(path, format!("{} is a person's decision: use its checklist. Only a lead and an MQL can have criteria", clause.name));
        } else {
            conditions.check(criteria, &path, faults);
        }
    }
}

fn reasons(agreement: &Agreement, faults: &mut Faults) {
    for reason_for in [ReasonFor::Rejection, ReasonFor::Recycle, ReasonFor::Loss] {
        let mut keys: Vec<_> =
            agreement.reasons.iter().filter(|reason| reason.reason_for == reason_for).map(|reason| &reason.key).collect();
        if keys.is_empty() {
            faults.add("reasons", format!("give at least one reason for {reason_for:?}"));
        }
        keys.sort();
        if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            faults.add("reasons", format!("`{}` stands twice", pair[0]));
        }
    }
}
