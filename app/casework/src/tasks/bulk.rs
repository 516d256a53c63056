//! Giving many tasks at once: first a plan that says who would get which and which cannot be given and why, then all of it in
//! one unit of work. What moved in between is told, and left as it is.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{StaffId, TaskId};
use domain::role::Right;
use domain::task::TaskState;

use super::lists::load;
use super::shape::{Task, TaskRow, task_query};
use super::{assign_in, find, is_able, replace_in};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::{Actor, Casework, args, staff};

/// At most so many in one unit of work.
pub const MOST_AT_ONCE: usize = 200;

/// Why a task is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyNot {
    /// It is done or dropped.
    Ended,
    /// Somebody took or changed it meanwhile.
    Moved,
    /// It lies where the actor assigns no work.
    NotYours,
    /// Of those chosen nobody has the right that it needs.
    Unable,
    /// Those who could took part in what it is about.
    TookPart,
    /// Whoever could get it has it already.
    Same,
}

impl WhyNot {
    /// The word for pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Moved => "moved",
            Self::NotYours => "not_yours",
            Self::Unable => "unable",
            Self::TookPart => "took_part",
            Self::Same => "same",
        }
    }
}

/// One task of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The task as it is.
    pub task: Task,
    /// Who would get it, or why nobody does.
    pub to: Result<StaffId, WhyNot>,
}

/// Who would get what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each task that was asked for and is there to see.
    pub lines: Vec<Line>,
    /// People who could be given one of them at least, by name, with how much they have to do now.
    pub people: Vec<(StaffId, String, i64)>,
}

impl Plan {
    /// The name of one of [`Plan::people`].
    pub fn name_of(&self, id: StaffId) -> &str {
        self.people.iter().find(|one| one.0 == id).map_or("", |one| &one.1)
    }
}

/// One task to be given as a plan said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// The task.
    pub task: TaskId,
    /// Its version in the plan.
    pub version: i64,
    /// Who shall have it.
    pub to: StaffId,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// So many were given.
    pub given: usize,
    /// Those that were not, as they are now, and why.
    pub left: Vec<(Task, WhyNot)>,
}

/// Shares tasks out among people: each goes to the one of those who may have it that has least to do, counting what the plan
/// gives them. With nobody chosen it says who could be. `Forbidden` for who assigns work nowhere; tasks that the actor cannot see
/// are left out.
pub async fn share_out(cw: &Casework, actor: &Actor, tasks: &[TaskId], among: &[StaffId]) -> Result<Plan> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::AssignTasks)?;
    let mut view = cw.db.read().await?;
    let mut plan = Plan::default();
    let mut near: BTreeMap<StaffId, Actor> = BTreeMap::new();
    let mut places = Vec::new();
    let mut found = Vec::new();
    for id in tasks.iter().take(MOST_AT_ONCE) {
        let row: Option<TaskRow> = view.one(task_query!("WHERE task.id = $1"), args![*id]).await?;
        let Some(task) = row.map(Task::try_from).transpose()? else { continue };
        let leads = actor.may_in(Right::AssignTasks, &task.scope);
        if !leads && !actor.may_in(task.needs, &task.scope) {
            continue;
        }
        if leads && !places.contains(&task.scope) {
            for (id, _) in staff::of_scope(&mut view, &task.scope).await? {
                if !near.contains_key(&id) {
                    near.extend(staff::actor_in(&mut view, id).await?.map(|one| (id, one)));
                }
            }
            places.push(task.scope.clone());
        }
        found.push(task);
    }
    let mut loads: BTreeMap<StaffId, i64> = BTreeMap::new();
    for id in near.keys() {
        loads.insert(*id, load(&mut view, id.uuid()).await?);
    }
    let now = loads.clone();
    let mut could: BTreeSet<StaffId> = BTreeSet::new();
    for task in found {
        let to = if let Some(why) = refusal(actor, &task) {
            Err(why)
        } else {
            let mut fits = Fits::default();
            for (id, one) in &near {
                let fit = fit(&mut view, one, &task).await?;
                if fit.is_ok() {
                    could.insert(*id);
                }
                if among.contains(id) {
                    fits.note(*id, fit);
                }
            }
            fits.choose(&loads)
        };
        if let Ok(to) = to {
            *loads.entry(to).or_default() += 1;
        }
        plan.lines.push(Line { task, to });
    }
    for (id, one) in near.into_iter().filter(|(id, _)| could.contains(id)) {
        plan.people.push((id, one.name, now.get(&id).copied().unwrap_or_default()));
    }
    plan.people.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    Ok(plan)
}

/// Gives each task to whom the plan named, all in one unit of work: an open one is assigned, one that somebody has is replaced.
/// What moved since the plan, or cannot be given any more, is told and stays as it is.
pub async fn give(cw: &Casework, actor: &Actor, given: Vec<Given>, instructions: String) -> Result<Outcome> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::AssignTasks)?;
    if given.len() > MOST_AT_ONCE {
        return Err(Error::Invalid("tasks.many"));
    }
    let actor = actor.clone();
    cw.write(async move |tx| {
        let mut outcome = Outcome::default();
        let mut people: BTreeMap<StaffId, Option<Actor>> = BTreeMap::new();
        for one in &given {
            if let Entry::Vacant(unknown) = people.entry(one.to) {
                unknown.insert(staff::actor_in(tx, one.to).await?);
            }
            let task = match find(tx, one.task).await {
                Ok(task) => task,
                Err(Error::NotFound) => continue,
                Err(other) => return Err(other),
            };
            let why = match refusal(&actor, &task) {
                Some(why) => Some(why),
                None if task.version != one.version => Some(WhyNot::Moved),
                None => match people.get(&one.to).and_then(Option::as_ref) {
                    Some(person) => fit(tx, person, &task).await?.err(),
                    None => Some(WhyNot::Unable),
                },
            };
            if let Some(why) = why {
                outcome.left.push((task, why));
                continue;
            }
            if task.state == TaskState::Open {
                assign_in(tx, &actor, &task, one.to).await?;
            } else {
                replace_in(tx, &actor, task, Some(one.to), &instructions).await?;
            }
            outcome.given += 1;
        }
        Ok(outcome)
    })
    .await
}

/// Why this actor gives this task to nobody.
fn refusal(actor: &Actor, task: &Task) -> Option<WhyNot> {
    if !actor.may_in(Right::AssignTasks, &task.scope) {
        Some(WhyNot::NotYours)
    } else if matches!(task.state, TaskState::Completed | TaskState::Cancelled) {
        Some(WhyNot::Ended)
    } else {
        None
    }
}

/// Whether somebody may have a task.
async fn fit(tx: &mut Tx, to: &Actor, task: &Task) -> Result<Result<(), WhyNot>> {
    if task.holder == Some(to.staff_id) {
        return Ok(Err(WhyNot::Same));
    }
    match is_able(tx, to, task).await {
        Ok(()) => Ok(Ok(())),
        Err(Error::Invalid(_)) => Ok(Err(WhyNot::Unable)),
        Err(Error::Conflict(Conflict::TookPart)) => Ok(Err(WhyNot::TookPart)),
        Err(other) => Err(other),
    }
}

/// Those chosen, for one task.
#[derive(Default)]
struct Fits {
    able: Vec<StaffId>,
    why: Option<WhyNot>,
}

impl Fits {
    fn note(&mut self, id: StaffId, fit: Result<(), WhyNot>) {
        match fit {
            Ok(()) => self.able.push(id),
            // That somebody took part says more than that another lacks the right.
            Err(why) => self.why = self.why.max(Some(why)),
        }
    }

    fn choose(self, loads: &BTreeMap<StaffId, i64>) -> Result<StaffId, WhyNot> {
        let least = self.able.into_iter().min_by_key(|id| (loads.get(id).copied().unwrap_or_default(), *id));
        least.ok_or(self.why.unwrap_or(WhyNot::Unable))
    }
}

#[cfg(test)]
mod tests;
