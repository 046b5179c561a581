use proptest::prelude::*;

use super::*;
use crate::{Currency, Instant, Money, agreement::*, lifecycle::Stage};

fn base() -> Agreement {
    let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
    agreement.stages[1].criteria = Some(needs(20.0));
    agreement
}

fn needs(employees: f64) -> Criterion {
    let employees = Criterion::Field(FieldTest { field: "company.employees".into(), test: Test::AtLeast(employees) });
    Criterion::All(vec![employees, activity("guide")])
}

fn activity(kind: &str) -> Criterion {
    let filter = ActivityFilter { content_kind: Some(kind.into()), ..ActivityFilter::default() };
    Criterion::Activity(ActivityTest { filter, times_min: 1, within_days: Some(30) })
}

#[test]
fn differences_read_as_sentences() {
    type Change = fn(&mut Agreement);
    let cases: &[(Change, &str)] = &[
        (|_| {}, ""),
        (|text| text.promises.review_hours_max = 8, "Review in 8 instead of 24 working hours"),
        (|text| text.promises.acceptance_rate_min = 0.29, "29% instead of 40% of decided MQLs are to be accepted"),
        (|text| text.stages[1].criteria = Some(needs(50.0)), "MQL now needs number of employees of at least 50 instead of 20"),
        (
            |text| {
                text.reasons.push(Reason { reason_for: ReasonFor::Rejection, key: "far".into(), name: "Too far".into(), outside_icp: true })
            },
            "Added the rejection reason ‘Too far’",
        ),
        (|text| drop(text.glossary.remove(0)), "Removed the term ‘Lead’"),
        (|text| text.glossary[1].words = "All of them.".into(), "‘ICP’ is worded anew"),
        (|text| text.ideal_customer.industries.push("Retail".into()), "Ideal customer, industries: added ‘Retail’"),
        (
            |text| text.data.required_fields.swap(0, 1),
            "Data, required fields in another order: name, email, job_title, company, industry, country",
        ),
        (|text| text.rights.marketing_reviews_leads = true, "Marketing may accept and reject leads"),
        (
            |text| text.calendar.shifts[0].to = "17:00".into(),
            "Calendar, shifts: mon, tue, wed, thu, fri 09:00 to 17:00 instead of mon, tue, wed, thu, fri 09:00 to 18:00",
        ),
        (|text| text.stages[2].checklist.push("Read".into()), "Stages, SAL, checklist: added ‘Read’"),
        (|text| text.routing.fallback.owner = Some("a@b.c".into()), "Routing, fallback, owner: a@b.c, which was not said before"),
    ];
    for (change, expected) in cases {
        let mut after = base();
        change(&mut after);
        let lines: Vec<_> = diff(&base(), &after).into_iter().map(|difference| difference.words).collect();
        assert_eq!(lines.join("\n"), *expected);
    }
}

#[test]
fn criteria_say_what_came_and_went() {
    let of = |criteria: Option<Criterion>| Agreement {
        stages: {
            let mut stages = base().stages;
            stages[1].criteria = criteria;
            stages
        },
        ..base()
    };
    let lines = |before: Option<Criterion>, after: Option<Criterion>| -> Vec<DifferenceKind> {
        diff(&of(before), &of(after)).into_iter().map(|difference| difference.kind).collect()
    };
    let (guide, paper) = (activity("guide"), activity("white_paper"));
    let all = |list: &[&Criterion]| Some(Criterion::All(list.iter().map(|one| (*one).clone()).collect()));
    use DifferenceKind::*;
    for (before, after, expected) in [
        (None, all(&[&guide]), vec![Added]),
        (all(&[&guide]), None, vec![Removed]),
        (all(&[&guide]), all(&[&guide, &paper]), vec![Added]),
        (all(&[&guide, &paper]), all(&[&paper]), vec![Removed]),
        (all(&[&guide, &paper]), all(&[&paper, &guide]), vec![Reordered]),
        (all(&[&guide, &guide]), all(&[&guide]), vec![Removed]),
        (all(&[&guide]), Some(Criterion::Any(vec![guide.clone()])), vec![Changed]),
    ] {
        assert_eq!(lines(before, after), expected);
    }
}

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z .@’\"]{0,12}"
}

fn words() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(word(), 0..3)
}

fn criterion() -> impl Strategy<Value = Criterion> {
    let number = -1e6..1e6_f64;
    let test = prop_oneof![
        words().prop_map(Test::OneOf),
        words().prop_map(Test::NotOneOf),
        word().prop_map(Test::Contains),
        number.clone().prop_map(Test::AtLeast),
        Just(Test::Known),
        Just(Test::Unknown),
    ];
    let leaf = prop_oneof![
        (word(), test).prop_map(|(field, test)| Criterion::Field(FieldTest { field, test })),
        number.prop_map(|at_least| Criterion::Score(ScoreTest { score: ScoreName::Total, at_least })),
        (word(), 1..5_u32, prop::option::of(1..90_u32)).prop_map(|(kind, times_min, within_days)| {
            let filter = ActivityFilter { content: Some(kind), ..ActivityFilter::default() };
            Criterion::Activity(ActivityTest { filter, times_min, within_days })
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = prop::collection::vec(inner, 0..3);
        prop_oneof![list.clone().prop_map(Criterion::All), list.clone().prop_map(Criterion::Any), list.prop_map(Criterion::None)]
    })
}

prop_compose! {
    fn agreement()(
        title in word(), industries in words(), hours in 0..3_u32, rate in 0.0..1.0_f64,
        criteria in prop::option::of(criterion()), reasons in prop::collection::vec((word(), word()), 0..3),
        rules in prop::collection::vec((word(), prop::option::of(criterion()), word()), 0..3),
        members in prop::collection::vec((word(), 0..3_u32), 0..3),
        fit in prop::collection::vec((word(), -9.0..9.0_f64, criterion()), 0..2),
        target in prop::option::of(0..1_000_000_i64), months in 0..3_u32, terms in prop::collection::vec((word(), word()), 0..3),
    ) -> Agreement {
        let mut text = Agreement::default_for(Currency::EUR, "UTC");
        (text.title, text.ideal_customer.industries, text.promises.review_hours_max) = (title, industries, hours);
        (text.promises.acceptance_rate_min, text.resign_months) = (rate, months);
        text.stages[Stage::Mql as usize].criteria = criteria;
        text.reasons = reasons.into_iter().map(|(key, name)| Reason { reason_for: ReasonFor::Loss, key, name, outside_icp: false }).collect();
        text.routing.rules = rules.into_iter().map(|(name, when, pool)| RoutingRule { name, when, to: Target::Pool(pool) }).collect();
        let members = members.into_iter().map(|(user, weight)| PoolMember { user, weight, open_leads_max: 0, skills: Vec::new() }).collect();
        text.routing.pools = vec![Pool { key: "a".into(), name: "A".into(), at_work_only: false, members }];
        text.scoring.fit = fit.into_iter().map(|(name, points, when)| FitRule { name, points, when }).collect();
        text.revenue_target = target.map(|minor| RevenueTarget { from: Instant(0), to: Instant(minor), amount: Money::new(minor, Currency::EUR) });
        text.glossary = terms.into_iter().map(|(term, words)| Term { term, words }).collect();
        text
    }
}

proptest! {
    #[test]
    fn the_text_reads_back(agreement in agreement()) {
        let text = agreement.to_toml();
        prop_assert_eq!(&toml::from_str::<Agreement>(&text).unwrap(), &agreement, "{}", text);
    }

    #[test]
    fn nothing_differs_from_itself(agreement in agreement()) {
        prop_assert_eq!(diff(&agreement, &agreement), vec![]);
    }

    #[test]
    fn whatever_differs_in_the_text_is_said(before in agreement(), after in agreement()) {
        let (before_text, after_text) = (before.to_toml(), after.to_toml());
        prop_assert_eq!(before_text == after_text, diff(&before, &after).is_empty(), "{}\n---\n{}", before_text, after_text);
    }

    #[test]
    fn a_draft_on_top_of_an_unchanged_version_is_the_draft(base in agreement(), draft in agreement()) {
        let rebased = crate::agreement::rebase::rebase(&base, &draft, &base).unwrap();
        prop_assert_eq!(rebased.both_changed, Vec::<String>::new());
        prop_assert_eq!(diff(&rebased.agreement, &draft), vec![]);
    }
}
