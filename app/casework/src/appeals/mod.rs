//! Appeals: somebody says that a decision is wrong, or that none was taken in time ([`lodge`]). An officer who took no part
//! ([`apart`]) looks again ([`reconsider`]); what stays as it was, and what nobody looked at in time, goes to the tribunal
//! ([`tribunal`]); what it orders is carried out ([`after`]). Terms are clocks, and [`ring`] is what happens when one runs out.
//!
//! An appeal crosses what row-level security keeps apart: the office that decided, another that looks again, the tribunal. So
//! each use case reads the appeal as the actor may see it ([`Seen`]), which is the check; the file of its household is then read
//! under the scope of that household alone, and what is done is written with the program's own sight, as the actor.
//!
//! A new step: its line in `domain::appeal`, a function here that ends in [`told`], its words `appeal-event-…`.

pub mod after;
pub mod apart;
pub mod bundle;
pub mod desk;
pub mod lodge;
pub mod reconsider;
mod remedy;
pub(crate) mod ring;
mod shape;
pub mod stay;
pub mod told;
pub mod tribunal;

use std::sync::Arc;

use domain::appeal::terms::Step;
use domain::appeal::{AppealEvent, AppealState, Terms};
use domain::calendar::WorkingCalendar;
use domain::ids::{AppealId, HouseholdId};
use domain::lifecycle::{By, Guard};
use domain::notice::Kind;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use domain::task::Priority as Pressing;
use time::OffsetDateTime;

use crate::assessments::Household;
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::{Sight, Tx};
use crate::error::{Error, Result};
use crate::households::file::require_reader;
use crate::journal::{self, Event};
use crate::notices::Notice;
use crate::step::step;
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args, notices, packs};

pub use after::{Act, act};
pub use lodge::{Against, Contestable, Lodged, NewAppeal, contestable, lodge};
pub use reconsider::{Answer, acknowledge, condone, reconsider, refuse, sign};
pub use shape::{Appeal, Issue, Note};
pub use told::{Told, of_household};
pub use tribunal::{
    Determination, adjourn, correct, declare_conflict, determine, hear, issue, list, on_paper, postpone,
    respond, resume, set_aside, take,
};

/// The noun of an appeal, as subject of tasks, clocks and proposals.
pub const SUBJECT: &str = "appeal";
/// The noun of the clock over the whole of it.
pub const TARGET: &str = "appeal_target";
/// The kind of proposal by which a decision is changed in favour of who appealed.
pub const REVISION: &str = "appeal_revision";

/// By which right somebody looks at an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hat {
    /// The office that keeps the file, or who opened it with a reason.
    Office,
    /// The office or agency that looks again.
    Review,
    /// The tribunal.
    Tribunal,
}

/// An appeal as this actor may see it: the check of every use case about one.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The appeal.
    pub appeal: Appeal,
    /// What it contests.
    pub issues: Vec<Issue>,
    /// By which right.
    pub hat: Hat,
}

impl Seen {
    /// Reads it under the actor's own sight. `NotFound` for who may not know of it, a member of the tribunal who declared a
    /// conflict among them.
    pub async fn read(cw: &Casework, actor: &Actor, household: HouseholdId, id: AppealId) -> Result<Self> {
        let cw = &cw.acting(actor);
        let mut view = cw.db.read().await?;
        let appeal = shape::find(&mut view, household, id).await?.ok_or(Error::NotFound)?;
        let hat = hat(&mut view, actor, &appeal).await?;
        let issues = shape::issues(&mut view, household, id).await?;
        Ok(Self { appeal, issues, hat })
    }
}

async fn hat(tx: &mut Tx, actor: &Actor, appeal: &Appeal) -> Result<Hat> {
    if !actor.is_machine() && actor.may(Right::DecideAppeals) {
        if appeal.forwarded_at.is_none() || has_conflict(tx, actor, appeal).await? {
            return Err(Error::NotFound);
        }
        return Ok(Hat::Tribunal);
    }
    if actor.may_in(Right::OpenFile, &appeal.scope()) {
        return Ok(Hat::Office);
    }
    let is_reviewed = matches!(
        appeal.state,
        AppealState::Lodged | AppealState::CondonationAsked | AppealState::Acknowledged
    );
    if is_reviewed && actor.may_in(Right::Propose, &appeal.review_scope()?) {
        return Ok(Hat::Review);
    }
    match require_reader(tx, actor, appeal.household).await {
        Ok(_) => Ok(Hat::Office),
        Err(Error::Forbidden) => Err(Error::NotFound),
        Err(error) => Err(error),
    }
}

/// Whether this member of the tribunal declared a conflict.
async fn has_conflict(tx: &mut Tx, actor: &Actor, appeal: &Appeal) -> Result<bool> {
    let declared: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM appeal_conflict WHERE household_id = $1 AND appeal_id = $2 AND staff_id = $3",
            args![appeal.household, appeal.id, actor.staff_id],
        )
        .await?;
    Ok(declared.unwrap_or(0) > 0)
}

/// The same registry with the program's own sight, for what crosses offices; the actor was checked before.
fn across(cw: &Casework) -> Casework {
    cw.acting(&Actor::system())
}

/// The registry as this actor sees a household: the applicant the own one.
fn as_seen_by(cw: &Casework, actor: &Actor, household: HouseholdId) -> Casework {
    if is_applicant(actor) { cw.seen_with(Sight::household(household)) } else { cw.acting(actor) }
}

/// Whether this is the person concerned, whom the page let in by the own reference.
fn is_applicant(actor: &Actor) -> bool {
    *actor == Actor::applicant()
}

/// An appeal inside a unit of work, with all that its steps are taken from.
pub(crate) struct Matter {
    pub appeal: Appeal,
    pub issues: Vec<Issue>,
    pub home: Household,
    /// The pack whose terms it runs under.
    pub pack: Arc<Pack>,
    pub calendar: WorkingCalendar,
}

impl Matter {
    /// Reads it; `NotFound` where there is none, or its household went into another record.
    pub async fn read(tx: &mut Tx, cw: &Casework, household: HouseholdId, id: AppealId) -> Result<Self> {
        let appeal = shape::find(tx, household, id).await?.ok_or(Error::NotFound)?;
        let issues = shape::issues(tx, household, id).await?;
        let home = Household::read_unchecked(tx, household).await?.ok_or(Error::NotFound)?;
        let pack = packs::by_hash(cw, &appeal.pack_hash).await?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        Ok(Self { appeal, issues, home, pack, calendar })
    }

    /// Reads it as it was when the actor's page was made; `Stale` when it moved.
    pub async fn at(
        tx: &mut Tx,
        cw: &Casework,
        household: HouseholdId,
        id: AppealId,
        version: i64,
    ) -> Result<Self> {
        let matter = Self::read(tx, cw, household, id).await?;
        if matter.appeal.version == version { Ok(matter) } else { Err(Error::Stale) }
    }

    pub fn subject(&self) -> Subject {
        Subject::new(SUBJECT, self.appeal.id)
    }

    fn terms(&self) -> Terms<'_> {
        Terms::of(&self.pack.about.law)
    }

    /// Takes a step of the table; the state it leads to.
    pub fn step(&self, event: AppealEvent, by: By, guards: &[Guard]) -> Result<AppealState> {
        step(self.appeal.state, event, by, guards)
    }

    /// Starts the clock of a step, from now.
    pub async fn start(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        of: Step,
        at_breach: AtBreach,
    ) -> Result<OffsetDateTime> {
        let scope = match of {
            Step::Reconsider | Step::Condone => self.appeal.review_scope()?,
            Step::List | Step::Issue => Scope::National,
            _ => self.home.scope(),
        };
        let started_at = tx.now();
        self.start_of(tx, actor, of, at_breach, (self.subject(), scope, started_at)).await
    }

    async fn start_of(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        of: Step,
        at_breach: AtBreach,
        (subject, scope, started_at): (Subject, Scope, OffsetDateTime),
    ) -> Result<OffsetDateTime> {
        let clock = NewClock {
            household_id: self.home.household,
            kind: of.code().to_owned(),
            subject,
            scope,
            term: self.terms().term(of),
            legal_basis: self.terms().source(of).to_owned(),
            at_breach,
            started_at,
        };
        Ok(clocks::start(tx, actor, &self.calendar, clock).await?.1)
    }

    /// What the clocks and tasks about it waited for has happened.
    pub async fn done(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        clocks::meet(tx, actor, self.home.household, &self.subject()).await?;
        tasks::complete_about(tx, actor, self.home.household, &self.subject()).await.map(drop)
    }

    /// They no longer matter, because something else came of it.
    pub async fn dropped(&self, tx: &mut Tx, actor: &Actor, reason: &str) -> Result<()> {
        clocks::cancel(tx, actor, self.home.household, &self.subject(), reason).await?;
        tasks::cancel_about(tx, actor, self.home.household, &self.subject(), reason).await.map(drop)
    }

    /// Opens a task about it.
    pub async fn task(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        kind: &'static str,
        (scope, needs): (Scope, Right),
        due_at: OffsetDateTime,
    ) -> Result<()> {
        let task = NewTask {
            household_id: self.home.household,
            kind: kind.to_owned(),
            subject: self.subject(),
            scope,
            needs,
            priority: if self.appeal.priority.is_empty() { Pressing::Normal } else { Pressing::High },
            due_at,
            instructions: String::new(),
        };
        tasks::open(tx, actor, task).await.map(drop)
    }

    /// Keeps what was said at a step.
    pub async fn note(&self, tx: &mut Tx, actor: &Actor, event: AppealEvent, body: &str) -> Result<()> {
        let id: uuid::Uuid = tx.new_id();
        tx.run(
            "INSERT INTO appeal_note (household_id, appeal_id, note_id, event, body, at, by_staff, office)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![
                self.home.household,
                self.appeal.id,
                id,
                event.code(),
                body,
                tx.now(),
                actor.account(),
                &self.appeal.office
            ],
        )
        .await
        .map(drop)
    }

    /// The person gets a message that there is news: a text that says nothing of it, or paper.
    pub async fn tell_person(&self, tx: &mut Tx, what: &str) -> Result<()> {
        let part = format!("{what}-{}", self.appeal.version);
        notices::put(tx, self.home.household, Notice::new(Kind::Appeal, self.subject()).part(part)).await
    }

    /// Tells the journal of a step.
    pub async fn told(&self, tx: &mut Tx, actor: &Actor, event: AppealEvent, to: AppealState) -> Result<()> {
        let told = Event::new("appeal.stepped")
            .id("appeal", self.appeal.id)
            .code("event", event.code())
            .code("state", to.code());
        journal::append(tx, actor, self.home.household, told).await
    }
}

/// `Invalid` when nothing is said where something must be.
fn said(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.is_empty() { Err(Error::Invalid("reason.missing")) } else { Ok(text) }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
