//! Runs every programme's worked examples, and sees to it that each rule has been tried: an example in which
//! it holds, one in which it does not, one with the answer missing, and for a comparison by size one exactly
//! at the limit.

use time::Date;

use super::fault::Faults;
use crate::{
    answers::Answers,
    codes::codes,
    decide::LeafSeen,
    definitions::{ExampleDef, Expected, LeafDef, ProgrammeDef, Type},
    fault::At,
    form::Form,
    program::Program,
    value::Truth,
};

/// What the examples of a programme tried of one comparison, found by running them and looking at what it saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The programme.
    pub programme: String,
    /// The comparison.
    pub leaf: String,
    /// Where it stands.
    pub at: At,
    /// Names of the examples in which it holds.
    pub holds: Vec<String>,
    /// In which it does not hold.
    pub fails: Vec<String>,
    /// In which its answer is missing.
    pub missing: Vec<String>,
    /// In which the value is exactly the limit.
    pub on_limit: Vec<String>,
    /// Whether one on the limit is wanted: it compares numbers or days by their order.
    pub wants_limit: bool,
}

codes! {
    /// A kind of example that a comparison needs.
    pub enum Lack {
        /// One in which it holds.
        Holds = "holds",
        /// One in which it does not hold.
        Fails = "fails",
        /// One in which its answer is missing.
        Missing = "missing",
        /// One exactly on its limit.
        OnLimit = "on_limit",
    }
}

impl Tried {
    /// The kinds of examples that there are none of.
    pub fn lacks(&self) -> Vec<Lack> {
        let of = |lack: &Lack| match lack {
            Lack::Holds => self.holds.is_empty(),
            Lack::Fails => self.fails.is_empty(),
            Lack::Missing => self.missing.is_empty(),
            Lack::OnLimit => self.wants_limit && self.on_limit.is_empty(),
        };
        Lack::ALL.iter().copied().filter(of).collect()
    }
}

/// Runs the examples of all programmes; what they tried of every comparison, in the order of the pack. What is wrong with
/// them is told at `example.<name>`, what they leave untried at `eligible.<leaf>`.
pub(super) fn run(program: &Program, form: &Form, faults: &Faults) -> Vec<Tried> {
    let mut all = Vec::new();
    for programme in &program.definitions().programmes {
        let mut tried = nothing_tried(program, programme);
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
                    for seen in outcome.leaves {
                        if let Some(tried) = tried.iter_mut().find(|tried| tried.leaf == seen.leaf) {
                            note(tried, &seen, &example.name);
                        }
                    }
                }
            }
        }
        if all_ran {
            coverage(&tried, faults);
        }
        all.append(&mut tried);
    }
    all
}

fn nothing_tried(program: &Program, programme: &ProgrammeDef) -> Vec<Tried> {
    let leaves = programme.eligible.leaves().into_iter();
    let nothing = |leaf: &LeafDef| Tried {
        programme: programme.id.clone(),
        leaf: leaf.id.clone(),
        at: leaf.at.clone(),
        holds: Vec::new(),
        fails: Vec::new(),
        missing: Vec::new(),
        on_limit: Vec::new(),
        wants_limit: leaf.op.is_ordering()
            && matches!(program.type_of(&leaf.fact), Some((_, Type::Num | Type::Date))),
    };
    leaves.map(nothing).collect()
}

fn note(tried: &mut Tried, seen: &LeafSeen, example: &str) {
    let list = match seen.truth {
        Truth::True => &mut tried.holds,
        Truth::False => &mut tried.fails,
        Truth::Unknown => &mut tried.missing,
    };
    // Several people of one example may see the same.
    if list.last().is_none_or(|last| last != example) {
        list.push(example.to_owned());
    }
    if seen.on_limit && tried.on_limit.last().is_none_or(|last| last != example) {
        tried.on_limit.push(example.to_owned());
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

fn coverage(tried: &[Tried], faults: &Faults) {
    for tried in tried {
        let what = |lack: &Lack| match lack {
            Lack::Holds => "in which it holds",
            Lack::Fails => "in which it does not hold",
            Lack::Missing => "in which the answer is missing",
            Lack::OnLimit => "exactly at the limit",
        };
        let missing: Vec<&str> = tried.lacks().iter().map(what).collect();
        if !missing.is_empty() {
            let message =
                format!("this rule has no example {}: add an [[example]]", missing.join(", nor one "));
            faults.add(&tried.at.file, tried.at.line, &format!("eligible.{}", tried.leaf), message);
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
