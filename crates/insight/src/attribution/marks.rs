//! The touches at which something began or ended: what the W-shaped and the full path model look at.

use alignment::Instant;

/// When a journey passed its marks; `None` where that is not recorded or has not happened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Marks {
    pub lead_at: Option<Instant>,
    pub opportunity_at: Option<Instant>,
    pub signed_at: Option<Instant>,
}

/// What the marks get together; the touches between share the rest.
const OF_MARKS: f64 = 0.9;

impl Marks {
    /// The touch of each mark: the first one, and those at or last before lead creation, opportunity and signature.
    pub(super) fn places(&self, touched_at: &[Instant]) -> [Option<usize>; 4] {
        let place = |mark: Option<Instant>| touched_at.partition_point(|at| *at <= mark.unwrap_or(Instant::MIN)).checked_sub(1);
        let of = |mark: Option<Instant>| mark.and_then(|_| place(mark));
        [Some(0), of(self.lead_at), of(self.opportunity_at), of(self.signed_at)]
    }
}

/// Marks on one touch add up; missing marks spread over the others; so does what the touches between would get, if there are none.
pub(super) fn weigh(marks: &[Option<usize>], weights: &mut [f64]) {
    weights.fill(0.0);
    let known = marks.iter().flatten().count() as f64;
    marks.iter().flatten().for_each(|place| weights[*place] += OF_MARKS / known);
    let between = weights.iter().filter(|weight| **weight == 0.0).count();
    for weight in weights.iter_mut() {
        match between {
            0 => *weight /= OF_MARKS,
            _ if *weight == 0.0 => *weight = (1.0 - OF_MARKS) / between as f64,
            _ => {}
        }
    }
}
