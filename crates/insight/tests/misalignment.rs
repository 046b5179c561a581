//! The cost of misalignment and the four quarrels over the sample company: they come to the verdicts that its stories
//! (`docs/sample-company.md`) say, and their rows add up.

#[path = "diagnosis/company.rs"]
mod company;

use alignment::{agreement::Agreement, calendar::WorkCalendar};
use insight::{
    history::History,
    misalignment::{
        Assumptions, Claims, FollowUpTerms, cost,
        quarrel::{Lookout, Quarrel, Speaks, Talk, Terms, Verdict, quarrels, rows},
    },
    question::{Dimension, Period, Question},
};

const CAMPAIGN: &str = "LinkedIn: The cloud bill guide";

/// In force at the end: its promises judge all that is asked.
fn agreement() -> Agreement {
    sample::generate(sample::SEED, company::question().as_of, 0.01).second.agreement
}

fn terms(agreement: &Agreement, scale: f64) -> Terms {
    let promises = &agreement.promises;
    Terms {
        follow_up: FollowUpTerms {
            review_minutes_max: i64::from(promises.review_hours_max) * 60,
            first_attempt_minutes_max: i64::from(promises.first_attempt_hours_max) * 60,
        },
        attempts_min: promises.attempts_min,
        attempts_days: promises.attempts_days,
        mqls_per_month_min: sample::stories::SECOND_MQLS_PER_MONTH * scale,
        acceptance_rate_min: promises.acceptance_rate_min,
    }
}

/// The twelve months up to the end.
fn last_year() -> Question {
    let question = company::question();
    let to = question.as_of.plus_days(1);
    Question { period: Period { from: to.plus_days(-365), to }, ..question }
}

fn ask(history: &History, question: &Question, scale: f64) -> Vec<Quarrel> {
    let agreement = agreement();
    let calendar = WorkCalendar::of(&agreement.calendar);
    let dimensions = [Dimension::Custom("sales_region".into()), Dimension::Owner];
    let lookout = Lookout { calendar: &calendar, terms: &terms(&agreement, scale), talk: &Talk::default(), dimensions: &dimensions };
    let found = quarrels(history, question, lookout);
    for quarrel in &found {
        println!("{}: {:?}", quarrel.name, quarrel.verdict);
        for point in &quarrel.points {
            let difference = point.difference.map(|found| found.interval);
            println!(
                "  {:28} {:?} {:?} {:?} {} of {} {difference:?}",
                point.key, point.speaks, point.value, point.interval, point.hits, point.n
            );
        }
        quarrel.causes.iter().for_each(|cause| println!("  - {}", cause.words));
    }
    found
}

fn of<'a>(quarrels: &'a [Quarrel], key: &str) -> &'a Quarrel {
    quarrels.iter().find(|quarrel| quarrel.key == key).expect("there are four")
}

fn true_of(quarrel: &Quarrel, dimension: &str) -> Vec<String> {
    let here = quarrel.segments.iter().filter(|segment| segment.is_true_here && segment.dimension == dimension);
    here.filter_map(|segment| segment.label.clone()).collect()
}

#[test]
fn sales_ignores_leads_in_iberia_and_nowhere_else() {
    for seed in [sample::SEED, 11, 2_026] {
        let history = company::history(seed, 0.5);
        let found = ask(&history, &last_year(), 0.5);
        let ignored = of(&found, "sales_ignores_our_leads");
        assert_eq!(true_of(ignored, "custom:sales_region"), ["Iberia"], "seed {seed}");
        assert_eq!(ignored.verdict, Verdict::Partly, "seed {seed}: true of one region, not of the company");
        assert!(
            ignored.causes[0].words.contains("Iberia") || ignored.causes.iter().any(|cause| cause.words.starts_with("Iberia")),
            "{:?}",
            ignored.causes
        );
        assert!(
            !true_of(ignored, "owner").is_empty() && true_of(ignored, "owner").len() <= 3,
            "the three reps of Iberia at most: {ignored:?}"
        );
        let selling = of(&found, "sales_does_not_sell");
        assert!(selling.verdict != Verdict::Supported, "seed {seed}: the win rate did not fall");
        let elsewhere: Vec<_> = true_of(selling, "custom:sales_region").into_iter().filter(|region| region != "Iberia").collect();
        assert!(elsewhere.is_empty(), "seed {seed}: {elsewhere:?}");
        let talking = of(&found, "we_never_talk");
        assert_eq!(talking.verdict, Verdict::NotSupported, "seed {seed}: every rejection has its reason");
    }
}

/// Before the region slowed down nothing was wrong there.
#[test]
fn the_months_before_are_acquitted() {
    let question = company::question();
    let from = question.as_of.plus_days(-540);
    let question = Question { period: Period { from, to: question.as_of.plus_days(-220) }, ..question };
    let found = ask(&company::history(sample::SEED, 0.5), &question, 0.5);
    let ignored = of(&found, "sales_ignores_our_leads");
    assert_eq!((ignored.verdict, true_of(ignored, "custom:sales_region")), (Verdict::NotSupported, vec![]));
    assert_eq!(ignored.points[0].speaks, Speaks::Against);
}

#[test]
fn waste_names_the_campaign_that_draws_the_wrong_industry() {
    for seed in [sample::SEED, 11, 2_026] {
        let history = company::history(seed, 0.5);
        let agreement = agreement();
        let calendar = WorkCalendar::of(&agreement.calendar);
        let question = last_year();
        let by = Dimension::Campaign;
        let terms = terms(&agreement, 0.5).follow_up;
        let found = cost(&history, &question, &calendar, terms, &Assumptions::usual(100), &Claims::OF_THE_FIELD, &by);
        let rejected = &found.parts[0];
        for part in &found.parts {
            println!("{:24} {:?} {:?} {:?} n {}", part.key, part.state, part.amount_minor, part.interval_minor, part.n);
            let sum: i64 = part.rows.iter().map(|row| row.amount_minor).sum();
            assert_eq!(Some(sum), part.amount_minor, "{}", part.key);
        }
        found.claims.iter().for_each(|claim| println!("{} {:?} {:?}", claim.key, claim.claimed, claim.measured));
        let standing: Vec<_> = rejected.drivers.iter().filter(|driver| driver.stands_out).collect();
        let labels: Vec<_> = standing.iter().map(|driver| driver.label.as_deref().unwrap_or("-")).collect();
        assert_eq!(labels.first(), Some(&CAMPAIGN), "seed {seed}: {labels:?}");
        assert_eq!(standing[0].reason.as_deref(), Some("wrong_industry"));
        let wasted =
            insight::kpi::answer(&history, &question, "wasted_spend").and_then(|answer| answer.measure.value).expect("spend is recorded");
        let ours = (found.parts[0].amount_minor.unwrap_or(0) + found.parts[1].amount_minor.unwrap_or(0)) as f64;
        assert!((wasted - ours).abs() <= 2.0, "seed {seed}: the scoreboard says {wasted}, the parts {ours}");
        let dropped = found.parts.iter().find(|part| part.key == "unused_content").expect("it is a part");
        assert!(dropped.n <= 18, "18 pieces are used by nobody, not all of them made in this year");
    }
}

#[test]
fn rows_of_the_sample_add_up_to_their_points() {
    let history = company::history(sample::SEED, 0.3);
    let question = last_year();
    let agreement = agreement();
    let calendar = WorkCalendar::of(&agreement.calendar);
    let (terms, talk) = (terms(&agreement, 0.3), Talk::default());
    let lookout = || Lookout { calendar: &calendar, terms: &terms, talk: &talk, dimensions: &[] };
    for point in quarrels(&history, &question, lookout()).iter().flat_map(|quarrel| &quarrel.points).filter(|point| point.has_rows) {
        let found = rows(&history, &question, lookout(), point.key, 0, usize::MAX).expect("the point has rows");
        assert_eq!((found.rows.iter().filter(|row| row.hit).count() as u64, found.total), (point.hits, point.n), "{}", point.key);
    }
}
