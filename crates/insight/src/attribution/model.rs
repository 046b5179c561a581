//! The registry of models: the list from which pages, the API and the command line are made.

use alignment::Instant;

use super::{
    by_channel,
    chain::Worths,
    first::FIRST,
    full_path::FULL_PATH,
    last::LAST,
    linear::LINEAR,
    markov::MARKOV,
    marks::{self, Marks},
    shapley::SHAPLEY,
    time_decay::TIME_DECAY,
    u::U,
    w::W,
};

/// The models that can be asked for, in the order in which they are shown.
pub static MODELS: &[&Model] = &[&FIRST, &LAST, &LINEAR, &TIME_DECAY, &U, &W, &FULL_PATH, &MARKOV, &SHAPLEY];

/// One way of sharing a conversion over the touches of its journey.
#[derive(Debug)]
pub struct Model {
    pub key: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub formula: &'static str,
    pub kernel: Kernel,
}

/// What a model looks at. All kernels get touches from the oldest to the newest and are pure.
#[derive(Debug)]
pub enum Kernel {
    /// Everything goes to one touch: its index, for a journey of so many (at least one).
    One(fn(usize) -> usize),
    /// By place in the journey alone: fills the weights.
    ByPosition(fn(&mut [f64])),
    /// By the instants of the touches: fills the weights.
    ByTime(fn(&Journey, &mut [f64])),
    /// 90% in equal parts to so many of the marks of [`Marks`], 10% to the touches between.
    ByMarks(usize),
    /// By the set of channels that the journey has, each as much as any other.
    BySet,
    /// By the removal effects of the channels, which come from all journeys together.
    ByRemoval,
}

/// The touches of one journey, with what else the models need to know.
#[derive(Clone, Copy, Debug)]
pub struct Journey<'a> {
    /// Oldest first; empty where the instants are not known.
    pub touched_at: &'a [Instant],
    /// The channel (or source, campaign, ...) of each touch, as a code.
    pub labels: &'a [u32],
    pub marks: Marks,
    pub half_life_days: f64,
    /// What each channel is worth by its removal effect; without it all are worth the same.
    pub worths: Option<Worths<'a>>,
}

impl Model {
    /// Why files can't tell what the model needs: paths have no instants, and no file has the marks of the funnel.
    pub fn lacks(&self, timed: bool) -> Option<&'static str> {
        match self.kernel {
            Kernel::ByTime(_) if !timed => Some("needs time-stamped touches"),
            Kernel::ByMarks(_) => Some("needs the instants of lead creation and opportunity, which a record has and a file has not"),
            _ => None,
        }
    }

    pub fn is_markov(&self) -> bool {
        matches!(self.kernel, Kernel::ByRemoval)
    }

    /// Fills one weight per touch: none below 0, together 1. No touches, no weights. `counts` is scratch space.
    pub fn weigh(&self, journey: &Journey, counts: &mut Vec<u32>, weights: &mut [f64]) {
        assert_eq!(journey.labels.len(), weights.len(), "one weight per touch");
        match self.kernel {
            _ if weights.is_empty() => {}
            Kernel::One(kernel) => {
                weights.fill(0.0);
                weights[kernel(weights.len())] = 1.0;
            }
            Kernel::ByPosition(kernel) => kernel(weights),
            Kernel::ByTime(kernel) => kernel(journey, weights),
            Kernel::ByMarks(of_them) => marks::weigh(&journey.marks.places(journey.touched_at)[..of_them], weights),
            Kernel::BySet => by_channel::weigh(journey.labels, None, counts, weights),
            Kernel::ByRemoval => by_channel::weigh(journey.labels, journey.worths, counts, weights),
        }
    }
}

/// The model of that key.
pub fn find(key: &str) -> Result<&'static Model, ModelError> {
    MODELS.iter().find(|model| model.key == key).copied().ok_or_else(|| ModelError::Unknown { key: key.to_owned() })
}

/// `all`, or keys separated by commas: `first,linear`. Each model once, in the order asked for.
pub fn select(keys: &str) -> Result<Vec<&'static Model>, ModelError> {
    if keys.trim() == "all" {
        return Ok(MODELS.to_vec());
    }
    let mut selected: Vec<&'static Model> = Vec::new();
    for key in keys.split(',') {
        let model = find(key.trim())?;
        if !selected.iter().any(|other| other.key == model.key) {
            selected.push(model);
        }
    }
    Ok(selected)
}

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ModelError {
    #[error("`{key}` is not an attribution model; available: {}, or all", available())]
    Unknown { key: String },
}

fn available() -> String {
    MODELS.iter().map(|model| model.key).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
