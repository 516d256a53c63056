//! Rows from one household's record to another's.
//!
//! `household_id` stands first in every key, and a sharded database does not let it change: a row is written again under
//! the other household and taken from the first, parents before children. [`TABLES`] says for every table of a case what
//! becomes of it; a test fails for a table that is not in it, and for a column that its statements forget.

use std::collections::BTreeSet;

use domain::ids::HouseholdId;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::Result;
use crate::{args, snapshot};

/// What a merge does with the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg(test)]
pub(super) enum Fate {
    /// They go to the record that goes on.
    Moves,
    /// They stay with the record that they tell of.
    Stays,
    /// They belong to the merges themselves, to a visit that ends, or to the index of who may be whom.
    Apart,
}

/// Every table with a `household_id`.
#[cfg(test)]
pub(super) const TABLES: &[(&str, Fate)] = &[
    ("answers_changed", Fate::Stays),
    ("answers_due", Fate::Apart),
    ("appeal", Fate::Stays),
    ("appeal_conflict", Fate::Stays),
    ("appeal_issue", Fate::Stays),
    ("appeal_note", Fate::Stays),
    ("appeal_part", Fate::Stays),
    ("appeal_reason", Fate::Stays),
    ("applicant_answer", Fate::Stays),
    ("application", Fate::Moves),
    ("assessment", Fate::Moves),
    ("assessment_answers", Fate::Moves),
    ("assessment_module", Fate::Moves),
    ("assessment_page", Fate::Moves),
    ("attachment", Fate::Stays),
    ("award_step", Fate::Moves),
    ("break_glass", Fate::Stays),
    ("clock", Fate::Moves),
    ("commitment", Fate::Moves),
    ("complaint", Fate::Apart),
    ("complaint_note", Fate::Apart),
    ("complaint_session", Fate::Apart),
    ("complaint_staff", Fate::Apart),
    ("condition_cycle", Fate::Moves),
    ("condition_record", Fate::Moves),
    ("condition_watch", Fate::Moves),
    ("consent", Fate::Stays),
    ("contact", Fate::Stays),
    ("decision", Fate::Moves),
    ("distinct_people", Fate::Stays),
    ("enrolment", Fate::Moves),
    ("household", Fate::Stays),
    ("household_change", Fate::Stays),
    ("household_merge", Fate::Apart),
    ("identifier", Fate::Stays),
    ("identifier_owner", Fate::Moves),
    ("letter", Fate::Moves),
    ("likeness_owner", Fate::Moves),
    ("match_feature", Fate::Apart),
    ("membership", Fate::Stays),
    ("merge_row", Fate::Apart),
    ("merged_person", Fate::Apart),
    ("notice", Fate::Stays),
    ("person", Fate::Stays),
    ("person_moved", Fate::Stays),
    ("person_word", Fate::Stays),
    ("phone_change", Fate::Stays),
    ("placement", Fate::Stays),
    ("plan_follow_up", Fate::Stays),
    ("plan_step", Fate::Stays),
    ("possible_duplicate", Fate::Stays),
    ("proposal", Fate::Moves),
    ("receipt", Fate::Moves),
    ("reference", Fate::Moves),
    ("referral", Fate::Moves),
    ("representative", Fate::Stays),
    ("task", Fate::Moves),
    ("tracking_call", Fate::Apart),
    ("tracking_session", Fate::Apart),
    ("work_plan", Fate::Stays),
    ("work_profile", Fate::Stays),
];

/// A table whose rows are written again elsewhere: its name, how a row is copied and how it is taken away.
pub(super) struct Table {
    /// As the ledger names it.
    pub name: &'static str,
    copy: &'static str,
    take: &'static str,
    /// The columns of `copy`, for the test.
    #[cfg(test)]
    pub columns: &'static str,
}

macro_rules! table {
    ($name:literal, $key:literal, $columns:literal) => {
        table!($name, $key, $key, $columns)
    };
    ($name:literal, $key:literal, $row:literal, $columns:literal) => {
        Table {
            name: $name,
            copy: concat!(
                "INSERT INTO ",
                $name,
                " (household_id, ",
                $columns,
                ") SELECT $1, ",
                $columns,
                " FROM ",
                $name,
                " WHERE household_id = $2 AND ",
                $key,
                " = $3 ON CONFLICT (household_id, ",
                $row,
                ") DO NOTHING"
            ),
            take: concat!("DELETE FROM ", $name, " WHERE household_id = $1 AND ", $key, " = $2"),
            #[cfg(test)]
            columns: $columns,
        }
    };
}

/// An assessment, without what hangs on it.
pub(super) const ASSESSMENT: Table = table!(
    "assessment",
    "assessment_id",
    "assessment_id, application_id, state, office, pack_hash, started_at, started_by, submitted_at, submitted_by, as_of, \
     version"
);
/// What an assessment is run again from.
pub(super) const PAPERS: [Table; 4] = [
    table!("assessment_answers", "assessment_id", "assessment_id, body"),
    table!(
        "assessment_module",
        "assessment_id",
        "assessment_id, module",
        "assessment_id, module, answered_on"
    ),
    table!(
        "assessment_page",
        "assessment_id",
        "assessment_id, page_group, person",
        "assessment_id, page_group, person, version, saved_at, saved_by"
    ),
    table!("receipt", "assessment_id", "assessment_id, hash, body, made_at"),
];
/// The letters of an assessment.
pub(super) const LETTER: Table = table!(
    "letter",
    "assessment_id",
    "letter_id",
    "letter_id, assessment_id, language, number, issued_at, issued_by, body"
);
/// A decision.
pub(super) const DECISION: Table = table!(
    "decision",
    "decision_id",
    "decision_id, assessment_id, programme, agency, person_id, number, state, verdict, outcome, amount_minor, period, \
     supersedes, appeal_until, decided_at, decided_by, approved_by, body"
);
/// An enrolment.
pub(super) const ENROLMENT: Table = table!(
    "enrolment",
    "enrolment_id",
    "enrolment_id, decision_id, programme, agency, person_id, office, state, amount_minor, period, queue_key, exit_reason, \
     since, review_on, ends_on, created_at, version, begun_despite, list_area, tie, waits_for, list_until, offer_until, \
     watched"
);
/// What an enrolment holds of budgets.
pub(super) const COMMITMENT: Table = table!(
    "commitment",
    "enrolment_id",
    "enrolment_id, budget_id",
    "enrolment_id, budget_id, places, open_money, spent_money, from_date, until_date"
);
/// The steps of an award that steps down.
pub(super) const AWARD_STEP: Table = table!(
    "award_step",
    "enrolment_id",
    "enrolment_id, decision_id, number",
    "enrolment_id, decision_id, number, percent, amount_minor, from_date, until_date, taken_at, stopped_on"
);
/// What must be kept up to keep an enrolment: whom it concerns, what was handed in, what cycles came to.
pub(super) const CONDITIONS: [Table; 3] = [
    table!(
        "condition_watch",
        "enrolment_id",
        "enrolment_id, person_id, condition",
        "enrolment_id, person_id, condition, programme, provider, office, from_date, next_from, until_date"
    ),
    table!(
        "condition_record",
        "enrolment_id",
        "record_id",
        "record_id, enrolment_id, person_id, condition, cycle_from, number, value, excuse, provider, office, source, \
         recorded_by, recorded_at, judged, replaced_at"
    ),
    table!(
        "condition_cycle",
        "enrolment_id",
        "enrolment_id, person_id, condition, cycle_from",
        "enrolment_id, person_id, condition, cycle_from, cycle_until, office, verdict, value, at_least, judged_at"
    ),
];
/// A referral.
pub(super) const REFERRAL: Table = table!(
    "referral",
    "referral_id",
    "referral_id, decision_id, programme, person_id, service, provider, place, state, created_at, requested_at, created_by, urgent, basis, override_code, override_words, override_by, shares, access, follows, seen_at, accepted_at, contacted_at, ended_at, outcome, reason, confirmed_at, said, period, version"
);
/// A request.
pub(super) const APPLICATION: Table = table!(
    "application",
    "application_id",
    "application_id, reference, office, state, date_of_claim, submitted_at, submitted_by, pin_hash, version"
);
/// Work for somebody.
pub(super) const TASK: Table = table!(
    "task",
    "id",
    "id, kind, subject_kind, subject_id, scope_kind, scope_code, needs, state, holder, priority, due_at, instructions, \
     reason, parent_id, replaces, created_at, created_by, assigned_at, ended_at, hold_code, wake_at, woken_at, version"
);
/// A time limit.
pub(super) const CLOCK: Table = table!(
    "clock",
    "id",
    "id, kind, subject_kind, subject_id, scope_kind, scope_code, term_unit, term_count, legal_basis, at_breach, state, \
     started_at, warn_at, due_at, remind_at, paused_at, paused_seconds, reason, ended_at, version"
);
/// A change that waits for a second person, or waited.
pub(super) const PROPOSAL: Table = table!(
    "proposal",
    "id",
    "id, kind, subject_kind, subject_id, scope_kind, scope_code, payload, reason_code, reason, state, prepared_by, \
     prepared_at, due_at, decided_by, decided_at, decision_note, drawn_at, returned_at, returned_by, return_code, \
     version"
);

impl Table {
    pub(super) async fn copy(
        &self,
        tx: &mut Tx,
        from: HouseholdId,
        to: HouseholdId,
        row: Uuid,
    ) -> Result<u64> {
        tx.run(self.copy, args![to, from, row]).await
    }

    pub(super) async fn take(&self, tx: &mut Tx, from: HouseholdId, row: Uuid) -> Result<()> {
        tx.run(self.take, args![from, row]).await.map(drop)
    }
}

/// What of one record goes to another.
#[derive(Debug, Clone, Default)]
pub(super) struct Matters {
    /// Whole assessments, with their letters.
    pub assessments: BTreeSet<Uuid>,
    /// Assessments that both records need: a decision that goes rests on each of them.
    pub shared: BTreeSet<Uuid>,
    pub decisions: BTreeSet<Uuid>,
    /// Decisions on which something rests that stays: both records need them.
    pub kept_too: BTreeSet<Uuid>,
    pub enrolments: BTreeSet<Uuid>,
    pub referrals: BTreeSet<Uuid>,
    pub applications: BTreeSet<Uuid>,
    pub tasks: BTreeSet<Uuid>,
    pub clocks: BTreeSet<Uuid>,
    pub proposals: BTreeSet<Uuid>,
}

impl Matters {
    /// Every row with the table it is in, as the ledger keeps it; without what is only copied.
    pub fn rows(&self) -> Vec<(&'static str, Uuid)> {
        let sets = [
            (ASSESSMENT.name, &self.assessments),
            (DECISION.name, &self.decisions),
            (ENROLMENT.name, &self.enrolments),
            (REFERRAL.name, &self.referrals),
            (APPLICATION.name, &self.applications),
            (TASK.name, &self.tasks),
            (CLOCK.name, &self.clocks),
            (PROPOSAL.name, &self.proposals),
        ];
        sets.into_iter().flat_map(|(name, ids)| ids.iter().map(move |id| (name, *id))).collect()
    }

    /// The same from the ledger's words.
    pub fn add(&mut self, kind: &str, id: Uuid) {
        let set = match kind {
            "assessment" => &mut self.assessments,
            "decision" => &mut self.decisions,
            "enrolment" => &mut self.enrolments,
            "referral" => &mut self.referrals,
            "application" => &mut self.applications,
            "task" => &mut self.tasks,
            "clock" => &mut self.clocks,
            "proposal" => &mut self.proposals,
            _ => return,
        };
        set.insert(id);
    }

    /// Whether a row that stands for a subject of work is among them.
    pub fn has(&self, id: &Uuid) -> bool {
        let sets = [
            &self.assessments,
            &self.decisions,
            &self.enrolments,
            &self.referrals,
            &self.applications,
            &self.proposals,
            &self.tasks,
            &self.clocks,
        ];
        sets.iter().any(|set| set.contains(id))
    }

    /// Writes all of it under `to` and takes it from `from`. Gives the assessments that `to` did not have and got a copy of.
    pub async fn go(&self, tx: &mut Tx, from: HouseholdId, to: HouseholdId) -> Result<Vec<Uuid>> {
        let mut copied = Vec::new();
        for id in self.assessments.iter().chain(&self.shared) {
            if ASSESSMENT.copy(tx, from, to, *id).await? == 1 && self.shared.contains(id) {
                copied.push(*id);
            }
            for table in &PAPERS {
                table.copy(tx, from, to, *id).await?;
            }
            if self.assessments.contains(id) {
                LETTER.copy(tx, from, to, *id).await?;
            }
        }
        let children = [
            (&DECISION, &self.decisions),
            (&ENROLMENT, &self.enrolments),
            (&COMMITMENT, &self.enrolments),
            (&AWARD_STEP, &self.enrolments),
            (&CONDITIONS[0], &self.enrolments),
            (&CONDITIONS[1], &self.enrolments),
            (&CONDITIONS[2], &self.enrolments),
            (&REFERRAL, &self.referrals),
            (&APPLICATION, &self.applications),
            (&TASK, &self.tasks),
            (&CLOCK, &self.clocks),
            (&PROPOSAL, &self.proposals),
        ];
        for (table, ids) in children {
            for id in ids {
                table.copy(tx, from, to, *id).await?;
            }
        }
        for (table, ids) in children.into_iter().rev() {
            for id in ids.iter().filter(|id| !self.kept_too.contains(id)) {
                table.take(tx, from, *id).await?;
            }
        }
        for id in self.assessments.iter().filter(|id| !self.shared.contains(id)) {
            forget(tx, from, *id).await?;
        }
        if !(self.assessments.is_empty() && self.shared.is_empty()) {
            snapshot::mark(tx, from).await?;
            snapshot::mark(tx, to).await?;
        }
        for id in &self.applications {
            tx.run(
                "UPDATE reference SET household_id = $1 WHERE household_id = $2 AND application_id = $3",
                args![to, from, *id],
            )
            .await?;
        }
        Ok(copied)
    }
}

/// Takes an assessment with its papers and letters away; nothing rests on it here any more.
pub(super) async fn forget(tx: &mut Tx, household: HouseholdId, assessment: Uuid) -> Result<()> {
    LETTER.take(tx, household, assessment).await?;
    for table in &PAPERS {
        table.take(tx, household, assessment).await?;
    }
    ASSESSMENT.take(tx, household, assessment).await
}
