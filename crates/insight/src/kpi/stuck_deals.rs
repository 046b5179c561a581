use super::prelude::*;
use crate::view::View;
use crate::{engine::percentile, history::NONE};
use rayon::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "stuck_deals",
    name: "Stuck deals",
    words: "Open deals in which nothing has happened for longer than is usual in their stage.",
    formula: "open deals idle (no change of stage, no activity) for longer than nine in ten past deals stayed in that stage",
    example: "Nine in ten deals left proposal within 20 days; 2 open ones have been idle there for 30 and 45: 2.",
    unit: Unit::Count,
    better: Better::Down,
    kind: Kind::Leading,
    team: Team::Sales,
    table: Table::Deals,
    prepare: |context| _ = idleness(&context.view),
    observe: Observe::Own(observe),
    summary: Summary::Count,
    clip: Clip::Snapshot,
    asides: &[("unjudged", "too few past deals have left its stage to say what is usual")],
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

/// Days spent in discovery, proposal, negotiation by deals that left it.
type Stays = [Vec<f64>; 3];
/// Fewer stays than this say nothing about what is usual.
const STAYS_MIN: usize = 5;

pub struct Idleness {
    /// Days within which nine in ten deals left the stage; discovery, proposal, negotiation.
    p90_days: [Option<f64>; 3],
    /// The last activity on each deal.
    last_deeds: Vec<Instant>,
}

fn observe(context: &Context, row: usize) -> Option<Observation> {
    if !context.is_open(row) {
        return None;
    }
    let (state, as_of) = (context.view.deals[row]?, context.view.as_of);
    let idleness = idleness(&context.view);
    let entered_at = if state.stage.is_some() { Some(state.counts_from) } else { context.history.deals.opened_at.get(row) };
    let since = entered_at.unwrap_or(state.counts_from).max(idleness.last_deeds[row]);
    let idle_days = as_of.days_since(since);
    Some(match idleness.p90_days[state.stage.unwrap_or(DealStage::Discovery) as usize] {
        None => Observation::aside(as_of, 0),
        Some(usual) if idle_days > usual => Observation::share(as_of, true, idle_days),
        Some(_) => Observation::able(as_of),
    })
}

fn idleness<'a>(view: &'a View) -> &'a Idleness {
    view.idleness.get_or_init(|| compute_idleness(view))
}

fn compute_idleness(view: &View) -> Idleness {
    let transitions = &view.history.deal_transitions;
    let stays_of_deal = |(mut stays, mut moves): (Stays, Vec<(Instant, DealStage)>), id: &i64| {
        let known = |row: &usize| transitions.recorded_at.get(*row) <= view.known_at;
        let rows = view.history.deal_transition_rows(*id).filter(known);
        let at = |row: usize| Some((transitions.at.get(row).filter(|at| *at <= view.as_of)?, transitions.stage.get(row)));
        moves.clear();
        moves.extend(rows.filter_map(at));
        moves.sort_unstable();
        for pair in moves.windows(2).filter(|pair| !pair[0].1.is_closed()) {
            stays[pair[0].1 as usize].push(pair[1].0.days_since(pair[0].0));
        }
        (stays, moves)
    };
    let join = |mut a: Stays, b: Stays| {
        a.iter_mut().zip(b).for_each(|(ours, theirs)| ours.extend(theirs));
        a
    };
    let deals = view.history.deals.ids().par_iter().with_min_len(1 << 12);
    let stays = deals.fold(Default::default, stays_of_deal).map(|(stays, _)| stays).reduce(Stays::default, join);
    let p90 = |mut days: Vec<f64>| {
        days.sort_unstable_by(f64::total_cmp);
        (days.len() >= STAYS_MIN).then(|| percentile(&days, 0.9))
    };
    Idleness { p90_days: stays.map(p90), last_deeds: last_deeds(view) }
}

fn last_deeds(view: &View) -> Vec<Instant> {
    let activities = &view.history.activities;
    let mut last = vec![Instant::MIN; view.history.deals.len()];
    for (row, deal) in activities.deal.values().iter().enumerate().filter(|(_, deal)| **deal != NONE) {
        let at = activities.at.get(row);
        if let Some(place) = view.history.deals.find(*deal).filter(|_| view.counts(at, activities.recorded_at.get(row))) {
            last[place] = last[place].max(at);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use alignment::touch::ActivityKind;

    use crate::kpi::tests::*;

    #[test]
    fn is_idle_longer_than_usual() {
        let past = 1..7_i64;
        let mut delta = Delta {
            deals: (1..9).map(|id| deal(id, None, &[], None, 0.0)).collect(),
            deal_transitions: past
                .flat_map(|id| [moved(2 * id, id, DealStage::Discovery, 0.0), moved(2 * id + 1, id, DealStage::Lost, 10.0)])
                .collect(),
            ..Delta::default()
        };
        delta.deal_transitions.extend([moved(90, 7, DealStage::Discovery, 50.0), moved(91, 8, DealStage::Discovery, 50.0)]);
        delta.activities = vec![ActivityRow { deal: Some(8), ..activity(1, 1, 55.0, ActivityKind::Note) }];
        for (as_of, stuck) in [(55.0, 0.0), (61.0, 1.0), (80.0, 2.0)] {
            assert_eq!(measure_as_of("stuck_deals", delta.clone(), as_of).value, Some(stuck), "as of {as_of}");
        }
        delta.deal_transitions.retain(|row| row.deal > 4);
        assert_eq!(measure_as_of("stuck_deals", delta, 80.0).also("unjudged"), Some(6.0));
    }
}
