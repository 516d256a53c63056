//! Life after entry: what becomes due while an award runs.
//!
//! Each award that runs has clocks ([`watch`] sets them whenever its row has changed, [`ring`] does what is due): some time
//! before its declared last day the household is told and the office gets a task, after that day it ends by itself with a
//! letter; before the person reaches the programme's age they are told, and on that birthday its end is proposed
//! ([`propose`]), which a second person must agree to and the person is heard about. The words of it are [`notes`].
//! Where a programme has conditions, [`conditions`] says whom they concern, providers hand in [`records`], and when the time for
//! them is over each cycle is judged ([`judge`]).
//! On its day it is looked at again ([`review`]); who needs it no longer is let go in steps ([`graduation`]).
//! An award lives under the pack of the assessment that gave it, as its letter says.
//!
//! To add something that becomes due: a kind of clock in [`watch`], what it does in [`ring`], words `clock-kind-…` and
//! `casefile-clock-…`.

pub(crate) mod conditions;
pub mod graduation;
pub mod judge;
pub(crate) mod notes;
pub mod panel;
pub mod propose;
pub mod records;
pub mod records_list;
mod review;
pub(crate) mod ring;
pub mod watch;

use std::sync::Arc;

use domain::calendar::{Term, WorkingCalendar};
use domain::ids::{EnrolmentId, HouseholdId};
use domain::pack::Pack;
use time::{Date, Duration};

use crate::assessments::{self, Assessment, Household};
use crate::db::Tx;
use crate::decisions::{self, Decision};
use crate::enrolments::{self, Enrolment};
use crate::error::{Error, Result};
use crate::{Casework, packs};

/// The noun of an award, as subject of its clocks: its id is the enrolment's.
pub const SUBJECT: &str = "award";
/// The pack's limit for telling before an award ends, by its name in `pack.toml`.
const WARNING: &str = "end_warning";
/// Days, where the pack has no such limit.
const WARNING_DAYS: u16 = 30;

/// An award with all that its life is read from.
pub(crate) struct Award {
    pub home: Household,
    pub enrolment: Enrolment,
    /// Every decision of the household, the newest first.
    pub decisions: Vec<Decision>,
    /// The assessment that gave it.
    pub assessment: Assessment,
    /// Its pack.
    pub pack: Arc<Pack>,
    pub calendar: WorkingCalendar,
}

impl Award {
    /// Reads an award; `None` where there is none any more, or the record went into another.
    pub async fn read(
        tx: &mut Tx,
        cw: &Casework,
        household: HouseholdId,
        id: EnrolmentId,
    ) -> Result<Option<Self>> {
        let all = enrolments::of_household(tx, household).await?;
        let Some(enrolment) = all.into_iter().find(|one| one.id == id) else { return Ok(None) };
        let Some(home) = Household::read_unchecked(tx, household).await? else { return Ok(None) };
        let decisions = decisions::of_household(tx, household).await?;
        let own = decisions.iter().find(|one| one.id == enrolment.decision).ok_or(Error::NotFound)?;
        let of = assessments::find(tx, household, own.assessment).await?.ok_or(Error::NotFound)?;
        let pack = packs::by_hash(cw, &of.pack_hash).await?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        Ok(Some(Self { home, enrolment, decisions, assessment: of, pack, calendar }))
    }

    /// The decision it rests on.
    pub fn decision(&self) -> Result<&Decision> {
        self.decisions.iter().find(|one| one.id == self.enrolment.decision).ok_or(Error::NotFound)
    }

    /// A decision on it that waits for a second person, for the person to be heard, or for somebody to look.
    pub fn pending(&self) -> Option<&Decision> {
        self.decisions
            .iter()
            .find(|one| one.is_for(&self.enrolment.programme, self.enrolment.person) && one.is_pending())
    }

    /// The age to which it is given, and the day on which the person reaches it.
    pub fn up_to_age(&self) -> Option<(u32, Date)> {
        notes::up_to_age(&self.pack, &self.home, &self.enrolment)
    }

    /// How long before something ends the household is told.
    pub fn warning(&self) -> Duration {
        warning(&self.pack)
    }
}

/// How long before something ends, or is looked at again, a household is told.
pub(crate) fn warning(pack: &Pack) -> Duration {
    let limit = pack.about.law.other.get(WARNING).map(|limit| limit.term);
    Duration::days(i64::from(match limit {
        Some(Term::Days(days) | Term::WorkingDays(days)) => days,
        _ => WARNING_DAYS,
    }))
}

#[cfg(test)]
mod condition_tests;
#[cfg(test)]
mod graduation_tests;
#[cfg(test)]
mod review_tests;
#[cfg(test)]
mod tests;
