//! Every line of a snapshot under one program: what the desk lists, and what a test compares with deciding each
//! household alone.

use time::Date;

use super::block::Reading;
use super::column::of_byte;
use super::decide::{Because, Decision, Lines, NO_AMOUNT, verdict_of};
use super::needed::Needed;
use super::snapshot::{BLOCK, Snapshot};
use crate::decide::Origin;
use crate::definitions::LeafDef;
use crate::expr::Level;
use crate::num::Num;
use crate::program::Program;
use crate::value::Truth;
use crate::verdict::Verdict;

/// What is decided about one programme for one household or member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOutcome {
    /// The household, in the order of the snapshot.
    pub household: usize,
    /// The programme.
    pub programme: String,
    /// The member, in the order of the members' ids; none when it is about the household.
    pub member: Option<usize>,
    /// The verdict.
    pub verdict: Verdict,
    /// Every leaf of the rules, then what links, caps and the amount added.
    pub reasons: Vec<Seen>,
    /// Minor units for the programme's period, of an award or a waiting place.
    pub minor: Option<i64>,
    /// What orders the queue, of a waiting place.
    pub priority: Option<Num>,
}

/// A reason for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where it comes from.
    pub origin: Origin,
    /// The leaf's, link's or cap's id; `amount`.
    pub id: String,
    /// Whether it speaks for the programme.
    pub met: Truth,
    /// Whether the verdict rests on it.
    pub decisive: bool,
}

/// Decides every household of a snapshot, column by column; gives the lines in the order of households, then of the
/// pack's programmes, then of members.
pub fn outcomes(program: &Program, snapshot: &Snapshot, as_of: Date) -> Vec<LineOutcome> {
    let reading = Reading::new(program, snapshot, Needed::of(program), as_of);
    let mut all = Vec::new();
    for (number, block) in snapshot.blocks.iter().enumerate() {
        let view = reading.load(block, None);
        let decision = Decision::of(&view);
        for household in 0..view.block.households {
            for (place, lines) in decision.lines.iter().enumerate() {
                let Some(lines) = lines else { continue };
                let rows = match lines.level {
                    Level::Household => household..household + 1,
                    Level::Member => view.block.members_of(household),
                };
                for (member, row) in rows.enumerate() {
                    let Some(verdict) = verdict_of(lines.verdicts[row]) else { continue };
                    let promised = matches!(verdict, Verdict::Yes | Verdict::Waiting);
                    let waits = verdict == Verdict::Waiting;
                    all.push(LineOutcome {
                        household: number * BLOCK + household,
                        programme: program.definitions().programmes[place].id.clone(),
                        member: (lines.level == Level::Member).then_some(member),
                        verdict,
                        reasons: reasons(program, place, lines, row, verdict),
                        minor: Some(lines.minor[row]).filter(|minor| promised && *minor != NO_AMOUNT),
                        priority: lines.priority.get(row).copied().flatten().filter(|_| waits),
                    });
                }
            }
        }
    }
    all
}

/// Whether a leaf speaks for the programme.
pub(super) fn met(holds: u8, negated: bool) -> Truth {
    let truth = of_byte(holds).truth().unwrap_or(Truth::Unknown);
    if negated { truth.negated() } else { truth }
}

/// What a verdict that rests on a leaf finds of it.
pub(super) fn wanted(verdict: Verdict) -> Truth {
    match verdict {
        Verdict::Yes | Verdict::Waiting => Truth::True,
        Verdict::No => Truth::False,
        Verdict::NeedsInformation | Verdict::Fault => Truth::Unknown,
    }
}

fn reasons(program: &Program, place: usize, lines: &Lines, row: usize, verdict: Verdict) -> Vec<Seen> {
    let definitions = program.definitions();
    let leaves: Vec<&LeafDef> = definitions.programmes[place].eligible.leaves();
    let compiled = &program.programmes[place].leaves;
    let each = leaves.iter().zip(compiled).enumerate();
    let mut reasons: Vec<Seen> = each
        .map(|(at, (leaf, compiled))| {
            let met = met(lines.leaves[at][row], compiled.negated);
            let decisive = lines.decisive[at][row] != 0 && met == wanted(verdict);
            Seen { origin: Origin::Rule, id: leaf.id.clone(), met, decisive }
        })
        .collect();
    let mut more: Vec<Because> = lines
        .because
        .iter()
        .filter(|(other, _)| *other as usize == row)
        .map(|(_, because)| *because)
        .collect();
    // Links are told before the amount and the caps, as in a single decision.
    more.sort_by_key(|because| match because {
        Because::Link(..) | Because::Awaited(_) => 0,
        Because::Nothing => 1,
        Because::Cap(_) => 2,
    });
    reasons.extend(more.into_iter().map(|because| {
        let (origin, id, met) = told(program, because);
        Seen { origin, id: id.to_owned(), met, decisive: true }
    }));
    reasons
}

/// Origin, id and meaning of a reason beside the leaves.
pub(super) fn told(program: &Program, because: Because) -> (Origin, &str, Truth) {
    let definitions = program.definitions();
    let link = |number: u32| definitions.links.get(number as usize).map_or("", |link| link.id.as_str());
    match because {
        Because::Link(number, met) => (Origin::Link, link(number), met),
        Because::Awaited(number) => (Origin::Link, link(number), Truth::Unknown),
        Because::Nothing => (Origin::Amount, "amount", Truth::False),
        Because::Cap(number) => {
            let cap = definitions.caps.get(number as usize).map_or("", |cap| cap.id.as_str());
            (Origin::Cap, cap, Truth::False)
        }
    }
}
