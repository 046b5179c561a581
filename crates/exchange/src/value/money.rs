//! Numbers and amounts.

use alignment::{Currency, Money};
use rust_decimal::{Decimal as Exact, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

use super::{Reason, quoted};

/// The largest amount that is taken, in minor units: ten trillion. Sums of thousands of such amounts still fit in 64 bits.
pub const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000_000;

/// Which mark stands before the decimals. The other one parts thousands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decimal {
    #[default]
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

/// An amount of `currency`. Symbols and codes around the number are ignored; `(12.00)` and `12.00-` are negative. Decimals beyond
/// the currency's minor unit are rounded half to even, as warehouse exports carry rounding dust.
pub fn amount(text: &str, currency: Currency, decimal: Decimal) -> Result<Money, Reason> {
    if let Some(other) = named_currency(text).filter(|named| *named != currency) {
        return Err(format!("{} is an amount in {other}, and {currency} is expected: give the currency a column of its own", quoted(text)));
    }
    let exact = number(text, decimal).ok_or_else(|| {
        let example = if decimal == Decimal::Point { "1,234.50" } else { "1.234,50" };
        format!("{} is not an amount: write it like {example}", quoted(text))
    })?;
    let too_large = || format!("{} is too large an amount: the limit is {AMOUNT_MINOR_MAX} minor units", quoted(text));
    let minor = exact.checked_mul(Exact::from(currency.minor_per_major())).ok_or_else(too_large)?;
    let minor = minor.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven).to_i64().ok_or_else(too_large)?;
    if minor.abs() > AMOUNT_MINOR_MAX { Err(too_large()) } else { Ok(Money::new(minor, currency)) }
}

/// A whole number; `1,200` and `12.0` are whole, `12.5` is not.
pub fn integer(text: &str, decimal: Decimal) -> Result<i64, Reason> {
    let refused = || format!("{} is not a whole number", quoted(text));
    let exact = number(text, decimal).ok_or_else(refused)?;
    if exact.fract().is_zero() { exact.to_i64().ok_or_else(refused) } else { Err(refused()) }
}

fn number(text: &str, decimal: Decimal) -> Option<Exact> {
    let text = text.trim();
    // The form of nearly every cell: digits and one point.
    if decimal == Decimal::Point && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return text.parse().ok().filter(|_| text.bytes().any(|byte| byte.is_ascii_digit()));
    }
    let (negative, body) = unsigned(text)?;
    let (point, group) = if decimal == Decimal::Point { ('.', ',') } else { (',', '.') };
    let (whole, fraction) = body.split_once(point).unwrap_or((body, ""));
    let (fraction, exponent) = fraction.split_once(['e', 'E']).map_or((fraction, ""), |(fraction, exponent)| (fraction, exponent));
    let plain = format!("{}.{}", ungrouped(whole, group)?, if fraction.is_empty() { "0" } else { fraction });
    let exact: Exact = match exponent {
        "" => plain.parse().ok()?,
        exponent => Exact::from_scientific(&format!("{plain}e{exponent}")).ok()?,
    };
    Some(if negative { -exact } else { exact })
}

/// The number without signs, brackets, currency symbols and codes.
fn unsigned(text: &str) -> Option<(bool, &str)> {
    let bracketed = text.strip_prefix('(').and_then(|inside| inside.strip_suffix(')'));
    let text = bracketed.unwrap_or(text);
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let (start, end) = (text.find(numeric)?, text.rfind(numeric)?);
    let (before, body, after) = (&text[..start], &text[start..=end], &text[end + 1..]);
    let minus = |around: &str| around.contains(['-', '−']);
    (is_mark(before) && is_mark(after)).then_some((bracketed.is_some() || minus(before) || minus(after), body))
}

/// What may stand around a number: a sign, a currency's symbol, its ISO code. `k`, `M` and `%` would change the value, so they may not.
fn is_mark(around: &str) -> bool {
    const LETTERS: [&str; 16] = ["R", "US", "A", "AU", "C", "CA", "NZ", "HK", "S", "kr", "zł", "Kč", "Fr", "Ft", "lei", "Rp"];
    let symbol = |c: char| c.is_whitespace() || matches!(c, '-' | '−' | '+' | '.' | '$' | '€' | '£' | '¢' | '¥' | '\u{20a0}'..='\u{20cf}');
    let letters = around.trim_matches(symbol);
    letters.is_empty() || LETTERS.contains(&letters) || is_code(letters)
}

fn is_code(letters: &str) -> bool {
    letters.len() == 3 && letters.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The currency that the cell itself names beyond doubt: by its code, or by the euro sign.
fn named_currency(text: &str) -> Option<Currency> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    if text.contains('€') {
        return Some(Currency::EUR);
    }
    text.split(|c: char| !c.is_ascii_alphabetic()).find(|part| is_code(part))?.parse().ok()
}

/// The digits of the whole part. Where thousands are parted, each group but the first has three digits (or two, as in India).
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let is_group = |c: char| c == group || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let groups: Vec<&str> = whole.split(is_group).collect();
    let last = groups.len() - 1;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = groups.iter().enumerate().all(|(index, part)| {
        digits(part)
            && match index {
                0 if last == 0 => true,
                0 => (1..=3).contains(&part.len()),
                index if index == last => part.len() == 3,
                _ => (2..=3).contains(&part.len()),
            }
    });
    let joined = groups.concat();
    fits.then(|| if joined.is_empty() { "0".to_owned() } else { joined })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_in_both_styles() {
        let brl: Currency = "BRL".parse().unwrap();
        for (text, decimal, minor) in [
            ("53.99", Decimal::Point, Some(5399)),
            ("54.0", Decimal::Point, Some(5400)),
            ("1,234.50", Decimal::Point, Some(123_450)),
            ("1.234,50", Decimal::Comma, Some(123_450)),
            ("R$ 1.234,50", Decimal::Comma, Some(123_450)),
            ("BRL 1 234,50", Decimal::Comma, Some(123_450)),
            ("12 BRL", Decimal::Point, Some(1200)),
            ("$12", Decimal::Point, Some(1200)),
            ("USD 12", Decimal::Point, None),
            ("12 €", Decimal::Point, None),
            ("1.2M", Decimal::Point, None),
            ("3k", Decimal::Point, None),
            ("Room 12", Decimal::Point, None),
            ("12,34,567.00", Decimal::Point, Some(123_456_700)),
            ("(12.00)", Decimal::Point, Some(-1200)),
            ("-0.5", Decimal::Point, Some(-50)),
            ("12.00-", Decimal::Point, Some(-1200)),
            ("0.125", Decimal::Point, Some(12)),
            ("0.135", Decimal::Point, Some(14)),
            ("1.5e3", Decimal::Point, Some(150_000)),
            (".5", Decimal::Point, Some(50)),
            ("1,23", Decimal::Point, None),
            ("1.234.5", Decimal::Point, None),
            (".", Decimal::Point, None),
            ("12%", Decimal::Point, None),
            ("twelve", Decimal::Point, None),
            ("99999999999999999", Decimal::Point, None),
            ("999999999999999999999999999999999", Decimal::Point, None),
        ] {
            assert_eq!(amount(text, brl, decimal).ok().map(|money| money.minor), minor, "{text}");
        }
        assert_eq!(amount("12.4", "JPY".parse().unwrap(), Decimal::Point).unwrap().minor, 12);
        assert_eq!(integer("1,200", Decimal::Point), Ok(1200));
        assert!(integer("12.5", Decimal::Point).is_err());
    }
}
