//! What was known of a lead at its landmark.
//!
//! Touches, deals and passes carry instants: what came later, or was written down later where it was written as it happened, is not seen.
//! Fields of companies, people and leads have no instant of their own: they are seen as they stood by the record's field history, and
//! screened by [`super::screen`] where that says nothing.

use alignment::{Instant, lifecycle::Stage, touch::TouchKind};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    field_log::FieldLog,
    landmark::Landmark,
    table::{Cell, CellKind, Column, Table as Cells},
    title,
};
use crate::{
    history::{Customs, Group, History, NONE},
    rows::Table,
};

/// The history as it is looked at, whoever is looked at.
pub struct Sight<'a> {
    history: &'a History,
    log: &'a FieldLog,
    passes: FxHashMap<i64, Vec<Instant>>,
    kinds: Vec<TouchKind>,
    customs: Vec<Own>,
}

/// An own field: of which table, its key.
struct Own {
    table: Table,
    key: String,
}

impl<'a> Sight<'a> {
    pub fn of(history: &'a History, log: &'a FieldLog) -> Sight<'a> {
        Sight::of_people(history, log, |_| true)
    }

    /// For the leads of these people alone.
    pub fn of_people(history: &'a History, log: &'a FieldLog, wanted: impl Fn(i64) -> bool) -> Sight<'a> {
        let leads = &history.leads;
        let mut passes: FxHashMap<i64, Vec<Instant>> = FxHashMap::default();
        for (row, person) in leads.person.values().iter().enumerate().filter(|(_, person)| wanted(**person)) {
            passes.entry(*person).or_default().push(leads.opened_at.get(row));
        }
        let of = |table: Table, customs: &Customs| customs.keys().map(|key| Own { table, key: key.to_owned() }).collect::<Vec<_>>();
        let mut customs = of(Table::Companies, &history.companies.custom);
        customs.extend(of(Table::People, &history.people.custom));
        customs.extend(of(Table::Leads, &leads.custom));
        Sight { history, log, passes, kinds: TouchKind::ALL.to_vec(), customs }
    }

    pub fn table(&self, landmarks: &[Landmark]) -> Cells {
        Cells { columns: self.columns(), rows: landmarks.par_iter().map(|landmark| self.row(landmark)).collect() }
    }

    /// In the order of [`Sight::row`].
    fn columns(&self) -> Vec<Column> {
        use CellKind::{Label, Number, Words};
        let column = |key: &str, words: &str, kind, is_dated| Column { key: key.into(), words: words.into(), kind, is_dated };
        let mut columns = vec![
            column("company.industry", "Industry", Label, false),
            column("company.country", "Country", Label, false),
            column("company.region", "Region", Label, false),
            column("company.employees", "Employees", Number, false),
            column("company.annual_revenue", "Annual revenue", Number, false),
            column("person.job_title", "Job title", Words, false),
            column("person.seniority", "Seniority", Label, false),
            column("person.email_domain", "E-mail domain", Label, false),
            column("lead.source", "Source", Label, false),
            column("lead.campaign", "Campaign", Label, false),
            column("lead.stage", "Judged as", Label, true),
            column("lead.passes_before", "Earlier passes", Number, true),
            column("company.customer_before", "Company was a customer", Label, true),
            column("touches.first_channel", "Channel of the first touch", Label, true),
            column("touches.days_since_first", "Days since the first touch", Number, true),
            column("touches.days_since_last", "Days since the touch before", Number, true),
            column("touches.days_7", "Touches in 7 days", Number, true),
            column("touches.days_90", "Touches in 90 days", Number, true),
            column("touches.colleagues_30", "Touches of colleagues in 30 days", Number, true),
        ];
        let of_kind =
            |kind: &TouchKind| column(&format!("touches.{}_90", kind.key()), &format!("{} in 90 days", kind.words()), Number, true);
        columns.extend(self.kinds.iter().map(of_kind));
        let own = |own: &Own| column(&format!("{}.custom.{}", noun(own.table), own.key), &format!("“{}”", own.key), Label, false);
        columns.extend(self.customs.iter().map(own));
        columns
    }

    fn row(&self, landmark: &Landmark) -> Vec<Cell> {
        let fields = Fields::of(self, landmark);
        let mut cells = fields.cells();
        cells.push(Cell::label(Some(landmark.stage.name())));
        let before =
            self.passes.get(&landmark.person).map_or(0, |passes| passes.iter().filter(|at| **at < self.opened_at(landmark)).count());
        cells.push(Cell::Number(Some(before as f64)));
        cells.push(Cell::label(Some(if self.was_customer(&fields, landmark) { "yes" } else { "no" })));
        self.touch_cells(&fields, landmark, &mut cells);
        cells.extend(self.customs.iter().map(|own| fields.own(own)));
        cells
    }

    fn opened_at(&self, landmark: &Landmark) -> Instant {
        self.history.leads.opened_at.get(landmark.lead_row)
    }

    fn was_customer(&self, fields: &Fields, landmark: &Landmark) -> bool {
        let group = fields.group();
        let won = |row: usize| self.history.deal_state(row, landmark.at, landmark.recorded_until()).is_some_and(|state| state.is_won());
        group != Group::NOBODY && self.history.deals_by_group().rows_of(group).any(won)
    }

    fn touch_cells(&self, fields: &Fields, landmark: &Landmark, cells: &mut Vec<Cell>) {
        let seen = Seen::of(self.history, fields.group(), landmark);
        let touches = &self.history.touches;
        cells.push(Cell::label(seen.first.and_then(|row| touches.channel.get(row))));
        let days = |row: Option<usize>| Cell::Number(row.map(|row| landmark.at.days_since(touches.at.get(row)).floor()));
        cells.push(days(seen.first));
        cells.push(days(seen.before));
        let count = |count: u32| Cell::Number(Some(f64::from(count)));
        cells.extend([count(seen.in_7), count(seen.kinds_in_90.iter().sum()), count(seen.colleagues_in_30)]);
        cells.extend(self.kinds.iter().map(|kind| count(seen.kinds_in_90[*kind as usize])));
    }
}

/// The company of a lead, or else of its person, as it stood at the landmark.
pub fn company_at(history: &History, log: &FieldLog, landmark: &Landmark) -> Option<i64> {
    let (at, person, lead) = (landmark.fields_at(), landmark.person, history.leads.ids()[landmark.lead_row]);
    let of_lead = log.number_at(Table::Leads, lead, "company_id", history.leads.company.get(landmark.lead_row), at);
    let now = || history.people.find(person).and_then(|row| history.people.company.get(row));
    of_lead.or_else(|| log.number_at(Table::People, person, "company_id", now(), at))
}

fn noun(table: Table) -> &'static str {
    match table {
        Table::Companies => "company",
        Table::People => "person",
        _ => "lead",
    }
}

/// The touches that a landmark may see.
#[derive(Default)]
struct Seen {
    first: Option<usize>,
    /// The last one before the landmark's own instant.
    before: Option<usize>,
    in_7: u32,
    kinds_in_90: [u32; TouchKind::ALL.len()],
    colleagues_in_30: u32,
}

impl Seen {
    fn of(history: &History, group: Group, landmark: &Landmark) -> Seen {
        let mut seen = Seen::default();
        let touches = &history.touches;
        let (at, recorded_at) = (touches.at.values(), touches.recorded_at.values());
        let recorded_until = landmark.recorded_until().0;
        for row in history.journeys().rows_of(group) {
            if at[row] > landmark.at.0 {
                break;
            }
            if recorded_at[row] > recorded_until {
                continue;
            }
            let days = landmark.at.days_since(Instant(at[row]));
            if touches.person.values()[row] != landmark.person {
                seen.colleagues_in_30 += u32::from(days <= 30.0);
                continue;
            }
            seen.first = seen.first.or(Some(row));
            seen.before = if at[row] < landmark.at.0 { Some(row) } else { seen.before };
            seen.in_7 += u32::from(days <= 7.0);
            seen.kinds_in_90[touches.kind.values()[row] as usize] += u32::from(days <= 90.0);
        }
        seen
    }
}

/// The fields of a lead, its person and its company, as they stood.
struct Fields<'a> {
    sight: &'a Sight<'a>,
    at: Instant,
    lead_row: usize,
    person: i64,
    person_row: Option<usize>,
    /// Id and row.
    company: Option<(i64, usize)>,
}

impl<'a> Fields<'a> {
    fn of(sight: &'a Sight, landmark: &Landmark) -> Fields<'a> {
        let (history, at, person) = (sight.history, landmark.fields_at(), landmark.person);
        let person_row = history.people.find(person);
        let company = company_at(history, sight.log, landmark).and_then(|id| Some((id, history.companies.find(id)?)));
        Fields { sight, at, lead_row: landmark.lead_row, person, person_row, company }
    }

    /// Where the touches of the person and its colleagues stand.
    fn group(&self) -> Group {
        self.sight.history.groups().of(self.company.map_or(NONE, |(id, _)| id), self.person)
    }

    fn cells(&self) -> Vec<Cell> {
        let history = self.sight.history;
        let (companies, people, leads) = (&history.companies, &history.people, &history.leads);
        let country = self.company("country", |row| companies.country.get(row));
        let country = country.or_else(|| self.person("country", |row| people.country.get(row)));
        let title = self.person("job_title", |row| people.job_title.get(row)).map(title::words);
        let domain = self.person_email_domain();
        let company_domain = self.company("domain", |row| companies.domain.get(row));
        vec![
            Cell::label(self.company("industry", |row| companies.industry.get(row))),
            Cell::label(country),
            Cell::label(self.company("region", |row| companies.region.get(row))),
            Cell::Number(self.company_number("employees", |row| companies.employees.get(row)).map(|number| number as f64)),
            Cell::Number(
                self.company_number("annual_revenue_minor", |row| companies.annual_revenue.get(row).map(|money| money.minor)).map(major),
            ),
            Cell::Words(title.clone().unwrap_or_default().into()),
            Cell::label(title.as_deref().map(title::seniority)),
            Cell::label(domain.map(|domain| title::email_class(domain, company_domain))),
            Cell::label(self.lead("source", leads.source.get(self.lead_row))),
            Cell::label(self.campaign()),
        ]
    }

    fn company(&self, field: &str, now: impl Fn(usize) -> Option<&'a str>) -> Option<&'a str> {
        let (id, row) = self.company?;
        self.sight.log.at(Table::Companies, id, field, now(row), self.at)
    }

    fn company_number(&self, field: &str, now: impl Fn(usize) -> Option<i64>) -> Option<i64> {
        let (id, row) = self.company?;
        self.sight.log.number_at(Table::Companies, id, field, now(row), self.at)
    }

    fn person(&self, field: &str, now: impl Fn(usize) -> Option<&'a str>) -> Option<&'a str> {
        self.sight.log.at(Table::People, self.person, field, now(self.person_row?), self.at)
    }

    /// The log has whole addresses, the history their domains.
    fn person_email_domain(&self) -> Option<&'a str> {
        let email = self.person("email", |row| self.sight.history.people.email_domain.get(row))?;
        alignment::fields::email_domain(email).or(Some(email))
    }

    fn lead(&self, field: &str, now: Option<&'a str>) -> Option<&'a str> {
        self.sight.log.at(Table::Leads, self.sight.history.leads.ids()[self.lead_row], field, now, self.at)
    }

    fn campaign(&self) -> Option<&'a str> {
        let history = self.sight.history;
        let (lead, now) = (history.leads.ids()[self.lead_row], history.leads.campaign.get(self.lead_row));
        let campaign = self.sight.log.number_at(Table::Leads, lead, "campaign_id", now, self.at)?;
        history.campaigns.name.get(history.campaigns.find(campaign)?)
    }

    fn own(&self, own: &Own) -> Cell {
        let history = self.sight.history;
        let (id, customs, row) = match own.table {
            Table::Companies => (self.company.map(|(id, _)| id), &history.companies.custom, self.company.map(|(_, row)| row)),
            Table::People => (Some(self.person), &history.people.custom, self.person_row),
            _ => (Some(history.leads.ids()[self.lead_row]), &history.leads.custom, Some(self.lead_row)),
        };
        let now = row.and_then(|row| customs.field(&own.key)?.get(row));
        let field = format!("custom:{}", own.key);
        Cell::label(id.and_then(|id| self.sight.log.at(own.table, id, &field, now, self.at)))
    }
}

/// Ranges of revenue are cut by size alone: hundredths of any currency are near enough.
fn major(minor: i64) -> f64 {
    minor as f64 / 100.0
}

/// The stages that a score can be learned for.
pub const OUTCOMES: [Stage; 3] = [Stage::Sql, Stage::Opportunity, Stage::Customer];
