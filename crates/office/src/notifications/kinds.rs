//! The kinds of notices and the media, each with its words and what holds where a person chose nothing.

use alignment::notice::Choice;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// A lead was routed to me.
    LeadAssigned,
    /// A clock of mine runs out soon.
    ClockWarning,
    ClockBreached,
    /// A breach that I am to look after.
    Escalation,
    /// A lead waits in a queue of mine.
    Queue,
    /// Sales asked about a lead.
    Question,
    Answer,
    Appeal,
    AppealDecided,
    /// A lead that I handed over was accepted, rejected or sent back.
    LeadDecided,
    /// A recycled lead is due to be looked at again.
    RecycleDue,
    /// A draft of the Agreement waits for my signature, or was signed.
    Agreement,
    /// A month of the ledger waits to be closed, or a promise is at risk.
    Promise,
}

impl NoticeKind {
    pub const ALL: [NoticeKind; 13] = [
        NoticeKind::LeadAssigned,
        NoticeKind::ClockWarning,
        NoticeKind::ClockBreached,
        NoticeKind::Escalation,
        NoticeKind::Queue,
        NoticeKind::Question,
        NoticeKind::Answer,
        NoticeKind::Appeal,
        NoticeKind::AppealDecided,
        NoticeKind::LeadDecided,
        NoticeKind::RecycleDue,
        NoticeKind::Agreement,
        NoticeKind::Promise,
    ];

    pub fn key(self) -> &'static str {
        self.entry().0
    }

    /// As it stands beside the choices.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    pub fn parse(key: &str) -> Option<NoticeKind> {
        NoticeKind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Told to the whole team in its channel too.
    pub fn is_for_teams(self) -> bool {
        matches!(self, NoticeKind::Escalation | NoticeKind::Queue | NoticeKind::Agreement | NoticeKind::Promise)
    }

    /// What holds where a person chose nothing.
    pub fn usual(self, medium: Medium) -> Choice {
        match (medium, self) {
            (Medium::Slack | Medium::Teams, _) => Choice::AtOnce,
            (
                Medium::Email,
                NoticeKind::ClockBreached | NoticeKind::Escalation | NoticeKind::Question | NoticeKind::Agreement | NoticeKind::Queue,
            ) => Choice::AtOnce,
            (Medium::Email, _) => Choice::Digest,
        }
    }

    fn entry(self) -> (&'static str, &'static str) {
        match self {
            NoticeKind::LeadAssigned => ("lead_assigned", "A lead was given to me"),
            NoticeKind::ClockWarning => ("clock_warning", "A due time of mine is near"),
            NoticeKind::ClockBreached => ("clock_breached", "A due time of mine has passed"),
            NoticeKind::Escalation => ("escalation", "A breach that I am to look after"),
            NoticeKind::Queue => ("queue", "A lead waits in a queue of mine"),
            NoticeKind::Question => ("question", "Sales asks about a lead"),
            NoticeKind::Answer => ("answer", "My question was answered"),
            NoticeKind::Appeal => ("appeal", "A rejection of mine was appealed"),
            NoticeKind::AppealDecided => ("appeal_decided", "My appeal was decided"),
            NoticeKind::LeadDecided => ("lead_decided", "A lead that I handed over was decided"),
            NoticeKind::RecycleDue => ("recycle_due", "A recycled lead is due again"),
            NoticeKind::Agreement => ("agreement", "The Agreement waits for a signature or was signed"),
            NoticeKind::Promise => ("promise", "A promise is at risk, or a month is to be closed"),
        }
    }
}

/// Ways beside the product's own pages, where everything stands always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Medium {
    Email,
    Slack,
    Teams,
}

impl Medium {
    pub const ALL: [Medium; 3] = [Medium::Email, Medium::Slack, Medium::Teams];

    pub fn key(self) -> &'static str {
        ["email", "slack", "teams"][self as usize]
    }

    pub fn name(self) -> &'static str {
        ["E-mail", "Slack", "Microsoft Teams"][self as usize]
    }

    pub fn parse(key: &str) -> Option<Medium> {
        Medium::ALL.into_iter().find(|medium| medium.key() == key)
    }
}
