//! E-mail: a message as HTML and text, sent to an SMTP server.

mod letter;

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    address::Address,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use serde::{Deserialize, Serialize};

pub use letter::Letter;

use crate::message::SendError;

/// The whole talk with the server, at most.
pub const SECONDS_MAX: u64 = 30;

/// Where mail goes out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: Option<String>,
    pub password: Option<String>,
    /// The address that mail comes from.
    pub from: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// In the clear: for a relay on this machine.
    None,
    /// Starts in the clear and must go on encrypted.
    Starttls,
    /// Encrypted from the first byte.
    Tls,
}

impl Security {
    pub const ALL: [Security; 3] = [Security::Starttls, Security::Tls, Security::None];

    pub fn key(self) -> &'static str {
        match self {
            Security::None => "none",
            Security::Starttls => "starttls",
            Security::Tls => "tls",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Security::None => "None (a relay on this machine)",
            Security::Starttls => "STARTTLS (usual on port 587)",
            Security::Tls => "TLS (usual on port 465)",
        }
    }

    pub fn parse(key: &str) -> Option<Security> {
        Security::ALL.into_iter().find(|security| security.key() == key)
    }
}

impl SmtpServer {
    /// What is wrong with these settings, and what to do about it.
    pub fn fault(&self) -> Option<String> {
        if self.host.is_empty() || self.host.contains(|c: char| c.is_whitespace() || c == '/' || c == '@') {
            return Some(format!("SMTP server: `{}` is no host; write a name such as smtp.company.com.", self.host));
        }
        if self.port == 0 {
            return Some("Port: write the server's port, usually 587 (STARTTLS) or 465 (TLS).".into());
        }
        if self.user.is_some() != self.password.is_some() {
            return Some("User and password: write both, or neither where the server asks for none.".into());
        }
        if self.user.is_some() && self.security == Security::None && !self.is_local() {
            return Some("A password would go over the network in the clear: choose STARTTLS or TLS.".into());
        }
        address(&self.from).err().map(|error| format!("From: {error}"))
    }

    fn is_local(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// Whether this is an address that mail can go to.
pub fn address(text: &str) -> Result<Address, SendError> {
    text.trim().parse().map_err(|_| SendError::never(format!("`{text}` is no e-mail address: write name@company.com.")))
}

/// Hands the letter to the server. Says what the server answered where it took it.
pub async fn send(server: &SmtpServer, letter: &Letter<'_>) -> Result<String, SendError> {
    let message = letter.to_message(server)?;
    let answer = tokio::time::timeout(Duration::from_secs(SECONDS_MAX), transport(server)?.send(message)).await;
    match answer {
        Ok(Ok(response)) => Ok(format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))),
        Ok(Err(error)) => Err(refusal(server, &error)),
        Err(_) => Err(SendError::later(format!("{} did not answer within {SECONDS_MAX} s", named(server)))),
    }
}

fn transport(server: &SmtpServer) -> Result<AsyncSmtpTransport<Tokio1Executor>, SendError> {
    crate::tls::ready();
    let parameters = || TlsParameters::new(server.host.clone()).map_err(|error| SendError::later(format!("TLS: {error}")));
    let tls = match server.security {
        Security::None => Tls::None,
        Security::Starttls => Tls::Required(parameters()?),
        Security::Tls => Tls::Wrapper(parameters()?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
        .port(server.port)
        .tls(tls)
        .hello_name(ClientId::Domain(address(&server.from)?.domain().to_owned()))
        .timeout(Some(Duration::from_secs(SECONDS_MAX)));
    if let (Some(user), Some(password)) = (&server.user, &server.password) {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}

/// A 5xx answer is for ever; a 4xx, a broken line or no answer at all may be otherwise next time.
fn refusal(server: &SmtpServer, error: &lettre::transport::smtp::Error) -> SendError {
    let mut words = format!("{}: {error}", named(server));
    if let Some(cause) = std::error::Error::source(error).map(ToString::to_string).filter(|cause| !words.contains(cause)) {
        words += &format!(": {cause}");
    }
    if error.is_permanent() { SendError::never(words) } else { SendError::later(words) }
}

fn named(server: &SmtpServer) -> String {
    format!("{}:{}", server.host, server.port)
}
