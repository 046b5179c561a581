//! The forecast as a fan: the months that were, and the bands of those to come.

use alignment::{Currency, Money};
use insight::{
    forecast::{ForecastAnswer, MonthAhead, PastMonth},
    question::Question,
};
use picture::{Fan, FanPoint, FanStep, Tone, Unit};

use crate::{report::Sheet, ui::format};

/// `opens` gives the address of the deals signed in a past month.
pub fn fan(answer: &ForecastAnswer, question: &Question, opens: impl Fn(&PastMonth) -> Option<String>) -> Fan {
    let (currency, zone) = (question.currency, &question.zone);
    let money = |minor: i64| format::money_short(minor as f64, currency);
    let point = |month: &PastMonth| FanPoint {
        name: format::month_short(month.starts_at, zone),
        value: Some(major(month.revenue_minor, currency)),
        shown: money(month.revenue_minor),
        href: opens(month),
    };
    let step = |month: &MonthAhead| {
        let bands = month.revenue;
        let ends = |(low, high): (i64, i64)| (major(low, currency), major(high, currency));
        FanStep {
            name: format::month_short(month.starts_at, zone),
            median: major(bands.median_minor, currency),
            shown: format!("{}, 80% from {} to {}", money(bands.median_minor), money(bands.band_80.0), money(bands.band_80.1)),
            bands: [bands.band_50, bands.band_80, bands.band_95].map(ends),
            href: None,
        }
    };
    let ahead = answer.simulated.as_ref().map_or(&[][..], |simulated| &simulated.months);
    Fan {
        title: "Revenue by month".into(),
        summary: words(answer, question),
        unit: Unit::Money(format::symbol(currency)),
        axis: "Revenue signed in the month".into(),
        tone: Tone::Success,
        history: whole_months(answer).iter().map(point).collect(),
        future: ahead.iter().map(step).collect(),
        target: None,
    }
}

/// The month under way is the first of those to come.
fn whole_months(answer: &ForecastAnswer) -> &[PastMonth] {
    let under_way = usize::from(answer.simulated.is_some());
    &answer.past[..answer.past.len().saturating_sub(under_way)]
}

fn words(answer: &ForecastAnswer, question: &Question) -> String {
    let Some(simulated) = &answer.simulated else { return "What was signed; too little is known to say what will come.".into() };
    let drawn = format::count(simulated.replicates);
    let next = simulated.months.get(1).or(simulated.months.first());
    let next = next.map_or_else(String::new, |month| {
        let money = |minor: i64| format::money_short(minor as f64, question.currency);
        // Where most draws bring nothing, the median says less than the mean.
        let middle = match month.revenue.median_minor {
            0 => format!("{} on average, nothing in most draws", money(month.revenue.mean_minor)),
            median => money(median),
        };
        format!(
            " {}: {middle}, and in 8 of 10 draws between {} and {}.",
            format::month(month.starts_at, &question.zone),
            money(month.revenue.band_80.0),
            money(month.revenue.band_80.1)
        )
    });
    format!("What was signed, and what {drawn} draws of the open deals and of those to come make of the next months.{next}")
}

fn major(minor: i64, currency: Currency) -> f64 {
    Money::new(minor, currency).major()
}

/// Past and coming months in one table.
pub fn table(answer: &ForecastAnswer, question: &Question) -> Sheet {
    let money = |minor: i64| format::money_short(minor as f64, question.currency);
    let band = |(low, high): (i64, i64)| format!("{} to {}", money(low), money(high));
    let past = whole_months(answer).iter().map(|month| {
        let mut cells = vec![format::month(month.starts_at, &question.zone), money(month.revenue_minor)];
        cells.resize(7, String::new());
        cells
    });
    let ahead = answer.simulated.iter().flat_map(|simulated| &simulated.months).map(|month| {
        let bands = [month.revenue.band_50, month.revenue.band_80, month.revenue.band_95].map(band);
        let signed = if month.signed_minor > 0 { money(month.signed_minor) } else { String::new() };
        let mut cells = vec![
            format::month(month.starts_at, &question.zone),
            signed,
            money(month.revenue.mean_minor),
            money(month.revenue.median_minor),
        ];
        cells.extend(bands);
        cells
    });
    let header = ["Month", "Signed", "Mean", "Median", "50%", "80%", "95%"];
    Sheet::untitled(header, past.chain(ahead))
}
