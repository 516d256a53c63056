//! `guichet pack check DIR` and `guichet pack load DIR`.

use std::collections::BTreeMap;
use std::path::Path;

use domain::pack::Pack;
use serde_json::json;

use crate::failure::{Failure, Outcome};
use crate::progress::print;

/// `guichet pack check DIR`: every fault with its file, line and key, or what the pack holds.
pub fn check(dir: Option<&Path>) -> Outcome {
    let (pack, _) = dir.map_or_else(demo, read)?;
    print(&summary(&pack))
}

/// What a pack holds, in numbers.
pub fn summary(pack: &Pack) -> serde_json::Value {
    json!({
        "id": pack.id(),
        "version": pack.version(),
        "hash": pack.hash(),
        "languages": pack.about.languages,
        "areas": pack.areas.len(),
        "offices": pack.offices.len(),
        "agencies": pack.agencies.len(),
        "programmes": pack.definitions().programmes.len(),
        "questions": pack.form.questions.len(),
    })
}

/// Reads a pack from its folder, checked whole; the files as they are stored beside it.
pub fn read(dir: &Path) -> Result<(Pack, BTreeMap<String, String>), Failure> {
    let mut files = BTreeMap::new();
    if !dir.is_dir() {
        return Err(Failure::bad_use(format!("{}: there is no such folder", dir.display())));
    }
    gather(dir, dir, &mut files)?;
    load(files, &dir.display().to_string())
}

/// The demo pack, which the binary carries with it.
pub fn demo() -> Result<(Pack, BTreeMap<String, String>), Failure> {
    let files = crate::embedded::DEMO_PACK;
    load(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(), "demo pack")
}

fn load(files: BTreeMap<String, String>, place: &str) -> Result<(Pack, BTreeMap<String, String>), Failure> {
    match Pack::load(&files) {
        Ok(pack) => Ok((pack, files)),
        Err(faults) => {
            for fault in &faults {
                eprintln!("{place}/{fault}");
            }
            let many = if faults.len() == 1 { "one fault" } else { "faults" };
            Err(Failure::failed(format!("{place}: {many} ({}), nothing is loaded", faults.len())))
        }
    }
}

/// Every TOML file below the folder, by its path with `/`.
fn gather(base: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    let failed = |path: &Path, cause: std::io::Error| Failure::failed(format!("{}: {cause}", path.display()));
    for entry in std::fs::read_dir(folder).map_err(|cause| failed(folder, cause))? {
        let path = entry.map_err(|cause| failed(folder, cause))?.path();
        if path.is_dir() {
            gather(base, &path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            let text = std::fs::read_to_string(&path).map_err(|cause| failed(&path, cause))?;
            let parts = path.strip_prefix(base).unwrap_or(&path).components();
            let name = parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            files.insert(name, text);
        }
    }
    Ok(())
}
