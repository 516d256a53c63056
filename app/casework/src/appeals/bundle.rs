//! All papers of an appeal: what the tribunal has before it, and what the page of an appeal shows. For who may see the appeal;
//! the reading is an entry of the journal.

use std::sync::Arc;

use domain::decide::Decided;
use domain::ids::{AppealId, HouseholdId};
use domain::letter::Letter;
use domain::pack::Pack;
use uuid::Uuid;

use super::shape::{self, Issue, Note};
use super::{Appeal, Hat, SUBJECT, Seen, TARGET};
use crate::assessments::{self, Household};
use crate::clocks::{self, Clock};
use crate::db::{Sight, Tx};
use crate::decisions::{self, Decision};
use crate::error::{Error, Result};
use crate::journal::{self, Entry, Event};
use crate::proposals::{self, Proposal};
use crate::subject::Subject;
use crate::{Actor, Casework, args, letters, packs};

/// Entries of the journal in a bundle, at most.
const ENTRIES: u32 = 400;

/// An appeal with what its page shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The appeal, and by which right it is seen.
    pub seen: Seen,
    /// Whose.
    pub home: Household,
    /// The pack it runs under.
    pub pack: Arc<Pack>,
    /// The decision of each issue, contested and made because of it.
    pub decisions: Vec<(Issue, Option<Decision>, Option<Decision>)>,
    /// Why, as codes: issue and code.
    pub reasons: Vec<(Uuid, String)>,
    /// What was said on the way.
    pub notes: Vec<Note>,
    /// Its clocks.
    pub clocks: Vec<Clock>,
    /// Changes in favour that wait for a second person.
    pub waiting: Vec<Proposal>,
    /// Names of staff who are told of.
    pub names: Vec<(Uuid, String)>,
    /// Whether this person may look again: took no part and reports to nobody who did.
    pub may_reconsider: bool,
}

impl Shown {
    /// The appeal.
    pub fn appeal(&self) -> &Appeal {
        &self.seen.appeal
    }

    /// The name of a member of staff.
    pub fn name(&self, id: Option<Uuid>) -> &str {
        let own = |id| self.names.iter().find(|(one, _)| *one == id);
        id.and_then(own).map(|(_, name)| name.as_str()).unwrap_or_default()
    }
}

/// An appeal for its page.
pub async fn show(cw: &Casework, actor: &Actor, household: HouseholdId, id: AppealId) -> Result<Shown> {
    let seen = Seen::read(cw, actor, household, id).await?;
    let may_reconsider = super::reconsider::may_reconsider(cw, actor, &seen).await?;
    let cw = &of_household(cw, household);
    let mut view = cw.db.read().await?;
    let shown = read(&mut view, cw, seen, may_reconsider).await?;
    drop(view);
    journal::record(cw, actor, household, Event::new("appeal.read").id("appeal", id)).await?;
    Ok(shown)
}

/// The registry as that of one household, for who was seen to be one who may read its appeal: nothing of another shows.
fn of_household(cw: &Casework, household: HouseholdId) -> Casework {
    cw.seen_with(Sight::household(household))
}

async fn read(tx: &mut Tx, cw: &Casework, seen: Seen, may_reconsider: bool) -> Result<Shown> {
    let (household, id) = (seen.appeal.household, seen.appeal.id);
    let home = Household::read_unchecked(tx, household).await?.ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &seen.appeal.pack_hash).await?;
    let all = decisions::of_household(tx, household).await?;
    let of = |id| all.iter().find(|one| Some(one.id) == id).cloned();
    let decided: Vec<_> = seen
        .issues
        .iter()
        .map(|issue| (issue.clone(), of(issue.decision()), of(issue.new_decision())))
        .collect();
    let clocks = clocks::of_household(tx, household).await?;
    let is_own = |clock: &Clock| matches!(clock.subject.kind.as_str(), SUBJECT | TARGET);
    let clocks = clocks.into_iter().filter(|clock| is_own(clock) && clock.subject.id == id.uuid()).collect();
    let mut who: Vec<Uuid> = [seen.appeal.member, seen.appeal.determined_by, seen.appeal.reconsidered_by]
        .into_iter()
        .flatten()
        .collect();
    who.extend(seen.issues.iter().filter_map(|issue| issue.reconsidered_by));
    let mut names = Vec::new();
    for one in who {
        let name: Option<String> = tx.value("SELECT name FROM staff WHERE id = $1", args![one]).await?;
        names.extend(name.map(|name| (one, name)));
    }
    // Sealed payloads are for those who may sign or prepared them; the tribunal has no part in them.
    let waiting = if seen.hat == Hat::Tribunal {
        Vec::new()
    } else {
        proposals::waiting_about(tx, &cw.keys, household, &Subject::new(SUBJECT, id)).await?
    };
    Ok(Shown {
        home,
        pack,
        decisions: decided,
        reasons: shape::reasons(tx, household, id).await?,
        notes: shape::notes(tx, household, id).await?,
        clocks,
        waiting,
        names,
        may_reconsider,
        seen,
    })
}

/// One contested decision with all that it rests on.
#[derive(Clone, Debug)]
pub struct Papers {
    /// The decision.
    pub decision: Decision,
    /// The pack it was decided under.
    pub pack: Arc<Pack>,
    /// What the rules said of everything.
    pub decided: Decided,
    /// SHA-256 of the receipt, in hex.
    pub receipt: String,
    /// The letter as it was issued first.
    pub letter: Option<Letter>,
}

/// Everything that lies before the tribunal.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The appeal.
    pub shown: Shown,
    /// What is contested.
    pub papers: Vec<Papers>,
    /// The journal of the case, the newest first.
    pub journal: Vec<Entry>,
}

/// The bundle of an appeal, for who may see it.
pub async fn bundle(cw: &Casework, actor: &Actor, household: HouseholdId, id: AppealId) -> Result<Bundle> {
    let shown = show(cw, actor, household, id).await?;
    let cw = &of_household(cw, household);
    let mut view = cw.db.read().await?;
    let mut papers: Vec<Papers> = Vec::new();
    for (_, contested, _) in &shown.decisions {
        let Some(decision) = contested else { continue };
        let of =
            assessments::find(&mut view, household, decision.assessment).await?.ok_or(Error::NotFound)?;
        let pack = packs::by_hash(cw, &of.pack_hash).await?;
        let (decided, receipt) = letters::again(&mut view, &of, &pack).await?;
        let letter = letters::first_after(&mut view, household, of.id, decision.decided_at).await?;
        papers.push(Papers { decision: decision.clone(), pack, decided, receipt, letter });
    }
    let journal = journal::entries(&mut view, household, None, ENTRIES).await?;
    drop(view);
    journal::record(cw, actor, household, Event::new("appeal.bundle_read").id("appeal", id)).await?;
    Ok(Bundle { shown, papers, journal })
}
