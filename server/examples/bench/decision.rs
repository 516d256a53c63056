//! One household's decision: the demo pack's family of five, every programme, facts to receipt.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::answers::Answers;
use domain::pack::Pack;
use time::macros::date;

const TIMES: u32 = 500;

pub fn measure(rounds: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/demo");
    let mut files = BTreeMap::new();
    gather(&folder, &folder, &mut files);
    let pack = Pack::load(&files).unwrap();
    let text = std::fs::read_to_string(folder.join("checks/story-family-of-five.json")).unwrap();
    let day = date!(2026 - 11 - 01);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let answers = Answers::from_json(&pack.form, &json, day).unwrap();
    let mut medians: Vec<Duration> = (0..rounds)
        .map(|_| {
            let mut times: Vec<Duration> = (0..TIMES)
                .map(|_| {
                    let began = Instant::now();
                    std::hint::black_box(pack.program.decide(std::hint::black_box(&answers), day));
                    began.elapsed()
                })
                .collect();
            times.sort_unstable();
            times[times.len() / 2]
        })
        .collect();
    medians.sort_unstable();
    println!(
        "one household's decision, {} members, {} programmes: {:.0} µs (median of {rounds} rounds of {TIMES})",
        answers.members.len(),
        pack.definitions().programmes.len(),
        medians[medians.len() / 2].as_secs_f64() * 1e6
    );
}

fn gather(base: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(base, &path, files);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            let name = path.strip_prefix(base).unwrap().to_str().unwrap().to_owned();
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}
