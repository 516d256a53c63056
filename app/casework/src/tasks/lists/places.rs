//! The queues that a person reaches, each with its kind and code: an office's, a provider's, an agency's own with those of its
//! offices.

use domain::ids::StaffId;
use domain::role::{Right, Role, Scope};
use uuid::Uuid;

use super::may_queue;
use crate::db::Tx;
use crate::error::Result;
use crate::{Actor, Casework, args};

/// The queues where the actor has this right, by kind and code: what a list offers to choose from.
pub async fn places(cw: &Casework, actor: &Actor, right: Right) -> Result<Vec<Scope>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    of_scopes(&mut view, actor.scopes(right)).await
}

/// Who has work in one of the actor's queues, or in all of the office that they lead: people who could hold a task there, by
/// name.
pub async fn holders(cw: &Casework, actor: &Actor, place: Option<&Scope>) -> Result<Vec<(StaffId, String)>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::AssignTasks)?;
    let mut view = cw.db.read().await?;
    let mut all = Vec::new();
    for place in led(&mut view, actor, place).await? {
        all.extend(crate::staff::of_scope(&mut view, &place).await?);
    }
    all.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    all.dedup();
    Ok(all)
}

/// The queues where the actor assigns work: all, or the one that is asked for.
pub(super) async fn led(view: &mut Tx, actor: &Actor, only: Option<&Scope>) -> Result<Vec<Scope>> {
    let mut places = of_scopes(view, actor.scopes(Right::AssignTasks)).await?;
    places.retain(|place| only.is_none_or(|only| only == place));
    Ok(places)
}

/// The queues that the actor may take from, each set with the rights that a task there may need, as [`super::seek`] has them.
pub(super) async fn to_take(
    view: &mut Tx,
    actor: &Actor,
    only: Option<&Scope>,
) -> Result<Vec<(Vec<Scope>, String)>> {
    let mut sets = Vec::new();
    for grant in &actor.grants {
        let needs: Vec<&str> = taken_by(grant.role).map(Right::code).collect();
        if needs.is_empty() {
            continue;
        }
        let mut places = of_scopes(view, std::iter::once(&grant.scope)).await?;
        places.retain(|place| only.is_none_or(|only| only == place));
        sets.push((places, needs.join(",")));
    }
    Ok(sets)
}

fn taken_by(role: Role) -> impl Iterator<Item = Right> {
    role.rights().iter().copied().filter(|right| may_queue(*right))
}

async fn of_scopes<'a>(view: &mut Tx, scopes: impl Iterator<Item = &'a Scope>) -> Result<Vec<Scope>> {
    let mut places = Vec::new();
    for scope in scopes {
        places.push(scope.clone());
        let (offices, agencies): (Vec<(String,)>, Vec<(String,)>) = match scope {
            Scope::Agency(code) => (
                view.all("SELECT code FROM office WHERE agency = $1 ORDER BY code", args![code]).await?,
                Vec::new(),
            ),
            Scope::National => (
                view.all("SELECT code FROM office ORDER BY code", args![]).await?,
                view.all("SELECT DISTINCT agency FROM office ORDER BY agency", args![]).await?,
            ),
            Scope::Office(_) | Scope::Provider(_) => continue,
        };
        places.extend(agencies.into_iter().map(|(code,)| Scope::Agency(code)));
        places.extend(offices.into_iter().map(|(code,)| Scope::Office(code)));
    }
    places.sort();
    places.dedup();
    Ok(places)
}

/// How much somebody has to do now: tasks that are theirs and do not wait, as far as one counts.
pub(in crate::tasks) async fn load(tx: &mut Tx, who: Uuid) -> Result<i64> {
    let load: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM task WHERE holder = $1
             AND state IN ('assigned', 'in_progress', 'on_hold') AND state <> 'on_hold' LIMIT 5000) AS held",
            args![who],
        )
        .await?;
    Ok(load.unwrap_or_default())
}
