//! The calendar months of a question, in its zone.

use alignment::{Instant, instant::MICROS_PER_DAY};
use jiff::{ToSpan, Zoned, tz::TimeZone};

use crate::question::{Period, Question};

/// Points of a trend at most.
const SHOWN_MAX: usize = 24;
/// Years that a period without bounds may span before its months are no longer walked through.
const MONTHS_MAX: usize = 12 * 200;

/// Months that the period touches, as far as there are data.
#[derive(Clone, Debug, PartialEq)]
pub struct Months {
    /// First instant of each month, and the first one after the last.
    bounds: Vec<Instant>,
    /// The first month of a trend: it shows the last ones, sums take all.
    shown_from: usize,
    /// The month in which each day begins, days counted from the first bound: a look at a list instead of a search for each row.
    of_days: Vec<u16>,
    /// The months that lie wholly inside the period, from the first to the end of the last, and their number.
    pub whole: Option<(Period, u32)>,
    /// The last two of them, if there are two.
    pub last_two: Option<(Period, Instant)>,
}

impl Months {
    /// `data`: first and last instant of anything that counts; it stands in for a bound that the period doesn't have.
    pub fn of(question: &Question, data: Option<(Instant, Instant)>) -> Months {
        let none = Months { bounds: Vec::new(), shown_from: 0, of_days: Vec::new(), whole: None, last_two: None };
        let Some((first, last)) = data else { return none };
        let open_start = question.period.from == Instant::MIN;
        let from = if open_start { first } else { question.period.from };
        let end = question.period.to.min(question.as_of.plus_micros(1));
        let to = if question.period.to == Instant::MAX { end.min(last.plus_micros(1)) } else { end };
        if from >= to {
            return none;
        }
        let bounds = bounds(from, to, &question.zone);
        // An open start is that of the first month; an open end still needs the month to be over.
        let is_whole = |month: &[Instant]| (open_start || month[0] >= from) && month[1] <= end;
        let whole: Vec<&[Instant]> = bounds.windows(2).filter(|month| is_whole(month)).collect();
        let span = |months: &[&[Instant]]| Some(Period { from: months.first()?[0], to: months.last()?[1] });
        let last_two = whole.len().checked_sub(2).and_then(|start| Some((span(&whole[start..])?, whole[start + 1][0])));
        let shown_from = bounds.len().saturating_sub(SHOWN_MAX + 1);
        let whole = span(&whole).map(|period| (period, whole.len() as u32));
        Months { of_days: of_days(&bounds), bounds, shown_from, whole, last_two }
    }

    /// Months of a trend.
    pub fn shown(&self) -> std::ops::Range<usize> {
        self.shown_from..self.len()
    }

    /// The place of an instant in a trend.
    pub fn shown_index_of(&self, at: Instant) -> Option<usize> {
        self.index_of(at)?.checked_sub(self.shown_from)
    }

    pub fn len(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn start(&self, index: usize) -> Instant {
        self.bounds[index]
    }

    pub fn end(&self, index: usize) -> Instant {
        self.bounds[index + 1]
    }

    pub fn is_whole(&self, index: usize) -> bool {
        self.whole.is_some_and(|(period, _)| period.from <= self.start(index) && self.end(index) <= period.to)
    }

    pub fn index_of(&self, at: Instant) -> Option<usize> {
        let (first, last) = (*self.bounds.first()?, *self.bounds.last()?);
        if at < first || at >= last {
            return None;
        }
        let month = usize::from(self.of_days[((at.0 - first.0) / MICROS_PER_DAY) as usize]);
        // No month is shorter than a day, so at most one begins within it.
        Some(month + usize::from(at >= self.bounds[month + 1]))
    }
}

fn of_days(bounds: &[Instant]) -> Vec<u16> {
    let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else { return Vec::new() };
    let days = (last.0 - first.0 + MICROS_PER_DAY - 1) / MICROS_PER_DAY;
    let month = |day: i64| bounds.partition_point(|start| start.0 <= first.0 + day * MICROS_PER_DAY) - 1;
    (0..days).map(|day| month(day) as u16).collect()
}

fn bounds(from: Instant, to: Instant, zone: &TimeZone) -> Vec<Instant> {
    let start = |month: &Zoned| month.start_of_day().ok().map(|day| Instant::from_timestamp(day.timestamp()));
    let mut bounds = Vec::new();
    let mut month = from.in_zone(zone).first_of_month().ok();
    while let Some(this) = month
        && let Some(at) = start(&this)
        && bounds.len() < MONTHS_MAX
    {
        bounds.push(at);
        if at >= to {
            break;
        }
        month = this.checked_add(1.month()).ok();
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{day, question};

    fn months(from: Option<f64>, to: Option<f64>, as_of: f64, data: (f64, f64)) -> (Vec<String>, Option<u32>, Option<String>) {
        let mut question = question();
        question.as_of = day(as_of);
        question.period = Period { from: from.map_or(Instant::MIN, day), to: to.map_or(Instant::MAX, day) };
        let months = Months::of(&question, Some((day(data.0), day(data.1))));
        let starts = (0..months.len()).map(|index| months.start(index).to_string()[..7].to_owned()).collect();
        (starts, months.whole.map(|(_, count)| count), months.last_two.map(|(period, _)| period.from.to_string()[..7].to_owned()))
    }

    #[test]
    fn months_of_a_period() {
        let text = |months: &[&str]| months.iter().map(|month| month.to_string()).collect::<Vec<_>>();
        let three = text(&["2026-01", "2026-02", "2026-03"]);
        assert_eq!(months(None, None, 500.0, (3.0, 65.0)), (three.clone(), Some(3), Some("2026-02".into())));
        assert_eq!(months(None, None, 65.0, (3.0, 65.0)), (three.clone(), Some(2), Some("2026-01".into())));
        assert_eq!(months(Some(3.0), Some(65.0), 500.0, (0.0, 400.0)), (three.clone(), Some(1), None));
        assert_eq!(months(Some(0.0), Some(90.0), 500.0, (40.0, 50.0)), (three, Some(3), Some("2026-02".into())));
        assert_eq!(months(Some(90.0), Some(120.0), 80.0, (0.0, 80.0)), (vec![], None, None));
    }

    #[test]
    fn a_trend_shows_the_last_months_and_sums_take_all() {
        let question = crate::question::Question { as_of: day(2000.0), ..question() };
        let months = Months::of(&question, Some((day(0.0), day(1500.0))));
        assert_eq!((months.len(), months.shown()), (50, 26..50));
        assert_eq!((months.index_of(day(3.0)), months.shown_index_of(day(3.0))), (Some(0), None));
        assert_eq!((months.index_of(day(1500.0)), months.shown_index_of(day(1500.0))), (Some(49), Some(SHOWN_MAX - 1)));
    }

    #[test]
    fn months_are_of_the_zone() {
        let mut question = question();
        question.zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let months = Months::of(&question, Some((day(0.0), day(40.0))));
        assert_eq!(months.start(0).to_string(), "2025-12-01T03:00:00Z");
        assert_eq!(months.index_of(day(0.0)), Some(0));
        assert_eq!(months.index_of(day(0.125)), Some(1));
        assert_eq!(months.index_of(day(-40.0)), None);
        // Across the change of the clocks, at every end of a month.
        question.zone = TimeZone::get("Europe/Lisbon").unwrap();
        let months = Months::of(&question, Some((day(0.0), day(400.0))));
        for month in 0..months.len() {
            assert_eq!(months.index_of(months.start(month)), Some(month));
            assert_eq!(months.index_of(months.end(month).plus_micros(-1)), Some(month));
        }
        assert_eq!(months.index_of(months.end(months.len() - 1)), None);
    }
}
