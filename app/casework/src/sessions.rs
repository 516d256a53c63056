//! Sessions of people at a browser, for the web server's session store.
//!
//! The id in the cookie is a bearer's token: only its SHA-256 is kept. A session ends after 30 minutes without a request and
//! 12 hours after it began, when its account is disabled or re-scoped, and when the person signs out everywhere. What is
//! inside (`body`) is the web server's business.

use domain::ids::StaffId;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args};

/// Without a request.
pub const IDLE: Duration = Duration::minutes(30);
/// In all.
pub const IN_ALL: Duration = Duration::hours(12);
/// A request within this time after the last one is not written down: reading a page stays reading.
const FINENESS: Duration = Duration::MINUTE;

/// A session as it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose; `None` before sign-in.
    pub staff_id: Option<StaffId>,
    /// The web server's own data.
    pub body: Vec<u8>,
    /// When it ends if no further request comes.
    pub expires_at: OffsetDateTime,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    staff_id: Option<Uuid>,
    body: Vec<u8>,
    created_at: OffsetDateTime,
    seen_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

/// Keeps a new session. `Conflict(Taken)` when the id is in use: draw another.
pub async fn create(cw: &Casework, id: &[u8], staff_id: Option<StaffId>, body: Vec<u8>) -> Result<()> {
    let id_hash = hashed(id);
    cw.write(async move |tx| {
        tx.run(
            "INSERT INTO session (id_hash, staff_id, body, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $4, $5)",
            args![id_hash, staff_id, body.as_slice(), tx.now(), tx.now() + IDLE],
        )
        .await
        .map(drop)
    })
    .await
}

/// Saves what is inside. A session that was ended meanwhile stays ended: then `NotFound`.
pub async fn save(cw: &Casework, id: &[u8], staff_id: Option<StaffId>, body: Vec<u8>) -> Result<()> {
    let id_hash = hashed(id);
    cw.write(async move |tx| {
        let saved = tx
            .run(
                "UPDATE session SET staff_id = $1, body = $2 WHERE id_hash = $3",
                args![staff_id, body.as_slice(), id_hash],
            )
            .await?;
        if saved == 1 { Ok(()) } else { Err(Error::NotFound) }
    })
    .await
}

/// The session, if it lives and its account may work; counts as a request.
pub async fn load(cw: &Casework, id: &[u8]) -> Result<Option<Session>> {
    let id_hash = hashed(id);
    let row: Option<SessionRow> = cw
        .db
        .one(
            "SELECT session.staff_id, session.body, session.created_at, session.seen_at, session.expires_at
             FROM session LEFT JOIN staff ON staff.id = session.staff_id
             WHERE session.id_hash = $1 AND staff.disabled_at IS NULL",
            args![id_hash],
        )
        .await?;
    let now = cw.now();
    let Some(row) = row.filter(|row| row.expires_at > now) else { return Ok(None) };
    let expires_at = (now + IDLE).min(row.created_at + IN_ALL);
    if now - row.seen_at >= FINENESS {
        cw.write(async move |tx| {
            tx.run(
                "UPDATE session SET seen_at = $1, expires_at = $2 WHERE id_hash = $3",
                args![now, expires_at, id_hash],
            )
            .await
            .map(drop)
        })
        .await?;
    }
    Ok(Some(Session { staff_id: row.staff_id.map(StaffId::new), body: row.body, expires_at }))
}

/// Ends one session.
pub async fn delete(cw: &Casework, id: &[u8]) -> Result<()> {
    let id_hash = hashed(id);
    cw.write(async move |tx| tx.run("DELETE FROM session WHERE id_hash = $1", args![id_hash]).await.map(drop))
        .await
}

/// Signs the actor out on every machine.
pub async fn sign_out_everywhere(cw: &Casework, actor: &Actor) -> Result<()> {
    let id = actor.account().ok_or(Error::Forbidden)?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        end_all(tx, id).await?;
        journal::append(tx, &actor, id, Event::new("staff.signed_out_everywhere")).await
    })
    .await
}

/// Ends all sessions of an account, inside a unit of work.
pub async fn end_all(tx: &mut Tx, staff: StaffId) -> Result<()> {
    tx.run("DELETE FROM session WHERE staff_id = $1", args![staff]).await.map(drop)
}

/// Removes what has ended; how many. To be run now and then.
pub async fn delete_expired(cw: &Casework) -> Result<u64> {
    cw.write(async |tx| tx.run("DELETE FROM session WHERE expires_at <= $1", args![tx.now()]).await).await
}

fn hashed(id: &[u8]) -> [u8; 32] {
    Sha256::digest(id).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Conflict;
    use crate::test_support::each_engine;

    #[tokio::test]
    async fn a_session_ends_when_idle_and_in_any_case_after_twelve_hours() {
        each_engine(async |world| {
            create(world, b"one", None, b"body".to_vec()).await.unwrap();
            assert_eq!(create(world, b"one", None, vec![]).await, Err(Error::Conflict(Conflict::Taken)));
            for _ in 0..28 {
                world.clock.advance(Duration::minutes(25));
                assert_eq!(load(world, b"one").await.unwrap().unwrap().body, b"body");
            }
            // 11:40 in, the end is nearer than the next half hour.
            let session = load(world, b"one").await.unwrap().unwrap();
            assert_eq!(session.expires_at - world.now(), Duration::minutes(20));
            world.clock.advance(Duration::minutes(20));
            assert_eq!(load(world, b"one").await.unwrap(), None);
            create(world, b"two", None, vec![]).await.unwrap();
            world.clock.advance(Duration::minutes(30));
            assert_eq!(load(world, b"two").await.unwrap(), None);
            assert_eq!(delete_expired(world).await, Ok(2));
        })
        .await;
    }

    #[tokio::test]
    async fn an_ended_session_is_not_brought_back_by_a_late_save() {
        each_engine(async |world| {
            create(world, b"one", None, vec![]).await.unwrap();
            save(world, b"one", None, b"more".to_vec()).await.unwrap();
            assert_eq!(load(world, b"one").await.unwrap().unwrap().body, b"more");
            delete(world, b"one").await.unwrap();
            assert_eq!(save(world, b"one", None, b"late".to_vec()).await, Err(Error::NotFound));
            assert_eq!(load(world, b"one").await.unwrap(), None);
            let kept: Vec<(Vec<u8>,)> = world.db.all("SELECT id_hash FROM session", args![]).await.unwrap();
            assert!(kept.is_empty());
        })
        .await;
    }
}
