//! What a change must pass before it is approved: each gate with what fails, as data that a page puts into words.
//!
//! One more gate: a value of [`GateName`], its line in [`check`], its words on the page.

use std::collections::BTreeMap;

use time::Date;

use crate::codes::codes;
use crate::definitions::Guarantee;
use crate::fault::Fault;
use crate::pack::{Lack, Pack, Survey, in_force};

/// The oldest a simulation may be, in days.
pub const SIMULATION_DAYS: i64 = 7;

codes! {
    /// A gate.
    pub enum GateName {
        /// Everything that is declared reads, and every rule compares what can be compared.
        Types = "types",
        /// The bands of every score leave no hole and do not overlap.
        Bands = "bands",
        /// Nothing depends on itself: neither facts nor programmes.
        Cycles = "cycles",
        /// What a question or an option of the form meant, it still means; none has vanished.
        Ids = "ids",
        /// Every reason, and whatever else people read, is there in every language.
        Reasons = "reasons",
        /// Every comparison has an example that passes, fails, lacks the answer, and sits on its limit; all come out as said.
        Examples = "examples",
        /// Every guarantee that had a programme still has one, or the gap is acknowledged.
        Guarantees = "guarantees",
        /// What it would do was worked out on this very bundle, not long ago.
        Simulation = "simulation",
    }
}

/// A gate and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Which.
    pub name: GateName,
    /// Whether it lets the change through.
    pub passed: bool,
    /// What fails; of a gate that lets through, what is acknowledged.
    pub found: Vec<Finding>,
}

/// Something that a gate found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Something is wrong at a place.
    Fault(Fault),
    /// It could not be looked at, because the rules do not compile.
    NotRun,
    /// A comparison has no example of a kind.
    Untried {
        /// The programme.
        programme: String,
        /// The comparison.
        leaf: String,
        /// The kind of example.
        lack: Lack,
    },
    /// A guarantee has no programme any more.
    Uncovered {
        /// The guarantee.
        guarantee: Guarantee,
        /// The programmes that served it.
        before: Vec<String>,
        /// Why that is accepted, where it is.
        reason: Option<String>,
    },
    /// Nobody worked out what it would do.
    NoSimulation,
    /// It was worked out on documents that read differently by now.
    OtherBundle,
    /// It was worked out too long ago.
    OldSimulation {
        /// So many days ago.
        days: i64,
    },
}

/// The newest simulation of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// The hash of the pack that was tried.
    pub bundle: String,
    /// How many whole days ago.
    pub days: i64,
}

/// What a change is held against.
#[derive(Debug)]
pub struct Beside<'b> {
    /// The pack in force.
    pub before: &'b Pack,
    /// The first day of the change.
    pub live_on: Date,
    /// Ids of the form that would turn or vanish ([`super::lasting::faults`]).
    pub ids: &'b [Fault],
    /// Why gaps are accepted, by guarantee.
    pub acknowledged: &'b BTreeMap<Guarantee, String>,
    /// The simulations of the change, the newest first.
    pub simulated: &'b [Simulated],
}

/// Holds every gate against the pack that a change would make, in the order of [`GateName`].
pub fn check(survey: &Survey, beside: &Beside<'_>) -> Vec<Gate> {
    let gate = |name: &GateName| {
        let found = match name {
            GateName::Types => faults(&survey.faults, |fault| !fault.is_ring() && !fault.is_of_bands()),
            GateName::Bands => or_not_run(survey, faults(&survey.faults, Fault::is_of_bands)),
            GateName::Cycles => or_not_run(survey, faults(&survey.faults, Fault::is_ring)),
            GateName::Ids => faults(beside.ids, |_| true),
            GateName::Reasons => or_not_run(survey, faults(&survey.of_words, |_| true)),
            GateName::Examples => examples(survey),
            GateName::Guarantees => guarantees(survey, beside),
            GateName::Simulation => simulation(survey, beside).into_iter().collect(),
        };
        let passed = found.iter().all(|found| matches!(found, Finding::Uncovered { reason: Some(_), .. }));
        Gate { name: *name, passed, found }
    };
    GateName::ALL.iter().map(gate).collect()
}

fn faults(among: &[Fault], which: impl Fn(&Fault) -> bool) -> Vec<Finding> {
    among.iter().filter(|fault| which(fault)).cloned().map(Finding::Fault).collect()
}

/// Where the rules do not compile, what was not found proves nothing.
fn or_not_run(survey: &Survey, found: Vec<Finding>) -> Vec<Finding> {
    if found.is_empty() { not_run(survey).into_iter().collect() } else { found }
}

fn not_run(survey: &Survey) -> Option<Finding> {
    survey.pack.is_none().then_some(Finding::NotRun)
}

fn examples(survey: &Survey) -> Vec<Finding> {
    let untried = survey.tried.iter().flat_map(|tried| {
        tried.lacks().into_iter().map(|lack| Finding::Untried {
            programme: tried.programme.clone(),
            leaf: tried.leaf.clone(),
            lack,
        })
    });
    let wrong = survey.of_examples.iter().filter(|fault| fault.key.starts_with("example."));
    not_run(survey).into_iter().chain(wrong.cloned().map(Finding::Fault)).chain(untried).collect()
}

/// The programmes in force on a day, by the guarantee they serve.
pub fn covered(pack: &Pack, on: Date) -> BTreeMap<Guarantee, Vec<String>> {
    let mut covered: BTreeMap<Guarantee, Vec<String>> = BTreeMap::new();
    for programme in pack.definitions().programmes.iter().filter(|programme| in_force(programme, on)) {
        covered.entry(programme.guarantee).or_default().push(programme.id.clone());
    }
    covered
}

fn guarantees(survey: &Survey, beside: &Beside<'_>) -> Vec<Finding> {
    let Some(pack) = &survey.pack else { return vec![Finding::NotRun] };
    let after = covered(pack, beside.live_on);
    let lost = covered(beside.before, beside.live_on)
        .into_iter()
        .filter(|(guarantee, _)| !after.contains_key(guarantee));
    lost.map(|(guarantee, before)| Finding::Uncovered {
        guarantee,
        before,
        reason: beside.acknowledged.get(&guarantee).cloned(),
    })
    .collect()
}

fn simulation(survey: &Survey, beside: &Beside<'_>) -> Option<Finding> {
    let of_this = beside.simulated.iter().find(|simulated| simulated.bundle == survey.hash);
    match of_this {
        Some(simulated) if simulated.days <= SIMULATION_DAYS => None,
        Some(simulated) => Some(Finding::OldSimulation { days: simulated.days }),
        None if beside.simulated.is_empty() => Some(Finding::NoSimulation),
        None => Some(Finding::OtherBundle),
    }
}
