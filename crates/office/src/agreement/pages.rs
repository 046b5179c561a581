//! The Agreement as a page to read, and as TOML.

use alignment::{
    Instant,
    agreement::{Agreement, ReasonFor, RoutingRule, Target},
    judging,
    lifecycle::Side,
};
use askama::Template;
use axum::{extract::State, http::header, response::IntoResponse};

use crate::{
    Office,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/agreement", Allow::SignedIn, page), Endpoint::get("/agreement.toml", Allow::SignedIn, text)]
        .into_iter()
        .chain(super::draft_pages::endpoints())
        .chain(super::section_pages::endpoints())
        .chain(super::sign_pages::endpoints())
        .chain(super::heads_pages::endpoints())
        .chain(super::backtest_pages::endpoints())
        .chain(super::preview::endpoints())
        .chain(super::terms::endpoints())
        .collect()
}

#[derive(Template)]
#[template(path = "agreement/page.html")]
struct AgreementPage {
    title: String,
    since: String,
    hash: String,
    stages: Vec<StageShown>,
    marketing: Vec<Promise>,
    sales: Vec<Promise>,
    scoring: Vec<(String, String)>,
    routing: Vec<(&'static str, String)>,
    open_drafts: usize,
    /// When both teams are to sign anew, and whether that is past.
    resign: Option<(String, bool)>,
    signed_by: Vec<String>,
    reasons: Vec<(&'static str, Vec<String>)>,
    customer: Vec<(&'static str, String)>,
    calendar: Vec<(&'static str, String)>,
    measuring: Vec<(&'static str, String)>,
    glossary: Vec<(String, String)>,
    frame: Frame,
}

struct StageShown {
    key: &'static str,
    name: String,
    owner: &'static str,
    definition: String,
    checklist: Vec<String>,
    by_itself: Option<String>,
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<AgreementPage>, AppError> {
    let mut record = office.facts().reader().await?;
    let open_drafts = facts::drafts::list(&mut record, true).await?.len();
    let signatures = facts::drafts::signatures_of_versions(&mut record).await?;
    let of_this = signatures.iter().filter(|signature| signature.number == Some(i64::from(frame.agreement.number)));
    let signed_by = of_this.map(super::draft_pages::signature_words).collect();
    let version = &frame.agreement;
    let text = &version.agreement;
    let stage = |clause: &alignment::agreement::StageClause| StageShown {
        key: clause.stage.key(),
        name: clause.name.clone(),
        owner: side(clause.owner),
        definition: clause.definition.clone(),
        checklist: clause.checklist.clone(),
        by_itself: clause.criteria.as_ref().map(alignment::judging::words),
    };
    let since = if version.effective_at == Instant::MIN {
        "since the first record".into()
    } else {
        format!("since {}", frame.date(version.effective_at))
    };
    let (marketing, sales) = promises(text);
    let resign = super::due(version).map(|due| (frame.date(due), due <= frame.now));
    Ok(Page(AgreementPage {
        title: text.title.clone(),
        since,
        hash: office.versions().await?.hash(version.number).unwrap_or_default().chars().take(12).collect(),
        stages: text.stages.iter().map(stage).collect(),
        marketing,
        sales,
        scoring: scoring(text),
        routing: routing(text),
        open_drafts,
        resign,
        signed_by,
        reasons: reasons(text),
        customer: customer(text),
        calendar: calendar(text),
        measuring: measuring(text),
        glossary: text.glossary.iter().map(|term| (term.term.clone(), term.words.clone())).collect(),
        frame,
    }))
}

async fn text(State(office): State<Office>) -> Result<impl IntoResponse, AppError> {
    let versions = office.versions().await?;
    let version = versions.at(office.clock().now());
    let name = format!("attachment; filename=\"agreement-v{}.toml\"", version.number);
    Ok((
        [(header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)],
        versions.text(version.number).unwrap_or_default().to_owned(),
    ))
}

/// A promise, by the name of its clause, and why it is made.
pub(super) struct Promise {
    pub key: &'static str,
    pub name: String,
    pub words: String,
}

pub(super) fn promises(text: &Agreement) -> (Vec<Promise>, Vec<Promise>) {
    let promises = &text.promises;
    let rate = format::agreed_rate;
    let of = |key, name: String, words: &str| Promise { key, name, words: words.to_owned() };
    let fields: Vec<_> = text.data.required_fields.iter().map(|field| format::spaced(field)).collect();
    let marketing = vec![
        of("mqls_per_month", format!("{} MQLs a month", promises.mqls_per_month_min), "Volume, so that sales has enough to work with."),
        of(
            "acceptance_rate",
            format!("{} of decided MQLs accepted", rate(promises.acceptance_rate_min)),
            "Quality: what marketing sends is worth sales’ time.",
        ),
        of(
            "completeness_rate",
            format!("{} of required fields filled", rate(text.data.completeness_rate_min)),
            &format!("The fields: {}.", fields.join(", ")),
        ),
        of(
            "feedback_review",
            format!("Feedback looked through every {} days", promises.feedback_review_days_max),
            "What sales says about leads is read, and answered.",
        ),
    ];
    let sales = vec![
        of("review", format!("Review in {} working hours", promises.review_hours_max), "Every MQL is accepted, or rejected with a reason."),
        of(
            "first_attempt",
            format!("First attempt in {} working hours", promises.first_attempt_hours_max),
            "From accepting on: a lead that waits grows cold.",
        ),
        of(
            "attempts",
            format!("{} attempts in {} days", promises.attempts_min, promises.attempts_days),
            "Every accepted lead is contacted, and each attempt logged.",
        ),
        of(
            "qualification",
            format!("Qualified or sent back in {} days", promises.qualification_days_max),
            "An accepted lead is decided, and not left lying.",
        ),
        of(
            "logged_rate",
            format!("{} of accepted leads with logged activity", rate(promises.logged_rate_min)),
            "Within seven days of acceptance, so that marketing learns what became of them.",
        ),
        of(
            "reasons_rate",
            format!("{} of rejections with a reason", rate(promises.reasons_rate_min)),
            "A reason of the Agreement, so that it can be counted.",
        ),
    ];
    (marketing, sales)
}

fn reasons(text: &Agreement) -> Vec<(&'static str, Vec<String>)> {
    let of = |wanted| text.reasons.iter().filter(|reason| reason.reason_for == wanted).map(|reason| reason.name.clone()).collect();
    vec![
        ("To reject a lead", of(ReasonFor::Rejection)),
        ("To send it back to nurture", of(ReasonFor::Recycle)),
        ("To close a deal as lost", of(ReasonFor::Loss)),
    ]
}

fn customer(text: &Agreement) -> Vec<(&'static str, String)> {
    let customer = &text.ideal_customer;
    let any = |list: &[String]| if list.is_empty() { "any".to_owned() } else { list.join(", ") };
    let (least, most) = (customer.employees_min.max(0) as u64, customer.employees_max.max(0) as u64);
    vec![
        ("Industries", any(&customer.industries)),
        ("Countries", any(&customer.countries)),
        ("Employees", format!("{} to {}", format::count(least), format::count(most))),
        ("Roles", any(&customer.roles)),
    ]
}

fn calendar(text: &Agreement) -> Vec<(&'static str, String)> {
    let shift = |shift: &alignment::agreement::Shift| format!("{} {} to {}", shift.days.join(", "), shift.from, shift.to);
    let holidays = if text.calendar.holidays.is_empty() { "none written down".into() } else { text.calendar.holidays.join(", ") };
    vec![
        ("Time zone", text.calendar.time_zone.clone()),
        ("Working hours", text.calendar.shifts.iter().map(shift).collect::<Vec<_>>().join("; ")),
        ("Holidays", holidays),
    ]
}

fn measuring(text: &Agreement) -> Vec<(&'static str, String)> {
    let attribution = &text.attribution;
    let journey = if attribution.journey == "company" { "everybody at the company" } else { "the people on the deal" };
    let model = insight::attribution::find(&attribution.model).map_or(attribution.model.as_str(), |model| model.name);
    vec![
        ("Currency", text.currency.to_string()),
        ("Attribution shown first", model.to_owned()),
        ("Touches of", journey.to_owned()),
        ("Lookback", format!("{} days before the signature", attribution.lookback_days)),
        ("Half-life of time decay", format!("{} days", format::agreed(attribution.half_life_days))),
        ("A cohort is read after", format!("{} days", text.maturity.horizon_days)),
        (
            "Revenue target",
            text.revenue_target.as_ref().map_or_else(
                || "none agreed".to_owned(),
                |target| {
                    let zone = text.time_zone();
                    let last = target.to.plus_micros(-1);
                    let (from, to) = (format::iso_date(target.from, &zone), format::iso_date(last, &zone));
                    format!("{} from {from} to {to}", format::money(target.amount))
                },
            ),
        ),
    ]
}

fn scoring(text: &Agreement) -> Vec<(String, String)> {
    let points = |points: f64| format!("{} points", format::agreed(points));
    let fit =
        text.scoring.fit.iter().map(|rule| (rule.name.clone(), format!("{} where {}", points(rule.points), judging::words(&rule.when))));
    let engagement = text.scoring.engagement.iter().map(|rule| {
        let half = format!("{} for each, half gone after {} days", points(rule.points), format::agreed(rule.half_life_days));
        let most = if rule.points_max > 0.0 { format!(", {} at most", points(rule.points_max)) } else { String::new() };
        (rule.name.clone(), half + &most)
    });
    fit.chain(engagement).collect()
}

fn routing(text: &Agreement) -> Vec<(&'static str, String)> {
    let to = |target: &Target| match target {
        Target::AccountOwner => "the owner of the company".to_owned(),
        Target::Pool(key) => format!("the pool {key}"),
        Target::User(email) => email.clone(),
    };
    let rule = |rule: &RoutingRule| {
        let when = rule.when.as_ref().map_or_else(|| "always".to_owned(), |when| format!("where {}", judging::words(when)));
        format!("{}: {when}, to {}", rule.name, to(&rule.to))
    };
    let rules: Vec<_> = text.routing.rules.iter().map(rule).collect();
    let step = |step: &alignment::agreement::EscalationStep| format!("after {} minutes {}", step.after_minutes, step.action.words());
    let steps: Vec<_> = text.escalation.steps.iter().map(step).collect();
    let or_none = |list: Vec<String>| if list.is_empty() { "none written down".to_owned() } else { list.join("; ") };
    vec![
        ("Rules, from the top", or_none(rules)),
        ("Leads that no rule places", format!("wait in ‘{}’", text.routing.fallback.queue)),
        ("A late review", or_none(steps)),
        ("Warning", format!("after {} of the time", format::agreed_rate(text.escalation.warn_share))),
    ]
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Marketing => "marketing",
        Side::Sales => "sales",
        Side::Success => "success",
    }
}
