//! What may be done with a lead in each stage: the one table that verbs ask and pages show buttons by.

use alignment::lifecycle::Stage;

use crate::web::AppError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Accept,
    Reject,
    Recycle,
    Attempt,
    Ask,
    Assign,
    Confirm,
    Qualify,
    MakeReady,
    OpenDeal,
    Lose,
    /// Back to an earlier stage.
    Return,
    Appeal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// It was done before: a retry changes nothing.
    Done,
    /// Not now; the words say what to do first.
    No(&'static str),
}

const OVER: Standing = Standing::No("this pass is over; the next signal that qualifies opens a new one");
const NOT_HANDED_OVER: Standing = Standing::No("marketing has not handed it over yet: it is no MQL");
const ACCEPT_FIRST: Standing = Standing::No("accept it first");

impl Step {
    pub const ALL: [Step; 13] = [
        Step::Accept,
        Step::Reject,
        Step::Recycle,
        Step::Attempt,
        Step::Ask,
        Step::Assign,
        Step::Confirm,
        Step::Qualify,
        Step::MakeReady,
        Step::OpenDeal,
        Step::Lose,
        Step::Return,
        Step::Appeal,
    ];

    pub fn standing(self, stage: Stage) -> Standing {
        use Stage::*;
        use Standing::{Done, No, Open};
        match (self, stage) {
            (Step::Accept, Sal | Sql | SalesReady | Opportunity | Customer) => Done,
            (Step::Reject, Rejected) | (Step::Recycle, Recycled) | (Step::Lose, Lost) => Done,
            (Step::Qualify, Sql | SalesReady | Opportunity | Customer) => Done,
            (Step::MakeReady, SalesReady | Opportunity | Customer) => Done,
            (Step::OpenDeal, Opportunity | Customer) => Done,
            (Step::Appeal, Rejected) => Open,
            (Step::Appeal, _) => No("only a rejection can be appealed"),
            (_, Customer | Rejected | Recycled | Lost) => OVER,
            (Step::Assign, _) => Open,
            (_, Lead) => NOT_HANDED_OVER,
            (Step::Accept, Mql) => Open,
            (Step::Reject, Mql | Sal) => Open,
            (Step::Reject, _) => No("it is qualified: send it back to nurture, or mark it lost"),
            (Step::Recycle, Opportunity) => No("a deal is open: close it as lost"),
            (Step::Recycle | Step::Attempt | Step::Ask, _) => Open,
            (Step::Return, Mql) => No("the hand-off starts here: reject it, or send it back to nurture"),
            (Step::Return, _) => Open,
            (Step::Lose, Mql) => No("reject it, or send it back to nurture"),
            (Step::Confirm | Step::Qualify | Step::MakeReady | Step::OpenDeal, Mql) => ACCEPT_FIRST,
            (Step::Confirm, Sal | Sql | SalesReady) => Open,
            (Step::Confirm, _) => No("a deal is open: it is past its checklists"),
            (Step::Qualify, _) | (Step::Lose, _) => Open,
            (Step::MakeReady | Step::OpenDeal, Sal) => No("qualify it first"),
            (Step::MakeReady | Step::OpenDeal, _) => Open,
        }
    }

    /// Whether there is anything to do; a refusal says why not.
    pub fn check(self, lead: i64, stage: Stage) -> Result<bool, AppError> {
        match self.standing(stage) {
            Standing::Open => Ok(true),
            Standing::Done => Ok(false),
            Standing::No(words) => Err(AppError::Conflict(format!("lead {lead} is {}: {words}", stage.name()))),
        }
    }
}
