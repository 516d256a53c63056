//! Caps over a household's programmes: what is above the limit is cut, in the order the pack declares,
//! and every cut is recorded. A cap cuts what is given; it settles nothing about who is eligible, save
//! that a programme cut to nothing is not promised.

use serde::Serialize;

use crate::amount::{AmountStep, StepDone};
use crate::definitions::Period;
use crate::expr::cell::Cell;
use crate::expr::eval::eval;
use crate::num::{Num, NumError, Rounding};
use crate::verdict::{Decider, Verdict};

/// A cap and what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapApplied {
    /// The cap's id.
    pub cap: String,
    /// The limit a month, in major units; `None` when it is not known.
    pub limit: Option<Num>,
    /// All awards under the cap, a month, in major units, before cutting.
    pub before: Num,
    /// The same afterwards.
    pub after: Num,
    /// The cuts, in order.
    pub cuts: Vec<Cut>,
    /// Whether a programme under the cap is undecided: its award may bring further cuts.
    pub provisional: bool,
}

/// One cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// The programme.
    pub programme: String,
    /// The member, for a person's award.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The award before the cut, for its own period, in minor units.
    pub before: i64,
    /// The award after the cut.
    pub after: i64,
}

/// Applies every cap, in the order in which the pack declares them.
pub(crate) fn apply(decider: &mut Decider<'_, '_>) -> Vec<CapApplied> {
    let caps = &decider.evaluation.program.links.caps;
    caps.iter().map(|cap| one(decider, cap).unwrap_or_else(|error| overflowed(decider, cap, error))).collect()
}

/// A sum that does not fit: nobody knows what is left to give, so a person must look.
fn overflowed(decider: &mut Decider<'_, '_>, cap: &super::Cap, error: NumError) -> CapApplied {
    for place in awards(decider, &cap.over) {
        decider.lines[place].verdict = Verdict::Fault;
        decider.lines[place].faults.push(error.into());
    }
    let id = decider.evaluation.program.definitions.caps[cap.def].id.clone();
    CapApplied {
        cap: id,
        limit: None,
        before: Num::ZERO,
        after: Num::ZERO,
        cuts: Vec::new(),
        provisional: true,
    }
}

fn awards(decider: &Decider<'_, '_>, programmes: &[usize]) -> Vec<usize> {
    let lines = programmes.iter().flat_map(|programme| decider.lines_of(*programme));
    lines.filter(|line| decider.lines[*line].verdict == Verdict::Yes).collect()
}

fn one(decider: &mut Decider<'_, '_>, cap: &super::Cap) -> Result<CapApplied, NumError> {
    let minor_in_major = Num::from(decider.minor_in_major());
    let limit = eval(&cap.limit, &decider.evaluation.frame());
    let mut total = Num::ZERO;
    for place in awards(decider, &cap.over) {
        if let Some(amount) = &decider.lines[place].amount {
            total = total.add(amount.a_month()?)?;
        }
    }
    let undecided = cap.over.iter().flat_map(|programme| decider.lines_of(*programme)).any(|line| {
        matches!(decider.lines[line].verdict, Verdict::NeedsInformation | Verdict::Fault | Verdict::Waiting)
    });
    let mut applied = CapApplied {
        cap: decider.evaluation.program.definitions.caps[cap.def].id.clone(),
        limit: None,
        before: total.div(minor_in_major)?,
        after: total.div(minor_in_major)?,
        cuts: Vec::new(),
        provisional: undecided,
    };
    let Cell::Num(limit) = limit else {
        if !total.is_zero() {
            settle_without_limit(decider, cap, limit);
        }
        return Ok(applied);
    };
    applied.limit = Some(limit);
    let mut excess = total.sub(limit.max(Num::ZERO).mul(minor_in_major)?)?;
    for programme in &cap.reduce {
        for place in awards(decider, &[*programme]) {
            if excess <= Num::ZERO {
                break;
            }
            let Some(cut) = cut(decider, place, excess, &applied.cap)? else { continue };
            excess = excess.sub(cut.0)?;
            total = total.sub(cut.0)?;
            applied.cuts.push(cut.1);
        }
    }
    applied.after = total.div(minor_in_major)?;
    Ok(applied)
}

/// Without a limit nothing that could be cut can be promised.
fn settle_without_limit(decider: &mut Decider<'_, '_>, cap: &super::Cap, limit: Cell) {
    let mut missing = Vec::new();
    decider.trace(&cap.limit, &mut missing);
    for place in awards(decider, &cap.reduce) {
        let line = &mut decider.lines[place];
        if let Cell::Fault(failure) = limit {
            line.verdict = Verdict::Fault;
            line.faults.push(failure);
        } else {
            line.verdict = Verdict::NeedsInformation;
            line.missing.extend(missing.iter().cloned());
        }
    }
}

/// Cuts one award by what is in excess, at most to nothing; gives what it saves a month, and the cut.
fn cut(
    decider: &mut Decider<'_, '_>,
    place: usize,
    excess: Num,
    cap: &str,
) -> Result<Option<(Num, Cut)>, NumError> {
    let minor_in_major = Num::from(decider.minor_in_major());
    let line = &decider.lines[place];
    let (programme, member) = (decider.programme(line.programme).id.clone(), line.member);
    let Some(mut amount) = line.amount.clone() else { return Ok(None) };
    let before_month = amount.a_month()?;
    if before_month.is_zero() {
        return Ok(None);
    }
    let months = match amount.period {
        Period::Month => Num::ONE,
        Period::Year => Num::from(12).div(Num::from(i64::from(amount.times.unwrap_or(1))))?,
        Period::Once => return Ok(None),
    };
    // Rounded up: what is left stays under the limit.
    let cut = excess.min(before_month).mul(months)?.rounded(Rounding::Ceil, Num::ONE)?;
    let before = amount.minor;
    let after = Num::from(before).sub(cut)?.max(Num::ZERO).integer().unwrap_or(0);
    amount.minor = after;
    amount.steps.push(AmountStep {
        id: cap.to_owned(),
        kind: StepDone::HouseholdCap,
        figures: vec![("cut", cut.div(minor_in_major)?)],
        before: Num::from(before).div(minor_in_major)?,
        after: Num::from(after).div(minor_in_major)?,
    });
    let saved = before_month.sub(amount.a_month()?)?;
    let line = &mut decider.lines[place];
    if after == 0 {
        line.verdict = Verdict::No;
        line.cut_to_nothing = Some(cap.to_owned());
    }
    line.amount = Some(amount);
    let member = decider.evaluation.member_id(member);
    Ok(Some((saved, Cut { programme, member, before, after })))
}
