//! Verdicts: each programme for the household or for each member, in the order of the links.
//!
//! A line is one programme for one household or member. Its verdict is worked out from its own rules
//! and from the lines it is linked to; what is undecided there leaves it undecided here. [`line`] decides one line;
//! here stand the verdicts themselves, the order of deciding and what lines see of each other. One more thing
//! that a link does: an [`Effect`], and its place in [`line`] or in `links`.

mod line;

use serde::Serialize;

use crate::amount::Amount;
use crate::definitions::{Holding, ProgrammeDef};
use crate::expr::Level;
use crate::expr::cell::{Cell, Failure};
use crate::expr::eval::{any, arithmetic};
use crate::expr::node::Node;
use crate::expr::syntax::Arithmetic;
use crate::facts::Evaluation;
use crate::links::{Kind, cap, exclude};
use crate::needs::{Missing, Tracer};
use crate::num::Num;
use crate::rules::LeafOutcome;

/// What is decided about one programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is given.
    Yes,
    /// It is not given; the reasons say why.
    No,
    /// Eligible, but places are limited or another programme must come first: no promise yet.
    Waiting,
    /// It cannot be said before something is known.
    NeedsInformation,
    /// A calculation failed: neither yes nor no; a person must look.
    Fault,
}

impl Verdict {
    /// Whether the programme is held, for a link.
    pub(crate) fn holds(self, holding: Holding) -> Cell {
        match self {
            Self::Yes => Cell::Bool(true),
            Self::Waiting => Cell::Bool(holding == Holding::Waiting),
            Self::No => Cell::Bool(false),
            Self::NeedsInformation => Cell::Unknown,
            Self::Fault => Cell::Fault(Failure::Upstream),
        }
    }

    fn of(eligible: Cell) -> Self {
        match eligible {
            Cell::Bool(true) => Self::Yes,
            Cell::Bool(false) => Self::No,
            Cell::Fault(_) => Self::Fault,
            _ => Self::NeedsInformation,
        }
    }
}

/// What a link did to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It made the person eligible.
    Opened,
    /// The programme it requires is not held.
    RequirementMissing,
    /// The programme it requires is waited for.
    RequirementWaiting,
    /// The other programme stays, this one goes.
    Excluded,
    /// The other programme is undecided, or the applicant has not chosen.
    Undecided,
    /// An amount was added to the income: major units a month.
    CountedAsIncome(Num),
    /// An amount is taken off: major units a month.
    Offset(Num),
    /// The place in the queue moved.
    Boosted(Num),
    /// The person is referred.
    Referred,
    /// The award ends when the other one ends.
    EndsWith,
}

/// One programme for one household or member, while it is decided.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub programme: usize,
    pub member: Option<usize>,
    pub leaves: Vec<LeafOutcome>,
    pub verdict: Verdict,
    pub amount: Option<Amount>,
    /// The place in a queue, where the programme has one: the number that orders, boosts counted in.
    pub priority: Option<Num>,
    pub missing: Vec<Missing>,
    /// Undecided lines that leave this one undecided.
    pub waits_for: Vec<usize>,
    /// What links did: the link's place and its effect.
    pub effects: Vec<(usize, Effect)>,
    pub faults: Vec<Failure>,
    /// The steps left nothing to give.
    pub nothing: bool,
    /// The household cap that left nothing to give.
    pub cut_to_nothing: Option<String>,
}

/// Decides one household.
pub(crate) struct Decider<'e, 'a> {
    pub evaluation: &'e Evaluation<'a>,
    pub lines: Vec<Line>,
    /// The lines of each programme.
    by_programme: Vec<Vec<usize>>,
    thorough: bool,
}

impl<'e, 'a> Decider<'e, 'a> {
    pub fn new(evaluation: &'e Evaluation<'a>, thorough: bool) -> Self {
        let by_programme = vec![Vec::new(); evaluation.program.programmes.len()];
        Self { evaluation, lines: Vec::new(), by_programme, thorough }
    }

    /// Decides every programme; gives what the caps did.
    pub fn run(&mut self) -> Vec<cap::CapApplied> {
        let program = self.evaluation.program;
        for group in &program.links.groups {
            for place in group {
                self.decide(*place);
            }
            if group.len() > 1 {
                exclude::settle(self, group);
            }
        }
        let caps = cap::apply(self);
        self.refer();
        caps
    }

    /// The definition of a programme.
    pub fn programme(&self, place: usize) -> &'a ProgrammeDef {
        &self.evaluation.program.definitions.programmes[place]
    }

    /// The lines of a programme.
    pub fn lines_of(&self, programme: usize) -> Vec<usize> {
        self.by_programme[programme].clone()
    }

    /// How many minor units a major unit of the currency has.
    pub fn minor_in_major(&self) -> i64 {
        10_i64.checked_pow(self.evaluation.program.definitions.minor_digits).unwrap_or(1)
    }

    /// What makes a household node unknown.
    pub fn trace(&self, node: &Node, missing: &mut Vec<Missing>) {
        let mut tracer = Tracer::new(self.evaluation, self.thorough);
        tracer.node(node, None);
        missing.extend(tracer.found());
    }

    fn decide(&mut self, place: usize) {
        let programme = &self.evaluation.program.programmes[place];
        let (def, as_of) = (self.programme(place), self.evaluation.as_of);
        if as_of < def.valid_from || def.valid_until.is_some_and(|last| as_of > last) {
            return;
        }
        let view = self.view(place);
        let seen = view.as_ref().map_or(self.evaluation, |view| &view.evaluation);
        let members = self.evaluation.member_answers.len();
        let subjects: Vec<Option<usize>> = match programme.unit {
            Level::Household => vec![None],
            Level::Member => (0..members).map(Some).collect(),
        };
        for member in subjects {
            let Some(mut line) = self.line(programme, seen, member) else { continue };
            if let Some(view) = &view {
                line.effects.splice(0..0, view.effects.iter().copied());
                if line.verdict == Verdict::NeedsInformation {
                    line.waits_for.extend(&view.waits_for);
                }
            }
            self.by_programme[place].push(self.lines.len());
            self.lines.push(line);
        }
    }

    /// The household as a programme sees it when other programmes count as income.
    fn view(&self, place: usize) -> Option<View<'a>> {
        let program = self.evaluation.program;
        let mut evaluation: Option<Evaluation<'a>> = None;
        let (mut effects, mut undecided) = (Vec::new(), Vec::new());
        for (number, link) in program.links.all.iter().enumerate().filter(|(_, l)| l.to == Some(place)) {
            let Kind::CountsAsIncome(slot) = link.kind else { continue };
            let (income, waits_for) = self.a_month(&self.lines_of(link.from), link.holding);
            if income == Cell::Num(Num::ZERO) {
                continue;
            }
            let seen = evaluation.as_ref().unwrap_or(self.evaluation);
            let sum = arithmetic(Arithmetic::Add, seen.household[slot], income);
            evaluation = Some(seen.with(slot, sum, program.links.dependents(slot)));
            undecided.extend(waits_for);
            effects.push(match income {
                Cell::Num(income) => (number, Effect::CountedAsIncome(income)),
                _ => (number, Effect::Undecided),
            });
        }
        evaluation.map(|evaluation| View { evaluation, effects, waits_for: undecided })
    }

    /// What lines give a month, in major units; and the undecided ones that leave it unknown.
    fn a_month(&self, lines: &[usize], holding: Holding) -> (Cell, Vec<usize>) {
        let (mut total, mut waits_for) = (Cell::Num(Num::ZERO), Vec::new());
        for place in lines {
            let line = &self.lines[*place];
            let amount = match (line.verdict.holds(holding), &line.amount) {
                (Cell::Bool(true), Some(amount)) => {
                    let major = amount.a_month().and_then(|n| n.div(Num::from(self.minor_in_major())));
                    Cell::from(major)
                }
                (Cell::Unknown, _) if self.programme(line.programme).amount.is_some() => {
                    waits_for.push(*place);
                    Cell::Unknown
                }
                (fault @ Cell::Fault(_), _) => fault,
                _ => continue,
            };
            total = arithmetic(Arithmetic::Add, total, amount);
        }
        (total, waits_for)
    }

    /// The lines of another programme that count for a line: the same person's, or anyone's where one of
    /// the two is the household's.
    fn counterparts(&self, programme: usize, member: Option<usize>) -> Vec<usize> {
        let lines = self.by_programme[programme].iter().copied();
        lines
            .filter(|line| match (member, self.lines[*line].member) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            })
            .collect()
    }

    fn held(&self, lines: &[usize], holding: Holding) -> Cell {
        any(lines.iter().map(|line| self.lines[*line].verdict.holds(holding)))
    }

    fn undecided<'l>(&'l self, lines: &'l [usize]) -> impl Iterator<Item = usize> + 'l {
        let undecided = |line: &&usize| self.lines[**line].verdict == Verdict::NeedsInformation;
        lines.iter().filter(undecided).copied()
    }

    /// Referrals and endings follow from what is held at the end.
    fn refer(&mut self) {
        let links = &self.evaluation.program.links;
        for (number, link) in links.all.iter().enumerate() {
            let effect = match link.kind {
                Kind::Refers => Effect::Referred,
                Kind::EndsWith => Effect::EndsWith,
                _ => continue,
            };
            for place in &self.by_programme[link.from] {
                let line = &mut self.lines[*place];
                if line.verdict.holds(link.holding) == Cell::Bool(true) {
                    line.effects.push((number, effect));
                }
            }
        }
    }
}

impl Line {
    /// A calculation failed: a person must look.
    pub fn fail(&mut self, failure: Failure) {
        self.verdict = Verdict::Fault;
        self.faults.push(failure);
    }
}

/// The household as one programme sees it.
struct View<'a> {
    evaluation: Evaluation<'a>,
    effects: Vec<(usize, Effect)>,
    waits_for: Vec<usize>,
}
