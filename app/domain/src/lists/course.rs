//! How a list goes its way: received, read by a mapping, matched, accepted, imported. Nothing is in the registry before
//! the import, and a list can be called off until it has ended.

use crate::codes::codes;

codes! {
    /// Where a list stands.
    pub enum ListState {
        /// The file is arriving.
        Receiving = "receiving",
        /// The file is here; somebody must say which column is what.
        Received = "received",
        /// Every row is being read.
        Checking = "checking",
        /// The file cannot be read as it is; another way to read it may do.
        Unreadable = "unreadable",
        /// Every row is read, faults are told.
        Checked = "checked",
        /// Rows are being looked for in the registry and in the list.
        Matching = "matching",
        /// The result is there; an officer accepts.
        Matched = "matched",
        /// What was accepted is being registered.
        Importing = "importing",
        /// Everything that was accepted is registered; the rows are deleted.
        Imported = "imported",
        /// Called off; the rows are deleted.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What happens to a list.
    pub enum ListEvent {
        /// The file is whole.
        Arrive = "arrive",
        /// An officer has said how to read it.
        Map = "map",
        /// It cannot be read so.
        Refuse = "refuse",
        /// All rows are read.
        Check = "check",
        /// An officer asks who is registered.
        Match = "match",
        /// The result is there.
        Result = "result",
        /// An officer asks for what was accepted to be registered.
        Import = "import",
        /// It is.
        Finish = "finish",
        /// An officer calls it off, or the file never came whole.
        Cancel = "cancel",
    }
}

impl ListState {
    /// The state after an event; `None` when it cannot happen now.
    pub const fn after(self, event: ListEvent) -> Option<Self> {
        use ListEvent as E;
        Some(match (self, event) {
            (Self::Receiving, E::Arrive) => Self::Received,
            (Self::Received | Self::Unreadable | Self::Checked, E::Map) => Self::Checking,
            (Self::Checking, E::Refuse) => Self::Unreadable,
            (Self::Checking, E::Check) => Self::Checked,
            (Self::Checked, E::Match) => Self::Matching,
            (Self::Matching, E::Result) => Self::Matched,
            (Self::Matched, E::Import) => Self::Importing,
            (Self::Importing, E::Finish) => Self::Imported,
            (Self::Imported | Self::Cancelled, _) => return None,
            (_, E::Cancel) => Self::Cancelled,
            _ => return None,
        })
    }

    /// Whether the service works on it, and nobody has to do anything.
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Checking | Self::Matching | Self::Importing)
    }

    /// Whether nothing more happens.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Imported | Self::Cancelled)
    }
}

codes! {
    /// What was found about a row.
    pub enum Category {
        /// The person is registered.
        Registered = "registered",
        /// The person is registered, and the household receives another programme.
        TwoProgrammes = "two_programmes",
        /// An earlier row of the list is the same person.
        TwiceInList = "twice_in_list",
        /// The person is not registered, the household is.
        HouseholdServed = "household_served",
        /// Nobody of the household is registered.
        New = "new",
    }
}

codes! {
    /// What an officer said of a row.
    pub enum Choice {
        /// What was found is right: it is the same person, or the same household.
        Same = "same",
        /// What was found is wrong: it is somebody else.
        Other = "other",
        /// Register.
        Register = "register",
        /// Leave it alone.
        Leave = "leave",
    }
}

codes! {
    /// What became of a row.
    pub enum Outcome {
        /// Registered.
        Registered = "registered",
        /// The registration was stopped: somebody with the same identifier, or the same name and birth, is there.
        Stopped = "stopped",
        /// The registration was refused.
        Refused = "refused",
    }
}

/// From this probability on a link is told as sure, in millionths; see [`crate::lists`].
pub const SURE: i64 = 950_000;

/// From this probability on a link is told at all, in millionths.
pub const POSSIBLE: i64 = 200_000;

/// The range in which a share lies with 95 % confidence, by Wilson's score interval (Wilson 1927), for `yes` of `n`.
pub fn confidence(yes: u32, n: u32) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    let (z2, n, yes) = (1.959_964_f64.powi(2), f64::from(n), f64::from(yes));
    let share = yes / n;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = (z2 * (share * (1.0 - share) / n + z2 / (4.0 * n * n))).sqrt() / (1.0 + z2 / n);
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_every_state_that_is_not_final_has_an_exit() {
        let mut reached = vec![ListState::Receiving];
        for _ in ListState::ALL {
            for state in reached.clone() {
                for event in ListEvent::ALL {
                    if let Some(next) = state.after(*event).filter(|next| !reached.contains(next)) {
                        reached.push(next);
                    }
                }
            }
        }
        assert_eq!(reached.len(), ListState::ALL.len());
        for state in ListState::ALL {
            let exits = ListEvent::ALL.iter().filter(|event| state.after(**event).is_some()).count();
            assert_eq!(exits == 0, state.is_final(), "{state}");
            assert_eq!(state.after(ListEvent::Cancel).is_none(), state.is_final());
        }
    }

    #[test]
    fn nothing_is_imported_that_was_not_matched() {
        for state in ListState::ALL {
            assert_eq!(state.after(ListEvent::Import).is_some(), *state == ListState::Matched);
        }
    }

    #[test]
    fn a_precision_has_a_range() {
        assert_eq!(confidence(0, 0), None);
        // Wilson's interval for 48 of 50, as R's prop.test without correction gives it.
        let (low, high) = confidence(48, 50).unwrap();
        assert!((low - 0.8654).abs() < 0.001 && (high - 0.9890).abs() < 0.001, "{low} {high}");
        let (low, high) = confidence(50, 50).unwrap();
        assert!((low - 0.9287).abs() < 0.001 && (high - 1.0).abs() < 1e-9);
    }
}
