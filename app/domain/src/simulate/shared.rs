//! What two programs work out alike: the slots whose definition, figures in force and everything they read are the
//! same in both, so that a small change of the rules does not decide the rest of a registry a second time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};
use time::Date;

use super::needed::Needed;
use crate::definitions::{DatedValue, Definitions};
use crate::expr::{Level, Type};
use crate::facts::Step;
use crate::program::Program;

/// Slots of a program with the slot of another one that holds the same cells in every row.
pub(crate) type Shared = BTreeMap<(Level, usize), usize>;

type Prints = BTreeMap<(Level, usize), [u8; 32]>;

/// The slots of `new` that `old` fills alike on a day.
pub(crate) fn shared(old: &Program, new: &Program, day: Date) -> Shared {
    let prints_old = prints(old, day);
    let by_print: BTreeMap<(Level, [u8; 32]), usize> =
        prints_old.iter().map(|((level, slot), print)| ((*level, *print), *slot)).collect();
    // Cells of texts and choices are numbers of one program: they mean the same only where all numbers do.
    let same_symbols = old.symbols.len() == new.symbols.len()
        && (0..new.symbols.len()).all(|at| {
            let name = |program: &Program| {
                u32::try_from(at).ok().and_then(|at| program.symbols.name(at).map(str::to_owned))
            };
            name(old) == name(new)
        });
    if !same_symbols {
        return Shared::new();
    }
    let new_prints = prints(new, day);
    let alike = new_prints
        .into_iter()
        .filter_map(|((level, slot), print)| Some(((level, slot), *by_print.get(&(level, print))?)));
    alike.collect()
}

/// What each needed slot is made of, as one number.
fn prints(program: &Program, day: Date) -> Prints {
    let definitions = program.definitions();
    let mut prints = Prints::new();
    for input in &program.inputs {
        // Free texts get their numbers as they are met, by each program.
        if input.relevant.is_empty() && input.calculation.is_none() && input.ty != Type::Text {
            let areas = matches!(input.id.as_str(), "setting" | "province").then_some(&definitions.areas);
            let print = digest(&[told(&(input.id.as_str(), &input.ty, areas))]);
            prints.insert((input.level, input.slot), print);
        }
    }
    for step in Needed::of(program).steps {
        let (level, slot) = program.slot_of(step);
        let mut parts = vec![
            definition(program, step),
            program.head.map(|(_, head)| head.to_string()).unwrap_or_default(),
        ];
        parts.push(figures(definitions, &parts[0], day));
        // A print holds its thing's name, so the order of what is read does not matter.
        let read = program.reads(step).into_iter().filter(|read| *read != (level, slot));
        let read: Option<BTreeSet<[u8; 32]>> = read.map(|read| prints.get(&read).copied()).collect();
        // What reads something that is not followed here is not followed either.
        let Some(read) = read else { continue };
        parts.push(format!("{read:?}"));
        // A score whose band is read fills two slots; it is worked out by each program.
        let banded = matches!(step, Step::Score(place) if program.scores[place].slots.1.is_some());
        if !banded {
            prints.insert((level, slot), digest(&parts));
        }
    }
    prints
}

/// A step's definition, as it is hashed for receipts.
fn definition(program: &Program, step: Step) -> String {
    let definitions = program.definitions();
    match step {
        Step::Fact(place) => told(&definitions.facts[program.facts[place].def]),
        Step::Score(place) => told(&definitions.scores[program.scores[place].def]),
        Step::Input(place) => {
            let input = &program.inputs[place];
            let def = definitions.inputs.iter().find(|def| def.id == input.id && def.level == input.level);
            let ty: &Type = &input.ty;
            told(&(def, ty))
        }
    }
}

/// The figures in force of every parameter that a text names.
fn figures(definitions: &Definitions, text: &str, day: Date) -> String {
    let mut figures = String::new();
    for parameter in definitions.parameters.iter().filter(|p| text.contains(&format!("param.{}", p.id))) {
        let in_force: Option<&DatedValue> = parameter.values.iter().rev().find(|value| value.from <= day);
        // Writing to a text cannot fail.
        _ = write!(figures, "{} {:?};", parameter.id, in_force.map(|value| &value.value));
    }
    figures
}

fn told(what: &impl Serialize) -> String {
    serde_json::to_string(what).unwrap_or_default()
}

fn digest(parts: &[String]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}
