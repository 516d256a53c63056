//! Appeal: somebody says that a decision is wrong, or that none was taken in time. States and steps; rows are casework's.
//!
//! The day of lodging is kept whatever happens. An officer who took no part in what is contested looks again; what stays as it
//! was goes to the tribunal by itself, and so does what nobody looked at in time: the person does not wait for us. The tribunal
//! decides issue by issue. The codes of issues, outcomes and reasons are in [`codes`](self::words); the terms, as a pack sets
//! them, in [`terms`]; who may not look at it in [`apart`]; what the person is told in [`told`].
//!
//! To add a step: a line in the table below, and where it is taken a use case in casework's `appeals`.

pub mod apart;
pub mod priority;
pub mod terms;
pub mod told;
mod words;

use crate::codes::codes;
use crate::lifecycle::hands::{APPLICANT, OFFICER, SUPERVISOR, SYSTEM, TRIBUNAL};
use crate::lifecycle::{HeldBy, lifecycle};

pub use priority::Priority;
pub use terms::Terms;
pub use words::{Channel, ConflictReason, Finding, Hearing, IssueKind, IssueOutcome, RemandReason};

codes! {
    /// Where an appeal stands.
    pub enum AppealState {
        /// Came in; the day is kept.
        Lodged = "lodged",
        /// Came late, and asks to be heard all the same.
        CondonationAsked = "condonation_asked",
        /// Came late, and was not let in; the tribunal can be asked.
        CondonationRefused = "condonation_refused",
        /// The person knows that we have it; an officer who took no part looks again.
        Acknowledged = "acknowledged",
        /// Every issue was revised in favour.
        Revised = "revised",
        /// With the tribunal; the agency may answer.
        Forwarded = "forwarded",
        /// Waits for a day to be heard.
        ReadyToList = "ready_to_list",
        /// Waits for something before it can be listed.
        Adjourned = "adjourned",
        /// A day is set.
        Listed = "listed",
        /// Heard, or looked at on paper.
        Heard = "heard",
        /// Decided on every issue, not issued.
        Determined = "determined",
        /// The person has it in writing.
        Issued = "issued",
        /// What it orders is done.
        Implemented = "implemented",
        /// Nothing more is due.
        Closed = "closed",
        /// Went to a court.
        Further = "further",
        /// Taken back by who lodged it.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// What happens to an appeal.
    pub enum AppealEvent {
        /// It came late.
        AskCondonation = "ask_condonation",
        /// The lateness is forgiven.
        Condone = "condone",
        /// The lateness is not forgiven.
        RefuseCondonation = "refuse_condonation",
        /// The person asks the tribunal about it.
        ContestRefusal = "contest_refusal",
        /// The person is told that we have it.
        Acknowledge = "acknowledge",
        /// Every issue is revised in favour.
        Revise = "revise",
        /// At least one issue stays as it was.
        Uphold = "uphold",
        /// Nobody answered in time.
        Forward = "forward",
        /// The person goes on to the tribunal all the same.
        Continue = "continue",
        /// The agency answers.
        Respond = "respond",
        /// The agency did not answer in time.
        GoWithout = "go_without",
        /// A day is set.
        List = "list",
        /// It is looked at without a hearing.
        OnPaper = "on_paper",
        /// Something must come first.
        Adjourn = "adjourn",
        /// What it waited for has come.
        Resume = "resume",
        /// The day does not hold.
        Postpone = "postpone",
        /// The parties were heard.
        Hear = "hear",
        /// Every issue is decided.
        Determine = "determine",
        /// The person gets it in writing.
        Issue = "issue",
        /// A slip is put right.
        Correct = "correct",
        /// The person asks for fuller reasons.
        AskReasons = "ask_reasons",
        /// It must be heard again.
        SetAside = "set_aside",
        /// What it orders is done.
        Implement = "implement",
        /// The person goes to a court.
        GoFurther = "go_further",
        /// Nothing more is due.
        Close = "close",
        /// Who lodged it takes it back.
        Withdraw = "withdraw",
    }
}

lifecycle! {
    AppealState, AppealEvent, "appeal", first Lodged;
    states {
        Lodged: Received, HeldBy::Clock("appeal_acknowledge");
        CondonationAsked: BeingChecked, HeldBy::Clock("appeal_condone");
        CondonationRefused: Decided, HeldBy::Clock("appeal_contest");
        Acknowledged: BeingChecked, HeldBy::Clock("appeal_reconsider");
        Revised: Decided, HeldBy::Clock("appeal_further");
        Forwarded: BeingChecked, HeldBy::Clock("appeal_response");
        ReadyToList: BeingChecked, HeldBy::Clock("appeal_list");
        Adjourned: BeingChecked, HeldBy::Queue("tribunal");
        Listed: NeedsYou, HeldBy::Queue("tribunal");
        Heard: BeingChecked, HeldBy::Queue("tribunal");
        Determined: BeingChecked, HeldBy::Clock("appeal_issue");
        Issued: Decided, HeldBy::Clock("appeal_implement");
        Implemented: Decided, HeldBy::Clock("appeal_further");
        Closed: Ended, HeldBy::Nothing;
        Further: Ended, HeldBy::Nothing;
        Withdrawn: Ended, HeldBy::Nothing;
    }
    steps {
        Lodged: AskCondonation -> CondonationAsked, by [APPLICANT, OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven], does ["task:condone", "start:appeal_condone"];
        Lodged: Acknowledge -> Acknowledged, by [OFFICER, SUPERVISOR, SYSTEM], does ["task:reconsider", "start:appeal_reconsider"];
        Lodged: Withdraw -> Withdrawn, by [APPLICANT, OFFICER, SUPERVISOR], needs [ReasonGiven];
        CondonationAsked: Condone -> Lodged, by [OFFICER, SUPERVISOR], needs [TookNoPart, ReasonGiven];
        CondonationAsked: RefuseCondonation -> CondonationRefused, by [OFFICER, SUPERVISOR], needs [TookNoPart, ReasonGiven], does ["letter", "start:appeal_contest"];
        CondonationAsked: Forward -> Forwarded, by [SYSTEM], needs [TermPassed];
        CondonationAsked: Withdraw -> Withdrawn, by [APPLICANT, OFFICER, SUPERVISOR], needs [ReasonGiven];
        CondonationRefused: ContestRefusal -> Forwarded, by [APPLICANT, OFFICER, SUPERVISOR];
        CondonationRefused: Close -> Closed, by [SYSTEM], needs [TermPassed];
        Acknowledged: Revise -> Revised, by [SUPERVISOR, SYSTEM], needs [TookNoPart, ReasonGiven, DifferentPerson], does ["letter", "start:appeal_further"];
        Acknowledged: Uphold -> Forwarded, by [OFFICER, SUPERVISOR], needs [TookNoPart, ReasonGiven], does ["start:appeal_response"];
        Acknowledged: Forward -> Forwarded, by [SYSTEM], needs [TermPassed], does ["start:appeal_response"];
        Acknowledged: Withdraw -> Withdrawn, by [APPLICANT, OFFICER, SUPERVISOR], needs [ReasonGiven];
        Revised: Continue -> Forwarded, by [APPLICANT, OFFICER, SUPERVISOR], needs [WithinTerm], does ["start:appeal_response"];
        Revised: Close -> Closed, by [SYSTEM], needs [TermPassed];
        Forwarded: Respond -> ReadyToList, by [SUPERVISOR], does ["start:appeal_list"];
        Forwarded: GoWithout -> ReadyToList, by [SYSTEM], needs [TermPassed], does ["start:appeal_list"];
        Forwarded: Revise -> Revised, by [SUPERVISOR], needs [TookNoPart, ReasonGiven, DifferentPerson], does ["letter", "start:appeal_further"];
        Forwarded: Withdraw -> Withdrawn, by [APPLICANT, OFFICER, SUPERVISOR, TRIBUNAL], needs [ReasonGiven];
        ReadyToList: List -> Listed, by [TRIBUNAL], needs [TookNoPart, NoticeGiven], does ["letter"];
        ReadyToList: OnPaper -> Heard, by [TRIBUNAL], needs [TookNoPart, ReasonGiven];
        ReadyToList: Adjourn -> Adjourned, by [TRIBUNAL], needs [TookNoPart, ReasonGiven];
        ReadyToList: Withdraw -> Withdrawn, by [APPLICANT, OFFICER, SUPERVISOR, TRIBUNAL], needs [ReasonGiven];
        Adjourned: Resume -> ReadyToList, by [TRIBUNAL], needs [TookNoPart], does ["start:appeal_list"];
        Adjourned: Withdraw -> Withdrawn, by [APPLICANT, OFFICER, SUPERVISOR, TRIBUNAL], needs [ReasonGiven];
        Listed: Postpone -> ReadyToList, by [TRIBUNAL], needs [TookNoPart, ReasonGiven], does ["start:appeal_list"];
        Listed: Adjourn -> Adjourned, by [TRIBUNAL], needs [TookNoPart, ReasonGiven];
        Listed: Hear -> Heard, by [TRIBUNAL], needs [TookNoPart];
        Listed: Withdraw -> Withdrawn, by [APPLICANT, OFFICER, SUPERVISOR, TRIBUNAL], needs [ReasonGiven];
        Heard: Determine -> Determined, by [TRIBUNAL], needs [TookNoPart, OutcomeRecorded, ReasonGiven], does ["start:appeal_issue"];
        Heard: Adjourn -> Adjourned, by [TRIBUNAL], needs [TookNoPart, ReasonGiven];
        Heard: Withdraw -> Withdrawn, by [APPLICANT, OFFICER, SUPERVISOR, TRIBUNAL], needs [ReasonGiven];
        Determined: Issue -> Issued, by [TRIBUNAL, SYSTEM], does ["letter", "task:implement", "start:appeal_implement"];
        Issued: Implement -> Implemented, by [SUPERVISOR, SYSTEM], needs [ByDecision], does ["start:appeal_further"];
        Issued: Correct -> Issued, by [TRIBUNAL], needs [TookNoPart, ReasonGiven];
        Issued: AskReasons -> Issued, by [APPLICANT, OFFICER, SUPERVISOR];
        Issued: SetAside -> ReadyToList, by [TRIBUNAL], needs [TookNoPart, ReasonGiven], does ["start:appeal_list"];
        Issued: GoFurther -> Further, by [APPLICANT, OFFICER, SUPERVISOR];
        Implemented: Correct -> Implemented, by [TRIBUNAL], needs [TookNoPart, ReasonGiven];
        Implemented: AskReasons -> Implemented, by [APPLICANT, OFFICER, SUPERVISOR];
        Implemented: SetAside -> ReadyToList, by [TRIBUNAL], needs [TookNoPart, ReasonGiven], does ["start:appeal_list"];
        Implemented: GoFurther -> Further, by [APPLICANT, OFFICER, SUPERVISOR];
        Implemented: Close -> Closed, by [SYSTEM], needs [TermPassed];
    }
}

impl AppealState {
    /// Whether it is not decided yet: what it contests and was only announced is not put into force meanwhile.
    pub const fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Revised
                | Self::Issued
                | Self::Implemented
                | Self::Closed
                | Self::Further
                | Self::Withdrawn
                | Self::CondonationRefused
        )
    }

    /// Whether it lies before the tribunal, or was decided by it.
    pub const fn is_before_tribunal(self) -> bool {
        matches!(
            self,
            Self::Forwarded
                | Self::ReadyToList
                | Self::Adjourned
                | Self::Listed
                | Self::Heard
                | Self::Determined
                | Self::Issued
                | Self::Implemented
        )
    }
}

#[cfg(test)]
mod tests;
