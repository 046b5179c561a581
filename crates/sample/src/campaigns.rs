//! The 24 campaigns and what is spent on them.

use alignment::Instant;

use crate::{
    channels::Channel,
    dice::Dice,
    stories,
    timeline::{MONTHS, Timeline, days},
};

pub struct Campaign {
    pub name: &'static str,
    pub channel: Channel,
    /// Months of the history in which it runs, the second exclusive.
    pub months: (usize, usize),
    /// Whole euros.
    pub month_spend: i64,
    /// How many of its channel's leads it brings, against the channel's other campaigns.
    pub weight: f64,
}

impl Campaign {
    /// Search and social are billed by the week, all else by the month.
    pub fn is_billed_weekly(&self) -> bool {
        matches!(self.channel, Channel::PaidSearch | Channel::PaidSocial)
    }

    pub fn runs_in(&self, month: usize) -> bool {
        self.months.0 <= month && month < self.months.1
    }

    pub fn starts_at(&self, timeline: &Timeline) -> Instant {
        timeline.month_starts[self.months.0]
    }

    /// `None` while it still runs.
    pub fn ends_at(&self, timeline: &Timeline) -> Option<Instant> {
        (self.months.1 < MONTHS).then(|| timeline.month_starts[self.months.1])
    }
}

pub struct Spend {
    /// `None`: what the sales team costs.
    pub campaign: Option<usize>,
    pub at: Instant,
    pub cents: i64,
}

/// What the sales team of 30 costs in a month, in whole euros.
const SALES_MONTH_COST: f64 = 148_000.0;

/// Weekly and monthly spend, by campaign and time. It shrinks with `scale`, so that the cost of a lead stays what it is.
pub fn spend(timeline: &Timeline, dice: &mut Dice, scale: f64) -> Vec<Spend> {
    let mut rows = Vec::new();
    for (index, campaign) in CAMPAIGNS.iter().enumerate() {
        let end = campaign.ends_at(timeline).unwrap_or(timeline.ends_at);
        let (mut at, mut month) = (campaign.starts_at(timeline), campaign.months.0);
        while at < end {
            let period = if campaign.is_billed_weekly() { campaign.month_spend as f64 / 4.35 } else { campaign.month_spend as f64 };
            let growth = 0.85 + 0.3 * timeline.elapsed(at);
            let widened = index == STORY_CAMPAIGN && stories::draws_wrong_industry(timeline, at);
            let story = if widened { stories::WRONG_INDUSTRY_SPEND } else { 1.0 };
            rows.push(Spend { campaign: Some(index), at, cents: cents(period * growth * story * scale * dice.between(0.92, 1.08)) });
            month += 1;
            at = if campaign.is_billed_weekly() { at.plus_micros(days(7.0)) } else { timeline.month_starts[month.min(MONTHS)] };
        }
    }
    for start in &timeline.month_starts[..MONTHS] {
        let growth = 0.94 + 0.12 * timeline.elapsed(*start);
        rows.push(Spend { campaign: None, at: *start, cents: cents(SALES_MONTH_COST * growth * scale) });
    }
    rows
}

fn cents(euros: f64) -> i64 {
    (euros * 100.0).round() as i64
}

/// The campaign behind a new lead of the channel, if any ran that month.
pub fn behind(dice: &mut Dice, channel: Channel, month: usize) -> Option<usize> {
    let share = match channel {
        Channel::Direct => 0.0,
        Channel::OrganicSearch | Channel::Referral => 0.6,
        _ => 0.97,
    };
    if !dice.chance(share) {
        return None;
    }
    let weights: Vec<f64> = CAMPAIGNS
        .iter()
        .enumerate()
        .map(|(index, campaign)| match campaign.channel == channel && campaign.runs_in(month) {
            // The wider audience has less room for the right one.
            true if index == STORY_CAMPAIGN && month >= stories::WRONG_INDUSTRY_FROM_MONTH => campaign.weight * 0.5,
            true => campaign.weight,
            false => 0.0,
        })
        .collect();
    (weights.iter().sum::<f64>() > 0.0).then(|| dice.weighted(&weights))
}

pub const NEWSLETTER: usize = 8;
pub const RETARGETING: usize = 7;
/// The campaign of story 1.
pub const STORY_CAMPAIGN: usize = 4;

const fn of(name: &'static str, channel: Channel, months: (usize, usize), month_spend: i64, weight: f64) -> Campaign {
    Campaign { name, channel, months, month_spend, weight }
}

pub static CAMPAIGNS: [Campaign; 24] = [
    of("Google Ads: Brand", Channel::PaidSearch, (0, 18), 4_000, 1.4),
    of("Google Ads: Cloud cost management", Channel::PaidSearch, (0, 18), 9_500, 3.0),
    of("Google Ads: FinOps tools", Channel::PaidSearch, (2, 18), 6_000, 2.0),
    of("Bing Ads: Cloud savings", Channel::PaidSearch, (4, 18), 2_200, 0.8),
    of("LinkedIn: The cloud bill guide", Channel::PaidSocial, (0, 18), 9_000, 5.0),
    of("LinkedIn: CFO audience", Channel::PaidSocial, (0, 18), 6_500, 2.2),
    of("LinkedIn: Platform engineers", Channel::PaidSocial, (0, 18), 6_500, 2.2),
    of("LinkedIn: Retargeting", Channel::PaidSocial, (1, 18), 3_000, 1.2),
    of("Newsletter: The Lumen Letter", Channel::Email, (0, 18), 1_500, 2.0),
    of("Nurture: First 30 days", Channel::Email, (0, 18), 1_000, 1.6),
    of("Nurture: Back on the radar", Channel::Email, (5, 18), 800, 1.2),
    of("Webinar series: FinOps in practice", Channel::Webinar, (0, 18), 4_000, 2.4),
    of("Webinar: Kubernetes without the bill shock", Channel::Webinar, (5, 12), 3_000, 1.6),
    of("Webinar: The CFO and the cloud", Channel::Webinar, (10, 18), 3_200, 1.6),
    of("Cloud Days Lisbon", Channel::Event, (4, 5), 38_000, 9.0),
    of("DACH FinOps Summit", Channel::Event, (8, 9), 45_000, 9.0),
    of("Nordic Platform Forum", Channel::Event, (13, 14), 36_000, 9.0),
    of("Tech leaders' dinners", Channel::Event, (0, 18), 5_000, 1.5),
    of("Partner programme: Resellers", Channel::Partner, (0, 18), 6_000, 1.8),
    of("Partner programme: Cloud marketplaces", Channel::Partner, (3, 18), 4_000, 1.2),
    of("Customer referral programme", Channel::Referral, (2, 18), 2_000, 1.0),
    of("Outbound: Named accounts", Channel::Outbound, (0, 18), 5_000, 1.8),
    of("Outbound: New CFO signal", Channel::Outbound, (7, 18), 3_000, 1.0),
    of("SEO: Cloud cost library", Channel::OrganicSearch, (0, 18), 6_000, 1.0),
];
