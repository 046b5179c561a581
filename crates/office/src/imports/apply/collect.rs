//! What a batch will need: the names to look up, the rows to load, the ids to have ready.

use alignment::intake::{Key, Noun, Record, Reference};
use facts::keys::{children, table_of};

use super::{touches::fingerprint_of, *};
use crate::touches::TagKeys;

/// The names by which the record itself may be known.
pub fn own_keys(record: &Record) -> &[Key] {
    match record {
        Record::User(intake) => &intake.keys,
        Record::Campaign(intake) => &intake.keys,
        Record::Spend(intake) => &intake.keys,
        Record::Content(intake) => &intake.keys,
        Record::Company(intake) => &intake.keys,
        Record::Person(intake) => &intake.keys,
        Record::Lead(intake) => &intake.keys,
        Record::Touch(_) => &[],
        Record::Deal(intake) => &intake.keys,
        Record::DealLine(intake) => &intake.keys,
        Record::Activity(intake) => &intake.keys,
    }
}

/// The other records that it names.
pub fn references(record: &Record) -> Vec<(Noun, &Reference)> {
    fn of(noun: Noun, reference: &Option<Reference>) -> Option<(Noun, &Reference)> {
        reference.as_ref().map(|reference| (noun, reference))
    }
    let found: Vec<Option<(Noun, &Reference)>> = match record {
        Record::User(_) | Record::Campaign(_) | Record::Content(_) => Vec::new(),
        Record::Spend(intake) => vec![of(Noun::Campaign, &intake.campaign)],
        Record::Company(intake) => vec![of(Noun::User, &intake.owner)],
        Record::Person(intake) => vec![of(Noun::Company, &intake.company)],
        Record::Lead(intake) => {
            let mut all = vec![
                Some((Noun::Person, &intake.person)),
                of(Noun::Campaign, &intake.campaign),
                of(Noun::Content, &intake.content),
                of(Noun::User, &intake.owner),
            ];
            all.extend(intake.stages.iter().map(|entry| of(Noun::User, &entry.actor)));
            all
        }
        Record::Touch(intake) => vec![
            of(Noun::Person, &intake.person),
            of(Noun::Company, &intake.company),
            of(Noun::Campaign, &intake.campaign),
            of(Noun::Content, &intake.content),
        ],
        Record::Deal(intake) => {
            let mut all = vec![of(Noun::Company, &intake.company), of(Noun::Lead, &intake.lead), of(Noun::User, &intake.owner)];
            all.extend(intake.people.iter().map(|(person, _)| Some((Noun::Person, person))));
            all
        }
        Record::DealLine(intake) => vec![Some((Noun::Deal, &intake.deal))],
        Record::Activity(intake) => vec![
            of(Noun::Person, &intake.person),
            of(Noun::Company, &intake.company),
            of(Noun::Deal, &intake.deal),
            of(Noun::User, &intake.user),
            of(Noun::Content, &intake.content),
        ],
    };
    found.into_iter().flatten().collect()
}

impl Importer {
    pub(super) async fn load(&mut self, tx: &mut WriteTx, batch: &[IntakeRow]) -> Result<()> {
        let records = || batch.iter().flat_map(|row| row.needs.iter().chain([&row.subject]));
        let mut wanted = FxHashSet::default();
        for record in records() {
            // Keys and references of one record are few; most of a batch's names repeat.
            for key in own_keys(record) {
                wanted.insert((record.noun(), key.clone()));
            }
            for (noun, reference) in references(record) {
                wanted.insert((noun, reference.key.clone()));
            }
        }
        self.collect_natural_keys(batch, &mut wanted);
        if self.teams.is_empty() && records().any(|record| matches!(record, Record::User(user) if user.team.is_some())) {
            self.teams.extend(facts::keys::teams(tx.conn()).await?);
        }
        self.keys.prefetch(tx, wanted).await?;
        for table in WRITTEN {
            let count = records().map(|record| rows_needed(record, table)).sum();
            self.rows.reserve(tx, table, count).await?;
        }
        self.load_rows(tx, batch).await?;
        let touches = records().filter(|record| record.noun() == Noun::Touch).count();
        self.touches.reserve(tx, touches).await?;
        self.ready_tag_keys(tx, batch).await?;
        let fingerprints: Vec<_> = records()
            .filter_map(|record| match record {
                Record::Touch(intake) => Some(fingerprint_of(intake)),
                _ => None,
            })
            .collect();
        self.touches.load_known(tx, &fingerprints).await
    }

    async fn ready_tag_keys(&mut self, tx: &mut WriteTx, batch: &[IntakeRow]) -> Result<()> {
        let tags = || {
            batch.iter().flat_map(|row| row.needs.iter().chain([&row.subject])).flat_map(|record| match record {
                Record::Touch(intake) => intake.tags.as_slice(),
                _ => &[],
            })
        };
        if tags().next().is_none() {
            return Ok(());
        }
        let mut keys = match self.touches.tag_keys.take() {
            Some(keys) => keys,
            None => TagKeys::load(tx.conn()).await?,
        };
        let lacks_any = keys.lacks_any(tags());
        if lacks_any {
            keys.hold(tx.conn()).await?;
        }
        self.touches.tag_keys = Some(keys);
        Ok(())
    }

    async fn load_rows(&mut self, tx: &mut WriteTx, batch: &[IntakeRow]) -> Result<()> {
        let mut ids: FxHashMap<Noun, FxHashSet<i64>> = FxHashMap::default();
        for record in batch.iter().flat_map(|row| row.needs.iter().chain([&row.subject])) {
            let noun = record.noun();
            let own = own_keys(record).iter().filter_map(|key| self.keys.find(noun, key));
            ids.entry(noun).or_default().extend(own);
            if matches!(noun, Noun::Lead | Noun::Deal | Noun::DealLine) {
                for (noun, reference) in references(record) {
                    if matches!(noun, Noun::Person | Noun::Lead | Noun::Deal) {
                        ids.entry(noun).or_default().extend(self.keys.find(noun, &reference.key));
                    }
                }
            }
        }
        for noun in Noun::ALL.into_iter().filter(|noun| *noun != Noun::Touch) {
            let wanted = ids.get(&noun).into_iter().flatten().copied();
            self.rows.load(tx, table_of(noun), wanted).await?;
        }
        for noun in [Noun::Company, Noun::Person, Noun::Lead, Noun::Deal] {
            let wanted: Vec<_> = ids.get(&noun).into_iter().flatten().copied().collect();
            self.custom.load(tx, table_of(noun).name, &wanted).await?;
        }
        let mut people: Vec<_> = ids.get(&Noun::Person).into_iter().flatten().copied().collect();
        // A row may name a lead without its person, and then needs what is known of the lead all the same.
        people.extend(
            ids.get(&Noun::Lead).into_iter().flatten().filter_map(|lead| self.rows.value(&schema::LEADS, *lead, "person_id")?.as_int()),
        );
        people.sort_unstable();
        people.dedup();
        self.load_leads_of(tx, &people).await?;
        self.load_children(tx, ids.get(&Noun::Deal)).await
    }

    /// The leads of these people with their transitions, for matching a lead with a person's pass.
    async fn load_leads_of(&mut self, tx: &mut WriteTx, people: &[i64]) -> Result<()> {
        let engine = tx.engine;
        self.leads_of.clear();
        self.transitions_of.clear();
        let mut leads = Vec::new();
        for values in children(tx.conn(), engine, &schema::LEADS, "person_id", people).await? {
            if let (Some(id), Some(person)) = (values[0].as_int(), values[1].as_int()) {
                self.leads_of.entry(person).or_default().push(id);
                leads.push(id);
            }
            self.rows.adopt(&schema::LEADS, values);
        }
        self.keys.load_systems(tx, Noun::Lead, &leads).await?;
        self.custom.load(tx, "leads", &leads).await?;
        for values in children(tx.conn(), engine, &schema::TRANSITIONS, "lead_id", &leads).await? {
            if let (Some(id), Some(lead)) = (values[0].as_int(), values[1].as_int()) {
                self.transitions_of.entry(lead).or_default().push(id);
            }
            self.rows.adopt(&schema::TRANSITIONS, values);
        }
        Ok(())
    }

    async fn load_children(&mut self, tx: &mut WriteTx, deals: Option<&FxHashSet<i64>>) -> Result<()> {
        let engine = tx.engine;
        let deals: Vec<_> = deals.into_iter().flatten().copied().collect();
        self.deal_transitions_of.clear();
        self.people_of.clear();
        for values in children(tx.conn(), engine, &schema::DEAL_TRANSITIONS, "deal_id", &deals).await? {
            if let (Some(id), Some(deal)) = (values[0].as_int(), values[1].as_int()) {
                self.deal_transitions_of.entry(deal).or_default().push(id);
            }
            self.rows.adopt(&schema::DEAL_TRANSITIONS, values);
        }
        for values in children(tx.conn(), engine, &schema::DEAL_PEOPLE, "deal_id", &deals).await? {
            if let (Some(deal), Some(person)) = (values[1].as_int(), values[2].as_int()) {
                self.people_of.entry(deal).or_default().insert(person);
            }
        }
        Ok(())
    }
}

/// How many rows of the table a record may make.
fn rows_needed(record: &Record, table: &Table) -> usize {
    let own = usize::from(table_of(record.noun()).name == table.name);
    let more = match record {
        // The stage `lead` itself, and the two that an opened and a won deal bring.
        Record::Lead(intake) if table.name == "transitions" => intake.stages.len() + 1,
        Record::Deal(_) if table.name == "transitions" => 2,
        Record::Deal(intake) if table.name == "deal_transitions" => intake.stages.len() + 1,
        Record::Deal(intake) if table.name == "deal_people" => intake.people.len(),
        Record::User(_) if table.name == "teams" => 1,
        _ => 0,
    };
    own + more
}
