//! Assessment: one run of the combined form for a household.

use super::hands::{APPLICANT, OFFICER, SUPERVISOR, SYSTEM};
use super::{HeldBy, lifecycle};
use crate::codes::codes;

codes! {
    /// Where an assessment stands.
    pub enum AssessmentState {
        /// Asked for, no date yet.
        Requested = "requested",
        /// A visit or appointment is fixed.
        Scheduled = "scheduled",
        /// Being filled in.
        InProgress = "in_progress",
        /// Filled in and handed over.
        Submitted = "submitted",
        /// Sent back to be completed or corrected.
        Returned = "returned",
        /// Stands, and decisions may rest on it.
        Accepted = "accepted",
        /// A newer one has taken its place.
        Superseded = "superseded",
        /// Too old to decide on.
        Expired = "expired",
        /// Not carried out: withdrawn, or begun by mistake.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What happens to an assessment.
    pub enum AssessmentEvent {
        /// A date is fixed.
        Schedule = "schedule",
        /// A visit was missed; another way is tried (after two: a home visit or a call, never a refusal).
        MissVisit = "miss_visit",
        /// The first answer is given.
        Begin = "begin",
        /// Handed over.
        Submit = "submit",
        /// Not good enough.
        Return = "return",
        /// Good.
        Accept = "accept",
        /// A newer one is accepted.
        Supersede = "supersede",
        /// Its term of validity is over.
        Expire = "expire",
        /// Not to be carried out.
        Cancel = "cancel",
    }
}

lifecycle! {
    AssessmentState, AssessmentEvent, "assessment", first Requested;
    states {
        Requested: Received, HeldBy::Queue("assessments");
        Scheduled: Received, HeldBy::Clock("visit");
        InProgress: BeingChecked, HeldBy::Queue("assessments");
        Submitted: BeingChecked, HeldBy::Queue("assessments to accept");
        Returned: BeingChecked, HeldBy::Queue("assessments");
        Accepted: BeingChecked, HeldBy::Clock("validity");
        Superseded: Ended, HeldBy::Nothing;
        Expired: Ended, HeldBy::Nothing;
        Cancelled: Ended, HeldBy::Nothing;
    }
    steps {
        Requested: Schedule -> Scheduled, by [OFFICER, SUPERVISOR], does ["start:visit"];
        Requested: Begin -> InProgress, by [OFFICER, SUPERVISOR];
        Requested: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Scheduled: Begin -> InProgress, by [OFFICER, SUPERVISOR], does ["meet:visit"];
        Scheduled: MissVisit -> Requested, by [OFFICER, SUPERVISOR, APPLICANT, SYSTEM], does ["count:missed_visit", "task:reach_out"];
        Scheduled: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        InProgress: Submit -> Submitted, by [OFFICER, SUPERVISOR], needs [FileComplete];
        InProgress: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Submitted: Accept -> Accepted, by [OFFICER, SUPERVISOR, SYSTEM], does ["decide", "start:validity"];
        Submitted: Return -> Returned, by [SUPERVISOR], needs [DifferentPerson, ReasonGiven];
        Returned: Begin -> InProgress, by [OFFICER, SUPERVISOR];
        Returned: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Accepted: Supersede -> Superseded, by [SYSTEM];
        Accepted: Expire -> Expired, by [SYSTEM], needs [TermPassed];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Guard, advance, reaches};

    #[test]
    fn a_missed_visit_is_no_refusal() {
        assert_eq!(
            advance(AssessmentState::Scheduled, AssessmentEvent::MissVisit, SYSTEM, &[]).unwrap().to,
            AssessmentState::Requested
        );
    }

    #[test]
    fn nothing_incomplete_is_accepted() {
        assert!(!reaches(AssessmentState::Accepted, |s| !s.guards.contains(&Guard::FileComplete)));
    }
}
