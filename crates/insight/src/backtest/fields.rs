//! The fields of people as the history has them: which conditions on them hold for everybody at once, and of one person.
//!
//! Names, e-mail addresses and phone numbers stay in the record; the history knows only whether they are there.

use alignment::{
    Currency, Instant,
    agreement::{Agreement, Criterion, FieldTest, Test},
    fields::{self, is_custom},
    judging::{Judge, Leaves, Subject},
    lifecycle::Stage,
};
use rayon::prelude::*;

use crate::{
    history::{Fixed, History, Labels, UNLABELLED, currency_code},
    view::View,
};

/// Stands for a text that is there but not kept.
const KEPT_ELSEWHERE: &str = "\u{fffc}";
const KEPT_ELSEWHERE_FIELDS: [&str; 3] = [fields::PERSON_NAME, fields::PERSON_EMAIL, fields::PERSON_PHONE];

/// Fields of the criteria of which more is asked than whether they are filled in, and that can't be answered here.
pub(super) fn not_judged(agreement: &Agreement) -> Vec<String> {
    fn find(criterion: &Criterion, out: &mut Vec<String>) {
        match criterion {
            Criterion::All(parts) | Criterion::Any(parts) | Criterion::None(parts) => parts.iter().for_each(|part| find(part, out)),
            Criterion::Field(FieldTest { test: Test::Known | Test::Unknown, .. }) => {}
            Criterion::Field(test) if KEPT_ELSEWHERE_FIELDS.contains(&test.field.as_str()) => out.push(test.field.clone()),
            _ => {}
        }
    }
    let mut out = Vec::new();
    let criteria = agreement.clause(Stage::Mql).and_then(|clause| clause.criteria.as_ref());
    criteria.into_iter().chain(agreement.scoring.fit.iter().map(|rule| &rule.when)).for_each(|criterion| find(criterion, &mut out));
    out.sort();
    out.dedup();
    out
}

/// The conditions of a judge on fields that hold, for each person.
pub(super) struct PersonLeaves<'a> {
    history: &'a History,
    /// By row of `History::companies`.
    of_companies: Vec<Leaves>,
    of_no_company: Leaves,
    /// A column of people, and what holds for each of its codes + 1.
    labels: Vec<(&'a [i32], Vec<Leaves>)>,
    /// What holds where a field is not there, and where it is.
    kept_elsewhere: Vec<(&'a Fixed<bool>, [Leaves; 2])>,
    /// By the code + 1 of the source; `None` where no condition asks.
    sources: Option<(Vec<i32>, Vec<Leaves>)>,
    /// What holds of fields that nobody has.
    always: Leaves,
}

impl<'a> PersonLeaves<'a> {
    pub fn of(view: &View<'a>, judge: &Judge, currency: Currency) -> PersonLeaves<'a> {
        let history = view.history;
        let people = &history.people;
        let asked = judge.fields();
        let of_company: Vec<&str> = asked.iter().copied().filter(|field| field.starts_with("company.")).collect();
        let company = |row: Option<usize>| {
            let row = CompanyFields { history, row, currency: currency_code(currency), minor_per_major: currency.minor_per_major() };
            of_company
                .iter()
                .fold(Leaves::default(), |leaves, field| leaves.or(judge.leaves_for(field, row.text(field), row.number(field))))
        };
        let mut out = PersonLeaves {
            history,
            of_companies: (0..history.companies.len()).into_par_iter().with_min_len(1 << 10).map(|row| company(Some(row))).collect(),
            of_no_company: company(None),
            labels: Vec::new(),
            kept_elsewhere: Vec::new(),
            sources: None,
            always: Leaves::default(),
        };
        for field in asked.iter().copied().filter(|field| !field.starts_with("company.")) {
            let of_labels =
                |labels: &Labels| (UNLABELLED..labels.distinct() as i32).map(|code| leaves_of(judge, field, labels.name(code))).collect();
            if let Some(labels) = person_labels(history, field) {
                out.labels.push((labels.codes(), of_labels(labels)));
            } else if let Some(flags) = has_column(history, field) {
                out.kept_elsewhere.push((flags, [None, Some(KEPT_ELSEWHERE)].map(|text| leaves_of(judge, field, text))));
            } else if field == fields::LEAD_SOURCE {
                out.sources = Some((first_sources(view, people.len()), of_labels(&history.leads.source)));
            } else {
                out.always = out.always.or(leaves_of(judge, field, None));
            }
        }
        out
    }

    pub fn of_person(&self, row: usize) -> Leaves {
        let company = self.history.people.company.get(row).and_then(|company| self.history.companies.find(company));
        let mut leaves = self.always.or(company.map_or(self.of_no_company, |company| self.of_companies[company]));
        for (codes, of_code) in &self.labels {
            leaves = leaves.or(of_code[(codes[row] + 1) as usize]);
        }
        for (flags, of_flag) in &self.kept_elsewhere {
            leaves = leaves.or(of_flag[flags.get(row) as usize]);
        }
        if let Some((codes, of_code)) = &self.sources {
            leaves = leaves.or(of_code[(codes[row] + 1) as usize]);
        }
        leaves
    }
}

fn leaves_of(judge: &Judge, field: &str, text: Option<&str>) -> Leaves {
    judge.leaves_for(field, text, text.and_then(|text| text.trim().parse().ok()))
}

fn person_labels<'a>(history: &'a History, field: &str) -> Option<&'a Labels> {
    let people = &history.people;
    match field {
        fields::PERSON_JOB_TITLE => Some(&people.job_title),
        fields::PERSON_EMAIL_DOMAIN => Some(&people.email_domain),
        fields::PERSON_COUNTRY => Some(&people.country),
        _ => people.custom.field(field.strip_prefix("person.custom.")?),
    }
}

fn has_column<'a>(history: &'a History, field: &str) -> Option<&'a Fixed<bool>> {
    match field {
        fields::PERSON_NAME => Some(&history.people.has_name),
        fields::PERSON_EMAIL => Some(&history.people.has_email),
        fields::PERSON_PHONE => Some(&history.people.has_phone),
        _ => None,
    }
}

/// The code of the source of each person's first lead.
fn first_sources(view: &View, people: usize) -> Vec<i32> {
    let leads = &view.history.leads;
    let mut first: Vec<(Instant, i32)> = vec![(Instant(i64::MAX), UNLABELLED); people];
    for row in (0..leads.len()).filter(|row| view.leads[*row].is_known()) {
        let Some(person) = view.history.people.find(leads.person.values()[row]) else { continue };
        if leads.opened_at.get(row) < first[person].0 {
            first[person] = (leads.opened_at.get(row), leads.source.codes()[row]);
        }
    }
    first.into_iter().map(|(_, code)| code).collect()
}

struct CompanyFields<'a> {
    history: &'a History,
    row: Option<usize>,
    currency: u32,
    minor_per_major: i64,
}

impl<'a> CompanyFields<'a> {
    fn text(&self, field: &str) -> Option<&'a str> {
        let (companies, row) = (&self.history.companies, self.row?);
        match field {
            fields::COMPANY_NAME => companies.name.get(row),
            fields::COMPANY_DOMAIN => companies.domain.get(row),
            fields::COMPANY_INDUSTRY => companies.industry.get(row),
            fields::COMPANY_COUNTRY => companies.country.get(row),
            fields::COMPANY_REGION => companies.region.get(row),
            _ => companies.custom.field(field.strip_prefix("company.custom.")?)?.get(row),
        }
    }

    fn number(&self, field: &str) -> Option<f64> {
        let (companies, row) = (&self.history.companies, self.row?);
        match field {
            fields::COMPANY_EMPLOYEES => companies.employees.get(row).map(|employees| employees as f64),
            fields::COMPANY_ANNUAL_REVENUE => {
                companies.annual_revenue.minor_in(row, self.currency).map(|minor| minor as f64 / self.minor_per_major as f64)
            }
            field if is_custom(field) => self.text(field)?.trim().parse().ok(),
            _ => None,
        }
    }
}

/// People of the history as they can be judged one by one. Of names, addresses and phone numbers it is known only whether they are there.
pub struct Subjects<'a> {
    history: &'a History,
    currency: Currency,
    first_sources: Vec<i32>,
}

impl<'a> Subjects<'a> {
    pub fn of(view: &View<'a>, currency: Currency) -> Subjects<'a> {
        Subjects { history: view.history, currency, first_sources: first_sources(view, view.history.people.len()) }
    }

    /// The person in a row of `History::people`.
    pub fn get(&self, person_row: usize) -> impl Subject {
        let company = self.history.people.company.get(person_row).and_then(|company| self.history.companies.find(company));
        let (currency, minor_per_major) = (currency_code(self.currency), self.currency.minor_per_major());
        let company = CompanyFields { history: self.history, row: company, currency, minor_per_major };
        OneSubject { company, person_row, source: self.history.leads.source.name(self.first_sources[person_row]) }
    }
}

struct OneSubject<'a> {
    company: CompanyFields<'a>,
    person_row: usize,
    source: Option<&'a str>,
}

impl Subject for OneSubject<'_> {
    fn text(&self, field: &str) -> Option<&str> {
        let history = self.company.history;
        if field == fields::LEAD_SOURCE {
            return self.source;
        }
        if let Some(labels) = person_labels(history, field) {
            return labels.get(self.person_row);
        }
        if let Some(flags) = has_column(history, field) {
            return flags.get(self.person_row).then_some(KEPT_ELSEWHERE);
        }
        self.company.text(field)
    }

    fn number(&self, field: &str) -> Option<f64> {
        let own = if is_custom(field) { self.text(field).and_then(|text| text.trim().parse().ok()) } else { None };
        own.or_else(|| self.company.number(field))
    }
}
