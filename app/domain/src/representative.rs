//! Somebody whom a household lets act for it: what they may do, until when, and the form that says so.
//!
//! They come in with a reference, a birth date and a PIN of their own, so that everything they do is told as theirs.

use time::{Date, Duration};

use crate::birth::{Birth, BirthFault};
use crate::codes::codes;
use crate::ids::PersonId;

/// The longest that somebody may act without being asked for again: a year.
pub const LONGEST: Duration = Duration::days(366);

codes! {
    /// What they may do; each includes those before it.
    pub enum Reach {
        /// See where the request stands.
        See = "see",
        /// Read the letters as well.
        Read = "read",
        /// Answer, complain and appeal for the household as well.
        Act = "act",
    }
}

codes! {
    /// Who they are to the household.
    pub enum Tie {
        /// A relative who lives elsewhere.
        Relative = "relative",
        /// A neighbour or friend.
        Neighbour = "neighbour",
        /// Appointed by a court.
        Guardian = "guardian",
        /// A lawyer or an adviser.
        Adviser = "adviser",
        /// From an organisation that helps.
        Organisation = "organisation",
    }
}

/// What is typed to let somebody act.
#[derive(Clone, Debug, Default)]
pub struct GrantForm {
    /// Their name.
    pub name: String,
    /// Their birth: day, month, year, or the year alone.
    pub birth: [String; 3],
    /// Code of a [`Tie`].
    pub tie: String,
    /// Code of a [`Reach`].
    pub reach: String,
    /// The last day, if it is a day.
    pub until: Option<Date>,
    /// Id of the member who asked for it.
    pub agreed_by: String,
}

codes! {
    /// A field of [`GrantForm`], by its name on the page.
    pub enum Field {
        /// The name.
        Name = "name",
        /// The birth.
        Birth = "birth",
        /// Who they are.
        Tie = "tie",
        /// What they may do.
        Reach = "reach",
        /// The last day.
        Until = "until",
        /// Who asked for it.
        AgreedBy = "agreed_by",
    }
}

codes! {
    /// What is wrong with one.
    pub enum Problem {
        /// Nothing is there, or nothing that can be.
        Missing = "missing",
        /// The birth is not one that can be.
        NotABirth = "not_a_birth",
        /// They are a child: under 18.
        TooYoung = "too_young",
        /// The last day is before tomorrow.
        Over = "over",
        /// More than [`LONGEST`].
        TooLong = "too_long",
        /// Longer than a name is.
        LongName = "long_name",
    }
}

/// Somebody who may act, as it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Their name.
    pub name: String,
    /// Their birth.
    pub birth: Birth,
    /// Who they are.
    pub tie: Tie,
    /// What they may do.
    pub reach: Reach,
    /// The last day.
    pub until: Date,
    /// The member who asked for it.
    pub agreed_by: PersonId,
}

/// Signs of a name at most.
const NAME: usize = 120;

impl GrantForm {
    /// Checks what was typed; every field that is wrong, in the order of the page.
    pub fn validate(&self, today: Date) -> Result<Granted, Vec<(Field, Problem)>> {
        let mut wrong = Vec::new();
        let name = self.name.trim();
        if name.is_empty() {
            wrong.push((Field::Name, Problem::Missing));
        } else if name.chars().count() > NAME {
            wrong.push((Field::Name, Problem::LongName));
        }
        let [day, month, year] = &self.birth;
        let birth = match Birth::parse(day, month, year, "", today) {
            Ok(birth) if birth.age_on(today) < 18 => Err(Problem::TooYoung),
            Ok(birth) => Ok(birth),
            Err(BirthFault::Missing) => Err(Problem::Missing),
            Err(_) => Err(Problem::NotABirth),
        };
        if let Err(problem) = birth {
            wrong.push((Field::Birth, problem));
        }
        let tie = self.tie.parse::<Tie>().ok();
        if tie.is_none() {
            wrong.push((Field::Tie, Problem::Missing));
        }
        let reach = self.reach.parse::<Reach>().ok();
        if reach.is_none() {
            wrong.push((Field::Reach, Problem::Missing));
        }
        match self.until {
            None => wrong.push((Field::Until, Problem::Missing)),
            Some(day) if day <= today => wrong.push((Field::Until, Problem::Over)),
            Some(day) if day - today > LONGEST => wrong.push((Field::Until, Problem::TooLong)),
            Some(_) => {}
        }
        let agreed_by = self.agreed_by.trim().parse::<PersonId>().ok();
        if agreed_by.is_none() {
            wrong.push((Field::AgreedBy, Problem::Missing));
        }
        match (birth, tie, reach, self.until, agreed_by) {
            (Ok(birth), Some(tie), Some(reach), Some(until), Some(agreed_by)) if wrong.is_empty() => {
                Ok(Granted { name: name.to_owned(), birth, tie, reach, until, agreed_by })
            }
            _ => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn form() -> GrantForm {
        GrantForm {
            name: " Amina Diallo ".into(),
            birth: [String::new(), String::new(), "1980".into()],
            tie: "relative".into(),
            reach: "read".into(),
            until: Some(date!(2027 - 05 - 01)),
            agreed_by: PersonId::new(uuid::Uuid::from_u128(7)).to_string(),
        }
    }

    const TODAY: Date = date!(2026 - 11 - 23);

    #[test]
    fn what_is_right_is_taken() {
        let granted = form().validate(TODAY).unwrap();
        assert_eq!(
            (granted.name.as_str(), granted.reach, granted.tie),
            ("Amina Diallo", Reach::Read, Tie::Relative)
        );
        assert!(Reach::Act > Reach::Read && Reach::Read > Reach::See);
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let nothing = GrantForm::default().validate(TODAY).unwrap_err();
        assert_eq!(nothing.iter().map(|(field, _)| *field).collect::<Vec<_>>(), Field::ALL);
        assert!(nothing.iter().all(|(_, problem)| *problem == Problem::Missing));
        let one = |change: fn(&mut GrantForm)| {
            let mut form = form();
            change(&mut form);
            form.validate(TODAY).unwrap_err()
        };
        assert_eq!(one(|form| form.birth[2] = "2010".into()), [(Field::Birth, Problem::TooYoung)]);
        assert_eq!(one(|form| form.birth[2] = "80".into()), [(Field::Birth, Problem::NotABirth)]);
        assert_eq!(one(|form| form.until = Some(TODAY)), [(Field::Until, Problem::Over)]);
        assert_eq!(
            one(|form| form.until = Some(TODAY + Duration::days(367))),
            [(Field::Until, Problem::TooLong)]
        );
        assert_eq!(one(|form| form.name = "x".repeat(121)), [(Field::Name, Problem::LongName)]);
    }
}
