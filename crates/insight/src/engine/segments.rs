//! The values of a dimension, and which one each lead, deal, spend row and piece of content has.

use arrow_array::Array;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::{
    history::{Held, Labels, NONE, Named, UNLABELLED},
    question::Dimension,
    view::View,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// `None`: not recorded.
    pub name: Option<String>,
    pub id: Option<i64>,
}

/// Index 0 stands for *not recorded*.
pub struct Segments {
    pub labels: Vec<Label>,
    pub leads: Vec<u32>,
    pub deals: Vec<u32>,
    /// `None`: spend is not written down by this dimension.
    pub spend: Option<Vec<u32>>,
    pub content: Option<Vec<u32>>,
    pub clocks: Vec<u32>,
    pub companies: Vec<u32>,
}

/// A deal and a clock have what their lead has, a company what the deal or lead has by which it became a customer; owner, industry, country and own fields it has itself where they are recorded.
impl Segments {
    pub fn of(view: &View, dimension: &Dimension) -> Segments {
        match dimension {
            Dimension::Source => sources(view),
            Dimension::Channel => channels(view),
            Dimension::Campaign => campaigns(view),
            Dimension::Content => content(view),
            Dimension::Owner => owners(view),
            Dimension::Industry => of_companies(view, |view| Some(&view.history.companies.industry), None, None),
            Dimension::Country => {
                of_companies(view, |view| Some(&view.history.companies.country), Some(&view.history.people.country), None)
            }
            Dimension::RejectionReason => reasons(view),
            Dimension::Custom(key) => {
                of_companies(view, |view| view.history.companies.custom.field(key), None, view.history.leads.custom.field(key))
            }
            Dimension::Tag(key) => tags(view, key),
        }
    }

    /// The places of a value: its name, or its id written out. `None` is what is not recorded.
    pub fn places(&self, value: Option<&str>) -> Vec<u32> {
        let is_it = |label: &Label| match value {
            None => label.name.is_none() && label.id.is_none(),
            Some(text) => label.name.as_deref() == Some(text) || label.id.is_some_and(|id| id.to_string() == text),
        };
        self.labels.iter().zip(0..).filter(|(label, _)| is_it(label)).map(|(_, place)| place).collect()
    }
}

#[derive(Default)]
struct Interner {
    labels: Vec<Label>,
    by_name: FxHashMap<String, u32>,
    by_id: FxHashMap<i64, u32>,
}

impl Interner {
    fn new() -> Interner {
        Interner { labels: vec![Label { name: None, id: None }], ..Interner::default() }
    }

    fn name(&mut self, name: &str) -> u32 {
        if let Some(place) = self.by_name.get(name) {
            return *place;
        }
        self.labels.push(Label { name: Some(name.to_owned()), id: None });
        self.by_name.insert(name.to_owned(), self.labels.len() as u32 - 1);
        self.labels.len() as u32 - 1
    }

    /// The place of each code of a column, to be read by [`place`].
    fn column(&mut self, labels: &Labels) -> Vec<u32> {
        (0..labels.names().len()).map(|code| self.name(labels.names().value(code))).collect()
    }

    fn id(&mut self, id: i64, named: &Held<Named>) -> u32 {
        if id == NONE {
            return 0;
        }
        *self.by_id.entry(id).or_insert_with(|| {
            let name = named.find(id).and_then(|row| named.name.get(row)).map_or_else(|| format!("#{id}"), str::to_owned);
            self.labels.push(Label { name: Some(name), id: Some(id) });
            self.labels.len() as u32 - 1
        })
    }
}

fn place(places: &[u32], code: i32) -> u32 {
    if code == UNLABELLED { 0 } else { places[code as usize] }
}

fn each(rows: usize, place_of: impl Fn(usize) -> u32 + Sync + Send) -> Vec<u32> {
    (0..rows).into_par_iter().with_min_len(4096).map(place_of).collect()
}

/// Each deal has what its lead has.
fn deals_by_lead(view: &View, leads: &[u32]) -> Vec<u32> {
    each(view.history.deals.len(), |row| view.lead_of_deal(row).map_or(0, |lead| leads[lead]))
}

fn clocks_by_lead(view: &View, leads: &[u32]) -> Vec<u32> {
    let clocks = &view.history.clocks;
    each(clocks.len(), |row| view.history.leads.find(clocks.lead.values()[row]).map_or(0, |lead| leads[lead]))
}

/// A clock has an owner of its own: whoever had the lead when it was broken or over.
fn clocks_by_owner(view: &View, leads: &[u32], names: &mut Interner) -> Vec<u32> {
    let history = view.history;
    let of_leads = clocks_by_lead(view, leads);
    let own = |(row, owner): (usize, &i64)| if *owner == NONE { of_leads[row] } else { names.id(*owner, &history.users) };
    history.clocks.owner.values().iter().enumerate().map(own).collect()
}

fn by_lead(view: &View, leads: Vec<u32>, spend: Option<Vec<u32>>, content: Option<Vec<u32>>, names: Interner) -> Segments {
    let deals = deals_by_lead(view, &leads);
    let companies = companies_by_customer(view, &leads, &deals);
    Segments { deals, clocks: clocks_by_lead(view, &leads), companies, leads, spend, content, labels: names.labels }
}

fn companies_by_customer(view: &View, leads: &[u32], deals: &[u32]) -> Vec<u32> {
    let mut places = vec![0; view.history.companies.len()];
    for (row, customer) in view.customers().iter() {
        places[row] = customer.deal.map(|deal| deals[deal]).or(customer.lead.map(|lead| leads[lead])).unwrap_or(0);
    }
    places
}

/// Why sales rejected the lead. Leads that were not rejected have none.
fn reasons(view: &View) -> Segments {
    let mut names = Interner::new();
    let of_transitions = names.column(&view.history.transitions.reason);
    let codes = view.rejection_reasons();
    let leads = each(view.history.leads.len(), |row| place(&of_transitions, codes[row]));
    by_lead(view, leads, None, None, names)
}

fn sources(view: &View) -> Segments {
    let (leads, spend) = (&view.history.leads, &view.history.spend);
    let mut names = Interner::new();
    let (of_leads, of_spend) = (names.column(&leads.source), names.column(&spend.source));
    let leads = each(leads.len(), |row| place(&of_leads, leads.source.codes()[row]));
    let spend = each(spend.len(), |row| place(&of_spend, spend.source.codes()[row]));
    by_lead(view, leads, Some(spend), None, names)
}

/// The channel of the first touch of the lead's person. Spend has its own, or its campaign's.
fn channels(view: &View) -> Segments {
    let history = view.history;
    let mut names = Interner::new();
    let of_touches = names.column(&history.touches.channel);
    let (of_spend, of_campaigns) = (names.column(&history.spend.channel), names.column(&history.campaigns.group));
    let firsts = view.firsts();
    let leads = each(history.leads.len(), |row| {
        let person = history.people.find(history.leads.person.values()[row]);
        let touch = person.and_then(|person| firsts.touch_of(person));
        touch.map_or(0, |touch| place(&of_touches, history.touches.channel.codes()[touch]))
    });
    let spend = each(history.spend.len(), |row| {
        let campaign = history.spend.campaign.get(row).and_then(|id| history.campaigns.find(id));
        let of_campaign = || campaign.map_or(0, |row| place(&of_campaigns, history.campaigns.group.codes()[row]));
        Some(place(&of_spend, history.spend.channel.codes()[row])).filter(|place| *place != 0).unwrap_or_else(of_campaign)
    });
    by_lead(view, leads, Some(spend), None, names)
}

/// The tag of the first touch of the lead's person.
fn tags(view: &View, key: &str) -> Segments {
    let history = view.history;
    let mut names = Interner::new();
    let labels = history.touches.tags.field(key).map(|labels| (labels, names.column(labels)));
    let firsts = view.firsts();
    let leads = each(history.leads.len(), |row| {
        let person = history.people.find(history.leads.person.values()[row]);
        let touch = person.and_then(|person| firsts.touch_of(person));
        labels.as_ref().zip(touch).map_or(0, |((labels, places), touch)| place(places, labels.codes()[touch]))
    });
    by_lead(view, leads, None, None, names)
}

fn campaigns(view: &View) -> Segments {
    let history = view.history;
    let mut names = Interner::new();
    let leads: Vec<u32> = history.leads.campaign.values().iter().map(|id| names.id(*id, &history.campaigns)).collect();
    let spend = history.spend.campaign.values().iter().map(|id| names.id(*id, &history.campaigns)).collect();
    by_lead(view, leads, Some(spend), None, names)
}

fn content(view: &View) -> Segments {
    let history = view.history;
    let mut names = Interner::new();
    let leads: Vec<u32> = history.leads.content.values().iter().map(|id| names.id(*id, &history.content)).collect();
    let content = history.content.ids().iter().map(|id| names.id(*id, &history.content)).collect();
    by_lead(view, leads, None, Some(content), names)
}

fn owners(view: &View) -> Segments {
    let history = view.history;
    let mut names = Interner::new();
    let leads: Vec<u32> = history.leads.owner.values().iter().map(|id| names.id(*id, &history.users)).collect();
    let own = |row: usize| history.deals.owner.values()[row];
    let of_lead = |row: usize| view.lead_of_deal(row).map_or(0, |lead| leads[lead]);
    let mut deals = Vec::with_capacity(history.deals.len());
    for row in 0..history.deals.len() {
        deals.push(if own(row) == NONE { of_lead(row) } else { names.id(own(row), &history.users) });
    }
    let clocks = clocks_by_owner(view, &leads, &mut names);
    let companies = companies_by_customer(view, &leads, &deals);
    Segments { leads, deals, spend: None, content: None, clocks, companies, labels: names.labels }
}

/// What the company says, after what the lead itself says, and before what its person says.
fn of_companies<'a>(
    view: &'a View<'a>,
    of_company: impl Fn(&'a View<'a>) -> Option<&'a Labels>,
    of_person: Option<&Labels>,
    of_lead: Option<&Labels>,
) -> Segments {
    let history = view.history;
    let mut names = Interner::new();
    let company = of_company(view).map(|labels| (labels, names.column(labels)));
    let person = of_person.map(|labels| (labels, names.column(labels)));
    let lead = of_lead.map(|labels| (labels, names.column(labels)));
    let read = |column: &Option<(&Labels, Vec<u32>)>, row: Option<usize>| match (column, row) {
        (Some((labels, places)), Some(row)) => place(places, labels.codes()[row]),
        _ => 0,
    };
    let first = |own: u32, other: &dyn Fn() -> u32| if own == 0 { other() } else { own };
    let leads = each(history.leads.len(), |row| {
        let by_company = || read(&company, view.company_of_lead(row));
        let by_person = || if person.is_none() { 0 } else { read(&person, history.people.find(history.leads.person.values()[row])) };
        first(first(read(&lead, Some(row)), &by_company), &by_person)
    });
    let deals = each(history.deals.len(), |row| {
        first(read(&company, view.company_of_deal(row)), &|| view.lead_of_deal(row).map_or(0, |lead| leads[lead]))
    });
    let of_customers = companies_by_customer(view, &leads, &deals);
    let companies = each(history.companies.len(), |row| first(read(&company, Some(row)), &|| of_customers[row]));
    Segments { deals, spend: None, content: None, clocks: clocks_by_lead(view, &leads), companies, leads, labels: names.labels }
}
