//! Numbers and dates as people type them: Arabic-Indic digits, commas for points, spaces between
//! thousands. What can be read two ways is refused, never guessed.

use time::{Date, Month};

use crate::num::Num;

/// How many decimals a number may have, which also settles what a lone comma or point means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimals {
    /// At most so many; a lone separator before three digits parts thousands unless three may follow.
    AtMost(u32),
    /// Any number of them.
    Any,
}

/// Why a text is not taken as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// It is no number at all.
    NotANumber,
    /// It has more decimals than are allowed.
    TooManyDecimals,
    /// It can be read two ways (`1,234`).
    Ambiguous,
    /// It is larger than anything counted here.
    TooLarge,
}

/// Digits of any script the offices type become `0`–`9`; signs and separators become ASCII; spaces of all
/// kinds, and the marks that set the direction of writing, disappear.
fn plain(text: &str) -> String {
    let plain = |c: char| match c {
        '٠'..='٩' => char::from_digit(u32::from(c) - 0x0660, 10),
        '۰'..='۹' => char::from_digit(u32::from(c) - 0x06F0, 10),
        '٫' => Some('.'),
        '٬' | '\'' | '’' | '\u{200e}' | '\u{200f}' | '\u{061c}' => None,
        '−' => Some('-'),
        '،' => Some(','),
        c if c.is_whitespace() || c == '\u{202f}' => None,
        c => Some(c),
    };
    text.chars().filter_map(plain).collect()
}

/// Reads a number. `1 250,5`, `1.250,5`, `1,250.5` and `١٢٥٠٫٥` are the same number.
pub fn parse_number(text: &str, decimals: Decimals) -> Result<Num, NumberError> {
    let explicit = text.contains('٫');
    let text = plain(text);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(&text)),
    };
    let known = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    if !digits.contains(|c: char| c.is_ascii_digit()) || !digits.chars().all(known) {
        return Err(NumberError::NotANumber);
    }
    let (whole, fraction) = split(digits, decimals, explicit)?;
    let fraction = fraction.trim_end_matches('0');
    if let Decimals::AtMost(limit) = decimals
        && fraction.len() > limit as usize
    {
        return Err(NumberError::TooManyDecimals);
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if whole.len() > 15 || fraction.len() > 9 {
        return Err(NumberError::TooLarge);
    }
    let text =
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") };
    text.parse().map_err(|_| NumberError::TooLarge)
}

/// Parts the whole from the decimals, without separators.
fn split(digits: &str, decimals: Decimals, explicit: bool) -> Result<(String, &str), NumberError> {
    let last = digits.rfind(['.', ',']);
    let Some(last) = last else { return Ok((digits.into(), "")) };
    let (head, tail) = (digits.get(..last).unwrap_or(""), digits.get(last + 1..).unwrap_or(""));
    let mark = if digits.get(last..).is_some_and(|rest| rest.starts_with('.')) { '.' } else { ',' };
    let other = if mark == '.' { ',' } else { '.' };
    if head.contains(mark) {
        // The same mark twice parts thousands, and nothing else may stand between the digits.
        return if head.contains(other) || tail.is_empty() {
            Err(NumberError::NotANumber)
        } else {
            thousands(digits, mark).map(|whole| (whole, ""))
        };
    }
    if head.contains(other) {
        return thousands(head, other).map(|whole| (whole, tail));
    }
    // One mark alone. Three digits after it may be thousands or decimals.
    let could_be_thousands = tail.len() == 3 && (1..=3).contains(&head.len()) && !head.starts_with('0');
    if explicit || !could_be_thousands {
        return Ok((head.into(), tail));
    }
    match (decimals, mark) {
        (Decimals::AtMost(0..=2), ',') => Ok((format!("{head}{tail}"), "")),
        (Decimals::Any, '.') => Ok((head.into(), tail)),
        _ => Err(NumberError::Ambiguous),
    }
}

/// The digits of a whole number whose thousands are parted by a mark: one to three digits, then threes.
fn thousands(text: &str, mark: char) -> Result<String, NumberError> {
    let groups: Vec<&str> = text.split(mark).collect();
    let first_fits = groups.first().is_some_and(|group| (1..=3).contains(&group.len()));
    if first_fits && groups.iter().skip(1).all(|group| group.len() == 3) {
        Ok(groups.concat())
    } else {
        Err(NumberError::NotANumber)
    }
}

/// Reads a date written as year-month-day or day-month-year, parted by `-`, `/`, `.` or spaces.
pub fn parse_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ']).filter(|part| !part.trim().is_empty()).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    if plain(first).len() == 4 { date_of(last, month, first) } else { date_of(first, month, last) }
}

/// Reads a date from its three inputs. The year has four digits.
pub fn date_of(day: &str, month: &str, year: &str) -> Option<Date> {
    let digits = |text: &str, least: usize, most: usize| {
        let text = plain(text);
        let fits = (least..=most).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit());
        fits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let month = Month::try_from(u8::try_from(digits(month, 1, 2)?).ok()?).ok()?;
    let day = u8::try_from(digits(day, 1, 2)?).ok()?;
    Date::from_calendar_date(digits(year, 4, 4)?.into(), month, day).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, decimals: Decimals) -> Result<String, NumberError> {
        parse_number(text, decimals).map(|number| number.to_string())
    }

    #[test]
    fn numbers_as_people_type_them() {
        let any = |text: &str| read(text, Decimals::Any);
        for text in
            ["1250.5", "1 250,5", "1.250,5", "1,250.5", "١٢٥٠٫٥", "۱۲۵۰٫۵", "1\u{202f}250,50", "+1250.5"]
        {
            assert_eq!(any(text), Ok("1250.5".into()), "{text}");
        }
        assert_eq!(any("-3"), Ok("-3".into()));
        assert_eq!(any("−3"), Ok("-3".into()));
        assert_eq!(any("007"), Ok("7".into()));
        assert_eq!(any("1.234"), Ok("1.234".into()));
        assert_eq!(any("1,234,567"), Ok("1234567".into()));
        assert_eq!(any(",5"), Ok("0.5".into()));
    }

    #[test]
    fn whole_numbers_and_money() {
        let whole = |text: &str| read(text, Decimals::AtMost(0));
        assert_eq!(whole("1,500"), Ok("1500".into()));
        assert_eq!(whole("1500.00"), Ok("1500".into()));
        assert_eq!(whole("٣"), Ok("3".into()));
        assert_eq!(whole("2.5"), Err(NumberError::TooManyDecimals));
        assert_eq!(read("12,50", Decimals::AtMost(2)), Ok("12.5".into()));
        assert_eq!(read("12.505", Decimals::AtMost(2)), Err(NumberError::Ambiguous));
        assert_eq!(read("1234.505", Decimals::AtMost(2)), Err(NumberError::TooManyDecimals));
    }

    #[test]
    fn two_readings_are_refused() {
        assert_eq!(read("1,234", Decimals::Any), Err(NumberError::Ambiguous));
        assert_eq!(read("1.234", Decimals::AtMost(0)), Err(NumberError::Ambiguous));
        assert_eq!(read("1,234", Decimals::AtMost(3)), Err(NumberError::Ambiguous));
        assert_eq!(read("0,234", Decimals::Any), Ok("0.234".into()));
    }

    #[test]
    fn what_is_no_number() {
        for text in
            ["", " ", "-", ".", "a", "1a", "1-2", "--1", "1,2,3", "1.2.3", "1,2.3,4", "1e3", "12,34.5,", "½"]
        {
            assert_eq!(read(text, Decimals::Any), Err(NumberError::NotANumber), "{text}");
        }
        assert_eq!(read(&"9".repeat(40), Decimals::Any), Err(NumberError::TooLarge));
    }

    #[test]
    fn dates_as_people_type_them() {
        for text in ["2026-11-05", "5/11/2026", "05.11.2026", "5 11 2026", "٥/١١/٢٠٢٦", "2026/11/5"] {
            assert_eq!(
                parse_date(text).map(|date| date.to_string()).as_deref(),
                Some("2026-11-05"),
                "{text}"
            );
        }
        for text in ["", "2026", "31/2/2026", "5/13/2026", "5/11/26", "a/b/c", "5-11-2026-1", "5/11/20265"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert_eq!(date_of("", "1", "2026"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}", digits in 0u32..4) {
            let _ = parse_number(&text, Decimals::AtMost(digits));
            let _ = parse_number(&text, Decimals::Any);
            let _ = parse_date(&text);
        }

        #[test]
        fn separators_and_digits_do_not_change_a_number(number in 0i64..1_000_000_000, cents in 0u32..100) {
            let grouped = |mark: &str| {
                let digits = number.to_string();
                let mut parts: Vec<String> = Vec::new();
                let mut rest = digits.as_str();
                while rest.len() > 3 {
                    let (head, tail) = rest.split_at(rest.len() - 3);
                    parts.insert(0, tail.to_owned());
                    rest = head;
                }
                parts.insert(0, rest.to_owned());
                parts.join(mark)
            };
            let wanted = parse_number(&format!("{number}.{cents:02}"), Decimals::AtMost(2));
            prop_assert!(wanted.is_ok());
            for text in [
                format!("{number},{cents:02}"),
                format!("{},{cents:02}", grouped(" ")),
                format!("{},{cents:02}", grouped("\u{a0}")),
                format!("{},{cents:02}", grouped(".")),
                format!("{}.{cents:02}", grouped(",")),
                format!("{}٫{cents:02}", grouped("٬")),
            ] {
                prop_assert_eq!(parse_number(&text, Decimals::AtMost(2)), wanted, "{}", text);
            }
        }
    }
}
