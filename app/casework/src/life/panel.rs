//! The conditions of a household's awards, for its file: whom they concern, and the cycles that were judged.

use domain::ids::HouseholdId;
use domain::life::condition::RecordKind;
use time::Date;
use uuid::Uuid;

use super::conditions::{self, check_of, due_on};
use super::judge::{self, Judged};
use crate::assessments::{self, Household};
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, decisions, enrolments, packs};

/// Cycles that are shown of each condition.
const SHOWN: u32 = 6;

/// A condition of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The award.
    pub enrolment: Uuid,
    /// The programme.
    pub programme: String,
    /// The condition.
    pub condition: String,
    /// The person.
    pub person: Uuid,
    /// Their name.
    pub name: String,
    /// What is handed in.
    pub record: RecordKind,
    /// The provider that hands it in; empty where none is near.
    pub provider: String,
    /// The next cycle that is judged, and until when records for it come.
    pub next: (Date, Date, Date),
    /// The newest judged cycles, the newest first.
    pub cycles: Vec<Cycle>,
}

/// A judged cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// What it came to.
    pub verdict: domain::life::condition::CycleVerdict,
    /// Percent, where attendance was handed in.
    pub value: Option<i64>,
    /// The least percent that was asked for.
    pub at_least: Option<i64>,
}

impl From<Judged> for Cycle {
    fn from(one: Judged) -> Self {
        Self {
            from: one.from,
            until: one.until,
            verdict: one.verdict,
            value: one.value,
            at_least: one.at_least,
        }
    }
}

/// The conditions that concern somebody of a household now. The reading is an entry of the journal.
pub async fn of_household(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Condition>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, reader) = Household::for_reading(&mut view, actor, household).await?;
    let mut found = Vec::new();
    for one in enrolments::of_household(&mut view, household).await?.iter().filter(|one| one.is_running()) {
        let open = conditions::open(&mut view, household, one.id).await?;
        if open.is_empty() {
            continue;
        }
        let decision = decisions::find(&mut view, household, one.decision).await?.ok_or(Error::NotFound)?;
        let of =
            assessments::find(&mut view, household, decision.assessment).await?.ok_or(Error::NotFound)?;
        let pack = packs::by_hash(cw, &of.pack_hash).await?;
        for watch in open {
            let Some(check) = check_of(&pack, &watch.programme, &watch.condition) else { continue };
            let whose = (watch.person_id, watch.condition.as_str());
            let cycles = judge::newest(&mut view, household, one.id, whose, SHOWN).await?;
            found.push(Condition {
                enrolment: one.id.uuid(),
                name: home.name_of(&watch.person_id.to_string()).unwrap_or_default().to_owned(),
                record: check.record,
                next: (watch.next_from, check.cycle.last_of(watch.next_from), due_on(check, watch.next_from)),
                cycles: cycles.into_iter().map(Cycle::from).collect(),
                programme: watch.programme,
                condition: watch.condition,
                person: watch.person_id,
                provider: watch.provider,
            });
        }
    }
    drop(view);
    journal::record(cw, &reader, household, Event::new("conditions.read")).await?;
    Ok(found)
}
