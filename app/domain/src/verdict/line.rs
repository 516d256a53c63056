//! One line: the programme's own rules, then what each kind of link adds to them (opens, requires, offsets,
//! boosts), the documents, the amount, and the place in a queue. One more kind of link that acts on a line: its
//! effect here, between the rules and the amount.

use super::{Decider, Effect, Line, Verdict};
use crate::amount::NoAmount;
use crate::definitions::{Holding, Selection};
use crate::expr::cell::Cell;
use crate::expr::eval::{all, any, eval};
use crate::expr::node::Node;
use crate::facts::Evaluation;
use crate::links::Kind;
use crate::needs::{Missing, Tracer};
use crate::num::Num;
use crate::rules::{Limit, Programme};

impl<'a> Decider<'_, 'a> {
    pub(super) fn line(
        &self,
        programme: &Programme,
        seen: &Evaluation<'a>,
        member: Option<usize>,
    ) -> Option<Line> {
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
}
