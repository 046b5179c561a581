//! What stands in the way of a plan, and what it takes for granted, in words.

use std::collections::BTreeSet;

use super::{Capacity, Column, Promise, Sim};

pub fn promise(promised: f64, needed: f64) -> Promise {
    let (needed, promised) = (needed.ceil(), promised.ceil());
    let short_by = needed - promised;
    let end = if short_by > 0.0 { format!("short by {}", whole(short_by)) } else { format!("{} to spare", whole(-short_by)) };
    let words = format!("the plan needs {} MQLs a month, the Agreement promises {}: {end}", whole(needed), whole(promised));
    Promise { mqls_per_month: promised, needed_per_month: needed, short_by, words }
}

/// Of a plan with a filter.
pub fn of_company() -> String {
    "the Agreement's target and promise are the whole company's: with a filter, nothing is held against them".into()
}

pub fn capacity(capacity: &Capacity) -> String {
    let Capacity { of, needed_per_month, per_rep, reps_needed, reps, is_short, chance, .. } = capacity;
    let (Some(per_rep), Some(needed)) = (per_rep, reps_needed) else { return format!("nobody is recorded as taking {of}") };
    let taken = if *of == "MQLs" { "who took leads" } else { "who opened deals" };
    let mut words =
        format!("{} {of} a month need {} at {per_rep:.1} each; you have {reps} {taken}", whole(*needed_per_month), reps_words(*needed));
    if let Some(chance) = chance.filter(|_| *is_short) {
        words += &format!(
            ": with {reps}, at most {} a month are worked, and the chance of the target is {:.0}%",
            whole((*reps as f64 * per_rep).floor()),
            chance * 100.0
        );
    }
    words
}

fn reps_words(reps: u64) -> String {
    if reps == 1 { "1 rep".into() } else { format!("{} reps", whole(reps as f64)) }
}

/// What is needed, rounded up as everywhere in a plan: `2,404`.
fn whole(number: f64) -> String {
    let digits = format!("{:.0}", number.ceil().max(0.0));
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

pub fn all(sim: &Sim, columns: &[Column], capacity: &[Capacity]) -> Vec<String> {
    let mut words: Vec<String> = capacity.iter().filter(|capacity| capacity.is_short).map(|capacity| capacity.words.clone()).collect();
    for (step, known) in sim.record.steps.iter().zip(&sim.shifts.known) {
        if !known {
            words.push(format!("no mature cohort goes from {} to {}: say a rate to plan with", step.from.name(), step.to.name()));
        } else if step.lag.conversions == 0 {
            words.push(format!(
                "nobody wrote down how long {} to {} takes: it is taken as no time at all",
                step.from.name(),
                step.to.name()
            ));
        }
    }
    let is_revenue = matches!(sim.ask.target, super::Target::Revenue(_));
    if is_revenue && super::draws::mean_size(sim.record, sim.ask).is_none() {
        words.push("no deal was signed: say what one is worth to plan a revenue".into());
    }
    if sim.is_told(0) && sim.flows.last_useful(0).is_none() {
        words.push("leads that come from now on sign too late for the date: only what is in the pipeline counts".into());
    }
    let out_of_reach: Vec<String> = columns
        .iter()
        .filter(|column| sim.is_told(0) && column.needs.first().is_some_and(|need| need.total.is_none()))
        .map(|column| format!("{:.0}%", column.probability * 100.0))
        .collect();
    if !out_of_reach.is_empty() {
        words.push(format!("no number of leads is enough for {} by then", out_of_reach.join(" and ")));
    }
    let unpaid: Vec<&str> = sim
        .record
        .sources
        .iter()
        .zip(&sim.flows.mix[0])
        .filter(|(source, share)| source.cost.per_lead_minor.is_none() && **share > 0.0)
        .map(|(source, _)| source.name.as_deref().unwrap_or("not recorded"))
        .collect();
    if !unpaid.is_empty() {
        words.push(format!("no spend is recorded for {}: the spend leaves them out", unpaid.join(", ")));
    }
    words.extend(unspent(sim));
    if !sim.record.season.is_known {
        words.push("fewer than twelve whole months are recorded: every month counts the same".into());
    }
    words
}

/// Lines of planned spend that buy no leads.
fn unspent(sim: &Sim) -> Vec<String> {
    let has_cost =
        |name: &Option<String>| sim.record.sources.iter().any(|source| source.name == *name && source.cost.per_lead_minor.is_some());
    let is_ahead = |month: &str| sim.flows.slots.iter().any(|slot| slot.month.key() == month);
    let (mut outside, mut pooled, mut without_cost) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for line in &sim.ask.changes.spend {
        let source = line.source.as_deref().unwrap_or("not recorded");
        if !is_ahead(&line.month) {
            outside.insert(line.month.as_str());
        } else if sim.record.pooled.contains(&line.source) {
            pooled.insert(source);
        } else if !has_cost(&line.source) {
            without_cost.insert(source);
        }
    }
    let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    let mut words = Vec::new();
    if !outside.is_empty() {
        words.push(format!("spend is planned for {}, which is not between now and the date: it buys nothing here", list(outside)));
    }
    if !pooled.is_empty() {
        words.push(format!(
            "the smallest sources are planned together, {} among them: the spend planned for them alone buys nothing here; plan it for larger ones",
            list(pooled)
        ));
    }
    if !without_cost.is_empty() {
        words.push(format!("nobody wrote down what a lead from {} costs: the spend planned for it buys nothing here", list(without_cost)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_is_rounded_up_and_grouped() {
        for (number, words) in [(0.0, "0"), (355.2, "356"), (2403.1, "2,404"), (1_234_567.0, "1,234,567"), (-3.0, "0")] {
            assert_eq!(whole(number), words);
        }
        assert_eq!(promise(14.2, 2403.1).words, "the plan needs 2,404 MQLs a month, the Agreement promises 15: short by 2,389");
    }
}
