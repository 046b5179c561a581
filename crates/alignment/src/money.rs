//! Money: an integer of minor units (cents) with its currency. Shares of an amount always sum to it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An ISO 4217 code, three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const EUR: Currency = Currency(*b"EUR");

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Digits after the decimal point (ISO 4217): 0 for JPY, 3 for KWD, 2 for nearly all.
    pub fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF"
            | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(self.minor_digits())
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(text: &str) -> Result<Currency, CurrencyError> {
        let code = text.trim().to_ascii_uppercase();
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_uppercase) => Ok(Currency(bytes)),
            _ => Err(CurrencyError { text: text.to_owned() }),
        }
    }
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("`{text}` is not a currency: write its three-letter ISO 4217 code, such as EUR")]
pub struct CurrencyError {
    pub text: String,
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// An amount in minor units of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    pub fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    pub fn major(self) -> f64 {
        self.minor as f64 / self.currency.minor_per_major() as f64
    }
}

/// Splits `minor` over `weights` so that the parts sum to it exactly: each part is its share rounded down, and the units left
/// over go one each to the largest remainders, earlier parts first among equals. Negative amounts mirror positive ones.
/// Weights that sum to zero (or below) share equally; no weights give no parts.
pub fn split_by_weights(minor: i64, weights: &[f64]) -> Vec<i64> {
    let mut parts = vec![0; weights.len()];
    split_into(minor, weights, &mut parts, &mut Vec::new());
    parts
}

/// [`split_by_weights`] without allocation per call: `parts` must be as long as `weights`, `order` is scratch space.
pub fn split_into(minor: i64, weights: &[f64], parts: &mut [i64], order: &mut Vec<(f64, u32)>) {
    assert_eq!(weights.len(), parts.len(), "one part per weight");
    if weights.is_empty() {
        return;
    }
    let total: f64 = weights.iter().sum();
    let even = !(total > 0.0 && total.is_finite());
    let amount = minor.unsigned_abs();
    let mut left = amount;
    order.clear();
    for (index, weight) in weights.iter().enumerate() {
        let share = if even { 1.0 / weights.len() as f64 } else { weight.max(0.0) / total };
        let exact = share * amount as f64;
        // A float above 2^53 may round up past what is left; never hand out more than there is.
        let whole = (exact as u64).min(left);
        left -= whole;
        parts[index] = whole as i64;
        order.push((exact - whole as f64, index as u32));
    }
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let share_all = left / weights.len() as u64;
    let mut singles = left % weights.len() as u64;
    for (_, index) in order.iter() {
        parts[*index as usize] += share_all as i64;
        if singles > 0 {
            parts[*index as usize] += 1;
            singles -= 1;
        }
    }
    if minor < 0 {
        parts.iter_mut().for_each(|part| *part = -*part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn splits_to_the_cent() {
        assert_eq!(split_by_weights(100, &[1.0, 1.0, 1.0]), [34, 33, 33]);
        assert_eq!(split_by_weights(-100, &[1.0, 1.0, 1.0]), [-34, -33, -33]);
        assert_eq!(split_by_weights(10_001, &[0.4, 0.2, 0.4]), [4001, 2000, 4000]);
        assert_eq!(split_by_weights(5, &[]), [] as [i64; 0]);
        assert_eq!(split_by_weights(5, &[0.0, 0.0]), [3, 2]);
        assert_eq!(split_by_weights(0, &[1.0]), [0]);
    }

    #[test]
    fn knows_minor_digits() {
        assert_eq!("jpy".parse::<Currency>().unwrap().minor_digits(), 0);
        assert_eq!("KWD".parse::<Currency>().unwrap().minor_per_major(), 1000);
        assert_eq!("BRL".parse::<Currency>().unwrap().minor_digits(), 2);
        assert!("EU".parse::<Currency>().is_err());
        assert!("12€".parse::<Currency>().is_err());
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(minor in any::<i64>().prop_filter("has a mirror", |m| *m != i64::MIN),
                                  weights in prop::collection::vec(0.0..1e6_f64, 1..40)) {
            let parts = split_by_weights(minor, &weights);
            prop_assert_eq!(parts.iter().map(|part| *part as i128).sum::<i128>(), minor as i128);
        }

        #[test]
        fn a_part_is_within_one_unit_of_its_share(minor in 0..1_000_000_000_i64, weights in prop::collection::vec(0.1..1e3_f64, 1..20)) {
            let total: f64 = weights.iter().sum();
            for (part, weight) in split_by_weights(minor, &weights).iter().zip(&weights) {
                prop_assert!((*part as f64 - minor as f64 * weight / total).abs() <= 1.0 + 1e-6);
            }
        }
    }
}
