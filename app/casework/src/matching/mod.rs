//! Registered once: who in the registry may be the person that somebody is about to register.
//!
//! `domain::matching` knows how two records are compared; here stands how the registry keeps what that needs and asks for
//! it. [`index`] writes keys and features in the transaction of whoever changes a person; [`look`] finds and weighs
//! candidates; [`scales`] holds the model and the frequencies they are weighed with; [`verdicts`] keeps what officers said
//! of pairs; [`upkeep`] is the job that counts, and makes keys for people who have none. [`learning`] is the job that
//! proposes a better model of what was said, [`models`] the administrator's word on it, [`example`] what an auditor is shown.
//!
//! Looking reads a snapshot outside the writer, so that it brings nobody in the way; saving moves the count of every key it
//! writes (`key_size`). Where a count is no longer the one that was seen, somebody who shares a key was saved in between:
//! the save is given up as `Conflict::Moved` and looks again ([`Seen`]). So of two counters that register one family in the
//! same second the second one meets the first, on both engines, without a lock on anything they do not share.
//!
//! Whom only a key of another year brings together (a name misspelt and the year of birth off) is not noticed in that moment:
//! of pairs with two errors and no number that are very likely one, 3 of 3,333 among 200,000 people, none of 3,154 among a
//! million (`examples/lookup`). The job that goes over the registry finds them minutes later ([`crate::duplicates::find`]), and asks. Comparing the counts of the
//! other years too costs others: under SERIALIZABLE a look for a key that nobody has yet meets whoever writes a key on the
//! same page of the index. Reckoned, not measured: a family writes some 65 keys and would look at 150 more, so that in a small
//! registry all who save at once would meet, and at a million people (20,000 pages) two in five.

pub mod example;
pub mod index;
pub mod learning;
pub mod look;
pub mod models;
#[cfg(test)]
mod plans;
pub mod scales;
mod sql;
#[cfg(test)]
mod tests;
pub mod upkeep;
pub mod verdicts;

pub use look::{Asked, Candidate, Seen, Sign, candidates};
pub use scales::{Scales, Shelf};

use domain::household::{Contact, Person};
use domain::matching::{Address, Born, Keyer, Number, Record};
use domain::pack::Pack;

use crate::crypt::Keys;

/// The installation's secret for keys and features.
pub fn keyer(keys: &Keys) -> Keyer {
    Keyer::new(&keys.blind("match", "keys and features"))
}

/// A registered person as the matcher sees one.
pub fn record(person: &Person, contact: &Contact, pack: &Pack) -> Record {
    let own = |part: Option<&str>| part.map(ToOwned::to_owned);
    let personal = person.identifiers.iter().filter(|identifier| identifier.kind().is_personal());
    Record {
        given: own(person.name.given()),
        family: own(person.name.family()),
        full: own(person.name.one()),
        birth: Some(Born::from(person.birth)),
        sex: Some(person.sex),
        identifiers: personal
            .map(|own| Number { kind: Some(own.kind()), value: own.reveal().to_owned() })
            .collect(),
        phones: contact.phone.iter().map(|phone| phone.reveal().to_owned()).collect(),
        address: address(&contact.area, pack),
    }
}

/// An area with those above it.
pub fn address(area: &str, pack: &Pack) -> Address {
    Address::of_areas(pack.areas.path(area).into_iter().map(|area| area.code.as_str()))
}
