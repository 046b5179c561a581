//! Drift: the ideal customer as it is written, against the customers that were won.

use alignment::{Instant, agreement::IdealCustomer, fields::has_role};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::{
    backtest::Share,
    history::{Group, History},
    view::View,
};

/// Values that are listed at most, of those inside and of those outside.
const VALUES_MAX: usize = 10;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Deals closed and leads opened from here on up to `as_of` count.
    pub from: Instant,
    pub as_of: Instant,
    /// Companies, and people without one, with a deal won.
    pub customers: u64,
    pub leads: u64,
    /// Industry, country, employees and roles.
    pub attributes: Vec<DriftAttribute>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftAttribute {
    /// `industry`, `country`, `employees` or `role`.
    pub key: String,
    /// What the Agreement says, in words; `None` where it says nothing.
    pub written: Option<String>,
    /// Customers inside, of those whose value is recorded. Undefined where the Agreement says nothing.
    pub customers: Share,
    pub customers_not_recorded: u64,
    pub leads: Share,
    pub leads_not_recorded: u64,
    /// The values that most customers have, of those inside and of those outside; all are outside where the Agreement says nothing.
    pub inside: Vec<DriftValue>,
    pub outside: Vec<DriftValue>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftValue {
    pub value: String,
    pub customers: u64,
    pub leads: u64,
    /// Deals won, of those closed.
    pub deals_won: Share,
}

/// Of the twelve months before `as_of`.
pub fn drift(history: &History, ideal: &IdealCustomer, as_of: Instant) -> Drift {
    let view = View::at(history, as_of, Instant(i64::MAX));
    let from = as_of.plus_days(-365);
    let closed: Vec<(usize, bool)> = (0..history.deals.len())
        .filter_map(|row| view.deals[row].map(|state| (row, state)))
        .filter(|(_, state)| (state.is_won() || state.is_lost()) && state.counts_from > from)
        .map(|(row, state)| (row, state.is_won()))
        .collect();
    let opened = |row: &usize| view.leads[*row].begins().is_some_and(|at| at > from);
    let leads: Vec<usize> = (0..history.leads.len()).filter(opened).collect();
    let customers: FxHashSet<Group> = closed.iter().filter(|(_, won)| *won).map(|(row, _)| history.deal_group(*row)).collect();
    let measured = Measured { view: &view, closed: &closed, leads: &leads };
    let attributes = [Attribute::Industry, Attribute::Country, Attribute::Employees, Attribute::Role];
    Drift {
        from,
        as_of,
        customers: customers.len() as u64,
        leads: leads.len() as u64,
        attributes: attributes.map(|attribute| measured.attribute(attribute, ideal)).into(),
    }
}

#[derive(Clone, Copy)]
enum Attribute {
    Industry,
    Country,
    Employees,
    Role,
}

/// Bands of employees: the first number of each.
const BANDS: [i64; 7] = [0, 10, 50, 250, 1000, 5000, 10_000];

impl Attribute {
    fn key(self) -> &'static str {
        ["industry", "country", "employees", "role"][self as usize]
    }

    fn written(self, ideal: &IdealCustomer) -> Option<String> {
        let listed = |texts: &[String]| (!texts.is_empty()).then(|| texts.join(", "));
        match self {
            Attribute::Industry => listed(&ideal.industries),
            Attribute::Country => listed(&ideal.countries),
            Attribute::Role => listed(&ideal.roles),
            Attribute::Employees => match (ideal.employees_min, ideal.employees_max) {
                (..=0, ..=0) => None,
                (least, ..=0) => Some(format!("{least} or more")),
                (least, most) => Some(format!("{least} to {most}")),
            },
        }
    }

    /// What somebody has, and whether it is inside; `None` where it is not recorded.
    fn of(self, view: &View, company: Option<usize>, people: &[usize], ideal: &IdealCustomer) -> Option<(String, bool)> {
        let history = view.history;
        let among = |value: &str, texts: &[String]| texts.iter().any(|text| text.trim().to_lowercase() == value.trim().to_lowercase());
        match self {
            Attribute::Industry => {
                history.companies.industry.get(company?).map(|value| (value.trim().into(), among(value, &ideal.industries)))
            }
            Attribute::Country => {
                history.companies.country.get(company?).map(|value| (value.trim().into(), among(value, &ideal.countries)))
            }
            Attribute::Employees => {
                let employees = history.companies.employees.get(company?)?;
                let is_inside = employees >= ideal.employees_min && (ideal.employees_max <= 0 || employees <= ideal.employees_max);
                Some((band(employees), is_inside))
            }
            Attribute::Role => {
                let fits = |title: &str| ideal.roles.iter().any(|role| has_role(title, role));
                let titles = || people.iter().filter_map(|row| history.people.job_title.get(*row));
                let title = titles().find(|title| fits(title)).or_else(|| titles().next())?;
                Some((title.trim().into(), fits(title)))
            }
        }
    }
}

fn band(employees: i64) -> String {
    let above = BANDS.partition_point(|first| *first <= employees);
    match BANDS.get(above) {
        Some(next) => format!("{} to {}", BANDS[above.saturating_sub(1)], next - 1),
        None => format!("{} or more", BANDS[BANDS.len() - 1]),
    }
}

struct Measured<'a> {
    view: &'a View<'a>,
    /// Rows of deals, and whether they were won.
    closed: &'a [(usize, bool)],
    leads: &'a [usize],
}

#[derive(Default)]
struct Tally {
    name: String,
    customers: FxHashSet<Group>,
    leads: u64,
    won: u64,
    closed: u64,
}

/// Inside and outside of each customer or lead, by value.
#[derive(Default)]
struct Tallies {
    /// By whether it is inside and the folded value.
    values: FxHashMap<(bool, String), Tally>,
    /// Of each customer, whether any of its deals is inside; `None`: none of them says.
    customers: FxHashMap<Group, Option<bool>>,
    leads_inside: u64,
    leads_recorded: u64,
}

impl Tallies {
    fn value(&mut self, name: &str, is_inside: bool) -> &mut Tally {
        let tally = self.values.entry((is_inside, name.to_lowercase())).or_default();
        if tally.name.is_empty() {
            tally.name = name.into();
        }
        tally
    }
}

impl Measured<'_> {
    fn attribute(&self, attribute: Attribute, ideal: &IdealCustomer) -> DriftAttribute {
        let written = attribute.written(ideal);
        let says = written.is_some();
        let mut tallies = Tallies::default();
        self.add_deals(attribute, ideal, says, &mut tallies);
        self.add_leads(attribute, ideal, says, &mut tallies);
        let recorded = tallies.customers.values().filter(|inside| inside.is_some()).count() as u64;
        let inside = tallies.customers.values().filter(|inside| **inside == Some(true)).count() as u64;
        let share = |hits, of| if says { Share::new(hits, of) } else { Share::default() };
        DriftAttribute {
            key: attribute.key().into(),
            customers: share(inside, recorded),
            customers_not_recorded: tallies.customers.len() as u64 - recorded,
            leads: share(tallies.leads_inside, tallies.leads_recorded),
            leads_not_recorded: self.leads.len() as u64 - tallies.leads_recorded,
            inside: listed(&tallies, true),
            outside: listed(&tallies, false),
            written,
        }
    }

    fn add_deals(&self, attribute: Attribute, ideal: &IdealCustomer, says: bool, tallies: &mut Tallies) {
        let history = self.view.history;
        for (row, is_won) in self.closed {
            let lead = self.view.lead_of_deal(*row).map(|lead| history.leads.person.values()[lead]);
            let people = history.deals.people.get(*row).iter().copied().chain(lead);
            let people: Vec<usize> = people.filter_map(|person| history.people.find(person)).collect();
            let found = attribute.of(self.view, self.view.company_of_deal(*row), &people, ideal);
            let group = history.deal_group(*row);
            if *is_won {
                let known = tallies.customers.entry(group).or_default();
                *known = (*known).max(found.as_ref().map(|(_, is_inside)| *is_inside));
            }
            if let Some((value, is_inside)) = found {
                let tally = tallies.value(&value, is_inside && says);
                tally.closed += 1;
                tally.won += u64::from(*is_won);
                if *is_won {
                    tally.customers.insert(group);
                }
            }
        }
    }

    fn add_leads(&self, attribute: Attribute, ideal: &IdealCustomer, says: bool, tallies: &mut Tallies) {
        let history = self.view.history;
        for row in self.leads {
            let person = history.people.find(history.leads.person.values()[*row]);
            let found = attribute.of(self.view, self.view.company_of_lead(*row), person.as_slice(), ideal);
            if let Some((value, is_inside)) = found {
                tallies.leads_recorded += 1;
                tallies.leads_inside += u64::from(is_inside);
                tallies.value(&value, is_inside && says).leads += 1;
            }
        }
    }
}

fn listed(tallies: &Tallies, inside: bool) -> Vec<DriftValue> {
    let of_side = tallies.values.iter().filter(|((is_inside, _), _)| *is_inside == inside).map(|(_, tally)| tally);
    let mut values: Vec<DriftValue> = of_side
        .map(|tally| DriftValue {
            value: tally.name.clone(),
            customers: tally.customers.len() as u64,
            leads: tally.leads,
            deals_won: Share::new(tally.won, tally.closed),
        })
        .collect();
    values.sort_by(|a, b| (b.customers, b.leads, &a.value).cmp(&(a.customers, a.leads, &b.value)));
    values.truncate(VALUES_MAX);
    values
}

#[cfg(test)]
mod tests {
    use alignment::lifecycle::DealStage;

    use super::*;
    use crate::{rows::*, testing::*};

    fn sold() -> Delta {
        let company = |id, industry: &str, employees| CompanyRow { industry: text(industry), employees, ..company(id) };
        let person = |id: i64, title: &str| PersonRow { job_title: text(title), ..person(id, Some(id)) };
        let mut delta = Delta {
            companies: vec![
                company(1, "Logistics", Some(80)),
                company(2, " logistics", Some(20)),
                company(3, "Retail", None),
                company(4, "Retail", Some(7000)),
                company(5, "", Some(100)),
            ],
            people: vec![person(1, "Head of Sales"), person(2, "CEO"), person(3, "head of sales EMEA"), person(4, ""), person(5, "CEO")],
            leads: (1..=5).map(|id| lead(id, "web", 0.0)).collect(),
            ..Delta::default()
        };
        for (id, stage, day) in [
            (1, DealStage::Won, 20.0),
            (2, DealStage::Won, 21.0),
            (3, DealStage::Won, 22.0),
            (4, DealStage::Lost, 22.0),
            (5, DealStage::Won, 23.0),
        ] {
            delta.deals.push(DealRow { company: Some(id), ..deal(id, Some(id), &[id], Some(eur(100)), 10.0) });
            delta.deal_transitions.push(moved(id, id, stage, day));
        }
        delta
    }

    #[test]
    fn the_written_customer_against_those_won() {
        let ideal = IdealCustomer {
            industries: vec!["Logistics".into()],
            employees_min: 50,
            employees_max: 500,
            roles: vec!["Head of Sales".into()],
            ..IdealCustomer::default()
        };
        let history = history(sold());
        let drift = drift(&history, &ideal, day(100.0));
        assert_eq!((drift.customers, drift.leads), (4, 5));
        let shares: Vec<_> = drift
            .attributes
            .iter()
            .map(|it| (it.key.as_str(), it.customers.hits, it.customers.of, it.customers_not_recorded, it.leads.hits, it.leads.of))
            .collect();
        assert_eq!(
            shares,
            [("industry", 2, 3, 1, 2, 4), ("country", 0, 0, 4, 0, 0), ("employees", 2, 3, 1, 2, 4), ("role", 2, 4, 0, 2, 4)]
        );
        let industry = &drift.attributes[0];
        assert_eq!(industry.inside.len(), 1);
        assert_eq!((industry.inside[0].customers, industry.inside[0].leads), (2, 2));
        assert_eq!((industry.outside[0].value.as_str(), industry.outside[0].customers), ("Retail", 1));
        assert_eq!((industry.outside[0].deals_won.hits, industry.outside[0].deals_won.of), (1, 2));
        assert_eq!(drift.attributes[1].written, None);
        assert_eq!(drift.attributes[1].customers.value, None);
        let outside: Vec<_> = drift.attributes[2].outside.iter().map(|value| value.value.as_str()).collect();
        assert_eq!(outside, ["10 to 49", "5000 to 9999"]);
        assert_eq!(drift.attributes[3].outside[0].value, "CEO");
    }

    #[test]
    fn what_is_older_than_a_year_or_not_there_counts_for_nothing() {
        let old = drift(&history(sold()), &IdealCustomer::default(), day(700.0));
        assert_eq!((old.customers, old.leads), (0, 0));
        let none = drift(&History::empty(), &IdealCustomer::default(), day(0.0));
        assert!(none.attributes.iter().all(|attribute| attribute.customers.value.is_none() && attribute.outside.is_empty()));
    }
}
