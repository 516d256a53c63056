//! A columnar snapshot of what households said: per question and level one column, in blocks of households.
//!
//! Every column is coded by a dictionary of the values that occur in it, so that a choice takes a byte and a date
//! two; the first three codes are the states without a value. What a value means to a program is worked out once
//! for each dictionary entry, by the same reading that decides one household. A block is small and whole: a
//! household that changes needs only its own block written again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::stored::{Column, Translation};
use crate::answers::{Answer, Answered, Answers, MemberAnswers};
use crate::expr::Level;
use crate::program::Program;
use crate::value::Value;

/// Households in one block.
pub const BLOCK: usize = 2048;

/// The question was not asked.
pub(super) const NOT_ASKED: u32 = 0;
/// The person does not know.
pub(super) const DONT_KNOW: u32 = 1;
/// The person would rather not say.
pub(super) const REFUSED: u32 = 2;
/// The first code of a value.
pub(super) const VALUES: u32 = 3;

/// What is kept of answers: the questions that some program reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    household: BTreeSet<String>,
    members: BTreeSet<String>,
}

impl Kept {
    /// The questions that these programs' decisions read.
    pub fn of<'p>(programs: impl IntoIterator<Item = &'p Program>) -> Self {
        let mut kept = Self::default();
        // What the engine reads by these names whatever the form asks: setting and province follow from the area,
        // a birth date from an age.
        kept.household.insert("area".into());
        kept.members.insert("age".into());
        for program in programs {
            let needed = super::needed::Needed::of(program);
            for input in program.inputs.iter().filter(|input| input.calculation.is_none()) {
                if needed.slots.contains(&(input.level, input.slot)) {
                    kept.of_level(input.level).insert(input.id.clone());
                }
            }
        }
        kept
    }

    /// All that a household said, too.
    pub(super) fn extend(&mut self, answers: &Answers) {
        let add = |kept: &mut BTreeSet<String>, answered: &Answered| {
            for id in answered.keys().filter(|id| !kept.contains(*id)).cloned().collect::<Vec<_>>() {
                kept.insert(id);
            }
        };
        add(&mut self.household, &answers.household);
        answers.members.iter().for_each(|member| add(&mut self.members, &member.answers));
    }

    fn of_level(&mut self, level: Level) -> &mut BTreeSet<String> {
        match level {
            Level::Household => &mut self.household,
            Level::Member => &mut self.members,
        }
    }
}

/// The columns of one level: their questions, dictionaries and codes.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    pub ids: Vec<String>,
    pub dictionaries: Vec<Dictionary>,
}

/// The values of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary {
    pub values: Vec<Value>,
    codes: HashMap<Value, u32>,
}

impl Dictionary {
    pub fn code(&mut self, answer: Option<&Answer>) -> u32 {
        match answer {
            None => NOT_ASKED,
            Some(Answer::DontKnow) => DONT_KNOW,
            Some(Answer::Refused) => REFUSED,
            Some(Answer::Value(value)) => {
                if let Some(code) = self.codes.get(value) {
                    return *code;
                }
                let code = VALUES.saturating_add(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
                self.values.push(value.clone());
                self.codes.insert(value.clone(), code);
                code
            }
        }
    }

    fn answer(&self, code: u32) -> Option<Answer> {
        match code {
            NOT_ASKED => None,
            DONT_KNOW => Some(Answer::DontKnow),
            REFUSED => Some(Answer::Refused),
            code => self.values.get((code - VALUES) as usize).cloned().map(Answer::Value),
        }
    }
}

/// The codes of one column in one block, as narrow as they fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Codes {
    /// One code for every row.
    Same(u32),
    One(Box<[u8]>),
    Two(Box<[u16]>),
    Four(Box<[u32]>),
}

impl Codes {
    fn new(codes: &[u32]) -> Self {
        let first = codes.first().copied().unwrap_or(NOT_ASKED);
        if codes.iter().all(|code| *code == first) {
            return Self::Same(first);
        }
        if let Ok(narrow) = codes.iter().map(|code| u8::try_from(*code)).collect::<Result<_, _>>() {
            return Self::One(narrow);
        }
        match codes.iter().map(|code| u16::try_from(*code)).collect::<Result<_, _>>() {
            Ok(narrow) => Self::Two(narrow),
            Err(_) => Self::Four(codes.into()),
        }
    }

    pub fn at(&self, row: usize) -> u32 {
        match self {
            Self::Same(code) => *code,
            Self::One(codes) => u32::from(codes[row]),
            Self::Two(codes) => u32::from(codes[row]),
            Self::Four(codes) => codes[row],
        }
    }
}

/// Some households, column by column.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Where each household's members begin among the block's; one more than there are households.
    pub starts: Vec<u32>,
    pub household: Vec<Codes>,
    pub members: Vec<Codes>,
}

impl Block {
    pub fn households(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub fn people(&self) -> usize {
        self.starts.last().map_or(0, |last| *last as usize)
    }
}

/// What every household said, in columns. Households stand in the order in which they were added, which is the
/// order of their registration.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) household: Columns,
    pub(super) members: Columns,
    pub(super) blocks: Vec<Block>,
    open: Open,
    households: usize,
    people: usize,
}

/// The block that is being filled.
#[derive(Clone, Debug, Default)]
struct Open {
    starts: Vec<u32>,
    household: Vec<Vec<u32>>,
    members: Vec<Vec<u32>>,
}

impl Snapshot {
    /// An empty snapshot that keeps these questions.
    pub fn new(kept: &Kept) -> Self {
        let columns = |ids: &BTreeSet<String>| Columns {
            ids: ids.iter().cloned().collect(),
            dictionaries: vec![Dictionary::default(); ids.len()],
        };
        let (household, members) = (columns(&kept.household), columns(&kept.members));
        let mut snapshot =
            Self { household, members, blocks: Vec::new(), open: Open::default(), households: 0, people: 0 };
        snapshot.reopen();
        snapshot
    }

    /// Blocks that were filled before.
    pub(super) fn of_blocks(household: Columns, members: Columns, blocks: Vec<Block>) -> Self {
        let households = blocks.iter().map(Block::households).sum();
        let people = blocks.iter().map(Block::people).sum();
        let mut snapshot = Self { household, members, blocks, open: Open::default(), households, people };
        snapshot.reopen();
        snapshot
    }

    /// The questions that it keeps.
    pub(super) fn kept(&self) -> Kept {
        Kept {
            household: self.household.ids.iter().cloned().collect(),
            members: self.members.ids.iter().cloned().collect(),
        }
    }

    /// Adds a household of another snapshot's block.
    pub(super) fn copy(&mut self, from: &Self, block: &Block, row: usize, translation: &mut Translation) {
        let [household, members] =
            translation.between([&self.household, &self.members], [&from.household, &from.members]);
        let copied = |columns: &mut Columns,
                      there: (&Columns, &[Codes], usize),
                      translated: &mut [Option<Column>],
                      open: &mut [Vec<u32>]| {
            let (known, codes, row) = there;
            for ((dictionary, column), open) in columns.dictionaries.iter_mut().zip(translated).zip(open) {
                open.push(
                    column.as_mut().map_or(NOT_ASKED, |column| column.code(dictionary, known, codes, row)),
                );
            }
        };
        copied(
            &mut self.household,
            (&from.household, &block.household, row),
            household,
            &mut self.open.household,
        );
        let (first, last) = (block.starts[row] as usize, block.starts[row + 1] as usize);
        for row in first..last {
            copied(&mut self.members, (&from.members, &block.members, row), members, &mut self.open.members);
        }
        self.counted(last - first);
    }

    /// A household of so many people was added to the open block.
    fn counted(&mut self, people: usize) {
        self.households += 1;
        self.people += people;
        let next = self.open.starts.last().copied().unwrap_or(0);
        self.open.starts.push(next.saturating_add(u32::try_from(people).unwrap_or(u32::MAX)));
        if self.open.starts.len() > BLOCK {
            self.close();
        }
    }

    /// Adds a household. Members are put in the order of their ids, as every decision does.
    pub fn push(&mut self, answers: &Answers) {
        let mut members: Vec<&MemberAnswers> = answers.members.iter().collect();
        members.sort_by(|a, b| a.id.cmp(&b.id));
        encode(&mut self.household, &answers.household, &mut self.open.household);
        for member in &members {
            encode(&mut self.members, &member.answers, &mut self.open.members);
        }
        self.counted(members.len());
    }

    /// Closes the last block; what is added afterwards begins another one.
    pub fn finish(&mut self) {
        if self.open.starts.len() > 1 {
            self.close();
        }
        self.blocks.shrink_to_fit();
    }

    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        let narrow = |columns: Vec<Vec<u32>>| columns.iter().map(|codes| Codes::new(codes)).collect();
        self.blocks.push(Block {
            starts: open.starts,
            household: narrow(open.household),
            members: narrow(open.members),
        });
        self.reopen();
    }

    fn reopen(&mut self) {
        self.open = Open {
            starts: vec![0],
            household: vec![Vec::new(); self.household.ids.len()],
            members: vec![Vec::new(); self.members.ids.len()],
        };
    }

    /// How many households it holds.
    pub fn households(&self) -> usize {
        self.households
    }

    /// How many people live in them.
    pub fn people(&self) -> usize {
        self.people
    }

    /// The bytes that the codes take, without the dictionaries.
    pub fn bytes(&self) -> usize {
        let of = |codes: &Codes| match codes {
            Codes::Same(_) => 0,
            Codes::One(codes) => codes.len(),
            Codes::Two(codes) => codes.len() * 2,
            Codes::Four(codes) => codes.len() * 4,
        };
        let block = |block: &Block| {
            let codes: usize = block.household.iter().chain(&block.members).map(of).sum();
            codes
                + block.starts.len() * 4
                + (block.household.len() + block.members.len()) * size_of::<Codes>()
        };
        self.blocks.iter().map(block).sum()
    }

    /// The place and the dictionary of a question, if it is kept.
    pub(super) fn column(&self, level: Level, id: &str) -> Option<(usize, &Dictionary)> {
        let columns = match level {
            Level::Household => &self.household,
            Level::Member => &self.members,
        };
        let place = columns.ids.binary_search_by(|known| known.as_str().cmp(id)).ok()?;
        Some((place, &columns.dictionaries[place]))
    }

    /// What one household said, as far as it is kept: to look at one household that a simulation names. Members are
    /// called by their places, in the order of their ids.
    pub fn answers(&self, household: usize) -> Option<Answers> {
        let block = self.blocks.get(household / BLOCK)?;
        let row = household % BLOCK;
        let (first, last) = (*block.starts.get(row)? as usize, *block.starts.get(row + 1)? as usize);
        let members = (first..last).enumerate().map(|(place, row)| MemberAnswers {
            id: format!("{place:04}"),
            answers: decode(&self.members, &block.members, row),
        });
        Some(Answers {
            household: decode(&self.household, &block.household, row),
            members: members.collect(),
        })
    }
}

/// Both stand in the order of their ids, so one walk finds every answer that is kept.
fn encode(columns: &mut Columns, answered: &Answered, open: &mut [Vec<u32>]) {
    let mut given = answered.iter().peekable();
    let each = columns.ids.iter().zip(&mut columns.dictionaries).zip(open);
    for ((id, dictionary), codes) in each {
        while given.next_if(|(known, _)| *known < id).is_some() {}
        let answer = given.next_if(|(known, _)| *known == id).map(|(_, answer)| answer);
        codes.push(dictionary.code(answer));
    }
}

fn decode(columns: &Columns, codes: &[Codes], row: usize) -> Answered {
    let each = columns.ids.iter().zip(&columns.dictionaries).zip(codes);
    let found = each.filter_map(|((id, dictionary), codes)| {
        dictionary.answer(codes.at(row)).map(|answer| (id.clone(), answer))
    });
    found.collect::<BTreeMap<_, _>>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_states_of_an_answer_survive_and_what_is_not_kept_does_not() {
        let kept = Kept {
            household: ["a", "b", "c", "d"].map(str::to_owned).into(),
            members: ["m".to_owned()].into(),
        };
        let mut snapshot = Snapshot::new(&kept);
        let household = BTreeMap::from([
            ("a".to_owned(), Answer::Value(Value::Bool(true))),
            ("b".to_owned(), Answer::DontKnow),
            ("c".to_owned(), Answer::Refused),
            ("z".to_owned(), Answer::DontKnow),
        ]);
        let member = |id: &str, text: &str| MemberAnswers {
            id: id.to_owned(),
            answers: BTreeMap::from([("m".to_owned(), Answer::Value(Value::Choice(text.to_owned())))]),
        };
        let answers = Answers { household, members: vec![member("2", "two"), member("1", "one")] };
        let nobody = Answers::default();
        for _ in 0..BLOCK {
            snapshot.push(&answers);
            snapshot.push(&nobody);
        }
        snapshot.finish();
        assert_eq!(
            (snapshot.households(), snapshot.people(), snapshot.blocks.len()),
            (BLOCK * 2, BLOCK * 2, 2)
        );
        let read = snapshot.answers(BLOCK + 2).unwrap();
        let mut expected = answers.household.clone();
        expected.remove("z");
        assert_eq!(read.household, expected);
        let said: Vec<_> = read.members.iter().map(|member| member.answers["m"].clone()).collect();
        assert_eq!(
            said,
            [Answer::Value(Value::Choice("one".into())), Answer::Value(Value::Choice("two".into()))]
        );
        assert_eq!(snapshot.answers(1).unwrap(), nobody);
        assert_eq!(snapshot.answers(BLOCK * 2), None);
    }

    #[test]
    fn codes_are_as_narrow_as_they_fit() {
        assert_eq!(Codes::new(&[7, 7]), Codes::Same(7));
        assert_eq!(Codes::new(&[0, 255]), Codes::One([0, 255].into()));
        assert_eq!(Codes::new(&[0, 256]), Codes::Two([0, 256].into()));
        assert_eq!(Codes::new(&[0, 65_536]), Codes::Four([0, 65_536].into()));
    }
}
