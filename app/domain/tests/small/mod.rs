//! The small pack that tests read.

use std::{collections::BTreeMap, fs, path::Path};

/// A pack's files by their names.
pub type Files = BTreeMap<String, String>;

/// A small complete pack: `tests/small_pack`.
pub fn small_pack() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small_pack");
    let mut files = Files::new();
    for inner in ["", "programmes/", "words/"] {
        for entry in fs::read_dir(folder.join(inner)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                let name = format!("{inner}{}", entry.file_name().to_string_lossy());
                files.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    files
}
