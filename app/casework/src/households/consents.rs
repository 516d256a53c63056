//! Consents: which agency may use a household's data, on which words, given how and by whom; and their withdrawal.

use std::sync::LazyLock;

use domain::household::ConsentGiven;
use domain::ids::{HouseholdId, PersonId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{begin_change, code};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::{Rows, Tx};
use crate::error::{Error, Result};
use crate::journal::{self, Event};

static INTO_CONSENT: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new(
        "INSERT INTO consent (household_id, consent_id, agency, person_id, words, how, given_at, given_to)",
        8,
        "",
    )
});

/// One agency's consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The agency.
    pub agency: String,
    /// Who gave it.
    pub by: PersonId,
    /// On which words.
    pub words: String,
    /// How.
    pub how: domain::household::ConsentHow,
    /// When.
    pub given_at: OffsetDateTime,
    /// When it was withdrawn.
    pub withdrawn_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    agency: String,
    person_id: Uuid,
    words: String,
    how: String,
    given_at: OffsetDateTime,
    withdrawn_at: Option<OffsetDateTime>,
}

/// Every consent ever given, the newest first.
pub(super) async fn all(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Consent>> {
    let rows: Vec<Row> = tx
        .all(
            "SELECT agency, person_id, words, how, given_at, withdrawn_at FROM consent WHERE household_id = $1 \
             ORDER BY given_at DESC, agency",
            args![household],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Consent {
                agency: row.agency,
                by: PersonId::new(row.person_id),
                words: row.words,
                how: code(&row.how)?,
                given_at: row.given_at,
                withdrawn_at: row.withdrawn_at,
            })
        })
        .collect()
}

/// Whether the agency may use the household's data now.
pub async fn covers(tx: &mut Tx, household: HouseholdId, agency: &str) -> Result<bool> {
    let held: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM consent WHERE household_id = $1 AND agency = $2 AND withdrawn_at IS NULL",
            args![household, agency],
        )
        .await?;
    Ok(held == Some(1))
}

/// Writes a consent to agencies that have none now.
pub(super) async fn add(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    person: PersonId,
    consent: &ConsentGiven,
) -> Result<()> {
    let now = tx.now();
    let rows = consent.agencies.iter().map(|agency| {
        let id: Uuid = tx.new_id();
        args![household, id, agency, person, consent.words.as_str(), consent.how.code(), now, actor.staff_id]
    });
    let rows = rows.collect();
    INTO_CONSENT.write(tx, rows).await
}

async fn end(tx: &mut Tx, actor: &Actor, household: HouseholdId, agency: &str) -> Result<u64> {
    tx.run(
        "UPDATE consent SET withdrawn_at = $1, withdrawn_to = $2 \
         WHERE household_id = $3 AND agency = $4 AND withdrawn_at IS NULL",
        args![tx.now(), actor.staff_id, household, agency],
    )
    .await
}

/// Gives consent to more agencies, or anew on newer words. `person` is a present member. Gives the household's new version.
pub async fn give(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    version: i64,
    person: PersonId,
    consent: &ConsentGiven,
) -> Result<i64> {
    let cw = &cw.acting(actor);
    let (actor, consent) = (actor.clone(), consent.clone());
    cw.write(async move |tx| {
        let version = begin_change(tx, &actor, household, version).await?;
        let is_member: Option<i64> = tx
            .value(
                "SELECT COUNT(*) FROM membership WHERE household_id = $1 AND person_id = $2 AND until_date IS NULL",
                args![household, person],
            )
            .await?;
        if is_member != Some(1) {
            return Err(Error::Invalid("consent.by"));
        }
        for agency in &consent.agencies {
            end(tx, &actor, household, agency).await?;
        }
        add(tx, &actor, household, person, &consent).await?;
        for agency in &consent.agencies {
            let told = Event::new("consent.given").code("agency", agency).code("words", &consent.words);
            journal::append(tx, &actor, household, told).await?;
        }
        Ok(version)
    })
    .await
}

/// Withdraws the consent to one agency: what its providers were sent on it is called off, and they see nothing of it any more.
/// `NotFound` when there is none. Gives the household's new version.
pub async fn withdraw(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    version: i64,
    agency: &str,
) -> Result<i64> {
    let cw = &cw.acting(actor);
    let (actor, agency, pack) = (actor.clone(), agency.to_owned(), cw.pack());
    cw.write(async move |tx| {
        let version = begin_change(tx, &actor, household, version).await?;
        if end(tx, &actor, household, &agency).await? == 0 {
            return Err(Error::NotFound);
        }
        // Without a pack nobody was ever sent anywhere.
        if let Ok(pack) = &pack {
            crate::referrals::revoke(tx, &actor, pack, household, &agency).await?;
        }
        journal::append(tx, &actor, household, Event::new("consent.withdrawn").code("agency", &agency))
            .await?;
        Ok(version)
    })
    .await
}
