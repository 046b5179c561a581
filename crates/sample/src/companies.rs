//! The companies that Lumen Cloud knows: where, what, how big, and since when.

use alignment::Instant;
use rustc_hash::FxHashSet;

use crate::{
    dice::Dice,
    team,
    timeline::Timeline,
    words::{ascii, firms},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    Iberia,
    Dach,
    Nordics,
    France,
    UkIreland,
}

pub const REGIONS: [Region; 5] = [Region::Iberia, Region::Dach, Region::Nordics, Region::France, Region::UkIreland];

impl Region {
    pub fn name(self) -> &'static str {
        ["Iberia", "DACH", "Nordics", "France & Benelux", "UK & Ireland"][self as usize]
    }

    pub fn countries(self) -> &'static [(&'static str, f64)] {
        match self {
            Region::Iberia => &[("Portugal", 0.4), ("Spain", 0.6)],
            Region::Dach => &[("Germany", 0.7), ("Austria", 0.13), ("Switzerland", 0.17)],
            Region::Nordics => &[("Sweden", 0.36), ("Denmark", 0.24), ("Norway", 0.2), ("Finland", 0.2)],
            Region::France => &[("France", 0.68), ("Belgium", 0.22), ("Luxembourg", 0.1)],
            Region::UkIreland => &[("United Kingdom", 0.82), ("Ireland", 0.18)],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Industry {
    Software,
    Fintech,
    Ecommerce,
    Logistics,
    Manufacturing,
    Media,
    Telecom,
    Education,
    Hospitality,
    NonProfit,
    PublicSector,
}

const INDUSTRIES: [(Industry, f64); 11] = [
    (Industry::Software, 0.20),
    (Industry::Fintech, 0.12),
    (Industry::Ecommerce, 0.13),
    (Industry::Logistics, 0.09),
    (Industry::Manufacturing, 0.10),
    (Industry::Media, 0.07),
    (Industry::Telecom, 0.05),
    (Industry::Education, 0.08),
    (Industry::Hospitality, 0.07),
    (Industry::NonProfit, 0.05),
    (Industry::PublicSector, 0.04),
];

impl Industry {
    pub fn name(self) -> &'static str {
        [
            "Software",
            "Financial technology",
            "E-commerce",
            "Logistics",
            "Manufacturing",
            "Media",
            "Telecommunications",
            "Education",
            "Hospitality",
            "Non-profit",
            "Public sector",
        ][self as usize]
    }

    /// One of the industries of the ideal customer profile.
    pub fn is_ideal(self) -> bool {
        (self as u8) < Industry::Education as u8
    }

    pub fn ideal() -> impl Iterator<Item = Industry> {
        INDUSTRIES.into_iter().map(|(industry, _)| industry).filter(|industry| industry.is_ideal())
    }
}

pub const EMPLOYEES_MIN: i64 = 50;
pub const EMPLOYEES_MAX: i64 = 5_000;

pub struct Company {
    pub name: String,
    pub domain: String,
    pub region: Region,
    pub country: &'static str,
    pub industry: Industry,
    /// Whether the record says the industry; a few were never filled in.
    pub shows_industry: bool,
    pub employees: i64,
    pub shows_employees: bool,
    pub annual_revenue_euros: Option<i64>,
    /// Its account executive.
    pub owner: usize,
    /// When the first of its people turned up.
    pub awake_at: Instant,
    /// Index of its deal; a company has at most one in these 18 months.
    pub deal: Option<usize>,
}

impl Company {
    pub fn is_big_enough(&self) -> bool {
        self.employees >= EMPLOYEES_MIN
    }
}

/// `count` companies, in the order in which they turned up.
pub fn found(timeline: &Timeline, seed: u64, count: usize) -> Vec<Company> {
    let mut dice = Dice::new(seed, "companies");
    let mut arrivals: Vec<_> = (0..count).map(|_| timeline.arrival(&mut dice)).collect();
    arrivals.sort_unstable();
    let mut taken = FxHashSet::default();
    arrivals.into_iter().map(|awake_at| company(&mut dice, &mut taken, awake_at)).collect()
}

fn company(dice: &mut Dice, taken: &mut FxHashSet<String>, awake_at: Instant) -> Company {
    let region = dice.pick_weighted(&[
        (Region::Iberia, 0.21),
        (Region::Dach, 0.23),
        (Region::Nordics, 0.17),
        (Region::France, 0.18),
        (Region::UkIreland, 0.21),
    ]);
    let industry = dice.pick_weighted(&INDUSTRIES);
    let (name, domain) = unused_name(dice, taken, region, industry);
    let employees = dice.around(190.0, 1.25).clamp(4.0, 24_000.0) as i64;
    let revenue = employees as f64 * dice.around(165_000.0, 0.45);
    Company {
        name,
        domain,
        region,
        country: dice.pick_weighted(region.countries()),
        industry,
        shows_industry: dice.chance(0.96),
        employees,
        shows_employees: dice.chance(0.93),
        annual_revenue_euros: dice.chance(0.7).then_some((revenue / 100_000.0).round() as i64 * 100_000),
        owner: team::ae(dice, region),
        awake_at,
        deal: None,
    }
}

fn unused_name(dice: &mut Dice, taken: &mut FxHashSet<String>, region: Region, industry: Industry) -> (String, String) {
    for attempt in 0.. {
        let mut name = firms::company_name(dice, region, industry);
        if attempt > 2 {
            name = format!("{name} {}", firms::second_name(dice));
        }
        if attempt > 9 {
            name = format!("{name} {attempt}");
        }
        let domain = format!("{}.example", ascii(&name, ""));
        if taken.insert(domain.clone()) {
            return (name, domain);
        }
    }
    unreachable!("the loop ends with the first unused name")
}
