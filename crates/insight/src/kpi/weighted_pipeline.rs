use super::prelude::*;
use crate::history::DealState;
use alignment::rate::Rate;
use rayon::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "weighted_pipeline",
    name: "Weighted pipeline",
    words: "What the open deals are worth, each weighted with the share of deals that were won from its stage so far.",
    formula: "sum of amount x win rate of the stage, of open deals; the win rate of a stage is won / closed of the deals that got at least that far",
    example: "EUR 1,000 in negotiation, from where half of the deals were won: EUR 500.",
    unit: Unit::Money,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Sales,
    table: Table::Deals,
    prepare: |context| _ = stage_rates(context),
    observe: Observe::Own(observe),
    summary: Summary::Sum,
    clip: Clip::Snapshot,
    asides: &[
        ("other_currency", "its amount is in another currency"),
        ("without_amount", "it has no amount"),
        ("without_rate", "no deal was closed from its stage yet"),
    ],
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

/// Win rates of the open stages: discovery, proposal, negotiation. `None`: no deal that got so far was closed.
pub type StageRates = [Option<f64>; 3];

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let observation = open_amount(context, row)?;
    if observation.part != Part::Counted {
        return Some(observation);
    }
    let stage = context.view.deals[row]?.stage.unwrap_or(DealStage::Discovery);
    let rates = stage_rates(context);
    Some(match rates[stage as usize] {
        Some(rate) => Observation::value(observation.at, observation.value * rate),
        None => Observation::aside(observation.at, 2),
    })
}

pub fn stage_rates<'a>(context: &'a Context) -> &'a StageRates {
    context.stage_rates.get_or_init(|| compute_stage_rates(context))
}

fn compute_stage_rates(context: &Context) -> StageRates {
    let add = |mut tallies: [Rate; 3], (row, state): (usize, &Option<DealState>)| {
        let Some(end) = state.and_then(|state| state.stage).filter(|stage| stage.is_closed()) else { return tallies };
        // Who won got through all stages; who lost, as far as was written down.
        let furthest = if end == DealStage::Won { DealStage::Negotiation } else { furthest_open(context, row) };
        for tally in &mut tallies[..=furthest as usize] {
            tally.of += 1;
            tally.hits += (end == DealStage::Won) as u64;
        }
        tallies
    };
    let join = |mut a: [Rate; 3], b: [Rate; 3]| {
        a.iter_mut().zip(b).for_each(|(ours, theirs)| *ours = Rate::new(ours.hits + theirs.hits, ours.of + theirs.of));
        a
    };
    let deals = context.view.deals.par_iter().with_min_len(1 << 12).enumerate();
    deals.fold(Default::default, add).reduce(Default::default, join).map(Rate::value)
}

fn furthest_open(context: &Context, deal_row: usize) -> DealStage {
    let transitions = &context.history.deal_transitions;
    let rows = context.history.deal_transition_rows(context.history.deals.ids()[deal_row]);
    let known = rows.filter(|row| transitions.recorded_at.get(*row) <= context.view.known_at);
    let happened = known.filter(|row| transitions.at.get(*row).is_none_or(|at| at <= context.view.as_of));
    let stages = happened.map(|row| transitions.stage.get(row));
    stages.filter(|stage| !stage.is_closed()).max().unwrap_or(DealStage::Discovery)
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn weighs_by_what_was_won() {
        // Three of four closed deals were won, and all got through discovery; the open one is worth 100.
        let measure = deal_measure("weighted_pipeline");
        assert_eq!((measure.value, measure.n), (Some(7_500.0), 1));
        let mut delta = deals();
        delta.deal_transitions.retain(|row| !row.stage.is_closed());
        let measure = measure_as_of("weighted_pipeline", delta, 500.0);
        assert_eq!((measure.value, measure.also("without_rate")), (Some(0.0), Some(5.0)));
    }
}
