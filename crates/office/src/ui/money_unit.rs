//! Amounts that stand below each other.

use alignment::Currency;

use super::format;

/// One way to write all amounts of a column or a table, chosen by the largest, so that they can be compared by eye:
/// `MoneyUnit::of(amounts, currency).write(minor)`.
#[derive(Clone, Copy, Debug)]
pub struct MoneyUnit {
    currency: Currency,
    per_unit: f64,
    suffix: &'static str,
    digits: usize,
}

impl MoneyUnit {
    /// `amounts` in minor units.
    pub fn of(amounts: impl IntoIterator<Item = f64>, currency: Currency) -> MoneyUnit {
        let largest = amounts.into_iter().fold(0.0_f64, |most, minor| most.max(minor.abs())) / currency.minor_per_major() as f64;
        let (per_unit, suffix, digits) = match largest {
            size if size >= 999_999_500.0 => (1e6, " M", 1),
            size if size >= 9_999_950.0 => (1e3, " k", 0),
            size if size >= 999_999.5 => (1e3, " k", 1),
            size if size >= 999.995 => (1.0, "", 0),
            _ => (1.0, "", currency.minor_digits() as usize),
        };
        MoneyUnit { currency, per_unit, suffix, digits }
    }

    /// What is too small for the unit is said to be so, for it is not zero: `<€1`. Nothing at all is no thousandth of anything: `€0`.
    pub fn write(self, minor: f64) -> String {
        let major = minor / self.currency.minor_per_major() as f64;
        let symbol = format::symbol(self.currency);
        let least = self.per_unit / 10_f64.powi(self.digits as i32);
        if major != 0.0 && major.abs() < least / 2.0 {
            let sign = if major < 0.0 { ">−" } else { "<" };
            return format!("{sign}{symbol}{}{}", format::fixed(least / self.per_unit, self.digits), self.suffix);
        }
        if minor == 0.0 && !self.suffix.is_empty() {
            return format!("{symbol}0");
        }
        let sign = if major < 0.0 { "−" } else { "" };
        format!("{sign}{symbol}{}{}", format::fixed((major / self.per_unit).abs(), self.digits), self.suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_money_has_one_unit() {
        let cases: [(&[f64], &[&str]); 7] = [
            (&[], &[]),
            (&[394.0, 0.0, -99_000.0], &["€3.94", "€0.00", "−€990.00"]),
            (&[9_712_600.0, 11_200_000.0, 394.0, 12.0, 0.0], &["€97,126", "€112,000", "€4", "<€1", "€0"]),
            (&[99_996_000.0, 11_200_000.0], &["€999,960", "€112,000"]),
            (&[123_450_000.0, 11_200_000.0, 400.0, 0.0], &["€1,234.5 k", "€112.0 k", "<€0.1 k", "€0"]),
            (&[1_234_567_800.0, -98_712_600.0], &["€12,346 k", "−€987 k"]),
            (&[123_456_789_000.0, 98_712_600.0], &["€1,234.6 M", "€1.0 M"]),
        ];
        for (amounts, expected) in cases {
            let unit = MoneyUnit::of(amounts.iter().copied(), Currency::EUR);
            let shown: Vec<String> = amounts.iter().map(|minor| unit.write(*minor)).collect();
            assert_eq!(shown, expected);
        }
    }
}
