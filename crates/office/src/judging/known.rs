//! What the record knows of people, as judging wants it.

use std::collections::BTreeMap;

use alignment::{
    Currency, Instant,
    judging::{Judge, Marks, Subject, Traits},
    lifecycle::{
        Stage,
        passes::{Entry, Pass, Touches},
    },
    touch::TouchKind,
};
use facts::judging::{self, Named, PersonFields, SignalFields};
use rustc_hash::FxHashMap;

/// People with their passes and touches, and the names of what the touches were of.
pub struct Known {
    people: BTreeMap<i64, KnownPerson>,
    campaigns: FxHashMap<i64, Named>,
    content: FxHashMap<i64, Named>,
}

pub struct KnownPerson {
    pub fields: PersonFields,
    pub custom: Vec<(String, String)>,
    pub company_custom: Vec<(String, String)>,
    /// In the order in which they opened.
    pub passes: Vec<Pass>,
    /// The source of the newest pass.
    pub source: Option<String>,
    pub signals: Vec<SignalFields>,
    instants: Vec<Instant>,
    annual_revenue: Option<f64>,
    email_domain: Option<String>,
}

impl Known {
    /// All that is known of these people, with their touches from `from` on.
    /// A company's revenue in another currency than `currency` is as good as not filled.
    pub async fn load(connection: &mut facts::Connection, ids: &[i64], from: Instant, currency: Currency) -> facts::Result<Known> {
        let mut people: BTreeMap<i64, KnownPerson> =
            judging::people(connection, ids).await?.into_iter().map(|fields| (fields.id, KnownPerson::of(fields, currency))).collect();
        let companies: Vec<i64> = people.values().filter_map(|person| person.fields.company_id).collect();
        let custom = judging::custom(connection, "people", ids).await?;
        let company_custom = judging::custom(connection, "companies", &companies).await?;
        for person in people.values_mut() {
            person.custom = custom.get(&person.fields.id).cloned().unwrap_or_default();
            let of_company = person.fields.company_id.and_then(|company| company_custom.get(&company));
            person.company_custom = of_company.cloned().unwrap_or_default();
        }
        load_passes(connection, ids, &mut people).await?;
        for signal in judging::signals(connection, ids, from.0).await? {
            if let Some(person) = people.get_mut(&signal.person_id) {
                person.instants.push(Instant(signal.at));
                person.signals.push(signal);
            }
        }
        let named = |ids: Vec<Named>| ids.into_iter().map(|named| (named.id, named)).collect();
        let campaigns = distinct(&people, |signal| signal.campaign_id);
        let content = distinct(&people, |signal| signal.content_id);
        Ok(Known {
            campaigns: named(judging::campaigns(connection, &campaigns).await?),
            content: named(judging::content(connection, &content).await?),
            people,
        })
    }

    pub fn people(&self) -> impl Iterator<Item = &KnownPerson> {
        self.people.values()
    }

    pub fn person(&self, id: i64) -> Option<&KnownPerson> {
        self.people.get(&id)
    }

    /// What a touch was, for filters.
    pub fn traits<'a>(&'a self, signal: &'a SignalFields) -> Traits<'a> {
        let campaign = signal.campaign_id.and_then(|id| self.campaigns.get(&id));
        let content = signal.content_id.and_then(|id| self.content.get(&id));
        Traits {
            kind: TouchKind::parse(&signal.kind).unwrap_or(TouchKind::Other),
            channel: signal.channel.as_deref(),
            source: signal.source.as_deref(),
            campaign: campaign.map(|named| named.name.as_str()),
            content: content.map(|named| named.name.as_str()),
            content_kind: content.and_then(|named| named.kind.as_deref()),
        }
    }
}

async fn load_passes(connection: &mut facts::Connection, ids: &[i64], people: &mut BTreeMap<i64, KnownPerson>) -> facts::Result<()> {
    let passes = judging::passes(connection, ids).await?;
    let leads: Vec<i64> = passes.iter().map(|pass| pass.id).collect();
    let mut entries: FxHashMap<i64, Vec<Entry>> = FxHashMap::default();
    for entry in judging::entries(connection, &leads).await? {
        // A stage that this program does not know was written by a newer one.
        let Some(stage) = Stage::parse(&entry.stage) else { continue };
        let entry_of = Entry { stage, at: entry.at.map(Instant), goes_back: entry.goes_back != 0 };
        entries.entry(entry.lead_id).or_default().push(entry_of);
    }
    for pass in passes {
        let Some(person) = people.get_mut(&pass.person_id) else { continue };
        person.source = pass.source;
        person.passes.push(Pass {
            id: pass.id,
            opened_at: Instant(pass.opened_at),
            product_line: pass.product_line,
            entries: entries.remove(&pass.id).unwrap_or_default(),
        });
    }
    Ok(())
}

fn distinct(people: &BTreeMap<i64, KnownPerson>, id_of: impl Fn(&SignalFields) -> Option<i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = people.values().flat_map(|person| person.signals.iter().filter_map(&id_of)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl KnownPerson {
    fn of(fields: PersonFields, currency: Currency) -> KnownPerson {
        let email_domain = fields.email.as_deref().and_then(alignment::fields::email_domain).map(str::to_lowercase);
        KnownPerson {
            annual_revenue: annual_revenue(&fields, currency),
            email_domain,
            fields,
            custom: Vec::new(),
            company_custom: Vec::new(),
            passes: Vec::new(),
            source: None,
            signals: Vec::new(),
            instants: Vec::new(),
        }
    }

    pub fn touches<'a>(&'a self, known: &'a Known) -> impl Touches + 'a {
        PersonTouches { person: self, known }
    }
}

struct PersonTouches<'a> {
    person: &'a KnownPerson,
    known: &'a Known,
}

impl Touches for PersonTouches<'_> {
    fn instants(&self) -> &[Instant] {
        &self.person.instants
    }

    fn marks(&self, judge: &Judge, index: usize) -> Marks {
        judge.marks(&self.known.traits(&self.person.signals[index]))
    }
}

impl Subject for KnownPerson {
    fn text(&self, field: &str) -> Option<&str> {
        let fields = &self.fields;
        match field {
            "person.name" => fields.name.as_deref(),
            "person.email" => fields.email.as_deref(),
            "person.email_domain" => self.email_domain.as_deref(),
            "person.phone" => fields.phone.as_deref(),
            "person.job_title" => fields.job_title.as_deref(),
            "person.country" => fields.country.as_deref(),
            "company.name" => fields.company_name.as_deref(),
            "company.domain" => fields.company_domain.as_deref(),
            "company.industry" => fields.company_industry.as_deref(),
            "company.country" => fields.company_country.as_deref(),
            "company.region" => fields.company_region.as_deref(),
            "lead.source" => self.source.as_deref(),
            _ => {
                let (values, key) = match field.strip_prefix("company.custom.") {
                    Some(key) => (&self.company_custom, key),
                    None => (&self.custom, field.strip_prefix("person.custom.")?),
                };
                values.iter().find(|(field, _)| field == key).map(|(_, value)| value.as_str())
            }
        }
    }

    fn number(&self, field: &str) -> Option<f64> {
        match field {
            "company.employees" => self.fields.company_employees.map(|employees| employees as f64),
            "company.annual_revenue" => self.annual_revenue,
            _ => self.text(field)?.trim().parse().ok(),
        }
    }
}

/// In whole units of this currency.
fn annual_revenue(fields: &PersonFields, currency: Currency) -> Option<f64> {
    let is_same = fields.company_revenue_currency.as_deref() == Some(currency.as_str());
    Some(fields.company_revenue_minor.filter(|_| is_same)? as f64 / currency.minor_per_major() as f64)
}
