//! `guichet assess`: decides the answers of one household and prints everything, without a database. It is how the
//! published figures are checked from outside.

use std::fmt::Display;
use std::io::Read as _;
use std::path::Path;

use domain::fault::Fault;
use serde::Serialize;
use serde_json::Value;
use time::Date;

use super::{clock, pack};
use crate::cli::{Assess, date};
use crate::failure::{Failure, Outcome};
use crate::progress::print;

/// What is printed: the decision, and the pack it was taken by.
#[derive(Serialize)]
struct Assessed<'a> {
    pack: Named<'a>,
    #[serde(flatten)]
    decided: &'a domain::decide::Decided,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    version: &'a str,
    hash: &'a str,
}

pub fn run(how: &Assess) -> Outcome {
    let pack = pack::read(how.pack.as_deref())?;
    let name = how.answers.display();
    let text = read(&how.answers)?;
    let json: Value = serde_json::from_str(&text).map_err(|cause| {
        // serde_json ends its words with the place; it stands in front here, as in every message.
        let words = cause.to_string();
        let what = words.split(" at line ").next().unwrap_or_default();
        Failure::failed(format!("{name}:{}:{}: {what}", cause.line(), cause.column()))
    })?;
    let as_of = match how.as_of {
        Some(day) => day,
        None => told_day(&json).map_err(|what| Failure::failed(format!("{name}: as_of: {what}")))?,
    };
    let answers = pack.answers_from_json(&json, as_of).map_err(|faults| told(&name, &faults))?;
    let decided = pack.program.decide(&answers, as_of);
    print(&Assessed {
        pack: Named { id: pack.id(), version: pack.version(), hash: pack.hash() },
        decided: &decided,
    })
}

/// One fault is told in the one line; of several, each stands in its own line before it.
fn told(name: &impl Display, faults: &[Fault]) -> Failure {
    let line = |fault: &Fault| match fault.key.as_str() {
        "" => format!("{name}: {}", fault.message),
        key => format!("{name}: {key}: {}", fault.message),
    };
    if let [only] = faults {
        return Failure::failed(line(only));
    }
    for fault in faults {
        eprintln!("{}", line(fault));
    }
    Failure::failed(format!("{name}: {} answers do not fit the form", faults.len()))
}

/// The day in the file; today when it names none.
fn told_day(json: &Value) -> Result<Date, String> {
    match json.get("as_of") {
        None | Some(Value::Null) => Ok(clock().today()),
        Some(Value::String(day)) => date(day),
        Some(other) => Err(format!("{other} is not a day: write it like \"2026-11-01\"")),
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let failed = |cause| Failure::failed(format!("{}: {cause}", file.display()));
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(failed)
}
