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
    for (company, heads) in headcounts(&mut dice, companies, count).into_iter().enumerate() {
        let mut is_first_lead = true;
        for _ in 0..heads {
            let mut person = person(&mut dice, &mut emails, companies, company);
            let wait = if person.may_lead && is_first_lead { 0.0 } else { dice.wait(40.0) };
            is_first_lead &= !person.may_lead;
            person.created_at = turn_up(timeline, &mut dice, companies[company].awake_at, wait);
            people.push(person);
        }
    }
    people
}

/// How many people we know at each company: more at bigger ones that fit the ideal customer.
fn headcounts(dice: &mut Dice, companies: &[Company], count: usize) -> Vec<usize> {
    let weights: Vec<f64> = companies
        .iter()
        .map(|company| {
            let fit = if company.industry.is_ideal() { 1.5 } else { 0.7 };
            fit * (company.employees as f64).powf(0.25) * dice.around(1.0, 0.6)
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

/// `wait` days after the company did; people who would come too late come somewhere in between.
fn turn_up(timeline: &Timeline, dice: &mut Dice, awake_at: Instant, wait: f64) -> Instant {
    if wait == 0.0 {
        return awake_at;
    }
    timeline.lively(awake_at.plus_micros(days(wait)), dice).unwrap_or_else(|| {
        let left = (timeline.ends_at.0 - awake_at.0) as f64;
        awake_at.plus_micros(((left * dice.unit()) as i64) / 1_000_000 * 1_000_000)
    })
}

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
