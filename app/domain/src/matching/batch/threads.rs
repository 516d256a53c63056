//! Work in ranges of rows, on as many threads as the machine has, with the results in the order of the rows: the
//! same whatever the number of threads.

use std::ops::Range;

/// Calls `work` for consecutive ranges that cover `0..count`.
pub fn by_chunks<T: Send>(count: usize, threads: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let threads = threads.clamp(1, count.max(1));
    let size = count.div_ceil(threads).max(1);
    let ranges = (0..threads).map(|at| (at * size).min(count)..((at + 1) * size).min(count));
    if threads == 1 {
        return ranges.map(&work).collect();
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = ranges.map(|range| scope.spawn(|| work(range))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
            .collect()
    })
}
