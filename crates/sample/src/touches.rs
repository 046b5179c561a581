//! Touches: the chains that lead to leads and deals, and the everyday reading around them.

use alignment::{
    Instant,
    lifecycle::{DealStage, Stage},
    touch::TouchKind,
};

use crate::{
    campaigns::{CAMPAIGNS, NEWSLETTER, RETARGETING},
    channels::Channel,
    content::{self, DEMO_REQUEST, PIECES, PRICING, STAR, Use},
    deals::Deal,
    dice::Dice,
    leads::Lead,
    timeline::{days, minutes},
    world::World,
};

/// 48 bytes; there are a quarter of a million.
pub struct Touch {
    pub at: Instant,
    /// `None`: somebody at the company, nobody knows who.
    pub person: Option<u32>,
    pub company: u32,
    pub kind: TouchKind,
    pub channel: Channel,
    pub campaign: Option<u8>,
    pub content: Option<u8>,
}

/// What happened, before it is known to whom and when.
#[derive(Clone, Copy)]
struct Act {
    kind: TouchKind,
    channel: Channel,
    campaign: Option<usize>,
    content: Option<usize>,
}

/// About `count` touches in the order of time: first the journeys, then everyday reading up to the count.
pub fn all(world: &World, seed: u64, count: usize) -> Vec<Touch> {
    let mut writer = Writer { world, dice: Dice::new(seed, "touches"), touches: Vec::with_capacity(count + count / 50) };
    for lead in &world.leads {
        writer.opening(lead);
        writer.nurture(lead);
    }
    for deal in &world.deals {
        writer.deal(deal);
    }
    writer.everyday(count);
    let mut touches = writer.touches;
    touches.sort_by_key(|touch| touch.at);
    touches
}

struct Writer<'a> {
    world: &'a World,
    dice: Dice,
    touches: Vec<Touch>,
}

impl Writer<'_> {
    fn write(&mut self, person: usize, at: Instant, act: Act) {
        let Act { kind, channel, campaign, content } = act;
        let company = self.world.people[person].company as u32;
        let (campaign, content) = (campaign.map(|c| c as u8), content.map(|c| c as u8));
        if at <= self.world.timeline.ends_at {
            self.touches.push(Touch { at, person: Some(person as u32), company, kind, channel, campaign, content });
        }
    }

    /// Near `at`, when people are about.
    fn write_near(&mut self, person: usize, at: Instant, act: Act) {
        if let Some(at) = self.world.timeline.lively(at, &mut self.dice) {
            self.write(person, at, act);
        }
    }

    /// From the first touch to what opened the lead.
    fn opening(&mut self, lead: &Lead) {
        let person = lead.person;
        let gap = lead.opened_at.0 - lead.first_touch_at.0;
        let month = self.world.timeline.month_of(lead.first_touch_at);
        if gap > 0 {
            let found_early = gap > days(35.0) && !matches!(lead.source, Channel::Partner | Channel::Outbound | Channel::Event);
            let first = if found_early && self.dice.chance(0.85) {
                let article = content::live(&mut self.dice, Use::Read, month);
                Act { kind: TouchKind::PageView, channel: Channel::OrganicSearch, campaign: None, content: Some(article) }
            } else {
                self.entry(lead, month)
            };
            self.write(person, lead.first_touch_at, first);
            for _ in 0..self.dice.count(0, 2) {
                let at = lead.first_touch_at.plus_micros((gap as f64 * self.dice.unit()) as i64 / 1_000_000 * 1_000_000);
                let act = if gap > days(1.0) { self.reading(month) } else { self.page(lead.source) };
                self.write(person, at, act);
            }
        }
        let kind = match lead.source {
            Channel::OrganicSearch | Channel::PaidSocial => TouchKind::Download,
            Channel::PaidSearch | Channel::Referral | Channel::Direct | Channel::Partner => TouchKind::Form,
            Channel::Email => TouchKind::Download,
            Channel::Webinar => TouchKind::Webinar,
            Channel::Event => TouchKind::Event,
            Channel::Outbound => TouchKind::Reply,
        };
        self.write(person, lead.opened_at, Act { kind, channel: lead.source, campaign: lead.campaign, content: lead.content });
    }

    /// The first touch of a journey, as its source makes it.
    fn entry(&mut self, lead: &Lead, month: usize) -> Act {
        let first_piece = lead.content.filter(|piece| PIECES[*piece].is_live(month));
        let (kind, content) = match lead.source {
            Channel::OrganicSearch => (TouchKind::PageView, Some(content::live(&mut self.dice, Use::Read, month))),
            Channel::PaidSearch | Channel::PaidSocial => (TouchKind::AdClick, first_piece),
            Channel::Email => (TouchKind::EmailClick, first_piece),
            Channel::Webinar => (TouchKind::Form, first_piece),
            Channel::Referral | Channel::Partner => (TouchKind::Referral, None),
            Channel::Direct => (TouchKind::PageView, Some(content::live(&mut self.dice, Use::Page, month))),
            Channel::Event => (TouchKind::Event, None),
            Channel::Outbound => (TouchKind::Outreach, None),
        };
        let campaign = lead.campaign.filter(|campaign| CAMPAIGNS[*campaign].runs_in(month));
        Act { kind, channel: lead.source, campaign, content }
    }

    fn page(&mut self, channel: Channel) -> Act {
        let channel = if matches!(channel, Channel::Event | Channel::Outbound | Channel::Webinar) { Channel::Direct } else { channel };
        Act { kind: TouchKind::PageView, channel, campaign: None, content: Some(content::live(&mut self.dice, Use::Page, 0)) }
    }

    /// What makes an MQL of a lead, and the interest after it.
    fn nurture(&mut self, lead: &Lead) {
        let person = lead.person;
        let Some(mql_at) = lead.at(Stage::Mql) else {
            for _ in 0..self.dice.count(1, 3) {
                self.read_between(person, lead.opened_at, lead.opened_at.plus_days(30));
            }
            return;
        };
        for _ in 0..self.dice.count(1, 4) {
            self.read_between(person, lead.opened_at, mql_at);
        }
        let month = self.world.timeline.month_of(mql_at);
        let demo = Act { kind: TouchKind::Form, channel: Channel::Direct, campaign: None, content: Some(DEMO_REQUEST) };
        let pricing = Act { kind: TouchKind::PageView, channel: Channel::Direct, campaign: None, content: Some(PRICING) };
        match self.dice.weighted(&[0.36, 0.26, 0.22, 0.16]) {
            0 => {
                self.write(person, before(mql_at, lead.opened_at, 6.0), pricing);
                self.write(person, mql_at, demo);
            }
            1 => {
                self.write(person, before(mql_at, lead.opened_at, 3_000.0), pricing);
                self.write(person, mql_at, pricing);
            }
            2 => {
                let act = self.watch(month);
                self.write(person, mql_at, act);
            }
            _ => {
                let content = Some(content::live(&mut self.dice, Use::Download, month));
                self.write(person, mql_at, Act { kind: TouchKind::Download, channel: Channel::Email, campaign: Some(NEWSLETTER), content });
            }
        }
        let until = lead.last().at.max(mql_at.plus_days(10));
        let reads = 2 + if lead.at(Stage::Sql).is_some() { self.dice.count(2, 5) } else { self.dice.count(0, 2) };
        for _ in 0..reads {
            self.read_between(person, mql_at, until);
        }
        if let Some(sql_at) = lead.at(Stage::Sql) {
            let early = self.dice.between(60.0, 6_000.0);
            self.write(person, before(sql_at, mql_at, early), pricing);
        }
    }

    /// The whole committee reads while the deal is open; customers use the product afterwards.
    fn deal(&mut self, deal: &Deal) {
        let ends_at = deal.closed_at().unwrap_or(self.world.timeline.ends_at);
        let is_won = deal.at(DealStage::Won).is_some();
        for (person, _) in &deal.people {
            let from = self.world.people[*person].created_at.max(deal.opened_at.plus_days(-8));
            for _ in 0..self.dice.count(2, 5) {
                self.read_between(*person, from, ends_at);
            }
            let pages = [PRICING, 27, 25, 26];
            let content = Some(self.dice.pick(&pages));
            let at = self.within(from, ends_at);
            self.write_before(*person, at, ends_at, Act { kind: TouchKind::PageView, channel: Channel::Direct, campaign: None, content });
            if self.dice.chance(if is_won { 0.35 } else { 0.1 }) {
                let at = self.within(from, ends_at);
                let act = Act { kind: TouchKind::EmailClick, channel: Channel::Email, campaign: None, content: Some(STAR) };
                self.write_before(*person, at, ends_at, act);
            }
            if is_won {
                for _ in 0..self.dice.count(4, 14) {
                    let at = ends_at.plus_micros(days(2.0 + self.dice.wait(45.0)));
                    let act = Act { kind: TouchKind::Product, channel: Channel::Direct, campaign: None, content: None };
                    self.write_near(*person, at, act);
                }
            }
        }
    }

    /// Newsletters, searches and visits of everybody, more of those who have been known for longer.
    fn everyday(&mut self, count: usize) {
        let spare = count.saturating_sub(self.touches.len()) as f64;
        let weights: Vec<f64> = (self.world.people.iter())
            .map(|person| (1.0 - self.world.timeline.elapsed(person.created_at)).powf(0.6) * self.dice.around(1.0, 0.7) + 0.05)
            .collect();
        let total: f64 = weights.iter().sum();
        let (mut written, mut due) = (0, 0.0);
        for (index, weight) in weights.iter().enumerate() {
            due += spare * weight / total;
            while written < due as usize {
                written += 1;
                self.everyday_touch(index);
            }
        }
    }

    fn everyday_touch(&mut self, index: usize) {
        let (person, end) = (&self.world.people[index], self.world.timeline.ends_at);
        // People come back more often soon after they came.
        let share = self.dice.unit().powf(2.6);
        let at = person.created_at.plus_micros(((end.0 - person.created_at.0) as f64 * share) as i64 / 1_000_000 * 1_000_000);
        let at = self.world.timeline.lively(at, &mut self.dice).unwrap_or(at);
        let act = self.reading(self.world.timeline.month_of(at));
        self.write(index, at, act);
        if act.kind == TouchKind::PageView && self.dice.chance(0.08) && person.shows.company {
            self.touches.last_mut().expect("the touch was written just now").person = None;
        }
    }

    fn read_between(&mut self, person: usize, from: Instant, to: Instant) {
        let at = self.within(from, to);
        let act = self.reading(self.world.timeline.month_of(at));
        self.write_before(person, at, to, act);
    }

    /// Near `at` if that is still before `to`, else at `at`.
    fn write_before(&mut self, person: usize, at: Instant, to: Instant, act: Act) {
        let near = self.world.timeline.lively(at, &mut self.dice).filter(|near| *near < to);
        self.write(person, near.unwrap_or(at), act);
    }

    fn within(&mut self, from: Instant, to: Instant) -> Instant {
        let span = (to.0.min(self.world.timeline.ends_at.0) - from.0).max(0) as f64;
        from.plus_micros((span * self.dice.unit()) as i64 / 1_000_000 * 1_000_000)
    }

    fn watch(&mut self, month: usize) -> Act {
        let content = Some(content::live(&mut self.dice, Use::Watch, month));
        Act { kind: TouchKind::Webinar, channel: Channel::Webinar, campaign: Some(11), content }
    }

    /// One everyday interaction.
    fn reading(&mut self, month: usize) -> Act {
        let act = |kind, channel, campaign, content| Act { kind, channel, campaign, content };
        let dice = &mut self.dice;
        match dice.weighted(&[0.34, 0.13, 0.17, 0.17, 0.045, 0.035, 0.05, 0.03, 0.03]) {
            0 => act(TouchKind::EmailOpen, Channel::Email, Some(NEWSLETTER + dice.below(2)), None),
            1 => {
                let usage = if dice.chance(0.7) { Use::Read } else { Use::Send };
                act(TouchKind::EmailClick, Channel::Email, Some(NEWSLETTER), Some(content::live(dice, usage, month)))
            }
            2 => act(TouchKind::PageView, Channel::OrganicSearch, Some(23), Some(content::live(dice, Use::Read, month))),
            3 => act(TouchKind::PageView, Channel::Direct, None, Some(content::live(dice, Use::Page, month))),
            4 => self.watch(month),
            5 => act(
                TouchKind::AdClick,
                Channel::PaidSocial,
                (month > 0).then_some(RETARGETING),
                Some(content::live(dice, Use::Page, month)),
            ),
            6 => act(TouchKind::Social, Channel::PaidSocial, Some(6), None),
            7 => act(TouchKind::Download, Channel::OrganicSearch, Some(23), Some(content::live(dice, Use::Download, month))),
            _ => act(TouchKind::AdClick, Channel::PaidSearch, Some(0), Some(content::live(dice, Use::Page, month))),
        }
    }
}

/// `count` minutes before `at`, but not before `floor`.
fn before(at: Instant, floor: Instant, count: f64) -> Instant {
    at.plus_micros(-minutes(count)).max(floor)
}
