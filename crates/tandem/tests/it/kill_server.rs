//! `kill -9` of the server while several clients write: what was acknowledged is there after the restart, and the history agrees.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::{
    Client,
    header::{COOKIE, SET_COOKIE},
};

use crate::program::Home;

const KILLS: u64 = 6;
const CLIENTS: usize = 6;

struct Server {
    child: Child,
    url: String,
    /// The one-time link, while nobody can sign in yet.
    link: Option<String>,
}

impl Server {
    fn start(home: &Home) -> Server {
        exchange::tls::ready();
        let mut child = home.command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let url = lines.next().unwrap().rsplit(' ').next().unwrap().to_owned();
        // The link follows within moments where there is one; a server that has an administrator prints no more.
        let link = std::thread::spawn(move || lines.find(|line| line.contains("/welcome?token=")));
        std::thread::sleep(Duration::from_millis(300));
        let link = if link.is_finished() { link.join().unwrap() } else { None };
        Server { child, url, link }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Becomes the administrator; the cookie of the session.
async fn sign_in_first(server: &Server) -> String {
    let link = server.link.as_deref().unwrap();
    let token = link.split("token=").nth(1).unwrap();
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = format!("token={token}&name=Ana&email=ana%40example.com&password=correct+horse+battery");
    let answer = client
        .post(format!("{}/welcome", server.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_redirection(), "{}", answer.status());
    answer.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_writes_outlive_the_server() {
    let home = Home::new();
    let server = Server::start(&home);
    let cookie = sign_in_first(&server).await;
    server.kill();
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for kill in 0..KILLS {
        let server = Server::start(&home);
        let mut clients = Vec::new();
        for client in 0..CLIENTS {
            let (url, cookie, acknowledged) = (server.url.clone(), cookie.clone(), Arc::clone(&acknowledged));
            clients.push(tokio::spawn(async move {
                let http = Client::new();
                for number in 0.. {
                    let name = format!("Company {kill}-{client}-{number}");
                    let request =
                        http.post(format!("{url}/api/v1/companies")).header(COOKIE, &cookie).json(&serde_json::json!({"name": name}));
                    let Ok(answer) = request.send().await else { return };
                    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
                    let Ok(company) = answer.json::<serde_json::Value>().await else { return };
                    acknowledged.lock().unwrap().push((company["id"].as_i64().unwrap(), name));
                }
            }));
        }
        tokio::time::sleep(Duration::from_millis(250 + 130 * kill)).await;
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
    }
    let server = Server::start(&home);
    let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
    assert!(acknowledged.len() > 20, "only {} writes were acknowledged", acknowledged.len());
    let http = Client::new();
    for (id, name) in &acknowledged {
        let answer = http.get(format!("{}/api/v1/companies/{id}", server.url)).header(COOKIE, &cookie).send().await.unwrap();
        let company: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(company["name"].as_str(), Some(name.as_str()), "company {id} was acknowledged");
    }
    drop(server);
    assert_eq!(home.json(&["verify"])["ok"], true);
}
