//! What a job title and an e-mail domain say about somebody.

const SENIORITY: [(&str, &[&str]); 5] = [
    (
        "executive",
        &["ceo", "cto", "cfo", "coo", "cio", "cmo", "cro", "ciso", "chief", "founder", "cofounder", "owner", "president", "partner"],
    ),
    ("director", &["vp", "vice", "director", "head", "svp", "evp"]),
    ("junior", &["junior", "intern", "trainee", "student", "assistant", "apprentice", "working"]),
    ("manager", &["manager", "lead", "principal", "supervisor"]),
    ("senior", &["senior", "sr", "staff", "architect"]),
];

/// Words that say nothing by themselves.
const SMALL_WORDS: [&str; 10] = ["of", "and", "the", "for", "de", "da", "do", "in", "at", "to"];

/// The mail providers that most people without an address of their company use.
const FREE_MAIL: [&str; 24] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "ymail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "proton.me",
    "protonmail.com",
    "mail.com",
    "zoho.com",
    "yandex.com",
    "orange.fr",
    "sapo.pt",
];

/// The words of a job title, each once, in lower case.
pub fn words(title: &str) -> Vec<Box<str>> {
    let lower = title.to_lowercase();
    let mut words: Vec<Box<str>> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() > 1 && !SMALL_WORDS.contains(word))
        .map(Box::from)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The highest rank that a title names; a vice president is no president.
pub fn seniority(words: &[Box<str>]) -> &'static str {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&&**word));
    if has(&["vice", "vp"]) {
        return "director";
    }
    SENIORITY.iter().find(|(_, wanted)| has(wanted)).map_or("other", |(rank, _)| rank)
}

/// `free`, `company` where it is the company's own domain, or `other`.
pub fn email_class(domain: &str, company_domain: Option<&str>) -> &'static str {
    let domain = domain.trim().to_lowercase();
    if FREE_MAIL.contains(&domain.as_str()) {
        return "free";
    }
    let own = company_domain.map(|own| own.trim().trim_start_matches("www.").to_lowercase());
    if own.is_some_and(|own| own == domain) { "company" } else { "other" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_titles() {
        for (title, rank) in [
            ("VP of Sales", "director"),
            ("Vice President, IT", "director"),
            ("Co-Founder & CEO", "executive"),
            ("Junior Manager", "junior"),
            ("Senior Platform Engineer", "senior"),
            ("Engineer", "other"),
            ("", "other"),
        ] {
            assert_eq!(seniority(&words(title)), rank, "{title}");
        }
    }

    #[test]
    fn domains() {
        assert_eq!(email_class("GMail.com", None), "free");
        assert_eq!(email_class("acme.example", Some("www.acme.example")), "company");
        assert_eq!(email_class("acme.example", None), "other");
    }
}
