//! What a request asks: its query, its body, and how errors in them are put.

use alignment::Instant;
use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{HeaderMap, request::Parts},
};
use facts::list::{LIMIT_DEFAULT, LIMIT_MAX, Sort, Turn, Wanted};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use crate::web::{AppError, Server};

/// The query of a request. A parameter that is not known is refused, with those that are.
pub struct Asked<Q>(pub Q);

impl<Q: DeserializeOwned> FromRequestParts<Server> for Asked<Q> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Asked<Q>, AppError> {
        let Query(query) = Query::try_from_uri(&parts.uri).map_err(|rejection| AppError::refused(plain(&rejection.body_text())))?;
        Ok(Asked(query))
    }
}

/// A part of the rows behind a figure, as their endpoints take it: these lists are computed whole, so that no cursor is needed.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, IntoParams)]
#[serde(default)]
pub struct Slice {
    /// Rows to leave out from the first.
    #[param(required = false)]
    pub offset: usize,
    /// 1 to 1,000; 100 unless said.
    #[param(required = false)]
    pub limit: usize,
}

/// Rows of a slice, at most.
const SLICE_MAX: usize = 1000;

impl Default for Slice {
    fn default() -> Slice {
        Slice { offset: 0, limit: 100 }
    }
}

impl FromRequestParts<Server> for Slice {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Slice, AppError> {
        let Asked(slice) = Asked::<Slice>::from_request_parts(parts, server).await?;
        match slice.limit {
            1..=SLICE_MAX => Ok(slice),
            limit => Err(AppError::refused(format!("limit: {limit} is not from 1 to {SLICE_MAX}; go on with offset for more"))),
        }
    }
}

/// A JSON body, with what makes a retry of it recognisable.
pub struct Body<T> {
    pub fields: T,
    pub key: Option<String>,
    pub hash: String,
}

/// Characters of an `Idempotency-Key`, at most.
const KEY_MAX: usize = 200;

impl<T: DeserializeOwned> FromRequest<Server> for Body<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, server: &Server) -> Result<Body<T>, AppError> {
        let key = idempotency_key(request.headers())?;
        let address = format!("{} {}", request.method(), request.uri().path());
        let bytes = Bytes::from_request(request, server).await.map_err(|rejection| AppError::refused(rejection.body_text()))?;
        let Json(fields) = Json::from_bytes(&bytes).map_err(|rejection| AppError::refused(plain(&rejection.body_text())))?;
        let hash = Sha256::new().chain_update(address).chain_update(&bytes).finalize();
        Ok(Body { fields, key, hash: hash.iter().map(|byte| format!("{byte:02x}")).collect() })
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, AppError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= KEY_MAX => Ok(Some(key.to_owned())),
        _ => Err(AppError::refused(format!("Idempotency-Key: write 1 to {KEY_MAX} visible ASCII characters"))),
    }
}

/// Without the words of the library in front.
fn plain(text: &str) -> String {
    let known = [
        "Failed to deserialize query string: ",
        "Failed to deserialize the JSON body into the target type: ",
        "Failed to parse the request body as JSON: ",
    ];
    let words = known.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    format!("{words}. See /api for what this address takes.")
}

pub fn turn<'a>(cursor: &'a Option<String>, limit: Option<usize>) -> Result<Turn<'a>, AppError> {
    match limit.unwrap_or(LIMIT_DEFAULT) {
        limit @ 1..=LIMIT_MAX => Ok(Turn { cursor: cursor.as_deref().filter(|text| !text.is_empty()), limit }),
        limit => Err(AppError::refused(format!("limit: {limit} is not in 1 to {LIMIT_MAX}; follow `next` for more"))),
    }
}

/// Reads `sort`: a key of the list, with `-` in front for descending. The first is the default.
pub fn sort<K: Copy>(text: &Option<String>, keys: &[(&str, K)], default_descending: bool) -> Result<Sort<K>, AppError> {
    let Some(text) = filled(text) else { return Ok(Sort { key: keys[0].1, descending: default_descending }) };
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    match keys.iter().find(|(key, _)| *key == name) {
        Some((_, key)) => Ok(Sort { key: *key, descending }),
        None => {
            let known: Vec<_> = keys.iter().map(|(key, _)| *key).collect();
            Err(AppError::refused(format!("sort: `{name}` is not one of {}; put - in front for descending", known.join(", "))))
        }
    }
}

/// What a filter says for fields that nobody filled in.
pub const NOT_RECORDED: &str = "not_recorded";

/// An empty parameter is one that is not there: forms send those.
pub fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

pub fn wanted_text(text: &Option<String>) -> Option<Wanted<String>> {
    filled(text).map(|text| if text == NOT_RECORDED { Wanted::NotRecorded } else { Wanted::Is(text.to_owned()) })
}

pub fn wanted_id(name: &str, text: &Option<String>) -> Result<Option<Wanted<i64>>, AppError> {
    match filled(text) {
        Some(NOT_RECORDED) => Ok(Some(Wanted::NotRecorded)),
        _ => Ok(id(name, text)?.map(Wanted::Is)),
    }
}

pub fn id(name: &str, text: &Option<String>) -> Result<Option<i64>, AppError> {
    match filled(text).map(|text| (text, text.parse())) {
        None => Ok(None),
        Some((_, Ok(id))) => Ok(Some(id)),
        Some((text, Err(_))) => Err(AppError::refused(format!("{name}: `{text}` is not an id; write a whole number"))),
    }
}

pub fn instant(name: &str, text: &Option<String>) -> Result<Option<i64>, AppError> {
    match filled(text).map(str::parse::<Instant>) {
        None => Ok(None),
        Some(Ok(instant)) => Ok(Some(instant.0)),
        Some(Err(error)) => Err(AppError::refused(format!("{name}: {error}"))),
    }
}

/// Words of a list, separated by commas, each of which `known` has.
pub fn words_of<'a>(name: &str, text: &Option<String>, known: impl Iterator<Item = &'a str> + Clone) -> Result<Vec<String>, AppError> {
    let words: Vec<_> = filled(text).unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    match words.iter().find(|word| !known.clone().any(|key| key == **word)) {
        Some(word) => Err(AppError::refused(format!("{name}: `{word}` is not one of {}", known.collect::<Vec<_>>().join(", ")))),
        None => Ok(words.into_iter().map(str::to_owned).collect()),
    }
}

/// A field of a change: absent (leave it), `null` (empty it) or a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field<T>(pub Option<Option<T>>);

impl<T> Default for Field<T> {
    fn default() -> Field<T> {
        Field(None)
    }
}

impl<T> Field<T> {
    pub fn value(self) -> Option<T> {
        self.0.flatten()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Field<T>, D::Error> {
        Option::deserialize(deserializer).map(|value| Field(Some(value)))
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
