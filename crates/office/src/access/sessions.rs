//! Sessions of signed-in people, kept in the record so that any node can serve them.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use alignment::ids::UserId;
use facts::{Facts, access};
use serde_json::Value;
use tower_sessions::{
    Session, SessionStore,
    session::{Id, Record},
    session_store::{Error, Result as StoreResult},
};

use crate::{
    Clock, Office,
    access::{Actor, Role, secret},
    web::AppError,
};

pub const IDLE_DAYS_MAX: i64 = 14;

/// Signs `user` in: a fresh session id, so that one known from before is worth nothing.
pub async fn sign_in(session: &Session, user: &access::User, today: i64) -> Result<(), AppError> {
    session.cycle_id().await.map_err(internal)?;
    session.insert("user", user.id).await.map_err(internal)?;
    session.insert("seal", seal(user)).await.map_err(internal)?;
    session.insert("day", today).await.map_err(internal)
}

pub async fn sign_out(session: &Session) -> Result<(), AppError> {
    session.flush().await.map_err(internal)
}

/// Who the session belongs to, if that person may still come in.
pub async fn actor_of(office: &Office, session: &Session) -> Result<Option<Actor>, AppError> {
    let Some(id) = session.get::<i64>("user").await.map_err(internal)? else { return Ok(None) };
    let mut record = office.facts().read().await?;
    let user = match access::user(record.conn(), id).await {
        Ok(user) => user,
        Err(facts::FactsError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let sealed = session.get::<String>("seal").await.map_err(internal)?;
    if user.disabled_at.is_some() || sealed.as_deref() != Some(seal(&user).as_str()) {
        return Ok(None);
    }
    // Writing the day moves the expiry on; once a day is enough, and keeps reading free of writes.
    let today = day(office);
    if session.get::<i64>("day").await.map_err(internal)? != Some(today) {
        session.insert("day", today).await.map_err(internal)?;
    }
    Ok(actor(&user))
}

pub fn actor(user: &access::User) -> Option<Actor> {
    let role = Role::parse(user.role.as_deref()?)?;
    Some(Actor { user: Some(UserId(user.id)), name: user.name.clone(), role, scopes: None })
}

pub fn day(office: &Office) -> i64 {
    office.clock().now().0 / alignment::instant::MICROS_PER_DAY
}

pub async fn clean_up_daily(office: Office) {
    loop {
        let cleaned = async {
            let mut tx = office.facts().write().await?;
            access::delete_expired_sessions(&mut tx, Clock::System.now().0).await?;
            tx.commit().await
        };
        if let Err(error) = cleaned.await {
            tracing::warn!("expired sessions stay for now: {error}");
        }
        tokio::time::sleep(Duration::from_secs(24 * 60 * 60)).await;
    }
}

/// Changes with the password, so that a new password ends all other sessions.
fn seal(user: &access::User) -> String {
    secret::hash(user.password_hash.as_deref().unwrap_or(""))[..16].to_owned()
}

fn internal(error: tower_sessions::session::Error) -> AppError {
    AppError::Internal(error.into())
}

/// The `sessions` table. Sessions end by the machine's clock, whatever instant the office is at.
///
/// Where one connection writes (SQLite), a large import holds it for as long as it runs. A page must not wait for that only to note
/// that somebody looked at it: what can't be written at once waits in memory, is read from there, and follows when the writer is free.
/// A crash in between costs a sign-in, no data.
#[derive(Clone)]
pub struct RecordedSessions {
    facts: Facts,
    waiting: Arc<Mutex<HashMap<String, Waiting>>>,
}

#[derive(Clone)]
struct Waiting {
    /// Data and expiry; `None` is a session that was ended.
    state: Option<(String, i64)>,
    turn: u64,
}

const WAIT_MAX: Duration = Duration::from_millis(500);

impl RecordedSessions {
    pub fn new(facts: Facts) -> RecordedSessions {
        RecordedSessions { facts, waiting: Arc::default() }
    }

    async fn put(&self, record: &Record) -> StoreResult<()> {
        let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        self.change(key(&record.id), Some((data, record.expiry_date.unix_timestamp() * 1_000_000))).await
    }

    async fn get(&self, id: &Id) -> StoreResult<Option<Record>> {
        let key = key(id);
        let waiting = self.waiting().get(&key).cloned();
        let found = match waiting {
            Some(waiting) => waiting.state.filter(|(_, expires_at)| *expires_at > Clock::System.now().0),
            None => {
                let mut record = self.facts.read().await.map_err(backend)?;
                access::session(record.conn(), &key, Clock::System.now().0).await.map_err(backend)?
            }
        };
        let Some((data, expires_at)) = found else { return Ok(None) };
        let data: HashMap<String, Value> = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date =
            time::OffsetDateTime::from_unix_timestamp(expires_at / 1_000_000).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    /// Writes, and waits for it a moment.
    async fn change(&self, key: String, state: Option<(String, i64)>) -> StoreResult<()> {
        {
            let mut waiting = self.waiting();
            let turn = waiting.get(&key).map_or(0, |before| before.turn + 1);
            waiting.insert(key.clone(), Waiting { state, turn });
        }
        let store = self.clone();
        let writing = tokio::spawn(async move {
            // Busy for a minute: somebody's large import. The next change of this session tries again.
            if let Err(error) = store.write_down(&key).await {
                tracing::warn!("a session waits to be written: {error}");
            }
        });
        let _ = tokio::time::timeout(WAIT_MAX, writing).await;
        Ok(())
    }

    /// Writes what is newest by the time that the writer is free.
    async fn write_down(&self, key: &str) -> facts::Result<()> {
        let mut tx = self.facts.write().await?;
        let Some(newest) = self.waiting().get(key).cloned() else { return Ok(()) };
        match &newest.state {
            Some((data, expires_at)) => access::save_session(&mut tx, key, data, *expires_at).await?,
            None => access::delete_session(&mut tx, key).await?,
        }
        tx.commit().await?;
        let mut waiting = self.waiting();
        if waiting.get(key).is_some_and(|now| now.turn == newest.turn) {
            waiting.remove(key);
        }
        Ok(())
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only the hash is kept: who reads the database can't take over a session.
fn key(id: &Id) -> String {
    secret::hash(&id.to_string())
}

fn backend(error: facts::FactsError) -> Error {
    Error::Backend(error.to_string())
}

impl std::fmt::Debug for RecordedSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordedSessions")
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = StoreResult<T>> + Send + 'a>>;

/// Written out as `async_trait` would write it.
impl SessionStore for RecordedSessions {
    fn create<'a, 'b, 'c>(&'a self, record: &'b mut Record) -> Answer<'c, ()>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        Box::pin(self.put(record))
    }

    fn save<'a, 'b, 'c>(&'a self, record: &'b Record) -> Answer<'c, ()>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        Box::pin(self.put(record))
    }

    fn load<'a, 'b, 'c>(&'a self, id: &'b Id) -> Answer<'c, Option<Record>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        Box::pin(self.get(id))
    }

    fn delete<'a, 'b, 'c>(&'a self, id: &'b Id) -> Answer<'c, ()>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        Box::pin(self.change(key(id), None))
    }
}
