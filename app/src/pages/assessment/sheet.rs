//! A page of the form as it is shown: one group of questions, for the household, for one member, or for all members
//! whom it concerns where the questions are few.

use casework::assessments::{Sheet, SheetPage, Sitting};
use domain::expr::Level;
use domain::form::Group;
use domain::form::page::{PageLogic, PageRef};
use domain::form::raw::{RawAnswer, RawPage};

use super::Place;
use crate::islands::question_page::typed;

/// Up to this many questions a person, a group is asked of all members on one page.
const FEW: usize = 4;

/// The questions of one page of the form.
#[derive(Clone, Debug)]
pub(in crate::pages) struct Part {
    /// Which.
    pub page: PageRef,
    /// What the names of its controls start with.
    pub prefix: String,
    /// Whose, for a member's page.
    pub name: Option<String>,
    /// The member's age in completed years.
    pub age: Option<i32>,
    /// What decides over it.
    pub logic: PageLogic,
    /// How often it was saved when it was shown.
    pub version: i64,
    /// What stands in its controls.
    pub raw: RawPage,
}

/// What is shown and sent together.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// The group's id.
    pub group: String,
    /// The module's id.
    pub module: String,
    /// Its pages.
    pub parts: Vec<Part>,
}

/// Whether a group is asked of all members on one page.
fn is_together(sitting: &Sitting, group: &Group) -> bool {
    let few = |page: &PageRef| {
        sitting.page(page).is_some_and(|logic| {
            let state = logic.check(&RawPage::new(), |_| true);
            state.shown.len() - state.waiting.len() <= FEW
        })
    };
    group.level == Level::Member && pages(sitting, &group.id).iter().all(few)
}

fn pages(sitting: &Sitting, group: &str) -> Vec<PageRef> {
    sitting.progress().pages().into_iter().filter(|page| page.group == group).collect()
}

/// The address at which a page of the form is answered.
pub(super) fn address(place: Place, sitting: &Sitting, page: &PageRef) -> String {
    let together = sitting.pack.form.group(&page.group).is_some_and(|group| is_together(sitting, group));
    if together { place.page(&PageRef { group: page.group.clone(), member: None }) } else { place.page(page) }
}

/// The page of a group, of one member or of all; `None` when this household is not asked it.
pub(super) fn find(sitting: &Sitting, group: &str, person: Option<&str>) -> Option<Shown> {
    let own = sitting.pack.form.group(group)?;
    let mut asked = pages(sitting, group);
    if person.is_some() {
        asked.retain(|page| page.member.as_deref() == person);
    }
    let alone = asked.len() == 1;
    let parts: Vec<Part> = asked.into_iter().filter_map(|page| part(sitting, page, alone)).collect();
    (!parts.is_empty()).then(|| Shown { group: group.to_owned(), module: own.module.clone(), parts })
}

fn part(sitting: &Sitting, page: PageRef, alone: bool) -> Option<Part> {
    let logic = sitting.page(&page)?;
    let member = page.member.as_deref();
    let person = member.and_then(|id| sitting.home.people.iter().find(|one| one.id.to_string() == id));
    let stored = |id: &str| {
        let answers = match member {
            None => Some(&sitting.answers.household),
            Some(own) => sitting.answers.members.iter().find(|one| one.id == own).map(|one| &one.answers),
        };
        answers.and_then(|answers| answers.get(id)).map(RawAnswer::from_answer)
    };
    let raw = logic
        .questions()
        .iter()
        .filter_map(|question| Some((question.id.clone(), stored(&question.id)?)))
        .collect();
    let prefix = match member {
        Some(id) if !alone => format!("p{id}_"),
        _ => String::new(),
    };
    Some(Part {
        version: sitting.version(&page),
        prefix,
        name: person.map(|one| one.name.clone()),
        age: person.map(|one| one.birth.age_on(sitting.as_of)),
        logic,
        raw,
        page,
    })
}

impl Part {
    /// The name of the hidden control that holds its version.
    pub fn version_name(&self) -> String {
        format!("{}page_version", self.prefix)
    }
}

impl Shown {
    /// The page with what was typed in place of what is stored; the versions are those it was shown with, or none where
    /// the form does not say.
    pub fn with_typed(mut self, pairs: &[(String, String)]) -> Self {
        for part in &mut self.parts {
            part.raw = typed(&part.prefix, &part.logic, pairs);
            let name = part.version_name();
            let version =
                pairs.iter().find(|(key, _)| *key == name).and_then(|(_, value)| value.parse().ok());
            part.version = version.unwrap_or(-1);
        }
        self
    }

    /// What is saved.
    pub fn to_save(&self, leave: bool) -> Sheet {
        let pages = self.parts.iter().map(|part| SheetPage {
            page: part.page.clone(),
            typed: part.raw.clone(),
            version: part.version,
        });
        Sheet { pages: pages.collect(), leave }
    }

    /// The last of its pages.
    pub fn last(&self) -> Option<&PageRef> {
        self.parts.last().map(|part| &part.page)
    }
}
