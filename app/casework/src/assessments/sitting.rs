//! An assessment as it stands: who is assessed, under which pack, what was answered, which pages there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::answers::Answers;
use domain::form::page::{PageLogic, PageRef};
use domain::form::progress::Progress;
use domain::form::situation::Situation;
use domain::ids::{AssessmentId, HouseholdId};
use domain::pack::Pack;
use domain::role::Right;
use time::{Date, Duration};

use super::household::{EnrolledSince, Household};
use super::validity::taken_over;
use super::{Assessment, answers_of, find};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, packs};

/// An assessment with everything that a page of it shows.
#[derive(Clone, Debug)]
pub struct Sitting {
    /// The assessment's own row.
    pub assessment: Assessment,
    /// Who is assessed.
    pub home: Household,
    /// The pack it is made under.
    pub pack: Arc<Pack>,
    /// What was answered, with what the register knows.
    pub answers: Answers,
    /// What is asked of this household, and which answers count.
    pub situation: Situation,
    /// The questions that programmes still open need, each with those programmes: why it is asked.
    pub asked_for: BTreeMap<String, BTreeSet<String>>,
    /// The day for which it is looked at: today, or the day it was decided for.
    pub as_of: Date,
    /// Modules whose answers were taken over from the assessment before, with the day on which they were given.
    pub taken_over: BTreeMap<String, Date>,
    needed: BTreeSet<String>,
    /// How often each page was saved.
    versions: BTreeMap<PageRef, i64>,
}

impl Sitting {
    /// Reads what an assessment shows.
    pub(crate) async fn read(
        tx: &mut Tx,
        pack: &Arc<Pack>,
        home: Household,
        assessment: Assessment,
        today: Date,
    ) -> Result<Self> {
        let asked = answers_of(tx, pack, &assessment).await?;
        // A decided one is shown as it was decided; one in progress with what the register knows now.
        let answers = if assessment.is_open() {
            home.fill(pack, &asked, &EnrolledSince::of(tx, home.household).await?)
        } else {
            asked
        };
        let as_of = assessment.as_of.unwrap_or(today);
        let situation = pack.situation(&answers, as_of);
        let asked_for = pack.open_questions(&answers, as_of);
        let needed = asked_for.keys().cloned().collect();
        let versions = versions(tx, &assessment).await?;
        let taken_over = taken_over(tx, assessment.household, assessment.id).await?;
        Ok(Self {
            assessment,
            home,
            pack: pack.clone(),
            answers,
            situation,
            asked_for,
            as_of,
            taken_over,
            needed,
            versions,
        })
    }

    /// The page of this reference; `None` when the form has none such, or it is not asked of this household.
    pub fn page(&self, page: &PageRef) -> Option<PageLogic> {
        self.pack.page_logic(&self.situation, page, self.as_of)
    }

    /// How far the form is, and which page comes next. Questions that no programme still needs hold nothing up.
    pub fn progress(&self) -> Progress<'_> {
        Progress { form: &self.pack.form, situation: &self.situation, needed: Some(&self.needed) }
    }

    /// How many answers must still be given.
    pub fn left(&self) -> usize {
        self.progress().left()
    }

    /// How often a page was saved; 0 for one never saved. It goes with the page and comes back with what was typed.
    pub fn version(&self, page: &PageRef) -> i64 {
        self.versions.get(page).copied().unwrap_or(0)
    }
}

async fn versions(tx: &mut Tx, of: &Assessment) -> Result<BTreeMap<PageRef, i64>> {
    let rows: Vec<(String, String, i64)> = tx
        .all(
            "SELECT page_group, person, version FROM assessment_page WHERE household_id = $1 AND assessment_id = $2",
            args![of.household, of.id],
        )
        .await?;
    let page = |(group, person, version): (String, String, i64)| {
        (PageRef { group, member: (!person.is_empty()).then_some(person) }, version)
    };
    Ok(rows.into_iter().map(page).collect())
}

/// An officer sits at an assessment as long as no gap between two of the officer's entries about it is longer than this.
const SITTING: Duration = Duration::minutes(30);

/// Opens an assessment for filling in, or for looking at when it is decided. The opening is an entry of the journal, one for a
/// sitting: thirty pages opened one after another are one look at the file, and would hide the others in its history.
pub async fn open(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
) -> Result<Sitting> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, reader) = Household::for_reading(&mut view, actor, household).await?;
    let sitting = of(cw, &mut view, home, assessment).await?;
    let is_told = goes_on(&mut view, &reader, household, assessment).await?;
    drop(view);
    if is_told {
        return Ok(sitting);
    }
    let event = Event::new("assessment.opened").id("assessment", assessment);
    journal::record(cw, &reader, household, event).await?;
    Ok(sitting)
}

/// Whether the officer's sitting at this assessment is in the journal already: opened or saved by the same person for the
/// same purpose, and not too long ago.
async fn goes_on(
    tx: &mut Tx,
    reader: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
) -> Result<bool> {
    let entries: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM journal
             WHERE file_id = $1 AND staff_id = $2 AND purpose = $3 AND at >= $4
             AND kind IN ('assessment.opened', 'assessment.saved') AND detail LIKE $5",
            args![
                household,
                reader.account(),
                reader.purpose.code(),
                tx.now() - SITTING,
                format!("%\"{assessment}\"%")
            ],
        )
        .await?;
    Ok(entries.unwrap_or(0) > 0)
}

/// Reads an assessment without an entry of its own: for a use case that leaves one.
pub(crate) async fn look(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
    right: Right,
) -> Result<Sitting> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let home = Household::read(&mut view, actor, household, right).await?;
    of(cw, &mut view, home, assessment).await
}

async fn of(cw: &Casework, view: &mut Tx, home: Household, assessment: AssessmentId) -> Result<Sitting> {
    let own = find(view, home.household, assessment).await?.ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &own.pack_hash).await?;
    Sitting::read(view, &pack, home, own, cw.today()).await
}
