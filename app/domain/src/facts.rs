//! From answers to facts: the slots of a program, the order in which they are filled, and the filling.
//!
//! Whatever has a name (a question, a registry input, a fact, a score and its band) has a slot, of the
//! household or of each member. Slots are filled in an order in which everything read is already there.
//! To add a kind of named thing: a variant of [`Step`], its compilation in `program`, its cell here.

use std::collections::BTreeMap;

use time::Date;

use crate::answers::{Answer, Answered, Answers, MemberAnswers};
use crate::definitions::RoundDef;
use crate::expr::cell::{Cell, Failure, Texts};
use crate::expr::eval::{Frame, Head, all, eval};
use crate::expr::node::Node;
use crate::expr::{Level, Type};
use crate::program::Program;
use crate::score::ScoreOutcome;
use crate::value::Value;

/// A question or registry input, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub id: String,
    pub level: Level,
    pub slot: usize,
    pub ty: Type,
    pub relevant: Vec<Node>,
    pub when_irrelevant: Option<Cell>,
    pub calculation: Option<Node>,
}

/// A fact, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    /// Its place in the definitions.
    pub def: usize,
    pub level: Level,
    pub slot: usize,
    pub ty: Type,
    pub node: Node,
    pub round: Option<RoundDef>,
    pub default: Option<Cell>,
}

/// One thing to fill, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Input(usize),
    Fact(usize),
    Score(usize),
}

/// One household on one day, with every slot filled.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation<'a> {
    pub program: &'a Program,
    pub household_answers: &'a Answered,
    /// The members in the order of their ids, so that the order of the answers means nothing.
    pub member_answers: Vec<&'a MemberAnswers>,
    pub texts: Texts<'a>,
    pub household: Vec<Cell>,
    pub members: Vec<Cell>,
    pub params: Vec<Cell>,
    pub head: Head,
    pub as_of: Date,
    /// Facts whose declared default stood in for an unknown.
    pub assumed: Vec<(usize, Option<usize>)>,
    /// Scores with their parts, by place and member.
    pub scores: Vec<(usize, Option<usize>, ScoreOutcome)>,
    raw_household: Vec<Cell>,
    raw_members: Vec<Cell>,
}

impl<'a> Evaluation<'a> {
    pub fn new(program: &'a Program, answers: &'a Answers, as_of: Date) -> Self {
        let mut evaluation = Self::unfilled(program, answers, as_of);
        for step in &program.steps {
            evaluation.fill(*step, true);
        }
        evaluation
    }

    /// The answers read, and nothing worked out yet.
    pub fn unfilled(program: &'a Program, answers: &'a Answers, as_of: Date) -> Self {
        let mut member_answers: Vec<&MemberAnswers> = answers.members.iter().collect();
        member_answers.sort_by(|a, b| a.id.cmp(&b.id));
        let count = member_answers.len();
        let mut evaluation = Self {
            program,
            household_answers: &answers.household,
            texts: Texts::new(&program.symbols),
            household: vec![Cell::Unknown; program.household_slots],
            members: vec![Cell::Unknown; program.member_slots * count],
            params: program.params_on(as_of),
            head: Head::Unknown,
            as_of,
            assumed: Vec::new(),
            scores: Vec::new(),
            raw_household: Vec::new(),
            raw_members: Vec::new(),
            member_answers,
        };
        evaluation.read_answers();
        evaluation.find_head();
        evaluation.raw_household.clone_from(&evaluation.household);
        evaluation.raw_members.clone_from(&evaluation.members);
        evaluation
    }

    /// What expressions see.
    pub fn frame(&self) -> Frame<'_> {
        Frame {
            household: &self.household,
            members: &self.members,
            width: self.program.member_slots,
            count: self.member_answers.len(),
            member: None,
            head: self.head,
            params: &self.params,
            as_of: self.as_of,
        }
    }

    /// What expressions see from a member, or from the household.
    pub fn frame_of(&self, member: Option<usize>) -> Frame<'_> {
        Frame { member, ..self.frame() }
    }

    /// The id of a member.
    pub fn member_id(&self, member: Option<usize>) -> Option<String> {
        member.and_then(|place| self.member_answers.get(place)).map(|answers| answers.id.clone())
    }

    /// The answer given to an input, whatever its state.
    pub fn answer(&self, input: &Input, member: Option<usize>) -> Option<&Answer> {
        match input.level {
            Level::Household => self.household_answers.get(&input.id),
            Level::Member => self.member_answers.get(member?)?.answers.get(&input.id),
        }
    }

    /// Asks everything that is asked of the household, each question when it is known that it concerns them, in the
    /// order in which answers decide what is asked next; `answer` gives what is said. Only `steps` are filled.
    #[cfg(not(target_family = "wasm"))]
    pub fn ask(
        &mut self,
        steps: &[Step],
        mut answer: impl FnMut(&Input, Option<usize>) -> Option<Answer>,
    ) -> Vec<(usize, Option<usize>, Answer)> {
        let program = self.program;
        let mut said = Vec::new();
        let always = (0..program.inputs.len()).filter(|place| {
            let input = &program.inputs[*place];
            input.relevant.is_empty() && input.calculation.is_none()
        });
        let asked = always.map(Step::Input).chain(steps.iter().copied());
        for step in asked {
            let Step::Input(place) = step else {
                self.fill(step, false);
                continue;
            };
            let input = &program.inputs[place];
            let members: Vec<Option<usize>> = match input.level {
                Level::Household => vec![None],
                Level::Member => (0..self.member_answers.len()).map(Some).collect(),
            };
            for member in members {
                if input.calculation.is_none()
                    && relevance(input, &self.frame_of(member)) == Cell::Bool(true)
                    && let Some(given) = answer(input, member)
                {
                    if let Some(value) = given.value() {
                        let cell = self.texts.cell(value, &input.ty);
                        self.put(input.level, input.slot, member, cell);
                        match member {
                            Some(member) => {
                                self.raw_members[member * program.member_slots + input.slot] = cell;
                            }
                            None => self.raw_household[input.slot] = cell,
                        }
                    }
                    said.push((place, member, given));
                } else if !input.relevant.is_empty() || input.calculation.is_some() {
                    self.fill_one(step, member, false);
                }
            }
        }
        said
    }

    fn read_answers(&mut self) {
        let program = self.program;
        for (input, cell) in read(program, Level::Household, self.household_answers, &mut self.texts) {
            self.household[input.slot] = cell;
        }
        let birth_date =
            program.inputs.iter().find(|input| input.id == BIRTH_DATE && input.level == Level::Member);
        for member in 0..self.member_answers.len() {
            let answers = self.member_answers[member];
            let row = member * program.member_slots;
            for (input, cell) in read(program, Level::Member, &answers.answers, &mut self.texts) {
                self.members[row + input.slot] = cell;
            }
            if let Some(input) = birth_date
                && self.members[row + input.slot] == Cell::Unknown
            {
                self.members[row + input.slot] = birth_date_of_age(answers.answers.get("age"), self.as_of);
            }
        }
        self.read_area();
    }

    /// `setting` and `province` follow from the area where they were not given.
    fn read_area(&mut self) {
        let program = self.program;
        let area = self.household_answers.get("area").and_then(Answer::value);
        let Some(Value::Text(code) | Value::Choice(code)) = area else { return };
        let Some(area) = program.areas.get(code) else { return };
        for (name, value) in [("setting", &area.setting), ("province", &area.province)] {
            let input =
                program.inputs.iter().find(|input| input.id == name && input.level == Level::Household);
            let (Some(input), Some(value)) = (input, value) else { continue };
            if self.household[input.slot] == Cell::Unknown {
                self.household[input.slot] = self.texts.cell(&Value::Choice(value.clone()), &input.ty);
            }
        }
    }

    fn find_head(&mut self) {
        let Some((slot, symbol)) = self.program.head else { return };
        let width = self.program.member_slots;
        let relations = (0..self.member_answers.len()).map(|member| self.members[member * width + slot]);
        self.head = head_among(relations, symbol);
    }

    /// Fills one step; `first` is false when it is filled again in a programme's own view.
    fn fill(&mut self, step: Step, first: bool) {
        match self.program.level_of(step) {
            Level::Household => self.fill_one(step, None, first),
            Level::Member => {
                for member in 0..self.member_answers.len() {
                    self.fill_one(step, Some(member), first);
                }
            }
        }
    }

    fn fill_one(&mut self, step: Step, member: Option<usize>, first: bool) {
        let program = self.program;
        let cell = match step {
            Step::Input(place) => self.input_cell(&program.inputs[place], member),
            Step::Fact(place) => {
                let fact = &program.facts[place];
                let (cell, assumed) = fact_cell(fact, &self.frame_of(member));
                if assumed && first {
                    self.assumed.push((fact.def, member));
                }
                cell
            }
            Step::Score(place) => {
                let score = &program.scores[place];
                let outcome = score.outcome(&self.frame_of(member));
                if let Some(slot) = score.slots.1 {
                    self.put(score.level, slot, member, outcome.band);
                }
                let total = outcome.total;
                if first {
                    self.scores.push((place, member, outcome));
                }
                total
            }
        };
        let (level, slot) = program.slot_of(step);
        self.put(level, slot, member, cell);
    }

    fn put(&mut self, level: Level, slot: usize, member: Option<usize>, cell: Cell) {
        match (level, member) {
            (Level::Member, Some(member)) => self.members[member * self.program.member_slots + slot] = cell,
            _ => self.household[slot] = cell,
        }
    }

    fn input_cell(&self, input: &Input, member: Option<usize>) -> Cell {
        let frame = self.frame_of(member);
        if let Some(calculation) = &input.calculation {
            return eval(calculation, &frame);
        }
        let given = match (input.level, member) {
            (Level::Member, Some(member)) => {
                self.raw_members[member * self.program.member_slots + input.slot]
            }
            _ => self.raw_household[input.slot],
        };
        input.counted(relevance(input, &frame), given)
    }

    /// The household as one programme sees it: a number put in a household slot, and everything that
    /// follows from it worked out again.
    pub fn with(&self, slot: usize, cell: Cell, dependents: &[Step]) -> Self {
        let mut view = self.clone();
        view.household[slot] = cell;
        for step in dependents {
            view.fill(*step, false);
        }
        view
    }
}

/// The cells of the answers that a level's inputs were given. Both stand in the order of their ids, so one
/// walk finds them all.
fn read<'r>(
    program: &'r Program,
    level: Level,
    answered: &'r Answered,
    texts: &'r mut Texts<'_>,
) -> impl Iterator<Item = (&'r Input, Cell)> {
    let mut inputs = program.inputs_by_id.iter().map(|place| &program.inputs[*place]).peekable();
    answered.iter().filter_map(move |(id, answer)| {
        while inputs.next_if(|input| input.id < *id).is_some() {}
        let mut same = None;
        while let Some(input) = inputs.next_if(|input| input.id == *id) {
            same = same.or(Some(input).filter(|input| input.level == level && input.calculation.is_none()));
        }
        let (input, value) = (same?, answer.value()?);
        Some((input, texts.cell(value, &input.ty)))
    })
}

/// Who of the members is the head, by what their relations say.
pub(crate) fn head_among(relations: impl Iterator<Item = Cell>, head: u32) -> Head {
    let (mut first, mut heads, mut members) = (0, 0_usize, 0_usize);
    let (mut unknown, mut fault) = (false, None);
    for (member, relation) in relations.enumerate() {
        members += 1;
        match relation {
            Cell::Symbol(relation) if relation == head => {
                heads += 1;
                first = member;
            }
            Cell::Symbol(_) => {}
            Cell::Fault(failure) => fault = Some(failure),
            _ => unknown = true,
        }
    }
    match heads {
        1 => Head::Is(first),
        0 if unknown || members == 0 => Head::Unknown,
        0 => Head::Fault(fault.unwrap_or(Failure::NoHead)),
        _ => Head::Fault(Failure::TwoHeads),
    }
}

/// The registry input from which ages follow.
pub(crate) const BIRTH_DATE: &str = "birth_date";

/// Whether an input is to be asked.
pub(crate) fn relevance(input: &Input, frame: &Frame<'_>) -> Cell {
    all(input.relevant.iter().map(|node| eval(node, frame)))
}

/// A fact's cell, and whether its declared default stood in.
fn fact_cell(fact: &Fact, frame: &Frame<'_>) -> (Cell, bool) {
    fact.settled(eval(&fact.node, frame))
}

impl Fact {
    /// What becomes of the expression's cell: the declared default for an unknown, which is told, or the rounding.
    pub fn settled(&self, cell: Cell) -> (Cell, bool) {
        if let (true, Some(default)) = (cell.is_unknown(), self.default) {
            return (default, true);
        }
        match (cell, self.round) {
            (Cell::Num(number), Some(round)) => (number.rounded(round.mode, round.to).into(), false),
            (Cell::Between(..), Some(_)) => (Cell::Unknown, false),
            _ => (cell, false),
        }
    }
}

impl Input {
    /// What counts of the answer that was given, by whether the question is to be asked.
    pub fn counted(&self, relevant: Cell, given: Cell) -> Cell {
        match relevant {
            Cell::Bool(true) => given,
            Cell::Bool(false) => self.when_irrelevant.unwrap_or(Cell::Unknown),
            fault @ Cell::Fault(_) => fault,
            // Until it is known whether the question concerns them, its answer does not count.
            _ => Cell::Unknown,
        }
    }
}

/// A birth date that gives the completed years said in place of one.
pub(crate) fn birth_date_of_age(age: Option<&Answer>, as_of: Date) -> Cell {
    let Some(Answer::Value(Value::Num(age))) = age else { return Cell::Unknown };
    let born =
        age.integer().filter(|age| (0..=150).contains(age)).and_then(|age| i32::try_from(age).ok()).and_then(
            |age| {
                let year = as_of.year() - age;
                Date::from_calendar_date(year, as_of.month(), as_of.day())
                    .or_else(|_| Date::from_calendar_date(year, as_of.month(), 28))
                    .ok()
            },
        );
    born.map_or(Cell::Fault(Failure::BadAnswer), Cell::Date)
}

/// A fact's or question's value for people and receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is known.
    Value(Value),
    /// It is not known.
    Unknown,
    /// Its calculation failed.
    Fault(Failure),
}

impl serde::Serialize for Known {
    /// The value, `null`, or `{"fault": "division_by_zero"}`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Unknown => serializer.serialize_none(),
            Self::Fault(failure) => BTreeMap::from([("fault", failure)]).serialize(serializer),
        }
    }
}

impl Known {
    /// The value, if it is known.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unknown | Self::Fault(_) => None,
        }
    }

    pub(crate) fn new(cell: Cell, ty: &Type, texts: &Texts<'_>) -> Self {
        match cell {
            Cell::Fault(failure) => Self::Fault(failure),
            cell => texts.value(cell, ty).map_or(Self::Unknown, Self::Value),
        }
    }
}
