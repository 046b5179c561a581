use alignment::{
    Currency, Instant,
    lifecycle::{DealStage, Side, Stage},
};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{
    capacity::Load,
    costs::Cost,
    deals::{DealStep, Deals, OpenDeal},
    lags::Lag,
    record::{Open, Source, Step},
    season::Season,
    *,
};
use crate::{
    cohort::{Outcome, Spell},
    question::Period,
    rows::Delta,
    testing::{self, day, deal, eur, history, lead, moved, question, spend},
};

/// One step from lead to customer, of one source, that takes no time.
fn one_step(entered: u64, reached: u64) -> Record {
    with_steps(&[(entered, reached, Lag::none())])
}

fn with_steps(steps: &[(u64, u64, Lag)]) -> Record {
    let stages = match steps.len() {
        1 => vec![Stage::Lead, Stage::Customer],
        _ => vec![Stage::Lead, Stage::Mql, Stage::Customer],
    };
    let step = |(place, (entered, reached, lag)): (usize, &(u64, u64, Lag))| Step {
        from: stages[place],
        to: stages[place + 1],
        cohorts: (day(-365.0), day(0.0)),
        entered: *entered,
        reached: *reached,
        spread: 1.0,
        lag: lag.clone(),
    };
    let source = Source {
        name: Some("webinar".into()),
        entries: vec![100; stages.len()],
        tallies: steps.iter().map(|(entered, reached, _)| (*entered, *reached)).collect(),
        lags: vec![None; steps.len()],
        open: vec![Vec::new(); steps.len()],
        cost: Cost { leads: 120, spend_minor: 1_200_000.0, per_lead_minor: Some(10_000.0), variation: 0.3 },
    };
    Record {
        as_of: day(0.0),
        to_come_from: day(0.0),
        known_at: day(0.0),
        agreement_version: 1,
        currency: Currency::EUR,
        zone: TimeZone::UTC,
        is_part: false,
        steps: steps.iter().enumerate().map(step).collect(),
        stages,
        sources: vec![source],
        pooled: Default::default(),
        deals: no_deals(),
        months: Vec::new(),
        season: Season::flat(),
        lead_load: Load { reps: 3, usual: Some(8.0), most: Some(10.0) },
        deal_load: Load::default(),
        customers_at: Vec::new(),
        unplaced_spend_minor: 0.0,
    }
}

fn no_deals() -> Deals {
    let step = || DealStep { closed: 20, won: 10, lag: Lag::none() };
    Deals {
        stages: vec![step(), step(), step()],
        open: Vec::new(),
        sizes_minor: vec![100_000.0, 200_000.0, 600_000.0],
        signed: Vec::new(),
        season: Season::flat(),
        has_deal: Vec::new(),
    }
}

fn lag(days: &[f64]) -> Lag {
    Lag::of(days.iter().map(|age_days| Spell { age_days: *age_days, outcome: Outcome::Converted }).collect())
}

fn customers(count: u64, by: f64) -> Ask {
    Ask::new(Target::Customers(count), day(by))
}

fn totals(record: &Record, ask: &Ask) -> Vec<f64> {
    let answer = plan(record, &Targets::default(), ask);
    answer.columns.iter().map(|column| column.needs[0].total.unwrap()).collect()
}

/// Reference: scipy 1.17.1, smallest n with `binom.sf(k - 1, n, p) >= q`, that is the quantile of the negative binomial.
#[test]
fn with_a_known_rate_it_is_the_negative_binomial() {
    for (wanted, rate, expected) in [(10, 0.2, [49.0, 61.0, 76.0]), (10, 0.02, [484.0, 625.0, 782.0]), (50, 0.19, [262.0, 291.0, 321.0])] {
        let known = 10_000_000_000_u64;
        let record = one_step(known, (known as f64 * rate) as u64);
        assert_eq!(totals(&record, &customers(wanted, 30.0)), expected, "{wanted} at {rate}");
    }
}

/// Reference: scipy 1.17.1 `betabinom.sf` with a = 4 p + 10, b = 4 (1 - p) + 40, p = 10.5 / 51.
#[test]
fn with_a_rate_learned_from_fifty_leads_it_is_the_beta_binomial() {
    let ask = Ask { replicates: REPLICATES_MAX, ..customers(10, 30.0) };
    for (found, expected) in totals(&one_step(50, 10), &ask).iter().zip(BETA_BINOMIAL) {
        assert!((found / expected - 1.0_f64).abs() < 0.03, "{found} {expected}");
    }
}

const BETA_BINOMIAL: [f64; 3] = [49.0, 69.0, 97.0];

#[test]
fn what_is_in_hand_counts_first() {
    let known = 10_000_000_000_u64;
    let mut record = with_steps(&[(known, known / 5, lag(&[1.0]))]);
    record.deals.open = (0..10).map(|_| OpenDeal { stage: 0, age_days: 0.0, amount_minor: Some(50_000.0) }).collect();
    record.deals.stages[0] = DealStep { closed: known, won: known - 1, lag: lag(&[1.0]) };
    // All ten are signed, so nothing is needed for ten, and one for eleven.
    assert_eq!(totals(&record, &customers(10, 30.0)), [0.0; 3]);
    let answer = plan(&record, &Targets::default(), &customers(10, 30.0));
    assert_eq!((answer.in_hand.deals, answer.in_hand.chance), (10, Some(1.0)));
    assert!((answer.in_hand.customers.unwrap() - 10.0).abs() < 1e-9 && answer.columns[2].spend_minor == Some(0.0));
    let of_one = totals(&record, &customers(11, 30.0));
    assert_eq!(of_one, [4.0, 8.0, 14.0], "as many as it takes for one customer at 20%");
    let mut record = with_steps(&[(known, known / 5, lag(&[1.0]))]);
    record.sources[0].open[0] = vec![Open { passes: 1_000, age_days: 0.0 }];
    assert_eq!(totals(&record, &customers(100, 30.0)), [0.0; 3]);
}

#[test]
fn a_revenue_takes_as_many_customers_as_its_deals() {
    let known = 10_000_000_000_u64;
    let mut record = one_step(known, known - 1);
    record.deals.sizes_minor = vec![100_000.0; 5];
    let revenue = |minor| Ask::new(Target::Revenue(minor), day(30.0));
    assert_eq!(totals(&record, &revenue(1_000_000)), [10.0; 3]);
    let dearer = Changes { deal_size_minor: Some(500_000.0), ..Changes::default() };
    assert_eq!(totals(&record, &Ask { changes: dearer, ..revenue(1_000_000) }), [2.0; 3]);
    record.deals.sizes_minor.clear();
    let answer = plan(&record, &Targets::default(), &revenue(1_000_000));
    assert!(answer.columns.iter().all(|column| column.needs[0].total.is_none()) && answer.deal_size.mean_minor.is_none());
    assert!(answer.words.iter().any(|words| words.contains("no deal was signed")), "{:?}", answer.words);
}

#[test]
fn leads_that_come_too_late_do_not_count() {
    let record = with_steps(&[(1_000, 500, lag(&[20.0])), (1_000, 500, lag(&[25.0]))]);
    let answer = plan(&record, &Targets::default(), &customers(5, 90.0));
    // A lead takes 45 days, an MQL 25; by the first of April, that leaves leads up to the middle of February and MQLs up to March.
    let last: Vec<_> = answer.last_useful.iter().map(|last| last.month.as_deref()).collect();
    assert_eq!(last, [Some("2026-02"), Some("2026-03")]);
    assert!(answer.cells.iter().all(|cell| cell.month.as_str() <= "2026-02"), "{:?}", answer.cells);
    let late = plan(&record, &Targets::default(), &customers(5, 30.0));
    assert_eq!((late.last_useful[0].month.as_deref(), late.columns[0].needs[0].total), (None, None));
    assert!(late.last_useful[1].month.is_some() && late.columns[0].needs[1].total.is_some());
    assert!(late.words.iter().any(|words| words.contains("too late")), "{:?}", late.words);
}

#[test]
fn reps_that_are_missing_are_said() {
    let record = with_steps(&[(10_000, 5_000, Lag::none()), (10_000, 1_000, Lag::none())]);
    let targets = Targets { mqls_per_month: Some(20.0), ..Targets::default() };
    let answer = plan(&record, &targets, &customers(20, 90.0));
    let capacity = &answer.capacity[0];
    assert_eq!((capacity.reps, capacity.is_short), (3, true));
    assert_eq!(capacity.reps_needed, Some((capacity.needed_per_month / 10.0).ceil() as u64));
    assert!(answer.words[0].contains("you have 3 who took leads"), "{:?}", answer.words);
    let promise = answer.promise.unwrap();
    assert!(promise.short_by > 0.0 && promise.words.contains("the Agreement promises 20: short by"), "{promise:?}");
    let more = Changes { reps: Some(100.0), ..Changes::default() };
    assert!(!plan(&record, &targets, &Ask { changes: more, ..customers(20, 90.0) }).capacity[0].is_short);
}

#[test]
fn the_year_is_paced_by_its_season() {
    let mut record = one_step(100, 20);
    (record.as_of, record.to_come_from) = (day(59.0), day(59.0));
    record.deals.season.factors = [2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0];
    record.deals.signed = vec![(day(10.0), 40_000.0), (day(40.0), 60_000.0), (day(80.0), 1.0)];
    let targets = Targets { revenue: Some((Period { from: day(0.0), to: day(365.0) }, 1_000_001)), ..Targets::default() };
    let pacing = plan(&record, &targets, &customers(5, 150.0)).pacing.unwrap();
    assert_eq!(pacing.months.iter().map(|month| month.planned_minor).sum::<i64>(), 1_000_001);
    assert_eq!(pacing.quarters.iter().map(|quarter| quarter.planned_minor).sum::<i64>(), 1_000_001);
    assert_eq!(pacing.quarters.len(), 4);
    assert_eq!((pacing.signed_minor, pacing.months[1].signed_so_far_minor, pacing.months[5].signed_minor), (100_000, Some(100_000), None));
    // 62 + 28 of 365 weighted days were planned by now: signed 100,000 of 246,575, which the plan had on day 18.
    assert_eq!((pacing.planned_minor, pacing.months[11].planned_minor), (246_575, 0));
    assert!((pacing.ahead_days + 59.0 - 18.25).abs() < 0.1, "{}", pacing.ahead_days);
    // What the plan's own parts say goes before the season.
    let parts = vec![(Period { from: day(0.0), to: day(31.0) }, 1_000_000), (Period { from: day(31.0), to: day(365.0) }, 1)];
    let by_parts = plan(&record, &Targets { revenue_parts: parts, ..targets }, &customers(5, 150.0)).pacing.unwrap();
    assert_eq!(by_parts.months[0].planned_minor, 1_000_000);
    assert_eq!(by_parts.quarters.iter().map(|quarter| quarter.planned_minor).sum::<i64>(), 1_000_001);
}

/// Two years of signatures, four times as many in December as in any other month.
#[test]
fn the_plan_and_the_number_of_revenue_agree() {
    let mut delta = Delta::default();
    for month in 0..26_i64 {
        let on = -730.0 + 30.4 * month as f64;
        for _ in 0..if month % 12 == 11 { 16 } else { 4 } {
            let id = delta.deals.len() as i64 + 1;
            delta.leads.push(lead(id, "webinar", on));
            delta.deals.push(deal(id, None, &[], Some(eur(100)), on));
            delta.deal_transitions.push(moved(id, id, DealStage::Won, on + 5.0));
        }
    }
    let history = history(delta);
    for (as_of, target) in [(40.0, 1_000_000), (200.0, 1_000_000), (40.0, 60_000)] {
        let mut question = Question { as_of: day(as_of), known_at: day(as_of), ..question() };
        question.settings.targets.revenue = Some((Period { from: day(0.0), to: day(365.0) }, target));
        let pacing = plan(&record(&history, &question), &question.settings.targets, &customers(5, 300.0)).pacing.unwrap();
        let number = crate::kpi::answer(&history, &question, "revenue").unwrap().measure;
        let also = |name: &str| number.also(name).unwrap();
        assert!(pacing.is_season_known && pacing.months[11].planned_minor > pacing.months[6].planned_minor * 2, "{:?}", pacing.months);
        assert!((pacing.planned_minor as f64 - also("planned")).abs() <= 0.5, "{} {number:?}", pacing.planned_minor);
        assert!((pacing.ahead_minor as f64 - also("ahead")).abs() <= 0.5, "{} {number:?}", pacing.ahead_minor);
        assert!((pacing.ahead_days - also("ahead_days")).abs() < 1e-6, "{} {number:?}", pacing.ahead_days);
    }
}

/// The target and the promise are the company's: what a filter leaves is held against neither, and it is said.
#[test]
fn nothing_is_planned_of_a_part() {
    let targets =
        Targets { revenue: Some((Period { from: day(0.0), to: day(365.0) }, 1_000_000)), mqls_per_month: Some(9.0), ..Targets::default() };
    let question = Question { as_of: day(0.0), known_at: day(0.0), ..question() };
    let webinar = crate::question::Filter { dimension: crate::question::Dimension::Source, value: Some("webinar".into()) };
    for (filters, is_held) in [(vec![], true), (vec![webinar], false)] {
        let record = record(&history(two_years()), &Question { filters, ..question.clone() });
        let answer = plan(&record, &targets, &customers(5, 300.0));
        assert_eq!((answer.pacing.is_some(), answer.promise.is_some()), (is_held, is_held));
        assert_eq!(answer.words.iter().any(|words| words.contains("the whole company's")), !is_held, "{:?}", answer.words);
    }
    let record = Record { is_part: true, ..one_step(100, 20) };
    let words = plan(&record, &Targets::default(), &customers(5, 300.0)).words;
    assert!(!words.iter().any(|words| words.contains("company's")), "there is nothing that it could be held against: {words:?}");
}

/// What is signed at the very instant that is asked about.
#[test]
fn a_signature_of_this_instant_counts() {
    let mut record = one_step(100, 20);
    (record.as_of, record.to_come_from) = (day(59.0), day(59.0));
    record.deals.signed = vec![(day(59.0), 40_000.0)];
    let targets = Targets { revenue: Some((Period { from: day(0.0), to: day(365.0) }, 1_000_000)), ..Targets::default() };
    let pacing = plan(&record, &targets, &customers(5, 150.0)).pacing.unwrap();
    assert_eq!((pacing.signed_minor, pacing.months[2].signed_so_far_minor), (40_000, Some(40_000)));
}

#[test]
fn a_plan_says_the_same_all_day() {
    let history = history(two_years());
    let at = |hour: f64| {
        let now = day(-40.0 + hour / 24.0);
        let record = record(&history, &Question { as_of: now, known_at: now, ..question() });
        let answer = plan(&record, &Targets::default(), &Ask::new(Target::Customers(50), day(140.0)));
        (answer.columns, answer.cells, answer.in_hand, answer.pace)
    };
    assert_eq!(at(9.0), at(17.5));
}

#[test]
fn the_record_is_read_by_source_month_and_age() {
    let record = record(&history(two_years()), &Question { as_of: day(0.0), known_at: day(0.0), ..question() });
    assert_eq!(record.stages, Stage::FUNNEL.into_iter().filter(|stage| record::FUNNEL.contains(stage)).collect::<Vec<_>>());
    assert_eq!(record.sources[0].name.as_deref(), Some("webinar"));
    let first = &record.steps[0];
    assert_eq!((first.lag.median_days, first.entered > 80, (first.reached * 2).abs_diff(first.entered) <= 1), (Some(5.0), true, true));
    let open: u64 = record.sources.iter().flat_map(|source| &source.open).flatten().map(|open| open.passes).sum();
    assert_eq!((open, record.deals.open.len(), record.deals.sizes_minor.len()), (1, 1, 1));
    assert_eq!(record.deals.open[0].amount_minor, Some(70_000.0));
    let cost = &record.sources[0].cost;
    assert!(cost.per_lead_minor.unwrap() > 0.0 && cost.variation > 0.0, "{cost:?}");
    assert_eq!(record.months.len(), 20);
    let empty = super::record(&history(Delta::default()), &question());
    let answer = plan(&empty, &Targets::default(), &customers(5, 1090.0));
    assert!(answer.columns.iter().all(|column| column.needs.iter().all(|need| need.total.is_none())), "{:?}", answer.columns);
    assert_eq!((answer.pace.customers, answer.in_hand.customers), (None, None));
}

/// A lead every fourth day from day -600, every other one an MQL after 5 days; the others are lost. One is open, one deal is won.
fn two_years() -> Delta {
    let mut delta = Delta::default();
    for place in 0..140_i64 {
        let on = -600.0 + 4.0 * place as f64;
        delta.leads.push(lead(place + 1, "webinar", on));
        let (stage, after) = if place % 2 == 0 { (Stage::Mql, 5.0) } else { (Stage::Lost, 9.0) };
        delta.transitions.push(testing::entered(2 * place + 1, place + 1, stage, on + after));
        if place % 2 == 0 && place > 0 {
            delta.transitions.push(testing::entered(2 * place + 2, place + 1, Stage::Lost, on + 30.0));
        }
        delta.spend.push(spend(place + 1, "webinar", Side::Marketing, on, eur(10 + place % 7)));
    }
    delta.leads.push(lead(200, "webinar", -3.0));
    delta.leads.push(lead(201, "webinar", -40.0));
    delta.transitions.push(testing::entered(901, 201, Stage::Sql, -30.0));
    delta.deals = vec![deal(1, Some(1), &[], Some(eur(500)), -590.0), deal(2, Some(201), &[], Some(eur(700)), -30.0)];
    delta.deal_transitions = vec![moved(1, 1, DealStage::Won, -500.0), moved(2, 2, DealStage::Proposal, -10.0)];
    delta.transitions.push(testing::entered(902, 1, Stage::Customer, -500.0));
    delta
}

#[test]
fn spend_for_a_source_that_is_taken_together_with_others_is_told() {
    let mut delta = two_years();
    let small: Vec<String> = (10..24).map(|place| format!("fair {place}")).collect();
    delta.leads.extend(small.iter().zip(300..).map(|(name, id)| lead(id, name, -20.0)));
    let history = history(delta);
    let question = Question { as_of: day(0.0), known_at: day(0.0), ..question() };
    let record = super::record(&history, &question);
    let named = |place: usize| Some(small[place].clone());
    let own: Vec<_> = record.sources.iter().map(|source| source.name.clone()).collect();
    assert!(own.contains(&named(0)) && own.len() == 12 && own.last() == Some(&Some(OTHER_SOURCES.to_owned())), "{own:?}");
    assert_eq!(record.pooled, (10..14).map(named).collect(), "the last ones by name, where all are as small");
    let month = calendar::touched(day(0.0), day(60.0), &TimeZone::UTC, 3)[1].key();
    let spend = |source: Option<String>| SpendOf { month: month.clone(), source, amount_minor: 5_000 };
    let changes = Changes { spend: vec![spend(named(12)), spend(named(0)), spend(Some("webinar".into()))], ..Changes::default() };
    let words = plan(&record, &Targets::default(), &Ask { changes, ..customers(3, 60.0) }).words;
    let of = |start: &str| words.iter().filter(|words| words.starts_with(start)).cloned().collect::<Vec<_>>().join("; ");
    assert!(of("the smallest sources are planned together, fair 22 among them").contains("buys nothing here"), "{words:?}");
    assert!(of("nobody wrote down what a lead from fair 10 costs").contains("buys nothing here"), "{words:?}");
}

#[test]
fn the_same_question_has_the_same_answer_on_any_number_of_threads() {
    let record = with_steps(&[(300, 90, lag(&[3.0, 9.0, 30.0])), (90, 18, lag(&[20.0, 60.0]))]);
    let json = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| format!("{:?}", plan(&record, &Targets::default(), &customers(7, 200.0))))
    };
    assert_eq!(json(1), json(3));
}

#[test]
fn past_plans_are_tried_on_what_came() {
    let question = Question { as_of: day(0.0), known_at: day(0.0), ..question() };
    let tried = backtest(&history(two_years()), &question, 5, 60);
    // The months in which the only customer was in a cohort of the last year; of the others nothing can be told.
    assert_eq!(tried.tried.len(), 2);
    assert!(tried.tried.iter().all(|tried| tried.by <= day(0.0) && tried.customers == 0 && tried.bands[2].0 <= tried.median), "{tried:?}");
    assert!(tried.coverage.is_some());
    assert!(backtest(&history(Delta::default()), &question, 5, 60).coverage.is_none());
}

fn needs(record: &Record, ask: &Ask, stage: usize) -> Vec<Option<f64>> {
    plan(record, &Targets::default(), ask).columns.iter().map(|column| column.needs[stage].total).collect()
}

fn never_less(before: &[Option<f64>], after: &[Option<f64>]) -> bool {
    before.iter().zip(after).all(|(before, after)| before.unwrap_or(f64::INFINITY) <= after.unwrap_or(f64::INFINITY) * 1.001)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn more_needs_more(
        entered in 20_u64..2_000, share in 0.05..0.6_f64, wins in 0.05..0.5_f64, wanted in 1_u64..40, more in 1_u64..10,
        first in 0.0..40.0_f64, second in 0.0..60.0_f64, by in 60.0..300.0_f64, later in 1.0..120.0_f64, open in 0_u64..30,
    ) {
        let reached = (entered as f64 * share) as u64;
        let steps = [(entered, reached, lag(&[first, first * 2.0])), (reached, (reached as f64 * wins) as u64, lag(&[second, second + 9.0]))];
        let mut record = with_steps(&steps);
        if open > 0 {
            record.sources[0].open[1] = vec![Open { passes: open, age_days: 3.0 }];
        }
        let ask = Ask { replicates: 100, ..customers(wanted, by) };
        for stage in 0..2 {
            let base = needs(&record, &ask, stage);
            prop_assert!(never_less(&base[..2], &base[1..]), "a higher probability: {base:?}");
            let for_more = needs(&record, &Ask { target: Target::Customers(wanted + more), ..ask.clone() }, stage);
            prop_assert!(never_less(&base, &for_more), "more customers: {base:?} {for_more:?}");
            let better = Changes { mql_rate: Some(0.9), ..Changes::default() };
            let easier = needs(&record, &Ask { changes: better, ..ask.clone() }, stage);
            prop_assert!(never_less(&easier, &base), "a better rate: {easier:?} {base:?}");
        }
        // By month, as there are more months then.
        let per_month = |by: f64| {
            let answer = plan(&record, &Targets::default(), &Ask { by: day(by), ..ask.clone() });
            answer.columns.iter().map(|column| column.needs[0].per_month).collect::<Vec<_>>()
        };
        let (soon, late) = (per_month(by), per_month(by + later));
        for (soon, late) in soon.iter().zip(&late) {
            prop_assert!(late.unwrap_or(f64::INFINITY) <= soon.unwrap_or(f64::INFINITY) * 1.01 + 1.0, "a later date: {soon:?} {late:?}");
        }
    }

    #[test]
    fn quarters_sum_to_the_year(target in 0_i64..1_000_000_000, factors in prop::array::uniform12(0.0..3.0_f64), from in -400_i64..400) {
        let mut record = one_step(100, 20);
        record.deals.season.factors = factors;
        let start = Instant(day(from as f64).0);
        let targets = Targets { revenue: Some((Period { from: start, to: start.plus_days(365) }, target)), ..Targets::default() };
        let pacing = pacing::pacing(&record, &customers(1, 10.0), targets.revenue.unwrap(), &[], None);
        prop_assert_eq!(pacing.quarters.iter().map(|quarter| quarter.planned_minor).sum::<i64>(), target);
        prop_assert_eq!(pacing.months.last().unwrap().planned_so_far_minor, target);
    }
}
