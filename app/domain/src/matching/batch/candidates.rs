//! Which pairs are looked at: rows that share a key.
//!
//! Keys of all rows are sorted (forty bits of the key and the row in one word: a chance collision costs one
//! comparison), so that rows of one key lie together in a block. Each row then walks its own blocks; no list of pairs is
//! ever held. A block that is too large is split by its keys' twins, and left out where that does not help: its people
//! are in finer blocks too.

use std::collections::HashMap;

use super::super::keys::{Keyer, batch_keys, batch_twin};
use super::table::Table;
use super::threads::by_chunks;

/// Rows of one key that are compared all with all.
const LARGEST_BLOCK: usize = 120;

/// Up to this many rows coarser keys are used too: what a country's lists cannot afford and need less.
const SMALL_LIST: usize = 200_000;

/// Blocks of rows, and the blocks of each row.
pub struct Candidates {
    members: Vec<u32>,
    blocks: Vec<u32>,
    of_row: Vec<u32>,
    rows: Vec<u32>,
    left_rows: usize,
    two_lists: bool,
}

impl Candidates {
    /// The blocks of a table whose first `left_rows` rows are the left list; the whole is one list when
    /// `two_lists` is false.
    pub fn new(table: &Table, left_rows: usize, two_lists: bool, keyer: &Keyer, threads: usize) -> Self {
        let row_bits = usize::BITS - table.len().max(1).leading_zeros();
        let row_mask = (1_u64 << row_bits) - 1;
        let coarse = table.len() <= SMALL_LIST;
        let mut entries: Vec<u64> = by_chunks(table.len(), threads, |rows| {
            let mut entries = Vec::with_capacity(rows.len() * 14);
            let mut keys = Vec::new();
            for row in rows {
                keys.clear();
                batch_keys(&table.view(row), keyer, coarse, &mut keys);
                entries.extend(keys.iter().map(|key| (key & !row_mask) | row as u64));
            }
            entries
        })
        .concat();
        entries.sort_unstable();
        entries.dedup();
        let mut made = Self {
            members: Vec::new(),
            blocks: vec![0],
            of_row: Vec::new(),
            rows: Vec::new(),
            left_rows,
            two_lists,
        };
        let mut split: Vec<u64> = Vec::new();
        for block in entries.chunk_by(|a, b| a & !row_mask == b & !row_mask) {
            if made.is_too_large(block, row_mask) {
                for entry in block {
                    let view = table.view(row_of(*entry, row_mask));
                    if let Some(twin) = batch_twin(&view, entry & !row_mask, keyer) {
                        split.push((twin & !row_mask) | (entry & row_mask));
                    }
                }
            } else {
                made.add(block, row_mask);
            }
        }
        drop(entries);
        split.sort_unstable();
        split.dedup();
        for block in split.chunk_by(|a, b| a & !row_mask == b & !row_mask) {
            if !made.is_too_large(block, row_mask) {
                made.add(block, row_mask);
            }
        }
        drop(split);
        made.members.shrink_to_fit();
        made.index(table.len());
        made
    }

    /// Rows to look up partners for: the right list, or all rows of one.
    pub fn asking(&self) -> std::ops::Range<usize> {
        let rows = self.rows.len().saturating_sub(1);
        if self.two_lists { self.left_rows..rows } else { 0..rows }
    }

    /// The partners of a row, each once: rows of the left list, or the later ones of one list.
    pub fn of(&self, row: usize, partners: &mut Vec<u32>) {
        partners.clear();
        let (start, end) = (at(&self.rows, row), at(&self.rows, row + 1));
        for block in self.of_row.get(start..end).unwrap_or_default() {
            let block = *block as usize;
            let members =
                self.members.get(at(&self.blocks, block)..at(&self.blocks, block + 1)).unwrap_or_default();
            let from =
                if self.two_lists { 0 } else { members.partition_point(|member| (*member as usize) <= row) };
            let to = if self.two_lists {
                members.partition_point(|member| (*member as usize) < self.left_rows)
            } else {
                members.len()
            };
            partners.extend(members.get(from..to).unwrap_or_default());
        }
        partners.sort_unstable();
        partners.dedup();
    }

    fn sides(&self, block: &[u64], row_mask: u64) -> (usize, usize) {
        if !self.two_lists {
            return (block.len(), block.len());
        }
        let left = block.partition_point(|entry| row_of(*entry, row_mask) < self.left_rows);
        (left, block.len() - left)
    }

    fn is_too_large(&self, block: &[u64], row_mask: u64) -> bool {
        let (left, right) = self.sides(block, row_mask);
        left * right > LARGEST_BLOCK * LARGEST_BLOCK
    }

    fn add(&mut self, block: &[u64], row_mask: u64) {
        let (left, right) = self.sides(block, row_mask);
        if block.len() < 2 || left == 0 || right == 0 {
            return;
        }
        self.members.extend(block.iter().map(|entry| u32::try_from(entry & row_mask).unwrap_or(0)));
        self.blocks.push(u32::try_from(self.members.len()).unwrap_or(u32::MAX));
    }

    /// The blocks of each row, by counting.
    fn index(&mut self, rows: usize) {
        let mut ends = vec![0_u32; rows + 1];
        for member in &self.members {
            if let Some(end) = ends.get_mut(*member as usize + 1) {
                *end += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut next = ends.clone();
        let mut of_row = vec![0; self.members.len()];
        for (block, bounds) in self.blocks.windows(2).enumerate() {
            let [start, end] = *bounds else { continue };
            for member in self.members.get(start as usize..end as usize).unwrap_or_default() {
                if let Some(place) = next.get_mut(*member as usize) {
                    if let Some(slot) = of_row.get_mut(*place as usize) {
                        *slot = u32::try_from(block).unwrap_or(u32::MAX);
                    }
                    *place += 1;
                }
            }
        }
        self.of_row = of_row;
        self.rows = ends;
    }

    /// Sizes of blocks, for tests and measuring: how many of each size up to the largest.
    pub fn sizes(&self) -> HashMap<u32, usize> {
        let mut sizes = HashMap::new();
        for bounds in self.blocks.windows(2) {
            if let [start, end] = bounds {
                *sizes.entry(end - start).or_insert(0) += 1;
            }
        }
        sizes
    }
}

/// An end of a list of ends.
fn at(ends: &[u32], place: usize) -> usize {
    ends.get(place).copied().unwrap_or(0) as usize
}

fn row_of(entry: u64, row_mask: u64) -> usize {
    usize::try_from(entry & row_mask).unwrap_or(usize::MAX)
}
