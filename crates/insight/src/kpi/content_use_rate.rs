use super::prelude::*;
use crate::{engine::Amount, history::NONE};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

pub static KPI: Kpi = Kpi {
    key: "content_use_rate",
    name: "Content use",
    words: "Of the pieces of content that are live, the share that sales used in a deal in the last 90 days.",
    formula: "pieces named by an activity on a deal, or with a person on a deal, in the 90 days before / live pieces; the value of a piece is the revenue of the deals signed in the period before whose signature it was used by sales or seen by the deal's people (influenced: a deal counts for each of its pieces)",
    example: "Of 60 pieces, 18 were sent or shown in deals since January: 30%.",
    unit: Unit::Rate,
    better: Better::Up,
    kind: Kind::Leading,
    team: Team::Both,
    table: Table::Content,
    prepare: |context| _ = content_revenue(context),
    observe: Observe::Own(observe),
    summary: Summary::Rate,
    clip: Clip::Snapshot,
    asides: &[],
    splits: None,
    target: no_target,
    beside,
};

const USED_DAYS_MAX: i64 = 90;
/// Rows that a thread looks through at a time.
const ROWS_MIN: usize = 1 << 16;

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let published_at = context.history.content.at.get(row);
    if published_at.is_some_and(|at| at > context.view.as_of) {
        return None;
    }
    let used = context.used_content.get_or_init(|| used_content(context));
    let at = context.view.as_of;
    let influenced = content_revenue(context);
    let piece = |used: &Vec<bool>| Observation { value: influenced[row] as f64, ..Observation::rate(at, used[row]) };
    Some(used.as_ref().map_or(Observation::unrecorded(at), piece))
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

/// Revenue that each piece had a part in.
pub fn content_revenue<'a>(context: &'a Context) -> &'a [i64] {
    context.content_revenue.get_or_init(|| influenced_revenue(context))
}

/// Minor units by piece: the deals signed in the period in which it had a part.
fn influenced_revenue(context: &Context) -> Vec<i64> {
    let (history, view) = (context.history, &context.view);
    if history.content.is_empty() {
        return Vec::new();
    }
    let signed = |row: usize| {
        let (at, _) = context.won(row).filter(|(at, _)| context.question.period.contains(*at))?;
        match context.deal_amount(row) {
            Amount::Minor(minor) => Some((at, minor)),
            _ => None,
        }
    };
    let mut by_deal: FxHashMap<i64, (usize, Instant, i64)> = FxHashMap::default();
    let mut by_person: FxHashMap<i64, Vec<(usize, Instant, i64)>> = FxHashMap::default();
    for row in 0..history.deals.len() {
        let Some((at, minor)) = signed(row) else { continue };
        by_deal.insert(history.deals.ids()[row], (row, at, minor));
        for person in history.deals.people.get(row) {
            by_person.entry(*person).or_default().push((row, at, minor));
        }
    }
    // Each deal once for each piece, however often the piece was used.
    let parts = |piece: Option<usize>, at: Instant, deal: Option<i64>, person: Option<i64>, pairs: &mut FxHashMap<(usize, usize), i64>| {
        let Some(piece) = piece else { return };
        let of_deal = deal.and_then(|deal| by_deal.get(&deal));
        let of_person = person.and_then(|person| by_person.get(&person)).into_iter().flatten();
        for (row, _, minor) in of_deal.into_iter().chain(of_person).filter(|(_, signed_at, _)| at <= *signed_at) {
            pairs.insert((piece, *row), *minor);
        }
    };
    let place = |id: Option<i64>| id.and_then(|id| history.content.find(id));
    let (activities, touches) = (&history.activities, &history.touches);
    let of_activity = |mut pairs, row: usize| {
        let at = activities.at.get(row);
        if activities.content.values()[row] != NONE && view.counts(at, activities.recorded_at.get(row)) {
            parts(place(activities.content.get(row)), at, activities.deal.get(row), activities.person.get(row), &mut pairs);
        }
        pairs
    };
    let of_touch = |mut pairs, row: usize| {
        let at = touches.at.get(row);
        if touches.content.values()[row] != NONE && view.counts(at, touches.recorded_at.get(row)) {
            parts(place(touches.content.get(row)), at, None, touches.person.get(row), &mut pairs);
        }
        pairs
    };
    let join = |mut a: FxHashMap<(usize, usize), i64>, b: FxHashMap<(usize, usize), i64>| {
        a.extend(b);
        a
    };
    let by_activity = (0..activities.len()).into_par_iter().with_min_len(ROWS_MIN).fold(FxHashMap::default, of_activity);
    let by_touch = (0..touches.len()).into_par_iter().with_min_len(ROWS_MIN).fold(FxHashMap::default, of_touch);
    let pairs = join(by_activity.reduce(FxHashMap::default, join), by_touch.reduce(FxHashMap::default, join));
    let mut revenue = vec![0_i64; history.content.len()];
    pairs.into_iter().for_each(|((piece, _), minor)| revenue[piece] += minor);
    revenue
}

fn beside(context: &Context, _: &Measure) -> Beside {
    let revenue = content_revenue(context);
    let most = revenue.iter().max().filter(|minor| **minor > 0);
    vec![
        ("pieces_with_revenue", Some(revenue.iter().filter(|minor| **minor > 0).count() as f64)),
        ("money_of_best_piece", most.map(|minor| *minor as f64)),
    ]
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
        let mut won = delta.clone();
        won.deals[0].amount = Some(eur(70));
        won.deal_transitions = vec![moved(1, 1, DealStage::Won, 60.0)];
        won.touches =
            vec![TouchRow { content: Some(3), ..touch(1, 1, 1.0, "web") }, TouchRow { content: Some(3), ..touch(2, 1, 61.0, "web") }];
        let evidence = crate::kpi::evidence(&history(won), &Question { as_of: day(100.0), ..question() }, "content_use_rate", None, 0, 9);
        let values: Vec<_> = evidence.unwrap().rows.iter().map(|row| row.value).collect();
        assert_eq!(values, [Some(7_000.0), Some(7_000.0), Some(7_000.0)], "each piece had a part in the one deal");
        let measure = measure_as_of("content_use_rate", Delta { activities: vec![], ..delta }, 100.0);
        assert_eq!(measure.state, State::NotRecorded);
    }
}
