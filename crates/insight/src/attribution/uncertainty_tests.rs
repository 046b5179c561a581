use super::*;
use crate::{
    attribution::{MODELS, attribute, compare, find, overview, self_reported, spend},
    rows::Delta,
    testing::*,
};
use alignment::lifecycle::{DealStage, Side};

/// 60 deals: 40 begin with an ad, 20 with a mail, half of all have a webinar after it; 30 people more who only look.
fn record() -> Delta {
    let channels = |id: i64| if id % 3 == 0 { "mail" } else { "ad" };
    let touches = (1..=90_i64).flat_map(|id| {
        let first = touch(id * 10, id, 1.0, channels(id));
        [first].into_iter().chain((id % 2 == 0).then(|| touch(id * 10 + 1, id, 2.0, "webinar")))
    });
    let mut delta = Delta {
        companies: (1..=90).map(company).collect(),
        people: (1..=90).map(|id| person(id, Some(id))).collect(),
        touches: touches.collect(),
        deals: (1..=60).map(|id| deal(id, None, &[id], Some(eur(100 + id)), 0.0)).collect(),
        deal_transitions: (1..=60).map(|id| moved(id, id, DealStage::Won, 5.0)).collect(),
        spend: vec![spend_row(1, "ad", 600), spend_row(2, "fair", 50)],
        ..Delta::default()
    };
    delta.people[2].custom = vec![("self_reported_source".into(), "A podcast".into())];
    delta.companies[2].custom = vec![("self_reported_source".into(), "ignored, as the person said it".into())];
    delta.companies[3].custom = vec![("self_reported_source".into(), "A friend".into())];
    delta
}

fn spend_row(id: i64, channel: &str, major: i64) -> crate::rows::SpendRow {
    let mut row = crate::testing::spend(id, "", Side::Marketing, 1.0, eur(major));
    row.channel = text(channel);
    row
}

fn asked(model: &str) -> (ModelAnswer, Uncertainty) {
    let (history, model) = (history(record()), find(model).unwrap());
    let answer = attribute(&history, &question(), &[model]).remove(0);
    let uncertainty = uncertainty(&history, &question(), model, &answer).unwrap();
    (answer, uncertainty)
}

#[test]
fn an_interval_holds_the_answer_and_is_as_wide_as_chance() {
    for model in MODELS {
        let (answer, uncertainty) = asked(model.key);
        assert_eq!(uncertainty.rows.len(), answer.rows.len());
        for (row, interval) in answer.rows.iter().zip(&uncertainty.rows) {
            assert_eq!(row.label, interval.label);
            let (low, high) = interval.conversions;
            assert!(low <= row.conversions && row.conversions <= high, "{} {row:?} {interval:?}", model.key);
            assert!(interval.revenue.0 <= row.revenue.minor as f64 && row.revenue.minor as f64 <= interval.revenue.1);
        }
    }
    // First touch: 40 of 60 deals, so the half width is near 1.96 * sqrt(60 * 2/3 * 1/3) = 7.2.
    let (answer, uncertainty) = asked("first");
    assert_eq!((answer.rows[0].label.as_deref(), answer.rows[0].conversions), (Some("ad"), 40.0));
    let (low, high) = uncertainty.rows[0].conversions;
    assert!((high - low - 14.3).abs() < 1.5, "{low} to {high}");
    assert_eq!((uncertainty.replicates, uncertainty.units, uncertainty.unit), (1000, 60, "deals"));
    assert!(uncertainty.rows[0].rank_kept > 0.98);
}

#[test]
fn the_same_seed_draws_the_same_on_any_number_of_threads() {
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for model in ["linear", "markov"] {
        assert_eq!(asked(model).1, one_thread.install(|| asked(model).1));
    }
}

#[test]
fn too_few_deals_have_no_interval() {
    let mut delta = record();
    delta.deals.truncate(4);
    let (history, model) = (history(delta), find("linear").unwrap());
    let answer = attribute(&history, &question(), &[model]).remove(0);
    assert_eq!(uncertainty(&history, &question(), model, &answer), None);
}

#[test]
fn models_stand_side_by_side() {
    let answers = attribute(&history(record()), &question(), MODELS);
    let rows = compare(&answers, "first", Goal::Revenue);
    assert_eq!(rows.iter().map(|row| row.label.as_deref().unwrap()).collect::<Vec<_>>(), ["ad", "mail", "webinar"]);
    for row in &rows {
        assert_eq!(row.standings.len(), MODELS.len());
        assert!(row.revenue_low <= row.revenue_high && (1..=9).contains(&row.same_rank));
    }
    // First touch gives the webinar nothing, and last touch half of the deals.
    assert_eq!((rows[2].standings[0].rank, rows[2].conversions_low, rows[2].conversions_high), (None, 0.0, 30.0));
}

#[test]
fn spend_and_what_customers_say_stand_beside() {
    let history = history(record());
    let spent: Vec<_> = spend(&history, &question()).unwrap().into_iter().map(|spent| (spent.label.unwrap(), spent.minor)).collect();
    assert_eq!(spent, [("ad".to_owned(), 60_000), ("fair".to_owned(), 5_000)]);
    let by_industry = Question { by: Some(crate::question::Dimension::Industry), ..question() };
    assert_eq!(spend(&history, &by_industry), None);
    let said = self_reported(&history, &question()).unwrap();
    let shown: Vec<_> = said.iter().map(|it| (it.label.as_deref(), it.deals, it.minor)).collect();
    assert_eq!(shown[..2], [(Some("A friend"), 1, 10_400), (Some("A podcast"), 1, 10_300)]);
    assert_eq!((shown[2].0, shown[2].1), (None, 58));
    let overview = overview(&history, &question(), MODELS);
    let ad = &overview.rows[0];
    assert_eq!((ad.compared.label.as_deref(), ad.spent, overview.spent_elsewhere), (Some("ad"), Some(60_000), Some(5_000)));
    let linear = ad.compared.standings.iter().find(|standing| standing.model == overview.chosen).unwrap();
    assert_eq!((overview.chosen, ad.return_on_spend), ("linear", Some(linear.revenue as f64 / 60_000.0)));
    assert_eq!((ad.said, overview.rows.last().unwrap().spent), (Some(0), None));
    assert_eq!(self_reported(&History::empty(), &question()), None);
}
