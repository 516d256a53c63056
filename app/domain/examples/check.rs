//! Checks a pack's folder: `cargo run -p domain --example check -- server/packs/demo`.

use std::{collections::BTreeMap, fs, io, path::Path, process::ExitCode};

use domain::pack::Pack;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("use: check DIR");
        return ExitCode::from(2);
    };
    let mut files = BTreeMap::new();
    if let Err(error) = collect(Path::new(&folder), "", &mut files) {
        eprintln!("{folder}: {error}");
        return ExitCode::FAILURE;
    }
    match Pack::load(&files) {
        Ok(pack) => {
            println!("{} {}: no fault, {}", pack.id(), pack.version(), pack.hash());
            ExitCode::SUCCESS
        }
        Err(faults) => {
            for fault in &faults {
                println!("{fault}");
            }
            eprintln!("{} faults", faults.len());
            ExitCode::FAILURE
        }
    }
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
