//! Exclusions: of two programmes that may not be had together, one stays.
//!
//! While one side is undecided, the other is settled only when the outcome cannot matter to it.

use crate::definitions::Holding;
use crate::expr::cell::{Cell, Failure};
use crate::expr::eval::eval;
use crate::links::{Kind, Link, Preference};
use crate::needs::Missing;
use crate::num::Num;
use crate::verdict::{Decider, Effect, Verdict};

/// How one side of an exclusion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// It is held.
    Held,
    /// It may yet be held.
    Open,
    /// It is not held.
    Out,
}

/// Which side stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Winner {
    From,
    To,
    /// It cannot be said yet.
    Open,
}

/// Settles the exclusions of a group, in the order in which the pack declares them.
pub(crate) fn settle(decider: &mut Decider<'_, '_>, group: &[usize]) {
    let links = &decider.evaluation.program.links.all;
    for (place, link) in links.iter().enumerate() {
        let Kind::Excludes(preference) = &link.kind else { continue };
        let Some(to) = link.to.filter(|_| group.contains(&link.from)) else { continue };
        let (from_lines, to_lines) = (decider.lines_of(link.from), decider.lines_of(to));
        let by_member = [&from_lines, &to_lines]
            .iter()
            .all(|lines| lines.iter().all(|line| decider.lines[*line].member.is_some()));
        if by_member {
            for from in &from_lines {
                let member = decider.lines[*from].member;
                let to = to_lines.iter().copied().filter(|line| decider.lines[*line].member == member);
                let to: Vec<usize> = to.collect();
                pair(decider, place, link, preference, member, &[*from], &to);
            }
        } else {
            pair(decider, place, link, preference, None, &from_lines, &to_lines);
        }
    }
}

fn pair(
    decider: &mut Decider<'_, '_>,
    place: usize,
    link: &Link,
    preference: &Preference,
    member: Option<usize>,
    from: &[usize],
    to: &[usize],
) {
    let (from_side, to_side) = (side(decider, from, link.holding), side(decider, to, link.holding));
    if from_side == Side::Out || to_side == Side::Out || (from_side, to_side) == (Side::Open, Side::Open) {
        return;
    }
    let (winner, asks) = winner(decider, preference, member, from, to);
    let (loser, other, other_side) = match winner {
        Winner::From => (to, from, from_side),
        Winner::To => (from, to, to_side),
        Winner::Open => {
            for (lines, others) in [(from, to), (to, from)] {
                decider.leave_open(place, lines, others, asks.as_ref());
            }
            return;
        }
    };
    if other_side == Side::Held {
        decider.exclude(place, loser);
    } else {
        // The one that would stay is undecided: until it is decided, so is this one.
        decider.leave_open(place, loser, other, None);
    }
}

fn side(decider: &Decider<'_, '_>, lines: &[usize], holding: Holding) -> Side {
    let verdicts = || lines.iter().map(|line| decider.lines[*line].verdict);
    if verdicts().any(|verdict| verdict.holds(holding) == Cell::Bool(true)) {
        Side::Held
    } else if verdicts().any(|verdict| matches!(verdict, Verdict::NeedsInformation | Verdict::Fault)) {
        Side::Open
    } else {
        Side::Out
    }
}

fn winner(
    decider: &Decider<'_, '_>,
    preference: &Preference,
    member: Option<usize>,
    from: &[usize],
    to: &[usize],
) -> (Winner, Option<Missing>) {
    let frame = decider.evaluation.frame_of(member);
    match preference {
        Preference::HigherValue => match (value(decider, from), value(decider, to)) {
            (Some(a), Some(b)) if a >= b => (Winner::From, None),
            (Some(_), Some(_)) => (Winner::To, None),
            _ => (Winner::Open, None),
        },
        Preference::Chosen { question, answer, from, to } => match eval(answer, &frame) {
            Cell::Symbol(chosen) if chosen == *from => (Winner::From, None),
            Cell::Symbol(chosen) if chosen == *to => (Winner::To, None),
            _ => {
                let at_member = matches!(answer, crate::expr::node::Node::Member(_));
                let missing = Missing::Choice(question.clone(), member.filter(|_| at_member));
                (Winner::Open, Some(missing))
            }
        },
        Preference::First { from, to } => match (eval(from, &frame), eval(to, &frame)) {
            (Cell::Date(a), Cell::Date(b)) if b < a => (Winner::To, None),
            (Cell::Date(_), _) => (Winner::From, None),
            (_, Cell::Date(_)) => (Winner::To, None),
            _ => (Winner::From, None),
        },
    }
}

/// What a side is worth in a year, held or possible; `None` when an amount is not known.
fn value(decider: &Decider<'_, '_>, lines: &[usize]) -> Option<Num> {
    let mut total = Num::ZERO;
    for line in lines.iter().map(|line| &decider.lines[*line]).filter(|line| line.verdict != Verdict::No) {
        let def = decider.programme(line.programme);
        total = match (&line.amount, &def.amount) {
            (Some(amount), _) => total.add(amount.a_year().ok()?).ok()?,
            (None, Some(_)) => return None,
            (None, None) => total,
        };
    }
    Some(total)
}

impl Decider<'_, '_> {
    /// The lines lose to the other side of an exclusion.
    fn exclude(&mut self, by: usize, places: &[usize]) {
        for place in places {
            let line = &mut self.lines[*place];
            if line.verdict != Verdict::No {
                line.verdict = Verdict::No;
                line.effects.push((by, Effect::Excluded));
            }
        }
    }

    /// The lines cannot be settled before the others are, or before the applicant chooses.
    fn leave_open(&mut self, by: usize, places: &[usize], others: &[usize], asks: Option<&Missing>) {
        let fault = others.iter().any(|other| self.lines[*other].verdict == Verdict::Fault);
        let undecided: Vec<usize> = others
            .iter()
            .copied()
            .filter(|other| self.lines[*other].verdict == Verdict::NeedsInformation)
            .collect();
        for place in places {
            let line = &mut self.lines[*place];
            if matches!(line.verdict, Verdict::Yes | Verdict::Waiting) {
                if fault {
                    line.fail(Failure::Upstream);
                } else {
                    line.verdict = Verdict::NeedsInformation;
                }
                line.effects.push((by, Effect::Undecided));
                line.waits_for.extend(&undecided);
                line.missing.extend(asks.cloned());
            }
        }
    }
}
