//! The stop against registering anybody twice: the same identifier, or the same normalised name and birth.
//!
//! It runs inside the unit of work that saves, which sees the registry as if it were alone; so of two counters that
//! register one family in the same second, one is stopped. An identifier is never two people's: the way on is to
//! correct it. Name and birth may be: the way on is to say why they are two ([`Distinct`]). The full matcher, which
//! knows how names are misspelt, is another part of the service.

use domain::household::Person;
use domain::identifier::IdentifierKind;
use domain::ids::{HouseholdId, PersonId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use uuid::Uuid;

use super::people;
use crate::actor::Actor;
use crate::args;
use crate::crypt::Keys;
use crate::db::Tx;
use crate::error::{Error, Result};

/// By what a registered person was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same identifier of this kind.
    Identifier(IdentifierKind),
    /// The same name and birth.
    NameAndBirth,
}

/// A registered person who looks the same as one being saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resemblance {
    /// Which of the members being saved (0 is the first).
    pub member: usize,
    /// By what.
    pub by: Likeness,
    /// The household that has the registered person.
    pub household: HouseholdId,
    /// The registered person.
    pub person: PersonId,
    /// The office that keeps that household's file.
    pub office: String,
    /// The household's reference, when the actor may open its file.
    pub reference: Option<Reference>,
}

#[derive(sqlx::FromRow)]
struct Found {
    household_id: Uuid,
    person_id: Uuid,
    office: String,
    reference: String,
}

pub(super) const BY_IDENTIFIER: &str = "SELECT o.household_id, o.person_id, h.office, h.reference \
    FROM identifier_owner o JOIN household h ON h.household_id = o.household_id WHERE o.hash = $1";

// Who moved out or was entered by mistake is not in the way; who died is.
pub(super) const BY_NAME: &str = "SELECT p.household_id, p.person_id, h.office, h.reference \
    FROM person p JOIN household h ON h.household_id = p.household_id \
    WHERE p.name_key = $1 AND p.birth_date = $2 AND (p.birth_precision = 'day') = $3 AND p.replaced_at IS NULL \
    AND EXISTS (SELECT 1 FROM membership m WHERE m.household_id = p.household_id AND m.person_id = p.person_id \
        AND (m.until_date IS NULL OR m.leaving = 'died')) \
    ORDER BY p.household_id, p.person_id LIMIT 20";

/// Who is registered already and looks like one of `members`, other than the one with the same id.
pub(super) async fn look(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    members: &[(Option<PersonId>, &Person)],
) -> Result<Vec<Resemblance>> {
    let mut all = Vec::new();
    for (member, (own, person)) in members.iter().enumerate() {
        let mut found: Vec<(Likeness, Found)> = Vec::new();
        for identifier in person.identifiers.iter().filter(|identifier| identifier.kind().is_personal()) {
            let rows = tx.all(BY_IDENTIFIER, args![people::identifier_hash(keys, identifier)]).await?;
            found.extend(rows.into_iter().map(|row| (Likeness::Identifier(identifier.kind()), row)));
        }
        let by_name = args![person.name.key(), person.birth.for_rules(), person.birth.day().is_some()];
        found.extend(tx.all(BY_NAME, by_name).await?.into_iter().map(|row| (Likeness::NameAndBirth, row)));
        for (by, row) in found {
            let registered = PersonId::new(row.person_id);
            if Some(registered) == *own {
                continue;
            }
            let may_open = actor.may_in(Right::OpenFile, &Scope::Office(row.office.clone()));
            all.push(Resemblance {
                member,
                by,
                household: HouseholdId::new(row.household_id),
                person: registered,
                reference: may_open
                    .then(|| Reference::parse(&row.reference))
                    .transpose()
                    .map_err(Error::internal)?,
                office: row.office,
            });
        }
    }
    Ok(all)
}

/// An officer's word that those who look the same are two people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinct {
    /// Why, for the supervisor who looks at it.
    pub reason: String,
}

/// What stops the save: everything, or with a reason given only shared identifiers.
pub(super) fn stopping(found: &[Resemblance], distinct: Option<&Distinct>) -> Vec<Resemblance> {
    let excused = distinct.is_some_and(|distinct| !distinct.reason.trim().is_empty());
    found
        .iter()
        .filter(|resemblance| !excused || matches!(resemblance.by, Likeness::Identifier(_)))
        .cloned()
        .collect()
}

/// Keeps an officer's word, so that the same pair is not asked about again.
pub(super) async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    person: PersonId,
    other: &Resemblance,
    distinct: &Distinct,
) -> Result<()> {
    tx.run(
        "INSERT INTO distinct_people (household_id, person_id, other_household_id, other_person_id, reason, by_staff, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        args![household, person, other.household, other.person, distinct.reason.trim(), actor.staff_id, tx.now()],
    )
    .await?;
    Ok(())
}

/// Whether an officer has said already that these are two people.
pub(super) async fn is_settled(
    tx: &mut Tx,
    household: HouseholdId,
    person: PersonId,
    other: &Resemblance,
) -> Result<bool> {
    let settled: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM distinct_people WHERE (household_id = $1 AND person_id = $2 AND \
             other_household_id = $3 AND other_person_id = $4) OR (household_id = $3 AND person_id = $4 AND \
             other_household_id = $1 AND other_person_id = $2)",
            args![household, person, other.household, other.person],
        )
        .await?;
    Ok(settled.unwrap_or(0) > 0)
}
