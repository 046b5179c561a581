//! Posting to an address that somebody typed in: only to https, and only to hosts of the public internet, or this server could be made
//! to talk to what stands beside it.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use alignment::{Instant, instant::MICROS_PER_SECOND};
use reqwest::{
    Client, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::RETRY_AFTER,
    redirect::Policy,
};
use serde_json::Value;

use crate::message::{SendError, one_line, shortened};

pub const SECONDS_MAX: u64 = 15;
const ADDRESS_CHARACTERS_MAX: usize = 2_000;
/// Of an answer, for the words of an error.
const ANSWER_CHARACTERS_MAX: usize = 200;
const ANSWER_BYTES_MAX: usize = 4_096;
/// A longer wait than a day is not waited for.
const RETRY_AFTER_SECONDS_MAX: i64 = 86_400;

/// Which hosts may be talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Public,
    /// This machine too, without TLS: for tests and development.
    Loopback,
}

/// The address, or why none is posted to there.
pub fn checked(text: &str, reach: Reach) -> Result<Url, SendError> {
    let text = text.trim();
    let refused = |words: &str| SendError::never(format!("The webhook address {words}"));
    if text.chars().count() > ADDRESS_CHARACTERS_MAX {
        return Err(refused("is too long: 2,000 characters are the limit."));
    }
    let url = Url::parse(text).map_err(|_| refused("is no address: copy the whole of it, from https:// on."))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let ip: Option<IpAddr> = host.parse().ok();
    if reach == Reach::Loopback && ip.is_some_and(|ip| ip.is_loopback()) && matches!(url.scheme(), "http" | "https") {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(refused("must start with https://."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("must not hold a user or a password."));
    }
    let inside = host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local") || host.ends_with(".internal");
    if inside || ip.is_some_and(|ip| !is_public(ip)) {
        return Err(refused("names a host inside a network: only hosts on the public internet are posted to."));
    }
    Ok(url)
}

/// Hands the payload over. An answer of 2xx is a yes.
pub async fn post(address: &str, reach: Reach, payload: &Value, now: Instant) -> Result<(), SendError> {
    let url = checked(address, reach)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let request = client()?.post(url).json(payload);
    let mut answer = request.send().await.map_err(|error| SendError::later(format!("{host}: {}", without_address(error))))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse::<i64>().ok());
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend(chunk);
        if bytes.len() > ANSWER_BYTES_MAX {
            break;
        }
    }
    let said = shortened(&one_line(&String::from_utf8_lossy(&bytes)), ANSWER_CHARACTERS_MAX);
    let words = if said.is_empty() { format!("{host} answered {status}") } else { format!("{host} answered {status}: {said}") };
    if is_for_ever(status) {
        return Err(SendError::never(words));
    }
    let not_before = wait.map(|seconds| now.plus_micros(seconds.clamp(0, RETRY_AFTER_SECONDS_MAX) * MICROS_PER_SECOND));
    Err(SendError::Later { words, not_before })
}

/// "Too many" and "too slow" pass; any other refusal of a request stays one. A redirect is not followed: it could lead inside.
fn is_for_ever(status: StatusCode) -> bool {
    status.is_redirection()
        || (status.is_client_error()
            && !matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::CONFLICT
            ))
}

/// An address is a secret: who knows it can post. It must not stand in an error.
fn without_address(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        words += &format!(": {error}");
        cause = error.source();
    }
    words
}

fn client() -> Result<Client, SendError> {
    crate::tls::ready();
    Client::builder()
        .redirect(Policy::none())
        // A proxy would look names up by itself, past our check.
        .no_proxy()
        .timeout(Duration::from_secs(SECONDS_MAX))
        .user_agent("Tandem")
        .dns_resolver(Arc::new(PublicNames))
        .build()
        .map_err(|error| SendError::later(format!("no connection can be made: {error}")))
}

/// Looks names up and leaves out what is not public: a public name may point inside.
struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name points to no host on the public internet".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the internet's, by the registries of special addresses (RFC 6890).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_broadcast()
                || ip.is_documentation()
                || ip.is_multicast()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        IpAddr::V6(ip) => match embedded(ip) {
            Some(inner) => is_public(IpAddr::V4(inner)),
            // The one block that is handed out for the internet, without the part for documents.
            None => (ip.segments()[0] & 0xe000) == 0x2000 && !(ip.segments()[0] == 0x2001 && ip.segments()[1] == 0x0db8),
        },
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, translated (64:ff9b::/96) or tunnelled (2002::/16).
fn embedded(ip: Ipv6Addr) -> Option<std::net::Ipv4Addr> {
    let parts = ip.segments();
    let of = |high: u16, low: u16| std::net::Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => ip.to_ipv4_mapped(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_hosts_are_posted_to() {
        let cases = [
            ("https://hooks.slack.com/services/T0/B0/x", ""),
            ("https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=2", ""),
            ("https://1.1.1.1/x", ""),
            ("", "no address"),
            ("hooks.slack.com/services", "no address"),
            ("http://hooks.slack.com/x", "https"),
            ("file:///etc/passwd", "https"),
            ("https://user:secret@hooks.slack.com/x", "password"),
            ("https://localhost/x", "inside"),
            ("https://db.internal/x", "inside"),
            ("https://127.0.0.1/x", "inside"),
            ("http://127.0.0.1:1/x", "https"),
            ("https://2130706433/x", "inside"),
            ("https://0x7f.1/x", "inside"),
            ("https://10.1.2.3/x", "inside"),
            ("https://169.254.169.254/latest/meta-data", "inside"),
            ("https://100.64.0.1/x", "inside"),
            ("https://[::1]/x", "inside"),
            ("https://[::ffff:10.0.0.1]/x", "inside"),
            ("https://[64:ff9b::a00:1]/x", "inside"),
            ("https://[2002:a00:1::]/x", "inside"),
            ("https://[fd00::1]/x", "inside"),
            ("https://[fe80::1]/x", "inside"),
            ("https://[2606:4700::1111]/x", ""),
        ];
        for (text, words) in cases {
            match checked(text, Reach::Public) {
                Ok(_) => assert!(words.is_empty(), "{text} was taken"),
                Err(error) => assert!(!words.is_empty() && error.to_string().contains(words), "{text}: {error}"),
            }
        }
        assert!(checked("http://127.0.0.1:8080/x", Reach::Loopback).is_ok());
        assert!(checked("http://10.0.0.1/x", Reach::Loopback).is_err());
        assert!(checked(&format!("https://example.com/{}", "x".repeat(2_000)), Reach::Public).is_err());
    }

    #[test]
    fn what_is_tried_again() {
        for (status, for_ever) in
            [(400, true), (403, true), (404, true), (410, true), (302, true), (429, false), (408, false), (500, false)]
        {
            assert_eq!(is_for_ever(StatusCode::from_u16(status).unwrap()), for_ever, "{status}");
        }
    }

    #[tokio::test]
    async fn a_name_that_points_inside_is_not_followed() {
        let found = PublicNames.resolve("localhost".parse().unwrap()).await;
        assert!(found.is_err());
    }
}
