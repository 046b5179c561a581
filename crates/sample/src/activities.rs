//! What sales does: attempts, meetings, e-mails with content, notes. All in working hours, all after the lead was handed over.

use alignment::{
    Instant,
    lifecycle::{DealStage, Stage},
    touch::ActivityKind,
};

use crate::{
    channels::Channel,
    content::{self, PIECES, STAR},
    deals::Deal,
    dice::Dice,
    leads::Lead,
    stories,
    words::subjects::{self, Occasion},
    world::World,
};

pub struct Activity {
    pub at: Instant,
    pub kind: ActivityKind,
    pub person: usize,
    pub deal: Option<usize>,
    pub user: usize,
    pub subject: String,
    pub outcome: &'static str,
    pub content: Option<usize>,
}

/// In the order of time.
pub fn all(world: &World, seed: u64) -> Vec<Activity> {
    let mut writer = Writer { world, dice: Dice::new(seed, "activities"), activities: Vec::new() };
    for lead in &world.leads {
        writer.lead(lead);
    }
    for (index, deal) in world.deals.iter().enumerate() {
        writer.deal(index, deal);
    }
    let mut activities = writer.activities;
    activities.sort_by_key(|activity| activity.at);
    activities
}

struct Writer<'a> {
    world: &'a World,
    dice: Dice,
    activities: Vec<Activity>,
}

/// Who did it, with whom, in which deal.
#[derive(Clone, Copy)]
struct Scene {
    person: usize,
    user: usize,
    deal: Option<usize>,
}

impl Writer<'_> {
    fn write(&mut self, scene: Scene, at: Option<Instant>, kind: ActivityKind, occasion: Occasion, content: Option<usize>) {
        let Some(at) = at else { return };
        let person = &self.world.people[scene.person];
        let company = &self.world.companies[person.company].name;
        let first_name = person.name.split(' ').next().unwrap_or_default();
        let piece = content.map(|piece| PIECES[piece].title);
        let subject = subjects::subject(&mut self.dice, occasion, kind, company, first_name, piece);
        let outcome = subjects::outcome(&mut self.dice, kind);
        let Scene { person, user, deal } = scene;
        self.activities.push(Activity { at, kind, person, deal, user, subject, outcome, content });
    }

    fn lead(&mut self, lead: &Lead) {
        let scene = Scene { person: lead.person, user: lead.owner, deal: None };
        if let Some(rejected_at) = lead.at(Stage::Rejected)
            && let Some(mql_at) = lead.at(Stage::Mql)
            && self.dice.chance(0.35)
        {
            let tried_at = rejected_at.plus_micros(-60_000_000 * self.dice.count(5, 25) as i64).max(mql_at);
            self.write(scene, Some(tried_at), ActivityKind::Call, Occasion::Attempt, None);
        }
        if lead.source == Channel::Outbound && lead.at(Stage::Sal).is_some() {
            // The reply that opened the lead came to somebody's message.
            self.write(scene, Some(lead.opened_at), ActivityKind::Note, Occasion::Note, None);
        }
        let Some(first_at) = lead.first_attempt_at else { return };
        self.attempts(lead, scene, first_at);
        if let Some(sql_at) = lead.at(Stage::Sql) {
            self.write(scene, Some(sql_at), ActivityKind::Meeting, Occasion::Qualification, None);
        }
    }

    fn attempts(&mut self, lead: &Lead, scene: Scene, first_at: Instant) {
        let until = lead.at(Stage::Sql).unwrap_or(lead.last().at.max(first_at.plus_days(9)));
        let mut at = first_at;
        for index in 0..self.dice.count(3, 8) {
            if index > 0 {
                let wait = self.dice.wait(1.1);
                let Some(next) = self.world.timeline.office_hour(at, wait, &mut self.dice) else { return };
                at = next;
            }
            if index > 0 && at >= until {
                return;
            }
            let is_call = self.dice.chance(0.5);
            let kind = if is_call { ActivityKind::Call } else { ActivityKind::Email };
            let content = (!is_call && self.dice.chance(0.3)).then(|| self.piece(at));
            self.write(scene, Some(at), kind, Occasion::Attempt, content);
        }
    }

    fn piece(&mut self, at: Instant) -> usize {
        content::sent_by_sales(&mut self.dice, self.world.timeline.month_of(at))
    }

    fn deal(&mut self, index: usize, deal: &Deal) {
        let end = deal.closed_at().unwrap_or(self.world.timeline.ends_at);
        let span = end.days_since(deal.opened_at);
        for _ in 0..4 + (span / 9.0).min(9.0) as usize {
            let share = self.dice.unit();
            let occasion = if share < 0.6 { Occasion::Proposal } else { Occasion::Negotiation };
            let kind = self.dice.pick_weighted(&[
                (ActivityKind::Email, 0.48),
                (ActivityKind::Call, 0.22),
                (ActivityKind::Meeting, 0.22),
                (ActivityKind::Note, 0.08),
            ]);
            let at = self.at_work(deal, end, span * share);
            let content = match at {
                Some(at) if kind == ActivityKind::Email && self.dice.chance(0.5) => Some(self.piece(at)),
                _ => None,
            };
            let occasion = if kind == ActivityKind::Note { Occasion::Note } else { occasion };
            let scene = self.scene(index, deal);
            self.write(scene, at, kind, occasion, content);
        }
        let is_won = deal.at(DealStage::Won).is_some();
        if self.dice.chance(if is_won { stories::STAR_IN_WON } else { stories::STAR_IN_OTHERS }) {
            let share = self.dice.between(0.1, 0.8);
            let at = self.at_work(deal, end, span * share);
            let scene = self.scene(index, deal);
            self.write(scene, at, ActivityKind::Email, Occasion::Proposal, Some(STAR));
        }
        if is_won {
            let wait = self.dice.between(2.0, 7.0);
            let at = self.world.timeline.office_hour(end, wait, &mut self.dice);
            let scene = self.scene(index, deal);
            self.write(scene, at, ActivityKind::Meeting, Occasion::Kickoff, None);
        }
    }

    fn scene(&mut self, index: usize, deal: &Deal) -> Scene {
        Scene { person: self.dice.pick(&deal.people).0, user: deal.owner, deal: Some(index) }
    }

    /// Some days into the deal, in office hours, and never after it closed.
    fn at_work(&mut self, deal: &Deal, end: Instant, days: f64) -> Option<Instant> {
        let at = self.world.timeline.office_hour(deal.opened_at, days, &mut self.dice)?;
        Some(at.min(end))
    }
}
