//! Time decay.

use alignment::instant::MICROS_PER_DAY;

use super::{Journey, Kernel, Model};

pub(super) static TIME_DECAY: Model = Model {
    key: "time_decay",
    name: "Time decay",
    words: "The nearer a touch is to the signature the more it gets; its weight halves with every half-life of age (7 days unless set).",
    formula: "2^(-age/half-life), divided by the sum over the journey",
    kernel: Kernel::ByTime(weigh),
};

/// Ages count from the newest touch instead of the signature: the shares are the same after dividing by the sum, and at least one
/// weight is 1 however old the whole journey is.
fn weigh(journey: &Journey, weights: &mut [f64]) {
    let Some(newest) = journey.touched_at.last() else { return };
    // A half-life that is no positive number can only mean that nothing but the newest instant counts.
    let half_life_days = if journey.half_life_days > 0.0 { journey.half_life_days } else { f64::MIN_POSITIVE };
    let half_life_micros = (half_life_days * MICROS_PER_DAY as f64).max(f64::MIN_POSITIVE);
    let mut total = 0.0;
    for (weight, at) in weights.iter_mut().zip(journey.touched_at) {
        let age_micros = newest.0.saturating_sub(at.0).max(0) as f64;
        *weight = halved(age_micros / half_life_micros);
        total += *weight;
    }
    weights.iter_mut().for_each(|weight| *weight /= total);
}

/// 2^-x for x >= 0, to 2 units in the last place. Our own, because that of the C library differs between systems in its last bit,
/// and the same question must give the same bytes on every machine.
fn halved(half_lives: f64) -> f64 {
    // ln(2)^k / k!, the series of 2^r; with |r| <= 1/2 the first term left out is below 1e-17.
    const SERIES: [f64; 13] = [
        1.0,
        std::f64::consts::LN_2,
        2.402_265_069_591_007e-1,
        5.550_410_866_482_158e-2,
        9.618_129_107_628_477e-3,
        1.333_355_814_642_844_3e-3,
        1.540_353_039_338_161e-4,
        1.525_273_380_405_984e-5,
        1.321_548_679_014_431e-6,
        1.017_808_600_923_97e-7,
        7.054_911_620_801_123e-9,
        4.445_538_271_870_812e-10,
        2.567_843_599_348_820_5e-11,
    ];
    const HALF_LIVES_MAX: f64 = 1022.0;
    if half_lives > HALF_LIVES_MAX {
        return 0.0;
    }
    let whole = (half_lives + 0.5) as i32;
    let rest = f64::from(whole) - half_lives;
    let fraction = SERIES.iter().rev().fold(0.0, |sum, coefficient| sum * rest + coefficient);
    fraction * f64::from_bits(((1023 - whole) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::halved;

    #[test]
    fn halves_as_the_library_does() {
        for step in 0..200_000 {
            let half_lives = f64::from(step) * 0.004_7;
            let (ours, theirs) = (halved(half_lives), (-half_lives).exp2());
            assert!((ours - theirs).abs() <= theirs * 4e-16, "2^-{half_lives}: {ours:e} {theirs:e}");
        }
        assert_eq!(halved(0.0), 1.0);
        assert_eq!(halved(1.0), 0.5);
        assert_eq!(halved(f64::INFINITY), 0.0);
        assert_eq!(halved(5000.0), 0.0);
    }
}
