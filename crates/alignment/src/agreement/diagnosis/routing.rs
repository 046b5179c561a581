//! Routing with its pools, and escalation.

use super::{Faults, conditions::Conditions};
use crate::agreement::{Escalation, Pool, Routing, Target};

pub(super) fn check_escalation(escalation: &Escalation, faults: &mut Faults) {
    faults.check_rate("escalation.warn_share", escalation.warn_share);
    for (index, pair) in escalation.steps.windows(2).enumerate() {
        if pair[1].after_minutes < pair[0].after_minutes {
            let words = format!("comes after {} minutes, before the step above: put the steps in order", pair[1].after_minutes);
            faults.add(format!("escalation.steps[{}].after_minutes", index + 1), words);
        }
    }
}

pub(super) fn check(routing: &Routing, conditions: &mut Conditions, faults: &mut Faults) {
    if routing.fallback.queue.trim().is_empty() {
        faults.add("routing.fallback.queue", "name the queue in which leads wait that no rule could place");
    }
    if let Some(owner) = &routing.fallback.owner {
        user("routing.fallback.owner".into(), owner, faults);
    }
    for (index, rule) in routing.rules.iter().enumerate() {
        let path = format!("routing.rules[{index}]");
        if rule.name.trim().is_empty() {
            faults.add(format!("{path}.name"), "give the rule a name, by which routing is explained");
        }
        if let Some(when) = &rule.when {
            conditions.check_fields_alone(when, &format!("{path}.when"), faults);
        }
        match &rule.to {
            Target::AccountOwner => {}
            Target::User(email) => user(format!("{path}.to.user"), email, faults),
            Target::Pool(key) if routing.pools.iter().any(|pool| pool.key == *key) => {}
            Target::Pool(key) => {
                let known: Vec<&str> = routing.pools.iter().map(|pool| pool.key.as_str()).collect();
                let known = if known.is_empty() { "there are none yet".into() } else { format!("write one of {}", known.join(", ")) };
                faults.add(format!("{path}.to.pool"), format!("there is no pool `{key}`: {known}"));
            }
        }
    }
    faults.check_keys(routing.pools.iter().map(|pool| pool.key.as_str()), |index| format!("routing.pools[{index}].key"));
    for (index, pool) in routing.pools.iter().enumerate() {
        members(pool, &format!("routing.pools[{index}].members"), faults);
    }
}

fn members(pool: &Pool, path: &str, faults: &mut Faults) {
    if pool.members.is_empty() {
        return faults.add(path, format!("nobody is in the pool `{}`: add a member, or take the pool out", pool.key));
    }
    if pool.members.iter().all(|member| member.weight == 0) {
        faults.add(path, "every weight is 0, so that nobody would get a lead: give at least one member a weight");
    }
    for (index, member) in pool.members.iter().enumerate() {
        let at = format!("{path}[{index}].user");
        if pool.members[..index].iter().any(|other| other.user.trim().eq_ignore_ascii_case(member.user.trim())) {
            faults.add(at, format!("`{}` stands twice: give one entry a higher weight instead", member.user));
        } else {
            user(at, &member.user, faults);
        }
    }
}

fn user(path: String, email: &str, faults: &mut Faults) {
    if !email.trim().contains('@') {
        faults.add(path, format!("`{email}` is no e-mail address: write that of the user"));
    }
}
