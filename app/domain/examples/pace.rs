//! How long a decision takes: `cargo run --release -p domain --example pace -- server/packs/demo [answers.json …]`.
//! Prints, for each file of answers, the time of one decision with its receipt, of its JSON, of the needs still
//! open, of the form's situation, and the hash of the bytes, so that two builds can be compared.

use std::{collections::BTreeMap, fs, hint::black_box, io, path::Path, process::ExitCode, time::Instant};

use domain::pack::Pack;
use sha2::{Digest, Sha256};
use time::macros::date;

const ROUNDS: u32 = 500;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("use: pace DIR ANSWERS.json ...");
        return ExitCode::from(2);
    };
    match run(Path::new(&folder), arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path, answers: impl Iterator<Item = String>) -> Result<(), String> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files).map_err(|error| format!("{}: {error}", folder.display()))?;
    let pack = Pack::load(&files).map_err(|faults| format!("{} faults in the pack", faults.len()))?;
    let as_of = date!(2026 - 11 - 01);
    for file in answers {
        let text = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        let json: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
        let answers = pack
            .answers_from_json(&json, as_of)
            .map_err(|faults| format!("{file}: {} faults in the answers", faults.len()))?;
        let decided = pack.program.decide(&answers, as_of);
        let bytes = serde_json::to_vec(&decided).map_err(|error| error.to_string())?;
        let hash =
            Sha256::digest(&bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let decide = pace(|| drop(black_box(pack.program.decide(&answers, as_of))));
        let json = pace(|| drop(black_box(serde_json::to_vec(&decided))));
        let needs = pace(|| drop(black_box(pack.program.open_needs(&answers, as_of))));
        let situation = pace(|| drop(black_box(pack.situation(&answers, as_of))));
        println!(
            "{hash} {} bytes; decide {decide} us, json {json} us, open needs {needs} us, situation {situation} us; {file}",
            bytes.len()
        );
    }
    Ok(())
}

/// Microseconds of the fastest round: the others waited for something else on the machine.
fn pace(mut round: impl FnMut()) -> u128 {
    let timed = |_| {
        let start = Instant::now();
        round();
        start.elapsed().as_micros()
    };
    (0..ROUNDS).map(timed).min().unwrap_or_default()
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else if entry.path().extension().is_some_and(|extension| extension == "toml") {
            files.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
