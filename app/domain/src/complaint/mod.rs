//! Complaint: somebody says that something went wrong, or asks. Levels, categories and the table of steps; the terms are data
//! of the pack ([`rules`]), what is written in the form is in [`form`], the rows are casework's.
//!
//! A complaint goes up by itself when it is not answered in time (office → region → ombudsman) and is closed with a coded
//! decision only, which somebody else than who proposed it has signed. A clock of ours stands still while we wait for the
//! complainant, and never while we wait for somebody else.
//!
//! One more category: a value of [`Category`], its rule in [`rules::Rules::default`], a line of `complaints.toml` in each pack that
//! has one, and its words (`complaint-category-<code>`).

pub mod form;
pub mod rules;

use crate::codes::codes;
use crate::lifecycle::hands::{APPLICANT, OFFICER, OMBUDSMAN, SUPERVISOR, SYSTEM};
use crate::lifecycle::{HeldBy, lifecycle};

codes! {
    /// What a complaint is about.
    pub enum Category {
        /// Somebody wants to know something, or that a case moves.
        Information = "information",
        /// Who gets something and who does not.
        Targeting = "targeting",
        /// Too little, or too much.
        PaymentAmount = "payment_amount",
        /// Nothing came, too late, or the agent kept a part.
        PaymentDelay = "payment_delay",
        /// What is written of somebody is wrong.
        DataError = "data_error",
        /// How a service is given.
        ServiceQuality = "service_quality",
        /// How somebody of the staff behaved.
        StaffConduct = "staff_conduct",
        /// Somebody is treated otherwise than others, or cannot come in.
        Discrimination = "discrimination",
        /// Money or goods taken, bribes, false names.
        Fraud = "fraud",
        /// Sexual exploitation or abuse.
        Abuse = "abuse",
        /// Personal data shown to who must not see it.
        DataProtection = "data_protection",
    }
}

impl Category {
    /// Whether it is in the restricted queue whatever a pack says: who stands accused of it works in the office that
    /// would read it. For [`Category::Discrimination`] and [`Category::DataProtection`] the pack says; they are restricted
    /// by default, since it is the office's own doing that is complained about, but a country may have its offices answer
    /// where a ramp is missing.
    pub const fn is_always_sensitive(self) -> bool {
        matches!(self, Self::StaffConduct | Self::Fraud | Self::Abuse)
    }
}

codes! {
    /// Who answers it.
    pub enum Level {
        /// The office it is about.
        Office = "office",
        /// The agency that the office belongs to.
        Region = "region",
        /// The ombudsman, for the whole country.
        Ombudsman = "ombudsman",
    }
}

impl Level {
    /// Where it goes from here; none from the last.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Office => Some(Self::Region),
            Self::Region => Some(Self::Ombudsman),
            Self::Ombudsman => None,
        }
    }
}

codes! {
    /// What is known of who complains.
    pub enum Identity {
        /// Name and how to reach them; whoever answers it sees both.
        Identified = "identified",
        /// The same, for the ombudsman's eyes only.
        Confidential = "confidential",
        /// Nothing: a code and a PIN.
        Anonymous = "anonymous",
    }
}

codes! {
    /// How it came.
    pub enum Channel {
        /// Told at a counter, written down by staff.
        Counter = "counter",
        /// From the page of an own request.
        Track = "track",
        /// From the page that everybody may use.
        Public = "public",
        /// By a provider of services.
        Provider = "provider",
        /// A letter, entered by staff.
        Letter = "letter",
        /// Told over the telephone, written down by staff.
        Phone = "phone",
    }
}

codes! {
    /// The coded decision, without which none is closed.
    pub enum Outcome {
        /// They are right.
        Upheld = "upheld",
        /// They are right in part.
        PartlyUpheld = "partly_upheld",
        /// They are not.
        NotUpheld = "not_upheld",
        /// They have what they wanted to know.
        Explained = "explained",
        /// What happened cannot be found out.
        Unclear = "unclear",
    }
}

codes! {
    /// What a decision carries out; a second person approves it.
    pub enum Remedy {
        /// What is written of the household is put right.
        DataChange = "data_change",
        /// A payment is instructed again.
        Repay = "repay",
        /// It is assessed and decided anew.
        NewDecision = "new_decision",
    }
}

codes! {
    /// Something that was said in the course of it.
    pub enum NoteKind {
        /// Among those who handle it, or to the complainant.
        Note = "note",
        /// We ask the complainant something.
        Question = "question",
        /// What the complainant says: an answer, or something more.
        Message = "message",
        /// What is to be answered, before somebody has signed it.
        Proposal = "proposal",
        /// What was answered.
        Response = "response",
        /// Why it took the step that it took.
        Reason = "reason",
    }
}

codes! {
    /// Where a complaint stands.
    pub enum ComplaintState {
        /// Written down.
        Received = "received",
        /// The complainant knows that we have it and by when we answer.
        Acknowledged = "acknowledged",
        /// It has its category and its level.
        Triaged = "triaged",
        /// Somebody's, not begun.
        Assigned = "assigned",
        /// Somebody finds out what happened.
        Investigating = "investigating",
        /// We have asked the complainant something.
        AwaitingComplainant = "awaiting_complainant",
        /// We have asked somebody else something; our clock runs.
        AwaitingOther = "awaiting_other",
        /// An answer is written and waits for a second person.
        Proposed = "proposed",
        /// Answered, with a decision; the complainant may say what they think of it.
        Resolved = "resolved",
        /// Nothing left to do.
        Closed = "closed",
        /// They do not want it to go on.
        Withdrawn = "withdrawn",
        /// It contests a decision: an appeal, with the date of the complaint.
        Redirected = "redirected",
        /// It is a case of its own: somebody who must be registered, or helped otherwise.
        Converted = "converted",
    }
}

codes! {
    /// What happens to a complaint.
    pub enum ComplaintEvent {
        /// We tell the complainant that we have it.
        Acknowledge = "acknowledge",
        /// It gets its category and its level.
        Triage = "triage",
        /// It becomes somebody's.
        Assign = "assign",
        /// They begin.
        Begin = "begin",
        /// We ask the complainant something.
        AskComplainant = "ask_complainant",
        /// We ask somebody else.
        AskOther = "ask_other",
        /// What was asked is answered.
        Answer = "answer",
        /// The time to answer us is over; somebody looks.
        WaitOver = "wait_over",
        /// An answer is written.
        Propose = "propose",
        /// The second person wants it reworked.
        Return = "return",
        /// The second person signs it: the decision.
        Resolve = "resolve",
        /// The complainant is content.
        Accept = "accept",
        /// The complainant said nothing in time.
        Lapse = "lapse",
        /// It goes to the next level.
        Escalate = "escalate",
        /// It is looked at again.
        Reopen = "reopen",
        /// It contests a decision and becomes an appeal.
        Redirect = "redirect",
        /// It becomes a case.
        Convert = "convert",
        /// The complainant does not want it to go on.
        Withdraw = "withdraw",
    }
}

impl ComplaintState {
    /// Whether an answer is still owed.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed | Self::Withdrawn | Self::Redirected | Self::Converted)
    }
}

lifecycle! {
    ComplaintState, ComplaintEvent, "complaint", first Received;
    states {
        Received: Received, HeldBy::Queue("complaints to acknowledge");
        Acknowledged: BeingChecked, HeldBy::Queue("complaints to triage");
        Triaged: BeingChecked, HeldBy::Queue("complaints to assign");
        Assigned: BeingChecked, HeldBy::Queue("its handler's");
        Investigating: BeingChecked, HeldBy::Queue("its handler's");
        AwaitingComplainant: NeedsYou, HeldBy::Clock("complaint_wait");
        AwaitingOther: BeingChecked, HeldBy::Queue("its handler's");
        Proposed: BeingChecked, HeldBy::Queue("complaints to decide");
        Resolved: Decided, HeldBy::Clock("complaint_reply");
        Closed: Ended, HeldBy::Nothing;
        Withdrawn: Ended, HeldBy::Nothing;
        Redirected: Ended, HeldBy::Nothing;
        Converted: Ended, HeldBy::Nothing;
    }
    steps {
        Received: Acknowledge -> Acknowledged, by [OFFICER, SUPERVISOR, OMBUDSMAN], does ["meet:complaint_acknowledge", "start:complaint_triage"];
        Received: Escalate -> Received, by [SUPERVISOR, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        Received: Redirect -> Redirected, by [SUPERVISOR, OMBUDSMAN], needs [ReasonGiven], does ["lodge:appeal"];
        Received: Withdraw -> Withdrawn, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven];
        Acknowledged: Triage -> Triaged, by [SUPERVISOR, OMBUDSMAN], does ["meet:complaint_triage"];
        Acknowledged: Escalate -> Acknowledged, by [SUPERVISOR, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        Acknowledged: Redirect -> Redirected, by [SUPERVISOR, OMBUDSMAN], needs [ReasonGiven], does ["lodge:appeal"];
        Acknowledged: Withdraw -> Withdrawn, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven];
        Triaged: Triage -> Triaged, by [SUPERVISOR, OMBUDSMAN];
        Triaged: Assign -> Assigned, by [SUPERVISOR, OMBUDSMAN], needs [TookNoPart];
        Triaged: Escalate -> Triaged, by [SUPERVISOR, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        Triaged: Redirect -> Redirected, by [SUPERVISOR, OMBUDSMAN], needs [ReasonGiven], does ["lodge:appeal"];
        Triaged: Convert -> Converted, by [SUPERVISOR, OMBUDSMAN], needs [ReasonGiven];
        Triaged: Withdraw -> Withdrawn, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven];
        Assigned: Begin -> Investigating, by [OFFICER, SUPERVISOR, OMBUDSMAN];
        Assigned: Assign -> Assigned, by [SUPERVISOR, OMBUDSMAN], needs [TookNoPart];
        Assigned: Escalate -> Triaged, by [SUPERVISOR, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        Assigned: Withdraw -> Withdrawn, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven];
        Investigating: Assign -> Assigned, by [SUPERVISOR, OMBUDSMAN], needs [TookNoPart];
        Investigating: Triage -> Triaged, by [SUPERVISOR, OMBUDSMAN];
        Investigating: AskComplainant -> AwaitingComplainant, by [OFFICER, SUPERVISOR, OMBUDSMAN], needs [ReasonGiven], does ["start:complaint_wait", "pause:complaint_answer"];
        Investigating: AskOther -> AwaitingOther, by [OFFICER, SUPERVISOR, OMBUDSMAN], needs [ReasonGiven];
        Investigating: Propose -> Proposed, by [OFFICER, SUPERVISOR, OMBUDSMAN], needs [OutcomeRecorded, TookNoPart];
        Investigating: Escalate -> Triaged, by [SUPERVISOR, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        Investigating: Redirect -> Redirected, by [OFFICER, SUPERVISOR, OMBUDSMAN], needs [ReasonGiven], does ["lodge:appeal"];
        Investigating: Convert -> Converted, by [OFFICER, SUPERVISOR, OMBUDSMAN], needs [ReasonGiven];
        Investigating: Withdraw -> Withdrawn, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven];
        AwaitingComplainant: Answer -> Investigating, by [OFFICER, SUPERVISOR, OMBUDSMAN, APPLICANT], does ["resume:complaint_answer"];
        AwaitingComplainant: WaitOver -> Investigating, by [SYSTEM], needs [TermPassed], does ["resume:complaint_answer"];
        AwaitingComplainant: Escalate -> Triaged, by [SUPERVISOR, OMBUDSMAN], needs [ReasonGiven], does ["resume:complaint_answer"];
        AwaitingComplainant: Withdraw -> Withdrawn, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven];
        AwaitingOther: Answer -> Investigating, by [OFFICER, SUPERVISOR, OMBUDSMAN];
        AwaitingOther: Assign -> Assigned, by [SUPERVISOR, OMBUDSMAN], needs [TookNoPart];
        AwaitingOther: Escalate -> Triaged, by [SUPERVISOR, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        AwaitingOther: Withdraw -> Withdrawn, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven];
        Proposed: Return -> Investigating, by [SUPERVISOR, OMBUDSMAN], needs [DifferentPerson, ReasonGiven];
        Proposed: Resolve -> Resolved, by [SUPERVISOR, OMBUDSMAN], needs [DifferentPerson, OutcomeRecorded, TookNoPart], does ["meet:complaint_answer", "start:complaint_reply", "task:remedy"];
        Proposed: Escalate -> Triaged, by [SUPERVISOR, OMBUDSMAN, SYSTEM], needs [ReasonGiven];
        Proposed: Withdraw -> Withdrawn, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven];
        Resolved: Accept -> Closed, by [OFFICER, SUPERVISOR, OMBUDSMAN, APPLICANT], needs [PersonConfirms];
        Resolved: Lapse -> Closed, by [SYSTEM], needs [TermPassed];
        Resolved: Escalate -> Triaged, by [OFFICER, SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven], does ["start:complaint_answer"];
        Resolved: Reopen -> Triaged, by [OFFICER, SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven], does ["start:complaint_answer"];
        Closed: Reopen -> Triaged, by [SUPERVISOR, OMBUDSMAN, APPLICANT], needs [ReasonGiven, WithinTerm], does ["start:complaint_answer"];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Guard, Lifecycle, reaches};

    #[test]
    fn none_is_answered_without_a_decision_that_a_second_person_signed() {
        for end in [ComplaintState::Resolved, ComplaintState::Closed] {
            for guard in [Guard::OutcomeRecorded, Guard::DifferentPerson, Guard::TookNoPart] {
                assert!(!reaches(end, |step| !step.guards.contains(&guard)), "{end} round {guard}");
            }
        }
    }

    #[test]
    fn nobody_gets_one_who_had_a_part_in_what_it_is_about() {
        assert!(!reaches(ComplaintState::Assigned, |step| !step.guards.contains(&Guard::TookNoPart)));
    }

    #[test]
    fn none_is_dropped_by_silence() {
        for step in ComplaintState::steps().iter().filter(|step| step.by.contains(&SYSTEM)) {
            let ends = step.to.is_final();
            assert!(
                !ends || step.from == ComplaintState::Resolved,
                "{} ends by itself from {}",
                step.event,
                step.from
            );
        }
    }

    #[test]
    fn only_waiting_for_the_complainant_stops_our_clock() {
        for step in ComplaintState::steps() {
            let pauses = step.effects.contains(&"pause:complaint_answer");
            assert_eq!(
                pauses,
                step.to == ComplaintState::AwaitingComplainant,
                "{} from {}",
                step.event,
                step.from
            );
            let resumes = step.effects.contains(&"resume:complaint_answer");
            let goes_on = step.from == ComplaintState::AwaitingComplainant && step.to.is_open();
            assert_eq!(resumes, goes_on, "{} from {}", step.event, step.from);
        }
    }

    #[test]
    fn whatever_is_owed_an_answer_goes_up_by_itself() {
        for state in ComplaintState::ALL.iter().filter(|state| state.is_open()) {
            let goes = ComplaintState::steps().iter().any(|step| {
                step.from == *state && step.event == ComplaintEvent::Escalate && step.by.contains(&SYSTEM)
            });
            // What waits for the complainant has a clock of its own.
            assert_eq!(goes, *state != ComplaintState::AwaitingComplainant, "{state}");
        }
    }

    #[test]
    fn the_last_level_is_the_ombudsman() {
        let path: Vec<Level> = std::iter::successors(Some(Level::Office), |level| level.next()).collect();
        assert_eq!(path, Level::ALL);
    }
}
