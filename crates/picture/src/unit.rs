//! What numbers on an axis count, and where its ticks stand.

/// The unit of an axis. Marks bring their own text; this is for ticks only.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Unit {
    /// Whole things: leads, deals.
    #[default]
    Count,
    /// A plain number, e.g. a ratio.
    Number,
    /// A share; 0.25 is written 25%.
    Percent,
    /// Money in whole units with the sign before it, e.g. `€`.
    Money(String),
    Days,
    Hours,
}

impl Unit {
    /// A tick's text, where ticks are `step` apart.
    pub fn tick(&self, value: f64, step: f64) -> String {
        match self {
            Unit::Percent => format!("{}%", plain(value * 100.0, step * 100.0)),
            Unit::Money(sign) => match compact(value, step) {
                text if value < 0.0 && text.starts_with('−') => format!("−{sign}{}", text.trim_start_matches('−')),
                text => format!("{sign}{text}"),
            },
            Unit::Count | Unit::Number => compact(value, step),
            Unit::Days => format!("{} d", compact(value, step)),
            Unit::Hours => format!("{} h", compact(value, step)),
        }
    }

    pub(crate) fn step_least(&self) -> f64 {
        if *self == Unit::Count { 1.0 } else { 0.0 }
    }
}

fn compact(value: f64, step: f64) -> String {
    // One suffix for a whole axis would read better, but a tick is formatted alone: its own size decides.
    let (scale, suffix) = match value.abs().max(step) {
        size if size >= 1e15 => return format!("{value:.1e}").replace('-', "−"),
        size if size >= 1e9 => (1e9, " bn"),
        size if size >= 1e6 => (1e6, " M"),
        size if size >= 1e4 => (1e3, " k"),
        _ => (1.0, ""),
    };
    if value == 0.0 { "0".to_owned() } else { plain(value / scale, step / scale) + suffix }
}

/// With the digits that tell neighbouring ticks apart.
fn plain(value: f64, step: f64) -> String {
    let digits = (0..=6).find(|digits| ((step * 10_f64.powi(*digits)).fract() - 0.5).abs() > 0.499).unwrap_or(6) as usize;
    let text = format!("{:.digits$}", value.abs());
    let zero = text.bytes().all(|byte| byte == b'0' || byte == b'.');
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let point = if rest.is_empty() { "" } else { "." };
    format!("{}{grouped}{point}{rest}", if value < 0.0 && !zero { "−" } else { "" })
}

/// An axis from a round number to a round number, both at ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub step: f64,
}

impl Scale {
    /// Round ends around `values`, with about `about` ticks; numbers that aren't any are passed over.
    pub fn around(values: impl IntoIterator<Item = f64>, unit: &Unit, about: usize) -> Scale {
        let finite = values.into_iter().filter(|value| value.is_finite()).map(|value| value.clamp(-1e100, 1e100));
        let (low, high) = finite.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = match (low, high) {
            (low, high) if low > high || (low == 0.0 && high == 0.0) => (0.0, 1.0),
            (low, high) if low == high => (low.min(0.0), high.max(0.0)),
            both => both,
        };
        // What can't be told apart as numbers can't be told apart as a picture either.
        let span = (high - low).max(low.abs().max(high.abs()) * 1e-9).max(1e-100);
        let step = round_step(span / about.max(1) as f64).max(unit.step_least());
        let low_tick = (low / step + 1e-9).floor() * step;
        let high_tick = ((high / step - 1e-9).ceil() * step).max(low_tick + step);
        Scale { low: low_tick, high: high_tick, step }
    }

    /// As [`Scale::around`], and zero is on it.
    pub fn from_zero(values: impl IntoIterator<Item = f64>, unit: &Unit, about: usize) -> Scale {
        Scale::around(values.into_iter().chain([0.0]), unit, about)
    }

    /// Where a value stands between the ends, 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
    }

    pub fn ticks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round().clamp(1.0, 40.0) as usize;
        let tick = |index: usize| {
            let value = self.low + self.step * index as f64;
            // 0.1 + 0.2 - 0.3 is no tick.
            if value.abs() < self.step * 1e-6 { 0.0 } else { value }
        };
        (0..=count).map(tick).collect()
    }
}

/// The next of 1, 2, 5, 10, 20, ..
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let digit = step / power;
    power * [1.0, 2.0, 5.0].into_iter().find(|round| digit <= round + 1e-9).unwrap_or(10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        let cases: &[(&[f64], Unit, &str)] = &[
            (&[], Unit::Count, "0 1"),
            (&[0.0, 0.0], Unit::Percent, "0% 20% 40% 60% 80% 100%"),
            (&[3.0], Unit::Count, "0 1 2 3"),
            (&[0.031, 0.052], Unit::Percent, "0% 2% 4% 6%"),
            (&[1_840_000.0], Unit::Money("€".into()), "€0 €500 k €1.0 M €1.5 M €2.0 M"),
            (&[-40_000.0, 25_000.0], Unit::Money("€".into()), "−€40 k −€20 k €0 €20 k €40 k"),
            (&[7.0, 7.0], Unit::Days, "0 d 2 d 4 d 6 d 8 d"),
            (&[1234.0, 980.0], Unit::Count, "0 500 1,000 1,500"),
        ];
        for (values, unit, expected) in cases {
            let scale = Scale::from_zero(values.iter().copied(), unit, 5);
            let ticks: Vec<_> = scale.ticks().into_iter().map(|tick| unit.tick(tick, scale.step)).collect();
            assert_eq!(ticks.join(" "), *expected, "{values:?}");
        }
    }
}
