//! The hidden stories, each measured from the records alone, and the check that no other is as loud.

use std::collections::{BTreeMap, HashMap, HashSet};

use alignment::{
    Instant,
    intake::LeadIntake,
    lifecycle::{DealStage, Stage},
    touch::ActivityKind,
};
use sample::{SampleCompany, stories};

use crate::ledger::{Ledger, company, entered, median, reached, share, to};

const CAMPAIGN: &str = "LinkedIn: The cloud bill guide";
const STAR: &str = "How Nordwind Logistics cut its cloud bill by 31%";

fn month_start(company: &SampleCompany, month: usize) -> Instant {
    let zone = company.agreement.time_zone();
    let first = company.starts_at.in_zone(&zone).date();
    let date = first.saturating_add(jiff::Span::new().months(month as i64));
    Instant::from_timestamp(date.to_zoned(zone).unwrap().timestamp())
}

/// Accepted of decided, and how many were decided.
fn acceptance<'a>(mqls: impl Iterator<Item = &'a LeadIntake>) -> (f64, usize) {
    let (mut accepted, mut decided) = (0, 0);
    for lead in mqls {
        let is_accepted = reached(lead, Stage::Sal) || entered(lead, Stage::Sal).is_some();
        accepted += is_accepted as usize;
        decided += (is_accepted || entered(lead, Stage::Rejected).is_some()) as usize;
    }
    (share(accepted, decided), decided)
}

fn campaign_of<'a>(ledger: &'a Ledger, lead: &LeadIntake) -> Option<&'a str> {
    lead.campaign.as_ref().and_then(|campaign| ledger.campaigns[&to(campaign)].name.as_deref())
}

#[test]
fn story_1_one_campaign_draws_the_wrong_industry_from_month_10() {
    let (company, ledger) = company();
    let from = month_start(company, stories::WRONG_INDUSTRY_FROM_MONTH);
    let its_own = |late: bool| {
        ledger
            .mqls()
            .filter(move |(lead, _)| campaign_of(ledger, lead) == Some(CAMPAIGN) && (lead.opened_at >= Some(from)) == late)
            .map(|(lead, _)| lead)
    };
    let (before, before_n) = acceptance(its_own(false));
    let (after, after_n) = acceptance(its_own(true));
    let rejected: Vec<_> = its_own(true).flat_map(|lead| &lead.stages).filter(|entry| entry.stage == Stage::Rejected).collect();
    let wrong = rejected.iter().filter(|entry| entry.reason.as_deref() == Some("wrong_industry")).count();
    let (others, others_n) = acceptance(ledger.mqls().map(|(lead, _)| lead).filter(|lead| campaign_of(ledger, lead) != Some(CAMPAIGN)));
    println!(
        "acceptance before {before:.3} ({before_n}) after {after:.3} ({after_n}), wrong industry {wrong}/{}, others {others:.3} ({others_n})",
        rejected.len()
    );
    assert!(before_n >= 30 && after_n >= 90);
    assert!(before > 0.5 && after < 0.34 && others > 0.56);
    assert!(share(wrong, rejected.len()) > 0.7);
    // Two proportions: more than four standard errors apart.
    let error = (before * (1.0 - before) / before_n as f64 + after * (1.0 - after) / after_n as f64).sqrt();
    assert!((before - after) / error > 4.0);
}

#[test]
fn story_2_sales_is_slow_in_iberia_from_month_12() {
    let (company, ledger) = company();
    let from = month_start(company, stories::SLOW_FROM_MONTH);
    let ripe = company.ends_at.plus_days(-30);
    let of = |iberia: bool, late: bool| {
        ledger.mqls().filter(move |(lead, at)| {
            let is_iberian = matches!(ledger.country(lead), Some("Portugal" | "Spain"));
            is_iberian == iberia && (*at >= from) == late && *at < ripe
        })
    };
    let hours = |iberia, late| median(of(iberia, late).filter_map(|(lead, at)| ledger.follow_up_hours(lead, at)).collect());
    let rate = |iberia, late| {
        let all: Vec<_> = of(iberia, late).map(|(lead, _)| lead).collect();
        (share(all.iter().filter(|lead| reached(lead, Stage::Sql)).count(), all.len()), all.len())
    };
    let (slow, before, others) = (hours(true, true), hours(true, false), hours(false, true));
    let ((slow_sql, n), (before_sql, before_n), (others_sql, others_n)) = (rate(true, true), rate(true, false), rate(false, true));
    println!("follow-up hours: Iberia {before:.1} then {slow:.1}, others {others:.1}");
    println!("MQL to SQL: Iberia {before_sql:.3} ({before_n}) then {slow_sql:.3} ({n}), others {others_sql:.3} ({others_n})");
    assert!(slow > 3.0 * others && slow > 3.0 * before);
    assert!(slow_sql < 0.68 * others_sql);
    let error = (slow_sql * (1.0 - slow_sql) / n as f64 + others_sql * (1.0 - others_sql) / others_n as f64).sqrt();
    assert!((others_sql - slow_sql) / error > 3.0);
}

#[test]
fn story_3_content_that_nobody_uses_and_a_piece_that_wins() {
    let (_, ledger) = company();
    let in_activities: HashSet<_> = ledger.activities.iter().filter_map(|activity| activity.content.as_ref()).map(to).collect();
    let in_touches: HashSet<_> = ledger.touches.iter().filter_map(|touch| touch.content.as_ref()).map(to).collect();
    let unused_by_sales = ledger.content.keys().filter(|id| !in_activities.contains(*id)).count();
    let unused = ledger.content.keys().filter(|id| !in_activities.contains(*id) && !in_touches.contains(*id)).count();
    assert_eq!((unused_by_sales, unused), (18, 18));

    let star = ledger.content.iter().find(|(_, piece)| piece.title.as_deref() == Some(STAR)).unwrap().0;
    let mut sent: HashMap<String, HashSet<String>> = HashMap::new();
    for activity in &ledger.activities {
        if let (Some(deal), Some(content)) = (&activity.deal, &activity.content) {
            sent.entry(to(content)).or_default().insert(to(deal));
        }
    }
    let won: HashSet<_> = ledger.won().map(|(deal, _)| crate::ledger::id(&deal.keys[0])).collect();
    let in_won = share(sent[star].intersection(&won).count(), won.len());
    let in_others = share(sent[star].difference(&won).count(), ledger.deals.len() - won.len());
    let next =
        sent.iter().filter(|(id, _)| *id != star).map(|(_, deals)| share(deals.intersection(&won).count(), won.len())).fold(0.0, f64::max);
    println!("star in won {in_won:.3}, in others {in_others:.3}; next best piece in won {next:.3}");
    assert!(in_won > 0.52 && in_others < 0.34 && next < 0.4 * in_won);
}

#[test]
fn story_4_partners_close_slowly_but_big() {
    let (_, ledger) = company();
    let of = |partner: bool| ledger.won().filter(move |(deal, _)| (ledger.source(deal) == "partner") == partner);
    let days = |partner| median(of(partner).map(|(deal, at)| ledger.cycle_days(deal, at)).collect());
    let amount = |partner| of(partner).map(|(deal, _)| deal.amount.unwrap().major()).sum::<f64>() / of(partner).count() as f64;
    println!(
        "partner n {} days {:.1} against {:.1}, amount {:.0} against {:.0}",
        of(true).count(),
        days(true),
        days(false),
        amount(true),
        amount(false)
    );
    assert!(of(true).count() >= 8);
    assert!((2.0..3.4).contains(&(days(true) / days(false))));
    assert!((2.4..3.6).contains(&(amount(true) / amount(false))));
}

/// Outside the stories, no group of MQLs differs so much that a reader would stop at it.
#[test]
fn there_is_no_louder_story_by_accident() {
    let (company, ledger) = company();
    let from = month_start(company, stories::SLOW_FROM_MONTH);
    let ripe = company.ends_at.plus_days(-45);
    let plain = |lead: &LeadIntake, at: Instant| {
        let is_iberian = matches!(ledger.country(lead), Some("Portugal" | "Spain")) && at >= from;
        !is_iberian && campaign_of(ledger, lead) != Some(CAMPAIGN) && at < ripe
    };
    let rows: Vec<_> = ledger.mqls().filter(|(lead, at)| plain(lead, *at)).map(|(lead, _)| lead).collect();
    let ideal = &company.agreement.ideal_customer.industries;
    type Label<'a> = Box<dyn Fn(&LeadIntake) -> Option<String> + 'a>;
    let groups: [(&str, Label<'_>); 5] = [
        ("source", Box::new(|lead| lead.source.clone())),
        ("campaign", Box::new(|lead| campaign_of(ledger, lead).map(str::to_owned))),
        ("country", Box::new(|lead| ledger.country(lead).map(str::to_owned))),
        ("owner", Box::new(|lead| lead.owner.as_ref().map(to))),
        ("industry", Box::new(|lead| ledger.industry(lead).filter(|name| ideal.iter().any(|i| i == name)).map(str::to_owned))),
    ];
    let overall = share(rows.iter().filter(|lead| reached(lead, Stage::Sql)).count(), rows.len());
    for (dimension, label) in &groups {
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for lead in &rows {
            let Some(label) = label(lead) else { continue };
            let (sqls, mqls) = counts.entry(label).or_default();
            *sqls += reached(lead, Stage::Sql) as usize;
            *mqls += 1;
        }
        for (label, (sqls, mqls)) in counts.iter().filter(|(_, (_, mqls))| *mqls >= 20) {
            let error = (overall * (1.0 - overall) / *mqls as f64).sqrt();
            let z = (share(*sqls, *mqls) - overall) / error;
            if z.abs() > 2.0 {
                println!("{dimension} {label}: {sqls}/{mqls}, z {z:.2}");
            }
            assert!(z.abs() < 3.2, "{dimension} {label}: {sqls}/{mqls} against {overall:.3}, z {z:.2}");
        }
    }
}

/// A contract that began with an article months before: what the closed loop is there to show.
#[test]
fn some_contracts_began_with_an_article_months_before() {
    let (_, ledger) = company();
    let by_person: HashMap<String, &alignment::intake::TouchIntake> =
        ledger.touches.iter().rev().filter_map(|touch| Some((to(touch.person.as_ref()?), touch))).collect();
    let mut early = 0;
    for (deal, signed_at) in ledger.won() {
        let first = by_person[&to(&deal.people[0].0)];
        let kind = first.content.as_ref().and_then(|piece| ledger.content[&to(piece)].kind.as_deref());
        early += (kind == Some("article") && signed_at.days_since(first.at) > 100.0) as usize;
        assert!(deal.stages.last().unwrap().stage == DealStage::Won);
    }
    println!("{early} contracts began with an article more than 100 days before");
    assert!(early >= 5);
    assert!(ledger.activities.iter().any(|activity| activity.kind == ActivityKind::Meeting));
}
