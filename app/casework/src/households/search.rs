//! Looking for a household before registering one.
//!
//! The search reaches the whole registry, so that nobody is registered twice; what lies outside the actor's scope is
//! shown masked, enough to know the person standing at the counter again and no more.

use domain::birth::Birth;
use domain::ids::{HouseholdId, PersonId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use domain::search::Query;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Resemblance, merge, people};
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
    /// It was found by what is known of another record, of this reference, that went into it.
    pub was: Option<Reference>,
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
// One word leads, and the birth as far as it is a day; the other words are compared outside, where folding is done.
pub(super) const BY_WORD: &str = select!(
    "FROM person_word w JOIN household h ON h.household_id = w.household_id \
     JOIN contact c ON c.household_id = h.household_id AND c.replaced_at IS NULL \
     JOIN person p ON p.household_id = w.household_id AND p.person_id = w.person_id AND p.replaced_at IS NULL \
     WHERE w.word = $1 AND w.birth_year BETWEEN $2 AND $3 \
     AND ($4 IS NULL OR p.birth_precision <> 'day' OR p.birth_date = $4) LIMIT 5000"
);
/// What a common name and three years may bring at most; beyond it the search is too wide.
const WIDEST: usize = 5000;

pub(crate) const BY_PERSON: &str = select!(
    "FROM household h \
     JOIN contact c ON c.household_id = h.household_id AND c.replaced_at IS NULL \
     JOIN person p ON p.household_id = h.household_id AND p.replaced_at IS NULL \
     WHERE h.household_id = $1 AND p.person_id = $2"
);
pub(super) const BY_OFFICER: &str = select!(
    "FROM household h \
     JOIN contact c ON c.household_id = h.household_id AND c.replaced_at IS NULL \
     JOIN person p ON p.household_id = h.household_id AND p.replaced_at IS NULL AND p.relation = 'head' \
     WHERE h.registered_by = $1 AND h.registered_at >= $2 ORDER BY h.registered_at DESC, h.household_id DESC LIMIT 50"
);

/// Looks for households. At most [`MOST`], those of the actor's own scope first.
pub async fn search(cw: &Casework, actor: &Actor, query: &Query) -> Result<Results> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::SearchRegistry)?;
    let mut tx = cw.db.read().await?;
    let (rows, cut) = rows(cw, &mut tx, query).await?;
    let mut found: Vec<Found> = Vec::with_capacity(rows.len().min(MOST + 1));
    for row in rows {
        let next = lead(&mut tx, actor, query, show(actor, row)?).await?;
        // A number may be kept as two kinds: one person is one line.
        if !found.iter().any(|other| other.household == next.household && other.person == next.person) {
            found.push(next);
        }
    }
    found.sort_by_key(|found| (found.masked, found.household, found.person));
    let more = cut || found.len() > MOST;
    found.truncate(MOST);
    Ok(Results { found, more })
}

/// The people whom a registration resembles, as a search would show them: for the page that says who is there already.
/// Each person once, in the order given.
pub async fn resembled(cw: &Casework, actor: &Actor, alike: &[Resemblance]) -> Result<Vec<Found>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::SearchRegistry)?;
    let mut tx = cw.db.read().await?;
    let mut found: Vec<Found> = Vec::new();
    for other in alike {
        if found.iter().any(|shown| shown.person == other.person) {
            continue;
        }
        if let Some(row) = tx.one(BY_PERSON, args![other.household, other.person]).await? {
            let next = show(actor, row)?;
            found.push(now_at(&mut tx, actor, next).await?);
        }
    }
    Ok(found)
}

/// One person as a search would show them, or `None`.
pub(crate) async fn one(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    person: PersonId,
) -> Result<Option<Found>> {
    let row: Option<Row> = tx.one(BY_PERSON, args![household, person]).await?;
    match row {
        Some(row) => now_at(tx, actor, show(actor, row)?).await.map(Some),
        None => Ok(None),
    }
}

/// The households that the actor registered since a moment, the newest first, at most 50.
pub async fn registered_since(cw: &Casework, actor: &Actor, since: OffsetDateTime) -> Result<Vec<Found>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::RegisterHousehold)?;
    let rows: Vec<Row> = cw.db.all(BY_OFFICER, args![actor.staff_id, since]).await?;
    rows.into_iter().map(|row| show(actor, row)).collect()
}

/// The rows, and whether there were too many to look at all.
async fn rows(cw: &Casework, tx: &mut Tx, query: &Query) -> Result<(Vec<Row>, bool)> {
    let found = match query {
        Query::Reference(reference) => tx.all(BY_REFERENCE, args![reference.symbols()]).await?,
        Query::Phone(phone) => tx.all(BY_PHONE, args![people::phone_hash(&cw.keys, phone)]).await?,
        Query::Identifier(kinds) => {
            let mut rows = Vec::new();
            for identifier in kinds {
                rows.extend(
                    tx.all(BY_IDENTIFIER, args![people::identifier_hash(&cw.keys, identifier)]).await?,
                );
            }
            rows
        }
        Query::NameBirth { words, birth } => {
            // The longest word is likely the rarest.
            let Some(lead) = words.iter().max_by_key(|word| word.chars().count()) else {
                return Ok((Vec::new(), false));
            };
            let year = birth.year();
            let rows: Vec<Row> = tx.all(BY_WORD, args![lead, year - 1, year + 1, birth.day()]).await?;
            let cut = rows.len() >= WIDEST;
            let mut kept = Vec::new();
            for row in rows {
                let own: Vec<&str> = row.name_key.split(' ').collect();
                if words.iter().all(|word| own.contains(&word.as_str()))
                    && may_be(*birth, row.person.birth()?)
                {
                    kept.push(row);
                }
            }
            return Ok((kept, cut));
        }
    };
    Ok((found, false))
}

/// Whether two births, each as well as it is known, can be one. An age may be a year out.
fn may_be(asked: Birth, kept: Birth) -> bool {
    match (asked, kept) {
        (Birth::Date(a), Birth::Date(b)) => a == b,
        (Birth::Age { .. }, _) | (_, Birth::Age { .. }) => (asked.year() - kept.year()).abs() <= 1,
        _ => asked.year() == kept.year(),
    }
}

/// A record that went into another leads there, and says so; an old reference too, which has moved with its request.
async fn lead(tx: &mut Tx, actor: &Actor, query: &Query, found: Found) -> Result<Found> {
    let mut found = now_at(tx, actor, found).await?;
    if let Query::Reference(asked) = query
        && *asked != found.reference
        && merge::came_with(tx, found.household, asked.symbols()).await?
    {
        found.was = Some(*asked);
    }
    Ok(found)
}

async fn now_at(tx: &mut Tx, actor: &Actor, found: Found) -> Result<Found> {
    let Some((household, person)) = merge::gave(tx, found.household, found.person).await? else {
        return Ok(found);
    };
    let row: Option<Row> = tx.one(BY_PERSON, args![household, person]).await?;
    let Some(row) = row else { return Ok(found) };
    let was = (household != found.household).then_some(found.reference);
    Ok(Found { was, ..show(actor, row)? })
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
        was: None,
    })
}
