//! How a person, their identifiers and a household's contact are written and read.

use domain::birth::{Birth, Precision};
use domain::household::{Contact, Person};
use domain::identifier::Identifier;
use domain::ids::{HouseholdId, PersonId};
use domain::name::{PersonName, search_words};
use domain::phone::Phone;
use time::Date;
use uuid::Uuid;

use super::code;
use crate::actor::Actor;
use crate::args;
use crate::crypt::{Keys, Place};
use crate::db::Tx;
use crate::error::{Error, Result};

/// Where an identifier is sealed.
fn identifier_place(identifier_id: Uuid) -> Place<'static> {
    Place { table: "identifier", column: "sealed", row: identifier_id, agency: "" }
}

/// Where a phone is sealed.
fn phone_place(contact_id: Uuid) -> Place<'static> {
    Place { table: "contact", column: "phone", row: contact_id, agency: "" }
}

/// The blind index of an identifier.
pub(super) fn identifier_hash(keys: &Keys, identifier: &Identifier) -> [u8; 32] {
    keys.blind("identifier", &identifier.hash_input())
}

/// The blind index of a phone.
pub(super) fn phone_hash(keys: &Keys, phone: &Phone) -> [u8; 32] {
    keys.blind("phone", phone.hash_input())
}

/// Writes what holds of a person from now on, in place of what held before.
pub(super) async fn replace_person(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    id: PersonId,
    person: &Person,
) -> Result<()> {
    let last: i64 = tx
        .value(
            "SELECT version FROM person WHERE household_id = $1 AND person_id = $2 AND replaced_at IS NULL",
            args![household, id],
        )
        .await?
        .ok_or(Error::NotFound)?;
    tx.run_one(
        "UPDATE person SET replaced_at = $1 WHERE household_id = $2 AND person_id = $3 AND version = $4",
        args![tx.now(), household, id, last],
    )
    .await?;
    tx.run("DELETE FROM person_word WHERE household_id = $1 AND person_id = $2", args![household, id])
        .await?;
    write_person(tx, actor, household, id, last + 1, person).await
}

/// Writes a new person, a member from this day on, without identifiers.
pub(super) async fn add_person(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    id: PersonId,
    person: &Person,
    from: Date,
) -> Result<()> {
    write_person(tx, actor, household, id, 1, person).await?;
    let membership: Uuid = tx.new_id();
    tx.run(
        "INSERT INTO membership (household_id, membership_id, person_id, from_date, by_staff) VALUES ($1, $2, $3, $4, $5)",
        args![household, membership, id, from, actor.staff_id],
    )
    .await?;
    Ok(())
}

async fn write_person(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    id: PersonId,
    version: i64,
    person: &Person,
) -> Result<()> {
    tx.run(
        "INSERT INTO person (household_id, person_id, version, given, family, one_name, name_key, sex, birth_precision, \
         birth_date, birth_told_on, relation, from_at, by_staff) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            household,
            id,
            version,
            person.name.given().map(ToOwned::to_owned),
            person.name.family().map(ToOwned::to_owned),
            person.name.one().map(ToOwned::to_owned),
            person.name.key(),
            person.sex.code(),
            person.birth.precision().code(),
            person.birth.for_rules(),
            person.birth.told_on(),
            person.relation.code(),
            tx.now(),
            actor.staff_id,
        ],
    )
    .await?;
    let mut words = search_words(&person.name.display());
    words.sort_unstable();
    words.dedup();
    for word in words {
        tx.run(
            "INSERT INTO person_word (household_id, person_id, word, birth_year) VALUES ($1, $2, $3, $4)",
            args![household, id, word, person.birth.year()],
        )
        .await?;
    }
    Ok(())
}

/// Writes an identifier that the person has claimed.
pub(super) async fn add_identifier(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    household: HouseholdId,
    person: PersonId,
    identifier: &Identifier,
) -> Result<()> {
    let id: Uuid = tx.new_id();
    let sealed = keys.seal(&identifier_place(id), identifier.reveal().as_bytes())?;
    tx.run(
        "INSERT INTO identifier (household_id, identifier_id, person_id, kind, sealed, hash, given_at, by_staff) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            household,
            id,
            person,
            identifier.kind().code(),
            sealed,
            identifier_hash(keys, identifier),
            tx.now(),
            actor.staff_id
        ],
    )
    .await?;
    Ok(())
}

/// Ends an identifier.
pub(super) async fn end_identifier(
    tx: &mut Tx,
    household: HouseholdId,
    person: PersonId,
    identifier: &Identifier,
) -> Result<()> {
    tx.run_one(
        "UPDATE identifier SET ended_at = $1 WHERE household_id = $2 AND person_id = $3 AND kind = $4 AND ended_at IS NULL",
        args![tx.now(), household, person, identifier.kind().code()],
    )
    .await
}

/// Writes the contact that holds from now on, in place of the one before.
pub(super) async fn replace_contact(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    household: HouseholdId,
    contact: &Contact,
) -> Result<()> {
    tx.run_one(
        "UPDATE contact SET replaced_at = $1 WHERE household_id = $2 AND replaced_at IS NULL",
        args![tx.now(), household],
    )
    .await?;
    add_contact(tx, keys, actor, household, contact).await
}

/// Writes the first contact of a household.
pub(super) async fn add_contact(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    household: HouseholdId,
    contact: &Contact,
) -> Result<()> {
    let id: Uuid = tx.new_id();
    let sealed = contact
        .phone
        .as_ref()
        .map(|phone| keys.seal(&phone_place(id), phone.reveal().as_bytes()))
        .transpose()?;
    let hash = contact.phone.as_ref().map(|phone| phone_hash(keys, phone).to_vec());
    tx.run(
        "INSERT INTO contact (household_id, contact_id, area, directions, phone, phone_hash, language, safe_contact, \
         from_at, by_staff) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            household,
            id,
            contact.area.as_str(),
            contact.directions.clone(),
            sealed,
            hash,
            contact.language.as_str(),
            contact.safe_contact,
            tx.now(),
            actor.staff_id,
        ],
    )
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    contact_id: Uuid,
    area: String,
    directions: Option<String>,
    phone: Option<Vec<u8>>,
    language: String,
    safe_contact: bool,
}

/// The contact that holds now.
pub(crate) async fn contact(tx: &mut Tx, keys: &Keys, household: HouseholdId) -> Result<Contact> {
    let row: ContactRow = tx
        .one(
            "SELECT contact_id, area, directions, phone, language, safe_contact FROM contact \
             WHERE household_id = $1 AND replaced_at IS NULL",
            args![household],
        )
        .await?
        .ok_or(Error::NotFound)?;
    let phone = row.phone.map(|sealed| keys.open_text(&phone_place(row.contact_id), &sealed)).transpose()?;
    Ok(Contact {
        area: row.area,
        directions: row.directions,
        phone: phone.map(|text| Phone::parse(&text)).transpose().map_err(Error::internal)?,
        language: row.language,
        safe_contact: row.safe_contact,
    })
}

/// What holds of a person now, without identifiers.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct PersonRow {
    pub person_id: Uuid,
    given: Option<String>,
    family: Option<String>,
    one_name: Option<String>,
    sex: String,
    birth_precision: String,
    birth_date: Date,
    birth_told_on: Option<Date>,
    relation: String,
}

impl PersonRow {
    /// The name.
    pub fn name(&self) -> Result<PersonName> {
        PersonName::from_columns(self.given.clone(), self.family.clone(), self.one_name.clone())
            .ok_or_else(|| Error::internal("a person without a name"))
    }

    /// The birth.
    pub fn birth(&self) -> Result<Birth> {
        let precision: Precision = code(&self.birth_precision)?;
        Ok(Birth::from_columns(precision, self.birth_date, self.birth_told_on))
    }

    fn person(&self, identifiers: Vec<Identifier>) -> Result<Person> {
        Ok(Person {
            name: self.name()?,
            sex: code(&self.sex)?,
            birth: self.birth()?,
            relation: code(&self.relation)?,
            identifiers,
        })
    }
}

#[derive(sqlx::FromRow)]
struct IdentifierRow {
    identifier_id: Uuid,
    person_id: Uuid,
    kind: String,
    sealed: Vec<u8>,
}

/// Somebody who is or was in the household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// What holds of them now.
    pub person: Person,
    /// Since when they are a member.
    pub from: Date,
    /// Until when and why not any longer.
    pub left: Option<(Date, domain::household::Leaving)>,
}

#[derive(sqlx::FromRow)]
struct MembershipRow {
    person_id: Uuid,
    from_date: Date,
    until_date: Option<Date>,
    leaving: Option<String>,
}

/// Everybody who is or was a member: the head first, then by age, those who left last.
pub(crate) async fn members(tx: &mut Tx, keys: &Keys, household: HouseholdId) -> Result<Vec<Member>> {
    let people: Vec<PersonRow> = tx
        .all(
            "SELECT person_id, given, family, one_name, sex, birth_precision, birth_date, birth_told_on, relation \
             FROM person WHERE household_id = $1 AND replaced_at IS NULL",
            args![household],
        )
        .await?;
    let identifiers: Vec<IdentifierRow> = tx
        .all(
            "SELECT identifier_id, person_id, kind, sealed FROM identifier \
             WHERE household_id = $1 AND ended_at IS NULL ORDER BY kind",
            args![household],
        )
        .await?;
    let memberships: Vec<MembershipRow> = tx
        .all(
            "SELECT person_id, from_date, until_date, leaving FROM membership WHERE household_id = $1 \
             ORDER BY from_date, membership_id",
            args![household],
        )
        .await?;
    let mut members = Vec::with_capacity(people.len());
    for row in people {
        let mut own = Vec::new();
        for sealed in identifiers.iter().filter(|identifier| identifier.person_id == row.person_id) {
            let text = keys.open_text(&identifier_place(sealed.identifier_id), &sealed.sealed)?;
            own.push(Identifier::parse(code(&sealed.kind)?, &text).map_err(Error::internal)?);
        }
        // The latest membership counts: who moved out may have come back.
        let membership = memberships
            .iter()
            .rfind(|membership| membership.person_id == row.person_id)
            .ok_or_else(|| Error::internal("a person without a membership"))?;
        let left = match (membership.until_date, membership.leaving.as_deref()) {
            (Some(until), Some(leaving)) => Some((until, code(leaving)?)),
            _ => None,
        };
        members.push(Member {
            id: PersonId::new(row.person_id),
            person: row.person(own)?,
            from: membership.from_date,
            left,
        });
    }
    members.sort_by_key(|member| {
        let head = member.person.relation != domain::household::Relation::Head;
        (member.left.is_some(), head, member.person.birth.for_rules(), member.id)
    });
    Ok(members)
}
