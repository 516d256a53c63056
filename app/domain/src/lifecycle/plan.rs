//! The plan for work of one person, and its steps: from the draft to what came of it. One version of a plan is current; a
//! revised one stays as it was, and the next takes its place.

use super::hands::{OFFICER, SUPERVISOR, SYSTEM};
use super::{HeldBy, lifecycle};
use crate::codes::codes;

codes! {
    /// Where a plan stands.
    pub enum PlanState {
        /// Being drawn up with the person.
        Draft = "draft",
        /// The person has signed it.
        Agreed = "agreed",
        /// A second person has agreed, or the country asks for none.
        Approved = "approved",
        /// Being followed.
        Active = "active",
        /// To be looked at again with the person.
        ReviewDue = "review_due",
        /// Stands still for a reason.
        Suspended = "suspended",
        /// Another version took its place.
        Revised = "revised",
        /// It came to what it was for, or to something else; the outcome says.
        Completed = "completed",
        /// It ended without.
        Ended = "ended",
    }
}

codes! {
    /// What happens to a plan.
    pub enum PlanEvent {
        /// The person signs it.
        Agree = "agree",
        /// The person does not keep to what was signed, or the second person sends it back.
        Reopen = "reopen",
        /// A second person agrees.
        Approve = "approve",
        /// It is followed from now on.
        Start = "start",
        /// Its day to be looked at again has come.
        FallDue = "fall_due",
        /// It was looked at and goes on as it is.
        GoOn = "go_on",
        /// Another version takes its place.
        Revise = "revise",
        /// It came to an outcome.
        Complete = "complete",
        /// It stands still.
        Suspend = "suspend",
        /// It goes on after standing still.
        Resume = "resume",
        /// It ends without an outcome.
        End = "end",
    }
}

codes! {
    /// What a plan came to.
    pub enum PlanOutcome {
        /// Work with an employer.
        Placed = "placed",
        /// Training, or school.
        Training = "training",
        /// A business of one's own.
        SelfEmployment = "self_employment",
        /// Something else that the person wanted.
        Other = "other",
    }
}

codes! {
    /// Where a step of a plan stands.
    pub enum StepState {
        /// Agreed, not begun.
        Planned = "planned",
        /// Begun.
        InProgress = "in_progress",
        /// Done.
        Done = "done",
        /// The person did not come, with or without good cause.
        Missed = "missed",
        /// Not part of the plan any more.
        Dropped = "dropped",
    }
}

codes! {
    /// What happens to a step.
    pub enum StepEvent {
        /// It begins.
        Begin = "begin",
        /// It is done.
        Finish = "finish",
        /// The person did not come.
        Miss = "miss",
        /// It is planned again.
        Again = "again",
        /// It is taken out of the plan.
        Drop = "drop",
    }
}

impl PlanOutcome {
    /// Whether the person earns a living by it: then it is asked again after some weeks, and what the household gets is
    /// looked at.
    pub const fn is_work(self) -> bool {
        matches!(self, Self::Placed | Self::SelfEmployment)
    }
}

impl PlanState {
    /// Whether steps can be added and moved.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Revised | Self::Completed | Self::Ended)
    }
}

lifecycle! {
    PlanState, PlanEvent, "plan", first Draft;
    states {
        Draft: BeingChecked, HeldBy::Clock("plan_first");
        Agreed: BeingChecked, HeldBy::Queue("plans to approve");
        Approved: Decided, HeldBy::Queue("plans to start");
        Active: Receiving, HeldBy::Clock("plan_review");
        ReviewDue: Receiving, HeldBy::Queue("plans to review");
        Suspended: Paused, HeldBy::Clock("plan_review");
        Revised: Ended, HeldBy::Nothing;
        Completed: Ended, HeldBy::Nothing;
        Ended: Ended, HeldBy::Nothing;
    }
    steps {
        Draft: Agree -> Agreed, by [OFFICER, SUPERVISOR], needs [PersonConfirms], does ["meet:plan_first"];
        Draft: End -> Ended, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Agreed: Reopen -> Draft, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        Agreed: Approve -> Approved, by [OFFICER, SUPERVISOR, SYSTEM], needs [SecondPersonOrExempt];
        Agreed: End -> Ended, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Approved: Start -> Active, by [OFFICER, SUPERVISOR, SYSTEM], does ["start:plan_review"];
        Approved: End -> Ended, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Active: FallDue -> ReviewDue, by [SYSTEM], needs [TermPassed], does ["task:plan_review"];
        Active: Revise -> Revised, by [OFFICER, SUPERVISOR], does ["draft:next"];
        Active: Complete -> Completed, by [OFFICER, SUPERVISOR], needs [OutcomeRecorded], does ["start:plan_follow_up"];
        Active: Suspend -> Suspended, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        Active: End -> Ended, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        ReviewDue: GoOn -> Active, by [OFFICER, SUPERVISOR], does ["start:plan_review"];
        ReviewDue: Revise -> Revised, by [OFFICER, SUPERVISOR], does ["draft:next"];
        ReviewDue: Complete -> Completed, by [OFFICER, SUPERVISOR], needs [OutcomeRecorded], does ["start:plan_follow_up"];
        ReviewDue: Suspend -> Suspended, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        ReviewDue: End -> Ended, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Suspended: FallDue -> ReviewDue, by [SYSTEM], needs [TermPassed], does ["task:plan_review"];
        Suspended: Resume -> Active, by [OFFICER, SUPERVISOR], does ["start:plan_review"];
        Suspended: End -> Ended, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
    }
}

lifecycle! {
    StepState, StepEvent, "plan step", first Planned;
    states {
        Planned: BeingChecked, HeldBy::Queue("its plan's");
        InProgress: Receiving, HeldBy::Queue("its plan's");
        Done: Ended, HeldBy::Nothing;
        Missed: NeedsYou, HeldBy::Queue("its plan's");
        Dropped: Ended, HeldBy::Nothing;
    }
    steps {
        Planned: Begin -> InProgress, by [OFFICER, SUPERVISOR];
        Planned: Finish -> Done, by [OFFICER, SUPERVISOR];
        Planned: Miss -> Missed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        Planned: Drop -> Dropped, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        InProgress: Finish -> Done, by [OFFICER, SUPERVISOR];
        InProgress: Miss -> Missed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        InProgress: Drop -> Dropped, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Missed: Again -> Planned, by [OFFICER, SUPERVISOR];
        Missed: Drop -> Dropped, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{By, Guard, Refused, advance, reaches};

    #[test]
    fn nobody_follows_a_plan_that_the_person_did_not_agree_to() {
        let unsigned = |step: &crate::lifecycle::Step<PlanState, PlanEvent>| {
            !step.guards.contains(&Guard::PersonConfirms)
        };
        for state in [PlanState::Agreed, PlanState::Approved, PlanState::Active, PlanState::Completed] {
            assert!(!reaches(state, unsigned), "{state}");
        }
        assert!(matches!(
            advance(PlanState::Draft, PlanEvent::Agree, OFFICER, &[]),
            Err(Refused::Unmet { guard: Guard::PersonConfirms, .. })
        ));
    }

    #[test]
    fn nobody_follows_a_plan_without_its_second_person() {
        let alone = |step: &crate::lifecycle::Step<PlanState, PlanEvent>| {
            !step.guards.contains(&Guard::SecondPersonOrExempt)
        };
        assert!(!reaches(PlanState::Active, alone));
    }

    #[test]
    fn silence_neither_completes_nor_ends_a_plan() {
        let only_time = |step: &crate::lifecycle::Step<PlanState, PlanEvent>| {
            step.by.contains(&SYSTEM) && !step.guards.contains(&Guard::ReasonGiven)
        };
        assert!(!reaches(PlanState::Completed, only_time) && !reaches(PlanState::Ended, only_time));
        assert!(
            advance(PlanState::Active, PlanEvent::Complete, By::System, &[Guard::OutcomeRecorded]).is_err()
        );
        let no_outcome = |step: &crate::lifecycle::Step<PlanState, PlanEvent>| {
            !step.guards.contains(&Guard::OutcomeRecorded)
        };
        assert!(!reaches(PlanState::Completed, no_outcome));
    }

    #[test]
    fn a_step_is_missed_with_a_word_on_the_cause_and_can_be_planned_again() {
        let missed = advance(StepState::InProgress, StepEvent::Miss, OFFICER, &[]);
        assert!(matches!(missed, Err(Refused::Unmet { .. })));
        let missed =
            advance(StepState::InProgress, StepEvent::Miss, OFFICER, &[Guard::ReasonGiven]).unwrap().to;
        assert_eq!(advance(missed, StepEvent::Again, OFFICER, &[]).unwrap().to, StepState::Planned);
    }
}
