//! Numbers, amounts, dates and times as a language writes them.
//!
//! Arabic keeps Western digits: references, amounts and dates then look the same on the letter, the receipt and
//! the screen of an officer, and can be read out to one another. Callers put the result into `<bdi>`.

use domain::country::Currency;
use time::{Date, OffsetDateTime, Time};

use super::{Lang, t_of, t_with};

/// A date: "22 November 2026", "22 novembre 2026", "22 نوفمبر 2026".
pub fn date(lang: Lang, date: Date) -> String {
    let day = match (lang, date.day()) {
        (Lang::Fr, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    };
    let month = t_of(lang, "month", &u8::from(date.month()).to_string());
    format!("{day} {month} {}", date.year())
}

/// A time of day: "14:05".
pub fn time_of_day(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// A date with the time of day, in the offset the moment carries.
pub fn date_time(lang: Lang, at: OffsetDateTime) -> String {
    t_with(
        lang,
        "date-at-time",
        &[("date", date(lang, at.date()).into()), ("time", time_of_day(at.time()).into())],
    )
}

/// A whole number with its thousands apart.
pub fn number(lang: Lang, number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let separator = match lang {
        Lang::Fr => '\u{202f}',
        Lang::En | Lang::Ar => ',',
    };
    let mut text = String::from(if number < 0 { "\u{2212}" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A decimal number as the rules write it ("1234.50"), with the language's own marks.
/// What is not a number is given back as it is.
pub fn decimal(lang: Lang, plain: &str) -> String {
    let (negative, rest) = plain.strip_prefix('-').map_or((false, plain), |rest| (true, rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
    let Ok(value) = whole.parse::<i64>() else { return plain.to_owned() };
    let mark = match lang {
        Lang::Fr => ',',
        Lang::En | Lang::Ar => '.',
    };
    let mut text = if negative { "\u{2212}".to_owned() } else { String::new() };
    text.push_str(&number(lang, value));
    if let Some(fraction) = fraction {
        text.push(mark);
        text.push_str(fraction);
    }
    text
}

/// An amount of money from its minor units (cents), with the currency's code: "1,200.50 DMF".
pub fn amount(lang: Lang, minor: i64, currency: &Currency) -> String {
    let digits = currency.minor_digits.min(18);
    let unit = 10_u64.pow(digits);
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "-" } else { "" };
    let plain = if digits == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest:0width$}", width = digits as usize)
    };
    format!("{}\u{a0}{code}", decimal(lang, &plain), code = currency.code)
}

#[cfg(test)]
mod tests {
    use time::macros::{date as day, datetime};

    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date(Lang::En, day!(2026 - 11 - 22)), "22 November 2026");
        assert_eq!(date(Lang::Fr, day!(2026 - 11 - 01)), "1er novembre 2026");
        assert_eq!(date(Lang::Ar, day!(2026 - 11 - 22)), "22 نوفمبر 2026");
        assert_eq!(date_time(Lang::En, datetime!(2026-11-22 09:05 UTC)), "22 November 2026 at 09:05");
    }

    fn dmf(minor_digits: u32) -> Currency {
        Currency { code: "DMF".into(), minor_digits }
    }

    #[test]
    fn numbers_and_amounts() {
        assert_eq!(number(Lang::En, 1_234_567), "1,234,567");
        assert_eq!(number(Lang::Fr, -1234), "\u{2212}1\u{202f}234");
        assert_eq!(decimal(Lang::Fr, "1234.50"), "1\u{202f}234,50");
        assert_eq!(decimal(Lang::En, "-0.25"), "\u{2212}0.25");
        assert_eq!(decimal(Lang::En, "n/a"), "n/a");
        assert_eq!(amount(Lang::En, 120_050, &dmf(2)), "1,200.50\u{a0}DMF");
        assert_eq!(amount(Lang::Fr, 3_500, &dmf(0)), "3\u{202f}500\u{a0}DMF");
        assert_eq!(amount(Lang::Ar, -5, &dmf(2)), "\u{2212}0.05\u{a0}DMF");
    }
}
