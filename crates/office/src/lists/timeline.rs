//! The history of a record: both teams' work in one line, newest first, each moment in the colour of the team whose work it was.

use alignment::{
    Instant,
    lifecycle::{DealStage, Side, Stage},
    touch::{ActivityKind, TouchKind},
};
use facts::{
    ReadTx,
    list::{Page, Turn},
    timeline::{self, Moment, Subject},
};

use crate::{
    leads::pages::side_key,
    ui::{Frame, format, known},
    web::AppError,
};

/// Moments on a page.
const SHOWN: usize = 50;

pub struct TimelineView {
    pub moments: Vec<MomentView>,
    /// Address of what came before.
    pub earlier: Option<String>,
    /// Address of the newest, where this is not it.
    pub newest: Option<String>,
}

pub struct MomentView {
    /// Said before the first moment of each month.
    pub month: Option<String>,
    pub side: &'static str,
    pub time: String,
    pub words: String,
    pub detail: String,
    pub note: Option<String>,
    /// (address, name)
    pub who: Option<(String, String)>,
}

/// `path` is the record's page; `before` is the cursor in its address.
pub async fn of(tx: &mut ReadTx, frame: &Frame, subject: Subject, path: &str, before: Option<&str>) -> Result<TimelineView, AppError> {
    let before = before.filter(|cursor| !cursor.is_empty());
    let page: Page<Moment> = timeline::of(tx, subject, Turn { cursor: before, limit: SHOWN }).await?;
    let mut month = String::new();
    let shows_people = !matches!(subject, Subject::Person(_) | Subject::Lead(_));
    let view = |moment: Moment| {
        let this = format::month(Instant(moment.at), &frame.zone);
        let heading = (this != month).then(|| this.clone());
        month = this;
        moment_view(moment, frame, heading, shows_people)
    };
    let moments = page.items.into_iter().map(view).collect();
    let earlier = page.next.map(|cursor| format!("{path}?before={cursor}#history"));
    Ok(TimelineView { moments, earlier, newest: before.map(|_| format!("{path}#history")) })
}

fn moment_view(moment: Moment, frame: &Frame, month: Option<String>, shows_people: bool) -> MomentView {
    let (side, words) = told(&moment, frame);
    let parts = [
        moment.content_title.clone().map(|title| format!("“{title}”")),
        moment.words.clone().filter(|_| moment.what == "activity"),
        moment.campaign_name.clone().map(|name| format!("campaign {name}")),
        moment.channel.as_deref().map(|channel| format!("by {}", known::within(channel))),
        moment.outcome.as_deref().map(|outcome| format!("outcome: {}", known::within(outcome))),
        moment.user_name.clone(),
        moment.agreement_version.map(|version| format!("Agreement v{version}")),
    ];
    let who = match (moment.person_id, shows_people) {
        (Some(id), true) => Some((format!("/people/{id}"), moment.person_name.unwrap_or_else(|| format!("Person {id}")))),
        _ => None,
    };
    MomentView {
        month,
        side: side_key(side),
        time: frame.date_time(Instant(moment.at)),
        words,
        detail: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        note: moment.note,
        who,
    }
}

fn told(moment: &Moment, frame: &Frame) -> (Side, String) {
    match moment.what.as_str() {
        "touch" => {
            let kind = TouchKind::parse(&moment.kind).unwrap_or(TouchKind::Other);
            (kind.side(), kind.words().to_owned())
        }
        "activity" => {
            let kind = ActivityKind::parse(&moment.kind).unwrap_or(ActivityKind::Note);
            (kind.side(), kind.words().to_owned())
        }
        "stage" => {
            let stage = Stage::parse(&moment.kind).unwrap_or(Stage::Lead);
            let reason = moment.words.as_deref().map(|key| frame.agreement.agreement.reason_name(key).unwrap_or(key));
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            let verb = if moment.goes_back == 1 { "Taken back to" } else { "Became" };
            (stage.definition().owner, format!("{verb} {}{reason}", stage.name()))
        }
        _ => {
            let stage = DealStage::parse(&moment.kind).unwrap_or(DealStage::Discovery);
            let name = moment.deal_name.as_deref().unwrap_or("Deal");
            let reason = moment.words.as_deref().map(|key| frame.agreement.agreement.reason_name(key).unwrap_or(key));
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            let side = if stage == DealStage::Won { Side::Success } else { Side::Sales };
            (side, format!("{name} moved to {}{reason}", stage.name()))
        }
    }
}
