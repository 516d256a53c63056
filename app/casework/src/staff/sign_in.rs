//! Signing in. The answer, its words and its time are the same for a wrong name and a wrong password.
//!
//! Tries are counted per login name (an office shares one address), whether or not there is such an account, *before* the
//! password is looked at, so that many at once do not get more tries. From the fifth failure on the name must wait, each time
//! longer. The counters live in the database: a session is not saved when a request fails.

use domain::ids::StaffId;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::password;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, sessions};

/// Domain of the blind index of login names.
pub(super) const LOGIN: &str = "login";
/// Failures without waiting.
const FREE: i64 = 4;
/// Failures after which only an hour helps.
const LOCKED: i64 = 20;
/// After this long without a try the count starts anew.
const FORGOTTEN: Duration = Duration::DAY;

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Welcome.
    In(Box<Actor>),
    /// Name or password wrong, or the account is disabled: the same for all.
    Refused,
    /// Too many failures for this name: wait.
    Slowed {
        /// Until when no try is looked at.
        until: OffsetDateTime,
    },
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: Uuid,
    password_hash: Option<String>,
    disabled_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    failures: i64,
    last_at: OffsetDateTime,
    locked_until: Option<OffsetDateTime>,
}

/// Tries a name and a password.
pub async fn sign_in(cw: &Casework, login: &str, chosen: &str) -> Result<SignIn> {
    let login = login.trim().to_lowercase();
    let login_hash = cw.keys.blind(LOGIN, &login);
    let counted = cw.write(async move |tx| count_try(tx, login_hash).await).await?;
    if let Some(until) = counted {
        return Ok(SignIn::Slowed { until });
    }
    let account: Option<AccountRow> =
        cw.db.one("SELECT id, password_hash, disabled_at FROM staff WHERE login = $1", args![&login]).await?;
    let kept = account.as_ref().and_then(|account| account.password_hash.clone());
    let is_right = password::verify(chosen, kept.as_deref()).await?;
    let id = match account {
        Some(account) if is_right && account.disabled_at.is_none() => StaffId::new(account.id),
        _ => return Ok(SignIn::Refused),
    };
    let better = match kept {
        Some(kept) if password::is_outdated(&kept) => Some(password::hash(chosen).await?),
        _ => None,
    };
    cw.write(async move |tx| {
        let Some(actor) = super::actor_in(tx, id).await? else { return Ok(SignIn::Refused) };
        tx.run("DELETE FROM sign_in_attempt WHERE login_hash = $1", args![login_hash]).await?;
        if let Some(better) = &better {
            tx.run("UPDATE staff SET password_hash = $1 WHERE id = $2", args![better, id]).await?;
        }
        journal::append(tx, &actor, id, Event::new("staff.signed_in")).await?;
        Ok(SignIn::In(Box::new(actor)))
    })
    .await
}

/// Changes the own password; the old one must be known. Other sessions of the account end: the page makes a new one.
/// `Forbidden` when the old password is wrong; it counts as a failed try.
pub async fn change_password(cw: &Casework, actor: &Actor, old: &str, chosen: &str) -> Result<()> {
    let id = actor.account().ok_or(Error::Forbidden)?;
    let account: Option<(String, String)> =
        cw.db.one("SELECT login, name FROM staff WHERE id = $1 AND disabled_at IS NULL", args![id]).await?;
    let (login, name) = account.ok_or(Error::NotFound)?;
    password::check(chosen, &[&login, &name])?;
    match sign_in(cw, &login, old).await? {
        SignIn::In(_) => {}
        SignIn::Refused | SignIn::Slowed { .. } => return Err(Error::Forbidden),
    }
    let hash = password::hash(chosen).await?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        tx.run("UPDATE staff SET password_hash = $1, version = version + 1 WHERE id = $2", args![&hash, id])
            .await?;
        sessions::end_all(tx, id).await?;
        journal::append(tx, &actor, id, Event::new("staff.password_changed")).await
    })
    .await
}

/// Counts a try as failed in advance; until when to wait, if this one is not looked at.
async fn count_try(tx: &mut Tx, login_hash: [u8; 32]) -> Result<Option<OffsetDateTime>> {
    let before: Option<AttemptRow> = tx
        .one(
            "SELECT failures, last_at, locked_until FROM sign_in_attempt WHERE login_hash = $1",
            args![login_hash],
        )
        .await?;
    let now = tx.now();
    let failures = match before {
        Some(AttemptRow { locked_until: Some(until), .. }) if until > now => return Ok(Some(until)),
        Some(row) if row.last_at + FORGOTTEN > now => row.failures + 1,
        _ => 1,
    };
    tx.run(
        "INSERT INTO sign_in_attempt (login_hash, failures, last_at, locked_until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (login_hash) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
         locked_until = excluded.locked_until",
        args![login_hash, failures, now, wait_after(failures).map(|wait| now + wait)],
    )
    .await?;
    Ok(None)
}

/// Removes the counters of names that nobody tried for a day and that need not wait; how many. They count for nothing any
/// more, and those of names that are nobody's would otherwise stay for ever. To be run now and then.
pub async fn forget_tries(cw: &Casework) -> Result<u64> {
    cw.write(async |tx| {
        tx.run(
            "DELETE FROM sign_in_attempt WHERE last_at <= $1 AND (locked_until IS NULL OR locked_until <= $2)",
            args![tx.now() - FORGOTTEN, tx.now()],
        )
        .await
    })
    .await
}

/// How long a name waits after so many failures: 1, 2, 4, 8, then 15 minutes; an hour from the twentieth on.
fn wait_after(failures: i64) -> Option<Duration> {
    match failures - FREE {
        ..=0 => None,
        over @ 1..=4 => Some(Duration::minutes(1 << (over - 1))),
        _ if failures < LOCKED => Some(Duration::minutes(15)),
        _ => Some(Duration::HOUR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_never_shrinks() {
        assert_eq!(wait_after(4), None);
        assert_eq!(wait_after(5), Some(Duration::MINUTE));
        assert_eq!(wait_after(8), Some(Duration::minutes(8)));
        let waits: Vec<_> = (1..40).map(wait_after).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(waits.last(), Some(&Some(Duration::HOUR)));
    }
}
