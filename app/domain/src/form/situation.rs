//! What one household is asked on one day, and which of its answers count.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::logic::{Logic, ParamCells, Row};
use crate::{
    answers::{Answer, Answered, Answers, MemberAnswers},
    expr::{
        Level,
        cell::{Cell, Failure, Texts},
        eval::{Frame, Head, eval},
        node::Node,
    },
    value::{Truth, Value},
};

impl Logic {
    /// What holds for one household on one day.
    pub fn situation(&self, answers: &Answers, as_of: Date) -> Situation {
        let mut texts = Texts::new(&self.symbols);
        let mut run = Run {
            logic: self,
            answers,
            household: vec![Cell::Unknown; self.household],
            members: vec![Cell::Unknown; self.members * answers.members.len()],
            irrelevant: BTreeSet::new(),
            head: Head::Unknown,
            of_area: self.of_area(answers),
            params: self.params_on(as_of),
            as_of,
        };
        let mut situation = Situation {
            members: answers.members.iter().map(|member| member.id.clone()).collect(),
            answers: Answers {
                household: Answered::new(),
                members: answers
                    .members
                    .iter()
                    .map(|member| MemberAnswers { id: member.id.clone(), answers: Answered::new() })
                    .collect(),
            },
            household: BTreeMap::new(),
            of_members: BTreeMap::new(),
        };
        for row in &self.rows {
            match row.level {
                Level::Household => run.settle(row, None, &mut texts, &mut situation),
                Level::Member => {
                    for member in 0..answers.members.len() {
                        run.settle(row, Some(member), &mut texts, &mut situation);
                    }
                    if self.relation == Some(row.slot) {
                        run.head = run.find_head(&texts);
                    }
                }
            }
        }
        situation
    }

    /// The answers that follow from the household's area: where it lives says in what setting and province.
    fn of_area(&self, answers: &Answers) -> Vec<(&'static str, Answer)> {
        let area = answers.household.get("area").and_then(Answer::value);
        let Some(Value::Text(code) | Value::Choice(code)) = area else { return Vec::new() };
        let Some(area) = self.areas.get(code) else { return Vec::new() };
        let known = [("setting", &area.setting), ("province", &area.province)];
        let answer = |value: &String| Answer::Value(Value::Choice(value.clone()));
        known.into_iter().filter_map(|(id, value)| Some((id, value.as_ref().map(answer)?))).collect()
    }

    fn params_on(&self, as_of: Date) -> Vec<Cell> {
        let value = |values: &Option<ParamCells>| {
            let known = values.iter().flatten().rfind(|(from, _)| *from <= as_of);
            known.map_or(Cell::Fault(Failure::NoParameter), |(_, cell)| *cell)
        };
        self.params.iter().map(value).collect()
    }
}

/// One pass over the questions of one household.
struct Run<'r> {
    logic: &'r Logic,
    answers: &'r Answers,
    household: Vec<Cell>,
    members: Vec<Cell>,
    /// Slots of questions that are certainly not asked and for which nothing stands in.
    irrelevant: BTreeSet<(Level, Option<usize>, usize)>,
    /// Known once everybody's relation is.
    head: Head,
    /// What follows from where the household lives.
    of_area: Vec<(&'static str, Answer)>,
    params: Vec<Cell>,
    as_of: Date,
}

impl Run<'_> {
    fn settle(&mut self, row: &Row, member: Option<usize>, texts: &mut Texts<'_>, situation: &mut Situation) {
        let frame = Frame {
            household: &self.household,
            members: &self.members,
            width: self.logic.members,
            count: self.answers.members.len(),
            member,
            head: self.head,
            params: &self.params,
            as_of: self.as_of,
        };
        let truth = |node: &Node| eval(node, &frame).truth().unwrap_or(Truth::Unknown);
        let mut relevance = row.conditions.iter().map(truth).fold(Truth::True, Truth::and);
        if relevance == Truth::Unknown && self.rests_on_the_irrelevant(row, member) {
            relevance = Truth::False;
        }
        let calculated = row.calculation.as_ref().map(|node| eval(node, &frame));
        let given = match member {
            None => household_answer(self.answers, &self.of_area, &row.id),
            Some(member) => self.answers.members.get(member).and_then(|member| member.answers.get(&row.id)),
        };
        let cell = match (relevance, calculated) {
            (Truth::False, _) => row.when_irrelevant.unwrap_or(Cell::Unknown),
            (_, Some(cell)) => cell,
            (_, None) => {
                given.and_then(Answer::value).map_or(Cell::Unknown, |value| texts.cell(value, &row.ty))
            }
        };
        if relevance == Truth::False && row.when_irrelevant.is_none() {
            self.irrelevant.insert((row.level, member, row.slot));
        }
        if relevance != Truth::False {
            let kept = match calculated {
                Some(cell) => texts.value(cell, &row.ty).map(Answer::Value),
                None => given.cloned(),
            };
            let answers = match member {
                None => Some(&mut situation.answers.household),
                Some(member) => situation.answers.members.get_mut(member).map(|member| &mut member.answers),
            };
            if let (Some(kept), Some(answers)) = (kept, answers) {
                answers.insert(row.id.clone(), kept);
            }
        }
        if row.is_asked {
            match row.level {
                Level::Household => drop(situation.household.insert(row.id.clone(), relevance)),
                Level::Member => situation.of_members.entry(row.id.clone()).or_default().push(relevance),
            }
        }
        let slots = match member {
            None => self.household.get_mut(row.slot),
            Some(member) => self.members.get_mut(member * self.logic.members + row.slot),
        };
        if let Some(slot) = slots {
            *slot = cell;
        }
    }

    /// Whether what keeps a condition open are questions that will never be asked: then this one is not
    /// asked either ("how many months pregnant" of somebody not asked whether she is).
    fn rests_on_the_irrelevant(&self, row: &Row, member: Option<usize>) -> bool {
        let mut rests = false;
        for (level, slot) in &row.reads {
            let members = match (level, member) {
                (Level::Household, _) => vec![None],
                (Level::Member, Some(member)) => vec![Some(member)],
                (Level::Member, None) => (0..self.answers.members.len()).map(Some).collect(),
            };
            for at in members {
                let cell = match at {
                    None => self.household.get(*slot),
                    Some(member) => self.members.get(member * self.logic.members + slot),
                };
                if cell.is_some_and(|cell| cell.is_unknown()) {
                    if !self.irrelevant.contains(&(*level, at, *slot)) {
                        return false;
                    }
                    rests = true;
                }
            }
        }
        rests
    }

    fn find_head(&self, texts: &Texts<'_>) -> Head {
        let Some(slot) = self.logic.relation else { return Head::Unknown };
        let mut heads = Vec::new();
        for member in 0..self.answers.members.len() {
            match self.members.get(member * self.logic.members + slot) {
                Some(Cell::Symbol(symbol)) if texts.name(*symbol) == "head" => heads.push(member),
                Some(Cell::Symbol(_)) => {}
                _ => return Head::Unknown,
            }
        }
        match heads.as_slice() {
            [head] => Head::Is(*head),
            [] if self.answers.members.is_empty() => Head::Unknown,
            [] => Head::Fault(Failure::NoHead),
            _ => Head::Fault(Failure::TwoHeads),
        }
    }
}

/// The answer the household gave; in place of none, the one that follows from its area.
fn household_answer<'r>(
    answers: &'r Answers,
    of_area: &'r [(&'static str, Answer)],
    id: &str,
) -> Option<&'r Answer> {
    let given = answers.household.get(id);
    if given.is_some_and(|answer| answer.value().is_some()) {
        return given;
    }
    of_area.iter().find(|(name, _)| *name == id).map(|(_, answer)| answer).or(given)
}

/// What is asked of one household, and the answers that count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The members' ids, in the order of the answers.
    members: Vec<String>,
    answers: Answers,
    /// Relevance of the household's questions.
    household: BTreeMap<String, Truth>,
    /// Relevance of the members' questions, one truth for each member.
    of_members: BTreeMap<String, Vec<Truth>>,
}

impl Situation {
    /// Whether a question is to be asked; `False` for one that is on no page. `member` is a member's id.
    pub fn relevance(&self, question: &str, member: Option<&str>) -> Truth {
        let truth = match member {
            None => self.household.get(question),
            Some(id) => {
                let place = self.members.iter().position(|known| known == id);
                place.and_then(|place| self.of_members.get(question)?.get(place))
            }
        };
        truth.copied().unwrap_or(Truth::False)
    }

    /// Whether a question is asked: its relevance is true, or still open.
    pub fn is_asked(&self, question: &str, member: Option<&str>) -> bool {
        self.relevance(question, member) != Truth::False
    }

    /// The answers that count: those to questions that are asked, those of the register, and what is
    /// calculated. Others are kept in the file, but nothing reads them.
    pub fn effective(&self) -> &Answers {
        &self.answers
    }

    /// The ids of the members, in the order of the answers.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(String::as_str)
    }

    /// The answer that counts for a question.
    pub fn answer(&self, question: &str, member: Option<&str>) -> Option<&Answer> {
        match member {
            None => self.answers.household.get(question),
            Some(id) => self
                .answers
                .members
                .iter()
                .find(|member| member.id == id)
                .and_then(|m| m.answers.get(question)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;
    use crate::{definitions::AreaInputs, form::testing, num::Num};

    const TODAY: Date = date!(2026 - 11 - 22);

    fn situation(json: &serde_json::Value) -> Situation {
        let form = testing::form();
        let answers = Answers::from_json(&form, json, TODAY).unwrap();
        Logic::compile(&form, &[]).unwrap().situation(&answers, TODAY)
    }

    #[test]
    fn an_open_condition_asks() {
        let empty = situation(&json!({}));
        for id in ["rooms", "rent", "shared_toilet", "belongings", "land"] {
            assert!(empty.is_asked(id, None), "{id}");
        }
        assert_eq!(empty.relevance("rooms", None), Truth::True);
        assert_eq!(empty.relevance("rent", None), Truth::Unknown);
        let unsaid = situation(&json!({ "answers": { "rents": { "state": "dont_know" } } }));
        assert_eq!(unsaid.relevance("rent", None), Truth::Unknown);
    }

    #[test]
    fn a_settled_condition_decides() {
        let renting =
            json!({ "answers": { "rents": false, "rent": 100, "toilet": "none", "shared_toilet": true } });
        let settled = situation(&renting);
        assert!(!settled.is_asked("rent", None));
        assert_eq!(settled.answer("rent", None), None, "an answer to what is no longer asked does not count");
        assert!(!settled.is_asked("shared_toilet", None));
        assert!(!settled.is_asked("shared_with", None), "it hangs on a question that is not asked");
        assert!(situation(&json!({ "answers": { "toilet": "pit" } })).is_asked("shared_with", None));
    }

    #[test]
    fn a_page_can_be_irrelevant_whole() {
        let town = json!({ "answers": { "setting": "urban", "rooms": 1 } });
        assert!(!situation(&town).is_asked("belongings", None));
        assert!(!situation(&town).is_asked("land", None));
        assert!(situation(&json!({ "answers": { "setting": "rural" } })).is_asked("belongings", None));
    }

    #[test]
    fn setting_and_province_follow_from_the_area() {
        let (form, town) =
            (testing::form(), AreaInputs { setting: Some("urban".into()), province: Some("01".into()) });
        let areas = BTreeMap::from([("P01-T".to_owned(), town), ("P01".to_owned(), AreaInputs::default())]);
        let logic = Logic::compile(&form, &[]).unwrap().with_areas(areas);
        let situation = |json: serde_json::Value| {
            logic.situation(&Answers::from_json(&form, &json, TODAY).unwrap(), TODAY)
        };
        let in_town = situation(json!({ "answers": { "area": "P01-T", "rooms": 1 } }));
        assert!(!in_town.is_asked("land", None), "a town household is not asked for its fields");
        assert_eq!(in_town.answer("setting", None), Some(&Answer::Value(Value::Choice("urban".into()))));
        let said = situation(json!({ "answers": { "area": "P01-T", "setting": "rural", "rooms": 1 } }));
        assert!(said.is_asked("land", None), "what was said stands");
        for open in ["P01", "nowhere"] {
            let open = situation(json!({ "answers": { "area": open, "rooms": 1 } }));
            assert_eq!(open.relevance("land", None), Truth::Unknown, "the area does not say");
        }
    }

    #[test]
    fn members_are_asked_each_for_themselves() {
        let family = situation(&json!({ "members": [
            { "id": "a", "relation": "head", "age": 40 },
            { "id": "b", "relation": "child", "age": 8, "attends_school": false },
            { "id": "c", "relation": "child" },
        ] }));
        assert!(!family.is_asked("attends_school", Some("a")));
        assert!(!family.is_asked("why_not_school", Some("a")));
        assert!(family.is_asked("why_not_school", Some("b")));
        assert!(family.is_asked("attends_school", Some("c")), "the age is not known");
        assert!(!family.is_asked("attends_school", Some("nobody")));
        assert!(!family.is_asked("attends_school", None));
    }

    #[test]
    fn a_household_question_can_read_the_members() {
        let pupils = |attends: bool| {
            situation(&json!({ "answers": { "fees": 90 }, "members": [
                { "id": "a", "relation": "head", "age": 10, "attends_school": attends },
                { "id": "b", "relation": "child", "age": 9, "attends_school": attends },
            ] }))
        };
        assert!(!pupils(false).is_asked("fees", None));
        assert_eq!(pupils(false).answer("fees_each", None), None);
        assert!(pupils(true).is_asked("fees", None));
        let each = Answer::Value(Value::Num(Num::ratio(45, 1).unwrap()));
        assert_eq!(pupils(true).answer("fees_each", None), Some(&each));
    }

    #[test]
    fn retired_and_calculated_questions_are_on_no_page() {
        let pupil = situation(&json!({ "answers": { "old_question": 3 }, "members": [
            { "id": "a", "relation": "head", "age": 10, "attends_school": true },
        ] }));
        assert!(!pupil.is_asked("old_question", None));
        assert!(pupil.answer("old_question", None).is_some(), "an old answer still counts");
        assert!(!pupil.is_asked("fees_each", None));
        assert!(!pupil.is_asked("relation", Some("a")));
    }
}
