//! Telling: the rows of a notice, written in the transaction of what happened.

use std::collections::BTreeMap;

use alignment::{
    Instant,
    notice::{Choice, when_to_send},
};
use facts::{
    WriteTx,
    changes::Author,
    notifications::{
        self as told, NewNotification,
        deliveries::{self, NewDelivery},
    },
};

use super::{
    Medium, Notice, NoticeKind,
    channels::{self, Channels},
    person::{self, Person},
    words::{self, Said},
};

/// Lengths of what is kept, at most, in characters.
const TITLE_MAX: usize = 300;
const BODY_MAX: usize = 4_000;

pub(super) async fn tell(tx: &mut WriteTx, author: &Author, notices: Vec<Notice>) -> anyhow::Result<()> {
    let channels = channels::load(tx.conn()).await?;
    tell_teams(tx, author, &channels, &notices).await?;
    let mut users: Vec<i64> = notices.iter().flat_map(|notice| notice.to.iter().copied()).collect();
    users.sort_unstable();
    users.dedup();
    if users.is_empty() {
        return Ok(());
    }
    let people = person::load(tx.conn(), &users, author.now).await?;
    let find = |user: i64| people.binary_search_by_key(&user, |person| person.id).ok().map(|at| &people[at]);
    let all = notices.iter().flat_map(|notice| notice.to.iter().filter(|user| find(**user).is_some()).map(|user| of(notice, *user)));
    let added = told::add(tx, author, all.collect()).await?;

    // One message takes all that one person is told by one medium now.
    let mut messages: BTreeMap<(i64, usize, bool), (NewDelivery, Vec<i64>)> = BTreeMap::new();
    for (id, new) in &added {
        let (Some(person), Some(kind)) = (find(new.user), NoticeKind::parse(new.kind)) else { continue };
        for medium in Medium::ALL {
            if let Some(message) = message(person, kind, medium, &channels, author.now) {
                let key = (new.user, medium as usize, message.digest);
                messages.entry(key).or_insert_with(|| (message, Vec::new())).1.push(*id);
            }
        }
    }
    for (message, ids) in messages.into_values() {
        let delivery = match deliveries::hold_open(tx, &message, author.now).await? {
            Some((id, _)) => id,
            None => deliveries::add(tx, author, &message).await?,
        };
        deliveries::put_in(tx, delivery, message.medium, &ids).await?;
    }
    Ok(())
}

fn of(notice: &Notice, user: i64) -> NewNotification {
    NewNotification {
        user,
        once: notice.once.clone(),
        kind: notice.kind.key(),
        title: words::shortened(&notice.title, TITLE_MAX),
        body: words::shortened(&notice.body, BODY_MAX),
        url: notice.url.clone(),
    }
}

/// What is to go out, where the person wants it and there is a way.
fn message(person: &Person, kind: NoticeKind, medium: Medium, channels: &Channels, now: i64) -> Option<NewDelivery> {
    if medium == Medium::Email && channels.smtp.is_none() {
        return None;
    }
    let choice = person.choice(kind, medium);
    let send_at = when_to_send(choice, &person.habits, Instant(now))?;
    let digest = choice == Choice::Digest;
    let address = person.address(medium)?.to_owned();
    Some(NewDelivery { user: Some(person.id), medium: medium.key(), address, digest, body: String::new(), send_at: send_at.0 })
}

/// What the whole team should know goes into its channels, once.
async fn tell_teams(tx: &mut WriteTx, author: &Author, channels: &Channels, notices: &[Notice]) -> anyhow::Result<()> {
    for (medium, address) in [(Medium::Slack, &channels.slack_url), (Medium::Teams, &channels.teams_url)] {
        let Some(address) = address else { continue };
        let mut said = Vec::new();
        for notice in notices.iter().filter(|notice| notice.kind.is_for_teams()) {
            if told::first_time(tx, &format!("told {}: {}", medium.key(), notice.once), author.now).await? {
                said.push(Said::of(&of(notice, 0)));
            }
        }
        if said.is_empty() {
            continue;
        }
        let mut new = NewDelivery {
            user: None,
            medium: medium.key(),
            address: address.clone(),
            digest: false,
            body: String::new(),
            send_at: author.now,
        };
        match deliveries::hold_open(tx, &new, author.now).await? {
            Some((id, body)) => deliveries::set_body(tx, id, &words::to_body(words::of_body(&body).into_iter().chain(said))).await?,
            None => {
                new.body = words::to_body(said);
                deliveries::add(tx, author, &new).await?;
            }
        }
    }
    Ok(())
}
