//! The 60 pieces of content: what people read, what sales sends, and the 18 pieces that nobody ever uses (story 3).

use alignment::Instant;

use crate::{
    dice::Dice,
    timeline::{MONTHS, Timeline},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Articles, found by search and read.
    Read,
    /// Guides, downloaded for an address.
    Download,
    Watch,
    /// Pages of the site: pricing, demo request, ...
    Page,
    /// What sales sends; marketing sends it too.
    Send,
    /// Made for sales, never opened by anybody.
    Never,
}

pub struct Piece {
    pub title: &'static str,
    pub kind: &'static str,
    pub usage: Use,
    /// Month of the history in which it came out; `None`: it was there before.
    pub month: Option<usize>,
}

impl Piece {
    pub fn published_at(&self, timeline: &Timeline, index: usize) -> Instant {
        match self.month {
            Some(month) => timeline.month_starts[month.min(MONTHS - 1)],
            None => timeline.starts_at.plus_days(-(30 + 11 * index as i64)),
        }
    }

    pub fn is_live(&self, month: usize) -> bool {
        self.month.is_none_or(|from| from <= month)
    }
}

/// A live piece of this use; older ones are read a little more. Every use has pieces that were there from the start.
pub fn live(dice: &mut Dice, usage: Use, month: usize) -> usize {
    let weights = PIECES.iter().enumerate().map(|(index, piece)| {
        let fits = piece.usage == usage && piece.is_live(month) && index != STAR;
        if fits { if piece.month.is_none() { 1.3 } else { 1.0 } } else { 0.0 }
    });
    dice.weighted(&weights.collect::<Vec<_>>())
}

/// What a rep attaches: mostly case studies and comparisons, now and then a guide, an article or a recording.
pub fn sent_by_sales(dice: &mut Dice, month: usize) -> usize {
    let usage = dice.pick_weighted(&[(Use::Send, 0.66), (Use::Download, 0.13), (Use::Read, 0.1), (Use::Watch, 0.06), (Use::Page, 0.05)]);
    live(dice, usage, month)
}

pub const PRICING: usize = 23;
pub const DEMO_REQUEST: usize = 24;
/// The case study of story 3.
pub const STAR: usize = 28;
/// The guide of story 1's campaign.
pub const CLOUD_BILL_GUIDE: usize = 10;

const fn of(title: &'static str, kind: &'static str, usage: Use, month: Option<usize>) -> Piece {
    Piece { title, kind, usage, month }
}

pub static PIECES: [Piece; 60] = [
    of("Why your cloud bill grows faster than your traffic", "article", Use::Read, None),
    of("Showback or chargeback: what fits your company", "article", Use::Read, None),
    of("Seven idle resources nobody switches off", "article", Use::Read, None),
    of("FinOps roles: who does what", "article", Use::Read, None),
    of("Reserved, spot, on demand: a plain comparison", "article", Use::Read, None),
    of("Unit cost per order: a worked example", "article", Use::Read, Some(2)),
    of("What a CFO wants to know about Kubernetes", "article", Use::Read, Some(4)),
    of("Egress fees, explained with a map", "article", Use::Read, Some(7)),
    of("Tagging that survives a reorganisation", "article", Use::Read, Some(10)),
    of("Forecasting cloud spend with bad data", "article", Use::Read, Some(13)),
    of("The cloud bill guide", "guide", Use::Download, None),
    of("FinOps in 90 days: a workbook", "guide", Use::Download, None),
    of("The buyer's checklist for cost management", "guide", Use::Download, None),
    of("Kubernetes cost allocation handbook", "guide", Use::Download, None),
    of("State of cloud waste: survey of 400 teams", "white_paper", Use::Download, Some(3)),
    of("Template: the monthly cloud review", "template", Use::Download, Some(5)),
    of("Sustainability and spend: one report for both", "white_paper", Use::Download, Some(9)),
    of("The multi-cloud contract playbook", "guide", Use::Download, Some(12)),
    of("FinOps in practice, episode 1: first savings", "webinar", Use::Watch, None),
    of("FinOps in practice: anomaly alerts", "webinar", Use::Watch, None),
    of("FinOps in practice: forecasting", "webinar", Use::Watch, Some(3)),
    of("Kubernetes without the bill shock", "webinar", Use::Watch, Some(5)),
    of("The CFO and the cloud", "webinar", Use::Watch, Some(10)),
    of("Pricing", "landing_page", Use::Page, None),
    of("Book a demo", "landing_page", Use::Page, None),
    of("Savings calculator", "landing_page", Use::Page, None),
    of("Product tour", "landing_page", Use::Page, None),
    of("Security and data residency", "landing_page", Use::Page, None),
    of("How Nordwind Logistics cut its cloud bill by 31%", "case_study", Use::Send, None),
    of("Case study: a bank that forecasts to 2%", "case_study", Use::Send, None),
    of("Case study: from 14 accounts to one view", "case_study", Use::Send, None),
    of("Case study: a streaming service on spot", "case_study", Use::Send, Some(4)),
    of("Case study: showback in a factory group", "case_study", Use::Send, Some(8)),
    of("Case study: Black Friday without surprises", "case_study", Use::Send, Some(11)),
    of("E-mail: after the demo", "email_template", Use::Send, None),
    of("E-mail: the security questions", "email_template", Use::Send, None),
    of("E-mail: business case in five lines", "email_template", Use::Send, None),
    of("E-mail: reopening a quiet deal", "email_template", Use::Send, Some(6)),
    of("Battle card: in-house scripts", "battle_card", Use::Send, None),
    of("Comparison: native cloud tools", "comparison", Use::Send, None),
    of("One-pager: ROI for finance", "one_pager", Use::Send, None),
    of("Demo script: platform team", "demo", Use::Send, Some(5)),
    of("Battle card: spreadsheet", "battle_card", Use::Never, None),
    of("Battle card: consultants", "battle_card", Use::Never, None),
    of("Battle card: Costlane", "battle_card", Use::Never, Some(3)),
    of("Battle card: Skymeter", "battle_card", Use::Never, Some(6)),
    of("One-pager: retail", "one_pager", Use::Never, None),
    of("One-pager: media", "one_pager", Use::Never, None),
    of("One-pager: logistics", "one_pager", Use::Never, Some(2)),
    of("One-pager: telecom", "one_pager", Use::Never, Some(2)),
    of("One-pager: manufacturing", "one_pager", Use::Never, Some(5)),
    of("Objections: \"we have no budget\"", "objection_handling", Use::Never, None),
    of("Objections: \"we built it ourselves\"", "objection_handling", Use::Never, Some(4)),
    of("RFP answers: security annex", "rfp_answers", Use::Never, None),
    of("RFP answers: service levels", "rfp_answers", Use::Never, Some(7)),
    of("Testimonials: spring collection", "testimonial", Use::Never, Some(8)),
    of("Testimonials: video quotes", "testimonial", Use::Never, Some(12)),
    of("White paper: the theory of showback", "white_paper", Use::Never, None),
    of("White paper: a taxonomy of waste", "white_paper", Use::Never, Some(10)),
    of("Demo script: finance team", "demo", Use::Never, Some(9)),
];
