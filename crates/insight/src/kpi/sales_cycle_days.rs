use super::prelude::*;
use crate::cohort::{Curve, Outcome, Spell};
use crate::view::View;
use rayon::prelude::*;

pub static KPI: Kpi = Kpi {
    key: "sales_cycle_days",
    name: "Sales cycle",
    words: "How long it takes from the first contact with a customer to the signature.",
    formula: "signature - first contact, of deals won in the period: median; mean, p75 and p90 beside it. First contact: the first touch of the deal's people (of its company, if it has none), or the first stage of its lead, whichever is earlier. with_open: the median with deals still open as long as they are, and lost ones as far as they came (Kaplan-Meier)",
    example: "Three deals took 20, 40 and 90 days: median 40, mean 50.",
    unit: Unit::Days,
    better: Better::Down,
    kind: Kind::Lagging,
    team: Team::Both,
    table: Table::Deals,
    prepare: |context| _ = first_contacts(&context.view),
    observe: Observe::Own(observe),
    summary: Summary::Spread { within: None },
    clip: Clip::Period,
    asides: &[
        ("data_faults", "signed before the first contact"),
        ("no_signature_instant", "nobody wrote down when it was signed"),
        ("no_first_contact", "no first contact is recorded"),
    ],
    splits: None,
    target: no_target,
    beside,
};

fn observe(context: &Context, row: usize) -> Option<Observation> {
    let (at, signed_at) = context.won(row)?;
    let Some(signed_at) = signed_at else { return Some(Observation::aside(at, 1)) };
    let Some(first_at) = first_contact(context, row) else { return Some(Observation::aside(at, 2)) };
    Some(if first_at > signed_at { Observation::aside(at, 0) } else { Observation::value(at, signed_at.days_since(first_at)) })
}

/// When a deal's people, or its company if it has no people, were first in contact with us.
pub fn first_contact(context: &Context, deal_row: usize) -> Option<Instant> {
    first_contacts(&context.view)[deal_row]
}

/// By row of `History::deals`.
fn first_contacts<'a>(view: &'a View) -> &'a [Option<Instant>] {
    view.first_contacts.get_or_init(|| {
        view.firsts();
        let rows = (0..view.history.deals.len()).into_par_iter().with_min_len(1 << 12);
        rows.map(|row| compute_first_contact(view, row)).collect()
    })
}

fn compute_first_contact(view: &View, deal_row: usize) -> Option<Instant> {
    let people = view.history.deals.people.get(deal_row);
    let touch = match people.is_empty() {
        false => view.first_touch_of_people(people, false),
        true => view.first_touch_of_group(view.history.deal_group(deal_row), None),
    };
    let of_lead = view.lead_of_deal(deal_row).and_then(|lead| view.leads[lead].first_at());
    touch.map(|row| view.history.touches.at.get(row)).into_iter().chain(of_lead).min()
}

/// Half of the deals are signed by this age, those still open counted for as long as they are known.
fn beside(context: &Context, _: &Measure) -> Beside {
    let spell = |row: usize| {
        let state = context.view.deals[row]?;
        let from = first_contact(context, row)?;
        let (until, outcome) = match state.stage {
            Some(DealStage::Won) => (state.at?, Outcome::Converted),
            Some(DealStage::Lost) => (state.at?, Outcome::Open),
            _ => (context.view.as_of, Outcome::Open),
        };
        let counts = context.question.period.contains(until) || outcome == Outcome::Open;
        (counts && until >= from).then(|| Spell { age_days: until.days_since(from), outcome })
    };
    let rows = (0..context.history.deals.len()).into_par_iter().with_min_len(1 << 12);
    let curve = Curve::of(rows.filter(|row| context.keeps(Table::Deals, *row)).filter_map(spell).collect());
    vec![("with_open", curve.ended_age(0.5)), ("with_open_n", Some(curve.stays() as f64))]
}

#[cfg(test)]
mod tests {
    use crate::kpi::tests::*;

    /// `(people, lead, touches of person 1, won) -> (days, data faults, no first contact)`
    #[test]
    fn is_from_first_contact_to_signature() {
        type Case = (&'static [i64], Option<i64>, &'static [f64], f64, (Option<f64>, f64, f64));
        let cases: [Case; 5] = [
            (&[1], None, &[3.0, 1.0], 21.0, (Some(20.0), 0.0, 0.0)),
            (&[1], Some(1), &[8.0], 21.0, (Some(16.0), 0.0, 0.0)),
            (&[], Some(1), &[], 21.0, (Some(16.0), 0.0, 0.0)),
            (&[1], None, &[], 21.0, (None, 0.0, 1.0)),
            (&[1], Some(1), &[8.0], 4.0, (None, 1.0, 0.0)),
        ];
        for (people, of_lead, touches, won, expected) in cases {
            let delta = Delta {
                people: vec![person(1, None)],
                leads: vec![lead(1, "", 5.0)],
                transitions: vec![entered(1, 1, Stage::Customer, won)],
                touches: touches.iter().zip(1..).map(|(on, id)| touch(id, 1, *on, "")).collect(),
                deals: vec![deal(1, of_lead, people, None, 0.0)],
                deal_transitions: vec![moved(1, 1, DealStage::Won, won)],
                ..Delta::default()
            };
            let measure = measure_as_of("sales_cycle_days", delta, 500.0);
            let also = |name| measure.also(name).unwrap();
            assert_eq!(
                (measure.value, also("data_faults"), also("no_first_contact")),
                expected,
                "{people:?} {of_lead:?} {touches:?} {won}"
            );
        }
    }
}
