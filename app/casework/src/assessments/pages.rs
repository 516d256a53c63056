//! Saving one page of the form.
//!
//! What was typed is checked by the page's own logic (`domain::form::page`), the same that an island runs in the browser.
//! Each page has a version: of two officers on one page the second is told `Stale`, and two on different pages do not
//! disturb each other. Answers to questions that do not show are left in the file as they are: hidden again by a later
//! answer they do not count, and shown again they need not be asked twice.

use std::collections::BTreeMap;

use domain::answers::{Answer, Answered, Answers, MemberAnswers};
use domain::form::page::{PageRef, PageState};
use domain::form::raw::RawPage;
use domain::ids::{AssessmentId, HouseholdId};
use domain::role::Right;

use super::find;
use super::household::Household;
use super::sheet::{SavedSheet, Sheet, SheetPage, save_sheet};
use super::sitting::Sitting;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args};

/// A page as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageInput {
    /// Which page.
    pub page: PageRef,
    /// What was typed, by question.
    pub typed: RawPage,
    /// How often it had been saved when it was shown.
    pub version: i64,
    /// Whether the officer leaves ("save and come back"): then what is right is kept and what is not is left out.
    pub leave: bool,
}

/// What came of saving a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Saved; go on.
    Next,
    /// Saved as far as it was right; back to the list of modules.
    Left,
    /// Not saved: what is wrong, by question. The page shows what was typed again.
    Rejected(PageState),
}

/// Saves one page. `Stale` when somebody else saved it since it was shown; `Conflict` when the assessment is no longer
/// being filled in; `NotFound` for a page that is not asked of this household.
pub async fn save_page(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
    input: PageInput,
) -> Result<Saved> {
    let PageInput { page, typed, version, leave } = input;
    let sheet = Sheet { pages: vec![SheetPage { page, typed, version }], leave };
    Ok(match save_sheet(cw, actor, household, assessment, sheet).await? {
        SavedSheet::Next(_) => Saved::Next,
        SavedSheet::Left => Saved::Left,
        SavedSheet::Rejected(mut states) => Saved::Rejected(states.pop().unwrap_or_default()),
    })
}

/// Keeps the answers to a whole form at once: what the demo's registry is made with. Nothing is checked page by page;
/// what is not an answer to the form is refused when the assessment is read again.
pub(crate) async fn save_all(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
    asked: Answers,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        Household::read(tx, &actor, household, Right::Assess).await?;
        let own = find(tx, household, assessment).await?.ok_or(Error::NotFound)?;
        if !own.is_open() {
            return Err(Error::Conflict(Conflict::State));
        }
        keep_answers(tx, household, assessment, &asked).await?;
        let event = Event::new("assessment.saved").id("assessment", assessment);
        journal::append(tx, &actor, household, event).await
    })
    .await
}

pub(super) async fn keep_answers(
    tx: &mut Tx,
    household: HouseholdId,
    assessment: AssessmentId,
    asked: &Answers,
) -> Result<()> {
    tx.run(
        "UPDATE assessment_answers SET body = $1 WHERE household_id = $2 AND assessment_id = $3",
        args![asked.to_json().to_string(), household, assessment],
    )
    .await
    .map(drop)
}

/// Puts a page's answers in the place of those that were there.
pub(crate) fn put(asked: &mut Answers, page: &PageRef, answers: BTreeMap<String, Option<Answer>>) {
    let row: &mut Answered = match &page.member {
        None => &mut asked.household,
        Some(id) => {
            let place = asked.members.iter().position(|member| member.id == *id).unwrap_or_else(|| {
                asked.members.push(MemberAnswers { id: id.clone(), answers: Answered::new() });
                asked.members.len() - 1
            });
            &mut asked.members[place].answers
        }
    };
    for (id, answer) in answers {
        match answer {
            Some(answer) => row.insert(id, answer),
            None => row.remove(&id),
        };
    }
}

pub(super) async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    sitting: &Sitting,
    asked: &Answers,
    page: &PageRef,
) -> Result<()> {
    let (household, assessment) = (sitting.assessment.household, sitting.assessment.id);
    let person = page.member.clone().unwrap_or_default();
    let written = tx
        .run(
            "INSERT INTO assessment_page (household_id, assessment_id, page_group, person, version, saved_at, saved_by)
             VALUES ($1, $2, $3, $4, 1, $5, $6)
             ON CONFLICT (household_id, assessment_id, page_group, person)
             DO UPDATE SET version = assessment_page.version + 1, saved_at = excluded.saved_at,
                           saved_by = excluded.saved_by WHERE assessment_page.version = $7",
            args![
                household,
                assessment,
                page.group.as_str(),
                person.as_str(),
                tx.now(),
                actor.staff_id,
                sitting.version(page)
            ],
        )
        .await?;
    if written != 1 {
        return Err(Error::Stale);
    }
    keep_answers(tx, household, assessment, asked).await?;
    let event = Event::new("assessment.saved").id("assessment", assessment).code("page", &page.group);
    journal::append(tx, actor, household, event).await?;
    Ok(())
}
