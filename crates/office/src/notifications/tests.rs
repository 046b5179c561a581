//! Telling, choosing and sending, on both engines; chats are small servers that answer as the vendors say.

use std::sync::{Arc, Mutex};

use alignment::{Instant, ids::UserId, instant::MICROS_PER_MINUTE, notice::Choice};
use axum::{
    Router,
    extract::State,
    http::{HeaderName, StatusCode},
    routing::post,
};
use exchange::{
    chat::Reach,
    mail::{Security, SmtpServer},
};
use facts::{
    access::NewUser,
    changes::Author,
    list::Turn,
    notifications::{self as told, deliveries},
};
use serde_json::Value;

use super::{channels::Channels, outbox::WAITS_MICROS, person::Wishes, *};
use crate::{Actor, Clock, Office, access::Role, web::AppError};

struct Company {
    office: Office,
    ana: i64,
    rui: i64,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

const NOW: &str = "2026-03-02T09:00:00Z";

async fn company() -> Company {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let now: Instant = NOW.parse().unwrap();
    let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
    let mut tx = office.facts().write().await.unwrap();
    let mut users = Vec::new();
    for (name, role) in [("Ana", Role::Admin), ("Rui", Role::Sales)] {
        let email = format!("{}@example.com", name.to_lowercase());
        let new = NewUser { name, email: &email, side: role.side(), role: role.key(), password_hash: None };
        users.push(facts::access::invite_user(&mut tx, &new, None, now.0).await.unwrap());
    }
    tx.commit().await.unwrap();
    Company { office, ana: users[0], rui: users[1], _database: database, _home: home }
}

impl Company {
    fn author(&self) -> Author {
        Author { actor: None, now: self.office.clock().now().0, agreement_version: Some(1) }
    }

    fn actor(&self, user: i64, role: Role) -> Actor {
        Actor { user: Some(UserId(user)), name: "Ana".into(), role, scopes: None }
    }

    async fn tell(&self, notices: Vec<Notice>) {
        let mut tx = self.office.facts().write().await.unwrap();
        tell_all(&mut tx, &self.author(), notices).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn channels(&self, slack_url: Option<&str>) {
        let smtp = SmtpServer {
            host: "127.0.0.1".into(),
            port: 1,
            security: Security::None,
            user: None,
            password: None,
            from: "tandem@example.com".into(),
        };
        let channels = Channels { smtp: Some(smtp), slack_url: slack_url.map(str::to_owned), ..Channels::default() };
        channels::save(&self.office, &self.actor(self.ana, Role::Admin), &channels, Reach::Loopback).await.unwrap();
    }

    async fn wish(&self, wishes: Wishes) -> Result<(), AppError> {
        person::save(&self.office, &self.actor(self.rui, Role::Sales), &wishes, Reach::Loopback).await
    }

    /// All deliveries, oldest first: medium, state, when they go out, how many notifications they carry.
    async fn outbox(&self) -> Vec<(String, String, String, i64)> {
        let mut record = self.office.facts().read().await.unwrap();
        let rows = deliveries::list(&mut record, None, Turn::first()).await.unwrap().items;
        let mut found = Vec::new();
        for row in rows.into_iter().rev() {
            let (_, count) = deliveries::carried(record.conn(), row.id, 1).await.unwrap();
            found.push((row.medium, row.state, Instant(row.next_try_at).to_string(), count));
        }
        found
    }

    async fn told(&self, user: i64) -> Vec<String> {
        let mut record = self.office.facts().read().await.unwrap();
        let page = told::list(&mut record, Some(user), false, Turn::first()).await.unwrap();
        page.items.into_iter().map(|row| row.title).collect()
    }

    async fn deliver(&self) -> (usize, usize, usize) {
        let done = deliver(&self.office, Reach::Loopback).await.unwrap();
        (done.sent, done.put_off, done.dead)
    }
}

fn notice(kind: NoticeKind, once: &str, to: &[i64]) -> Notice {
    Notice { kind, once: once.into(), to: to.to_vec(), title: format!("It is {once}"), body: String::new(), url: Some("/leads/1".into()) }
}

fn wishes() -> Wishes {
    Wishes { time_zone: "UTC".into(), digest_at: "08:00".into(), ..Wishes::default() }
}

/// Status, a header's value, body.
type Answer = (u16, &'static str, &'static str);

/// What a chat got, and what it answers: a status, Retry-After and words, in turn; the last for ever.
#[derive(Clone)]
struct Chats {
    got: Arc<Mutex<Vec<Value>>>,
    answers: Arc<Mutex<Vec<Answer>>>,
}

async fn chats(answers: &[(u16, &'static str, &'static str)]) -> (Chats, String) {
    let chats = Chats { got: Arc::default(), answers: Arc::new(Mutex::new(answers.to_vec())) };
    let answer = |State(chats): State<Chats>, body: String| async move {
        chats.got.lock().unwrap().push(serde_json::from_str(&body).unwrap());
        let mut answers = chats.answers.lock().unwrap();
        let (status, wait, words) = if answers.len() > 1 { answers.remove(0) } else { answers[0] };
        let name = HeaderName::from_static(if wait.is_empty() { "x-none" } else { "retry-after" });
        (StatusCode::from_u16(status).unwrap(), [(name, wait)], words)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/services/T0/B0/secret", listener.local_addr().unwrap());
    let app = Router::new().fallback(post(answer)).with_state(chats.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (chats, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_twice_whoever_tells() {
    let company = company().await;
    company.channels(None).await;
    for round in 0..10 {
        let once = format!("clock {round} breached");
        let all: Vec<_> = (0..6)
            .map(|_| {
                let (office, author) = (company.office.clone(), company.author());
                let notice = notice(NoticeKind::ClockBreached, &once, &[company.rui, company.ana, company.rui]);
                tokio::spawn(async move {
                    let mut tx = office.facts().write().await.unwrap();
                    tell(&mut tx, &author, notice).await.unwrap();
                    // The transaction is as good as before: what belongs to it can still be written.
                    facts::settings::set(tx.conn(), "still", "works").await.unwrap();
                    tx.commit().await.unwrap();
                })
            })
            .collect();
        for one in all {
            one.await.unwrap();
        }
    }
    assert_eq!(company.told(company.rui).await.len(), 10);
    assert_eq!(company.told(company.ana).await.len(), 10);
    let carried: i64 = company.outbox().await.iter().map(|(.., count)| count).sum();
    assert_eq!(carried, 20);
}

#[tokio::test]
async fn what_is_taken_back_was_never_said() {
    let company = company().await;
    let mut tx = company.office.facts().write().await.unwrap();
    tell(&mut tx, &company.author(), notice(NoticeKind::Queue, "x", &[company.rui])).await.unwrap();
    tx.rollback().await.unwrap();
    assert!(company.told(company.rui).await.is_empty());
    company.tell(vec![notice(NoticeKind::Queue, "x", &[company.rui])]).await;
    assert_eq!(company.told(company.rui).await, ["It is x"]);
    // Somebody who can't sign in is not told, nor is nobody.
    company.tell(vec![notice(NoticeKind::Queue, "y", &[999]), notice(NoticeKind::Queue, "z", &[])]).await;
}

#[tokio::test]
async fn each_goes_out_as_the_person_chose() {
    let company = company().await;
    let rui = company.rui;
    // No mail server: nothing by mail.
    company.tell(vec![notice(NoticeKind::Question, "0", &[rui])]).await;
    assert!(company.outbox().await.is_empty());
    company.channels(None).await;
    // As the product has it: a question at once, an assignment by digest; what waits takes in what comes.
    let assigned = (1..=3).map(|lead| notice(NoticeKind::LeadAssigned, &format!("lead {lead}"), &[rui]));
    company.tell(assigned.chain([notice(NoticeKind::Question, "1", &[rui])]).collect()).await;
    company.tell(vec![notice(NoticeKind::LeadAssigned, "lead 4", &[rui]), notice(NoticeKind::Question, "2", &[rui])]).await;
    let waiting = |at: &str, count| ("email".to_owned(), "waiting".to_owned(), at.to_owned(), count);
    assert_eq!(company.outbox().await, [waiting("2026-03-02T09:00:00Z", 2), waiting("2026-03-03T08:00:00Z", 4)]);
    // Another day, and quiet hours in another zone: 09:00 UTC is 06:00 in São Paulo.
    let choices = vec![(NoticeKind::Question, Medium::Email, Choice::Off), (NoticeKind::Answer, Medium::Email, Choice::AtOnce)];
    let quiet = Wishes {
        time_zone: "America/Sao_Paulo".into(),
        quiet_from: "20:00".into(),
        quiet_to: "7:30".into(),
        digest_at: "18:00".into(),
        choices,
        ..wishes()
    };
    company.wish(quiet).await.unwrap();
    company.tell(vec![notice(NoticeKind::Question, "3", &[rui]), notice(NoticeKind::Answer, "4", &[rui])]).await;
    let outbox = company.outbox().await;
    assert_eq!(outbox[1..], [waiting("2026-03-02T21:00:00Z", 4), waiting("2026-03-02T10:30:00Z", 1)]);
}

#[tokio::test]
async fn wishes_that_make_no_sense_are_refused_in_words() {
    let company = company().await;
    let cases = [
        (Wishes { time_zone: "Mars".into(), ..wishes() }, "Europe/Berlin"),
        (Wishes { digest_at: "8".into(), ..wishes() }, "Digest at"),
        (Wishes { digest_at: "25:00".into(), ..wishes() }, "Digest at"),
        (Wishes { quiet_from: "20:00".into(), ..wishes() }, "Quiet to"),
        (Wishes { slack_url: "http://hooks.slack.com/x".into(), ..wishes() }, "https"),
        (Wishes { teams_url: "https://10.0.0.1/x".into(), ..wishes() }, "public internet"),
    ];
    for (wishes, words) in cases {
        let error = company.wish(wishes).await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let bad = Channels { public_url: Some("javascript:alert(1)".into()), ..Channels::default() };
    let saved = channels::save(&company.office, &company.actor(company.ana, Role::Admin), &bad, Reach::Public).await;
    assert!(saved.unwrap_err().to_string().contains("https://tandem.company.com"));
}

#[tokio::test]
async fn chats_answer_as_they_do() {
    // The vendors' documented answers, and what becomes of the message.
    let cases = [
        (200, "", "ok", (1, 0, 0), 0),
        (202, "", "", (1, 0, 0), 0),
        (400, "", "invalid_payload", (0, 0, 1), 0),
        (403, "", "action_prohibited", (0, 0, 1), 0),
        (404, "", "no_service", (0, 0, 1), 0),
        (410, "", "channel_is_archived", (0, 0, 1), 0),
        (429, "1800", "rate_limited", (0, 1, 0), 30),
        (429, "", "Microsoft Teams endpoint returned HTTP error 429", (0, 1, 0), 1),
        (500, "", "rollup_error", (0, 1, 0), 1),
        (302, "", "", (0, 0, 1), 0),
    ];
    for (status, wait, words, done, minutes) in cases {
        let company = company().await;
        let (chats, url) = chats(&[(status, wait, words)]).await;
        company.wish(Wishes { slack_url: url.clone(), teams_url: url, ..wishes() }).await.unwrap();
        company.tell(vec![notice(NoticeKind::ClockBreached, "1", &[company.rui])]).await;
        let (sent, put_off, dead) = done;
        assert_eq!(company.deliver().await, (2 * sent, 2 * put_off, 2 * dead), "{status}");
        let mut record = company.office.facts().read().await.unwrap();
        for row in deliveries::list(&mut record, None, Turn::first()).await.unwrap().items {
            let error = row.last_error.unwrap_or_default();
            assert!(error.contains(words) || done.0 == 1, "{status}: {error}");
            assert!(!error.contains("secret"), "the address is a secret: {error}");
            if put_off == 1 {
                assert_eq!(row.next_try_at, company.author().now + minutes * MICROS_PER_MINUTE, "{status}");
            }
        }
        assert_eq!(chats.got.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn what_fails_comes_again_by_the_schedule_and_is_given_up() {
    let company = company().await;
    let (chats, url) = chats(&[(503, "", "later")]).await;
    company.wish(Wishes { slack_url: url, ..wishes() }).await.unwrap();
    company.tell(vec![notice(NoticeKind::ClockBreached, "1", &[company.rui])]).await;
    assert_eq!(company.deliver().await, (0, 1, 0));
    for (number, wait) in WAITS_MICROS.into_iter().enumerate() {
        company.office.clock().tick_micros(wait - 1);
        assert_eq!(company.deliver().await, (0, 0, 0), "not before its time");
        company.office.clock().tick_micros(1);
        let last = number + 1 == WAITS_MICROS.len();
        assert_eq!(company.deliver().await, if last { (0, 0, 1) } else { (0, 1, 0) }, "try {}", number + 2);
    }
    // Dropped, taken back, sent again: from the first wait on.
    let author = company.author();
    let mut tx = company.office.facts().write().await.unwrap();
    let id = deliveries::due(tx.conn(), i64::MAX, 10).await.unwrap();
    assert!(id.is_empty(), "nothing waits");
    deliveries::drop_dead(&mut tx, &author, 1).await.unwrap();
    assert!(deliveries::drop_dead(&mut tx, &author, 1).await.unwrap_err().to_string().contains("dropped"));
    assert_eq!(deliveries::replay_all(&mut tx, &author).await.unwrap(), 0);
    deliveries::restore(&mut tx, &author, 1).await.unwrap();
    assert_eq!(deliveries::replay_all(&mut tx, &author).await.unwrap(), 1);
    assert!(deliveries::replay(&mut tx, &author, 1).await.unwrap_err().to_string().contains("waiting"));
    tx.commit().await.unwrap();
    *chats.answers.lock().unwrap() = vec![(200, "", "ok")];
    assert_eq!(company.deliver().await, (1, 0, 0));
    assert_eq!(company.deliver().await, (0, 0, 0));
    assert_eq!(chats.got.lock().unwrap().len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_nodes_one_sends() {
    let company = company().await;
    let (chats, url) = chats(&[(200, "", "ok")]).await;
    company.wish(Wishes { slack_url: url, ..wishes() }).await.unwrap();
    for number in 0..12 {
        company.tell(vec![notice(NoticeKind::ClockBreached, &number.to_string(), &[company.rui])]).await;
        let nodes: Vec<_> = (0..4)
            .map(|_| {
                let office = company.office.clone();
                tokio::spawn(async move { deliver(&office, Reach::Loopback).await.unwrap().sent })
            })
            .collect();
        let mut sent = 0;
        for node in nodes {
            sent += node.await.unwrap();
        }
        assert_eq!(sent, 1);
    }
    assert_eq!(chats.got.lock().unwrap().len(), 12);
}

#[tokio::test]
async fn the_teams_channel_hears_once_what_concerns_all() {
    let company = company().await;
    let (chats, url) = chats(&[(200, "", "ok")]).await;
    company.channels(Some(&url)).await;
    let both = [company.ana, company.rui];
    company.tell(vec![notice(NoticeKind::Queue, "lead 1", &both), notice(NoticeKind::LeadAssigned, "lead 2", &both)]).await;
    company.tell(vec![notice(NoticeKind::Queue, "lead 1", &both), notice(NoticeKind::Escalation, "lead 3 <b>", &[])]).await;
    let mut tx = company.office.facts().write().await.unwrap();
    let due = deliveries::due(tx.conn(), company.author().now, 10).await.unwrap();
    let mut bodies = Vec::new();
    for id in due {
        bodies.push(deliveries::one(tx.conn(), id).await.unwrap());
    }
    tx.rollback().await.unwrap();
    let team: Vec<_> = bodies.iter().filter(|row| row.medium == "slack").collect();
    assert_eq!(team.len(), 1);
    company.deliver().await;
    let got = chats.got.lock().unwrap();
    assert_eq!(got.len(), 1);
    let text = got[0].to_string();
    assert!(text.contains("It is lead 1") && text.contains("It is lead 3 &lt;b&gt;") && !text.contains("lead 2"), "{text}");
}

#[tokio::test]
async fn reading_is_each_ones_own() {
    let company = company().await;
    company.tell(vec![notice(NoticeKind::Queue, "1", &[company.rui, company.ana]), notice(NoticeKind::Queue, "2", &[company.rui])]).await;
    let author = company.author();
    let mut tx = company.office.facts().write().await.unwrap();
    assert!(told::mark_read(&mut tx, &author, company.ana, 999).await.is_err());
    let theirs: (i64,) = (told::unread(tx.conn(), company.ana, 10).await.unwrap(),);
    assert_eq!(theirs, (1,));
    assert_eq!(told::mark_all_read(&mut tx, &author, company.rui).await.unwrap(), 2);
    assert_eq!(told::unread(tx.conn(), company.rui, 10).await.unwrap(), 0);
    assert_eq!(told::unread(tx.conn(), company.ana, 10).await.unwrap(), 1);
    assert_eq!(told::mark_unread(&mut tx, &author, company.rui, author.now).await.unwrap(), 2);
    tx.commit().await.unwrap();
}
