//! One household, one day: facts, scores, a verdict for every programme with its reasons, amounts and
//! what is missing, links applied, the route into work, what the floor leaves open, and the receipt.
//!
//! [`Program::decide`] is pure and total: the same answers give the same bytes, whatever the order of the
//! members, and every answer gives a decision.

pub use crate::facts::Known;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use time::Date;

use crate::amount::Amount;
use crate::answers::Answers;
use crate::definitions::{Expected, Guarantee, Kind, Missing as MissingRule, Op, Selection};
use crate::expr::Level;
use crate::expr::cell::{Cell, Failure};
use crate::expr::eval::{any, eval, years};
use crate::facts::{BIRTH_DATE, Evaluation};
use crate::links::cap::CapApplied;
use crate::needs::{Missing, NeedState, state};
use crate::num::Num;
use crate::program::Program;
use crate::receipt::{ENGINE, Receipt, hash};
use crate::rules::{Leaf, LeafOutcome, Limit};
use crate::value::{Truth, Value};
use crate::verdict::{Decider, Effect, Line, Verdict};

/// A decision over every programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The day it was taken.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub as_of: Date,
    /// Every fact.
    pub facts: Facts,
    /// Every score with its terms.
    pub scores: Vec<ScoreResult>,
    /// Every programme considered, in the pack's order; a programme for persons once for each of them.
    pub programmes: Vec<ProgrammeDecision>,
    /// What links did.
    pub links_applied: Vec<LinkApplied>,
    /// What caps over the household's programmes did.
    pub household_cap: Vec<CapApplied>,
    /// The way into work of each person who has one.
    pub route: Vec<MemberRoute>,
    /// Guarantees of the social protection floor that the household qualifies under and has no programme
    /// for (ILO Recommendation 202).
    pub floor_gaps: Vec<FloorGap>,
    /// Facts whose declared default stood in for a missing answer.
    pub assumed: Vec<Assumed>,
    /// What the decision rests on.
    pub receipt: Receipt,
}

/// Facts by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The household's.
    pub household: BTreeMap<String, Known>,
    /// Each member's, by member id.
    pub members: BTreeMap<String, BTreeMap<String, Known>>,
}

/// A score and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreResult {
    /// The score's id.
    pub score: String,
    /// The member, for a member's score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The result.
    pub total: Known,
    /// Its band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Known>,
    /// The stratum that picked the figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stratum: Option<Known>,
    /// The constant.
    pub intercept: Option<Num>,
    /// Every term.
    pub terms: Vec<TermResult>,
    /// Intercept and points, before the factor and the rounding.
    pub sum: Known,
    /// Where the figures were published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// One term of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermResult {
    /// The term's id.
    pub term: String,
    /// The fact it read.
    pub fact: String,
    /// The fact's value.
    pub input: Known,
    /// The figure that applied.
    pub coefficient: Option<Num>,
    /// The points it gave.
    pub points: Option<Num>,
}

/// What is decided about one programme, for the household or one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgrammeDecision {
    /// The programme.
    pub programme: String,
    /// The agency that gives it.
    pub agency: String,
    /// The member it is about; none when it is about the household.
    pub member: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Every leaf of the rules, then what links, caps and the amount added.
    pub reasons: Vec<Reason>,
    /// What is missing, when the verdict is "we need…".
    pub needs: Vec<Need>,
    /// How much; also what it would be, for a waiting place.
    pub amount: Option<Amount>,
    /// The place in the queue, for a programme with limited places.
    pub priority: Option<Priority>,
    /// Why a calculation failed, when the verdict is a fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Failure>,
    /// Programmes whose end ends this award.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
}

/// What a queue is ordered by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Priority {
    /// The fact or score.
    pub by: String,
    /// Its value, boosts counted in.
    pub value: Num,
    /// Whether the lowest goes first.
    pub ascending: bool,
}

/// Where a reason comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A leaf of the programme's rules.
    Rule,
    /// A link to another programme.
    Link,
    /// The amount came to nothing.
    Amount,
    /// A cap over the household's programmes.
    Cap,
}

/// A reason for a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Where it comes from.
    pub origin: Origin,
    /// The leaf's id; the link's or cap's id; `amount`.
    pub leaf: String,
    /// The key of its sentences.
    pub reason: String,
    /// Whether the comparison holds.
    pub truth: Truth,
    /// Whether that speaks for the programme: under a `not`, what does not hold does.
    pub met: Truth,
    /// Whether the verdict rests on it. A failed leaf beside a sufficient one is not decisive.
    pub decisive: bool,
    /// The fact it read.
    pub fact: Option<String>,
    /// The fact's value.
    pub value: Known,
    /// The comparison.
    pub op: Option<Op>,
    /// The limit; several of them as a set.
    pub limit: Known,
    /// The law or paper the limit is from.
    pub source: Option<String>,
}

/// Something missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Need {
    /// What kind of thing.
    pub what: NeedKind,
    /// The question's or document's id.
    pub id: String,
    /// The member it is about.
    pub member: Option<String>,
    /// In what state it is missing.
    pub state: NeedState,
}

/// What kind of thing is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// The answer to a question or a registry input.
    Question,
    /// A document.
    Document,
    /// A choice between two programmes: the answer to the question `choice_<link>`.
    Choice,
    /// The members of the household.
    Members,
}

/// What a link did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkApplied {
    /// The link's id.
    pub link: String,
    /// The programme it starts from.
    pub from: String,
    /// The programme or service it leads to.
    pub to: String,
    /// The programme whose decision it touched.
    pub on: String,
    /// The member that decision is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// What it did.
    pub effect: Effect,
}

/// One person's way into work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberRoute {
    /// The person.
    pub member: String,
    /// The steps, each after what it builds on.
    pub steps: Vec<RouteStep>,
}

/// One step of a way into work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteStep {
    /// The programme.
    pub programme: String,
    /// The service a referral goes to.
    pub service: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
}

/// A guarantee without a programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FloorGap {
    /// The guarantee.
    pub guarantee: Guarantee,
    /// Whether a programme for it is still undecided; otherwise there is none for them.
    pub undecided: bool,
}

/// A default that stood in for a missing answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// The fact.
    pub fact: String,
    /// The member, for a member's fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The reason for assuming it.
    pub why: String,
}

/// A question that may still matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OpenNeed {
    /// What is missing.
    pub need: Need,
    /// The programmes that wait for it.
    pub programmes: Vec<String>,
}

impl Decided {
    /// The decision as canonical JSON: the same decision gives the same bytes.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

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
    let mut facts = Facts::default();
    for member in &evaluation.member_answers {
        facts.members.insert(member.id.clone(), BTreeMap::new());
    }
    for fact in &program.facts {
        let id = &program.definitions.facts[fact.def].id;
        let known = |cell| Known::new(cell, &fact.ty, &evaluation.texts);
        match fact.level {
            Level::Household => {
                facts.household.insert(id.clone(), known(evaluation.household[fact.slot]));
            }
            Level::Member => {
                for (place, member) in evaluation.member_answers.iter().enumerate() {
                    let cell = evaluation.frame_of(Some(place)).member_cell(fact.slot);
                    facts.members.entry(member.id.clone()).or_default().insert(id.clone(), known(cell));
                }
            }
        }
    }
    facts
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
        (Selection::WaitingList { priority, ascending }, Some(value)) => {
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

/// What an example of a programme found: the verdict of the programme's own rules and documents, links
/// and queues aside, and what each leaf saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleOutcome {
    /// The verdict; of a programme for persons the best one of any member.
    pub verdict: Expected,
    /// What each leaf saw, for every member considered.
    pub leaves: Vec<LeafSeen>,
}

/// What a leaf saw in an example.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeafSeen {
    /// The leaf's id.
    pub leaf: String,
    /// Whether the comparison held.
    pub truth: Truth,
    /// Whether the value was exactly the limit.
    pub on_limit: bool,
}

impl Program {
    /// Runs an example of a programme: what its rules and documents alone say. `None` when there is no such
    /// programme.
    pub fn example(&self, programme: &str, answers: &Answers, as_of: Date) -> Option<ExampleOutcome> {
        let place = self.definitions.programmes.iter().position(|def| def.id == programme)?;
        let (def, compiled) = (&self.definitions.programmes[place], &self.programmes[place]);
        let evaluation = Evaluation::new(self, answers, as_of);
        let subjects: Vec<Option<usize>> = match compiled.unit {
            Level::Household => vec![None],
            Level::Member => (0..evaluation.member_answers.len()).map(Some).collect(),
        };
        let (mut verdicts, mut seen) = (Vec::new(), BTreeSet::new());
        for member in subjects {
            let frame = evaluation.frame_of(member);
            let who = compiled.who.as_ref().map_or(Cell::Bool(true), |who| eval(who, &frame));
            if who == Cell::Bool(false) {
                continue;
            }
            let (rules, leaves) = compiled.eligible(&frame);
            for (leaf, outcome) in def.eligible.leaves().into_iter().zip(&leaves) {
                let truth = outcome.holds.truth().unwrap_or(Truth::Unknown);
                let on_limit = !outcome.value.is_unknown() && outcome.value == outcome.limit;
                seen.insert(LeafSeen { leaf: leaf.id.clone(), truth, on_limit });
            }
            let documents = compiled.documents.iter().all(|(_, node)| eval(node, &frame) == Cell::Bool(true));
            verdicts.push(match crate::expr::eval::all([who, rules].into_iter()) {
                Cell::Bool(true) if documents => Expected::Yes,
                Cell::Bool(false) => Expected::No,
                _ => Expected::Needs,
            });
        }
        let found = |verdict| verdicts.contains(&verdict).then_some(verdict);
        let verdict = found(Expected::Yes).or(found(Expected::Needs)).unwrap_or(Expected::No);
        Some(ExampleOutcome { verdict, leaves: seen.into_iter().collect() })
    }
}
