//! Tables, and the walk against an evaluation from scratch at every instant.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    Currency,
    agreement::*,
    instant::{MICROS_PER_DAY, MICROS_PER_HOUR},
    lifecycle::Stage,
};

struct Person(BTreeMap<&'static str, &'static str>);

impl Subject for Person {
    fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field).copied()
    }
}

fn person(fields: &[(&'static str, &'static str)]) -> Person {
    Person(fields.iter().copied().collect())
}

/// What is written as the value of `it` in TOML.
fn criterion(text: &str) -> Criterion {
    #[derive(serde::Deserialize)]
    struct Holder {
        it: Criterion,
    }
    toml::from_str::<Holder>(&format!("it = {text}")).unwrap().it
}

fn agreement(mql: &str) -> Agreement {
    let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
    agreement.stages[Stage::Mql as usize].criteria = Some(criterion(mql));
    agreement
}

fn day(days: f64) -> Instant {
    Instant((days * MICROS_PER_DAY as f64) as i64)
}

#[test]
fn conditions_on_fields() {
    let ana = person(&[
        ("person.job_title", " Head of Sales "),
        ("company.employees", "120"),
        ("company.industry", "LOGISTICS"),
        ("person.phone", "  "),
        ("company.custom.tier", "2"),
    ]);
    for (written, holds) in [
        ("{ field = \"company.industry\", one_of = [\"Retail\", \" logistics\"] }", true),
        ("{ field = \"company.industry\", one_of = [\"logistic\"] }", false),
        ("{ field = \"company.industry\", not_one_of = [\"Logistics\"] }", false),
        ("{ field = \"company.country\", one_of = [\"PT\"] }", false),
        ("{ field = \"company.country\", not_one_of = [\"PT\"] }", true),
        ("{ field = \"company.country\", known = false }", true),
        ("{ field = \"person.phone\", known = true }", false),
        ("{ field = \"person.job_title\", contains = \"head OF\" }", true),
        ("{ field = \"person.job_title\", contains = \"heads\" }", false),
        ("{ field = \"company.employees\", at_least = 120 }", true),
        ("{ field = \"company.employees\", at_most = 119.5 }", false),
        ("{ field = \"company.annual_revenue\", at_most = 5 }", false),
        ("{ field = \"company.employees\", known = true }", true),
        ("{ field = \"company.custom.tier\", at_most = 2 }", true),
        ("{ all = [] }", true),
        ("{ any = [] }", false),
        ("{ none = [{ field = \"company.employees\", at_least = 500 }] }", true),
        ("{ score = \"fit\", at_least = 0 }", false),
        ("{ none = [{ activity = [] }] }", true),
    ] {
        let criterion = criterion(written);
        assert_eq!(fields_hold(&criterion, &ana), holds, "{written}");
        assert!(!words(&criterion).trim().is_empty(), "{written}");
    }
}

#[test]
fn windows_end_at_the_instant_and_include_both_ends() {
    let twice = "{ activity = [\"page_view\"], content = \"pricing\", times_min = 2, within_days = 7 }";
    for (seen, at, enters) in [
        (&[][..], 0.0, false),
        (&[0.0], 0.0, false),
        (&[0.0, 0.0], 0.0, true),
        (&[0.0, 7.0], 7.0, true),
        (&[0.0, 7.1], 7.1, false),
        (&[0.0, 1.0], 7.0, true),
        (&[0.0, 1.0], 7.5, false),
        (&[0.0, 5.0, 9.0], 9.0, true),
        (&[0.0, 5.0, 9.0], 13.0, false),
    ] {
        let judge = Judge::compile(&agreement(twice));
        let view = Traits { content: Some("Our PRICING"), ..Traits::of_kind(TouchKind::PageView) };
        let mut walk = judge.walk(&person(&[]));
        for at in seen {
            walk.observe(&Signal { at: day(*at), marks: judge.marks(&view) });
        }
        assert_eq!(walk.enters(Stage::Mql, day(at)), enters, "{seen:?} at {at}");
        assert!(!walk.enters(Stage::Lead, day(at)), "a stage without criteria is entered by nobody");
    }
}

#[test]
fn filters_look_at_every_attribute() {
    let guide = Traits {
        kind: TouchKind::Download,
        channel: Some("Email"),
        source: Some("newsletter"),
        campaign: Some("Spring"),
        content: Some("The Guide to Ä"),
        content_kind: Some("guide"),
    };
    for (filter, passes) in [
        ("{ activity = [] }", true),
        ("{ activity = [\"download\", \"form\"] }", true),
        ("{ activity = [\"form\"] }", false),
        ("{ activity = [], channel = \"email\" }", true),
        ("{ activity = [], source = \"Newsletter \" }", true),
        ("{ activity = [], campaign = \"spring\" }", true),
        ("{ activity = [], campaign = \"spr\" }", false),
        ("{ activity = [], content = \"to ä\" }", true),
        ("{ activity = [], content_kind = \"Guide\" }", true),
        ("{ activity = [\"download\"], channel = \"email\", content_kind = \"webinar\" }", false),
    ] {
        let judge = Judge::compile(&agreement(filter));
        assert_eq!(judge.marks(&guide).any(), passes, "{filter}");
        let bare = judge.marks(&Traits::of_kind(TouchKind::Download)).any();
        assert_eq!(bare, filter == "{ activity = [] }" || filter.ends_with("\"form\"] }") && passes, "{filter}");
    }
}

#[test]
fn points_fade_and_are_limited() {
    let mut agreement = agreement("{ score = \"total\", at_least = 25 }");
    let rule = |name: &str, points, points_max, kind| EngagementRule {
        name: name.into(),
        points,
        half_life_days: 10.0,
        points_max,
        of: ActivityFilter { activity: vec![kind], ..ActivityFilter::default() },
    };
    agreement.scoring = Scoring {
        fit_points_max: 15.0,
        engagement_points_max: 50.0,
        fit: vec![
            FitRule { name: "Size".into(), points: 20.0, when: criterion("{ field = \"company.employees\", at_least = 50 }") },
            FitRule {
                name: "Free mail".into(),
                points: -30.0,
                when: criterion("{ field = \"person.email_domain\", one_of = [\"mail.example\"] }"),
            },
        ],
        engagement: vec![rule("Visits", 8.0, 12.0, TouchKind::PageView), rule("Webinar", 60.0, 0.0, TouchKind::Webinar)],
    };
    let big = person(&[("company.employees", "50")]);
    let free = person(&[("company.employees", "50"), ("person.email_domain", "mail.example")]);
    let visits = [(0.0, TouchKind::PageView), (10.0, TouchKind::PageView)];
    let more = [(0.0, TouchKind::PageView), (0.0, TouchKind::PageView), (0.0, TouchKind::Webinar)];
    for (who, touches, at, fit, engagement, enters) in [
        (&big, &[][..], 0.0, 15.0, 0.0, false),
        (&free, &[], 0.0, 0.0, 0.0, false),
        (&big, &visits, 10.0, 15.0, 12.0, true),
        (&big, &visits, 20.0, 15.0, 6.0, false),
        (&free, &more, 0.0, 0.0, 50.0, true),
        (&free, &more, 10.0, 0.0, 38.0, true),
        (&free, &more, 10_000.0, 0.0, 0.0, false),
    ] {
        let judge = Judge::compile(&agreement);
        let seen: Vec<Seen> = touches
            .iter()
            .zip(1..)
            .map(|((at, kind), touch)| Seen { touch, at: day(*at), marks: judge.marks(&Traits::of_kind(*kind)) })
            .collect();
        let mut walk = judge.walk(who);
        seen.iter().for_each(|seen| walk.observe(&Signal { at: seen.at, marks: seen.marks }));
        let score = walk.score(day(at));
        assert!((score.fit - fit).abs() < 1e-9 && (score.engagement - engagement).abs() < 1e-9, "{touches:?} at {at}: {score:?}");
        assert_eq!(walk.enters(Stage::Mql, day(at)), enters, "{touches:?} at {at}");
        let explained = judge.explain(who, &seen, day(at));
        let points: f64 = explained.lines.iter().map(|line| line.points).sum();
        assert!((points - score.total()).abs() < 1e-6, "{explained:?}");
        assert_eq!(explained.stages[0].holds, enters);
    }
}

#[test]
fn an_explanation_names_the_touches() {
    let judge = Judge::compile(&agreement(
        "{ all = [{ field = \"company.employees\", at_least = 50 }, { activity = [\"download\"], within_days = 30 }, { none = [{ activity = [\"email_bounce\"] }] }] }",
    ));
    let seen = |touch, at, kind| Seen { touch, at: day(at), marks: judge.marks(&Traits::of_kind(kind)) };
    let touches = [
        seen(7, 0.0, TouchKind::Download),
        seen(8, 20.0, TouchKind::PageView),
        seen(9, 25.0, TouchKind::Download),
        seen(10, 60.0, TouchKind::Download),
    ];
    let explained = judge.explain(&person(&[("company.employees", "1200")]), &touches, day(40.0));
    let read: Vec<_> = explained.stages[0]
        .condition
        .lines()
        .into_iter()
        .map(|(depth, line)| format!("{}{} {} {:?} {:?}", "  ".repeat(depth), line.words, line.holds, line.found, line.touches))
        .collect();
    insta::assert_snapshot!(read.join("\n"), @r#"
    all of these: true None []
      company has at least 50 employees true Some("1200") []
      downloaded anything at least once in the last 30 days true Some("1") [9]
      never had an e-mail bounce true Some("0") []
    "#);
}

#[test]
fn words_are_plain() {
    let written = criterion(
        "{ all = [
          { field = \"company.employees\", at_least = 5000 },
          { any = [
            { activity = [\"download\"], content_kind = \"case_study\", within_days = 30 },
            { activity = [\"page_view\", \"webinar\"], content = \"Pricing\", channel = \"email\", times_min = 2, within_days = 1 },
          ] },
          { none = [{ activity = [\"email_bounce\"] }] },
          { field = \"company.custom.tier\", one_of = [\"A\", \"B\", \"C\"] },
          { none = [{ score = \"fit\", at_least = 10.5 }, { field = \"person.phone\", known = false }] },
        ] }",
    );
    let shown = lines(&written).into_iter().map(|(depth, line)| format!("{}{line}", "  ".repeat(depth)));
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @"
    all of these:
      company has at least 5,000 employees
      at least one of these:
        downloaded any case study at least once in the last 30 days
        viewed a page or attended a webinar with “Pricing” in its title through email at least twice in the last 24 hours
      never had an e-mail bounce
      company “tier” is A, B or C
      none of these:
        fit score is at least 10.5
        phone number is not filled in
    ");
    insta::assert_snapshot!(words(&written), @"company has at least 5,000 employees and (downloaded any case study at least once in the last 30 days or viewed a page or attended a webinar with “Pricing” in its title through email at least twice in the last 24 hours) and never had an e-mail bounce and company “tier” is A, B or C and none of: fit score is at least 10.5 or phone number is not filled in");
}

#[test]
fn more_than_an_agreement_may_have_is_judged_as_far_as_it_goes() {
    let many: Vec<_> = (0..300).map(|index| format!("{{ activity = [], source = \"s{index}\" }}")).collect();
    let fields: Vec<_> = (0..300).map(|index| format!("{{ field = \"person.name\", one_of = [\"{index}\"] }}")).collect();
    let judge = Judge::compile(&agreement(&format!("{{ any = [{}, {}] }}", many.join(", "), fields.join(", "))));
    let mut walk = judge.walk(&person(&[("person.name", "299")]));
    walk.observe(&Signal { at: day(1.0), marks: judge.marks(&Traits { source: Some("s299"), ..Traits::of_kind(TouchKind::Form) }) });
    assert!(!walk.enters(Stage::Mql, day(1.0)));
}

/// Criteria and scoring that use everything, over few kinds, so that touches often count.
fn any_criterion() -> impl Strategy<Value = Criterion> {
    let kind = prop_oneof![Just(TouchKind::PageView), Just(TouchKind::Download), Just(TouchKind::EmailBounce)];
    let filter = (prop::collection::vec(kind, 0..2), prop::option::of("[ab]")).prop_map(|(activity, channel)| ActivityFilter {
        activity,
        channel,
        ..ActivityFilter::default()
    });
    let leaf = prop_oneof![
        (filter, 1u32..4, prop::option::of(1u32..20)).prop_map(|(filter, times_min, within_days)| Criterion::Activity(ActivityTest {
            filter,
            times_min,
            within_days
        })),
        (0..3usize, 0.0..40.0f64).prop_map(|(score, at_least)| {
            Criterion::Score(ScoreTest { score: [ScoreName::Fit, ScoreName::Engagement, ScoreName::Total][score], at_least })
        }),
        (0.0..100.0f64).prop_map(|least| Criterion::Field(FieldTest { field: "company.employees".into(), test: Test::AtLeast(least) })),
        "[ab]".prop_map(|part| Criterion::Field(FieldTest { field: "person.name".into(), test: Test::Contains(part) })),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Criterion::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Criterion::Any),
            prop::collection::vec(inner, 0..3).prop_map(Criterion::None),
        ]
    })
}

/// From scratch: all touches looked at again for every condition. `None` where a score is too near to what is asked to tell.
fn naive(criterion: &Criterion, scoring: &Scoring, who: &Person, touches: &[(Instant, Traits)], at: Instant) -> Option<bool> {
    let each = |parts: &[Criterion]| -> Option<Vec<bool>> { parts.iter().map(|part| naive(part, scoring, who, touches, at)).collect() };
    Some(match criterion {
        Criterion::All(parts) => each(parts)?.into_iter().all(|holds| holds),
        Criterion::Any(parts) => each(parts)?.into_iter().any(|holds| holds),
        Criterion::None(parts) => !each(parts)?.into_iter().any(|holds| holds),
        Criterion::Field(_) => fields_hold(criterion, who),
        Criterion::Score(test) => {
            let (fit, engagement) = naive_score(scoring, who, touches, at);
            let points = [fit, engagement, fit + engagement][test.score as usize];
            if (points - test.at_least).abs() < 1e-6 {
                return None;
            }
            points >= test.at_least
        }
        Criterion::Activity(test) => {
            let in_window = |then: Instant| test.within_days.is_none_or(|days| at.days_since(then) <= f64::from(days));
            touches.iter().filter(|(then, traits)| in_window(*then) && allows(&test.filter, traits)).count() >= test.times_min as usize
        }
    })
}

fn allows(filter: &ActivityFilter, traits: &Traits) -> bool {
    (filter.activity.is_empty() || filter.activity.contains(&traits.kind))
        && (filter.channel.is_none() || filter.channel.as_deref() == traits.channel)
}

fn naive_score(scoring: &Scoring, who: &Person, touches: &[(Instant, Traits)], at: Instant) -> (f64, f64) {
    let fit: f64 = scoring.fit.iter().filter(|rule| fields_hold(&rule.when, who)).map(|rule| rule.points).sum();
    let of_rule = |rule: &EngagementRule| {
        let points = touches.iter().filter(|(_, traits)| allows(&rule.of, traits));
        let sum: f64 = points.map(|(then, _)| rule.points * 0.5f64.powf(at.days_since(*then) / rule.half_life_days)).sum();
        if rule.points_max > 0.0 { sum.min(rule.points_max) } else { sum }
    };
    let engagement: f64 = scoring.engagement.iter().map(of_rule).sum();
    (fit.clamp(0.0, scoring.fit_points_max), engagement.clamp(0.0, scoring.engagement_points_max))
}

proptest! {
    #[test]
    fn a_walk_judges_as_an_evaluation_from_scratch(
        mql in any_criterion(),
        rules in prop::collection::vec((-10.0..30.0f64, 0.5..30.0f64, 0.0..40.0f64, "[ab]"), 0..4),
        touches in prop::collection::vec((0..40 * 24i64, 0..3usize, prop::option::of(0..2usize)), 0..30),
        employees in 0..100u32,
    ) {
        let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
        agreement.scoring = Scoring {
            fit_points_max: 12.0,
            engagement_points_max: 45.0,
            fit: vec![FitRule { name: "Size".into(), points: 20.0, when: criterion("{ field = \"company.employees\", at_least = 50 }") }],
            engagement: rules.into_iter().map(|(points, half_life_days, points_max, channel)| EngagementRule {
                name: "Rule".into(), points, half_life_days, points_max, of: ActivityFilter { channel: Some(channel), ..ActivityFilter::default() },
            }).collect(),
        };
        agreement.stages[Stage::Mql as usize].criteria = Some(mql.clone());
        prop_assert!(!words(&mql).trim().is_empty() && lines(&mql).iter().all(|(_, line)| !line.trim().is_empty()));
        let judge = Judge::compile(&agreement);
        let employees = employees.to_string();
        let who = Person([("company.employees", &*employees.leak()), ("person.name", "a")].into_iter().collect());
        let mut touches: Vec<(Instant, Traits)> = touches.into_iter().map(|(hour, kind, channel)| {
            let kind = [TouchKind::PageView, TouchKind::Download, TouchKind::EmailBounce][kind];
            (Instant(hour * MICROS_PER_HOUR), Traits { channel: channel.map(|index| ["a", "b"][index]), ..Traits::of_kind(kind) })
        }).collect();
        touches.sort_by_key(|(at, _)| *at);
        let seen: Vec<Seen> = touches.iter().zip(1..).map(|((at, traits), touch)| Seen { touch, at: *at, marks: judge.marks(traits) }).collect();
        let mut walk = judge.walk(&who);
        let ends = touches.last().map_or(Instant(0), |(at, _)| *at).plus_days(3);
        for (index, at) in touches.iter().map(|(at, _)| *at).chain([ends]).enumerate() {
            if let Some(seen) = seen.get(index) {
                walk.observe(&Signal { at: seen.at, marks: seen.marks });
            }
            let so_far = &touches[..touches.len().min(index + 1)];
            let (fit, engagement) = naive_score(&agreement.scoring, &who, so_far, at);
            let score = walk.score(at);
            prop_assert!((score.fit - fit).abs() < 1e-9 && (score.engagement - engagement).abs() < 1e-9, "{score:?} {fit} {engagement}");
            if let Some(holds) = naive(&mql, &agreement.scoring, &who, so_far, at) {
                prop_assert_eq!(walk.enters(Stage::Mql, at), holds);
                prop_assert!(!holds || walk.can_enter(Stage::Mql));
                let explained = judge.explain(&who, &seen[..so_far.len()], at);
                prop_assert_eq!(explained.stages[0].holds, holds);
                let points: f64 = explained.lines.iter().map(|line| line.points).sum();
                prop_assert!((points - score.total()).abs() < 1e-5);
            }
        }
        // The next person on the same walk starts from nothing.
        walk.restart(judge.leaves_of(&who));
        prop_assert_eq!(walk.score(ends).engagement, 0.0);
    }
}
