//! Answers as JSON, in the shape of `guichet assess` and of what is stored: read against the form, so that a
//! misspelt question or a choice that is not on the list is found and not passed over.
//!
//! An answer is `true`/`false`, a number (a decimal may be a text, `"0.5"`), a text (a day as `YYYY-MM-DD`, a
//! choice by its id), a list of choices, `{"state": "dont_know"}` or `{"state": "refused"}`; null or nothing is
//! "not asked". A member may have `age` (completed years) in place of `birth_date`.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use time::{Date, Month};

use super::{
    question::{Form, Kind, Question},
    raw::{DONT_KNOW, REFUSED},
};
use crate::{
    answers::{Answer, Answered, Answers, MemberAnswers},
    expr::Level,
    fault::Fault,
    num::Num,
    value::{Value, parse_iso_date},
};

/// Ages people do not reach.
const OLDEST: i64 = 130;

impl Answers {
    /// Reads answers; `as_of` is the day at which an `age` holds.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place (`members[1].rooms`); the file's name is for the caller.
    pub fn from_json(form: &Form, json: &Json, as_of: Date) -> Result<Answers, Vec<Fault>> {
        let mut reading = Reading { form, as_of, faults: Vec::new() };
        let answers = reading.all(json);
        if reading.faults.is_empty() { Ok(answers) } else { Err(reading.faults) }
    }
}

struct Reading<'f> {
    form: &'f Form,
    as_of: Date,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn fault(&mut self, key: &str, message: impl Into<String>) {
        self.faults.push(Fault { file: String::new(), line: 0, key: key.into(), message: message.into() });
    }

    fn all(&mut self, json: &Json) -> Answers {
        let Json::Object(top) = json else {
            self.fault("", "answers are an object: { \"answers\": {…}, \"members\": [{…}] }");
            return Answers::default();
        };
        for key in top.keys().filter(|key| !["as_of", "answers", "members", "expect"].contains(&key.as_str()))
        {
            self.fault(key, "this key is not known: use as_of, answers and members");
        }
        let household = match top.get("answers") {
            None | Some(Json::Null) => Answered::new(),
            Some(Json::Object(rows)) => self.answered(rows, Level::Household, "answers"),
            Some(_) => {
                self.fault("answers", "this must be an object of answers by question");
                Answered::new()
            }
        };
        let members = match top.get("members") {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Array(rows)) => self.members(rows),
            Some(_) => {
                self.fault("members", "this must be a list of objects, one for each member");
                Vec::new()
            }
        };
        Answers { household, members }
    }

    fn members(&mut self, rows: &[Json]) -> Vec<MemberAnswers> {
        let mut seen = BTreeSet::new();
        let mut members = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let place = format!("members[{at}]");
            let Json::Object(row) = row else {
                self.fault(&place, "a member is an object of answers by question");
                continue;
            };
            let id = match row.get("id") {
                None => (at + 1).to_string(),
                Some(Json::String(id)) if !id.is_empty() => id.clone(),
                Some(_) => {
                    self.fault(&format!("{place}.id"), "a member's id is a text");
                    continue;
                }
            };
            if !seen.insert(id.clone()) {
                self.fault(
                    &format!("{place}.id"),
                    format!("there already is a member '{id}': give this one another id"),
                );
            }
            let mut answers = self.answered(row, Level::Member, &place);
            self.age(row, &place, &mut answers);
            members.push(MemberAnswers { id, answers });
        }
        members
    }

    /// `age` stands for the birth date of somebody who completed so many years on the day.
    fn age(&mut self, row: &Map<String, Json>, place: &str, answers: &mut Answered) {
        let Some(age) = row.get("age").filter(|age| !age.is_null()) else { return };
        let place = format!("{place}.age");
        let years = age.as_i64().filter(|years| (0..=OLDEST).contains(years));
        let Some(born) = years.and_then(|years| years_before(self.as_of, years)) else {
            self.fault(&place, format!("an age is a whole number of completed years, 0 to {OLDEST}"));
            return;
        };
        if answers.insert("birth_date".into(), Answer::Value(Value::Date(born))).is_some() {
            self.fault(&place, "there is a birth_date too: keep one of them");
        }
    }

    fn answered(&mut self, rows: &Map<String, Json>, level: Level, place: &str) -> Answered {
        let mut answered = Answered::new();
        for (id, json) in rows {
            if level == Level::Member && (id == "id" || id == "age") {
                continue;
            }
            let place = format!("{place}.{id}");
            let form = self.form;
            let Some(question) = form.question(id).filter(|question| question.kind != Kind::Note) else {
                self.fault(&place, format!("the form has no question '{id}'"));
                continue;
            };
            if question.level != level {
                let whose = if level == Level::Member {
                    "the household, under answers"
                } else {
                    "each member, under members"
                };
                self.fault(&place, format!("'{id}' is asked of {whose}"));
                continue;
            }
            if question.kind == Kind::Calc {
                self.fault(&place, format!("'{id}' is worked out from other answers: take it out"));
                continue;
            }
            match answer(form, question, json) {
                Ok(Some(answer)) => {
                    answered.insert(id.clone(), answer);
                }
                Ok(None) => {}
                Err(message) => self.fault(&place, message),
            }
        }
        answered
    }
}

fn years_before(day: Date, years: i64) -> Option<Date> {
    let year = day.year().checked_sub(i32::try_from(years).ok()?)?;
    // Who is so many years old on a 29th of February was born on it or on the 28th.
    day.replace_year(year).or_else(|_| Date::from_calendar_date(year, Month::February, 28)).ok()
}

/// Reads one answer; `None` is "not asked".
///
/// # Errors
/// One line saying what an answer to this question looks like.
pub fn answer(form: &Form, question: &Question, json: &Json) -> Result<Option<Answer>, String> {
    match json {
        Json::Null => return Ok(None),
        Json::Object(state) => {
            return match state.get("state").and_then(Json::as_str) {
                Some(DONT_KNOW) if state.len() == 1 => Ok(Some(Answer::DontKnow)),
                Some(REFUSED) if state.len() == 1 => Ok(Some(Answer::Refused)),
                _ => Err("a state is { \"state\": \"dont_know\" } or { \"state\": \"refused\" }".into()),
            };
        }
        _ => {}
    }
    let option = |json: &Json| {
        let text = json.as_str().ok_or("a choice is the id of an option, in quotes")?;
        match form.choices_of(question) {
            Some(list) if list.knows(text) => Ok(text.to_owned()),
            Some(list) => Err(format!(
                "'{text}' is not an option of '{}': use one of {}",
                list.id,
                list.options.join(", ")
            )),
            None => Err("the question has no list of choices".into()),
        }
    };
    let value = match question.kind {
        Kind::Bool => json.as_bool().map(Value::Bool).ok_or("the answer is true or false")?,
        Kind::Integer | Kind::Decimal | Kind::Money => {
            let number = number(json).ok_or("the answer is a number")?;
            if question.kind == Kind::Integer && number.integer().is_none() {
                return Err("the answer is a whole number".into());
            }
            Value::Num(number)
        }
        Kind::Text | Kind::Place => Value::Text(json.as_str().ok_or("the answer is a text")?.to_owned()),
        Kind::Date => Value::Date(
            json.as_str().and_then(parse_iso_date).ok_or("the answer is a day like \"2026-01-31\"")?,
        ),
        Kind::SelectOne => Value::Choice(option(json)?),
        Kind::SelectMany => {
            let Json::Array(options) = json else { return Err("the answer is a list of options".into()) };
            Value::Many(options.iter().map(option).collect::<Result<_, _>>()?)
        }
        Kind::Note | Kind::Calc => return Err("this question has no answer".into()),
    };
    Ok(Some(Answer::Value(value)))
}

fn number(json: &Json) -> Option<Num> {
    match json {
        Json::Number(number) => number.to_string().parse().ok(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;
    use crate::form::testing::form;

    const TODAY: Date = date!(2026 - 11 - 22);

    fn faults(json: &Json) -> Vec<String> {
        let faults = Answers::from_json(&form(), json, TODAY).err().unwrap_or_default();
        faults.into_iter().map(|fault| format!("{}: {}", fault.key, fault.message)).collect()
    }

    #[test]
    fn answers_of_every_kind_come_back_as_they_went() {
        let json = json!({
            "answers": {
                "area": "P01", "setting": "urban", "rooms": 3, "land": "0.5", "rent": 120.5, "toilet": "pit",
                "belongings": ["radio", "bicycle"], "farms": true, "remarks": "none", "moved_on": "2026-01-31",
            },
            "members": [
                { "id": "a", "relation": "head", "birth_date": "1986-03-01", "attends_school": { "state": "refused" } },
                { "id": "b", "relation": "child", "attends_school": { "state": "dont_know" }, "sex": null },
            ],
        });
        let answers = Answers::from_json(&form(), &json, TODAY).unwrap();
        assert_eq!(answers.household.len(), 10);
        assert_eq!(answers.members[1].answers.get("sex"), None);
        let again = Answers::from_json(&form(), &answers.to_json(), TODAY).unwrap();
        assert_eq!(answers, again);
    }

    #[test]
    fn an_age_is_a_birth_date() {
        let born = |age: i64, day: Date| {
            let json = json!({ "members": [{ "age": age }] });
            let answers = Answers::from_json(&form(), &json, day).unwrap();
            answers.members[0].answers.get("birth_date").cloned()
        };
        assert_eq!(born(40, TODAY), Some(Answer::Value(Value::Date(date!(1986 - 11 - 22)))));
        assert_eq!(born(1, date!(2028 - 02 - 29)), Some(Answer::Value(Value::Date(date!(2027 - 02 - 28)))));
        assert_eq!(
            faults(&json!({ "members": [{ "age": -1 }, { "age": 3, "birth_date": "2023-01-01" }] })),
            [
                "members[0].age: an age is a whole number of completed years, 0 to 130",
                "members[1].age: there is a birth_date too: keep one of them",
            ]
        );
    }

    #[test]
    fn each_mistake_is_told_with_its_place() {
        assert_eq!(faults(&json!([])).len(), 1);
        let json = json!({
            "answer": {},
            "answers": {
                "room": 3, "rooms": "x", "land": true, "toilet": "hole", "belongings": "radio", "farms": "yes",
                "attends_school": true, "moved_on": "31/1/2026", "remarks": { "state": "lost" }, "hello": 1,
            },
            "members": [{ "id": "a" }, { "id": "a" }, 3, { "rooms": 2 }],
        });
        let keys: Vec<String> =
            faults(&json).iter().map(|f| f.split(':').next().unwrap().to_owned()).collect();
        assert_eq!(
            keys,
            [
                "answer",
                "answers.attends_school",
                "answers.belongings",
                "answers.farms",
                "answers.hello",
                "answers.land",
                "answers.moved_on",
                "answers.remarks",
                "answers.room",
                "answers.rooms",
                "answers.toilet",
                "members[1].id",
                "members[2]",
                "members[3].rooms",
            ]
        );
        assert_eq!(
            faults(&json!({ "answers": { "rooms": 2.5 } })),
            ["answers.rooms: the answer is a whole number"]
        );
    }
}
