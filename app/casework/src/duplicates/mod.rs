//! Possible duplicates: pairs of people who may be one, looked at one pair at a time.
//!
//! A pair comes from a counter where an officer went on against a very likely match, from a partner's list, or from the job
//! here ([`find`]), which goes over the registry with the stored keys. Pairs are never chained: that A is B and that B is C
//! are two questions. What an officer says ([`say`]) is kept, and the pair is not asked about again until one of the two
//! records changes. *The same* leads to the merge, which is a step of its own ([`crate::households::merge`]).

pub mod find;
pub mod hold;
#[cfg(test)]
mod tests;

use domain::ids::{HouseholdId, PersonId};
use domain::matching::score::VERY_LIKELY;
use domain::matching::{Said, Scored, View, score};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::actor::Actor;
use crate::args;
use crate::db::{Sight, Tx};
use crate::error::{Error, Result};
use crate::households::file::require_reader;
use crate::households::office_of;
use crate::households::search;
use crate::journal::{self, Event};
use crate::matching::verdicts::{self, Side, Verdict};
use crate::subject::Subject;
use crate::{Casework, tasks};

/// Rows of the queue that are shown; the oldest first.
pub const MOST: usize = 50;

/// The two people of a pair, as the queue keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The household of the first.
    pub household: HouseholdId,
    /// The first.
    pub person: PersonId,
    /// The household of the other.
    pub other_household: HouseholdId,
    /// The other.
    pub other_person: PersonId,
}

/// A pair in the queue, each side as a search would show it: masked where another office keeps the file.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Who.
    pub pair: Pair,
    /// Name and reference of the first.
    pub one: (String, Reference),
    /// Name and reference of the other.
    pub other: (String, Reference),
    /// The probability when it was found.
    pub probability: f64,
    /// From where: `counter`, `list`, `job`.
    pub source: String,
    /// When it was found.
    pub found_at: OffsetDateTime,
    /// They were said to be one, and are not made one yet.
    pub to_merge: bool,
}

/// A pair with what the model that found it says of it.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Who.
    pub pair: Pair,
    /// Where it stands: `open`, or what was said.
    pub state: String,
    /// From where it came.
    pub source: String,
    /// When it was found.
    pub found_at: OffsetDateTime,
    /// Whether something can be said: nobody said anything, or that they are one and they are not made one yet.
    pub can_be_said: bool,
    /// Whether money waits for the answer.
    pub holds_money: bool,
    /// Version for the verdict.
    pub version: i64,
    /// What each field says; `None` while one of the two has no features yet.
    pub scored: Option<Scored>,
    /// The model that found the pair, and says it.
    pub model: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    person_id: Uuid,
    other_household_id: Uuid,
    other_person_id: Uuid,
    source: String,
    probability: f64,
    found_at: OffsetDateTime,
    state: String,
    model: i64,
    version: i64,
}

impl Row {
    fn pair(&self) -> Pair {
        Pair {
            household: HouseholdId::new(self.household_id),
            person: PersonId::new(self.person_id),
            other_household: HouseholdId::new(self.other_household_id),
            other_person: PersonId::new(self.other_person_id),
        }
    }
}

macro_rules! pairs {
    ($rest:literal) => {
        concat!(
            "SELECT d.household_id, d.person_id, d.other_household_id, d.other_person_id, d.source, d.probability,
                    d.found_at, d.state, d.model, d.version FROM possible_duplicate d ",
            $rest
        )
    };
}

/// The pairs of a state of one office or of the offices of one agency, without those that were made one.
macro_rules! waiting {
    ($state:literal, OFFICE) => {
        waiting!($state, "h.office = $1 OR o.office = $1")
    };
    ($state:literal, AGENCY) => {
        waiting!(
            $state,
            "h.office IN (SELECT code FROM office WHERE agency = $1)
             OR o.office IN (SELECT code FROM office WHERE agency = $1)"
        )
    };
    ($state:literal, $offices:literal) => {
        concat!(
            "SELECT d.household_id, d.person_id, d.other_household_id, d.other_person_id, d.source, d.model,
                    d.probability, d.found_at, d.state, d.version FROM possible_duplicate d
             JOIN household h ON h.household_id = d.household_id
             JOIN household o ON o.household_id = d.other_household_id
             WHERE d.state = '",
            $state,
            "' AND (",
            $offices,
            ") AND NOT EXISTS (SELECT 1 FROM merged_person p
                 JOIN household_merge g ON g.household_id = p.household_id AND g.merge_id = p.merge_id
                 WHERE g.undone_at IS NULL AND p.household_id = d.household_id AND p.person_id = d.person_id
                 AND p.into_person = d.other_person_id)
             AND NOT EXISTS (SELECT 1 FROM merged_person p
                 JOIN household_merge g ON g.household_id = p.household_id AND g.merge_id = p.merge_id
                 WHERE g.undone_at IS NULL AND p.household_id = d.other_household_id
                 AND p.person_id = d.other_person_id AND p.into_person = d.person_id)
             ORDER BY d.found_at, d.household_id, d.person_id LIMIT 51"
        )
    };
}

/// The pairs of the offices whose files the actor may change that wait: the open ones, and those that were said to be one
/// and are not made one yet. The oldest first, at most [`MOST`]; and whether there are more.
pub async fn queue(cw: &Casework, actor: &Actor) -> Result<(Vec<Waiting>, bool)> {
    actor.require_anywhere(Right::EditHousehold)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let mut rows: Vec<Row> = Vec::new();
    for scope in actor.scopes(Right::EditHousehold) {
        // Each state by an index of its own.
        let sqls = match scope {
            Scope::Agency(_) => [waiting!("open", AGENCY), waiting!("same", AGENCY)],
            _ => [waiting!("open", OFFICE), waiting!("same", OFFICE)],
        };
        for sql in sqls {
            rows.extend(view.all::<Row>(sql, args![scope.code().unwrap_or_default()]).await?);
        }
    }
    rows.sort_by_key(|row| (row.found_at, row.household_id, row.person_id));
    let mut waiting: Vec<Waiting> = Vec::new();
    for row in rows {
        let pair = row.pair();
        if waiting.iter().any(|one| one.pair == pair) {
            continue;
        }
        let one = search::one(&mut view, actor, pair.household, pair.person).await?;
        let other = search::one(&mut view, actor, pair.other_household, pair.other_person).await?;
        let (Some(one), Some(other)) = (one, other) else { continue };
        // Made one since, by merges of their households with a third.
        if one.person == other.person {
            continue;
        }
        waiting.push(Waiting {
            pair,
            one: (one.name, one.reference),
            other: (other.name, other.reference),
            probability: row.probability,
            source: row.source,
            found_at: row.found_at,
            to_merge: row.state == "same",
        });
    }
    let more = waiting.len() > MOST;
    waiting.truncate(MOST);
    Ok((waiting, more))
}

async fn find_row(tx: &mut Tx, pair: &Pair) -> Result<Row> {
    tx.one(
        pairs!(
            "WHERE d.household_id = $1 AND d.person_id = $2 AND d.other_household_id = $3 AND d.other_person_id = $4"
        ),
        args![pair.household, pair.person, pair.other_household, pair.other_person],
    )
    .await?
    .ok_or(Error::NotFound)
}

/// A pair by its two people.
pub async fn pair(cw: &Casework, actor: &Actor, person: PersonId, other: PersonId) -> Result<Compared> {
    actor.require_anywhere(Right::EditHousehold)?;
    let cw = &cw.acting(actor);
    let row: Row = cw
        .db
        .one(pairs!("WHERE d.person_id = $1 AND d.other_person_id = $2"), args![person, other])
        .await?
        .ok_or(Error::NotFound)?;
    let (pair, scales) = (row.pair(), cw.scales_of(row.model).await?);
    let mut view = cw.db.read().await?;
    may_say(&mut view, actor, &pair).await?;
    let (a, b) = (newest(&mut view, pair.person).await?, newest(&mut view, pair.other_person).await?);
    let scored = match (a.as_deref().and_then(View::read), b.as_deref().and_then(View::read)) {
        (Some(a), Some(b)) => Some(score(&scales.model, &scales.counts, &a, &b, scales.prior())),
        _ => None,
    };
    let can_be_said = can_be_said(&mut view, &row).await?;
    let holds_money = can_be_said && row.probability >= VERY_LIKELY && hold::waits(&mut view, &pair).await?;
    Ok(Compared {
        pair,
        can_be_said,
        holds_money,
        state: row.state,
        source: row.source,
        found_at: row.found_at,
        version: row.version,
        scored,
        model: row.model,
    })
}

async fn newest(tx: &mut Tx, person: PersonId) -> Result<Option<Vec<u8>>> {
    tx.value(
        "SELECT features FROM match_feature WHERE person_id = $1 ORDER BY seq DESC LIMIT 1",
        args![person],
    )
    .await
}

/// `Forbidden` unless the actor may change the file of one of the two and may read both, by scope or by a reason given.
async fn may_say(tx: &mut Tx, actor: &Actor, pair: &Pair) -> Result<()> {
    let mut changes = false;
    for household in [pair.household, pair.other_household] {
        let office = office_of(tx, household).await?;
        changes |= actor.may_in(Right::EditHousehold, &Scope::Office(office));
    }
    if !changes {
        return Err(Error::Forbidden);
    }
    for household in [pair.household, pair.other_household] {
        require_reader(tx, actor, household).await?;
    }
    Ok(())
}

/// Says what two people are. `Stale` when somebody said it since `compared` was read, `Invalid` without a reason; while money
/// waits for it, `Conflict(SamePerson)` when who granted it, or let the pair pass at the counter, says that they are two.
pub async fn say(cw: &Casework, actor: &Actor, compared: &Compared, said: Said, reason: &str) -> Result<()> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    // Files of two offices are told of it: who may is asked in `may_say`.
    let casework = cw.seen_with(Sight::system());
    let cw = &casework.clone();
    let (actor, pair, version) = (actor.clone(), compared.pair, compared.version);
    let (model, bits) = (compared.model, compared.scored.map(|scored| scored.bits));
    cw.write(async move |tx| {
        may_say(tx, &actor, &pair).await?;
        let row = find_row(tx, &pair).await?;
        if row.version != version || !can_be_said(tx, &row).await? {
            return Err(Error::Stale);
        }
        if said != Said::Same && row.probability >= VERY_LIKELY {
            hold::second_hand(tx, &actor, &pair).await?;
        }
        tx.run_one(
            "UPDATE possible_duplicate SET state = $1, closed_at = $2, version = version + 1
             WHERE household_id = $3 AND person_id = $4 AND other_household_id = $5 AND other_person_id = $6
             AND version = $7",
            args![
                said.code(),
                tx.now(),
                pair.household,
                pair.person,
                pair.other_household,
                pair.other_person,
                version
            ],
        )
        .await?;
        let verdict = Verdict {
            pair: (
                Side { person: pair.person, household: pair.household },
                Side { person: pair.other_person, household: pair.other_household },
            ),
            said,
            reason: reason.clone(),
            model,
            bits,
        };
        verdicts::keep(tx, &actor, &verdict).await?;
        second_look(tx, &actor, &pair).await?;
        let told = |person: PersonId| {
            Event::new("duplicate.said")
                .id("person", person)
                .code("verdict", said.code())
                .number("model", model)
        };
        journal::append(tx, &actor, pair.household, told(pair.person)).await?;
        if pair.other_household != pair.household {
            journal::append(tx, &actor, pair.other_household, told(pair.other_person)).await?;
        }
        let (one, other) = hold::now(tx, &pair).await?;
        for household in [one.0, other.0] {
            hold::settle(tx, &casework, &actor, household).await?;
        }
        Ok(())
    })
    .await
}

/// Whether the question is open: nobody said anything, or that the two are one and they are not made one.
async fn can_be_said(tx: &mut Tx, row: &Row) -> Result<bool> {
    Ok(match row.state.as_str() {
        "open" => true,
        "same" => {
            let (one, other) = hold::now(tx, &row.pair()).await?;
            one.1 != other.1
        }
        _ => false,
    })
}

/// The second look that was asked for at the counter is done, when who says it is one who may take it.
async fn second_look(tx: &mut Tx, actor: &Actor, pair: &Pair) -> Result<()> {
    for (household, person) in [(pair.household, pair.person), (pair.other_household, pair.other_person)] {
        let office: Option<String> =
            tx.value("SELECT office FROM household WHERE household_id = $1", args![household]).await?;
        if office.is_some_and(|office| actor.may_in(Right::Approve, &Scope::Office(office))) {
            tasks::complete_about(tx, actor, household, &Subject::new("person", person)).await?;
        }
    }
    Ok(())
}
