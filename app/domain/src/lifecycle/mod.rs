//! Lifecycles as typed transition tables: from, event, to, who may, and what must hold first.
//!
//! Each noun's table stands in its own file (`application`, `assessment`, `decision`, `enrolment`,
//! `plan`, `referral` here; [`complaint`](crate::complaint), [`task`](crate::task), [`clock`](crate::clock) and [`proposal`](crate::proposal) beside
//! this folder, changes of the rules in [`policy`](crate::policy)). A use case calls [`advance`]: there is no other way to a new state.
//! To add a lifecycle: declare its state and event enums, implement [`Lifecycle`], and add it to the list at
//! the end of this file's tests, which then hold it to the rules of all: every state that is not final has an
//! exit and is reached; every state has a queue, a clock or an end; every state has a public phrase.

pub mod application;
pub mod assessment;
pub mod decision;
pub mod enrolment;
pub mod plan;
pub mod referral;

use crate::codes::codes;
use crate::role::Role;
use std::collections::{BTreeSet, VecDeque};
use std::fmt::{Debug, Display};

codes! {
    /// What the public is told: at most eight phrases, whatever happens inside.
    pub enum Phrase {
        /// We have your request.
        Received = "received",
        /// We need something from you.
        NeedsYou = "needs_you",
        /// We are looking at it.
        BeingChecked = "being_checked",
        /// We have decided; see your letter.
        Decided = "decided",
        /// You qualify and are on the waiting list.
        WaitingList = "waiting_list",
        /// You are receiving it, or being served.
        Receiving = "receiving",
        /// It stands still; see your letter.
        Paused = "paused",
        /// It has ended.
        Ended = "ended",
    }
}

codes! {
    /// What must hold before a step may be taken. The use case establishes it and says so; a step is refused
    /// when one that it names is not among those said.
    pub enum Guard {
        /// Who acts now is not who prepared it.
        DifferentPerson = "different_person",
        /// A reason code and a text are given.
        ReasonGiven = "reason_given",
        /// Every required answer and document is there.
        FileComplete = "file_complete",
        /// A consent that covers the receiver, or a recorded override of it.
        ConsentOrOverride = "consent_or_override",
        /// A second person has approved, or the decision is of a kind that needs none and was not sampled.
        SecondPersonOrExempt = "second_person_or_exempt",
        /// The person had the notice period to be heard, or the decision takes nothing away.
        HeardOrNothingTaken = "heard_or_nothing_taken",
        /// A decision in force says so.
        ByDecision = "by_decision",
        /// The outcome is recorded.
        OutcomeRecorded = "outcome_recorded",
        /// The person has confirmed it.
        PersonConfirms = "person_confirms",
        /// The term of the clock has passed.
        TermPassed = "term_passed",
        /// The term for coming back has not passed.
        WithinTerm = "within_term",
        /// A replacement exists and carries the instructions.
        ReplacementMade = "replacement_made",
        /// Who acts took no part in what is contested, does not report to who did, and declared no conflict.
        TookNoPart = "took_no_part",
        /// The person knows of the day as long before as the law says.
        NoticeGiven = "notice_given",
    }
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// A member of staff in this role.
    Staff(Role),
    /// The person concerned, or a representative.
    Applicant,
    /// The service itself, when a clock runs out or another noun moved.
    System,
}

/// Where the work of a state is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// A task in this queue.
    Queue(&'static str),
    /// A running clock.
    Clock(&'static str),
    /// Nothing more happens.
    Nothing,
}

/// One row of a transition table.
#[derive(Debug)]
pub struct Step<S: 'static, E: 'static> {
    /// State before.
    pub from: S,
    /// What happens.
    pub event: E,
    /// State after.
    pub to: S,
    /// What must hold.
    pub guards: &'static [Guard],
    /// Who may.
    pub by: &'static [By],
    /// What the use case does besides, in words of the code: `start:decide`, `task:assess`, `end:access`.
    pub effects: &'static [&'static str],
}

/// A noun's lifecycle.
pub trait Lifecycle: Copy + Eq + Debug + Display + 'static {
    /// What can happen to it.
    type Event: Copy + Eq + Debug + Display + 'static;
    /// The noun.
    const NAME: &'static str;
    /// The state it begins in.
    const FIRST: Self;
    /// Every state.
    fn all() -> &'static [Self];
    /// Every event.
    fn events() -> &'static [Self::Event];
    /// The table.
    fn steps() -> &'static [Step<Self, Self::Event>];
    /// What the public is told.
    fn phrase(self) -> Phrase;
    /// Where the work is.
    fn held_by(self) -> HeldBy;

    /// Whether nothing more happens.
    fn is_final(self) -> bool {
        self.held_by() == HeldBy::Nothing
    }
}

/// Why a step was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The event cannot happen in this state.
    #[error("{noun}: {event} is not possible in state {state}")]
    NotNow {
        /// The noun.
        noun: &'static str,
        /// Code of the state it is in.
        state: Code,
        /// Code of the event.
        event: Code,
    },
    /// It can happen, but not by this hand.
    #[error("{noun}: {event} is not for this role")]
    NotYours {
        /// The noun.
        noun: &'static str,
        /// Code of the event.
        event: Code,
    },
    /// Something must hold first.
    #[error("{noun}: {event} needs {guard}")]
    Unmet {
        /// The noun.
        noun: &'static str,
        /// Code of the event.
        event: Code,
        /// The first guard that does not hold.
        guard: Guard,
    },
}

/// A code in an error (they live as long as the program).
pub type Code = &'static str;

/// A state or event that can say its code; every enum made by `codes!` can.
pub trait Coded: Copy {
    /// Its code.
    fn code_of(self) -> Code;
}

/// Takes one step: the row of the table for `state` and `event`, if `by` may take it and all its guards are
/// among those that `held`.
pub fn advance<S: Lifecycle + Coded>(
    state: S,
    event: S::Event,
    by: By,
    held: &[Guard],
) -> Result<&'static Step<S, S::Event>, Refused>
where
    S::Event: Coded,
{
    let noun = S::NAME;
    let step = S::steps()
        .iter()
        .find(|step| step.from == state && step.event == event)
        .ok_or(Refused::NotNow { noun, state: state.code_of(), event: event.code_of() })?;
    if !step.by.contains(&by) {
        return Err(Refused::NotYours { noun, event: event.code_of() });
    }
    match step.guards.iter().find(|guard| !held.contains(guard)) {
        Some(guard) => Err(Refused::Unmet { noun, event: event.code_of(), guard: *guard }),
        None => Ok(step),
    }
}

/// The events someone could set off in this state, guards aside: what a page offers.
pub fn offers<S: Lifecycle>(state: S, by: By) -> impl Iterator<Item = S::Event> {
    S::steps().iter().filter(move |step| step.from == state && step.by.contains(&by)).map(|step| step.event)
}

/// Whether `to` can be reached from the first state by steps that `allowed` lets through. Used to prove that
/// no path goes round a guard.
pub fn reaches<S: Lifecycle>(to: S, allowed: impl Fn(&Step<S, S::Event>) -> bool) -> bool {
    let mut seen: Vec<S> = vec![S::FIRST];
    let mut queue = VecDeque::from([S::FIRST]);
    while let Some(state) = queue.pop_front() {
        if state == to {
            return true;
        }
        for step in S::steps().iter().filter(|step| step.from == state && allowed(step)) {
            if !seen.contains(&step.to) {
                seen.push(step.to);
                queue.push_back(step.to);
            }
        }
    }
    false
}

/// What breaks the rules that hold for every lifecycle, in words; empty when nothing does.
pub fn faults<S: Lifecycle>() -> Vec<String> {
    let mut faults = Vec::new();
    for state in S::all() {
        let exits = S::steps().iter().filter(|step| step.from == *state).count();
        // A final state may have exits (a reopening), but a state with work left must have one.
        if exits == 0 && !state.is_final() {
            faults.push(format!("{}: {state} has no exit", S::NAME));
        }
        if !reaches(*state, |_| true) {
            faults.push(format!("{}: {state} is never reached", S::NAME));
        }
    }
    for event in S::events() {
        if !S::steps().iter().any(|step| step.event == *event) {
            faults.push(format!("{}: {event} never happens", S::NAME));
        }
    }
    let mut rows = Vec::new();
    for step in S::steps() {
        if rows.contains(&(step.from, step.event)) {
            faults.push(format!("{}: {} in {} stands twice", S::NAME, step.event, step.from));
        }
        rows.push((step.from, step.event));
        if step.by.is_empty() {
            faults.push(format!("{}: {} in {} is nobody's", S::NAME, step.event, step.from));
        }
        if step.guards.iter().collect::<BTreeSet<_>>().len() != step.guards.len() {
            faults.push(format!("{}: {} in {} names a guard twice", S::NAME, step.event, step.from));
        }
    }
    faults
}

/// Writes a lifecycle's table: `from: event -> to, by [..], needs [..], does [..];`.
macro_rules! lifecycle {
    (
        $state:ident, $event:ident, $name:literal, first $first:ident;
        states { $($s:ident: $phrase:ident, $held:expr;)+ }
        steps { $($from:ident: $ev:ident -> $to:ident, by [$($by:expr),+] $(, needs [$($guard:ident),+])? $(, does [$($effect:literal),+])?;)+ }
    ) => {
        impl $crate::lifecycle::Lifecycle for $state {
            type Event = $event;
            const NAME: &'static str = $name;
            const FIRST: Self = Self::$first;
            fn all() -> &'static [Self] { Self::ALL }
            fn events() -> &'static [$event] { $event::ALL }
            fn steps() -> &'static [$crate::lifecycle::Step<Self, $event>] {
                use $crate::lifecycle::{Guard, Step};
                const STEPS: &[Step<$state, $event>] = &[$(Step {
                    from: $state::$from,
                    event: $event::$ev,
                    to: $state::$to,
                    guards: &[$($(Guard::$guard),+)?],
                    by: &[$($by),+],
                    effects: &[$($($effect),+)?],
                }),+];
                STEPS
            }
            fn phrase(self) -> $crate::lifecycle::Phrase {
                match self { $(Self::$s => $crate::lifecycle::Phrase::$phrase),+ }
            }
            fn held_by(self) -> $crate::lifecycle::HeldBy {
                match self { $(Self::$s => $held),+ }
            }
        }
        impl $crate::lifecycle::Coded for $state {
            fn code_of(self) -> &'static str { self.code() }
        }
        impl $crate::lifecycle::Coded for $event {
            fn code_of(self) -> &'static str { self.code() }
        }
    };
}
pub(crate) use lifecycle;

/// Hands that appear in several tables.
pub(crate) mod hands {
    use super::By;
    use crate::role::Role;

    pub const OFFICER: By = By::Staff(Role::CounterOfficer);
    pub const SUPERVISOR: By = By::Staff(Role::Supervisor);
    pub const PROVIDER: By = By::Staff(Role::ProviderOfficer);
    pub const POLICY: By = By::Staff(Role::PolicyOfficer);
    pub const TRIBUNAL: By = By::Staff(Role::TribunalMember);
    pub const OMBUDSMAN: By = By::Staff(Role::Ombudsman);
    pub const APPLICANT: By = By::Applicant;
    pub const SYSTEM: By = By::System;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::ComplaintState;
    use crate::lifecycle::application::ApplicationState;
    use crate::lifecycle::assessment::AssessmentState;
    use crate::lifecycle::decision::DecisionState;
    use crate::lifecycle::enrolment::EnrolmentState;
    use crate::lifecycle::plan::{PlanState, StepState};
    use crate::lifecycle::referral::ReferralState;
    use crate::{
        appeal::AppealState, clock::ClockState, notice::NoticeState, policy::ChangeState,
        proposal::ProposalState, task::TaskState,
    };
    use proptest::prelude::*;

    #[test]
    fn every_lifecycle_keeps_the_rules_of_all() {
        let mut all = Vec::new();
        all.extend(faults::<ApplicationState>());
        all.extend(faults::<AssessmentState>());
        all.extend(faults::<DecisionState>());
        all.extend(faults::<EnrolmentState>());
        all.extend(faults::<ReferralState>());
        all.extend(faults::<PlanState>());
        all.extend(faults::<StepState>());
        all.extend(faults::<TaskState>());
        all.extend(faults::<ClockState>());
        all.extend(faults::<ProposalState>());
        all.extend(faults::<ChangeState>());
        all.extend(faults::<NoticeState>());
        all.extend(faults::<AppealState>());
        all.extend(faults::<ComplaintState>());
        assert_eq!(all, Vec::<String>::new());
        assert!(Phrase::ALL.len() <= 8);
    }

    /// Walks at random: whatever the hands, events and guards, a walk only ever follows rows of the table,
    /// and a step whose guards are not all held is refused.
    fn walk<S: Lifecycle + Coded>(choices: &[(u8, u8, u16)]) -> Result<(), TestCaseError>
    where
        S::Event: Coded,
    {
        let hands: Vec<By> =
            Role::ALL.iter().map(|r| By::Staff(*r)).chain([By::Applicant, By::System]).collect();
        let mut state = S::FIRST;
        for (event, hand, guards) in choices {
            let event = S::events()[usize::from(*event) % S::events().len()];
            let by = hands[usize::from(*hand) % hands.len()];
            let held: Vec<Guard> = Guard::ALL
                .iter()
                .enumerate()
                .filter(|(n, _)| guards >> n & 1 == 1)
                .map(|(_, g)| *g)
                .collect();
            match advance(state, event, by, &held) {
                Ok(step) => {
                    prop_assert_eq!(step.from, state);
                    prop_assert!(step.guards.iter().all(|g| held.contains(g)));
                    prop_assert!(step.by.contains(&by));
                    prop_assert!(offers(state, by).any(|offered| offered == event));
                    state = step.to;
                }
                Err(Refused::NotNow { .. }) => {
                    prop_assert!(!S::steps().iter().any(|s| s.from == state && s.event == event));
                }
                Err(Refused::NotYours { .. }) => {
                    prop_assert!(!offers(state, by).any(|offered| offered == event));
                }
                Err(Refused::Unmet { guard, .. }) => prop_assert!(!held.contains(&guard)),
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn no_walk_leaves_the_table(choices in proptest::collection::vec((0_u8..64, 0_u8..64, any::<u16>()), 1..60)) {
            walk::<ApplicationState>(&choices)?;
            walk::<AssessmentState>(&choices)?;
            walk::<DecisionState>(&choices)?;
            walk::<EnrolmentState>(&choices)?;
            walk::<PlanState>(&choices)?;
            walk::<StepState>(&choices)?;
            walk::<ReferralState>(&choices)?;
            walk::<TaskState>(&choices)?;
            walk::<ClockState>(&choices)?;
            walk::<ProposalState>(&choices)?;
            walk::<ChangeState>(&choices)?;
            walk::<NoticeState>(&choices)?;
            walk::<AppealState>(&choices)?;
            walk::<ComplaintState>(&choices)?;
        }
    }
}
