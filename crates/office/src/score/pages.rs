//! The page of the learned score: how well it does beside the points, what it has learned, its versions, and learning anew.

use askama::Template;
use axum::{Form, extract::State, response::Response};
use facts::scores::VersionHead;
use insight::score::{AUC_MARGIN_MIN, Part, Report, Since, Weight};
use picture::Width;
use tower_sessions::Session;

use super::{Standing, TRAINERS, Wanted, learn, notices, pictures, report, save, since, standing, versions};
use crate::{
    Actor, Office,
    api::write,
    office::News,
    report::Sheet,
    ui::{
        Exhibit, Frame,
        exhibit::{csv_file, svg_file},
        format,
    },
    web::{Allow, AppError, Endpoint, Page, redirect},
};

const PATH: &str = "/score";
const WEIGHTS_SHOWN: usize = 24;

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(PATH, Allow::SignedIn, page),
        Endpoint::post("/score/versions", TRAINERS, train),
        Endpoint::get("/score/calibration.svg", Allow::SignedIn, calibration_svg),
        Endpoint::get("/score/calibration.csv", Allow::SignedIn, calibration_csv),
        Endpoint::get("/score/roc.svg", Allow::SignedIn, roc_svg),
        Endpoint::get("/score/roc.csv", Allow::SignedIn, roc_csv),
        Endpoint::get("/score/weights.csv", Allow::SignedIn, weights_csv),
    ]
}

#[derive(Template)]
#[template(path = "score/page.html")]
struct ScorePage {
    newest: Option<Newest>,
    versions: Vec<VersionShown>,
    may_train: bool,
    outcomes: Vec<(&'static str, &'static str, bool)>,
    horizon_days: u32,
    frame: Frame,
}

struct Newest {
    number: i64,
    what: String,
    learned_at: String,
    withheld: Option<String>,
    /// Why it is shown, where it is.
    shown: String,
    notices: Vec<String>,
    figures: Sheet,
    since: Option<String>,
    rows: Sheet,
    calibration: Exhibit,
    roc: Exhibit,
    weights: Vec<WeightShown>,
    weights_count: usize,
    left_out: Vec<(String, String)>,
    agreement_version: u32,
}

struct WeightShown {
    words: String,
    log_odds: String,
    odds: String,
    share: String,
    good: bool,
}

struct VersionShown {
    number: i64,
    at: String,
    by: String,
    withheld: Option<String>,
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<ScorePage>, AppError> {
    let standing = standing(&office).await?;
    let since = match &standing {
        Some(standing) => since(&office, standing).await?,
        None => None,
    };
    let (outcome, horizon_days) = standing.as_ref().map_or_else(
        || ("sql", frame.agreement.agreement.maturity.horizon_days),
        |standing| (standing.report.outcome.key(), standing.report.horizon_days),
    );
    let outcomes = insight::score::OUTCOMES.map(|stage| (stage.key(), stage.name(), stage.key() == outcome));
    let shown = versions(&office).await?.into_iter().map(|head| version(head, &frame)).collect();
    Ok(Page(ScorePage {
        newest: standing.map(|standing| newest(standing, since, &frame)),
        versions: shown,
        may_train: matches!(TRAINERS, Allow::Roles(roles) if roles.contains(&frame.actor.role)),
        outcomes: outcomes.into(),
        horizon_days,
        frame,
    }))
}

fn newest(standing: Standing, since: Option<Since>, frame: &Frame) -> Newest {
    let report = &standing.report;
    let weights = standing.model.weights();
    Newest {
        number: standing.head.number,
        what: format!("to become {} within {} days", super::lead::with_article(report.outcome.name()), report.horizon_days),
        learned_at: frame.date_time(alignment::Instant(standing.head.as_of)),
        withheld: standing.head.withheld.clone(),
        shown: shown(report),
        notices: notices(&standing, since.as_ref(), frame.now),
        since: since.map(|since| format!("{:.3} on {} leads that have come of age since", since.auc.value, format::count(since.rows))),
        figures: report::figures(report),
        rows: parts_shown(report, &frame.zone),
        calibration: exhibit(&pictures::calibration(report), &report::calibration(report), "calibration"),
        roc: exhibit(&pictures::roc(report), &report::roc(report), "roc"),
        weights_count: weights.len(),
        weights: weights.iter().take(WEIGHTS_SHOWN).map(weight).collect(),
        left_out: report.left_out.iter().map(|column| (format!("{} ({})", column.words, column.key), column.reason.clone())).collect(),
        agreement_version: report.agreement_version,
    }
}

fn shown(report: &Report) -> String {
    let margin = format::fixed(AUC_MARGIN_MIN, 2);
    let (auc, fixed) = (report.score.auc, |figure: f64| format::fixed(figure, 3));
    match report.auc_over_points {
        Some(over) => format!(
            "Its AUC is above that of the points by {}, between {} and {}: by {margin} or more, and not by chance.",
            format::signed(over.value, 3),
            format::signed(over.low, 3),
            format::signed(over.high, 3)
        ),
        None => format!(
            "Its AUC is {}, between {} and {}: above the 0.5 of chance by {margin} or more, and not by chance. There are {}; naive Bayes has {}.",
            fixed(auc.value),
            fixed(auc.low),
            fixed(auc.high),
            report::NO_POINTS,
            fixed(report.naive_bayes.auc.value)
        ),
    }
}

/// The parts it was learned, calibrated and judged with, as a person reads them.
fn parts_shown(report: &Report, zone: &jiff::tz::TimeZone) -> Sheet {
    let sheet = report::rows(report);
    let parts = [&report.learned, &report.calibrated, &report.judged];
    let row = |(row, part): (Vec<String>, &Part)| {
        let name = row.into_iter().next().unwrap_or_default();
        let days = [part.from, part.to].map(|at| format::full_date(at, zone));
        [name, format::count(part.rows), format::count(part.hits)].into_iter().chain(days).collect()
    };
    let header = ["part", "leads", &format!("became {}", report.outcome.name()), "from", "to"].map(str::to_owned).to_vec();
    let title = format!(
        "{} more are too young to count; {}{}.",
        format::count(report.young),
        report::purged(report.purged),
        report::unread(report)
    );
    Sheet { title, header, rows: sheet.rows.into_iter().zip(parts).map(row).collect() }
}

fn exhibit(picture: &dyn picture::Picture, table: &Sheet, name: &str) -> Exhibit {
    Exhibit::new(picture, Width::Normal, table, format!("/score/{name}.svg"), format!("/score/{name}.csv"))
}

fn weight(weight: &Weight) -> WeightShown {
    WeightShown {
        words: format::with_groups(&weight.words),
        log_odds: format::signed(weight.log_odds, 2),
        odds: format!("× {}", format::fixed(weight.log_odds.exp(), 2)),
        share: format::rate(weight.share),
        good: weight.log_odds > 0.0,
    }
}

fn version(head: VersionHead, frame: &Frame) -> VersionShown {
    VersionShown {
        number: head.number,
        at: frame.date_time(alignment::Instant(head.recorded_at)),
        by: head.actor_name.unwrap_or_else(|| "command line".into()),
        withheld: head.withheld,
    }
}

/// As the form sends it: an empty field is one that is left out.
#[derive(serde::Deserialize)]
struct TrainForm {
    outcome: Option<String>,
    horizon_days: Option<String>,
}

async fn train(State(office): State<Office>, actor: Actor, session: Session, Form(form): Form<TrainForm>) -> Result<Response, AppError> {
    let days = form.horizon_days.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let days = days.map(|text| text.parse().map_err(|_| AppError::refused(format!("Days `{text}`: write a number from 1 to 365"))));
    let wanted = Wanted { outcome: form.outcome, horizon_days: days.transpose()? };
    let fresh = learn(&office, &wanted).await?;
    let author = write::author(&office, &actor).await?;
    let mut tx = office.facts().write().await?;
    let number = save(&mut tx, &author, &fresh).await?;
    tx.commit().await?;
    office.tell(News::Record { tables: vec!["score_versions".into()] });
    redirect(&session, PATH, &format!("Version {number} of the score was learned."), None).await
}

async fn newest_report(office: &Office) -> Result<Report, AppError> {
    Ok(newest_standing(office).await?.report)
}

async fn newest_standing(office: &Office) -> Result<Standing, AppError> {
    let none = || AppError::NotFound("No version of the score has been learned yet. Train one on the page of the learned score.".into());
    standing(office).await?.ok_or_else(none)
}

async fn calibration_svg(State(office): State<Office>) -> Result<Response, AppError> {
    Ok(svg_file(&pictures::calibration(&newest_report(&office).await?), "calibration"))
}

async fn calibration_csv(State(office): State<Office>) -> Result<Response, AppError> {
    Ok(csv_file(&report::calibration(&newest_report(&office).await?), "calibration"))
}

async fn roc_svg(State(office): State<Office>) -> Result<Response, AppError> {
    Ok(svg_file(&pictures::roc(&newest_report(&office).await?), "roc"))
}

async fn roc_csv(State(office): State<Office>) -> Result<Response, AppError> {
    Ok(csv_file(&report::roc(&newest_report(&office).await?), "roc"))
}

async fn weights_csv(State(office): State<Office>) -> Result<Response, AppError> {
    Ok(csv_file(&report::weights(&newest_standing(&office).await?.model.weights()), "weights"))
}
