//! Parts sum to the change, and the rows behind each part to the part.

use alignment::Instant;
use insight::{
    answer::Unit,
    diagnosis::{PartOf, RowsOf, RowsSide, Shape, Total, before, last_whole, rows, why, year_ago},
    kpi,
    question::{Period, Question},
};

use crate::company;

#[test]
fn every_number_that_can_be_taken_apart_sums_to_its_change() {
    let history = company::history(sample::SEED, 0.1);
    let question = company::question();
    let quarter = last_whole(3, question.as_of, &question.zone).expect("a quarter");
    let month = Period { from: quarter.to.plus_days(61), to: quarter.to.plus_days(95) };
    let mut taken_apart = 0;
    for now in [quarter, month] {
        for earlier in [before(now, &question.zone), year_ago(now, &question.zone)].into_iter().flatten() {
            let question = Question { period: now, ..question.clone() };
            for kpi in kpi::ALL {
                let Ok(why) = why(&history, &question, kpi, earlier, None) else { continue };
                let answer = |period| kpi::answer(&history, &Question { period, ..question.clone() }, kpi.key).unwrap().measure;
                check_value(kpi.key, &why.before, answer(earlier).value);
                check_value(kpi.key, &why.now, answer(now).value);
                let Some(change) = why.change else { continue };
                for split in &why.splits {
                    let sum: f64 = split.parts.iter().chain(&split.rest).map(|part| part.parts.total()).sum();
                    let whole = matches!(kpi.unit, Unit::Count | Unit::Money);
                    let rest = sum - if whole { change.round() } else { change };
                    assert!(if whole { rest == 0.0 } else { rest.abs() < 1e-9 }, "{} by {:?}: {sum} {change}", kpi.key, split.split);
                    taken_apart += 1;
                }
            }
        }
    }
    assert!(taken_apart > 300, "{taken_apart}");
}

/// What is taken apart is the number itself, or the median stands beside it.
fn check_value(key: &str, total: &Total, value: Option<f64>) {
    let own = total.median.or(total.value);
    let same = match (own, value) {
        (Some(own), Some(value)) => (own - value).abs() < 1e-9 * value.abs().max(1.0),
        (None, None) => true,
        // A sum without rows is nothing to the number and 0 to its change.
        (Some(own), None) => own == 0.0,
        _ => false,
    };
    assert!(same, "{key}: {total:?} {value:?}");
}

#[test]
fn the_rows_of_a_part_add_up_to_it() {
    let history = company::history(sample::SEED, 0.05);
    let asked = company::question();
    let quarter = last_whole(3, asked.as_of, &asked.zone).expect("a quarter");
    let earlier = before(quarter, &asked.zone).expect("bounded");
    let question = Question { period: quarter, ..asked };
    let mut checked = 0;
    for kpi in kpi::ALL {
        let Ok(why) = why(&history, &question, kpi, earlier, None) else { continue };
        for (split, part) in why.splits.iter().flat_map(|split| split.parts.iter().take(1).map(move |part| (split, part))) {
            for (side, total) in [(RowsSide::Before, part.before), (RowsSide::SameAge, part.same_age), (RowsSide::Now, part.now)] {
                let of = rows_of(side, part);
                let Ok(evidence) = rows(&history, &question, kpi, Some(earlier), &of) else { panic!("{}: {of:?}", kpi.key) };
                let hits = evidence.rows.iter().filter(|row| row.hit).count() as u64;
                let sum: f64 = evidence.rows.iter().filter_map(|row| row.value).sum();
                let fits = match why.shape {
                    Shape::Rate if kpi.key == "data_completeness_rate" => true,
                    Shape::Rate | Shape::Count | Shape::MoneyShare => Some(hits) == total.hits,
                    Shape::Sum => (sum - total.value.unwrap_or(0.0)).abs() < 1e-6,
                    Shape::Average => evidence.total == total.n,
                    Shape::Cost => true,
                };
                assert!(fits, "{} by {} {:?} {side:?}: {hits} {sum} {total:?}", kpi.key, split.split.key(), part.segment.label);
                checked += 1;
            }
        }
    }
    assert!(checked > 300, "{checked}");
}

fn rows_of(side: RowsSide, part: &PartOf) -> RowsOf {
    let label = part.segment.id.map(|id| id.to_string()).or(part.segment.label.clone());
    RowsOf { side, segment: Some((part.segment.split.clone(), label)), offset: 0, limit: usize::MAX }
}

#[test]
fn a_number_that_cannot_be_taken_apart_says_why() {
    let history = company::history(sample::SEED, 0.02);
    let question = Question { period: Period { from: Instant(0), to: Instant(10) }, ..company::question() };
    for key in ["weighted_pipeline", "lead_velocity_rate", "customer_acquisition", "pipeline_coverage", "content_use_rate"] {
        let refused = why(&history, &question, kpi::find(key).unwrap(), Period { from: Instant(-10), to: Instant(0) }, None);
        assert!(refused.is_err_and(|words| words.len() > 20), "{key}");
    }
}
