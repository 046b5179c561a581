//! The marks of any touch, by the codes of its attributes: each name is looked at once, however many touches have it.

use alignment::{
    judging::{Judge, Marks},
    touch::TouchKind,
};

use crate::history::{Held, History, Labels, NONE, Named};

pub(super) struct TouchMarks {
    kinds: [Marks; 256],
    /// By code + 1, so that the first is of those without; `None` where no filter asks.
    channels: Option<Vec<Marks>>,
    sources: Option<Vec<Marks>>,
    /// By row + 1.
    campaigns: Option<Vec<Marks>>,
    contents: Option<Vec<Marks>>,
}

impl TouchMarks {
    pub fn of(history: &History, judge: &Judge) -> TouchMarks {
        let all = judge.all_marks();
        let asked = |marks: Vec<Marks>| marks.iter().any(|marks| *marks != all).then_some(marks);
        let of_labels = |labels: &Labels, marks: &dyn Fn(Option<&str>) -> Marks| {
            asked((-1..labels.distinct() as i32).map(|code| marks(labels.name(code))).collect())
        };
        let of_named = |named: &Held<Named>, marks: &dyn Fn(Option<&str>, Option<&str>) -> Marks| {
            let rows = (0..named.len()).map(|row| marks(named.name.get(row), named.group.get(row)));
            asked(std::iter::once(marks(None, None)).chain(rows).collect())
        };
        let mut kinds = [Marks::default(); 256];
        TouchKind::ALL.iter().for_each(|kind| kinds[*kind as usize] = judge.kind_marks(*kind));
        TouchMarks {
            kinds,
            channels: of_labels(&history.touches.channel, &|name| judge.channel_marks(name)),
            sources: of_labels(&history.touches.source, &|name| judge.source_marks(name)),
            campaigns: of_named(&history.campaigns, &|name, _| judge.campaign_marks(name)),
            contents: of_named(&history.content, &|title, kind| judge.content_marks(title).and(judge.content_kind_marks(kind))),
        }
    }

    pub fn of_touch(&self, history: &History, row: usize) -> Marks {
        let touches = &history.touches;
        let mut marks = self.kinds[touches.kind.values()[row] as usize];
        if !marks.any() {
            return marks;
        }
        if let Some(of) = &self.channels {
            marks = marks.and(of[(touches.channel.codes()[row] + 1) as usize]);
        }
        if let Some(of) = &self.sources {
            marks = marks.and(of[(touches.source.codes()[row] + 1) as usize]);
        }
        if let Some(of) = &self.campaigns {
            marks = marks.and(of[place(&history.campaigns, touches.campaign.values()[row])]);
        }
        if let Some(of) = &self.contents {
            marks = marks.and(of[place(&history.content, touches.content.values()[row])]);
        }
        marks
    }
}

fn place(named: &Held<Named>, id: i64) -> usize {
    if id == NONE { 0 } else { named.find(id).map_or(0, |row| row + 1) }
}
