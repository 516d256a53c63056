//! The way of a person to work: what is asked ([`Employment`], data of the pack), what it comes to ([`profile`]), and which
//! vacancies and courses fit ([`matching`]). The plan's own states are in [`crate::lifecycle::plan`].
//!
//! The questions are a form like the household's, of one member: what the household has answered already is taken over and not
//! asked again. To add a question: `employment.toml` and its words. To add a band: a `[[band]]` there, in the order in which
//! they are looked at.

pub mod matching;
pub mod profile;

use std::collections::BTreeMap;

use crate::answers::{Answer, Answers, MemberAnswers};
use crate::codes::codes;
use crate::country::Limit;
use crate::definitions::CheckDef;
use crate::form::{Form, Logic};
use crate::services::ServiceKind;
use matching::Reads;

codes! {
    /// What a board announces.
    pub enum EntryKind {
        /// Work with an employer.
        Vacancy = "vacancy",
        /// Training with a beginning and an end.
        Course = "course",
        /// Days of public works.
        Works = "works",
    }
}

impl EntryKind {
    /// The service that a step to it is.
    pub const fn service(self) -> ServiceKind {
        match self {
            Self::Vacancy => ServiceKind::JobPlacement,
            Self::Course => ServiceKind::Training,
            Self::Works => ServiceKind::PublicWorks,
        }
    }
}

codes! {
    /// Who does what a step asks.
    pub enum Doer {
        /// The person.
        Person = "person",
        /// The office.
        Office = "office",
        /// The provider or employer.
        Provider = "provider",
    }
}

codes! {
    /// How somebody works.
    pub enum PlacementKind {
        /// For an employer.
        Employed = "employed",
        /// On one's own account.
        SelfEmployed = "self_employed",
    }
}

codes! {
    /// What was agreed with an employer.
    pub enum Contract {
        /// Until somebody ends it.
        Permanent = "permanent",
        /// To a day.
        FixedTerm = "fixed_term",
        /// By the season.
        Seasonal = "seasonal",
        /// By the day.
        Daily = "daily",
        /// To learn the trade.
        Apprenticeship = "apprenticeship",
        /// Nothing in writing.
        Unwritten = "unwritten",
    }
}

codes! {
    /// Why work ended.
    pub enum EndReason {
        /// The contract came to its day.
        TermOver = "term_over",
        /// The person left.
        Left = "left",
        /// The employer ended it.
        Dismissed = "dismissed",
        /// The employer or the business closed.
        Closed = "closed",
        /// Illness or an accident.
        Health = "health",
        /// Somebody at home needs care.
        Care = "care",
        /// Something else.
        Other = "other",
    }
}

codes! {
    /// What is found some weeks after an outcome.
    pub enum FollowUp {
        /// Still at it.
        Still = "still",
        /// At something better or different.
        Changed = "changed",
        /// Not any more.
        Stopped = "stopped",
        /// Nobody could be reached: that is not a no.
        NotReached = "not_reached",
    }
}

/// What the pack says of employment: `employment.toml`. Words: `profile.band.<code>`, `profile.reason.<id>` and those of a form.
#[derive(Debug, Clone)]
pub struct Employment {
    /// Completed years from which a person is asked, and the first at which no longer.
    pub ages: (u32, u32),
    /// The law that says so.
    pub ages_source: String,
    /// The questions, with those of the household's form that are taken over.
    pub form: Form,
    /// Which of them are asked.
    pub logic: Logic,
    /// The questions taken over from the household's assessment.
    pub taken: Vec<String>,
    /// The bands, in the order in which they are looked at; the last needs no reason.
    pub bands: Vec<Band>,
    /// Days to the next review while it is open which band a person is in.
    pub open_days: u16,
    /// By when the first plan is agreed, after the profile.
    pub first_plan: Limit,
    /// By when a second person has looked; none where the country asks for none.
    pub approval: Option<Limit>,
    /// After how many weeks an outcome is asked again, the earliest first.
    pub follow_up_weeks: Vec<u16>,
    /// By when somebody has asked then.
    pub follow_up: Limit,
    /// Services of which the provider hands in who was there.
    pub attendance: BTreeMap<String, CheckDef>,
    /// The parameter that holds the wage of a day of public works.
    pub day_wage: Option<String>,
    /// The module of the household's form that says what comes in: asked again when somebody finds work.
    pub income_module: String,
    /// Which answers matching reads, and what each weighs.
    pub reads: Reads,
}

/// A band of profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Its code; words `profile.band.<code>`.
    pub code: String,
    /// Days after which a plan is looked at again.
    pub review_days: u16,
    /// Any of these puts a person into it; none for the last, where all others are.
    pub any: Vec<String>,
}

/// The name under which a band's reason is worked out.
pub(crate) fn reason_question(reason: &str) -> String {
    format!("because_{reason}")
}

impl Employment {
    /// Whether somebody of so many completed years is asked.
    pub fn concerns(&self, years: i32) -> bool {
        u32::try_from(years).is_ok_and(|years| (self.ages.0..self.ages.1).contains(&years))
    }

    /// The band with this code.
    pub fn band(&self, code: &str) -> Option<&Band> {
        self.bands.iter().find(|band| band.code == code)
    }

    /// Days to a plan's next review, by its profile's band; while that is open, the shortest.
    pub fn review_days(&self, band: Option<&str>) -> u16 {
        band.and_then(|code| self.band(code)).map_or(self.open_days, |band| band.review_days)
    }

    /// How attendance of a service is recorded.
    pub fn check(&self, service: &str) -> Option<&CheckDef> {
        self.attendance.get(service)
    }

    /// The one member whom a profile is of, with these answers.
    pub fn one(person: &str, answers: &BTreeMap<String, Answer>) -> Answers {
        let member = MemberAnswers { id: person.to_owned(), answers: answers.clone() };
        Answers { household: BTreeMap::new(), members: vec![member] }
    }
}
