//! What can be edited, section by section: the one list from which forms are made, and by which they are read.

/// One input, or one group of them.
pub struct Field {
    /// Within its section or row: `promises.review_hours_max`, `name`.
    pub path: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub kind: Kind,
}

pub enum Kind {
    /// One line of text.
    Line,
    /// A line that may be left out.
    LineOrNone,
    /// Several lines of text.
    Prose,
    Whole,
    Number,
    /// A share from 0 to 1, written as a percentage.
    Percent,
    Yes,
    /// A list of texts, one on each line.
    Lines,
    /// Key and words of what can be chosen.
    One(&'static [(&'static str, &'static str)]),
    /// Chosen from what the office knows: `users`, `models`.
    From(&'static str),
    /// Days of the week.
    Days,
    /// A condition; the second is one that may be left out.
    Condition,
    ConditionOrNone,
    /// Which touches count.
    Touches,
    /// Where a routing rule sends a lead.
    Target,
    /// A period with an amount, or nothing.
    Money,
    /// Rows of fields; `one` names a row.
    Rows {
        one: &'static str,
        of: &'static [Field],
    },
    /// Rows that are always the same, such as the stages; `by` is the field that names a row.
    Fixed {
        by: &'static str,
        of: &'static [Field],
    },
}

pub struct Section {
    pub key: &'static str,
    pub title: &'static str,
    pub words: &'static str,
    /// Whose part it is, for the tag beside the title.
    pub part: &'static str,
    pub fields: &'static [Field],
}

const fn f(path: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Field {
    Field { path, label, hint, kind }
}

pub fn section(key: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.key == key)
}

const SHIFTS: &[Field] = &[f("days", "Days", "", Kind::Days), f("from", "From", "HH:MM", Kind::Line), f("to", "To", "HH:MM", Kind::Line)];

pub static SECTIONS: &[Section] = &[
    Section {
        key: "general",
        title: "General",
        words: "What the document is called, and how often both teams sign it anew.",
        part: "both",
        fields: &[
            f("title", "Title", "", Kind::Line),
            f("currency", "Currency", "In which both teams read money, such as EUR.", Kind::Line),
            f("resign_months", "Remind to sign anew after (months)", "0 is never.", Kind::Whole),
            f("revenue_target", "Revenue target", "Leave the amount empty for none.", Kind::Money),
        ],
    },
    Section {
        key: "customer",
        title: "Ideal customer",
        words: "The companies and roles that both teams look for. An empty list means any.",
        part: "both",
        fields: &[
            f("ideal_customer.industries", "Industries", "One on each line.", Kind::Lines),
            f("ideal_customer.countries", "Countries", "One on each line.", Kind::Lines),
            f("ideal_customer.employees_min", "Employees, at least", "", Kind::Whole),
            f("ideal_customer.employees_max", "Employees, at most", "", Kind::Whole),
            f("ideal_customer.roles", "Roles", "One on each line.", Kind::Lines),
            f("ideal_customer.pain_points", "Pain points", "One on each line.", Kind::Lines),
            f("ideal_customer.buying_triggers", "Buying triggers", "One on each line.", Kind::Lines),
            f("ideal_customer.objections", "Objections", "One on each line.", Kind::Lines),
            f("ideal_customer.preferred_channels", "Preferred channels", "One on each line.", Kind::Lines),
            f("ideal_customer.competitors", "Competitors they consider", "One on each line.", Kind::Lines),
            f("ideal_customer.budget", "Budget", "", Kind::Line),
            f("ideal_customer.decision_process", "Decision process", "", Kind::Prose),
            f("ideal_customer.decision_days", "Days that a decision takes", "0 where nobody said.", Kind::Whole),
        ],
    },
    Section {
        key: "stages",
        title: "Stages",
        words: "What each stage means, what a person confirms before a lead enters it, and when a lead enters by itself.",
        part: "stages",
        fields: &[f(
            "stages",
            "Stages",
            "",
            Kind::Fixed {
                by: "stage",
                of: &[
                    f("name", "Name", "", Kind::Line),
                    f("owner", "Owner", "", Kind::One(&[("marketing", "marketing"), ("sales", "sales"), ("success", "customer success")])),
                    f("definition", "Definition", "", Kind::Prose),
                    f("checklist", "Checklist", "What a person confirms, one on each line.", Kind::Lines),
                    f(
                        "criteria",
                        "Enters by itself when",
                        "Without a condition only a person or the source brings a lead here.",
                        Kind::ConditionOrNone,
                    ),
                ],
            },
        )],
    },
    Section {
        key: "scoring",
        title: "Scoring",
        words: "Points for who somebody is (fit) and for what they do (engagement).",
        part: "marketing",
        fields: &[
            f("scoring.fit_points_max", "Fit counts at most (points)", "0 is no limit.", Kind::Number),
            f("scoring.engagement_points_max", "Engagement counts at most (points)", "0 is no limit.", Kind::Number),
            f(
                "scoring.fit",
                "Fit",
                "Points where a condition on fields holds; below zero too.",
                Kind::Rows {
                    one: "rule of fit",
                    of: &[
                        f("name", "Name", "", Kind::Line),
                        f("points", "Points", "", Kind::Number),
                        f("when", "When", "", Kind::Condition),
                    ],
                },
            ),
            f(
                "scoring.engagement",
                "Engagement",
                "Points for each touch, half of which are gone after each half-life.",
                Kind::Rows {
                    one: "rule of engagement",
                    of: &[
                        f("name", "Name", "", Kind::Line),
                        f("points", "Points for each", "", Kind::Number),
                        f("half_life_days", "Half-life (days)", "", Kind::Number),
                        f("points_max", "At most (points)", "0 is no limit.", Kind::Number),
                        f("of", "For", "", Kind::Touches),
                    ],
                },
            ),
        ],
    },
    Section {
        key: "promises",
        title: "Promises",
        words: "What each team owes the other.",
        part: "both",
        fields: &[
            f("promises.mqls_per_month_min", "Marketing: MQLs a month", "", Kind::Whole),
            f("promises.acceptance_rate_min", "Marketing: decided MQLs that sales accepts (%)", "", Kind::Percent),
            f("promises.feedback_review_days_max", "Marketing: looks through feedback every (days)", "", Kind::Whole),
            f("promises.review_hours_max", "Sales: review within (working hours)", "", Kind::Whole),
            f("promises.first_attempt_hours_max", "Sales: first attempt within (working hours)", "", Kind::Whole),
            f("promises.attempts_min", "Sales: contact attempts, at least", "", Kind::Whole),
            f("promises.attempts_days", "… within (days)", "", Kind::Whole),
            f("promises.qualification_days_max", "Sales: qualified or sent back within (days)", "", Kind::Whole),
            f("promises.logged_rate_min", "Sales: accepted leads with logged activity (%)", "", Kind::Percent),
            f("promises.reasons_rate_min", "Sales: rejections that carry a reason (%)", "", Kind::Percent),
        ],
    },
    Section {
        key: "escalation",
        title: "Escalation",
        words: "What happens to a review that is late.",
        part: "sales",
        fields: &[
            f("escalation.warn_share", "Warn the owner after (% of the time)", "", Kind::Percent),
            f("escalation.question_pauses", "A question to marketing stops the clock", "", Kind::Yes),
            f(
                "escalation.steps",
                "Steps",
                "In the order of minutes.",
                Kind::Rows {
                    one: "step",
                    of: &[
                        f("after_minutes", "Working minutes after the due instant", "", Kind::Whole),
                        f(
                            "action",
                            "What happens",
                            "",
                            Kind::One(&[
                                ("escalate", "tell the head of sales"),
                                ("reassign", "give the lead to somebody else"),
                                ("off_rota", "route nothing more to the owner until the end of the next working day"),
                            ]),
                        ),
                    ],
                },
            ),
        ],
    },
    Section {
        key: "routing",
        title: "Routing",
        words: "Who gets a lead that becomes an MQL: the first rule that holds and finds somebody.",
        part: "sales",
        fields: &[
            f("routing.fallback.queue", "Queue for leads that no rule places", "", Kind::Line),
            f(
                "routing.fallback.owner",
                "Who looks after the queue",
                "The head of sales, where nobody is chosen.",
                Kind::From("users_or_none"),
            ),
            f(
                "routing.rules",
                "Rules",
                "Tried from the top.",
                Kind::Rows {
                    one: "rule",
                    of: &[
                        f("name", "Name", "", Kind::Line),
                        f("when", "When", "Always, where there is no condition.", Kind::ConditionOrNone),
                        f("to", "To", "", Kind::Target),
                    ],
                },
            ),
            f(
                "routing.pools",
                "Pools",
                "Take turns by weight and capacity.",
                Kind::Rows {
                    one: "pool",
                    of: &[
                        f("key", "Key", "Short, without spaces; rules name it.", Kind::Line),
                        f("name", "Name", "", Kind::Line),
                        f("at_work_only", "Only to those at work at the instant", "", Kind::Yes),
                        f(
                            "members",
                            "Members",
                            "",
                            Kind::Rows {
                                one: "member",
                                of: &[
                                    f("user", "Who", "", Kind::From("users")),
                                    f("weight", "Weight", "", Kind::Whole),
                                    f("open_leads_max", "Open leads, at most", "0 is no limit.", Kind::Whole),
                                    f("skills", "Product lines or skills", "One on each line; empty is all.", Kind::Lines),
                                ],
                            },
                        ),
                    ],
                },
            ),
        ],
    },
    Section {
        key: "calendars",
        title: "Calendars",
        words: "Working time, against which clocks run. Several shifts on one day make a split shift.",
        part: "sales",
        fields: &[
            f("calendar.time_zone", "Time zone", "Such as Europe/Lisbon.", Kind::Line),
            f("calendar.shifts", "Shifts", "", Kind::Rows { one: "shift", of: SHIFTS }),
            f("calendar.holidays", "Holidays", "One date on each line, such as 2026-12-25.", Kind::Lines),
            f(
                "calendars",
                "Regional calendars",
                "For those who work in other countries.",
                Kind::Rows {
                    one: "regional calendar",
                    of: &[
                        f("key", "Key", "", Kind::Line),
                        f("name", "Name", "", Kind::Line),
                        f("regions", "Regions of users", "One on each line, as written on the user.", Kind::Lines),
                        f("time_zone", "Time zone", "", Kind::Line),
                        f("shifts", "Shifts", "", Kind::Rows { one: "shift", of: SHIFTS }),
                        f("holidays", "Holidays", "One date on each line.", Kind::Lines),
                    ],
                },
            ),
        ],
    },
    Section {
        key: "product-lines",
        title: "Product lines",
        words: "A lead belongs to the first product line whose condition holds when it opens, or to none.",
        part: "marketing",
        fields: &[f(
            "product_lines",
            "Product lines",
            "",
            Kind::Rows {
                one: "product line",
                of: &[f("key", "Key", "", Kind::Line), f("name", "Name", "", Kind::Line), f("when", "When", "", Kind::Condition)],
            },
        )],
    },
    Section {
        key: "reasons",
        title: "Reasons",
        words: "Why sales rejects a lead, sends it back, or loses a deal.",
        part: "sales",
        fields: &[f(
            "reasons",
            "Reasons",
            "",
            Kind::Rows {
                one: "reason",
                of: &[
                    f(
                        "for",
                        "For",
                        "",
                        Kind::One(&[
                            ("rejection", "rejecting a lead"),
                            ("recycle", "sending it back to nurture"),
                            ("loss", "losing a deal"),
                        ]),
                    ),
                    f("key", "Key", "", Kind::Line),
                    f("name", "Name", "", Kind::Line),
                    f("outside_icp", "Says that the lead was outside the ideal customer", "", Kind::Yes),
                ],
            },
        )],
    },
    Section {
        key: "measuring",
        title: "Measuring",
        words: "Attribution, when a cohort is old enough to be read, and the fields that marketing promises to fill.",
        part: "marketing",
        fields: &[
            f("attribution.model", "Attribution shown first", "", Kind::From("models")),
            f(
                "attribution.journey",
                "Touches of",
                "",
                Kind::One(&[("person", "the people on the deal"), ("company", "everybody at the company")]),
            ),
            f("attribution.lookback_days", "Lookback (days before the signature)", "", Kind::Whole),
            f("attribution.half_life_days", "Half-life of time decay (days)", "", Kind::Number),
            f("maturity.horizon_days", "A cohort is read after (days)", "", Kind::Whole),
            f("data.required_fields", "Required fields", "One on each line.", Kind::Lines),
            f("data.completeness_rate_min", "Required fields that are filled (%)", "", Kind::Percent),
        ],
    },
    Section {
        key: "rights",
        title: "Rights",
        words: "Who may edit which part of a draft. Leaders and administrators edit all of it. These count once they are in force.",
        part: "both",
        fields: &[
            f("rights.sales_edits_marketing_part", "Sales may edit marketing’s part", "", Kind::Yes),
            f("rights.marketing_edits_sales_part", "Marketing may edit sales’ part", "", Kind::Yes),
            f("rights.marketing_reviews_leads", "Marketing may accept and reject leads", "", Kind::Yes),
        ],
    },
    Section {
        key: "glossary",
        title: "Glossary",
        words: "The words of both teams.",
        part: "both",
        fields: &[f(
            "glossary",
            "Terms",
            "",
            Kind::Rows { one: "term", of: &[f("term", "Term", "", Kind::Line), f("words", "Words", "", Kind::Prose)] },
        )],
    },
];
