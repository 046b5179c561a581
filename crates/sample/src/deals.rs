//! Deals: their committee, stages, amount, products, and how they end.

use alignment::{
    Instant,
    lifecycle::{DealStage, Stage},
    money::split_by_weights,
};

use crate::{
    dice::Dice,
    fair::Matter,
    people::Shown,
    stories,
    timeline::{Timeline, days},
    words::titles::Standing,
    world::World,
};

pub struct Deal {
    pub lead: usize,
    pub company: usize,
    pub owner: usize,
    /// The committee with roles; the first is the person it came from.
    pub people: Vec<(usize, &'static str)>,
    pub cents: i64,
    pub lines: Vec<Line>,
    pub opened_at: Instant,
    pub expected_close_at: Instant,
    pub steps: Vec<(DealStage, Instant)>,
    /// Why it was lost.
    pub reason: Option<&'static str>,
    pub competitor: Option<&'static str>,
}

pub struct Line {
    pub product: &'static str,
    pub quantity: i64,
    pub cents: i64,
}

impl Deal {
    pub fn at(&self, stage: DealStage) -> Option<Instant> {
        self.steps.iter().find(|step| step.0 == stage).map(|step| step.1)
    }

    pub fn closed_at(&self) -> Option<Instant> {
        self.steps.last().filter(|step| step.0.is_closed()).map(|step| step.1)
    }
}

/// Of the deals that end, the share that is won.
const WIN_CHANCE: f64 = 0.36;
const COMPETITORS: &[(&str, f64)] = &[("Costlane", 0.34), ("Skymeter", 0.24), ("Built in-house", 0.22), ("Native cloud tools", 0.2)];
const MEDIAN_EUROS: f64 = 32_000.0;
const AMOUNT_MIN_EUROS: f64 = 8_000.0;
const AMOUNT_MAX_EUROS: f64 = 250_000.0;

/// Opens the lead's deal and plays it; gives the stage in which the lead ends, `None` while the deal is open.
pub fn open(world: &mut World, dice: &mut Dice, lead: usize, opened_at: Instant) -> Option<(Stage, Instant, Option<&'static str>)> {
    let source = world.leads[lead].source;
    let company = world.people[world.leads[lead].person].company;
    let time = stories::time_factor(source);
    let is_won = world.fair.chance(dice, Matter::Win, source as usize, WIN_CHANCE);
    // Won and lost deals of a source even out apart.
    let group = source as usize * 2 + usize::from(is_won);
    let length = world.fair.around(dice, Matter::Length, group, if is_won { 28.0 } else { 34.0 }, 0.36) * time;
    let outcome = if is_won { DealStage::Won } else { DealStage::Lost };
    let loss = dice.pick_weighted(&[
        ("price", 0.28),
        ("competitor_chosen", 0.26),
        ("no_decision", 0.28),
        ("missing_feature", 0.12),
        ("lost_contact", 0.06),
    ]);
    let competitor = dice.pick_weighted(COMPETITORS);
    let is_contested = dice.chance(0.5) || (!is_won && loss == "competitor_chosen");
    let steps = play(&world.timeline, dice, opened_at, length, outcome);
    let closed = steps.last().copied().filter(|step| step.0.is_closed());
    let reason = closed.filter(|step| step.0 == DealStage::Lost).map(|_| loss);
    let elapsed = world.timeline.elapsed(opened_at);
    let factor = stories::amount_factor(source);
    let median = MEDIAN_EUROS * (0.92 + 0.16 * elapsed) * factor;
    let euros = world.fair.around(dice, Matter::Amount, group, median, 0.5);
    let (cents, lines) = price(dice, euros);
    let expected_close_at = match closed {
        Some((_, at)) => at.plus_micros(days(dice.between(-14.0, 6.0))).max(opened_at),
        None => opened_at
            .plus_micros(days(length * dice.between(0.8, 1.25)))
            .max(world.timeline.ends_at.plus_micros(days(dice.between(-9.0, 45.0)))),
    };
    let deal = Deal {
        lead,
        company,
        owner: world.companies[company].owner,
        people: committee(world, dice, lead, opened_at),
        cents,
        lines,
        opened_at,
        expected_close_at,
        steps,
        reason,
        competitor: is_contested.then_some(competitor),
    };
    world.leads[lead].deal = Some(world.deals.len());
    world.companies[company].deal = Some(world.deals.len());
    world.deals.push(deal);
    let stage = if closed?.0 == DealStage::Won { Stage::Customer } else { Stage::Lost };
    Some((stage, closed?.1, reason))
}

/// The stages entered before the history ends. Lost deals are lost from any stage.
fn play(timeline: &Timeline, dice: &mut Dice, opened_at: Instant, length: f64, outcome: DealStage) -> Vec<(DealStage, Instant)> {
    let passed = if outcome == DealStage::Won { 2 } else { dice.weighted(&[0.42, 0.36, 0.22]) };
    let plan = [(DealStage::Proposal, 0.32), (DealStage::Negotiation, 0.68)];
    let mut steps = vec![(DealStage::Discovery, opened_at)];
    let mut at = opened_at;
    let mut gone = 0.0;
    for (stage, share) in plan.into_iter().take(passed).chain([(outcome, 1.0)]) {
        let share = share + dice.between(-0.08, 0.08) * if share < 1.0 { 1.0 } else { 0.0 };
        let Some(next) = timeline.office_hour(at, length * (share - gone), dice) else { break };
        (at, gone) = (next, share);
        steps.push((stage, at));
    }
    steps
}

/// The amount in cents, and the products that it is the sum of.
fn price(dice: &mut Dice, euros: f64) -> (i64, Vec<Line>) {
    let hundreds = (euros.clamp(AMOUNT_MIN_EUROS, AMOUNT_MAX_EUROS) / 100.0).round() as i64;
    let mut shares = vec![("Lumen Core", 1, 0.72)];
    if dice.chance(0.55) {
        shares.push(("Lumen Insights", 1, 0.22));
    }
    if dice.chance(0.6) {
        shares.push(("Onboarding days", dice.count(2, 8) as i64, 0.12));
    }
    if dice.chance(0.3) {
        shares.push(("Premium support", 1, 0.1));
    }
    let weights: Vec<f64> = shares.iter().map(|share| share.2).collect();
    let lines = shares.iter().zip(split_by_weights(hundreds, &weights));
    let lines = lines.map(|((product, quantity, _), part)| Line { product, quantity: *quantity, cents: part * 10_000 });
    (hundreds * 10_000, lines.collect())
}

/// Two to five people of the company where we know as many; whoever joins is known from then on.
fn committee(world: &mut World, dice: &mut Dice, lead: usize, opened_at: Instant) -> Vec<(usize, &'static str)> {
    let first = world.leads[lead].person;
    let company = world.people[first].company;
    let mut people = vec![(first, if world.people[first].standing == Standing::Decides { "Decision maker" } else { "Champion" })];
    let wanted = 2 + dice.weighted(&[0.3, 0.35, 0.22, 0.13]);
    let mut roles = ["Budget holder", "Technical evaluator", "User", "Legal & procurement"].into_iter();
    let range = world.people_of(company);
    for index in range.filter(|index| *index != first).take(wanted - 1) {
        let person = &mut world.people[index];
        let joins_at = opened_at.plus_micros(-days(dice.between(0.0, 8.0))).max(world.companies[company].awake_at);
        person.created_at = person.created_at.min(joins_at);
        person.shows = Shown::ALL;
        let leads = people[0].1 != "Decision maker"
            && person.standing == Standing::Decides
            && !people.iter().any(|(_, role)| *role == "Decision maker");
        let role = if leads { "Decision maker" } else { roles.next().unwrap_or("User") };
        people.push((index, role));
    }
    people
}
