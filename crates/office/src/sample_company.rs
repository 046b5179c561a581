//! The sample company, brought in by the verbs of real use and labelled a sample everywhere.

use std::sync::Arc;

use alignment::{
    Instant,
    ids::UserId,
    intake::{IntakeRow, Noun},
    lifecycle::Side,
};
use anyhow::Context as _;
use facts::{
    WriteTx,
    access::{self, User},
    changes::Author,
    settings,
};
use sample::{SampleCompany, SignedVersion};

use crate::{
    Actor, Office, Role,
    agreement::{
        self, By,
        drafts::{self, Start},
        signing::{self, Seen},
    },
    imports::{self, ImportError, ImportReport, Progress},
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
    // Its people come first: two of them sign the second version, and each lead is judged by the version in force then.
    let (people, rest): (Vec<Noun>, Vec<Noun>) = Noun::ALL.into_iter().partition(|noun| *noun == Noun::User);
    let company = Arc::new(company);
    let mut report = bring(office, actor, &company, people, Arc::clone(&progress)).await?;
    sign_second(office, &company.second).await?;
    let more = bring(office, actor, &company, rest, progress).await?;
    report = ImportReport { rows: report.rows + more.rows, created: report.created + more.created, ..more };
    Ok(report)
}

async fn bring(
    office: &Office,
    actor: &Actor,
    company: &Arc<SampleCompany>,
    nouns: Vec<Noun>,
    progress: Progress,
) -> Result<ImportReport, ImportError> {
    let company = Arc::clone(company);
    let (sender, receiver) = std::sync::mpsc::sync_channel::<(String, Vec<IntakeRow>)>(2);
    // The company is borrowed by its batches: one thread holds it and hands them over as they are wanted.
    let maker = tokio::task::spawn_blocking(move || {
        for (noun, rows) in company.batches_of(&nouns) {
            if sender.send((noun.key().to_owned(), rows)).is_err() {
                return;
            }
        }
    });
    let report = imports::run_batches(office, actor, "sample", receiver.into_iter(), progress).await?;
    maker.await.map_err(anyhow::Error::from)?;
    Ok(report)
}

/// Both heads sign, each at their instant, by the verbs that people use.
async fn sign_second(office: &Office, second: &SignedVersion) -> anyhow::Result<()> {
    let mut tx = office.facts().write().await?;
    let (marketing, sales) = (&second.marketing, &second.sales);
    let mut heads = Vec::new();
    for (side, email) in [(Side::Marketing, &marketing.0), (Side::Sales, &sales.0)] {
        heads.push(head(&mut tx, side, email, second.drafted_at).await?);
    }
    let versions = office.versions().await?;
    let by = |user: &User, at: Instant| By {
        actor: Actor { user: Some(UserId(user.id)), name: user.name.clone(), role: Role::Leader, scopes: None },
        author: author(Some(user.id), at),
        versions: Arc::clone(&versions),
    };
    let drafting = by(&heads[0], second.drafted_at);
    let id = drafts::start(&mut tx, &drafting, Start::InForce, second.note).await?;
    drafts::edit(&mut tx, &drafting, id, 0, &second.agreement).await?;
    drafts::set_effective(&mut tx, &drafting, id, 1, Some(second.effective_at)).await?;
    for (user, side, at) in [(&heads[0], Side::Marketing, marketing.1), (&heads[1], Side::Sales, sales.1)] {
        let draft = facts::drafts::one(tx.conn(), id).await?;
        let seen = Seen { hash: &draft.hash, edits: draft.edits };
        signing::sign(&mut tx, &by(user, at), id, side, seen).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Who heads a side: somebody whom an administrator has named already, else the sample's own.
async fn head(tx: &mut WriteTx, side: Side, email: &str, at: Instant) -> anyhow::Result<User> {
    let key = agreement::by::side_key(side);
    let named = facts::drafts::heads(tx.conn()).await?.into_iter().find(|head| head.side == key);
    if let Some(named) = named {
        return Ok(access::user(tx.conn(), named.user_id).await?);
    }
    let user = access::user_by_email(tx.conn(), email).await?.with_context(|| format!("the sample has no user {email}"))?;
    facts::drafts::set_head(tx, &author(None, at), key, Some(user.id)).await?;
    Ok(user)
}

/// Version 1 is in force while the second is drafted and signed.
fn author(user: Option<i64>, at: Instant) -> Author {
    Author { actor: user, now: at.0, agreement_version: Some(1) }
}
