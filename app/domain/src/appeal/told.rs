//! What the person is told of an appeal: in a few words where it stands, what comes next and by whose hand. When, is casework's:
//! it has the clocks.

use super::AppealState;
use crate::codes::codes;

codes! {
    /// What comes next.
    pub enum AppealNext {
        /// We tell the person that we have it.
        WeAcknowledge = "we_acknowledge",
        /// We say whether it is heard although it came late.
        WeSayLate = "we_say_late",
        /// The person may ask the tribunal about lateness.
        YouMayContest = "you_may_contest",
        /// An officer who took no part looks again.
        WeReconsider = "we_reconsider",
        /// The agency answers to the tribunal.
        AgencyAnswers = "agency_answers",
        /// The tribunal sets a day.
        TribunalLists = "tribunal_lists",
        /// The hearing.
        Hearing = "hearing",
        /// The tribunal decides.
        TribunalDecides = "tribunal_decides",
        /// The tribunal writes.
        TribunalWrites = "tribunal_writes",
        /// The office does what the tribunal ordered.
        WeCarryOut = "we_carry_out",
        /// The person may go further.
        YouMayGoFurther = "you_may_go_further",
        /// Nothing.
        Nothing = "nothing",
    }
}

impl AppealState {
    /// What comes next.
    pub const fn next(self) -> AppealNext {
        use AppealNext as N;
        match self {
            Self::Lodged => N::WeAcknowledge,
            Self::CondonationAsked => N::WeSayLate,
            Self::CondonationRefused => N::YouMayContest,
            Self::Acknowledged => N::WeReconsider,
            Self::Forwarded => N::AgencyAnswers,
            Self::ReadyToList | Self::Adjourned => N::TribunalLists,
            Self::Listed => N::Hearing,
            Self::Heard => N::TribunalDecides,
            Self::Determined => N::TribunalWrites,
            Self::Issued => N::WeCarryOut,
            Self::Revised | Self::Implemented => N::YouMayGoFurther,
            Self::Closed | Self::Further | Self::Withdrawn => N::Nothing,
        }
    }
}
