//! Conditions, one by one, against the catalogue of fields and the limits of judging.

use super::Faults;
use crate::{
    agreement::{ActivityTest, Criterion, FieldTest, Test},
    fields::{Catalogue, FieldKind, is_custom},
    judging::{CONDITIONS_MAX, TIMES_MAX},
};

/// Groups inside groups.
const DEPTH_MAX: usize = 8;
pub(super) const DAYS_MAX: u32 = 3650;

pub(super) struct Conditions<'a> {
    catalogue: &'a Catalogue,
    /// Whether the catalogue has the company's own fields too.
    custom_is_listed: bool,
    seen: usize,
}

/// Where a criterion stands.
#[derive(Clone, Copy)]
struct Place {
    fields_alone: bool,
    depth: usize,
}

impl<'a> Conditions<'a> {
    pub fn new(catalogue: &'a Catalogue, custom_is_listed: bool) -> Conditions<'a> {
        Conditions { catalogue, custom_is_listed, seen: 0 }
    }

    pub fn check(&mut self, criterion: &Criterion, path: &str, faults: &mut Faults) {
        self.walk(criterion, path, Place { fields_alone: false, depth: 1 }, faults);
    }

    pub fn check_fields_alone(&mut self, criterion: &Criterion, path: &str, faults: &mut Faults) {
        self.walk(criterion, path, Place { fields_alone: true, depth: 1 }, faults);
    }

    fn walk(&mut self, criterion: &Criterion, path: &str, place: Place, faults: &mut Faults) {
        match criterion {
            Criterion::All(parts) => self.group("all", parts, path, place, faults),
            Criterion::Any(parts) => self.group("any", parts, path, place, faults),
            Criterion::None(parts) => self.group("none", parts, path, place, faults),
            single => {
                self.seen += 1;
                if self.seen == CONDITIONS_MAX + 1 {
                    faults.add(path, format!("an Agreement can have {CONDITIONS_MAX} conditions, and this is one more: leave some out"));
                }
                self.single(single, path, place, faults);
            }
        }
    }

    fn group(&mut self, name: &str, parts: &[Criterion], path: &str, place: Place, faults: &mut Faults) {
        if place.depth > DEPTH_MAX {
            return faults.add(path, format!("groups stand inside each other more than {DEPTH_MAX} deep: write it flatter"));
        }
        if parts.is_empty() {
            faults.add(format!("{path}.{name}"), "the group is empty: add a condition, or take the group out");
        }
        for (index, part) in parts.iter().enumerate() {
            self.walk(part, &format!("{path}.{name}[{index}]"), Place { depth: place.depth + 1, ..place }, faults);
        }
    }

    fn single(&self, criterion: &Criterion, path: &str, place: Place, faults: &mut Faults) {
        match criterion {
            Criterion::Field(test) => self.field(test, path, faults),
            _ if place.fields_alone => faults.add(path, "only conditions on fields can stand here, neither scores nor activity"),
            Criterion::Score(test) if !test.at_least.is_finite() => faults.add(path, "`at_least` must be a number"),
            Criterion::Activity(test) => activity(test, path, faults),
            _ => {}
        }
    }

    fn field(&self, FieldTest { field, test }: &FieldTest, path: &str, faults: &mut Faults) {
        let known = self.catalogue.get(field);
        let Some(kind) = known.map(|known| known.kind).or((!self.custom_is_listed && is_custom(field)).then_some(FieldKind::Custom)) else {
            let nearest = self.catalogue.nearest(field).map(|nearest| format!(": did you mean `{nearest}`?"));
            let nearest = nearest.unwrap_or_else(|| ": write the key of a field, such as company.employees".into());
            return faults.add(path, format!("there is no field `{field}`{nearest}"));
        };
        match (test, kind) {
            (Test::AtLeast(_) | Test::AtMost(_), FieldKind::Text) => {
                faults.add(path, format!("`{field}` is a text: use one_of, not_one_of, contains or known"));
            }
            (Test::OneOf(_) | Test::NotOneOf(_) | Test::Contains(_), FieldKind::Number) => {
                faults.add(path, format!("`{field}` is a number: use at_least, at_most or known"));
            }
            (Test::AtLeast(number) | Test::AtMost(number), _) if !number.is_finite() => faults.add(path, "write a number"),
            (Test::OneOf(texts) | Test::NotOneOf(texts), _) if texts.is_empty() => {
                faults.add(path, format!("name at least one value that `{field}` can have"));
            }
            (Test::OneOf(texts) | Test::NotOneOf(texts), _) if texts.iter().any(|text| text.trim().is_empty()) => {
                faults.add(path, "one of the values is empty: use known = false to ask for a field that is not filled in");
            }
            (Test::Contains(part), _) if part.trim().is_empty() => faults.add(path, "say which text it must contain"),
            _ => {}
        }
    }
}

fn activity(test: &ActivityTest, path: &str, faults: &mut Faults) {
    if !(1..=TIMES_MAX).contains(&test.times_min) {
        faults.add(format!("{path}.times_min"), format!("must be from 1 to {TIMES_MAX} times"));
    }
    if test.within_days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        faults.add(format!("{path}.within_days"), format!("must be from 1 to {DAYS_MAX} days; leave it out for ever"));
    }
}
