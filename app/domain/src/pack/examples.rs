//! Runs every programme's worked examples, and sees to it that each rule has been tried: an example in which
//! it holds, one in which it does not, one with the answer missing, and for a comparison by size one exactly
//! at the limit.

use std::collections::BTreeMap;

use time::Date;

use super::fault::Faults;
use crate::{
    answers::Answers,
    decide::LeafSeen,
    definitions::{ExampleDef, Expected, ProgrammeDef},
    form::Form,
    program::Program,
    value::Truth,
};

/// What the examples of a programme tried of one leaf.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "four kinds of examples, each there or not")]
struct Tried {
    holds: bool,
    fails: bool,
    unknown: bool,
    on_limit: bool,
}

/// Runs the examples of all programmes.
pub(super) fn run(program: &Program, form: &Form, faults: &Faults) {
    for programme in &program.definitions().programmes {
        let mut tried: BTreeMap<String, Tried> = BTreeMap::new();
        let mut all_ran = true;
        for example in &programme.examples {
            let fault = |key: &str, message: String| {
                let key = format!("example.{}{key}", example.name);
                faults.add(&example.at.file, example.at.line, &key, message);
            };
            match answers(programme, example, form) {
                Err(found) => {
                    all_ran = false;
                    for wrong in found {
                        fault(&format!(".{}", wrong.key), wrong.message);
                    }
                }
                Ok((answers, as_of)) => {
                    let Some(outcome) = program.example(&programme.id, &answers, as_of) else { continue };
                    if outcome.verdict != example.expect {
                        let seen = outcome.leaves.iter().map(sentence).collect::<Vec<_>>().join(", ");
                        let (is, expected) = (word(outcome.verdict), word(example.expect));
                        fault("", format!("the rules say {is}, the example expects {expected}: {seen}"));
                    }
                    for leaf in outcome.leaves {
                        let tried = tried.entry(leaf.leaf).or_default();
                        match leaf.truth {
                            Truth::True => tried.holds = true,
                            Truth::False => tried.fails = true,
                            Truth::Unknown => tried.unknown = true,
                        }
                        tried.on_limit |= leaf.on_limit;
                    }
                }
            }
        }
        if all_ran {
            coverage(program, programme, &tried, faults);
        }
    }
}

/// Examples are worked out on their day, or on the programme's first.
fn answers(
    programme: &ProgrammeDef,
    example: &ExampleDef,
    form: &Form,
) -> Result<(Answers, Date), Vec<crate::fault::Fault>> {
    let as_of = example.as_of.unwrap_or(programme.valid_from);
    Answers::from_json(form, &example.answers, as_of).map(|answers| (answers, as_of))
}

fn coverage(program: &Program, programme: &ProgrammeDef, tried: &BTreeMap<String, Tried>, faults: &Faults) {
    let nothing = Tried::default();
    for leaf in programme.eligible.leaves() {
        let tried = tried.get(&leaf.id).unwrap_or(&nothing);
        let compares_numbers = matches!(program.type_of(&leaf.fact), Some((_, crate::expr::Type::Num)));
        let wanted = [
            (tried.holds, "in which it holds"),
            (tried.fails, "in which it does not hold"),
            (tried.unknown, "in which the answer is missing"),
            (tried.on_limit || !(leaf.op.is_ordering() && compares_numbers), "exactly at the limit"),
        ];
        let missing: Vec<&str> = wanted.iter().filter(|(tried, _)| !tried).map(|(_, what)| *what).collect();
        if !missing.is_empty() {
            let message =
                format!("this rule has no example {}: add an [[example]]", missing.join(", nor one "));
            faults.add(&leaf.at.file, leaf.at.line, &format!("eligible.{}", leaf.id), message);
        }
    }
}

fn word(verdict: Expected) -> &'static str {
    match verdict {
        Expected::Yes => "yes",
        Expected::No => "no",
        Expected::Needs => "needs",
    }
}

fn sentence(leaf: &LeafSeen) -> String {
    let holds = match leaf.truth {
        Truth::True => "holds",
        Truth::False => "does not hold",
        Truth::Unknown => "is not known",
    };
    format!("{} {holds}", leaf.leaf)
}
