//! The fields that criteria can name, with what kind of value each holds and how people call it.

/// What a field holds, and with that which conditions can be put on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Number,
    /// A company's own field: a text, which also passes as a number where it reads as one.
    Custom,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub key: String,
    pub kind: FieldKind,
    /// As it stands in a sentence: `company industry`.
    pub words: String,
}

/// Key, kind and words of the fields that every company has.
pub const BUILT_IN: [(&str, FieldKind, &str); 14] = [
    (PERSON_NAME, FieldKind::Text, "name of the person"),
    (PERSON_EMAIL, FieldKind::Text, "e-mail address"),
    (PERSON_EMAIL_DOMAIN, FieldKind::Text, "domain of the e-mail address"),
    (PERSON_PHONE, FieldKind::Text, "phone number"),
    (PERSON_JOB_TITLE, FieldKind::Text, "job title"),
    (PERSON_COUNTRY, FieldKind::Text, "country of the person"),
    (COMPANY_NAME, FieldKind::Text, "company name"),
    (COMPANY_DOMAIN, FieldKind::Text, "company domain"),
    (COMPANY_INDUSTRY, FieldKind::Text, "company industry"),
    (COMPANY_COUNTRY, FieldKind::Text, "company country"),
    (COMPANY_REGION, FieldKind::Text, "company region"),
    (COMPANY_EMPLOYEES, FieldKind::Number, "number of employees"),
    (COMPANY_ANNUAL_REVENUE, FieldKind::Number, "annual revenue"),
    (LEAD_SOURCE, FieldKind::Text, "lead source"),
];

pub const PERSON_NAME: &str = "person.name";
pub const PERSON_EMAIL: &str = "person.email";
pub const PERSON_EMAIL_DOMAIN: &str = "person.email_domain";
pub const PERSON_PHONE: &str = "person.phone";
pub const PERSON_JOB_TITLE: &str = "person.job_title";
pub const PERSON_COUNTRY: &str = "person.country";
pub const COMPANY_NAME: &str = "company.name";
pub const COMPANY_DOMAIN: &str = "company.domain";
pub const COMPANY_INDUSTRY: &str = "company.industry";
pub const COMPANY_COUNTRY: &str = "company.country";
pub const COMPANY_REGION: &str = "company.region";
pub const COMPANY_EMPLOYEES: &str = "company.employees";
/// In whole units of the Agreement's currency; not filled where the record has it in another.
pub const COMPANY_ANNUAL_REVENUE: &str = "company.annual_revenue";
pub const LEAD_SOURCE: &str = "lead.source";

/// What keys of the company's own fields start with.
pub const CUSTOM_PREFIXES: [&str; 2] = ["company.custom.", "person.custom."];

/// The fields of one company: those that everybody has, and its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    pub fields: Vec<Field>,
}

impl Catalogue {
    pub fn built_in() -> Catalogue {
        let field = |(key, kind, words): &(&str, FieldKind, &str)| Field { key: (*key).into(), kind: *kind, words: (*words).into() };
        Catalogue { fields: BUILT_IN.iter().map(field).collect() }
    }

    /// With the company's own fields, by their full keys such as `company.custom.tier`. What is no such key is left out.
    pub fn with_custom<'a>(custom_keys: impl IntoIterator<Item = &'a str>) -> Catalogue {
        let mut catalogue = Catalogue::built_in();
        let own = custom_keys.into_iter().filter(|key| is_custom(key));
        catalogue.fields.extend(own.map(|key| Field { key: key.into(), kind: FieldKind::Custom, words: words(key) }));
        catalogue
    }

    pub fn get(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The key that was most likely meant; `None` where nothing is near.
    pub fn nearest(&self, key: &str) -> Option<&str> {
        let ends_alike = |known: &&Field| known.key.rsplit('.').next() == Some(key);
        if let Some(known) = self.fields.iter().find(ends_alike) {
            return Some(&known.key);
        }
        let by_distance = self.fields.iter().map(|field| (edits_between(&field.key, key), field.key.as_str()));
        by_distance.min().filter(|(edits, known)| *edits <= known.len() / 3).map(|(_, known)| known)
    }
}

/// Whether the key is that of a company's own field, known or not.
pub fn is_custom(key: &str) -> bool {
    CUSTOM_PREFIXES.iter().any(|prefix| key.len() > prefix.len() && key.starts_with(prefix))
}

/// What people call the field, also where no catalogue has it.
pub fn words(key: &str) -> String {
    if let Some((_, _, words)) = BUILT_IN.iter().find(|(known, _, _)| *known == key) {
        return (*words).into();
    }
    let custom = CUSTOM_PREFIXES.iter().find_map(|prefix| Some((prefix, key.strip_prefix(prefix)?)));
    custom.map_or_else(|| key.into(), |(prefix, own)| format!("{} “{own}”", prefix.trim_end_matches(".custom.")))
}

/// The part of an e-mail address behind the last `@`.
pub fn email_domain(email: &str) -> Option<&str> {
    let (_, domain) = email.trim().rsplit_once('@')?;
    (!domain.is_empty()).then_some(domain)
}

/// Whether a role may be looked for inside a job title: `CTO` may not, which stands in `Director`.
pub fn is_found_inside_titles(role: &str) -> bool {
    role.trim().chars().count() >= 5
}

/// Whether a job title is the role or, for a role that is long enough, has it inside.
pub fn has_role(job_title: &str, role: &str) -> bool {
    let (title, role) = (job_title.trim().to_lowercase(), role.trim().to_lowercase());
    title == role || (is_found_inside_titles(&role) && title.contains(&role))
}

/// Letters to put in, take out or change to make one text the other (V. Levenshtein, 1965).
fn edits_between(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (index, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[index + 1];
            row[index + 1] = changed.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_what_was_meant() {
        let catalogue = Catalogue::with_custom(["company.custom.tier", "deal.custom.x"]);
        assert_eq!(catalogue.fields.len(), BUILT_IN.len() + 1);
        for (written, nearest) in [
            ("company.employes", Some("company.employees")),
            ("employees", Some("company.employees")),
            ("person.jobtitle", Some("person.job_title")),
            ("company.custom.teir", Some("company.custom.tier")),
            ("weather", None),
            ("", None),
        ] {
            assert_eq!(catalogue.nearest(written), nearest, "{written}");
        }
    }

    #[test]
    fn every_field_has_words() {
        for (key, _, _) in BUILT_IN {
            assert_ne!(words(key), key);
        }
        assert_eq!(words("company.custom.tier"), "company “tier”");
        assert_eq!(words("surprise"), "surprise");
    }

    #[test]
    fn roles_in_titles() {
        for (title, role, fits) in [
            ("Head of Sales EMEA", "head of sales", true),
            ("cto ", "CTO", true),
            ("Director of IT", "CTO", false),
            ("Sales", "Head of Sales", false),
        ] {
            assert_eq!(has_role(title, role), fits, "{title} {role}");
        }
    }

    #[test]
    fn domains_of_addresses() {
        assert_eq!(email_domain(" ana@Acme.example "), Some("Acme.example"));
        assert_eq!(email_domain("ana"), None);
        assert_eq!(email_domain("ana@"), None);
    }
}
