//! The model: for each field and each way two values can agree, how often that happens to one person (m), to two
//! strangers (u) and to two people of one household (h).
//!
//! A model is data with a version: the registry stores its rows, verdicts and anchored EM move them. The shipped
//! prior is [`SHIPPED`]. A new level is a variant of [`Level`], its rows here, and where `compare` finds it.

use serde::{Deserialize, Serialize};

use crate::codes::codes;

codes! {
    /// What is compared.
    pub enum Field {
        /// Given name, where both have their name in parts.
        Given = "given_name",
        /// Family name, where both have their name in parts.
        Family = "family_name",
        /// The whole name, word by word, where one has it in one.
        FullName = "full_name",
        /// Birth, both known to the day.
        Birth = "birth_date",
        /// Birth, where one is known by its year, by an age, or as 1 January.
        BirthYear = "birth_year",
        /// Sex.
        Sex = "sex",
        /// Identifiers.
        Identifier = "identifier",
        /// Telephone numbers.
        Phone = "phone",
        /// The whole address: one comparison from the plot up to the district.
        Address = "address",
    }
}

codes! {
    /// How two values agree, from the same to different.
    pub enum Level {
        /// The same.
        Exact = "exact",
        /// Names that sound the same, in this or another script.
        Sound = "sound",
        /// One wrong symbol, or nearly the same letters.
        Close = "close",
        /// Some letters the same, or one begins with the other.
        Alike = "alike",
        /// One word of several is the same.
        Part = "part",
        /// A single letter that fits.
        Initial = "initial",
        /// Day and month exchanged.
        Swapped = "swapped",
        /// A date with one digit wrong, or two exchanged.
        Digit = "digit",
        /// Two of day, month and year the same.
        TwoOfThree = "two_of_three",
        /// A year that is one off.
        YearOff = "year_off",
        /// A year that is two or three off, or ten.
        YearFar = "year_far",
        /// Same house or plot.
        Plot = "plot",
        /// Same street.
        Street = "street",
        /// Same village.
        Village = "village",
        /// Same postcode.
        Postcode = "postcode",
        /// Same district.
        District = "district",
        /// Different.
        Different = "different",
    }
}

/// How often a level happens: to one person, to two strangers, to two people of one household.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Share among pairs that are one person.
    pub m: f64,
    /// Share among pairs of strangers. Where the value's own frequency is known, that counts instead.
    pub u: f64,
    /// Share among two people of one household.
    pub h: f64,
}

/// One row of a stored model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Field.
    pub field: Field,
    /// Level.
    pub level: Level,
    /// Its shares.
    pub weight: Weight,
}

/// A model. `Debug` shows its version only.
#[derive(Clone, PartialEq)]
pub struct Model {
    version: i64,
    weights: [[Option<Weight>; Level::ALL.len()]; Field::ALL.len()],
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model(version {})", self.version)
    }
}

/// Why rows make no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAModel {
    /// A level of the shipped prior has no row.
    #[error("{0} has no row for {1}")]
    Missing(Field, Level),
    /// A share that is not above 0 and at most 1.
    #[error("{0}, {1}: a share lies above 0 and up to 1")]
    Share(Field, Level),
}

/// Everything that ships, as `(field, level, m, u, h)`.
///
/// Sources. m: typing and reading errors of about 5–20 % a field, as the error model of FEBRL's generator states
/// them (Christen 2005) and as U.S. voter lists linked over time show (Enamorado, Fifield and Imai 2019). u: random
/// pairs of generated registries; exact levels are replaced by the values' own frequencies. h: family names, places
/// and telephones are shared in a household, given names and births are not (twins 1–4 % of births,
/// Monden, Pison and Smits 2021).
pub const SHIPPED: &[(Field, Level, f64, f64, f64)] = {
    use Field::{Address, Birth, BirthYear, Family, Given, Identifier, Phone, Sex};
    use Level::{
        Alike, Close, Different, Digit, District, Exact, Initial, Part, Plot, Postcode, Sound, Street,
        Swapped, TwoOfThree, Village, YearFar, YearOff,
    };
    &[
        (Given, Exact, 0.80, 0.003, 0.012),
        (Given, Sound, 0.045, 0.0015, 0.004),
        (Given, Close, 0.060, 0.003, 0.008),
        (Given, Part, 0.025, 0.006, 0.020),
        (Given, Alike, 0.020, 0.020, 0.030),
        (Given, Initial, 0.010, 0.030, 0.040),
        (Given, Different, 0.040, 0.940, 0.886),
        (Family, Exact, 0.79, 0.003, 0.70),
        (Family, Sound, 0.045, 0.0015, 0.05),
        (Family, Close, 0.060, 0.003, 0.05),
        (Family, Part, 0.025, 0.006, 0.03),
        (Family, Alike, 0.020, 0.020, 0.02),
        (Family, Initial, 0.010, 0.030, 0.01),
        (Family, Different, 0.050, 0.940, 0.14),
        (Birth, Exact, 0.86, 0.000_04, 0.008),
        (Birth, Swapped, 0.015, 0.000_03, 0.0001),
        (Birth, Digit, 0.075, 0.001_6, 0.002),
        (Birth, TwoOfThree, 0.030, 0.003_5, 0.006),
        (Birth, Different, 0.020, 0.994, 0.984),
        (BirthYear, Exact, 0.84, 0.014, 0.02),
        (BirthYear, YearOff, 0.08, 0.028, 0.05),
        (BirthYear, YearFar, 0.05, 0.070, 0.13),
        (BirthYear, Different, 0.03, 0.888, 0.80),
        (Sex, Exact, 0.985, 0.50, 0.45),
        (Sex, Different, 0.015, 0.50, 0.55),
        (Identifier, Exact, 0.915, 0.000_000_1, 0.0005),
        (Identifier, Close, 0.07, 0.000_008, 0.003),
        (Identifier, Different, 0.015, 1.0, 0.996),
        (Phone, Exact, 0.60, 0.000_001, 0.60),
        (Phone, Close, 0.04, 0.000_01, 0.01),
        (Phone, Different, 0.36, 1.0, 0.39),
        (Address, Plot, 0.60, 0.000_001, 0.90),
        (Address, Street, 0.12, 0.000_2, 0.05),
        (Address, Village, 0.12, 0.01, 0.025),
        (Address, Postcode, 0.06, 0.01, 0.012),
        (Address, District, 0.05, 0.15, 0.008),
        (Address, Different, 0.05, 0.83, 0.005),
    ]
};

impl Model {
    /// The prior that ships, version 1.
    pub fn shipped() -> Self {
        let mut model = Self { version: 1, weights: [[None; Level::ALL.len()]; Field::ALL.len()] };
        for (field, level, m, u, h) in SHIPPED.iter().copied() {
            model.set(field, level, Weight { m, u, h });
        }
        model
    }

    /// A model from stored rows: all levels of the shipped one, each share above 0 and at most 1.
    pub fn from_rows(version: i64, rows: &[Row]) -> Result<Self, NotAModel> {
        let mut model = Self { version, weights: [[None; Level::ALL.len()]; Field::ALL.len()] };
        for row in rows {
            let shares = [row.weight.m, row.weight.u, row.weight.h];
            if !shares.iter().all(|share| *share > 0.0 && *share <= 1.0) {
                return Err(NotAModel::Share(row.field, row.level));
            }
            model.set(row.field, row.level, row.weight);
        }
        match SHIPPED.iter().find(|row| model.get(row.0, row.1).is_none()) {
            Some(row) => Err(NotAModel::Missing(row.0, row.1)),
            None => Ok(model),
        }
    }

    /// The rows to store.
    pub fn rows(&self) -> Vec<Row> {
        let rows = SHIPPED.iter().filter_map(|(field, level, ..)| {
            Some(Row { field: *field, level: *level, weight: self.get(*field, *level)? })
        });
        rows.collect()
    }

    /// Its version.
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// The same under another version.
    #[must_use]
    pub const fn with_version(mut self, version: i64) -> Self {
        self.version = version;
        self
    }

    /// The shares of a level; none for a level that the field does not have.
    pub fn get(&self, field: Field, level: Level) -> Option<Weight> {
        *self.weights.get(field as usize)?.get(level as usize)?
    }

    /// Puts a level's shares.
    pub fn set(&mut self, field: Field, level: Level, weight: Weight) {
        if let Some(place) =
            self.weights.get_mut(field as usize).and_then(|levels| levels.get_mut(level as usize))
        {
            *place = Some(weight);
        }
    }

    /// The shares of a level, or those that say nothing.
    pub(super) fn weight(&self, field: Field, level: Level) -> Weight {
        self.get(field, level).unwrap_or(Weight { m: 1.0, u: 1.0, h: 1.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_a_field_sum_to_one() {
        for field in Field::ALL {
            let rows: Vec<_> = SHIPPED.iter().filter(|row| row.0 == *field).collect();
            if rows.is_empty() {
                continue;
            }
            let sums = rows.iter().fold([0.0; 3], |[m, u, h], row| [m + row.2, u + row.3, h + row.4]);
            for sum in sums {
                assert!((sum - 1.0).abs() < 0.012, "{field}: {sum}");
            }
        }
    }

    #[test]
    fn rows_go_there_and_back() {
        let model = Model::shipped();
        assert_eq!(Model::from_rows(1, &model.rows()), Ok(model.clone()));
        let mut rows = model.rows();
        rows[0].weight.m = 0.0;
        assert_eq!(Model::from_rows(2, &rows), Err(NotAModel::Share(Field::Given, Level::Exact)));
        rows.remove(0);
        assert_eq!(Model::from_rows(2, &rows), Err(NotAModel::Missing(Field::Given, Level::Exact)));
    }
}
