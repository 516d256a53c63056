//! People whom a household lets act for it: their slip, their scope, their end.
//!
//! Each has a reference, a birth date and a PIN of their own. What they may do is asked each time they do it: a grant that was
//! taken back holds no longer in the visit that is open.

use domain::birth::Birth;
use domain::ids::HouseholdId;
use domain::pin::Pin;
use domain::reference::Reference;
use domain::representative::{Granted, Reach, Tie};
use domain::role::{Right, Scope};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::crypt::Place;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::households::founding::{claim_reference, pin_hash};
use crate::households::office_of;
use crate::journal::{self, Event};
use crate::{Actor, Casework, Keys, args};

/// At most so many for one household at a time.
const MOST: usize = 5;

/// Somebody who acts, or acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Representative {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Who they are to the household.
    pub tie: Tie,
    /// What they may do.
    pub reach: Reach,
    /// Since when.
    pub from_at: OffsetDateTime,
    /// The last day.
    pub until: Date,
    /// Since when no more, if it was taken back.
    pub ended_at: Option<OffsetDateTime>,
}

impl Representative {
    /// Whether they may act on this day.
    pub fn acts(&self, today: Date) -> bool {
        self.ended_at.is_none() && self.until >= today
    }
}

/// What goes on the slip, once.
#[derive(Clone, Debug)]
pub struct Slip {
    /// Their reference.
    pub reference: Reference,
    /// Their PIN.
    pub pin: Pin,
}

/// Everybody who acts or acted for the household, the newest first. The page around it has opened the file.
pub async fn of_household(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
) -> Result<Vec<Representative>> {
    let cw = &cw.acting(actor);
    let mut reading = cw.db.read().await?;
    let office = office_of(&mut reading, household).await?;
    actor.require(Right::OpenFile, &Scope::Office(office))?;
    all(&mut reading, &cw.keys, household).await
}

/// Lets somebody act for the household, which asked for it at the counter.
pub async fn grant(cw: &Casework, actor: &Actor, household: HouseholdId, granted: &Granted) -> Result<Slip> {
    let cw = &cw.acting(actor);
    let (keys, actor, granted) = (cw.keys.clone(), actor.clone(), granted.clone());
    cw.write(async move |tx| {
        actor.require(Right::EditHousehold, &Scope::Office(office_of(tx, household).await?))?;
        let asks: Option<i64> = tx
            .value(
                "SELECT COUNT(*) FROM membership WHERE household_id = $1 AND person_id = $2 AND until_date IS NULL",
                args![household, granted.agreed_by],
            )
            .await?;
        if asks != Some(1) {
            return Err(Error::Invalid("agreed_by.unknown"));
        }
        let today = tx.today();
        if all(tx, &keys, household).await?.iter().filter(|one| one.acts(today)).count() >= MOST {
            return Err(Error::Conflict(Conflict::State));
        }
        let id: Uuid = tx.new_id();
        let drawn = Reference::from_random(rand::random());
        let reference = claim_reference(tx, household, id, drawn).await?;
        let pin = Pin::from_random(rand::random());
        tx.run(
            "INSERT INTO representative (household_id, representative_id, symbols, name, birth_precision, birth_date,
                                         birth_told_on, relation, reach, agreed_by, pin_hash, from_at, by_staff, until_date)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            args![
                household,
                id,
                reference.symbols(),
                keys.seal(&place(id), granted.name.as_bytes())?,
                granted.birth.precision().code(),
                granted.birth.for_rules(),
                granted.birth.told_on(),
                granted.tie.code(),
                granted.reach.code(),
                granted.agreed_by,
                pin_hash(&keys, id, &pin),
                tx.now(),
                actor.staff_id,
                granted.until
            ],
        )
        .await?;
        let told = Event::new("representative.granted")
            .id("representative", id)
            .code("reach", granted.reach.code())
            .date("until", granted.until);
        journal::append(tx, &actor, household, told).await?;
        Ok(Slip { reference, pin })
    })
    .await
}

/// Takes it back, at once.
pub async fn end(cw: &Casework, actor: &Actor, household: HouseholdId, id: Uuid) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        actor.require(Right::EditHousehold, &Scope::Office(office_of(tx, household).await?))?;
        tx.run_one(
            "UPDATE representative SET ended_at = $1
             WHERE household_id = $2 AND representative_id = $3 AND ended_at IS NULL",
            args![tx.now(), household, id],
        )
        .await?;
        journal::append(tx, &actor, household, Event::new("representative.ended").id("representative", id))
            .await
    })
    .await
}

/// The PIN and the birth of who acts now under this id; none for everybody else.
pub(super) async fn slip(
    tx: &mut Tx,
    household: HouseholdId,
    id: Uuid,
    today: Date,
) -> Result<Option<(Vec<u8>, Birth)>> {
    let row: Option<(Vec<u8>, String, Date, Option<Date>)> = tx
        .one(
            "SELECT pin_hash, birth_precision, birth_date, birth_told_on FROM representative
             WHERE household_id = $1 AND representative_id = $2 AND ended_at IS NULL AND until_date >= $3",
            args![household, id, today],
        )
        .await?;
    row.map(|(pin, precision, date, told_on)| {
        Ok((pin, Birth::from_columns(precision.parse().map_err(Error::internal)?, date, told_on)))
    })
    .transpose()
}

/// What they may do today; nothing when it is over.
pub(super) async fn reach(
    tx: &mut Tx,
    household: HouseholdId,
    id: Uuid,
    today: Date,
) -> Result<Option<Reach>> {
    let reach: Option<String> = tx
        .value(
            "SELECT reach FROM representative
             WHERE household_id = $1 AND representative_id = $2 AND ended_at IS NULL AND until_date >= $3",
            args![household, id, today],
        )
        .await?;
    reach.map(|code| code.parse().map_err(Error::internal)).transpose()
}

/// Their name.
pub(super) async fn name(
    tx: &mut Tx,
    keys: &Keys,
    household: HouseholdId,
    id: Uuid,
) -> Result<Option<String>> {
    let sealed: Option<Vec<u8>> = tx
        .value(
            "SELECT name FROM representative WHERE household_id = $1 AND representative_id = $2",
            args![household, id],
        )
        .await?;
    sealed.map(|sealed| keys.open_text(&place(id), &sealed)).transpose()
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: "representative", column: "name", row: id, agency: "" }
}

async fn all(tx: &mut Tx, keys: &Keys, household: HouseholdId) -> Result<Vec<Representative>> {
    type Row = (Uuid, Vec<u8>, String, String, OffsetDateTime, Date, Option<OffsetDateTime>);
    let rows: Vec<Row> = tx
        .all(
            "SELECT representative_id, name, relation, reach, from_at, until_date, ended_at FROM representative
             WHERE household_id = $1 ORDER BY representative_id DESC LIMIT 100",
            args![household],
        )
        .await?;
    rows.into_iter()
        .map(|(id, name, tie, reach, from_at, until, ended_at)| {
            Ok(Representative {
                id,
                name: keys.open_text(&place(id), &name)?,
                tie: tie.parse().map_err(Error::internal)?,
                reach: reach.parse().map_err(Error::internal)?,
                from_at,
                until,
                ended_at,
            })
        })
        .collect()
}
