//! How a person, their identifiers and a household's contact are written and read.

use std::collections::BTreeSet;
use std::sync::LazyLock;

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
use crate::db::{Rows, Tx};
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
    let new = [Written { household, id, version: last + 1, person }];
    write_versions(tx, actor, &new).await?;
    write_words(tx, &new).await
}

static INTO_PERSON: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new(
        "INSERT INTO person (household_id, person_id, version, given, family, one_name, name_key, sex, birth_precision, \
         birth_date, birth_told_on, relation, from_at, by_staff)",
        14,
        "",
    )
});
static INTO_PERSON_WORD: LazyLock<Rows> =
    LazyLock::new(|| Rows::new("INSERT INTO person_word (household_id, person_id, word, birth_year)", 4, ""));
static INTO_MEMBERSHIP: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new("INSERT INTO membership (household_id, membership_id, person_id, from_date, by_staff)", 5, "")
});
static INTO_IDENTIFIER: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new(
        "INSERT INTO identifier (household_id, identifier_id, person_id, kind, sealed, hash, given_at, by_staff)",
        8,
        "",
    )
});

/// Writes new people, members from this day on, with the identifiers they have claimed.
pub(super) async fn add_people(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    household: HouseholdId,
    people: &[(PersonId, &Person)],
    from: Date,
) -> Result<()> {
    let rows: Vec<Written<'_>> =
        people.iter().map(|(id, person)| Written { household, id: *id, version: 1, person }).collect();
    write_versions(tx, actor, &rows).await?;
    write_words(tx, &rows).await?;
    let ids: Vec<_> = people.iter().map(|(id, _)| (household, *id)).collect();
    join(tx, actor, &ids, from).await?;
    let identifiers: Vec<_> =
        people.iter().flat_map(|(id, person)| person.identifiers.iter().map(|own| (*id, own))).collect();
    add_identifiers(tx, keys, actor, household, &identifiers).await
}

/// What holds of a person from now on.
pub(crate) struct Written<'a> {
    pub household: HouseholdId,
    pub id: PersonId,
    pub version: i64,
    pub person: &'a Person,
}

/// Writes who people are, without the words they are searched by.
pub(crate) async fn write_versions(tx: &mut Tx, actor: &Actor, versions: &[Written<'_>]) -> Result<()> {
    let now = tx.now();
    let rows = versions.iter().map(|Written { household, id, version, person }| {
        args![
            *household,
            *id,
            *version,
            person.name.given().map(ToOwned::to_owned),
            person.name.family().map(ToOwned::to_owned),
            person.name.one().map(ToOwned::to_owned),
            person.name.key(),
            person.sex.code(),
            person.birth.precision().code(),
            person.birth.for_rules(),
            person.birth.told_on(),
            person.relation.code(),
            now,
            actor.staff_id,
        ]
    });
    INTO_PERSON.write(tx, rows.collect()).await
}

async fn write_words(tx: &mut Tx, versions: &[Written<'_>]) -> Result<()> {
    let rows = versions.iter().flat_map(|Written { household, id, person, .. }| {
        let words: BTreeSet<String> = search_words(&person.name.display()).into_iter().collect();
        words.into_iter().map(|word| args![*household, *id, word, person.birth.year()])
    });
    INTO_PERSON_WORD.write(tx, rows.collect()).await
}

/// Makes people members from this day on.
pub(crate) async fn join(
    tx: &mut Tx,
    actor: &Actor,
    people: &[(HouseholdId, PersonId)],
    from: Date,
) -> Result<()> {
    let rows = people.iter().map(|(household, id)| {
        let membership: Uuid = tx.new_id();
        args![*household, membership, *id, from, actor.staff_id]
    });
    let rows = rows.collect();
    INTO_MEMBERSHIP.write(tx, rows).await
}

/// Writes identifiers that people have claimed.
pub(super) async fn add_identifiers(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    household: HouseholdId,
    identifiers: &[(PersonId, &Identifier)],
) -> Result<()> {
    let mut rows = Vec::with_capacity(identifiers.len());
    for (person, identifier) in identifiers {
        let id: Uuid = tx.new_id();
        rows.push(args![
            household,
            id,
            *person,
            identifier.kind().code(),
            keys.seal(&identifier_place(id), identifier.reveal().as_bytes())?,
            identifier_hash(keys, identifier),
            tx.now(),
            actor.staff_id
        ]);
    }
    INTO_IDENTIFIER.write(tx, rows).await
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
