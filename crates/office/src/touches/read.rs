//! A touch as it was sent, checked as far as that goes without the record.

use std::collections::BTreeMap;

use alignment::touch::{TouchKind, check_tags};
use xxhash_rust::xxh3::Xxh3Default;

use super::NewTouch;
use crate::{
    api::{Field, wire::ExternalId},
    leads::happened,
    web::AppError,
};

#[derive(Clone, Debug, PartialEq)]
pub struct ReadTouch {
    pub kind: TouchKind,
    pub at: i64,
    pub person: Option<i64>,
    pub company: Option<i64>,
    pub campaign: Option<i64>,
    pub content: Option<i64>,
    pub channel: Option<String>,
    pub source: Option<String>,
    pub tags: Vec<(String, String)>,
    pub fingerprint: (i64, i64),
}

/// Characters of a channel or source.
const LINE_MAX: usize = 1_000;

/// The touches of one request; an error says which of them it is about.
pub fn read(sent: Vec<NewTouch>, now: i64) -> Result<Vec<ReadTouch>, AppError> {
    sent.into_iter().enumerate().map(|(index, new)| read_one(new, now).map_err(|error| numbered(index, error))).collect()
}

/// Says which of the request's touches it was.
pub fn numbered(index: usize, error: AppError) -> AppError {
    match error {
        AppError::Refused(words) => AppError::Refused(format!("touches[{index}].{words}. Nothing of this request was recorded.")),
        other => other,
    }
}

fn read_one(new: NewTouch, now: i64) -> Result<ReadTouch, AppError> {
    let Some(kind) = TouchKind::parse(&new.kind) else {
        let known: Vec<_> = TouchKind::ALL.iter().map(|kind| kind.key()).collect();
        return Err(AppError::refused(format!("kind: `{}` is not one of {}", new.kind, known.join(", "))));
    };
    let mut touch = ReadTouch {
        kind,
        at: happened("at", new.at, now)?,
        person: new.person_id.value(),
        company: new.company_id.value(),
        campaign: new.campaign_id.value(),
        content: new.content_id.value(),
        channel: line("channel", new.channel)?,
        source: line("source", new.source)?,
        tags: tags(new.tags)?,
        fingerprint: (0, 0),
    };
    if touch.person.is_none() && touch.company.is_none() {
        return Err(AppError::refused("person_id or company_id: a value is needed"));
    }
    touch.fingerprint = fingerprint(&touch, new.external_id.as_ref());
    Ok(touch)
}

/// Blank ones are left out.
fn tags(sent: BTreeMap<String, String>) -> Result<Vec<(String, String)>, AppError> {
    let trimmed = sent.into_iter().map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
    let tags: Vec<_> = trimmed.filter(|(_, value)| !value.is_empty()).collect();
    check_tags(&tags).map_err(AppError::Refused)?;
    Ok(tags)
}

/// Blank is empty.
fn line(name: &str, field: Field<String>) -> Result<Option<String>, AppError> {
    let Some(text) = field.value().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else { return Ok(None) };
    let length = text.chars().count();
    if length > LINE_MAX {
        return Err(AppError::refused(format!("{name}: {length} characters are more than {LINE_MAX}; shorten it")));
    }
    if text.contains('\0') {
        return Err(AppError::refused(format!("{name}: it holds a zero byte, which no text has; leave it out")));
    }
    Ok(Some(text))
}

/// 128 bits over the external id (as an import of the same touch would have it) or, without one, over all that makes it this touch.
fn fingerprint(touch: &ReadTouch, external_id: Option<&ExternalId>) -> (i64, i64) {
    let mut hash = Xxh3Default::new();
    let mut part = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(&[0xff]);
    };
    match external_id {
        Some(name) => ["external", &name.system, &name.id].into_iter().for_each(part),
        None => {
            const NONE: &str = "\u{1}";
            part("api");
            for id in [touch.person, touch.company, touch.campaign, touch.content] {
                part(id.map(|id| id.to_string()).as_deref().unwrap_or(NONE));
            }
            for text in [Some(touch.kind.key()), touch.channel.as_deref(), touch.source.as_deref()] {
                part(text.unwrap_or(NONE));
            }
            part(&touch.at.to_string());
        }
    }
    let digest = hash.digest128();
    ((digest >> 64) as i64, digest as i64)
}
