//! Running a decision again: from the stored answers, under the stored pack, to the same bytes or not.

use domain::ids::{DecisionId, HouseholdId};

use super::find;
use crate::assessments::submit::hash_of;
use crate::assessments::{self, Household};
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, letters, packs};

/// What came of running a decision again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redo {
    /// SHA-256 of the receipt as it was kept, in hex.
    pub kept: String,
    /// SHA-256 of what the rules say now.
    pub again: String,
    /// Where they first differ, if they do.
    pub difference: Option<Difference>,
}

/// Where two receipts first differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The byte, counted from 0.
    pub at: usize,
    /// What was kept there, with a little around it.
    pub kept: String,
    /// What the rules say there now.
    pub again: String,
}

impl Redo {
    /// Whether the same bytes came out, and the receipt is the one that was kept.
    pub fn is_same(&self) -> bool {
        self.difference.is_none() && self.kept == self.again
    }
}

/// Runs the rules of a decision again. The run is an entry of the journal.
pub async fn redo(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
) -> Result<Redo> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (_, reader) = Household::for_reading(&mut view, actor, household).await?;
    let decision = find(&mut view, household, decision).await?.ok_or(Error::NotFound)?;
    let of = assessments::find(&mut view, household, decision.assessment).await?.ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &of.pack_hash).await?;
    let (decided, kept_hash) = letters::again(&mut view, &of, &pack).await?;
    let kept: Vec<u8> = view
        .value(
            "SELECT body FROM receipt WHERE household_id = $1 AND assessment_id = $2",
            args![household, of.id],
        )
        .await?
        .ok_or(Error::NotFound)?;
    drop(view);
    let again = decided.bytes();
    // A receipt changed in the database differs from its own hash, whatever the rules say.
    let difference = first_difference(&kept, &again);
    let redo = Redo {
        kept: if hash_of(&kept) == kept_hash { kept_hash } else { format!("{kept_hash} (altered)") },
        again: hash_of(&again),
        difference,
    };
    let event =
        Event::new("decision.run_again").id("decision", decision.id).number("same", redo.is_same().into());
    journal::record(cw, &reader, household, event).await?;
    Ok(redo)
}

fn first_difference(kept: &[u8], again: &[u8]) -> Option<Difference> {
    if kept == again {
        return None;
    }
    let at = kept.iter().zip(again).position(|(a, b)| a != b).unwrap_or(kept.len().min(again.len()));
    let around = |bytes: &[u8]| {
        let from = at.saturating_sub(40).min(bytes.len());
        let to = at.saturating_add(40).min(bytes.len());
        String::from_utf8_lossy(bytes.get(from..to).unwrap_or_default()).into_owned()
    };
    Some(Difference { at, kept: around(kept), again: around(again) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found() {
        assert_eq!(first_difference(b"same", b"same"), None);
        assert_eq!(first_difference(b"same", b"some").unwrap().at, 1);
        let shorter = first_difference(b"same", b"sam").unwrap();
        assert_eq!((shorter.at, shorter.again.as_str()), (3, "sam"));
    }
}
