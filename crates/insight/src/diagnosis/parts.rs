//! A change taken apart, exactly.
//!
//! A number is made of segments; each has a weight (its share of what is counted) and a value of its own. What changed is shared out
//! over the factors so that the order in which they changed does not matter: for two factors that is the midpoint, for three the
//! Shapley value of the product (Shapley 1953; as a way to take changes apart: Albrecht, François and Schoors 2002).

/// What the rows of one segment add up to in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// Above the line: hits, a sum of values, money spent.
    pub above: f64,
    /// Below the line: rows, mostly.
    pub below: f64,
}

impl Sums {
    pub fn value(self) -> Option<f64> {
        (self.below != 0.0).then(|| self.above / self.below)
    }

    pub fn plus(self, other: Sums) -> Sums {
        Sums { above: self.above + other.above, below: self.below + other.below }
    }
}

/// What one segment has to do with the change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// There was more or less of everything.
    pub volume: f64,
    /// The segment's own value changed: its rate, its average.
    pub rate: f64,
    /// The segment's share changed.
    pub mix: f64,
    /// The later period has had less time, or more.
    pub timing: f64,
}

impl Parts {
    pub fn total(&self) -> f64 {
        self.volume + self.rate + self.mix + self.timing
    }
}

/// A quotient over all segments: a rate, an average, a cost per lead. The parts of all segments sum to the change of the quotient.
/// `None`: one of the two is undefined.
///
/// rate = (r1 - r0) (w0 + w1) / 2, mix = (w1 - w0) ((r0 + r1) / 2 - R), where R is the middle of both totals, so that a segment whose
/// share grows counts for as much as it lies above or below the whole. A segment that is new or gone has the rate that it has.
pub fn of_quotient(before: &[Sums], now: &[Sums]) -> Option<Vec<Parts>> {
    let (all_before, all_now) = (all(before), all(now));
    let middle = (all_before.value()? + all_now.value()?) / 2.0;
    let part = |(before, now): (&Sums, &Sums)| {
        let (w0, w1) = (before.below / all_before.below, now.below / all_now.below);
        match (before.value(), now.value()) {
            (Some(r0), Some(r1)) => {
                Parts { rate: (r1 - r0) * (w0 + w1) / 2.0, mix: (w1 - w0) * ((r0 + r1) / 2.0 - middle), ..Parts::default() }
            }
            _ => {
                let moved = now.above / all_now.below - before.above / all_before.below;
                Parts { mix: moved - (w1 - w0) * middle, ..Parts::default() }
            }
        }
    };
    Some(before.iter().zip(now).map(part).collect())
}

/// A count: how many there are of everything, and each segment's share of them. The parts of one segment sum to its own change.
pub fn of_count(before: &[Sums], now: &[Sums]) -> Vec<Parts> {
    let (n0, n1) = (all(before).above, all(now).above);
    let part = |(before, now): (&Sums, &Sums)| {
        let (w0, w1) = shares(before.above, n0, now.above, n1);
        Parts { volume: (n1 - n0) * (w0 + w1) / 2.0, mix: (w1 - w0) * (n0 + n1) / 2.0, ..Parts::default() }
    };
    before.iter().zip(now).map(part).collect()
}

/// A sum of values, such as revenue: how many, each segment's share of them, and its average. The parts of one segment sum to its own
/// change.
pub fn of_sum(before: &[Sums], now: &[Sums]) -> Vec<Parts> {
    let (n0, n1) = (all(before).below, all(now).below);
    let part = |(before, now): (&Sums, &Sums)| {
        let (w0, w1) = shares(before.below, n0, now.below, n1);
        let a0 = before.value().or(now.value()).unwrap_or(0.0);
        let a1 = now.value().unwrap_or(a0);
        // Each factor's step, times what the other two are on average over all orders.
        let between = |x: [f64; 2], y: [f64; 2]| (x[0] * y[0] + x[1] * y[1]) / 3.0 + (x[0] * y[1] + x[1] * y[0]) / 6.0;
        Parts {
            volume: (n1 - n0) * between([w0, w1], [a0, a1]),
            mix: (w1 - w0) * between([n0, n1], [a0, a1]),
            rate: (a1 - a0) * between([n0, n1], [w0, w1]),
            timing: 0.0,
        }
    };
    before.iter().zip(now).map(part).collect()
}

/// Shares of a whole; where there is no whole, those of the other period.
fn shares(before: f64, all_before: f64, now: f64, all_now: f64) -> (f64, f64) {
    let share = |part: f64, all: f64| (all != 0.0).then(|| part / all);
    let (w0, w1) = (share(before, all_before), share(now, all_now));
    (w0.or(w1).unwrap_or(0.0), w1.or(w0).unwrap_or(0.0))
}

pub fn all(sums: &[Sums]) -> Sums {
    sums.iter().fold(Sums::default(), |all, sums| all.plus(*sums))
}

/// Puts what floating point has left over into the largest part, so that the parts sum to `change`.
pub fn settle(parts: &mut [Parts], change: f64) {
    let rest = change - parts.iter().map(Parts::total).sum::<f64>();
    if let Some(largest) = parts.iter_mut().max_by(|a, b| a.total().abs().total_cmp(&b.total().abs())) {
        *largest_of(largest) += rest;
    }
}

/// In whole units: cents, rows. The parts sum to `change` to the unit, and each is at most a few units from what it was.
pub fn settle_whole(parts: &mut [Parts], change: f64) {
    let (mut exact, mut given) = (0.0, 0.0);
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.iter_mut().enumerate() {
        exact += part.total();
        let upto = if index == last { change.round() } else { exact.round() };
        let total = upto - given;
        for value in [&mut part.volume, &mut part.rate, &mut part.mix, &mut part.timing] {
            *value = value.round();
        }
        let rest = total - part.total();
        *largest_of(part) += rest;
        given = upto;
    }
}

fn largest_of(part: &mut Parts) -> &mut f64 {
    let all = [&mut part.volume, &mut part.rate, &mut part.mix, &mut part.timing];
    let largest = all.into_iter().reduce(|a, b| if b.abs() > a.abs() { b } else { a });
    largest.expect("there are four")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sums(pairs: &[(f64, f64)]) -> Vec<Sums> {
        pairs.iter().map(|(above, below)| Sums { above: *above, below: *below }).collect()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9 * a.abs().max(b.abs()).max(1.0)
    }

    /// Simpson's case: each segment's rate stands still, and the whole falls because the worse one grows.
    #[test]
    fn a_rate_falls_by_mix_alone() {
        let parts = of_quotient(&sums(&[(60.0, 80.0), (5.0, 20.0)]), &sums(&[(15.0, 20.0), (20.0, 80.0)])).unwrap();
        assert!(parts.iter().all(|part| close(part.rate, 0.0)));
        assert!(close(parts[0].mix, -0.15) && close(parts[1].mix, -0.15), "{parts:?}");
    }

    #[test]
    fn a_rate_falls_by_one_segments_own() {
        let parts = of_quotient(&sums(&[(50.0, 100.0), (50.0, 100.0)]), &sums(&[(50.0, 100.0), (20.0, 100.0)])).unwrap();
        assert!(close(parts[1].rate, -0.15) && close(parts[0].total(), 0.0));
        assert_eq!(of_quotient(&sums(&[(0.0, 0.0)]), &sums(&[(1.0, 2.0)])), None, "undefined is not zero");
    }

    /// Worked by hand: 10 deals of 2 and 10 of 4 become 20 of 3 and 10 of 4; all six orders of three factors averaged.
    #[test]
    fn revenue_is_deals_times_share_times_average() {
        let parts = of_sum(&sums(&[(20.0, 10.0), (40.0, 10.0)]), &sums(&[(60.0, 20.0), (40.0, 10.0)]));
        assert!(close(parts[0].total(), 40.0) && close(parts[1].total(), 0.0));
        assert!(close(parts[0].volume, 10.0 * (0.5 * 2.0 + 2.0 / 3.0 * 3.0) / 3.0 + 10.0 * (0.5 * 3.0 + 2.0 / 3.0 * 2.0) / 6.0));
        assert!(close(parts[1].volume, -parts[1].mix) && parts[1].rate == 0.0);
    }

    fn segments() -> impl Strategy<Value = Vec<(Sums, Sums)>> {
        let sums = || {
            (0..400_i64, 0..60_i64).prop_map(|(value, rows)| {
                let rows = if rows < 8 { 0 } else { rows };
                Sums { above: if rows == 0 { 0.0 } else { value as f64 * 7.0 }, below: rows as f64 }
            })
        };
        prop::collection::vec((sums(), sums()), 1..12)
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_change(segments in segments(), late in prop::collection::vec(-9.0..9.0_f64, 12)) {
            let (before, now): (Vec<Sums>, Vec<Sums>) = segments.into_iter().unzip();
            let total = |parts: &[Parts]| parts.iter().map(Parts::total).sum::<f64>();
            let (all_before, all_now) = (all(&before), all(&now));
            if let Some(mut parts) = of_quotient(&before, &now) {
                let change = all_now.value().unwrap() - all_before.value().unwrap();
                prop_assert!(close(total(&parts), change));
                parts.iter_mut().zip(&late).for_each(|(part, late)| part.timing = *late);
                let change = change + late.iter().take(parts.len()).sum::<f64>();
                settle(&mut parts, change);
                prop_assert!((total(&parts) - change).abs() < 1e-12 * change.abs().max(10.0));
            }
            let mut count = of_count(&before, &now);
            let change = all_now.above - all_before.above;
            prop_assert!(close(total(&count), change));
            for (part, (before, now)) in count.iter().zip(before.iter().zip(&now)) {
                if all_before.above != 0.0 && all_now.above != 0.0 {
                    prop_assert!(close(part.total(), now.above - before.above));
                }
            }
            settle_whole(&mut count, change);
            prop_assert_eq!(total(&count), change);
            let mut sum = of_sum(&before, &now);
            for (part, (before, now)) in sum.iter().zip(before.iter().zip(&now)) {
                prop_assert!(close(part.total(), now.above - before.above), "{:?} {:?} {:?}", part, before, now);
            }
            settle_whole(&mut sum, change);
            prop_assert_eq!(total(&sum), change);
            prop_assert!(sum.iter().all(|part| [part.volume, part.rate, part.mix].iter().all(|value| value.fract() == 0.0)));
        }

        /// Going back undoes each part.
        #[test]
        fn the_direction_only_turns_the_sign(segments in segments()) {
            let (before, now): (Vec<Sums>, Vec<Sums>) = segments.into_iter().unzip();
            for (there, back) in of_sum(&before, &now).iter().zip(of_sum(&now, &before)) {
                prop_assert!(close(there.volume, -back.volume) && close(there.mix, -back.mix) && close(there.rate, -back.rate));
            }
        }
    }
}
