//! News for open pages, by server-sent events. It says what to look at again; what is there, the page asks itself.

use std::convert::Infallible;

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use crate::{
    Office,
    office::News,
    web::{Allow, Endpoint},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/live", Allow::SignedIn, live)]
}

async fn live(State(office): State<Office>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let open = BroadcastStream::new(office.listen()).take_while(|news| std::future::ready(!matches!(news, Ok(News::Closing))));
    let news = open.filter_map(|news| async move {
        let event = match news {
            Ok(news) => Event::default().event(name(&news)).json_data(&news).ok()?,
            // This page was too slow to hear all: let it look at everything again.
            Err(_) => Event::default().event("record").data("{}"),
        };
        Some(Ok(event))
    });
    Sse::new(news).keep_alive(KeepAlive::default())
}

/// Progress carries the id of its import in the name, so that a page hears of its own alone.
fn name(news: &News) -> String {
    match news {
        News::Record { .. } | News::Closing => "record".into(),
        News::ImportProgress { import_id, .. } | News::ImportEnded { import_id } => format!("import-{import_id}"),
    }
}
