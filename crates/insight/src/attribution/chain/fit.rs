//! From what a channel gets in all to what each deal gives it.
//!
//! A removal effect belongs to the whole chain and not to one deal. So that rows can be opened down to their deals, each deal is split
//! over the channels that it has, in the proportion of one number for each channel, and these numbers are fitted until the deals add
//! up to the chain's answer (iterative proportional fitting, Deming and Stephan 1940: of all such splits the one nearest to equal
//! parts). Where no split can, because deals of one channel alone bring it more than the chain gives it, the nearest is taken.

/// The channels that some deals have, sorted, and what these deals bring together.
pub(in crate::attribution) struct Together<'a> {
    pub channels: &'a [u32],
    pub worth: f64,
}

pub(in crate::attribution) struct Fitted {
    /// By channel.
    pub worths: Vec<f64>,
    /// The part of the whole that stands with another channel than the chain says.
    pub misplaced: f64,
}

const ADDITIONS_MAX: usize = 20_000_000;
const ROUNDS_MAX: usize = 10_000;
/// A channel is never worth so little beside another that a deal of its own would be left with nothing.
const LEAST: f64 = 1e-200;
const NEAR_ENOUGH: f64 = 1e-13;

/// `parts`: of the whole, by channel; they sum to 1 (or are all 0).
pub(in crate::attribution) fn fit(deals: &[Together], parts: &[f64]) -> Fitted {
    let whole: f64 = deals.iter().map(|deal| deal.worth).sum();
    let mut worths: Vec<f64> = parts.iter().map(|part| part.max(LEAST)).collect();
    let additions: usize = deals.iter().map(|deal| deal.channels.len()).sum();
    if whole <= 0.0 || additions == 0 {
        return Fitted { worths, misplaced: 0.0 };
    }
    let rounds = (ADDITIONS_MAX / additions).clamp(50, ROUNDS_MAX);
    let mut misplaced = f64::MAX;
    for round in 0..=rounds {
        let found = split(deals, &worths);
        let distance: f64 = found.iter().zip(parts).map(|(found, part)| (found / whole - part).abs()).sum::<f64>() / 2.0;
        // Where it can't be reached, it comes to stand still.
        let settled = distance <= NEAR_ENOUGH || (round % 100 == 99 && distance > misplaced * (1.0 - 1e-9));
        if round % 100 == 99 || distance <= NEAR_ENOUGH || round == rounds {
            misplaced = distance;
        }
        if settled || round == rounds {
            break;
        }
        let most = worths.iter().copied().fold(0.0, f64::max);
        for ((worth, found), part) in worths.iter_mut().zip(&found).zip(parts) {
            if *found > 0.0 {
                *worth = (*worth / most * (part * whole / found)).max(LEAST);
            }
        }
    }
    Fitted { worths, misplaced }
}

/// What each channel gets.
fn split(deals: &[Together], worths: &[f64]) -> Vec<f64> {
    let mut found = vec![0.0; worths.len()];
    for deal in deals {
        let total: f64 = deal.channels.iter().map(|channel| worths[*channel as usize]).sum();
        deal.channels.iter().for_each(|channel| found[*channel as usize] += deal.worth * worths[*channel as usize] / total);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deals_add_up_to_the_chain_where_they_can() {
        let cases: &[(&[(&[u32], f64)], &[f64], f64)] = &[
            (&[(&[0, 1], 10.0)], &[0.3, 0.7], 0.0),
            (&[(&[0, 1], 10.0), (&[1, 2], 10.0), (&[0], 1.0)], &[0.2, 0.5, 0.3], 0.0),
            // Half of all is the first one's alone.
            (&[(&[0], 5.0), (&[0, 1], 5.0)], &[0.3, 0.7], 0.2),
            (&[], &[0.5, 0.5], 0.0),
        ];
        for (deals, parts, misplaced) in cases {
            let deals: Vec<Together> = deals.iter().map(|(channels, worth)| Together { channels, worth: *worth }).collect();
            let fitted = fit(&deals, parts);
            assert!((fitted.misplaced - misplaced).abs() < 1e-9, "{} {misplaced}", fitted.misplaced);
            let whole: f64 = deals.iter().map(|deal| deal.worth).sum();
            let found = split(&deals, &fitted.worths);
            assert!((found.iter().sum::<f64>() - whole).abs() < 1e-9);
        }
    }
}
