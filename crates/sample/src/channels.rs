//! The ten channels. A lead's source and a touch's channel speak the same words.

use crate::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    OrganicSearch,
    PaidSearch,
    PaidSocial,
    Email,
    Webinar,
    Referral,
    Direct,
    Event,
    Partner,
    Outbound,
}

impl Channel {
    pub fn key(self) -> &'static str {
        match self {
            Channel::OrganicSearch => "organic_search",
            Channel::PaidSearch => "paid_search",
            Channel::PaidSocial => "paid_social",
            Channel::Email => "email",
            Channel::Webinar => "webinar",
            Channel::Referral => "referral",
            Channel::Direct => "direct",
            Channel::Event => "event",
            Channel::Partner => "partner",
            Channel::Outbound => "outbound",
        }
    }

    /// Where a person comes from the first time.
    pub fn of_newcomer(dice: &mut Dice) -> Channel {
        dice.pick_weighted(&[
            (Channel::OrganicSearch, 0.22),
            (Channel::PaidSearch, 0.16),
            (Channel::PaidSocial, 0.14),
            (Channel::Email, 0.05),
            (Channel::Webinar, 0.10),
            (Channel::Referral, 0.06),
            (Channel::Direct, 0.08),
            (Channel::Event, 0.05),
            (Channel::Partner, 0.10),
            (Channel::Outbound, 0.08),
        ])
    }

    /// What brings somebody back for a second pass.
    pub fn of_return(dice: &mut Dice) -> Channel {
        dice.pick_weighted(&[(Channel::Email, 0.45), (Channel::Webinar, 0.25), (Channel::Direct, 0.15), (Channel::OrganicSearch, 0.15)])
    }

    /// How often what this source fills in lacks a field; forms, badge scans and bought lists differ.
    pub fn gaps(self) -> Gaps {
        let (job_title, phone, email, company) = match self {
            Channel::OrganicSearch => (0.18, 0.62, 0.0, 0.05),
            Channel::PaidSearch => (0.30, 0.66, 0.0, 0.06),
            Channel::PaidSocial => (0.04, 0.48, 0.02, 0.02),
            Channel::Email => (0.12, 0.58, 0.0, 0.02),
            Channel::Webinar => (0.08, 0.55, 0.0, 0.03),
            Channel::Referral => (0.10, 0.35, 0.01, 0.0),
            Channel::Direct => (0.24, 0.52, 0.0, 0.07),
            Channel::Event => (0.06, 0.28, 0.09, 0.01),
            Channel::Partner => (0.05, 0.22, 0.02, 0.0),
            Channel::Outbound => (0.02, 0.18, 0.07, 0.0),
        };
        Gaps { job_title, phone, email, company }
    }
}

/// Probabilities that a field is missing.
pub struct Gaps {
    pub job_title: f64,
    pub phone: f64,
    pub email: f64,
    pub company: f64,
}
