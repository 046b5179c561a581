//! Leads: passes of people through the funnel, with their transitions.

use alignment::{
    intake::{LeadIntake, Noun, StageEntry},
    lifecycle::{
        Stage, StageSet,
        passes::{Entry, standing},
    },
};
use facts::{bulk::Value, schema};

use super::*;

type Taken = std::result::Result<(i64, Change), String>;

impl Importer {
    pub(super) fn take_lead(&mut self, intake: &LeadIntake) -> Taken {
        let Some(person) = self.resolve(Noun::Person, &intake.person)? else {
            return Err(missing(Noun::Person, &intake.person.key));
        };
        let campaign = self.resolve_optional(Noun::Campaign, &intake.campaign)?;
        let content = self.resolve_optional(Noun::Content, &intake.content)?;
        let owner = self.resolve_optional(Noun::User, &intake.owner)?;
        let mut stages = Vec::with_capacity(intake.stages.len());
        for entry in &intake.stages {
            stages.push((entry, self.resolve_optional(Noun::User, &entry.actor)?));
        }
        let company = self.rows.value(&schema::PEOPLE, person, "company_id").cloned().unwrap_or(Value::Null);
        let found = self.keys.find_record(Noun::Lead, &intake.keys).or_else(|| self.pass_of(person, intake));
        let first_known = intake.opened_at.or_else(|| intake.stages.iter().filter_map(|entry| entry.at).min());
        let mut fields = vec![
            ("source", text(&intake.source)),
            ("campaign_id", Value::int(campaign)),
            ("content_id", Value::int(content)),
            ("owner_id", Value::int(owner)),
            ("company_id", company),
        ];
        let recorded = found.and_then(|id| self.rows.value(&schema::LEADS, id, "stages_recorded")).and_then(Value::as_int).unwrap_or(0);
        let recorded = StageSet(recorded as u16).union(intake.stages_recorded);
        fields.push(("stages_recorded", Value::Int(recorded.0.into())));
        if found.is_none() {
            fields.push(("person_id", Value::Int(person)));
            fields.push(("opened_at", Value::Int(first_known.map_or(self.context.now, |at| at.0))));
            fields.push(("stage", Value::Text(Stage::Lead.key().to_owned())));
        } else {
            // Found by its own key, the lead's record is right about its start, unless the Agreement judged it earlier; an open pass found
            // by its person began when it did.
            let by_key = self.keys.find_record(Noun::Lead, &intake.keys).is_some();
            let began = found.filter(|_| by_key).and_then(|id| self.judged_from(id));
            let opened_at = intake.opened_at.filter(|_| by_key).map(|at| began.map_or(at, |began| at.min(began)));
            fields.push(("opened_at", instant(opened_at)));
        }
        let (id, mut change) = self.make_or_set(&schema::LEADS, found, fields);
        if change == Change::Created {
            self.leads_of.entry(person).or_default().push(id);
            if !intake.stages.iter().any(|entry| entry.stage == Stage::Lead) {
                self.enter_stage(id, Stage::Lead, first_known, None, None);
            }
        }
        for (StageEntry { stage, at, reason, .. }, actor) in stages {
            if self.enter_stage(id, *stage, *at, reason.as_deref(), actor) && change == Change::Unchanged {
                change = Change::Updated;
            }
        }
        if self.settle_stage(id) && change == Change::Unchanged {
            change = Change::Updated;
        }
        let change = self.set_custom(&schema::LEADS, id, &intake.custom, change);
        Ok((id, self.learn(Noun::Lead, &intake.keys, id, change)))
    }

    /// The first instant at which the Agreement's criteria put this pass into a stage.
    fn judged_from(&self, lead: i64) -> Option<Instant> {
        let value = |id: &i64, column: &str| self.rows.value(&schema::TRANSITIONS, *id, column).cloned();
        let judged = self.transitions_of.get(&lead)?.iter().filter(|id| value(id, "made_by").is_some_and(|made| !made.is_null()));
        judged.filter_map(|id| value(id, "at")?.as_int()).min().map(Instant)
    }

    /// The pass that a lead without a known key of its own means: the person's open one, or a closed one that began at the same instant.
    /// A pass that has another id in the same system is a different one.
    fn pass_of(&self, person: i64, intake: &LeadIntake) -> Option<i64> {
        let opened_at = |id: i64| self.rows.value(&schema::LEADS, id, "opened_at").and_then(Value::as_int);
        let is_open = |id: i64| {
            let stage = self.rows.value(&schema::LEADS, id, "stage").and_then(Value::as_text).and_then(Stage::parse);
            stage.is_some_and(|stage| !stage.is_terminal())
        };
        let leads = self.leads_of.get(&person)?.iter().rev().copied().filter(|id| self.keys.may_take(Noun::Lead, *id, &intake.keys));
        let leads: Vec<i64> = leads.collect();
        let find = |fits: &dyn Fn(i64) -> bool| leads.iter().copied().find(|id| fits(*id));
        match intake.opened_at {
            // A row that says when it began is that pass, or goes on with the open one that had begun by then.
            Some(at) => {
                let same = if intake.keys.is_empty() { find(&|id| opened_at(id) == Some(at.0)) } else { None };
                same.or_else(|| find(&|id| is_open(id) && opened_at(id).is_some_and(|opened| opened <= at.0)))
            }
            None if intake.keys.is_empty() => find(&is_open).or_else(|| leads.first().copied()),
            None => find(&is_open),
        }
    }

    /// Adds the transition, or learns the instant or reason of one that is there; says whether anything changed. What the Agreement judged
    /// stands as it is, beside what the source says.
    pub(super) fn enter_stage(&mut self, lead: i64, stage: Stage, at: Option<Instant>, reason: Option<&str>, actor: Option<i64>) -> bool {
        let known = self.transitions_of.get(&lead).and_then(|ids| {
            let text = |id: i64, column: &str| self.rows.value(&schema::TRANSITIONS, id, column).and_then(Value::as_text);
            let goes_back = |id: i64| self.rows.value(&schema::TRANSITIONS, id, "goes_back").is_some_and(|mark| !mark.is_null());
            ids.iter()
                .copied()
                .find(|id| text(*id, "stage") == Some(stage.key()) && text(*id, "made_by") != Some("agreement") && !goes_back(*id))
        });
        if let Some(id) = known {
            let mut changed = at.is_some_and(|at| self.rows.set(&schema::TRANSITIONS, id, "at", Value::Int(at.0)));
            if reason.is_some() {
                changed |= self.rows.set(&schema::TRANSITIONS, id, "reason", Value::text(reason));
            }
            if changed {
                self.aftermath.leads.insert(lead);
            }
            return changed;
        }
        let fields = vec![
            ("lead_id", Value::Int(lead)),
            ("stage", Value::Text(stage.key().to_owned())),
            ("at", instant(at)),
            ("agreement_version", Value::Int(self.context.agreement_version(at))),
            ("actor_id", Value::int(actor)),
            ("reason", Value::text(reason)),
        ];
        let id = self.rows.make(&schema::TRANSITIONS, &self.context, fields);
        self.transitions_of.entry(lead).or_default().push(id);
        self.aftermath.leads.insert(lead);
        true
    }

    pub(super) fn has_stage(&self, lead: i64, stage: Stage) -> bool {
        self.transitions_of
            .get(&lead)
            .into_iter()
            .flatten()
            .any(|id| self.rows.value(&schema::TRANSITIONS, *id, "stage").and_then(Value::as_text) == Some(stage.key()))
    }

    /// Sets the lead's stage to where its transitions have brought it; says whether that changed it.
    pub(super) fn settle_stage(&mut self, lead: i64) -> bool {
        let int = |id: i64, column: &str| self.rows.value(&schema::TRANSITIONS, id, column).and_then(Value::as_int);
        let entry = |id: &i64| {
            let stage = Stage::parse(self.rows.value(&schema::TRANSITIONS, *id, "stage")?.as_text()?)?;
            Some(Entry { stage, at: int(*id, "at").map(Instant), goes_back: int(*id, "goes_back") == Some(1) })
        };
        let entries: Vec<Entry> = self.transitions_of.get(&lead).into_iter().flatten().filter_map(entry).collect();
        let Some((stage, at)) = standing(&entries) else { return false };
        let changed = self.rows.set(&schema::LEADS, lead, "stage", Value::Text(stage.key().to_owned()));
        self.rows.set(&schema::LEADS, lead, "stage_at", instant(at)) || changed
    }
}
