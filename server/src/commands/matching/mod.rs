//! `guichet match`: who is who in two lists, or twice in one, without a server or a database.

mod map;
mod read;

use std::path::{Path, PathBuf};
use std::time::Instant;

use domain::matching::batch::{Link, Outcome as Found, run as find};
use domain::matching::{Field, Keyer, Model};
use serde::Serialize;

use crate::cli::Match;
use crate::failure::{Failure, Outcome};
use crate::progress::{done, progress};
use map::Map;
use read::Opened;

/// What stands on stderr at the end.
#[derive(Serialize)]
struct Told {
    rows: usize,
    pairs_scored: u64,
    estimated_matches: f64,
    seconds: f64,
    /// The most memory the command ever held; null where the system does not say it.
    peak_bytes: Option<u64>,
    /// Rows of LINKS.csv.
    links: usize,
    /// λ was taken from the identifiers, because the free estimate said otherwise.
    estimate_refused: bool,
    /// Births that are not written as the map says; they were left out.
    unread_births: u64,
}

/// The columns of bits: each with the fields of the model that make it.
const COLUMNS: [(&str, &[Field]); 8] = [
    ("given_name", &[Field::Given]),
    ("family_name", &[Field::Family]),
    ("full_name", &[Field::FullName]),
    ("birth_date", &[Field::Birth, Field::BirthYear]),
    ("sex", &[Field::Sex]),
    ("identifier", &[Field::Identifier]),
    ("phone", &[Field::Phone]),
    ("address", &[Field::Address]),
];

pub fn run(how: &Match) -> Outcome {
    let start = Instant::now();
    let map = Map::read(&how.map)?;
    let inputs: Vec<&PathBuf> = [Some(&how.left), how.right.as_ref()].into_iter().flatten().collect();
    if inputs.iter().any(|input| same_file(input, &how.out)) || same_file(&how.map, &how.out) {
        return Err(Failure::bad_use(format!("{}: would be written over", how.out.display())));
    }
    let mut opened = Vec::new();
    for file in &inputs {
        opened.push(Opened::new(file, &map)?);
    }
    for (place, column) in map.columns().iter().enumerate() {
        if let Some(column) = column
            && !opened.iter().any(|list| list.has(place))
        {
            let name = how.left.display();
            return Err(Failure::failed(format!(
                "{name}: row 1: there is no column {column:?}, which the map names"
            )));
        }
    }
    let (keyer, dates) = (Keyer::unstored(), map.dates());
    let mut lists = Vec::new();
    for (list, file) in opened.into_iter().zip(&inputs) {
        progress(&format!("reading {}", file.display()));
        lists.push(list.read(&dates, &keyer)?);
    }
    progress("looking for people who are there twice");
    let mut lists = lists.into_iter();
    let (Some(left), right) = (lists.next(), lists.next()) else { return Ok(()) };
    let rows = left.ids.len() + right.as_ref().map_or(0, |right| right.ids.len());
    let unread_births = left.unread_births + right.as_ref().map_or(0, |right| right.unread_births);
    let (left_ids, (right_ids, right_table)) =
        (left.ids, right.map_or((None, None), |right| (Some(right.ids), Some(right.table))));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let found = find(left.table, right_table, &Model::shipped(), &keyer, threads);
    progress("writing the links");
    write(&how.out, &found, &left_ids, right_ids.as_deref().unwrap_or(&left_ids))?;
    done();
    let told = Told {
        rows,
        pairs_scored: found.pairs_scored,
        estimated_matches: (found.estimated_matches * 10.0).round() / 10.0,
        seconds: (start.elapsed().as_secs_f64() * 100.0).round() / 100.0,
        peak_bytes: peak_bytes(),
        links: found.links.len(),
        estimate_refused: found.estimate_refused,
        unread_births,
    };
    eprintln!("{}", serde_json::to_string(&told).map_err(Failure::failed)?);
    Ok(())
}

/// Writes the links beside their place, then puts them there: half a file is never found.
fn write(out: &Path, found: &Found, left: &[Box<str>], right: &[Box<str>]) -> Outcome {
    let mut half = out.as_os_str().to_owned();
    half.push(".making");
    let half = PathBuf::from(half);
    let failed = |cause: &dyn std::fmt::Display| Failure::failed(format!("{}: {cause}", out.display()));
    let written = rows(&half, found, left, right).map_err(|cause| failed(&cause));
    let named = written.and_then(|()| std::fs::rename(&half, out).map_err(|cause| failed(&cause)));
    if named.is_err() {
        let _ = std::fs::remove_file(&half);
    }
    named
}

fn rows(file: &Path, found: &Found, left: &[Box<str>], right: &[Box<str>]) -> Result<(), csv::Error> {
    let delimiter = if file.to_string_lossy().ends_with(".tsv.making") { b'\t' } else { b',' };
    let mut out = csv::WriterBuilder::new().delimiter(delimiter).from_path(file)?;
    out.write_field("left")?;
    out.write_field("right")?;
    out.write_field("probability")?;
    out.write_field("weight")?;
    for (column, _) in COLUMNS {
        out.write_field(column)?;
    }
    // What was known before any field, and what a household explains as well: with them the columns add up.
    out.write_record(["prior", "same_household"])?;
    for link in &found.links {
        row(&mut out, found, link, left, right)?;
    }
    out.flush()?;
    Ok(())
}

fn row(
    out: &mut csv::Writer<std::fs::File>,
    found: &Found,
    link: &Link,
    left: &[Box<str>],
    right: &[Box<str>],
) -> Result<(), csv::Error> {
    let name =
        |ids: &[Box<str>], row: u32| ids.get(row as usize).map(ToString::to_string).unwrap_or_default();
    let scored = found.explain(link);
    out.write_field(name(left, link.left))?;
    out.write_field(name(right, link.right))?;
    out.write_field(format!("{:.6}", link.probability))?;
    out.write_field(format!("{:.3}", scored.bits))?;
    for (_, fields) in COLUMNS {
        let said = scored.fields().iter().filter(|said| fields.contains(&said.field));
        out.write_field(bits(said.map(|said| said.bits).sum()))?;
    }
    out.write_record([bits(scored.prior_bits), bits(scored.household_bits)])
}

/// A number of bits; nothing said is 0, never -0.
fn bits(bits: f64) -> String {
    format!("{:.3}", if bits == 0.0 { 0.0 } else { bits })
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// The largest resident size so far, as Linux tells it.
pub fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
