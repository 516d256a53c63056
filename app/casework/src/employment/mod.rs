//! The way of a person to work: the profile of each adult of working age ([`profile`]), the plan agreed with them ([`plan`],
//! [`following`], [`steps`]), the office's board of vacancies and courses ([`board`], [`proposals`]), what it came to ([`placement`],
//! [`follow_up`]), and the desk ([`desk`]).
//!
//! A profile starts the clock of the first plan; a plan that is followed has a clock for its next review ([`ring`]), and one that
//! came to something has clocks for asking again. Who was there is handed in by providers as records of conditions are
//! ([`attendance`]). Nothing ends a benefit here: work that was found lets the household be asked again what comes in
//! ([`income`]), and the review decides.
//!
//! To add an act on a plan: a variant of [`following::Act`], its line in [`following::act`], words `plan-act-…`.

pub mod attendance;
pub mod board;
pub mod desk;
pub mod follow_up;
pub mod following;
pub(crate) mod income;
pub mod placement;
pub mod plan;
pub mod profile;
pub mod proposals;
pub(crate) mod ring;
pub mod shape;
pub mod steps;
pub(crate) mod told;

use std::sync::Arc;

use domain::employment::Employment;
use domain::pack::Pack;
use uuid::Uuid;

use crate::Casework;
use crate::assessments::Household;
use crate::assessments::household::Person;
use crate::error::{Error, Result};

/// The noun of a plan, as subject of its clocks and tasks.
pub const SUBJECT: &str = "work_plan";
/// The noun of a profile, as subject of the clock of the first plan.
pub const PROFILE: &str = "work_profile";
/// What stands for a programme where attendance of a step is recorded.
pub const WATCHED: &str = "work-plan";

/// What the pack in force says of employment; `NotFound` in a country without plans for work.
fn country(cw: &Casework) -> Result<Arc<Pack>> {
    let pack = cw.pack()?;
    of(&pack)?;
    Ok(pack)
}

/// The same of a pack.
fn of(pack: &Pack) -> Result<&Employment> {
    pack.employment.as_ref().ok_or(Error::NotFound)
}

/// A member of the household whom plans for work concern.
fn adult<'h>(home: &'h Household, work: &Employment, person: Uuid, today: time::Date) -> Result<&'h Person> {
    let found = home.people.iter().find(|one| one.id == person).ok_or(Error::NotFound)?;
    if work.concerns(found.birth.age_on(today)) { Ok(found) } else { Err(Error::NotFound) }
}

#[cfg(test)]
mod tests;
