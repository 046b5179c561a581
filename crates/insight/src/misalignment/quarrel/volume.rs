//! "Marketing sends too few."

use alignment::{Instant, instant::MICROS_PER_DAY, lifecycle::Stage, rate::Rate};

use super::{
    Cause, Point, Quarrel, Remedy, SegmentSeen, Speaks, above,
    case::Case,
    points::{MQLS, REJECTED},
    verdict,
};
use crate::{
    answer::Team,
    experiment::{normal::Z, proportions::adjusted},
    rows::Table,
};

/// MQLs of a whole month of the period.
struct Month {
    from: Instant,
    mqls: u64,
    /// The same month a year earlier, where the record reaches back so far.
    year_ago: Option<u64>,
}

pub fn quarrel(case: &Case) -> Quarrel {
    // What was promised is the company's: a part of its MQLs is not held against it.
    let promised = if case.context.question.filters.is_empty() { case.lookout.terms.mqls_per_month_min } else { 0.0 };
    let months = months(case);
    let sum: u64 = months.iter().map(|month| month.mqls).sum();
    let mut points = vec![
        against_promise(sum, promised * months.len() as f64),
        above(REJECTED.key, REJECTED.words, case.rate(&REJECTED), 1.0 - case.lookout.terms.acceptance_rate_min),
    ];
    points[0].decides = true;
    let short = short(&months, promised);
    let segments: Vec<SegmentSeen> = months.iter().zip(&short).map(|(month, seen)| month_seen(case, month, promised, *seen)).collect();
    Quarrel {
        key: "marketing_sends_too_few",
        name: "Marketing sends too few",
        said_by: Team::Sales,
        verdict: verdict(&points, &segments),
        thresholds: "Supported where the MQLs of the whole months of the period are fewer than promised, and chance (a count's own, 95%) does \
                     not explain it; partly where that is so of single months (5%, allowing for how many there are), or sales rejects more than the Agreement lets marketing \
                     send; not supported where the promise was kept beyond chance.",
        causes: causes(case, &months, &short, promised),
        remedies: vec![
            Remedy { words: "Compare the promise with what the target needs, month by month.", address: "/plan" },
            Remedy { words: "Write the seasons into the promise of volume.", address: "/agreement" },
            Remedy { words: "Move budget from what sales rejects to what it accepts.", address: "/misalignment#rejected_spend" },
        ],
        points,
        segments,
        segments_of: MQLS.key,
    }
}

fn months(case: &Case) -> Vec<Month> {
    let context = &case.context;
    let mut counts = vec![0_u64; context.months.len()];
    let mut instants = Vec::new();
    for row in (0..context.history.leads.len()).filter(|row| context.keeps(Table::Leads, *row)) {
        let facts = &context.view.leads[row];
        let Some(at) = facts.from(Stage::Mql).filter(|_| facts.counts_in(Stage::Mql)) else { continue };
        instants.push(at);
        if let Some(month) = context.months.index_of(at).filter(|_| context.question.period.contains(at)) {
            counts[month] += 1;
        }
    }
    let first = instants.iter().copied().min();
    let year_ago = |from: Instant, to: Instant| {
        let (from, to) = (from.plus_days(-364), to.plus_days(-364));
        first.filter(|first| *first <= from).map(|_| instants.iter().filter(|at| from <= **at && **at < to).count() as u64)
    };
    let month = |(index, mqls): (usize, u64)| {
        let from = context.months.start(index);
        let to = context.months.end(index);
        Month { from, mqls, year_ago: year_ago(from, to) }
    };
    counts.into_iter().enumerate().filter(|(index, _)| context.months.is_whole(*index)).map(month).collect()
}

/// A count is as uncertain as a Poisson count is (square-root interval).
fn reach(count: u64) -> (f64, f64) {
    let root = (count as f64 + 0.375).sqrt();
    ((root - Z / 2.0).max(0.0).powi(2), (root + Z / 2.0).powi(2))
}

fn against_promise(sum: u64, promised: f64) -> Point {
    let (low, high) = reach(sum);
    let share = |count: f64| count / promised;
    let is_known = promised > 0.0;
    let speaks = match is_known {
        false => Speaks::Unknown,
        true if high < promised => Speaks::For,
        true if low >= promised => Speaks::Against,
        true => Speaks::Open,
    };
    Point {
        key: "mqls_against_promise",
        words: "MQLs of the whole months of the period, out of those promised.",
        speaks,
        decides: true,
        value: is_known.then(|| share(sum as f64)),
        hits: sum,
        n: promised.round() as u64,
        interval: is_known.then(|| (share(low), share(high))),
        limit: 1.0,
        before: None,
        difference: None,
        has_rows: false,
    }
}

/// How often chance alone would make a month's count as low, if as many were to be expected as promised (Poisson, one-sided).
fn p_as_low(count: u64, promised: f64) -> f64 {
    let (mut term, mut sum) = (-promised, 0.0);
    for k in 0..=count {
        sum += f64::exp(term);
        term += promised.ln() - ((k + 1) as f64).ln();
    }
    sum.min(1.0)
}

/// Of each month its p-value, which allows for how many months there are, and whether it fell short beyond chance.
fn short(months: &[Month], promised: f64) -> Vec<(Option<f64>, bool)> {
    if promised <= 0.0 {
        return vec![(None, false); months.len()];
    }
    let p_values: Vec<f64> = months.iter().map(|month| p_as_low(month.mqls, promised)).collect();
    adjusted(&p_values).into_iter().map(|p| (Some(p), p < 0.05)).collect()
}

fn month_seen(case: &Case, month: &Month, promised: f64, (p_adjusted, is_short): (Option<f64>, bool)) -> SegmentSeen {
    let (low, high) = reach(month.mqls);
    let name = month.from.plus_micros(MICROS_PER_DAY).in_zone(&case.context.question.zone).strftime("%Y-%m").to_string();
    let share = |count: f64| (promised > 0.0).then(|| count / promised);
    SegmentSeen {
        dimension: "month".into(),
        label: Some(name),
        id: None,
        hits: month.mqls,
        n: promised.round() as u64,
        value: share(month.mqls as f64),
        interval: share(low).zip(share(high)),
        elsewhere: month.year_ago.and_then(|count| share(count as f64)),
        p_adjusted,
        is_true_here: is_short,
    }
}

fn causes(case: &Case, months: &[Month], short: &[(Option<f64>, bool)], promised: f64) -> Vec<Cause> {
    let name = |month: &&Month| month.from.plus_micros(MICROS_PER_DAY).in_zone(&case.context.question.zone).strftime("%B").to_string();
    let short: Vec<&Month> = months.iter().zip(short).filter(|(_, (_, is_short))| *is_short).map(|(month, _)| month).collect();
    let mean = months.iter().map(|month| month.mqls as f64).sum::<f64>() / (months.len() as f64).max(1.0);
    let mut causes = Vec::new();
    if !short.is_empty() {
        let names: Vec<String> = short.iter().map(name).collect();
        let words = format!(
            "{} of {} whole months had fewer MQLs than the {promised:.0} promised: {}.",
            short.len(),
            months.len(),
            names.join(", ")
        );
        causes.push(Cause { words });
    }
    // A month is quiet by season where it was below three quarters of the year's mean this time and a year ago as well.
    let mean_ago: f64 = {
        let known: Vec<f64> = months.iter().filter_map(|month| month.year_ago).map(|count| count as f64).collect();
        known.iter().sum::<f64>() / (known.len() as f64).max(1.0)
    };
    let is_quiet =
        |month: &&&Month| (month.mqls as f64) < 0.75 * mean && month.year_ago.is_some_and(|count| (count as f64) < 0.85 * mean_ago);
    let quiet: Vec<String> = short.iter().filter(is_quiet).map(name).collect();
    if !quiet.is_empty() {
        causes.push(Cause { words: format!("Seasons: {} was quiet a year ago too.", quiet.join(", ")) });
    }
    let rejected = case.rate(&REJECTED);
    if let Some(rate) = rejected.value().filter(|rate| *rate > 1.0 - case.lookout.terms.acceptance_rate_min) {
        causes.push(Cause {
            words: format!("Quality rather than volume: sales rejected {:.1}% of {} decided MQLs.", rate * 100.0, rejected.of),
        });
    }
    causes.extend(most_rejected(case));
    causes
}

/// The campaign that sales turns down most, where it stands out.
fn most_rejected(case: &Case) -> Option<Cause> {
    let found = case.segments_by(&REJECTED, None, &[crate::question::Dimension::Campaign]);
    let worst = found.into_iter().find(|segment| segment.is_true_here && segment.label.is_some())?;
    let rate = Rate::new(worst.hits, worst.n).value()?;
    Some(Cause {
        words: format!(
            "\"{}\" sends MQLs that sales does not want: {:.1}% of {} rejected, elsewhere {:.1}%.",
            worst.label.as_deref().unwrap_or_default(),
            rate * 100.0,
            worst.n,
            worst.elsewhere.unwrap_or(0.0) * 100.0
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `scipy.stats.poisson.cdf(k, mu)` (SciPy 1.17.1).
    #[test]
    fn agrees_with_scipy() {
        for (count, promised, expected) in
            [(81, 100.0, 0.029066280501), (0, 3.0, 0.049787068368), (150, 150.0, 0.521697179707), (700, 750.5, 0.032896663979)]
        {
            assert!((p_as_low(count, promised) - expected).abs() < 1e-10, "{count} of {promised}");
        }
    }

    /// Twelve months at the promise, of which one is low as one in twelve is by chance, are no broken promise; one far below is.
    #[test]
    fn a_month_is_short_only_beyond_the_chance_of_all() {
        let months =
            |lowest: u64| (0..12).map(move |at| Month { from: Instant(at), mqls: if at == 5 { lowest } else { 100 }, year_ago: None });
        let found = |lowest: u64| short(&months(lowest).collect::<Vec<_>>(), 100.0).iter().filter(|(_, is_short)| *is_short).count();
        assert!(p_as_low(81, 100.0) < 0.05, "alone it would count");
        assert_eq!((found(81), found(60), found(100)), (0, 1, 0));
        assert_eq!(short(&months(0).collect::<Vec<_>>(), 0.0)[0], (None, false));
    }
}
