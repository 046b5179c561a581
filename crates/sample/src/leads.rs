//! Leads: the passes of people through the funnel, with the stages they reach and when.

use alignment::{Instant, lifecycle::Stage};

use crate::{
    campaigns::{self, CAMPAIGNS, STORY_CAMPAIGN},
    channels::Channel,
    companies::Company,
    content::{self, CLOUD_BILL_GUIDE, DEMO_REQUEST, Use},
    deals,
    dice::Dice,
    fair::Matter,
    people::{Person, Shown},
    stories, team,
    timeline::{days, minutes},
    words::titles::Standing,
    world::World,
};

pub struct Lead {
    pub person: usize,
    /// 1, or 2 for somebody who came back after a recycle.
    pub pass: u8,
    pub source: Channel,
    pub campaign: Option<usize>,
    pub content: Option<usize>,
    pub owner: usize,
    pub first_touch_at: Instant,
    pub opened_at: Instant,
    /// When sales first tried to reach the person after accepting; `None` where nothing was logged.
    pub first_attempt_at: Option<Instant>,
    pub steps: Vec<Step>,
    pub deal: Option<usize>,
}

pub struct Step {
    pub stage: Stage,
    pub at: Instant,
    pub reason: Option<&'static str>,
    pub actor: Option<usize>,
}

impl Lead {
    pub fn at(&self, stage: Stage) -> Option<Instant> {
        self.steps.iter().find(|step| step.stage == stage).map(|step| step.at)
    }

    pub fn last(&self) -> &Step {
        &self.steps[self.steps.len() - 1]
    }

    fn enter(&mut self, stage: Stage, at: Instant, actor: Option<usize>) {
        self.steps.push(Step { stage, at, reason: None, actor });
    }

    /// Leaves the funnel.
    fn leave(&mut self, stage: Stage, at: Instant, actor: Option<usize>, reason: &'static str) {
        self.steps.push(Step { stage, at, reason: Some(reason), actor });
    }
}

/// Opens the leads of everybody who may become one, and takes each as far as it comes.
pub fn open_all(world: &mut World, seed: u64) {
    let mut dice = Dice::new(seed, "leads");
    for person in 0..world.people.len() {
        if !world.people[person].may_lead {
            continue;
        }
        let Some(lead) = first_pass(world, &mut dice, person) else { continue };
        let index = world.leads.len();
        world.leads.push(lead);
        qualify(world, &mut dice, index);
        if let Some(lead) = second_pass(world, &mut dice, index) {
            let index = world.leads.len();
            world.leads.push(lead);
            qualify(world, &mut dice, index);
        }
    }
}

/// From the first touch to the moment that makes a lead of it: the same visit, some days later, or months.
fn first_pass(world: &World, dice: &mut Dice, person: usize) -> Option<Lead> {
    let who = &world.people[person];
    let gap = match dice.weighted(&[0.53, 0.30, 0.17]) {
        0 => minutes(dice.between(2.0, 25.0)),
        1 => days(dice.around(6.0, 0.7) * stories::time_factor(who.source)),
        _ => days(dice.between(40.0, 190.0)),
    };
    let opened_at = who.created_at.plus_micros(gap);
    let opened_at = if gap > days(0.5) { world.timeline.lively(opened_at, dice)? } else { opened_at };
    (opened_at <= world.timeline.ends_at).then(|| open(world, dice, person, 1, who.source, who.created_at, opened_at))
}

fn second_pass(world: &World, dice: &mut Dice, first: usize) -> Option<Lead> {
    let ended = world.leads[first].last();
    if ended.stage != Stage::Recycled || !dice.chance(0.34) {
        return None;
    }
    let opened_at = world.timeline.lively(ended.at.plus_micros(days(dice.between(40.0, 130.0))), dice)?;
    let source = Channel::of_return(dice);
    Some(open(world, dice, world.leads[first].person, 2, source, opened_at, opened_at))
}

fn open(world: &World, dice: &mut Dice, person: usize, pass: u8, source: Channel, first_touch_at: Instant, opened_at: Instant) -> Lead {
    let company = &world.companies[world.people[person].company];
    let month = world.timeline.month_of(opened_at);
    let (mut source, mut campaign) = (source, campaigns::behind(dice, source, month));
    let is_drawn = stories::draws_wrong_industry(&world.timeline, opened_at) && !company.industry.is_ideal();
    if pass == 1 && is_drawn && dice.chance(stories::WRONG_INDUSTRY_DRAW) {
        (source, campaign) = (Channel::PaidSocial, Some(STORY_CAMPAIGN));
    }
    let content = match source {
        _ if campaign == Some(STORY_CAMPAIGN) => Some(CLOUD_BILL_GUIDE),
        Channel::OrganicSearch | Channel::PaidSearch | Channel::PaidSocial | Channel::Email => {
            Some(content::live(dice, Use::Download, month))
        }
        Channel::Webinar => Some(content::live(dice, Use::Watch, month)),
        Channel::Direct | Channel::Referral => Some(DEMO_REQUEST),
        Channel::Event | Channel::Partner | Channel::Outbound => None,
    };
    let opening = Step { stage: Stage::Lead, at: opened_at, reason: None, actor: None };
    Lead {
        person,
        pass,
        source,
        campaign,
        content,
        owner: team::any_marketer(dice),
        first_touch_at,
        opened_at,
        first_attempt_at: None,
        steps: vec![opening],
        deal: None,
    }
}

/// Takes the lead through the funnel; `None` once the history ends or the lead stays where it is.
fn qualify(world: &mut World, dice: &mut Dice, index: usize) -> Option<()> {
    let World { timeline, companies, people, leads, fair, .. } = world;
    let lead = &mut leads[index];
    let person = &mut people[lead.person];
    let company = &companies[person.company];
    let time = stories::time_factor(lead.source);

    let is_wrongly_drawn = stories::is_wrongly_drawn(timeline, lead.campaign, company.industry, lead.opened_at);
    if !dice.chance(mql_chance(lead, company, is_wrongly_drawn)) {
        return None;
    }
    let mql_at = match dice.chance(0.3) {
        true => lead.opened_at.plus_micros(minutes(dice.between(1.0, 20.0))),
        false => timeline.lively(lead.opened_at.plus_micros(days(dice.around(3.0, 0.9) * time)), dice)?,
    };
    if mql_at > timeline.ends_at {
        return None;
    }
    lead.enter(Stage::Mql, mql_at, None);
    lead.owner = team::sdr(dice, company.region);
    person.shows.company = true;
    let sdr = Some(lead.owner);

    let pace = stories::follow_up(timeline, company.region, mql_at);
    let is_forgotten = dice.chance(0.015);
    let review_minutes = dice.around(pace.review_minutes, 0.75);
    // What comes after the first attempt goes by the usual time: being quicker changes neither how far leads come nor when.
    let usual_review_at = timeline.work_after(mql_at, review_minutes)?;
    let reviewed_at = timeline.work_after(mql_at, review_minutes * pace.time)?;
    if is_forgotten {
        return None;
    }
    let group = lead.campaign.unwrap_or(CAMPAIGNS.len() + lead.source as usize);
    let matter = Matter::Acceptance { is_ideal: company.industry.is_ideal() };
    if !fair.chance(dice, matter, group, acceptance_chance(company, person)) {
        lead.leave(Stage::Rejected, reviewed_at, sdr, rejection_reason(dice, company, person));
        return None;
    }
    lead.enter(Stage::Sal, reviewed_at, sdr);
    let attempt_minutes = dice.around(pace.first_attempt_minutes, 0.8);
    let usual_attempt_at = timeline.work_after(usual_review_at, attempt_minutes)?;
    let attempt_at = timeline.work_after(reviewed_at, attempt_minutes * pace.time)?;

    if !fair.chance(dice, Matter::Qualification { is_slow: pace.is_slow }, lead.owner, pace.sal_to_sql) {
        lead.first_attempt_at = dice.chance(0.88).then_some(attempt_at);
        let left_at = timeline.office_hour(usual_attempt_at, dice.around(15.0, 0.4), dice)?;
        give_up(lead, dice, left_at, &[("timing", 0.4), ("no_answer", 0.35), ("needs_nurture", 0.25)]);
        return None;
    }
    lead.first_attempt_at = Some(attempt_at);
    let sql_at = timeline.office_hour(usual_attempt_at, dice.around(3.5, 0.7) * time, dice)?;
    lead.enter(Stage::Sql, sql_at, sdr);
    person.shows = Shown::ALL;
    if company.deal.is_some() || !dice.chance(0.66) {
        let left_at = timeline.office_hour(sql_at, dice.around(18.0, 0.4), dice)?;
        give_up(lead, dice, left_at, &[("timing", 0.6), ("needs_nurture", 0.4)]);
        return None;
    }
    sell(world, dice, index, sql_at)
}

/// From SQL to the end of the deal; `None` once the history ends.
fn sell(world: &mut World, dice: &mut Dice, index: usize, sql_at: Instant) -> Option<()> {
    let World { timeline, companies, people, leads, .. } = world;
    let lead = &mut leads[index];
    let time = stories::time_factor(lead.source);
    let (sdr, ae) = (Some(lead.owner), Some(companies[people[lead.person].company].owner));
    let ready_at = timeline.office_hour(sql_at, dice.around(2.5, 0.6) * time, dice)?;
    lead.enter(Stage::SalesReady, ready_at, sdr);
    let opened_at = timeline.office_hour(ready_at, dice.around(1.5, 0.6) * time, dice)?;
    lead.enter(Stage::Opportunity, opened_at, ae);
    let (stage, at, reason) = deals::open(world, dice, index, opened_at)?;
    world.leads[index].steps.push(Step { stage, at, reason, actor: ae });
    Some(())
}

fn mql_chance(lead: &Lead, company: &Company, is_wrongly_drawn: bool) -> f64 {
    if is_wrongly_drawn {
        return stories::WRONG_INDUSTRY_MQL;
    }
    let fit = match (company.industry.is_ideal(), company.is_big_enough()) {
        (true, true) => 0.235,
        (true, false) => 0.09,
        (false, _) => 0.05,
    };
    let source = if lead.source == Channel::Partner { 1.5 } else { 1.0 };
    let again = if lead.pass == 2 { 1.7 } else { 1.0 };
    fit * source * again
}

fn acceptance_chance(company: &Company, person: &Person) -> f64 {
    if !company.industry.is_ideal() {
        return 0.10;
    }
    match (company.is_big_enough(), person.standing) {
        (false, _) => 0.30,
        (true, Standing::Junior) => 0.28,
        (true, _) => 0.66,
    }
}

/// A reason that the record bears out.
fn rejection_reason(dice: &mut Dice, company: &Company, person: &Person) -> &'static str {
    if !company.industry.is_ideal() && dice.chance(0.9) {
        return "wrong_industry";
    }
    if !company.is_big_enough() && dice.chance(0.8) {
        return "too_small";
    }
    if person.standing == Standing::Junior && dice.chance(0.8) {
        return "wrong_role";
    }
    let contact = if person.shows.email && person.shows.phone { 0.02 } else { 0.26 };
    dice.pick_weighted(&[
        ("no_budget", 0.42),
        ("bad_contact_data", contact),
        ("duplicate", 0.16),
        ("competitor", 0.10),
        ("wrong_role", 0.06),
    ])
}

fn give_up(lead: &mut Lead, dice: &mut Dice, at: Instant, recycle_reasons: &[(&'static str, f64)]) {
    let owner = Some(lead.owner);
    if dice.chance(0.86) {
        let reason = dice.pick_weighted(recycle_reasons);
        lead.leave(Stage::Recycled, at, owner, reason);
    } else {
        let reason = dice.pick_weighted(&[("no_decision", 0.55), ("lost_contact", 0.45)]);
        lead.leave(Stage::Lost, at, owner, reason);
    }
}
