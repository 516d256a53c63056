//! A synthetic registry's answers without a database: the demo's households and the demo's answers, for a simulation of
//! millions. The questions are asked in the order in which the rules decide that they concern somebody, not page by page,
//! so the same seed gives other answers here than in a demo's database, of the same look.

use std::collections::BTreeMap;

use domain::answers::{Answer, Answers, MemberAnswers};
use domain::birth::{Birth, completed_years};
use domain::form::raw::{DONT_KNOW, REFUSED, RawAnswer, Typing, parse};
use domain::pack::Pack;
use domain::simulate::Asking;
use domain::value::Value;
use time::Date;

use super::answers::{answer, means};
use super::dice::Dice;
use super::names::Culture;
use super::people::{self, Known};

/// What the answers are drawn from, apart from the households themselves.
const ANSWERS: u64 = 0x616e_7377;
/// Of so many households one tells some things it does not know, and one would rather not say some.
const OPEN: u32 = 12;

/// A country's households with their answers, each drawn by its number.
pub struct Surveyed<'p> {
    pack: &'p Pack,
    asking: Asking<'p>,
    areas: Vec<&'p str>,
    cultures: Vec<Culture>,
    questions: BTreeMap<&'p str, Typing>,
    seed: u64,
    as_of: Date,
}

impl<'p> Surveyed<'p> {
    /// The households of `seed` in the pack's country, as they are on a day.
    pub fn new(pack: &'p Pack, seed: u64, as_of: Date) -> Self {
        let minor_digits = pack.definitions().minor_digits;
        let asked = pack.form.questions.iter().filter(|question| question.is_asked());
        let typing = |question| Typing::of(&pack.form, question, minor_digits);
        Self {
            pack,
            asking: Asking::new(&pack.program),
            areas: pack.areas.leaves().map(|area| area.code.as_str()).collect(),
            cultures: Culture::all(),
            questions: asked.map(|question| (question.id.as_str(), typing(question))).collect(),
            seed,
            as_of,
        }
    }

    /// One household's answers.
    pub fn household(&self, number: u64) -> Answers {
        let drawn = people::draw(self.seed, number, self.areas.len(), &self.cultures, self.as_of);
        let mut dice = Dice::new(self.seed ^ ANSWERS, number);
        let area = self.areas.get(drawn.area).copied().unwrap_or_default();
        let choice = |id: &str| Answer::Value(Value::Choice(id.to_owned()));
        let mut household =
            BTreeMap::from([("area".to_owned(), Answer::Value(Value::Text(area.to_owned())))]);
        let setting =
            self.pack.areas.setting(area).map(|setting| ("setting".to_owned(), choice(setting.id())));
        let province = self.pack.areas.province(area).map(|code| ("province".to_owned(), choice(code)));
        household.extend(setting.into_iter().chain(province));
        let members = drawn.members.iter().enumerate().map(|(place, person)| {
            let birth = match person.known {
                Known::Day => Birth::Date(person.born),
                Known::Year => Birth::Year(person.born.year()),
                Known::Age => {
                    let years = u8::try_from(completed_years(person.born, self.as_of)).unwrap_or(0);
                    Birth::Age { years, told_on: self.as_of }
                }
            };
            let answers = BTreeMap::from([
                ("sex".to_owned(), choice(if person.female { "female" } else { "male" })),
                ("birth_date".to_owned(), Answer::Value(Value::Date(birth.for_rules().min(self.as_of)))),
                ("relation".to_owned(), choice(person.relation)),
            ]);
            MemberAnswers { id: format!("{place:02}"), answers }
        });
        let known = Answers { household, members: members.collect() };
        let (means, open) = (means(&mut dice), dice.below(OPEN));
        self.asking.ask(&known, self.as_of, |question, _| {
            let typing = self.questions.get(question)?;
            let state = |state: &str| RawAnswer { state: Some(state.into()), ..RawAnswer::default() };
            let raw = if typing.dont_know && open == 0 && dice.chance(4) {
                state(DONT_KNOW)
            } else if typing.refused && open == 1 && dice.chance(4) {
                state(REFUSED)
            } else {
                answer((area, self.as_of), question, typing, means, &mut dice)
            };
            parse(typing, &raw).ok().flatten()
        })
    }
}
