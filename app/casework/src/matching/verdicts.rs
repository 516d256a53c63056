//! What officers said of two people: the same, not the same, another person of the same household. A verdict holds while
//! both records are as they were then; until one of them changes nobody is asked again.

use domain::ids::{HouseholdId, PersonId, StaffId};
use domain::matching::Said;
use uuid::Uuid;

use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// A person of a pair, as they were when it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// Who.
    pub person: PersonId,
    /// In which household.
    pub household: HouseholdId,
}

/// A verdict on its way into the registry.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The two.
    pub pair: (Side, Side),
    /// What was said.
    pub said: Said,
    /// Why; may be empty where no reason is asked for.
    pub reason: String,
    /// The model that was looked at, and what it said.
    pub model: i64,
    /// log2 of the odds, where it was weighed.
    pub bits: Option<f64>,
}

/// The newest state of a person; 0 for one that has none.
async fn state(tx: &mut Tx, person: PersonId) -> Result<i64> {
    let seq: Option<Option<i64>> =
        tx.value("SELECT MAX(seq) FROM match_feature WHERE person_id = $1", args![person]).await?;
    Ok(seq.flatten().unwrap_or(0))
}

/// The household of a person, as the matcher knows it.
pub async fn household_of(tx: &mut Tx, person: PersonId) -> Result<Option<HouseholdId>> {
    let sql = "SELECT household_id FROM match_feature WHERE person_id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(tx.value::<Uuid>(sql, args![person]).await?.map(HouseholdId::new))
}

/// Keeps a verdict, in place of an earlier one about the two.
pub async fn keep(tx: &mut Tx, actor: &Actor, verdict: &Verdict) -> Result<()> {
    let (a, b) = if verdict.pair.0.person <= verdict.pair.1.person {
        verdict.pair
    } else {
        (verdict.pair.1, verdict.pair.0)
    };
    let (of_a, of_b) = (state(tx, a.person).await?, state(tx, b.person).await?);
    tx.run(
        "INSERT INTO match_verdict (a, b, a_household, b_household, a_seq, b_seq, verdict, reason, model, bits, by_staff, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (a, b) DO UPDATE SET a_household = excluded.a_household, b_household = excluded.b_household, \
         a_seq = excluded.a_seq, b_seq = excluded.b_seq, verdict = excluded.verdict, reason = excluded.reason, \
         model = excluded.model, bits = excluded.bits, by_staff = excluded.by_staff, at = excluded.at, \
         revisions = match_verdict.revisions + 1",
        args![
            a.person,
            b.person,
            a.household,
            b.household,
            of_a,
            of_b,
            verdict.said.code(),
            verdict.reason.trim(),
            verdict.model,
            verdict.bits,
            actor.staff_id,
            tx.now(),
        ],
    )
    .await?;
    Ok(())
}

/// What holds of two people: nothing once either of them has changed.
pub async fn of(tx: &mut Tx, one: PersonId, other: PersonId) -> Result<Option<Said>> {
    let (a, b) = if one <= other { (one, other) } else { (other, one) };
    let said: Option<(String, i64, i64)> = tx
        .one("SELECT verdict, a_seq, b_seq FROM match_verdict WHERE a = $1 AND b = $2", args![a, b])
        .await?;
    let Some((said, a_seq, b_seq)) = said else { return Ok(None) };
    let holds = a_seq == state(tx, a).await? && b_seq == state(tx, b).await?;
    Ok(said.parse().ok().filter(|_| holds))
}

/// Who said of two people that they are two, as long as nothing else was said.
pub async fn set_apart_by(tx: &mut Tx, one: PersonId, other: PersonId) -> Result<Option<StaffId>> {
    let (a, b) = if one <= other { (one, other) } else { (other, one) };
    let by: Option<Uuid> = tx
        .value(
            "SELECT by_staff FROM match_verdict WHERE a = $1 AND b = $2 AND verdict = 'not_same'",
            args![a, b],
        )
        .await?;
    Ok(by.map(StaffId::new))
}

/// The people with whom somebody was said to be not the same, as long as that holds.
pub async fn set_apart(tx: &mut Tx, person: PersonId) -> Result<Vec<PersonId>> {
    let pairs: Vec<(Uuid, Uuid)> = tx
        .all(
            "SELECT a, b FROM match_verdict WHERE a = $1 AND verdict <> 'same' \
             UNION ALL SELECT a, b FROM match_verdict WHERE b = $1 AND verdict <> 'same'",
            args![person],
        )
        .await?;
    let mut apart = Vec::new();
    for (a, b) in pairs {
        let other = PersonId::new(if a == person.uuid() { b } else { a });
        if of(tx, person, other).await?.is_some() {
            apart.push(other);
        }
    }
    Ok(apart)
}

/// A person goes on as another one, in another household: what was said of them and somebody else goes with them, and so do
/// the pairs that wait to be looked at. After the features (`index::hand_over`).
pub(crate) async fn hand_over(
    tx: &mut Tx,
    (left, from): (HouseholdId, PersonId),
    (household, to): (HouseholdId, PersonId),
) -> Result<()> {
    tx.run(
        "INSERT INTO match_verdict (a, b, a_household, b_household, a_seq, b_seq, verdict, reason, model, bits, by_staff, at, \
         revisions) \
         SELECT CASE WHEN other < $2 THEN other ELSE $2 END, CASE WHEN other < $2 THEN $2 ELSE other END, \
         CASE WHEN other < $2 THEN other_household ELSE $3 END, CASE WHEN other < $2 THEN $3 ELSE other_household END, \
         CASE WHEN other < $2 THEN other_seq ELSE own_seq END, CASE WHEN other < $2 THEN own_seq ELSE other_seq END, \
         verdict, reason, model, bits, by_staff, at, revisions FROM (\
         SELECT b AS other, b_household AS other_household, b_seq AS other_seq, a_seq AS own_seq, verdict, reason, model, \
         bits, by_staff, at, revisions FROM match_verdict WHERE a = $1 \
         UNION ALL SELECT a, a_household, a_seq, b_seq, verdict, reason, model, bits, by_staff, at, revisions \
         FROM match_verdict WHERE b = $1) AS said WHERE other <> $2 ON CONFLICT DO NOTHING",
        args![from, to, household],
    )
    .await?;
    tx.run("DELETE FROM match_verdict WHERE a = $1 OR b = $1", args![from]).await?;
    // An officer's word that lets a pair pass when either of them is saved again.
    tx.run(
        "INSERT INTO distinct_people (household_id, person_id, other_household_id, other_person_id, reason, by_staff, at) \
         SELECT $1, $2, other_household, other, reason, by_staff, at FROM (\
         SELECT b AS other, b_household AS other_household, reason, by_staff, at FROM match_verdict \
         WHERE a = $2 AND verdict = 'not_same' \
         UNION ALL SELECT a, a_household, reason, by_staff, at FROM match_verdict WHERE b = $2 AND verdict = 'not_same') \
         AS said WHERE other <> $2 ON CONFLICT DO NOTHING",
        args![household, to],
    )
    .await?;
    for (copy, take) in OPEN_PAIRS {
        tx.run(copy, args![left, from, household, to]).await?;
        tx.run(take, args![left, from]).await?;
    }
    Ok(())
}

/// Copying and taking away the pairs of a person that are not settled, who stands on either side of them.
const OPEN_PAIRS: [(&str, &str); 2] = [
    (
        "INSERT INTO possible_duplicate (household_id, person_id, other_household_id, other_person_id, source, model, bits, \
         probability, found_at, state) SELECT $3, $4, other_household_id, other_person_id, source, model, bits, probability, \
         found_at, state FROM possible_duplicate WHERE household_id = $1 AND person_id = $2 AND state IN ('open', 'same') \
         ON CONFLICT DO NOTHING",
        "DELETE FROM possible_duplicate WHERE household_id = $1 AND person_id = $2 AND state IN ('open', 'same')",
    ),
    (
        "INSERT INTO possible_duplicate (household_id, person_id, other_household_id, other_person_id, source, model, bits, \
         probability, found_at, state) SELECT household_id, person_id, $3, $4, source, model, bits, probability, found_at, \
         state FROM possible_duplicate WHERE other_household_id = $1 AND other_person_id = $2 AND state IN ('open', 'same') \
         ON CONFLICT DO NOTHING",
        "DELETE FROM possible_duplicate WHERE other_household_id = $1 AND other_person_id = $2 AND state IN ('open', 'same')",
    ),
];
