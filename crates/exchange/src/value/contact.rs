//! Addresses: e-mail and domain, in the one form in which they are compared.

use super::{Reason, quoted};

const EMAIL_CHARACTERS_MAX: usize = 254;

/// An e-mail address, trimmed and in lower case; `Name <address>` and `mailto:` give the address. Only what is plainly none is
/// refused: no test of form proves that mail arrives.
pub fn email(text: &str) -> Result<String, Reason> {
    let text = text.trim();
    let address = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(open), Some(inside)) => &inside[open + 1..],
        _ => text,
    };
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    let refused = || format!("{} is not an e-mail address: write name@example.com", quoted(text));
    let (local, host) = address.rsplit_once('@').ok_or_else(refused)?;
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '(' | ')');
    if local.is_empty() || address.chars().count() > EMAIL_CHARACTERS_MAX || address.contains(bad) || local.contains('@') || !is_host(host)
    {
        return Err(refused());
    }
    Ok(address.to_lowercase())
}

/// A company's domain in lower case, from a domain, a URL or an e-mail address: without scheme, `www.`, port and path.
pub fn domain(text: &str) -> Result<String, Reason> {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split(':').next().unwrap_or(host).trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(&host);
    if is_host(host) { Ok(host.to_owned()) } else { Err(format!("{} is not a domain: write example.com", quoted(text))) }
}

/// At least two labels of letters (of any script), digits and hyphens.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    host.len() <= 253 && host.contains('.') && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_out_in_one_form() {
        for (text, address) in [
            (" Ana@Example.COM ", Some("ana@example.com")),
            ("Ana Sá <ana@example.com>", Some("ana@example.com")),
            ("mailto:ana@example.com", Some("ana@example.com")),
            ("o'neil+x@sub.example.co", Some("o'neil+x@sub.example.co")),
            ("fcb67ef339b691956cc85fa12be6490c", None),
            ("a@b", None),
            ("a b@example.com", None),
            ("a@b@example.com", None),
            ("@example.com", None),
            ("a@-x.com", None),
            ("> <a@example.com", None),
            (">", None),
        ] {
            assert_eq!(email(text).ok().as_deref(), address, "{text}");
        }
    }

    #[test]
    fn domains_come_out_in_one_form() {
        for (text, host) in [
            ("https://www.Example.com/about?x=1", Some("example.com")),
            ("example.com:8080", Some("example.com")),
            ("ana@example.com", Some("example.com")),
            ("www.com", Some("www.com")),
            ("bücher.de", Some("bücher.de")),
            ("localhost", None),
            ("not a domain", None),
            ("", None),
        ] {
            assert_eq!(domain(text).ok().as_deref(), host, "{text}");
        }
    }
}
