//! The matcher's part in saving: who is very likely registered already though nothing is exactly the same.
//!
//! It looks before the unit of work, in a view of its own; the unit of work is told what was seen, and is begun again when
//! somebody who shares a key was saved in between (see [`crate::matching`]).

use domain::ids::{HouseholdId, PersonId};
use domain::matching::{Band, Record, Said};

use super::search;
use super::{Distinct, Likeness, Resemblance};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::Result;
use crate::matching::look::matches;
use crate::matching::verdicts::{self, Side, Verdict};
use crate::matching::{Asked, Seen};

/// How often a save looks again before the person is told to try later. Each time somebody else got through.
pub(super) const LOOKS: u32 = 12;

/// Somebody who is very likely one of those being saved.
#[derive(Debug, Clone)]
pub(super) struct Likely {
    pub resemblance: Resemblance,
    pub bits: f64,
    pub probability: f64,
    pub model: i64,
}

/// What a look found, and what it saw.
#[derive(Debug, Clone, Default)]
pub(super) struct Look {
    pub likely: Vec<Likely>,
    /// `None`: nobody looked, and nothing is compared.
    pub seen: Option<Seen>,
    /// The model that was looked with.
    pub model: Option<i64>,
}

/// Looks for each of some people; `but` is one who is corrected.
pub(super) async fn look(
    cw: &Casework,
    actor: &Actor,
    people: &[Record],
    but: Option<PersonId>,
) -> Result<Look> {
    let cw = &cw.acting(actor);
    let scales = cw.scales().await?;
    let mut tx = cw.db.read().await?;
    let (mut likely, mut seen) = (Vec::new(), Seen::default());
    for (member, record) in people.iter().enumerate() {
        let (found, own) = matches(&mut tx, cw, &scales, &Asked::from(record.clone())).await?;
        seen.join(own);
        for one in found.iter().filter(|one| one.scored.band() == Band::VeryLikely && Some(one.person) != but)
        {
            // Who moved out and comes to register elsewhere is the same person, and no double.
            if has_moved_out(&mut tx, one.household, one.person).await? {
                continue;
            }
            let Some(shown) = search::one(&mut tx, actor, one.household, one.person).await? else { continue };
            // Found by a record that went into another: it is who they are there.
            if Some(shown.person) == but
                || likely.iter().any(|other: &Likely| {
                    other.resemblance.member == member && other.resemblance.person == shown.person
                })
            {
                continue;
            }
            likely.push(Likely {
                resemblance: Resemblance {
                    member,
                    by: Likeness::Likely,
                    household: shown.household,
                    person: shown.person,
                    office: shown.office,
                    reference: (!shown.masked).then_some(shown.reference),
                },
                bits: one.scored.bits,
                probability: one.scored.probability,
                model: scales.model.version(),
            });
        }
    }
    Ok(Look { likely, seen: Some(seen), model: Some(scales.model.version()) })
}

async fn has_moved_out(tx: &mut Tx, household: HouseholdId, person: PersonId) -> Result<bool> {
    let stays: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM membership WHERE household_id = $1 AND person_id = $2 \
             AND (until_date IS NULL OR leaving = 'died')",
            args![household, person],
        )
        .await?;
    Ok(stays == Some(0))
}

/// Looks and saves, and again from the start while somebody who shares a key was saved in between. (A closure's future
/// would not be `Send`.)
macro_rules! looked {
    ($look:expr, |$seen:ident| $save:expr) => {{
        let mut looks = 0;
        loop {
            let $seen = $look.await?;
            match $save.await {
                Err(Error::Conflict(Conflict::Moved)) if looks < likely::LOOKS => looks += 1,
                Err(Error::Conflict(Conflict::Moved)) => {
                    break Err(Error::Unavailable(crate::error::Outage::Contention));
                }
                outcome => break outcome,
            }
        }
    }};
}
pub(super) use looked;

/// Notes a pair that an officer let pass, for whoever looks at it a second time.
pub(super) async fn note(
    tx: &mut Tx,
    (household, person): (HouseholdId, PersonId),
    likely: &Likely,
) -> Result<()> {
    let other = &likely.resemblance;
    tx.run(
        "INSERT INTO possible_duplicate (household_id, person_id, other_household_id, other_person_id, source, model, \
         bits, probability, found_at, state) VALUES ($1, $2, $3, $4, 'counter', $5, $6, $7, $8, 'open') \
         ON CONFLICT DO NOTHING",
        args![
            household,
            person,
            other.household,
            other.person,
            likely.model,
            likely.bits,
            likely.probability,
            tx.now()
        ],
    )
    .await?;
    Ok(())
}

/// Keeps an officer's word that two are two. After both have their features.
pub(super) async fn set_apart(
    tx: &mut Tx,
    actor: &Actor,
    own: (HouseholdId, PersonId),
    other: &Resemblance,
    (distinct, likely): (&Distinct, Option<&Likely>),
) -> Result<()> {
    let verdict = Verdict {
        pair: (
            Side { person: own.1, household: own.0 },
            Side { person: other.person, household: other.household },
        ),
        said: Said::NotSame,
        reason: distinct.reason.clone(),
        model: likely.map_or(1, |likely| likely.model),
        bits: likely.map(|likely| likely.bits),
    };
    verdicts::keep(tx, actor, &verdict).await
}
