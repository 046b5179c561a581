//! Mail arrives at a real SMTP server, and what goes to chats fits the schemas that Slack and Microsoft publish.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use alignment::{Instant, ids::UserId};
use exchange::{
    chat::{Chat, Reach},
    mail::{Security, SmtpServer},
    message::{Item, Message},
};
use facts::{access::NewUser, changes::Author, list::Turn, notifications::deliveries};
use office::{
    Actor, Clock, Office, Role,
    notifications::{Medium, Notice, NoticeKind, channels, deliver, outbox::LEASE_MICROS, tell_all},
};
use serde_json::{Value, json};

const MINUTE_MICROS: i64 = 60_000_000;

/// Node with a script of `web/tests`, and the packages that it needs.
fn node(script: &str, arguments: &[&str]) -> Child {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    let missing: Vec<PathBuf> = ["smtp-server", "postal-mime", "typescript", "@slack/types", "@microsoft/teams.cards"]
        .iter()
        .map(|package| web.join("node_modules").join(package))
        .filter(|path| !path.exists())
        .collect();
    assert!(missing.is_empty(), "install Node 20 or newer and the packages of web/ (bin/setup --test does it); missing: {missing:?}");
    let mut command = Command::new("node");
    command.arg(web.join("tests").join(script)).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap_or_else(|error| panic!("install Node 20 or newer (bin/setup --test does it): {error}"))
}

/// The server ends when its input does, which is when this is dropped.
struct Mailbox {
    child: Child,
    port: u16,
    mails: Receiver<Value>,
}

impl Mailbox {
    /// `answers` are what the first mails are refused with.
    fn open(answers: &[&str]) -> Mailbox {
        let mut child = node("smtp.mjs", answers);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().expect("the server prints its port").unwrap().parse().unwrap();
        let (sender, mails) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Mailbox { child, port, mails }
    }

    fn next(&self) -> Value {
        self.mails.recv_timeout(Duration::from_secs(20)).expect("a mail arrives")
    }

    fn is_empty(&self) -> bool {
        self.mails.recv_timeout(Duration::from_millis(300)).is_err()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Company {
    office: Office,
    ana: Actor,
    mailbox: Mailbox,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

impl Company {
    async fn new(answers: &[&str]) -> Company {
        let (mailbox, database, home) = (Mailbox::open(answers), cast::database().await, tempfile::tempdir().unwrap());
        let now: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
        let office = Office::open(home.path(), Some(&database.url), Clock::set_to(now)).await.unwrap();
        let mut tx = office.facts().write().await.unwrap();
        let new = NewUser { name: "Ana", email: "ana@example.com", side: "marketing", role: Role::Admin.key(), password_hash: None };
        let id = facts::access::invite_user(&mut tx, &new, None, now.0).await.unwrap();
        tx.commit().await.unwrap();
        let ana = Actor { user: Some(UserId(id)), name: "Ana".into(), role: Role::Admin, scopes: None };
        let company = Company { office, ana, mailbox, _database: database, _home: home };
        company.set_up("a secret").await;
        company
    }

    async fn set_up(&self, password: &str) {
        let smtp = SmtpServer {
            host: "127.0.0.1".into(),
            port: self.mailbox.port,
            security: Security::None,
            user: Some("tandem".into()),
            password: Some(password.into()),
            from: "tandem@example.com".into(),
        };
        let public_url = Some("https://tandem.example.com".into());
        let channels = channels::Channels { smtp: Some(smtp), public_url, ..channels::Channels::default() };
        channels::save(&self.office, &self.ana, &channels, Reach::Public).await.unwrap();
    }

    fn author(&self) -> Author {
        Author { actor: None, now: self.office.clock().now().0, agreement_version: Some(1) }
    }

    async fn tell(&self, kind: NoticeKind, titles: &[&str]) {
        let notice = |title: &&str| Notice {
            kind,
            once: (*title).into(),
            to: vec![self.ana.user.unwrap().0],
            title: (*title).into(),
            body: "Zoë’s <lead>\nwaits & waits".into(),
            url: Some("/leads/17".into()),
        };
        let mut tx = self.office.facts().write().await.unwrap();
        tell_all(&mut tx, &self.author(), titles.iter().map(notice).collect()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Sent, put off, dead.
    async fn deliver(&self) -> (usize, usize, usize) {
        let done = deliver(&self.office, Reach::Public).await.unwrap();
        (done.sent, done.put_off, done.dead)
    }

    /// State and last error of the one delivery.
    async fn only(&self) -> (i64, String, String) {
        let mut record = self.office.facts().read().await.unwrap();
        let rows = deliveries::list(&mut record, None, Turn::first()).await.unwrap().items;
        assert_eq!(rows.len(), 1);
        (rows[0].id, rows[0].state.clone(), rows[0].last_error.clone().unwrap_or_default())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_arrives_with_html_text_and_its_headers() {
    let company = Company::new(&[]).await;
    company.tell(NoticeKind::ClockBreached, &["Acme: the review is late"]).await;
    assert_eq!(company.deliver().await, (1, 0, 0));
    let mail = company.mailbox.next();
    assert_eq!((mail["user"].as_str(), &mail["to"]), (Some("tandem"), &json!(["ana@example.com"])));
    assert_eq!(mail["subject"], "Acme: the review is late");
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(text.contains("Zoë’s <lead>") && text.contains("https://tandem.example.com/leads/17"), "{text}");
    assert!(html.contains("Zoë’s &lt;lead&gt;<br>waits &amp; waits"), "{html}");
    assert!(html.contains("href=\"https://tandem.example.com/leads/17\""), "{html}");
    let headers = &mail["headers"];
    assert_eq!(headers["list-unsubscribe"], "<https://tandem.example.com/settings/notifications>");
    assert_eq!(headers["auto-submitted"], "auto-generated");
    assert!(headers["message-id"].as_str().unwrap().starts_with("<tandem-1-"), "{headers}");
    assert!(headers["content-type"].as_str().unwrap().starts_with("multipart/alternative"));
    assert!(headers["date"].as_str().unwrap().starts_with("Mon, 02 Mar 2026 09:00:00"));
    // Sent is sent.
    assert_eq!(company.deliver().await, (0, 0, 0));
    assert!(company.mailbox.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_one_letter_at_its_hour() {
    let company = Company::new(&[]).await;
    company.tell(NoticeKind::LeadAssigned, &["Lead 1", "Lead 2"]).await;
    company.tell(NoticeKind::LeadDecided, &["Lead 3 was accepted"]).await;
    assert_eq!(company.deliver().await, (0, 0, 0));
    company.office.clock().tick_micros(23 * 60 * MINUTE_MICROS);
    assert_eq!(company.deliver().await, (1, 0, 0));
    let mail = company.mailbox.next();
    assert_eq!(mail["subject"], "3 notifications");
    let text = mail["text"].as_str().unwrap();
    assert!(["Lead 1", "Lead 2", "Lead 3 was accepted"].iter().all(|title| text.contains(title)), "{text}");
    assert!(company.mailbox.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_4xx_is_tried_again_and_a_5xx_waits_for_a_person() {
    let company = Company::new(&["451", "550"]).await;
    company.tell(NoticeKind::Question, &["Who is this?"]).await;
    assert_eq!(company.deliver().await, (0, 1, 0));
    let (_, state, error) = company.only().await;
    assert!(state == "waiting" && error.contains("451"), "{state}: {error}");
    assert_eq!(company.deliver().await, (0, 0, 0), "not before a minute has passed");
    company.office.clock().tick_micros(MINUTE_MICROS);
    assert_eq!(company.deliver().await, (0, 0, 1));
    let (id, state, error) = company.only().await;
    assert!(state == "dead" && error.contains("550") && !error.contains("a secret"), "{state}: {error}");
    company.office.clock().tick_micros(60 * MINUTE_MICROS);
    assert_eq!(company.deliver().await, (0, 0, 0));
    let mut tx = company.office.facts().write().await.unwrap();
    deliveries::replay(&mut tx, &company.author(), id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(company.deliver().await, (1, 0, 0));
    assert_eq!(company.mailbox.next()["subject"], "Who is this?");
}

/// The server took the letter, and the line was cut before it could say so.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_of_unknown_fate_comes_again_under_the_same_name() {
    let company = Company::new(&["0"]).await;
    company.tell(NoticeKind::Question, &["Who is this?"]).await;
    assert_eq!(company.deliver().await, (0, 1, 0));
    let first = company.mailbox.next();
    company.office.clock().tick_micros(MINUTE_MICROS);
    assert_eq!(company.deliver().await, (1, 0, 0));
    assert_eq!(company.mailbox.next()["headers"]["message-id"], first["headers"]["message-id"]);
}

/// A sender that claimed the letter and was never heard of again.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_sender_held_is_sent_by_another() {
    let company = Company::new(&[]).await;
    company.tell(NoticeKind::Question, &["Who is this?"]).await;
    let now = company.author().now;
    let (id, ..) = company.only().await;
    let mut tx = company.office.facts().write().await.unwrap();
    let claimed = deliveries::claim(&mut tx, id, now, now + LEASE_MICROS).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    company.office.clock().tick_micros(LEASE_MICROS - 1);
    assert_eq!(company.deliver().await, (0, 0, 0), "it may still be at it");
    company.office.clock().tick_micros(1);
    assert_eq!(company.deliver().await, (1, 0, 0));
    company.mailbox.next();
    // The first one comes back late: what it has to say no longer counts.
    let mut tx = company.office.facts().write().await.unwrap();
    let late = deliveries::Ending::Dead { error: "late".into() };
    assert!(!deliveries::end(&mut tx, &company.author(), &claimed, &late).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(company.only().await.1, "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_message_says_at_once_what_is_wrong() {
    let company = Company::new(&[]).await;
    let to = channels::try_out(&company.office, &company.ana, Medium::Email, Reach::Public).await.unwrap();
    assert_eq!(to, "ana@example.com");
    assert_eq!(company.mailbox.next()["subject"], "Tandem: a test message");
    company.set_up("another").await;
    let error = channels::try_out(&company.office, &company.ana, Medium::Email, Reach::Public).await.unwrap_err().to_string();
    assert!(error.contains("535") && !error.contains("another"), "{error}");
    let error = channels::try_out(&company.office, &company.ana, Medium::Slack, Reach::Public).await.unwrap_err().to_string();
    assert!(error.contains("webhook"), "{error}");
}

#[test]
fn chat_payloads_fit_the_published_schemas() {
    let item = |title: &str, body: &str, url: Option<&str>| Item { title: title.into(), body: body.into(), url: url.map(str::to_owned) };
    let link = "https://tandem.example.com/leads/1?a=(b)|c";
    let whole = |items: Vec<Item>, more| Message {
        heading: "3 <notifications> & more".into(),
        items,
        more,
        all_url: Some("https://tandem.example.com/notifications".into()),
        settings_url: Some("https://tandem.example.com/settings/notifications".into()),
    };
    let messages = [
        Message { heading: "Only a heading".into(), items: Vec::new(), more: 0, all_url: None, settings_url: None },
        Message { settings_url: None, all_url: None, ..whole(vec![item("A title", "", None)], 0) },
        whole(vec![item("*Bold* [link](x) <!channel>", "Line one\nline two", Some(link)), item("Second", "", None)], 3),
        whole(vec![item(&"長い題".repeat(200), &"長い文".repeat(2_000), Some(link)); 60], 100),
    ];
    let payloads = |chat: Chat| messages.iter().map(|message| chat.payload(message)).collect::<Vec<_>>();
    let (slack, teams) = (payloads(Chat::Slack), payloads(Chat::Teams));
    // What the types can't say: the vendors' limits, and that nobody's words ring the whole channel.
    for payload in &slack {
        let blocks = payload["blocks"].as_array().unwrap();
        assert!(blocks.len() <= 50 && !payload.to_string().contains("<!channel>"));
        assert!(blocks.iter().filter_map(|block| block["text"]["text"].as_str()).all(|text| text.chars().count() <= 3_000));
        assert!(blocks[0]["text"]["text"].as_str().unwrap().chars().count() <= 150);
    }
    assert!(teams.iter().all(|payload| payload.to_string().len() <= 28_000));
    assert!(teams[2].to_string().contains(r"\\[link\\](x)"), "{}", teams[2]);

    let mut child = node("chat-schemas.mjs", &[]);
    child.stdin.take().unwrap().write_all(json!({"slack": slack, "teams": teams}).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("4 + 4 payloads, 0 faults"), "{said}");
}
