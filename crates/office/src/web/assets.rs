//! Styles, script, fonts and libraries, packed into the binary by `build.rs`.

use std::io::Read;

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::web::{Allow, AppError, Endpoint};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

pub struct Asset {
    pub name: &'static str,
    /// With the hash of the bytes in it, so that browsers may keep the answer for ever.
    pub path: &'static str,
    /// Held as gzip.
    pub compressed: bool,
    pub bytes: &'static [u8],
}

/// Where a page finds an asset.
pub fn url(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("/assets/missing", |asset| asset.path)
}

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/assets/{hash}/{name}", Allow::Anyone, asset), Endpoint::get("/favicon.ico", Allow::Anyone, icon)]
}

async fn asset(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, AppError> {
    let path = format!("/assets/{hash}/{name}");
    let asset = ASSETS.iter().find(|asset| asset.path == path).ok_or_else(|| AppError::not_found("file", name))?;
    answer(asset, &headers)
}

async fn icon(headers: HeaderMap) -> Result<Response, AppError> {
    let asset = ASSETS.iter().find(|asset| asset.name == "icon.svg").ok_or_else(|| AppError::not_found("file", "icon.svg"))?;
    answer(asset, &headers)
}

fn answer(asset: &'static Asset, headers: &HeaderMap) -> Result<Response, AppError> {
    let takes_gzip = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("gzip"));
    let mut response = if asset.compressed && !takes_gzip {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(asset.bytes).read_to_end(&mut bytes).map_err(|error| AppError::Internal(error.into()))?;
        bytes.into_response()
    } else {
        asset.bytes.into_response()
    };
    let out = response.headers_mut();
    if asset.compressed && takes_gzip {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(asset.name)));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
