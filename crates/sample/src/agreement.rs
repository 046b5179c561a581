//! The sample company's Agreement: version 1 is the default, with its own ideal customer, holidays and target; version 2 is what both
//! teams signed after a year of working by it.

use alignment::{
    Currency, Instant, Money,
    agreement::{
        ActivityFilter, Agreement, Criterion, EngagementRule, FieldTest, FitRule, RevenueTarget, ScoreName, ScoreTest, Scoring, Test,
    },
    fields,
    lifecycle::Stage,
    touch::TouchKind::{self, *},
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};

use crate::{
    companies::{EMPLOYEES_MAX, EMPLOYEES_MIN, Industry, REGIONS},
    content::{DEMO_REQUEST, PIECES, PRICING},
    stories,
    team::{self, User},
    timeline::{Timeline, ZONE},
    words::titles::ICP_ROLES,
};

/// Whole euros to sign in the calendar year in which the history ends.
const YEAR_TARGET_EUROS: f64 = 6_200_000.0;
/// MQLs that marketing promises a month.
const MQLS_PER_MONTH: f64 = 150.0;

/// A version that took effect while the history went on, and who signed it when.
pub struct SignedVersion {
    pub agreement: Agreement,
    /// What the draft says about itself.
    pub note: &'static str,
    pub drafted_at: Instant,
    /// E-mail address of the head of marketing, and when they signed.
    pub marketing: (String, Instant),
    /// The same of the head of sales, who signed second.
    pub sales: (String, Instant),
    pub effective_at: Instant,
}

pub fn first(timeline: &Timeline, scale: f64) -> Agreement {
    let mut agreement = Agreement::default_for(Currency::EUR, ZONE);
    agreement.title = "Sales and marketing Agreement of Lumen Cloud (sample)".into();
    agreement.calendar.holidays = timeline.holidays.clone();
    let ideal = &mut agreement.ideal_customer;
    ideal.industries = Industry::ideal().map(|industry| industry.name().to_owned()).collect();
    ideal.countries = REGIONS.iter().flat_map(|region| region.countries()).map(|(country, _)| (*country).to_owned()).collect();
    ideal.employees_min = EMPLOYEES_MIN;
    ideal.employees_max = EMPLOYEES_MAX;
    ideal.roles = ICP_ROLES.iter().map(|role| (*role).to_owned()).collect();
    agreement.promises.mqls_per_month_min = mqls(MQLS_PER_MONTH, scale);
    agreement.revenue_target = year_of(timeline.ends_at).map(|(from, to)| RevenueTarget {
        from,
        to,
        amount: Money::new((YEAR_TARGET_EUROS * scale).round() as i64 * 100, Currency::EUR),
    });
    agreement
}

/// More MQLs from marketing, a quicker review by sales, and points with a threshold, so that both mean the same by an MQL.
pub fn second(timeline: &Timeline, users: &[User], first: &Agreement, scale: f64) -> SignedVersion {
    let mut agreement = first.clone();
    agreement.promises.mqls_per_month_min = mqls(stories::SECOND_MQLS_PER_MONTH, scale);
    agreement.promises.review_hours_max = stories::SECOND_REVIEW_HOURS_MAX;
    agreement.scoring = scoring(&agreement);
    if let Some(clause) = agreement.stages.iter_mut().find(|clause| clause.stage == Stage::Mql) {
        clause.criteria = Some(threshold());
        clause.definition.push_str(" With 65 points of fit and 160 in all it is one by itself; below that, marketing decides.");
    }
    let effective_at = timeline.month_starts[stories::SECOND_VERSION_FROM_MONTH];
    let at_work = |days_before: i64, minutes| {
        let day = effective_at.plus_days(-days_before);
        timeline.work_after(day, minutes).unwrap_or(day)
    };
    let [marketing, sales] = team::heads().map(|user| users[user].email.clone());
    SignedVersion {
        agreement,
        note: "Points for fit and for behaviour, a quicker review, and more MQLs",
        drafted_at: at_work(19, 95.0),
        marketing: (marketing, at_work(6, 130.0)),
        sales: (sales, at_work(4, 305.0)),
        effective_at,
    }
}

fn mqls(per_month: f64, scale: f64) -> u32 {
    ((per_month * scale).round() as u32).max(1)
}

/// Somebody who fits and wants to buy: neither a good fit alone nor much reading alone.
fn threshold() -> Criterion {
    let at_least = |score, at_least| Criterion::Score(ScoreTest { score, at_least });
    Criterion::All(vec![at_least(ScoreName::Fit, stories::MQL_FIT_POINTS_MIN), at_least(ScoreName::Total, stories::MQL_POINTS_MIN)])
}

fn scoring(agreement: &Agreement) -> Scoring {
    let ideal = &agreement.ideal_customer;
    let field = |key: &str, test| Criterion::Field(FieldTest { field: key.into(), test });
    let has_part = |word: &&str| field(fields::PERSON_JOB_TITLE, Test::Contains((*word).to_owned()));
    let title_with = |words: &[&str]| Criterion::Any(words.iter().map(&has_part).collect());
    let fit = |name: &str, points, when| FitRule { name: name.into(), points, when };
    let most = ideal.employees_max as f64;
    Scoring {
        fit_points_max: 100.0,
        engagement_points_max: 100.0,
        fit: vec![
            fit("Industry of the ideal customer", 35.0, field(fields::COMPANY_INDUSTRY, Test::OneOf(ideal.industries.clone()))),
            fit(
                "Company size",
                30.0,
                Criterion::All(vec![
                    field(fields::COMPANY_EMPLOYEES, Test::AtLeast(ideal.employees_min as f64)),
                    field(fields::COMPANY_EMPLOYEES, Test::AtMost(most)),
                ]),
            ),
            fit("Decides or prepares the decision", 20.0, title_with(&DECIDES)),
            fit("Student, trainee or intern", -30.0, title_with(&JUNIOR)),
            fit("Came through a partner", 15.0, field(fields::LEAD_SOURCE, Test::OneOf(vec!["partner".into()]))),
        ],
        engagement: engagement(),
    }
}

/// Words inside job titles.
const DECIDES: [&str; 9] = ["CTO", "CFO", "CIO", "COO", "VP", "Head of", "Director", "Lead", "Architect"];
const JUNIOR: [&str; 5] = ["Intern", "Student", "Trainee", "Assistant", "Junior"];

fn engagement() -> Vec<EngagementRule> {
    let of = |kinds: &[TouchKind], content: Option<usize>| {
        let mut activity = kinds.to_vec();
        activity.sort_unstable();
        ActivityFilter { activity, content: content.map(|piece| PIECES[piece].title.to_owned()), ..ActivityFilter::default() }
    };
    let rule =
        |name: &str, points, half_life_days, points_max, of| EngagementRule { name: name.into(), points, half_life_days, points_max, of };
    vec![
        rule("Asked for a demo", 40.0, 7.0, 40.0, of(&[Form], Some(DEMO_REQUEST))),
        rule("Looked at the prices", 25.0, 7.0, 50.0, of(&[PageView], Some(PRICING))),
        rule("Replied", 20.0, 14.0, 40.0, of(&[Reply], None)),
        rule("Webinars and events", 10.0, 14.0, 20.0, of(&[Webinar, Event], None)),
        rule("Downloads", 8.0, 14.0, 16.0, of(&[Download], None)),
        rule("Pages and clicks", 1.0, 14.0, 5.0, of(&[PageView, EmailClick, AdClick], None)),
    ]
}

fn year_of(at: Instant) -> Option<(Instant, Instant)> {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let first = Date::new(at.in_zone(&zone).year(), 1, 1).ok()?;
    let start = |date: Date| date.to_zoned(zone.clone()).ok().map(|zoned| Instant::from_timestamp(zoned.timestamp()));
    Some((start(first)?, start(first.checked_add(1.year()).ok()?)?))
}
