//! Counting: what every household's and person's lines under the old and the new bundle add to the report. Counts of
//! blocks are added up in any order to the same sums.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::column::{NO, UNKNOWN, YES};
use super::decide::{ABSENT, Because, Decision, FAULTY, GIVEN, Lines, NEEDS, NO_AMOUNT, REFUSED, WAITING};
use super::outcomes::{told, wanted};
use super::queue::{Budgets, Queued, cost};
use crate::definitions::Selection;
use crate::expr::Level;
use crate::program::Program;
use crate::rules::Leaf;
use crate::verdict::Verdict;

/// Where somebody stands with a programme.
pub(crate) const IN: usize = 0;
pub(crate) const OUT: usize = 1;
pub(crate) const OPEN: usize = 2;
pub(crate) const ERROR: usize = 3;

/// Where a verdict leaves somebody.
fn standing(verdict: u8) -> usize {
    match verdict {
        GIVEN | WAITING => IN,
        NEEDS => OPEN,
        FAULTY => ERROR,
        _ => OUT,
    }
}

/// What is counted of one programme in one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// From where under the old bundle to where under the new one; those out under both are not counted.
    pub moved: [[u64; 4]; 4],
    pub more: u64,
    pub less: u64,
    pub same: u64,
    /// Who has a waiting place: old, new.
    pub waiting: [u64; 2],
    /// What all who are in cost in a year, and over the whole of their awards: old, new; twelfths of a minor unit.
    pub year: [i128; 2],
    pub award: [i128; 2],
}

/// One household or person, between the old and the new bundle.
struct Case {
    old: usize,
    new: usize,
    waiting: [u64; 2],
    year: [i128; 2],
    award: [i128; 2],
    /// What becomes of the worth of an award that stays.
    change: Option<Ordering>,
}

impl Counts {
    fn note(&mut self, case: &Case) {
        self.moved[case.old][case.new] += 1;
        match case.change {
            None => {}
            Some(Ordering::Less) => self.less += 1,
            Some(Ordering::Equal) => self.same += 1,
            Some(Ordering::Greater) => self.more += 1,
        }
        for side in 0..2 {
            self.waiting[side] += case.waiting[side];
            self.year[side] += case.year[side];
            self.award[side] += case.award[side];
        }
    }

    fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.moved.iter_mut().flatten().zip(other.moved.iter().flatten()) {
            *mine += theirs;
        }
        self.more += other.more;
        self.less += other.less;
        self.same += other.same;
        for side in 0..2 {
            self.waiting[side] += other.waiting[side];
            self.year[side] += other.year[side];
            self.award[side] += other.award[side];
        }
    }
}

/// Of whom a reason is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// Who does not get it.
    Refused,
    /// Of whom it cannot be said yet.
    Unknown,
    /// Whose calculation failed.
    Error,
    /// Who had it, or a waiting place, under the old bundle and does not under the new one.
    Leaves,
    /// Who did not have it under the old bundle and does under the new one: why they did not.
    Enters,
}

/// A reason: a leaf by its place, or something beside the leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Why {
    Leaf(usize),
    Beside(Because),
}

/// One programme under one bundle.
pub(crate) struct Side<'p> {
    pub program: &'p Program,
    /// Its place in the program; none when the bundle has no such programme.
    pub place: Option<usize>,
    pub budgets: Budgets<'p>,
}

/// What is counted of one programme.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub groups: Vec<Counts>,
    /// Reasons: old, new.
    pub reasons: [BTreeMap<(Of, Why), u64>; 2],
    pub queues: [Vec<Queued>; 2],
    /// Of programmes without a queue: awards and what they commit, by budget.
    pub taken: [Vec<(u64, i128)>; 2],
    /// Waiting places that no budget limits, and those that wait for another programme.
    pub unlimited: [u64; 2],
    pub awaiting: [u64; 2],
}

/// What is known of the households of a block beside their lines.
pub(crate) struct Homes<'h> {
    /// The place of the first household in the registry.
    pub first: usize,
    pub groups: &'h [[u16; 5]],
    /// The area of each, as it was said.
    pub areas: &'h [Option<&'h str>],
}

impl Tally {
    pub fn new(groups: usize) -> Self {
        Self { groups: vec![Counts::default(); groups], ..Self::default() }
    }

    pub fn add(&mut self, other: Self) {
        for (mine, theirs) in self.groups.iter_mut().zip(&other.groups) {
            mine.add(theirs);
        }
        for (side, reasons) in other.reasons.into_iter().enumerate() {
            for (reason, count) in reasons {
                *self.reasons[side].entry(reason).or_default() += count;
            }
        }
        for (side, queue) in other.queues.into_iter().enumerate() {
            self.queues[side].extend(queue);
        }
        for (side, taken) in other.taken.into_iter().enumerate() {
            let mine = &mut self.taken[side];
            mine.resize(mine.len().max(taken.len()), (0, 0));
            for (mine, theirs) in mine.iter_mut().zip(taken) {
                *mine = (mine.0 + theirs.0, mine.1 + theirs.1);
            }
        }
        for side in 0..2 {
            self.unlimited[side] += other.unlimited[side];
            self.awaiting[side] += other.awaiting[side];
        }
    }

    /// Counts one programme's lines of a block.
    pub fn count(&mut self, sides: &[Side<'_>; 2], decisions: [&Decision<'_, '_>; 2], homes: &Homes<'_>) {
        let mut lines: [Option<&Lines>; 2] = [None, None];
        for (at, side) in sides.iter().enumerate() {
            lines[at] = side.place.and_then(|place| decisions[at].lines[place].as_ref());
        }
        let levels: Vec<Level> = lines.iter().flatten().map(|lines| lines.level).collect();
        let same_unit = levels.windows(2).all(|pair| pair[0] == pair[1]);
        if same_unit {
            if let Some(level) = levels.first() {
                self.moves(sides, lines, *level, decisions[0], homes);
            }
        } else {
            // A programme that changes from households to persons is left by the ones and entered by the others.
            self.moves(sides, [lines[0], None], levels[0], decisions[0], homes);
            self.moves(sides, [None, lines[1]], levels[1], decisions[0], homes);
        }
        for side in 0..2 {
            if let (Some(lines), Some(place)) = (lines[side], sides[side].place) {
                self.whys(side, lines, &sides[side].program.programmes[place].leaves, sides[side].program);
                self.awards(side, &sides[side], place, lines, decisions[side], homes);
            }
        }
    }

    fn moves(
        &mut self,
        sides: &[Side<'_>; 2],
        lines: [Option<&Lines>; 2],
        level: Level,
        decision: &Decision<'_, '_>,
        homes: &Homes<'_>,
    ) {
        let block = &decision.view.block;
        let rows = if level == Level::Household { block.households } else { block.people };
        let def =
            |side: usize| sides[side].place.map(|place| &sides[side].program.definitions().programmes[place]);
        let defs = [def(0), def(1)];
        let mut movers: [BTreeSet<u32>; 2] = Default::default();
        for row in 0..rows {
            let verdict = |side: usize| lines[side].map_or(ABSENT, |lines| lines.verdicts[row]);
            let verdicts = [verdict(0), verdict(1)];
            let (old, new) = (standing(verdicts[0]), standing(verdicts[1]));
            if old == OUT && new == OUT {
                continue;
            }
            let mut case = Case { old, new, waiting: [0; 2], year: [0; 2], award: [0; 2], change: None };
            for side in 0..2 {
                case.waiting[side] = u64::from(verdicts[side] == WAITING);
                let minor = lines[side].map_or(NO_AMOUNT, |lines| lines.minor[row]);
                if [old, new][side] == IN
                    && minor != NO_AMOUNT
                    && let Some(def) = defs[side]
                {
                    (case.year[side], case.award[side]) = cost(def, minor);
                }
            }
            let mover = u32::try_from(row).unwrap_or(u32::MAX);
            match (old, new) {
                (IN, IN) => {
                    let worth = |side: usize| (case.year[side], case.award[side]);
                    case.change = Some(worth(1).cmp(&worth(0)));
                }
                (IN, OUT) => _ = movers[1].insert(mover),
                (OUT, IN) => _ = movers[0].insert(mover),
                _ => {}
            }
            let household = if level == Level::Household { row } else { block.owner[row] as usize };
            self.groups[0].note(&case);
            for group in homes.groups[household] {
                self.groups[usize::from(group)].note(&case);
            }
        }
        for (side, of) in [(0, Of::Enters), (1, Of::Leaves)] {
            if let (Some(lines), Some(place)) = (lines[side], sides[side].place) {
                let program = sides[side].program;
                let leaves = &program.programmes[place].leaves;
                self.whys_of(side, of, lines, leaves, program, &movers[side]);
            }
        }
    }

    /// Why the movers are refused under one bundle.
    fn whys_of(
        &mut self,
        side: usize,
        of: Of,
        lines: &Lines,
        leaves: &[Leaf],
        program: &Program,
        movers: &BTreeSet<u32>,
    ) {
        let reasons = &mut self.reasons[side];
        for (at, leaf) in leaves.iter().enumerate() {
            let against = if leaf.negated { YES } else { NO };
            let rests = |row: &&u32| {
                let row = **row as usize;
                lines.verdicts[row] == REFUSED
                    && lines.decisive[at][row] == 1
                    && lines.leaves[at][row] == against
            };
            let count = movers.iter().filter(rests).count() as u64;
            if count > 0 {
                *reasons.entry((of, Why::Leaf(at))).or_default() += count;
            }
        }
        for (row, because) in &lines.because {
            let (_, _, met) = told(program, *because);
            if movers.contains(row) && met == wanted(Verdict::No) {
                *reasons.entry((of, Why::Beside(*because))).or_default() += 1;
            }
        }
    }

    /// Why people do not get it, or nobody can say.
    fn whys(&mut self, side: usize, lines: &Lines, leaves: &[Leaf], program: &Program) {
        let classes = [(REFUSED, Of::Refused), (NEEDS, Of::Unknown), (FAULTY, Of::Error)];
        let reasons = &mut self.reasons[side];
        for (at, leaf) in leaves.iter().enumerate() {
            let against = if leaf.negated { YES } else { NO };
            let mut counts = [0_u64; 6];
            let each = lines.verdicts.iter().zip(&lines.leaves[at]).zip(&lines.decisive[at]);
            for ((verdict, holds), decisive) in each {
                let found = if *verdict == REFUSED { *holds == against } else { *holds >= UNKNOWN };
                counts[usize::from(*verdict)] += u64::from(*decisive & u8::from(found));
            }
            for (verdict, of) in classes {
                let count = counts[usize::from(verdict)];
                if count > 0 {
                    *reasons.entry((of, Why::Leaf(at))).or_default() += count;
                }
            }
        }
        for (row, because) in &lines.because {
            let verdict = lines.verdicts[*row as usize];
            let Some((_, of)) = classes.iter().find(|(known, _)| *known == verdict) else { continue };
            let (_, _, met) = told(program, *because);
            let rests = match of {
                Of::Refused => met == wanted(Verdict::No),
                _ => met == wanted(Verdict::NeedsInformation),
            };
            if rests {
                *reasons.entry((*of, Why::Beside(*because))).or_default() += 1;
            }
        }
    }

    /// Who draws on which budget.
    fn awards(
        &mut self,
        side: usize,
        of: &Side<'_>,
        place: usize,
        lines: &Lines,
        decision: &Decision<'_, '_>,
        homes: &Homes<'_>,
    ) {
        let def = &of.program.definitions().programmes[place];
        let queued = matches!(def.selection, Selection::WaitingList { .. });
        if !queued && of.budgets.in_force.is_empty() && !lines.verdicts.contains(&WAITING) {
            return;
        }
        let awaits = lines.because.iter().filter(|(_, because)| matches!(because, Because::Awaited(_)));
        let awaits: BTreeSet<u32> = awaits.map(|(row, _)| *row).collect();
        let block = &decision.view.block;
        let taken = &mut self.taken[side];
        taken.resize(taken.len().max(of.budgets.in_force.len()), (0, 0));
        for (row, verdict) in lines.verdicts.iter().enumerate() {
            if !matches!(*verdict, GIVEN | WAITING) {
                continue;
            }
            let household = if lines.level == Level::Household { row } else { block.owner[row] as usize };
            let budget = of.budgets.of(homes.areas[household]);
            let commits = match lines.minor[row] {
                NO_AMOUNT => 0,
                minor => cost(def, minor).1,
            };
            if *verdict == GIVEN {
                if let Some(budget) = budget {
                    taken[budget] = (taken[budget].0 + 1, taken[budget].1 + commits);
                }
                continue;
            }
            if u32::try_from(row).is_ok_and(|row| awaits.contains(&row)) {
                self.awaiting[side] += 1;
                continue;
            }
            match (budget, lines.priority.get(row).copied().flatten()) {
                (Some(budget), Some(priority)) => self.queues[side].push(Queued {
                    priority,
                    household: u32::try_from(homes.first + household).unwrap_or(u32::MAX),
                    member: u32::try_from(row - block.members_of(household).start.min(row)).unwrap_or(0),
                    budget: u16::try_from(budget).unwrap_or(u16::MAX),
                    commits,
                }),
                _ => self.unlimited[side] += 1,
            }
        }
    }
}
