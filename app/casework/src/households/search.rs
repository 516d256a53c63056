//! Looking for a household before registering one.
//!
//! The search reaches the whole registry, so that nobody is registered twice; what lies outside the actor's scope is
//! shown masked, enough to know the person standing at the counter again and no more.

use domain::birth::Birth;
use domain::ids::{HouseholdId, PersonId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use domain::search::Query;
use uuid::Uuid;

use super::people;
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};

/// More than so many are not shown: the search must be made narrower.
pub const MOST: usize = 20;

/// A household that was found, by one of its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The household.
    pub household: HouseholdId,
    /// Its reference.
    pub reference: Reference,
    /// The office that keeps its file.
    pub office: String,
    /// The area it lives in.
    pub area: String,
    /// The person that was looked for; the head when the household was.
    pub person: PersonId,
    /// The name; first letters only when masked.
    pub name: String,
    /// The birth; the year alone when masked.
    pub birth: Birth,
    /// The file is out of the actor's scope: opening it takes a reason.
    pub masked: bool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// At most [`MOST`].
    pub found: Vec<Found>,
    /// There are more.
    pub more: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    reference: String,
    office: String,
    area: String,
    name_key: String,
    #[sqlx(flatten)]
    person: people::PersonRow,
}

macro_rules! select {
    ($from:literal) => {
        concat!(
            "SELECT h.household_id, h.reference, h.office, c.area, p.name_key, p.person_id, p.given, p.family, ",
            "p.one_name, p.sex, p.birth_precision, p.birth_date, p.birth_told_on, p.relation ",
            $from
        )
    };
}

pub(super) const BY_REFERENCE: &str = select!(
    "FROM reference r JOIN household h ON h.household_id = r.household_id \
     JOIN contact c ON c.household_id = h.household_id AND c.replaced_at IS NULL \
     JOIN person p ON p.household_id = h.household_id AND p.replaced_at IS NULL AND p.relation = 'head' \
     WHERE r.symbols = $1"
);
pub(super) const BY_IDENTIFIER: &str = select!(
    "FROM identifier i JOIN household h ON h.household_id = i.household_id \
     JOIN contact c ON c.household_id = h.household_id AND c.replaced_at IS NULL \
     JOIN person p ON p.household_id = i.household_id AND p.person_id = i.person_id AND p.replaced_at IS NULL \
     WHERE i.hash = $1 AND i.ended_at IS NULL ORDER BY h.household_id LIMIT 21"
);
pub(super) const BY_PHONE: &str = select!(
    "FROM contact c JOIN household h ON h.household_id = c.household_id \
     JOIN person p ON p.household_id = h.household_id AND p.replaced_at IS NULL AND p.relation = 'head' \
     WHERE c.phone_hash = $1 AND c.replaced_at IS NULL ORDER BY h.household_id LIMIT 21"
);
// One word leads; the others and the exact birth are compared outside, where folding is done. The most that a
// common name and three years can bring is bounded.
pub(super) const BY_WORD: &str = select!(
    "FROM person_word w JOIN household h ON h.household_id = w.household_id \
     JOIN contact c ON c.household_id = h.household_id AND c.replaced_at IS NULL \
     JOIN person p ON p.household_id = w.household_id AND p.person_id = w.person_id AND p.replaced_at IS NULL \
     WHERE w.word = $1 AND w.birth_year BETWEEN $2 AND $3 LIMIT 5000"
);

/// Looks for households. At most [`MOST`], those of the actor's own scope first.
pub async fn search(cw: &Casework, actor: &Actor, query: &Query) -> Result<Results> {
    actor.require_anywhere(Right::SearchRegistry)?;
    let mut tx = cw.db.read().await?;
    let rows = rows(cw, &mut tx, query).await?;
    let mut found: Vec<Found> = Vec::with_capacity(rows.len().min(MOST + 1));
    for row in rows {
        let next = show(actor, row)?;
        // A number may be kept as two kinds: one person is one line.
        if !found.iter().any(|other| other.household == next.household && other.person == next.person) {
            found.push(next);
        }
    }
    found.sort_by_key(|found| (found.masked, found.household, found.person));
    let more = found.len() > MOST;
    found.truncate(MOST);
    Ok(Results { found, more })
}

async fn rows(cw: &Casework, tx: &mut Tx, query: &Query) -> Result<Vec<Row>> {
    match query {
        Query::Reference(reference) => tx.all(BY_REFERENCE, args![reference.symbols()]).await,
        Query::Phone(phone) => tx.all(BY_PHONE, args![people::phone_hash(&cw.keys, phone)]).await,
        Query::Identifier(kinds) => {
            let mut rows = Vec::new();
            for identifier in kinds {
                rows.extend(
                    tx.all(BY_IDENTIFIER, args![people::identifier_hash(&cw.keys, identifier)]).await?,
                );
            }
            Ok(rows)
        }
        Query::NameBirth { words, birth } => {
            // The longest word is likely the rarest.
            let Some(lead) = words.iter().max_by_key(|word| word.chars().count()) else {
                return Ok(Vec::new());
            };
            let year = birth.year();
            let mut rows: Vec<Row> = tx.all(BY_WORD, args![lead, year - 1, year + 1]).await?;
            let mut kept = Vec::new();
            for row in rows.drain(..) {
                let own: Vec<&str> = row.name_key.split(' ').collect();
                if words.iter().all(|word| own.contains(&word.as_str()))
                    && may_be(*birth, row.person.birth()?)
                {
                    kept.push(row);
                }
            }
            Ok(kept)
        }
    }
}

/// Whether two births, each as well as it is known, can be one. An age may be a year out.
fn may_be(asked: Birth, kept: Birth) -> bool {
    match (asked, kept) {
        (Birth::Date(a), Birth::Date(b)) => a == b,
        (Birth::Age { .. }, _) | (_, Birth::Age { .. }) => (asked.year() - kept.year()).abs() <= 1,
        _ => asked.year() == kept.year(),
    }
}

fn show(actor: &Actor, row: Row) -> Result<Found> {
    let masked = !actor.may_in(Right::OpenFile, &Scope::Office(row.office.clone()));
    let (name, birth) = (row.person.name()?, row.person.birth()?);
    Ok(Found {
        household: HouseholdId::new(row.household_id),
        reference: Reference::parse(&row.reference).map_err(Error::internal)?,
        office: row.office,
        area: row.area,
        person: PersonId::new(row.person.person_id),
        name: if masked { name.masked() } else { name.display() },
        birth: if masked { Birth::Year(birth.year()) } else { birth },
        masked,
    })
}
