//! A message as a letter: headers, HTML and text.

use std::time::{Duration, SystemTime};

use alignment::Instant;
use lettre::message::{
    Mailbox, Message as Mime, MultiPart,
    header::{HeaderName, HeaderValue},
};

use super::{SmtpServer, address};
use crate::message::{Item, Message, SendError, one_line, shortened};

const SUBJECT_CHARACTERS_MAX: usize = 150;

/// One e-mail.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    pub to: &'a str,
    pub message: &'a Message,
    /// Names the letter for ever, so that one sent a second time is known for the same; without the host.
    pub key: &'a str,
    pub at: Instant,
}

impl Letter<'_> {
    pub fn to_message(&self, server: &SmtpServer) -> Result<Mime, SendError> {
        let from = address(&server.from)?;
        let message_id = format!("<{}@{}>", self.key, from.domain());
        let at = SystemTime::UNIX_EPOCH + Duration::from_micros(self.at.0.max(0) as u64);
        let mut mime = Mime::builder()
            .from(Mailbox::new(Some("Tandem".into()), from))
            .to(Mailbox::new(None, address(self.to)?))
            .subject(shortened(&one_line(&self.message.heading), SUBJECT_CHARACTERS_MAX))
            .date(at)
            .message_id(Some(message_id))
            // Away notes need not answer a program (RFC 3834).
            .raw_header(raw("Auto-Submitted", "auto-generated".into()));
        if let Some(url) = &self.message.settings_url {
            mime = mime.raw_header(raw("List-Unsubscribe", format!("<{url}>")));
        }
        mime.multipart(MultiPart::alternative_plain_html(text(self.message), html(self.message)))
            .map_err(|error| SendError::never(format!("the letter can't be written: {error}")))
    }
}

fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn text(message: &Message) -> String {
    let mut lines = Vec::new();
    for item in &message.items {
        lines.push(one_line(&item.title));
        if !item.body.is_empty() {
            lines.push(item.body.clone());
        }
        lines.extend(item.url.clone());
        lines.push(String::new());
    }
    if message.more > 0 {
        lines.extend([format!("and {} more", message.more), String::new()]);
    }
    lines.extend(message.all_url.as_ref().map(|url| format!("All notifications: {url}")));
    lines.extend(message.settings_url.as_ref().map(|url| format!("What you are told, and where: {url}")));
    lines.join("\n")
}

/// Styles stand in the elements: mail programs drop style sheets.
fn html(message: &Message) -> String {
    let items: String = message.items.iter().map(html_item).collect();
    let more = if message.more > 0 { format!("<p style=\"{DIM}\">and {} more</p>", message.more) } else { String::new() };
    let foot: Vec<_> = [("All notifications", &message.all_url), ("What you are told, and where", &message.settings_url)]
        .into_iter()
        .filter_map(|(words, url)| Some(link(url.as_deref()?, words, DIM)))
        .collect();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"margin:0;padding:24px;font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1a1d23;background:#fff\">\
         <div style=\"max-width:560px\">{items}{more}<p style=\"{DIM};border-top:1px solid #e3e5e9;padding-top:12px\">{}</p></div></body></html>",
        escaped(&one_line(&message.heading)),
        foot.join(" · "),
    )
}

const DIM: &str = "font-size:13px;color:#5b616e";

fn html_item(item: &Item) -> String {
    let title = escaped(&one_line(&item.title));
    let title = match &item.url {
        Some(url) => format!("<a href=\"{}\" style=\"color:#1a1d23\">{title}</a>", escaped(url)),
        None => title,
    };
    let body = if item.body.is_empty() { String::new() } else { format!("<br>{}", escaped(&item.body).replace('\n', "<br>")) };
    format!("<p style=\"margin:0 0 16px\"><strong>{title}</strong>{body}</p>")
}

fn link(url: &str, words: &str, style: &str) -> String {
    format!("<a href=\"{}\" style=\"{style}\">{words}</a>", escaped(url))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Security;

    fn server() -> SmtpServer {
        SmtpServer {
            host: "127.0.0.1".into(),
            port: 25,
            security: Security::None,
            user: None,
            password: None,
            from: "tandem@example.com".into(),
        }
    }

    fn message(title: &str) -> Message {
        let item = Item { title: title.into(), body: "<b>5 & 6</b>".into(), url: Some("https://t.example.com/leads/1".into()) };
        let settings_url = Some("https://t.example.com/settings/notifications".into());
        Message { heading: title.into(), items: vec![item], more: 0, all_url: None, settings_url }
    }

    #[test]
    fn a_letter_is_html_and_text_and_names_itself() {
        let message = message("Lead\r\nBcc: everybody@example.com");
        let letter = Letter { to: "ana@example.com", message: &message, key: "tandem-7-1", at: Instant(0) };
        let text = String::from_utf8(letter.to_message(&server()).unwrap().formatted()).unwrap();
        // Without the breaks of long lines.
        let text = text.replace("=\r\n", "").replace("\r\n ", "");
        for part in [
            "Message-ID: <tandem-7-1@example.com>",
            "List-Unsubscribe: <https://t.example.com/settings/notifications>",
            "Subject: Lead Bcc: everybody@example.com",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "&lt;b&gt;5 &amp; 6&lt;/b&gt;",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(!text.contains("\nBcc:"));
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        let message = message("Lead");
        for to in ["", "ana", "ana@", "ana@example.com\r\nBcc: x@example.com"] {
            let letter = Letter { to, message: &message, key: "k", at: Instant(0) };
            assert!(matches!(letter.to_message(&server()), Err(SendError::Never { .. })), "{to}");
        }
    }

    #[test]
    fn faults_of_a_server_are_in_words() {
        let secret = |security| SmtpServer { security, user: Some("u".into()), password: Some("p".into()), ..server() };
        let cases = [
            (server(), ""),
            (SmtpServer { host: String::new(), ..server() }, "no host"),
            (SmtpServer { host: "smtp://x".into(), ..server() }, "no host"),
            (SmtpServer { port: 0, ..server() }, "Port"),
            (SmtpServer { user: Some("u".into()), ..server() }, "both, or neither"),
            (SmtpServer { host: "mail.example.com".into(), ..secret(Security::None) }, "in the clear"),
            (SmtpServer { host: "mail.example.com".into(), ..secret(Security::Tls) }, ""),
            (secret(Security::None), ""),
            (SmtpServer { from: "tandem".into(), ..server() }, "no e-mail address"),
        ];
        for (server, words) in cases {
            let fault = server.fault().unwrap_or_default();
            assert!(fault.contains(words) && fault.is_empty() == words.is_empty(), "{server:?}: {fault}");
        }
    }
}
