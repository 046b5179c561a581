//! All that happened, in compact form; `intake.rs` turns it into rows when they are asked for.

use std::ops::Range;

use alignment::Instant;

use crate::{
    activities::{self, Activity},
    campaigns::{self, Spend},
    companies::{self, Company},
    deals::Deal,
    dice::Dice,
    fair::Fair,
    leads::{self, Lead},
    people::{self, Person},
    team::{self, User},
    timeline::Timeline,
    touches::{self, Touch},
};

const COMPANIES: f64 = 6_000.0;
const PEOPLE: f64 = 20_000.0;
const TOUCHES: f64 = 250_000.0;

/// Records refer to each other by index.
pub struct World {
    pub timeline: Timeline,
    pub users: Vec<User>,
    pub spend: Vec<Spend>,
    pub companies: Vec<Company>,
    /// Company by company.
    pub people: Vec<Person>,
    pub leads: Vec<Lead>,
    pub deals: Vec<Deal>,
    /// By time.
    pub touches: Vec<Touch>,
    /// By time.
    pub activities: Vec<Activity>,
    /// The products of the deals: deal and line.
    pub lines: Vec<(u32, u32)>,
    /// Indices in the order of time, which is the order in which records come in.
    pub people_by_time: Vec<u32>,
    pub leads_by_time: Vec<u32>,
    pub deals_by_time: Vec<u32>,
    pub fair: Fair,
    /// Where each company's people start.
    firsts: Vec<usize>,
}

impl World {
    pub fn build(seed: u64, ends_at: Instant, scale: f64) -> World {
        let timeline = Timeline::ending(ends_at);
        let sized = |full: f64| (full * scale).round().max(1.0) as usize;
        let companies = companies::found(&timeline, seed, sized(COMPANIES));
        let people = people::meet(&timeline, seed, &companies, sized(PEOPLE));
        let firsts = (0..=companies.len()).map(|company| people.partition_point(|person| person.company < company)).collect();
        let mut world = World {
            users: team::hire(seed),
            spend: campaigns::spend(&timeline, &mut Dice::new(seed, "spend"), scale),
            timeline,
            companies,
            people,
            leads: Vec::new(),
            deals: Vec::new(),
            touches: Vec::new(),
            activities: Vec::new(),
            lines: Vec::new(),
            people_by_time: Vec::new(),
            leads_by_time: Vec::new(),
            deals_by_time: Vec::new(),
            fair: Fair::default(),
            firsts,
        };
        leads::open_all(&mut world, seed);
        world.touches = touches::all(&world, seed, sized(TOUCHES));
        world.activities = activities::all(&world, seed);
        world.people_by_time = by_time(&world.people, |person| person.created_at);
        world.leads_by_time = by_time(&world.leads, |lead| lead.opened_at);
        world.deals_by_time = by_time(&world.deals, |deal| deal.opened_at);
        for deal in &world.deals_by_time {
            world.lines.extend((0..world.deals[*deal as usize].lines.len() as u32).map(|line| (*deal, line)));
        }
        world
    }

    pub fn people_of(&self, company: usize) -> Range<usize> {
        self.firsts[company]..self.firsts[company + 1]
    }
}

fn by_time<T>(records: &[T], at: impl Fn(&T) -> Instant) -> Vec<u32> {
    let mut order: Vec<u32> = (0..records.len() as u32).collect();
    order.sort_by_key(|index| at(&records[*index as usize]));
    order
}
