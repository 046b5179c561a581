//! What stands in a form: texts in a tree, by the paths of their inputs.

use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    Text(String),
    List(Vec<Typed>),
    Map(BTreeMap<String, Typed>),
}

/// Inputs of one form, and items of one list in it, at most.
pub const INPUTS_MAX: usize = 5000;
const PLACE_MAX: usize = 999;
/// Steps in the name of an input, at most; the deepest clause has fewer than half as many.
const STEPS_MAX: usize = 64;

impl Default for Typed {
    fn default() -> Typed {
        Typed::Map(BTreeMap::new())
    }
}

impl Typed {
    pub fn text(text: impl Into<String>) -> Typed {
        Typed::Text(text.into())
    }

    /// From the pairs that a browser sends; a name is a path such as `reasons.3.name`. A name that comes several times (days of a shift)
    /// is one text, separated by spaces.
    pub fn from_pairs(pairs: &[(String, String)]) -> Typed {
        let mut root = Typed::default();
        for (name, value) in pairs.iter().take(INPUTS_MAX) {
            let path: Vec<_> = name.split('.').take(STEPS_MAX + 1).collect();
            if path.len() <= STEPS_MAX {
                root.put(&path, value);
            }
        }
        root.settle()
    }

    fn put(&mut self, path: &[&str], value: &str) {
        let Typed::Map(map) = self else { return };
        match path {
            [] => {}
            [name] => match map.get_mut(*name) {
                Some(Typed::Text(text)) if !text.is_empty() => *text = format!("{text} {value}"),
                _ => {
                    map.insert((*name).to_owned(), Typed::text(value));
                }
            },
            [name, rest @ ..] => map.entry((*name).to_owned()).or_default().put(rest, value),
        }
    }

    /// Maps whose names are all numbers become lists, in the order of the numbers.
    fn settle(self) -> Typed {
        let Typed::Map(map) = self else { return self };
        let places: Option<Vec<usize>> = map.keys().map(|name| name.parse().ok().filter(|place| *place <= PLACE_MAX)).collect();
        match places {
            Some(places) if !places.is_empty() => {
                let mut items: Vec<_> = places.into_iter().zip(map.into_values().map(Typed::settle)).collect();
                items.sort_by_key(|(place, _)| *place);
                Typed::List(items.into_iter().map(|(_, item)| item).collect())
            }
            _ => Typed::Map(map.into_iter().map(|(name, value)| (name, value.settle())).collect()),
        }
    }

    pub fn get(&self, path: &str) -> Option<&Typed> {
        path.split('.').filter(|name| !name.is_empty()).try_fold(self, |at, name| match at {
            Typed::Map(map) => map.get(name),
            Typed::List(list) => list.get(name.parse::<usize>().ok()?),
            Typed::Text(_) => None,
        })
    }

    pub fn get_mut(&mut self, path: &str) -> Option<&mut Typed> {
        path.split('.').filter(|name| !name.is_empty()).try_fold(self, |at, name| match at {
            Typed::Map(map) => map.get_mut(name),
            Typed::List(list) => list.get_mut(name.parse::<usize>().ok()?),
            Typed::Text(_) => None,
        })
    }

    /// The text at a path; empty where there is none.
    pub fn text_at(&self, path: &str) -> &str {
        match self.get(path) {
            Some(Typed::Text(text)) => text,
            _ => "",
        }
    }

    pub fn list_at(&self, path: &str) -> &[Typed] {
        match self.get(path) {
            Some(Typed::List(list)) => list,
            _ => &[],
        }
    }

    /// Sets a value, and makes the maps on the way to it.
    pub fn set(&mut self, path: &str, value: Typed) {
        let Some((parent, name)) = path.rsplit_once('.') else {
            if let Typed::Map(map) = self {
                map.insert(path.to_owned(), value);
            }
            return;
        };
        if self.get(parent).is_none() {
            self.set(parent, Typed::default());
        }
        match self.get_mut(parent) {
            Some(Typed::Map(map)) => {
                map.insert(name.to_owned(), value);
            }
            Some(Typed::List(list)) => {
                if let Some(item) = name.parse::<usize>().ok().and_then(|place| list.get_mut(place)) {
                    *item = value;
                }
            }
            _ => {}
        }
    }

    /// As pairs again, as a browser would send them.
    #[cfg(test)]
    pub fn pairs(&self) -> Vec<(String, String)> {
        fn walk(at: &Typed, path: &str, pairs: &mut Vec<(String, String)>) {
            let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            match at {
                Typed::Text(text) => pairs.push((path.to_owned(), text.clone())),
                Typed::List(list) => list.iter().enumerate().for_each(|(place, item)| walk(item, &below(&place.to_string()), pairs)),
                Typed::Map(map) => map.iter().for_each(|(name, item)| walk(item, &below(name), pairs)),
            }
        }
        let mut pairs = Vec::new();
        walk(self, "", &mut pairs);
        pairs
    }
}
