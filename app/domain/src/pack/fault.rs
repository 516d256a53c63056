//! Collects what is wrong with a pack while it is read to its end.

use std::{cell::RefCell, collections::BTreeSet};

use crate::fault::Fault;

/// The faults found so far. A pack is read to its end whatever is found, so that its author sees all
/// of them at once; when one is in here nothing is loaded.
#[derive(Debug, Default)]
pub(super) struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    /// Adds one fault.
    pub(super) fn add(&self, file: &str, line: usize, key: &str, message: impl Into<String>) {
        let message: String = message.into();
        self.take(Fault { file: file.into(), line, key: key.into(), message: message.replace('\n', " ") });
    }

    /// Adds a fault found elsewhere. What a missing file lacks is not said: that it is missing is said already.
    pub(super) fn take(&self, fault: Fault) {
        if !fault.file.is_empty() {
            self.0.borrow_mut().push(fault);
        }
    }

    /// The result of a later step; its faults are taken up where the reading has not found one in the same
    /// place, so that no mistake is told twice.
    pub(super) fn told<T>(&self, result: Result<T, Vec<Fault>>) -> Option<T> {
        let found = match result {
            Ok(value) => return Some(value),
            Err(found) => found,
        };
        let known: BTreeSet<(String, usize)> =
            self.0.borrow().iter().map(|fault| (fault.file.clone(), fault.line)).collect();
        for fault in found.into_iter().filter(|fault| !known.contains(&(fault.file.clone(), fault.line))) {
            self.take(fault);
        }
        None
    }

    /// All faults, by file and line, each once.
    pub(super) fn into_sorted(self) -> Vec<Fault> {
        let mut faults = self.0.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }
}
