//! What one row contributes to a number.

use alignment::Instant;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Which month, period and cohort it belongs to.
    pub at: Instant,
    pub part: Part,
    /// In the denominator, mostly 1.
    pub n: u32,
    /// In the numerator.
    pub hits: u32,
    pub value: f64,
    /// Of a cohort that has had its time: whether the later stage came within the horizon. `None`: still young, or not to be told.
    pub within_horizon: Option<bool>,
    pub is_young: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Counted,
    /// Would count if it happened; its source writes such things down.
    Able,
    /// Its source does not write down what the number asks for.
    Unrecorded,
    /// Listed and counted by the name at this place of the definition's asides.
    Aside(u8),
}

impl Observation {
    fn new(at: Instant, part: Part, hits: u32, value: f64) -> Observation {
        Observation { at, part, n: 1, hits, value, within_horizon: None, is_young: false }
    }

    pub fn hit(at: Instant) -> Observation {
        Observation::new(at, Part::Counted, 1, 1.0)
    }

    pub fn rate(at: Instant, hit: bool) -> Observation {
        Observation::new(at, Part::Counted, hit as u32, hit as u8 as f64)
    }

    pub fn value(at: Instant, value: f64) -> Observation {
        Observation::new(at, Part::Counted, 1, value)
    }

    pub fn share(at: Instant, hit: bool, value: f64) -> Observation {
        Observation::new(at, Part::Counted, hit as u32, value)
    }

    pub fn able(at: Instant) -> Observation {
        Observation::new(at, Part::Able, 0, 0.0)
    }

    pub fn unrecorded(at: Instant) -> Observation {
        Observation::new(at, Part::Unrecorded, 0, 0.0)
    }

    pub fn aside(at: Instant, place: u8) -> Observation {
        Observation::new(at, Part::Aside(place), 0, 0.0)
    }
}
