//! Activity filters, made ready to mark touches. Each attribute of a touch has its own marks, and what all of them let pass counts, so
//! that whoever judges many touches can look up the marks of each attribute by its code.

use super::{FILTERS_MAX, Judge, Marks, Traits, folded, has_part, is};
use crate::{agreement::ActivityFilter, touch::TouchKind};

/// A filter with its texts folded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filter(ActivityFilter);

impl Filter {
    pub fn of(written: &ActivityFilter) -> Filter {
        let text = |text: &Option<String>| text.as_deref().map(folded).filter(|text| !text.is_empty());
        let mut activity = written.activity.clone();
        activity.sort();
        activity.dedup();
        Filter(ActivityFilter {
            activity,
            channel: text(&written.channel),
            source: text(&written.source),
            campaign: text(&written.campaign),
            content: text(&written.content),
            content_kind: text(&written.content_kind),
        })
    }
}

impl Judge {
    pub fn marks(&self, traits: &Traits) -> Marks {
        let mut marks = self.kind_marks(traits.kind);
        if marks.any() {
            marks = marks.and(self.channel_marks(traits.channel)).and(self.source_marks(traits.source));
            marks = marks.and(self.campaign_marks(traits.campaign)).and(self.content_marks(traits.content));
            marks = marks.and(self.content_kind_marks(traits.content_kind));
        }
        marks
    }

    pub fn kind_marks(&self, kind: TouchKind) -> Marks {
        self.marks_where(|filter| filter.activity.is_empty() || filter.activity.contains(&kind))
    }

    pub fn channel_marks(&self, channel: Option<&str>) -> Marks {
        self.marks_where(|filter| passes(&filter.channel, channel, is))
    }

    pub fn source_marks(&self, source: Option<&str>) -> Marks {
        self.marks_where(|filter| passes(&filter.source, source, is))
    }

    pub fn campaign_marks(&self, name: Option<&str>) -> Marks {
        self.marks_where(|filter| passes(&filter.campaign, name, is))
    }

    pub fn content_marks(&self, title: Option<&str>) -> Marks {
        self.marks_where(|filter| passes(&filter.content, title, has_part))
    }

    pub fn content_kind_marks(&self, kind: Option<&str>) -> Marks {
        self.marks_where(|filter| passes(&filter.content_kind, kind, is))
    }

    fn marks_where(&self, passes: impl Fn(&ActivityFilter) -> bool) -> Marks {
        let passing = self.filters.iter().take(FILTERS_MAX).enumerate().filter(|(_, filter)| passes(&filter.0));
        Marks(passing.fold(0, |marks, (index, _)| marks | 1 << index))
    }
}

fn passes(asked: &Option<String>, found: Option<&str>, test: impl Fn(&str, &str) -> bool) -> bool {
    asked.as_deref().is_none_or(|asked| found.is_some_and(|found| test(found, asked)))
}
