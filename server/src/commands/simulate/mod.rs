//! `guichet simulate`: a whole registry decided by an old and by a new pack, without a server or a database; what
//! changes for whom in words or as JSON on stdout, and what it took as one line of JSON on stderr.

mod words;

use std::time::Instant;

use casework::demo::surveyed::Surveyed;
use domain::pack::Pack;
use domain::simulate::{BLOCK, Kept, Snapshot, simulate};
use serde::Serialize;
use time::Date;

use super::matching::peak_bytes;
use super::{clock, pack};
use crate::cli::Simulate;
use crate::failure::{Failure, Outcome};
use crate::progress::{done, print, progress};

/// What stands on stderr at the end. Times are without the making of the synthetic registry.
#[derive(Serialize)]
struct Told {
    /// Reading and checking both packs, and the simulation.
    elapsed_ms: u128,
    /// The simulation alone.
    simulation_ms: u128,
    /// What the simulation took of all processors together, where the system tells it.
    cpu_ms: Option<u64>,
    households: usize,
    people: usize,
    programmes: usize,
    threads: usize,
    /// What the answers take in memory.
    snapshot_bytes: usize,
    /// The largest resident size of the whole process, the making of the registry included.
    peak_bytes: Option<u64>,
}

pub fn run(how: &Simulate) -> Outcome {
    let reading = Instant::now();
    let (old, new) = (pack::read(how.old.as_deref())?, pack::read(how.new.as_deref())?);
    let reading = reading.elapsed();
    let as_of = how.as_of.unwrap_or_else(|| clock().today());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let snapshot = synthetic(&old, &new, (how.demo_households, how.seed), as_of, threads);
    done();
    let (start, cpu) = (Instant::now(), cpu_ms());
    let report = simulate(&old, &new, &snapshot, as_of, threads);
    let simulation = start.elapsed();
    let cpu = cpu_ms().zip(cpu).map(|(after, before)| after.saturating_sub(before));
    if how.json {
        print(&report)?;
    } else {
        words::print(&report, &old, &new)?;
    }
    let told = Told {
        elapsed_ms: (reading + simulation).as_millis(),
        simulation_ms: simulation.as_millis(),
        cpu_ms: cpu,
        households: snapshot.households(),
        people: snapshot.people(),
        programmes: report.programmes.len(),
        threads,
        snapshot_bytes: snapshot.bytes(),
        peak_bytes: peak_bytes(),
    };
    eprintln!("{}", serde_json::to_string(&told).map_err(Failure::failed)?);
    Ok(())
}

/// A registry in which everybody was asked what the old pack's form asks, in columns.
fn synthetic(old: &Pack, new: &Pack, (count, seed): (u32, u64), as_of: Date, threads: usize) -> Snapshot {
    let surveyed = Surveyed::new(old, seed, as_of);
    let mut snapshot = Snapshot::new(&Kept::of([&old.program, &new.program]));
    let count = u64::from(count);
    let share = BLOCK as u64;
    let mut made = 0;
    while made < count {
        let shares: Vec<_> = (0..threads as u64)
            .map(|at| (made + at * share).min(count)..(made + (at + 1) * share).min(count))
            .collect();
        made = shares.last().map_or(count, |range| range.end);
        std::thread::scope(|scope| {
            let draw = |range: std::ops::Range<u64>| range.map(|n| surveyed.household(n)).collect::<Vec<_>>();
            let running: Vec<_> = shares.into_iter().map(|range| scope.spawn(move || draw(range))).collect();
            for thread in running {
                let drawn = thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause));
                for answers in &drawn {
                    snapshot.push(answers);
                }
            }
        });
        progress(&format!("{made} of {count} households asked"));
    }
    snapshot.finish();
    snapshot
}

/// What this process took of all processors so far, as Linux tells it: in hundredths of a second.
fn cpu_ms() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) * 10)
}
