//! Walks every endpoint of the table as every role and as nobody, on a running server, and compares with what the table allows.

use std::collections::{HashMap, HashSet};

use alignment::Instant;
use facts::access::NewUser;
use reqwest::{Client, Method, StatusCode, redirect::Policy};

use super::*;
use crate::{
    Clock, Office,
    access::{Role, password},
};

const PASSWORD: &str = "a long enough password";

struct Running {
    address: String,
    office: Office,
    _home: tempfile::TempDir,
}

async fn start() -> Running {
    let home = tempfile::tempdir().unwrap();
    let office = Office::open(home.path(), None, Clock::set_to("2026-03-02T09:00:00Z".parse::<Instant>().unwrap())).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(office.clone(), listener, std::future::pending()));
    Running { address, office, _home: home }
}

fn browser() -> Client {
    Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap()
}

impl Running {
    async fn sign_in(&self, role: Role) -> Client {
        let email = format!("{}@example.com", role.key());
        let hash = password::hash(PASSWORD.into()).await.unwrap();
        let mut tx = self.office.facts().write().await.unwrap();
        let new = NewUser { name: role.name(), email: &email, side: role.side(), role: role.key(), password_hash: Some(&hash) };
        facts::access::invite_user(&mut tx, &new, None, 0).await.unwrap();
        tx.commit().await.unwrap();
        let client = browser();
        let form = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.post_form(&client, "/sign-in", form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{role:?} signs in");
        client
    }

    async fn post_form(&self, client: &Client, path: &str, form: String) -> reqwest::Response {
        let request = client.post(format!("{}{path}", self.address)).header("content-type", "application/x-www-form-urlencoded");
        request.body(form).send().await.unwrap()
    }

    async fn ask(&self, client: &Client, method: &Method, path: &str) -> reqwest::Response {
        client.request(method.clone(), format!("{}{path}", self.address)).send().await.unwrap()
    }
}

/// The path with ids that exist nowhere.
fn filled(path: &str) -> String {
    let part = |part: &str| match part.strip_prefix('{') {
        Some(name) if name.starts_with("id") || name.contains("_id") => "999999999".to_owned(),
        Some(_) => "no-such".to_owned(),
        None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_table_is_what_the_server_does() {
    let running = start().await;
    let mut clients: HashMap<Option<Role>, Client> = HashMap::from([(None, browser())]);
    for role in Role::ALL {
        clients.insert(Some(role), running.sign_in(role).await);
    }
    let mut wrong = Vec::new();
    for endpoint in endpoints::all() {
        // An endless stream, what would sign the walker out, and what would build a whole company beside the walk.
        if ["/live", "/sign-out", "/sample"].contains(&endpoint.path) {
            continue;
        }
        let path = filled(endpoint.path);
        for (role, client) in &clients {
            let answer = running.ask(client, &endpoint.method, &path).await;
            let status = answer.status();
            let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
            let to_sign_in = status == StatusCode::SEE_OTHER && location.starts_with("/sign-in");
            let open = match (endpoint.allow, role) {
                (Allow::Anyone, _) => true,
                (Allow::SignedIn, role) => role.is_some(),
                (Allow::Roles(roles), role) => role.is_some_and(|role| roles.contains(&role)),
            };
            let fine = match (open, role, endpoint.is_api()) {
                (true, _, _) => {
                    let missing = path.contains("999999999") && endpoint.method == Method::GET;
                    !status.is_server_error()
                        && status != StatusCode::UNAUTHORIZED
                        && status != StatusCode::FORBIDDEN
                        && !to_sign_in
                        && (!missing || status == StatusCode::NOT_FOUND)
                }
                (false, None, true) => status == StatusCode::UNAUTHORIZED,
                (false, None, false) => to_sign_in,
                (false, Some(_), _) => status == StatusCode::FORBIDDEN,
            };
            if !fine {
                wrong.push(format!("{} {} as {role:?}: {status} {location}", endpoint.method, endpoint.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The banner of the past goes by a list of paths: those are the pages that read an instant, and so refuse a wrong one.
#[tokio::test]
async fn the_banner_of_the_past_is_on_the_pages_that_take_an_instant() {
    let running = start().await;
    let client = running.sign_in(Role::Admin).await;
    let (mut wrong, mut asked) = (Vec::new(), 0);
    let pages = endpoints::all().into_iter().filter(|endpoint| endpoint.method == Method::GET && !endpoint.is_api());
    for endpoint in pages.filter(|endpoint| !endpoint.path.contains('{') && endpoint.path != "/live") {
        let at = async |as_of: &str| running.ask(&client, &Method::GET, &format!("{}?as_of={as_of}", endpoint.path)).await;
        let past = at("2026-01-01").await;
        let is_given = past.status() == StatusCode::OK;
        let text = past.text().await.unwrap_or_default();
        if !is_given || !text.contains("<html") {
            continue;
        }
        asked += 1;
        let (reads, says) =
            (at("noon").await.status() == StatusCode::UNPROCESSABLE_ENTITY, text.contains("what happened since is left out"));
        if reads != says {
            wrong.push(format!("{}: reads the instant: {reads}, says so: {says}", endpoint.path));
        }
    }
    assert!(wrong.is_empty() && asked > 20, "{asked} pages: {}", wrong.join("\n"));
}

#[test]
fn no_endpoint_stands_twice() {
    let mut seen = HashSet::new();
    for endpoint in endpoints::all() {
        assert!(seen.insert((endpoint.method.clone(), endpoint.path)), "{} {} stands twice", endpoint.method, endpoint.path);
    }
}

#[tokio::test]
async fn the_first_start_makes_an_administrator_once() {
    let running = start().await;
    let link = crate::access::first_link(&running.office).await.unwrap().expect("nobody can sign in yet");
    let client = browser();
    assert_eq!(running.ask(&client, &Method::GET, &link).await.status(), StatusCode::OK);
    let token = link.split_once('=').unwrap().1;
    let form = |password: &str| format!("token={token}&name=Ana+Prado&email=Ana@Example.com&password={password}");
    let short = running.post_form(&client, "/welcome", form("short")).await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text().await.unwrap().contains("12 characters"));
    assert_eq!(running.post_form(&client, "/welcome", form("correct+horse+battery")).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(running.ask(&client, &Method::GET, "/settings/users").await.status(), StatusCode::OK);
    assert_eq!(running.post_form(&browser(), "/welcome", form("correct+horse+battery")).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(crate::access::first_link(&running.office).await.unwrap(), None);
    let again = browser();
    let answer =
        running.post_form(&again, "/sign-in", "email=ana@example.com&password=correct+horse+battery&next=//evil.example".into()).await;
    assert_eq!((answer.status(), answer.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
}

#[tokio::test]
async fn a_token_holds_what_its_scopes_say() {
    let running = start().await;
    let client = running.sign_in(Role::Sales).await;
    let page = running.post_form(&client, "/settings/tokens", "name=Sheet&read=1".into()).await.text().await.unwrap();
    let token = page.split("tdm_").nth(1).unwrap().split('<').next().unwrap();
    let refused = running.post_form(&client, "/settings/tokens", "name=Sheet&admin=1".into()).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let actor = crate::access::tokens::actor_of(&running.office, &format!("Bearer tdm_{token}")).await.unwrap();
    assert_eq!((actor.role, actor.scopes), (Role::Sales, Some(vec![crate::access::Scope::Read])));
    assert!(crate::access::tokens::actor_of(&running.office, "Bearer tdm_guess").await.is_err());
    assert!(!page.contains("sha256"));
}

#[tokio::test]
async fn pages_open_while_an_import_holds_the_writer() {
    let running = start().await;
    let client = running.sign_in(Role::Leader).await;
    let import = running.office.facts().write().await.unwrap();
    let before = std::time::Instant::now();
    for path in ["/", "/settings", "/"] {
        assert_eq!(running.ask(&client, &Method::GET, path).await.status(), StatusCode::OK, "{path}");
    }
    assert!(before.elapsed() < std::time::Duration::from_secs(5), "{:?}", before.elapsed());
    assert_eq!(running.ask(&client, &Method::POST, "/sign-out").await.status(), StatusCode::SEE_OTHER);
    let after = running.ask(&client, &Method::GET, "/").await;
    assert_eq!(after.headers()["location"], "/sign-in");
    import.rollback().await.unwrap();
}

#[tokio::test]
async fn another_site_can_change_nothing() {
    let running = start().await;
    let client = running.sign_in(Role::Admin).await;
    let request = client.post(format!("{}/settings/profile", running.address)).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.header("sec-fetch-site", "cross-site").body("name=Eve&email=eve@example.com").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.text().await.unwrap().contains("another site"));
}

#[tokio::test]
async fn errors_are_in_words_and_say_no_internals() {
    let running = start().await;
    let answer = running.ask(&browser(), &Method::GET, "/api/v1/nowhere").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"));
    let page = running.ask(&browser(), &Method::GET, "/nowhere").await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    assert!(page.text().await.unwrap().contains("There is no page at this address."));
}
