//! What is left of the form for a household: its pages, the task list of modules, the next page, and the
//! list to check before submitting.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use time::Date;

use super::{
    page::PageRef,
    question::{Form, Group, Module, Question},
    situation::Situation,
};
use crate::{
    answers::Answer,
    expr::{Level, eval::months},
    value::Truth,
};

/// The state of a module in the task list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleState {
    /// No question of it concerns this household.
    NothingToAsk,
    /// Nothing is answered yet.
    NotStarted,
    /// So many answers are still needed.
    InProgress(usize),
    /// All that is needed is answered.
    Complete,
    /// It was complete, but longer ago than its answers hold.
    Stale,
}

/// A row of the task list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleTask {
    /// The module's id.
    pub module: String,
    /// How far it is.
    pub state: ModuleState,
    /// Where to go on: its first page with something open, else its first page. None when nothing is asked.
    pub page: Option<PageRef>,
}

/// How far one page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageCount {
    /// Questions asked.
    pub asked: usize,
    /// Those answered, be it with "don't know".
    pub answered: usize,
    /// Those that must still be answered.
    pub left: usize,
    /// Those not answered that may still matter, required or not.
    pub open: usize,
}

/// A page in the list to check before submitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckPage<'p> {
    /// The page, where its answers can be changed.
    pub page: PageRef,
    /// Its questions with their answers, in order; `None` for one not answered.
    pub rows: Vec<(&'p Question, Option<&'p Answer>)>,
}

/// The form of one household with what is answered.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'p> {
    /// The form.
    pub form: &'p Form,
    /// What is asked and answered.
    pub situation: &'p Situation,
    /// The questions that programmes not yet decided still need; all count when this is none. Questions
    /// beyond them are asked on their pages but hold nothing up, and pages with none of them are skipped.
    pub needed: Option<&'p BTreeSet<String>>,
}

impl<'p> Progress<'p> {
    fn is_needed(&self, question: &str) -> bool {
        self.needed.is_none_or(|needed| needed.contains(question))
    }

    /// Whether a question can be passed over because no programme still open needs it.
    pub fn is_skippable(&self, question: &str) -> bool {
        !self.is_needed(question)
    }

    fn asked_on(&self, group: &'p Group, member: Option<&str>) -> impl Iterator<Item = &'p Question> {
        self.form.questions_of(group).filter(move |question| self.situation.is_asked(&question.id, member))
    }

    /// Every page on which this household is asked something, in order; a group that repeats has a page for
    /// each member it concerns, member after member.
    pub fn pages(&self) -> Vec<PageRef> {
        self.form.groups.iter().flat_map(|group| self.pages_of(group)).collect()
    }

    fn pages_of(&self, group: &'p Group) -> Vec<PageRef> {
        let page = |member: Option<&str>| {
            let asked = self.asked_on(group, member).next().is_some();
            asked.then(|| PageRef { group: group.id.clone(), member: member.map(str::to_owned) })
        };
        match group.level {
            Level::Household => page(None).into_iter().collect(),
            Level::Member => self.situation.members().filter_map(|member| page(Some(member))).collect(),
        }
    }

    /// How far a page is.
    pub fn count(&self, page: &PageRef) -> PageCount {
        let member = page.member.as_deref();
        let mut count = PageCount::default();
        let Some(group) = self.form.group(&page.group) else { return count };
        let mut undecided = 0;
        for question in self.asked_on(group, member) {
            count.asked += 1;
            if self.situation.answer(&question.id, member).is_some() {
                count.answered += 1;
            } else if self.is_needed(&question.id) {
                count.open += 1;
                match self.situation.relevance(&question.id, member) {
                    Truth::True => count.left += usize::from(question.required),
                    _ => undecided += usize::from(question.required),
                }
            }
        }
        // Whether these are asked is decided by the answers above them; while those are missing, only they count.
        if count.left == 0 {
            count.left = undecided;
        }
        count
    }

    /// The next page after one (or from the beginning) on which something is open; none when there is none
    /// after it: then it is time to check the answers.
    pub fn next_page(&self, after: Option<&PageRef>) -> Option<PageRef> {
        let place = |page: &PageRef| {
            let group = self.form.groups.iter().position(|group| group.id == page.group);
            let member = page.member.as_ref();
            (group, member.and_then(|id| self.situation.members().position(|known| known == id)))
        };
        let after = after.map(place);
        let mut later = self.pages().into_iter().filter(|page| after.is_none_or(|after| place(page) > after));
        later.find(|page| self.count(page).open > 0)
    }

    /// The page before one, in order.
    pub fn page_before(&self, page: &PageRef) -> Option<PageRef> {
        let pages = self.pages();
        let at = pages.iter().position(|known| known == page)?;
        at.checked_sub(1).and_then(|before| pages.get(before).cloned())
    }

    /// How many answers must still be given in all; the form can be submitted when there are none.
    pub fn left(&self) -> usize {
        self.pages().iter().map(|page| self.count(page).left).sum()
    }

    /// The modules with how far they are. `answered_on` is the day each module was last completed.
    pub fn task_list(&self, answered_on: &BTreeMap<String, Date>, today: Date) -> Vec<ModuleTask> {
        self.form
            .modules
            .iter()
            .map(|module| self.task(module, answered_on.get(&module.id).copied(), today))
            .collect()
    }

    fn task(&self, module: &'p Module, answered_on: Option<Date>, today: Date) -> ModuleTask {
        let groups = self.form.groups.iter().filter(|group| group.module == module.id);
        let pages: Vec<PageRef> = groups.flat_map(|group| self.pages_of(group)).collect();
        let counts: Vec<PageCount> = pages.iter().map(|page| self.count(page)).collect();
        let answered: usize = counts.iter().map(|count| count.answered).sum();
        let left: usize = counts.iter().map(|count| count.left).sum();
        let open: usize = counts.iter().map(|count| count.open).sum();
        let old = |on: Date| module.valid_months.is_some_and(|valid| months(on, today) >= i64::from(valid));
        let state = if pages.is_empty() {
            ModuleState::NothingToAsk
        } else if answered == 0 && open > 0 {
            ModuleState::NotStarted
        } else if left > 0 {
            ModuleState::InProgress(left)
        } else if answered_on.is_some_and(old) {
            ModuleState::Stale
        } else {
            ModuleState::Complete
        };
        let first_open = counts.iter().position(|count| count.open > 0).unwrap_or(0);
        ModuleTask { module: module.id.clone(), state, page: pages.into_iter().nth(first_open) }
    }

    /// Everything asked, page by page, with its answers.
    pub fn check_answers(&self) -> Vec<CheckPage<'p>> {
        let rows = |page: PageRef| {
            let group = self.form.group(&page.group)?;
            let member = page.member.as_deref();
            let row = |question: &'p Question| (question, self.situation.answer(&question.id, member));
            let rows = self.asked_on(group, member).map(row).collect();
            Some(CheckPage { page, rows })
        };
        self.pages().into_iter().filter_map(rows).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;
    use crate::{
        answers::Answers,
        form::{Logic, testing},
    };

    const TODAY: Date = date!(2026 - 11 - 22);

    fn with<T>(json: &serde_json::Value, needed: Option<&[&str]>, see: impl FnOnce(Progress<'_>) -> T) -> T {
        let form = testing::form();
        let answers = Answers::from_json(&form, json, TODAY).unwrap();
        let situation = Logic::compile(&form, &[]).unwrap().situation(&answers, TODAY);
        let needed: Option<BTreeSet<String>> =
            needed.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
        see(Progress { form: &form, situation: &situation, needed: needed.as_ref() })
    }

    fn family() -> serde_json::Value {
        json!({
            "answers": { "setting": "rural", "rooms": 2, "rents": false, "toilet": "none" },
            "members": [
                { "id": "m", "relation": "head", "age": 40 },
                { "id": "b", "relation": "child", "age": 9 },
                { "id": "a", "relation": "child", "age": 7, "attends_school": true },
            ],
        })
    }

    fn names(pages: &[PageRef]) -> Vec<String> {
        pages.iter().map(|page| format!("{} {}", page.group, page.member.as_deref().unwrap_or("-"))).collect()
    }

    #[test]
    fn pages_are_those_that_concern_the_household() {
        let pages = with(&family(), None, |progress| names(&progress.pages()));
        assert_eq!(pages, ["dwelling -", "goods -", "schooling b", "schooling a", "school_costs -"]);
        let alone =
            json!({ "answers": { "setting": "urban", "rooms": 1 }, "members": [{ "id": "m", "age": 40 }] });
        assert_eq!(with(&alone, None, |progress| names(&progress.pages())), ["dwelling -"]);
    }

    #[test]
    fn the_next_page_has_something_open() {
        let next = |after: Option<(&str, Option<&str>)>| {
            with(&family(), None, |progress| {
                let after = after
                    .map(|(group, member)| PageRef { group: group.into(), member: member.map(Into::into) });
                progress.next_page(after.as_ref()).map(|page| names(&[page]).concat())
            })
        };
        assert_eq!(next(None).as_deref(), Some("goods -"), "the first page is complete");
        assert_eq!(next(Some(("goods", None))).as_deref(), Some("schooling b"));
        assert_eq!(next(Some(("schooling", Some("b")))).as_deref(), Some("school_costs -"));
        assert_eq!(next(Some(("school_costs", None))), None);
    }

    #[test]
    fn the_task_list_says_how_far_each_module_is() {
        let completed = BTreeMap::from([("housing".to_owned(), date!(2024 - 11 - 22))]);
        let states = |json: &serde_json::Value, completed: &BTreeMap<String, Date>| {
            let tasks = with(json, None, |progress| progress.task_list(completed, TODAY));
            tasks.into_iter().map(|task| task.state).collect::<Vec<_>>()
        };
        let none = BTreeMap::new();
        assert_eq!(states(&json!({}), &none)[0], ModuleState::NotStarted);
        assert_eq!(states(&family(), &none), [ModuleState::InProgress(1), ModuleState::InProgress(2)]);
        let mut done = family();
        done["answers"]["belongings"] = json!(["none"]);
        assert_eq!(states(&done, &none)[0], ModuleState::Complete);
        assert_eq!(states(&done, &completed)[0], ModuleState::Stale);
        let town = json!({ "answers": { "setting": "urban" }, "members": [{ "id": "m", "age": 40 }] });
        assert_eq!(states(&town, &none)[1], ModuleState::NothingToAsk);
    }

    #[test]
    fn what_no_programme_needs_holds_nothing_up() {
        with(&family(), Some(&["fees"]), |progress| {
            assert!(progress.is_skippable("belongings") && !progress.is_skippable("fees"));
            assert_eq!(progress.left(), 1);
            assert_eq!(progress.next_page(None).map(|page| page.group).as_deref(), Some("school_costs"));
        });
    }

    #[test]
    fn the_check_list_shows_what_was_asked() {
        with(&family(), None, |progress| {
            let check = progress.check_answers();
            let ids: Vec<&str> = check[0].rows.iter().map(|(question, _)| question.id.as_str()).collect();
            assert_eq!(ids, ["rooms", "rents", "toilet"]);
            assert!(check[0].rows.iter().all(|(_, answer)| answer.is_some()));
            assert_eq!(progress.page_before(&check[1].page), Some(check[0].page.clone()));
            assert_eq!(progress.page_before(&check[0].page), None);
        });
    }
}
