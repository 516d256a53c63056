//! Task: someone should do this. States and steps; the rows and queues are casework's.
//!
//! A task is never handed over in place: reassigning cancels it and makes a replacement that carries the
//! instructions, so that who had it and for how long stays readable. Waiting time is created → assigned,
//! handling time assigned → completed.

use crate::codes::codes;
use crate::lifecycle::hands::{OFFICER, OMBUDSMAN, PROVIDER, SUPERVISOR, SYSTEM, TRIBUNAL};
use crate::lifecycle::{HeldBy, lifecycle};

codes! {
    /// Where a task stands.
    pub enum TaskState {
        /// In its queue, nobody's.
        Open = "open",
        /// Someone's, not begun.
        Assigned = "assigned",
        /// Being done.
        InProgress = "in_progress",
        /// Waits for something named, such as a child task.
        OnHold = "on_hold",
        /// Done.
        Completed = "completed",
        /// No longer to be done, or replaced by another task.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What happens to a task.
    pub enum TaskEvent {
        /// An officer takes it from the queue.
        Claim = "claim",
        /// A supervisor gives it to an officer.
        Assign = "assign",
        /// Its holder begins.
        Start = "start",
        /// Its holder must wait for something.
        Hold = "hold",
        /// What it waited for has come.
        Resume = "resume",
        /// Done.
        Complete = "complete",
        /// Not needed any more.
        Cancel = "cancel",
        /// Handed to another, or back to the queue: cancelled, with a replacement.
        Replace = "replace",
    }
}

codes! {
    /// How pressing a task is; earlier is more pressing.
    pub enum Priority {
        /// Today.
        Urgent = "urgent",
        /// Before ordinary work.
        High = "high",
        /// In order of its due date.
        Normal = "normal",
    }
}

codes! {
    /// In which order a list of tasks is read.
    pub enum Order {
        /// The urgent first, then those before others; of each the soonest due first.
        Pressing = "pressing",
        /// The soonest due first.
        Due = "due",
        /// The longest there first.
        Oldest = "oldest",
        /// The newest first.
        Newest = "newest",
    }
}

codes! {
    /// Which tasks of a list, by where they stand.
    pub enum Standing {
        /// All that are not done.
        Live = "live",
        /// All that could be worked on now: not those that wait.
        Active = "active",
        /// Those that nobody took.
        Unassigned = "nobody",
        /// Those that wait.
        OnHold = "on_hold",
    }
}

impl Standing {
    /// The states that it stands for.
    pub const fn states(self) -> &'static [TaskState] {
        use TaskState as S;
        match self {
            Self::Live => &[S::Open, S::Assigned, S::InProgress, S::OnHold],
            Self::Active => &[S::Open, S::Assigned, S::InProgress],
            Self::Unassigned => &[S::Open],
            Self::OnHold => &[S::OnHold],
        }
    }
}

codes! {
    /// What a task that its holder puts on hold waits for.
    pub enum HoldReason {
        /// The person is away, ill, or asked for time.
        Person = "person",
        /// A paper or an answer that somebody is to bring.
        Paper = "paper",
        /// Another office, agency or provider.
        Elsewhere = "elsewhere",
        /// A day on which something happens: a visit, a hearing, a payment.
        Day = "day",
        /// Something else, in words.
        Other = "other",
    }
}

/// The longest that a task may sleep, in days: what waits longer is not being done.
pub const LONGEST_HOLD_DAYS: i64 = 180;

lifecycle! {
    TaskState, TaskEvent, "task", first Open;
    states {
        Open: BeingChecked, HeldBy::Queue("its own");
        Assigned: BeingChecked, HeldBy::Queue("its holder's");
        InProgress: BeingChecked, HeldBy::Queue("its holder's");
        OnHold: BeingChecked, HeldBy::Queue("its holder's");
        Completed: Decided, HeldBy::Nothing;
        Cancelled: Ended, HeldBy::Nothing;
    }
    steps {
        Open: Claim -> Assigned, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN];
        Open: Assign -> Assigned, by [SUPERVISOR, SYSTEM];
        Open: Complete -> Completed, by [SYSTEM];
        Open: Cancel -> Cancelled, by [SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Open: Replace -> Cancelled, by [SUPERVISOR, SYSTEM], needs [ReplacementMade];
        Assigned: Start -> InProgress, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN];
        Assigned: Hold -> OnHold, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        Assigned: Complete -> Completed, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN, SYSTEM];
        Assigned: Cancel -> Cancelled, by [SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Assigned: Replace -> Cancelled, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN, SYSTEM], needs [ReplacementMade];
        InProgress: Hold -> OnHold, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        InProgress: Complete -> Completed, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN, SYSTEM];
        InProgress: Cancel -> Cancelled, by [SUPERVISOR, SYSTEM], needs [ReasonGiven];
        InProgress: Replace -> Cancelled, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN, SYSTEM], needs [ReplacementMade];
        OnHold: Resume -> InProgress, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN, SYSTEM];
        OnHold: Cancel -> Cancelled, by [SUPERVISOR, SYSTEM], needs [ReasonGiven];
        OnHold: Replace -> Cancelled, by [OFFICER, SUPERVISOR, PROVIDER, TRIBUNAL, OMBUDSMAN, SYSTEM], needs [ReplacementMade];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Guard, Refused, advance, reaches};

    #[test]
    fn a_task_is_taken_done_and_not_taken_twice() {
        let taken = advance(TaskState::Open, TaskEvent::Claim, OFFICER, &[]).unwrap().to;
        assert_eq!(taken, TaskState::Assigned);
        assert!(matches!(advance(taken, TaskEvent::Claim, OFFICER, &[]), Err(Refused::NotNow { .. })));
        assert_eq!(advance(taken, TaskEvent::Complete, OFFICER, &[]).unwrap().to, TaskState::Completed);
    }

    #[test]
    fn only_a_supervisor_cancels_and_says_why() {
        assert!(matches!(
            advance(TaskState::Assigned, TaskEvent::Cancel, OFFICER, &[Guard::ReasonGiven]),
            Err(Refused::NotYours { .. })
        ));
        assert!(matches!(
            advance(TaskState::Assigned, TaskEvent::Cancel, SUPERVISOR, &[]),
            Err(Refused::Unmet { guard: Guard::ReasonGiven, .. })
        ));
    }

    #[test]
    fn whatever_is_not_done_stands_somewhere_in_the_lists() {
        let listed = |state: &TaskState| Standing::Live.states().contains(state);
        for state in TaskState::ALL {
            let is_done = matches!(state, TaskState::Completed | TaskState::Cancelled);
            assert_eq!(listed(state), !is_done, "{state}");
            let (works, waits) = (Standing::Active.states(), Standing::OnHold.states());
            assert_eq!(listed(state), works.contains(state) != waits.contains(state), "{state}");
        }
    }

    #[test]
    fn nothing_is_dropped_without_a_reason_or_a_replacement() {
        let quietly = |s: &crate::lifecycle::Step<TaskState, TaskEvent>| {
            !s.guards.contains(&Guard::ReasonGiven) && !s.guards.contains(&Guard::ReplacementMade)
        };
        assert!(!reaches(TaskState::Cancelled, quietly));
    }
}
