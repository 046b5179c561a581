//! Slack's incoming webhooks take Block Kit: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.

use serde_json::{Value, json};

use crate::message::{Item, Message, one_line, shortened};

/// A header block takes 150 characters, a section 3,000; a message 50 blocks, and we use no more than a reader looks at.
const HEADER_CHARACTERS_MAX: usize = 150;
const TITLE_CHARACTERS_MAX: usize = 150;
/// Escaped, a character may be five: the body fits its block even so.
const BODY_CHARACTERS_MAX: usize = 400;
pub const ITEMS_MAX: usize = 20;

pub fn payload(message: &Message) -> Value {
    let heading = shortened(&one_line(&message.heading), HEADER_CHARACTERS_MAX);
    let mut blocks = vec![json!({"type": "header", "text": {"type": "plain_text", "text": heading, "emoji": false}})];
    blocks.extend(message.items.iter().take(ITEMS_MAX).map(section));
    let more = message.more + message.items.len().saturating_sub(ITEMS_MAX);
    let foot: Vec<_> = (more > 0)
        .then(|| format!("and {more} more"))
        .into_iter()
        .chain(message.all_url.as_ref().map(|url| format!("<{}|All notifications>", address(url))))
        .chain(message.settings_url.as_ref().map(|url| format!("<{}|What you are told, and where>", address(url))))
        .collect();
    if !foot.is_empty() {
        blocks.push(json!({"type": "context", "elements": [{"type": "mrkdwn", "text": foot.join("  ·  ")}]}));
    }
    // `text` is what the phone shows before the message is opened, where blocks can't be shown.
    json!({"text": escaped(&heading), "blocks": blocks})
}

fn section(item: &Item) -> Value {
    let title = escaped(&shortened(&one_line(&item.title), TITLE_CHARACTERS_MAX));
    let title = match &item.url {
        Some(url) => format!("*<{}|{title}>*", address(url)),
        None => format!("*{title}*"),
    };
    let body = escaped(&shortened(&item.body, BODY_CHARACTERS_MAX));
    let text = if body.is_empty() { title } else { format!("{title}\n{body}") };
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

/// Slack reads these three as its own marks; the rest of a text stays as it is.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Within `<..|..>`.
fn address(url: &str) -> String {
    escaped(url).replace('|', "%7C")
}
