//! What a column of a file about one noun can be mapped to: the noun's own fields, and those of the records it names.

use alignment::intake::Noun;

use crate::fields::{self, By, FieldDefinition, FieldKind};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// `email`, or `person.email` for a field of the person that a lead is about.
    pub field: &'static str,
    /// What the field belongs to: the noun itself, or a record beside it (`Company`, `Owner`).
    pub group: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub kind: FieldKind,
    pub required: bool,
    pub synonyms: &'static [&'static str],
}

/// The records beside a noun whose own fields a row of it may carry, by the word for them in that row.
const BESIDE: [(Noun, &str, Noun); 7] = [
    (Noun::Lead, "person", Noun::Person),
    (Noun::Lead, "company", Noun::Company),
    (Noun::Person, "company", Noun::Company),
    (Noun::Deal, "company", Noun::Company),
    (Noun::Deal, "person", Noun::Person),
    (Noun::Touch, "person", Noun::Person),
    (Noun::Touch, "company", Noun::Company),
];

/// Fields of a record beside the noun that are worth a column there, with their full names.
const BESIDE_FIELDS: [(&str, &str); 14] = [
    ("person.name", "name"),
    ("person.first_name", "first_name"),
    ("person.last_name", "last_name"),
    ("person.email", "email"),
    ("person.key", "key"),
    ("person.phone", "phone"),
    ("person.job_title", "job_title"),
    ("person.country", "country"),
    ("company.name", "name"),
    ("company.domain", "domain"),
    ("company.key", "key"),
    ("company.industry", "industry"),
    ("company.country", "country"),
    ("company.employees", "employees"),
];

/// Everything that a column of such a file can be mapped to. `custom` is not among them: see `Mapping::keep_rest`.
pub fn choices(noun: Noun) -> Vec<Choice> {
    let own = fields::fields(noun).iter().filter(|field| field.kind != FieldKind::Custom);
    let mut choices: Vec<Choice> = own.map(|field| choice(field.key, group_of(noun, field), field)).collect();
    for (_, word, beside) in BESIDE.iter().filter(|(of, ..)| *of == noun) {
        for (full, key) in BESIDE_FIELDS.iter().filter(|(full, _)| full.starts_with(word)) {
            let known = choices.iter().any(|choice| choice.field == *full);
            if let Some(field) = fields::field(*beside, key).filter(|_| !known) {
                choices.push(choice(full, name_of(*beside), field));
            }
        }
    }
    choices
}

/// The noun of the records that a word before the dot stands for, where a row may make them.
pub(super) fn noun_of(stem: &str) -> Option<Noun> {
    match stem {
        "owner" | "user" => Some(Noun::User),
        "company" => Some(Noun::Company),
        "person" => Some(Noun::Person),
        "campaign" => Some(Noun::Campaign),
        "content" => Some(Noun::Content),
        _ => None,
    }
}

/// The ways in which `noun` can name what `stem` stands for.
pub(super) fn ways(noun: Noun, stem: &str) -> Vec<By> {
    let fields = fields::fields(noun).iter().filter(|field| field.stem() == stem);
    fields.filter_map(|field| if let FieldKind::Reference(_, by) = field.kind { Some(by) } else { None }).collect()
}

fn choice(key: &'static str, group: &'static str, field: &'static FieldDefinition) -> Choice {
    Choice { field: key, group, name: field.name, words: field.words, kind: field.kind, required: field.required, synonyms: field.synonyms }
}

fn group_of(noun: Noun, field: &FieldDefinition) -> &'static str {
    match field.kind {
        FieldKind::Reference(..) => match field.stem() {
            "owner" => "Owner",
            stem => noun_of(stem).or_else(|| Noun::parse(stem)).map_or("", name_of),
        },
        _ => name_of(noun),
    }
}

pub(super) fn name_of(noun: Noun) -> &'static str {
    const NAMES: [&str; 11] =
        ["User", "Campaign", "Spend", "Content", "Company", "Person", "Lead", "Touch", "Deal", "Deal line", "Activity"];
    NAMES[noun as usize]
}
