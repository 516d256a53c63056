//! A referral by hand: an officer chooses the person and the place, sees what the provider will see, and sends it on the
//! household's consent, or answers for it in writing where there can be none.

use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::{OverrideReason, ReferralState};
use domain::role::Right;
use domain::task::Priority;
use uuid::Uuid;

use super::expected::{Seen, seen};
use super::send::{New, await_answer, insert, shares};
use super::{Basis, LOOK_WITHIN, OVERRIDE, Referral, agreed_agencies, find, of_household, receiver, task};
use crate::assessments::Household;
use crate::crypt::Place as Sealed;
use crate::directory::{self, Spot};
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args};

/// Signs of an override's reason: fewer say nothing.
pub const WORDS: std::ops::RangeInclusive<usize> = 10..=1000;

/// On what it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// The household agreed that the agency may see its data.
    Consent,
    /// It did not: why, and the same in words.
    Override(OverrideReason, String),
}

/// What an officer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// Id of the form: sent twice it is one referral.
    pub id: ReferralId,
    /// The person; none for the whole household.
    pub person: Option<Uuid>,
    /// The place's code.
    pub place: String,
    /// To be answered within a day.
    pub urgent: bool,
    /// On what.
    pub on: On,
    /// The referral that came back, and that this one goes on with.
    pub follows: Option<ReferralId>,
}

/// What would be sent.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Where.
    pub spot: Spot,
    /// All that the provider will see.
    pub seen: Seen,
    /// The agency that sees it.
    pub agency: String,
    /// Whether the household agreed that it may.
    pub is_agreed: bool,
    /// A referral of this person to this service that is under way already.
    pub there: Option<Referral>,
}

/// What would be sent: exactly what the provider would see. `NotFound` for a place that is not there, `Invalid("referral.person")`
/// for who is no member.
pub async fn preview(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    person: Option<Uuid>,
    place: &str,
) -> Result<Preview> {
    let own = &cw.acting(actor);
    let pack = cw.pack()?;
    let mut view = own.db.read().await?;
    let home = Household::read(&mut view, actor, household, Right::Assess).await?;
    require_member(&home, person)?;
    let spot = directory::one(&mut view, &pack, place).await?;
    let agency = receiver(&pack, &spot.service.code, &spot.provider, "");
    let all = of_household(&mut view, household).await?;
    Ok(Preview {
        seen: seen(&mut view, &cw.keys, &home, person, &shares(&pack, &spot.service.code)).await?,
        is_agreed: agreed_agencies(&mut view, household).await?.contains(&agency),
        there: all.into_iter().find(|one| is_same(one, person, &spot.service.code)),
        agency,
        spot,
    })
}

fn sealed(id: ReferralId) -> Sealed<'static> {
    Sealed { table: "referral", column: "override_words", row: id.uuid(), agency: "" }
}

/// What an officer wrote who sent it without consent, for who reads the file; none where there was one.
pub async fn override_words(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    id: ReferralId,
) -> Result<Option<String>> {
    let own = &cw.acting(actor);
    let mut view = own.db.read().await?;
    Household::for_reading(&mut view, actor, household).await?;
    let words: Option<Option<Vec<u8>>> = view
        .value(
            "SELECT override_words FROM referral WHERE household_id = $1 AND referral_id = $2",
            args![household, id],
        )
        .await?;
    words.flatten().map(|words| cw.keys.open_text(&sealed(id), &words)).transpose()
}

fn is_same(referral: &Referral, person: Option<Uuid>, service: &str) -> bool {
    referral.is_open() && referral.person == person && referral.service == service
}

fn require_member(home: &Household, person: Option<Uuid>) -> Result<()> {
    match person {
        Some(id) if !home.people.iter().any(|one| one.id == id) => Err(Error::Invalid("referral.person")),
        _ => Ok(()),
    }
}

/// Refers somebody. `Invalid("consent.missing")` without consent, `Invalid("override.words")` for an override that says
/// nothing, `Invalid("referral.closed")` for a place that takes nobody now, `Conflict(Taken)` where one is under way already,
/// `Conflict(State)` where the one that it goes on with did not come back.
pub async fn refer(cw: &Casework, actor: &Actor, household: HouseholdId, new: ByHand) -> Result<ReferralId> {
    let mut view = cw.acting(actor).db.read().await?;
    let home = Household::read(&mut view, actor, household, Right::Assess).await?;
    let by = actor.hand(Right::Assess, &home.scope())?;
    drop(view);
    require_member(&home, new.person)?;
    let words = match &new.on {
        On::Consent => None,
        On::Override(code, words) => {
            let words = words.trim().to_owned();
            if !WORDS.contains(&words.chars().count()) {
                return Err(Error::Invalid("override.words"));
            }
            Some((*code, cw.keys.seal(&sealed(new.id), words.as_bytes())?))
        }
    };
    let (actor, pack) = (actor.clone(), cw.pack()?);
    cw.acting(&Actor::system())
        .write(async move |tx| {
            let all = of_household(tx, household).await?;
            if all.iter().any(|one| one.id == new.id) {
                return Ok(new.id);
            }
            let spot = directory::one(tx, &pack, &new.place).await?;
            if spot.is_closed(tx.today()) {
                return Err(Error::Invalid("referral.closed"));
            }
            if all.iter().any(|one| is_same(one, new.person, &spot.service.code)) {
                return Err(Error::Conflict(Conflict::Taken));
            }
            let agency = receiver(&pack, &spot.service.code, &spot.provider, "");
            let account = actor.account().ok_or(Error::Forbidden)?;
            if words.is_none() && !agreed_agencies(tx, household).await?.contains(&agency) {
                return Err(Error::Invalid("consent.missing"));
            }
            let before = match new.follows {
                Some(id) => Some(find(tx, household, id).await?),
                None => None,
            };
            let row = New {
                id: new.id,
                household,
                decision: before.as_ref().and_then(|one| one.decision),
                programme: before.as_ref().map_or("", |one| one.programme.as_str()),
                person: new.person,
                service: &spot.service.code,
                place: Some((&spot.place, &spot.provider)),
                urgent: new.urgent,
                follows: new.follows,
                created_by: Some(account),
                basis: Some(if words.is_some() { Basis::Override } else { Basis::Consent }),
                override_by: words.as_ref().map(|(code, sealed)| (code.code(), sealed.clone(), account)),
            };
            insert(tx, &pack, by, row).await?;
            if let Some(mut before) = before {
                if !matches!(before.state, ReferralState::Rejected | ReferralState::Failed) {
                    return Err(Error::Conflict(Conflict::State));
                }
                super::end::close(tx, &actor, &mut before, by, "referred_again").await?;
            }
            await_answer(tx, &actor, &pack, &home, new.id, new.urgent).await?;
            let mut event = Event::new("referral.requested").id("referral", new.id);
            event = event.code("service", &spot.service.code).code("provider", &spot.provider.code);
            if let Some((code, _)) = &words {
                event = event.code("override", code.code());
                let task = NewTask {
                    household_id: household,
                    kind: task::OVERRIDE.into(),
                    subject: Subject::new(OVERRIDE, new.id),
                    scope: home.scope(),
                    needs: Right::AssignTasks,
                    priority: Priority::High,
                    due_at: tx.now() + LOOK_WITHIN,
                    instructions: String::new(),
                };
                tasks::open(tx, &actor, task).await?;
            }
            journal::append(tx, &actor, household, event).await?;
            Ok(new.id)
        })
        .await
}
