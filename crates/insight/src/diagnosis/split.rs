//! What a number is split by.

use rayon::prelude::*;

use crate::{
    engine::{Context, Label, Segments},
    history::{History, Labels},
    question::Dimension,
    rows::Table,
};

/// A way to part the rows of a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    By(Dimension),
    /// Of rejections alone: why sales declined.
    Reason,
    /// Of deals alone: a piece that sales sent while the deal was open. A deal can have several, so that these overlap and don't sum.
    SentContent,
}

impl Split {
    /// `campaign`, `custom:<field key>`, ... as [`Dimension::parse`] has them, or `reason`, or `sent_content`.
    pub fn parse(text: &str) -> Option<Split> {
        match text {
            "reason" => Some(Split::Reason),
            "sent_content" => Some(Split::SentContent),
            other => Dimension::parse(other).map(Split::By),
        }
    }

    pub fn key(&self) -> String {
        match self {
            Split::By(dimension) => dimension.key(),
            Split::Reason => "reason".into(),
            Split::SentContent => "sent_content".into(),
        }
    }
}

/// A field with more values than this names rows rather than groups of them.
const CUSTOM_VALUES_MAX: usize = 20;
const CUSTOM_FIELDS_MAX: usize = 8;

/// All dimensions that this history can be looked at by.
pub fn dimensions(history: &History) -> Vec<Dimension> {
    use Dimension::*;
    let mut all = vec![Campaign, Source, Channel, Industry, Country, Owner, Content];
    let (companies, leads) = (&history.companies.custom, &history.leads.custom);
    let mut keys: Vec<&str> = companies.keys().chain(leads.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let values = |key: &str| [companies, leads].into_iter().filter_map(|custom| custom.field(key)).map(Labels::distinct).sum::<usize>();
    let few = keys.into_iter().filter(|key| (2..=CUSTOM_VALUES_MAX).contains(&values(key)));
    all.extend(few.take(CUSTOM_FIELDS_MAX).map(|key| Custom(key.to_owned())));
    all
}

/// The segments of all rows by each of some dimensions, at one instant.
pub struct Cuts {
    cuts: Vec<(Dimension, Segments)>,
    reasons: Option<Vec<u32>>,
    reason_labels: Vec<Label>,
}

impl Cuts {
    pub fn of(context: &Context, dimensions: &[Dimension], with_reasons: bool) -> Cuts {
        // Made before several threads wait for it.
        context.view.firsts();
        let cut = |dimension: &Dimension| (dimension.clone(), Segments::of(&context.view, dimension));
        let reasons = &context.history.transitions.reason;
        let name = |code: usize| Label { name: reasons.name(code as i32).map(str::to_owned), id: None };
        Cuts {
            cuts: dimensions.par_iter().map(cut).collect(),
            reasons: with_reasons.then(|| context.view.rejection_reasons().iter().map(|code| (code + 1) as u32).collect()),
            reason_labels: std::iter::once(Label { name: None, id: None }).chain((0..reasons.distinct()).map(name)).collect(),
        }
    }

    /// The segment of each row of a table. `None`: these rows can't be told apart so.
    pub fn places(&self, split: &Split, table: Table) -> Option<&[u32]> {
        match split {
            Split::Reason if table == Table::Leads => self.reasons.as_deref(),
            Split::By(dimension) => of_table(self.segments(dimension)?, table),
            _ => None,
        }
    }

    pub fn labels(&self, split: &Split) -> &[Label] {
        match split {
            Split::By(dimension) => self.segments(dimension).map_or(&[], |segments| &segments.labels),
            _ => &self.reason_labels,
        }
    }

    fn segments(&self, dimension: &Dimension) -> Option<&Segments> {
        self.cuts.iter().find(|(known, _)| known == dimension).map(|(_, segments)| segments)
    }
}

fn of_table(segments: &Segments, table: Table) -> Option<&[u32]> {
    match table {
        Table::Leads => Some(&segments.leads),
        Table::Deals => Some(&segments.deals),
        Table::Spend => segments.spend.as_deref(),
        Table::Clocks => Some(&segments.clocks),
        _ => None,
    }
}

/// For each deal the pieces (rows of `History::content`) that sales sent or showed while it was open: named by an activity on the deal,
/// or with one of its people between its opening and its end.
pub struct Sent {
    starts: Vec<u32>,
    pieces: Vec<u32>,
}

impl Sent {
    pub fn of(context: &Context) -> Sent {
        let (history, view) = (context.history, &context.view);
        let (activities, deals) = (&history.activities, &history.deals);
        let mut of_person: Vec<(i64, u32)> =
            (0..deals.len()).flat_map(|row| deals.people.get(row).iter().map(move |person| (*person, row as u32))).collect();
        of_person.sort_unstable();
        let was_open = |deal: usize, at| {
            let end = view.deals[deal].filter(|state| state.stage.is_some_and(|stage| stage.is_closed())).map(|state| state.counts_from);
            deals.opened_at.get(deal).is_none_or(|opened| opened <= at) && end.is_none_or(|end| at <= end)
        };
        let mut sent: Vec<(u32, u32)> = Vec::new();
        for row in 0..activities.len() {
            let at = activities.at.get(row);
            let piece = activities.content.get(row).filter(|_| view.counts(at, activities.recorded_at.get(row)));
            let Some(piece) = piece.and_then(|id| history.content.find(id)) else { continue };
            match activities.deal.get(row) {
                Some(deal) => sent.extend(deals.find(deal).filter(|deal| was_open(*deal, at)).map(|deal| (deal as u32, piece as u32))),
                None => {
                    let Some(person) = activities.person.get(row) else { continue };
                    let start = of_person.partition_point(|(known, _)| *known < person);
                    let of_them = of_person[start..].iter().take_while(|(known, _)| *known == person).map(|(_, deal)| *deal);
                    sent.extend(of_them.filter(|deal| was_open(*deal as usize, at)).map(|deal| (deal, piece as u32)));
                }
            }
        }
        sent.sort_unstable();
        sent.dedup();
        let starts = (0..=deals.len() as u32).map(|deal| sent.partition_point(|(known, _)| *known < deal) as u32).collect();
        Sent { starts, pieces: sent.into_iter().map(|(_, piece)| piece).collect() }
    }

    pub fn pieces_of(&self, deal: usize) -> &[u32] {
        &self.pieces[self.starts[deal] as usize..self.starts[deal + 1] as usize]
    }

    pub fn labels(history: &History) -> Vec<Label> {
        let label = |row: usize| Label { name: history.content.name.get(row).map(str::to_owned), id: Some(history.content.ids()[row]) };
        (0..history.content.len()).map(label).collect()
    }
}
