//! A pack read to its end, with everything that was found: what a change of the rules is looked at with before anybody
//! approves it. A pack is loaded only when a survey found nothing ([`Pack::load`]).

use std::collections::BTreeMap;

use super::{Fault, Pack, examples::Tried, read};

/// What reading a pack found.
#[derive(Debug)]
pub struct Survey {
    /// The hash that the pack has, or would have.
    pub hash: String,
    /// The pack, where its rules compile. With faults nobody puts it in force; one that was found sound when it was put in
    /// force is read again as it is, though a later check would find something.
    pub pack: Option<Pack>,
    /// What is wrong with what it declares and with its rules.
    pub faults: Vec<Fault>,
    /// What is wrong with its words, and which are missing.
    pub of_words: Vec<Fault>,
    /// What is wrong with its examples (`example.<name>`), and what they leave untried (`eligible.<leaf>`).
    pub of_examples: Vec<Fault>,
    /// What the examples tried of every comparison; empty where the rules do not compile.
    pub tried: Vec<Tried>,
}

impl Survey {
    /// Reads a pack from its files, as [`Pack::load`] does.
    pub fn of(files: &BTreeMap<String, String>) -> Survey {
        read::survey(files)
    }

    /// The pack, if nothing at all is wrong; else everything, by file and line.
    pub fn sound(self) -> Result<Pack, Vec<Fault>> {
        let faults = self.all_faults();
        match self.pack {
            Some(pack) if faults.is_empty() => Ok(pack),
            _ => Err(faults),
        }
    }

    /// Everything that is wrong, by file and line.
    pub fn all_faults(&self) -> Vec<Fault> {
        let mut all = [&self.faults[..], &self.of_words, &self.of_examples].concat();
        all.sort();
        all.dedup();
        all
    }
}
