//! From draws to bands.

use serde::Serialize;

/// What is likely: the middle, and the bands that hold 50, 80 and 95 of 100 draws.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bands {
    pub mean_minor: i64,
    pub median_minor: i64,
    pub band_50: (i64, i64),
    pub band_80: (i64, i64),
    pub band_95: (i64, i64),
}

pub const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];

impl Bands {
    /// `None`: nothing was drawn.
    pub fn of(mut draws: Vec<i64>) -> Option<Bands> {
        draws.sort_unstable();
        let sum: i128 = draws.iter().map(|draw| i128::from(*draw)).sum();
        let last = draws.len().checked_sub(1)?;
        let at = |share: f64| draws[(share * last as f64).round() as usize];
        let band = |level: f64| (at((1.0 - level) / 2.0), at((1.0 + level) / 2.0));
        Some(Bands {
            mean_minor: (sum / draws.len() as i128) as i64,
            median_minor: at(0.5),
            band_50: band(LEVELS[0]),
            band_80: band(LEVELS[1]),
            band_95: band(LEVELS[2]),
        })
    }

    pub fn band(&self, place: usize) -> (i64, i64) {
        [self.band_50, self.band_80, self.band_95][place]
    }

    /// With what is certain already.
    pub fn plus(self, minor: i64) -> Bands {
        let add = |value: i64| value.saturating_add(minor);
        let both = |(low, high): (i64, i64)| (add(low), add(high));
        Bands {
            mean_minor: add(self.mean_minor),
            median_minor: add(self.median_minor),
            band_50: both(self.band_50),
            band_80: both(self.band_80),
            band_95: both(self.band_95),
        }
    }

    /// Drawn apart around the median by a factor; nothing below `floor` minor units.
    pub fn widened(self, factor: f64, floor: i64) -> Bands {
        let median = self.median_minor as f64;
        let apart = |value: i64| ((median + (value as f64 - median) * factor).round() as i64).max(floor);
        let both = |(low, high): (i64, i64)| (apart(low), apart(high));
        Bands { band_50: both(self.band_50), band_80: both(self.band_80), band_95: both(self.band_95), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_hold_their_share() {
        assert_eq!(Bands::of(Vec::new()), None);
        let bands = Bands::of((0..=1000).rev().collect()).unwrap();
        assert_eq!((bands.mean_minor, bands.median_minor), (500, 500));
        assert_eq!((bands.band_50, bands.band_80, bands.band_95), ((250, 750), (100, 900), (25, 975)));
        assert_eq!(bands.widened(2.0, 0).band_95, (0, 1450));
        assert_eq!(bands.plus(10).band_50, (260, 760));
        assert_eq!(Bands::of(vec![7]).unwrap().band_95, (7, 7));
    }
}
