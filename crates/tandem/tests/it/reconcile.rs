//! Every number, by every dimension, is what its rows add up to: in total, by segment and by month; and every model shares out what was
//! signed, deal by deal. Walked over the sample company and over a real funnel.

use alignment::Instant;
use insight::{
    answer::{EvidenceRow, Measure, TrendPoint},
    attribution::{self, RowOf},
    engine::{Clip, Kpi, Summary},
    history::History,
    kpi,
    question::{Dimension, Question},
};
use office::{
    Actor, Clock, Office, imports,
    question::{QuestionParams, ask},
};

use crate::program::{Home, example, shared};

const DIMENSIONS: [&str; 8] = ["source", "channel", "campaign", "content", "owner", "industry", "country", "rejection_reason"];

async fn place(now: &str) -> (Office, cast::TestDatabase, tempfile::TempDir) {
    let (database, home) = (cast::database().await, tempfile::tempdir().unwrap());
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now.parse().unwrap())).await.unwrap();
    (office, database, home)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_company_adds_up() {
    let (office, _database, _home) = place("2026-06-30T12:00:00Z").await;
    let ends_at: Instant = "2026-06-30T00:00:00Z".parse().unwrap();
    let actor = Actor::command_line();
    office::sample_company::load(&office, &actor, sample::SEED, ends_at, 0.02, imports::no_progress()).await.unwrap();
    walk(&office, "all").await;
    walk(&office, "last_quarter").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_funnel_adds_up() {
    let Some(folder) = shared("olist") else { return };
    let home = Home::on_sqlite();
    home.import(&example("olist.toml"), &folder);
    let clock = Clock::set_to("2026-06-30T12:00:00Z".parse().unwrap());
    let office = Office::open(&home.path().join("home"), None, clock).await.unwrap();
    walk(&office, "all").await;
}

async fn walk(office: &Office, period: &str) {
    for by in std::iter::once(None).chain(DIMENSIONS.map(Some)) {
        let params = QuestionParams { period: Some(period.into()), by: by.map(str::to_owned), ..QuestionParams::default() };
        let (history, question) = ask(office, &params, period).await.unwrap();
        tokio::task::spawn_blocking(move || numbers(&history, &question)).await.unwrap();
    }
    for by in ["channel", "source", "campaign"] {
        let params = QuestionParams { period: Some(period.into()), by: Some(by.into()), ..QuestionParams::default() };
        let (history, question) = ask(office, &params, period).await.unwrap();
        tokio::task::spawn_blocking(move || models(&history, &question)).await.unwrap();
    }
}

fn numbers(history: &History, question: &Question) {
    let fields = question.settings.required_fields.len();
    let mut measured = 0;
    for (kpi, board) in kpi::ALL.iter().zip(kpi::scoreboard(history, question)) {
        let what = format!("{} by {:?}", kpi.key, question.by);
        let rows =
            |segment: Option<Option<&str>>| kpi::evidence(history, question, kpi.key, segment, 0, usize::MAX).map(|found| found.rows);
        let all = rows(None).unwrap_or_else(|| panic!("{what}: no evidence"));
        reconciles(kpi, &board.measure, &all, fields, &what);
        months(kpi, &board.trend, &all, question, fields, &what);
        measured += usize::from(board.measure.value.is_some());
        let alone = kpi::answer(history, question, kpi.key).unwrap();
        assert_eq!((&alone.measure, alone.segments.len()), (&board.measure, board.segments.len()), "{what}: alone and on the scoreboard");
        for segment in &alone.segments {
            let id = segment.id.map(|id| id.to_string());
            let label = id.as_deref().or(segment.label.as_deref());
            let Some(rows) = rows(Some(label)) else { continue };
            let what = format!("{what}: {label:?}");
            reconciles(kpi, &segment.measure, &rows, fields, &what);
            months(kpi, &segment.trend, &rows, question, fields, &what);
        }
    }
    assert!(measured > 0);
}

/// The rows of a month add up to its point of the trend.
fn months(kpi: &Kpi, trend: &[TrendPoint], rows: &[EvidenceRow], question: &Question, fields: usize, what: &str) {
    // A growth compares months, and a number of whole months leaves the others out of its rows.
    if kpi.clip != Clip::Period || matches!(kpi.summary, Summary::Growth) {
        return;
    }
    for (index, point) in trend.iter().enumerate() {
        let next = trend.get(index + 1).map(|next| next.from);
        // The last month shown goes on to its end, and so do its rows.
        let Some(next) = next else { continue };
        let inside = |row: &&EvidenceRow| row.at.is_some_and(|at| point.from <= at && at < next && question.period.contains(at));
        let rows: Vec<EvidenceRow> = rows.iter().filter(inside).cloned().collect();
        reconciles(kpi, &point.measure, &rows, fields, &format!("{what} in {}", point.from));
    }
}

fn reconciles(kpi: &Kpi, measure: &Measure, rows: &[EvidenceRow], fields: usize, what: &str) {
    let counted: Vec<&EvidenceRow> = rows.iter().filter(|row| row.fault.is_none()).collect();
    let hits = counted.iter().filter(|row| row.hit).count() as u64;
    let sum: f64 = counted.iter().filter_map(|row| row.value).sum();
    let of_hits: f64 = counted.iter().filter(|row| row.hit).filter_map(|row| row.value).sum();
    let n = counted.len() as u64;
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0), "{what}: {a} is not {b}");
    let Some(value) = measure.value else { return };
    match kpi.summary {
        Summary::Rate if kpi.key == "data_completeness_rate" => {
            assert_eq!(measure.n, n * fields as u64, "{what}");
            close(sum * fields as f64, measure.hits.unwrap_or(0) as f64);
        }
        Summary::Rate => {
            assert_eq!((measure.hits, measure.n), (Some(hits), n), "{what}");
            close(value * n as f64, hits as f64);
        }
        Summary::Count => close(value, hits as f64),
        Summary::PerMonth => close(value * measure.n as f64, hits as f64),
        Summary::Growth => assert_eq!((measure.hits, measure.n), (Some(hits), n - hits), "{what}"),
        Summary::Spread { .. } => {
            assert_eq!(measure.n, n, "{what}");
            close(measure.also("mean").unwrap_or(f64::NAN) * n as f64, sum);
        }
        Summary::Mean => close(value * n as f64, sum),
        Summary::Sum => close(value, sum),
        Summary::PerLead(_) => close(value * measure.n as f64, sum),
        Summary::OutOf(_) => close(measure.also("amount").unwrap_or(f64::NAN), sum),
        Summary::ValueShare => close(value * sum, of_hits),
    }
    let asides: f64 = kpi.asides.iter().map(|(name, _)| measure.also(name).unwrap_or(0.0)).sum();
    assert_eq!(asides as u64, rows.len() as u64 - n, "{what}: rows left out");
}

/// Shares sum to what was signed, and each row of a model to the deals behind it.
fn models(history: &History, question: &Question) {
    let models = attribution::select("all").unwrap();
    for answer in attribution::attribute(history, question, &models) {
        let model = attribution::find(answer.model).unwrap();
        let what = format!("{} by {:?}", answer.model, question.by.as_ref().map(Dimension::key));
        let shared: i64 = answer.rows.iter().map(|row| row.revenue.minor).sum();
        assert_eq!(shared + answer.unattributed.revenue.minor, answer.total.revenue.minor, "{what}");
        for row in &answer.rows {
            let which = row.id.map_or(RowOf::Label(row.label.as_deref()), RowOf::Id);
            let behind = attribution::deals_behind(history, question, model, which, 0, usize::MAX);
            assert_eq!(behind.revenue, row.revenue, "{what}: {:?}", row.label);
            assert_eq!(behind.rows.iter().map(|deal| deal.revenue.minor).sum::<i64>(), row.revenue.minor, "{what}: {:?}", row.label);
        }
    }
}
