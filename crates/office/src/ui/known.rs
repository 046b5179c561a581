//! Keys as records and files have them, in words. Sources, channels, kinds, stages and fields are shown through here, on pages only.

use super::format;

/// The words of a key as records and files have it, for pages: `organic_search` is `Organic search`, `seo` is `SEO`. A name that
/// somebody gave stays as it is. Addresses, files and the API keep the key.
pub fn words(key: &str) -> String {
    if let Ok(place) = KNOWN.binary_search_by_key(&key, |(key, _)| key) {
        return KNOWN[place].1.to_owned();
    }
    // Small letters and underlines only: nobody writes a name for people like that.
    let is_key = key.contains('_') && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !is_key {
        return key.to_owned();
    }
    let words: Vec<&str> = key.split('_').filter(|word| !word.is_empty()).map(initialism).collect();
    format::capitalized(&words.join(" "))
}

/// Inside a sentence: `organic search`.
pub fn within(key: &str) -> String {
    let words = words(key);
    // What did not change is a name, and initials stay large.
    if words == key || words.as_bytes().get(1).is_some_and(|byte| byte.is_ascii_uppercase()) { words } else { uncapitalized(&words) }
}

/// A label in words, or that there is none, which is a value of its own.
pub fn label(label: Option<&str>) -> String {
    label.map_or_else(|| format::NOT_RECORDED.to_owned(), words)
}

fn uncapitalized(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

fn initialism(word: &str) -> &str {
    INITIALISMS.iter().find(|(small, _)| *small == word).map_or(word, |(_, large)| large)
}

const INITIALISMS: &[(&str, &str)] = &[
    ("crm", "CRM"),
    ("mql", "MQL"),
    ("ppc", "PPC"),
    ("roi", "ROI"),
    ("sal", "SAL"),
    ("sdr", "SDR"),
    ("seo", "SEO"),
    ("sql", "SQL"),
    ("url", "URL"),
];

/// Keys of one word, and those whose words are not their own, by key: a word that is not here may be a name that somebody gave.
const KNOWN: &[(&str, &str)] = &[
    ("ads", "Ads"),
    ("affiliate", "Affiliate"),
    ("article", "Article"),
    ("blog", "Blog"),
    ("calculator", "Calculator"),
    ("campaign", "Campaign"),
    ("channel", "Channel"),
    ("checklist", "Checklist"),
    ("cold_email", "Cold e-mail"),
    ("comparison", "Comparison"),
    ("conference", "Conference"),
    ("content", "Content"),
    ("country", "Country"),
    ("crm", "CRM"),
    ("demo", "Demo"),
    ("direct", "Direct"),
    ("display", "Display"),
    ("ebook", "E-book"),
    ("email", "E-mail"),
    ("event", "Event"),
    ("events", "Events"),
    ("guide", "Guide"),
    ("hubspot", "HubSpot"),
    ("inbound", "Inbound"),
    ("industry", "Industry"),
    ("linkedin", "LinkedIn"),
    ("lost", "Lost"),
    ("marketo", "Marketo"),
    ("mql", "MQL"),
    ("negotiation", "Negotiation"),
    ("newsletter", "Newsletter"),
    ("open", "Open"),
    ("opened", "Opened"),
    ("opportunity", "Opportunity"),
    ("organic", "Organic"),
    ("other", "Other"),
    ("outbound", "Outbound"),
    ("owner", "Owner"),
    ("paid", "Paid"),
    ("partner", "Partner"),
    ("partners", "Partners"),
    ("phone", "Phone"),
    ("podcast", "Podcast"),
    ("ppc", "PPC"),
    ("proposal", "Proposal"),
    ("referral", "Referral"),
    ("rejection_reason", "Rejection reason"),
    ("report", "Report"),
    ("sal", "SAL"),
    ("salesforce", "Salesforce"),
    ("sdr", "SDR"),
    ("search", "Search"),
    ("self_reported_source", "Self-reported source"),
    ("seo", "SEO"),
    ("slides", "Slides"),
    ("social", "Social"),
    ("source", "Source"),
    ("sql", "SQL"),
    ("tandem", "Tandem"),
    ("template", "Template"),
    ("trial", "Trial"),
    ("unknown", "Unknown"),
    ("video", "Video"),
    ("webinar", "Webinar"),
    ("website", "Website"),
    ("whitepaper", "White paper"),
    ("won", "Won"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_get_words_and_names_stay() {
        for (shown, expected) in [
            (words("organic_search"), "Organic search"),
            (words("email"), "E-mail"),
            (words("seo_audit"), "SEO audit"),
            (words("Spring launch"), "Spring launch"),
            (words("webinar-3"), "webinar-3"),
            (words("Ana_Silva"), "Ana_Silva"),
            (words(""), ""),
            (within("paid_social"), "paid social"),
            (within("crm"), "CRM"),
            (within("Hannover Messe"), "Hannover Messe"),
            (label(None), format::NOT_RECORDED),
        ] {
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn known_keys_are_in_order() {
        assert!(KNOWN.is_sorted_by_key(|(key, _)| *key));
    }
}
