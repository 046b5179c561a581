//! How right the forecast would have been, in words that also say where a plain guess was the better one.

use alignment::Currency;
use insight::forecast::{Backtest, Coverage, Errors, Simulated};

use crate::ui::format;

/// Distances that differ by less than this part are about the same.
const SAME_WITHIN: f64 = 0.05;

pub struct Verdict {
    pub tag: &'static str,
    pub class: &'static str,
    /// Whether the bands held what they say.
    pub bands: String,
    /// Why they are drawn apart; empty where they are not.
    pub drawn_apart: String,
    /// The middle of the forecast beside the plain guesses.
    pub middle: String,
}

impl Verdict {
    pub fn of(backtest: &Backtest, simulated: Option<&Simulated>, currency: Currency) -> Verdict {
        let off = bands_off(backtest);
        let of_all = backtest.errors.iter().find(|errors| errors.ahead == 0);
        let is_beaten = of_all.is_some_and(|errors| guesses(errors).any(|guess| guess.compared() == Compared::Worse));
        let (tag, class) = match (off.is_empty(), is_beaten) {
            (true, false) => ("calibrated", "good"),
            (true, true) => ("bands held, a plain guess was closer", "warn"),
            (false, _) => ("bands off", "warn"),
        };
        Verdict {
            tag,
            class,
            bands: bands(backtest, &off),
            drawn_apart: simulated.map(|simulated| drawn_apart(backtest, simulated.widening)).unwrap_or_default(),
            middle: of_all.map(|errors| middle(errors, currency)).unwrap_or_default(),
        }
    }
}

fn of_all(coverage: &[Coverage]) -> impl Iterator<Item = &Coverage> {
    coverage.iter().filter(|one| one.ahead == 0)
}

/// A band is off where what it should hold lies outside what chance makes of so few months.
fn bands_off(backtest: &Backtest) -> Vec<String> {
    of_all(&backtest.coverage)
        .filter(|one| one.interval.is_some_and(|(low, high)| one.level < low || high < one.level))
        .map(|one| {
            let word = if one.rate.is_some_and(|rate| rate < one.level) { "too narrow" } else { "too wide" };
            format!("the {} band was {word}", percent(one.level))
        })
        .collect()
}

fn bands(backtest: &Backtest, off: &[String]) -> String {
    let months = of_all(&backtest.coverage).next().map_or(0, |one| one.of);
    let months = format::plural(months, "past month", "past months");
    match off {
        [] => format!("Over {months} the bands held about what they say."),
        off => format!("Over {months} {}. Read the bands with that in mind.", off.join(", ")),
    }
}

fn drawn_apart(backtest: &Backtest, widening: f64) -> String {
    let raw = of_all(&backtest.coverage_before_widening).find(|one| one.level == 0.8);
    match raw.filter(|_| widening > 1.0) {
        None => String::new(),
        Some(raw) => format!(
            "That is with the bands as they are shown: as simulated, the 80% band would have held {} of {}, so bands are drawn apart, past \
             months by what the months before them had taught and those to come by {}.",
            raw.inside,
            raw.of,
            format::fixed(widening, 2)
        ),
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Compared {
    Better,
    Same,
    Worse,
}

/// A guess that needs no model, over the months that both were asked for.
struct Guess {
    name: &'static str,
    of: u64,
    minor: i64,
    model_minor: i64,
}

impl Guess {
    /// The forecast, against this.
    fn compared(&self) -> Compared {
        let (guess, model) = (self.minor as f64, self.model_minor as f64);
        match model - guess {
            more if more.abs() <= SAME_WITHIN * guess.max(model) => Compared::Same,
            more if more > 0.0 => Compared::Worse,
            _ => Compared::Better,
        }
    }
}

fn guesses(errors: &Errors) -> impl Iterator<Item = Guess> {
    let naive = Guess { name: "same as last month", of: errors.of, minor: errors.naive_minor, model_minor: errors.model_minor };
    let seasonal = errors.seasonal.map(|seasonal| Guess {
        name: "same as a year ago",
        of: seasonal.of,
        minor: seasonal.minor,
        model_minor: seasonal.model_minor,
    });
    std::iter::once(naive).chain(seasonal)
}

/// Which guess was closer, and by how much.
pub fn middle(errors: &Errors, currency: Currency) -> String {
    let money = |minor: i64| format::money_short(minor as f64, currency);
    let sentence = |guess: Guess| {
        let (model, other) = (money(guess.model_minor), money(guess.minor));
        let apart = (guess.model_minor - guess.minor).abs();
        let share = format::fixed(100.0 * apart as f64 / (guess.minor.max(1)) as f64, 0);
        let months = format::plural(guess.of, "month", "months");
        match guess.compared() {
            Compared::Same => {
                format!("Over {months} its mean distance from what came, {model}, is about that of “{}”, {other}.", guess.name)
            }
            Compared::Better => {
                format!(
                    "Over {months} it was {} ({share}%) closer to what came than “{}”: {model} off against {other}.",
                    money(apart),
                    guess.name
                )
            }
            Compared::Worse => format!(
                "Over {months} “{}” was the better guess of a single month: {other} off against {model}, this forecast being {} ({share}%) \
                 further away.",
                guess.name,
                money(apart)
            ),
        }
    };
    guesses(errors).map(sentence).collect::<Vec<_>>().join(" ")
}

fn percent(level: f64) -> String {
    format!("{}%", format::fixed(level * 100.0, 0))
}

#[cfg(test)]
mod tests {
    use insight::forecast::SeasonalError;

    use super::*;

    #[test]
    fn the_better_guess_is_named() {
        let errors = |model_minor, naive_minor, seasonal| Errors { ahead: 0, of: 27, model_minor, naive_minor, seasonal };
        let year = SeasonalError { of: 9, minor: 1_520_000, model_minor: 2_333_300 };
        for (errors, words) in [
            (
                errors(3_054_200, 2_507_500, None),
                "“same as last month” was the better guess of a single month: €25,075 off against €30,542",
            ),
            (errors(2_021_900, 2_242_200, None), "it was €2,203 (10%) closer to what came than “same as last month”"),
            (errors(2_021_900, 2_042_200, None), "is about that of “same as last month”"),
            (errors(2_021_900, 2_242_200, Some(year)), "Over 9 months “same as a year ago” was the better guess"),
        ] {
            assert!(middle(&errors, Currency::EUR).contains(words), "{}", middle(&errors, Currency::EUR));
        }
    }
}
