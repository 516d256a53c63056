//! Who may not look again: who took part in what is contested, and who reports to somebody who did.
//!
//! Whoever prepared, decided, approved, overrode, heard or assessed it took part: read from the decision, its assessment and
//! pages, its proposals and the journal. It is asked afresh wherever something is decided, and kept in `appeal_part`, so that
//! taking and giving out the task can ask too, whatever the one who asks may see.

use std::collections::BTreeSet;

use domain::appeal::apart::reports_to;
use domain::ids::{AppealId, HouseholdId, StaffId};
use domain::role::{Grant, Right, Scope};
use uuid::Uuid;

use super::shape::Issue;
use super::{Matter, SUBJECT};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::tasks::Task;
use crate::{Actor, args, staff};

/// Kinds of journal entries by which somebody took part in a decision. That somebody read it is no part.
const ACTS: &str = "SELECT DISTINCT staff_id FROM journal WHERE file_id = $1 AND staff_id IS NOT NULL
     AND kind IN ('decision.issued', 'decision.proposed', 'decision.overridden', 'decision.given_up',
                  'enrolment.begun_despite')
     AND detail LIKE $2";

/// Tasks that somebody who took part must not have.
const BARRED: [&str; 3] = ["reconsider_appeal", "condone_appeal", "decide_again"];

/// Who decided, and who assessed for it.
#[derive(sqlx::FromRow)]
struct Assessed {
    decided_by: Uuid,
    approved_by: Option<Uuid>,
    started_by: Uuid,
    submitted_by: Option<Uuid>,
    assessment_id: Uuid,
}

/// Everybody who took part in what is contested.
pub(crate) async fn took_part(
    tx: &mut Tx,
    household: HouseholdId,
    issues: &[Issue],
) -> Result<BTreeSet<StaffId>> {
    let mut all: BTreeSet<Uuid> = BTreeSet::new();
    for issue in issues {
        let Some(decision) = issue.decision() else {
            // Nobody decided; who sat on it did.
            let held: Vec<(Option<Uuid>,)> = tx
                .all(
                    "SELECT DISTINCT started_by FROM assessment WHERE household_id = $1 AND state IN ('in_progress', 'returned')",
                    args![household],
                )
                .await?;
            all.extend(held.into_iter().filter_map(|(id,)| id));
            continue;
        };
        let assessed: Vec<Assessed> = tx
            .all(
                "SELECT decision.decided_by, decision.approved_by, assessment.started_by, assessment.submitted_by,
                        assessment.assessment_id
                 FROM decision JOIN assessment ON assessment.household_id = decision.household_id
                      AND assessment.assessment_id = decision.assessment_id
                 WHERE decision.household_id = $1 AND decision.decision_id = $2",
                args![household, decision],
            )
            .await?;
        for one in assessed {
            let assessment = one.assessment_id;
            all.extend([one.decided_by, one.started_by]);
            all.extend(one.approved_by.into_iter().chain(one.submitted_by));
            let pages: Vec<(Uuid,)> = tx
                .all(
                    "SELECT DISTINCT saved_by FROM assessment_page WHERE household_id = $1 AND assessment_id = $2",
                    args![household, assessment],
                )
                .await?;
            all.extend(pages.into_iter().map(|(id,)| id));
            // What it took the place of under the same answers was decided with it.
            let before: Vec<(Uuid, Option<Uuid>)> = tx
                .all(
                    "SELECT old.decided_by, old.approved_by FROM decision JOIN decision AS old
                          ON old.household_id = decision.household_id AND old.decision_id = decision.supersedes
                          AND old.assessment_id = decision.assessment_id
                     WHERE decision.household_id = $1 AND decision.decision_id = $2",
                    args![household, decision],
                )
                .await?;
            all.extend(
                before.into_iter().flat_map(|(decided, approved)| [Some(decided), approved]).flatten(),
            );
        }
        let proposed: Vec<(Uuid, Option<Uuid>)> = tx
            .all(
                "SELECT prepared_by, decided_by FROM proposal
                 WHERE household_id = $1 AND subject_kind = 'decision'
                   AND subject_id IN (SELECT $2 UNION SELECT supersedes FROM decision
                                      WHERE household_id = $1 AND decision_id = $2 AND supersedes IS NOT NULL)",
                args![household, decision],
            )
            .await?;
        all.extend(proposed.into_iter().flat_map(|(prepared, decided)| [Some(prepared), decided]).flatten());
        let acted: Vec<(Uuid,)> = tx.all(ACTS, args![household, format!("%\"{decision}\"%")]).await?;
        all.extend(acted.into_iter().map(|(id,)| id));
    }
    Ok(all.into_iter().filter(|id| !id.is_nil()).map(StaffId::new).collect())
}

/// Reads who took part, and keeps it.
pub(crate) async fn keep(tx: &mut Tx, matter: &Matter) -> Result<BTreeSet<StaffId>> {
    let all = took_part(tx, matter.home.household, &matter.issues).await?;
    for one in &all {
        tx.run(
            "INSERT INTO appeal_part (household_id, appeal_id, staff_id, office) VALUES ($1, $2, $3, $4)
             ON CONFLICT (household_id, appeal_id, staff_id) DO NOTHING",
            args![matter.home.household, matter.appeal.id, *one, &matter.appeal.office],
        )
        .await?;
    }
    // Who was kept before took part, whatever the tables say now.
    let kept = kept(tx, matter.home.household, matter.appeal.id).await?;
    Ok(all.union(&kept).copied().collect())
}

async fn kept(tx: &mut Tx, household: HouseholdId, appeal: AppealId) -> Result<BTreeSet<StaffId>> {
    let rows: Vec<(Uuid,)> = tx
        .all(
            "SELECT staff_id FROM appeal_part WHERE household_id = $1 AND appeal_id = $2",
            args![household, appeal],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| StaffId::new(id)).collect())
}

/// Those who took part, with what they are now.
pub(crate) struct Parties {
    ids: BTreeSet<StaffId>,
    grants: Vec<Vec<Grant>>,
    agencies: Vec<(String, String)>,
}

impl Parties {
    pub async fn read(tx: &mut Tx, ids: BTreeSet<StaffId>) -> Result<Self> {
        let mut grants = Vec::new();
        for id in &ids {
            grants.extend(staff::actor_in(tx, *id).await?.map(|one| one.grants));
        }
        let agencies = tx.all("SELECT code, agency FROM office", args![]).await?;
        Ok(Self { ids, grants, agencies })
    }

    /// The second person is another than the first.
    pub fn and(mut self, first: &Actor) -> Self {
        self.ids.insert(first.staff_id);
        self
    }

    /// Whether this person took no part and does not report to who did.
    pub fn is_free(&self, one: &Actor) -> bool {
        let agency_of = |office: &str| {
            self.agencies.iter().find(|(code, _)| code == office).map(|(_, agency)| agency.as_str())
        };
        !self.ids.contains(&one.staff_id)
            && !self.grants.iter().any(|theirs| reports_to(&one.grants, theirs, agency_of))
    }
}

/// `Conflict(TookPart)` for who took part or reports to who did. Asked inside the unit of work that decides something.
pub(crate) async fn require_free(tx: &mut Tx, actor: &Actor, matter: &Matter) -> Result<()> {
    let ids = keep(tx, matter).await?;
    if Parties::read(tx, ids).await?.is_free(actor) {
        Ok(())
    } else {
        Err(Error::Conflict(Conflict::TookPart))
    }
}

/// The same for whoever takes a task or is given it.
pub(crate) async fn free_for(tx: &mut Tx, one: &Actor, task: &Task) -> Result<()> {
    if task.subject.kind != SUBJECT || !BARRED.contains(&task.kind.as_str()) {
        return Ok(());
    }
    let ids = kept(tx, task.household_id, AppealId::new(task.subject.id)).await?;
    if Parties::read(tx, ids).await?.is_free(one) { Ok(()) } else { Err(Error::Conflict(Conflict::TookPart)) }
}

/// Where somebody is who may look again: the office that keeps the file, another of its agency, or the agency itself. Nobody
/// there is no hindrance: the term runs, and then it goes to the tribunal.
pub(crate) async fn place(
    tx: &mut Tx,
    (office, agency): (&str, &str),
    parties: &Parties,
    right: Right,
) -> Result<Scope> {
    let own = Scope::Office(office.to_owned());
    if has_free(tx, &own, parties, right).await? {
        return Ok(own);
    }
    let others: Vec<(String,)> = tx
        .all("SELECT code FROM office WHERE agency = $1 AND code <> $2 ORDER BY code", args![agency, office])
        .await?;
    for (other,) in others {
        let other = Scope::Office(other);
        if has_free(tx, &other, parties, right).await? {
            return Ok(other);
        }
    }
    Ok(Scope::Agency(agency.to_owned()))
}

async fn has_free(tx: &mut Tx, place: &Scope, parties: &Parties, right: Right) -> Result<bool> {
    for (id, _) in staff::of_scope(tx, place).await? {
        if let Some(one) = staff::actor_in(tx, id).await?
            && one.may_in(right, place)
            && parties.is_free(&one)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
