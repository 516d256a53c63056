//! The stop against registering anybody twice: the same identifier, or the same normalised name and birth.
//!
//! Who is saved *claims* their identifiers and their likeness (name and birth) by inserting a row whose key is a keyed
//! hash of it. Of two counters that register one family in the same second one inserts first, and the other is stopped.
//! A claim reads nothing: a look for what is not there yet would, under PostgreSQL's SERIALIZABLE, bring all who register
//! in one another's way. Only when a claim fails is it looked who was first.
//!
//! An identifier is never two people's: the way on is to correct it. A likeness may be: the way on is to say why they
//! are two ([`Distinct`]), which a supervisor looks at; the claim stays with the first, and passes to the next when the first leaves. The full
//! matcher, which knows how names are misspelt, is another part of the service.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use domain::calendar::WorkingCalendar;
use domain::country::Law;
use domain::household::Person;
use domain::identifier::{Identifier, IdentifierKind};
use domain::ids::{HouseholdId, PersonId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use domain::task::Priority;
use time::OffsetDateTime;
use uuid::Uuid;

use super::people;
use crate::actor::Actor;
use crate::args;
use crate::crypt::Keys;
use crate::db::{Rows, Tx};
use crate::error::{Error, Result};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};

/// By what a registered person was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same identifier of this kind.
    Identifier(IdentifierKind),
    /// The same name and birth.
    NameAndBirth,
    /// Nothing is exactly the same, and they are very likely one person all the same ([`crate::matching`]).
    Likely,
}

impl Likeness {
    /// Whether two people can be alike in this: then an officer may go on with a reason.
    pub const fn may_be_two(self) -> bool {
        !matches!(self, Self::Identifier(_))
    }
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

const BY_LIKENESS: &str = "SELECT o.household_id, o.person_id, h.office, h.reference \
    FROM likeness_owner o JOIN household h ON h.household_id = o.household_id WHERE o.hash = $1";

// Who moved out or was entered by mistake is not in the way; who died is.
pub(super) const BY_NAME: &str = "SELECT p.household_id, p.person_id, h.office, h.reference \
    FROM person p JOIN household h ON h.household_id = p.household_id \
    WHERE p.name_key = $1 AND p.birth_date = $2 AND (p.birth_precision = 'day') = $3 AND p.replaced_at IS NULL \
    AND EXISTS (SELECT 1 FROM membership m WHERE m.household_id = p.household_id AND m.person_id = p.person_id \
        AND (m.until_date IS NULL OR m.leaving = 'died')) \
    AND NOT EXISTS (SELECT 1 FROM household_merge g WHERE g.household_id = p.household_id AND g.undone_at IS NULL AND g.whole) \
    ORDER BY p.household_id, p.person_id LIMIT 20";

/// What a claim is keyed by.
pub(super) fn likeness_hash(keys: &Keys, person: &Person) -> [u8; 32] {
    keys.blind("likeness", &person.likeness())
}

static INTO_LIKENESS_OWNER: LazyLock<Rows> = LazyLock::new(|| {
    let end = "ON CONFLICT DO NOTHING RETURNING hash";
    Rows::new("INSERT INTO likeness_owner (hash, household_id, person_id)", 3, end)
});
static INTO_IDENTIFIER_OWNER: LazyLock<Rows> = LazyLock::new(|| {
    let end = "ON CONFLICT DO NOTHING RETURNING hash";
    Rows::new("INSERT INTO identifier_owner (hash, household_id, person_id)", 3, end)
});

/// Writes who has what, in the order of the hashes, so that two who claim the same wait for one another and never both.
/// `wanted` says which of `claims` wants which hash; whose was taken is no longer `free`.
async fn claim(
    tx: &mut Tx,
    into: &'static Rows,
    claims: &[Claim<'_>],
    wanted: Vec<(usize, [u8; 32])>,
    free: &mut [bool],
) -> Result<()> {
    let mut first: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    for (at, hash) in wanted {
        match first.entry(hash) {
            Entry::Occupied(_) => free[at] = false,
            Entry::Vacant(place) => drop(place.insert(at)),
        }
    }
    let rows = first.iter().map(|(hash, at)| args![*hash, claims[*at].household, claims[*at].id]);
    let had: Vec<(Vec<u8>,)> = into.returning(tx, rows.collect()).await?;
    let had: HashSet<&[u8]> = had.iter().map(|(hash,)| hash.as_slice()).collect();
    for (hash, at) in &first {
        free[*at] &= had.contains(hash.as_slice());
    }
    Ok(())
}

/// What of a person is claimed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim<'a> {
    pub household: HouseholdId,
    pub id: PersonId,
    pub person: &'a Person,
}

impl Claim<'_> {
    /// Claims an identifier; `false` when it is somebody else's. What two people may share is not claimed.
    pub async fn identifier(&self, tx: &mut Tx, keys: &Keys, identifier: &Identifier) -> Result<bool> {
        if !identifier.kind().is_personal() {
            return Ok(true);
        }
        let new = tx
            .run(
                "INSERT INTO identifier_owner (hash, household_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                args![people::identifier_hash(keys, identifier), self.household, self.id],
            )
            .await?;
        Ok(new == 1)
    }

    /// Claims name and birth; `false` when somebody else has them.
    pub async fn likeness(&self, tx: &mut Tx, keys: &Keys) -> Result<bool> {
        let new = tx
            .run(
                "INSERT INTO likeness_owner (hash, household_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                args![likeness_hash(keys, self.person), self.household, self.id],
            )
            .await?;
        Ok(new == 1)
    }

    /// Claims everything of some people; for each whether all of it was free. Of two who have the same, the first has it.
    pub async fn all(tx: &mut Tx, keys: &Keys, claims: &[Self]) -> Result<Vec<bool>> {
        let likenesses = claims.iter().enumerate().map(|(at, claim)| (at, likeness_hash(keys, claim.person)));
        let identifiers = claims.iter().enumerate().flat_map(|(at, claim)| {
            let personal =
                claim.person.identifiers.iter().filter(|identifier| identifier.kind().is_personal());
            personal.map(move |identifier| (at, people::identifier_hash(keys, identifier)))
        });
        let (likenesses, identifiers) = (likenesses.collect(), identifiers.collect());
        let mut free = vec![true; claims.len()];
        claim(tx, &INTO_LIKENESS_OWNER, claims, likenesses, &mut free).await?;
        claim(tx, &INTO_IDENTIFIER_OWNER, claims, identifiers, &mut free).await?;
        Ok(free)
    }

    /// Gives an identifier back.
    pub async fn release_identifier(&self, tx: &mut Tx, keys: &Keys, identifier: &Identifier) -> Result<()> {
        tx.run(
            "DELETE FROM identifier_owner WHERE hash = $1 AND household_id = $2 AND person_id = $3",
            args![people::identifier_hash(keys, identifier), self.household, self.id],
        )
        .await?;
        Ok(())
    }

    /// Gives name and birth back; they pass to the next who has them.
    pub async fn release_likeness(&self, tx: &mut Tx, keys: &Keys) -> Result<()> {
        let hash = likeness_hash(keys, self.person);
        let released = tx
            .run(
                "DELETE FROM likeness_owner WHERE hash = $1 AND household_id = $2 AND person_id = $3",
                args![hash, self.household, self.id],
            )
            .await?;
        if released == 0 {
            return Ok(());
        }
        let next = self.namesakes(tx).await?.into_iter().next();
        if let Some(next) = next {
            tx.run(
                "INSERT INTO likeness_owner (hash, household_id, person_id) VALUES ($1, $2, $3)",
                args![hash, next.household_id, next.person_id],
            )
            .await?;
        }
        Ok(())
    }

    async fn namesakes(&self, tx: &mut Tx) -> Result<Vec<Found>> {
        let birth = self.person.birth;
        let mut found: Vec<Found> =
            tx.all(BY_NAME, args![self.person.name.key(), birth.for_rules(), birth.day().is_some()]).await?;
        found.retain(|found| found.person_id != self.id.uuid());
        Ok(found)
    }

    /// Who else has what was claimed. `member` is the place in the form being saved.
    pub async fn look(
        &self,
        tx: &mut Tx,
        keys: &Keys,
        actor: &Actor,
        member: usize,
    ) -> Result<Vec<Resemblance>> {
        let mut found: Vec<(Likeness, Found)> = Vec::new();
        for identifier in self.person.identifiers.iter().filter(|identifier| identifier.kind().is_personal())
        {
            let rows: Vec<Found> =
                tx.all(BY_IDENTIFIER, args![people::identifier_hash(keys, identifier)]).await?;
            let others = rows.into_iter().filter(|row| row.person_id != self.id.uuid());
            found.extend(others.map(|row| (Likeness::Identifier(identifier.kind()), row)));
        }
        // Whoever had these in a record that went into another: it is theirs there.
        let likeness: Vec<Found> = tx.all(BY_LIKENESS, args![likeness_hash(keys, self.person)]).await?;
        let namesakes = self.namesakes(tx).await?;
        let moved = likeness.into_iter().filter(|row| {
            row.person_id != self.id.uuid() && !namesakes.iter().any(|own| own.person_id == row.person_id)
        });
        found.extend(moved.map(|row| (Likeness::NameAndBirth, row)).collect::<Vec<_>>());
        found.extend(namesakes.into_iter().map(|row| (Likeness::NameAndBirth, row)));
        found
            .into_iter()
            .map(|(by, row)| {
                let may_open = actor.may_in(Right::OpenFile, &Scope::Office(row.office.clone()));
                let reference = may_open.then(|| Reference::parse(&row.reference)).transpose();
                Ok(Resemblance {
                    member,
                    by,
                    household: HouseholdId::new(row.household_id),
                    person: PersonId::new(row.person_id),
                    reference: reference.map_err(Error::internal)?,
                    office: row.office,
                })
            })
            .collect()
    }
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
    found.iter().filter(|resemblance| !excused || !resemblance.by.may_be_two()).cloned().collect()
}

/// Where and by when a supervisor looks at an officer's word that two people are two.
#[derive(Debug)]
pub(super) struct SecondLook {
    office: Scope,
    due_at: OffsetDateTime,
}

impl SecondLook {
    /// At the office that keeps the file, in the term that the law has for overrides.
    pub fn new(office: &str, law: &Law, calendar: &WorkingCalendar, tx: &Tx) -> Self {
        let due_at = calendar.due_at(tx.here(tx.now()), law.override_review.term);
        Self { office: Scope::Office(office.to_owned()), due_at }
    }

    /// Keeps the word, so that the same pair is not asked about again, and asks for the look.
    pub async fn ask(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        household: HouseholdId,
        person: PersonId,
        other: &Resemblance,
        distinct: &Distinct,
    ) -> Result<()> {
        tx.run(
            "INSERT INTO distinct_people (household_id, person_id, other_household_id, other_person_id, reason, by_staff, \
             at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            args![
                household,
                person,
                other.household,
                other.person,
                distinct.reason.trim(),
                actor.staff_id,
                tx.now()
            ],
        )
        .await?;
        let task = NewTask {
            household_id: household,
            kind: "check_distinct".into(),
            subject: Subject::new("person", person),
            scope: self.office.clone(),
            needs: Right::Approve,
            priority: Priority::Normal,
            due_at: self.due_at,
            instructions: distinct.reason.trim().to_owned(),
        };
        tasks::open(tx, actor, task).await?;
        Ok(())
    }
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
