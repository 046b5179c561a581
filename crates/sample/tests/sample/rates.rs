//! The size of the company and the rates that a reader expects of a healthy one.

use std::collections::BTreeMap;

use alignment::{agreement::Agreement, intake::Noun, lifecycle::Stage};

use crate::ledger::{company, entered, median, reached, share, small_company, to};

#[test]
fn it_is_as_big_as_it_should_be() {
    let (company, _) = company();
    for (noun, low, high) in [
        (Noun::User, 60, 60),
        (Noun::Campaign, 24, 24),
        (Noun::Content, 60, 60),
        (Noun::Company, 6_000, 6_000),
        (Noun::Person, 19_990, 20_010),
        (Noun::Touch, 249_000, 251_000),
        (Noun::Lead, 9_000, 12_000),
        (Noun::Deal, 360, 460),
        (Noun::Activity, 8_000, 30_000),
    ] {
        let count = company.count(noun);
        println!("{} {count}", noun.key());
        assert!((low..=high).contains(&count), "{} {count}", noun.key());
    }
}

#[test]
fn rates_are_plausible() {
    let (company, ledger) = company();
    let count = |stage| ledger.leads.values().filter(|lead| reached(lead, stage)).count();
    let [mqls, sals, sqls, customers] = [Stage::Mql, Stage::Sal, Stage::Sql, Stage::Customer].map(count);
    let mql_reached = ledger.mqls().count();
    assert_eq!(mqls, mql_reached, "every pass writes down each stage");
    let rejected = ledger.leads.values().filter(|lead| entered(lead, Stage::Rejected).is_some()).count();
    let cycles: Vec<f64> = ledger.won().map(|(deal, at)| ledger.cycle_days(deal, at)).collect();
    let company_cycles: Vec<f64> =
        ledger.won().map(|(deal, at)| at.days_since(ledger.company_first_touches[&to(deal.company.as_ref().unwrap())])).collect();
    let mut years = [0.0; 2];
    for (deal, at) in ledger.won() {
        let late = at.days_since(company.starts_at) > company.ends_at.days_since(company.starts_at) / 2.0;
        years[late as usize] += deal.amount.unwrap().major();
    }
    let lost = ledger.deals.values().filter(|deal| deal.reason.is_some()).count();
    println!(
        "mqls {mqls} sals {sals} rejected {rejected} sqls {sqls} customers {customers} lost {lost} cycle {:.1} by company {:.1} revenue {years:?}",
        median(cycles.clone()),
        median(company_cycles)
    );
    for (what, value, low, high) in [
        ("acceptance", share(sals, sals + rejected), 0.54, 0.62),
        ("mql to sql", share(sqls, mqls), 0.27, 0.33),
        ("win rate", share(customers, sqls), 0.16, 0.24),
        ("cycle days", median(cycles), 45.0, 65.0),
        ("growth", years[1] / years[0], 1.2, 3.5),
    ] {
        println!("{what} {value:.3}");
        assert!((low..=high).contains(&value), "{what} {value:.3}");
    }
}

#[test]
fn amounts_are_in_range_and_lines_sum_to_them() {
    let (_, ledger) = small_company();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for line in &ledger.lines {
        *sums.entry(to(&line.deal)).or_default() += line.amount.minor;
    }
    for (id, deal) in &ledger.deals {
        let amount = deal.amount.unwrap();
        assert!((8_000.0..=250_000.0).contains(&amount.major()), "{id} {}", amount.major());
        assert_eq!(sums[id], amount.minor, "{id}");
    }
}

#[test]
fn reasons_are_those_of_the_agreement() {
    let (company, ledger) = small_company();
    assert_eq!(company.agreement.faults(), []);
    assert_eq!(Agreement::from_toml(&company.agreement.to_toml()).unwrap(), company.agreement);
    let lead_reasons = ledger.leads.values().flat_map(|lead| &lead.stages).filter_map(|entry| entry.reason.as_ref());
    for reason in lead_reasons.chain(ledger.deals.values().filter_map(|deal| deal.reason.as_ref())) {
        assert!(company.agreement.reason_name(reason).is_some(), "{reason}");
    }
    for entry in ledger.leads.values().flat_map(|lead| &lead.stages) {
        assert_eq!(entry.reason.is_some(), entry.stage.is_exit(), "{entry:?}");
    }
}

#[test]
fn it_grows_and_rests_at_weekends() {
    let (company, ledger) = company();
    let zone = company.agreement.time_zone();
    let mut weekdays = [0_usize; 7];
    let mut halves = [0_usize; 2];
    for touch in &ledger.touches {
        weekdays[touch.at.in_zone(&zone).weekday().to_monday_zero_offset() as usize] += 1;
        halves[(touch.at.days_since(company.starts_at) > company.ends_at.days_since(company.starts_at) / 2.0) as usize] += 1;
    }
    println!("{weekdays:?} {halves:?}");
    assert!(weekdays[5] * 2 < weekdays[1] && weekdays[6] * 2 < weekdays[1], "{weekdays:?}");
    assert!(halves[1] as f64 > 1.3 * halves[0] as f64, "{halves:?}");
}

#[test]
fn completeness_differs_by_source() {
    let (_, ledger) = small_company();
    let mut titles: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for lead in ledger.leads.values() {
        let (has, of) = titles.entry(lead.source.as_deref().unwrap()).or_default();
        *has += ledger.people[&to(&lead.person)].job_title.is_some() as usize;
        *of += 1;
    }
    let rate = |source: &str| share(titles[source].0, titles[source].1);
    println!("{titles:?}");
    assert_eq!(titles.len(), 10);
    assert!(rate("paid_search") < rate("webinar") - 0.1);
}
