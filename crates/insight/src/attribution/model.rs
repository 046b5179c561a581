//! The registry of models: the list from which pages, the API and the command line are made.

use alignment::Instant;

use super::{first::FIRST, last::LAST, linear::LINEAR, time_decay::TIME_DECAY, u::U};

/// The models that can be asked for, in the order in which they are shown.
pub static MODELS: &[&Model] = &[&FIRST, &LAST, &LINEAR, &TIME_DECAY, &U];

/// Names that later models will have, so that asking for one gets a clear answer.
pub static RESERVED: &[&str] = &["w", "full_path", "markov", "shapley"];

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
}

/// The touches of one journey, with what the models that look at time need to know.
#[derive(Clone, Copy, Debug)]
pub struct Journey<'a> {
    /// Oldest first.
    pub touched_at: &'a [Instant],
    pub half_life_days: f64,
}

impl Model {
    /// Whether paths without instants say too little for this model.
    pub fn needs_times(&self) -> bool {
        matches!(self.kernel, Kernel::ByTime(_))
    }

    /// Fills one weight per touch: none below 0, together 1. No touches, no weights.
    pub fn weigh(&self, journey: &Journey, weights: &mut [f64]) {
        assert_eq!(journey.touched_at.len(), weights.len(), "one weight per touch");
        match self.kernel {
            _ if weights.is_empty() => {}
            Kernel::ByTime(kernel) => kernel(journey, weights),
            Kernel::One(_) | Kernel::ByPosition(_) => {
                self.weigh_positions(weights);
            }
        }
    }

    /// [`Model::weigh`] for touches whose instants are not known; false, with nothing filled, if the model needs them.
    pub fn weigh_positions(&self, weights: &mut [f64]) -> bool {
        match self.kernel {
            _ if weights.is_empty() => {}
            Kernel::One(kernel) => {
                weights.fill(0.0);
                weights[kernel(weights.len())] = 1.0;
            }
            Kernel::ByPosition(kernel) => kernel(weights),
            Kernel::ByTime(_) => return false,
        }
        true
    }
}

/// The model of that key.
pub fn find(key: &str) -> Result<&'static Model, ModelError> {
    match MODELS.iter().find(|model| model.key == key) {
        Some(model) => Ok(model),
        None if RESERVED.contains(&key) => Err(ModelError::NotAvailableYet { key: key.to_owned() }),
        None => Err(ModelError::Unknown { key: key.to_owned() }),
    }
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
    #[error("the model `{key}` is not available yet; available: {}", available())]
    NotAvailableYet { key: String },
    #[error("`{key}` is not an attribution model; available: {}, or all", available())]
    Unknown { key: String },
}

fn available() -> String {
    MODELS.iter().map(|model| model.key).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
