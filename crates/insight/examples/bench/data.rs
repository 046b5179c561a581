//! A record made up from a seed, a million companies at a time: one person and one lead for each company, ten touches, a won deal for
//! every tenth, over 18 months.

use alignment::{
    Currency, Instant, Money,
    instant::MICROS_PER_DAY,
    lifecycle::{DealStage, Side, Stage, StageSet},
    touch::{ActivityKind, TouchKind},
};
use insight::{history::History, rows::*};

pub const DAYS: u64 = 540;
/// By then all of it has happened: a lead takes up to 76 days to become a customer, a deal up to 59 to be closed.
pub const AS_OF_DAYS: i64 = DAYS as i64 + 77;
/// What a batch of rows costs in memory is bounded by this.
const COMPANIES_PER_BATCH: i64 = 1_000_000;
const TOUCHES_PER_COMPANY: i64 = 10;
const CHANNELS: [&str; 8] = ["organic_search", "paid_search", "social", "email", "referral", "direct", "event", "webinar"];
const SOURCES: [&str; 6] = ["organic_search", "paid_search", "social", "email", "referral", "unknown"];

pub fn made(touches: i64) -> History {
    let companies = (touches / TOUCHES_PER_COMPANY).max(1);
    let mut maker = Maker { dice: Dice(42), touches: 0, transitions: 0, deals: 0, deal_transitions: 0 };
    let mut history = History::empty().apply(maker.spend());
    let mut first = 1;
    while first <= companies {
        let last = companies.min(first + COMPANIES_PER_BATCH - 1);
        history = history.apply(maker.batch(first, last));
        first = last + 1;
    }
    history
}

struct Maker {
    dice: Dice,
    touches: i64,
    transitions: i64,
    deals: i64,
    deal_transitions: i64,
}

impl Maker {
    fn batch(&mut self, first: i64, last: i64) -> Delta {
        let mut delta = Delta::default();
        for id in first..=last {
            delta.companies.push(self.company(id));
            delta.people.push(person(id));
            self.lead(id, &mut delta);
            for _ in 0..TOUCHES_PER_COMPANY {
                delta.touches.push(self.touch(id));
            }
            if id % 10 == 0 {
                self.deal(id, true, &mut delta);
            }
            if id % 20 == 5 {
                self.deal(id, false, &mut delta);
            }
        }
        delta
    }

    fn company(&mut self, id: i64) -> CompanyRow {
        CompanyRow {
            id,
            name: None,
            domain: None,
            industry: self.dice.label(&SOURCES),
            country: self.dice.label(&SOURCES),
            region: None,
            employees: None,
            annual_revenue: None,
            churned_at: None,
            custom: Vec::new(),
        }
    }

    fn touch(&mut self, company: i64) -> TouchRow {
        self.touches += 1;
        let at = self.dice.instant();
        TouchRow {
            id: self.touches,
            person: Some(company),
            company: Some(company),
            kind: TouchKind::PageView,
            at,
            recorded_at: at,
            channel: self.dice.label(&CHANNELS),
            source: None,
            campaign: None,
            content: None,
            tags: Vec::new(),
        }
    }

    fn lead(&mut self, id: i64, delta: &mut Delta) {
        let mut at = self.dice.instant();
        delta.leads.push(LeadRow {
            id,
            person: id,
            company: Some(id),
            source: self.dice.label(&SOURCES),
            campaign: None,
            content: None,
            owner: Some(1 + self.dice.below(30) as i64),
            opened_at: at,
            recorded_at: at,
            stages_recorded: StageSet::ALL,
            custom: Vec::new(),
        });
        for stage in [Stage::Mql, Stage::Sal, Stage::Sql, Stage::Customer] {
            if self.dice.below(3) == 0 {
                break;
            }
            at = at.plus_days(self.dice.below(20) as i64);
            self.transitions += 1;
            let id = (self.transitions, id);
            delta.transitions.push(TransitionRow {
                id: id.0,
                lead: id.1,
                stage,
                at: Some(at),
                recorded_at: at,
                reason: None,
                agreement_version: 1,
            });
        }
        let (person, company, kind) = (Some(id), Some(id), ActivityKind::Call);
        delta.activities.push(ActivityRow { id, person, company, deal: None, user: Some(1), kind, at, recorded_at: at, content: None });
    }

    fn deal(&mut self, company: i64, won: bool, delta: &mut Delta) {
        self.deals += 1;
        let (id, opened_at) = (self.deals, self.dice.instant());
        delta.deals.push(DealRow {
            id,
            company: Some(company),
            lead: Some(company),
            people: vec![company],
            owner: Some(1 + self.dice.below(30) as i64),
            amount: Some(Money::new(100_000 + self.dice.below(10_000_000) as i64, Currency::EUR)),
            opened_at: Some(opened_at),
            expected_close_at: None,
            recorded_at: opened_at,
            reason: None,
        });
        let end = if won { DealStage::Won } else { [DealStage::Lost, DealStage::Proposal][self.dice.below(2) as usize] };
        for (stage, after_days) in [(DealStage::Discovery, 0), (end, self.dice.below(60) as i64)] {
            self.deal_transitions += 1;
            let at = opened_at.plus_days(after_days);
            delta.deal_transitions.push(DealTransitionRow { id: self.deal_transitions, deal: id, stage, at: Some(at), recorded_at: at });
        }
    }

    fn spend(&mut self) -> Delta {
        let mut delta = Delta::default();
        for id in 1..=500 {
            let at = self.dice.instant();
            let amount = Money::new(self.dice.below(1_000_000) as i64, Currency::EUR);
            let source = self.dice.label(&SOURCES);
            let (campaign, channel, side) = (None, None, Side::Marketing);
            delta.spend.push(SpendRow { id, campaign, channel, source, side, at, recorded_at: at, amount });
        }
        delta
    }
}

fn person(id: i64) -> PersonRow {
    PersonRow {
        id,
        company: Some(id),
        has_name: true,
        has_email: true,
        has_phone: false,
        has_job_title: false,
        job_title: None,
        email_domain: None,
        country: None,
        custom: Vec::new(),
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same record on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn instant(&mut self) -> Instant {
        Instant(self.below(DAYS * MICROS_PER_DAY as u64) as i64)
    }

    fn label(&mut self, names: &[&str]) -> Option<String> {
        Some(names[self.below(names.len() as u64) as usize].to_owned())
    }
}
