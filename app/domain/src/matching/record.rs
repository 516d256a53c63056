//! What is known of one person, from whichever source: the registry, a partner's list, a form being typed.

use time::Date;

use crate::birth::{Birth, completed_years};
use crate::household::Sex;
use crate::identifier::IdentifierKind;

/// One person. Everything may be missing; texts are as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Given name or names.
    pub given: Option<String>,
    /// Family name.
    pub family: Option<String>,
    /// The whole name where it is not known in parts; read only without `given` and `family`.
    pub full: Option<String>,
    /// Birth, as well as it is known.
    pub birth: Option<Born>,
    /// Sex, where it is stated.
    pub sex: Option<Sex>,
    /// Identifiers. Two of different known kinds are not compared.
    pub identifiers: Vec<Number>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Where the person lives.
    pub address: Address,
}

/// An identifier: its kind where the source says it, and the number.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    /// The kind, `None` in a list whose column does not say it.
    pub kind: Option<IdentifierKind>,
    /// The number as written.
    pub value: String,
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Number({:?}, ***)", self.kind)
    }
}

/// An address from the small to the large. A source fills what it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// House or plot number.
    pub number: Option<String>,
    /// Street or what stands for it (a landmark, a hamlet).
    pub street: Option<String>,
    /// Village, suburb or town; in the registry the lowest area's code.
    pub village: Option<String>,
    /// Postcode; in the registry the code of the area above the lowest.
    pub postcode: Option<String>,
    /// District, province or state; in the registry the code of the area above that.
    pub district: Option<String>,
}

impl Address {
    /// The address of a registry's household: the codes of its area and those above, lowest first, with the
    /// street and number. Codes compare exactly where names compare by their spelling.
    pub fn of_areas<'a>(lowest_first: impl IntoIterator<Item = &'a str>) -> Self {
        let mut codes = lowest_first.into_iter().map(ToOwned::to_owned);
        Self { village: codes.next(), postcode: codes.next(), district: codes.next(), ..Self::default() }
    }
}

/// A birth as it is compared. Unlike [`Birth`] it may hold what no calendar has (31 February in a partner's
/// list): the parts still agree or differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Born {
    /// Year; 0 when it is not known.
    pub year: u16,
    /// Month and day, where the birth is known to the day; (0, 0) else.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
    /// Whether the year is only about right, from an age that was told.
    pub about: bool,
}

impl Born {
    /// On this day. Parts are kept as they are.
    pub const fn on(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day, about: false }
    }

    /// In this year.
    pub const fn in_year(year: u16) -> Self {
        Self { year, month: 0, day: 0, about: false }
    }

    /// Whether the day is known.
    pub const fn has_day(self) -> bool {
        self.month != 0 && self.day != 0
    }

    /// Whether this is a day that stands for "some day of this year": 1 January, and 1 July as the rules write it.
    pub const fn is_heap(self) -> bool {
        self.day == 1 && (self.month == 1 || self.month == 7)
    }

    /// Age in completed years on a day, where the birth is a day of the calendar.
    pub fn age_on(self, day: Date) -> Option<i32> {
        let month = time::Month::try_from(self.month).ok()?;
        let birth = Date::from_calendar_date(i32::from(self.year), month, self.day).ok()?;
        Some(completed_years(birth, day))
    }

    /// The number under which a day is counted, `yyyymmdd`; month and day are 0 for a year.
    pub const fn packed(self) -> u32 {
        self.year as u32 * 10_000 + self.month as u32 * 100 + self.day as u32
    }
}

impl From<Birth> for Born {
    fn from(birth: Birth) -> Self {
        let year = u16::try_from(birth.year()).unwrap_or(0);
        match birth {
            Birth::Date(date) => Self::on(year, u8::from(date.month()), date.day()),
            Birth::Year(_) => Self::in_year(year),
            Birth::Age { .. } => Self { year, month: 0, day: 0, about: true },
        }
    }
}
