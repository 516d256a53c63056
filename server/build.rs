//! Puts the style sheets, their pictures and the demo pack into the binary, so that `guichet` is one file that runs
//! from any folder. The islands are not in it: they are built by another compiler run and read from `--site`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut code = String::new();
    let style = here.join("../style");
    let sheets = files(&style, &|path| path.extension().is_some_and(|e| e == "css"), false)?;
    let pictures = files(&style.join("assets"), &|_| true, true)?;
    list(&mut code, "STYLE", &style, sheets.iter().chain(&pictures), "&[u8]", "include_bytes!")?;
    let pack = here.join("packs/demo");
    let demo = files(&pack, &|path| path.extension().is_some_and(|e| e == "toml"), true)?;
    list(&mut code, "DEMO_PACK", &pack, demo.iter(), "&str", "include_str!")?;
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("embedded.rs"), code)?;
    Ok(())
}

/// The files of a folder that are wanted, sorted, so that the same sources give the same binary.
fn files(folder: &Path, wanted: &dyn Fn(&Path) -> bool, deep: bool) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && deep {
            found.extend(files(&path, wanted, deep)?);
        } else if path.is_file() && wanted(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn list<'a>(
    code: &mut String,
    name: &str,
    base: &Path,
    files: impl Iterator<Item = &'a PathBuf>,
    kind: &str,
    include: &str,
) -> Result<(), Box<dyn Error>> {
    writeln!(code, "pub static {name}: &[(&str, {kind})] = &[")?;
    for path in files {
        let key = path.strip_prefix(base)?.to_str().ok_or("a file name that is not UTF-8")?;
        let full = path.canonicalize()?;
        let full = full.to_str().ok_or("a folder name that is not UTF-8")?;
        writeln!(code, "    ({key:?}, {include}({full:?})),")?;
    }
    writeln!(code, "];")?;
    Ok(())
}
