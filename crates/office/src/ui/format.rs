//! The one place that writes numbers, money, dates and rates for people. Undefined stays undefined up to here, and here it gets words.

use alignment::{Currency, Instant, Money, instant::MICROS_PER_DAY};
use insight::answer::{Measure, State, Unit};
use jiff::tz::TimeZone;

pub const NOT_RECORDED: &str = "not recorded";
pub const TOO_YOUNG: &str = "too young";
pub const NO_DATA: &str = "nothing yet";

/// `1,320`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1,320`, or words where nobody wrote it down.
pub fn count_or_none(number: Option<u64>) -> String {
    number.map_or_else(|| NOT_RECORDED.to_owned(), count)
}

/// `1 deal`, `64 deals`
pub fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// With as many digits after the point as are worth reading: `1,320`, `47.2`, `3.45`.
pub fn decimal(number: f64) -> String {
    let digits = match number.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    fixed(number, digits)
}

/// A count; one that is not whole, as a mean over months is, keeps the digits that make it what it is: `1,320`, `0.55`, `12.4`.
pub fn tally(number: f64) -> String {
    fixed(number, tally_digits(number))
}

fn tally_digits(number: f64) -> usize {
    match number.abs() {
        size if (size - size.round()).abs() < 1e-9 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    }
}

/// A multiple, of which small ones are told apart too: `3.2×`, `0.25×`.
pub fn multiple(number: f64) -> String {
    format!("{}×", fixed(number, if number.abs() < 0.995 { 2 } else { 1 }))
}

/// With `digits` after the point and groups before it; a minus is a real one.
pub fn fixed(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", number.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let grouped = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), count);
    let zero = text.bytes().all(|byte| byte == b'0' || byte == b'.');
    let sign = if number < 0.0 && !zero { "−" } else { "" };
    match rest {
        Some(rest) => format!("{sign}{grouped}.{rest}"),
        None => format!("{sign}{grouped}"),
    }
}

/// To the cent: `€1,840.50`
pub fn money(money: Money) -> String {
    let digits = money.currency.minor_digits() as usize;
    let (whole, rest) = (money.minor.unsigned_abs() / 10_u64.pow(digits as u32), money.minor.unsigned_abs() % 10_u64.pow(digits as u32));
    let sign = if money.minor < 0 { "−" } else { "" };
    let symbol = symbol(money.currency);
    if digits == 0 { format!("{sign}{symbol}{}", count(whole)) } else { format!("{sign}{symbol}{}.{rest:0digits$}", count(whole)) }
}

/// Without cents where there are none: `€1,280,300`, `€1,840.50`
pub fn money_brief(amount: Money) -> String {
    let text = money(amount);
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}

pub fn money_or_none(amount: Option<Money>) -> String {
    amount.map_or_else(|| NOT_RECORDED.to_owned(), money)
}

/// To the cent, of what may have parts of one, as means and shares do: `€126,290.41`
pub fn money_exact(minor: f64, currency: Currency) -> String {
    money(Money::new(minor.round() as i64, currency))
}

/// For cards: `€1.84 M`, `€676.9 k`, `€4,120`. Amounts that stand below each other are written in one unit: [`super::MoneyUnit`].
pub fn money_short(minor: f64, currency: Currency) -> String {
    let major = minor / currency.minor_per_major() as f64;
    let sign = if major < 0.0 { "−" } else { "" };
    // Each border is where rounding would carry into the next unit: 999,960 is 1.00 M and never 1,000.0 k.
    let (scaled, suffix) = match major.abs() {
        size if size >= 999_950_000.0 => (size / 1e9, " bn"),
        size if size >= 999_950.0 => (size / 1e6, " M"),
        size if size >= 99_999.5 => (size / 1e3, " k"),
        size => return format!("{sign}{}{}", symbol(currency), fixed(size, if size < 99.995 && size != 0.0 { 2 } else { 0 })),
    };
    format!("{sign}{}{}{suffix}", symbol(currency), fixed(scaled, if scaled < 99.995 { 2 } else { 1 }))
}

/// What stands before an amount.
pub fn symbol(currency: Currency) -> String {
    match currency.as_str() {
        "EUR" => "€".into(),
        "USD" => "$".into(),
        "GBP" => "£".into(),
        "JPY" => "¥".into(),
        "BRL" => "R$".into(),
        "INR" => "₹".into(),
        other => format!("{other} "),
    }
}

/// `31.2%`; more digits where a rate is small: `0.53%`.
pub fn rate(rate: f64) -> String {
    let percent = rate * 100.0;
    let digits = if (0.005..1.0).contains(&percent.abs()) { 2 } else { 1 };
    // 100% is 100%, not 100.0%.
    if percent.abs() >= 99.95 { format!("{}%", fixed(percent, 0)) } else { format!("{}%", fixed(percent, digits)) }
}

pub fn rate_or_none(value: Option<f64>) -> String {
    value.map_or_else(|| NOT_RECORDED.to_owned(), rate)
}

/// A rate that somebody wrote down rather than measured: `40%`, `97.5%`.
pub fn agreed_rate(rate: f64) -> String {
    agreed(rate * 100.0) + "%"
}

/// A number that somebody wrote down: with the digits that it has, two at most.
pub fn agreed(number: f64) -> String {
    let text = fixed(number, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A value in its unit.
pub fn value(value: f64, unit: Unit, currency: Currency) -> String {
    match unit {
        Unit::Count => tally(value),
        Unit::Rate => rate(value),
        Unit::Days => format!("{} d", if value.abs() >= 10.0 { fixed(value, 0) } else { fixed(value, 1) }),
        Unit::Hours if value.abs() >= 48.0 => format!("{} d", fixed(value / 24.0, 1)),
        Unit::Hours if value.abs() < 1.0 => format!("{} min", fixed(value * 60.0, 0)),
        Unit::Hours => format!("{} h", fixed(value, 1)),
        Unit::Money => money_short(value, currency),
        Unit::Ratio => signed(value * 100.0, 1) + "%",
    }
}

/// A measure's value, or why it has none.
pub fn measure(measure: &Measure, unit: Unit, currency: Currency) -> String {
    match (measure.state, measure.value) {
        (State::Measured | State::TooYoung, Some(number)) => value(number, unit, currency),
        (State::NotRecorded, _) => NOT_RECORDED.into(),
        (State::TooYoung, None) => TOO_YOUNG.into(),
        (State::NoData | State::Measured, _) => NO_DATA.into(),
    }
}

/// `28.6 to 33.9%`
pub fn interval((low, high): (f64, f64), unit: Unit, currency: Currency) -> String {
    let (low, high) = (value(low, unit, currency), value(high, unit, currency));
    if low == high { low } else { format!("{low} to {high}") }
}

/// From one value to another: in points for rates, relative for counts and money, in the unit for durations.
pub fn change(from: f64, to: f64, unit: Unit) -> Option<String> {
    let text = match unit {
        Unit::Rate | Unit::Ratio => format!("{} pt", signed((to - from) * 100.0, 1)),
        Unit::Days => format!("{} d", signed(to - from, 1)),
        Unit::Hours => format!("{} h", signed(to - from, 1)),
        Unit::Count | Unit::Money if from == 0.0 => return None,
        Unit::Count | Unit::Money => format!("{}%", signed((to - from) / from.abs() * 100.0, 0)),
    };
    Some(text)
}

/// A difference in the unit of its number, with its sign: `+4.1 pt`, `−1.2 d`, `+€1,200`.
pub fn step(step: f64, unit: Unit, currency: Currency) -> String {
    match unit {
        Unit::Rate | Unit::Ratio => format!("{} pt", signed(step * 100.0, 1)),
        Unit::Days => format!("{} d", signed(step, 1)),
        Unit::Hours => format!("{} h", signed(step, 1)),
        Unit::Count => signed(step, tally_digits(step)),
        // What rounds to no cent has no sign.
        Unit::Money if step >= 0.5 => format!("+{}", money_short(step, currency)),
        Unit::Money => money_short(step, currency),
    }
}

/// `+8.5`, `−4.1`, `±0`
pub fn signed(number: f64, digits: usize) -> String {
    let text = fixed(number, digits);
    match text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        false => format!("±{}", fixed(0.0, digits)),
        true if number > 0.0 => format!("+{text}"),
        true => text,
    }
}

/// `2 Oct`, with the year where it is not this one.
pub fn date(at: Instant, zone: &TimeZone, now: Instant) -> String {
    let (day, today) = (at.in_zone(zone), now.in_zone(zone));
    let format = if day.year() == today.year() { "%-d %b" } else { "%-d %b %Y" };
    day.strftime(format).to_string()
}

/// `today 09:12`, `yesterday 17:40`, `2 Oct 14:03`
pub fn date_time(at: Instant, zone: &TimeZone, now: Instant) -> String {
    let zoned = at.in_zone(zone);
    let clock = zoned.strftime("%H:%M").to_string();
    let day = match (now.day_start(zone).0 - at.day_start(zone).0 + MICROS_PER_DAY / 2).div_euclid(MICROS_PER_DAY) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        _ => date(at, zone, now),
    };
    format!("{day} {clock}")
}

/// `October 2025`
pub fn month(at: Instant, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%B %Y").to_string()
}

/// `Oct 25`, for axes.
pub fn month_short(at: Instant, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%b %y").to_string()
}

/// `Oct 25` for `2025-10`, as rules name a month; what names none stays.
pub fn month_of_key(key: &str) -> String {
    match key.parse::<jiff::civil::Date>().or_else(|_| format!("{key}-01").parse()) {
        Ok(day) if key.len() == 7 => day.strftime("%b %y").to_string(),
        _ => key.to_owned(),
    }
}

/// `Q4 2025` for `2025-Q4`.
pub fn quarter_of_key(key: &str) -> String {
    key.split_once('-').map_or_else(|| key.to_owned(), |(year, quarter)| format!("{quarter} {year}"))
}

/// `1 Dec 2025`, wherever the year matters.
pub fn full_date(at: Instant, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%-d %b %Y").to_string()
}

/// Long numbers in a rule's words get groups: `at most 11099999` is `at most 11,099,999`.
pub fn with_groups(words: &str) -> String {
    let long = |word: &str| word.parse::<u64>().ok().filter(|_| word.len() > 4);
    let each: Vec<String> = words.split(' ').map(|word| long(word).map_or_else(|| word.to_owned(), count)).collect();
    each.join(" ")
}

/// `2026-03-01`, for fields.
pub fn iso_date(at: Instant, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%d").to_string()
}

/// A label, or that there is none, which is a value of its own.
pub fn label(label: Option<&str>) -> String {
    label.map_or_else(|| NOT_RECORDED.to_owned(), str::to_owned)
}

/// Keys of files and APIs as words: `organic_search` is `organic search`.
pub fn spaced(key: &str) -> String {
    key.replace('_', " ")
}

/// A dimension by its key: `custom:sales_region` is `sales region`.
pub fn dimension(key: &str) -> String {
    spaced(key.trim_start_matches("custom:"))
}

/// With a capital letter: `lead source` is `Lead source`.
pub fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// `340 ms`, `4.2 s`, `3 min`
pub fn took(micros: i64) -> String {
    match micros as f64 / 1e6 {
        seconds if seconds < 1.0 => format!("{} ms", fixed(seconds * 1e3, 0)),
        seconds if seconds < 60.0 => format!("{} s", fixed(seconds, 1)),
        seconds if seconds < 3600.0 => format!("{} min", fixed(seconds / 60.0, 0)),
        seconds => format!("{} h", fixed(seconds / 3600.0, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        for (shown, expected) in [
            (count(0), "0"),
            (count(1_234_567), "1,234,567"),
            (fixed(-0.04, 1), "0.0"),
            (fixed(-1234.5, 1), "−1,234.5"),
            (rate(0.10525), "10.5%"),
            (rate(0.0053), "0.53%"),
            (rate(1.0), "100%"),
            (agreed_rate(0.4), "40%"),
            (agreed_rate(0.975), "97.5%"),
            (agreed(100.0), "100"),
            (signed(8.54, 1), "+8.5"),
            (signed(-0.01, 1), "±0.0"),
            (money(Money::new(67_685_148, "BRL".parse().unwrap())), "R$676,851.48"),
            (money(Money::new(-5, Currency::EUR)), "−€0.05"),
            (money(Money::new(1234, "JPY".parse().unwrap())), "¥1,234"),
            (money_short(67_685_148.0, "BRL".parse().unwrap()), "R$676.9 k"),
            (money_short(184e6, Currency::EUR), "€1.84 M"),
            (money_short(412_000.0, Currency::EUR), "€4,120"),
            (value(0.5, Unit::Hours, Currency::EUR), "30 min"),
            (value(47.3, Unit::Days, Currency::EUR), "47 d"),
            (value(0.085, Unit::Ratio, Currency::EUR), "+8.5%"),
            (value(6.0 / 11.0, Unit::Count, Currency::EUR), "0.55"),
            (value(12.36, Unit::Count, Currency::EUR), "12.4"),
            (value(1_320.0, Unit::Count, Currency::EUR), "1,320"),
            (step(-0.5, Unit::Count, Currency::EUR), "−0.50"),
            (step(3.0, Unit::Count, Currency::EUR), "+3"),
            (multiple(0.2494), "0.25×"),
            (multiple(0.996), "1.0×"),
            (multiple(3.21), "3.2×"),
            (money_short(99_996_000.0, Currency::EUR), "€1.00 M"),
            (money_short(99_994_900.0, Currency::EUR), "€999.9 k"),
            (money_short(9_999_960.0, Currency::EUR), "€100.0 k"),
            (money_short(9_999.6, Currency::EUR), "€100"),
            (money_short(99_996_000_000.0, Currency::EUR), "€1.00 bn"),
            (money_short(9_999_600_000.0, Currency::EUR), "€100.0 M"),
            (money_exact(595_513.597, Currency::EUR), "€5,955.14"),
            (capitalized("éclairage"), "Éclairage"),
            (capitalized(""), ""),
        ] {
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn undefined_has_words() {
        let none = Measure { state: State::NotRecorded, value: None, n: 0, hits: None, interval: None, also: vec![] };
        assert_eq!(measure(&none, Unit::Rate, Currency::EUR), NOT_RECORDED);
        assert_eq!(measure(&Measure { state: State::NoData, ..none.clone() }, Unit::Rate, Currency::EUR), NO_DATA);
        assert_eq!(measure(&Measure { state: State::TooYoung, value: Some(0.5), ..none }, Unit::Rate, Currency::EUR), "50.0%");
        assert_eq!(change(0.0, 4.0, Unit::Count), None);
        assert_eq!(change(0.35, 0.309, Unit::Rate).unwrap(), "−4.1 pt");
    }

    #[test]
    fn dates_are_of_the_agreements_zone() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let now: Instant = "2018-11-15T12:00:00Z".parse().unwrap();
        let at: Instant = "2018-11-15T01:30:00Z".parse().unwrap();
        assert_eq!(date(at, &zone, now), "14 Nov");
        assert_eq!(date_time(at, &zone, now), "yesterday 23:30");
        assert_eq!(date("2017-06-14T12:00:00Z".parse().unwrap(), &zone, now), "14 Jun 2017");
    }
}
