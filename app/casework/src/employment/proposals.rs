//! What the board proposes: entries for a person, and persons for an entry, each with the score and the reason of every
//! criterion (`domain::employment::matching`). A proposal is nothing more: a place is taken by a step of a plan.

use domain::employment::matching::{Match, weigh};
use domain::ids::{BoardId, HouseholdId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use uuid::Uuid;

use super::board::{self, Entry};
use super::profile::{answered, profiles, with_registry};
use super::{adult, country, of};
use crate::assessments::Household;
use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args};

/// Proposals shown at once.
pub const SHOWN: usize = 20;
/// Profiles that are weighed for one entry: those done last.
const WEIGHED: i64 = 500;

/// An entry proposed to a person.
#[derive(Debug, Clone)]
pub struct ForPerson {
    /// The entry.
    pub entry: Entry,
    /// Why.
    pub found: Match,
}

/// A person proposed for an entry.
#[derive(Debug, Clone)]
pub struct ForEntry {
    /// Whose file.
    pub household: HouseholdId,
    /// What the file is found by.
    pub reference: Reference,
    /// The person.
    pub person: Uuid,
    /// The name.
    pub name: String,
    /// Why.
    pub found: Match,
}

/// The open entries of the household's office for a person: those that fit best first, those that something rules out last.
/// `Invalid("profile.missing")` where nothing is known of the person yet. The reading is an entry of the journal.
pub async fn for_person(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    person: Uuid,
) -> Result<Vec<ForPerson>> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let work = of(&pack)?;
    let (mut view, today) = (cw.db.read().await?, cw.today());
    let (home, reader) = Household::for_reading(&mut view, actor, household).await?;
    let who = adult(&home, work, person, today)?;
    let all = profiles(&mut view, work, household, today).await?;
    let profile =
        all.into_iter().find(|one| one.person == person).ok_or(Error::Invalid("profile.missing"))?;
    let asked = work.situation(&person.to_string(), &with_registry(who, &profile.answers), today);
    let counts = asked.effective().members.first().map(|one| one.answers.clone()).unwrap_or_default();
    let candidate = work.reads.person(&work.form, &home.area, &counts);
    let entries = board::of_office(&mut view, &home.office, today).await?;
    drop(view);
    let mut found: Vec<ForPerson> = entries
        .into_iter()
        .filter(|entry| entry.free() > 0)
        .map(|entry| {
            let found = weigh(&work.reads, &work.form, &pack.areas, &candidate, &entry.needs);
            ForPerson { entry, found }
        })
        .collect();
    found.sort_by_key(|one| (one.found.rank(), one.entry.last_day, one.entry.id));
    found.truncate(SHOWN);
    journal::record(cw, &reader, household, Event::new("plan.proposed_to").id("person", person)).await?;
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    reference: String,
    area: String,
    person_id: Uuid,
    answers: String,
}

/// The profiles of an office that are done, of people without a place of the entry.
pub(super) const CANDIDATES: &str =
    "SELECT work_profile.household_id, household.reference, contact.area, work_profile.person_id, work_profile.answers
     FROM work_profile
     JOIN household ON household.household_id = work_profile.household_id
     JOIN contact ON contact.household_id = work_profile.household_id AND contact.replaced_at IS NULL
     WHERE work_profile.office = $1 AND work_profile.replaced_at IS NULL AND work_profile.done_at IS NOT NULL
     ORDER BY work_profile.done_at DESC, work_profile.profile_id LIMIT $2";

/// People of the office for an entry, by what their profiles say: those who fit best first; whom something rules out is left
/// out. For who draws up plans there; a provider does not search people. The reading is told in the registry's own chain.
pub async fn for_entry(cw: &Casework, actor: &Actor, id: BoardId) -> Result<(Entry, Vec<ForEntry>)> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let work = of(&pack)?;
    let (mut view, today) = (cw.db.read().await?, cw.today());
    let entry = board::find(&mut view, id).await?;
    actor.require(Right::Plan, &Scope::Office(entry.office.clone()))?;
    let rows: Vec<Row> = view.all(CANDIDATES, args![entry.office.as_str(), WEIGHED]).await?;
    let mut weighed = Vec::new();
    for row in rows {
        let Ok(answers) = answered(work, &row.answers, row.person_id, today) else { continue };
        let candidate = work.reads.person(&work.form, &row.area, &answers);
        let found = weigh(&work.reads, &work.form, &pack.areas, &candidate, &entry.needs);
        if !found.is_excluded() {
            weighed.push((row, found));
        }
    }
    weighed.sort_by_key(|(row, found)| (found.rank(), row.household_id));
    let mut people = Vec::new();
    for (row, found) in weighed {
        if people.len() == SHOWN {
            break;
        }
        let household = HouseholdId::new(row.household_id);
        // Who moved away or has a place already is not proposed.
        let Some(home) = Household::read_unchecked(&mut view, household).await? else { continue };
        let Ok(who) = adult(&home, work, row.person_id, today) else { continue };
        let has: Option<i64> = view
            .value(
                "SELECT COUNT(*) FROM plan_step WHERE household_id = $1 AND person_id = $2 AND entry_id = $3
                 AND holds_place = TRUE",
                args![household, row.person_id, id],
            )
            .await?;
        if has.unwrap_or(0) == 0 && home.office == entry.office {
            let reference = Reference::parse(&row.reference).map_err(Error::internal)?;
            people.push(ForEntry { household, reference, person: who.id, name: who.name.clone(), found });
        }
    }
    drop(view);
    let count = i64::try_from(people.len()).unwrap_or(i64::MAX);
    let event = Event::new("board.people_proposed").id("entry", id).number("count", count);
    journal::record(cw, actor, REGISTRY, event).await?;
    Ok((entry, people))
}
