//! Rows of the record into columns of the history: the one place where the two meet.
//!
//! The history follows the event log: each refresh reads the runs of ids that are new, changed or gone since the last event it has seen.
//! It can be thrown away at any time and is then built anew from the record.

use std::{path::PathBuf, sync::Arc};

use alignment::Instant;
use anyhow::Context as _;
use arc_swap::ArcSwap;
use facts::{Facts, ReadTx, feed, schema};
use insight::{
    history::{History, HistoryError},
    rows::{self, Delta, Removed, Table},
};
use rustc_hash::FxHashMap;
use tokio::sync::Mutex;

mod convert;
mod past;
mod rollback;

pub use past::{CORRECTIONS_MAX, Past, Rollback};

use convert::*;

/// Rows read for one delta, at most: bounds the memory of a rebuild.
const ROWS_PER_DELTA: i64 = 500_000;
/// Changed rows after which the history is written to disk; fewer are read again from the record after a restart.
const ROWS_UNSAVED_MAX: usize = 5_000;

pub struct HistoryKeeper {
    folder: PathBuf,
    current: ArcSwap<History>,
    /// Held while a refresh runs, with the rows taken in since the last save.
    refreshing: Mutex<usize>,
    pasts: Mutex<past::Kept>,
}

/// Each table of the record that the history has, in an order in which a table comes after those it refers to.
static FOLLOWED: &[(&schema::Table, Table)] = &[
    (&schema::USERS, Table::Users),
    (&schema::CAMPAIGNS, Table::Campaigns),
    (&schema::CONTENT, Table::Content),
    (&schema::COMPANIES, Table::Companies),
    (&schema::PEOPLE, Table::People),
    (&schema::LEADS, Table::Leads),
    (&schema::TRANSITIONS, Table::Transitions),
    (&schema::TOUCHES, Table::Touches),
    (&schema::DEALS, Table::Deals),
    (&schema::DEAL_TRANSITIONS, Table::DealTransitions),
    (&schema::ACTIVITIES, Table::Activities),
    (&schema::SPEND, Table::Spend),
    (&schema::CLOCKS, Table::Clocks),
    (&schema::WAIVERS, Table::Waivers),
];

impl HistoryKeeper {
    /// Starts from what is on disk, or from nothing where that can't be read or is of another record: the first refresh builds the rest.
    pub fn open(folder: PathBuf, record: &str) -> HistoryKeeper {
        let of_record = folder.join("record");
        if std::fs::read_to_string(&of_record).is_ok_and(|known| known != record) {
            tracing::warn!("the history on disk is of another record and is built anew");
            // What can't be removed is read as damaged, or refused at the first save.
            let _ = std::fs::remove_dir_all(&folder);
        }
        if std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&of_record, record)).is_err() {
            tracing::warn!(folder = %folder.display(), "the history can't be kept on disk");
        }
        let current = match History::open(&folder) {
            Ok(found) => found.unwrap_or_else(History::empty),
            Err(error) => {
                tracing::warn!(%error, "the history on disk can't be used and is built anew from the record");
                History::empty()
            }
        };
        HistoryKeeper { folder, current: ArcSwap::from_pointee(current), refreshing: Mutex::new(0), pasts: Mutex::default() }
    }

    /// The history, with everything that the record holds by now.
    pub async fn current(&self, facts: &Facts) -> anyhow::Result<Arc<History>> {
        let last = facts::events::last_id(&mut *facts.reader().await?).await?;
        let current = self.current.load_full();
        if current.last_event() == last {
            return Ok(current);
        }
        let mut unsaved = self.refreshing.lock().await;
        let mut read = facts.read().await?;
        // Another refresh, or a restored backup, may have come in between.
        let last = facts::events::last_id(read.conn()).await?;
        let mut current = self.current.load_full();
        if current.last_event() == last {
            return Ok(current);
        }
        if current.last_event() > last {
            tracing::warn!("the history knows more than the record, which was restored: it is built anew");
            current = Arc::new(History::empty());
        }
        let (history, rows) = refresh(&current, &mut read, last).await?;
        let history = Arc::new(history);
        self.current.store(Arc::clone(&history));
        *unsaved += rows;
        if *unsaved > ROWS_UNSAVED_MAX {
            self.save(&history).await?;
            *unsaved = 0;
        }
        Ok(history)
    }

    /// Reads every byte of the files on disk and holds it against their checksums, which opening them does not. Where one is damaged, the
    /// next question has the history built anew from the record.
    pub fn verify_files(&self) -> Result<(), HistoryError> {
        // Nobody may put other files in their place meanwhile.
        let _unsaved = self.refreshing.blocking_lock();
        History::verify_files(&self.folder).inspect_err(|error| {
            if error.asks_for_rebuild() {
                tracing::error!(%error, "the history on disk is damaged and is built anew from the record");
                self.current.store(Arc::new(History::empty()));
                let _ = std::fs::remove_dir_all(&self.folder);
            }
        })
    }

    /// Builds the history from the record alone, as `verify` does to compare.
    pub async fn rebuild(facts: &Facts) -> anyhow::Result<History> {
        let mut read = facts.read().await?;
        let last = facts::events::last_id(read.conn()).await?;
        Ok(refresh(&History::empty(), &mut read, last).await?.0)
    }

    /// Writes what is held in memory alone; for an orderly stop.
    pub async fn save_rest(&self) -> anyhow::Result<()> {
        let mut unsaved = self.refreshing.lock().await;
        if *unsaved > 0 {
            self.save(&self.current.load_full()).await?;
            *unsaved = 0;
        }
        Ok(())
    }

    async fn save(&self, history: &Arc<History>) -> anyhow::Result<()> {
        let (history, folder) = (Arc::clone(history), self.folder.clone());
        tokio::task::spawn_blocking(move || history.save(&folder)).await?.context("writing the history")
    }
}

/// Runs of ids by table: what to read again, and what is gone.
#[derive(Default)]
struct Runs {
    read: FxHashMap<&'static str, Vec<(i64, i64)>>,
    gone: FxHashMap<&'static str, Vec<(i64, i64)>>,
}

async fn refresh(from: &History, read: &mut ReadTx, last_event: i64) -> anyhow::Result<(History, usize)> {
    let mut runs = if from.last_event() == 0 { all_rows(read).await? } else { runs_since(read, from.last_event()).await? };
    let mut history = None;
    let mut rows_taken = 0;
    let mut delta = Delta::default();
    let mut rows_in_delta = 0;
    for (table, kept_as) in FOLLOWED {
        for (first, last) in joined(runs.gone.remove(table.name).unwrap_or_default()) {
            delta.removed.extend((first..=last).map(|id| Removed { table: *kept_as, id }));
        }
        for (first, last) in joined(runs.read.remove(table.name).unwrap_or_default()) {
            let mut from_id = first;
            while from_id <= last {
                let to_id = last.min(from_id + ROWS_PER_DELTA - 1);
                let taken = take_run(read, *kept_as, from_id, to_id, &mut delta).await?;
                (rows_taken, rows_in_delta, from_id) = (rows_taken + taken, rows_in_delta + taken, to_id + 1);
                if rows_in_delta as i64 >= ROWS_PER_DELTA {
                    let so_far = history.take().unwrap_or_else(|| from.clone());
                    history = Some(apply(so_far, std::mem::take(&mut delta)).await?);
                    rows_in_delta = 0;
                }
            }
        }
    }
    rows_taken += delta.removed.len();
    delta.last_event = last_event;
    let so_far = history.unwrap_or_else(|| from.clone());
    Ok((apply(so_far, delta).await?, rows_taken))
}

async fn apply(history: History, delta: Delta) -> anyhow::Result<History> {
    Ok(tokio::task::spawn_blocking(move || history.apply(delta)).await?)
}

async fn all_rows(read: &mut ReadTx) -> anyhow::Result<Runs> {
    let mut runs = Runs::default();
    for (table, _) in FOLLOWED {
        let last = feed::last_id(read.conn(), table).await?;
        if last > 0 {
            runs.read.insert(table.name, vec![(1, last)]);
        }
    }
    Ok(runs)
}

async fn runs_since(read: &mut ReadTx, mut after: i64) -> anyhow::Result<Runs> {
    let mut runs = Runs::default();
    loop {
        let events = facts::events::after(read.conn(), after, 10_000).await?;
        let Some(last) = events.last() else { return Ok(runs) };
        after = last.id;
        for event in events {
            let Some((table, _)) = FOLLOWED.iter().find(|(table, _)| table.name == event.noun) else { continue };
            let into = if event.kind == "removed" { &mut runs.gone } else { &mut runs.read };
            into.entry(table.name).or_default().push((event.first_id, event.last_id));
        }
    }
}

/// The runs in order, those that touch or overlap made one.
fn joined(mut runs: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    runs.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (first, last) in runs {
        match joined.last_mut() {
            Some(run) if first <= run.1 + 1 => run.1 = run.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

/// Reads the rows of a run into the delta; says how many there were.
async fn take_run(read: &mut ReadTx, table: Table, first: i64, last: i64, delta: &mut Delta) -> facts::Result<usize> {
    let connection = read.conn();
    let before = size(delta);
    match table {
        Table::Companies => {
            let mut custom = custom_by_record(read, "companies", first, last).await?;
            let found = feed::companies(read.conn(), first, last).await?;
            delta.companies.extend(found.into_iter().map(|fact| company(custom.remove(&fact.id), fact)));
        }
        Table::People => {
            let mut custom = custom_by_record(read, "people", first, last).await?;
            let found = feed::people(read.conn(), first, last).await?;
            delta.people.extend(found.into_iter().map(|fact| person(custom.remove(&fact.id), fact)));
        }
        Table::Leads => {
            let mut custom = custom_by_record(read, "leads", first, last).await?;
            let found = feed::leads(read.conn(), first, last).await?;
            delta.leads.extend(found.into_iter().map(|fact| lead(custom.remove(&fact.id), fact)));
        }
        Table::Transitions => {
            delta.transitions.extend(feed::transitions(connection, first, last).await?.into_iter().filter_map(transition))
        }
        Table::Touches => {
            let mut tags = custom_by_record(read, "touches", first, last).await?;
            let found = feed::touches(read.conn(), first, last).await?;
            delta.touches.extend(found.into_iter().map(|fact| touch(tags.remove(&fact.id), fact)));
        }
        Table::Activities => delta.activities.extend(feed::activities(connection, first, last).await?.into_iter().filter_map(activity)),
        Table::Deals => {
            let mut people: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
            for (deal, person) in feed::deal_people(connection, first, last).await? {
                people.entry(deal).or_default().push(person);
            }
            let found = feed::deals(read.conn(), first, last).await?;
            delta.deals.extend(found.into_iter().map(|fact| deal(people.remove(&fact.id).unwrap_or_default(), fact)));
        }
        Table::DealTransitions => {
            delta.deal_transitions.extend(feed::deal_transitions(connection, first, last).await?.into_iter().filter_map(deal_transition));
        }
        Table::Campaigns => delta.campaigns.extend(feed::campaigns(connection, first, last).await?.into_iter().map(|fact| {
            rows::NamedRow { id: fact.id, name: fact.name, group: fact.channel, at: fact.starts_at.map(Instant), email: None }
        })),
        Table::Content => delta.content.extend(feed::content(connection, first, last).await?.into_iter().map(|fact| rows::NamedRow {
            id: fact.id,
            name: fact.title,
            group: fact.kind,
            at: fact.published_at.map(Instant),
            email: None,
        })),
        Table::Users => delta.users.extend(feed::users(connection, first, last).await?.into_iter().map(|fact| rows::NamedRow {
            id: fact.id,
            name: fact.name,
            group: fact.region,
            at: None,
            email: fact.email,
        })),
        Table::Spend => delta.spend.extend(feed::spend(connection, first, last).await?.into_iter().filter_map(spend)),
        Table::Clocks => delta.clocks.extend(feed::clocks(connection, first, last).await?.into_iter().filter_map(clock)),
        Table::Waivers => delta.waivers.extend(feed::waivers(connection, first, last).await?.into_iter().map(waiver)),
    }
    Ok(size(delta) - before)
}

fn size(delta: &Delta) -> usize {
    delta.companies.len()
        + delta.people.len()
        + delta.leads.len()
        + delta.transitions.len()
        + delta.touches.len()
        + delta.activities.len()
        + delta.deals.len()
        + delta.deal_transitions.len()
        + delta.campaigns.len()
        + delta.content.len()
        + delta.users.len()
        + delta.spend.len()
        + delta.clocks.len()
        + delta.waivers.len()
}

async fn custom_by_record(read: &mut ReadTx, table: &str, first: i64, last: i64) -> facts::Result<FxHashMap<i64, Custom>> {
    let mut found: FxHashMap<i64, Custom> = FxHashMap::default();
    for (record, field, value) in feed::custom_values(read.conn(), table, first, last).await? {
        found.entry(record).or_default().push((field, value));
    }
    Ok(found)
}
