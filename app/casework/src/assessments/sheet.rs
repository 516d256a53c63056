//! Saving a sheet: one page of the form, or the pages of one group for several members, shown and sent together.
//!
//! Short questions over all members are one sheet, so that an officer does not turn a page for each of them. It is saved
//! whole or not at all; each page keeps its own version, as if it had been sent alone.

use domain::form::page::{PageRef, PageState};
use domain::form::raw::RawPage;
use domain::ids::{AssessmentId, HouseholdId};
use domain::role::Right;

use super::household::{Household, asked_only};
use super::pages::{keep, put};
use super::sitting::Sitting;
use super::{answers_of, find};
use crate::error::{Conflict, Error, Result};
use crate::{Actor, Casework, args, packs};

/// One page of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetPage {
    /// Which page.
    pub page: PageRef,
    /// What was typed, by question.
    pub typed: RawPage,
    /// How often it had been saved when it was shown.
    pub version: i64,
}

/// A sheet as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its pages, in the order of the members.
    pub pages: Vec<SheetPage>,
    /// Whether the officer leaves: then what is right is kept and what is not is left out.
    pub leave: bool,
}

/// What came of saving a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedSheet {
    /// Saved; the next page with something open, or none: then it is time to check the answers.
    Next(Option<PageRef>),
    /// Saved as far as it was right; back to the list of modules.
    Left,
    /// Not saved: what the pages make of what was typed, in the order they were sent.
    Rejected(Vec<PageState>),
}

/// Saves a sheet. `Stale` when somebody else saved one of its pages since it was shown; `Conflict` when the assessment is no
/// longer being filled in; `NotFound` for a page that is not asked of this household.
pub async fn save_sheet(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
    sheet: Sheet,
) -> Result<SavedSheet> {
    let cw = &cw.acting(actor);
    let hash: String = cw
        .db
        .value(
            "SELECT pack_hash FROM assessment WHERE household_id = $1 AND assessment_id = $2",
            args![household, assessment],
        )
        .await?
        .ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &hash).await?;
    let (actor, today) = (actor.clone(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Assess).await?;
        let own = find(tx, household, assessment).await?.ok_or(Error::NotFound)?;
        if !own.is_open() {
            return Err(Error::Conflict(Conflict::State));
        }
        let sitting = Sitting::read(tx, &pack, home, own, today).await?;
        let mut states: Vec<PageState> = Vec::new();
        for part in &sheet.pages {
            let logic = sitting.page(&part.page).ok_or(Error::NotFound)?;
            states.push(logic.check(&part.typed, |code| pack.areas.get(code).is_some()));
        }
        if !sheet.leave && !states.iter().all(PageState::is_good) {
            return Ok(SavedSheet::Rejected(states));
        }
        if sheet.pages.iter().any(|part| sitting.version(&part.page) != part.version) {
            return Err(Error::Stale);
        }
        let mut asked = answers_of(tx, &pack, &sitting.assessment).await?;
        for (part, state) in sheet.pages.iter().zip(states) {
            let right = state.answers.into_iter().filter(|(id, _)| !state.errors.contains_key(id)).collect();
            put(&mut asked, &part.page, right);
        }
        asked.household = asked_only(&pack, &asked.household);
        for part in &sheet.pages {
            keep(tx, &actor, &sitting, &asked, &part.page).await?;
        }
        if sheet.leave {
            return Ok(SavedSheet::Left);
        }
        let after = sheet.pages.last().map(|part| part.page.clone());
        let Sitting { home, assessment, .. } = sitting;
        let saved = Sitting::read(tx, &pack, home, assessment, today).await?;
        Ok(SavedSheet::Next(saved.progress().next_page(after.as_ref())))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessments::{open, start};
    use crate::test_support::small::*;
    use crate::test_support::{counter_officer, each_engine};

    #[tokio::test]
    async fn a_sheet_is_saved_whole_or_not_at_all() {
        each_engine(async |world| {
            load_small_pack(world).await;
            let household = register_family(world, &small_family(1)).await.household;
            let officer = counter_officer();
            let id = start(world, &officer, household).await.unwrap().assessment;
            let sitting = open(world, &officer, household, id).await.unwrap();
            let pages: Vec<_> =
                sitting.progress().pages().into_iter().filter(|page| page.group == "work_wishes").collect();
            assert!(pages.len() > 1, "{pages:?}");
            let sheet = |answers: &[&str], version, leave| Sheet {
                pages: pages
                    .iter()
                    .zip(answers)
                    .map(|(page, answer)| SheetPage {
                        page: page.clone(),
                        typed: raw(&[("wants_training", answer)]),
                        version,
                    })
                    .collect(),
                leave,
            };
            let half =
                save_sheet(world, &officer, household, id, sheet(&["yes", ""], 0, false)).await.unwrap();
            let SavedSheet::Rejected(states) = half else { panic!("saved") };
            assert!(states[0].is_good() && states[1].errors.contains_key("wants_training"));
            let now = open(world, &officer, household, id).await.unwrap();
            assert_eq!(now.version(&pages[0]), 0, "nothing of it is kept");
            let saved =
                save_sheet(world, &officer, household, id, sheet(&["yes", "no"], 0, false)).await.unwrap();
            assert_eq!(saved, SavedSheet::Next(Some(page("documents"))));
            let late = save_sheet(world, &officer, household, id, sheet(&["no", "no"], 0, false)).await;
            assert_eq!(late, Err(Error::Stale));
            let left = save_sheet(world, &officer, household, id, sheet(&["no", ""], 1, true)).await.unwrap();
            assert_eq!(left, SavedSheet::Left);
        })
        .await;
    }
}
