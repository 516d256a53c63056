//! One block as one program sees it: its answers read, its slots filled in the program's order, column by column.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use time::Date;

use super::column::{Column, byte};
use super::eval::all;
use super::needed::Needed;
use super::quick::Quick;
use super::shared::Shared;
use super::snapshot::{Block, Codes, Dictionary, Snapshot, VALUES};
use crate::answers::Answer;
use crate::expr::cell::{Cell, Failure, Texts};
use crate::expr::eval::{Frame, Head};
use crate::expr::node::Node;
use crate::expr::{Level, Type};
use crate::facts::{BIRTH_DATE, Input, Step, birth_date_of_age, head_among};
use crate::program::Program;
use crate::value::Value;

/// Who lives in a block, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    pub households: usize,
    pub people: usize,
    starts: Vec<u32>,
    /// The household of each member.
    pub owner: Vec<u32>,
    /// The head of each household.
    pub heads: Vec<Head>,
    /// The row of each household's head; the first member's where there is none.
    pub head_rows: Vec<u32>,
}

impl Shape {
    /// The rows of a household's members.
    pub fn members_of(&self, household: usize) -> Range<usize> {
        self.starts[household] as usize..self.starts[household + 1] as usize
    }
}

/// A program made ready for a snapshot: what each dictionary entry means to it. One for each thread.
pub(crate) struct Reading<'p> {
    pub program: &'p Program,
    pub needed: Needed,
    params: Rc<Vec<Cell>>,
    as_of: Date,
    inputs: Vec<Source>,
    scores: BTreeMap<usize, Quick>,
    /// Of each input the first one with the same conditions: a page's questions share theirs.
    alike: Vec<usize>,
    /// What counted years or months make of long tables, by node and table. The tables are kept so that their
    /// addresses stay theirs.
    counted: RefCell<HashMap<(usize, usize), Counted>>,
}

/// What the codes of a column mean.
type Table = Rc<Vec<Cell>>;

/// A table, and what became of it.
type Counted = (Table, Table);

/// Where an input's cells come from.
struct Source {
    level: Level,
    slot: usize,
    ty: Type,
    /// The column and what its codes mean; none when the snapshot does not keep it.
    column: Option<(usize, Rc<Vec<Cell>>)>,
    /// What stands in for an unknown: another column, what its codes mean, and both tables in a row.
    instead: Option<(usize, Table, Table)>,
}

impl<'p> Reading<'p> {
    pub fn new(program: &'p Program, snapshot: &Snapshot, needed: Needed, as_of: Date) -> Self {
        let params = program.params_on(as_of);
        let mut cells = Meaning { program, texts: Texts::new(&program.symbols), extra: HashMap::new() };
        let mut inputs = Vec::new();
        for input in &program.inputs {
            if !needed.slots.contains(&(input.level, input.slot)) || input.calculation.is_some() {
                continue;
            }
            let column = snapshot
                .column(input.level, &input.id)
                .map(|(column, dictionary)| (column, Rc::new(cells.table(dictionary, &input.ty))));
            let instead = match (input.level, input.id.as_str()) {
                (Level::Household, name @ ("setting" | "province")) => snapshot
                    .column(Level::Household, "area")
                    .map(|(column, areas)| (column, Rc::new(cells.of_areas(areas, name, &input.ty)))),
                (Level::Member, BIRTH_DATE) => snapshot.column(Level::Member, "age").map(|(column, ages)| {
                    let of = |age: &Value| birth_date_of_age(Some(&Answer::Value(age.clone())), as_of);
                    (column, Rc::new(coded(ages.values.iter().map(of))))
                }),
                _ => None,
            };
            let own = column.as_ref().map_or(&[Cell::Unknown][..], |(_, table)| table.as_slice());
            let instead = instead.map(|(column, others)| {
                let both = own.iter().chain(others.iter()).copied().collect();
                (column, others, Rc::new(both))
            });
            inputs.push(Source {
                level: input.level,
                slot: input.slot,
                ty: input.ty.clone(),
                column,
                instead,
            });
        }
        let steps =
            needed.steps.iter().filter_map(|step| if let Step::Score(at) = step { Some(*at) } else { None });
        let frame = parameters(&params, as_of);
        let scores = steps.filter_map(|at| Some((at, Quick::new(&program.scores[at], &frame)?))).collect();
        let same = |a: &Input, b: &Input| a.level == b.level && a.relevant == b.relevant;
        let first = |input: &Input| program.inputs.iter().position(|other| same(input, other)).unwrap_or(0);
        let alike = program.inputs.iter().map(first).collect();
        Self {
            program,
            needed,
            params: Rc::new(params),
            as_of,
            inputs,
            scores,
            alike,
            counted: RefCell::default(),
        }
    }

    /// A block with every needed slot filled. `other` is the same block as another program sees it, with what both
    /// work out alike: that is not worked out twice.
    pub fn load<'s>(&'s self, block: &Block, other: Option<(&View<'_>, &Shared)>) -> View<'s> {
        let mut shape = Shape {
            households: block.households(),
            people: block.people(),
            starts: block.starts.clone(),
            ..Shape::default()
        };
        shape.owner = Vec::with_capacity(shape.people);
        for household in 0..shape.households {
            let members = shape.members_of(household).len();
            shape.owner.extend(std::iter::repeat_n(u32::try_from(household).unwrap_or(u32::MAX), members));
        }
        let mut view = View {
            reading: self,
            program: self.program,
            params: self.params.clone(),
            as_of: self.as_of,
            household: vec![None; self.program.household_slots],
            members: vec![None; self.program.member_slots],
            raw: Rc::new(BTreeMap::new()),
            relevance: BTreeMap::new(),
            block: Rc::new(Shape::default()),
        };
        let mut raw = BTreeMap::new();
        for source in &self.inputs {
            let (rows, columns) = match source.level {
                Level::Household => (shape.households, &block.household),
                Level::Member => (shape.people, &block.members),
            };
            let column = Rc::new(source.read(columns, rows));
            raw.insert((source.level, source.slot), column.clone());
            view.put(source.level, source.slot, column);
        }
        if let Some((slot, symbol)) = self.program.head {
            let relations = view.slot(Level::Member, slot);
            for household in 0..shape.households {
                let members = shape.members_of(household);
                let first = members.start;
                let head = head_among(members.map(|row| relations.cell(row)), symbol);
                let row = first + if let Head::Is(member) = head { member } else { 0 };
                shape.heads.push(head);
                shape.head_rows.push(u32::try_from(row.min(shape.people.saturating_sub(1))).unwrap_or(0));
            }
        } else {
            shape.heads = vec![Head::Unknown; shape.households];
            shape.head_rows = vec![0; shape.households];
        }
        view.raw = Rc::new(raw);
        view.block = Rc::new(shape);
        for step in &self.needed.steps {
            let (level, slot) = self.program.slot_of(*step);
            let alike = other.and_then(|(other, shared)| {
                let theirs = shared.get(&(level, slot))?;
                other.filled(level, *theirs)
            });
            match alike {
                Some(column) => view.put(level, slot, column),
                None => view.fill(*step),
            }
        }
        view
    }
}

/// A frame in which only parameters can be read.
pub(super) fn parameters(params: &[Cell], as_of: Date) -> Frame<'_> {
    let nobody = Head::Unknown;
    Frame { household: &[], members: &[], width: 0, count: 0, member: None, head: nobody, params, as_of }
}

/// The cells of the codes of a column with these values.
fn coded(values: impl Iterator<Item = Cell>) -> Vec<Cell> {
    (0..VALUES).map(|_| Cell::Unknown).chain(values).collect()
}

/// Gives values their cells; texts that the program does not know get numbers of their own.
struct Meaning<'p> {
    program: &'p Program,
    texts: Texts<'p>,
    extra: HashMap<String, u32>,
}

impl Meaning<'_> {
    fn cell(&mut self, value: &Value, ty: &Type) -> Cell {
        if let (Value::Text(text) | Value::Choice(text), Type::Text) = (value, ty) {
            if let Some(symbol) = self.program.symbols.get(text) {
                return Cell::Symbol(symbol);
            }
            let next = u32::try_from(self.program.symbols.len() + self.extra.len()).unwrap_or(u32::MAX);
            return Cell::Symbol(*self.extra.entry(text.clone()).or_insert(next));
        }
        self.texts.cell(value, ty)
    }

    fn table(&mut self, dictionary: &Dictionary, ty: &Type) -> Vec<Cell> {
        coded(dictionary.values.iter().map(|value| self.cell(value, ty)))
    }

    /// What follows from each area: unknown where nothing does.
    fn of_areas(&mut self, areas: &Dictionary, name: &str, ty: &Type) -> Vec<Cell> {
        let of = |area: &Value| {
            let (Value::Text(code) | Value::Choice(code)) = area else { return Cell::Unknown };
            let Some(area) = self.program.areas.get(code) else { return Cell::Unknown };
            let value = if name == "setting" { &area.setting } else { &area.province };
            value.as_ref().map_or(Cell::Unknown, |value| self.texts.cell(&Value::Choice(value.clone()), ty))
        };
        coded(areas.values.iter().map(of))
    }
}

impl Source {
    fn read(&self, columns: &[Codes], rows: usize) -> Column {
        let unread = (0, Rc::new(vec![Cell::Unknown]));
        let given = self.column.as_ref().map(|(place, table)| (&columns[*place], table));
        let (codes, table) = given.unwrap_or((&Codes::Same(0), &unread.1));
        let Some((other, others, both)) = &self.instead else { return column(codes, table, &self.ty, rows) };
        let is_known = |code: u32| table.get(code as usize).is_some_and(|cell| *cell != Cell::Unknown);
        let never = |code: u32| others.get(code as usize).is_none_or(|cell| *cell == Cell::Unknown);
        if matches!(codes, Codes::Same(code) if is_known(*code))
            || matches!(columns[*other], Codes::Same(code) if never(code))
        {
            return column(codes, table, &self.ty, rows);
        }
        // The codes of the other column follow upon those of this one.
        let (codes, others) = (codes.wide(rows), columns[*other].wide(rows));
        let shift = u32::try_from(table.len()).unwrap_or(u32::MAX);
        let pick =
            |(code, other): (&u32, &u32)| if is_known(*code) { *code } else { other.saturating_add(shift) };
        let codes: Box<[u32]> = codes.iter().zip(&others).map(pick).collect();
        column(&Codes::Four(codes), both, &self.ty, rows)
    }
}

impl Codes {
    fn wide(&self, rows: usize) -> Vec<u32> {
        match self {
            Self::Same(code) => vec![*code; rows],
            Self::One(codes) => codes.iter().map(|code| u32::from(*code)).collect(),
            Self::Two(codes) => codes.iter().map(|code| u32::from(*code)).collect(),
            Self::Four(codes) => codes.to_vec(),
        }
    }
}

/// The column of some codes: numbers and truths as such, the rest coded.
fn column(codes: &Codes, table: &Rc<Vec<Cell>>, ty: &Type, rows: usize) -> Column {
    let of = |code: u32| table.get(code as usize).copied().unwrap_or(Cell::Fault(Failure::BadType));
    if let Codes::Same(code) = codes {
        return Column::Same(of(*code));
    }
    match (ty, codes) {
        (Type::Bool, Codes::One(codes)) => {
            let bytes: Vec<u8> = table.iter().map(|cell| byte(*cell)).collect();
            Column::Bools(codes.iter().map(|code| bytes[usize::from(*code)]).collect())
        }
        (Type::Bool, codes) => Column::Bools(codes.wide(rows).iter().map(|code| byte(of(*code))).collect()),
        (Type::Num, codes) => {
            let codes = codes.wide(rows);
            Column::of_numbers(rows, |row| of(codes[row]))
        }
        (_, codes) if u16::try_from(table.len()).is_ok() => {
            let codes = codes.wide(rows).iter().map(|code| u16::try_from(*code).unwrap_or(0)).collect();
            Column::Coded(Rc::new(codes), table.clone())
        }
        (_, codes) => Column::Cells(codes.wide(rows).iter().map(|code| of(*code)).collect()),
    }
}

/// A block as a program sees it. Cloning it is cheap: columns are shared.
#[derive(Clone)]
pub(crate) struct View<'r> {
    reading: &'r Reading<'r>,
    pub program: &'r Program,
    pub params: Rc<Vec<Cell>>,
    pub as_of: Date,
    pub block: Rc<Shape>,
    household: Vec<Option<Rc<Column>>>,
    members: Vec<Option<Rc<Column>>>,
    /// The answers as they were given, by slot.
    raw: Rc<BTreeMap<(Level, usize), Rc<Column>>>,
    /// Whether questions concern people, by the first input with the same conditions.
    relevance: BTreeMap<usize, Rc<Column>>,
}

impl View<'_> {
    pub fn rows(&self, level: Level) -> usize {
        match level {
            Level::Household => self.block.households,
            Level::Member => self.block.people,
        }
    }

    /// The column of a slot that was filled.
    fn filled(&self, level: Level, slot: usize) -> Option<Rc<Column>> {
        let slots = if level == Level::Household { &self.household } else { &self.members };
        slots.get(slot)?.clone()
    }

    /// The column of a slot; unknown where nothing filled it.
    pub fn slot(&self, level: Level, slot: usize) -> Rc<Column> {
        let slots = if level == Level::Household { &self.household } else { &self.members };
        match slots.get(slot) {
            Some(Some(column)) => column.clone(),
            Some(None) => Rc::new(Column::Same(Cell::Unknown)),
            None => Rc::new(Column::Same(Cell::Fault(Failure::BadType))),
        }
    }

    pub fn put(&mut self, level: Level, slot: usize, column: Rc<Column>) {
        let slots = if level == Level::Household { &mut self.household } else { &mut self.members };
        if let Some(place) = slots.get_mut(slot) {
            *place = Some(column);
        }
    }

    /// What a node counts from each entry of a table: of a long one that every block has, once.
    pub fn counted(
        &self,
        node: &Node,
        table: &Rc<Vec<Cell>>,
        count: impl Fn(Cell) -> Cell,
    ) -> Option<Rc<Vec<Cell>>> {
        let is_input = |source: &Source| {
            let own = source.column.as_ref().map(|(_, table)| table);
            let both = source.instead.as_ref().map(|(_, _, both)| both);
            own.into_iter().chain(both).any(|known| Rc::ptr_eq(known, table))
        };
        let key = (std::ptr::from_ref(node).addr(), Rc::as_ptr(table).addr());
        if let Some((_, found)) = self.reading.counted.borrow().get(&key) {
            return Some(found.clone());
        }
        if !self.reading.inputs.iter().any(is_input) {
            return None;
        }
        let found: Rc<Vec<Cell>> = Rc::new(table.iter().map(|cell| count(*cell)).collect());
        self.reading.counted.borrow_mut().insert(key, (table.clone(), found.clone()));
        Some(found)
    }

    /// The column of a named household or member value, if the program has one of this name and level.
    pub fn named(&self, name: &str, level: Level) -> Option<Rc<Column>> {
        let binding = self.program.scope().names.get(name).filter(|binding| binding.level == level)?;
        Some(self.eval(&binding.node(), level))
    }

    /// Another slot's column put in, and what follows from it worked out again.
    pub fn with(&self, slot: usize, column: Column, dependents: &[Step]) -> Self {
        let mut view = self.clone();
        view.relevance.clear();
        view.put(Level::Household, slot, Rc::new(column));
        let needed: BTreeSet<(Level, usize)> =
            self.reading.needed.steps.iter().map(|step| self.program.slot_of(*step)).collect();
        for step in dependents {
            if needed.contains(&self.program.slot_of(*step)) {
                view.fill(*step);
            }
        }
        view
    }

    fn fill(&mut self, step: Step) {
        let (level, slot) = self.program.slot_of(step);
        let column = match step {
            Step::Input(place) => self.input(place, level),
            Step::Fact(place) => self.fact(place, level),
            Step::Score(place) => {
                let (total, band) = self.score(place, level);
                if let (Some(column), Some(slot)) = (band, self.program.scores[place].slots.1) {
                    self.put(level, slot, Rc::new(column));
                }
                Rc::new(total)
            }
        };
        self.put(level, slot, column);
    }

    fn input(&mut self, place: usize, level: Level) -> Rc<Column> {
        let input = &self.program.inputs[place];
        if let Some(calculation) = &input.calculation {
            return self.eval(calculation, level);
        }
        let rows = self.rows(level);
        let given = self.raw.get(&(level, input.slot)).cloned();
        let given = given.unwrap_or_else(|| Rc::new(Column::Same(Cell::Unknown)));
        let first = self.reading.alike[place];
        let known = self.relevance.get(&first).cloned();
        let relevant = known.unwrap_or_else(|| {
            let found = Rc::new(all(input.relevant.iter().map(|node| self.eval(node, level)), rows));
            self.relevance.insert(first, found.clone());
            found
        });
        if matches!(relevant.as_ref(), Column::Same(Cell::Bool(true))) {
            return given;
        }
        let relevant = relevant.bytes(rows);
        let replaced = |row: usize| match relevant[row] {
            super::column::YES => None,
            other => Some(input.counted(super::column::of_byte(other), Cell::Unknown)),
        };
        Rc::new(given.replaced(rows, replaced))
    }

    fn fact(&self, place: usize, level: Level) -> Rc<Column> {
        let fact = &self.program.facts[place];
        let column = self.eval(&fact.node, level);
        if fact.round.is_none() && fact.default.is_none() {
            return column;
        }
        let rows = self.rows(level);
        let settled = |cell: Cell| fact.settled(cell).0;
        Rc::new(match (column.as_ref(), &fact.ty) {
            (Column::Same(cell), _) => Column::Same(settled(*cell)),
            (column, Type::Num) => Column::of_numbers(rows, |row| settled(column.cell(row))),
            (column, Type::Bool) => Column::of_truths(rows, |row| settled(column.cell(row))),
            (column, _) => Column::Cells((0..rows).map(|row| settled(column.cell(row))).collect()),
        })
    }

    /// A score's totals, and its bands where something reads them.
    fn score(&self, place: usize, level: Level) -> (Column, Option<Column>) {
        let score = &self.program.scores[place];
        let rows = self.rows(level);
        let frame = parameters(&self.params, self.as_of);
        let stratum = score.stratum.as_ref().map(|node| self.eval(node, level));
        let stratum = stratum.unwrap_or_else(|| Rc::new(Column::Same(crate::score::NO_STRATUM)));
        let inputs: Vec<Rc<Column>> = score.terms.iter().map(|term| self.eval(&term.input, level)).collect();
        let slow = |row: usize| {
            let cells: Vec<Cell> = inputs.iter().map(|column| column.cell(row)).collect();
            score.of(stratum.cell(row), &cells, &frame).total
        };
        let totals = match self.reading.scores.get(&place) {
            Some(quick) => {
                let quick = quick.totals(score, &stratum, &inputs, rows);
                Column::of_numbers(rows, |row| quick[row].unwrap_or_else(|| slow(row)))
            }
            None => Column::of_numbers(rows, slow),
        };
        let is_read = score.slots.1.is_some_and(|band| self.reading.needed.slots.contains(&(level, band)));
        let bands = is_read.then(|| {
            let bands = (0..rows).map(|row| score.band(totals.cell(row), &frame));
            Column::Cells(bands.collect())
        });
        (totals, bands)
    }
}
