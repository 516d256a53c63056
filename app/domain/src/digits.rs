//! Digits as people type them: Arabic-Indic, Persian, Devanagari, Bengali and full-width digits read as 0–9.
//!
//! To add a script: add the code point of its zero to `ZEROS` (Unicode keeps each script's ten digits
//! together, in order).

/// Zeros of the scripts whose digits are accepted.
const ZEROS: &[char] =
    &['\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{0E50}', '\u{17E0}', '\u{1040}', '\u{FF10}'];

/// The ASCII digit for a digit of another script; any other character as it is.
pub fn to_ascii(ch: char) -> char {
    if ch.is_ascii() {
        return ch;
    }
    ZEROS
        .iter()
        .find_map(|zero| {
            let value = u32::from(ch).checked_sub(u32::from(*zero))?;
            if value < 10 { char::from_digit(value, 10) } else { None }
        })
        .unwrap_or(ch)
}

/// A text with every digit in ASCII.
pub fn ascii(text: &str) -> String {
    text.chars().map(to_ascii).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_other_scripts() {
        assert_eq!(
            ascii("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ ०९ ০৯ ๐๙ ០៩ ၀၉ ０９ 7"),
            "0123456789 0123456789 09 09 09 09 09 09 7"
        );
        assert_eq!(ascii("Awa é ½"), "Awa é ½");
    }
}
