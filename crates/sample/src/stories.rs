//! The true stories hidden in the sample, with their effect sizes. `docs/sample-company.md` says how to see each in the product.

use alignment::Instant;

use crate::{
    campaigns::STORY_CAMPAIGN,
    channels::Channel,
    companies::{Industry, Region},
    timeline::Timeline,
};

/// Story 1: from the start of month 10 on, the audience of one campaign is widened and draws the wrong industry.
pub const WRONG_INDUSTRY_FROM_MONTH: usize = 9;
/// A lead from a wrong industry in those months comes through the campaign with this probability ...
pub const WRONG_INDUSTRY_DRAW: f64 = 0.55;
/// ... and then becomes an MQL this often, because the campaign's guide scores like any other.
pub const WRONG_INDUSTRY_MQL: f64 = 0.34;
/// The campaign's weekly spend grows by this factor.
pub const WRONG_INDUSTRY_SPEND: f64 = 1.6;

/// Story 2: from the start of month 12 on, sales follows up slowly in one region.
pub const SLOW_REGION: Region = Region::Iberia;
pub const SLOW_FROM_MONTH: usize = 11;
pub const REVIEW_MINUTES: f64 = 260.0;
pub const SLOW_REVIEW_MINUTES: f64 = 1_500.0;
pub const FIRST_ATTEMPT_MINUTES: f64 = 90.0;
pub const SLOW_FIRST_ATTEMPT_MINUTES: f64 = 700.0;
/// Of accepted leads, the share that becomes SQL.
pub const SAL_TO_SQL: f64 = 0.56;
pub const SLOW_SAL_TO_SQL: f64 = 0.27;

/// Story 3: one case study is sent in most deals that are won; `content.rs` lists the 18 pieces that nobody uses.
pub const STAR_IN_WON: f64 = 0.64;
pub const STAR_IN_OTHERS: f64 = 0.22;

/// Story 4: deals from partners take long and are big.
pub const SLOW_BIG_SOURCE: Channel = Channel::Partner;
pub const PARTNER_TIME: f64 = 2.8;
pub const PARTNER_AMOUNT: f64 = 3.0;

/// Story 5: from the start of month 15 on version 2 of the Agreement is in force. It promises a quicker review, and sales keeps that
/// promise wherever it is not slow.
pub const SECOND_VERSION_FROM_MONTH: usize = 14;
pub const SECOND_REVIEW_HOURS_MAX: u32 = 16;
/// Review and first attempt take this share of the time that they took before.
pub const SECOND_TIME: f64 = 0.65;
/// What version 2 asks of marketing a month.
pub const SECOND_MQLS_PER_MONTH: f64 = 170.0;
/// With so many points a lead is an MQL by itself; below, marketing decides as before. Few get there whom marketing did not see.
pub const MQL_FIT_POINTS_MIN: f64 = 65.0;
pub const MQL_POINTS_MIN: f64 = 160.0;

/// The pace at which sales works on an MQL: the medians of working minutes up to the review, and from there to the first attempt, the
/// share of these that it needs since version 2, and the share of accepted leads that becomes SQL.
pub struct FollowUp {
    pub is_slow: bool,
    pub review_minutes: f64,
    pub first_attempt_minutes: f64,
    pub time: f64,
    pub sal_to_sql: f64,
}

pub fn follow_up(timeline: &Timeline, region: Region, mql_at: Instant) -> FollowUp {
    let is_slow = region == SLOW_REGION && timeline.month_of(mql_at) >= SLOW_FROM_MONTH;
    if is_slow {
        return FollowUp {
            is_slow,
            review_minutes: SLOW_REVIEW_MINUTES,
            first_attempt_minutes: SLOW_FIRST_ATTEMPT_MINUTES,
            time: 1.0,
            sal_to_sql: SLOW_SAL_TO_SQL,
        };
    }
    let time = if timeline.month_of(mql_at) >= SECOND_VERSION_FROM_MONTH { SECOND_TIME } else { 1.0 };
    let (review_minutes, first_attempt_minutes) = (REVIEW_MINUTES, FIRST_ATTEMPT_MINUTES);
    FollowUp { is_slow, review_minutes, first_attempt_minutes, time, sal_to_sql: SAL_TO_SQL }
}

pub fn draws_wrong_industry(timeline: &Timeline, at: Instant) -> bool {
    timeline.month_of(at) >= WRONG_INDUSTRY_FROM_MONTH
}

/// A lead of the campaign, in the months and from the industries of story 1.
pub fn is_wrongly_drawn(timeline: &Timeline, campaign: Option<usize>, industry: Industry, at: Instant) -> bool {
    campaign == Some(STORY_CAMPAIGN) && !industry.is_ideal() && draws_wrong_industry(timeline, at)
}

/// How many times longer than usual everything but the review takes.
pub fn time_factor(source: Channel) -> f64 {
    if source == SLOW_BIG_SOURCE { PARTNER_TIME } else { 1.0 }
}

pub fn amount_factor(source: Channel) -> f64 {
    if source == SLOW_BIG_SOURCE { PARTNER_AMOUNT } else { 1.0 }
}
