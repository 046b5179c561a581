//! The server: the table of endpoints behind its layers.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, Request},
    http::{HeaderName, HeaderValue, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
};
use tokio::net::TcpListener;
use tower_http::{compression::CompressionLayer, csrf::CsrfLayer};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{
    Office,
    access::{attempts::Attempts, sessions},
    web::{
        Allow,
        endpoints::{self, Endpoint},
        guard::{Gate, guard},
        measure,
        showing::show_errors,
    },
};

/// What handlers may ask for by `State`: the [`Office`], or all of this.
#[derive(Clone)]
pub struct Server {
    pub office: Office,
    pub attempts: Arc<Attempts>,
    /// Pages that can be linked to: paths of `GET` endpoints and who may open them.
    pub pages: Arc<Vec<(&'static str, Allow)>>,
}

impl FromRef<Server> for Office {
    fn from_ref(server: &Server) -> Office {
        server.office.clone()
    }
}

/// Answers requests on `listener` until `shutdown` ends, then finishes those under way.
pub async fn serve(office: Office, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
    let app = router(&office).await?;
    tokio::task::spawn_blocking({
        let office = office.clone();
        move || office.history_keeper().verify_files()
    });
    let cleaning = tokio::spawn(sessions::clean_up_daily(office.clone()));
    let resigning = tokio::spawn(crate::agreement::remind_daily(office.clone()));
    let delivering = tokio::spawn(crate::notifications::outbox::deliver_always(office.clone()));
    let ticking = tokio::spawn(crate::clocks::tick_regularly(office.clone()));
    let reminding = tokio::spawn(crate::promises::reminders::tick_regularly(office.clone()));
    let shutdown = async move {
        shutdown.await;
        office.tell(crate::office::News::Closing);
    };
    let service = app.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(shutdown).await;
    cleaning.abort();
    resigning.abort();
    // A message between being sent and being noted is not cut off.
    let _ = tokio::time::timeout(crate::notifications::outbox::CLOSING_MAX, delivering).await;
    ticking.abort();
    reminding.abort();
    Ok(served?)
}

pub async fn router(office: &Office) -> anyhow::Result<Router> {
    measure::start();
    let table = endpoints::all();
    let pages = table.iter().filter(|endpoint| endpoint.method == "GET").map(|endpoint| (endpoint.path, endpoint.allow)).collect();
    let server = Server { office: office.clone(), attempts: Arc::default(), pages: Arc::new(pages) };
    let mut router = Router::new();
    for endpoint in table {
        router = add(router, endpoint, &server);
    }
    Ok(router
        .fallback(|| async { axum::http::StatusCode::NOT_FOUND })
        .layer(session_layer(office).await?)
        .layer(CsrfLayer::new())
        .layer(from_fn(show_errors))
        .layer(from_fn(secure_headers))
        .layer(CompressionLayer::new())
        .with_state(server))
}

fn add(router: Router<Server>, endpoint: Endpoint, server: &Server) -> Router<Server> {
    let gate = Gate { server: server.clone(), path: endpoint.path, allow: endpoint.allow, scope: endpoint.scope };
    let route = endpoint.route.route_layer(DefaultBodyLimit::max(endpoint.body_bytes_max)).route_layer(from_fn_with_state(gate, guard));
    router.route(endpoint.path, route)
}

async fn session_layer(office: &Office) -> anyhow::Result<SessionManagerLayer<sessions::RecordedSessions>> {
    let mut record = office.facts().read().await?;
    // Behind a proxy that speaks https, the cookie must never go out in the clear.
    let public = facts::settings::get(record.conn(), "public_url").await?;
    Ok(SessionManagerLayer::new(sessions::RecordedSessions::new(office.facts().clone()))
        .with_name("tandem")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(public.is_some_and(|url| url.starts_with("https://")))
        .with_expiry(Expiry::OnInactivity(time::Duration::days(sessions::IDLE_DAYS_MAX))))
}

const POLICY: &str =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
/// The viewer of the API sets styles from its script.
const POLICY_API: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

async fn secure_headers(request: Request, next: Next) -> Response {
    let policy = if request.uri().path() == "/api" { POLICY_API } else { POLICY };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages hold people's data: nothing on the way may keep them.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
