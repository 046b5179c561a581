//! `tandem serve`: the product in the browser and over the API.

use clap::Args;
use office::{Office, access, web};
use tokio::net::TcpListener;

use crate::Place;

#[derive(Args)]
pub struct ServeArgs {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", env = "TANDEM_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: String,
}

pub async fn run(place: &Place, args: ServeArgs) -> anyhow::Result<()> {
    let office = place.open().await?;
    listen(office, &args.listen).await
}

/// Prints where it listens, and while nobody can sign in yet the link that makes the first administrator.
pub async fn listen(office: Office, address: &str) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| anyhow::anyhow!("can't listen on {address}: {error}; name another with --listen, such as 127.0.0.1:0"))?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("Tandem listens on {url}");
    if let Some(path) = access::first_link(&office).await? {
        println!("Nobody can sign in yet. Open this link once, within 24 hours, to become the administrator:\n{url}{path}");
    }
    // The first page should not wait for the history to be read.
    let warm = office.clone();
    tokio::spawn(async move {
        if let Err(error) = warm.history().await {
            tracing::error!(%error, "the history could not be brought up to date");
        }
    });
    web::serve(office.clone(), listener, stop_asked()).await?;
    office.history_keeper().save_rest().await
}

async fn stop_asked() {
    let interrupt = async { tokio::signal::ctrl_c().await.ok() };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<Option<()>>();
    tokio::select! { _ = interrupt => {}, _ = terminate => {} }
}
