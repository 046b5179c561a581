//! All that one should know of a lead before deciding about it, on one screen.

use alignment::{
    Instant,
    agreement::{Agreement, ReasonFor},
    lifecycle::{DealStage, Stage},
};
use facts::{
    Connection, ReadTx,
    deals::DealRow,
    handoff::{
        self, AppealRow, ConfirmationRow, QuestionRow,
        story::{self, CompanyRow, DealBesideRow, PassRow},
    },
    leads::{self, LeadRow, TransitionRow},
    timeline::Subject,
};

use super::{
    Acting, Standing, Step, due, rights,
    undo::{self, Offer},
    why::{self, Why},
};
use crate::{
    leads::pages::{side_key, side_name},
    lists::timeline::{self, TimelineView},
    ui::{Frame, format},
    web::AppError,
};

pub struct Story {
    pub lead: LeadRow,
    pub name: String,
    pub stage: Stage,
    pub side: &'static str,
    pub owned: String,
    pub company: Option<CompanyRow>,
    pub clocks: Vec<due::ClockView>,
    /// Why it came to its owner.
    pub routed: Option<String>,
    pub first_seen: Option<String>,
    pub why: Option<Why>,
    pub passes: Vec<PassView>,
    pub similar: Vec<DealView>,
    pub open_deals: Vec<DealView>,
    pub deal: Option<DealView>,
    pub checklists: Vec<Checklist>,
    pub questions: Vec<QuestionRow>,
    pub asking: Option<QuestionRow>,
    pub appeal: Option<AppealRow>,
    pub attempts: usize,
    pub attempts_min: u32,
    /// When a lead that was sent back is to be looked at again.
    pub returns: Option<String>,
    pub timeline: TimelineView,
    pub undo: Option<Offer>,
    pub may: May,
    pub may_answer: bool,
    pub may_appeal: bool,
    pub may_decide: bool,
}

/// What the one who looks may do now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    pub accept: bool,
    pub reject: bool,
    pub recycle: bool,
    pub attempt: bool,
    pub ask: bool,
    pub confirm: bool,
    pub qualify: bool,
    pub make_ready: bool,
    pub open_deal: bool,
    pub lose: bool,
    pub go_back: bool,
}

pub struct PassView {
    pub id: i64,
    pub words: String,
}

pub struct DealView {
    pub id: i64,
    pub name: String,
    pub amount: String,
    pub detail: String,
}

pub struct Checklist {
    pub stage: &'static str,
    pub name: &'static str,
    pub items: Vec<Item>,
    pub whole: bool,
}

pub struct Item {
    pub name: String,
    /// By whom and when.
    pub confirmed: Option<String>,
}

impl Story {
    /// (key, name) of the stages that it can be taken back to.
    pub fn earlier_stages(&self) -> Vec<(&'static str, &'static str)> {
        super::go_back::earlier_stages(self.stage).into_iter().map(|stage| (stage.key(), stage.name())).collect()
    }
}

impl May {
    pub fn of(stage: Stage, reviews: bool) -> May {
        let open = |step: Step| reviews && step.standing(stage) == Standing::Open;
        May {
            accept: open(Step::Accept),
            reject: open(Step::Reject),
            recycle: open(Step::Recycle),
            attempt: open(Step::Attempt),
            ask: open(Step::Ask),
            confirm: open(Step::Confirm),
            qualify: open(Step::Qualify),
            make_ready: open(Step::MakeReady),
            open_deal: open(Step::OpenDeal),
            lose: open(Step::Lose),
            go_back: open(Step::Return),
        }
    }
}

pub async fn of(tx: &mut ReadTx, frame: &Frame, acting: &Acting, id: i64, before: Option<&str>) -> Result<Story, AppError> {
    let lead = leads::one(tx.conn(), id).await?;
    let stage = Stage::parse(&lead.stage).unwrap_or(Stage::Lead);
    let timeline = timeline::of(tx, frame, Subject::Lead(id), &format!("/handoff/{id}"), before).await?;
    let connection = tx.conn();
    let transitions = leads::transitions(connection, id).await?;
    let (company, similar, open_deals) = beside(connection, frame, &lead).await?;
    let confirmed = handoff::confirmations(connection, id).await?;
    let questions = handoff::questions(connection, id).await?;
    let clocks = facts::clocks::running_of(connection, &[id]).await?;
    let accepted_at = entered_at(&transitions, Stage::Sal).unwrap_or(lead.opened_at);
    let agreement = acting.agreement();
    let role = frame.actor.role;
    let asking = questions.iter().find(|question| question.answered_at.is_none()).cloned();
    let appeal = handoff::appeal_of(connection, id).await?;
    Ok(Story {
        name: lead.person_name.clone().or_else(|| lead.person_email.clone()).unwrap_or_else(|| format!("Person {}", lead.person_id)),
        side: side_key(stage.definition().owner),
        owned: owned(stage),
        clocks: clocks.iter().map(|clock| due::view(clock, &acting.versions, frame)).collect(),
        routed: facts::routing::assignment_of(connection, id).await?.map(|row| row.reason),
        first_seen: first_seen(connection, frame, lead.person_id).await?,
        why: why::of(connection, frame, &acting.versions, lead.person_id, &transitions).await?,
        passes: story::other_passes(connection, id, lead.person_id).await?.into_iter().map(|pass| pass_view(pass, frame)).collect(),
        deal: deal(connection, frame, id).await?,
        checklists: checklists(agreement, stage, &confirmed, frame),
        attempts: story::attempts(connection, lead.person_id, accepted_at).await?.len(),
        attempts_min: agreement.promises.attempts_min,
        undo: undo::offered(connection, acting, id).await?,
        returns: handoff::return_of(connection, id).await?.map(|(_, at)| frame.date(Instant(at))),
        may: May::of(stage, rights::reviews(role, agreement)),
        may_answer: rights::answers(role) && asking.is_some(),
        may_appeal: rights::answers(role) && stage == Stage::Rejected && appeal.is_none(),
        may_decide: appeal.as_ref().is_some_and(|appeal| appeal.decision.is_none()) && rights::decides(connection, &frame.actor).await?,
        lead,
        stage,
        company,
        similar,
        open_deals,
        questions,
        asking,
        appeal,
        timeline,
    })
}

/// The Agreement's reasons for a way out, as (key, name).
pub fn reasons(agreement: &Agreement, reason_for: ReasonFor) -> Vec<(String, String)> {
    let of = agreement.reasons.iter().filter(|reason| reason.reason_for == reason_for);
    of.map(|reason| (reason.key.clone(), reason.name.clone())).collect()
}

/// Employees by which companies are called alike: (first, first of the next band).
fn size_band(employees: i64) -> (i64, i64) {
    const STEPS: [i64; 7] = [0, 10, 50, 200, 1_000, 5_000, 20_000];
    let index = STEPS.partition_point(|step| *step <= employees.max(0)) - 1;
    (STEPS[index], STEPS.get(index + 1).copied().unwrap_or(i64::MAX))
}

async fn beside(
    connection: &mut Connection,
    frame: &Frame,
    lead: &LeadRow,
) -> Result<(Option<CompanyRow>, Vec<DealView>, Vec<DealView>), AppError> {
    let Some(id) = lead.company_id else { return Ok((None, Vec::new(), Vec::new())) };
    let company = story::company(connection, id).await?;
    let open = story::open_deals(connection, id).await?;
    let similar = match company.as_ref().and_then(|company| Some((company.industry.clone()?, company.employees))) {
        Some((industry, employees)) => story::similar_won(connection, id, &industry, employees.map(size_band)).await?,
        None => Vec::new(),
    };
    let views = |deals: Vec<DealBesideRow>| deals.into_iter().map(|deal| deal_view(deal, frame)).collect();
    Ok((company, views(similar), views(open)))
}

async fn deal(connection: &mut Connection, frame: &Frame, lead: i64) -> Result<Option<DealView>, AppError> {
    let Some(id) = handoff::deal_of(connection, lead).await? else { return Ok(None) };
    let deal: DealRow = facts::deals::one(connection, id).await?;
    Ok(Some(deal_view(
        DealBesideRow {
            id,
            name: deal.name,
            company_name: deal.company_name,
            stage: deal.stage,
            amount_minor: deal.amount_minor,
            amount_currency: deal.amount_currency,
            opened_at: deal.opened_at,
            stage_at: deal.stage_at,
            people: deal.people,
        },
        frame,
    )))
}

fn deal_view(deal: DealBesideRow, frame: &Frame) -> DealView {
    let stage = DealStage::parse(&deal.stage).map_or("Unknown", DealStage::name);
    let name = deal.name.or(deal.company_name.clone()).unwrap_or_else(|| format!("Deal {}", deal.id));
    let company = deal.company_name.filter(|company| !name.contains(company.as_str()));
    let took = deal.opened_at.zip(deal.stage_at).filter(|(from, to)| to > from && deal.stage == DealStage::Won.key());
    let parts = [
        company,
        Some(match deal.stage_at {
            Some(at) => format!("{stage} {}", frame.date(Instant(at))),
            None => stage.to_owned(),
        }),
        took.map(|(from, to)| format!("{} days", super::marketing::days_between(from, to))),
        (deal.people > 0).then(|| format::plural(deal.people as u64, "person", "people")),
    ];
    DealView {
        id: deal.id,
        name,
        amount: format::money_or_none(crate::deals::pages::money_of(deal.amount_minor, deal.amount_currency.as_deref())),
        detail: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

fn pass_view(pass: PassRow, frame: &Frame) -> PassView {
    let stage = Stage::parse(&pass.stage).unwrap_or(Stage::Lead).name();
    let reason = pass.reason.as_deref().map(|key| frame.agreement.agreement.reason_name(key).unwrap_or(key));
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let when = pass.stage_at.map(|at| format!(", {}", frame.date(Instant(at)))).unwrap_or_default();
    PassView { id: pass.id, words: format!("Began {}, {stage}{reason}{when}", frame.date(Instant(pass.opened_at))) }
}

fn owned(stage: Stage) -> String {
    match stage {
        Stage::Mql => "Marketing’s until you accept".into(),
        other => match side_name(other.definition().owner) {
            name if name.ends_with('s') => format!("{name}’"),
            name => format!("{name}’s"),
        },
    }
}

fn entered_at(transitions: &[TransitionRow], stage: Stage) -> Option<i64> {
    transitions.iter().find(|transition| transition.stage == stage.key()).and_then(|transition| transition.at)
}

async fn first_seen(connection: &mut Connection, frame: &Frame, person: i64) -> Result<Option<String>, AppError> {
    let first = story::first_touch(connection, person).await?;
    Ok(first.map(|(kind, at, title)| {
        let kind = alignment::touch::TouchKind::parse(&kind).map_or("Touch", |kind| kind.words());
        let title = title.map(|title| format!(" “{title}”")).unwrap_or_default();
        format!("{kind}{title}, {}", frame.date(Instant(at)))
    }))
}

/// Those of the stages that are still ahead or just entered; none before the lead is accepted.
fn checklists(agreement: &Agreement, stands: Stage, confirmed: &[ConfirmationRow], frame: &Frame) -> Vec<Checklist> {
    if stands.is_terminal() || stands < Stage::Sal {
        return Vec::new();
    }
    let checklist = |stage: Stage| {
        let items = agreement.clause(stage).map(|clause| clause.checklist.clone()).unwrap_or_default();
        let item = |name: String| {
            let row = confirmed.iter().find(|row| row.stage == stage.key() && row.item == name);
            let confirmed = row.map(|row| {
                let who = row.user_name.as_deref().map(|name| format!("{name}, ")).unwrap_or_default();
                format!("{who}{}", frame.date_time(Instant(row.at)))
            });
            Item { name, confirmed }
        };
        let items: Vec<Item> = items.into_iter().map(item).collect();
        let whole = items.iter().all(|item| item.confirmed.is_some());
        Checklist { stage: stage.key(), name: stage.name(), items, whole }
    };
    [Stage::Sql, Stage::SalesReady].into_iter().map(checklist).filter(|list| !list.items.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companies_are_alike_by_size() {
        for (employees, expected) in [(0, (0, 10)), (9, (0, 10)), (50, (50, 200)), (420, (200, 1_000)), (90_000, (20_000, i64::MAX))] {
            assert_eq!(size_band(employees), expected, "{employees}");
        }
    }
}
