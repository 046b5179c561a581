//! Version 1: the Agreement that a new company starts from. Every number in it can be changed.

use super::*;

mod proposal;

impl Agreement {
    pub fn default_for(currency: Currency, time_zone: &str) -> Agreement {
        Agreement {
            title: "Sales and marketing Agreement".into(),
            currency,
            calendar: Calendar {
                time_zone: time_zone.into(),
                shifts: vec![Shift { days: texts(&["mon", "tue", "wed", "thu", "fri"]), from: "09:00".into(), to: "18:00".into() }],
                holidays: Vec::new(),
            },
            calendars: Vec::new(),
            ideal_customer: IdealCustomer { employees_min: 50, employees_max: 5000, ..IdealCustomer::default() },
            promises: Promises {
                mqls_per_month_min: 150,
                acceptance_rate_min: 0.4,
                review_hours_max: 24,
                attempts_min: 5,
                attempts_days: 7,
                logged_rate_min: 0.95,
                first_attempt_hours_max: 8,
                qualification_days_max: 30,
                reasons_rate_min: 1.0,
                feedback_review_days_max: 7,
            },
            escalation: Escalation::default(),
            scoring: Scoring::default(),
            routing: Routing::default(),
            product_lines: Vec::new(),
            rights: Rights::default(),
            resign_months: 6,
            attribution: AttributionSettings { lookback_days: 90, half_life_days: 7.0, model: "linear".into(), journey: "company".into() },
            maturity: Maturity { horizon_days: 90 },
            data: DataPromise {
                required_fields: texts(&["email", "name", "job_title", "company", "industry", "country"]),
                completeness_rate_min: 0.95,
            },
            revenue_target: None,
            stages: Stage::ALL.into_iter().map(clause).collect(),
            reasons: reasons(),
            glossary: glossary(),
        }
    }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn clause(stage: Stage) -> StageClause {
    let definition = stage.definition();
    let checklist: &[&str] = match stage {
        Stage::Sql => &["Need confirmed", "Budget confirmed", "Authority confirmed", "Timeline confirmed"],
        Stage::SalesReady => &["Actively looking to buy", "Budget approved", "Decision maker involved"],
        _ => &[],
    };
    StageClause {
        stage,
        name: definition.name.into(),
        owner: definition.owner,
        definition: definition.words.into(),
        checklist: texts(checklist),
        criteria: None,
    }
}

/// Rejections of leads that never fitted the ideal customer profile.
const OUTSIDE_ICP: [&str; 4] = ["wrong_industry", "too_small", "wrong_role", "competitor"];

fn reasons() -> Vec<Reason> {
    let of = |reason_for: ReasonFor, pairs: &[(&str, &str)]| -> Vec<Reason> {
        let one = |(key, name): &(&str, &str)| Reason {
            reason_for,
            key: (*key).into(),
            name: (*name).into(),
            outside_icp: OUTSIDE_ICP.contains(key),
        };
        pairs.iter().map(one).collect()
    };
    [
        of(
            ReasonFor::Rejection,
            &[
                ("wrong_industry", "Wrong industry"),
                ("too_small", "Company too small"),
                ("wrong_role", "Wrong person or role"),
                ("no_budget", "No budget"),
                ("bad_contact_data", "Contact data wrong or missing"),
                ("duplicate", "Already known"),
                ("competitor", "Competitor, student or partner"),
            ],
        ),
        of(ReasonFor::Recycle, &[("timing", "Not now"), ("no_answer", "No answer"), ("needs_nurture", "Interest too weak yet")]),
        of(
            ReasonFor::Loss,
            &[
                ("price", "Price"),
                ("competitor_chosen", "Chose a competitor"),
                ("no_decision", "No decision"),
                ("missing_feature", "Missing feature"),
                ("lost_contact", "Contact lost"),
            ],
        ),
    ]
    .concat()
}

fn glossary() -> Vec<Term> {
    [
        ("Lead", "One pass of a person through the funnel. A person who comes back after a recycle is a new lead of the same person."),
        ("ICP", "Ideal customer profile: the companies and roles that both teams agree to look for."),
        ("SLA", "Service level agreement: what each team promises the other, with numbers and deadlines."),
        ("Hand-off", "The moment a lead passes from marketing to sales: sales accepts it."),
        ("Touch", "One interaction of a person or company with us: a visit, a form, a click, a webinar, a reply."),
        ("Win rate", "Of the leads that became SQLs, the share that became customers."),
        ("Sales cycle", "Days from the first contact to the signature."),
        ("Lead velocity rate", "Growth of qualified leads from one whole month to the next."),
        ("CAC", "Customer acquisition cost: marketing's spend and sales' cost for each customer won."),
        ("Attribution", "How the revenue of a won deal is shared out over the touches before the signature."),
        ("Sourced revenue", "Revenue of deals whose first touch was marketing's."),
        ("Influenced revenue", "Revenue of deals with any marketing touch before the signature."),
        ("Not recorded", "The source of the data writes this down nowhere. It is neither zero nor 100%."),
        ("Too young", "The leads have not had the time yet that the rate asks for."),
    ]
    .into_iter()
    .map(|(term, words)| Term { term: term.into(), words: words.into() })
    .collect()
}
