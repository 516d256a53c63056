//! Twice the same: enrolments that both records have in one programme for one person, and decisions that both govern.

use domain::ids::HouseholdId;
use domain::lifecycle::enrolment::EnrolmentState;
use uuid::Uuid;

use super::{Keep, Plan};
use crate::db::Tx;
use crate::decisions::{self, Decision};
use crate::enrolments::{self, Enrolment};
use crate::error::{Error, Result};

/// Two enrolments of one programme that both run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Double {
    /// What the record that goes on has.
    pub own: Enrolment,
    /// What comes with the other.
    pub comes: Enrolment,
}

/// What both records have, before anything is moved.
pub(super) struct Both {
    /// They both run: somebody must say which stays.
    pub running: Vec<Double>,
    /// One of them is a place on a list, or waits to begin: it ends, by itself.
    pub listed: Vec<Enrolment>,
    /// Decisions that no longer govern, because another does for the same programme and person.
    pub replaced: Vec<Decision>,
}

/// Whether a row of the record that gives comes along.
fn comes(plan: &Plan, person: Option<Uuid>) -> bool {
    match person {
        Some(person) => plan.whole || plan.is_now(person).is_some(),
        None => plan.whole,
    }
}

fn now(plan: &Plan, person: Option<Uuid>) -> Option<Uuid> {
    person.map(|person| plan.is_now(person).unwrap_or(person))
}

/// Whether a row belongs to the record that goes on already.
fn is_own(plan: &Plan, person: Option<Uuid>) -> bool {
    !plan.is_within() || person.is_none_or(|person| plan.is_now(person).is_none())
}

/// How far an enrolment is: what is farther is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stands {
    /// On a list.
    Listed,
    /// Granted, and nothing was given yet.
    Held,
    /// It runs.
    Runs,
}

impl Stands {
    fn of(one: &Enrolment) -> Self {
        if one.is_held() {
            Self::Held
        } else if one.is_running() {
            Self::Runs
        } else {
            Self::Listed
        }
    }
}

/// What a household has of a programme for a person, for the question which stays.
pub(super) async fn find(tx: &mut Tx, plan: &Plan) -> Result<Both> {
    let own: Vec<Enrolment> =
        live(tx, plan.survivor).await?.into_iter().filter(|one| is_own(plan, one.person)).collect();
    let come: Vec<Enrolment> =
        live(tx, plan.gives).await?.into_iter().filter(|one| comes(plan, one.person)).collect();
    let mut both = Both { running: Vec::new(), listed: Vec::new(), replaced: Vec::new() };
    for there in &come {
        let same =
            |one: &&Enrolment| one.programme == there.programme && one.person == now(plan, there.person);
        for here in own.iter().filter(same) {
            let (own, comes) = (Stands::of(here), Stands::of(there));
            if (own, comes) == (Stands::Runs, Stands::Runs) {
                both.running.push(Double { own: here.clone(), comes: there.clone() });
            } else if own > comes || (own == comes && here.since <= there.since) {
                // Of two places on one list, and of two that wait for one answer, the older is kept.
                both.listed.push(there.clone());
            } else {
                both.listed.push(here.clone());
            }
        }
    }
    both.replaced = replaced(tx, plan, &both).await?;
    Ok(both)
}

async fn live(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Enrolment>> {
    let mut all = enrolments::of_household(tx, household).await?;
    all.retain(|one| one.is_running() || one.is_waiting() || one.state == EnrolmentState::OfferExpired);
    Ok(all)
}

/// Of two decisions that govern, the one stays on which rests what stays; else the newer.
async fn replaced(tx: &mut Tx, plan: &Plan, both: &Both) -> Result<Vec<Decision>> {
    let governs = |all: Vec<Decision>| all.into_iter().filter(|one| one.state.governs()).collect::<Vec<_>>();
    let own = governs(decisions::of_household(tx, plan.survivor).await?);
    let come = governs(decisions::of_household(tx, plan.gives).await?);
    let ends = |decision: &Decision| {
        let listed = both.listed.iter().any(|one| one.decision == decision.id);
        let kept = plan.keep.iter().any(|keep| {
            both.running.iter().any(|double| {
                [&double.own, &double.comes]
                    .into_iter()
                    .any(|one| one.id.uuid() == keep.ends && one.decision == decision.id)
            })
        });
        listed || kept
    };
    let holds = |decision: &Decision| {
        both.running
            .iter()
            .any(|double| [&double.own, &double.comes].into_iter().any(|one| one.decision == decision.id))
    };
    let mut replaced: Vec<Decision> = Vec::new();
    for there in come.iter().filter(|one| comes(plan, one.person)) {
        let same = |one: &&Decision| {
            one.is_for(&there.programme, now(plan, there.person))
                && is_own(plan, one.person)
                && one.id != there.id
        };
        for here in own.iter().filter(same) {
            let gives_way = if ends(here) != ends(there) {
                if ends(here) { here } else { there }
            } else if holds(here) != holds(there) {
                if holds(here) { there } else { here }
            } else if here.decided_at >= there.decided_at {
                there
            } else {
                here
            };
            replaced.push(gives_way.clone());
        }
    }
    Ok(replaced)
}

/// `Invalid` unless every double is answered once, by one of its two, from a day since both ran and not in the future.
pub(super) fn check(both: &Both, keep: &[Keep], today: time::Date) -> Result<()> {
    if keep.len() != both.running.len() {
        return Err(Error::Invalid("merge.doubles"));
    }
    for double in &both.running {
        let ids = [double.own.id.uuid(), double.comes.id.uuid()];
        let own: Vec<&Keep> =
            keep.iter().filter(|one| ids.contains(&one.stays) && ids.contains(&one.ends)).collect();
        let [answer] = own.as_slice() else { return Err(Error::Invalid("merge.doubles")) };
        if answer.stays == answer.ends {
            return Err(Error::Invalid("merge.doubles"));
        }
        if answer.from > today || answer.from < double.own.since.max(double.comes.since) {
            return Err(Error::Invalid("merge.from"));
        }
    }
    Ok(())
}
