//! `guichet pack check DIR`, `guichet pack load DIR` and `guichet pack export DIR`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use casework::packs::{self, Loading};
use casework::policy::{self, Taken};
use casework::{Actor, Casework};
use domain::pack::{Fault, Pack};
use serde_json::json;

use super::open;
use crate::cli::Place;
use crate::failure::{Failure, Outcome};
use crate::progress::print;

/// `guichet pack check DIR`: every fault with its file, line and key, or what the pack holds.
pub fn check(dir: Option<&Path>) -> Outcome {
    print(&summary(&read(dir)?))
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

/// `guichet pack load DIR`: checks a pack and puts it in force; running servers notice within a minute.
pub async fn load(place: &Place, dir: &Path) -> Outcome {
    let files = files(dir)?;
    let casework = open(place).await?;
    let loaded = policy::load(&casework, &Actor::command_line(), files).await;
    casework.db.close().await;
    let loaded = loaded?.map_err(|faults| tell(&dir.display().to_string(), &faults))?;
    let mut said = summary(&loaded.pack);
    let version =
        |taken: &Taken| json!({ "document": taken.name, "version": taken.number, "is": taken.what.code() });
    said["versions"] = loaded.taken.iter().map(version).collect();
    print(&said)
}

/// `guichet pack export DIR`: writes the files of the pack in force into a new or empty folder.
pub async fn export(place: &Place, dir: &Path) -> Outcome {
    let failed = |path: &Path, cause: std::io::Error| Failure::failed(format!("{}: {cause}", path.display()));
    if dir.exists() && std::fs::read_dir(dir).map_err(|cause| failed(dir, cause))?.next().is_some() {
        return Err(Failure::bad_use(format!("{}: there are files in it; name a new folder", dir.display())));
    }
    let casework = open(place).await?;
    let files = policy::export(&casework, &Actor::command_line()).await;
    casework.db.close().await;
    let files = files?;
    for (name, body) in &files {
        let path = dir.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|cause| failed(folder, cause))?;
        }
        std::fs::write(&path, body).map_err(|cause| failed(&path, cause))?;
    }
    print(&json!({ "files": files.len(), "hash": domain::policy::document::bundle_hash(&files) }))
}

/// Checks a pack and puts it in force in a database. `name`: what the faults are told of.
pub async fn put_in_force(
    casework: &Casework,
    files: BTreeMap<String, String>,
    name: &str,
) -> Result<Arc<Pack>, Failure> {
    match packs::load(casework, &Actor::command_line(), files).await? {
        Loading::InForce(pack) => Ok(pack),
        Loading::Faulty(faults) => Err(tell(name, &faults)),
    }
}

/// A pack from its folder, or the demo pack, checked whole.
pub fn read(dir: Option<&Path>) -> Result<Pack, Failure> {
    let (files, name) = match dir {
        Some(dir) => (files(dir)?, dir.display().to_string()),
        None => (crate::embedded::demo_pack(), "demo pack".into()),
    };
    Pack::load(&files).map_err(|faults| tell(&name, &faults))
}

/// One line on stderr for each fault: file, line, key, what is wrong.
fn tell(name: &str, faults: &[Fault]) -> Failure {
    for fault in faults {
        eprintln!("{name}/{fault}");
    }
    let many = if faults.len() == 1 { "1 fault" } else { &format!("{} faults", faults.len()) };
    Failure::failed(format!("{name}: {many}, nothing is loaded"))
}

/// The files of a pack's folder by their names inside it.
fn files(dir: &Path) -> Result<BTreeMap<String, String>, Failure> {
    if !dir.is_dir() {
        return Err(Failure::bad_use(format!("{}: there is no such folder", dir.display())));
    }
    let mut files = BTreeMap::new();
    gather(dir, dir, &mut files)?;
    Ok(files)
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
