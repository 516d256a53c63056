//! Exclusions and caps over the lines of a block: the same steps as in `links::exclude` and `links::cap`, one
//! household after the other, for those that have something to settle.

use super::column::YES;
use super::decide::{Because, Decision, FAULTY, GIVEN, NEEDS, NO_AMOUNT, REFUSED, WAITING, holds};
use crate::definitions::{Holding, Period};
use crate::expr::Level;
use crate::expr::cell::Cell;
use crate::expr::node::Node;
use crate::links::{Cap, Kind, Preference};
use crate::num::{Num, NumError, Rounding};
use crate::value::Truth;

/// A line: its programme and its row.
type At = (usize, usize);

/// How one side of an exclusion stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Held,
    Open,
    Out,
}

/// Which side stays.
enum Winner {
    From,
    To,
    Open,
}

impl Decision<'_, '_> {
    /// Settles the exclusions of a group, in the order in which the pack declares them.
    pub(super) fn settle_exclusions(&mut self, group: &[usize]) {
        let links = &self.view.program.links.all;
        for (place, link) in links.iter().enumerate() {
            let Kind::Excludes(preference) = &link.kind else { continue };
            let Some(to) = link.to.filter(|_| group.contains(&link.from)) else { continue };
            let (Some(from_lines), Some(to_lines)) = (&self.lines[link.from], &self.lines[to]) else {
                continue;
            };
            let by_member = from_lines.level == Level::Member && to_lines.level == Level::Member;
            let rows = if by_member { self.view.block.people } else { self.view.block.households };
            let level = if by_member { Level::Member } else { Level::Household };
            for row in 0..rows {
                let (from, to) = (self.rows_of(link.from, level, row), self.rows_of(to, level, row));
                let sides = (self.side(from.clone(), link.holding), self.side(to.clone(), link.holding));
                if sides.0 == Side::Out || sides.1 == Side::Out || sides == (Side::Open, Side::Open) {
                    continue;
                }
                let (from, to): (Vec<At>, Vec<At>) = (from.collect(), to.collect());
                let member = by_member.then_some(row);
                self.pair(place, preference, (member, row), (&from, sides.0), (&to, sides.1));
            }
        }
    }

    fn rows_of(
        &self,
        programme: usize,
        level: Level,
        row: usize,
    ) -> impl Iterator<Item = At> + Clone + use<> {
        let rows = match &self.lines[programme] {
            Some(lines) => self.counterparts(lines, level, row),
            None => 0..0,
        };
        rows.map(move |row| (programme, row))
    }

    fn verdict(&self, (programme, row): At) -> u8 {
        self.lines[programme].as_ref().map_or(0, |lines| lines.verdicts[row])
    }

    fn judge(&mut self, (programme, row): At, verdict: u8, because: Option<Because>) {
        if let Some(lines) = &mut self.lines[programme] {
            lines.verdicts[row] = verdict;
            if let Some(because) = because {
                lines.say(row, because);
            }
        }
    }

    fn side(&self, lines: impl Iterator<Item = At>, holding: Holding) -> Side {
        let mut open = false;
        for at in lines {
            let verdict = self.verdict(at);
            if holds(verdict, holding) == YES {
                return Side::Held;
            }
            open |= matches!(verdict, NEEDS | FAULTY);
        }
        if open { Side::Open } else { Side::Out }
    }

    fn pair(
        &mut self,
        place: usize,
        preference: &Preference,
        at: (Option<usize>, usize),
        (from, from_side): (&[At], Side),
        (to, to_side): (&[At], Side),
    ) {
        let (loser, other, other_side) = match self.winner(preference, at, from, to) {
            Winner::From => (to, from, from_side),
            Winner::To => (from, to, to_side),
            Winner::Open => {
                for (lines, others) in [(from, to), (to, from)] {
                    self.leave_open(place, lines, others);
                }
                return;
            }
        };
        if other_side != Side::Held {
            self.leave_open(place, loser, other);
            return;
        }
        let number = u32::try_from(place).unwrap_or(u32::MAX);
        for at in loser {
            // A row without a line has nothing to lose.
            if !matches!(self.verdict(*at), REFUSED | super::decide::ABSENT) {
                self.judge(*at, REFUSED, Some(Because::Link(number, Truth::False)));
            }
        }
    }

    fn winner(
        &self,
        preference: &Preference,
        (member, row): (Option<usize>, usize),
        from: &[At],
        to: &[At],
    ) -> Winner {
        let cell = |node: &Node| {
            let level = if member.is_some() { Level::Member } else { Level::Household };
            self.view.eval(node, level).cell(row)
        };
        match preference {
            Preference::HigherValue => match (self.value(from), self.value(to)) {
                (Some(a), Some(b)) if a >= b => Winner::From,
                (Some(_), Some(_)) => Winner::To,
                _ => Winner::Open,
            },
            Preference::Chosen { answer, from, to, .. } => match cell(answer) {
                Cell::Symbol(chosen) if chosen == *from => Winner::From,
                Cell::Symbol(chosen) if chosen == *to => Winner::To,
                _ => Winner::Open,
            },
            Preference::First { from, to } => match (cell(from), cell(to)) {
                (Cell::Date(a), Cell::Date(b)) if b < a => Winner::To,
                (Cell::Date(_), _) => Winner::From,
                (_, Cell::Date(_)) => Winner::To,
                _ => Winner::From,
            },
        }
    }

    /// What a side is worth in a year, held or possible; `None` when an amount is not known.
    fn value(&self, side: &[At]) -> Option<Num> {
        let mut total = Num::ZERO;
        for (programme, row) in side {
            let lines = self.lines[*programme].as_ref()?;
            if matches!(lines.verdicts[*row], REFUSED | super::decide::ABSENT) {
                continue;
            }
            let rule = &self.view.program.programmes[*programme].amount;
            total = match (lines.minor[*row], rule) {
                (NO_AMOUNT, Some(_)) => return None,
                (minor, Some(rule)) => total.add(rule.amount(minor).a_year().ok()?).ok()?,
                (_, None) => total,
            };
        }
        Some(total)
    }

    fn leave_open(&mut self, place: usize, lines: &[At], others: &[At]) {
        let failed = others.iter().any(|other| self.verdict(*other) == FAULTY);
        let number = u32::try_from(place).unwrap_or(u32::MAX);
        for at in lines {
            if matches!(self.verdict(*at), GIVEN | WAITING) {
                let verdict = if failed { FAULTY } else { NEEDS };
                self.judge(*at, verdict, Some(Because::Link(number, Truth::Unknown)));
            }
        }
    }

    /// Applies every cap, in the order in which the pack declares them.
    pub(super) fn apply_caps(&mut self) {
        let program = self.view.program;
        for (place, cap) in program.links.caps.iter().enumerate() {
            let limits = self.view.eval(&cap.limit, Level::Household);
            for household in 0..self.view.block.households {
                if self.awards(&cap.over, household).next().is_none() {
                    continue;
                }
                if let Err(_overflow) = self.cap(place, cap, limits.cell(household), household) {
                    let awards: Vec<At> = self.awards(&cap.over, household).collect();
                    for at in awards {
                        self.judge(at, FAULTY, None);
                    }
                }
            }
        }
    }

    fn awards<'s>(&'s self, programmes: &'s [usize], household: usize) -> impl Iterator<Item = At> + 's {
        let rows = programmes.iter().flat_map(move |at| self.rows_of(*at, Level::Household, household));
        rows.filter(|at| self.verdict(*at) == GIVEN)
    }

    /// The minor units of a line and the same a month.
    fn month_of(&self, (programme, row): At) -> Result<Option<(i64, Num)>, NumError> {
        let minor = self.lines[programme].as_ref().map_or(NO_AMOUNT, |lines| lines.minor[row]);
        match &self.view.program.programmes[programme].amount {
            Some(rule) if minor != NO_AMOUNT => Ok(Some((minor, rule.amount(minor).a_month()?))),
            _ => Ok(None),
        }
    }

    fn cap(&mut self, place: usize, cap: &Cap, limit: Cell, household: usize) -> Result<(), NumError> {
        let minor_in_major = Num::from(self.minor_in_major());
        let mut total = Num::ZERO;
        for at in self.awards(&cap.over, household) {
            if let Some((_, month)) = self.month_of(at)? {
                total = total.add(month)?;
            }
        }
        total.div(minor_in_major)?;
        let Cell::Num(limit) = limit else {
            if !total.is_zero() {
                let verdict = if matches!(limit, Cell::Fault(_)) { FAULTY } else { NEEDS };
                let awards: Vec<At> = self.awards(&cap.reduce, household).collect();
                for at in awards {
                    self.judge(at, verdict, None);
                }
            }
            return Ok(());
        };
        let mut excess = total.sub(limit.max(Num::ZERO).mul(minor_in_major)?)?;
        for programme in &cap.reduce {
            if excess <= Num::ZERO {
                break;
            }
            let awards: Vec<At> = self.awards(&[*programme], household).collect();
            for at in awards {
                if excess <= Num::ZERO {
                    break;
                }
                if let Some(saved) = self.cut(place, at, excess)? {
                    excess = excess.sub(saved)?;
                    total = total.sub(saved)?;
                }
            }
        }
        total.div(minor_in_major)?;
        Ok(())
    }

    /// Cuts one award by what is in excess, at most to nothing; gives what it saves a month.
    fn cut(&mut self, place: usize, at: At, excess: Num) -> Result<Option<Num>, NumError> {
        let minor_in_major = Num::from(self.minor_in_major());
        let Some((before, before_month)) = self.month_of(at)? else { return Ok(None) };
        let Some(rule) = &self.view.program.programmes[at.0].amount else { return Ok(None) };
        if before_month.is_zero() {
            return Ok(None);
        }
        let award = rule.amount(before);
        let months = match award.period {
            Period::Month => Num::ONE,
            Period::Year => Num::from(12).div(Num::from(i64::from(award.times.unwrap_or(1))))?,
            Period::Once => return Ok(None),
        };
        // Rounded up: what is left stays under the limit.
        let cut = excess.min(before_month).mul(months)?.rounded(Rounding::Ceil, Num::ONE)?;
        let after = Num::from(before).sub(cut)?.max(Num::ZERO).integer().unwrap_or(0);
        for figure in [cut, Num::from(before), Num::from(after)] {
            figure.div(minor_in_major)?;
        }
        let saved = before_month.sub(rule.amount(after).a_month()?)?;
        if let Some(lines) = &mut self.lines[at.0] {
            lines.minor[at.1] = after;
        }
        if after == 0 {
            let number = u32::try_from(place).unwrap_or(u32::MAX);
            self.judge(at, REFUSED, Some(Because::Cap(number)));
        }
        Ok(Some(saved))
    }
}
