use super::prelude::*;
use rustc_hash::FxHashSet;

pub static KPI: Kpi = Kpi {
    key: "content_use_rate",
    name: "Content use",
    words: "Of the pieces of content that are live, the share that sales used in a deal in the last 90 days.",
    formula: "pieces named by an activity on a deal, or with a person on a deal, in the 90 days before / live pieces",
    example: "Of 60 pieces, 18 were sent or shown in deals since January: 30%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Both,
    table: Table::Content,
    observe,
    summary: Summary::Rate,
    clip: Clip::Snapshot,
    asides: &[],
    splits: None,
    target: no_target,
};

const USED_DAYS_MAX: i64 = 90;

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let published_at = context.history.content.at.get(row);
    if published_at.is_some_and(|at| at > context.view.as_of) {
        return None;
    }
    let used = context.used_content.get_or_init(|| used_content(context));
    let at = context.view.as_of;
    Some(used.as_ref().map_or(Observation::unrecorded(at), |used| Observation::rate(at, used[row])))
}

/// Which pieces were used; `None` where no activity ever names one.
fn used_content(context: &Context) -> Option<Vec<bool>> {
    let (activities, content) = (&context.history.activities, &context.history.content);
    let deals = &context.history.deals;
    let on_deals: FxHashSet<i64> = (0..deals.len()).flat_map(|row| deals.people.get(row).iter().copied()).collect();
    let mut used = vec![false; content.len()];
    let mut is_recorded = false;
    for row in 0..activities.len() {
        let at = activities.at.get(row);
        let Some(id) = activities.content.get(row).filter(|_| context.view.counts(at, activities.recorded_at.get(row))) else { continue };
        is_recorded = true;
        let in_deal = activities.deal.get(row).is_some() || activities.person.get(row).is_some_and(|person| on_deals.contains(&person));
        if let Some(place) = content.find(id).filter(|_| in_deal && at > context.view.as_of.plus_days(-USED_DAYS_MAX)) {
            used[place] = true;
        }
    }
    is_recorded.then_some(used)
}

#[cfg(test)]
mod tests {
    use alignment::touch::ActivityKind;

    use crate::kpi::tests::*;

    #[test]
    fn looks_at_the_last_ninety_days() {
        let with = |id, content, on| ActivityRow { deal: Some(1), content: Some(content), ..activity(id, 1, on, ActivityKind::Email) };
        let delta = Delta {
            content: vec![named(1, "Guide"), named(2, "Case"), named(3, "Later")].into_iter().collect(),
            deals: vec![deal(1, None, &[1], None, 0.0)],
            activities: vec![with(1, 1, 50.0), with(2, 2, 5.0)],
            ..Delta::default()
        };
        let measure = measure_as_of("content_use_rate", delta.clone(), 100.0);
        assert_eq!((measure.hits, measure.n), (Some(1), 3));
        let measure = measure_as_of("content_use_rate", Delta { activities: vec![], ..delta }, 100.0);
        assert_eq!(measure.state, State::NotRecorded);
    }
}
