//! Which company a person without one belongs to, by the domain of their e-mail address or by its name. Two that fit are none: a lead
//! in the wrong account is worse than one in none.

use std::{collections::HashSet, sync::LazyLock};

use serde::{Deserialize, Serialize};

static FREE_MAIL: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("free_mail.txt").lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// Words that say what kind of company it is and not which.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "bvba",
    "cia",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "dooel",
    "ead",
    "eirl",
    "eood",
    "eurl",
    "ev",
    "gbr",
    "gmbh",
    "group",
    "holding",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "lda",
    "limitada",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "ohg",
    "ood",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "sasu",
    "sca",
    "se",
    "sl",
    "slu",
    "snc",
    "spa",
    "spzoo",
    "srl",
    "sro",
    "ug",
    "unipessoal",
    "zoo",
];

/// The company that a lead counts as, for its owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountMatch {
    Found(Account),
    /// Several fit, in words.
    Ambiguous(String),
    None,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub company: i64,
    pub name: String,
    pub owner: Option<i64>,
    pub how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The lead names its company.
    Given,
    Domain,
    Name,
}

impl How {
    pub(super) fn words(self) -> &'static str {
        match self {
            How::Given => "",
            How::Domain => ", matched by the domain of the e-mail address",
            How::Name => ", matched by name",
        }
    }
}

/// A company that may be the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub company: i64,
    pub name: Option<String>,
    pub domain: Option<String>,
    pub owner: Option<i64>,
}

/// Matches by domain first, then by name: the name that the person gave for their company, or the domain without its ending.
pub fn match_account(email: Option<&str>, company_name: Option<&str>, candidates: &[Candidate]) -> AccountMatch {
    let domain = email.and_then(domain_of).filter(|domain| !is_free_mail(domain));
    if let Some(domain) = &domain {
        let same = candidates.iter().filter(|candidate| candidate.domain.as_deref().is_some_and(|other| is_same_domain(domain, other)));
        match one_of(same, &format!("the domain {domain}"), How::Domain) {
            AccountMatch::None => {}
            found => return found,
        }
    }
    let given = company_name.map(normalised_name).filter(|name| !name.is_empty());
    let Some(name) = given.or_else(|| domain.as_deref().map(name_in_domain)) else { return AccountMatch::None };
    let same = candidates.iter().filter(|candidate| candidate.name.as_deref().is_some_and(|other| normalised_name(other) == name));
    one_of(same, &format!("the name {name}"), How::Name)
}

/// The domain of an e-mail address in small letters.
pub fn domain_of(email: &str) -> Option<String> {
    let domain = crate::fields::email_domain(email)?.trim_end_matches('.').to_lowercase();
    domain.contains('.').then_some(domain)
}

/// Whether everybody can have an address there, so that it says nothing of a company.
pub fn is_free_mail(domain: &str) -> bool {
    let domain = domain.trim().to_lowercase();
    FREE_MAIL.contains(domain.as_str())
}

/// Letters and digits alone, small, without the words of a legal form: `ACME Tools, GmbH & Co. KG` is `acmetools`.
pub fn normalised_name(name: &str) -> String {
    // Dots are left out first, so that `S.A.` is `sa` and not two words.
    let plain: String = name.to_lowercase().replace(['.', '\'', '’'], "");
    let words: Vec<&str> = plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // The first word stays in any case: a company may be called Group or SE.
    let kept = words.iter().enumerate().filter(|(index, word)| *index == 0 || !LEGAL_FORMS.contains(word));
    kept.map(|(_, word)| without_accents(word)).collect()
}

/// `acme-tools.co.uk` is `acmetools`.
fn name_in_domain(domain: &str) -> String {
    let labels: Vec<_> = domain.split('.').collect();
    let is_second_level = |label: &str| ["co", "com", "org", "net", "gov", "ac", "edu"].contains(&label);
    let from_end = if labels.len() > 2 && is_second_level(labels[labels.len() - 2]) { 3 } else { 2 };
    labels.get(labels.len().saturating_sub(from_end)).map(|label| normalised_name(label)).unwrap_or_default()
}

/// The words by which a company of this address could be listed, for looking candidates up: its domains, and how its name may begin.
pub fn search_keys(email: &str) -> Option<(Vec<String>, String)> {
    let domain = domain_of(email).filter(|domain| !is_free_mail(domain))?;
    let labels: Vec<_> = domain.split('.').collect();
    // mail.acme.com also asks for acme.com.
    let domains = (0..labels.len() - 1).map(|from| labels[from..].join(".")).collect();
    let name = name_in_domain(&domain);
    let label = labels.iter().find(|label| normalised_name(label) == name).copied().unwrap_or_default();
    let first_word = label.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned();
    Some((domains, first_word))
}

/// Equal, or the address is on a host below the company's domain.
fn is_same_domain(address: &str, company: &str) -> bool {
    let company = company.trim().to_lowercase();
    let company = company.strip_prefix("www.").unwrap_or(&company);
    !company.is_empty()
        && company.contains('.')
        && (address == company || address.strip_suffix(company).is_some_and(|host| host.ends_with('.')))
}

fn one_of<'a>(mut same: impl Iterator<Item = &'a Candidate>, by: &str, how: How) -> AccountMatch {
    let Some(first) = same.next() else { return AccountMatch::None };
    match same.next() {
        None => AccountMatch::Found(Account { company: first.company, name: name_of(first), owner: first.owner, how }),
        Some(second) => AccountMatch::Ambiguous(format!(
            "{by} fits several companies ({} and {}), so none was taken",
            name_of(first),
            if name_of(second) == name_of(first) { "another of that name".to_owned() } else { name_of(second) }
        )),
    }
}

fn name_of(candidate: &Candidate) -> String {
    let named = candidate.name.clone().or_else(|| candidate.domain.clone());
    named.unwrap_or_else(|| format!("company {}", candidate.company))
}

/// The accents of the languages of Western and Central Europe; other letters stay.
fn without_accents(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            'á' | 'à' | 'â' | 'ã' | 'å' | 'ą' => plain.push('a'),
            'ä' | 'æ' => plain.push_str("ae"),
            'ç' | 'ć' | 'č' => plain.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => plain.push('e'),
            'í' | 'ì' | 'î' | 'ï' => plain.push('i'),
            'ł' => plain.push('l'),
            'ñ' | 'ń' | 'ň' => plain.push('n'),
            'ó' | 'ò' | 'ô' | 'õ' => plain.push('o'),
            'ö' | 'ø' | 'œ' => plain.push_str("oe"),
            'ř' => plain.push('r'),
            'ś' | 'š' => plain.push('s'),
            'ß' => plain.push_str("ss"),
            'ú' | 'ù' | 'û' | 'ů' => plain.push('u'),
            'ü' => plain.push_str("ue"),
            'ý' => plain.push('y'),
            'ż' | 'ź' | 'ž' => plain.push('z'),
            other => plain.push(other),
        }
    }
    plain
}
