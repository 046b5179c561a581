use super::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "deal_win_rate",
    name: "Deal win rate",
    words: "Of the deals that were closed in the period, the share that was won.",
    formula: "deals won / (deals won + deals lost), by the date they were closed; not recorded where every deal on record is won, because then nobody writes down the others",
    example: "In June 2 deals were won and 3 lost: 2 / 5 = 40%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Lagging,
    team: Team::Sales,
    table: Table::Deals,
    prepare: nothing_to_prepare,
    observe: Observe::Each(observe),
    summary: Summary::Rate,
    clip: Clip::Period,
    asides: &[],
    splits: None,
    target: no_target,
    beside: nothing_beside,
};

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let state = context.view.deals[row]?;
    let stage = state.stage.filter(|stage| stage.is_closed())?;
    Some(match context.records_other_than_won() {
        true => Observation::rate(state.counts_from, stage == DealStage::Won),
        false => Observation::unrecorded(state.counts_from),
    })
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    #[test]
    fn is_of_closed_deals() {
        let measure = deal_measure("deal_win_rate");
        assert_eq!((measure.hits, measure.n), (Some(3), 4));
        assert_eq!(empty_state("deal_win_rate"), State::NoData);
    }
}
