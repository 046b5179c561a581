//! Criteria, scoring and routing to start from, made of the ideal customer that the Agreement describes.

use crate::{
    agreement::*,
    fields,
    lifecycle::Stage,
    touch::TouchKind::{self, *},
};

/// Actions that show interest count for so long.
const ACTION_DAYS: u32 = 30;
/// After so long an action is worth half its points.
const HALF_LIFE_DAYS: f64 = 14.0;

impl Agreement {
    /// With a proposal for what is not written yet: what makes an MQL, scoring, and routing. What stands there already stays.
    pub fn propose(&self) -> Agreement {
        let mut proposed = self.clone();
        let ideal = Ideal::of(&self.ideal_customer);
        if let Some(clause) = proposed.stages.iter_mut().find(|clause| clause.stage == Stage::Mql)
            && clause.criteria.is_none()
        {
            clause.criteria = Some(mql(&ideal));
        }
        if proposed.scoring == Scoring::default() {
            proposed.scoring =
                Scoring { fit_points_max: 100.0, engagement_points_max: 100.0, fit: ideal.rules(), engagement: engagement() };
        }
        if proposed.routing.rules.is_empty() {
            proposed.routing.rules = routing(&proposed.routing.pools);
        }
        proposed
    }
}

/// The ideal customer as conditions; `None` where it says nothing.
struct Ideal {
    industry: Option<Criterion>,
    country: Option<Criterion>,
    size: Vec<Criterion>,
    role: Option<Criterion>,
}

impl Ideal {
    fn of(ideal: &IdealCustomer) -> Ideal {
        let one_of = |key: &str, texts: &[String]| (!texts.is_empty()).then(|| field(key, Test::OneOf(texts.to_vec())));
        let employees = |test| field(fields::COMPANY_EMPLOYEES, test);
        let least = (ideal.employees_min > 0).then(|| employees(Test::AtLeast(ideal.employees_min as f64)));
        let most = (ideal.employees_max > 0).then(|| employees(Test::AtMost(ideal.employees_max as f64)));
        let long = ideal.roles.iter().filter(|role| fields::is_found_inside_titles(role));
        let inside = long.map(|role| field(fields::PERSON_JOB_TITLE, Test::Contains(role.clone())));
        let role =
            one_of(fields::PERSON_JOB_TITLE, &ideal.roles).map(|exactly| Criterion::Any(std::iter::once(exactly).chain(inside).collect()));
        Ideal {
            industry: one_of(fields::COMPANY_INDUSTRY, &ideal.industries),
            country: one_of(fields::COMPANY_COUNTRY, &ideal.countries),
            size: least.into_iter().chain(most).collect(),
            role,
        }
    }

    fn conditions(&self) -> impl Iterator<Item = Criterion> {
        self.industry.iter().chain(&self.country).chain(&self.size).chain(&self.role).cloned()
    }

    fn rules(&self) -> Vec<FitRule> {
        let size = (!self.size.is_empty()).then(|| Criterion::All(self.size.clone()));
        [
            ("Industry", 25.0, self.industry.clone()),
            ("Country", 20.0, self.country.clone()),
            ("Company size", 25.0, size),
            ("Role", 30.0, self.role.clone()),
        ]
        .into_iter()
        .filter_map(|(name, points, when)| Some(FitRule { name: name.into(), points, when: when? }))
        .collect()
    }
}

fn field(key: &str, test: Test) -> Criterion {
    Criterion::Field(FieldTest { field: key.into(), test })
}

fn mql(ideal: &Ideal) -> Criterion {
    let acted = |kinds: &[TouchKind], content: Option<&str>, times_min| {
        let filter = ActivityFilter { content: content.map(str::to_owned), ..of_kinds(kinds) };
        Criterion::Activity(ActivityTest { filter, times_min, within_days: Some(ACTION_DAYS) })
    };
    let bounced = Criterion::Activity(ActivityTest { filter: of_kinds(&[EmailBounce]), times_min: 1, within_days: None });
    let interest = [acted(&[Download, Form, Webinar, Event, Chat, Product], None, 1), acted(&[PageView], Some("Pricing"), 2)];
    let mut all: Vec<Criterion> = ideal.conditions().collect();
    all.extend([Criterion::Any(interest.into()), Criterion::None(vec![bounced])]);
    Criterion::All(all)
}

fn of_kinds(kinds: &[TouchKind]) -> ActivityFilter {
    // In the order in which forms give them back, so that saving a form unchanged changes nothing.
    let mut activity = kinds.to_vec();
    activity.sort_unstable();
    ActivityFilter { activity, ..ActivityFilter::default() }
}

fn engagement() -> Vec<EngagementRule> {
    let rule =
        |name: &str, points, points_max, of| EngagementRule { name: name.into(), points, half_life_days: HALF_LIFE_DAYS, points_max, of };
    let pricing = ActivityFilter { content: Some("Pricing".into()), ..of_kinds(&[PageView]) };
    vec![
        rule("Pricing page", 10.0, 30.0, pricing),
        rule("Page views", 1.0, 10.0, of_kinds(&[PageView])),
        rule("Downloads", 10.0, 30.0, of_kinds(&[Download])),
        rule("Forms and chats", 15.0, 30.0, of_kinds(&[Form, Chat])),
        rule("Webinars and events", 15.0, 30.0, of_kinds(&[Webinar, Event])),
        rule("E-mail and ad clicks", 3.0, 12.0, of_kinds(&[EmailClick, AdClick])),
        rule("Product use", 10.0, 40.0, of_kinds(&[Product])),
        rule("Replies and meetings", 20.0, 40.0, of_kinds(&[Reply, Meeting])),
        rule("Unsubscribed", -20.0, 0.0, of_kinds(&[Unsubscribe])),
    ]
}

/// To the owner of the account; everybody else to the first pool, where there is one.
fn routing(pools: &[Pool]) -> Vec<RoutingRule> {
    let owner = RoutingRule { name: "Owner of the account".into(), when: None, to: Target::AccountOwner };
    let rest = pools.first().map(|pool| RoutingRule { name: "Everybody else".into(), when: None, to: Target::Pool(pool.key.clone()) });
    std::iter::once(owner).chain(rest).collect()
}
