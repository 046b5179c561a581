//! What of talking to each other stands in the record.

use alignment::{Instant, rate::Rate};
use facts::{agreements, ledger::acts, talk};
use insight::{misalignment::quarrel::Talk, question::Question};

use crate::{Office, web::AppError};

/// What is younger still has time to be answered.
const QUESTION_DAYS: i64 = 2;
const APPEAL_DAYS: i64 = 7;

pub async fn of(office: &Office, question: &Question, review_days_max: u32) -> Result<Talk, AppError> {
    let mut record = office.facts().read().await?;
    let connection = record.conn();
    let in_use_from = agreements::list(connection).await?.iter().map(|row| row.recorded_at).min().unwrap_or(0);
    let from = question.period.from.0.max(in_use_from);
    let to = question.period.to.0.min(question.as_of.0.saturating_add(1));
    let before = question.as_of.0.saturating_add(1);
    let ripe = |days: i64| to.min(question.as_of.plus_days(-days).0);
    let reviews = if from < to { acts::reviews(connection, from, to).await? } else { Vec::new() };
    let at: Vec<i64> = reviews.iter().map(|review| review.at).collect();
    let questions = talk::questions(connection, from, ripe(QUESTION_DAYS), before).await?;
    let appeals = talk::appeals(connection, from, ripe(APPEAL_DAYS), before).await?;
    let rate = |(of, hits): (i64, i64)| Rate::new(hits.unsigned_abs(), of.unsigned_abs());
    Ok(Talk { reviews: stretches(&at, from, to, review_days_max), questions: rate(questions), appeals: rate(appeals) })
}

/// Stretches of so many days that are over, and those of them with a review.
fn stretches(reviews: &[i64], from: i64, to: i64, days: u32) -> Rate {
    let mut rate = Rate::default();
    let mut start = Instant(from);
    loop {
        let end = start.plus_days(i64::from(days.max(1)));
        if end.0 > to {
            return rate;
        }
        rate.of += 1;
        rate.hits += u64::from(reviews.iter().any(|at| start.0 <= *at && *at < end.0));
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use alignment::instant::MICROS_PER_DAY;

    use super::*;

    #[test]
    fn a_stretch_counts_once_it_is_over() {
        let day = |day: i64| day * MICROS_PER_DAY;
        for (reviews, to, expected) in [
            (vec![], 6, Rate::new(0, 0)),
            (vec![], 7, Rate::new(0, 1)),
            (vec![day(0), day(6)], 15, Rate::new(1, 2)),
            (vec![day(1), day(7), day(20)], 28, Rate::new(3, 4)),
        ] {
            assert_eq!(stretches(&reviews, 0, day(to), 7), expected, "{reviews:?} {to}");
        }
        assert_eq!(stretches(&[], 10, 0, 7), Rate::new(0, 0));
    }
}
