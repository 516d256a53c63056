//! Life after entry: what happens to an award between the decision that gave it and its end.
//!
//! An award ends because its declared last day is over (told before, and done by itself), or because the person reaches an
//! age: then somebody proposes the end, a second person agrees, and the person is heard first; so too where a condition was
//! not kept up ([`condition`]), and where it is needed no longer, down in steps ([`graduation`]). [`Because`] is what is kept
//! with such a decision, [`Note`] what letters and the applicant's page say. To add a reason: a case of [`Cause`], its words
//! `life-…`, and who proposes it in casework's `life`.

pub mod condition;
pub mod graduation;

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::birth::Birth;
use crate::codes::codes;
use crate::letter::sentence::iso;
use crate::life::condition::CycleVerdict;
use crate::life::graduation::{Step, StepDown};
use crate::lifecycle::enrolment::ExitReason;

codes! {
    /// What is done to an award that runs.
    pub enum Act {
        /// It stands still until what it lacks is done.
        Suspend = "suspend",
        /// It becomes less by the steps that the pack declares, and then ends.
        StepDown = "step_down",
        /// It ends.
        End = "end",
    }
}

/// Why something is done to an award that runs, without a new assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// What is done.
    pub act: Act,
    /// Why.
    pub cause: Cause,
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// The person reached the age to which it is given.
    Age {
        /// Completed years.
        years: u32,
        /// The day of that birthday.
        #[serde(with = "iso")]
        on: Date,
    },
    /// A condition was not kept up.
    Condition {
        /// The condition.
        condition: String,
        /// The person.
        person: Uuid,
        /// How many cycles were missed, of those the pack looks at.
        missed: u32,
        /// The first day of the last one.
        #[serde(with = "iso")]
        from: Date,
        /// Its last day.
        #[serde(with = "iso")]
        until: Date,
    },
    /// It is needed no longer: so many reviews in a row found the household above the line to leave.
    Graduation {
        /// How many.
        reviews: u32,
        /// The day of the last one.
        #[serde(with = "iso")]
        last: Date,
        /// The steps down, before it ends.
        steps: Vec<StepDown>,
    },
}

impl Because {
    /// The code that stands in the journal and with the proposal.
    pub fn code(&self) -> &'static str {
        match self.cause {
            Cause::Age { .. } => "age",
            Cause::Condition { .. } => "condition",
            Cause::Graduation { .. } => "graduation",
        }
    }

    /// Why the enrolment is over, once the decision is in force.
    pub fn exit_reason(&self) -> ExitReason {
        match self.cause {
            Cause::Age { .. } => ExitReason::AgeReached,
            Cause::Condition { .. } => ExitReason::ConditionsNotKept,
            Cause::Graduation { .. } => ExitReason::Graduated,
        }
    }
}

/// Something that is told of an award's life: by letters, by the applicant's page and in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// It runs until this day.
    LastDay {
        /// The last day.
        #[serde(with = "iso")]
        on: Date,
    },
    /// Its declared last day is over.
    Over {
        /// The last day.
        #[serde(with = "iso")]
        on: Date,
    },
    /// It is given up to an age.
    UpToAge {
        /// Completed years.
        years: u32,
        /// The day of that birthday.
        #[serde(with = "iso")]
        on: Date,
    },
    /// Something is intended, and the person can say first why it is wrong.
    Intended {
        /// What, and why.
        because: Because,
        /// The condition it is about, where it is about one.
        #[serde(default)]
        about: About,
        /// Until when.
        #[serde(with = "iso::maybe")]
        until: Option<Date>,
    },
    /// It was done.
    Done {
        /// What, and why.
        because: Because,
        /// The condition it is about, where it is about one.
        #[serde(default)]
        about: About,
    },
    /// What the newest cycle of a condition came to.
    Cycle {
        /// The condition, and whom it concerns.
        about: About,
        /// The first day.
        #[serde(with = "iso")]
        from: Date,
        /// The last day.
        #[serde(with = "iso")]
        until: Date,
        /// What it came to.
        verdict: CycleVerdict,
    },
    /// It is looked at again, and goes on meanwhile.
    ReviewOn {
        /// The day by which.
        #[serde(with = "iso")]
        on: Date,
    },
    /// It goes on although the score lies above the line to enter.
    Kept {
        /// How many reviews in a row found it above the line to leave.
        above: u32,
        /// How many it takes before it steps down.
        of: u32,
    },
    /// A step down: what is given when.
    Step {
        /// The step.
        #[serde(flatten)]
        step: Step,
    },
    /// It stepped down to its end.
    Graduated {
        /// The last day.
        #[serde(with = "iso")]
        on: Date,
    },
}

/// A condition and a person, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The condition's id.
    pub condition: String,
    /// The person's name.
    pub person: String,
    /// What the condition asks, in the words of the pack; empty until [`Note::worded`].
    pub words: String,
    /// What to do now, in the words of the pack.
    pub what_to_do: String,
}

impl Note {
    /// With the words of the pack for its condition: `words` is asked for a key below the programme's.
    #[must_use]
    pub fn worded(mut self, words: impl Fn(&str) -> Option<String>) -> Self {
        if let Self::Intended { about, .. } | Self::Done { about, .. } | Self::Cycle { about, .. } = &mut self
            && !about.condition.is_empty()
        {
            let key = format!("condition.{}", about.condition);
            about.words = words(&key).unwrap_or_else(|| about.condition.clone());
            about.what_to_do = words(&format!("{key}.what_to_do")).unwrap_or_default();
        }
        self
    }
}

/// The day on which somebody is certainly so many years old: where only a year or an age is known, the latest day it can be,
/// so that nobody loses anything early. `None` beyond the calendar.
pub fn day_of_age(birth: Birth, years: u32) -> Option<Date> {
    let years = i32::try_from(years).ok()?;
    match birth {
        Birth::Date(day) => birthday(day, years),
        Birth::Year(year) => {
            Date::from_calendar_date(year.checked_add(years)?, time::Month::December, 31).ok()
        }
        Birth::Age { years: told, told_on } => birthday(told_on, years.checked_sub(i32::from(told))?),
    }
}

/// The birthday so many years later; of 29 February 1 March where the year has none.
fn birthday(day: Date, years: i32) -> Option<Date> {
    let year = day.year().checked_add(years)?;
    day.replace_year(year).ok().or_else(|| Date::from_calendar_date(year, time::Month::March, 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn the_day_of_an_age_is_never_too_early() {
        assert_eq!(day_of_age(Birth::Date(date!(2010 - 03 - 05)), 18), Some(date!(2028 - 03 - 05)));
        assert_eq!(day_of_age(Birth::Date(date!(2012 - 02 - 29)), 18), Some(date!(2030 - 03 - 01)));
        assert_eq!(day_of_age(Birth::Year(2010), 18), Some(date!(2028 - 12 - 31)));
        let told = Birth::Age { years: 12, told_on: date!(2026 - 11 - 22) };
        assert_eq!(day_of_age(told, 18), Some(date!(2032 - 11 - 22)));
        assert_eq!(day_of_age(told, 10), Some(date!(2024 - 11 - 22)), "past already");
    }

    proptest! {
        #[test]
        fn on_that_day_the_rules_count_the_age_too(
            ordinal in 1u16..=365, year in 1950i32..2020, years in 1u32..100, told in 0u8..100,
        ) {
            let day = Date::from_ordinal_date(year, ordinal).unwrap();
            for birth in [Birth::Date(day), Birth::Year(year), Birth::Age { years: told, told_on: day }] {
                let on = day_of_age(birth, years).unwrap();
                prop_assert!(birth.age_on(on) >= i32::try_from(years).unwrap(), "{birth:?} {on}");
            }
        }
    }
}
