//! What of talking to each other stands in the record.

use alignment::{Instant, rate::Rate};
use facts::{
    agreements,
    talk::{self, Window},
};
use insight::{misalignment::quarrel::Talk, question::Question};

use crate::{Office, web::AppError};

/// What is younger still has time to be answered.
const QUESTION_DAYS: i64 = 2;
const APPEAL_DAYS: i64 = 7;
/// One each day for 27 years.
const REVIEWS_MAX: i64 = 10_000;

pub async fn of(office: &Office, question: &Question, review_days_max: u32) -> Result<Talk, AppError> {
    let mut record = office.facts().read().await?;
    let connection = record.conn();
    let in_use_from = agreements::list(connection).await?.iter().map(|row| row.recorded_at).min().unwrap_or(0);
    let from = question.period.from.0.max(in_use_from);
    // What happened later had not happened, what was learned later was not known.
    let seen = question.as_of.min(question.known_at);
    let to = question.period.to.0.min(seen.0.saturating_add(1));
    let window = Window { from, to, known_before: seen.0.saturating_add(1) };
    let ripe = |days: i64| Window { to: to.min(seen.plus_days(-days).0), ..window };
    let reviews = talk::reviews(connection, window, REVIEWS_MAX).await?;
    let questions = talk::questions(connection, ripe(QUESTION_DAYS)).await?;
    let appeals = talk::appeals(connection, ripe(APPEAL_DAYS)).await?;
    let rate = |(of, hits): (i64, i64)| Rate::new(hits.unsigned_abs(), of.unsigned_abs());
    // Where there are too many to read, nothing is said of them.
    let reviews = reviews.map_or_else(Rate::default, |at| stretches(&at, from, to, review_days_max));
    Ok(Talk { reviews, questions: rate(questions), appeals: rate(appeals) })
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

    #[tokio::test]
    async fn what_was_not_known_does_not_count() {
        use facts::{
            bulk::Value,
            changes::{self, Author},
            schema::QUESTIONS,
        };
        let database = cast::database().await;
        let home = tempfile::tempdir().unwrap();
        let day = |day: u32| format!("2026-03-{day:02}T00:00:00Z").parse::<Instant>().unwrap();
        let office = Office::open(home.path(), Some(&database.url), crate::Clock::set_to(day(1))).await.unwrap();
        crate::agreement::replace_first(&office, &alignment::agreement::Agreement::default_for(alignment::Currency::EUR, "UTC"))
            .await
            .unwrap();
        office.clock().tick_micros(day(20).0 - day(1).0);
        let mut tx = office.facts().write().await.unwrap();
        // Asked on a day, written down on a day, answered on a day.
        for (lead, asked, recorded, answered) in [(1, 2, 2, Some(3)), (2, 3, 3, Some(12)), (3, 4, 9, None), (4, 19, 19, None)] {
            let author = Author { actor: None, now: day(recorded).0, agreement_version: None };
            let values = [
                ("lead_id", Value::Int(lead)),
                ("text", Value::Text("Budget?".into())),
                ("asked_at", Value::Int(day(asked).0)),
                ("answered_at", Value::int(answered.map(|answered| day(answered).0))),
            ];
            changes::add(&mut tx, &author, &QUESTIONS, day(asked).0, &values).await.unwrap();
        }
        tx.commit().await.unwrap();
        let params = crate::question::QuestionParams::default();
        let (_, question) = crate::question::ask(&office, &params, "all").await.unwrap();
        for (known, expected) in [(8, Rate::new(1, 2)), (10, Rate::new(1, 3)), (20, Rate::new(2, 3))] {
            let question = Question { known_at: day(known), ..question.clone() };
            assert_eq!(of(&office, &question, 7).await.unwrap().questions, expected, "known on day {known}");
        }
    }

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
