//! Subjects of calls, e-mails and meetings, as reps write them.

use alignment::touch::ActivityKind;

use crate::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    Attempt,
    Qualification,
    Proposal,
    Negotiation,
    Note,
    Kickoff,
}

/// `{c}` in the text is the company, `{p}` the person's first name, `{d}` a piece of content.
pub fn subject(dice: &mut Dice, occasion: Occasion, kind: ActivityKind, company: &str, first_name: &str, piece: Option<&str>) -> String {
    let text = match piece {
        Some(_) if kind == ActivityKind::Email => dice.pick(WITH_PIECE),
        _ => dice.pick(texts(occasion, kind)),
    };
    text.replace("{c}", company).replace("{p}", first_name).replace("{d}", piece.unwrap_or_default())
}

pub fn outcome(dice: &mut Dice, kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Call => dice.pick_weighted(&[("no_answer", 0.46), ("voicemail", 0.22), ("connected", 0.27), ("wrong_number", 0.05)]),
        ActivityKind::Email => dice.pick_weighted(&[("sent", 0.7), ("replied", 0.24), ("bounced", 0.06)]),
        ActivityKind::Meeting => dice.pick_weighted(&[("held", 0.9), ("rescheduled", 0.1)]),
        ActivityKind::Note | ActivityKind::Task | ActivityKind::Ticket => "done",
    }
}

const WITH_PIECE: &[&str] = &[
    "{p}, as promised: {d}",
    "Sharing \"{d}\" ahead of our call",
    "Re: {c} | {d}",
    "For your team at {c}: {d}",
    "Following up with \"{d}\"",
];

fn texts(occasion: Occasion, kind: ActivityKind) -> &'static [&'static str] {
    match (occasion, kind) {
        (Occasion::Attempt, ActivityKind::Call) => &[
            "First call after the download",
            "Call {p}: what prompted the visit to pricing?",
            "Second try, mobile",
            "Call about the savings check",
            "Quick call on {c}'s cloud spend",
            "Tried the direct line again",
        ],
        (Occasion::Attempt, _) => &[
            "{p}, a question about cloud spend at {c}",
            "Following up on your download",
            "15 minutes on Thursday?",
            "Re: your visit to our webinar",
            "How teams like {c} cut idle compute",
            "Closing the loop, {p}?",
            "Who looks after cloud costs at {c}?",
        ],
        (Occasion::Qualification, _) => &[
            "Discovery call with {p}",
            "Discovery: {c}, multi-cloud, renewal in spring",
            "Qualification: need, budget, timeline",
            "Intro meeting {c} and Lumen Cloud",
            "Discovery call: how {c} allocates shared costs",
        ],
        (Occasion::Proposal, ActivityKind::Meeting) => &[
            "Product demo for the platform team",
            "Demo: anomaly alerts and showback",
            "Savings assessment read-out with {p}",
            "Technical deep dive: Kubernetes allocation",
            "Proposal walk-through with {p}",
        ],
        (Occasion::Proposal, ActivityKind::Call) => {
            &["Prep call with {p} before the demo", "Checked open questions on data residency", "Call: who else should join the demo?"]
        }
        (Occasion::Proposal, _) => {
            &["Proposal for {c}", "Recap of the demo and next steps", "Answers to your security questions", "Business case draft for {p}"]
        }
        (Occasion::Negotiation, ActivityKind::Meeting) => &[
            "Commercial review with procurement",
            "Legal call: DPA and liability",
            "Decision meeting with the CFO",
            "Final terms with {p}",
        ],
        (Occasion::Negotiation, ActivityKind::Call) => {
            &["Call {p} on the start date", "Chased the signature", "Call with procurement about payment terms"]
        }
        (Occasion::Negotiation, _) => {
            &["Revised order form", "Redlines from your legal team", "Re: payment terms", "Contract for signature"]
        }
        (Occasion::Note, _) => &[
            "Champion moved to a new team, asked for an introduction",
            "Budget confirmed for this quarter",
            "They compare us with an in-house build",
            "Security review takes two more weeks",
            "Wants a reference in the same industry",
            "Decision goes to the board",
        ],
        (Occasion::Kickoff, _) => &["Kick-off with customer success", "Hand-over: what we promised {c}", "Onboarding plan agreed with {p}"],
    }
}
