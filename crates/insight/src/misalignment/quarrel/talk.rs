//! "We never talk."

use alignment::rate::Rate;

use super::{
    Point, Quarrel, Remedy, Speaks, below,
    case::{Case, where_it_is},
    points::{REASON_GIVEN, REJECTED_WITHOUT_REASON},
    verdict,
};
use crate::answer::Team;

/// What of talking stands in the record beside the leads; counted by whoever asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    /// Stretches of the period in which marketing owed a look at what sales said, and those in which it looked.
    pub reviews: Rate,
    /// Questions about leads, asked at least two days ago, and those of them that were answered.
    pub questions: Rate,
    /// Objections to rejections, made at least seven days ago, and those of them that were decided.
    pub appeals: Rate,
}

pub fn quarrel(case: &Case) -> Quarrel {
    let talk = case.lookout.talk;
    let of_office = |point: Point| Point { has_rows: false, ..point };
    let few = |point: Point| {
        // Weeks and questions are few: from four on they are read as they are.
        let speaks = match (point.n, point.value) {
            (4.., Some(value)) if value < point.limit => Speaks::For,
            (4.., Some(_)) => Speaks::Against,
            _ => Speaks::Unknown,
        };
        Point { speaks, ..point }
    };
    let mut points = vec![
        few(of_office(below(
            "reviews_kept",
            "Times in which marketing owed a look at what sales said of its leads, and looked.",
            talk.reviews,
            0.5,
        ))),
        below(REASON_GIVEN.key, REASON_GIVEN.words, case.rate(&REASON_GIVEN), REASON_GIVEN.limit),
        few(of_office(below(
            "questions_answered",
            "Questions about leads, asked at least two days ago, that were answered.",
            talk.questions,
            0.8,
        ))),
        few(of_office(below(
            "appeals_decided",
            "Objections to rejections, made at least seven days ago, that were decided.",
            talk.appeals,
            0.8,
        ))),
    ];
    // Where nobody owed a look yet, the reasons decide.
    let decides = usize::from(points[0].speaks == Speaks::Unknown);
    points[decides].decides = true;
    points.swap(0, decides);
    let segments = case.segments(&REJECTED_WITHOUT_REASON, Some(0.2));
    Quarrel {
        key: "we_never_talk",
        name: "We never talk",
        said_by: Team::Both,
        verdict: verdict(&points, &segments),
        thresholds: "Supported where marketing looked through sales' feedback in fewer than half of the times it owed a look (where none was owed \
                     yet: where fewer than 80% of rejections carry a reason, the whole 95% interval); partly where reasons, answers to questions or \
                     decisions on objections are below 80%, or a region or owner gives no reason for more than 20%.",
        causes: where_it_is(&segments, "of rejected leads carry no reason"),
        remedies: vec![
            Remedy { words: "Look through this week's feedback together.", address: "/promises/feedback" },
            Remedy { words: "Answer the questions that are open at the desk.", address: "/handoff" },
            Remedy { words: "See which points of alignment are kept.", address: "/checklist" },
        ],
        points,
        segments,
        segments_of: REJECTED_WITHOUT_REASON.key,
    }
}
