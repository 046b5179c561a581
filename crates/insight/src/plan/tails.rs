//! Tails of the binomial distribution, for a number of trials that need not be whole.
//!
//! P(at least k of n) is the regularised incomplete beta function I_p(k, n - k + 1) (Abramowitz and Stegun, 6.6.4), which is worked
//! out by its continued fraction (26.5.8).

/// The chance of at least `k` successes in `n` trials of chance `p`.
pub fn at_least(k: f64, n: f64, p: f64) -> f64 {
    if k <= 0.0 {
        return 1.0;
    }
    if n <= k - 1.0 || p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    incomplete_beta(k, n - k + 1.0, p)
}

/// The smallest count whose cumulative chance reaches `u`, of `n` trials of chance `p`: drawing by one uniform number, so that a larger
/// `p` or `n` never draws less.
pub fn quantile(u: f64, n: u64, p: f64) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    let mean = n as f64 * p;
    if mean > WALKED_MAX && n as f64 - mean > WALKED_MAX {
        return bisected(u, n, p);
    }
    // Walked from the side that is nearer to where the counts lie.
    if p > 0.5 { n - walked(1.0 - u, n, 1.0 - p) } else { walked(u, n, p) }
}

/// The value below which a share `q` of the Beta(a, b) distribution lies.
pub fn beta_quantile(q: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if incomplete_beta(a, b, middle) < q { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

const WALKED_MAX: f64 = 200.0;

fn walked(u: f64, n: u64, p: f64) -> u64 {
    let odds = p / (1.0 - p);
    let mut chance = (n as f64 * (-p).ln_1p()).exp();
    let (mut sum, mut count) = (chance, 0);
    while sum < u && count < n {
        chance *= (n - count) as f64 / (count + 1) as f64 * odds;
        count += 1;
        sum += chance;
    }
    count
}

fn bisected(u: f64, n: u64, p: f64) -> u64 {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if 1.0 - at_least(middle as f64 + 1.0, n as f64, p) >= u { high = middle } else { low = middle + 1 }
    }
    low
}

/// ln of the gamma function for x > 0: Stirling's series (Abramowitz and Stegun, 6.1.41) after moving x up to where it converges.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 {
        shift += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse * (1.0 / 1680.0 - inverse / 1188.0)))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift
}

fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    // The fraction converges fast on this side of the mean; the other side is its mirror.
    if x < (a + 1.0) / (a + b + 2.0) {
        (front * fraction(a, b, x) / a).clamp(0.0, 1.0)
    } else {
        (1.0 - front * fraction(b, a, 1.0 - x) / b).clamp(0.0, 1.0)
    }
}

/// From the front, by the ratios of successive convergents (Lentz).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const TERMS_MAX: usize = 500;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let (mut c, mut value) = (1.0, d);
    for term in 1..TERMS_MAX {
        let m = term as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + coefficient * d);
            c = away_from_zero(1.0 + coefficient / c);
            change = c * d;
            value *= change;
        }
        if (change - 1.0).abs() < 1e-14 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference: scipy 1.17.1 `binom.sf(k - 1, n, p)`.
    #[test]
    fn tails_are_those_of_the_binomial() {
        for (k, n, p, expected) in REFERENCE {
            let found = at_least(*k, *n, *p);
            assert!((found - expected).abs() < 1e-12 + 1e-10 * expected, "{k} {n} {p}: {found} {expected}");
        }
        assert_eq!(at_least(0.0, 0.0, 0.5), 1.0);
        assert_eq!(at_least(3.0, 2.0, 0.9), 0.0);
        assert_eq!(at_least(3.0, 3.0, 1.0), 1.0);
    }

    /// Reference: scipy 1.17.1 `beta.ppf`.
    #[test]
    fn quantiles_of_the_beta() {
        for (q, a, b, expected) in [(0.025, 12.5, 40.5, 0.13279314478122894), (0.5, 0.5, 0.5, 0.5), (0.975, 300.5, 2.5, 0.9986213431636416)]
        {
            let found = beta_quantile(q, a, b);
            assert!((found - expected).abs() < 1e-10, "{q} {a} {b}: {found}");
        }
    }

    #[test]
    fn drawing_by_a_uniform_number_turns_the_tails_round() {
        for (n, p) in [(1, 0.5), (10, 0.03), (50, 0.9), (5_000, 0.2), (100_000, 0.004)] {
            let mut before = 0;
            for step in 1..200 {
                let u = step as f64 / 200.0;
                let count = quantile(u, n, p);
                assert!(count >= before && count <= n, "{n} {p} {u}");
                let up_to = |count: u64| 1.0 - at_least(count as f64 + 1.0, n as f64, p);
                assert!(up_to(count) >= u - 1e-9, "{n} {p} {u}: {count}");
                assert!(count == 0 || up_to(count - 1) < u + 1e-9, "{n} {p} {u}: {count}");
                before = count;
            }
        }
    }

    const REFERENCE: &[(f64, f64, f64, f64)] = &[
        (1.0, 1.0, 0.5, 0.5),
        (1.0, 10.0, 0.05, 0.4012630607616211),
        (10.0, 100.0, 0.05, 0.02818829416341614),
        (10.0, 100.0, 0.1, 0.5487098345579952),
        (10.0, 100.0, 0.2, 0.9976664390137892),
        (50.0, 120.0, 0.4, 0.3877955066410926),
        (3.0, 1000.0, 0.0005, 0.014359242305093839),
        (200.0, 10000.0, 0.021, 0.7664352489866475),
        (9.0, 10.0, 0.95, 0.9138616441006835),
        (1000.0, 40000.0, 0.026, 0.8989650241087399),
    ];
}
