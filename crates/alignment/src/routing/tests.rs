use proptest::prelude::*;

use super::*;
use crate::{
    Currency,
    agreement::{Criterion, FieldTest, Pool, PoolMember, Routing, Test},
    instant::MICROS_PER_DAY,
};

const MONDAY: &str = "2026-11-23T10:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn rep(user: i64, name: &str) -> Rep {
    Rep {
        user,
        name: name.into(),
        email: Some(format!("{}@us.example", name.to_lowercase())),
        is_sales: true,
        is_enabled: true,
        region: None,
        away: Vec::new(),
        open_leads: 0,
    }
}

fn member(name: &str, weight: u32) -> PoolMember {
    PoolMember { user: format!("{}@us.example", name.to_lowercase()), weight, open_leads_max: 0, skills: Vec::new() }
}

fn pool(members: Vec<PoolMember>) -> Pool {
    Pool { key: "iberia".into(), name: "Iberia".into(), at_work_only: false, members }
}

fn with_routing(routing: Routing) -> Agreement {
    Agreement { routing, ..Agreement::default_for(Currency::EUR, "UTC") }
}

fn with_pool(pool: Pool) -> Agreement {
    let rules = vec![RoutingRule { name: "Iberia".into(), when: None, to: Target::Pool("iberia".into()) }];
    with_routing(Routing { rules, pools: vec![pool], ..Routing::default() })
}

fn lead(id: i64) -> LeadToPlace {
    LeadToPlace {
        lead: id,
        at: at(MONDAY),
        owner: None,
        product_line: None,
        account: AccountMatch::None,
        fields: BTreeMap::new(),
        past: Vec::new(),
    }
}

fn account(owner: Option<i64>) -> AccountMatch {
    AccountMatch::Found(Account { company: 1, name: "Acme".into(), owner, how: How::Given })
}

/// Routes so many leads one after another; gives who got how many.
fn given(agreement: &Agreement, state: &mut State, leads: std::ops::Range<i64>) -> BTreeMap<Option<i64>, u64> {
    let router = Router::new(agreement);
    let mut given = BTreeMap::new();
    for id in leads {
        let decision = router.route(&lead(id), state);
        state.carry_out(&decision);
        let owner = match decision.place {
            Place::Owner(owner) => Some(owner),
            Place::Queue { .. } => None,
        };
        *given.entry(owner).or_default() += 1;
    }
    given
}

#[test]
fn rules_are_tried_in_order_and_say_why() {
    let away = Away { from: at("2026-11-20"), to: at("2026-11-24") };
    let reps = || {
        vec![
            rep(1, "Rui"),
            Rep { away: vec![away], ..rep(2, "Ana") },
            Rep { is_enabled: false, ..rep(3, "Eva") },
            Rep { is_sales: false, ..rep(4, "Mia") },
        ]
    };
    let rule = |name: &str, to| RoutingRule { name: name.into(), when: None, to };
    let owner = || rule("Key accounts", Target::AccountOwner);
    let iberia = || rule("Iberia", Target::Pool("iberia".into()));
    let user = |name: &str| rule("Large", Target::User(format!("{name}@us.example")));
    let spain = |to| RoutingRule {
        name: "Spain".into(),
        when: Some(Criterion::Field(FieldTest { field: "company.country".into(), test: Test::OneOf(vec!["ES".into()]) })),
        to,
    };
    let in_pool = || vec![pool(vec![member("Rui", 1), member("Ana", 1)])];
    let cases = [
        (vec![], account(None), None, None, "No routing rules, and no owner as it came. It waits in the queue Not placed."),
        (vec![], account(None), Some(1), Some(1), "No routing rules: the owner stays as it came."),
        (vec![], account(None), Some(3), None, "No routing rules, and no owner as it came. It waits in the queue Not placed."),
        (vec![owner()], account(Some(1)), None, Some(1), "Key accounts: Rui owns Acme."),
        (vec![owner()], account(Some(1)), Some(3), Some(1), "Key accounts: Rui owns Acme."),
        (
            vec![owner(), iberia()],
            account(Some(2)),
            None,
            Some(1),
            "Key accounts: Ana is away until Tue 24 Nov 2026 00:00. Iberia: pool Iberia, Rui is the only one free; Ana is away until Tue 24 Nov 2026 00:00.",
        ),
        (vec![owner(), user("rui")], account(Some(3)), None, Some(1), "Key accounts: Eva can no longer sign in. Large: Rui by name."),
        (
            vec![owner(), user("rui")],
            account(Some(4)),
            None,
            Some(1),
            "Key accounts: Mia owns Acme and is not in sales. Large: Rui by name.",
        ),
        (vec![owner(), user("rui")], account(None), None, Some(1), "Key accounts: Acme has no owner. Large: Rui by name."),
        (vec![owner()], AccountMatch::None, None, None, "Key accounts: no company is known. It waits in the queue Not placed."),
        (
            vec![owner()],
            AccountMatch::Ambiguous("the domain acme.example fits several companies (Acme and Acme UK), so none was taken".into()),
            None,
            None,
            "Key accounts: the domain acme.example fits several companies (Acme and Acme UK), so none was taken. It waits in the queue Not placed.",
        ),
        (vec![user("nobody")], account(None), None, None, "Large: nobody@us.example is no user. It waits in the queue Not placed."),
        (vec![spain(Target::Pool("iberia".into()))], account(None), None, None, "No rule holds for it. It waits in the queue Not placed."),
        (
            vec![rule("Lost", Target::Pool("x".into()))],
            account(None),
            None,
            None,
            "Lost: there is no pool `x`. It waits in the queue Not placed.",
        ),
    ];
    for (rules, account, owner, expected, reason) in cases {
        let agreement = with_routing(Routing { rules, pools: in_pool(), ..Routing::default() });
        let decision = route(&agreement, &LeadToPlace { account, owner, ..lead(1) }, &State::new(reps(), Vec::new(), None));
        let owner = match decision.place {
            Place::Owner(owner) => Some(owner),
            Place::Queue { .. } => None,
        };
        assert_eq!((owner, decision.reason.as_str()), (expected, reason));
    }
}

#[test]
fn the_queue_has_an_owner() {
    let fallback = |owner: Option<&str>| crate::agreement::Fallback { queue: "Not placed".into(), owner: owner.map(Into::into) };
    for (named, head, expected) in [
        (None, None, None),
        (None, Some(2), Some(2)),
        (Some("RUI@us.example "), Some(2), Some(1)),
        (Some("eva@us.example"), Some(2), Some(2)),
        (Some("gone@us.example"), None, None),
    ] {
        let agreement = with_routing(Routing { fallback: fallback(named), ..Routing::default() });
        let state = State::new(vec![rep(1, "Rui"), rep(2, "Ana"), Rep { is_enabled: false, ..rep(3, "Eva") }], Vec::new(), head);
        let decision = route(&agreement, &lead(1), &state);
        assert_eq!(decision.place, Place::Queue { name: "Not placed".into(), owner: expected }, "{named:?} {head:?}");
        assert_eq!(decision.reason.contains("looks after"), expected.is_some());
    }
}

#[test]
fn a_pool_passes_by_those_who_cannot_take_the_lead() {
    let limited = PoolMember { open_leads_max: 2, ..member("Ana", 1) };
    let skilled = PoolMember { skills: vec!["cloud".into()], ..member("Eva", 1) };
    let agreement = with_pool(pool(vec![member("Rui", 1), limited, skilled, member("Ghost", 9), member("Mia", 0)]));
    let reps = vec![rep(1, "Rui"), rep(2, "Ana"), rep(3, "Eva"), rep(4, "Mia")];
    let decide = |change: &dyn Fn(&mut LeadToPlace, &mut Vec<Rep>)| {
        let (mut lead, mut reps) = (lead(1), reps.clone());
        change(&mut lead, &mut reps);
        route(&agreement, &lead, &State::new(reps, Vec::new(), None))
    };
    let only_product = |lead: &mut LeadToPlace| lead.product_line = Some("robots".into());
    let words = decide(&|lead, reps| {
        only_product(lead);
        reps[0].is_enabled = false;
        reps[1].open_leads = 2;
    });
    assert_eq!(words.place, Place::Queue { name: "Not placed".into(), owner: None });
    assert_eq!(
        words.reason,
        "Iberia: nobody in pool Iberia can take it; Rui can no longer sign in; Ana has 2 of 2 open leads; Eva does not sell this product \
         line; Mia has weight 0. It waits in the queue Not placed."
    );
    assert_eq!(decide(&|lead, _| lead.product_line = Some("cloud".into())).place, Place::Owner(1));
    assert_eq!(decide(&|lead, _| lead.past = vec![1]).place, Place::Owner(2));
    assert_eq!(decide(&|_, reps| reps.iter_mut().for_each(|rep| rep.is_enabled = rep.user == 3)).place, Place::Owner(3));
}

#[test]
fn at_night_it_goes_to_whoever_starts_first() {
    let mut agreement = with_pool(Pool { at_work_only: true, ..pool(vec![member("Rui", 1), member("Ana", 1)]) });
    agreement.calendar.time_zone = "Europe/Lisbon".into();
    agreement.calendars = vec![crate::agreement::RegionalCalendar {
        key: "br".into(),
        name: "Brazil".into(),
        regions: vec!["Brazil".into()],
        time_zone: "America/Sao_Paulo".into(),
        shifts: agreement.calendar.shifts.clone(),
        holidays: vec!["2026-11-24".into()],
    }];
    let reps = vec![rep(1, "Rui"), Rep { region: Some("brazil".into()), ..rep(2, "Ana") }];
    for (instant, expected) in [
        ("2026-11-23T10:00:00Z", 1), // Monday morning in Lisbon, 7:00 in São Paulo
        ("2026-11-23T19:00:00Z", 2), // evening in Lisbon, afternoon in São Paulo
        ("2026-11-23T23:00:00Z", 1), // night in both: Lisbon starts first
        ("2026-11-24T19:00:00Z", 1), // a holiday in Brazil: Lisbon starts first, on Wednesday
        ("2026-11-22T12:00:00Z", 1), // Sunday
    ] {
        let decision = route(&agreement, &LeadToPlace { at: at(instant), ..lead(1) }, &State::new(reps.clone(), Vec::new(), None));
        assert_eq!(decision.place, Place::Owner(expected), "{instant}: {}", decision.reason);
    }
}

#[test]
fn who_comes_back_is_not_flooded() {
    let agreement = with_pool(pool(vec![member("Rui", 1), member("Ana", 1)]));
    let until = Away { from: Instant::MIN, to: at(MONDAY).plus_micros(1) };
    let mut state = State::new(vec![rep(1, "Rui"), Rep { away: vec![until], ..rep(2, "Ana") }], Vec::new(), None);
    assert_eq!(given(&agreement, &mut state, 0..1000), BTreeMap::from([(Some(1), 1000)]));
    let turns = vec![state.turns("iberia", 1).unwrap().clone(), state.turns("iberia", 2).unwrap().clone()];
    let mut back = State::new(vec![rep(1, "Rui"), rep(2, "Ana")], turns, None);
    assert_eq!(given(&agreement, &mut back, 1000..1010), BTreeMap::from([(Some(1), 5), (Some(2), 5)]));
}

#[test]
fn a_new_member_and_a_new_weight_hold_from_now_on() {
    let two = with_pool(pool(vec![member("Rui", 1), member("Ana", 1)]));
    let mut state = State::new(vec![rep(1, "Rui"), rep(2, "Ana"), rep(3, "Eva")], Vec::new(), None);
    given(&two, &mut state, 0..200);
    let three = with_pool(pool(vec![member("Rui", 1), member("Ana", 1), member("Eva", 1)]));
    assert_eq!(given(&three, &mut state, 0..30), BTreeMap::from([(Some(1), 10), (Some(2), 10), (Some(3), 10)]));
    let heavier = with_pool(pool(vec![member("Rui", 2), member("Ana", 1), member("Eva", 1)]));
    assert_eq!(given(&heavier, &mut state, 0..40), BTreeMap::from([(Some(1), 20), (Some(2), 10), (Some(3), 10)]));
}

#[test]
fn accounts_are_matched_by_domain_then_by_name() {
    let company = |id, name: &str, domain: &str| Candidate {
        company: id,
        name: (!name.is_empty()).then(|| name.into()),
        domain: (!domain.is_empty()).then(|| domain.into()),
        owner: Some(id * 10),
    };
    let all = [
        company(1, "Acme GmbH", "acme.example"),
        company(2, "Bolt Ltd", ""),
        company(3, "Cargo S.A.", "cargo.example"),
        company(4, "Cargo Lda.", "cargo.example"),
        company(5, "Delta, Inc.", ""),
        company(6, "DELTA BV", ""),
        company(7, "Gmail Fans", "gmail.com"),
        company(8, "Übermüller & Söhne KG", ""),
    ];
    for (email, name, expected) in [
        (Some("ana@acme.example"), None, Ok(Some(1))),
        (Some("ana@MAIL.acme.example "), None, Ok(Some(1))),
        (Some("ana@notacme.example"), None, Ok(None)),
        (Some("ana@bolt.co.uk"), None, Ok(Some(2))),
        (Some("ana@cargo.example"), None, Err("the domain cargo.example fits several companies (Cargo S.A. and Cargo Lda.)")),
        (Some("ana@gmail.com"), None, Ok(None)),
        (Some("ana@web.de"), Some("  acme,  gmbh & co. kg"), Ok(Some(1))),
        (None, Some("delta"), Err("the name delta fits several companies (Delta, Inc. and DELTA BV)")),
        (None, Some("Uebermueller Soehne"), Ok(Some(8))),
        (Some("no address"), None, Ok(None)),
        (None, Some(" - "), Ok(None)),
        (None, None, Ok(None)),
    ] {
        match (match_account(email, name, &all), expected) {
            (AccountMatch::Found(account), Ok(Some(id))) => assert_eq!((account.company, account.owner), (id, Some(id * 10))),
            (AccountMatch::None, Ok(None)) => {}
            (AccountMatch::Ambiguous(words), Err(start)) => assert!(words.starts_with(start), "{words}"),
            (found, expected) => panic!("{email:?} {name:?}: {found:?}, expected {expected:?}"),
        }
    }
    assert_eq!(search_keys("a@mail.Acme-Tools.co.uk").unwrap().1, "acme");
    assert!(search_keys("a@outlook.com").is_none());
}

/// 100,000 leads from eight threads that share one state, as eight writers share the record.
#[test]
fn eight_threads_share_a_pool_to_the_lead() {
    let weights = [5, 3, 2, 1, 1];
    let names = ["Rui", "Ana", "Eva", "Mia", "Leo"];
    let agreement = with_pool(pool(names.iter().zip(weights).map(|(name, weight)| member(name, weight)).collect()));
    let reps = (1..).zip(names).map(|(id, name)| rep(id, name)).collect();
    let state = std::sync::Mutex::new((State::new(reps, Vec::new(), None), BTreeMap::<i64, u64>::new()));
    let router = Router::new(&agreement);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (state, router) = (&state, &router);
            scope.spawn(move || {
                for id in 0..12_500 {
                    let (state, given) = &mut *state.lock().unwrap();
                    let decision = router.route(&lead(thread * 12_500 + id), state);
                    state.carry_out(&decision);
                    let Place::Owner(owner) = decision.place else { panic!("{}", decision.reason) };
                    *given.entry(owner).or_default() += 1;
                }
            });
        }
    });
    let (_, given) = state.into_inner().unwrap();
    for (owner, weight) in (1..).zip(weights) {
        let share = 100_000.0 * f64::from(weight) / 12.0;
        assert!((given[&owner] as f64 - share).abs() < 1.0, "{given:?}");
    }
}

fn weights() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(prop_oneof![1..=6u32, 1..=1000u32], 1..8)
}

fn named(index: usize) -> String {
    format!("u{index}")
}

proptest! {
    /// At every moment, not only in the end, and however the leads are batched: a batch starts from what was written.
    #[test]
    fn shares_stay_within_one_lead_of_the_weights(weights in weights(), batches in prop::collection::vec(1..60i64, 1..6)) {
        let agreement = with_pool(pool(weights.iter().enumerate().map(|(index, weight)| member(&named(index), *weight)).collect()));
        let reps: Vec<_> = (0..weights.len()).map(|index| rep(index as i64, &named(index))).collect();
        let all: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        let (mut kept, mut given, mut total) = (Vec::new(), vec![0u64; weights.len()], 0);
        for batch in batches {
            let mut state = State::new(reps.clone(), kept, None);
            for _ in 0..batch {
                let decision = route(&agreement, &lead(total), &state);
                state.carry_out(&decision);
                let Place::Owner(owner) = decision.place else { panic!("{}", decision.reason) };
                given[owner as usize] += 1;
                total += 1;
                for (given, weight) in given.iter().zip(&weights) {
                    let share = total as f64 * f64::from(*weight) / all;
                    prop_assert!((*given as f64 - share).abs() < 1.0, "{given} of {total} by {weight} of {all}");
                }
            }
            kept = (0..weights.len()).filter_map(|index| state.turns("iberia", index as i64).cloned()).collect();
        }
    }

    #[test]
    fn nobody_gets_what_they_cannot_take(
        members in prop::collection::vec((0..4u32, 0..5u32, 0..6u32, any::<bool>(), prop::option::of(-3..3i64), 0..3u8), 0..6),
        leads in prop::collection::vec((0..6i64, 0..3u8, prop::option::of(0..6i64)), 1..40),
        has_head in any::<bool>(),
    ) {
        let lines = ["cloud", "robots"];
        let members_of = members.iter().enumerate().map(|(index, (weight, max, .., skill))| PoolMember {
            open_leads_max: *max,
            skills: lines.get(*skill as usize).map(|line| (*line).to_owned()).into_iter().collect(),
            ..member(&named(index), *weight)
        });
        let agreement = with_pool(pool(members_of.collect()));
        let reps = members.iter().enumerate().map(|(index, (_, _, open, is_enabled, away, _))| Rep {
            open_leads: *open,
            is_enabled: *is_enabled,
            away: away.iter().map(|day| Away { from: at(MONDAY).plus_days(*day), to: at(MONDAY).plus_days(day + 2) }).collect(),
            ..rep(index as i64, &named(index))
        });
        let mut state = State::new(reps.collect(), Vec::new(), has_head.then_some(0));
        for (number, (hours, line, past)) in leads.iter().enumerate() {
            let lead = LeadToPlace {
                at: at(MONDAY).plus_micros(hours * MICROS_PER_DAY / 3),
                product_line: lines.get(*line as usize).map(|line| (*line).to_owned()),
                past: past.iter().copied().collect(),
                ..lead(number as i64)
            };
            let decision = route(&agreement, &lead, &state);
            match &decision.place {
                Place::Owner(owner) => {
                    let (member, rep) = (&agreement.routing.pools[0].members[*owner as usize], state.rep(*owner).unwrap());
                    prop_assert!(rep.is_enabled && rep.away_until(lead.at).is_none() && !lead.past.contains(owner));
                    prop_assert!(member.weight > 0 && (member.open_leads_max == 0 || rep.open_leads < member.open_leads_max));
                    prop_assert!(member.skills.is_empty() || lead.product_line.as_ref().is_none_or(|line| member.skills.contains(line)));
                }
                Place::Queue { name, owner } => {
                    prop_assert!(!name.is_empty());
                    prop_assert_eq!(owner.is_some(), has_head);
                }
            }
            // What is kept says it all: through its written form too.
            let again = replay(&agreement, &decision.inputs);
            prop_assert_eq!(&again, &decision);
            let written = toml::to_string(&decision.inputs).unwrap();
            prop_assert_eq!(&toml::from_str::<Inputs>(&written).unwrap(), &decision.inputs);
            state.carry_out(&decision);
        }
    }
}
