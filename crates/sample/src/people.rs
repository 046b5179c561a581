//! The people: who they are, where they work, and which of their fields the record lacks.

use alignment::Instant;
use rustc_hash::FxHashSet;

use crate::{
    channels::Channel,
    companies::Company,
    dice::Dice,
    timeline::{Timeline, days},
    words::{
        ascii,
        names::full_name,
        titles::{Standing, job_title},
    },
};

pub struct Person {
    pub company: usize,
    pub name: String,
    /// As it is; whether the record has it is another matter.
    pub email: String,
    pub phone: String,
    pub title: &'static str,
    pub standing: Standing,
    pub shows: Shown,
    /// What brought the person to us.
    pub source: Channel,
    /// The first touch.
    pub created_at: Instant,
    /// Whether a lead may come of it; the others read, or are met in a deal.
    pub may_lead: bool,
}

/// Which fields the record has.
#[derive(Clone, Copy)]
pub struct Shown {
    pub email: bool,
    pub phone: bool,
    pub title: bool,
    pub company: bool,
}

impl Shown {
    /// Once a rep has spoken with somebody, the record is complete.
    pub const ALL: Shown = Shown { email: true, phone: true, title: true, company: true };
}

/// `count` people, company by company.
pub fn meet(timeline: &Timeline, seed: u64, companies: &[Company], count: usize) -> Vec<Person> {
    let mut dice = Dice::new(seed, "people");
    let mut emails = FxHashSet::default();
    let mut people = Vec::with_capacity(count);
    for (company, heads) in headcounts(timeline, &mut dice, companies, count).into_iter().enumerate() {
        let mut is_first_lead = true;
        for _ in 0..heads {
            let mut person = person(&mut dice, &mut emails, companies, company);
            let awake_at = companies[company].awake_at;
            person.created_at = if person.may_lead && is_first_lead { awake_at } else { turn_up(timeline, &mut dice, awake_at) };
            is_first_lead &= !person.may_lead;
            people.push(person);
        }
    }
    people
}

/// How many people we know at each company: more at bigger ones that fit the ideal customer.
fn headcounts(timeline: &Timeline, dice: &mut Dice, companies: &[Company], count: usize) -> Vec<usize> {
    let weights: Vec<f64> = companies
        .iter()
        .map(|company| {
            let fit = if company.industry.is_ideal() { 1.5 } else { 0.7 };
            fit * share_by_the_end(timeline, company.awake_at) * (company.employees as f64).powf(0.25) * dice.around(1.0, 0.6)
        })
        .collect();
    let base = |company: &Company| if company.industry.is_ideal() && company.is_big_enough() { 2 } else { 1 };
    let spare = count.saturating_sub(companies.iter().map(base).sum()) as f64;
    let total: f64 = weights.iter().sum();
    let (mut given, mut due) = (0, 0.0);
    let mut heads = Vec::with_capacity(companies.len());
    for (company, weight) in companies.iter().zip(&weights) {
        due += spare * weight / total;
        let more = (due - given as f64).round().max(0.0) as usize;
        given += more;
        heads.push(base(company) + more);
    }
    heads
}

fn person(dice: &mut Dice, emails: &mut FxHashSet<String>, companies: &[Company], company: usize) -> Person {
    let at = &companies[company];
    let name = full_name(dice, at.region);
    let local = ascii(&name, ".");
    let mut email = format!("{local}@{}", at.domain);
    let mut number = 2;
    while !emails.insert(email.clone()) {
        email = format!("{local}{number}@{}", at.domain);
        number += 1;
    }
    let (title, standing) = job_title(dice);
    let source = Channel::of_newcomer(dice);
    let gaps = source.gaps();
    let shows = Shown {
        email: !dice.chance(gaps.email),
        phone: !dice.chance(gaps.phone),
        title: !dice.chance(gaps.job_title),
        company: !dice.chance(gaps.company),
    };
    Person {
        company,
        name,
        email,
        phone: phone(dice, at.country),
        title,
        standing,
        shows,
        source,
        created_at: at.awake_at,
        may_lead: dice.chance(if at.industry.is_ideal() { 0.55 } else { 0.5 }),
    }
}

/// After the company did, most within two months, and before the history ends.
fn turn_up(timeline: &Timeline, dice: &mut Dice, awake_at: Instant) -> Instant {
    let wait = -WAIT_DAYS * (1.0 - dice.unit() * share_by_the_end(timeline, awake_at)).ln();
    let at = awake_at.plus_micros(days(wait)).min(timeline.ends_at);
    timeline.lively(at, dice).unwrap_or(at)
}

/// Of the people who follow the first one, the share that comes before the history ends.
fn share_by_the_end(timeline: &Timeline, awake_at: Instant) -> f64 {
    1.0 - (-timeline.ends_at.days_since(awake_at) / WAIT_DAYS).exp()
}

/// Mean time between the company's first person and another.
const WAIT_DAYS: f64 = 40.0;

/// Made up: the `555` block stands in for the exchange.
fn phone(dice: &mut Dice, country: &str) -> String {
    let code = match country {
        "Portugal" => 351,
        "Spain" => 34,
        "Germany" => 49,
        "Austria" => 43,
        "Switzerland" => 41,
        "Sweden" => 46,
        "Denmark" => 45,
        "Norway" => 47,
        "Finland" => 358,
        "France" => 33,
        "Belgium" => 32,
        "Luxembourg" => 352,
        "Ireland" => 353,
        _ => 44,
    };
    format!("+{code} 555 {:03} {:03}", dice.below(1000), dice.below(1000))
}
