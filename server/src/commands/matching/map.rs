//! The map: which column of the lists is which field, as TOML.
//!
//! ```toml
//! id = "rec_id"
//! [fields]
//! given_name = "given"
//! family_name = "surname"
//! birth_date = "born"
//! birth_date_format = "%d/%m/%Y"
//! ```
//! One more field: a line in [`Fields`] and in [`Map::columns`], and where `read` fills the record.

use std::path::Path;

use serde::Deserialize;

use crate::failure::Failure;

/// How a birth date is written where the map does not say it.
const DATES: &str = "%Y%m%d";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// The column that names a row.
    pub id: String,
    pub fields: Fields,
    /// How births are written; may also stand among the fields.
    birth_date_format: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub full_name: Option<String>,
    pub birth_date: Option<String>,
    pub birth_date_format: Option<String>,
    pub sex: Option<String>,
    pub identifier: Option<String>,
    pub phone: Option<String>,
    pub street_number: Option<String>,
    pub street: Option<String>,
    pub village: Option<String>,
    pub postcode: Option<String>,
    pub district: Option<String>,
    pub household: Option<String>,
}

impl Map {
    /// Reads the map; what is wrong is told in one line with the file and the place in it.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let name = file.display();
        let text =
            std::fs::read_to_string(file).map_err(|cause| Failure::failed(format!("{name}: {cause}")))?;
        let map: Self = toml::from_str(&text).map_err(|cause| {
            let before = cause.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let row = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|ch| *ch != '\n').count() + 1;
            let what = cause.message().lines().next().unwrap_or_default().to_owned();
            Failure::failed(format!("{name}: row {row}, column {column}: {what}"))
        })?;
        if map.columns().iter().all(Option::is_none) {
            return Err(Failure::failed(format!("{name}: [fields] names no column to compare")));
        }
        Dates::new(map.format())
            .map_err(|what| Failure::failed(format!("{name}: birth_date_format: {what}")))?;
        Ok(map)
    }

    fn format(&self) -> &str {
        self.fields.birth_date_format.as_deref().or(self.birth_date_format.as_deref()).unwrap_or(DATES)
    }

    /// How births are written.
    pub fn dates(&self) -> Dates {
        Dates::new(self.format()).unwrap_or_default()
    }

    /// The columns of all fields, in the order in which `read` takes them.
    pub fn columns(&self) -> [Option<&str>; 13] {
        let Fields {
            given_name,
            family_name,
            full_name,
            birth_date,
            birth_date_format: _,
            sex,
            identifier,
            phone,
            street_number,
            street,
            village,
            postcode,
            district,
            household,
        } = &self.fields;
        [
            given_name,
            family_name,
            full_name,
            birth_date,
            sex,
            identifier,
            phone,
            street_number,
            street,
            village,
            postcode,
            district,
            household,
        ]
        .map(Option::as_deref)
    }
}

/// A way to write dates: `%Y` (four digits), `%y` (two), `%m`, `%d`, and what stands between them.
#[derive(Debug, Default)]
pub struct Dates(Vec<Piece>);

#[derive(Clone, Copy, Debug)]
enum Piece {
    Year,
    ShortYear,
    Month,
    Day,
    Sign(char),
}

impl Dates {
    fn new(format: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut signs = format.chars();
        while let Some(sign) = signs.next() {
            pieces.push(match (sign, sign == '%') {
                (_, true) => match signs.next() {
                    Some('Y') => Piece::Year,
                    Some('y') => Piece::ShortYear,
                    Some('m') => Piece::Month,
                    Some('d') => Piece::Day,
                    Some('%') => Piece::Sign('%'),
                    other => return Err(format!("%{} is not one of %Y %y %m %d", other.unwrap_or(' '))),
                },
                (sign, false) => Piece::Sign(sign),
            });
        }
        if pieces.iter().any(|piece| matches!(piece, Piece::Year | Piece::ShortYear)) {
            Ok(Self(pieces))
        } else {
            Err("a date has a year: %Y or %y".into())
        }
    }

    /// Year, month and day; month and day are 0 where only the year is written. The parts may make no day of the
    /// calendar. `None` for what is written otherwise.
    pub fn read(&self, text: &str) -> Option<(u16, u8, u8)> {
        let text: String = text.chars().map(domain::digits::to_ascii).collect();
        let text = text.strip_suffix(".0").unwrap_or(&text);
        if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some((text.parse().ok()?, 0, 0));
        }
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut rest = text;
        for piece in &self.0 {
            match piece {
                Piece::Sign(sign) => rest = rest.strip_prefix(*sign)?,
                Piece::Year => year = digits(&mut rest, 4, 4)?,
                Piece::ShortYear => {
                    let short = digits(&mut rest, 2, 2)?;
                    year = if short > 30 { 1900 + short } else { 2000 + short };
                }
                Piece::Month => month = u8::try_from(digits(&mut rest, 1, 2)?).ok()?,
                Piece::Day => day = u8::try_from(digits(&mut rest, 1, 2)?).ok()?,
            }
        }
        // A time of day may follow.
        let ends = rest.is_empty() || rest.starts_with(['T', ' ']);
        (ends && year != 0).then_some((year, month, day))
    }
}

fn digits(rest: &mut &str, least: usize, most: usize) -> Option<u16> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, after) = rest.split_at_checked(count)?;
    *rest = after;
    if count < least { None } else { number.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_lists_write_them() {
        let read = |format: &str, text: &str| Dates::new(format).unwrap().read(text);
        assert_eq!(read("%Y%m%d", "19800517"), Some((1980, 5, 17)));
        assert_eq!(read("%Y%m%d", "1980"), Some((1980, 0, 0)));
        assert_eq!(read("%Y%m%d", "19809917"), Some((1980, 99, 17)), "no day, and still parts that agree");
        assert_eq!(read("%d/%m/%Y", "7/5/1980"), Some((1980, 5, 7)));
        assert_eq!(read("%d/%m/%y", "07/05/80"), Some((1980, 5, 7)));
        assert_eq!(read("%Y-%m-%d", "1980-05-17T00:00:00"), Some((1980, 5, 17)));
        assert_eq!(read("%Y-%m-%d", "١٩٨٠-٠٥-١٧"), Some((1980, 5, 17)));
        assert_eq!(read("%Y", "1980.0"), Some((1980, 0, 0)));
        for wrong in ["", "17.5.1980", "19805", "198005170", "May"] {
            assert_eq!(read("%Y%m%d", wrong), None, "{wrong}");
        }
        assert!(Dates::new("%m/%d").is_err());
        assert!(Dates::new("%Y%j").is_err());
    }
}
