//! All records by noun, with what the tests ask of them.

use std::{collections::HashMap, sync::OnceLock};

use alignment::{
    Instant,
    intake::*,
    lifecycle::{DealStage, Stage},
};
use sample::SampleCompany;

use crate::ENDS_AT;

#[derive(Default)]
pub struct Ledger {
    pub users: HashMap<String, UserIntake>,
    pub campaigns: HashMap<String, CampaignIntake>,
    pub spend: Vec<SpendIntake>,
    pub content: HashMap<String, ContentIntake>,
    pub companies: HashMap<String, CompanyIntake>,
    pub people: HashMap<String, PersonIntake>,
    pub leads: HashMap<String, LeadIntake>,
    pub touches: Vec<TouchIntake>,
    pub deals: HashMap<String, DealIntake>,
    pub lines: Vec<DealLineIntake>,
    pub activities: Vec<ActivityIntake>,
    /// Instant of each person's first touch.
    pub first_touches: HashMap<String, Instant>,
    /// The same, of each company.
    pub company_first_touches: HashMap<String, Instant>,
    /// Instant of each person's activities, in order.
    pub attempts: HashMap<String, Vec<Instant>>,
}

/// The whole company, made once for all tests.
pub fn company() -> &'static (SampleCompany, Ledger) {
    static COMPANY: OnceLock<(SampleCompany, Ledger)> = OnceLock::new();
    COMPANY.get_or_init(|| {
        let company = sample::generate(sample::SEED, ENDS_AT.parse().unwrap(), 1.0);
        let ledger = Ledger::of(&company);
        (company, ledger)
    })
}

/// A tenth of it, for what must hold of every record.
pub fn small_company() -> (SampleCompany, Ledger) {
    let company = sample::generate(11, ENDS_AT.parse().unwrap(), 0.1);
    let ledger = Ledger::of(&company);
    (company, ledger)
}

pub fn id(key: &Key) -> String {
    match key {
        Key::External { id, .. } => id.clone(),
        other => panic!("{other:?} is no id of the sample"),
    }
}

pub fn to(reference: &Reference) -> String {
    id(&reference.key)
}

pub fn entered(lead: &LeadIntake, stage: Stage) -> Option<Instant> {
    lead.stages.iter().find(|entry| entry.stage == stage).and_then(|entry| entry.at)
}

pub fn reached(lead: &LeadIntake, stage: Stage) -> bool {
    lead.stages.iter().any(|entry| entry.stage.implies(stage))
}

impl Ledger {
    fn of(company: &SampleCompany) -> Ledger {
        let mut ledger = Ledger::default();
        for (_, rows) in company.batches() {
            for row in rows {
                ledger.add(row.subject);
            }
        }
        ledger
    }

    fn add(&mut self, record: Record) {
        match record {
            Record::User(user) => drop(self.users.insert(id(&user.keys[0]), user)),
            Record::Campaign(campaign) => drop(self.campaigns.insert(id(&campaign.keys[0]), campaign)),
            Record::Spend(spend) => self.spend.push(spend),
            Record::Content(content) => drop(self.content.insert(id(&content.keys[0]), content)),
            Record::Company(company) => drop(self.companies.insert(id(&company.keys[0]), company)),
            Record::Person(person) => drop(self.people.insert(id(&person.keys[0]), person)),
            Record::Lead(lead) => drop(self.leads.insert(id(&lead.keys[0]), lead)),
            Record::Deal(deal) => drop(self.deals.insert(id(&deal.keys[0]), deal)),
            Record::DealLine(line) => self.lines.push(line),
            Record::Touch(touch) => {
                let mut first = |map: fn(&mut Ledger) -> &mut HashMap<String, Instant>, reference: &Option<Reference>| {
                    if let Some(reference) = reference {
                        let at = map(self).entry(to(reference)).or_insert(touch.at);
                        *at = touch.at.min(*at);
                    }
                };
                first(|ledger| &mut ledger.first_touches, &touch.person);
                first(|ledger| &mut ledger.company_first_touches, &touch.company);
                self.touches.push(touch);
            }
            Record::Activity(activity) => {
                if activity.kind.is_attempt()
                    && let Some(person) = &activity.person
                {
                    self.attempts.entry(to(person)).or_default().push(activity.at);
                }
                self.activities.push(activity);
            }
        }
    }

    pub fn industry(&self, lead: &LeadIntake) -> Option<&str> {
        let company = self.people[&to(&lead.person)].company.as_ref()?;
        self.companies[&to(company)].industry.as_deref()
    }

    pub fn country(&self, lead: &LeadIntake) -> Option<&str> {
        let company = self.people[&to(&lead.person)].company.as_ref()?;
        self.companies[&to(company)].country.as_deref()
    }

    pub fn mqls(&self) -> impl Iterator<Item = (&LeadIntake, Instant)> {
        self.leads.values().filter_map(|lead| Some((lead, entered(lead, Stage::Mql)?)))
    }

    /// Won deals with the instant of signature.
    pub fn won(&self) -> impl Iterator<Item = (&DealIntake, Instant)> {
        self.deals.values().filter_map(|deal| {
            let entry = deal.stages.iter().find(|entry| entry.stage == DealStage::Won)?;
            Some((deal, entry.at?))
        })
    }

    pub fn source(&self, deal: &DealIntake) -> &str {
        let lead = &self.leads[&to(deal.lead.as_ref().unwrap())];
        lead.source.as_deref().unwrap()
    }

    /// Days from the person's first touch to the signature.
    pub fn cycle_days(&self, deal: &DealIntake, signed_at: Instant) -> f64 {
        signed_at.days_since(self.first_touches[&to(&deal.people[0].0)])
    }

    /// Hours from MQL to the first attempt after it, for leads that had one.
    pub fn follow_up_hours(&self, lead: &LeadIntake, mql_at: Instant) -> Option<f64> {
        let attempts = self.attempts.get(&to(&lead.person))?;
        let first = attempts.iter().find(|at| **at >= mql_at)?;
        Some(first.days_since(mql_at) * 24.0)
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    if values.is_empty() { f64::NAN } else { values[values.len() / 2] }
}

pub fn share(hits: usize, of: usize) -> f64 {
    hits as f64 / of as f64
}
