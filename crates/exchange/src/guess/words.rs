//! What the words in other systems' columns usually mean in ours.

use crate::fields::FieldKind;

/// Words in lower case and the key they stand for. Our own keys are understood anyway.
pub fn usual(kind: FieldKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        FieldKind::Stage => STAGES,
        FieldKind::DealStage => DEAL_STAGES,
        FieldKind::TouchKind => TOUCH_KINDS,
        FieldKind::ActivityKind => ACTIVITY_KINDS,
        _ => &[],
    }
}

const STAGES: &[(&str, &str)] = &[
    ("subscriber", "lead"),
    ("new", "lead"),
    ("open", "lead"),
    ("prospect", "lead"),
    ("marketing qualified lead", "mql"),
    ("marketingqualifiedlead", "mql"),
    ("qualified", "mql"),
    ("accepted", "sal"),
    ("sales accepted lead", "sal"),
    ("working", "sal"),
    ("contacted", "sal"),
    ("sales qualified lead", "sql"),
    ("salesqualifiedlead", "sql"),
    ("sales ready", "sales_ready"),
    ("converted", "opportunity"),
    ("evangelist", "customer"),
    ("won", "customer"),
    ("closed won", "customer"),
    ("disqualified", "rejected"),
    ("unqualified", "rejected"),
    ("nurture", "recycled"),
    ("nurturing", "recycled"),
    ("closed lost", "lost"),
];

const DEAL_STAGES: &[(&str, &str)] = &[
    ("prospecting", "discovery"),
    ("qualification", "discovery"),
    ("engaging", "discovery"),
    ("needs analysis", "discovery"),
    ("appointment scheduled", "discovery"),
    ("appointmentscheduled", "discovery"),
    ("qualified to buy", "discovery"),
    ("qualifiedtobuy", "discovery"),
    ("value proposition", "proposal"),
    ("presentation scheduled", "proposal"),
    ("presentationscheduled", "proposal"),
    ("proposal/price quote", "proposal"),
    ("decision maker bought-in", "negotiation"),
    ("decisionmakerboughtin", "negotiation"),
    ("negotiation/review", "negotiation"),
    ("contract sent", "negotiation"),
    ("contractsent", "negotiation"),
    ("closed won", "won"),
    ("closedwon", "won"),
    ("closed lost", "lost"),
    ("closedlost", "lost"),
];

const TOUCH_KINDS: &[(&str, &str)] = &[
    ("page visited", "page_view"),
    ("pageview", "page_view"),
    ("visit", "page_view"),
    ("form submission", "form"),
    ("submitted a form", "form"),
    ("click", "ad_click"),
    ("email opened", "email_open"),
    ("email open", "email_open"),
    ("email link clicked", "email_click"),
    ("webinar attended", "webinar"),
];

const ACTIVITY_KINDS: &[(&str, &str)] = &[
    ("phone call", "call"),
    ("logged call", "call"),
    ("e-mail", "email"),
    ("incoming email", "email"),
    ("incoming_email", "email"),
    ("event", "meeting"),
    ("demo", "meeting"),
    ("to-do", "task"),
    ("todo", "task"),
];
