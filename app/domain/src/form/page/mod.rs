//! One page: which of its questions show and what is wrong with what was typed, from the raw inputs alone.
//! The same code runs on the server, when the page is submitted, and in an island while it is filled in.
//!
//! What a page's conditions read from elsewhere is sent along as it stood when the page was made. `making` makes
//! it so, `run` looks at what was typed. One more thing that can be wrong with an answer: a `FieldError`, found in
//! `run`.

mod making;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use time::Date;

use making::Making;
use run::Run;

use super::{
    known::{Known, value_of},
    question::{Form, Kind, Question},
    raw::{FieldError, RawPage, Typing, parse},
    situation::Situation,
};
use crate::{
    answers::Answer,
    definitions::ParameterDef,
    expr::{self, Type},
    value::{Truth, iso_date, parse_iso_date},
};

/// Which page: a group, and for a group that repeats over members, whose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PageRef {
    /// The group's id.
    pub group: String,
    /// The member's id.
    pub member: Option<String>,
}

/// What decides over a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageLogic {
    /// The day, `YYYY-MM-DD`.
    as_of: String,
    questions: Vec<PageQuestion>,
    /// What conditions read from other pages, from the register, and parameters (`param.x`).
    known: BTreeMap<String, Known>,
}

/// One question of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageQuestion {
    /// The question's id.
    pub id: String,
    /// How its answers are typed.
    pub typing: Typing,
    /// Whether it must be answered when it is asked.
    pub required: bool,
    asked: Asked,
    constraint: Option<String>,
    when_irrelevant: Option<Json>,
    /// Options no longer offered, which conditions may still name.
    retired: Vec<String>,
}

/// When a question of the page is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Asked {
    /// Nothing on this page changes it.
    Settled(Truth),
    /// This condition, which reads answers of this page.
    When(String),
}

/// What a page makes of what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageState {
    /// The questions that show, in order.
    pub shown: Vec<String>,
    /// Those of them of which it is open whether they are asked, because the answer that decides it is still to be
    /// given on this page.
    pub waiting: BTreeSet<String>,
    /// What is wrong, by question.
    pub errors: BTreeMap<String, FieldError>,
    /// The answers to the questions that show; `None` for one left empty. Answers to questions that do not
    /// show are to be left in the file as they are.
    pub answers: BTreeMap<String, Option<Answer>>,
}

impl PageState {
    /// Whether the page can be saved.
    pub fn is_good(&self) -> bool {
        self.errors.is_empty()
    }
}

impl PageLogic {
    /// The logic of a page of this household. `None` when the form has no such group or the household no
    /// such member.
    pub fn new(
        form: &Form,
        parameters: &[ParameterDef],
        minor_digits: u32,
        situation: &Situation,
        page: &PageRef,
        as_of: Date,
    ) -> Option<PageLogic> {
        let group = form.group(&page.group)?;
        let member = page.member.as_deref();
        if member.is_some_and(|id| !situation.members().any(|known| known == id))
            || member.is_some() != (group.level == expr::Level::Member)
        {
            return None;
        }
        let questions: Vec<&Question> =
            form.questions_of(group).filter(|question| question.is_asked()).collect();
        let ids: BTreeSet<&str> = questions.iter().map(|question| question.id.as_str()).collect();
        let mut making = Making { form, parameters, situation, member, as_of, ids, known: BTreeMap::new() };
        let questions =
            questions.into_iter().map(|question| making.question(question, minor_digits)).collect();
        Some(PageLogic { as_of: iso_date(as_of), questions, known: making.known })
    }

    /// The page's questions, whether they show or not.
    pub fn questions(&self) -> &[PageQuestion] {
        &self.questions
    }

    /// Whether a question can show at all; one that the household is certainly not asked cannot, whatever is typed here.
    pub fn can_show(&self, question: &str) -> bool {
        let asked = self.questions.iter().find(|own| own.id == question).map(|own| &own.asked);
        asked.is_some_and(|asked| *asked != Asked::Settled(Truth::False))
    }

    /// The questions of this page whose answers decide whether this one is asked.
    pub fn decided_by(&self, question: &str) -> Vec<&str> {
        let asked = self.questions.iter().find(|own| own.id == question).map(|own| &own.asked);
        let Some(Asked::When(condition)) = asked else { return Vec::new() };
        let Ok(tree) = expr::parse(condition) else { return Vec::new() };
        let names: BTreeSet<&str> = tree.names().into_iter().map(|(name, _)| name).collect();
        let ids = self.questions.iter().map(|own| own.id.as_str());
        ids.filter(|id| names.contains(id)).collect()
    }

    /// What the page makes of what was typed. `is_place` says whether an area exists; in the browser, where
    /// the areas are not known, it says yes, and the server looks again.
    pub fn check(&self, raw: &RawPage, is_place: impl Fn(&str) -> bool) -> PageState {
        let as_of = parse_iso_date(&self.as_of).unwrap_or(Date::MIN);
        let known = self.known.iter().filter_map(|(name, known)| Some((name.clone(), known.read()?)));
        let mut run = Run {
            types: self.known.iter().map(|(name, known)| (name.clone(), known.ty.read())).collect(),
            values: known.collect(),
            never: self.known.iter().filter(|(_, known)| known.never).map(|(name, _)| name.clone()).collect(),
            as_of,
        };
        let mut state = PageState::default();
        for question in &self.questions {
            let (truth, waits) = match &question.asked {
                Asked::Settled(truth) => (*truth, false),
                Asked::When(text) => run.relevance(text, &state),
            };
            run.types.insert(question.id.clone(), question.ty());
            if truth == Truth::False {
                match question.when_irrelevant.as_ref().and_then(|json| value_of(&question.ty(), json)) {
                    Some(value) => drop(run.values.insert(question.id.clone(), value)),
                    None => drop(run.never.insert(question.id.clone())),
                }
                continue;
            }
            state.shown.push(question.id.clone());
            if waits {
                state.waiting.insert(question.id.clone());
            }
            let raw = raw.get(&question.id).cloned().unwrap_or_default();
            match parse(&question.typing, &raw) {
                Err(error) => drop(state.errors.insert(question.id.clone(), error)),
                Ok(answer) => {
                    if let Some(error) = run.error(question, answer.as_ref(), waits, &is_place) {
                        state.errors.insert(question.id.clone(), error);
                    }
                    if let Some(Answer::Value(value)) = &answer {
                        run.values.insert(question.id.clone(), value.clone());
                    }
                    state.answers.insert(question.id.clone(), answer);
                }
            }
        }
        state
    }
}

impl PageQuestion {
    fn ty(&self) -> Type {
        let options = || self.typing.options.iter().chain(&self.retired).cloned();
        match self.typing.kind {
            Kind::Integer | Kind::Decimal | Kind::Money | Kind::Calc => Type::Num,
            Kind::Text | Kind::Place | Kind::Note => Type::Text,
            Kind::Date => Type::Date,
            Kind::Bool => Type::Bool,
            Kind::SelectOne => Type::Choice(options().collect()),
            Kind::SelectMany => Type::Many(options().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;
    use crate::{
        answers::Answers,
        form::{Logic, RawAnswer, testing},
    };

    const TODAY: Date = date!(2026 - 11 - 22);

    fn page(json: &Json, group: &str, member: Option<&str>) -> Option<PageLogic> {
        let form = testing::form();
        let answers = Answers::from_json(&form, json, TODAY).unwrap();
        let situation = Logic::compile(&form, &[]).unwrap().situation(&answers, TODAY);
        let page = PageRef { group: group.into(), member: member.map(Into::into) };
        PageLogic::new(&form, &[], 2, &situation, &page, TODAY)
    }

    fn check(page: &PageLogic, typed: &[(&str, &str)]) -> PageState {
        let raw = typed.iter().map(|(id, text)| ((*id).to_owned(), RawAnswer::typed(*text))).collect();
        // What holds on the server must hold after the journey to the browser.
        let sent: PageLogic = serde_json::from_str(&serde_json::to_string(page).unwrap()).unwrap();
        assert_eq!(&sent, page);
        sent.check(&raw, |_| true)
    }

    #[test]
    fn questions_show_as_answers_are_typed() {
        let dwelling = page(&json!({}), "dwelling", None).unwrap();
        let shown = |typed: &[(&str, &str)]| check(&dwelling, typed).shown.join(" ");
        assert_eq!(shown(&[]), "rooms rents rent toilet shared_toilet shared_with");
        assert_eq!(shown(&[("rents", "no"), ("toilet", "none")]), "rooms rents toilet");
        assert_eq!(
            shown(&[("rents", "dont_know"), ("toilet", "pit"), ("shared_toilet", "no")]),
            "rooms rents rent toilet shared_toilet"
        );
    }

    #[test]
    fn required_waits_for_the_answer_that_decides() {
        let dwelling = page(&json!({}), "dwelling", None).unwrap();
        let errors = check(&dwelling, &[]).errors;
        assert_eq!(errors.keys().collect::<Vec<_>>(), ["rents", "rooms", "toilet"]);
        let errors = check(&dwelling, &[("rooms", "3"), ("rents", "yes"), ("toilet", "pit")]).errors;
        assert_eq!(errors.keys().collect::<Vec<_>>(), ["rent", "shared_toilet"]);
        let errors = check(&dwelling, &[("rents", "dont_know")]).errors;
        assert!(errors.contains_key("rent"), "nothing more will come to say that it is not asked");
    }

    #[test]
    fn a_page_says_what_still_hangs_on_another_answer() {
        let dwelling = page(&json!({}), "dwelling", None).unwrap();
        let waiting = |typed: &[(&str, &str)]| {
            check(&dwelling, typed).waiting.into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(waiting(&[]), "rent shared_toilet shared_with");
        assert_eq!(waiting(&[("rents", "dont_know"), ("toilet", "none")]), "", "nothing more will come");
        assert_eq!(dwelling.decided_by("rent"), ["rents"]);
        assert_eq!(dwelling.decided_by("rooms"), Vec::<&str>::new());
    }

    #[test]
    fn a_good_page_gives_its_answers() {
        let dwelling = page(&json!({}), "dwelling", None).unwrap();
        let typed = [
            ("rooms", "٣"),
            ("rents", "no"),
            ("rent", "rubbish"),
            ("toilet", "none"),
            ("shared_toilet", "yes"),
        ];
        let state = check(&dwelling, &typed);
        assert!(state.is_good(), "{:?}", state.errors);
        assert_eq!(state.answers.keys().collect::<Vec<_>>(), ["rents", "rooms", "toilet"]);
        let refused = check(&dwelling, &[("toilet", "bucket")]);
        assert_eq!(
            refused.errors.get("toilet"),
            Some(&FieldError::NotAChoice),
            "a retired option is not offered"
        );
    }

    #[test]
    fn constraints_hold_with_the_page_and_the_day() {
        let dwelling = page(&json!({}), "dwelling", None).unwrap();
        assert_eq!(check(&dwelling, &[("rooms", "31")]).errors.get("rooms"), Some(&FieldError::Constraint));
        let goods = page(&json!({ "answers": { "setting": "rural" } }), "goods", None).unwrap();
        let moved = |day: &str| check(&goods, &[("moved_on", day)]).errors.remove("moved_on");
        assert_eq!(moved("22/11/2026"), None);
        assert_eq!(moved("23/11/2026"), Some(FieldError::Constraint));
        let mut raw = RawPage::new();
        raw.insert(
            "belongings".into(),
            RawAnswer { values: vec!["none".into(), "radio".into()], ..RawAnswer::default() },
        );
        assert_eq!(goods.check(&raw, |_| true).errors.get("belongings"), Some(&FieldError::Constraint));
    }

    #[test]
    fn a_page_of_a_member_is_that_members() {
        let family = json!({ "members": [{ "id": "b", "relation": "head", "age": 9 }] });
        let schooling = page(&family, "schooling", Some("b")).unwrap();
        assert_eq!(check(&schooling, &[("attends_school", "yes")]).shown, ["attends_school"]);
        assert_eq!(
            check(&schooling, &[("attends_school", "no")]).shown,
            ["attends_school", "why_not_school"]
        );
        assert_eq!(page(&family, "schooling", None), None);
        assert_eq!(page(&family, "schooling", Some("c")), None);
        assert_eq!(page(&family, "dwelling", Some("b")), None);
        assert_eq!(page(&family, "nowhere", None), None);
    }

    #[test]
    fn the_page_agrees_with_the_whole_form() {
        // Whatever is typed, what shows on the page is what the form asks once it is saved.
        let form = testing::form();
        let logic = Logic::compile(&form, &[]).unwrap();
        let dwelling = page(&json!({}), "dwelling", None).unwrap();
        let choices = |last: &[&'static str]| [&["", "dont_know"], last].concat();
        for rents in choices(&["yes", "no"]) {
            for toilet in choices(&["none", "pit"]) {
                for shared in choices(&["yes", "no"]) {
                    let state =
                        check(&dwelling, &[("rents", rents), ("toilet", toilet), ("shared_toilet", shared)]);
                    let household =
                        state.answers.into_iter().filter_map(|(id, answer)| Some((id, answer?))).collect();
                    let situation = logic.situation(&Answers { household, members: Vec::new() }, TODAY);
                    let group = form.group("dwelling").unwrap();
                    let asked =
                        form.questions_of(group).filter(|question| situation.is_asked(&question.id, None));
                    assert_eq!(state.shown, asked.map(|question| question.id.clone()).collect::<Vec<_>>());
                }
            }
        }
    }
}
