//! How many single touches a second go through HTTP until they are durable, scored and judged, and how long each waits.
//!
//! `cargo run --release -p office --example touch_speed -- [SECONDS] [CLIENTS] [PEOPLE]`. Clients and server share the machine. The
//! record is a SQLite file, or the PostgreSQL that `TANDEM_DATABASE` names.

use std::time::{Duration, Instant as Stopwatch};

use alignment::{Currency, agreement::Agreement, ids::UserId};
use facts::{access::NewUser, bulk::Value, schema};
use office::{
    Actor, Clock, Office, Role,
    access::{Scope, tokens},
    agreement, web,
};

const KINDS: [&str; 5] = ["page_view", "page_view", "page_view", "email_open", "download"];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let mut next = |default: usize| numbers.next().and_then(Result::ok).unwrap_or(default);
    let (seconds, clients, people) = (next(10), next(64), next(20_000));
    let home = tempfile::tempdir()?;
    let database = std::env::var("TANDEM_DATABASE").ok();
    let office = Office::open(home.path(), database.as_deref(), Clock::System).await?;
    let token = furnish(&office, people).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/api/v1/touches", listener.local_addr()?);
    tokio::spawn(web::serve(office.clone(), listener, std::future::pending()));
    let client = reqwest::Client::builder().pool_max_idle_per_host(clients).build()?;
    let started = Stopwatch::now();
    let until = Duration::from_secs(seconds as u64);
    let mut tasks = Vec::new();
    for number in 0..clients {
        let (client, url, token) = (client.clone(), url.clone(), token.clone());
        tasks.push(tokio::spawn(async move {
            let mut waits = Vec::new();
            let mut dice = number as u64 * 7_919 + 1;
            while started.elapsed() < until {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let person = (dice >> 33) as usize % people + 1;
                let kind = KINDS[(dice >> 17) as usize % KINDS.len()];
                let body = format!(
                    "{{\"touches\":[{{\"person_id\":{person},\"kind\":\"{kind}\",\"channel\":\"organic_search\",\
                     \"external_id\":{{\"system\":\"load\",\"id\":\"{number}-{dice}\"}}}}]}}"
                );
                let sent = Stopwatch::now();
                let request = client.post(&url).bearer_auth(&token).header("content-type", "application/json").body(body);
                let status = request.send().await?.error_for_status()?.status();
                anyhow::ensure!(status == 201, "{status}");
                waits.push(sent.elapsed());
            }
            Ok::<_, anyhow::Error>(waits)
        }));
    }
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    let took = started.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let leads = facts::leads::count(&mut office.facts().read().await?, &facts::leads::LeadFilter::default()).await?;
    println!("{} touches in {took:.1} s by {clients} clients: {:.0} a second", waits.len(), waits.len() as f64 / took);
    println!("each waited: median {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", at(0.5), at(0.9), at(0.99), at(1.0));
    println!("leads that the Agreement made of them: {leads:?}");
    Ok(())
}

/// People at companies, an Agreement with criteria and scoring, and a token for the clients.
async fn furnish(office: &Office, people: usize) -> anyhow::Result<String> {
    let mut text = Agreement::default_for(Currency::EUR, "Europe/Lisbon");
    text.ideal_customer.industries = vec!["Software".into(), "Retail".into()];
    agreement::replace_first(office, &text.propose()).await?;
    let mut tx = office.facts().write().await?;
    let new = NewUser { name: "Load", email: "load@example.com", side: "marketing", role: "admin", password_hash: None };
    let user = facts::access::invite_user(&mut tx, &new, None, 0).await?;
    for (table, count) in [(&schema::COMPANIES, people / 4 + 1), (&schema::PEOPLE, people)] {
        let first = tx.allocate(table.name, count).await?;
        let of = |id: i64, column: &str| match column {
            "id" => Value::Int(id),
            "name" => Value::Text(format!("Name {id}")),
            "email" => Value::Text(format!("name{id}@example.com")),
            "job_title" => Value::Text("Head of operations".into()),
            "industry" => Value::Text(["Software", "Retail", "Farming"][id as usize % 3].into()),
            "employees" => Value::Int(20 + id % 700),
            "company_id" => Value::Int(id / 4 + 1),
            "recorded_at" => Value::Int(0),
            _ => Value::Null,
        };
        let ids = first..first + count as i64;
        let values = ids.flat_map(|id| table.columns.iter().map(move |column| of(id, column.name))).collect();
        let engine = tx.engine;
        facts::bulk::insert(tx.conn(), engine, table, values).await?;
    }
    tx.commit().await?;
    let actor = Actor { user: Some(UserId(user)), name: "Load".into(), role: Role::Admin, scopes: None };
    tokens::create(office, &actor, "load", &[Scope::Read, Scope::Write]).await.map_err(|error| anyhow::anyhow!(error.to_string()))
}
