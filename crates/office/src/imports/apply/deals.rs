//! Deals: with their people, their stages, their sum, and what they mean for the lead they came from.

use alignment::{
    Instant,
    intake::{DealIntake, Noun},
    lifecycle::{DealStage, Stage},
};
use facts::{bulk::Value, keys::line_sums, schema};

use super::*;

type Taken = std::result::Result<(i64, Change), String>;

impl Importer {
    pub(super) fn take_deal(&mut self, intake: &DealIntake) -> Taken {
        let company = self.resolve_optional(Noun::Company, &intake.company)?;
        let owner = self.resolve_optional(Noun::User, &intake.owner)?;
        let mut people = Vec::with_capacity(intake.people.len());
        for (person, role) in &intake.people {
            people.extend(self.resolve(Noun::Person, person)?.map(|id| (id, role)));
        }
        let found = self.keys.find_record(Noun::Deal, &intake.keys);
        let lead = match self.resolve_optional(Noun::Lead, &intake.lead)? {
            Some(lead) => Some(lead),
            // A known deal stays with its lead, whatever passes the person has had since.
            None => match found.and_then(|deal| self.rows.value(&schema::DEALS, deal, "lead_id")?.as_int()) {
                Some(lead) => Some(lead),
                None => people.first().and_then(|(person, _)| self.lead_before(*person, intake.opened_at)),
            },
        };
        let company = company.or_else(|| {
            let (person, _) = people.first()?;
            self.rows.value(&schema::PEOPLE, *person, "company_id")?.as_int()
        });
        let mut fields = vec![
            ("name", text(&intake.name)),
            ("company_id", Value::int(company)),
            ("lead_id", Value::int(lead)),
            ("owner_id", Value::int(owner)),
            ("opened_at", instant(intake.opened_at)),
            ("expected_close_at", instant(intake.expected_close_at)),
            ("reason", text(&intake.reason)),
        ];
        simple::push_money(&mut fields, "amount_minor", "amount_currency", intake.amount);
        if found.is_none() {
            fields.push(("stage", Value::Text(DealStage::Discovery.key().to_owned())));
        }
        let (id, mut change) = self.make_or_set(&schema::DEALS, found, fields);
        if found.is_some() && intake.amount.is_some() {
            // A deal that has lines keeps their sum, whatever its own row says.
            self.deals_with_lines.insert(id);
        }
        let mut more = false;
        for (person, role) in people {
            more |= self.join_deal(id, person, role.as_deref());
        }
        for entry in &intake.stages {
            more |= self.enter_deal_stage(id, entry.stage, entry.at);
        }
        if change == Change::Created && intake.stages.is_empty() {
            self.enter_deal_stage(id, DealStage::Discovery, intake.opened_at);
        }
        more |= self.settle_deal_stage(id);
        if let Some(lead) = lead {
            more |= self.lead_follows_deal(lead, intake);
        }
        if more && change == Change::Unchanged {
            change = Change::Updated;
        }
        let change = self.set_custom(&schema::DEALS, id, &intake.custom, change);
        Ok((id, self.learn(Noun::Deal, &intake.keys, id, change)))
    }

    /// The person's latest pass that had begun when the deal was opened; the latest of all where that is not known.
    fn lead_before(&self, person: i64, opened_at: Option<Instant>) -> Option<i64> {
        let leads = self.leads_of.get(&person)?;
        let began = |lead: &i64| self.rows.value(&schema::LEADS, *lead, "opened_at").and_then(Value::as_int);
        let in_time = |lead: &&i64| opened_at.is_none_or(|at| began(lead).is_some_and(|began| began <= at.0));
        leads.iter().rev().find(in_time).or(leads.last()).copied()
    }

    fn join_deal(&mut self, deal: i64, person: i64, role: Option<&str>) -> bool {
        if !self.people_of.entry(deal).or_default().insert(person) {
            return false;
        }
        let fields = vec![("deal_id", Value::Int(deal)), ("person_id", Value::Int(person)), ("role", Value::text(role))];
        self.rows.make(&schema::DEAL_PEOPLE, &self.context, fields);
        self.rows.mark_touched(&schema::DEALS, deal);
        true
    }

    fn enter_deal_stage(&mut self, deal: i64, stage: DealStage, at: Option<Instant>) -> bool {
        let known = self.deal_transitions_of.get(&deal).and_then(|ids| {
            ids.iter()
                .copied()
                .find(|id| self.rows.value(&schema::DEAL_TRANSITIONS, *id, "stage").and_then(Value::as_text) == Some(stage.key()))
        });
        if let Some(id) = known {
            return at.is_some_and(|at| self.rows.set(&schema::DEAL_TRANSITIONS, id, "at", Value::Int(at.0)));
        }
        let fields = vec![("deal_id", Value::Int(deal)), ("stage", Value::Text(stage.key().to_owned())), ("at", instant(at))];
        let id = self.rows.make(&schema::DEAL_TRANSITIONS, &self.context, fields);
        self.deal_transitions_of.entry(deal).or_default().push(id);
        true
    }

    fn settle_deal_stage(&mut self, deal: i64) -> bool {
        let entries = self.deal_transitions_of.get(&deal).into_iter().flatten().filter_map(|id| {
            let stage = DealStage::parse(self.rows.value(&schema::DEAL_TRANSITIONS, *id, "stage")?.as_text()?)?;
            Some((stage, self.rows.value(&schema::DEAL_TRANSITIONS, *id, "at")?.as_int()))
        });
        // The stage entered last, as in the history; one without an instant counts from when it was learned, which is now at the latest.
        let now = self.context.now;
        let Some((stage, at)) = entries.max_by_key(|(stage, at)| (at.unwrap_or(now), *stage as u8)) else { return false };
        let changed = self.rows.set(&schema::DEALS, deal, "stage", Value::Text(stage.key().to_owned()));
        self.rows.set(&schema::DEALS, deal, "stage_at", Value::int(at)) || changed
    }

    /// An opened deal makes its lead an opportunity, a won one makes it a customer, unless the lead's own record says when already.
    fn lead_follows_deal(&mut self, lead: i64, intake: &DealIntake) -> bool {
        let mut changed = false;
        if intake.opened_at.is_some() && !self.has_stage(lead, Stage::Opportunity) {
            changed |= self.enter_stage(lead, Stage::Opportunity, intake.opened_at, None, None);
        }
        if let Some(won) = intake.stages.iter().find(|entry| entry.stage == DealStage::Won)
            && !self.has_stage(lead, Stage::Customer)
        {
            changed |= self.enter_stage(lead, Stage::Customer, won.at, None, None);
        }
        changed && { self.settle_stage(lead) || changed }
    }

    /// A deal that has lines has their sum as its amount.
    pub(super) async fn add_up_lines(&mut self, tx: &mut WriteTx) -> Result<()> {
        let mut deals: Vec<_> = self.deals_with_lines.drain().collect();
        deals.sort_unstable();
        for chunk in deals.chunks(2_000) {
            self.rows.load(tx, &schema::DEALS, chunk.iter().copied()).await?;
            let engine = tx.engine;
            for (deal, currency, sum) in line_sums(tx.conn(), engine, chunk).await? {
                self.rows.set(&schema::DEALS, deal, "amount_minor", Value::Int(sum));
                self.rows.set(&schema::DEALS, deal, "amount_currency", Value::Text(currency));
            }
            self.rows.flush(tx, &self.context).await?;
        }
        Ok(())
    }
}
