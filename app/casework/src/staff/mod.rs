//! Staff: who works here, with which rights where. Accounts are never deleted; they are disabled.
//!
//! Managing staff needs [`Right::ManageStaff`] in the scope of every grant touched, so that an office's administrator
//! makes accounts of that office only. Each account has its own chain in the journal.

pub mod password;
mod sign_in;

use std::collections::BTreeMap;

use domain::ids::StaffId;
use domain::role::{Grant, Right, Scope, check_grants};
use time::OffsetDateTime;
use uuid::Uuid;

pub use sign_in::{SignIn, change_password, forget_tries, sign_in};

use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, sessions};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// What the person types to sign in: 3–64 of `a–z 0–9 . _ - @`; kept in lower case.
    pub login: String,
    /// Name as colleagues see it.
    pub name: String,
    /// Language of the desk: `en`, `fr`, …
    pub language: String,
    /// Roles, each in its scope.
    pub grants: Vec<Grant>,
    /// The first password; without one the account cannot sign in yet.
    pub password: Option<String>,
}

/// An account as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Id.
    pub id: StaffId,
    /// What the person types.
    pub login: String,
    /// Name.
    pub name: String,
    /// Language of the desk.
    pub language: String,
    /// Since when disabled.
    pub disabled_at: Option<OffsetDateTime>,
    /// Version for the next change.
    pub version: i64,
    /// Roles, each in its scope.
    pub grants: Vec<Grant>,
}

#[derive(sqlx::FromRow)]
struct StaffRow {
    #[sqlx(try_from = "Uuid")]
    id: StaffId,
    login: String,
    name: String,
    language: String,
    disabled_at: Option<OffsetDateTime>,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct GrantRow {
    role: String,
    scope_kind: String,
    scope_code: String,
}

impl TryFrom<GrantRow> for Grant {
    type Error = Error;
    fn try_from(row: GrantRow) -> Result<Self> {
        let role = row.role.parse().map_err(Error::internal)?;
        let scope = Scope::from_parts(&row.scope_kind, Some(&row.scope_code))
            .ok_or_else(|| Error::internal("a stored scope cannot be read"))?;
        Ok(Self { role, scope })
    }
}

/// Makes an account. `Conflict(Taken)` when the login is somebody's; `Invalid("staff.…")` or `("password.…")`.
pub async fn add(cw: &Casework, actor: &Actor, new: NewStaff) -> Result<StaffId> {
    require_over(actor, &new.grants)?;
    let login = normal_login(&new.login)?;
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::Invalid("staff.name"));
    }
    check_grants(&new.grants).map_err(|_| Error::Invalid("staff.grants"))?;
    let hash = match &new.password {
        None => None,
        Some(chosen) => {
            password::check(chosen, &[&login, &name])?;
            Some(password::hash(chosen).await?)
        }
    };
    let (actor, language, grants) = (actor.clone(), new.language, new.grants);
    cw.write(async move |tx| {
        let id: StaffId = tx.new_id();
        let taken: Option<Uuid> = tx.value("SELECT id FROM staff WHERE login = $1", args![&login]).await?;
        if taken.is_some() {
            return Err(Error::Conflict(Conflict::Taken));
        }
        tx.run(
            "INSERT INTO staff (id, login, name, language, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            args![id, &login, &name, &language, hash.clone(), tx.now()],
        )
        .await?;
        insert_grants(tx, &actor, id, &grants).await?;
        journal::append(tx, &actor, id, told("staff.added", &grants)).await?;
        Ok(id)
    })
    .await
}

/// Replaces the grants of an account and ends its sessions, so that the new rights hold from the next sign-in. Nobody
/// gives rights to the own account: who manages staff sees no case file, unless a second person lets them.
pub async fn regrant(
    cw: &Casework,
    actor: &Actor,
    id: StaffId,
    version: i64,
    grants: Vec<Grant>,
) -> Result<()> {
    require_over(actor, &grants)?;
    check_grants(&grants).map_err(|_| Error::Invalid("staff.grants"))?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        may(&actor, id, &grants_of(tx, id).await?)?;
        step_version(tx, id, version).await?;
        tx.run("DELETE FROM staff_grant WHERE staff_id = $1", args![id]).await?;
        insert_grants(tx, &actor, id, &grants).await?;
        sessions::end_all(tx, id).await?;
        journal::append(tx, &actor, id, told("staff.regranted", &grants)).await
    })
    .await
}

/// Disables an account, at once: its sessions end. Nobody disables the own account.
pub async fn disable(cw: &Casework, actor: &Actor, id: StaffId, version: i64) -> Result<()> {
    let actor = actor.clone();
    cw.write(async move |tx| {
        may(&actor, id, &grants_of(tx, id).await?)?;
        step_version(tx, id, version).await?;
        tx.run("UPDATE staff SET disabled_at = $1 WHERE id = $2", args![tx.now(), id]).await?;
        sessions::end_all(tx, id).await?;
        journal::append(tx, &actor, id, Event::new("staff.disabled")).await
    })
    .await
}

/// Lets a disabled account sign in again.
pub async fn enable(cw: &Casework, actor: &Actor, id: StaffId, version: i64) -> Result<()> {
    let actor = actor.clone();
    cw.write(async move |tx| {
        may(&actor, id, &grants_of(tx, id).await?)?;
        step_version(tx, id, version).await?;
        tx.run("UPDATE staff SET disabled_at = NULL WHERE id = $1", args![id]).await?;
        journal::append(tx, &actor, id, Event::new("staff.enabled")).await
    })
    .await
}

/// Gives an account a new password (the person forgot it), ends its sessions and lifts a lock. The own password is changed
/// by [`change_password`], which asks for the old one: a machine left open must not be enough to take an account over.
pub async fn set_password(cw: &Casework, actor: &Actor, id: StaffId, chosen: &str) -> Result<()> {
    let member = member(cw, actor, id).await?;
    may(actor, id, &member.grants)?;
    password::check(chosen, &[&member.login, &member.name])?;
    let hash = password::hash(chosen).await?;
    let login_hash = cw.keys.blind(sign_in::LOGIN, &member.login);
    let actor = actor.clone();
    cw.write(async move |tx| {
        may(&actor, id, &grants_of(tx, id).await?)?;
        tx.run("UPDATE staff SET password_hash = $1, version = version + 1 WHERE id = $2", args![&hash, id])
            .await?;
        tx.run("DELETE FROM sign_in_attempt WHERE login_hash = $1", args![login_hash]).await?;
        sessions::end_all(tx, id).await?;
        journal::append(tx, &actor, id, Event::new("staff.password_set")).await
    })
    .await
}

/// The accounts that the actor may manage, by login.
pub async fn list(cw: &Casework, actor: &Actor) -> Result<Vec<StaffMember>> {
    actor.require_anywhere(Right::ManageStaff)?;
    let mut view = cw.db.read().await?;
    let rows: Vec<StaffRow> = view
        .all(
            "SELECT id, login, name, language, disabled_at, version FROM staff ORDER BY login LIMIT 5000",
            args![],
        )
        .await?;
    let mut members = Vec::new();
    for row in rows {
        let grants = grants_of(&mut view, row.id).await?;
        if require_over(actor, &grants).is_ok() {
            members.push(row.with(grants));
        }
    }
    Ok(members)
}

/// One account. `NotFound` when it is not there or outside the actor's scope.
pub async fn member(cw: &Casework, actor: &Actor, id: StaffId) -> Result<StaffMember> {
    actor.require_anywhere(Right::ManageStaff)?;
    let mut view = cw.db.read().await?;
    let row: Option<StaffRow> = view
        .one("SELECT id, login, name, language, disabled_at, version FROM staff WHERE id = $1", args![id])
        .await?;
    let row = row.ok_or(Error::NotFound)?;
    let grants = grants_of(&mut view, id).await?;
    require_over(actor, &grants).map_err(|_| Error::NotFound)?;
    Ok(row.with(grants))
}

/// The actor behind an account, with the rights it has now; `None` when there is no such account or it is disabled. To be
/// asked at every request.
pub async fn actor(cw: &Casework, id: StaffId) -> Result<Option<Actor>> {
    let mut view = cw.db.read().await?;
    actor_in(&mut view, id).await
}

pub(crate) async fn actor_in(tx: &mut Tx, id: StaffId) -> Result<Option<Actor>> {
    let name: Option<String> =
        tx.value("SELECT name FROM staff WHERE id = $1 AND disabled_at IS NULL", args![id]).await?;
    let Some(name) = name else { return Ok(None) };
    let grants = grants_of(tx, id).await?;
    // Only grants for a whole agency need to know which offices it has.
    let agency_of = if grants.iter().any(|grant| matches!(grant.scope, Scope::Agency(_))) {
        let offices: Vec<(String, String)> =
            tx.all("SELECT office.code, office.agency FROM office JOIN staff_grant ON staff_grant.scope_code = office.agency WHERE staff_grant.staff_id = $1 AND staff_grant.scope_kind = 'agency'", args![id]).await?;
        offices.into_iter().collect()
    } else {
        BTreeMap::new()
    };
    Ok(Some(Actor::staff(id, name, grants, agency_of)))
}

/// Accounts that may sign in and have a grant that may reach this place, by name. The rights are for the caller to check.
pub(crate) async fn of_scope(tx: &mut Tx, place: &Scope) -> Result<Vec<(StaffId, String)>> {
    let rows: Vec<(Uuid, String)> = tx
        .all(
            "SELECT DISTINCT staff.id, staff.name FROM staff JOIN staff_grant ON staff_grant.staff_id = staff.id
             WHERE staff.disabled_at IS NULL
             AND (staff_grant.scope_kind = $1 AND staff_grant.scope_code = $2
                  OR staff_grant.scope_kind = 'agency' AND $1 = 'office'
                     AND staff_grant.scope_code IN (SELECT agency FROM office WHERE code = $2))
             ORDER BY staff.name, staff.id LIMIT 500",
            args![place.kind(), place.code().unwrap_or_default()],
        )
        .await?;
    Ok(rows.into_iter().map(|(id, name)| (StaffId::new(id), name)).collect())
}

impl StaffRow {
    fn with(self, grants: Vec<Grant>) -> StaffMember {
        StaffMember {
            id: self.id,
            login: self.login,
            name: self.name,
            language: self.language,
            disabled_at: self.disabled_at,
            version: self.version,
            grants,
        }
    }
}

/// What one does with an account that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// [`regrant`]
    Regrant,
    /// [`set_password`]
    SetPassword,
    /// [`disable`]
    Disable,
    /// [`enable`]
    Enable,
}

/// What the actor may do with this account as it stands: a page offers this and no more.
pub fn allowed(actor: &Actor, member: &StaffMember) -> Vec<Act> {
    if may(actor, member.id, &member.grants).is_err() {
        return Vec::new();
    }
    let access = if member.disabled_at.is_some() { Act::Enable } else { Act::Disable };
    vec![Act::Regrant, Act::SetPassword, access]
}

/// Whether the actor may change this account, which has these grants: nobody is the own administrator.
fn may(actor: &Actor, id: StaffId, grants: &[Grant]) -> Result<()> {
    require_over(actor, grants)?;
    if actor.account() == Some(id) { Err(Error::Conflict(Conflict::SamePerson)) } else { Ok(()) }
}

/// Whoever manages an account must manage every place it has a role in. An account without grants: the whole country.
fn require_over(actor: &Actor, grants: &[Grant]) -> Result<()> {
    if grants.is_empty() {
        return actor.require(Right::ManageStaff, &Scope::National);
    }
    grants.iter().try_for_each(|grant| actor.require(Right::ManageStaff, &grant.scope))
}

async fn grants_of(tx: &mut Tx, id: StaffId) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = tx
        .all(
            "SELECT role, scope_kind, scope_code FROM staff_grant WHERE staff_id = $1
             ORDER BY role, scope_kind, scope_code",
            args![id],
        )
        .await?;
    rows.into_iter().map(Grant::try_from).collect()
}

async fn insert_grants(tx: &mut Tx, actor: &Actor, id: StaffId, grants: &[Grant]) -> Result<()> {
    for grant in grants {
        tx.run(
            "INSERT INTO staff_grant (staff_id, role, scope_kind, scope_code, granted_at, granted_by)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            args![
                id,
                grant.role.code(),
                grant.scope.kind(),
                grant.scope.code().unwrap_or_default(),
                tx.now(),
                actor.account()
            ],
        )
        .await?;
    }
    Ok(())
}

async fn step_version(tx: &mut Tx, id: StaffId, version: i64) -> Result<()> {
    tx.run_one("UPDATE staff SET version = version + 1 WHERE id = $1 AND version = $2", args![id, version])
        .await
}

fn told(kind: &'static str, grants: &[Grant]) -> Event {
    let list: Vec<String> = grants
        .iter()
        .map(|grant| format!("{}:{}:{}", grant.role, grant.scope.kind(), grant.scope.code().unwrap_or("-")))
        .collect();
    list.iter().fold(Event::new(kind), |event, grant| event.listed("grants", grant))
}

fn normal_login(login: &str) -> Result<String> {
    let login = login.trim().to_lowercase();
    let is_fine = (3..=64).contains(&login.len())
        && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-@".contains(&b));
    if is_fine { Ok(login) } else { Err(Error::Invalid("staff.login")) }
}

#[cfg(test)]
mod tests;
