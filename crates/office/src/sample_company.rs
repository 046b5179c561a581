//! The sample company, brought in by the verbs of real use and labelled a sample everywhere.

use alignment::Instant;
use facts::settings;

use crate::{
    Actor, Office, agreement,
    imports::{self, ImportReport, Progress},
};

/// The setting that labels every page.
const SETTING: &str = "sample";

pub async fn is_loaded(office: &Office) -> anyhow::Result<bool> {
    Ok(settings::get(&mut *office.facts().reader().await?, SETTING).await?.as_deref() == Some("1"))
}

/// Makes the company as it stands at `ends_at`. Refused where there is a record already: real data and a sample never mix.
pub async fn load(
    office: &Office,
    actor: &Actor,
    seed: u64,
    ends_at: Instant,
    scale: f64,
    progress: Progress,
) -> anyhow::Result<ImportReport> {
    let history = office.history().await?;
    anyhow::ensure!(
        history.people.is_empty() && history.companies.is_empty(),
        "there are records here already, and a sample is not mixed with them: name an empty folder with --home"
    );
    let company = tokio::task::spawn_blocking(move || sample::generate(seed, ends_at, scale)).await?;
    agreement::replace_first(office, &company.agreement).await?;
    let mut tx = office.facts().write().await?;
    settings::set(tx.conn(), SETTING, "1").await?;
    settings::set(tx.conn(), "company_name", sample::NAME).await?;
    tx.commit().await?;
    let (sender, receiver) = std::sync::mpsc::sync_channel(2);
    // The company is borrowed by its batches: one thread owns it and hands them over as they are wanted.
    let maker = tokio::task::spawn_blocking(move || {
        for (noun, rows) in company.batches() {
            if sender.send((noun.key().to_owned(), rows)).is_err() {
                return;
            }
        }
    });
    let report = imports::run_batches(office, actor, "sample", receiver.into_iter(), progress).await?;
    maker.await?;
    Ok(report)
}
