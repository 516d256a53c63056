//! Verdicts: each programme for the household or for each member, in the order of the links.
//!
//! A line is one programme for one household or member. Its verdict is worked out from its own rules
//! and from the lines it is linked to; what is undecided there leaves it undecided here.

use serde::Serialize;

use crate::amount::{Amount, NoAmount};
use crate::definitions::{Holding, ProgrammeDef, Selection};
use crate::expr::Level;
use crate::expr::cell::{Cell, Failure};
use crate::expr::eval::{all, any, arithmetic, eval};
use crate::expr::node::Node;
use crate::expr::syntax::Arithmetic;
use crate::facts::Evaluation;
use crate::links::{Kind, cap, exclude};
use crate::needs::{Missing, Tracer};
use crate::num::Num;
use crate::rules::{LeafOutcome, Limit, Programme};

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

    fn line(&self, programme: &Programme, seen: &Evaluation<'a>, member: Option<usize>) -> Option<Line> {
        let frame = seen.frame_of(member);
        let who = programme.who.as_ref().map_or(Cell::Bool(true), |who| eval(who, &frame));
        if who == Cell::Bool(false) {
            return None;
        }
        let (rules, leaves) = programme.eligible(&frame);
        let own = all([who, rules].into_iter());
        let mut line = Line {
            programme: programme.def,
            member,
            leaves,
            verdict: Verdict::No,
            amount: None,
            priority: None,
            missing: Vec::new(),
            waits_for: Vec::new(),
            effects: Vec::new(),
            faults: Vec::new(),
            nothing: false,
            cut_to_nothing: None,
        };
        let opened = self.opened(&mut line, own);
        let (eligible, pending) = self.required(&mut line, any([own, opened].into_iter()));
        let documents = programme.documents.iter().filter(|(_, node)| eval(node, &frame) != Cell::Bool(true));
        let documents: Vec<Missing> = documents
            .map(|(id, node)| {
                Missing::Document(id.clone(), member.filter(|_| matches!(node, Node::Member(_))))
            })
            .collect();
        line.verdict = match Verdict::of(eligible) {
            Verdict::Yes if !documents.is_empty() => Verdict::NeedsInformation,
            verdict => verdict,
        };
        if let Cell::Fault(failure) = eligible {
            line.faults.push(failure);
        }
        if eligible == Cell::Bool(true) || (self.thorough && line.verdict == Verdict::NeedsInformation) {
            line.missing.extend(documents);
        }
        let mut tracer = Tracer::new(seen, self.thorough);
        if own.is_unknown() && eligible.is_unknown() {
            if let Some(node) = programme.who.as_ref() {
                tracer.node(node, member);
            }
            for (leaf, outcome) in programme.leaves.iter().zip(&line.leaves) {
                if outcome.holds.is_unknown() && (outcome.decisive || self.thorough) {
                    tracer.node(&leaf.value, member);
                    if let Limit::One(limit) = &leaf.limit {
                        tracer.node(limit, member);
                    }
                }
            }
        }
        if line.verdict != Verdict::No && line.verdict != Verdict::Fault {
            self.amount(&mut line, programme, seen, &mut tracer);
            self.queue(&mut line, programme, seen, &mut tracer, pending);
        }
        if line.verdict == Verdict::NeedsInformation {
            line.missing.extend(tracer.found());
        }
        Some(line)
    }

    /// Whether another programme makes the person eligible whatever the rules say.
    fn opened(&self, line: &mut Line, own: Cell) -> Cell {
        let mut opened = Cell::Bool(false);
        if own == Cell::Bool(true) {
            return opened;
        }
        for (number, link) in self.evaluation.program.links.all.iter().enumerate() {
            if !matches!(link.kind, Kind::Opens) || link.to != Some(line.programme) {
                continue;
            }
            let others = self.counterparts(link.from, line.member);
            let held = self.held(&others, link.holding);
            match held {
                Cell::Bool(true) => line.effects.push((number, Effect::Opened)),
                Cell::Bool(false) => continue,
                _ => {
                    line.effects.push((number, Effect::Undecided));
                    line.waits_for.extend(self.undecided(&others));
                }
            }
            opened = any([opened, held].into_iter());
        }
        if opened == Cell::Bool(true) {
            line.waits_for.clear();
            line.effects.retain(|(_, effect)| *effect == Effect::Opened);
        }
        opened
    }

    /// Eligibility with the programmes it requires; and whether one of them is still waited for.
    fn required(&self, line: &mut Line, eligible: Cell) -> (Cell, bool) {
        let (mut result, mut pending) = (eligible, false);
        if eligible == Cell::Bool(false) {
            return (eligible, false);
        }
        for (number, link) in self.evaluation.program.links.all.iter().enumerate() {
            let (Kind::Requires, Some(to)) = (&link.kind, link.to) else { continue };
            if link.from != line.programme {
                continue;
            }
            let others = self.counterparts(to, line.member);
            let mut held = self.held(&others, link.holding);
            if held != Cell::Bool(true) && self.held(&others, Holding::Waiting) == Cell::Bool(true) {
                pending = true;
                held = Cell::Bool(true);
                line.effects.push((number, Effect::RequirementWaiting));
            } else if held == Cell::Bool(false) {
                line.effects.push((number, Effect::RequirementMissing));
            } else if held != Cell::Bool(true) {
                line.effects.push((number, Effect::Undecided));
                line.waits_for.extend(self.undecided(&others));
            }
            result = all([result, held].into_iter());
        }
        (result, pending)
    }

    fn amount(
        &self,
        line: &mut Line,
        programme: &Programme,
        seen: &Evaluation<'a>,
        tracer: &mut Tracer<'_, '_>,
    ) {
        let Some(rule) = &programme.amount else { return };
        let frame = seen.frame_of(line.member);
        let mut offsets = Vec::new();
        for (number, link) in self.evaluation.program.links.all.iter().enumerate() {
            if !matches!(link.kind, Kind::Offsets) || link.to != Some(line.programme) {
                continue;
            }
            let others = self.counterparts(link.from, line.member);
            match self.a_month(&others, link.holding) {
                (Cell::Num(month), _) if month.is_zero() => {}
                (Cell::Num(month), _) => {
                    line.effects.push((number, Effect::Offset(month)));
                    let id = self.evaluation.program.definitions.links[link.def].id.clone();
                    offsets.push((id, month));
                }
                (Cell::Fault(failure), _) => return line.fail(failure),
                (_, waits_for) => {
                    line.effects.push((number, Effect::Undecided));
                    line.waits_for.extend(waits_for);
                    line.verdict = Verdict::NeedsInformation;
                    return;
                }
            }
        }
        match rule.outcome(&frame, &offsets) {
            Ok(amount) => {
                if amount.minor == 0 {
                    line.nothing = true;
                    line.verdict = Verdict::No;
                    line.missing.clear();
                    line.waits_for.clear();
                }
                line.amount = Some(amount);
            }
            Err(NoAmount::Fault(failure)) if line.verdict != Verdict::NeedsInformation => line.fail(failure),
            Err(NoAmount::Fault(_)) => {}
            Err(NoAmount::Unknown) => {
                // Of an undecided programme the questions for the amount can wait.
                if line.verdict == Verdict::Yes || self.thorough {
                    for node in rule.nodes() {
                        tracer.node(node, line.member);
                    }
                }
                line.verdict = Verdict::NeedsInformation;
            }
        }
    }

    /// A place in the queue, where places are limited; a wait, where another programme must come first.
    fn queue(
        &self,
        line: &mut Line,
        programme: &Programme,
        seen: &Evaluation<'a>,
        tracer: &mut Tracer<'_, '_>,
        pending: bool,
    ) {
        if pending && line.verdict == Verdict::Yes {
            line.verdict = Verdict::Waiting;
        }
        let def = self.programme(programme.def);
        let (Some(node), Selection::WaitingList { ascending, .. }) = (&programme.priority, &def.selection)
        else {
            return;
        };
        let mut boost = Num::ZERO;
        for (number, link) in self.evaluation.program.links.all.iter().enumerate() {
            let Kind::Boosts(by) = link.kind else { continue };
            let others = self.counterparts(link.from, line.member);
            if link.to == Some(line.programme) && self.held(&others, link.holding) == Cell::Bool(true) {
                line.effects.push((number, Effect::Boosted(by)));
                boost = boost.add(by).unwrap_or(boost);
            }
        }
        let given = line.verdict == Verdict::Yes;
        match eval(node, &seen.frame_of(line.member)) {
            Cell::Num(number) => {
                let place = if *ascending { number.sub(boost) } else { number.add(boost) };
                match place {
                    Ok(place) => line.priority = Some(place),
                    Err(error) => return line.fail(error.into()),
                }
                if given {
                    line.verdict = Verdict::Waiting;
                }
            }
            Cell::Fault(failure) if given => line.fail(failure),
            Cell::Fault(_) => {}
            _ => {
                if matches!(line.verdict, Verdict::Yes | Verdict::Waiting) || self.thorough {
                    tracer.node(node, line.member);
                }
                if matches!(line.verdict, Verdict::Yes | Verdict::Waiting) {
                    line.verdict = Verdict::NeedsInformation;
                }
            }
        }
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
