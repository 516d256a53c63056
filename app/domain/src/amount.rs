//! Amounts: a base, steps, a floor, a cap, a rounding; each step with the amount before and after it.
//!
//! A floor lifts only what is below it and a cap lowers only what is above it: an amount between them
//! keeps its own value. An amount that the steps bring to 0 stays 0. To add a kind of step: a variant of
//! `StepKind`, its compilation and its line in [`AmountRule::outcome`].

use serde::Serialize;

use crate::definitions::{AmountDef, ExprText, Period, ProgrammeDef, RoundDef, StepKind};
use crate::expr::cell::{Cell, Failure, Symbols};
use crate::expr::eval::{Frame, eval};
use crate::expr::node::Node;
use crate::expr::typing::{Scope, typed_as};
use crate::expr::{Type, parse};
use crate::fault::Fault;
use crate::num::{Num, NumError, Rounding};

/// What a programme gives, and how it came to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// In minor units of the currency, for one period.
    pub minor: i64,
    /// The period it is for.
    pub period: Period,
    /// How many periods a year it is paid, where the programme says so (10 months of school).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Every step, in order. The figures are in major units.
    pub steps: Vec<AmountStep>,
}

impl Amount {
    /// What it is a month, in minor units, while it is paid. A sum paid once counts for no month.
    ///
    /// # Errors
    /// Overflow.
    pub fn a_month(&self) -> Result<Num, NumError> {
        match self.period {
            Period::Month => Ok(Num::from(self.minor)),
            Period::Year => {
                Num::from(self.minor).mul(Num::from(i64::from(self.times.unwrap_or(1))))?.div(Num::from(12))
            }
            Period::Once => Ok(Num::ZERO),
        }
    }

    /// What it is in the first year, in minor units.
    ///
    /// # Errors
    /// Overflow.
    pub fn a_year(&self) -> Result<Num, NumError> {
        let times = match self.period {
            Period::Month => self.times.unwrap_or(12),
            Period::Year => self.times.unwrap_or(1),
            Period::Once => 1,
        };
        Num::from(self.minor).mul(Num::from(i64::from(times)))
    }
}

/// One step of an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AmountStep {
    /// The step's id, `base`, `floor`, `cap`, `rounding`; or the id of the link or household cap.
    pub id: String,
    /// What kind of step it is.
    pub kind: StepDone,
    /// The figures it worked with, in major units.
    pub figures: Vec<(&'static str, Num)>,
    /// The amount before it.
    pub before: Num,
    /// The amount after it.
    pub after: Num,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepDone {
    /// The start.
    Base,
    /// Something was added.
    Add,
    /// Something was taken away.
    Subtract,
    /// So much for each of so many.
    Per,
    /// A share or a factor.
    Multiply,
    /// A withdrawal as income rises.
    Taper,
    /// Taken off because of another programme.
    Offset,
    /// Lifted to the floor.
    Floor,
    /// Lowered to the cap.
    Cap,
    /// Rounded.
    Rounding,
    /// Cut by a cap over the household's programmes.
    HouseholdCap,
}

/// A compiled amount.
#[derive(Clone, Debug)]
pub(crate) struct AmountRule {
    base: Node,
    steps: Vec<(String, Step)>,
    floor: Option<Node>,
    cap: Option<Node>,
    round: RoundDef,
    period: Period,
    times: Option<u32>,
    minor_in_major: i64,
}

#[derive(Clone, Debug)]
enum Step {
    Add(Node),
    Subtract(Node),
    Per(Node, Node),
    Multiply(Node),
    Taper { of: Node, above: Node, rate: Node },
}

/// Why there is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAmount {
    Unknown,
    Fault(Failure),
}

impl From<NumError> for NoAmount {
    fn from(error: NumError) -> Self {
        Self::Fault(error.into())
    }
}

impl AmountRule {
    pub fn compile(
        def: &AmountDef,
        programme: &ProgrammeDef,
        minor_digits: u32,
        scope: &Scope,
        symbols: &mut Symbols,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut number = |text: &ExprText, key: String| {
            let node = parse(&text.text)
                .and_then(|expr| typed_as(&Type::Num, &expr, programme.unit, scope, &mut *symbols));
            node.unwrap_or_else(|error| {
                faults.push(text.at.fault(key, error.to_string()));
                Node::Const(Cell::Unknown)
            })
        };
        let base = number(&def.base, "amount.base".into());
        let mut steps = Vec::with_capacity(def.steps.len());
        for step in &def.steps {
            let key = |part: &str| format!("amount.steps.{}.{part}", step.id);
            let compiled = match &step.kind {
                StepKind::Add(text) => Step::Add(number(text, key("add"))),
                StepKind::Subtract(text) => Step::Subtract(number(text, key("subtract"))),
                StepKind::Per { each, per } => Step::Per(number(each, key("each")), number(per, key("per"))),
                StepKind::Multiply(text) => Step::Multiply(number(text, key("multiply"))),
                StepKind::Taper { of, above, rate } => Step::Taper {
                    of: number(of, key("taper.of")),
                    above: number(above, key("taper.above")),
                    rate: number(rate, key("taper.rate")),
                },
            };
            steps.push((step.id.clone(), compiled));
        }
        let floor = def.floor.as_ref().map(|text| number(text, "amount.floor".into()));
        let cap = def.cap.as_ref().map(|text| number(text, "amount.cap".into()));
        if let (Some(Node::Const(Cell::Num(floor))), Some(Node::Const(Cell::Num(cap)))) = (&floor, &cap)
            && floor > cap
        {
            faults.push(programme.at.fault("amount.floor", "the floor is above the cap"));
        }
        let minor_in_major = 10_i64.checked_pow(minor_digits).unwrap_or(1);
        let to_minor = Num::ratio(1, minor_in_major).unwrap_or(Num::ONE);
        let round = def.round.unwrap_or(RoundDef { mode: Rounding::HalfUp, to: to_minor });
        let in_minor = round.to.mul(Num::from(minor_in_major)).ok().and_then(Num::integer);
        if in_minor.is_none_or(|step| step <= 0) {
            let message = "an amount is rounded to a multiple of the currency's minor unit";
            faults.push(programme.at.fault("amount.round", message));
        }
        if def.times == Some(0) {
            faults.push(programme.at.fault("amount.times", "an amount is paid at least once"));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { base, steps, floor, cap, round, period: def.period, times: def.times, minor_in_major })
    }

    /// Every node it reads, for what an undecided amount needs.
    pub fn nodes(&self) -> Vec<&Node> {
        let mut nodes = vec![&self.base];
        for (_, step) in &self.steps {
            match step {
                Step::Add(node) | Step::Subtract(node) | Step::Multiply(node) => nodes.push(node),
                Step::Per(each, per) => nodes.extend([each, per]),
                Step::Taper { of, above, rate } => nodes.extend([of, above, rate]),
            }
        }
        nodes.extend(self.floor.iter().chain(&self.cap));
        nodes
    }

    /// The amount. `offsets` are taken off after the programme's own steps: link id and major units a
    /// month.
    pub fn outcome(&self, frame: &Frame<'_>, offsets: &[(String, Num)]) -> Result<Amount, NoAmount> {
        let steps = Some(Vec::with_capacity(self.steps.len() + 2));
        let mut way = Way { now: Num::ZERO, steps };
        let minor = self.taken(|node| eval(node, frame), offsets, &mut way)?;
        Ok(Amount { steps: way.steps.unwrap_or_default(), ..self.amount(minor) })
    }

    /// The amount in minor units, without its steps. `cell` is asked for each of [`AmountRule::nodes`] in that order,
    /// until one of them has no value.
    #[cfg(not(target_family = "wasm"))]
    pub fn minor(&self, cell: impl FnMut(&Node) -> Cell, offsets: &[(String, Num)]) -> Result<i64, NoAmount> {
        self.taken(cell, offsets, &mut Way { now: Num::ZERO, steps: None })
    }

    /// So many minor units for this rule's period.
    pub fn amount(&self, minor: i64) -> Amount {
        Amount { minor, period: self.period, times: self.times, steps: Vec::new() }
    }

    fn taken(
        &self,
        mut cell: impl FnMut(&Node) -> Cell,
        offsets: &[(String, Num)],
        way: &mut Way,
    ) -> Result<i64, NoAmount> {
        let mut number = |node: &Node| match cell(node) {
            Cell::Num(number) => Ok(number),
            Cell::Unknown | Cell::Between(..) => Err(NoAmount::Unknown),
            Cell::Fault(failure) => Err(NoAmount::Fault(failure)),
            _ => Err(NoAmount::Fault(Failure::BadType)),
        };
        let base = number(&self.base)?;
        way.to("base", StepDone::Base, &[], base);
        for (id, step) in &self.steps {
            match step {
                Step::Add(node) => {
                    let add = number(node)?;
                    let after = way.now.add(add)?;
                    way.to(id, StepDone::Add, &[("add", add)], after);
                }
                Step::Subtract(node) => {
                    let subtract = number(node)?;
                    let after = way.now.sub(subtract)?;
                    way.to(id, StepDone::Subtract, &[("subtract", subtract)], after);
                }
                Step::Per(each, per) => {
                    let (each, per) = (number(each)?, number(per)?);
                    let after = way.now.add(each.mul(per)?)?;
                    way.to(id, StepDone::Per, &[("each", each), ("per", per)], after);
                }
                Step::Multiply(node) => {
                    let factor = number(node)?;
                    let after = way.now.mul(factor)?;
                    way.to(id, StepDone::Multiply, &[("multiply", factor)], after);
                }
                Step::Taper { of, above, rate } => {
                    let (of, above, rate) = (number(of)?, number(above)?, number(rate)?);
                    let less = of.sub(above)?.max(Num::ZERO).mul(rate)?;
                    let after = way.now.sub(less)?;
                    way.to(id, StepDone::Taper, &[("of", of), ("above", above), ("rate", rate)], after);
                }
            }
        }
        for (link, a_month) in offsets {
            let off = match self.period {
                Period::Year => {
                    a_month.mul(Num::from(12))?.div(Num::from(i64::from(self.times.unwrap_or(1))))?
                }
                Period::Month | Period::Once => *a_month,
            };
            let after = way.now.sub(off)?;
            way.to(link, StepDone::Offset, &[("offset", off)], after);
        }
        let floor = self.floor.as_ref().map(&mut number).transpose()?;
        let cap = self.cap.as_ref().map(&mut number).transpose()?.map(|cap| cap.max(Num::ZERO));
        way.bounded(floor, cap, self.round)?;
        let minor = way.now.mul(Num::from(self.minor_in_major))?;
        minor.integer().ok_or(NoAmount::Fault(Failure::BadType))
    }
}

/// The amount so far and, where somebody will read them, the steps that led to it.
struct Way {
    now: Num,
    steps: Option<Vec<AmountStep>>,
}

impl Way {
    /// Goes to the next amount, never below 0.
    fn to(&mut self, id: &str, kind: StepDone, figures: &[(&'static str, Num)], after: Num) {
        let (before, after) = (self.now, after.max(Num::ZERO));
        if let Some(steps) = &mut self.steps {
            steps.push(AmountStep { id: id.to_owned(), kind, figures: figures.to_vec(), before, after });
        }
        self.now = after;
    }

    /// Floor, cap and rounding; the rounding may not leave what floor and cap allow.
    fn bounded(&mut self, floor: Option<Num>, cap: Option<Num>, round: RoundDef) -> Result<(), NumError> {
        if let Some(floor) = floor
            && self.now < floor
            && self.now > Num::ZERO
        {
            self.to("floor", StepDone::Floor, &[("floor", floor)], floor);
        }
        if let Some(cap) = cap
            && self.now > cap
        {
            self.to("cap", StepDone::Cap, &[("cap", cap)], cap);
        }
        let mut rounded = self.now.rounded(round.mode, round.to)?;
        if floor.is_some_and(|floor| rounded < floor && self.now >= floor) {
            rounded = self.now.rounded(Rounding::Ceil, round.to)?;
        }
        if cap.is_some_and(|cap| rounded > cap) {
            rounded = self.now.rounded(Rounding::Floor, round.to)?;
        }
        if rounded != self.now {
            self.to("rounding", StepDone::Rounding, &[("to", round.to)], rounded);
        }
        Ok(())
    }
}
