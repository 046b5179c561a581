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
    /// Codes of what a row can say that counts by one.
    pub const CODES: usize = 18;

    /// All that a tally takes of a row that counts by one, as a number: n is 1 and the value that of the hit.
    #[inline]
    pub fn code(&self) -> usize {
        debug_assert!(self.part != Part::Counted || (self.n == 1 && self.value == f64::from(self.hits)), "{self:?}");
        match self.part {
            Part::Able => 0,
            Part::Unrecorded => 1,
            Part::Aside(place) => 2 + place as usize,
            Part::Counted => {
                let within = self.within_horizon.map_or(0, |hit| 1 + hit as usize);
                6 + self.hits as usize + 2 * within + 6 * self.is_young as usize
            }
        }
    }

    /// The row that a code says.
    pub fn of_code(code: usize) -> Observation {
        let at = Instant(0);
        match code {
            0 => Observation::able(at),
            1 => Observation::unrecorded(at),
            2..6 => Observation::aside(at, code as u8 - 2),
            _ => Observation {
                within_horizon: [None, Some(false), Some(true)][(code - 6) / 2 % 3],
                is_young: code >= 12,
                ..Observation::rate(at, code % 2 == 1)
            },
        }
    }

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
