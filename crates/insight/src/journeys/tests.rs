//! A small set, also counted by other means; and what holds for any set.

use alignment::lifecycle::DealStage;
use proptest::prelude::*;

use super::*;
use crate::{
    attribution::{MODELS, attribute},
    question::{Goal, Journey},
    rows::{Delta, TouchRow},
    testing::*,
};

/// Person, day, channel.
type Touched = (i64, i32, &'static str);

/// Persons 1.. with their deals: each won on its day, for 100 EUR times its number.
fn history_of(touches: &[Touched], won: &[(i64, i32)]) -> History {
    let touches = touches.iter().zip(1..).map(|((person, on, channel), id)| touch(id, *person, f64::from(*on), channel)).collect();
    let deals: Vec<_> =
        won.iter().zip(1..).map(|((person, on), id)| deal(id, None, &[*person], Some(eur(100 * id)), f64::from(*on))).collect();
    let moves = won.iter().zip(1..).map(|((_, on), id)| moved(id, id, DealStage::Won, f64::from(*on))).collect();
    let people = (1..=12).map(|id| person(id, None)).collect();
    history(Delta { people, touches, deals, deal_transitions: moves, ..Delta::default() })
}

fn by_person() -> Question {
    let mut question = question();
    question.settings.journey = Journey::Person;
    question
}

const TOUCHES: &[Touched] = &[
    (1, 1, "ads"),
    (1, 2, "ads"),
    (1, 5, "mail"),
    (2, 1, "ads"),
    (2, 9, "mail"),
    (3, 3, "event"),
    (4, 2, "ads"),
    (4, 3, "mail"),
    (5, 4, "ads"),
    (6, 4, "ads"),
    (6, 5, "event"),
    (6, 6, "ads"),
    (6, 7, "mail"),
    (6, 8, "web"),
    (8, 1, ""),
    // After the signature: a new journey, still open.
    (1, 30, "web"),
];
const WON: &[(i64, i32)] = &[(1, 10), (2, 11), (3, 4), (6, 20), (7, 5)];

fn table(answer: &JourneysAnswer) -> String {
    let steps = |row: &JourneyRow| row.steps.iter().map(|step| step.label.as_deref().unwrap_or("-")).collect::<Vec<_>>().join(">");
    let line = |name: String, it: &Figures| {
        let days = it.median_days.map_or("-".into(), |days| format!("{days:.1}"));
        format!("{name:<24} {} {} {} {} {days}\n", it.journeys, it.conversions, it.revenue.minor / 100, it.touches)
    };
    let mut lines: Vec<String> = answer.rows.iter().map(|row| line(steps(row), &row.figures)).collect();
    lines.sort();
    lines.push(line("rest".into(), &answer.rest));
    lines.push(line("total".into(), &answer.total));
    lines.concat()
}

/// Counted with pandas 2.3 too: touches joined to the next deal of their person, `agg(tuple)` per journey, `groupby(path)`.
#[test]
fn journeys_are_counted() {
    let history = history_of(TOUCHES, WON);
    let question = by_person();
    let merged = journeys(&history, &question, &Ask::default());
    assert_eq!(
        table(&merged),
        "-                        1 0 0 1 -\n\
         ads                      1 0 0 1 -\n\
         ads>event>ads>mail>web   1 1 400 5 16.0\n\
         ads>mail                 3 2 300 7 9.5\n\
         event                    1 1 300 1 1.0\n\
         web                      1 0 0 1 -\n\
         rest                     0 0 0 0 -\n\
         total                    8 4 1000 16 9.5\n"
    );
    assert_eq!((merged.distinct, merged.without_touches), (6, 1), "the deal of person 7 has no touch");
    let whole = journeys(&history, &question, &Ask { merged: false, ..Ask::default() });
    assert!(table(&whole).contains("ads>ads>mail             1 1 100 3 9.0\nads>event"), "{}", table(&whole));
    let lengths: Vec<_> = whole.lengths.iter().map(|length| (length.journeys, length.conversions)).collect();
    assert_eq!(lengths, [(4, 1), (2, 1), (1, 1), (0, 0), (1, 1), (0, 0), (0, 0), (0, 0)]);
    let lasting: Vec<_> = whole.lasting.iter().map(|it| it.conversions).collect();
    assert_eq!(lasting, [0, 1, 2, 1, 0, 0, 0, 0, 0]);
}

#[test]
fn filters_keep_whole_journeys() {
    let history = history_of(TOUCHES, WON);
    let name = |name: &str| Wanted::parse(name);
    let all = Ask::default;
    for (ask, journeys_kept, conversions) in [
        (Ask { through: vec![name("mail")], ..all() }, 4, 3),
        (Ask { through: vec![name("mail"), name("event")], ..all() }, 1, 1),
        (Ask { begins: Some(name("ads")), ..all() }, 5, 3),
        (Ask { ends: Some(name("web")), ..all() }, 2, 1),
        (Ask { begins: Some(name("web")), ends: Some(name("web")), ..all() }, 1, 0),
        (Ask { through: vec![Wanted::NotRecorded], ..all() }, 1, 0),
        (Ask { through: vec![name("nobody's")], ..all() }, 0, 0),
    ] {
        let answer = journeys(&history, &by_person(), &ask);
        assert_eq!((answer.total.journeys, answer.total.conversions), (journeys_kept, conversions), "{ask:?}");
        assert_eq!(answer.without_touches, 1);
    }
}

#[test]
fn nothing_gives_nothing() {
    let answer = journeys(&History::empty(), &question(), &Ask::default());
    assert_eq!((answer.rows.len(), answer.total.journeys, answer.total.rate, answer.flow.nodes.len()), (0, 0, None, 0));
}

#[test]
fn a_tag_is_what_steps_are() {
    let mut delta = Delta { people: vec![person(1, None)], ..Delta::default() };
    let tagged = |id, on, value: &str| TouchRow { tags: vec![("utm_term".into(), value.into())], ..touch(id, 1, on, "ads") };
    delta.touches = vec![tagged(1, 1.0, "crm"), tagged(2, 2.0, "erp"), touch(3, 1, 3.0, "ads")];
    let history = history(delta);
    let ask = |tag: &str| journeys(&history, &Question { by: Dimension::parse(tag), ..by_person() }, &Ask::default());
    assert!(table(&ask("tag:utm_term")).starts_with("crm>erp>-"));
    assert!(table(&ask("tag:nobody_has_it")).starts_with("-   "), "not recorded, which is no error");
}

fn any_set() -> impl Strategy<Value = (Vec<Touched>, Vec<(i64, i32)>)> {
    let channel = prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h", "i", ""]);
    (prop::collection::vec((1..12_i64, 0..60_i32, channel), 0..60), prop::collection::vec((1..12_i64, 0..70_i32), 0..8))
}

/// What goes into a node comes out of it, and all that begins ends.
fn flow_is_conserved(answer: &JourneysAnswer) {
    let flow = &answer.flow;
    let (mut begun, mut ended) = (0, 0);
    for (place, node) in flow.nodes.iter().enumerate() {
        let sum = |pick: fn(&Link) -> usize| {
            let links = flow.links.iter().filter(|link| pick(link) == place);
            links.fold((0, 0), |sum, link| (sum.0 + link.journeys, sum.1 + link.conversions))
        };
        let (into, out) = (sum(|link| link.to), sum(|link| link.from));
        let own = (node.journeys, node.conversions);
        if node.layer == 0 {
            begun += node.journeys
        } else {
            assert_eq!(into, own)
        }
        match node.kind {
            NodeKind::Reached | NodeKind::Open => ended += node.journeys,
            NodeKind::Step | NodeKind::Other => assert_eq!(out, own),
        }
    }
    assert_eq!((begun, ended), (answer.total.journeys, answer.total.journeys));
    let revenue = |kind| {
        let ends = flow.links.iter().filter(move |link| flow.nodes[link.to].kind == kind);
        ends.map(|link| link.revenue.minor).sum::<i64>()
    };
    assert_eq!((revenue(NodeKind::Reached), revenue(NodeKind::Open)), (answer.total.revenue.minor, 0));
    assert!(flow.links.iter().all(|link| flow.nodes[link.from].layer + 1 == flow.nodes[link.to].layer));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn rows_add_up_and_flows_are_conserved(
        (touches, won) in any_set(), rows in 0..6_usize, layers in LAYERS, merged: bool, company: bool, goal in 0..3_usize
    ) {
        let history = history_of(&touches, &won);
        let mut question = if company { question() } else { by_person() };
        question.settings.goal = Goal::ALL[goal];
        let ask = Ask { rows, layers, merged, ..Ask::default() };
        let answer = journeys(&history, &question, &ask);
        let sum = |pick: fn(&Figures) -> i64| answer.rows.iter().map(|row| pick(&row.figures)).sum::<i64>() + pick(&answer.rest);
        for pick in [
            |it: &Figures| it.journeys as i64,
            |it: &Figures| it.conversions as i64,
            |it: &Figures| it.open as i64,
            |it: &Figures| it.revenue.minor,
            |it: &Figures| it.touches as i64,
        ] {
            prop_assert_eq!(sum(pick), pick(&answer.total));
        }
        prop_assert_eq!(answer.lengths.iter().map(|it| it.journeys).sum::<u64>(), answer.total.journeys);
        prop_assert_eq!(answer.lasting.iter().map(|it| it.conversions).sum::<u64>(), answer.total.conversions);
        flow_is_conserved(&answer);
        // The same journeys as attribution's.
        let shares = attribute(&history, &question, MODELS);
        let chain = shares.iter().find_map(|answer| answer.chain.as_ref()).expect("Markov is among the models");
        prop_assert_eq!((answer.total.conversions, answer.total.open), (chain.converted, chain.unconverted));
        prop_assert_eq!(answer.total.revenue.minor, shares[0].total.revenue.minor - shares[0].unattributed.revenue.minor);
        prop_assert_eq!(answer.without_touches, shares[0].unattributed.deals);
        let row_of = |key: &str| behind(&history, &question, &ask, RowOf::parse(key).expect("a key"), 0, 1000);
        for (key, figures) in answer.rows.iter().map(|row| (row.key.as_str(), &row.figures)).chain([("rest", &answer.rest), ("total", &answer.total)]) {
            let found = row_of(key);
            prop_assert_eq!((found.total, found.conversions, found.revenue), (figures.journeys, figures.conversions, figures.revenue));
            prop_assert_eq!(found.rows.iter().map(|row| row.touches).sum::<u64>(), figures.touches);
        }
    }

    #[test]
    fn threads_make_no_difference((touches, won) in any_set(), rows in 1..4_usize) {
        let history = history_of(&touches, &won);
        let ask = Ask { rows, ..Ask::default() };
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| journeys(&history, &by_person(), &ask))
        };
        prop_assert_eq!(on(1), on(3));
    }
}
