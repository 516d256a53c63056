//! Collects what is wrong with a pack while it is read to its end.

use std::cell::RefCell;

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

    /// Whether nothing was found so far.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// All faults, by file and line, each once.
    pub(super) fn into_sorted(self) -> Vec<Fault> {
        let mut faults = self.0.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }
}
