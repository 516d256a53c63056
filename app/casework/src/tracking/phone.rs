//! A new telephone number from the own page. Messages and codes go to a number, so whoever changes it could read a case: the
//! new one holds after [`WAIT`], the old one is told at once, and until then the household or its office stops it. At a
//! counter, where one sees who asks, it changes at once ([`crate::households::edit::change_contact`]).

use domain::calendar::Term;
use domain::ids::HouseholdId;
use domain::notice::Kind;
use domain::phone::Phone;
use domain::role::{Right, Scope};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Token, Visitor, visitor};
use crate::assessments::Household;
use crate::clocks::{self, AtBreach, Clock, NewClock};
use crate::crypt::Place;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::households::edit::follow_phone;
use crate::households::file::require_reader;
use crate::households::merge::is_given;
use crate::households::{office_of, people};
use crate::journal::{self, Event};
use crate::notices::{self, Notice};
use crate::subject::Subject;
use crate::{Actor, Casework, Keys, args};

/// The noun of a change, as subject of its clock.
pub(crate) const SUBJECT: &str = "phone_change";
/// Hours until a new number holds.
const HOURS: u16 = 72;
/// How long a new number waits.
pub const WAIT: Duration = Duration::hours(HOURS as i64);
/// Changes asked for in [`WITHIN`] at most: each is told to the old number, and that costs.
const MOST: i64 = 3;
/// See [`MOST`].
const WITHIN: Duration = Duration::days(30);

/// What a household's own page shows of its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The number on file, all but two digits hidden.
    pub now: Option<String>,
    /// The number that waits, hidden likewise, and since when it will hold.
    pub waits: Option<(String, OffsetDateTime)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    change_id: Uuid,
    phone: Vec<u8>,
    due_at: OffsetDateTime,
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: SUBJECT, column: "phone", row: id, agency: "" }
}

impl Row {
    async fn waiting(tx: &mut Tx, household: HouseholdId) -> Result<Option<Self>> {
        tx.one(
            "SELECT change_id, phone, due_at FROM phone_change WHERE household_id = $1 AND ended_at IS NULL",
            args![household],
        )
        .await
    }

    fn phone(&self, keys: &Keys) -> Result<Phone> {
        Phone::parse(&keys.open_text(&place(self.change_id), &self.phone)?).map_err(Error::internal)
    }
}

/// Who is in for themselves: a number is not for others to change, whatever else they may do.
async fn own(cw: &Casework, token: &Token) -> Result<Visitor> {
    let visitor = visitor(cw, token).await?;
    if visitor.by.is_some() { Err(Error::Forbidden) } else { Ok(visitor) }
}

/// The number on file and the one that waits, for the household itself. `Forbidden` for who acts for it.
pub async fn numbers(cw: &Casework, token: &Token) -> Result<Numbers> {
    let visitor = own(cw, token).await?;
    let mut view = cw.acting(&Actor::system()).db.read().await?;
    let now = people::contact(&mut view, &cw.keys, visitor.household).await?.phone;
    let waits = waiting(&mut view, &cw.keys, visitor.household).await?;
    Ok(Numbers { now: now.map(|phone| phone.masked()), waits })
}

/// The number that waits, all but two digits hidden, and since when it will hold.
async fn waiting(
    tx: &mut Tx,
    keys: &Keys,
    household: HouseholdId,
) -> Result<Option<(String, OffsetDateTime)>> {
    match Row::waiting(tx, household).await? {
        Some(row) => Ok(Some((row.phone(keys)?.masked(), row.due_at))),
        None => Ok(None),
    }
}

/// The same for who reads the file.
pub async fn waiting_for(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
) -> Result<Option<(String, OffsetDateTime)>> {
    let mut view = cw.acting(actor).db.read().await?;
    require_reader(&mut view, actor, household).await?;
    waiting(&mut view, &cw.keys, household).await
}

/// Asks for a new number, in the place of one that waits; since when it holds. `Invalid("phone.same")` for the one on file,
/// `Invalid("phone.too_many")` for who asked three times in thirty days.
pub async fn ask(cw: &Casework, token: &Token, phone: &Phone) -> Result<OffsetDateTime> {
    let household = own(cw, token).await?.household;
    let (keys, phone) = (cw.keys.clone(), phone.clone());
    cw.acting(&Actor::system())
        .write(async move |tx| {
            let actor = Actor::applicant();
            let home = Household::read_unchecked(tx, household).await?.ok_or(Error::Forbidden)?;
            if people::contact(tx, &keys, household).await?.phone.as_ref() == Some(&phone) {
                return Err(Error::Invalid("phone.same"));
            }
            let asked: Option<i64> = tx
                .value(
                    "SELECT COUNT(*) FROM phone_change WHERE household_id = $1 AND asked_at > $2",
                    args![household, tx.now() - WITHIN],
                )
                .await?;
            if asked.unwrap_or(0) >= MOST {
                return Err(Error::Invalid("phone.too_many"));
            }
            end_waiting(tx, &actor, household, "stopped").await?;
            let (id, now): (Uuid, _) = (tx.new_id(), tx.now());
            let due_at = now + WAIT;
            tx.run(
                "INSERT INTO phone_change (household_id, change_id, phone, asked_at, due_at)
                 VALUES ($1, $2, $3, $4, $5)",
                args![household, id, keys.seal(&place(id), phone.reveal().as_bytes())?, now, due_at],
            )
            .await?;
            let clock = NewClock {
                household_id: household,
                kind: SUBJECT.into(),
                subject: Subject::new(SUBJECT, id),
                scope: home.scope(),
                term: Term::Hours(HOURS),
                legal_basis: String::new(),
                at_breach: AtBreach::Act,
                started_at: now,
            };
            clocks::start_until(tx, &actor, clock, due_at).await?;
            journal::append(tx, &actor, household, Event::new("phone.asked").id("change", id)).await?;
            // To the number on file: the new one is nobody's yet.
            notices::put(tx, household, Notice::new(Kind::Change, Subject::new(SUBJECT, id))).await?;
            Ok(due_at)
        })
        .await
}

/// Keeps the number on file, as the household itself says. Nothing waits any more: nothing happens.
pub async fn keep(cw: &Casework, token: &Token) -> Result<()> {
    let household = own(cw, token).await?.household;
    cw.acting(&Actor::system())
        .write(async move |tx| end_waiting(tx, &Actor::applicant(), household, "stopped").await)
        .await
}

/// The same at the office, for who was told of it and did not ask.
pub async fn keep_for(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<()> {
    let cw = cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        actor.require(Right::EditHousehold, &Scope::Office(office_of(tx, household).await?))?;
        end_waiting(tx, &actor, household, "stopped").await
    })
    .await
}

/// Ends what waits, in the unit of work that makes it idle.
pub(crate) async fn end_waiting(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    ending: &'static str,
) -> Result<()> {
    let Some(row) = Row::waiting(tx, household).await? else { return Ok(()) };
    tx.run_one(
        "UPDATE phone_change SET ended_at = $1, ending = $2
         WHERE household_id = $3 AND change_id = $4 AND ended_at IS NULL",
        args![tx.now(), ending, household, row.change_id],
    )
    .await?;
    let subject = Subject::new(SUBJECT, row.change_id);
    clocks::cancel(tx, actor, household, &subject, ending).await?;
    if ending == "stopped" {
        let told = Event::new("phone.kept").id("change", row.change_id);
        journal::append(tx, actor, household, told).await?;
    }
    Ok(())
}

/// The wait is over: the new number holds. Of a record that went into another meanwhile nothing changes.
pub(crate) async fn ring(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    let household = clock.household_id;
    let waits = Row::waiting(tx, household).await?.filter(|row| row.change_id == clock.subject.id);
    let Some(row) = waits else { return Ok(()) };
    if is_given(tx, household).await? {
        return end_waiting(tx, &Actor::system(), household, "stopped").await;
    }
    let phone = row.phone(&cw.keys)?;
    end_waiting(tx, &Actor::system(), household, "done").await?;
    follow_phone(tx, cw, household, phone).await
}
