//! Leads by source and month: as the plan needs them, as they come now, as a budget buys them.

use alignment::{lifecycle::Stage, money::split_by_weights};

use super::{
    Cell, Pace, Sim, SourceUsed,
    draws::{self, Draw},
    flows::mean_rate,
    tails,
};

/// The needed leads, shared over sources and useful months so that they add up.
pub fn spread(sim: &Sim, leads: Option<f64>) -> (Vec<SourceUsed>, Vec<Cell>) {
    let weights = sim.flows.weights(0);
    let mix = &sim.flows.mix[0];
    let shares: Vec<f64> = mix.iter().flat_map(|share| weights.iter().map(move |weight| share * weight)).collect();
    let sum: f64 = shares.iter().sum();
    let counts = leads.filter(|_| sum > 0.0).map(|leads| split_by_weights(leads as i64, &shares));
    let mql_rate = |source: usize| (sim.record.stages.get(1) == Some(&Stage::Mql) && sim.shifts.known[0]).then(|| rate(sim, source, 0));
    let mut cells = Vec::new();
    let mut sources = Vec::new();
    for (place, source) in sim.record.sources.iter().enumerate() {
        let of_source = counts.as_ref().map(|counts| &counts[place * weights.len()..(place + 1) * weights.len()]);
        let cost = source.cost.per_lead_minor;
        for (slot, leads) in sim.flows.slots.iter().zip(of_source.into_iter().flatten()).filter(|(_, leads)| **leads > 0) {
            let (mqls, spend_minor) = (mql_rate(place).map(|rate| rate * *leads as f64), cost.map(|cost| cost * *leads as f64));
            cells.push(Cell { month: slot.month.key(), source: place, leads: *leads, mqls, spend_minor });
        }
        let leads = of_source.map(|counts| counts.iter().sum::<i64>());
        sources.push(SourceUsed {
            source: source.name.clone(),
            share: mix[place],
            lead_to_customer: sim.is_told(0).then(|| (0..sim.record.steps.len()).map(|step| rate(sim, place, step)).product()),
            leads,
            cost_per_lead_minor: cost,
            cost_spend_minor: source.cost.spend_minor,
            cost_leads: source.cost.leads,
            cost_variation: source.cost.variation,
            spend_minor: leads.zip(cost).map(|(leads, cost)| leads as f64 * cost),
        });
    }
    cells.sort_by(|a, b| a.month.cmp(&b.month).then(a.source.cmp(&b.source)));
    (sources, cells)
}

fn rate(sim: &Sim, source: usize, step: usize) -> f64 {
    draws::shifted(mean_rate(sim.record, source, step), sim.shifts.steps[step])
}

/// Leads by source and slot, if they go on coming as they did in the last three months.
fn coming(sim: &Sim) -> Option<Vec<Vec<f64>>> {
    let per_month = sim.record.leads_per_month()?;
    let of_source = |share: &f64| sim.flows.slots.iter().map(|slot| per_month * share * slot.weight).collect();
    Some(sim.flows.mix[0].iter().map(of_source).collect())
}

pub fn at_pace(sim: &Sim) -> Pace {
    pace_of(sim, coming(sim))
}

pub fn with_spend(sim: &Sim) -> Option<Pace> {
    bought(sim).map(|leads| pace_of(sim, Some(leads)))
}

/// What comes in an average month: as spent, or as now.
pub fn leads_per_month(sim: &Sim) -> Option<f64> {
    let months: f64 = sim.flows.slots.iter().map(|slot| slot.weight).sum();
    match bought(sim) {
        Some(leads) if months > 0.0 => Some(leads.iter().flatten().sum::<f64>() / months),
        _ => sim.record.leads_per_month(),
    }
}

/// What a budget buys at the costs per lead as they were; sources without spend go on as they do. `None`: no budget was said.
fn bought(sim: &Sim) -> Option<Vec<Vec<f64>>> {
    let changes = &sim.ask.changes;
    let mut leads = coming(sim)?;
    if !changes.spend.is_empty() {
        for (source, of_source) in sim.record.sources.iter().zip(&mut leads) {
            let Some(cost) = source.cost.per_lead_minor else { continue };
            for (slot, leads) in sim.flows.slots.iter().zip(of_source) {
                let part = (slot.to_days - slot.from_days) / slot.month.days();
                let said = changes.spend.iter().filter(|spend| spend.source == source.name && spend.month == slot.month.key());
                *leads = said.map(|spend| spend.amount_minor as f64).sum::<f64>() * part / cost;
            }
        }
        return Some(leads);
    }
    let budget = changes.spend_minor?;
    let paid = |place: usize| sim.record.sources[place].cost.per_lead_minor;
    let months: f64 = sim.flows.slots.iter().map(|slot| slot.weight).sum();
    let now: f64 = leads.iter().enumerate().filter_map(|(place, leads)| Some(paid(place)? * leads.iter().sum::<f64>())).sum();
    let factor = if now > 0.0 { budget * months / now } else { 1.0 };
    for (_, of_source) in leads.iter_mut().enumerate().filter(|(place, _)| paid(*place).is_some()) {
        of_source.iter_mut().for_each(|leads| *leads *= factor);
    }
    Some(leads)
}

fn pace_of(sim: &Sim, leads: Option<Vec<Vec<f64>>>) -> Pace {
    let Some(leads) = leads.filter(|_| sim.is_told(0)) else {
        return Pace { leads_per_month: None, leads: None, customers: None, revenue_minor: None, chance: None };
    };
    let total: f64 = leads.iter().flatten().sum();
    let months: f64 = sim.flows.slots.iter().map(|slot| slot.weight).sum();
    let of_draw = |draw: &Draw| {
        let (mean, squares) = moments(sim, draw, &leads);
        let chance = if mean > 0.0 { squares / mean } else { 0.0 };
        (mean, tails::at_least(draw.wanted[0], if chance > 0.0 { mean / chance } else { 0.0 }, chance))
    };
    let drawn: Vec<(f64, f64)> = sim.draws.iter().map(of_draw).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| drawn.iter().map(of).sum::<f64>() / drawn.len().max(1) as f64;
    let new = mean(|drawn| drawn.0);
    let size = draws::mean_size(sim.record, sim.ask);
    Pace {
        leads_per_month: (months > 0.0).then(|| total / months),
        leads: Some(total),
        customers: Some(new + sim.mean(|draw| draw.open_customers)),
        revenue_minor: size.map(|size| new * size + sim.mean(|draw| draw.open_revenue_minor)),
        chance: Some(mean(|drawn| drawn.1)),
    }
}

/// Customers by the date in each draw, if leads go on coming as they do; `u` is one uniform number for each draw.
pub fn customers_at_pace(sim: &Sim, u: impl Fn(usize) -> f64) -> Option<Vec<f64>> {
    let leads = coming(sim).filter(|_| sim.is_told(0))?;
    let customers = |(place, draw): (usize, &Draw)| {
        let (mean, squares) = moments(sim, draw, &leads);
        let chance = if mean > 0.0 { squares / mean } else { 0.0 };
        let trials = if chance > 0.0 { (mean / chance).round() as u64 } else { 0 };
        draw.open_customers + tails::quantile(u(place), trials, chance) as f64
    };
    Some(sim.draws.iter().enumerate().map(customers).collect())
}

/// Sum of the chances of all leads, and of their squares.
fn moments(sim: &Sim, draw: &Draw, leads: &[Vec<f64>]) -> (f64, f64) {
    let (mut mean, mut squares) = (0.0, 0.0);
    for ((leads, rates), in_time) in leads.iter().zip(&draw.rates).zip(&sim.flows.in_time[0]) {
        let signs: f64 = rates.iter().product();
        for (leads, in_time) in leads.iter().zip(in_time) {
            let chance = signs * in_time;
            (mean, squares) = (mean + leads * chance, squares + leads * chance * chance);
        }
    }
    (mean, squares)
}
