//! The records hold together: they name only what is there, and nothing happens before its cause or after the end.

use std::{
    collections::{HashMap, HashSet},
    hash::{Hash as _, Hasher as _},
};

use alignment::{
    Instant,
    intake::*,
    lifecycle::{DealStage, Stage},
};
use sample::{BATCH_ROWS, SampleCompany};

use crate::{
    ENDS_AT,
    ledger::{entered, id, small_company, to},
};

#[test]
fn every_reference_names_an_earlier_record_of_its_noun() {
    for (seed, scale) in [(1, 0.02), (2, 0.0), (3, 0.2)] {
        check_references(&sample::generate(seed, ENDS_AT.parse().unwrap(), scale));
    }
}

fn check_references(company: &SampleCompany) {
    let mut known: HashMap<Noun, HashSet<Key>> = HashMap::new();
    let mut all = HashSet::new();
    let mut last = None;
    for (noun, rows) in company.batches() {
        assert!(last <= Some(noun), "nouns come in their order");
        assert!((1..=BATCH_ROWS).contains(&rows.len()));
        last = Some(noun);
        for row in rows {
            assert_eq!(row.subject.noun(), noun);
            assert_eq!(row.needs, []);
            let (keys, references) = names(&row.subject);
            for (noun, reference) in references {
                assert!(known.get(&noun).is_some_and(|keys| keys.contains(&reference.key)), "{:?} of {:?}", reference, row.subject);
            }
            for key in keys {
                assert!(all.insert(key.clone()), "{key:?} stands twice");
                known.entry(noun).or_default().insert(key.clone());
            }
        }
    }
    for noun in Noun::ALL {
        assert_eq!(known.get(&noun).map_or(0, HashSet::len), company.count(noun), "{}", noun.key());
    }
}

type Names<'a> = (&'a [Key], Vec<(Noun, &'a Reference)>);

fn names(record: &Record) -> Names<'_> {
    fn some(noun: Noun, reference: &Option<Reference>) -> Vec<(Noun, &Reference)> {
        reference.iter().map(|reference| (noun, reference)).collect()
    }
    match record {
        Record::User(r) => (&r.keys, vec![]),
        Record::Campaign(r) => (&r.keys, vec![]),
        Record::Spend(r) => (&r.keys, some(Noun::Campaign, &r.campaign)),
        Record::Content(r) => (&r.keys, vec![]),
        Record::Company(r) => (&r.keys, some(Noun::User, &r.owner)),
        Record::Person(r) => (&r.keys, some(Noun::Company, &r.company)),
        Record::Lead(r) => {
            let mut all = vec![(Noun::Person, &r.person)];
            all.extend(some(Noun::Campaign, &r.campaign));
            all.extend(some(Noun::Content, &r.content));
            all.extend(some(Noun::User, &r.owner));
            all.extend(r.stages.iter().flat_map(|entry| some(Noun::User, &entry.actor)));
            (&r.keys, all)
        }
        Record::Touch(r) => {
            let mut all = some(Noun::Person, &r.person);
            all.extend(some(Noun::Company, &r.company));
            all.extend(some(Noun::Campaign, &r.campaign));
            all.extend(some(Noun::Content, &r.content));
            (&r.keys, all)
        }
        Record::Deal(r) => {
            let mut all = some(Noun::Company, &r.company);
            all.extend(some(Noun::Lead, &r.lead));
            all.extend(some(Noun::User, &r.owner));
            all.extend(r.people.iter().map(|(person, _)| (Noun::Person, person)));
            (&r.keys, all)
        }
        Record::DealLine(r) => (&r.keys, vec![(Noun::Deal, &r.deal)]),
        Record::Activity(r) => {
            let mut all = some(Noun::Person, &r.person);
            all.extend(some(Noun::Company, &r.company));
            all.extend(some(Noun::Deal, &r.deal));
            all.extend(some(Noun::User, &r.user));
            all.extend(some(Noun::Content, &r.content));
            (&r.keys, all)
        }
    }
}

#[test]
fn stages_follow_each_other_and_nothing_happens_after_the_end() {
    let (company, ledger) = small_company();
    let inside = |at: Instant| company.starts_at <= at && at <= company.ends_at;
    for (id, lead) in &ledger.leads {
        assert_eq!(entered(lead, Stage::Lead), lead.opened_at, "{id}");
        assert!(lead.stages.iter().all(|entry| entry.at.is_some_and(inside)), "{id} {:?}", lead.stages);
        for pair in lead.stages.windows(2) {
            assert!(pair[0].stage < pair[1].stage && pair[0].at <= pair[1].at && !pair[0].stage.is_terminal(), "{id} {:?}", lead.stages);
        }
        assert!(ledger.people[&to(&lead.person)].created_at <= lead.opened_at, "{id}");
    }
    for (id, deal) in &ledger.deals {
        assert_eq!(deal.stages[0].stage, DealStage::Discovery);
        assert!(deal.stages.iter().all(|entry| entry.at.is_some_and(inside)), "{id} {:?}", deal.stages);
        for pair in deal.stages.windows(2) {
            assert!(pair[0].stage < pair[1].stage && pair[0].at <= pair[1].at && !pair[0].stage.is_closed(), "{id} {:?}", deal.stages);
        }
        let lead = &ledger.leads[&to(deal.lead.as_ref().unwrap())];
        assert_eq!(entered(lead, Stage::Opportunity), deal.opened_at, "{id}");
        let is_won = deal.stages.last().unwrap().stage == DealStage::Won;
        assert_eq!(entered(lead, Stage::Customer).is_some(), is_won, "{id}");
        assert!(deal.expected_close_at >= deal.opened_at, "{id}");
    }
    assert!(ledger.touches.iter().all(|touch| inside(touch.at)));
    assert!(ledger.activities.iter().all(|activity| inside(activity.at)));
    assert!(ledger.spend.iter().all(|spend| inside(spend.at)));
}

#[test]
fn nobody_is_touched_before_they_are_known() {
    let (_, ledger) = small_company();
    for touch in &ledger.touches {
        if let Some(person) = &touch.person {
            assert!(ledger.people[&to(person)].created_at.unwrap() <= touch.at, "{touch:?}");
        }
        if let Some(company) = &touch.company {
            assert!(ledger.companies[&to(company)].created_at.unwrap() <= touch.at, "{touch:?}");
        }
        if let Some(content) = &touch.content {
            assert!(ledger.content[&to(content)].published_at.unwrap() <= touch.at, "{touch:?}");
        }
        if let Some(campaign) = &touch.campaign {
            assert!(ledger.campaigns[&to(campaign)].starts_at.unwrap() <= touch.at, "{touch:?}");
        }
    }
    for activity in &ledger.activities {
        assert!(ledger.people[&to(activity.person.as_ref().unwrap())].created_at.unwrap() <= activity.at, "{activity:?}");
        if let Some(content) = &activity.content {
            assert!(ledger.content[&to(content)].published_at.unwrap() <= activity.at, "{activity:?}");
        }
    }
}

#[test]
fn sales_works_in_working_hours() {
    let (company, ledger) = small_company();
    let zone = company.agreement.time_zone();
    let decisions =
        ledger.leads.values().flat_map(|lead| &lead.stages).filter(|entry| entry.stage >= Stage::Sal).filter_map(|entry| entry.at);
    for at in decisions {
        let local = at.in_zone(&zone);
        let day = local.weekday().to_monday_zero_offset();
        let is_holiday = company.agreement.calendar.holidays.contains(&local.date().to_string());
        assert!(day < 5 && (9..18).contains(&local.hour()) && !is_holiday, "{local}");
    }
}

#[test]
fn committees_are_of_one_company_and_have_roles() {
    let (_, ledger) = small_company();
    let mut sizes = [0_usize; 6];
    for (id, deal) in &ledger.deals {
        sizes[deal.people.len()] += 1;
        let distinct: HashSet<_> = deal.people.iter().map(|(person, _)| to(person)).collect();
        assert_eq!(distinct.len(), deal.people.len(), "{id}");
        for (person, role) in &deal.people {
            assert!(role.is_some());
            assert_eq!(ledger.people[&to(person)].company.as_ref().map(to), deal.company.as_ref().map(to), "{id}");
        }
    }
    println!("{sizes:?}");
    assert_eq!(sizes[0], 0);
    assert!(sizes[1] * 10 < ledger.deals.len(), "{sizes:?}");
}

#[test]
fn addresses_are_unique_and_reserved() {
    let (_, ledger) = small_company();
    let mut emails = HashSet::new();
    for email in ledger.people.values().filter_map(|p| p.email.as_ref()).chain(ledger.users.values().filter_map(|u| u.email.as_ref())) {
        assert!(emails.insert(email), "{email}");
        assert!(email.ends_with(".example") && email.is_ascii(), "{email}");
    }
    let domains: HashSet<_> = ledger.companies.values().map(|c| c.domain.clone().unwrap()).collect();
    let names: HashSet<_> = ledger.companies.values().map(|c| c.name.clone().unwrap().to_lowercase()).collect();
    assert_eq!((domains.len(), names.len()), (ledger.companies.len(), ledger.companies.len()));
}

#[test]
fn the_same_seed_gives_the_same_company() {
    let print = |seed, ends_at: &str| {
        let company = sample::generate(seed, ends_at.parse().unwrap(), 0.05);
        let mut hasher = std::hash::DefaultHasher::new();
        for (_, rows) in company.batches() {
            format!("{rows:?}").hash(&mut hasher);
        }
        company.agreement.to_toml().hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(print(7, ENDS_AT), print(7, ENDS_AT));
    assert_ne!(print(7, ENDS_AT), print(8, ENDS_AT));
    assert_ne!(print(7, ENDS_AT), print(7, "2026-06-29"));
}

#[test]
fn any_end_will_do() {
    for ends_at in ["2024-02-29T23:59:59Z", "2026-01-01T00:00:00Z", "2026-03-29T01:30:00Z", "1971-08-31", "2199-12-31"] {
        let company = sample::generate(3, ends_at.parse().unwrap(), 0.01);
        assert_eq!(company.agreement.faults(), [], "{ends_at}");
        check_references(&company);
    }
    let keys: Vec<_> = small_company().1.users.values().map(|user| id(&user.keys[0])).collect();
    assert!(keys.contains(&"user-1".to_owned()));
}
