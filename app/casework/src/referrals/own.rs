//! What an applicant is told of where they were sent, in public words, and their answer whether it happened.

use domain::ids::ReferralId;
use domain::lifecycle::By;
use domain::lifecycle::referral::{Confirmation, ReferralState};
use domain::representative::Reach;
use time::{Date, Duration};

use super::send::ANSWER;
use super::{Referral, SUBJECT, end, find, of_household};
use crate::assessments::Household;
use crate::db::Sight;
use crate::directory::{self, Spot};
use crate::error::{Conflict, Error, Result};
use crate::tracking::{Token, visitor};
use crate::{Actor, Casework, clocks};

/// How long one that is over is still told of.
const TOLD_FOR: Duration = Duration::days(90);

/// A service that somebody of the household is sent to.
#[derive(Clone, Debug)]
pub struct Own {
    /// The referral.
    pub id: ReferralId,
    /// Who is sent; none for the whole household.
    pub person: Option<String>,
    /// The service's code.
    pub service: String,
    /// Where; none while no place is found, or where the pack no longer has it.
    pub spot: Option<Spot>,
    /// Where it stands.
    pub state: ReferralState,
    /// The day by which the provider answers, while it must.
    pub answer_by: Option<Date>,
    /// The row's version.
    pub version: i64,
}

/// Where the household is sent, the newest first: what is under way, what it is asked about, and what ended lately.
pub async fn of(cw: &Casework, token: &Token) -> Result<Vec<Own>> {
    let visitor = visitor(cw, token).await?;
    if visitor.reach < Reach::Read {
        return Ok(Vec::new());
    }
    let household = visitor.household;
    let own = cw.seen_with(Sight::household(household));
    let pack = cw.pack()?;
    let mut view = own.db.read().await?;
    let home = Household::read_unchecked(&mut view, household).await?.ok_or(Error::Forbidden)?;
    let clocks = clocks::of_household(&mut view, household).await?;
    let all = of_household(&mut view, household).await?;
    let mut told = Vec::new();
    for one in all.iter().filter(|one| is_told(one, &all, cw)) {
        let due = clocks.iter().find(|clock| {
            clock.subject.kind == SUBJECT
                && clock.subject.id == one.id.uuid()
                && clock.kind == ANSWER
                && clock.ended_at.is_none()
        });
        let spot = match one.place.as_deref() {
            Some(code) if pack.directory.place(code).is_some() => {
                Some(directory::one(&mut view, &pack, code).await?)
            }
            _ => None,
        };
        told.push(Own {
            id: one.id,
            person: one.person.and_then(|id| home.name_of(&id.to_string())).map(str::to_owned),
            service: one.service.clone(),
            spot,
            state: one.state,
            answer_by: due.map(|clock| cw.here(clock.due_at).date()),
            version: one.version,
        });
    }
    Ok(told)
}

/// What went on elsewhere is told where it went; what was called off is not told of.
fn is_told(one: &Referral, all: &[Referral], cw: &Casework) -> bool {
    let went_on = all.iter().any(|other| other.follows == Some(one.id));
    let is_recent = one.ended_at.is_none_or(|at| at + TOLD_FOR > cw.now());
    !went_on && one.state != ReferralState::Cancelled && is_recent
}

/// The person says whether they got what they were sent for. `Forbidden` for who may not act for the household,
/// `Conflict(State)` when nothing is asked of them about it.
pub async fn say(
    cw: &Casework,
    token: &Token,
    id: ReferralId,
    version: i64,
    what: Confirmation,
) -> Result<()> {
    let visitor = visitor(cw, token).await?;
    visitor.require(Reach::Act)?;
    let (household, pack) = (visitor.household, cw.pack()?);
    cw.acting(&Actor::system())
        .write(async move |tx| {
            let mut referral = find(tx, household, id).await?;
            if referral.version != version || !referral.is_to_confirm() {
                return Err(Error::Conflict(Conflict::State));
            }
            end::said(tx, &Actor::applicant(), &pack, &mut referral, (By::Applicant, what)).await
        })
        .await
}
