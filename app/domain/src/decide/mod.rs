//! One household, one day: facts, scores, a verdict for every programme with its reasons, amounts and
//! what is missing, links applied, the route into work, what the floor leaves open, and the receipt.
//!
//! [`Program::decide`] is pure and total: the same answers give the same bytes, whatever the order of the
//! members, and every answer gives a decision.

mod example;
mod result;

pub use crate::facts::Known;
pub use example::{ExampleOutcome, LeafSeen};
pub use result::*;

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::answers::Answers;
use crate::definitions::{Guarantee, Kind, Missing as MissingRule, Selection};
use crate::expr::Level;
use crate::expr::cell::Cell;
use crate::expr::eval::{any, eval, years};
use crate::facts::{BIRTH_DATE, Evaluation};
use crate::needs::{Missing, NeedState, state};
use crate::program::Program;
use crate::receipt::{ENGINE, Receipt, hash};
use crate::rules::{Leaf, LeafOutcome, Limit};
use crate::value::{Truth, Value};
use crate::verdict::{Decider, Effect, Line, Verdict};

impl Program {
    /// Decides every programme for a household on a day.
    pub fn decide(&self, answers: &Answers, as_of: Date) -> Decided {
        let evaluation = Evaluation::new(self, answers, as_of);
        let mut decider = Decider::new(&evaluation, false);
        let household_cap = decider.run();
        let order = in_pack_order(&decider.lines);
        let mut whole = Decided {
            as_of,
            facts: facts(&evaluation),
            scores: scores(&evaluation),
            programmes: order.iter().map(|place| decision(&decider, *place)).collect(),
            links_applied: links_applied(&decider, &order),
            household_cap,
            route: route(&decider),
            floor_gaps: floor_gaps(&decider),
            assumed: assumed(&evaluation),
            receipt: Receipt {
                engine: ENGINE,
                pack: self.identity.pack.clone(),
                parts: self.identity.parts.clone(),
                answers: serde_json::Value::Null,
                outcome: String::new(),
            },
        };
        whole.receipt.outcome = hash(&whole);
        whole.receipt.answers = answers.to_json();
        whole
    }

    /// What may still matter to some undecided programme, and to which: the form asks these and stops
    /// when there are none.
    pub fn open_needs(&self, answers: &Answers, as_of: Date) -> Vec<OpenNeed> {
        let evaluation = Evaluation::new(self, answers, as_of);
        let mut decider = Decider::new(&evaluation, true);
        decider.run();
        let mut open: BTreeMap<Need, BTreeSet<usize>> = BTreeMap::new();
        for (place, line) in decider.lines.iter().enumerate() {
            for need in needs(&decider, place) {
                open.entry(need).or_default().insert(line.programme);
            }
        }
        let id = |place: &usize| self.definitions.programmes[*place].id.clone();
        open.into_iter()
            .map(|(need, programmes)| OpenNeed { need, programmes: programmes.iter().map(id).collect() })
            .collect()
    }
}

/// The lines in the order of the pack's programmes.
fn in_pack_order(lines: &[Line]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|place| (lines[*place].programme, lines[*place].member));
    order
}

fn facts(evaluation: &Evaluation<'_>) -> Facts {
    let program = evaluation.program;
    let of = |level, member: Option<usize>| {
        let frame = evaluation.frame_of(member);
        let known = |place: &usize| {
            let fact = &program.facts[*place];
            let cell = match level {
                Level::Household => evaluation.household[fact.slot],
                Level::Member => frame.member_cell(fact.slot),
            };
            let id = program.definitions.facts[fact.def].id.clone();
            (id, Known::new(cell, &fact.ty, &evaluation.texts))
        };
        // In the order of their ids already, which is how a map is filled fastest.
        let facts = program.facts_by_id.iter().filter(|place| program.facts[**place].level == level);
        facts.map(known).collect::<BTreeMap<_, _>>()
    };
    let members = evaluation.member_answers.iter().enumerate();
    Facts {
        household: of(Level::Household, None),
        members: members.map(|(place, member)| (member.id.clone(), of(Level::Member, Some(place)))).collect(),
    }
}

fn scores(evaluation: &Evaluation<'_>) -> Vec<ScoreResult> {
    let program = evaluation.program;
    let plain = |cell: Cell| match cell {
        Cell::Num(number) => Known::Value(Value::Num(number)),
        Cell::Bool(b) => Known::Value(Value::Bool(b)),
        Cell::Date(date) => Known::Value(Value::Date(date)),
        Cell::Symbol(symbol) => Known::Value(Value::Choice(evaluation.texts.name(symbol).to_owned())),
        Cell::Fault(failure) => Known::Fault(failure),
        Cell::Unknown | Cell::Between(..) | Cell::Set(_) => Known::Unknown,
    };
    evaluation
        .scores
        .iter()
        .map(|(place, member, outcome)| {
            let score = &program.scores[*place];
            let def = &program.definitions.scores[score.def];
            let terms = def.terms.iter().zip(&outcome.terms).map(|(term, result)| TermResult {
                term: term.id.clone(),
                fact: term.fact.clone(),
                input: plain(result.input),
                coefficient: result.coefficient,
                points: if let Cell::Num(points) = result.points { Some(points) } else { None },
            });
            ScoreResult {
                score: def.id.clone(),
                member: evaluation.member_id(*member),
                total: plain(outcome.total),
                band: (!def.bands.is_empty()).then(|| plain(outcome.band)),
                stratum: def.stratum.as_ref().map(|_| plain(outcome.stratum)),
                intercept: outcome.intercept,
                terms: terms.collect(),
                sum: plain(outcome.sum),
                source: def.source.clone(),
            }
        })
        .collect()
}

fn decision(decider: &Decider<'_, '_>, place: usize) -> ProgrammeDecision {
    let line = &decider.lines[place];
    let evaluation = decider.evaluation;
    let definitions = &evaluation.program.definitions;
    let def = &definitions.programmes[line.programme];
    let priority = match (&def.selection, line.priority) {
        (Selection::WaitingList { priority, ascending, .. }, Some(value)) => {
            Some(Priority { by: priority.clone(), value, ascending: *ascending })
        }
        _ => None,
    };
    let ends_with = line
        .effects
        .iter()
        .filter(|(_, effect)| *effect == Effect::EndsWith)
        .map(|(link, _)| definitions.links[*link].to.clone());
    let promised = matches!(line.verdict, Verdict::Yes | Verdict::Waiting);
    ProgrammeDecision {
        programme: def.id.clone(),
        agency: def.agency.clone(),
        member: evaluation.member_id(line.member),
        verdict: line.verdict,
        reasons: reasons(decider, line),
        needs: needs(decider, place),
        amount: line.amount.clone().filter(|_| promised),
        priority: priority.filter(|_| line.verdict == Verdict::Waiting),
        faults: if line.verdict == Verdict::Fault { line.faults.clone() } else { Vec::new() },
        ends_with: ends_with.collect(),
    }
}

fn reasons(decider: &Decider<'_, '_>, line: &Line) -> Vec<Reason> {
    let program = decider.evaluation.program;
    let def = &program.definitions.programmes[line.programme];
    let compiled = &program.programmes[line.programme].leaves;
    let leaves = def.eligible.leaves().into_iter().zip(compiled).zip(&line.leaves);
    let mut reasons: Vec<Reason> = leaves
        .map(|((leaf, compiled), outcome)| {
            let truth = outcome.holds.truth().unwrap_or(Truth::Unknown);
            let met = if compiled.negated { truth.negated() } else { truth };
            // What a link or a cap overruled is shown, but the verdict does not rest on it.
            let agrees = match line.verdict {
                Verdict::Yes | Verdict::Waiting => met == Truth::True,
                Verdict::No => met == Truth::False,
                Verdict::NeedsInformation | Verdict::Fault => met == Truth::Unknown,
            };
            Reason {
                origin: Origin::Rule,
                leaf: leaf.id.clone(),
                reason: leaf.reason.clone(),
                truth,
                met,
                decisive: outcome.decisive && agrees,
                fact: Some(leaf.fact.clone()),
                value: Known::new(outcome.value, &compiled.ty, &decider.evaluation.texts),
                op: Some(leaf.op),
                limit: limit(decider, compiled, outcome),
                source: compiled.source.clone(),
            }
        })
        .collect();
    let other = |origin, id: &str, met| Reason {
        origin,
        leaf: id.to_owned(),
        reason: id.to_owned(),
        truth: met,
        met,
        decisive: true,
        fact: None,
        value: Known::Unknown,
        op: None,
        limit: Known::Unknown,
        source: None,
    };
    for (link, effect) in &line.effects {
        let met = match effect {
            Effect::Opened => Truth::True,
            Effect::RequirementMissing | Effect::Excluded => Truth::False,
            Effect::Undecided | Effect::RequirementWaiting => Truth::Unknown,
            _ => continue,
        };
        reasons.push(other(Origin::Link, &program.definitions.links[*link].id, met));
    }
    if line.nothing {
        reasons.push(other(Origin::Amount, "amount", Truth::False));
    }
    if let Some(cap) = &line.cut_to_nothing {
        reasons.push(other(Origin::Cap, cap, Truth::False));
    }
    reasons
}

fn limit(decider: &Decider<'_, '_>, leaf: &Leaf, outcome: &LeafOutcome) -> Known {
    let texts = &decider.evaluation.texts;
    match &leaf.limit {
        Limit::One(_) => Known::new(outcome.limit, &leaf.ty, texts),
        Limit::Several(cells) => {
            let values = cells.iter().filter_map(|cell| texts.value(*cell, &leaf.ty));
            Known::Value(Value::Many(values.map(|value| value.to_string()).collect()))
        }
    }
}

/// What a line needs: its own missing answers and those of the lines it waits for.
fn needs(decider: &Decider<'_, '_>, place: usize) -> Vec<Need> {
    if decider.lines[place].verdict != Verdict::NeedsInformation {
        return Vec::new();
    }
    let (mut found, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![place]);
    while let Some(place) = open.pop() {
        if seen.insert(place) {
            found.extend(&decider.lines[place].missing);
            open.extend(&decider.lines[place].waits_for);
        }
    }
    let evaluation = decider.evaluation;
    let need = |missing: &Missing| {
        let (what, id, member, state) = match missing {
            Missing::Answer(input, member) => {
                let input = &evaluation.program.inputs[*input];
                (NeedKind::Question, input.id.clone(), *member, state(evaluation, input, *member))
            }
            Missing::Document(id, member) => (NeedKind::Document, id.clone(), *member, NeedState::NotAsked),
            Missing::Choice(id, member) => (NeedKind::Choice, id.clone(), *member, NeedState::NotAsked),
            Missing::Members => (NeedKind::Members, "members".to_owned(), None, NeedState::NotAsked),
        };
        Need { what, id, member: evaluation.member_id(member), state }
    };
    found.into_iter().map(need).collect()
}

fn links_applied(decider: &Decider<'_, '_>, order: &[usize]) -> Vec<LinkApplied> {
    let definitions = &decider.evaluation.program.definitions;
    let mut applied = Vec::new();
    for place in order {
        let line = &decider.lines[*place];
        for (link, effect) in &line.effects {
            let def = &definitions.links[*link];
            applied.push(LinkApplied {
                link: def.id.clone(),
                from: def.from.clone(),
                to: def.to.clone(),
                on: definitions.programmes[line.programme].id.clone(),
                member: decider.evaluation.member_id(line.member),
                effect: *effect,
            });
        }
    }
    applied
}

fn route(decider: &Decider<'_, '_>) -> Vec<MemberRoute> {
    let mut routes: BTreeMap<usize, Vec<RouteStep>> = BTreeMap::new();
    // The lines stand in the order of the links: each after what it builds on.
    for line in &decider.lines {
        let def = decider.programme(line.programme);
        let (Some(member), Kind::Employment) = (line.member, def.kind) else { continue };
        if line.verdict != Verdict::No {
            let (programme, service) = (def.id.clone(), def.service.clone());
            routes.entry(member).or_default().push(RouteStep { programme, service, verdict: line.verdict });
        }
    }
    routes
        .into_iter()
        .filter_map(|(member, steps)| {
            Some(MemberRoute { member: decider.evaluation.member_id(Some(member))?, steps })
        })
        .collect()
}

/// A household qualifies under a guarantee by the yes/no household fact `floor_<guarantee>` where the
/// pack has one. Without it: health care always, children with a member under 18, older persons with one
/// of 65 or more; income in active age only by its fact, for need cannot be guessed from age.
fn floor_gaps(decider: &Decider<'_, '_>) -> Vec<FloorGap> {
    let evaluation = decider.evaluation;
    if evaluation.member_answers.is_empty() {
        return Vec::new();
    }
    let mut gaps = Vec::new();
    for guarantee in Guarantee::ALL {
        let lines = || decider.lines.iter().filter(|l| decider.programme(l.programme).guarantee == guarantee);
        let covered = lines().any(|line| matches!(line.verdict, Verdict::Yes | Verdict::Waiting));
        if covered || qualifies(evaluation, guarantee) != Cell::Bool(true) {
            continue;
        }
        let undecided =
            lines().any(|line| matches!(line.verdict, Verdict::NeedsInformation | Verdict::Fault));
        gaps.push(FloorGap { guarantee, undecided });
    }
    gaps
}

fn qualifies(evaluation: &Evaluation<'_>, guarantee: Guarantee) -> Cell {
    let scope = evaluation.program.scope();
    let frame = evaluation.frame();
    let fact = scope.names.get(&format!("floor_{}", guarantee.as_str()));
    if let Some(binding) = fact.filter(|binding| binding.level == Level::Household) {
        return eval(&binding.node(), &frame);
    }
    let Some(birth_date) = scope.names.get(BIRTH_DATE).map(|binding| binding.slot) else {
        return Cell::Unknown;
    };
    let anyone = |holds: fn(i64) -> bool| {
        any(frame.each_member().map(|frame| match frame.member_cell(birth_date) {
            Cell::Date(born) => Cell::Bool(holds(years(born, frame.as_of))),
            other => other,
        }))
    };
    match guarantee {
        Guarantee::Health => Cell::Bool(true),
        Guarantee::Children => anyone(|age| age < 18),
        Guarantee::Older => anyone(|age| age >= 65),
        Guarantee::WorkingAge => Cell::Unknown,
    }
}

fn assumed(evaluation: &Evaluation<'_>) -> Vec<Assumed> {
    let assumed = evaluation.assumed.iter().filter_map(|(place, member)| {
        let def = &evaluation.program.definitions.facts[*place];
        let MissingRule::Default { why, .. } = &def.missing else { return None };
        Some(Assumed { fact: def.id.clone(), member: evaluation.member_id(*member), why: why.clone() })
    });
    assumed.collect()
}
