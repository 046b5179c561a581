//! Chance from a seed: the same seed gives the same draws on every machine and on any number of threads.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The generator of one replicate. Each replicate has a stream of its own, so that they can run in any order and on any thread.
pub fn seeded(seed: u64, replicate: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(replicate);
    generator
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::seeded;

    #[test]
    fn a_replicate_draws_the_same_whatever_ran_before_it() {
        let draw = |seed, replicate| seeded(seed, replicate).next_u64();
        assert_eq!(draw(7, 3), draw(7, 3));
        assert_ne!(draw(7, 3), draw(7, 4));
        assert_ne!(draw(7, 3), draw(8, 3));
    }
}
