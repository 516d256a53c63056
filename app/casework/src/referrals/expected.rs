//! What a provider sees of the person who is sent to it: what its service needs, as the pack says, as long as it is needed.
//!
//! The preview that an officer is shown before anything is sent is made by the same function ([`seen`]).

use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::{ReferralEvent, ReferralState};
use domain::reference::Reference;
use domain::services::Share;
use time::OffsetDateTime;
use uuid::Uuid;

use super::send::{ANSWER, SEEN};
use super::{Referral, SUBJECT, find, provider, save};
use crate::assessments::Household;
use crate::crypt::Keys;
use crate::db::Tx;
use crate::directory::{self, Spot};
use crate::error::{Error, Result};
use crate::households::people;
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::{Actor, Casework, clocks};

/// A person as a provider sees them; what its service does not need is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The name; of the head where the whole household is sent.
    pub name: Option<String>,
    /// The telephone of the household.
    pub phone: Option<String>,
    /// The year of birth.
    pub birth_year: Option<i32>,
    /// The sex, as a code.
    pub sex: Option<String>,
    /// The area the household lives in.
    pub area: Option<String>,
    /// How to find the house.
    pub directions: Option<String>,
    /// The language, as a code.
    pub language: Option<String>,
    /// A call could put somebody in danger: nothing is to be left with who answers. Only where the telephone is seen.
    pub careful: bool,
}

/// What of a person a provider sees that may see `shares`.
pub(super) async fn seen(
    tx: &mut Tx,
    keys: &Keys,
    home: &Household,
    person: Option<Uuid>,
    shares: &[Share],
) -> Result<Seen> {
    let who = match person {
        Some(id) => home.people.iter().find(|one| one.id == home.now(id)),
        None => home.people.first(),
    };
    let may = |share| shares.contains(&share);
    let wants_contact = [Share::Phone, Share::Area, Share::Directions, Share::Language].into_iter().any(may);
    let contact = if wants_contact { Some(people::contact(tx, keys, home.household).await?) } else { None };
    let of = |share: Share| who.filter(|_| may(share));
    let at = |share: Share| contact.as_ref().filter(|_| may(share));
    let phone = at(Share::Phone).and_then(|contact| Some(contact.phone.as_ref()?.reveal().to_owned()));
    Ok(Seen {
        name: of(Share::Name).map(|one| one.name.clone()),
        careful: phone.is_some() && contact.as_ref().is_some_and(|contact| contact.safe_contact),
        phone,
        birth_year: of(Share::BirthYear).map(|one| one.birth.year()),
        sex: of(Share::Sex).map(|one| one.sex.clone()),
        area: at(Share::Area).map(|contact| contact.area.clone()),
        directions: at(Share::Directions).and_then(|contact| contact.directions.clone()),
        language: at(Share::Language).map(|contact| contact.language.clone()),
    })
}

/// A referral as the provider's page shows it.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The referral.
    pub referral: Referral,
    /// What the person shows.
    pub reference: Reference,
    /// Who comes.
    pub seen: Seen,
    /// By when to answer; none once it has.
    pub answer_by: Option<OffsetDateTime>,
    /// The place as it is now; none where the pack no longer has it.
    pub spot: Option<Spot>,
    /// What the provider may do now.
    pub steps: Vec<ReferralEvent>,
}

/// One referral for the provider that has it. The first look is noted and ends the term for it; each is an entry of the
/// household's journal. `NotFound` for what is not theirs to see, or not any more.
pub async fn expected(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    id: ReferralId,
) -> Result<Expected> {
    let before = provider::admitted(cw, actor, household, id).await?;
    let all = cw.acting(&Actor::system());
    if before.state == ReferralState::Requested && before.seen_at.is_none() {
        let own = actor.clone();
        all.write(async move |tx| {
            let mut referral = find(tx, household, id).await?;
            if referral.seen_at.is_none() {
                referral.seen_at = Some(tx.now());
                save(tx, &mut referral).await?;
                clocks::meet_kind(tx, &own, household, &Subject::new(SUBJECT, id), SEEN).await?;
            }
            journal::append(tx, &own, household, Event::new("referral.read").id("referral", id)).await
        })
        .await?;
    } else {
        journal::record(&all, actor, household, Event::new("referral.read").id("referral", id)).await?;
    }
    let pack = cw.pack()?;
    let mut view = all.db.read().await?;
    let referral = find(&mut view, household, id).await?;
    let home = Household::read_unchecked(&mut view, household).await?.ok_or(Error::NotFound)?;
    let spot = match referral.place.as_deref() {
        Some(code) if pack.directory.place(code).is_some() => {
            Some(directory::one(&mut view, &pack, code).await?)
        }
        _ => None,
    };
    let clocks = clocks::of_household(&mut view, household).await?;
    let own = |clock: &&clocks::Clock| {
        clock.subject == Subject::new(SUBJECT, id) && clock.kind == ANSWER && clock.ended_at.is_none()
    };
    Ok(Expected {
        reference: Reference::parse(&home.reference).map_err(Error::internal)?,
        seen: seen(&mut view, &cw.keys, &home, referral.person, &referral.shares).await?,
        answer_by: clocks.iter().find(own).map(|clock| clock.due_at),
        spot,
        steps: provider::steps(actor, &referral),
        referral,
    })
}
