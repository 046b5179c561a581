//! Microsoft Teams' webhooks, of a workflow or of a connector, take an Adaptive Card in the envelope of a message:
//! <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>.

use serde_json::{Value, json};

use crate::message::{Item, Message, one_line, shortened};

/// The version of Adaptive Cards that Teams shows everywhere, on phones too.
pub const CARD_VERSION: &str = "1.4";
const TITLE_CHARACTERS_MAX: usize = 300;
const BODY_CHARACTERS_MAX: usize = 600;
pub const ITEMS_MAX: usize = 20;
/// Teams takes 28 KB; long items in alphabets of several bytes a letter leave room for fewer.
const BYTES_MAX: usize = 27_000;

pub fn payload(message: &Message) -> Value {
    let mut shown = message.items.len().min(ITEMS_MAX);
    loop {
        let card = card(message, shown);
        let payload = json!({
            "type": "message",
            "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card}],
        });
        if shown <= 1 || payload.to_string().len() <= BYTES_MAX {
            return payload;
        }
        shown -= 1;
    }
}

fn card(message: &Message, shown: usize) -> Value {
    let heading = shortened(&one_line(&message.heading), TITLE_CHARACTERS_MAX);
    let mut body = vec![json!({"type": "TextBlock", "text": escaped(&heading), "size": "Medium", "weight": "Bolder", "wrap": true})];
    body.extend(message.items.iter().take(shown).map(container));
    let more = message.more + message.items.len() - shown;
    if more > 0 {
        body.push(json!({"type": "TextBlock", "text": format!("and {more} more"), "isSubtle": true, "wrap": true}));
    }
    let action = |title: &str, url: &String| json!({"type": "Action.OpenUrl", "title": title, "url": url});
    let actions: Vec<_> = [
        message.all_url.as_ref().map(|url| action("All notifications", url)),
        message.settings_url.as_ref().map(|url| action("What you are told, and where", url)),
    ]
    .into_iter()
    .flatten()
    .collect();
    json!({
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": CARD_VERSION,
        "body": body,
        "actions": actions,
    })
}

fn container(item: &Item) -> Value {
    let title = escaped(&shortened(&one_line(&item.title), TITLE_CHARACTERS_MAX));
    let title = match &item.url {
        Some(url) => format!("[{title}]({})", url.replace('(', "%28").replace(')', "%29")),
        None => title,
    };
    let mut items = vec![json!({"type": "TextBlock", "text": title, "weight": "Bolder", "wrap": true})];
    if !item.body.is_empty() {
        let body = escaped(&shortened(&item.body, BODY_CHARACTERS_MAX));
        items.push(json!({"type": "TextBlock", "text": body, "wrap": true, "spacing": "None"}));
    }
    json!({"type": "Container", "items": items, "separator": true})
}

/// A text block reads a little Markdown: what people wrote must not become links or lists.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '[' | ']' | '*' | '_' | '\\' | '`') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
