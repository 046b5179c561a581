//! How likely it is that one rate is the higher one, given what was seen.

use alignment::rate::Rate;

/// The chance that the rate behind `b` is above the one behind `a`, if before any data every rate was as likely as any other
/// (uniform priors, so that each rate has a Beta posterior). Exact, by the sum of E. Miller (2014); no draws. `None` without data.
pub fn chance_second_is_higher(a: Rate, b: Rate) -> Option<f64> {
    if a.of == 0 || b.of == 0 {
        return None;
    }
    // The sum has as many terms as `b` has hits: with many, take the misses instead, which turns the question round.
    if b.hits > b.of / 2 {
        let misses = |rate: Rate| Rate::new(rate.of - rate.hits, rate.of);
        return Some(1.0 - higher(misses(a), misses(b)));
    }
    Some(higher(a, b))
}

fn higher(a: Rate, b: Rate) -> f64 {
    let (hits_a, misses_a) = (1.0 + a.hits as f64, 1.0 + (a.of - a.hits) as f64);
    let misses_b = 1.0 + (b.of - b.hits) as f64;
    let base = ln_beta(hits_a, misses_a);
    let term = |hits: u64| {
        let hits = hits as f64;
        (ln_beta(hits_a + hits, misses_a + misses_b) - (misses_b + hits).ln() - ln_beta(1.0 + hits, misses_b) - base).exp()
    };
    (0..=b.hits).map(term).sum::<f64>().clamp(0.0, 1.0)
}

fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the integral over `scipy.stats.beta` (SciPy 1.17.1, `quad` to 1e-12).
    #[test]
    fn agrees_with_the_integral() {
        for ((a, na, b, nb), expected) in [
            ((30, 200, 45, 200), 0.972_215_710_2),
            ((0, 20, 3, 25), 0.916_183_107_7),
            ((5, 5, 9, 10), 0.404_411_764_7),
            ((842, 8000, 931, 8000), 0.987_495_580_8),
        ] {
            let found = chance_second_is_higher(Rate::new(a, na), Rate::new(b, nb)).unwrap();
            assert!((found - expected).abs() < 1e-9, "{a}/{na} {b}/{nb}: {found}");
            let turned = chance_second_is_higher(Rate::new(b, nb), Rate::new(a, na)).unwrap();
            assert!((found + turned - 1.0).abs() < 1e-9);
        }
        assert_eq!(chance_second_is_higher(Rate::new(0, 0), Rate::new(1, 1)), None);
        assert!((chance_second_is_higher(Rate::new(3, 9), Rate::new(3, 9)).unwrap() - 0.5).abs() < 1e-12);
    }
}
