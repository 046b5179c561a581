use super::*;
use crate::{
    Currency,
    agreement::{ActivityFilter, ActivityTest, Criterion, Escalation, FieldTest, Test},
};

/// An Agreement with the clauses of `more` put in, which are TOML with `[tables]`; `mql` is what its criteria are.
fn with(mql: &str, more: &str) -> Agreement {
    #[derive(serde::Deserialize)]
    #[serde(default)]
    struct Clauses {
        criteria: Option<Criterion>,
        calendars: Vec<crate::agreement::RegionalCalendar>,
        escalation: Escalation,
        scoring: crate::agreement::Scoring,
        routing: crate::agreement::Routing,
        product_lines: Vec<crate::agreement::ProductLine>,
    }
    impl Default for Clauses {
        fn default() -> Clauses {
            let default = Agreement::default_for(Currency::EUR, "UTC");
            let Agreement { calendars, escalation, scoring, routing, product_lines, .. } = default;
            Clauses { criteria: None, calendars, escalation, scoring, routing, product_lines }
        }
    }
    let criteria = if mql.is_empty() { String::new() } else { format!("criteria = {mql}\n") };
    let clauses: Clauses = toml::from_str(&(criteria + more)).unwrap();
    let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
    agreement.stages[Stage::Mql as usize].criteria = clauses.criteria;
    agreement.calendars = clauses.calendars;
    agreement.escalation = clauses.escalation;
    agreement.scoring = clauses.scoring;
    agreement.routing = clauses.routing;
    agreement.product_lines = clauses.product_lines;
    agreement
}

fn found(agreement: &Agreement) -> Vec<String> {
    agreement.faults().into_iter().map(|fault| format!("{}: {}", fault.clause, fault.words)).collect()
}

#[test]
fn a_fault_names_the_condition() {
    for (mql, clause, words) in [
        (
            "{ all = [{ activity = [] }, { any = [{ field = \"company.employes\", at_least = 5 }] }] }",
            "stages.mql.criteria.all[1].any[0]",
            "company.employees",
        ),
        ("{ field = \"company.industry\", at_least = 5 }", "stages.mql.criteria", "is a text"),
        ("{ field = \"company.employees\", contains = \"5\" }", "stages.mql.criteria", "is a number"),
        ("{ field = \"company.industry\", one_of = [] }", "stages.mql.criteria", "at least one value"),
        ("{ field = \"company.industry\", one_of = [\" \"] }", "stages.mql.criteria", "empty"),
        ("{ field = \"company.industry\", contains = \" \" }", "stages.mql.criteria", "contain"),
        ("{ none = [{ activity = [], times_min = 0 }] }", "stages.mql.criteria.none[0].times_min", "from 1"),
        ("{ activity = [], within_days = 0 }", "stages.mql.criteria.within_days", "3650"),
        ("{ activity = [], within_days = 3651 }", "stages.mql.criteria.within_days", "3650"),
        ("{ any = [] }", "stages.mql.criteria.any", "empty"),
    ] {
        let faults = with(mql, "").faults();
        assert_eq!(faults.len(), 1, "{mql}: {faults:?}");
        assert_eq!(faults[0].clause, clause, "{mql}");
        assert!(faults[0].words.contains(words), "{mql}: {}", faults[0].words);
    }
    assert_eq!(found(&with("{ all = [{ field = \"person.custom.tier\", at_least = 5 }, { activity = [] }] }", "")), [""; 0]);
}

#[test]
fn own_fields_are_known_where_they_are_listed() {
    let agreement = with("{ field = \"company.custom.teir\", one_of = [\"A\"] }", "");
    assert_eq!(agreement.faults(), []);
    let faults = agreement.faults_with(&Catalogue::with_custom(["company.custom.tier"]));
    assert!(faults[0].words.contains("did you mean `company.custom.tier`?"), "{faults:?}");
}

#[test]
fn clauses_of_scoring_routing_and_escalation() {
    for (clauses, expected) in [
        (
            "scoring = { fit = [{ name = \"Warm\", points = 5, when = { score = \"total\", at_least = 5 } }] }",
            "scoring.fit[0].when: only conditions on fields",
        ),
        (
            "scoring = { engagement = [{ name = \"Visits\", points = 5, half_life_days = 0.0 }] }",
            "scoring.engagement[0].half_life_days: must be above 0",
        ),
        ("scoring = { fit_points_max = -1 }", "scoring.fit_points_max: must be 0"),
        ("escalation = { warn_share = 75 }", "escalation.warn_share: `75` is no rate"),
        (
            "escalation = { steps = [{ after_minutes = 60, action = \"reassign\" }, { after_minutes = 0, action = \"escalate\" }] }",
            "escalation.steps[1].after_minutes: comes after 0 minutes",
        ),
        ("routing = { rules = [{ name = \"All\", to = { pool = \"sdr\" } }] }", "routing.rules[0].to.pool: there is no pool `sdr`"),
        ("routing = { rules = [{ name = \"All\", to = { user = \"Ana\" } }] }", "routing.rules[0].to.user: `Ana` is no e-mail address"),
        (
            "routing = { rules = [{ name = \"All\", when = { activity = [] }, to = \"account_owner\" }] }",
            "routing.rules[0].when: only conditions on fields",
        ),
        ("routing = { pools = [{ key = \"sdr\", name = \"SDRs\", members = [] }] }", "routing.pools[0].members: nobody is in the pool"),
        (
            "routing = { pools = [{ key = \"sdr\", name = \"SDRs\", members = [{ user = \"a@x\", weight = 0 }] }] }",
            "routing.pools[0].members: every weight is 0",
        ),
        (
            "routing = { pools = [{ key = \"sdr\", name = \"SDRs\", members = [{ user = \"a@x\" }, { user = \"A@x\" }] }] }",
            "routing.pools[0].members[1].user: `A@x` stands twice",
        ),
        (
            "routing = { pools = [{ key = \"s\", name = \"A\", members = [{ user = \"a@x\" }] }, { key = \"s\", name = \"B\", members = [{ user = \"b@x\" }] }] }",
            "routing.pools[1].key: `s` stands twice",
        ),
        (
            "product_lines = [{ key = \"\", name = \"All\", when = { field = \"lead.source\", known = true } }]",
            "product_lines[0].key: give it a key",
        ),
        (
            "calendars = [{ key = \"pt\", name = \"Portugal\", regions = [\"PT\"], time_zone = \"Lisbon\", shifts = [], holidays = [\"x\"] }]",
            "calendars[0].time_zone: `Lisbon` is no time zone; calendars[0].holidays: `x` is no date",
        ),
    ] {
        let faults = found(&with("", clauses));
        let expected: Vec<_> = expected.split("; ").collect();
        assert_eq!(faults.len(), expected.len(), "{clauses}: {faults:?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{clauses}: {fault}");
        }
    }
}

#[test]
fn only_leads_and_mqls_are_judged_by_criteria() {
    let mut agreement = with("", "");
    agreement.stages[Stage::Sql as usize].criteria = Some(Criterion::All(Vec::new()));
    assert!(found(&agreement)[0].starts_with("stages.sql.criteria: SQL is a person's decision"), "{:?}", found(&agreement));
}

#[test]
fn there_are_limits() {
    let field = || Criterion::Field(FieldTest { field: "person.email".into(), test: Test::Known });
    let activity = |index: usize| {
        let filter = ActivityFilter { source: Some(index.to_string()), ..ActivityFilter::default() };
        Criterion::Activity(ActivityTest { filter, times_min: 1, within_days: None })
    };
    let deep = (0..9).fold(field(), |inner, _| Criterion::All(vec![inner]));
    for (criteria, expected) in [
        (Criterion::All((0..200).map(|_| field()).collect()), None),
        (Criterion::All((0..205).map(|_| field()).collect()), Some("stages.mql.criteria.all[200]: an Agreement can have 200")),
        (Criterion::Any((0..128).map(activity).collect()), None),
        (Criterion::Any((0..129).map(activity).collect()), Some("scoring.engagement: criteria and scoring look at 129")),
        (deep, Some("stages.mql.criteria.all[0].all[0].all[0].all[0].all[0].all[0].all[0].all[0]: groups stand inside")),
    ] {
        let mut agreement = with("", "");
        agreement.stages[Stage::Mql as usize].criteria = Some(criteria);
        let faults = found(&agreement);
        assert_eq!(faults.len(), usize::from(expected.is_some()), "{faults:?}");
        assert!(expected.is_none_or(|expected| faults[0].starts_with(expected)), "{faults:?}");
    }
}

#[test]
fn the_proposal_holds_together() {
    let mut agreement = Agreement::default_for(Currency::EUR, "UTC");
    agreement.ideal_customer.industries = vec!["Logistics".into()];
    agreement.ideal_customer.countries = vec!["PT".into(), "ES".into()];
    agreement.ideal_customer.roles = vec!["Head of Sales".into(), "CMO".into()];
    let proposed = agreement.propose();
    assert_eq!(proposed.faults(), []);
    let criteria = proposed.clause(Stage::Mql).and_then(|clause| clause.criteria.as_ref()).unwrap();
    let lines: Vec<_> = crate::judging::lines(criteria).into_iter().map(|(depth, line)| format!("{}{line}", "  ".repeat(depth))).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    all of these:
      company industry is Logistics
      company country is PT or ES
      company has at least 50 employees
      company has at most 5,000 employees
      at least one of these:
        job title is Head of Sales or CMO
        job title contains “Head of Sales”
      at least one of these:
        submitted a form, downloaded anything, attended a webinar, met us at an event, chatted on the site or used the product at least once in the last 30 days
        viewed a page with “Pricing” in its title at least twice in the last 30 days
      never had an e-mail bounce
    ");
    assert_eq!(proposed.propose(), proposed, "what is there already stays");
    assert_eq!(Agreement::from_toml(&proposed.to_toml()).unwrap(), proposed);
    let bare = Agreement { ideal_customer: Default::default(), ..Agreement::default_for(Currency::EUR, "UTC") };
    assert_eq!(bare.propose().faults(), []);
}
