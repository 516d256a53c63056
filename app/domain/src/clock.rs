//! Clock: by when, and what happens otherwise. States and steps; the counting is in
//! [`calendar`](crate::calendar), the rows are casework's.
//!
//! A clock stands still only while we wait for the applicant, never for our own backlog.

use crate::codes::codes;
use crate::lifecycle::hands::{OFFICER, SUPERVISOR, SYSTEM};
use crate::lifecycle::{HeldBy, lifecycle};

codes! {
    /// Where a clock stands.
    pub enum ClockState {
        /// Counting.
        Running = "running",
        /// Standing still: we wait for the applicant.
        Paused = "paused",
        /// What it waited for came in time.
        Met = "met",
        /// The term passed; what happens then has been set off.
        Breached = "breached",
        /// What it waited for came after the term.
        MetLate = "met_late",
        /// It no longer matters.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What happens to a clock.
    pub enum ClockEvent {
        /// We asked the applicant for something.
        Pause = "pause",
        /// The applicant answered, or the time to answer is over.
        Resume = "resume",
        /// What it waited for has happened.
        Meet = "meet",
        /// The term passed.
        Breach = "breach",
        /// Its subject is gone: withdrawn, merged, lapsed.
        Cancel = "cancel",
    }
}

lifecycle! {
    ClockState, ClockEvent, "clock", first Running;
    states {
        Running: BeingChecked, HeldBy::Clock("itself");
        Paused: NeedsYou, HeldBy::Clock("the request for information");
        Met: Decided, HeldBy::Nothing;
        Breached: BeingChecked, HeldBy::Queue("breached clocks");
        MetLate: Decided, HeldBy::Nothing;
        Cancelled: Ended, HeldBy::Nothing;
    }
    steps {
        Running: Pause -> Paused, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Running: Meet -> Met, by [OFFICER, SUPERVISOR, SYSTEM];
        Running: Breach -> Breached, by [SYSTEM], needs [TermPassed], does ["at_breach"];
        Running: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Paused: Resume -> Running, by [OFFICER, SUPERVISOR, SYSTEM], does ["move_due"];
        Paused: Meet -> Met, by [OFFICER, SUPERVISOR, SYSTEM];
        Paused: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Breached: Meet -> MetLate, by [OFFICER, SUPERVISOR, SYSTEM];
        Breached: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{By, Guard, Refused, advance};

    #[test]
    fn only_time_breaches_a_clock_and_only_once() {
        assert!(matches!(
            advance(ClockState::Running, ClockEvent::Breach, SYSTEM, &[]),
            Err(Refused::Unmet { .. })
        ));
        assert!(matches!(
            advance(ClockState::Running, ClockEvent::Breach, OFFICER, &[Guard::TermPassed]),
            Err(Refused::NotYours { .. })
        ));
        let after =
            advance(ClockState::Running, ClockEvent::Breach, By::System, &[Guard::TermPassed]).unwrap().to;
        assert!(advance(after, ClockEvent::Breach, By::System, &[Guard::TermPassed]).is_err());
        assert_eq!(advance(after, ClockEvent::Meet, OFFICER, &[]).unwrap().to, ClockState::MetLate);
    }

    #[test]
    fn a_paused_clock_does_not_run_out() {
        assert!(advance(ClockState::Paused, ClockEvent::Breach, SYSTEM, &[Guard::TermPassed]).is_err());
    }
}
